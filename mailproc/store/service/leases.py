"""Leases: one holder at a time does a thing, and a holder that died is not waited for longer than its lease.

A lease is a row with a holder and an end; taking, renewing and giving back are for a writing transaction. A clock that
jumped leaves no lease that lasts longer than it was asked for. They fail as the database fails; nothing waits here.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update

from mailproc.store.schema import leases


def take(conn: Connection, name: str, holder: str, now: datetime, seconds: float) -> bool:
    """Take or renew it for so long; False if somebody else holds it."""
    until = now + timedelta(seconds=seconds)
    free = or_(leases.c.holder == holder, leases.c.until <= now, leases.c.until > until)
    values = {"holder": holder, "until": until}
    if conn.execute(update(leases).where(leases.c.name == name, free).values(values)).rowcount:
        return True
    if holder_of(conn, name) is not None:
        return False
    conn.execute(insert(leases).values(name=name, **values))
    return True


def holder_of(conn: Connection, name: str) -> str | None:
    """Who took it last and has not given it back, be the lease over or not."""
    return conn.execute(select(leases.c.holder).where(leases.c.name == name)).scalar()


def until(conn: Connection, name: str, now: datetime) -> datetime | None:
    """When the lease ends that somebody has now; None if nobody has."""
    return conn.execute(select(leases.c.until).where(leases.c.name == name, leases.c.until > now)).scalar()


def give_back(conn: Connection, name: str, holder: str) -> None:
    """It is free, if this holder had it."""
    conn.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
