"""Is the house format fit for readers? Sample pages by the desk's templates, looked at as a reader would.

A page says its language, has one heading above all and no gap below it, words for each picture, and every word that
contributors gave; nothing in it runs, is loaded from elsewhere or can be sent. For doctor and the tests; it reads the
folder of templates and nothing else, and never raises for what it finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

from mailproc.dossier.layout import Shown, lay_out
from mailproc.dossier.page import Page
from mailproc.errors import ConfigError
from mailproc.publish.house import CURE, FOLDER, PAGE, PAGES, House
from mailproc.publish.web import CORRECTION, CORRECTIONS, INDEX, Entry, File, Inside, Site
from mailproc.workflow.group import Piece
from mailproc.workflow.item import PageNote

_ACTIVE = frozenset({"script", "iframe", "frame", "object", "embed", "applet", "base", "form", "link", "portal"})
_ONLY_NAMES = frozenset({"canonical", "alternate", "license"})  # what a <link> may be for: nothing is loaded by it
_LOADING = frozenset({"src", "srcset", "poster", "data", "background", "action", "formaction", "ping", "manifest"})
_OUTSIDE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
_FOLLOWED = re.compile(r"(?:https?://|#|[^:/?#]+(?:/|$))", re.IGNORECASE)
_FETCHES = re.compile(r"@import|url\s*\(|expression\s*\(", re.IGNORECASE)
_HEADING = re.compile(r"h([1-6])")
_NAMES = {("F-2", "2" * 64): "pieces/F-2-office.jpg", ("F-3", "3" * 64): "pieces/F-3-rules.pdf"}
_WORDS = ("Eleven umbrellas stood", "About it all", "I was there", "It was postponed")
_SAID = ("The office", "Jo Fields", "may be shown", "an attic", "rules of 1931", "Minutes", "Ida Pell")
_PUBLICATION = "The Harbour Review"
_AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def check(templates: Path, *others: Path) -> tuple[str, ...]:
    """What is wrong with the house format, a line each with its cure; () where nothing is."""
    try:
        house = House(templates, *others)
        made, pages = house.render(sample(), _NAMES, _PUBLICATION), sample_pages(house)
    except ConfigError as error:
        return (str(error),)
    found = []
    for name, octets in made.items():
        where = templates / FOLDER / PAGES[name]
        text = octets.decode()
        faults = [*_left_out(text), *(_faults(text) if name.endswith(".html") else ())]
        found += [f"{where}: {fault}; {CURE}" for fault in dict.fromkeys(faults)]
    where = templates / FOLDER / PAGE
    faults = [fault for text, must in pages.items() for fault in (*_lacking(text, must), *_faults(text))]
    return (*found, *(f"{where}: {fault}; {CURE}" for fault in dict.fromkeys(faults)))


def sample_pages(house: House) -> dict[str, tuple[str, ...]]:
    """A page of each form that `page.html` has, with what it must show. Raises ConfigError."""
    site = Site(house, None, _PUBLICATION, url="https://harbour.example")
    said = PageNote(CORRECTION, "There were twelve.", _AT)
    answer = PageNote("answer", "We counted them: https://harbour.example/count", _AT, "Q-4")
    work = Entry(
        "A-12", "Umbrellas", "Jo Fields", "articles/2026/umbrellas", _AT, section="humour", notes=(said, answer)
    )
    gone, file = replace(work, ref="A-9", gone_on=_AT + timedelta(days=1)), File("North Pier", "files/north-pier", _AT)
    enclosed = (("office.jpg", "image/jpeg"), ("rules of 1931.pdf", "application/pdf"))
    told = ("Umbrellas", "Jo Fields", "22 November 2026", "Humour", "twelve")
    inside = Inside(f"{_WORDS[0]}\nin the rain.\n", "", enclosed)
    shown: dict[bytes, tuple[str, ...]] = {}
    shown[site.work(work, inside)] = (
        *told,
        _WORDS[0],
        "A-12",
        "office.jpg",
        "rules of 1931.pdf",
        "text.txt",
        "We counted",
    )
    shown[site.work(gone, Inside())] = ("A-9", "23 November 2026")
    shown[site.work(work, Inside(document="umbrellas.docx"))] = (*told, "umbrellas.docx")
    lists = site.lists((work,), (file,), "0" * 16)
    shown |= {lists[INDEX]: (*told, "North Pier"), lists[f"articles/{INDEX}"]: told[:-1]}
    shown |= {lists[f"files/{INDEX}"]: ("North Pier",), lists[f"{CORRECTIONS}/{INDEX}"]: ("Umbrellas", "twelve")}
    return {page.decode(): must for page, must in shown.items()}


def sample() -> Page:
    """A file with a piece of every form, said all that can be said of one."""
    office = Piece("F-2", 2, "picture", "pictures", "office.jpg", "2" * 64, "image/jpeg", 9)
    office = replace(office, caption="The office", credit="Jo Fields", rights="may be shown", source="an attic")
    pieces = (
        _shown(Piece("F-1", 1, "text", "", "", "1" * 64), _WORDS[1]),
        _shown(Piece("F-1", 1, "text", "history", "", "0" * 64, heading="How it began"), f"{_WORDS[0]}\nin the rain."),
        _shown(office),
        _shown(Piece("F-3", 3, "document", "pictures", "rules of 1931", "3" * 64, "application/pdf", 9)),
        _shown(Piece("F-4", 4, "link", "links", "Minutes", "4" * 64, url="https://northpier.example/minutes")),
        _shown(Piece("F-5", 5, "text", "", "Then", "5" * 64), _WORDS[2]),
        _shown(Piece("F-6", 6, "text", "", "", "6" * 64), _WORDS[3], by="Ida Pell", reply=True),
    )
    needs = (("history", "History"), ("pictures", "Photographs"), ("links", "Links"))
    return lay_out("North Pier Society", needs, pieces, aliases=("NPS",))


def _shown(piece: Piece, text: str = "", by: str = "Jo Fields", *, reply: bool = False) -> Shown:
    return Shown(piece, by, text, date(2026, 11, 22), reply=reply)


def _left_out(text: str) -> Iterator[str]:
    """Words of contributors, and what must be said of their pieces, that a page does not show."""
    yield from _lacking(text, (*_WORDS, *_SAID))
    shown = unescape(text)
    for place in _NAMES.values():
        if place not in shown:
            yield f"does not lead to {place} of a sample file"


def _lacking(text: str, must: Sequence[str]) -> Iterator[str]:
    shown = unescape(text)
    for words in must:
        if words not in shown:
            yield f'does not show "{words}" of a sample: no word of a contributor is left out'


def _faults(text: str) -> Iterator[str]:
    looked = _Looked()
    looked.feed(text)
    looked.close()
    yield from looked.faults
    if not looked.language:
        yield "does not say its language: <html lang=...>"
    if not looked.title.strip():
        yield "has no <title>"
    yield from _headings(looked.levels)


def _headings(levels: Sequence[int]) -> Iterator[str]:
    if levels.count(1) != 1 or levels[0] != 1:
        yield "one <h1>, and it first, says what the page is"
    if any(below > above + 1 for above, below in pairwise(levels)):
        yield "leaves out a level of headings: below <h2> stands <h3>"


class _Looked(HTMLParser):
    """What a page of HTML has in it."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.levels: list[int] = []
        self.language = self.title = ""
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what runs, what is loaded, and what a reader is told by."""
        self._inside = tag
        given = {name: value or "" for name, value in attrs}
        if tag in _ACTIVE and not (tag == "link" and given.get("rel") in _ONLY_NAMES):
            self.faults.append(f"holds <{tag}>: nothing in a file runs, is loaded or can be sent")
        if tag == "meta" and given.get("http-equiv", "").casefold() == "refresh":
            self.faults.append("leads its reader elsewhere by itself (refresh)")
        if tag == "html":
            self.language = given.get("lang", "")
        if tag == "img" and not given.get("alt"):
            self.faults.append("a picture has no words (alt) for those who do not see it")
        if heading := _HEADING.fullmatch(tag):
            self.levels.append(int(heading[1]))
        for name, value in given.items():
            self._attribute(tag, name, value)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            self.faults.append(f"<{tag} {name}=...> runs: nothing in a file does")
        if name in _LOADING and _OUTSIDE.match(value):
            self.faults.append(f"<{tag} {name}=...> loads from elsewhere")
        if name == "style" and _FETCHES.search(value):
            self.faults.append(f"a style of <{tag}> loads something")
        if name in {"href", "xlink:href"} and not _FOLLOWED.match(value):
            self.faults.append(f"<{tag} {name}=...> is no address of the web")

    def handle_endtag(self, tag: str) -> None:
        """What follows stands outside of it."""
        del tag
        self._inside = ""

    def handle_data(self, data: str) -> None:
        """Words of the title, and rules of a style."""
        if self._inside == "title":
            self.title += data
        if self._inside == "style" and _FETCHES.search(data):
            self.faults.append("its <style> loads something")


def faults_of(text: str) -> tuple[str, ...]:
    """What is wrong with one page of HTML, as `check` says it of a template."""
    return tuple(dict.fromkeys(_faults(text)))
