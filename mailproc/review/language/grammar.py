"""One line as people write it: the items it names, the verb, and what stands around them.

Reference and verb in either order, lists, ranges, `all`, `all except`, `the rest`. It knows the verbs of `verbs`
and no letter: whether an item exists is `resolve`'s. It never fails; a line that says nothing has no verb and no
targets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mailproc.kinds.reference import TOKEN, letter
from mailproc.review.language import manners, verbs, when
from mailproc.review.language.lexicon import SHARED
from mailproc.review.language.plain import plain
from mailproc.review.language.words import Phrases, Token, clean, phrase_at, tokens

__all__ = ["Sentence", "Targets", "clean", "sentence", "targets_at"]

_DOTS = "\u2022\u00b7+\u2023\u2043\u25e6\u25aa-\u25b8\u25ba\u25cf\u25cb\u25a0\u25a1\u27a4\u2192"
_PS = r"(?i:p\.?\s?[sd]\b\.?:?\s+)"  # an afterthought: "PS:", "P.S.", "P.D."
_BULLET = re.compile(rf"\s*(?:{_PS}|[-*{_DOTS}]\s+|\(?\d{{1,3}}[.)]\s+(?=\W*{TOKEN}))*")
_OVERLAID = re.compile("[\u0335-\u0338]")  # letters that are struck out one by one
_NUMBERED = re.compile(r"\s*\(?(?:\d{1,3}[.)]|[a-z]\))\s+")
_BETWEEN_REFS = frozenset(",;&+/")
_QUOTATION = frozenset("\"'`\u201c\u201d\u00ab\u00bb\u201e")
_AFTER_REFS = _QUOTATION | frozenset(":,-=<>.;*_()[]{}/|\u2026\u2192\xa1")
_AROUND = _QUOTATION | frozenset("*_([{#<~,\u2116\u2192\xa1")
_BEFORE_NUMBERS = frozenset("#(\u2116")
_COUNTS = frozenset("#\u2116")  # before the number of an item, or of its place
_BEFORE_REFS = _AFTER_REFS | _BEFORE_NUMBERS
_BEFORE_WORDS = frozenset(":,-.;*_=>")
_BETWEEN_ENDS = frozenset("-.\u2026")
_CLOSING = _QUOTATION | frozenset(")]}")
_MODIFIERS = frozenset("\ufe0e\ufe0f\u200d\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")  # skin, variant
_DASH = frozenset("-")
_STRUCK = "~~"  # what was struck out says nothing: `message.html.text`
_LONGEST_DAY = 12  # words and marks
_NOTHING: Phrases = {}


@dataclass(frozen=True, slots=True)
class Targets:
    """The items that a line names."""

    spans: tuple[tuple[str, str], ...] = ()  # (first, last), equal for a single one; "A-12" or "12"
    everything: bool = False
    kind: str = ""  # everything of this kind
    excepted: tuple[tuple[str, str], ...] = ()
    others: bool = False  # with everything: only what no other line of the mail is about
    counted: bool = False  # "number 1", "#1": an item's own number, or the place where the letter shows it
    placed: bool = False  # "the first one": a place and nothing else

    @property
    def sweeps(self) -> bool:
        """Items are meant that it does not name one by one."""
        return self.everything or any(first != last for first, last in self.spans)


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
    plain: bool = False  # a whole sentence of ordinary words: see `plain`
    bare: bool = False  # a kind was named and no verb: it sorts what nobody sorted, and nothing else

    @property
    def is_entry(self) -> bool:
        """It names items one by one at its head: "A-12 maybe". Not "the others want", nor "1. It would be nice to"."""
        if self.targets is None or not self.targets.spans:
            return False
        return not (self.tokens[0].kind == "number" and self.tokens[1:2] and self.tokens[1].text in (".", ")"))


def sentence(line: str, forms: Phrases, who: str = "", *, sorts: bool = True) -> Sentence:
    """Read one cleaned line with the verbs of one role (`verbs.forms`), and as a plain sentence of `who`, if given.

    `sorts`: a kind's name says what a mail is; else it is a word like others ("I have a question").
    """
    said = _command(line, forms)
    whole = said.verb and manners.courteous(said.rest)
    found = plain(said.tokens, who) if who and not whole and not line.lstrip().startswith(_STRUCK) else None
    if found is None or (found.kind and not sorts):
        return said
    targets = Targets(tuple((ref, ref) for ref in found.refs)) if found.refs else None
    bare = bool(found.kind)
    return Sentence(
        found.verb, targets, found.kind, "", divided=True, leads=True, tokens=said.tokens, plain=True, bare=bare
    )


def _command(line: str, forms: Phrases) -> Sentence:
    numbered = _NUMBERED.match(line)
    if numbered:
        said = _read(line, forms, numbered.end())
        if said.verb and said.targets:  # "1. approve A-12"
            return said
    bullet = _BULLET.match(line)
    return _read(line, forms, bullet.end() if bullet else 0)


def _read(line: str, forms: Phrases, skipped: int) -> Sentence:
    """Read a line from the character `skipped` on, behind its bullet."""
    found = tokens(line)
    if line.startswith(_STRUCK, skipped) or _OVERLAID.search(line):
        return Sentence("", None, found, line.strip(), divided=False, leads=False, tokens=found)
    if skipped:
        found = tuple(token for token in found if token.start >= skipped)
    at = _skip(found, 0, _AROUND, verbs.phrases("leads"), forms)
    targets, after = _targets(found, at, _AROUND)
    if targets is not None and phrase_at(found, at, forms)[0] not in verbs.OF_SELF:  # "todos los días" is no item
        gap = _skip(found, after, _AFTER_REFS, verbs.phrases("copulas", "leads"), forms)
        verb, end = _verb(found, gap, forms)
        verb, end = (verb, end) if verb else _sign(found, gap, forms)
        return _sentence(line, found, verb, targets, end if verb else gap)
    verb, end = _sign(found, at, forms)
    if verb:
        targets, after = targets_at(found, _skip(found, end, _BEFORE_REFS, _NOTHING))
        return _sentence(line, found, verb if targets else "", targets, after if targets else at, leads=True)
    verb, end = _verb(found, at, forms)
    if verb in verbs.OF_SELF:
        return _sentence(line, found, verb, None, end, leads=True)
    if verb:
        targets, after = _targets(found, end, _BEFORE_REFS) if not _is_a_day(found, end, verb) else (None, end)
        if targets is None or not _is_if(found, at, end):
            return _sentence(line, found, verb, targets, after if targets else end, leads=True)
    return Sentence("", None, found, line.strip(), divided=False, leads=False, tokens=found)


def _is_a_day(found: tuple[Token, ...], at: int, verb: str) -> bool:
    """Whether the number behind a verb is a day's, and no item's: "approve on 1 May", "schedule 1.5. 08:00"."""
    words = [token.text for token in found[at : at + _LONGEST_DAY]]
    if not words or verb not in verbs.DATED:
        return False
    names = {"schedule": when.names_a_moment, "hold": when.names_how_long}.get(verb)
    return when.begins_a_date(words) or (names is not None and names(" ".join(words)))


def _sentence(
    line: str, found: tuple[Token, ...], verb: str, targets: Targets | None, at: int, *, leads: bool = False
) -> Sentence:
    behind = _skip(found, _unquoted(found, at), _BEFORE_WORDS, _NOTHING)
    words = line[found[behind].start :].strip() if behind < len(found) else ""
    divided = behind > at or behind == len(found)
    words_at = found[behind].start if behind < len(found) else len(line)
    return Sentence(verb, targets, found[at:], words, divided, leads, found, words_at)


def _unquoted(found: tuple[Token, ...], at: int) -> int:
    """Behind the mark that closes a verb's own quotation or bracket: `"reject": too long`."""
    closes = 0 < at < len(found) and found[at].text in _CLOSING and found[at].start == found[at - 1].end
    return at + 1 if closes else at


