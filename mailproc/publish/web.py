"""Published works as browsers show them: `index.html` of a work, of what is left of one, and of the lists.

Values in, octets out, by the desk's `house/page.html`; where that fails, by the one that came with mailproc. A page
says at its end, in a comment, what it is made of (`mark`), so that whoever keeps the site need not make it again to
know whether it is still right. The author's words are those of `text.txt`, shown by paragraphs; nothing of theirs runs.
Raises ConfigError only where that fails, too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import TypeVar
from urllib.parse import quote

from mailproc.dossier.link import links_in
from mailproc.dossier.page import SHOWN_IN_PAGES
from mailproc.dossier.wording import href, line, paragraphs, readable
from mailproc.errors import ConfigError
from mailproc.publish.house import House, address
from mailproc.workflow.item import PageNote

INDEX = "index.html"
FEED = "feed.xml"
CORRECTION, CORRECTIONS = "correction", "corrections"  # a note's sort; the folder of their list
LATEST, LATEST_CORRECTIONS = 12, 3  # on the front page
_MARK = re.compile(rb"<!-- ([0-9a-f]{16}) -->\n\Z")
_MARK_BYTES = 26  # octets of it
T = TypeVar("T")
Values = Mapping[str, object]  # what a template is given


@dataclass(frozen=True, slots=True)
class Entry:
    """One work, or what is left of one, as lists and the feed have it."""

    ref: str
    title: str
    by: str  # its author's name, as may be shown
    place: str  # counted from the published folder
    on: datetime  # aware; when it went up
    language: str = "en"
    section: str = ""
    group: str = ""
    sha256: str = ""  # of its words, or of its document
    replaced_at: datetime | None = None
    replaced_by: str = ""  # "author" or "members"
    notes: tuple[PageNote, ...] = ()  # what members put beside its words later, oldest first
    gone_on: datetime | None = None  # it came down: nothing else of it is shown
    hidden: bool = False  # only until the members have decided
    first_ref: str = ""  # by which the feed knows it for ever; "" its reference

    @property
    def changed_at(self) -> datetime:
        """When something of it changed last that its readers should hear of."""
        changes = (self.on, self.replaced_at, self.gone_on, *(each.at for each in self.notes))
        return max(filter(None, changes))


def corrections_of(entry: Entry) -> list[tuple[int, PageNote]]:
    """Those among its notes that correct it, each with its place among all."""
    return [(n, note) for n, note in enumerate(entry.notes, start=1) if note.sort == CORRECTION]


@dataclass(frozen=True, slots=True)
class Inside:
    """What stands on a work's page beside what its entry says."""

    text: str = ""  # line ends LF
    document: str = ""  # the file's name, where a document is the work
    enclosed: tuple[tuple[str, str], ...] = ()  # (file name, media type) of what came with it


@dataclass(frozen=True, slots=True)
class File:
    """A group's file that readers have."""

    group: str
    place: str  # files/GROUP
    on: datetime  # since when


@dataclass(frozen=True, slots=True)
class Site:
    """How all pages of a desk are made."""

    house: House
    spare: House | None  # where a template fails, as it came with mailproc
    name: str  # the publication's
    language: str = "en"  # of the house's own words
    url: str = ""  # [publish] url; "" none, and then no feed

    def mark(self, *made_of: object) -> str:
        """What a page of these values is made of, in a few characters."""
        everything = (self.house.mark(self.language), self.name, self.language, self.url, made_of)
        return hashlib.sha256(repr(everything).encode()).hexdigest()[:16]

    def words(self) -> Mapping[str, str]:
        """The house's own words."""
        return self._either(lambda house: house.words(self.language))

    def mark_of(self, entry: Entry) -> str:
        """The mark of a work's page."""
        if entry.gone_on:  # nothing else of it is shown
            return self.mark(entry.ref, entry.place, entry.gone_on.date(), entry.hidden)
        return self.mark(replace(entry, first_ref=""))

    def work(self, entry: Entry, inside: Inside) -> bytes:
        """The page of a work; of one that came down the one line."""
        shown = self._gone(entry) if entry.gone_on else _work(entry, inside, _root(entry.place))
        return self._page(entry.place, self.mark_of(entry), {"reference": entry.ref, **shown})

    def _gone(self, entry: Entry) -> Values:
        return {
            "address": "",
            "form": "gone",
            "title": f"{entry.ref}: {self.words()['hidden' if entry.hidden else 'gone']}",
            "hidden": entry.hidden,
            "on": _day(entry.gone_on),
        }

    def lists(self, entries: Sequence[Entry], files: Sequence[File], mark: str) -> dict[str, bytes]:
        """Every list of what is up, by its file: the front page, all articles, all files, all corrections."""
        words = self.words()
        newest = sorted(entries, key=lambda entry: (entry.on, len(entry.ref), entry.ref), reverse=True)
        articles = [_listed(entry) for entry in newest if not entry.group]
        had = [_listed_file(each) for each in sorted(files, key=lambda file: file.group.casefold())]
        noted = _corrections(newest)
        front = [
            _list(words["articles"], articles[:LATEST], f"articles/{INDEX}", words["all_articles"]),
            _list(words["files"], had),
            _list(words["corrections"], noted[:LATEST_CORRECTIONS], f"{CORRECTIONS}/{INDEX}", words["all_corrections"]),
        ]
        by_year = [_list(year, list(some)) for year, some in groupby(articles, key=lambda each: str(each["on"])[:4])]
        pages: dict[str, tuple[str, list[dict[str, object]]]] = {
            "articles": (words["articles"], by_year),
            "files": (words["files"], [_list(words["files"], had)]),
            CORRECTIONS: (words["corrections"], [_list(words["corrections"], noted)]),
        }
        made = {
            f"{place}/{INDEX}": self._page(place, mark, {"form": "list", "title": title, "lists": lists})
            for place, (title, lists) in pages.items()
        }
        some = [each for n, each in enumerate(front) if each["entries"] or n == 0]
        return made | {INDEX: self._page("", mark, {"form": "front", "title": line(self.name), "lists": some})}

    def _either(self, made: Callable[[House], T]) -> T:
        """By the desk's own templates; where those fail, which `doctor` tells, readers have their pages by ours."""
        try:
            return made(self.house)
        except ConfigError:
            if self.spare is None:
                raise
            return made(self.spare)

    def _page(self, place: str, mark: str, values: Values) -> bytes:
        root = _root(place)
        page = {
            "root": root,
            "language": self.language,
            "address": "/".join(filter(None, (self.url, place))) + "/" if self.url else "",
            "feed": f"{root}{FEED}" if self.url else "",
            "reference": "",
            **values,
        }
        text = self._either(lambda house: house.page(page, self.name, self.language))
        return f"{text}<!-- {mark} -->\n".encode()


