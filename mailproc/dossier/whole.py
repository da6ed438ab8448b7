"""A whole file that one person sent, told from other texts and cut into its parts by its headings.

Headings are what marks or a document's styles make one (`# History`, a line underlined, `**History**`), else lines that
stand alone: in capitals, numbered, or in the words of something that the file needs. A text is a whole file if two of
its parts count as two different needs. A part is a span of the text's lines, octet for octet, and is found again by its
hash, whatever a later release takes for a heading. Linear in the text; it never fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate, islice

_LONGEST = 70  # characters of a heading
_LONGEST_MARKED = 200  # and of its line with the marks: what is longer is looked at no further
_MOST_WORDS = 10
_FEW_WORDS = 3  # of a line right above its text that is no line of it
_FEWEST_LETTERS = 3
_MOST_ASKED = 300  # words that may be headings
_MOST_TRIED = 1_000  # lines in which a part is looked for
_NEEDS = 2  # that the parts of a whole file count as
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*?)[ \t]*#*[ \t]*")  # CommonMark §4.2
_UNDER = re.compile(r" {0,3}(?:(={2,})|-{2,}|~{2,}|_{2,})[ \t]*")  # a line of marks, §4.3
_BOLD = re.compile(r"[ \t]*(\*\*|__|\*|==+|\+\+)[ \t]*(\S.*?)[ \t]*(?:\*\*|__|\*|==+|\+\+):?[ \t]*")
_NUMBERED = re.compile(r"[ \t]*(?:\d{1,2}(?:\.\d{1,2})?|[IVX]{1,5}|[A-H])[.)][ \t]+(\S.*?)[ \t]*")
_STOPS = (".", ",", ";", "!", "…", '"', "\u201d")

Counts = Callable[[str], str]  # words of a heading -> slug of the need that they name, "" for none
Headings = Sequence[tuple[int, int]]  # (line from 0, level from 1) of what a document's styles make a heading


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole file."""

    heading: str  # as written, without its marks; "" of what stands above the first
    text: str  # lines of the file as they stand, without blank ones at the ends
    need: str  # slug; "" for none

    @property
    def sha256(self) -> str:
        """By which its words are found again, hex."""
        return sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class _Heading:
    first: int  # its line
    behind: int  # the line behind it, and behind what underlines it
    words: str
    level: int


def cut(text: str, counts: Counts, headings: Headings = ()) -> tuple[Part, ...]:
    """The parts of a whole file in their order; () where the text is none."""
    lines, counts = text.split("\n"), _asked_seldom(counts)
    for found in (_styled(lines, headings), _marked(lines), _plain(lines, counts)):
        if parts := _parts(lines, found, counts):
            return parts
    return ()


def _asked_seldom(counts: Counts) -> Counts:
    """The same, each words once, and none any more where there are more of them than a file has headings."""
    known: dict[str, str] = {}

    def asked(words: str) -> str:
        if words not in known and len(known) < _MOST_ASKED:
            known[words] = counts(words)
        return known.get(words, "")

    return asked


def find(text: str, heading: str, size: int, wanted: str) -> str | None:
    """The words of a part, of the text that it was cut from, by its heading, octets and SHA-256; None: not in there."""
    lines = text.split("\n")
    ends = [*accumulate(len(line.encode("utf-8", "surrogatepass")) + 1 for line in lines)]
    at = {end - 1: n + 1 for n, end in enumerate(ends)}
    for first in islice(_beginnings(lines, heading), _MOST_TRIED):
        behind = at.get((ends[first - 1] if first else 0) + size)
        if behind is None:
            continue
        part = Part(heading, "\n".join(lines[first:behind]), "")
        if part.sha256 == wanted:
            return part.text
    return None


def _beginnings(lines: Sequence[str], heading: str) -> Iterator[int]:
    """The lines in which a part of this heading may begin: the next with words below it; else any."""
    below = not heading
    for n, line in enumerate(lines):
        if below and line.strip() and not _UNDER.fullmatch(line):
            yield n
            below = False
        below = below or (bool(heading) and heading in line)
    yield from (n for n, line in enumerate(lines) if line.strip())