def _sign(found: tuple[Token, ...], at: int, forms: Phrases) -> tuple[str, int]:
    """What a thumb, a tick or a cross says, and where it and its like end; nothing where they say two things."""
    said, end = "", at
    while end < len(found) and (found[end].text in _MODIFIERS or phrase_at(found, end, verbs.signs())[0]):
        meant = phrase_at(found, end, verbs.signs())[0]
        if said and meant not in {"", said}:
            return "", at
        said, end = said or meant, end + 1
    word, beyond = _verb(found, end, forms) if said else ("", end)
    if word in verbs.SAME.get(said, ()) or word == said:  # a thumb before "approve"
        return word, beyond
    return said, end


def _verb(found: tuple[Token, ...], at: int, forms: Phrases) -> tuple[str, int]:
    """The verb that stands here and where it ends; "yes, approve" is approve."""
    verb, end = phrase_at(found, at, forms)
    if verb in verbs.SAME and not _is_if(found, at, end):
        behind = _skip(found, end, _AROUND, _NOTHING)
        more, beyond = phrase_at(found, behind, forms)
        divided = behind > end or found[at].text not in verbs.UNSURE
        if more in verbs.SAME[verb] and divided:  # "no, reject" rejects; "no rechazar" does not
            return more, beyond
    return verb, end


