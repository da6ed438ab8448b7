"""A line as words: references, numbers, words and marks, and tables of phrases to look them up in.

Words are compared without case, accents and ß, so that "Aprobó", "aprobo" and a decomposed form are one; a few
words whose accent tells one meaning from another keep it. It knows no language and never fails.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from mailproc.kinds.reference import BLANKS, DASHES, TOKEN, spelled

LONGEST = 1000  # characters of a line that are looked at
QUESTIONS = frozenset({"?", "\xbf"})  # as `clean` leaves them
_TEXT_OF = attrgetter("text")

_MARKS = {
    DASHES: "-",
    "\u2019\u2018\u02bc\u02b9\xb4": "'",
    BLANKS: " ",
    "\u037e\u061f\u055e\u1367\ufe56\u2047\u203d": "?",  # Greek, Arabic, Armenian, Ethiopic, small, double, interrobang
    "\u3001\u060c": ",",
    "\u3002": ".",
}
_FULL_WIDTH = {0xFF01 + n: chr(0x21 + n) for n in range(94)}
_DIGITS = {start + n: str(n) for start in (0x660, 0x6F0) for n in range(10)}  # Arabic-Indic, Persian
_PLAIN = _FULL_WIDTH | _DIGITS | {ord(mark): plain for marks, plain in _MARKS.items() for mark in marks}

_TOKEN = re.compile(
    rf"(?P<ref>{TOKEN})"
    r"|(?P<number>\d+)(?!_*[^\W_])"
    r"|(?P<word>(?:[nldjmstcNLDJMSTC]|[Qq]u|[Dd]ell|[Aa]ll|[Tt]utt)'(?=[^\W\d_]{2})"  # n'approuve: two words
    r"|[^\W\d_](?:[^\W_]|[\u0300-\u036f']|_+(?=[^\W_])|\.(?=\w\.))*)"  # and no "_" at its end: _approve_
    r"|(?P<mark>\S)"
)
_LINKED = re.compile(  # a reference that a program made a link of: "A-3 <https://...>", "[A-3](mailto:...)"
    rf"({TOKEN}[\]*_`\"']{{0,3}} ?)([<(]\s?(?:https?|mailto|tel):[^\s<>]{{0,500}}[>)])", re.IGNORECASE
)
_ACCENT_TELLS = frozenset({"s\xed", "s\xec", "\xe9", "\xe8", "j\xe1"})  # yes, if; is, and; already, yes


@dataclass(frozen=True, slots=True)
class Token:
    """A reference ("A-12"), number, word (folded) or mark, and where it stands in the line."""

    kind: str
    text: str
    start: int
    end: int


Rows = Mapping[str, tuple[str, ...]]  # language (ISO 639-1) -> phrases
Phrases = Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]  # first word -> (the words after it, meaning), ...


def clean(line: str) -> str:
    """A line as it is read: typographic marks and digits made plain, links behind references blank, one for one."""
    plain = line if line.isascii() else line.translate(_PLAIN)
    return _LINKED.sub(_unlinked, plain) if ":" in plain else plain


def _unlinked(found: re.Match[str]) -> str:
    return found[1] + " " * len(found[2])


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """A word as it is compared with others: lower case, without accents, ß as ss."""
    lower = word.casefold()
    if lower.isascii() or unicodedata.normalize("NFC", lower) in _ACCENT_TELLS:
        return unicodedata.normalize("NFC", lower)
    return "".join(c for c in unicodedata.normalize("NFD", lower) if not unicodedata.combining(c))


def tokens(line: str) -> tuple[Token, ...]:
    """The first LONGEST characters of a cleaned line as tokens."""
    found: list[Token] = []
    quoted = False
    for match in _TOKEN.finditer(line[:LONGEST]):
        kind = match.lastgroup or "mark"
        text, end = match[0], match.end()
        quoted = quoted or text == "'"
        closes = text.endswith("'") and text[:-1].isalpha() and not line[end : end + 1].isalpha()
        if quoted and closes:  # 'reject': its own quotation ends here
            text, end, quoted = text[:-1], end - 1, False
        if kind == "ref":
            text = spelled(text)
        found.append(Token(kind, fold(text) if kind == "word" else text, match.start(), end))
    return tuple(found)


def split(phrase: str) -> tuple[str, ...]:
    """A phrase as a table keeps it: the words that a line holds where somebody says it."""
    return tuple(token.text for token in tokens(clean(phrase)))


def table(meanings: Iterable[tuple[str, str]]) -> Phrases:
    """(phrase, meaning) pairs, ready to be looked up; of two meanings the later counts."""
    by_first: dict[str, dict[tuple[str, ...], str]] = {}
    for phrase, meaning in meanings:
        first, *rest = split(phrase)
        by_first.setdefault(first, {})[tuple(rest)] = meaning
    return {first: tuple(sorted(rests.items(), key=lambda r: -len(r[0]))) for first, rests in by_first.items()}


def of_rows(rows: Rows) -> Phrases:
    """The phrases of all languages, each with a meaning that only says that it stands there."""
    return table((phrase, "said") for row in rows.values() for phrase in row)


def phrase_at(found: tuple[Token, ...], at: int, phrases: Phrases) -> tuple[str, int]:
    """What the longest phrase of the table that stands here means, and where it ends; ("", at) if none does."""
    if at >= len(found):
        return "", at
    for rest, meaning in phrases.get(found[at].text, ()):
        end = at + 1 + len(rest)
        if not rest or (end <= len(found) and found[at + 1].text == rest[0] and _says(found, at + 2, rest[1:])):
            return meaning, end
    return "", at


def _says(found: tuple[Token, ...], at: int, words: tuple[str, ...]) -> bool:
    return all(found[at + n].text == word for n, word in enumerate(words))


def mentions(found: tuple[Token, ...], phrases: Phrases) -> bool:
    """Whether one of the table's phrases stands somewhere in the line."""
    if phrases.keys().isdisjoint(map(_TEXT_OF, found)):
        return False
    return any(token.text in phrases and phrase_at(found, at, phrases)[0] for at, token in enumerate(found))
