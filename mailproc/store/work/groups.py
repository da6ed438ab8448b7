"""The groups a file is kept on, with their aliases and what each file still needs; looked up in any case."""

from __future__ import annotations

from dataclasses import fields
from itertools import chain

from sqlalchemy import Connection, delete, insert, select

from mailproc.store.schema import groups
from mailproc.workflow.group import Group

_NAMES = tuple(field.name for field in fields(Group) if field.name in groups.c)  # what is worked on is no example


def every(conn: Connection) -> list[Group]:
    """All groups, by name."""
    query = select(*(groups.c[name] for name in _NAMES)).order_by(groups.c.name_key)
    return [Group(**row) for row in conn.execute(query).mappings()]


def get(conn: Connection, name_or_alias: str) -> Group | None:
    """The group of this name, else the first that has it as an alias."""
    wanted = name_or_alias.strip().casefold()
    known = every(conn)
    by_name = (group for group in known if group.name.casefold() == wanted)
    by_alias = (group for group in known if wanted in (alias.casefold() for alias in group.aliases))
    return next(chain(by_name, by_alias), None)


def put(conn: Connection, group: Group) -> None:
    """Writes a group: new, or in place of the one of this name."""
    key = group.name.strip().casefold()
    columns = {name: getattr(group, name) for name in _NAMES}
    conn.execute(delete(groups).where(groups.c.name_key == key))
    conn.execute(insert(groups).values(name_key=key, **columns))