def _is_if(found: tuple[Token, ...], at: int, end: int) -> bool:
    """Whether the word from `at` to `end` may be a condition as well: "si" is yes and if."""
    return phrase_at(found, at, verbs.phrases("conditions"))[1] >= end


def _skip(found: tuple[Token, ...], at: int, marks: frozenset[str], table: Phrases, stop: Phrases = _NOTHING) -> int:
    """Step over marks and over phrases of the table; gives where something else begins, or a phrase of `stop`."""
    while at < len(found):
        if found[at].kind == "mark" and found[at].text in marks:
            at += 1
            continue
        meaning, end = phrase_at(found, at, table)
        if not meaning or phrase_at(found, at, stop)[0]:
            break
        at = end
    return at


def _targets(found: tuple[Token, ...], at: int, marks: frozenset[str]) -> tuple[Targets | None, int]:
    """The items named here or behind an article: "A-12", "the article A-12", "the others"."""
    begin = _skip(found, at, marks, _NOTHING)
    targets, end = targets_at(found, begin)
    if targets is not None:
        counted = begin > 0 and found[begin - 1].text in _COUNTS
        return (replace(targets, counted=True) if counted else targets), end
    targets, end = _counted(found, at, marks)
    return (targets, end) if targets else targets_at(found, _skip(found, begin, marks, verbs.phrases("particles")))


def _counted(found: tuple[Token, ...], at: int, marks: frozenset[str]) -> tuple[Targets | None, int]:
    """The items of "number 1", "items 1 to 3", "number twelve" and "the first one"."""
    article = _skip(found, at, marks, _NOTHING)
    begin = _skip(found, article, marks, verbs.phrases("particles"), verbs.phrases("numbering"))
    named = _skip(found, begin, marks, verbs.phrases("numbering"))
    if named > begin and (at or found[begin].text != "no"):  # "No. 12" may turn it down
        spans, end = _spans(found, named, dictated=True)
        return (Targets(spans, counted=True), end) if spans else (None, at)
    place, end = phrase_at(found, begin, verbs.ordinals()) if begin > article else ("", at)
    return (Targets(((place, place),), counted=True, placed=True), end) if place else (None, at)


