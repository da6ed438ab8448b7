"""What happens by itself, as messages from the clock: settling, waking, reminding, lapsing, publishing, digests.

A tick with effects is a message whose source key names the due time, the deed and the message that it comes of
(`clock:DUE/settle/A-123/130`), so that it happens once however often and by however many processes it is noticed.
Its journal times are due times.
What is due is asked of `workflow.machine.due`; publishing itself is `publishing`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from mailproc import times
from mailproc.desk.admit import accessing
from mailproc.desk.clock import at_once, day, reminding, setting_aside, tasks
from mailproc.desk.decide import putting_up, silence
from mailproc.desk.ground.receive import receive_own
from mailproc.desk.ground.wire import Desk
from mailproc.desk.hear import habits, joining, leaving
from mailproc.desk.page import proofs
from mailproc.desk.relay import answering, claiming
from mailproc.desk.tell import asking
from mailproc.desk.turn import publishing
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh import motions
from mailproc.kinds.event import EventName
from mailproc.kinds.every import GOES_UP, KINDS
from mailproc.store.database import reading
from mailproc.store.people import members
from mailproc.store.work import items, journal
from mailproc.workflow import machine
from mailproc.workflow.actor import CLOCK
from mailproc.workflow.event import Event
from mailproc.workflow.facts import NOTHING, Facts, Replaced, WentUp
from mailproc.workflow.item import Item
from mailproc.workflow.received import Received

Process = Callable[[int], bool]  # gives a message its turn; False if it did not come to an end
REMINDERS = {"remind"}  # composed together, one letter for each member: see `reminding`
OF_PEOPLE = habits.DEEDS | leaving.DEEDS | accessing.DEEDS | day.DEEDS
PUBLISHING: dict[str, frozenset[str]] = {  # deed -> states before it
    **dict.fromkeys(map(str, GOES_UP), frozenset({"approved"})),
    **dict.fromkeys(map(str, machine.ANEW.values()), machine.UP),
    "renamed": machine.UP,
    "taken_down": machine.DOWN,
}


def effects_before(desk: Desk, row: Received, process: Process) -> None:
    """Let everything that was due at or before this message's time happen first; none while the clock is in doubt."""
    if not row.source.startswith("clock:") and not desk.doubt:
        while _happen(desk, min(row.received_at, desk.now()), process):  # one effect may lead to the next
            pass


def tick(desk: Desk, process: Process) -> bool:
    """Let everything happen that is due now: effects, publishing, asking whom an item lacks; False if nothing did.

    Effects rest while the clock is in doubt; what only comes of mail goes on.
    """
    happened = [
        not desk.doubt and _happen(desk, desk.now(), process),
        publishing.publish_due(desk, lambda body, at: _publish(desk, body, at, process)),
        not desk.doubt and tasks.look(desk, process),
        asking.ask(desk, process),
        at_once.tell(desk, process),
    ]
    return any(happened)


def _publish(desk: Desk, body: str, at: datetime, process: Process) -> bool:
    with reading(desk.engine) as conn:
        cause = _moved_by(conn, body.split()[1])
    return _enter(desk, body, at, process, cause)


def _happen(desk: Desk, until: datetime, process: Process) -> bool:
    with reading(desk.engine) as conn:
        of_items = [(at, f"{name} {ref}", _moved_by(conn, ref)) for at, name, ref in effects(conn, desk, until)]
        everybody = members.every(conn)
        back, gone = habits.due(everybody, until), leaving.due(conn, everybody, until)
        # Whoever leaves takes along every vote that has not taken effect: what was due comes first.
        due = [*back, *of_items, *gone, *accessing.due(conn, until), *silence.due(conn, desk, until)]
        due += day.due(conn, desk, until)
    happened = [_enter(desk, body, at, process, cause) for at, body, cause in due]
    return any(happened)


def effects(conn: Connection, desk: Desk, until: datetime) -> list[tuple[datetime, str, str]]:
    """The due time, event and reference of every item's effect due by then, in order of time."""
    shortest = min(min(limits.hold, limits.lapse, limits.claim, limits.proof) for limits in map(desk.limits, KINDS))
    found = []
    for item in items.due(conn, until, machine.WAITING, until - shortest):
        next_ = machine.due(item, desk.limits(item.kind), until)
        if next_ and next_[1] <= until and next_[0] not in REMINDERS:
            found.append((next_[1], next_[0], item.ref))
    return sorted(found)


