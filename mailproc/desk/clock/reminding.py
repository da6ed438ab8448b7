"""Digests and reminders: who is written to, when, about what. All of it as messages, each period once.

A member's digest is due at their own hour; those who share a moment share one message of the clock, and what waits is
looked up when it has its turn. A local day of theirs that had one has no other, though hour or time zone be changed
on it. Nothing waits: no letter. A member is owed digests only for hours after they joined or came back. Reminders
rise: `review.rota` says who hears. Nothing of this is written in a member's quiet hours; it is owed until they end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from mailproc import times
from mailproc.desk.clock import at_once, probing, undelivered
from mailproc.desk.erase import retention
from mailproc.desk.ground.receive import receive_own
from mailproc.desk.ground.timepiece import source_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.tell import asking, digesting, duties
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.message.model import Address
from mailproc.review import rota
from mailproc.review.member import Member
from mailproc.review.rota import Place
from mailproc.store.database import reading
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.people import asked, digests, members
from mailproc.store.work import items, journal
from mailproc.workflow import machine
from mailproc.workflow.actor import CLOCK
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Digested, Reminded
from mailproc.workflow.item import Item

REMINDER = "member/reminder"
Due = tuple[datetime, str, str]  # due time, source key, body


def remind(desk: Desk, process: Callable[[int], bool]) -> int:
    """Compose the digests and reminders that are due; how many messages had their turn.

    None while the clock is in doubt.
    """
    if desk.doubt:
        return 0
    while asking.ask(desk, process):  # a digest lists what is put before its reader
        pass
    done = _enter(desk, process, _digests_due, _reminders_due) + _enter(desk, process, _late_reminders_due)
    retention.retain(desk, process)
    return done


def _enter(desk: Desk, process: Callable[[int], bool], *due: Callable[[Connection, Desk, datetime], list[Due]]) -> int:
    """Give their turns to messages that are due, in order of time; how many."""
    now = desk.now()
    with reading(desk.engine) as conn:
        found = sorted(each for find in due for each in find(conn, desk, now))
    for at, source, body in found:
        process(receive_own(desk, source, body, at))
    return len(found)


def _digests_due(conn: Connection, desk: Desk, now: datetime) -> list[Due]:
    moments = {digest_due(conn, desk, member, now) for member in members.every(conn) if member.votes}
    keys = {at: source_of(conn, times.stamp(at), "digests") for at in moments if at is not None}
    return [
        (at, source, f"digests {times.stamp(at)}")
        for at, source in keys.items()
        if rows.by_source(conn, source) is None
    ]


def digest_due(conn: Connection, desk: Desk, member: Member, now: datetime) -> datetime | None:
    """Since when a member is owed a digest; None if they are not, or not in this hour."""
    hours = desk.hours(member)
    at = rota.digest_moment(hours, now)
    if member.since > at or not digests.due_period(conn, member.email, rota.period(hours, at)):
        return None
    return rota.released(hours, at, now)


def _reminders_due(conn: Connection, desk: Desk, now: datetime) -> list[Due]:
    """All items that have waited too long, in one message."""
    late = []
    for item in items.for_members(conn, with_text=False):
        next_ = machine.due(item, desk.limits(item.kind), now)
        if next_ and next_[0] == "remind" and next_[1] <= now:
            late.append((next_[1], item.ref))
    if not late:
        return []
    at = max(at for at, _ in late)
    return [(at, f"clock:{times.stamp(at)}/remind/{late[0][1]}", f"remind {' '.join(ref for _, ref in late)}")]


def _late_reminders_due(conn: Connection, desk: Desk, now: datetime) -> list[Due]:
    """Reminders that were due in somebody's quiet hours, which are over now: all in one message."""
    late = [(at, item.ref, item.reminded) for at, item, _ in _unheard(conn, desk, now)]
    if not late:
        return []
    at, ref, period = max(late)
    return [(at, f"clock:{times.stamp(at)}/late/{ref}/{period}", "late")]


def _unheard(conn: Connection, desk: Desk, now: datetime) -> Iterator[tuple[datetime, Item, Member]]:
    """Who was in quiet hours when an item's last reminder was written, and may be written to now; since when."""
    resting = [member for member in members.every(conn) if member.votes and desk.hours(member).quiet]
    waiting = items.for_members(conn, with_text=False) if resting else []
    reminded = [item for item in waiting if item.reminded]
    lines = journal.of_many(conn, [item.ref for item in reminded])
    before, put = asking.befores(conn, desk, reminded), asked.of_many(conn, [item.ref for item in reminded])
    for item in reminded:
        at = max([machine.asked_since(item), *(line.at for line in lines[item.ref] if line.event == EventName.REMIND)])
        fresh = {each.member for each in put[item.ref] if each.at > at}
        for member in resting:
            if member.email not in before[item.ref] - fresh or member.since > at:
                continue
            due = rota.released(desk.hours(member), at, now)
            if due and not {*item.refs} & {*outgoing.listed_to(conn, member.email, [REMINDER], at)}:
                yield due, item, member


