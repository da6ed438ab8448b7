"""Digests and reminders: who is written to, when, about what. All of it as messages, each period once.

The daily digest of a period, a local day, is one message of the clock for all members; what waits is looked up
when it has its turn. A day whose digest went has no other, though hour or time zone be changed on it. Nothing
waits: no letter. A member is owed digests only for hours after they joined.
How a digest is laid out is `letters/digest`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailproc.desk import retention, undelivered, views
from mailproc.desk.receive import receive_own
from mailproc.desk.turn import Turn
from mailproc.desk.wire import Desk
from mailproc.letters.digest import Digest, listed, oldest_first
from mailproc.message.model import Address
from mailproc.review.member import Member
from mailproc.store import digests, items, members
from mailproc.store import received as rows
from mailproc.store.database import reading
from mailproc.workflow import machine
from mailproc.workflow.item import Event, Item


def remind(desk: Desk, process: Callable[[int], object]) -> int:
    """Compose the digests and reminders that are due; how many periods had their turn."""
    now = desk.now()
    hour = last_digest_hour(desk, now)
    due: list[tuple[datetime, str, str]] = []
    with reading(desk.engine) as conn:
        owed = any(member.votes and member.since <= hour for member in members.every(conn))
        if owed and rows.by_source(conn, _digest_source(hour)) is None:
            due.append((hour, _digest_source(hour), f"digests {hour:%Y-%m-%dT%H:%M:%SZ}"))
        late = _overdue(conn, desk, now)
    if late:
        at = max(at for at, _ in late)
        refs = " ".join(ref for _, ref in late)
        due.append((at, f"clock:{at:%Y-%m-%dT%H:%M:%SZ}/remind/{late[0][1]}", f"remind {refs}"))
    for at, source, body in sorted(due):
        process(receive_own(desk, source, body, at))
    retention.retain(desk, process)
    return len(due)


def last_digest_hour(desk: Desk, now: datetime) -> datetime:
    """The latest time, up to now, at which digests were due, UTC.

    A local hour that the clocks skip or repeat counts once: periods are local days (RELIABILITY F83).
    """
    zone, hour = desk.config.desk.timezone, desk.config.review.digest
    today = now.astimezone(zone).date()
    moments = (datetime.combine(today - timedelta(days=d), hour, zone).astimezone(now.tzinfo) for d in (0, 1, 2))
    return next(moment for moment in moments if moment <= now)


def _digest_source(due: datetime) -> str:
    return f"clock:{due:%Y-%m-%dT%H:%M:%SZ}/digests"


def _overdue(conn: Connection, desk: Desk, now: datetime) -> list[tuple[datetime, str]]:
    found = []
    for item in items.waiting(conn, machine.FOR_MEMBERS, with_text=False):
        next_ = machine.due(item, desk.limits(item.kind), now)
        if next_ and next_[0] == "remind" and next_[1] <= now:
            found.append((next_[1], item.ref))
    return found


# The turns


def digest_of(turn: Turn, member: Member) -> Digest | None:
    """What a member's digest says now; None if nothing waits for them and there is nothing to tell."""
    entries = oldest_first(views.waiting_for(turn.conn, turn.desk, member, turn.time))
    if not entries and not digests.unseen_notices(turn.conn, member.email):
        return None
    return views.digest_for(turn, member, entries)


def write_digest(turn: Turn, member: Member, period: str) -> None:
    """One member's digest, if anything waits for them or there is something to tell; the period is done either way."""
    digest = digest_of(turn, member)
    data = {"period": period}
    if digest is not None:
        to = Address(member.name, member.email)
        letter = turn.write("member/digest", to, {"digest": digest, "now": turn.time}, listed=listed(digest))
        data |= {"letter": letter.id} if letter else {}
    turn.happen(Event(f"member:{member.email}", "digest", turn.entry.kind, data=data))


def _digests(turn: Turn, due: str) -> None:
    """The daily digests of a period, for every member who was there when it fell due."""
    at = datetime.fromisoformat(due)
    period = f"{at.astimezone(turn.desk.config.desk.timezone):%Y-%m-%d}"
    for member in members.every(turn.conn):
        if member.votes and member.since <= at and digests.due_period(turn.conn, member.email, period):
            write_digest(turn, member, period)


def _remind(turn: Turn, refs: str) -> None:
    """Items that have waited too long: one letter to each member who may decide."""
    found = tuple(item for ref in refs.split() if (item := items.get(turn.conn, ref)) and _reminds(turn, item))
    if not found:
        return
    voters = [member for member in members.every(turn.conn) if member.votes]
    for member in voters:
        context = {"items": found, "now": turn.time}
        turn.write("member/reminder", Address(member.name, member.email), context, listed=[i.ref for i in found])
    if not voters:
        lines = tuple(f"{item.ref} {item.title}" for item in found)
        about = "items wait and no member may decide"
        turn.write("operator/notice", turn.desk.operator, {"about": about, "lines": lines})


def _stuck(turn: Turn, number: str) -> None:
    """A message that cannot be processed: the operator hears of it."""
    row = rows.get(turn.conn, int(number))
    if row is not None:
        about = f"message {number} is stuck"
        lines = (
            f"It was tried three times: {row.error}",
            f"Its octets are kept. See it with: mailproc received show {number}",
            f"When the cause is mended: mailproc received retry {number}",
        )
        turn.write("operator/notice", turn.desk.operator, {"about": about, "lines": lines})


def _reminds(turn: Turn, item: Item) -> bool:
    """The reminder is still due, and is counted now; those that were missed are counted with it."""
    limits = turn.desk.limits(item.kind)
    next_ = machine.due(item, limits, turn.time)
    if next_ is None or next_[0] != "remind" or next_[1] > turn.time:
        return False
    period = machine.period(item, limits, turn.time)
    return turn.happen(Event(item.ref, "remind", "clock", data={"period": str(period)}))


def _notice(turn: Turn, rest: str) -> None:
    """A word to the operator: the first line is what it is about."""
    about, *lines = rest.splitlines()
    turn.write("operator/notice", turn.desk.operator, {"about": about, "lines": tuple(lines)})


DEEDS: dict[str, Callable[[Turn, str], None]] = {
    "digests": _digests,
    "remind": _remind,
    "stuck": _stuck,
    undelivered.DEED: undelivered.take,
    "notice": _notice,
    retention.DEED: retention.take,
}
