"""What a sentence beside a command is: somebody else's word, a sample, a doubt, or a word that takes back.

Answers of yes or no on tokens, from `talk.toml` and the lexicon. They make a line doubtful and none acts by them, so
they lean to yes. It never fails. What comes of an answer is `review.reply.whole`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from mailproc.review.language import manners, verbs
from mailproc.review.language.lexicon.read import LEXICONS, rows
from mailproc.review.language.words import QUESTIONS, Phrases, Rows, Token, mentions, of_rows, phrase_at, split, table

_SPEAKS = 3  # words before a report in which its speaker stands
_CLOCK = re.compile(r"(?<!\d)\d{1,2}:\d\d(?!\d)")
_POSSESSIVE = re.compile(r"[A-Z]\w+(?:'s|s')\W*$")
_FEW = 6  # words of a line that says whose something is
_STAMP = 4  # words beside an hour
_OPENING = {"\u201c": "\u201d", "\u201e": "\u201c", "\xab": "\xbb"}
_CONDITION = 6  # words of a condition that stands alone
_PLAIN_NO = 3  # words of a line that only denies
_HEDGE = 2  # words that doubt a verb
_SHORT = 8  # words of a line that only points, or only takes back
_NO_MORE = frozenset({"no", "without", "nothing"})  # "No other remarks." takes nothing back
_ENDS = (".", "!", "?", "\u2026")


class _Talk(Struct, frozen=True, forbid_unknown_fields=True):
    """The tables of talk.toml; what each holds is said there."""

    reports: Rows
    passes_on: Rows
    speakers: Rows
    examples: Rows
    musts: Rows
    these: Rows
    above: Rows
    mails: Rows
    conditions: Rows
    negations: Rows
    retracts: Rows
    apologies: Rows
    partings: Rows
    wellbeing: Rows
    shown_below: Rows
    sources: Rows
    given: Rows
    theirs: Rows
    votes: Rows
    was: Rows
    own: Rows
    pointing: Rows
    answers: Rows
    questions: Rows


_TALK = rows(Path(__file__).with_suffix(".toml"), _Talk)


def _spoken(each: Rows) -> Phrases:
    """A table in which each phrase means the languages that have it: what lifts a doubt does so in its own."""
    languages: dict[tuple[str, ...], str] = {}
    for language, row in each.items():
        for phrase in row:
            languages[split(phrase)] = f"{languages.get(split(phrase), '')} {language}"
    return table((" ".join(phrase), spoken) for phrase, spoken in languages.items())


_PASSES_ON, _ABOVE = map(of_rows, (_TALK.passes_on, _TALK.above))
REPORTS, _SPEAKERS, _SHOWN_BELOW = map(_spoken, (_TALK.reports, _TALK.speakers, _TALK.shown_below))
_VOTES, _OWN, _GIVEN, _THEIRS = map(_spoken, (_TALK.votes, _TALK.own, _TALK.given, _TALK.theirs))
_EXAMPLES, _MUSTS = map(of_rows, (_TALK.examples, _TALK.musts))
_THESE, _MAILS, _NEGATIONS, _RETRACTS = map(of_rows, (_TALK.these, _TALK.mails, _TALK.negations, _TALK.retracts))
_CONDITIONS, _QUESTIONS, _WAS = map(of_rows, (_TALK.conditions, _TALK.questions, _TALK.was))
_APOLOGIES, _POINTING, _ANSWERS = map(of_rows, (_TALK.apologies, _TALK.pointing, _TALK.answers))
_UNTIL = table((phrase, "until") for each in LEXICONS for phrase in each.calendar.until)
_WEEKDAYS = table((name, "day") for each in LEXICONS for names in each.calendar.weekdays for name in names)
_PARTINGS, _WELLBEING = map(of_rows, (_TALK.partings, _TALK.wellbeing))


def _one_of(*some: Rows) -> str:
    return "|".join(re.escape(phrase) for each in some for row in each.values() for phrase in row)


_SOURCE = re.compile(rf"(?<!\w)(?:{_one_of(_TALK.sources)})\s*\b(\w+)", re.IGNORECASE)  # "from Ben"
_GIVER = re.compile(rf"(?<!\w)(?:{_one_of(_TALK.given)})\s+(\w+)", re.IGNORECASE)  # "głosy Bena"
_GENITIVE = re.compile(rf"\b([A-Z]\w*s|\w+'s|\w+s')\s+(?i:{_one_of(_TALK.given)})\b")


def ends(text: str) -> bool:
    """Whether a sentence has its end: a full stop, or what stands for one, brackets and quotation marks aside."""
    return text.rstrip(" *_~)]}'\"\u201d\u00bb\u201c\u2019").endswith(_ENDS)


def reports(tokens: Sequence[Token]) -> bool:
    """Whether it tells what somebody else says or wants: "Ben thinks so", "I paste her mail". Not: "I said so"."""
    found = tuple(tokens)
    shown = [languages for _, languages in (*_said_in(found, _SHOWN_BELOW), *_said_in(found, _VOTES))]
    if shown and not all(map(_languages(found, _OWN).intersection, shown)):  # "What follows is Ben's."
        return True
    return mentions(found, _PASSES_ON) or any(
        _languages(found[max(0, at - _SPEAKS) : at], _SPEAKERS).isdisjoint(languages)
        for at, languages in _said_in(found, REPORTS)
    )


def _said_in(found: tuple[Token, ...], phrases: Phrases) -> Iterator[tuple[int, frozenset[str]]]:
    """Where each phrase of a table stands, and the languages that have it."""
    for at, token in enumerate(found):
        if token.text in phrases and (languages := phrase_at(found, at, phrases)[0]):
            yield at, frozenset(languages.split())


def _languages(found: tuple[Token, ...], phrases: Phrases) -> frozenset[str]:
    """All languages in which one of a table's phrases stands there."""
    return frozenset[str]().union(*(languages for _, languages in _said_in(found, phrases)))


