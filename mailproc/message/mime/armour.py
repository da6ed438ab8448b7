"""PGP within a text (RFC 4880 §6.2, §7): what was signed is its author's words, the armour around them is a program's.

A clear-signed text is freed of its armour: the lines that begin it, its signature, the dash before a line that begins
with one. What stands above and below stays, and so does what somebody quotes. An armour that has no end is left as it
stands, for it may be a text about armour. Nothing is verified. Linear in the text; it never fails.
"""

from __future__ import annotations

import re
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
    if not any(line.rstrip() == _SIGNED for _, line in lines):
        return None
    kept: list[Numbered] = []
    at, changed, signatures = 0, False, [n for n, (_, line) in enumerate(lines) if line.rstrip() == _SIGNATURE]
    while at < len(lines):
        if lines[at][1].rstrip() == _SIGNED:
            while signatures and signatures[0] < at:
                signatures.pop(0)
            if signatures and (end := _end_of_signature(lines, signatures[0])):
                kept += _between(lines, at, signatures[0])
                at, changed = end, True
                continue
        kept.append(lines[at])
        at += 1
    return kept if changed else None


def _between(lines: Sequence[Numbered], begin: int, end: int) -> list[Numbered]:
    """The signed words: behind the armour's own header and its blank line (§7)."""
    at, escaped = begin + 1, True
    while at < min(end, begin + _MOST_HEADERS) and _HEADER.match(lines[at][1]):
        escaped = escaped and not lines[at][1].lower().startswith("notdashescaped")
        at += 1
    if at < end and not lines[at][1].strip():
        at += 1
    return [(n, line.removeprefix(_DASHED) if escaped else line) for n, line in lines[at:end]]


def _end_of_signature(lines: Sequence[Numbered], begin: int) -> int:
    """The line behind a signature; 0 where the armour does not end."""
    for at in range(begin + 1, min(len(lines), begin + _MOST_CODED_LINES)):
        if lines[at][1].rstrip() == _END:
            return at + 1
    return 0


def is_locked(text: str) -> bool:
    """Whether a text is an encrypted one (§6.2) with next to nothing above it; a text that shows one is not."""
    if "-----BEGIN PGP MESSAGE" not in text:
        return False
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if _MESSAGE.fullmatch(line.rstrip()) and any(_CODED.fullmatch(coded.rstrip()) for coded in lines[at + 1 : at + 20]):
            return sum(len(above.split()) for above in lines[:at]) < _PREFACE
    return False
