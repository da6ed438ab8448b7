"""The feed is what RFC 4287 §4 says, for whatever people write; ids stay, whatever becomes of a work."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.publish.feed import LATEST, Authority, feed
from mailproc.publish.house import House
from mailproc.publish.web import Entry, File, Inside, Site
from mailproc.workflow.item import PageNote

TEMPLATES = Path(__file__).parents[2] / "templates"
SITE = Site(House(TEMPLATES), None, "The Harbour Review", url="https://harbour.example/review")
OURS = Authority("harbour.example", date(2026, 11, 1))
AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TRAM = Entry("A-12", "The tram <never> came & went", "Jo Poole", "articles/2026/the-tram", AT, section="humour")
A, X = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/1999/xhtml}"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
TAG = re.compile(r"tag:harbour\.example,\d{4}-\d\d-\d\d:\S+")  # RFC 4151 §2.1


def made(*entries: Entry, files: tuple[File, ...] = (), text: str = "One.\nTwo.\n\nThree.\n") -> ET.Element:
    octets = feed(SITE, OURS, entries, files, lambda _: Inside(text))
    return ET.fromstring(octets)  # noqa: S314 - our own


def breaches(root: ET.Element) -> list[str]:
    """What RFC 4287 §4 demands of a feed and finds not."""
    entries = list(root.iter(f"{A}entry"))
    ids = [each.findtext(f"{A}id") for each in entries]
    links = [each.get("rel") for each in root.findall(f"{A}link")]
    whole = {
        "§4.1.1 the root": root.tag == f"{A}feed",
        "§4.1.1 an author, of all entries without one": len(root.findall(f"{A}author")) == 1,
        "§4.1.1 its own address": links.count("self") == 1,
        "§4.1.1 one alternate": all(len(alternates(each)) == 1 for each in (root, *entries)),
        "§4.1.3.3 xhtml is one div": all(map(is_xhtml, root.iter(f"{A}content"))),
        "§4.2.6 ids are unique": len(set(ids)) == len(ids),
        "§4.2.7.1 addresses of the site": all(map(leads_to_the_site, root.iter(f"{A}link"))),
        "§3.2.1 a person has one name": all(each.findtext(f"{A}name") for each in root.iter(f"{A}author")),
        "§4.2.2 a category has a term": all(each.get("term") for each in root.iter(f"{A}category")),
    }
    found = [rule for rule, kept in whole.items() if not kept]
    return [*found, *(fault for each in (root, *entries) for fault in lacking(each))]


def lacking(element: ET.Element) -> list[str]:
    """What a feed and an entry both must have: §4.1.1, §4.1.2, §4.2.6, §3.3."""
    where = element.findtext(f"{A}id", "?")
    found = [name for name in ("id", "title", "updated") if len(element.findall(f"{A}{name}")) != 1]
    found += [] if TAG.fullmatch(where) else [f"an id that is none: {where}"]
    dates = [*element.findall(f"{A}updated"), *element.findall(f"{A}published")]
    found += [f"no date: {each.text}" for each in dates if not DATE.fullmatch(each.text or "")]
    return found


def alternates(element: ET.Element) -> list[ET.Element]:
    return [each for each in element.findall(f"{A}link") if each.get("rel", "alternate") == "alternate"]


def is_xhtml(content: ET.Element) -> bool:
    blank = not (content.text or "").strip()
    return content.get("type") == "xhtml" and [each.tag for each in content] == [f"{X}div"] and blank


def leads_to_the_site(link: ET.Element) -> bool:
    href = link.get("href", "")
    return href.startswith("https://harbour.example/review/") and not re.search(r"[\s<>\"]", href)


def active(root: ET.Element) -> set[str]:
    """Elements of words that are no words."""
    return {each.tag for each in root.iter() if each.tag.startswith(X)} - {f"{X}div", f"{X}p", f"{X}br"}


def test_a_feed_has_all_that_the_standard_asks_for():
    corrected = replace(TRAM, ref="A-13", notes=(PageNote("correction", "It was 1995.", AT + timedelta(days=2)),))
    gone = replace(TRAM, ref="A-9", gone_on=AT + timedelta(days=1))
    file = File("North Pier Society", "files/north-pier-society", AT)
    root = made(TRAM, corrected, gone, files=(file,))
    assert breaches(root) == []
    assert [each.findtext(f"{A}id") for each in root.iter(f"{A}entry")] == [
        "tag:harbour.example,2026-11-01:A-13/correction-1",
        "tag:harbour.example,2026-11-01:A-13",
        "tag:harbour.example,2026-11-01:A-9",
        "tag:harbour.example,2026-11-01:file/north-pier-society",
        "tag:harbour.example,2026-11-01:A-12",
    ]
    assert root.findtext(f"{A}updated") == "2026-11-24T10:00:00Z"


def test_the_words_are_the_authors_line_for_line():
    entry = made(TRAM).find(f"{A}entry")
    assert entry.findtext(f"{A}title") == TRAM.title
    assert ["".join(each.itertext()) for each in entry.iter(f"{X}p")] == ["One.Two.", "Three."]
    assert len(list(entry.iter(f"{X}br"))) == 1
    assert entry.find(f"{A}link").attrib["href"] == "https://harbour.example/review/articles/2026/the-tram/"


def test_what_came_down_keeps_its_id_and_none_of_its_words():
    gone = made(replace(TRAM, title="", by="", gone_on=AT + timedelta(days=1), first_ref="F-12"))
    known = made(replace(TRAM, first_ref="F-12"))
    assert gone.find(f"{A}entry").findtext(f"{A}id") == known.find(f"{A}entry").findtext(f"{A}id")
    assert "One." not in ET.tostring(gone, "unicode")
    assert "23 November 2026" in ET.tostring(gone, "unicode")
    assert breaches(gone) == []


def test_contributions_to_a_file_are_no_news_of_their_own():
    assert list(made(replace(TRAM, group="North Pier Society")).iter(f"{A}entry")) == []


def test_a_feed_of_a_site_without_works_is_a_feed():
    assert breaches(made()) == []


def test_it_is_no_longer_than_readers_need():
    many = [replace(TRAM, ref=f"A-{n}", on=AT + timedelta(hours=n)) for n in range(100)]
    read: list[str] = []

    def inside(ref: str) -> Inside:
        read.append(ref)
        return Inside("x\n")

    root = ET.fromstring(feed(SITE, OURS, many, (), inside))  # noqa: S314 - our own
    assert len(list(root.iter(f"{A}entry"))) == LATEST == len(read), "nor are the other texts read"


HOSTILE = ["<script>alert(1)</script>", "]]>", "&lt;b&gt;", "\x00\x0b\ufffe", "\u202eabc", "a\ud800b", "\"'>", "<!--"]


@pytest.mark.parametrize("words", HOSTILE)
def test_s83_nothing_that_people_write_is_more_than_words(words):
    root = made(
        replace(TRAM, title=words, by=words, section=words, notes=(PageNote("correction", words, AT),)), text=words
    )
    assert breaches(root) == []
    assert active(root) == set()


@settings(max_examples=40, deadline=None)
@given(words=st.text(max_size=60))
def test_whatever_is_written_the_feed_is_one(words):
    root = made(replace(TRAM, title=words, by=words, section=words), text=words)
    assert breaches(root) == []
    assert active(root) == set()
