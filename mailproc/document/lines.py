"""What was read of a document, made into lines that people read, and its words counted. Never raises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailproc.document.flow import HEADING, LEVELS
from mailproc.document.limits import NO_WORDS

_LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Controls, marks that turn the direction of all that follows, and what is no character.
_GONE = dict.fromkeys(
    place
    for gone in (range(9), range(11, 32), range(127, 160), range(0x202A, 0x202F), range(0x2066, 0x206A))
    for place in gone
)
_GONE |= dict.fromkeys((0xFEFF, 0xFFFE, 0xFFFF))
_LONE = re.compile("[\ud800-\udfff]")
_BLANK = " \t\xa0"
_MARKS = {HEADING + level: None for level in range(1, LEVELS + 1)}
_MARKED = re.compile(f"^.*[{chr(HEADING + 1)}-{chr(HEADING + LEVELS)}].*$", re.MULTILINE)
_GAP = re.compile("\n{3,}")


@dataclass(frozen=True, slots=True)
class Words:
    """What was read."""

    text: str  # lines that end in LF; no other control but TAB
    failure: str = ""  # slug of `limits`; "" all of it was read
    headings: tuple[tuple[int, int], ...] = ()  # (line from 0, level from 1) of what its styles make a heading


def words_of(text: str, failure: str = "") -> Words:
    """What a reader gave, settled; no words at all are a reason of their own."""
    lines = settled(text.translate(_MARKS))
    return Words(lines, failure or ("" if count(lines) else NO_WORDS), tuple(_headings(text, lines)))


def _headings(text: str, settled_text: str) -> Iterator[tuple[int, int]]:
    """The lines that were marked as headings, where they stand now."""
    lines, at = settled_text.split("\n"), 0
    for marked in _MARKED.finditer(text):
        level = next(ord(c) - HEADING for c in marked[0] if ord(c) in _MARKS)
        words = settled(marked[0].translate(_MARKS)).strip("\n")
        try:
            at = lines.index(words, at) if words else at
        except ValueError:
            continue
        if words:
            yield at, level
            at += 1


def count(text: str) -> int:
    """How many words: what stands between spaces and is more than marks."""
    return sum(any(map(str.isalnum, word)) for word in text.split())


def settled(text: str) -> str:
    """Lines as people read them."""
    text = _LONE.sub("\ufffd", _LINE_END.sub("\n", text).translate(_GONE))
    whole = _GAP.sub("\n\n", "\n".join(line.rstrip(_BLANK) for line in text.split("\n"))).strip("\n")
    return f"{whole}\n" if whole else ""


def beginning(text: str, most: int) -> str:
    """The first `most` characters, to the last space among them where a word would break."""
    text = text.rstrip()
    if len(text) <= most:
        return text
    cut = max(text.rfind(" ", most // 2, most + 1), text.rfind("\n", most // 2, most + 1))
    return text[: cut if cut > 0 else most].rstrip()
