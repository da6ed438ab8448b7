"""What those who write to the desk wish of its letters; one row an address, which is looked up in any case."""

from __future__ import annotations

from dataclasses import asdict, fields

from sqlalchemy import Connection, delete, insert, select

from mailproc.store.columns import folded
from mailproc.store.schema import writers
from mailproc.workflow.writer import Writer

_NAMES = tuple(field.name for field in fields(Writer))


def get(conn: Connection, email: str) -> Writer | None:
    """What this address wishes; None where it never said anything of it."""
    query = select(*(writers.c[name] for name in _NAMES)).where(writers.c.key == folded(email))
    row = conn.execute(query).mappings().first()
    return Writer(**row) if row else None


def waiting(conn: Connection) -> list[Writer]:
    """Those for whom a letter of the day is to be written, who waits longest first."""
    query = select(*(writers.c[name] for name in _NAMES)).where(writers.c.since.is_not(None))
    return [Writer(**row) for row in conn.execute(query.order_by(writers.c.since, writers.c.key)).mappings()]


def put(conn: Connection, writer: Writer) -> None:
    """Writes it: new, or in the place of what was wished before."""
    conn.execute(delete(writers).where(writers.c.key == folded(writer.email)))
    conn.execute(insert(writers).values(key=folded(writer.email), **asdict(writer)))
