"""format=flowed (RFC 3676 §4): the line ends that the author's program made are taken out, the author's own stay.

A line that ends in a blank goes on in the next one of the same quote depth. With DelSp that last blank goes as well. A
blank that was put before a line is taken away; quote marks stay as they were written. What programs let through and
no program makes is left as it stands: two blanks behind a verse, a blank at the end of a paragraph or above a rule. No
other character is changed. Never fails; its time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

_MARKS = re.compile(r"(?:> ?)*+")  # RFC 3676 §4.5 has no blanks between them; Roundcube and alpine do
# The signature separator (RFC 3676 §4.3; gateways cut its blank off), rules of people and of lists, `--- begin`.
_ALONE = re.compile(r"-- ?|([-_=*~#+])(?: ?\1){2,}+ *+|[-\u2010-\u2015]{2,}+ *+\w++ *+")
_SENTENCE = re.compile(r"[.!?:][\"'*_)\]\u2019\u201d]{0,3}  ")  # behind its end some people type two blanks
_VERSE = 60  # columns that every program fills; RFC 3676 §4.2 asks for 78 at most and advises 66


@dataclass(frozen=True, slots=True)
class Joined:
    """A text as its author wrote it."""

    text: str
    joins: int  # line ends that were taken out


@dataclass(frozen=True, slots=True)
class _Line:
    marks: str  # quote marks as written
    words: str  # behind the marks and the blank that the program put there

    @property
    def depth(self) -> int:
        return self.marks.count(">")

    @property
    def stands_alone(self) -> bool:
        """A blank line and a rule go on in no other, nor does another in them."""
        return not self.words.strip(" ") or _ALONE.fullmatch(self.words) is not None

    @property
    def flows(self) -> bool:
        return self.words.endswith(" ") and not self.stands_alone


def joined(text: str, *, delsp: bool = False) -> Joined:
    """A text of format=flowed, its line ends LF, without the line ends and the blanks that a program put in."""
    lines = [_line(raw) for raw in text.split("\n")]
    widths = {} if delsp else _widths(lines)
    pieces, joins = [lines[0].marks], 0
    for line, following in pairwise(lines):
        if _goes_on(line, following) and (delsp or not _is_typed(line, following, widths[line.depth])):
            pieces.append(line.words[:-1] if delsp else line.words)
            joins += 1
        else:
            pieces += line.words, "\n", following.marks
    return Joined("".join((*pieces, lines[-1].words)), joins)


def _line(raw: str) -> _Line:
    if raw.startswith(">"):
        marks = _MARKS.match(raw)
        end = marks.end() if marks else 0
        return _Line(raw[:end], raw[end:])
    return _Line("", raw.removeprefix(" "))  # RFC 3676 §4.4


def _goes_on(line: _Line, following: _Line) -> bool:
    return line.flows and line.depth == following.depth and not following.stands_alone


def _widths(lines: Iterable[_Line]) -> dict[int, int]:
    """How wide the program filled its lines, at each quote depth."""
    widths: dict[int, int] = {}
    for line in lines:
        if line.flows:
            widths[line.depth] = max(widths.get(line.depth, _VERSE), len(line.words.rstrip(" ")))
    return widths


def _is_typed(line: _Line, following: _Line, width: int) -> bool:
    """Two blanks that are nobody's space between sentences, or where the next word had room: a verse, a list."""
    if not line.words.endswith("  "):
        return False
    room = width - len(line.words.rstrip(" "))
    return len(following.words.lstrip(" ").partition(" ")[0]) < room or _SENTENCE.search(line.words[-6:]) is None
