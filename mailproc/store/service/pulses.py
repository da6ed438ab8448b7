"""When each part of the service last came to a good end, and since when it has not: what `health` looks at.

A part is named by what it does: "poll main", "deliver", "work". These rows are the service's own, no view of the
archive: a rebuild begins them anew. They fail as the database fails.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from mailproc.store.rows import storable
from mailproc.store.schema import pulses

ACCESS_HOOK = "access hook"  # the operator's command after each change of who may come in


@dataclass(frozen=True, slots=True)
class Pulse:
    """One part of the service."""

    name: str
    well_at: datetime | None = None  # its last good end
    trouble: str = ""  # why there was none, the last time; "" where there was
    trouble_since: datetime | None = None
    failures: int = 0  # in a row
    told_at: datetime | None = None  # the operator knows of a trouble, and has had no word on its end


def beat(conn: Connection, name: str, now: datetime) -> None:
    """The part came to a good end; what troubled it is over."""
    _put(conn, Pulse(name, well_at=now, told_at=get(conn, name).told_at))


def fail(conn: Connection, name: str, now: datetime, trouble: str) -> None:
    """It did not, and why in one line. A trouble lasts from its first failure, whatever the words are later."""
    known = get(conn, name)
    since, failures = known.trouble_since or now, known.failures + 1
    _put(conn, replace(known, trouble=storable(trouble), trouble_since=since, failures=failures))


def told(conn: Connection, name: str, now: datetime | None) -> bool:
    """The operator is told of the part's trouble now, or with None that it is over; False if that was done before."""
    known = get(conn, name)
    if (known.told_at is None) == (now is None):
        return False
    _put(conn, replace(known, told_at=now))
    return True


def get(conn: Connection, name: str) -> Pulse:
    """One part; an empty pulse if it never came to any end."""
    row = conn.execute(select(pulses).where(pulses.c.name == name)).mappings().first()
    return Pulse(**row) if row else Pulse(name)


def every(conn: Connection) -> list[Pulse]:
    """All parts, by name."""
    return [Pulse(**row) for row in conn.execute(select(pulses).order_by(pulses.c.name)).mappings()]


def _put(conn: Connection, pulse: Pulse) -> None:
    conn.execute(delete(pulses).where(pulses.c.name == pulse.name))
    conn.execute(insert(pulses).values(asdict(pulse)))
