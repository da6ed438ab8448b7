"""The lines by which a member orders a file: "History: F-124, F-126", "Photographs", "How it began: F-124/2, plan.jpg".

A line names pieces, or a heading, or a heading and behind a colon its pieces; a heading opens a section, and lines of
pieces below it belong to it. A heading that the house has is its, in the member's words; pieces without a heading stand
under the house's. What a line names that is not there is left out, and the line is told among those misread.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files

from mailproc.dossier.page import Block
from mailproc.kinds.reference import TOKEN, spelled

_MARK = re.compile(r"^\s*(?:[-*+•·\u2013\u2014]|\d{1,2}[.)]|#{1,6})\s+")
_PIECE = re.compile(rf"({TOKEN}|\d{{1,9}})(?:\s?[/.]\s?(\d{{1,4}}))?")
_COMMAS = re.compile(r"\s*[,;&+]\s*")
_ANDS = re.compile(r"\s+(?:and|und|et|y|e|и)\s+", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_LIKE = 4  # letters by which "photographs" and "a photograph of the office" are alike
_MOST, _LONGEST = 200, 1_000  # lines that are read, characters of one
_WORDS: Mapping[str, Sequence[str]] = tomllib.loads(
    files("mailproc.dossier").joinpath("order.toml").read_text(encoding="utf-8")
)
Titles = Sequence[tuple[str, str]]  # slug -> the house's heading of a section


@dataclass(frozen=True, slots=True)
class Step:
    """A section as lines ask for it."""

    heading: str  # in the member's words; "" pieces without one
    slug: str = ""  # of the house's section that it is; "" none
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """What the lines ask for."""

    steps: tuple[Step, ...] = ()
    misread: tuple[str, ...] = ()  # lines of which something is not there


def read(lines: Sequence[str], blocks: Sequence[Block], titles: Titles) -> Order:
    """Linear in lines and pieces together."""
    known = _Known(blocks, titles)
    steps: list[Step] = []
    misread: list[str] = []
    for line in (" ".join(each.split())[:_LONGEST] for each in lines[:_MOST] if each.strip()):
        step, strange = _line(line, known)
        if strange:
            misread.append(line)
        elif step.heading or not steps:
            steps.append(step)
        else:
            steps[-1] = replace(steps[-1], blocks=(*steps[-1].blocks, *step.blocks))
    empty = [step.heading for step in steps if not step.blocks and not step.slug]
    return Order(tuple(step for step in steps if step.heading not in empty), (*misread, *empty))


def _line(line: str, known: _Known) -> tuple[Step, bool]:
    """One line, and whether it names what is not there."""
    said = _MARK.sub("", line).strip()
    bare = said.rstrip(": ")
    if slug := known.slug(bare):
        return Step(bare, slug), False
    if blocks := known.pieces(said):
        return Step(said if known.heads(said) else "", blocks=blocks), False
    heading, colon, listed = (part.strip() for part in said.rpartition(":"))
    if colon and heading and (blocks := known.pieces(listed)):
        return Step(heading, known.slug(heading), blocks), False
    return Step(bare), not _WORD.search(bare) or _lists_references(listed)


class _Known:
    """What lines may name."""

    def __init__(self, blocks: Sequence[Block], titles: Titles) -> None:
        self._by_ref: dict[str, list[Block]] = {}
        self._by_name: dict[str, list[Block]] = {}
        for block in blocks:
            self._by_ref.setdefault(block.ref.upper(), []).append(block)
            self._by_ref.setdefault(block.ref.partition("-")[2], []).append(block)
            for name in {_fold(block.name), _fold(block.heading), _fold(block.caption)} - {""}:
                self._by_name.setdefault(name, []).append(block)
        self._titles = [(slug, _fold(heading)) for slug, heading in titles]
        self._forms = [(slug, _fold(word)) for slug, words in _WORDS.items() for word in words]

    def heads(self, said: str) -> bool:
        """Whether words are a contributor's own heading of a piece: alone on a line they open a section again."""
        return any(_fold(block.heading) == _fold(said) for block in self._of(said))

    def pieces(self, said: str) -> tuple[Block, ...]:
        """The pieces of a list; () where it is none, or names one that is not there."""
        for listed in ([said], _COMMAS.split(said), _ANDS.split(_COMMAS.sub(" and ", said))):
            found = [self._of(each) for each in listed if each.strip()]
            if found and all(found):
                return tuple(dict.fromkeys(block for each in found for block in each))
        return ()

    def _of(self, said: str) -> tuple[Block, ...]:
        """The pieces that one word of a list names."""
        if shape := _PIECE.fullmatch(said.strip()):
            name, place = shape.groups()
            of = self._by_ref.get(name if name.isdecimal() else spelled(name), [])
            return tuple(block for block in of if place in (None, str(block.place)))
        return tuple(self._by_name.get(_fold(said), ()))

    def slug(self, heading: str) -> str:
        """Of the house's section that a heading is; "" for one of its own."""
        return next(self._slugs(_fold(heading)), "")

    def _slugs(self, heading: str) -> Iterator[str]:
        yield from (slug for slug, title in self._titles if title == heading)
        if heading and " " not in heading:
            yield from (slug for slug, title in self._titles if any(_alike(heading, word) for word in title.split()))
        yield from (slug for slug, title in self._forms if title == heading)


def _lists_references(said: str) -> bool:
    """Whether words are meant as a list of references, whatever they name."""
    listed = _ANDS.split(_COMMAS.sub(" and ", said))
    return any((shape := _PIECE.fullmatch(each.strip())) and (not shape[1].isdecimal() or shape[2]) for each in listed)


def _fold(words: str) -> str:
    return " ".join(_WORD.findall(words.casefold()))


def _alike(one: str, other: str) -> bool:
    """Whether two words differ in their ending alone."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _LIKE and longer.startswith(shorter) and len(longer) - len(shorter) <= 2  # noqa: PLR2004 - "s", "en"
