"""How a reference is written, by us and by people: `A-12`, "a12", "A - 12". One grammar, for every room that reads one.

A reference is the letter of a kind, perhaps a dash, and a number. Letters come from the registry (`every`), with the
Cyrillic and the full-width ones that look like them; dashes and blanks from the two tables below, since telephones and
word processors put others in the place of the one that was typed. What is read as a reference (`TOKEN`) and what is
taken out of strangers' words (`defused`) is made of the same tables, so that nothing can be the one and not the other.
Linear in the text; it never fails. Which item is meant is for `review/reply/resolve` to find.
"""

from __future__ import annotations

import re

from mailproc.kinds.every import CAPITALS, LOOK_ALIKES

DASHES = (  # whatever a keyboard or autocorrection gives for a hyphen
    "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015"  # hyphen-minus, soft hyphen, hyphens, figure, en and em dash, bar
    "\u2043\u2212\u2500\u2e3a\u2e3b"  # hyphen bullet, minus, drawn line, two and three em dashes
    "\ufe58\ufe63\uff0d"  # small em dash, small and full-width hyphen
)
BLANKS = " \u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"  # within a line, no tab
# Soft hyphen, zero-width blanks, bidi marks, BOM, as a class of a pattern holds them: nobody sees them
INVISIBLE = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"

_READ_AS = {chr(ord(letter) + 0xFEE0): letter for letter in CAPITALS} | LOOK_ALIKES  # those that are read as Latin ones
_LATIN = str.maketrans(_READ_AS | {alike.lower(): letter for alike, letter in _READ_AS.items()})
_ALIKE = "".join(map(chr, _LATIN))
_LETTER = CAPITALS + CAPITALS.lower() + _ALIKE
_DASH, _BLANK = re.escape(DASHES), BLANKS + "\ue000"  # and the blank at which our letters break no line

TOKEN = (  # a whole one wherever a word may begin; a letter of no kind is read too, and then asked back
    rf"(?<![^\W_])(?:[{_LETTER}](?:[{_BLANK}]{{0,2}}[{_DASH}]{{1,2}}[{_BLANK}]{{0,2}})?|[A-Za-z][{_DASH}]{{1,2}})\d+(?!_*[^\W_])"
)
OURS = rf"[{CAPITALS}]-\d+"  # as every letter of ours writes one

_WHOLE = re.compile(TOKEN)
_LEADS = re.compile(rf"\W*{TOKEN}")
_MIGHT = re.compile(rf"(?<![^\W_])[{_LETTER}][^\w\n]{{0,40}}\d")
_IN_TEXT = re.compile(rf"(?<![\w.@-])([{_LETTER}])[{_DASH}](\d+)(?![\w@])")
_OF_OURS = re.compile(rf"(\b{OURS}\b)")
_HEAD = re.compile(rf"\s*(?:\d{{1,4}}[.)]\s+)?({OURS})(?!\w)")
_QUOTED_HEAD = re.compile(rf"[\s>|:]*\d{{1,4}}[.)]\s+{OURS}\s")
_DEFUSED = re.compile(
    rf"(?<![^\W_])([{_LETTER}])[{_BLANK}{INVISIBLE}]{{0,4}}[{_DASH}][{_DASH}{INVISIBLE}]{{0,4}}[{_BLANK}{INVISIBLE}]{{0,4}}(?=\d)"
)


def spelled(text: str) -> str:
    """What TOKEN matches as we write it: "a - 12" is `A-12`."""
    number = text[1:].lstrip(DASHES + _BLANK)
    digits = number if number.isascii() else "".join(str(int(digit)) for digit in number)
    return f"{text[0].translate(_LATIN).upper()}-{digits}"


def canonical(text: str) -> str:
    """A text that should be one reference, as we write it; where it is none, itself in capitals."""
    text = text.strip()
    return spelled(text) if _WHOLE.fullmatch(text) else text.upper()


def letter(word: str) -> str:
    """The letter of a kind that a word is, as in "a 12": "A"; "" where it is none."""
    return word.translate(_LATIN).upper() if len(word) == 1 and word in _LETTER else ""


def leads(line: str) -> bool:
    """A reference stands at the head of a line, behind signs at most."""
    return _LEADS.match(line) is not None


def might_stand_in(text: str) -> bool:
    """A reference may stand somewhere: quick, and says yes too often but never too seldom; most mails hold none."""
    return _MIGHT.search(text) is not None


def all_in(line: str) -> list[str]:
    """The references that stand in a line of running text with a dash, as we write them; not those within addresses."""
    return [spelled(f"{found[1]}-{found[2]}") for found in _IN_TEXT.finditer(line)]


def apart(line: str) -> list[str]:
    """A line of ours cut at its references: every second piece is one."""
    return _OF_OURS.split(line)


def head(line: str) -> str:
    """The reference with which a line of a letter of ours begins, its place before it or not: the head of a block."""
    found = _HEAD.match(line)
    return found[1] if found else ""


def is_quoted_head(line: str) -> bool:
    """A head with its place, as it stands in a reply: "> 1. A-12  article  Fog"."""
    return _QUOTED_HEAD.match(line) is not None


def defused(text: str) -> str:
    """The text with its references readable and yet none: `A-12` becomes `A.12`."""
    return _DEFUSED.sub(r"\1.", text)
