"""Whole lines that say one thing in ordinary words: "Yes, I agree to that", "I would like to withdraw my article".

Authors and applicants answer our questions in sentences, not in commands. Such a line counts only if each of its
words is known, says that one thing or nothing, and no word of it doubts: what is not known makes it prose. So does a
kind's name alone ("it is a poem"), which sorts a mail that nobody could. It knows no letter and never fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from mailproc.review.language import manners, verbs, words
from mailproc.review.language.words import QUESTIONS, Phrases, Token, phrase_at

_CLOSE = 4  # words before a verb in which a negation is about it
_ANSWERS = (
    frozenset({"yes"}),
    frozenset({"agree"}),
    frozenset({"withdraw"}),
    frozenset({"decline"}),
    frozenset({"appeal"}),
)
_SAID = frozenset({"agree", "withdraw", "yes", "decline", "appeal"})
_ENDS = frozenset(".!?;")
_SAME = {frozenset({"yes", "agree"}): "agree", frozenset({"yes", "withdraw"}): "withdraw"}


@dataclass(frozen=True, slots=True)
class Plain:
    """What a line says: an act of its writer, or `sort` with the kind that it names; and the references in it."""

    verb: str
    refs: tuple[str, ...] = ()
    kind: tuple[Token, ...] = ()  # one word, the kind's own name


@cache
def _acts(who: str) -> Phrases:
    """What somebody of this role may say in a sentence; an applicant also that they are willing."""
    said = [(form, verb) for form, verb in verbs.written(who) if verb in _SAID]
    if who == "applicant":
        said += [(form, "agree") for form in verbs.every("willing")]
    return words.table(said)


@cache
def _withdrawing() -> Phrases:
    return words.table((form, verb) for form, verb in verbs.written("author") if verb == "withdraw")


@cache
def _kinds(who: str) -> Phrases:
    """What kinds are called: by members as they sort, by authors also as one calls what one has written."""
    return words.table(verbs.kind_names(everyday=who != "member"))


@cache
def _tables(who: str) -> tuple[tuple[str, Phrases], ...]:
    """What the words of such a line may be, in this order where two are equally long."""
    silent = ("leads", "courtesies", "determiners", "it_is")
    if who == "member":
        return ("kind", _kinds(who)), ("", verbs.phrases(*silent))
    more = ("particles", "joining", "thanks", "greetings", "wishes", "mine", "it", "beside")
    return ("act", _acts(who)), ("kind", _kinds(who)), ("", verbs.phrases(*silent, *more))


def plain(found: tuple[Token, ...], who: str) -> Plain | None:
    """What a whole line says, if it is one thing and every word is known; None where it is anything else."""
    acts: set[str] = set()
    kinds: dict[str, Token] = {}
    refs: list[str] = []
    at = 0
    while at < len(found):
        token = found[at]
        if token.kind == "mark":
            if token.text in QUESTIONS or not manners.courteous((token,)):
                return None
            at += 1
            continue
        if token.kind == "ref":
            refs.append(token.text)
            at += 1
            continue
        table, meaning, end = _longest(found, at, who)
        if not meaning:
            return None
        if (acts or kinds) and not table and manners.closes(found[at:]):
            break
        if table == "act":
            acts.add(meaning)
        elif table == "kind":
            kinds[meaning] = Token("word", meaning, token.start, found[end - 1].end)
        at = end
    return _said(acts, kinds, tuple(refs))


_SILENT = (
    "leads",
    "courtesies",
    "determiners",
    "it_is",
    "particles",
    "joining",
    "thanks",
    "greetings",
    "it",
    "copulas",
)
_MOST_OF_A_NAME = 3  # words
_MOST_OF_A_GREETING = 5


def is_content(text: str) -> bool:
    """Whether somebody who was shown something says that all is well with it, or only thanks, and nothing else.

    A greeting above and a name below are no words. Whatever word is not known makes it something else.
    """
    lines = [line for line in map(words.clean, text.split("\n")) if line.strip()]
    said = [_is_content(words.tokens(line)) for line in lines]
    inside = [n for n, fine in enumerate(said) if fine]
    if not inside or not all(said[inside[0] : inside[-1] + 1]):
        return False
    above, below = lines[: inside[0]], lines[inside[-1] + 1 :]
    return all(map(_is_greeting, above)) and all(map(_is_name, below))


def _is_content(found: tuple[Token, ...]) -> bool:
    at, fine = 0, False
    while at < len(found):
        if found[at].kind == "mark":
            if found[at].text in QUESTIONS or not manners.courteous((found[at],)):
                return False
            at += 1
            continue
        means, end = phrase_at(found, at, verbs.phrases("content", "thanks"))
        yes, behind = phrase_at(found, at, _acts("applicant"))
        silent, after = phrase_at(found, at, verbs.phrases(*_SILENT))
        ends = [end if means else at, behind if yes in {"yes", "agree"} else at, after if silent else at]
        if max(ends) == at:
            return False
        fine = fine or max(ends[:2]) >= ends[2]
        at = max(ends)
    return fine


def _is_greeting(line: str) -> bool:
    found = words.tokens(line)
    return bool(phrase_at(found, 0, verbs.phrases("greetings"))[0]) and len(found) <= _MOST_OF_A_GREETING


def _is_name(line: str) -> bool:
    """A sign-off, or a few words with a capital each."""
    found = words.tokens(line)
    if phrase_at(found, 0, verbs.phrases("sign_offs"))[0]:
        return True
    capital = all(token.kind == "word" and line[token.start].isupper() for token in found if token.kind != "mark")
    return capital and 0 < sum(token.kind == "word" for token in found) <= _MOST_OF_A_NAME


def _longest(found: tuple[Token, ...], at: int, who: str) -> tuple[str, str, int]:
    """(table, meaning, end) of the longest phrase that stands here; "" each where none does."""
    each = [(table, *phrase_at(found, at, phrases)) for table, phrases in _tables(who)]
    return max(each, key=lambda one: one[2] if one[1] else 0)


def _said(acts: set[str], kinds: dict[str, Token], refs: tuple[str, ...]) -> Plain | None:
    if len(kinds) == 1 and acts <= {"yes"}:
        return Plain("sort", refs, tuple(kinds.values()))
    verb = _SAME.get(frozenset(acts)) or (next(iter(acts)) if frozenset(acts) in _ANSWERS else "")
    return Plain(verb, refs) if verb and not (kinds and verb != "withdraw") else None


def wants_back(found: tuple[Token, ...]) -> bool:
    """Whether an author may want their own back, or not published, in words that are not plain: to be asked about."""
    own = any(token.kind == "ref" for token in found) or manners.mentions(found, verbs.phrases("mine"))
    theirs = manners.mentions(found, verbs.phrases("it")) and manners.mentions(found, verbs.phrases("leads", "wishes"))
    if not own and not theirs:
        return False
    return any(
        (phrase_at(found, at, _withdrawing())[0] and not _negated(found, at))
        or (phrase_at(found, at, verbs.phrases("publishing"))[0] and _negated(found, at))
        for at in range(len(found))
    )


def _negated(found: Sequence[Token], at: int) -> bool:
    """Whether a negation of the same sentence stands close before a word, or at the sentence's end."""
    before = found[max(0, at - _CLOSE) : at]
    ends = [n for n, token in enumerate(before) if token.text in _ENDS]
    end = next((n for n in range(at, len(found)) if found[n].text in _ENDS), len(found))
    return manners.negates(before[ends[-1] + 1 :] if ends else before) or manners.ends_negated(found[at:end])
