"""The shape of one language's words, as its file gives them. Data only; `review.language.verbs` makes tables of it.

Phrases are written as people write them, with accents; case and accents are set aside when they are read. A file
that has another key, or lacks one, is refused (`read`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

Words = tuple[str, ...]


class Calendar(Struct, frozen=True, forbid_unknown_fields=True):
    """How moments and spans of time are said."""

    weekdays: Annotated[tuple[Words, ...], Meta(min_length=7, max_length=7)]  # Monday first
    months: Annotated[tuple[Words, ...], Meta(min_length=12, max_length=12)]
    until: Words  # the moment named is the first one after
    through: Words  # the day named still counts
    inclusive: Words  # the same, behind it
    today: Words
    now: Words  # no later day: publish it NOW
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
    at: Words  # before an hour: AT 8
    hours: Words  # behind an hour: Uhr, h
    never: Words


class Answers(Struct, frozen=True, forbid_unknown_fields=True):
    """The words of whole sentences in which authors, applicants and invited people answer: see `language.plain`."""

    old: Words  # before the words of a proof as they are
    new: Words  # and as they should be
    wishes: Words  # I WOULD LIKE TO withdraw it
    mine: Words  # what an author calls their own
    it: Words  # the same, or what is agreed to, in a word
    willing: Words  # says yes to an invitation by itself
    content: Words  # a contributor has nothing against it
    it_is: Words  # before the name of a kind
    beside: Words  # beside the name of a kind: A FEW photos FOR THE FILE
    publishing: Words  # behind a negation: the author wants it back
    spam: Words  # how members discard what nobody wants: its sender hears nothing


class Lexicon(Struct, frozen=True, forbid_unknown_fields=True):
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
    handing: Words  # "not me, ASK Sam"
    nothing: Words  # "ask me for NOTHING"
    dashes: Words  # between a letter and a number, as somebody dictates a reference: a DASH 12
    about: Words  # before the name of a file: photographs FOR North Pier, the FILE ON it
    sending: Words  # FORWARD this to somebody
    sections: Words  # before the name of a section
    numbering: Words  # before the number of an item, or of its place in the letter
    numbers: Annotated[tuple[Words, ...], Meta(min_length=99, max_length=99)]  # from one on, hyphens left out
    ordinals: Annotated[tuple[Words, ...], Meta(min_length=10, max_length=10)]  # places in a letter, from the first on
    answers: Answers
    reasons: Mapping[str, Words]  # named reason for a rejection -> how members call it
    called: Mapping[str, Words]  # kind of item -> what its author may call it, beside its names
    calendar: Calendar
    spellings: Mapping[str, str]  # other ways to write a letter: ä as ae


class Shared(Struct, frozen=True, forbid_unknown_fields=True):
    """What the languages have in common by accident: words that are asked back, and collisions that do no harm."""

    two_meanings: Mapping[str, tuple[str, str]]  # word -> (verb to offer, what it may mean)
    left_out: Mapping[str, str]  # form -> why it stands in no table
    harmless: Mapping[str, str]  # form -> why it may stand in two tables that contradict each other
    signs: Mapping[str, str]  # a thumb, a tick or a cross beside a reference -> what it answers, yes or no
