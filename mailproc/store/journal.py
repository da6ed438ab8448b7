"""The journal: what happened to every item, member and group, line by line, in the order it was applied."""

from __future__ import annotations

from dataclasses import asdict, fields

from sqlalchemy import Connection, insert, select

from mailproc.store.items import find_row, row_of
from mailproc.store.schema import journal
from mailproc.workflow.item import JournalLine

_NAMES = tuple(field.name for field in fields(JournalLine))


def add(conn: Connection, line: JournalLine) -> None:
    """A line on an item under any of its references, or on `member:EMAIL`, `group:NAME`.

    Raises UnknownReference for an item that is not there.
    """
    item = None if ":" in line.ref else row_of(conn, line.ref)
    conn.execute(insert(journal), asdict(line) | {"item": item})


def of(conn: Connection, ref: str) -> list[JournalLine]:
    """The lines of an item under all its references, or of a member or group, oldest first; none for a stranger."""
    item = find_row(conn, ref)
    where = journal.c.ref == ref if item is None else journal.c.item == item
    query = select(*(journal.c[name] for name in _NAMES)).where(where).order_by(journal.c.id)
    return [JournalLine(**row) for row in conn.execute(query).mappings()]
