"""Whom each item was put before, who said "not me", and how much each member was asked: one row a member and item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict, fields

from sqlalchemy import Connection, and_, case, delete, func, insert, select

from mailproc.review.rota import Asked, Load
from mailproc.store.rows import chunked
from mailproc.store.schema import aliases, asked, items
from mailproc.store.work.items import row_of

_NAMES = tuple(field.name for field in fields(Asked))


def put(conn: Connection, ref: str, each: Asked) -> None:
    """An item is before a member, or they said that it is not for them. Raises UnknownReference."""
    item = row_of(conn, ref)
    conn.execute(delete(asked).where(asked.c.item == item, asked.c.member == each.member))
    conn.execute(insert(asked).values(item=item, **asdict(each)))


def of(conn: Connection, ref: str) -> tuple[Asked, ...]:
    """Whom the item that bears or ever bore this reference was put before, the first first."""
    return of_many(conn, [ref])[ref]


def of_many(conn: Connection, refs: Iterable[str]) -> dict[str, tuple[Asked, ...]]:
    """The same of each of these items, by the reference asked for; none for one that is not there."""
    wanted = list(refs)
    found: dict[str, list[Asked]] = defaultdict(list)
    for some in chunked(wanted):
        query = select(aliases.c.ref, *(asked.c[name] for name in _NAMES)).join(asked, asked.c.item == aliases.c.item)
        ordered = query.where(aliases.c.ref.in_(some)).order_by(asked.c.at, asked.c.member)
        for row in conn.execute(ordered).mappings():
            found[row["ref"]].append(Asked(**{name: row[name] for name in _NAMES}))
    return {ref: tuple(found[ref]) for ref in wanted}


def any_declined(conn: Connection, waiting: Collection[str]) -> bool:
    """Whether somebody said "not me" of an item in one of these states."""
    query = select(asked.c.item).join(items).where(asked.c.declined, items.c.state.in_(waiting))
    return conn.execute(query.limit(1)).first() is not None


def load(conn: Connection, waiting: Collection[str]) -> dict[str, Load]:
    """How much each member was asked, themselves or by their stand-in; `waiting` are the states of open items."""
    latest: dict[str, Load] = {}
    for whose in (asked.c.member, asked.c.in_place_of):
        opened = func.count(case((and_(items.c.state.in_(waiting), asked.c.declined.is_(False)), 1)))
        query = select(whose, func.max(asked.c.at), opened, func.count()).join(items, items.c.id == asked.c.item)
        for member, at, count, times in conn.execute(query.where(whose != "").group_by(whose)):
            known = latest.get(member, Load())
            latest[member] = Load(max(known.last, at), known.open + count, known.times + times)
    return latest
