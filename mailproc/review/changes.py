"""What changed between two texts, in words, so that members see what they vote on anew.

For showing only: nobody's text is ever made of it. Words are compared as they stand between blanks; where the words are
the same and the lines are not (a poem), that is said. Two long texts that share little cost much, so looking ends after
`SECONDS`: what is found by then is right, and coarser. Nothing here fails; texts beyond `MOST_CHARACTERS` are not
compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diff_match_patch import diff_match_patch

SECONDS = 0.5  # of looking at two texts
MOST_CHARACTERS = 1 << 20  # of each text
AROUND = 5  # words before a change that say where it is
_JOINED = 2  # words that stayed between two changes, up to which these are one
_SAME_TEXT = 5  # a text of which less than one word in so many stayed is another one
_FIRST, _SURROGATES, _AFTER = 0x100, 0xD800, 0xE000  # characters that stand for words, without those that are none


@dataclass(frozen=True, slots=True)
class Change:
    """Words that went, came, or took the place of others."""

    after: tuple[str, ...]  # the words before it that stayed, () at the beginning
    out: tuple[str, ...]
    into: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """All of them, in the order of the text."""

    added: int = 0  # words
    removed: int = 0
    changes: tuple[Change, ...] = ()
    another: bool = False  # hardly a word stayed: it is another text, and `changes` is empty
    lines: bool = False  # the words are the same, and the lines are not


def between(before: str, after: str) -> Changes | None:
    """What changed from one text to the other; None where they are the same, or too long to be compared."""
    if before == after or max(len(before), len(after)) > MOST_CHARACTERS:
        return None
    old, new = before.split(), after.split()
    if old == new:
        return Changes(lines=True)
    runs = list(_runs(old, new))
    added = sum(len(words) for did, words in runs if did > 0)
    removed = sum(len(words) for did, words in runs if did < 0)
    stayed = len(new) - added
    if stayed * _SAME_TEXT < max(len(old), len(new)):
        return Changes(added, removed, another=True)
    return Changes(added, removed, tuple(_changes(runs)))


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """The texts as runs of words that went (-1), stayed (0) or came (1); a word is a character while they are found."""
    letters: dict[str, str] = {}
    for word in (*old, *new):
        letters.setdefault(word, _letter(len(letters)))
    words = {letter: word for word, letter in letters.items()}
    finder = diff_match_patch()
    finder.Diff_Timeout = SECONDS
    old_letters, new_letters = ("".join(map(letters.__getitem__, text)) for text in (old, new))
    for did, run in finder.diff_main(old_letters, new_letters, False):  # noqa: FBT003 - its own signature: no lines
        yield did, [words[letter] for letter in run]


def _letter(place: int) -> str:
    at = _FIRST + place
    return chr(at if at < _SURROGATES else at - _SURROGATES + _AFTER)


def _changes(runs: Sequence[tuple[int, list[str]]]) -> Iterator[Change]:
    """Runs that differ, those with a word or two between them as one."""
    before: list[str] = []
    out: list[str] = []
    into: list[str] = []
    for place, (did, words) in enumerate(runs):
        if did:
            (out if did < 0 else into).extend(words)
            continue
        changed, last = bool(out or into), place == len(runs) - 1
        if changed and not last and len(words) <= _JOINED:
            out += words
            into += words
            continue
        if changed:
            yield Change(tuple(before), tuple(out), tuple(into))
            out, into = [], []
        before = words[-AROUND:]
    if out or into:
        yield Change(tuple(before), tuple(out), tuple(into))
