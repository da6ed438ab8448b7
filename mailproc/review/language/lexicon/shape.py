"""The shape of one language's words, as its module gives them. Data only; `review.language.verbs` makes tables of it.

Phrases are written as people write them, with accents; case and accents are set aside when they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Words = tuple[str, ...]


def of(phrases: str) -> Words:
    """Words and phrases, written with commas between them."""
    return tuple(" ".join(phrase.split()) for phrase in phrases.split(",") if phrase.strip())


@dataclass(frozen=True, slots=True)
class Calendar:
    """How moments and spans of time are said."""

    weekdays: tuple[Words, ...]  # seven, Monday first
    months: tuple[Words, ...]  # twelve
    until: Words  # the moment named is the first one after
    through: Words  # the day named still counts
    inclusive: Words  # the same, behind it
    tomorrow: Words
    overmorrow: Words
    next_week: Words
    next_month: Words
    days: Words  # units, in all their cases
    weeks: Words
    one: Words
    within: Words  # before a length: in 3 days
    lasting: Words  # the same: for 3 days
    around: Words  # articles and the like that say nothing here
    begin: Words  # before the first of two hours
    end: Words  # before the second
    hours: Words  # behind an hour: Uhr, h
    never: Words


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words of one language."""

    language: str
    forms: Mapping[str, Words]  # verb of `review.language.verbs` -> how people say it
    kinds: Mapping[str, Words]  # kind of item -> its names
    yes: Words
    no: Words
    leads: Words  # before a verb, saying nothing
    particles: Words  # between a verb and a reference, or before a number
    copulas: Words  # between a reference and a verb
    courtesies: Words  # after a verb: the closed list
    greetings: Words
    sign_offs: Words
    not_names: Words  # single words that answer, however unclearly, and are no signature
    negations: Words
    conditions: Words  # words that take back, or half take back, what was just said
    no_but: Words  # behind a "no" that rejects nothing: no problem
    everything: Words  # all items of the letter
    others: Words  # all that no other line names
    determiners: Words  # between `everything` and a kind
    excepting: Words
    joining: Words  # and
    alternatives: Words  # or
    ranging: Words
    thanks: Words  # with which a line of thanks begins
    pointers: Words  # lines that only say where the answers are
    handing: Words  # "not me, ASK Sam"
    calendar: Calendar
    spellings: tuple[tuple[str, str], ...] = ()  # other ways to write a letter: ä as ae
