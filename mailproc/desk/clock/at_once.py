"""Each item in a letter of its own, for members who want it so: as soon as it waits for them, never in quiet hours.

Whom it has to be written to is looked up in rows after every run of the queue: whoever has not been told of an item
since it began to wait as it is. The letter is worded when it may be written, so it tells what holds then; its words
are `telling`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from mailproc import times
from mailproc.desk.ground.receive import receive_own
from mailproc.desk.ground.wire import Desk
from mailproc.desk.tell import asking, telling
from mailproc.desk.turn.turn import Turn
from mailproc.review import rota
from mailproc.review.member import Member
from mailproc.store.database import reading
from mailproc.store.mail import outgoing, received
from mailproc.store.people import asked, members
from mailproc.store.work import items, journal
from mailproc.workflow import machine
from mailproc.workflow.item import Item

AT_ONCE = "at once"  # the schedule
DEED = "tell"


def tell(desk: Desk, process: Callable[[int], bool]) -> bool:
    """Write the letters that are due."""
    now = desk.now()
    with reading(desk.engine) as conn:
        due = sorted({(at, _source(conn, at, item), f"{DEED} {item.ref}") for at, item, _ in _untold(conn, desk, now)})
        due = [each for each in due if received.by_source(conn, each[1]) is None]
    happened = [process(receive_own(desk, source, body, at)) for at, source, body in due]
    return any(happened)


def has_untold(conn: Connection, desk: Desk, member: Member) -> bool:
    """Whether something is put before a member that no letter has told them of."""
    waiting = items.for_members(conn, with_text=False)
    return any(_of(conn, desk, member, waiting))


def _untold(conn: Connection, desk: Desk, now: datetime) -> Iterator[tuple[datetime, Item, Member]]:
    """When a letter became due, about which item, to whom; those that must still wait left out."""
    singly = [member for member in members.every(conn) if member.votes and member.schedule == AT_ONCE]
    waiting = items.for_members(conn, with_text=False) if singly else []
    for member in singly:
        for since, item in _of(conn, desk, member, waiting):
            due = rota.released(desk.hours(member), since, now)
            if due is not None:
                yield due, item, member


def _of(conn: Connection, desk: Desk, member: Member, waiting: Sequence[Item]) -> Iterator[tuple[datetime, Item]]:
    """The items that are put before a member and that no letter told them of, and since when each is."""
    refs = [item.ref for item in waiting]
    before, lines, rows = asking.befores(conn, desk, waiting), journal.of_many(conn, refs), asked.of_many(conn, refs)
    oldest = min(map(machine.asked_since, waiting), default=None)
    told = outgoing.listed_to(conn, member.email, telling.PUTTING, oldest) if oldest else {}
    for item in waiting:
        if member.email in before[item.ref]:
            put = [each.at for each in rows[item.ref] if each.member == member.email]
            since, _ = asking.waits_since(item, lines[item.ref])
            last = max((told[ref] for ref in item.refs if ref in told), default=None)
            if last is None or last < since:
                yield max([since, *put]), item


def _source(conn: Connection, at: datetime, item: Item) -> str:
    """A key for the letters on one item that became due at one time."""
    _, cause = asking.waits_since(item, journal.of(conn, item.ref))
    return f"clock:{times.stamp(at)}/{DEED}/{item.ref}/{cause}"


def ask_at_once(turn: Turn, ref: str) -> None:
    """The turn: everybody who has to hear of the item, and may be written to now, does."""
    item = turn.item(ref)
    due = [member for _, about, member in _untold(turn.conn, turn.desk, turn.desk.now()) if about.ref == ref]
    if item is None or not due:
        turn.note(reason="no-longer-due")
        return
    for member in due:
        telling.put_before(turn, member, item)
