"""What the operator paused: letters, publishing; and when they confirmed the clock, which never rests.

A view of the archive: entries put it here, a rebuild as well. They fail as the database fails.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from mailproc.store.schema import switches


@dataclass(frozen=True, slots=True)
class Switch:
    """One thing that can be paused."""

    name: str
    paused: bool
    since: datetime  # when it was paused or resumed
    number: int  # the operator's message that did it


def paused(conn: Connection, name: str) -> bool:
    """Whether it rests now; what was never paused does not."""
    return bool(conn.execute(select(switches.c.paused).where(switches.c.name == name)).scalar())


def last(conn: Connection, name: str) -> int | None:
    """The operator's message that spoke last of it."""
    return conn.execute(select(switches.c.number).where(switches.c.name == name)).scalar()


def put(conn: Connection, name: str, paused: bool, since: datetime, number: int) -> None:  # noqa: FBT001 - the field's own value
    """Pauses or resumes it from `since`, by message `number`."""
    conn.execute(delete(switches).where(switches.c.name == name))
    conn.execute(insert(switches).values(asdict(Switch(name, paused, since, number))))


def every(conn: Connection) -> list[Switch]:
    """Everything that was ever paused, by name."""
    return [Switch(**row) for row in conn.execute(select(switches).order_by(switches.c.name)).mappings()]
