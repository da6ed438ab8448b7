"""Who holds what is claimed (messages, letters, leases), and when each last said that it runs.

A holder is one open desk, under an id of its own. Whether it lives is asked of the kernel (`desk/ground/holder`); these
rows are for other machines, which cannot ask. Functions that change something are for a writing transaction. They fail
as the database fails; nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from mailproc.store.schema import attempts, holders, leases, outgoing, received

_LONG_AGO = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Hands:
    """What one holder has claimed and not let go, by key."""

    messages: frozenset[int] = frozenset()
    letters: frozenset[str] = frozenset()
    leases: frozenset[str] = frozenset()  # whole holders' names of leases: the id and what tells two threads apart

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.messages or self.letters or self.leases)

    def __sub__(self, kept: Hands) -> Hands:
        """What is here and not there."""
        return Hands(self.messages - kept.messages, self.letters - kept.letters, self.leases - kept.leases)


def beat(conn: Connection, who: str, now: datetime) -> None:
    """It runs. The first time, those are forgotten who said so long ago; nothing is in their hands."""
    if not conn.execute(update(holders).where(holders.c.id == who).values(beat_at=now)).rowcount:
        conn.execute(delete(holders).where(holders.c.beat_at < now - _LONG_AGO))
        conn.execute(insert(holders).values(id=who, beat_at=now))


def beaten(conn: Connection, who: str) -> datetime | None:
    """When it last said so; None of one that never held anything, or is gone."""
    return conn.execute(select(holders.c.beat_at).where(holders.c.id == who)).scalar()


def all_hands(conn: Connection, now: datetime) -> dict[str, Hands]:
    """What each holder has now. What nobody's name stands beside (an older release) only time frees."""
    messages, letters = _messages(conn, now), _letters(conn, now)
    taken = [(holder.partition(" ")[0], holder) for holder in conn.execute(select(leases.c.holder)).scalars()]
    return {
        who: Hands(
            frozenset(number for holder, number in messages if holder == who),
            frozenset(letter for holder, letter in letters if holder == who),
            frozenset(name for holder, name in taken if holder == who),
        )
        for who in {holder for holder, _ in (*messages, *letters, *taken)}
    }


def _messages(conn: Connection, now: datetime) -> list[tuple[str, int]]:
    claimed = (received.c.state == "received") & (received.c.attempts > 0) & (received.c.leased_until > now)
    query = select(received.c.holder, received.c.number).where(claimed, received.c.holder.is_not(None))
    return [(row.holder, row.number) for row in conn.execute(query)]


def _letters(conn: Connection, now: datetime) -> list[tuple[str, str]]:
    query = select(outgoing.c.holder, outgoing.c.id)
    here = (outgoing.c.leased_until > now) & outgoing.c.holder.is_not(None)
    return [(row.holder, row.id) for row in conn.execute(query.where(here))]


def free(conn: Connection, hands: Hands, now: datetime) -> None:
    """They may be claimed again: as if their leases had run out this moment."""
    here = received.c.number.in_(hands.messages) & (received.c.state == "received")
    conn.execute(update(received).where(here).values(leased_until=now, holder=None))
    conn.execute(update(outgoing).where(outgoing.c.id.in_(hands.letters)).values(leased_until=now, holder=None))
    conn.execute(delete(leases).where(leases.c.holder.in_(hands.leases)))


def forget(conn: Connection, who: str) -> None:
    """It is gone."""
    conn.execute(delete(holders).where(holders.c.id == who))


def since(conn: Connection, letters: Collection[str]) -> datetime | None:
    """When the oldest attempt of these letters began that has not ended."""
    under_way = attempts.c.outgoing.in_(letters) & attempts.c.ended_at.is_(None)
    return conn.execute(select(func.min(attempts.c.started_at)).where(under_way)).scalar()
