"""The site as readers find it: pages for browsers beside the works, the lists of them, the feed; each only when due."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from build import ANA, JO, a_desk, a_mail, add_member, give, item, later, say

from mailproc.desk.ground.site import entry_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.verify import verify
from mailproc.desk.page import whole
from mailproc.publish.web import INDEX, mark_of

PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(64)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "desk", **{"publish.url": "https://harbour.example"}) as opened:
        add_member(opened, ANA, "Ana")
        yield opened


def article(desk: Desk, title: str = "The tram that never came", text: str = "I waited.\n", **more: object) -> str:
    mail = a_mail(text, sender=f"Jo Poole <{JO}>", to="articles@harbour.example", subject=title, authentic=True, **more)
    ref = f"A-{give(desk, mail)}"
    say(desk, f"decide {ANA} '{ref} approve'")
    later(desk, minutes=20)
    return ref


def root(desk: Desk) -> Path:
    return desk.config.storage.published


def page(desk: Desk, ref: str) -> str:
    return (root(desk) / (item(desk, ref).item.place or "") / INDEX).read_text()


def entries(desk: Desk) -> dict[str, ET.Element]:
    feed = ET.parse(root(desk) / "feed.xml").getroot()  # noqa: S314 - our own
    return {each.findtext(f"{ATOM}id", "").rpartition(":")[2]: each for each in feed.iter(f"{ATOM}entry")}


def test_an_article_has_a_page_and_stands_in_the_lists_and_the_feed(desk):
    ref = article(desk, attachments=(("stop.png", "image/png", PHOTO),))
    place = item(desk, ref).item.place
    found = page(desk, ref)
    for words in ("The tram that never came", "I waited.", "Jo Poole", ref, '<img src="stop.png"'):
        assert words in found
    assert f'<link rel="canonical" href="https://harbour.example/{place}/">' in found
    assert JO not in found, "addresses never go up"
    for name in (INDEX, f"articles/{INDEX}"):
        assert f'{place}/{INDEX}">' in (root(desk) / name).read_text()
    assert entries(desk)[ref].find(f"{ATOM}link").attrib["href"] == f"https://harbour.example/{place}/"
    assert verify(desk).findings == []


def test_the_page_goes_up_with_the_work_and_is_not_made_again(desk, monkeypatch):
    ref = article(desk)
    sums = (root(desk) / (item(desk, ref).item.place or "") / "SHA256SUMS").read_text()
    assert INDEX not in sums, "it changes with the house format"
    monkeypatch.setattr(whole, "page_of", None)
    whole.write_lists(desk)
    assert article(desk, "Another") != ref, "nor for another work"


def test_a_pass_that_changed_nothing_makes_no_list(desk, monkeypatch):
    article(desk)
    monkeypatch.setattr(whole, "work_of", None)
    monkeypatch.setattr(whole, "feed", None)
    whole.write_lists(desk)


def test_another_house_format_makes_every_page_anew(desk):
    ref = article(desk)
    template = desk.config.storage.templates / "house/page.html"
    template.write_text(template.read_text().replace("<body>", "<body>\n<!-- ours -->"))
    whole.write_lists(desk)
    assert "<!-- ours -->" in page(desk, ref)
    assert "<!-- ours -->" in (root(desk) / INDEX).read_text()
    assert verify(desk).findings == []


def test_a_house_format_that_is_broken_leaves_readers_a_page(desk):
    (desk.config.storage.templates / "house/page.html").write_text("{% broken")
    ref = article(desk)
    assert "I waited." in page(desk, ref)
    assert verify(desk).findings == []


def test_a_site_of_an_earlier_release_gets_its_pages(desk):
    ref = article(desk)
    (root(desk) / (item(desk, ref).item.place or "") / INDEX).unlink()
    for name in (INDEX, f"articles/{INDEX}", "feed.xml"):
        (root(desk) / name).unlink()
    whole.write_lists(desk)
    assert "I waited." in page(desk, ref)
    assert verify(desk).findings == []


def test_a_page_that_somebody_changed_is_found_and_put_up_again(desk, tmp_path):
    ref = article(desk)
    file = root(desk) / (item(desk, ref).item.place or "") / INDEX
    stood = file.read_bytes()
    file.write_text("changed")
    assert [flaw.slug for flaw in verify(desk).findings] == ["list-changed"]
    assert whole.publish_all(desk, root(desk)).written == [ref]
    assert file.read_bytes() == stood
    (root(desk) / INDEX).unlink()
    assert [flaw.slug for flaw in verify(desk).findings] == ["list-missing"]
    whole.publish_all(desk, root(desk))
    whole.publish_all(desk, tmp_path / "elsewhere")
    for name in (INDEX, "feed.xml", f"articles/{INDEX}", f"corrections/{INDEX}", f"files/{INDEX}"):
        assert (tmp_path / "elsewhere" / name).read_bytes() == (root(desk) / name).read_bytes()


def test_what_came_down_leaves_one_line_is_in_no_list_and_the_feed_says_so(desk):
    ref = article(desk)
    other = article(desk, "Gulls")
    place = item(desk, ref).item.place or ""
    known = entries(desk)[ref].findtext(f"{ATOM}id")
    say(desk, f"decide {ANA} '{ref} retract'")
    later(desk, minutes=20)
    left = (root(desk) / place / INDEX).read_text()
    assert f"{ref}: Taken down" in left
    assert "I waited" not in left
    assert "tram" not in left
    assert "tram" not in (root(desk) / INDEX).read_text()
    told = entries(desk)[ref]
    assert told.findtext(f"{ATOM}id") == known
    assert "tram" not in (told.findtext(f"{ATOM}title") or "")
    assert other in entries(desk)
    assert verify(desk).findings == []


def test_without_an_address_there_is_no_feed_and_no_link_that_needs_one(tmp_path):
    with a_desk(tmp_path / "desk") as desk:
        add_member(desk, ANA, "Ana")
        ref = article(desk)
        assert not (root(desk) / "feed.xml").exists()
        assert "canonical" not in page(desk, ref)
        assert "feed.xml" not in (root(desk) / INDEX).read_text()
        assert verify(desk).findings == []


def test_the_house_has_words_for_a_language_of_its_own(desk):
    folder = root(desk)
    ref = article(desk)
    assert '<html lang="en">' in page(desk, ref)
    house = desk.config.storage.templates / "house"
    words = house / "words.en.toml"
    shutil.copyfile(house / "words.toml", words)
    words.write_text(words.read_text().replace('articles = "Articles"', 'articles = "Pieces"'))
    before = mark_of(folder / INDEX)
    whole.write_lists(desk)
    assert mark_of(folder / INDEX) != before
    assert "Pieces" in (folder / INDEX).read_text()


def test_a_page_bears_the_name_that_its_author_wants_on_it(desk):
    found = item(desk, article(desk)).item
    assert entry_of(found, "", found.received_at).by == "Jo Poole"
    assert entry_of(replace(found, byline="Jo"), "", found.received_at).by == "Jo"
    assert entry_of(replace(found, byline=""), "", found.received_at).by == ""
