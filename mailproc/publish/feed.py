"""The site's news as an Atom feed (RFC 4287 §4): articles, corrections, what came down, files that readers have.

Values in, octets out: the same site has the same ones. Each entry is known for ever by a `tag:` URI (RFC 4151 §2),
whatever becomes of its title, its place or the site's address. Nothing in it runs, and every link leads to the site.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from urllib.parse import quote
from xml.etree import ElementTree as ET  # it writes and reads nothing

from mailproc import times
from mailproc.dossier.wording import line, paragraphs
from mailproc.publish.house import in_words
from mailproc.publish.web import FEED, Entry, File, Inside, Site, corrections_of

ATOM, XHTML = "http://www.w3.org/2005/Atom", "http://www.w3.org/1999/xhtml"
TYPE = "application/atom+xml"  # RFC 4287 §7
LATEST = 30  # entries
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 §2.2


@dataclass(frozen=True, slots=True)
class Authority:
    """Who gives the names, RFC 4151 §2.1: a domain, and a day on which it was the desk's."""

    domain: str
    since: date

    def tag(self, name: str) -> str:
        """`tag:harbour.example,2026-11-22:A-12`."""
        return f"tag:{self.domain},{self.since.isoformat()}:{name}"


@dataclass(frozen=True, slots=True)
class News:
    """One entry."""

    name: str  # the last part of its id
    title: str
    href: str  # counted from the site's address
    on: datetime  # since when it is there
    changed_at: datetime
    lines: Callable[[], Sequence[Sequence[str]]] = tuple  # its paragraphs, each its lines; read only if it is told
    by: str = ""
    language: str = ""
    section: str = ""


def feed(
    site: Site, authority: Authority, entries: Sequence[Entry], files: Sequence[File], inside: Callable[[str], Inside]
) -> bytes:
    """`feed.xml` of a site with an address; `inside` gives what stands in a work, by its reference."""
    every = [each for entry in entries if not entry.group for each in _of(site, entry, inside)]
    every += [_of_file(site, file) for file in files]
    every.sort(key=lambda news: (news.changed_at, news.name), reverse=True)
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": site.language})
    _say(root, "id", authority.tag("feed"))
    _say(root, "title", line(site.name))
    _say(root, "updated", times.stamp(every[0].changed_at if every else _start(authority)))
    _say(ET.SubElement(root, "author"), "name", line(site.name))  # RFC 4287 §4.1.1: of every entry without its own
    ET.SubElement(root, "link", {"rel": "self", "type": TYPE, "href": f"{site.url}/{FEED}"})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": f"{site.url}/"})
    for news in every[:LATEST]:
        root.append(_entry(site, authority, news))
    ET.indent(root)
    written: str = ET.tostring(root, "unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{written}\n'.encode()


def _start(authority: Authority) -> datetime:
    return datetime.combine(authority.since, datetime.min.time(), tzinfo=UTC)


def _of(site: Site, entry: Entry, inside: Callable[[str], Inside]) -> Iterator[News]:
    """A work, and each correction of it; of one that came down the line in its place, under the same id."""
    words = site.words()
    title = line(entry.title) or entry.ref
    known = News(entry.first_ref or entry.ref, title, f"{entry.place}/", entry.on, entry.changed_at)
    if entry.gone_on:
        how = "hidden" if entry.hidden else "gone"
        left = f"{words[f'{how}_before']} {in_words(entry.gone_on, site.language)}."
        yield replace(known, title=f"{entry.ref}: {words[how]}", lines=lambda: ((left,),))
        return
    yield replace(
        known,
        lines=lambda: _lines(inside(entry.ref)),
        by=entry.by,
        language=entry.language,
        section=line(entry.section),
    )
    for n, each in corrections_of(entry):
        yield News(
            f"{known.name}/correction-{n}",
            f"{words['correction']}: {title}",
            f"{known.href}#{entry.ref}-{n}",
            each.at,
            each.at,
            partial(paragraphs, each.words),
        )


def _lines(inside: Inside) -> tuple[tuple[str, ...], ...]:
    """What stands in a work; of one that came as a document its name."""
    return paragraphs(inside.text) or ((inside.document,),)


def _of_file(site: Site, file: File) -> News:
    name = file.place.rpartition("/")[2]
    about = f"{site.words()['file_of']} {line(site.name)}"
    return News(f"file/{name}", line(file.group), f"{file.place}/", file.on, file.on, lambda: ((about,),))


def _entry(site: Site, authority: Authority, news: News) -> ET.Element:
    """RFC 4287 §4.1.2."""
    entry = ET.Element("entry", {"xml:lang": news.language or site.language})
    _say(entry, "id", authority.tag(news.name))
    _say(entry, "title", news.title)
    _say(entry, "published", times.stamp(news.on))
    _say(entry, "updated", times.stamp(news.changed_at))
    if by := _xml(news.by).strip():
        _say(ET.SubElement(entry, "author"), "name", by)
    ET.SubElement(
        entry, "link", {"rel": "alternate", "type": "text/html", "href": f"{site.url}/{quote(news.href, safe='/#')}"}
    )
    if section := _xml(news.section).strip():
        ET.SubElement(entry, "category", {"term": section})
    content = ET.SubElement(entry, "content", {"type": "xhtml"})  # §3.1.1.3: one div, which is no part of it
    div = ET.SubElement(content, "div", {"xmlns": XHTML})
    for lines in news.lines():
        _paragraph(div, lines)
    return entry


def _paragraph(div: ET.Element, lines: Sequence[str]) -> None:
    paragraph = ET.SubElement(div, "p")
    paragraph.text = _xml(lines[0]) if lines else ""
    for each in lines[1:]:
        ET.SubElement(paragraph, "br").tail = _xml(each)


def _say(parent: ET.Element, name: str, words: str) -> None:
    ET.SubElement(parent, name).text = _xml(words)


def _xml(words: str) -> str:
    """Without what no XML may hold."""
    return _NO_XML.sub("", words)
