"""Everything that the program needs to know of one kind of item, as a value.

Each kind's module makes one; `kinds/every` lists them. Nothing is decided here: the rooms above read what they need.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mailproc.kinds.step import Table


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of item, such as "article"."""

    name: str  # as rules and operators write it
    letter: str  # of its references: one capital, A to Z
    initial: str  # the state in which a new one begins
    table: Table  # what may follow what

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which the table names them, the initial one first."""
        named = [self.initial]
        for (before, _), after in self.table.items():
            named += [before, after.state]
        return tuple(dict.fromkeys(named))

    def mistakes(self) -> Iterator[str]:
        """What is missing or wrong in it by itself, a clause each with its cure."""
        if not (len(self.letter) == 1 and "A" <= self.letter <= "Z"):
            yield f'its letter "{self.letter}" is not one capital from A to Z'
        if not any(before == self.initial for before, _ in self.table):
            yield f'its table has no row for "{self.initial}", in which a new one begins'