def stamps(text: str, tokens: Sequence[Token]) -> bool:
    """Whether a line is what chats put above each word: a name and the hour, "[10:02 AM] Ben Marsh"."""
    words = sum(token.kind == "word" for token in tokens)
    return bool(_CLOCK.search(text)) and words <= _STAMP


def doubts(tokens: Sequence[Token]) -> bool:
    """Whether it denies, asks, wishes, takes back, or is a condition."""
    found = tuple(tokens)
    return denies(found) or manners.asks(found) or mentions(found, _MUSTS) or jokes(found) or conditions(found)


def hedges(tokens: Sequence[Token]) -> bool:
    """Whether a word or two behind a verb doubt it: "reject A-12, perhaps", "reject A-12 or not?"."""
    found = tuple(token for token in tokens if token.kind != "mark")
    asked = manners.asks(tokens[-1:]) and tokens[0].text != ":"
    return 0 < len(found) <= _HEDGE and (asked or mentions(found, _MUSTS))


def tells_of_the_past(tokens: Sequence[Token]) -> bool:
    """Whether words behind a verb only tell of it: "rejected was Ben's vote"."""
    return bool(phrase_at(tuple(tokens[:2]), 0, _WAS)[0])


def questions(tokens: Sequence[Token]) -> bool:
    """Whether it begins as a question does: "whether the photo is his own"."""
    found = tuple(token for token in tokens if token.kind == "word")[:4]
    return bool(phrase_at(found, 0, _QUESTIONS)[0])


def exemplifies(tokens: Sequence[Token]) -> bool:
    """Whether it announces a sample or a choice: "for example", "the options"."""
    return mentions(tuple(tokens), _EXAMPLES)