def mark_of(page: Path) -> str:
    """What a page says it is made of; "" where there is none."""
    try:
        with page.open("rb") as file:
            file.seek(-min(_MARK_BYTES, page.stat().st_size), 2)
            found = _MARK.search(file.read())
    except OSError:
        return ""
    return found[1].decode() if found else ""


def _root(place: str) -> str:
    """From a page to the published folder."""
    return "../" * len(PurePosixPath(place).parts)


def _work(entry: Entry, inside: Inside, root: str) -> Values:
    pictures = [name for name, media_type in inside.enclosed if media_type in SHOWN_IN_PAGES]
    return {
        "form": "work",
        "title": line(entry.title) or entry.ref,
        "language": entry.language,
        "by": entry.by,
        "on": _day(entry.on),
        "section": _raised(entry.section),
        "group": line(entry.group),
        "paragraphs": paragraphs(inside.text),
        "as_sent": "text.txt" if inside.text else "",
        "document": _file(inside.document) if inside.document else None,
        "pictures": [_file(name) | {"alt": readable(name)} for name in pictures],
        "files": [_file(name) for name, _ in inside.enclosed if name not in pictures],
        "replaced_on": _day(entry.replaced_at),
        "replaced_by": entry.replaced_by,
        "corrections": [_note(entry, *each, f"{root}{CORRECTIONS}/{INDEX}#") for each in corrections_of(entry)],
        "answers": [_note(entry, n, note) for n, note in enumerate(entry.notes, start=1) if note.sort != CORRECTION],
    }


def _file(name: str) -> dict[str, object]:
    return {"name": name, "file": quote(name)}


def _note(entry: Entry, place: int, note: PageNote, list_of_them: str = "") -> dict[str, object]:
    """A note; the link of a correction leads to the list of them, or from there to the work."""
    anchor = f"{entry.ref}-{place}"
    leads = f"{list_of_them}{anchor}" if list_of_them else f"{entry.place}/{INDEX}#{anchor}"
    sources = [_source(link.url) for link in links_in(note.words)]
    told = {"anchor": anchor, "on": note.at.date(), "paragraphs": paragraphs(note.words), "href": leads}
    return {**told, "of": note.of, "sources": [each for each in sources if each["href"]]}


def _source(url: str) -> dict[str, object]:
    return {"href": address(href(url)), "words": line(url)}


_LISTED: Values = dict.fromkeys(("by", "section", "language", "gone_on", "corrected_on", "paragraphs"), "")


def _listed(entry: Entry) -> dict[str, object]:
    on, href = _day(entry.on), f"{quote(entry.place)}/{INDEX}"
    if entry.gone_on:
        return {**_LISTED, "title": entry.ref, "on": on, "href": href, "gone_on": _day(entry.gone_on)}
    return {
        **_LISTED,
        "title": line(entry.title) or entry.ref,
        "by": entry.by,
        "on": on,
        "section": _raised(entry.section),
        "language": entry.language,
        "href": href,
        "corrected_on": max((note.at.date() for _, note in corrections_of(entry)), default=None),
    }


def _listed_file(file: File) -> dict[str, object]:
    return {**_LISTED, "title": line(file.group), "on": _day(file.on), "href": f"{quote(file.place)}/{INDEX}"}


def _corrections(entries: Iterable[Entry]) -> list[dict[str, object]]:
    """All of them, the newest first."""
    found = [(note.at, entry, n, note) for entry in entries if not entry.gone_on for n, note in corrections_of(entry)]
    found.sort(key=lambda each: each[0], reverse=True)
    return [{**_listed(entry), **_note(entry, n, note)} for _, entry, n, note in found]


def _list(heading: str, entries: Sequence[Values], more: str = "", all_of_them: str = "") -> dict[str, object]:
    return {"heading": heading, "entries": entries, "more": more, "all": all_of_them}


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def _raised(section: str) -> str:
    words = line(section)
    return words[:1].upper() + words[1:]
