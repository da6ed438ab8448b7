"""Somebody's words found again in other texts: re-wrapped, behind quote marks, in other case or punctuation.

A passage is a run of RUN words of theirs, or a shorter text as a whole; what stands in the texts given as common
(our own letters' wording) is nobody's. Compares words only, in linear time, and never fails. It judges no meaning:
a translation, a summary or a picture of the words is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

RUN = 8  # words that two people hardly ever write alike
SHORTEST = 4  # a text of fewer words is not looked for: it would be found everywhere
STRUCK = "[erased]"
EARLIER = -1  # no message's number: somebody else was first
_WORD = re.compile(r"\w+")

Run = tuple[str, ...]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: Sequence[str], length: int) -> Iterator[Run]:
    return (tuple(words[at : at + length]) for at in range(len(words) - length + 1))


@dataclass(frozen=True, slots=True)
class Passages:
    """Runs of words to look for."""

    runs: Mapping[int, frozenset[Run]] = field(default_factory=dict)  # by their length

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.runs)

    def stand_in(self, text: str) -> bool:
        """Whether one of them stands in `text`."""
        words = _words(text)
        return any(run in known for length, known in self.runs.items() for run in _runs(words, length))

    def struck(self, text: str) -> str:
        """`text` with "[erased]" in place of every line that holds part of one; the same text if there is none."""
        if not self.stand_in(text):
            return text
        lines = text.split("\n")
        placed = [(word, number) for number, line in enumerate(lines) for word in _words(line)]
        words = [word for word, _ in placed]
        gone: set[int] = set()
        for length, known in self.runs.items():
            for at, run in enumerate(_runs(words, length)):
                if run in known:
                    gone |= {number for _, number in placed[at : at + length]}
        return "\n".join(STRUCK if number in gone else line for number, line in enumerate(lines))


def passages(texts: Iterable[str], common: Iterable[str] = ()) -> Passages:
    """What to look for of somebody's `texts`."""
    found: dict[int, set[Run]] = {}
    for words in map(_words, texts):
        length = min(len(words), RUN)
        if length >= SHORTEST:
            found.setdefault(length, set()).update(_runs(words, length))
    for words in map(_words, common):
        for length, known in found.items():
            known.difference_update(_runs(words, length))
    return Passages({length: frozenset(known) for length, known in found.items() if known})


def said_first(known: Passages, theirs: Iterable[tuple[int, str]], others: Iterable[tuple[int, str]]) -> Passages:
    """`known` without the runs that somebody else said before them: who repeats words does not come to own them.

    Each text with the number of the message that said it.
    """
    begun: dict[Run, int] = {}
    for number, run in _placed(known, theirs):
        begun[run] = min(number, begun.get(run, number))
    for number, run in _placed(known, others):
        if number < begun.get(run, number):
            begun[run] = EARLIER
    left = {length: frozenset(r for r in runs if begun.get(r) != EARLIER) for length, runs in known.runs.items()}
    return Passages({length: runs for length, runs in left.items() if runs})


def _placed(known: Passages, texts: Iterable[tuple[int, str]]) -> Iterator[tuple[int, Run]]:
    """The known runs that stand in these texts."""
    for number, text in texts:
        words = _words(text)
        for length, runs in known.runs.items():
            yield from ((number, run) for run in _runs(words, length) if run in runs)
