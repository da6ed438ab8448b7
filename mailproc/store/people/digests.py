"""Which digest a member had, and the lines that wait for their next one.

A period (the member's local date, say) is recorded once: a clock that fires twice composes once (catalogue F83).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from mailproc.phrase import Said, as_kept, kept
from mailproc.store.schema import digests, notices

LAST_DAY = "9999-12-31"  # of the periods that are dates; others, as "now ..." of what the operator asks, have no order
FRESH = "anew"  # how the period of a digest begins that takes the place of the last


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for a member's next digest, which the digest words; rows of older releases hold words."""

    id: int
    member: str
    at: datetime
    said: Said
    number: int  # of the message it is about


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest that a member was sent."""

    member: str
    period: str
    outgoing_id: str
    at: datetime


def due_period(conn: Connection, member: str, key: str) -> bool:
    """Whether this period of the member, a date, has had no digest yet, and no finding that nothing waits.

    Nor has a later one: where the hour or the time zone changed, nobody is owed what lies behind.
    """
    here = (digests.c.member == member) & digests.c.period.between(key, LAST_DAY)
    return conn.execute(select(digests.c.period).where(here)).first() is None


def record(conn: Connection, member: str, key: str, outgoing_id: str | None, at: datetime) -> None:
    """This period is done with, by a letter or, with None, because nothing waits. AlreadyKept if it was before."""
    conn.execute(insert(digests).values(member=member, period=key, outgoing=outgoing_id, at=at))


def last(conn: Connection, member: str) -> Digest | None:
    """The last digest that made a letter."""
    query = select(digests).where(digests.c.member == member, digests.c.outgoing.is_not(None))
    row = conn.execute(query.order_by(digests.c.at.desc(), digests.c.period.desc()).limit(1)).first()
    return Digest(row.member, row.period, row.outgoing, row.at) if row else None


def last_two(conn: Connection, member: str) -> tuple[Digest | None, Digest | None]:
    """The last two digests that made letters, the newest first, less those that took another's place."""
    here = (digests.c.member == member) & digests.c.outgoing.is_not(None) & digests.c.period.not_like(f"{FRESH}%")
    query = select(digests).where(here).order_by(digests.c.at.desc(), digests.c.period.desc()).limit(2)
    found = [Digest(row.member, row.period, row.outgoing, row.at) for row in conn.execute(query)]
    return (found[0] if found else None), (found[1] if len(found) > 1 else None)


def add_notice(conn: Connection, member: str, at: datetime, said: Said, number: int) -> None:
    """A line for the member's next digest. AlreadyKept if this message gave them this line before."""
    conn.execute(insert(notices).values(member=member, at=at, words=kept(said), number=number))


def unseen_notices(conn: Connection, member: str) -> list[Notice]:
    """The lines no digest of theirs has shown, oldest first."""
    query = select(notices).where(notices.c.member == member, notices.c.shown_in.is_(None)).order_by(notices.c.id)
    return [Notice(row.id, row.member, row.at, as_kept(row.words), row.number) for row in conn.execute(query)]


def notices_in(conn: Connection, member: str, outgoing_id: str) -> list[Notice]:
    """The lines that this digest of theirs showed, oldest first."""
    here = (notices.c.member == member) & (notices.c.shown_in == outgoing_id)
    rows = conn.execute(select(notices).where(here).order_by(notices.c.id))
    return [Notice(row.id, row.member, row.at, as_kept(row.words), row.number) for row in rows]


def mark_shown(conn: Connection, ids: Iterable[int], outgoing_id: str) -> None:
    """These lines stand in that digest."""
    conn.execute(update(notices).where(notices.c.id.in_(list(ids))).values(shown_in=outgoing_id))
