"""Which lines are a quotation by their marks: a mark before each, or a frame around them.

Marks are those of mail programs ("> ", "| ", "AL> ") and lines drawn down the side; frames are boxes of Emacs, drawn
boxes, `[quote]`, and a title in dashes with its end below. A table between bars is no quotation. Linear; never fails.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailproc.message.words.shape.signs import ADDRESS, DAY, ENDED, LONG, SAYS, TITLE
from mailproc.message.words.wording import WORDING, any_of

_MARK = re.compile(r"\s*(?:>|[\u2502\u2503\u2551](?:\s|$)|[A-Z][\w-]{0,19}>(?:\s|$))")  # "> ", "AP> ", "Jo> "
_BAR = re.compile(r"\s*\|(?:\s|$)")
_BOXES = (  # how a frame begins and how it ends; the lines within have a mark
    (re.compile(r"\s*,-{3,}(?:\[.*\]?)?\s*$"), re.compile(r"\s*`-{3,}\s*$")),
    (re.compile(r"\s*[\u250c-\u250f\u2552-\u2554\u256d]"), re.compile(r"\s*[\u2514-\u2517\u2558-\u255a\u2570]")),
    (re.compile(r"\s*\+[-=]{2,}(?!.*\+)"), re.compile(r"\s*\+[-=]{2,}\s*$")),  # a table's edge has more of them
)
_CODE = (re.compile(r"\s*\[quote(?:=[^\[\]]*)?\]", re.IGNORECASE), re.compile(r"\[/quote\]\s*$", re.IGNORECASE))
_END = re.compile(rf"\b(?:{any_of(WORDING.ends)})\b", re.IGNORECASE)
_ORIGINAL = re.compile(any_of(WORDING.original), re.IGNORECASE)
_MAIL = re.compile(rf"(?:{any_of(WORDING.mails)})$", re.IGNORECASE)  # "Antwort Nachricht"
_QUOTED = re.compile(rf"\b(?:{any_of(WORDING.quotes)})", re.IGNORECASE)
_FEW = 2  # words of such a title
_MOST = 200  # lines within a frame
_WRAPPED = 60  # columns from which on a program may have broken a quoted line
_SHORT = 24  # columns of what it broke off


@dataclass(frozen=True, slots=True)
class Frames:
    """Of each line whether it is quoted, and which of them a frame holds that says itself whose words they are."""

    quoted: list[bool]
    titled: set[int] = field(default_factory=set)


def frames(lines: Sequence[str]) -> Frames:
    """The quoted lines of a text."""
    found = Frames([is_marked(line) for line in lines])
    for n in range(1, len(lines) - 1):
        if not found.quoted[n] and is_marked(lines[n - 1]) and is_marked(lines[n + 1]):
            found.quoted[n] = _broken_off(lines[n - 1][-LONG:], lines[n][:LONG])
    left = 0  # lines that no frame has taken
    for n, line in enumerate(lines):
        if n >= left and (end := _frame(lines, n, line[:LONG])):
            found.titled.update(range(n, end))
            left = end
    for n in found.titled:
        found.quoted[n] = True
    return found


def is_marked(line: str) -> bool:
    """Whether a line has a quote mark."""
    head = line[:LONG]
    if _MARK.match(head):
        return not (head.rstrip().endswith(("<", ">>")) and any(map(str.isalnum, head)))  # ">>> news <<<"
    return bool(_BAR.match(head)) and not (head.count("|") > 1 and head.rstrip().endswith("|"))  # a table has two


def _broken_off(above: str, line: str) -> bool:
    """Whether a line between two quoted ones is the end of the upper one: within a link, or by a program's wrap."""
    text = line.strip()
    if not text:
        return False
    if "://" in above and above.rfind("(") > above.rfind(")"):
        return True
    narrow = len(text) <= _SHORT and len(above) >= _WRAPPED
    return narrow and text[:1].islower() and not text.endswith(ENDED) and not above.rstrip().endswith(ENDED)


def _frame(lines: Sequence[str], n: int, line: str) -> int:
    """The line behind a frame that begins in line n; 0 where none does."""
    for begins, ends in _BOXES:
        if begins.match(line):
            end = next((m for m in range(n + 1, min(n + _MOST, len(lines))) if not is_marked(lines[m])), n)
            return end + 1 if end > n + 1 and ends.match(lines[end][:LONG]) else 0
    if _CODE[0].match(line):
        return next((m + 1 for m in range(n, min(n + _MOST, len(lines))) if _CODE[1].search(lines[m][-LONG:])), 0)
    title = TITLE.match(line)
    if title and not _END.search(title["title"]) and (is_somebodys(title["title"]) or _QUOTED.search(title["title"])):
        for m in range(n + 1, min(n + _MOST, len(lines))):
            other = TITLE.match(lines[m][:LONG])
            if other:
                return m + 1 if _END.search(other["title"]) else 0
    return 0


def is_somebodys(title: str) -> bool:
    """Whether a title in dashes says that a mail or somebody's words follow."""
    told = (_ORIGINAL, SAYS, ADDRESS, DAY)
    return any(pattern.search(title) for pattern in told) or (
        len(title.split()) <= _FEW and _MAIL.search(title) is not None
    )
