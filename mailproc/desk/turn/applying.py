"""The values of applying an event: what it is applied with, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from mailproc.kinds.step import Action
from mailproc.workflow.entry import Entry
from mailproc.workflow.event import Event
from mailproc.workflow.item import Item


@dataclass(frozen=True, slots=True)
class Applying:
    """One event that is being applied, within the transaction of its entry, at the entry's time."""

    conn: Connection
    event: Event
    entry: Entry


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of it: the item as it stands now (None where it is about no item), and what is to be done."""

    item: Item | None = None
    actions: tuple[Action, ...] = ()
