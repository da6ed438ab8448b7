"""Confirmations asked for: what somebody wrote without proof of being themselves, waiting for their yes.

A confirmation is used once and before it expires; the database decides that in one statement.
"""

from __future__ import annotations

from collections.abc import Collection
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


def end(conn: Connection, member: str, at: datetime) -> None:
    """None of this person's can be used any more."""
    waiting = (confirmations.c.member == member) & confirmations.c.used_at.is_(None)
    conn.execute(update(confirmations).where(waiting).values(used_at=at))


def open_on(conn: Connection, refs: Collection[str], at: datetime) -> bool:
    """Whether commands that name one of these references still wait for a yes."""
    waiting = confirmations.c.used_at.is_(None) & (confirmations.c.expires_at > at)
    commands = conn.execute(select(confirmations.c.commands).where(waiting)).scalars()
    return any(f'"{ref}"' in each for some in commands for each in some for ref in refs)


def count_since(conn: Connection, member: str, when: datetime) -> int:
    """How many were asked of this person at or after `when`."""
    here = (confirmations.c.member == member) & (confirmations.c.created_at >= when)
    return conn.execute(select(func.count()).where(here)).scalar_one()
