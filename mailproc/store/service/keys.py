"""By what the key of all secrets is known again: its fingerprint, never the key (catalogue F97).

A key that the operator made in the place of a lost one is told by their message, so a rebuild has it too; that of
the first one is found out anew, by the letters. They fail as the database fails.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from mailproc.store.schema import keys


@dataclass(frozen=True, slots=True)
class Known:
    """The key that letters are written with now."""

    fingerprint: str
    since: datetime  # when it was made, or first seen
    number: int | None = None  # the operator's message that brought it; None for the first key


def current(conn: Connection) -> Known | None:
    """The key of now; None if no key was seen yet."""
    row = conn.execute(select(keys)).mappings().first()
    return Known(**row) if row else None


def put(conn: Connection, known: Known) -> None:
    """It takes the place of whatever was known before."""
    conn.execute(delete(keys))
    conn.execute(insert(keys).values(asdict(known)))
