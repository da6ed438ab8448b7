"""One line as people write it: the items it names, the verb, and what stands around them.

Reference and verb in either order, lists, ranges, `all`, `all except`. It knows the verbs of `verbs` and no
letter: whether an item exists is `command`'s. It never fails; a line that says nothing has no verb and no targets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mailproc.review import verbs

LONGEST = 1000  # characters of a line that are looked at

_DASHES = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2019\u2018\u02bc\xa0\u202f", "-------''' " + " ")
_TOKEN = re.compile(
    r"(?P<ref>[A-Za-z]-\d+|[AFMQUafmqu]\d+)(?!\w)"
    r"|(?P<number>\d+)(?!\w)"
    r"|(?P<word>[^\W\d_](?:[\w']|\.(?=\w\.))*)"
    r"|(?P<mark>\S)"
)
_BULLET = re.compile(r"\s*(?:[-*\u2022\u00b7+]\s+|\(?\d{1,3}[.)]\s+(?=\W*[A-Za-z]-?\d))*")
_BETWEEN_REFS = frozenset(",;&+/")
_AFTER_REFS = frozenset(":,-=>.;*_\"'()[]\u2192\u201c\u201d\u00ab\u00bb\u201e")
_AROUND = frozenset("*_\"'([`#<~,\u201c\u201d\u00ab\u00bb\u201e\u2192")
_BEFORE_WORDS = frozenset(":,-.;*_=>")

Phrases = Mapping[tuple[str, ...], str]


def _phrases(table: verbs.Words) -> Phrases:
    return dict.fromkeys(verbs.phrases(table), "said")


_LEADS, _PARTICLES, _COPULAS = _phrases(verbs.LEADS), _phrases(verbs.PARTICLES), _phrases(verbs.COPULAS)
_ALL, _EXCEPT, _AND, _TO = _phrases(verbs.ALL), _phrases(verbs.EXCEPT), _phrases(verbs.AND), _phrases(verbs.TO)
_KINDS: Phrases = {(word,): kind for word, kind in verbs.kinds().items()}
_PARTICLES_OF_ALL: Phrases = {("the",): "said", ("of",): "said", ("these",): "said"}
_LONGEST_PHRASE = 5  # words


@dataclass(frozen=True, slots=True)
class Token:
    """A reference ("A-12"), number, word (lower case) or mark, and where it stands in the line."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Targets:
    """The items that a line names."""

    spans: tuple[tuple[str, str], ...] = ()  # (first, last), equal for a single one; "A-12" or "12"
    everything: bool = False
    kind: str = ""  # everything of this kind
    excepted: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """What one line says. A verb is here only where nothing but a courtesy stands before it."""

    verb: str  # canonical, "yes", "no", or "" where none stands in its place
    targets: Targets | None
    rest: tuple[Token, ...]  # after both
    words: str  # the same as written, separators at its head removed
    divided: bool  # a mark stands between the verb or reference and the words
    leads: bool  # the verb stands before the targets
    tokens: tuple[Token, ...]
    words_at: int = 0  # where `words` begins in the line


def clean(line: str) -> str:
    """A line as it is read: typographic dashes, apostrophes and blanks made plain, one character for one."""
    return line.translate(_DASHES)


def tokens(line: str) -> tuple[Token, ...]:
    """The first LONGEST characters of a cleaned line as tokens."""
    found = []
    for match in _TOKEN.finditer(line[:LONGEST]):
        kind = match.lastgroup or "mark"
        text = match[0]
        if kind == "ref":
            text = f"{text[0].upper()}-{text[1:].lstrip('-')}"
        found.append(Token(kind, text.casefold() if kind == "word" else text, match.start(), match.end()))
    return tuple(found)


