"""Words as people mean them: without regard to case, accents, line ends, hyphens or the shape of an apostrophe.

`fold` brings both sides into one shape, `find` looks for a phrase at word boundaries, `cover` is where a mail
speaks to the desk rather than to readers. Every text is capped, every search is linear (catalogue S68).
"""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 65_536  # of a text that sorting reads
COVER_BEGINNING, COVER_END = 500, 300  # characters

_ACCENTS = re.compile("[\u0300-\u036f]")
_SHAPES = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc\u0060\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
        **dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u00ad", " "),
    }
)
_NO_BLANKS_BETWEEN_WORDS = "\u2e80"  # from here on: Han, kana, hangul


def fold(text: str) -> str:
    """One shape for all spellings of the same words; at most MAX_CHARACTERS of the text count."""
    text = text[:MAX_CHARACTERS].translate(_SHAPES)
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return " ".join(text.casefold().split())


def find(phrase: str, text: str) -> int:
    """Where a folded phrase stands in a folded text as whole words; -1 if nowhere."""
    at = text.find(phrase)
    while at >= 0 and not _stands_alone(text, at, at + len(phrase)):
        at = text.find(phrase, at + 1)
    return at


def says(phrase: str, text: str) -> bool:
    """A folded text says the phrase itself, and does not only quote somebody who says it."""
    at = find(phrase, text)
    while at > 0 and text[at - 1] == '"':
        onward = find(phrase, text[at + 1 :])
        at = -1 if onward < 0 else at + 1 + onward
    return at >= 0


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not _joined(text[start - 1 : start], text[start]) and not _joined(text[end - 1], text[end : end + 1])


def _joined(left: str, right: str) -> bool:
    """Two neighbours belong to one word."""
    return left.isalnum() and right.isalnum() and max(left, right) < _NO_BLANKS_BETWEEN_WORDS


def cover(text: str) -> str:
    """The beginning and end of a text's own lines, folded: what a sender tells the desk. Quoted lines do not count."""
    own = "\n".join(line for line in text[:MAX_CHARACTERS].split("\n") if not line.startswith(">"))
    if len(own) <= COVER_BEGINNING + COVER_END:
        return fold(own)
    return f"{fold(own[:COVER_BEGINNING])} | {fold(own[-COVER_END:])}"
