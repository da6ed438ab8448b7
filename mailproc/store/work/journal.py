"""The journal: what happened to every item, member and group, line by line, in the order it was applied."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, insert, select

from mailproc.store.rows import chunked
from mailproc.store.schema import aliases, journal
from mailproc.store.work.items import named, required
from mailproc.workflow.actor import actor_of
from mailproc.workflow.item import JournalLine

_NAMES = tuple(field.name for field in fields(JournalLine))


def line_of(row: RowMapping) -> JournalLine:
    """The line of a row."""
    return JournalLine(**{name: row[name] for name in _NAMES} | {"actor": actor_of(row["actor"])})


def add(conn: Connection, line: JournalLine) -> None:
    """A line on an item under any of its references, or on `member:EMAIL`, `group:NAME`.

    Raises UnknownReference for an item that is not there.
    """
    about_an_item = ":" not in line.ref
    values = asdict(line) | {"actor": str(line.actor), "item": named(line.ref) if about_an_item else None}
    item = conn.execute(insert(journal).values(values).returning(journal.c.item)).scalar()
    if about_an_item:
        required(line.ref, item)


def of(conn: Connection, ref: str) -> list[JournalLine]:
    """The lines of an item under all its references, or of a member or group, oldest first; none for a stranger."""
    where = journal.c.ref == ref if ":" in ref else journal.c.item == named(ref)
    query = select(*(journal.c[name] for name in _NAMES)).where(where).order_by(journal.c.id)
    return [line_of(row) for row in conn.execute(query).mappings()]


def of_subjects(conn: Connection, refs: Iterable[str]) -> dict[str, list[JournalLine]]:
    """The lines of each of these members or groups (`member:EMAIL`), oldest first, by the reference asked for."""
    found: dict[str, list[JournalLine]] = {ref: [] for ref in refs}
    for some in chunked(list(found)):
        query = select(*(journal.c[name] for name in _NAMES)).where(journal.c.ref.in_(some)).order_by(journal.c.id)
        for row in conn.execute(query).mappings():
            found[row["ref"]].append(line_of(row))
    return found


def last_of_members(conn: Connection, events: Collection[str]) -> datetime | None:
    """When one of these events last happened to any member."""
    here = journal.c.item.is_(None) & journal.c.ref.startswith("member:") & journal.c.event.in_(events)
    return conn.execute(select(func.max(journal.c.at)).where(here)).scalar()


def of_members(conn: Connection, events: Collection[str]) -> list[JournalLine]:
    """The lines of these events of all members, oldest first."""
    here = journal.c.item.is_(None) & journal.c.ref.startswith("member:") & journal.c.event.in_(events)
    query = select(*(journal.c[name] for name in _NAMES)).where(here).order_by(journal.c.id)
    return [line_of(row) for row in conn.execute(query).mappings()]


def of_many(conn: Connection, refs: Iterable[str]) -> dict[str, list[JournalLine]]:
    """The lines of each of these items under all its references, oldest first, by the reference asked for."""
    found: dict[str, list[JournalLine]] = {ref: [] for ref in refs}
    for some in chunked(list(found)):
        query = select(aliases.c.ref.label("asked"), *(journal.c[name] for name in _NAMES)).join(
            journal, journal.c.item == aliases.c.item
        )
        for row in conn.execute(query.where(aliases.c.ref.in_(some)).order_by(journal.c.id)).mappings():
            found[row["asked"]].append(line_of(row))
    return found