def withholds(tokens: Sequence[Token]) -> bool:
    """Whether it denies, doubts, asks or wishes what stands beside it: "None of these should go up"."""
    found = tuple(tokens)
    if phrase_at(found, 0, _APOLOGIES)[0]:
        return False
    conditional = conditions(found)
    doubtful = denies(found) or manners.asks(found) or mentions(found, _MUSTS) or conditional
    words = sum(token.kind == "word" for token in found)  # a longer sentence has its own end: "If ..., delete it."
    return doubtful and (_shows(found) or (conditional and words <= _CONDITION) or _is_plain_no(found))


def conditions(tokens: Sequence[Token]) -> bool:
    """Whether it begins as a condition does, in any language known here."""
    found = tuple(token for token in tokens if token.kind != "mark")[:8]
    return manners.takes_back(found) or bool(phrase_at(found, 0, _CONDITIONS)[0])


def _is_plain_no(found: tuple[Token, ...]) -> bool:
    """Whether a few words only deny: "Not yet!"; "No problem!" denies nothing."""
    words = tuple(token for token in found if token.kind == "word")
    few = 0 < len(words) <= _PLAIN_NO and words[0].text not in _NO_MORE
    return few and bool(phrase_at(words, 0, verbs.phrases("negations"))[0] or phrase_at(words, 0, _NEGATIONS)[0])


def _shows(found: tuple[Token, ...]) -> bool:
    """Whether it shows what stands beside it in the mail; "this message" is the mail itself, as gateways say."""
    return any(
        token.text in _THESE and phrase_at(found, at, _THESE)[0] and not mentions(found[at + 1 : at + 5], _MAILS)
        for at, token in enumerate(found)
    )


def denies(tokens: Sequence[Token]) -> bool:
    """Whether it holds a negation of any language known here."""
    found = manners.without_numeros(tokens)
    return manners.negates(found) or mentions(found, _NEGATIONS)


def jokes(tokens: Sequence[Token]) -> bool:
    """Whether it holds a phrase that takes back what was said, "just kidding", or is a lone "?"."""
    lone = not any(token.kind == "word" for token in tokens)
    return mentions(tuple(tokens), _RETRACTS) or (lone and manners.asks(tokens))


def retracts(tokens: Sequence[Token]) -> bool:
    """Whether it takes back what stands above: "just kidding", "and I do not", "that is what Ben wrote"."""
    found = manners.without_numeros(tokens)
    if (
        mentions(found, _RETRACTS)
        or mentions(found, _ABOVE)
        or manners.ends_negated(found)
        or _ends_in(found, _NEGATIONS)
    ):
        return True
    if (denies(found) and _shows(found)) or (manners.short(found) and mentions(found, _MUSTS)):
        return True
    first = next((token.text for token in found if token.kind == "word"), "")
    return reports(found) and (first in REPORTS or _shows(found))


def _ends_in(found: tuple[Token, ...], phrases: Phrases) -> bool:
    return mentions(tuple(token for token in found if token.kind == "word")[-1:], phrases)


def goes_on(tokens: Sequence[Token]) -> bool:
    """Whether it begins as the rest of a sentence does: "and", "but", "or", "not", "unless"."""
    found = tuple(token for token in tokens if token.kind != "mark")[:8]
    if manners.goes_another_way(found) or conditions(found) or answers_no(tokens):
        return True
    denied = phrase_at(found, 0, _NEGATIONS)[0] or phrase_at(found, 0, verbs.phrases("negations"))[0]
    if not denied or found[0].text in _NO_MORE:
        return False
    return not phrase_at(found, 1, verbs.phrases("no_but"))[0]


def parts_until(text: str, tokens: Sequence[Token]) -> bool:
    """Whether a whole sentence only says until which day its writer parts: "Bis Donnerstag am Kai."."""
    found = tuple(tokens)
    said, end = phrase_at(found, 0, _UNTIL)
    few = text[:1].isupper() and ends(text) and sum(token.kind == "word" for token in found) <= _FEW
    plain = few and not (manners.negates(found) or manners.asks(found))
    return bool(said) and plain and mentions(found[end : end + 2], _WEEKDAYS)


