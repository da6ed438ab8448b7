"""The values between a letter and what its reader answers: what it lists, what was said, what was not understood.

Values and `blocks`, which finds each item's lines in a letter by the layout contract of design §6. They
decide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailproc.kinds.every import EVERY, OF_LETTER, ref_of
from mailproc.kinds.reference import head
from mailproc.phrase import Phrase

_FOOT = re.compile(r"\s*={8,}\s*")


@dataclass(frozen=True, slots=True)
class Listed:
    """One item that a letter showed its reader."""

    ref: str  # A-123, as the letter has it
    number: int
    kind: str  # of today
    title: str
    guess: str | None = None  # of an unsorted mail: the kind that `yes` makes of it

    @property
    def shown(self) -> str:
        """The kind as which the letter showed it; another than today's where it was sorted since."""
        known = OF_LETTER.get(self.ref[0])
        return known.name if known else self.kind

    @property
    def today(self) -> str:
        """Its reference of today."""
        return ref_of(self.kind, self.number) if self.kind != self.shown else self.ref


@dataclass(frozen=True, slots=True)
class Listing:
    """All items that a letter showed, in its order."""

    items: tuple[Listed, ...]
    single: bool  # the letter is on one item: a bare word is about that one
    files: tuple[tuple[str, str], ...] = ()  # names and aliases of the groups that there are files on -> their names
    sections: tuple[str, ...] = ()  # that articles go to

    @property
    def refs(self) -> tuple[str, ...]:
        """Their references."""
        return tuple(item.ref for item in self.items)


_AGREED = next(kind.name for kind in EVERY if kind.yes == "agree")
# Of a letter that lists nothing and asks its reader one thing: a bare word answers it.
ONE_QUESTION = Listing((Listed(ref_of(_AGREED, 0), 0, _AGREED, ""),), single=True)


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a line asks for, as it was understood."""

    verb: str  # canonical, see `verbs.VERBS`
    refs: tuple[str, ...]  # upper case; () where the verb needs none, or the letter lists none
    words: str  # free text as written, lines ending LF between; "" if none
    argument: str  # of `sort`: "KIND" or "KIND section or group"; of a verb on a file: the group's name, or "all"
    line: str  # as written
    swept: tuple[str, ...] = ()  # of refs: those that no line names one by one, but "all", "the rest" or "A-12 to A-15"
    passed: tuple[str, ...] = ()  # that "all" names too, and on which the verb does not go
    of: str = ""  # id of the letter that showed its items, where the command waits for a yes


@dataclass(frozen=True, slots=True)
class Unclear:
    """One line that was not understood: it changes nothing and comes back to its writer."""

    line: str  # as written
    reason: str  # slug
    hint: str | Phrase  # what would have worked, a clause for people: 'write "A-12 approve" on a line of its own'


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a mail says: what may act, what comes back, and the words of the writer."""

    commands: tuple[Command, ...]
    unclear: tuple[Unclear, ...]
    own: str = ""  # the writer's own words, all of them, without signature
    more: int = 0  # lines that were not understood either, beyond those that come back
    talked: bool = False  # beside the commands stand words that name no item and no decision: they do not come back


def blocks(letter_text: str, refs: Sequence[str]) -> tuple[tuple[str, int, int], ...]:
    """(reference, first line, last line + 1) of each item's block in a letter's text part, lines counted from 0.

    A block begins where the reference first stands at the head of a line that is not an author's (`| `), and
    ends at the next block, at a line of `=` (the foot begins there), or with the letter. Where a letter shows
    no such head for a reference, that one has no block.
    """
    wanted = set(refs)
    heads: list[tuple[str, int]] = []
    lines = letter_text.split("\n")
    foot = len(lines)
    for n, line in enumerate(lines):
        ref = head(line)
        if ref in wanted:
            heads.append((ref, n))
            wanted.discard(ref)
        elif heads and _FOOT.fullmatch(line):
            foot = n
            break
    ends = [*(start for _, start in heads[1:]), foot]
    return tuple((ref, start, end) for (ref, start), end in zip(heads, ends, strict=False))