def targets_at(found: tuple[Token, ...], at: int) -> tuple[Targets | None, int]:
    """The items named here and where their naming ends."""
    others, end = phrase_at(found, at, verbs.phrases("others"))
    everything, end = (others, end) if others else phrase_at(found, at, verbs.phrases("everything"))
    if not everything:
        spans, end = _spans(found, at)
        return (Targets(spans), end) if spans else (None, at)
    kind, end = phrase_at(found, _skip(found, end, frozenset(), verbs.phrases("determiners")), verbs.kinds())
    exception, beyond = phrase_at(found, _skip(found, end, frozenset(",("), _NOTHING), verbs.phrases("excepting"))
    named = _skip(found, beyond, _AROUND, verbs.phrases("particles"))
    excepted, beyond = _spans(found, named) if exception else ((), end)
    if not excepted:
        return Targets(everything=True, kind=kind, others=bool(others)), end
    end = _skip(found, beyond, frozenset(")"), _NOTHING)
    return Targets(everything=True, kind=kind, excepted=excepted, others=bool(others)), end


def _spans(found: tuple[Token, ...], at: int, *, dictated: bool = False) -> tuple[tuple[tuple[str, str], ...], int]:
    """References, numbers and ranges in a list; nothing where "A-12 a 15" may be a list or a range.

    `dictated`: a number may be a word, since what stands before says that it is one.
    """
    spans: list[tuple[str, str]] = []
    begin = end = at
    first, beyond = name_at(found, at, dictated=dictated)
    while first:
        last, end = first, beyond
        to = _skip(found, end, _BETWEEN_ENDS, verbs.phrases("ranging"))
        day = to > end and when.begins_a_date(token.text for token in found[to : to + _LONGEST_DAY])
        if to > end and not day and name_at(found, to, dictated=dictated)[0]:  # "hold A-12 until 1 May" is no range
            if "-" in first and letter(found[to - 1].text) and found[to].kind == "number":
                return (), begin
            last, end = name_at(found, to, dictated=dictated)
        spans.append((first, last))
        at = _skip(found, end, _BETWEEN_REFS, verbs.phrases("joining"))
        at = _skip(found, at, _BEFORE_NUMBERS, verbs.phrases("particles", "numbering")) if at > end else at
        if at == end and at < len(found) and found[at].kind != "ref":
            break  # "A-12 3 pages": a number joins a list only behind a comma or an "and"
        first, beyond = name_at(found, at, dictated=dictated)
    return tuple(spans), end


def name_at(found: tuple[Token, ...], at: int, *, dictated: bool = False) -> tuple[str, int]:
    """The reference or number that stands here and where it ends: "A-12", "12", "a 12" as "A-12"; ("", at) if none.

    Behind its letter a number may be dictated, "a dash twelve"; alone only where `dictated` says so.
    """
    if at >= len(found):
        return "", at
    token = found[at]
    if token.kind in {"ref", "number"}:
        return token.text, at + 1
    if letter(token.text):
        number, end = _number_at(found, _skip(found, at + 1, _DASH, verbs.phrases("dashes")))
        return (f"{letter(token.text)}-{number}", end) if number else ("", at)
    return _number_at(found, at) if dictated else ("", at)


def _number_at(found: tuple[Token, ...], at: int) -> tuple[str, int]:
    """A number in digits, or as a word up to ninety-nine, and where it ends; ("", at) if none."""
    if at < len(found) and found[at].kind == "number":
        return found[at].text, at + 1
    return phrase_at(found, at, verbs.numbers())


def named(found: tuple[Token, ...]) -> tuple[str, ...]:
    """All references and numbers of a line; three numbers in a row are one that is written in groups, and no item's."""
    groups: set[int] = set()
    for at in range(len(found) - 2):
        if all(token.kind == "number" for token in found[at : at + 3]):
            groups.update(range(at, at + 3))
    return tuple(name for at in range(len(found)) if at not in groups and (name := name_at(found, at)[0]))


def joins(word: str) -> bool:
    """Whether a word joins two items: "and". Spanish "y" does so within a line only; at its end it may be a yes."""
    return word in verbs.phrases("joining") and word not in SHARED.two_meanings