def answers_no(tokens: Sequence[Token]) -> bool:
    """Whether it begins with a no that stands by itself: "No, sorry, ..."."""
    no, end = phrase_at(tuple(tokens[:4]), 0, verbs.phrases("no"))
    return bool(no) and end < len(tokens) and tokens[end].kind == "mark"


def points(tokens: Sequence[Token]) -> bool:
    """Whether a line only says that the writer's own answers follow: "My votes for today:"."""
    found = tuple(token for token in tokens if token.kind != "mark")
    asks = any(token.text in QUESTIONS for token in tokens)
    return (
        0 < len(found) <= _SHORT
        and not asks
        and not _is_theirs(found)
        and all(token.kind == "word" and phrase_at((token,), 0, _POINTING)[0] for token in found)
        and mentions(found, _ANSWERS)
    )


def belongs_to_somebody(text: str, tokens: Sequence[Token]) -> bool:
    """Whether a few words say whose something is: "These are Ben's.", "From Ben.", "Bens Stimmen", "Her answer."."""
    if _POSSESSIVE.search(text):
        return True
    found = tuple(token for token in tokens if token.kind != "mark")
    if len(found) > _FEW:
        return False
    if len(found) == 1 and phrase_at(found, 0, _THEIRS)[0]:  # "Hers."
        return True
    named = any(each[1][:1].isupper() for pattern in (_SOURCE, _GIVER) for each in pattern.finditer(text))
    return named or _is_genitive(text) or _is_theirs(found)


def gives_theirs(text: str, tokens: Sequence[Token]) -> bool:
    """Whether a few words give somebody's vote or answer: "Ben's words.", "Le vote de Ben."; not "From Rome"."""
    given = mentions(tuple(tokens), _GIVEN) and len(tokens) <= _SHORT and not mentions(tuple(tokens), _OWN)
    return given and belongs_to_somebody(text, tokens)


def is_wellbeing(tokens: Sequence[Token]) -> bool:
    """Whether a line says that all is well, and may decide nothing: "Alles in Ordnung"."""
    found = tuple(token for token in tokens if token.kind != "mark")
    return bool(phrase_at(found, 0, _WELLBEING)[0])


def signs_off(tokens: Sequence[Token]) -> bool:
    """Whether a line begins with a sign-off of a language that has no lexicon: "Hilsen"."""
    return bool(phrase_at(tuple(tokens), 0, _PARTINGS)[0])


def _is_genitive(text: str) -> bool:
    """Whether a name in the genitive stands before what people give: "Bens Stimmen", "Ben's list"."""
    whose = (split(each[1]) for each in _GENITIVE.finditer(text))
    return any({*words}.isdisjoint(_POINTING) and {*words}.isdisjoint(_THESE) for words in whose)


def _is_theirs(found: tuple[Token, ...]) -> bool:
    """Whether another person's is beside what people give: "his vote", "o voto dele"."""
    given, theirs = dict(_said_in(found, _GIVEN)), dict(_said_in(found, _THEIRS))
    return any(given[at] & theirs.get(beside, frozenset()) for at in given for beside in (at - 1, at + 1))


def opens_a_quotation(text: str) -> bool:
    """Whether a line begins a quotation that it does not end."""
    if text[:1] in _OPENING:
        return _OPENING[text[0]] not in text[1:]
    return text[:1] == '"' and text.count('"') % 2 == 1


def apologises(tokens: Sequence[Token]) -> bool:
    """Whether a line begins as polite ones do that need no full stop: "Sorry for the delay"."""
    found = tuple(tokens)
    return bool(phrase_at(found, 0, _APOLOGIES)[0]) and not (reports(found) or found[-1].text == ":")
