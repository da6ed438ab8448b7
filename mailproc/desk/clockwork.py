"""What happens by itself, as messages from the clock: settling, waking, reminding, lapsing, publishing, digests.

A tick with effects is a message whose source key names the due time and the deed (`clock:DUE/settle/A-123`), so
that it happens once however often and by however many processes it is noticed. Its journal times are due times.
What is due is asked of `workflow.machine.due`; publishing itself is `publishing`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection

from mailproc.desk import publishing, reminding
from mailproc.desk.receive import Incoming, receive
from mailproc.desk.turn import Turn
from mailproc.desk.wire import Desk
from mailproc.store import items, votes
from mailproc.store.database import reading
from mailproc.workflow import machine
from mailproc.workflow.item import Event, Item
from mailproc.workflow.received import Received

Process = Callable[[int], object]
REMINDERS = {"remind"}  # composed together, one letter for each member: see `reminding`
PUBLISHING = {"published": "approved", "gathered": "approved", "taken_down": "retracted"}  # deed -> state before it


def effects_before(desk: Desk, row: Received, process: Process) -> None:
    """Let everything that was due at or before this message's time happen first."""
    if not row.source.startswith("clock:"):
        _happen(desk, row.received_at, process)


def tick(desk: Desk, process: Process) -> bool:
    """Let everything happen that is due now, publishing included; False if nothing was."""
    happened = _happen(desk, desk.now(), process)
    return publishing.publish_due(desk, lambda body, at: _enter(desk, body, at, process)) or happened


def _happen(desk: Desk, until: datetime, process: Process) -> bool:
    with reading(desk.engine) as conn:
        due = effects(conn, desk, until)
    for at, name, ref in due:
        _enter(desk, f"{name} {ref}", at, process)
    return bool(due)


def effects(conn: Connection, desk: Desk, until: datetime) -> list[tuple[datetime, str, str]]:
    """The due time, event and reference of every item's effect due by then, in order of time."""
    candidates = [*items.due(conn, until), *items.waiting(conn, machine.WAITING, with_text=False)]
    found = []
    for item in candidates:
        next_ = machine.due(item, desk.limits(item.kind))
        if next_ and next_[1] <= until and next_[0] not in REMINDERS:
            found.append((next_[1], next_[0], item.ref))
    return sorted(found)


def source_of(at: datetime, body: str) -> str:
    """`clock:2026-11-22T10:15:00Z/settle/A-123`."""
    return f"clock:{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}/{'/'.join(body.split()[:3])}"


def _enter(desk: Desk, body: str, at: datetime, process: Process) -> None:
    """The clock's message, received and given its turn at once."""
    octets = f"Subject: {body}\nAuto-Submitted: auto-generated\n\n{body}\n".encode()
    process(receive(desk, [Incoming(source_of(at, body), [octets], at=at)])[0])


def take(turn: Turn, body: str) -> None:
    """The turn of a message from the clock."""
    name, _, rest = body.partition(" ")
    turn.note(kind="clock", rule=name)
    if name in reminding.DEEDS:
        reminding.DEEDS[name](turn, rest)
        return
    ref, _, place = rest.partition(" ")
    item = items.get(turn.conn, ref)
    if item is None or not _still_due(turn, item, name):
        turn.note(reason="no-longer-due")
        return
    turn.happen(Event(item.ref, name, "clock", _last_words(turn, item, name), data={"place": place} if place else {}))


def _still_due(turn: Turn, item: Item, name: str) -> bool:
    """The item has not moved on since its effect was noticed."""
    if name in PUBLISHING:
        return item.state == PUBLISHING[name] and machine.settled(item)
    next_ = machine.due(item, turn.desk.limits(item.kind))
    return next_ is not None and next_[0] == name and next_[1] <= turn.time


def _last_words(turn: Turn, item: Item, name: str) -> str:
    """What members said to the author with the decision that settles now."""
    if name != "settle" or item.state != "rejected":
        return ""
    said = [vote.words for vote in votes.of(turn.conn, item.ref) if vote.verdict == "reject" and not vote.undone]
    return "\n\n".join(words for words in said if words)
