"""Named reasons for a rejection: "reject off topic", "reject later until March: we are few", in every language.

A name stands at the head of the words; it is one only where it ends them, or a mark, or a day follows, so that "reject
unsourced claims about the mayor" keeps its words. "later" alone is how some say hold, and needs a mark or a day
behind it. What stands behind a colon right after the verb is free words, whatever they are. A
day says from when on its author may ask again. What they read stands in templates. It knows no clock, and never fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache

from mailproc.review.language import manners, when, words
from mailproc.review.language.lexicon import LEXICONS
from mailproc.review.language.verbs import spellings
from mailproc.review.language.words import Phrases, Token, clean, phrase_at, tokens

LATER = "later"
NAMED = "named"  # of a command whose words begin with a named reason, or with a day
SLUGS = tuple(LEXICONS[0].reasons)
_STOPS = frozenset({":", ",", ".", ";", "-", "!"})
_MOST_OF_A_DAY = 6  # words of "until the end of March 2027"
_EDGES = " :,.;-!"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was rejected."""

    slug: str  # "" where none is named
    words: str  # the free words, as they are
    again: datetime | None = None  # from when on its author may ask again, UTC


@cache
def names() -> Phrases:
    """How members call the reasons, and the slugs themselves."""
    own = [(slug, slug) for slug in SLUGS]
    said = (
        (form, slug)
        for lexicon in LEXICONS
        for slug, called in lexicon.reasons.items()
        for name in called
        for form in spellings(name, lexicon)
    )
    return words.table([*own, *said])


def stands_at_head(rest: tuple[Token, ...], written: str) -> bool:
    """Whether what follows a verb is a named reason, with nothing behind it that makes it doubtful."""
    slug, behind = _named(rest)
    if not slug or not behind:
        return slug not in {"", LATER}
    divided = behind[0].text == ":" or _day(behind, written) > 0
    return divided or (slug != LATER and (behind[0].text in _STOPS or manners.courteous(behind)))


def begins_with_a_day(rest: tuple[Token, ...], written: str) -> bool:
    """Whether what follows a verb says first from when on its author may ask again."""
    return _day(rest, written) > 0


def read(written: str, now: datetime, zone: tzinfo) -> Reason:
    """What the words behind `reject` say: a named reason, from when on to ask again, and the words that are left."""
    found = tokens(clean(written))
    head = found[1:] if found and found[0].text in _STOPS else found
    slug, behind = _named(head) if stands_at_head(head, written) else ("", head)
    day = _day(behind, written)
    said = _span(behind[:day], written)
    again = (when.until(said, now, zone) or when.month(said, now, zone)) if day else None
    if again is not None:
        behind = behind[day:]
    if not slug and again is None:
        return Reason("", written)
    left = written[behind[0].start :] if behind else ""
    return Reason(slug, left.lstrip(_EDGES), again)


def _named(found: tuple[Token, ...]) -> tuple[str, tuple[Token, ...]]:
    slug, end = phrase_at(found, 0, names())
    return slug, found[end:]


def _day(behind: tuple[Token, ...], written: str) -> int:
    """How many of these words name a day up to the end of a clause: "until March", "bis 1. März"; 0 for none."""
    start = 1 if behind and behind[0].text in _STOPS else 0
    for end in range(min(len(behind), start + _MOST_OF_A_DAY), start, -1):
        ends = end == len(behind) or behind[end].text in _STOPS or behind[end].start > behind[end - 1].end + 1
        said = _span(behind[start:end], written)
        if ends and ((when.names_an_end(said) and when.readable(said)) or when.names_a_month(said)):
            return end
    return 0


def _span(found: tuple[Token, ...], written: str) -> str:
    """These words as they were written."""
    return written[found[0].start : found[-1].end].strip(_EDGES) if found else ""
