"""How much waits, and since when: the figures that `health` looks at, in one look at received and outgoing rows.

Ticks of the clock are left out: they carry due times and have their turn as they are made. Fails as the database fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, case, func, or_, select

from mailproc.store.schema import outgoing, received

WAITING = ("queued", "deferred")  # letters that nothing but a server keeps from leaving


@dataclass(frozen=True, slots=True)
class Queues:
    """What is under way."""

    messages: int  # that wait for their turn
    oldest_message: datetime | None  # when the oldest of them came
    stuck: int
    letters: int  # that wait for a server
    oldest_letter: datetime | None
    ambiguous: int
    last_sent: datetime | None  # when a letter last left
    why: str  # the last reason why the oldest letter did not leave


def look(conn: Connection, now: datetime) -> Queues:
    """All of it. A letter that may not leave yet waits for no server."""
    mail = received.c.source.not_like("clock:%")
    waits = select(func.count(), func.min(received.c.received_at)).where(received.c.state == "received", mail)
    messages, oldest_message = conn.execute(waits).one()
    fresh = outgoing.c.attempts == 0
    here = and_(outgoing.c.state.in_(WAITING), or_(~fresh, outgoing.c.next_try.is_(None), outgoing.c.next_try <= now))
    since = case((fresh, func.coalesce(outgoing.c.next_try, outgoing.c.created_at)), else_=outgoing.c.created_at)
    letters, oldest_letter = conn.execute(select(func.count(), func.min(since)).where(here)).one()
    why = select(outgoing.c.reason).where(here).order_by(outgoing.c.created_at).limit(1)
    return Queues(
        messages=messages,
        oldest_message=oldest_message,
        stuck=conn.execute(select(func.count()).where(received.c.state == "stuck")).scalar_one(),
        letters=letters,
        oldest_letter=oldest_letter,
        ambiguous=conn.execute(select(func.count()).where(outgoing.c.state == "ambiguous")).scalar_one(),
        last_sent=conn.execute(select(func.max(outgoing.c.sent_at))).scalar(),
        why=conn.execute(why).scalar() or "",
    )
