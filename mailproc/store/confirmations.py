"""Confirmations asked for: what somebody wrote without proof of being themselves, waiting for their yes.

A confirmation is used once and before it expires; the database decides that in one statement.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from mailproc.store.schema import confirmations


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Commands that act when the person confirms them."""

    id: str  # the token
    member: str  # addr-spec of who must confirm
    cause: int  # number of the message that holds the commands
    commands: tuple[str, ...]  # as understood: "approve A-123"
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


def put(conn: Connection, confirmation: Confirmation) -> None:
    """A new one. Raises AlreadyKept if its token is there."""
    conn.execute(insert(confirmations).values(asdict(confirmation)))


def get(conn: Connection, id: str) -> Confirmation | None:  # noqa: A002 - the field's own word
    """The confirmation of this token, used or expired though it be."""
    row = conn.execute(select(confirmations).where(confirmations.c.id == id)).mappings().first()
    return Confirmation(**row) if row else None


def use(conn: Connection, id: str, at: datetime) -> bool:  # noqa: A002 - the field's own word
    """Uses it up; False if there is none, it was used, or it has expired."""
    usable = confirmations.c.used_at.is_(None) & (confirmations.c.expires_at > at)
    query = update(confirmations).where(confirmations.c.id == id, usable).values(used_at=at)
    return conn.execute(query).rowcount == 1


def count_since(conn: Connection, member: str, when: datetime) -> int:
    """How many were asked of this person at or after `when`."""
    here = (confirmations.c.member == member) & (confirmations.c.created_at >= when)
    return conn.execute(select(func.count()).where(here)).scalar_one()
