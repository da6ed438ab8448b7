"""Confirmations asked for: what somebody wrote without proof of being themselves, waiting for their yes.

A confirmation is used once and before it expires; the database decides that in one statement. One that a later one
replaces was used up at the moment at which it expires.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from mailproc.store.schema import confirmations, outgoing, received


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

    @property
    def replaced(self) -> bool:
        """A later one has taken its place; a yes comes before the end always (`use`)."""
        return self.used_at is not None and self.expires_at <= self.used_at


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


def replace(conn: Connection, id: str, at: datetime) -> None:  # noqa: A002 - the field's own word
    """A later one takes its place."""
    here = (confirmations.c.id == id) & confirmations.c.used_at.is_(None)
    conn.execute(update(confirmations).where(here).values(used_at=at, expires_at=at))


def open_of(conn: Connection, member: str, template: str, at: datetime) -> list[Confirmation]:
    """Those that letters of this template asked of this person and that still wait for a yes, oldest first."""
    waiting = (confirmations.c.member == member) & confirmations.c.used_at.is_(None) & (confirmations.c.expires_at > at)
    asked = select(outgoing.c.id).where(outgoing.c.template == template)
    query = select(confirmations).where(waiting & confirmations.c.id.in_(asked)).order_by(confirmations.c.cause)
    return [Confirmation(**row) for row in conn.execute(query).mappings()]


def open_on(conn: Connection, refs: Collection[str], at: datetime) -> bool:
    """Whether commands that name one of these references still wait for a yes."""
    waiting = confirmations.c.used_at.is_(None) & (confirmations.c.expires_at > at)
    commands = conn.execute(select(confirmations.c.commands).where(waiting)).scalars()
    return any(f'"{ref}"' in each for some in commands for each in some for ref in refs)


def count_since(conn: Connection, member: str, when: datetime, *, proven: bool) -> tuple[int, int]:
    """How many were asked of this person at or after `when`: all, and those of them that none has replaced.

    `proven`: counted are those that authenticated mails caused, else the others.
    """
    caused = select(received.c.number).where((received.c.identity != "") == proven)
    here = (confirmations.c.member == member) & (confirmations.c.created_at >= when) & confirmations.c.cause.in_(caused)
    replaced = confirmations.c.expires_at <= confirmations.c.used_at
    every = conn.execute(select(func.count()).where(here)).scalar_one()
    return every, every - conn.execute(select(func.count()).where(here & replaced)).scalar_one()