# The turns


def _digests(turn: Turn, due: str) -> None:
    """The daily digest of those whose own moment this is."""
    at = datetime.fromisoformat(due)
    for member in members.every(turn.conn):
        hours = turn.desk.hours(member)
        if not member.votes or rota.quiet_until(hours, turn.desk.now()):
            continue
        if digest_due(turn.conn, turn.desk, member, at) == at:
            _write_if_new(turn, member, rota.period(hours, at))


def _write_if_new(turn: Turn, member: Member, period: str) -> None:
    """Whoever has each item in a letter of its own gets the list only for what no letter has told them."""
    singly = member.schedule == at_once.AT_ONCE
    notices = digests.unseen_notices(turn.conn, member.email)
    if singly and not notices and not at_once.has_untold(turn.conn, turn.desk, member):
        digesting.done_with(turn, member, Digested(period=period))
    else:
        digesting.write_digest(turn, member, period)


def _remind(turn: Turn, refs: str) -> None:
    """Items that have waited too long: one letter to each who hears, and to the operator where nobody answers."""
    waiting = (item for ref in refs.split() if (item := turn.item(ref)))
    found = [after for item in waiting if (after := _reminds(turn, item))]
    heard: dict[str, list[Item]] = {}
    unanswered = []
    for item in found:
        hears = asking.hearing(turn.conn, turn.desk, item, turn.time)
        asking.put(turn, item, hears.places, "reminder")
        for email in hears.members:
            heard.setdefault(email, []).append(item)
        if hears.fallback and (duties.is_task(item) or not _falls_back(turn, item, heard)):
            unanswered.append(item)
    for member in members.every(turn.conn):
        if member.email in heard and not rota.quiet_until(turn.desk.hours(member), turn.desk.now()):
            _write_reminder(turn, member, heard[member.email])
    if unanswered:
        _tell_operator(turn, unanswered)


def _falls_back(turn: Turn, item: Item, heard: dict[str, list[Item]]) -> bool:
    """The item goes before the named member who hears when nobody else answers; False: it is the operator."""
    member = asking.fallback(turn.conn, turn.desk, item)
    if member is None:
        return False
    asking.put(turn, item, [Place(member.email)], "fallback")
    theirs = heard.setdefault(member.email, [])
    if item not in theirs:
        theirs.append(item)
    return True


def _write_reminder(turn: Turn, member: Member, found: Iterable[Item]) -> None:
    waiting = tuple(found)
    context = {"items": waiting, "now": turn.time}
    turn.write(REMINDER, Address(member.name, member.email), context, listed=[item.ref for item in waiting])


def _tell_operator(turn: Turn, waiting: Sequence[Item]) -> None:
    able = any(member.votes for member in members.every(turn.conn))
    about = "items wait and nobody decides" if able else "items wait and no member may decide"
    if all(map(duties.is_task, waiting)):
        about = "something is to be done and waits for " + ("a member" if able else "nobody")
    lines = tuple(f"{item.ref} {item.title}" for item in waiting)
    listing = [item.ref for item in waiting]
    turn.write("operator/notice", turn.desk.operator, {"about": about, "lines": lines}, listed=listing)


def _late(turn: Turn, _: str) -> None:
    """The reminders that waited for the end of somebody's quiet hours, one letter to each."""
    owed: dict[str, list[Item]] = {}
    people = {}
    for _at, item, member in _unheard(turn.conn, turn.desk, turn.desk.now()):
        people[member.email] = member
        owed.setdefault(member.email, []).append(item)
    for email, found in owed.items():
        _write_reminder(turn, people[email], found)
    if not owed:
        turn.note(reason="no-longer-due")


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


def _reminds(turn: Turn, item: Item) -> Item | None:
    """The item after its reminder, if that is still due; those that were missed are counted with it."""
    limits = turn.desk.limits(item.kind)
    next_ = machine.due(item, limits, turn.time)
    if next_ is None or next_[0] != "remind" or next_[1] > turn.time:
        return None
    facts = Reminded(period=machine.period(item, limits, turn.time))
    return turn.happen(Event(item.ref, EventName.REMIND, CLOCK, facts=facts))


def _notice(turn: Turn, rest: str) -> None:
    """A word to the operator: the first line is what it is about."""
    about, *lines = rest.splitlines()
    turn.write("operator/notice", turn.desk.operator, {"about": about, "lines": tuple(lines)})


DEEDS: dict[str, Callable[[Turn, str], None]] = {
    "digests": _digests,
    "remind": _remind,
    "late": _late,
    "stuck": _stuck,
    undelivered.DEED: undelivered.tell_operator,
    probing.DEED: probing.probe_members,
    "notice": _notice,
    at_once.DEED: at_once.ask_at_once,
    **asking.DEEDS,
    retention.DEED: retention.erase_due,
}
