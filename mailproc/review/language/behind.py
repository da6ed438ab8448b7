"""What words right behind a verb are, where no mark divides them: its reason, or talk of that verb.

"reject too long" gives a reason; "rejected last year", "reject seems harsh", "reject the second photo" and "reject 60%"
give none. Answers of yes or no on tokens, from `behind.toml`; they lean to talk, and none makes a line act. It never
fails. What comes of an answer is `review.reply.spoken`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from mailproc.review.language import talk, verbs
from mailproc.review.language.lexicon.read import rows
from mailproc.review.language.words import QUESTIONS, Rows, Token, mentions, of_rows, phrase_at

_ASKED = 3  # words and marks behind a verb in which a question is about it
_FEW = 4  # words behind a comma that may be all that is said of a verb
_VERSUS = frozenset({"vs", "versus", "or"})
_COUNTED = frozenset({"%", "/", "of", "de", "von", "di", "van", "из", "z"})  # behind a number: "60%", "8 de 10"


class _Behind(Struct, frozen=True, forbid_unknown_fields=True):
    """The tables of behind.toml; what each holds is said there."""

    told: Rows
    causes: Rows
    times: Rows
    alone: Rows
    objects: Rows
    verbs: Rows
    seems: Rows


_ROWS = rows(Path(__file__).with_suffix(".toml"), _Behind)
_TOLD, _CAUSES, _TIMES, _ALONE = map(of_rows, (_ROWS.told, _ROWS.causes, _ROWS.times, _ROWS.alone))
_OBJECTS, _VERBS, _SEEMS = map(of_rows, (_ROWS.objects, _ROWS.verbs, _ROWS.seems))


def tells(before: Sequence[Token], rest: Sequence[Token]) -> bool:
    """Whether `rest`, undivided behind the verb that `before` ends with, tells of it and gives no reason."""
    found = tuple(rest)
    words = tuple(token for token in found if token.kind != "mark")
    if not words or _is_tally(found) or phrase_at(words, 0, _ALONE)[1] == len(words):
        return bool(words)
    if any(phrase_at(found, 0, each)[0] for each in (_SEEMS, _TIMES)):
        return True
    if any(token.text in QUESTIONS for token in found[:_ASKED]):
        return True
    if phrase_at(found, 0, _CAUSES)[0]:
        return False
    another = bool(phrase_at(found, 0, _OBJECTS)[0]) and not mentions(found, _VERBS)
    return another or mentions(tuple(before), _TOLD)


def _is_tally(found: tuple[Token, ...]) -> bool:
    """Whether it counts: "60%", "2", "8 de 10", "15/20"."""
    return found[0].kind == "number" and all(t.kind in {"number", "mark"} or t.text in _COUNTED for t in found)


def says_another(rest: Sequence[Token], verb: str) -> bool:
    """Whether all that stands behind a verb is another decision: "reject / hold", "reject vs approve"."""
    words = tuple(token for token in rest if token.kind != "mark")
    words = words[1:] if words and words[0].text in _VERSUS else words
    rival, end = phrase_at(words, 0, verbs.decisions("member"))
    return rival not in {"", verb, "discard"} and end == len(words)


def turns(rest: Sequence[Token], verb: str) -> bool:
    """Whether words behind a mark turn to something else: "reject, no wait, approve", "reject - what do you think?"."""
    words = tuple(token for token in rest if token.kind != "mark")
    if says_another(rest, verb) or (len(words) <= _FEW and talk.jokes(words)):
        return True
    asked = bool(rest) and rest[-1].text in QUESTIONS and len(words) <= _FEW
    told = len(words) <= _FEW and bool(phrase_at(words, 0, talk.REPORTS)[0])
    last = next((at for at in range(len(words)) if says_another(words[at:], verb)), 0)
    return asked or told or (bool(last) and (talk.jokes(words[:last]) or talk.answers_no(_from_word(rest))))


def _from_word(rest: Sequence[Token]) -> tuple[Token, ...]:
    first = next((at for at, token in enumerate(rest) if token.kind != "mark"), len(rest))
    return tuple(rest[first:])
