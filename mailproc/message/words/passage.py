"""Somebody's words found again in other texts: re-wrapped, behind quote marks, in other case or punctuation.

A passage is a run of RUN words of theirs, or a shorter text where it is a whole line ("thank you very much" inside a
stranger's sentence is the stranger's); what stands in the texts given as common (our own letters' wording) is nobody's.
Compares words only, in linear time, and never fails. It judges no meaning: a translation, a summary or a picture of the
words is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

RUN = 10  # words that two people hardly ever write alike: longer than "I am looking forward to hearing from you"
SHORTEST = 4  # a text of fewer words is not looked for: it would be found everywhere
STRUCK = "[erased]"
BEFORE = 2  # words that may stand before a short text on its line: "Re:", "Subject: Re:"
EARLIER = -1  # no message's number: somebody else was first
_WORD = re.compile(r"\w+")

Run = tuple[str, ...]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: Sequence[str], length: int) -> Iterator[Run]:
    return (tuple(words[at : at + length]) for at in range(len(words) - length + 1))


def _ends(words: Sequence[str]) -> Iterator[Run]:
    """The short texts that a line may hold whole: its words, or those behind one or two, such as "Subject: Re:"."""
    return (tuple(words[at:]) for at in range(BEFORE + 1) if SHORTEST <= len(words) - at < RUN)


@dataclass(frozen=True, slots=True)
class Passages:
    """Passages of one person, ready to be looked for in many texts."""

    runs: frozenset[Run] = frozenset()  # RUN words each, anywhere
    lines: frozenset[Run] = frozenset()  # fewer, as a whole line

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.runs or self.lines)

    def found(self, text: str) -> Iterator[tuple[Run, set[int]]]:
        """Each of them that stands in `text`, with the numbers of the lines it stands on."""
        placed: list[tuple[str, int]] = []
        for number, line in enumerate(text.split("\n")):
            words = _words(line)
            placed += [(word, number) for word in words]
            yield from ((end, {number}) for end in _ends(words) if end in self.lines)
        for at, run in enumerate(_runs([word for word, _ in placed], RUN)):
            if run in self.runs:
                yield run, {number for _, number in placed[at : at + RUN]}

    def stand_in(self, text: str) -> bool:
        """Whether one of them stands in `text`."""
        return next(self.found(text), None) is not None

    def struck(self, text: str) -> str:
        """`text` with "[erased]" in place of every line that holds part of one; the same text if there is none."""
        gone = {number for _, numbers in self.found(text) for number in numbers}
        return "\n".join(STRUCK if number in gone else line for number, line in enumerate(text.split("\n")))


def passages(texts: Iterable[str], common: Iterable[str] = ()) -> Passages:
    """The passages of somebody's `texts`, without what is everybody's."""
    runs: set[Run] = set()
    lines: set[Run] = set()
    for words in map(_words, texts):
        runs.update(_runs(words, RUN))
        if SHORTEST <= len(words) < RUN:
            lines.add(tuple(words))
    ours = Passages(frozenset(runs), frozenset(lines))
    nobodys = {run for text in common for run, _ in ours.found(text)}
    return Passages(ours.runs - nobodys, ours.lines - nobodys)


def said_first(known: Passages, theirs: Iterable[tuple[int, str]], others: Iterable[tuple[int, str]]) -> Passages:
    """The passages of `known` that nobody else has said before: who repeats words does not come to own them.

    Each text with the number of the message that said it.
    """
    begun: dict[Run, int] = {}
    for number, text in theirs:
        for run, _ in known.found(text):
            begun[run] = min(number, begun.get(run, number))
    for number, text in others:
        for run, _ in known.found(text):
            if number < begun.get(run, number):
                begun[run] = EARLIER
    earlier = {run for run, number in begun.items() if number == EARLIER}
    return Passages(known.runs - earlier, known.lines - earlier)
