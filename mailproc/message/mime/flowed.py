"""format=flowed (RFC 3676 §4): the line ends that the author's program made are taken out, the author's own stay.

A line that ends in a blank goes on in the next one of the same quote depth. With DelSp that last blank goes as well. A
blank that was put before a line is taken away; quote marks stay as they were written. What programs let through and
no program makes is left as it stands: two blanks behind a verse, a blank at the end of a paragraph, above a rule, or
behind a short line above one that begins with a reference (a decision each). No other character is changed. Never
fails; its time is linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from mailproc.kinds.reference import leads

_RUN = re.compile(r"^(?:[^\n]*+(?<= )\n)++[^\n]*+", re.MULTILINE)  # lines that end in a blank, and the one below them
_SOFT = re.compile(r"^[^\n]*+(?<= )\n", re.MULTILINE)
_STUFFED = re.compile(r"^ ", re.MULTILINE)  # RFC 3676 §4.4
_MARKS = re.compile(r"(?:> ?)*+")  # RFC 3676 §4.5 has no blanks between them; Roundcube and alpine do
# The signature separator (RFC 3676 §4.3; gateways cut its blank off), rules of people and of lists, `--- begin`.
_ALONE = re.compile(r"-- ?|([-_=*~#+])(?: ?\1){2,}+ *+|[-\u2010-\u2015]{2,}+ *+\w++ *+")
_NARROWEST = 60  # columns that any program fills; RFC 3676 §4.2 asks for 78 at most and advises 66


@dataclass(frozen=True, slots=True)
class Joined:
    """A text as its author wrote it."""

    text: str
    joins: int  # line ends that were taken out


class _Line(NamedTuple):
    marks: str  # quote marks as written
    words: str  # behind the marks and the blank that the program put there
    depth: int


def joined(text: str, *, delsp: bool = False) -> Joined:
    """A text of format=flowed, its line ends LF, without the line ends and the blanks that a program put in."""
    widths = _widths(text)
    pieces: list[str] = []
    at = joins = 0
    for run in _RUN.finditer(text):
        lines = [_line(raw) for raw in run[0].split("\n")]
        typed = _typed(lines, widths, delsp=delsp)
        pieces += _STUFFED.sub("", text[at : run.start()]), lines[0].marks
        for n, (line, following) in enumerate(pairwise(lines)):
            if n not in typed and _goes_on(line, following):
                pieces.append(line.words[:-1] if delsp else line.words)
                joins += 1
            else:
                pieces += line.words, "\n", following.marks
        pieces.append(lines[-1].words)
        at = run.end()
    return Joined("".join((*pieces, _STUFFED.sub("", text[at:]))), joins)


def _line(raw: str) -> _Line:
    if raw.startswith(">"):
        marks = _MARKS.match(raw)
        end = marks.end() if marks else 0
        return _Line(raw[:end], raw[end:], raw.count(">", 0, end))
    return _Line("", raw.removeprefix(" "), 0)


def _goes_on(line: _Line, following: _Line) -> bool:
    return (
        line.words.endswith(" ")
        and line.depth == following.depth
        and not _stands_alone(line.words)
        and not _stands_alone(following.words)
    )


def _stands_alone(words: str) -> bool:
    """A blank line and a rule go on in no other, nor does another in them."""
    if words[:1].isalnum():
        return False
    return not words.strip(" ") or _ALONE.fullmatch(words) is not None


def _widths(text: str) -> dict[int, int]:
    """How wide the program filled its lines, at each quote depth."""
    widths: dict[int, int] = {}
    for found in _SOFT.finditer(text):
        line = _line(found[0][:-1])
        widths[line.depth] = max(widths.get(line.depth, _NARROWEST), len(line.words.rstrip(" ")))
    return widths


def _typed(lines: list[_Line], widths: dict[int, int], *, delsp: bool) -> set[int]:
    """The lines at whose ends somebody typed a blank: decisions, and verses with two, all of those that stand together.

    No program breaks a line where the next word had room.
    """
    typed: set[int] = set()
    verses: list[int] = []
    are_typed = False
    for n, (line, following) in enumerate(pairwise(lines)):
        has_room = len(line.words) + len(following.words.lstrip(" ").partition(" ")[0]) <= widths[line.depth]
        if delsp or not line.words.endswith("  "):
            typed |= {n} if leads(following.words) and (has_room or leads(line.words)) else set()
            typed |= set(verses) if are_typed else set()
            verses, are_typed = [], False
        else:
            verses.append(n)
            are_typed = are_typed or has_room
    return typed | set(verses) if are_typed else typed
