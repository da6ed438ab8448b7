"""The letter of the day, to whoever wants what their mails alone cause in one: a message of the clock.

It is due at the desk's digest hour after the first thing came that it tells of, so nothing waits longer than a day. It
says how each item stands then. Questions and decisions never wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.message.model import Address
from mailproc.review import rota
from mailproc.review.rota import Hours
from mailproc.store.people import writers
from mailproc.workflow.actor import DESK
from mailproc.workflow.event import Event
from mailproc.workflow.event import author as author_ref

DAY = timedelta(days=1)
DEED = "day"
LETTER = "author/day"


def due(conn: Connection, desk: Desk, until: datetime) -> list[tuple[datetime, str, int | None]]:
    """The letters that are due by then: due time, body of the clock's message, no cause."""
    hours = Hours(desk.config.desk.timezone, desk.config.review.digest, None)
    found = [(rota.digest_moment(hours, each.since + DAY), each.email) for each in writers.waiting(conn) if each.since]
    return [(at, f"{DEED} {email}", None) for at, email in found if at <= until]


def _write(turn: Turn, email: str) -> None:
    writer = writers.get(turn.conn, email)
    if writer is None or writer.since is None:
        turn.note(reason="no-longer-due")
        return
    items = tuple(item for ref in writer.waiting if (item := turn.item(ref)))
    proven = bool(items) and all(item.authenticated for item in items)
    refs = tuple(item.ref for item in items)
    if items:
        to = items[0].author if proven else Address("", items[0].author.email)
        turn.write(LETTER, to, {"items": items, "authenticated": proven}, ref=refs[0], listed=refs)
    turn.record(Event(author_ref(email), EventName.TOLD, DESK))


DEEDS: dict[str, Callable[[Turn, str], None]] = {DEED: _write}