def _parts(lines: Sequence[str], headings: Sequence[_Heading], counts: Counts) -> tuple[Part, ...]:
    """Cut by the highest level of which there are several that count as different needs."""
    for level in sorted({heading.level for heading in headings}):
        chosen = [heading for heading in headings if heading.level <= level]
        parts = tuple(_spans(lines, chosen, counts))
        if len({part.need for part in parts if part.need}) >= _NEEDS:
            return parts
    return ()


def _spans(lines: Sequence[str], headings: Sequence[_Heading], counts: Counts) -> Iterator[Part]:
    ends = [heading.first for heading in headings[1:]] + [len(lines)]
    if headings and (lead := _trimmed(lines[: headings[0].first])):
        yield Part("", lead, "")
    for heading, end in zip(headings, ends, strict=True):
        if text := _trimmed(lines[heading.behind : end]):
            yield Part(heading.words, text, counts(heading.words))


def _trimmed(lines: Sequence[str]) -> str:
    shown = [n for n, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[shown[0] : shown[-1] + 1]) if shown else ""


# What is a heading?


def _styled(lines: Sequence[str], headings: Headings) -> list[_Heading]:
    given = [(n, level) for n, level in headings if 0 <= n < len(lines) and lines[n].strip()]
    return [_Heading(n, n + 1, lines[n].strip(), level) for n, level in given]


def _marked(lines: Sequence[str]) -> list[_Heading]:
    """By marks that people write: of Markdown, of wikis, of typewriters."""
    found = []
    for n, line in enumerate(lines):
        below = lines[n + 1] if n + 1 < len(lines) else ""
        if len(line) > _LONGEST_MARKED:
            continue
        if atx := _ATX.fullmatch(line):
            found.append(_Heading(n, n + 1, atx[2], len(atx[1])))
        elif _is_short(line) and (under := _UNDER.fullmatch(below)) and _stands_alone(lines, n, n + 2):
            found.append(_Heading(n, n + 2, line.strip(), 1 if under[1] else 2))
        elif (bold := _BOLD.fullmatch(line)) and _is_short(bold[2]) and _stands_alone(lines, n, n + 1):
            found.append(_Heading(n, n + 1, bold[2].rstrip(": "), 3))
    return found


def _plain(lines: Sequence[str], counts: Counts) -> list[_Heading]:
    """By the look of a line that stands alone, or by its words."""
    found = []
    for n, line in enumerate(lines):
        if _is_short(line) and _stands_alone(lines, n, n + 1) and (words := _said(lines, n, counts)):
            found.append(_Heading(n, n + 1, words, 1))
    return found


def _said(lines: Sequence[str], n: int, counts: Counts) -> str:
    """The words of a heading without marks; "" for a line that is none, as the first of a paragraph."""
    line, words = lines[n], lines[n].strip()
    bare = words.rstrip(": ")
    letters = [c for c in words if c.isalpha()]
    if len(letters) >= _FEWEST_LETTERS and all(map(str.isupper, letters)):
        return bare
    if numbered := _NUMBERED.fullmatch(line):
        return numbered[1].rstrip(": ")
    apart = words.endswith(":") or not "".join(lines[n + 1 : n + 2]).strip() or len(words.split()) <= _FEW_WORDS
    return bare if apart and counts(bare) else ""


def _is_short(line: str) -> bool:
    words = line.strip()
    return 0 < len(words) <= _LONGEST and len(words.split()) <= _MOST_WORDS and not words.endswith(_STOPS)


def _stands_alone(lines: Sequence[str], first: int, behind: int) -> bool:
    """Whether nothing stands right above, and words stand below before another blank line and another."""
    above = lines[first - 1] if first else ""
    return not above.strip() and any(line.strip() for line in lines[behind : behind + 3])
