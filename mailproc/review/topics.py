"""Topics: what a member would like to be asked about, as words, and whether an item is about one of them.

A topic fits where each of its words is a word of the item, in any case, with or without accents, and with another
ending of a few letters: "photographs" fits a photograph. It weighs who is asked first (`rota`) and decides nothing, so
a wrong guess costs nothing. Values in, values out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from mailproc.review.language import verbs
from mailproc.review.language.lexicon import LEXICONS
from mailproc.review.language.words import clean, fold, phrase_at, tokens

MOST_WORDS = 4_000  # of one item that are looked at
_STEM, _ENDING = 4, 3  # letters: at least of what two forms of a word share, and at most of what follows
_EDGES = " ,:;.!-()\"'"
_WORD = re.compile(r"\w+")
_AND = "|".join(sorted({re.escape(word) for each in LEXICONS for word in each.joining}, key=len, reverse=True))
_BETWEEN = re.compile(rf"[,;/]|(?<!\S)(?:{_AND})(?!\S)", re.IGNORECASE)


def topics_of(said: str) -> tuple[str, ...]:
    """The topics that words name, with commas or "and" between; () for "nothing"."""
    found = tokens(clean(said.strip(_EDGES)))
    if phrase_at(found, 0, verbs.phrases("nothing"))[1] == len(found):
        return ()
    named = (" ".join(part.strip(_EDGES).split()).casefold() for part in _BETWEEN.split(said))
    return tuple(dict.fromkeys(topic for topic in named if _WORD.search(topic)))


def words_in(texts: Iterable[str | None]) -> frozenset[str]:
    """The words of an item's title, text, section, group, as topics are compared with them."""
    every = (found.group() for text in texts if text for found in _WORD.finditer(text))
    return frozenset(fold(word) for word in islice(every, MOST_WORDS))


def fits(topics: Sequence[str], words: frozenset[str]) -> bool:
    """Whether one of the topics is among the words."""
    return bool(words) and any(_stands(topic, words) for topic in topics)


def _stands(topic: str, words: frozenset[str]) -> bool:
    wanted = [fold(word) for word in _WORD.findall(topic)]
    return bool(wanted) and all(word in words or any(_is_form_of(word, other) for other in words) for word in wanted)


def _is_form_of(one: str, other: str) -> bool:
    """Whether two words differ in their endings alone."""
    longest = max(len(one), len(other))
    return any(one[:shared] == other[:shared] for shared in range(max(_STEM, longest - _ENDING), longest + 1))
