"""Which backups were made, so that an erasure can say what it cannot reach (catalogue I12)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from mailproc.store.schema import backups, outgoing
from mailproc.workflow.outgoing import OPEN


@dataclass(frozen=True, slots=True)
class Backup:
    """One file that was written; it may be elsewhere by now."""

    path: str
    made_at: datetime
    sha256: str  # of the whole file, hex


def put(conn: Connection, made: Backup) -> None:
    """A backup; it takes the place of an earlier one of the same path."""
    conn.execute(delete(backups).where(backups.c.path == made.path))
    conn.execute(insert(backups).values(asdict(made)))


def call_unconfirmed(conn: Connection) -> int:
    """Of a restored desk: letters that had not left may have left since, so none leaves by itself; how many."""
    still = {"state": "unconfirmed", "next_try": None, "leased_until": None}
    return conn.execute(update(outgoing).where(outgoing.c.state.in_(OPEN)).values(still)).rowcount


def every(conn: Connection) -> list[Backup]:
    """All of them, oldest first."""
    return [Backup(**row) for row in conn.execute(select(backups).order_by(backups.c.made_at)).mappings()]