def _moved_by(conn: Connection, ref: str) -> int:
    """The message that brought an item into its state: one due time may come twice, a cause may not."""
    return next((line.number for line in reversed(journal.of(conn, ref)) if line.before != line.after), 0)


def source_of(at: datetime, body: str, cause: int | None = None) -> str:
    """`clock:2026-11-22T10:15:00Z/settle/A-123/130`."""
    words = [*body.split()[:3], *([] if cause is None else [str(cause)])]
    return f"clock:{times.stamp(at)}/{'/'.join(words)}"


def due_of(source: str) -> datetime:
    """The due time in a source key of the clock."""
    return datetime.fromisoformat(source.partition(":")[2].partition("/")[0])


def _enter(desk: Desk, body: str, at: datetime, process: Process, cause: int | None = None) -> bool:
    """The clock's message, received and given its turn at once; False if it had none, or it came to nothing."""
    return process(receive_own(desk, source_of(at, body, cause), body, at))


def do_due(turn: Turn, body: str) -> None:
    """The turn of a message from the clock."""
    name, _, rest = body.partition(" ")
    turn.note(kind="clock", rule=name)
    if name in reminding.DEEDS:
        reminding.DEEDS[name](turn, rest)
        return
    if name in OF_PEOPLE:
        OF_PEOPLE[name](turn, rest)
        return
    if name in tasks.DEEDS:
        tasks.DEEDS[name](turn, rest)
        return
    if name == "announce":
        silence.announce(turn, rest)
        return
    ref, _, place = rest.partition(" ")
    item = turn.item(ref)
    if item is None or not _still_due(turn, item, name):
        turn.note(reason="no-longer-due")
        return
    if name == "consent":
        silence.consent(turn, item)
    elif not proofs.settles(turn, item, name):
        _come_about(turn, item, name, place)


def _come_about(turn: Turn, item: Item, name: str, place: str) -> None:
    """What a deed of the clock makes of an item, and who hears of it."""
    words, event = _last_words(turn, item, name), EventName(name)
    facts = _facts(turn, item, name, place)
    due = due_of(turn.entry.source) if name in PUBLISHING else None
    waited = machine.waits_for_members(item)
    turn.happen(Event(item.ref, event, CLOCK, words, due, facts=facts))
    if name == "lapse" and waited:
        asking.ended(turn, item)
    if name == "overdue":
        putting_up.overdue(turn, item)
        claiming.over(turn, item)
        tasks.pass_on(turn, item)
    motions.end(turn, item, name, words)
    if name == "settle":
        answering.send(turn, item)
        setting_aside.tell(turn, item)


def _facts(turn: Turn, item: Item, name: str, place: str) -> Facts:
    """What the event of a deed needs to tell."""
    if place and name != "renamed":
        return WentUp(place=place)
    if name == "settle" and item.state in {"rejected", "discarded"}:
        return joining.ended(turn, item) or NOTHING
    return Replaced(earlier=item.text_sha256) if name == "replaced" else NOTHING


def _still_due(turn: Turn, item: Item, name: str) -> bool:
    """The item has not moved on since its effect was noticed."""
    if name in PUBLISHING:
        if name == "taken_down":
            return item.state in machine.DOWN and item.place is not None
        if name == "renamed":
            return item.renames
        anew = machine.ANEW.get(item.motion_settles) == name if EventName(name) in machine.ANEW.values() else True
        return item.state in PUBLISHING[name] and machine.settled(item) and anew
    next_ = machine.due(item, turn.desk.limits(item.kind), turn.time)
    return next_ is not None and next_[0] == name and next_[1] <= turn.time


def _last_words(turn: Turn, item: Item, name: str) -> str:
    """What members said to the author with the decision that settles now."""
    ends = {"settle": "reject"} if item.state == "rejected" else {"retract": "retract", "keep": "reject"}
    return motions.reasons(turn.conn, item, ends[name]) if name in ends else ""
