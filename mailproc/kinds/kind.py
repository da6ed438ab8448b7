"""Everything that the program needs to know of one kind of item, as a value.

Each kind's module makes one; `kinds/every` lists them. Nothing is decided here: the rooms above read what they need.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailproc.kinds.step import Table


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of item, such as "article"."""

    name: str  # as rules and operators write it
    letter: str  # of its references: one capital, A to Z
    initial: str  # the state in which a new one begins
    table: Table  # what may follow what