def sentence(line: str, forms: Phrases) -> Sentence:
    """Read one cleaned line with the verbs of one role (`verbs.forms`)."""
    bullet = _BULLET.match(line)
    skipped = bullet.end() if bullet else 0
    found = tuple(token for token in tokens(line) if token.start >= skipped)
    at = _skip(found, 0, _AROUND, _LEADS)
    targets, after = targets_at(found, _skip(found, at, _AROUND, _PARTICLES))
    if targets is not None:
        gap = _skip(found, after, _AFTER_REFS, _COPULAS)
        verb, end = _verb(found, gap, forms)
        return _sentence(line, found, verb, targets, end if verb else gap)
    verb, end = _verb(found, at, forms)
    if not verb:
        return Sentence("", None, found, line.strip(), divided=False, leads=False, tokens=found)
    targets, after = targets_at(found, _skip(found, end, _AFTER_REFS, _PARTICLES))
    return _sentence(line, found, verb, targets, after if targets else end, leads=True)


def _sentence(
    line: str, found: tuple[Token, ...], verb: str, targets: Targets | None, at: int, *, leads: bool = False
) -> Sentence:
    behind = _skip(found, at, _BEFORE_WORDS, {})
    words = line[found[behind].start :].strip() if behind < len(found) else ""
    divided = behind > at or behind == len(found)
    words_at = found[behind].start if behind < len(found) else len(line)
    return Sentence(verb, targets, found[at:], words, divided, leads, found, words_at)


def _verb(found: tuple[Token, ...], at: int, forms: Phrases) -> tuple[str, int]:
    """The verb that stands here and where it ends; "yes, approve" is approve."""
    verb, end = phrase_at(found, at, forms)
    if verb in verbs.SAME:
        more, beyond = phrase_at(found, _skip(found, end, _AROUND, {}), forms)
        if more in verbs.SAME[verb]:
            return more, beyond
    return verb, end


def phrase_at(found: tuple[Token, ...], at: int, table: Phrases) -> tuple[str, int]:
    """What the longest phrase of the table that stands here means, and where it ends; ("", at) if none does."""
    for length in range(min(_LONGEST_PHRASE, len(found) - at), 0, -1):
        meaning = table.get(tuple(token.text for token in found[at : at + length]))
        if meaning is not None:
            return meaning, at + length
    return "", at


def _skip(found: tuple[Token, ...], at: int, marks: frozenset[str], table: Phrases) -> int:
    while at < len(found):
        if found[at].kind == "mark" and found[at].text in marks:
            at += 1
            continue
        meaning, end = phrase_at(found, at, table)
        if not meaning:
            break
        at = end
    return at


def targets_at(found: tuple[Token, ...], at: int) -> tuple[Targets | None, int]:
    """The items named here and where their naming ends."""
    everything, end = phrase_at(found, at, _ALL)
    if not everything:
        spans, end = _spans(found, at)
        return (Targets(spans), end) if spans else (None, at)
    kind, end = phrase_at(found, _skip(found, end, frozenset(), _PARTICLES_OF_ALL), _KINDS)
    exception, beyond = phrase_at(found, _skip(found, end, frozenset(",("), {}), _EXCEPT)
    spans, beyond = _spans(found, _skip(found, beyond, _AROUND, _PARTICLES)) if exception else ((), end)
    if not spans:
        return Targets(everything=True, kind=kind), end
    return Targets(everything=True, kind=kind, excepted=spans), _skip(found, beyond, frozenset(")"), {})


def _spans(found: tuple[Token, ...], at: int) -> tuple[tuple[tuple[str, str], ...], int]:
    spans: list[tuple[str, str]] = []
    end = at
    while at < len(found) and found[at].kind in {"ref", "number"}:
        first = last = found[at].text
        end = at + 1
        to = _skip(found, end, frozenset("-."), _TO)
        if to > end and to < len(found) and found[to].kind in {"ref", "number"}:
            last, end = found[to].text, to + 1
        spans.append((first, last))
        at = _skip(found, end, _BETWEEN_REFS, _AND)
        at = _skip(found, at, frozenset("#("), _PARTICLES) if at > end else at
        if at == end and at < len(found) and found[at].kind == "number":
            break  # "A-12 3 pages": a number joins a list only behind a comma or an "and"
    return tuple(spans), end
