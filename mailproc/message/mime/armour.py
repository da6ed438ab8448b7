"""PGP within a text (RFC 4880 §6.2, §7): what was signed is its author's words, the armour around them is a program's.

A clear-signed text is freed of its armour: the lines that begin it, its signature, the dash before a line that begins
with one. What stands above and below stays, and so does what somebody quotes. An armour that has no end is left as it
stands, for it may be a text about armour. Nothing is verified. Linear in the text; it never fails.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Sequence

_SIGNED, _SIGNATURE, _END = (
    "-----BEGIN PGP SIGNED MESSAGE-----",
    "-----BEGIN PGP SIGNATURE-----",
    "-----END PGP SIGNATURE-----",
)
_MESSAGE = re.compile(r"-----BEGIN PGP MESSAGE(?:, PART \d{1,4}(?:/\d{1,4})?)?-----")
_HEADER = re.compile(r"(?:Hash|Charset|NotDashEscaped|Version|Comment|MessageID)\s?:", re.IGNORECASE)  # §6.2, §7
_CODED = re.compile(r"[A-Za-z0-9+/=]{8,100}")
_DASHED = "- "  # §7.1
_MOST_HEADERS = 12
_MOST_CODED_LINES = 400
_NESTED = 3
_LOOK_LINES = 20  # below an armour's first line, for its content
_PREFACE = 5  # words above a locked text from which on the mail is not locked, but shows one

Numbered = tuple[int, str]


def freed(text: str) -> str:
    """The text without the armour of clear signatures."""
    if _SIGNED not in text:
        return text
    return "\n".join(line for _, line in freed_lines(text.split("\n")))


def freed_lines(lines: Sequence[str]) -> list[Numbered]:
    """The same line by line, each with the number that it had."""
    found = list(enumerate(lines))
    for _ in range(_NESTED):
        outer = _freed_once(found)
        if outer is None:
            break
        found = outer
    return found


def _freed_once(lines: Sequence[Numbered]) -> list[Numbered] | None:
    """One layer of each signed text; None where there is none."""
    begins, signatures, ends = (_lines_that_say(mark, lines) for mark in (_SIGNED, _SIGNATURE, _END))
    kept: list[Numbered] = []
    at = 0
    for begin in begins:
        signature = _next(signatures, begin)
        end = _next(ends, signature)
        if begin >= at and signature < end <= signature + _MOST_CODED_LINES:
            kept += (*lines[at:begin], *_between(lines, begin, signature))
            at = end + 1
    return [*kept, *lines[at:]] if at else None


def _lines_that_say(mark: str, lines: Sequence[Numbered]) -> list[int]:
    return [n for n, (_, line) in enumerate(lines) if line.rstrip() == mark]


def _next(found: Sequence[int], after: int) -> int:
    """The first of these lines behind that one; where there is none, one that is too far."""
    place = bisect_right(found, after)
    return found[place] if place < len(found) else sys.maxsize


def _between(lines: Sequence[Numbered], begin: int, end: int) -> list[Numbered]:
    """The signed words: behind the armour's own header and its blank line (§7)."""
    at, escaped = begin + 1, True
    while at < min(end, begin + _MOST_HEADERS) and _HEADER.match(lines[at][1]):
        escaped = escaped and not lines[at][1].lower().startswith("notdashescaped")
        at += 1
    if at < end and not lines[at][1].strip():
        at += 1
    return [(n, line.removeprefix(_DASHED) if escaped else line) for n, line in lines[at:end]]


def is_locked(text: str) -> bool:
    """Whether a text is an encrypted one (§6.2) with next to nothing above it; a text that shows one is not."""
    if "-----BEGIN PGP MESSAGE" not in text:
        return False
    lines = text.split("\n")
    for at, line in enumerate(lines):
        coded = _MESSAGE.fullmatch(line.rstrip()) and (each.rstrip() for each in lines[at + 1 : at + _LOOK_LINES])
        if coded and any(map(_CODED.fullmatch, coded)):
            return sum(len(above.split()) for above in lines[:at]) < _PREFACE
    return False
