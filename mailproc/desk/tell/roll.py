"""The roll: whose week it is, who has which task, and who did how many in a month. Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.desk.tell import duties
from mailproc.review import duty
from mailproc.review.duty import Carried, Ledger
from mailproc.review.member import Member
from mailproc.review.rota import Asked
from mailproc.store.people import asked, members
from mailproc.store.work import items, journal
from mailproc.workflow.item import Item


@dataclass(frozen=True, slots=True)
class Charge:
    """A task and who has it, for the roll."""

    ref: str
    title: str
    todo: str  # its section
    who: str  # "" nobody
    claimed: bool
    since: datetime
    until: datetime | None = None


def charges(conn: Connection, desk: Desk) -> tuple[Charge, ...]:
    """The tasks that nobody has done yet, and with whom they are."""
    found, everybody = items.of_kind(conn, duties.TASK, duties.OPEN), members.every(conn)
    rows, names = asked.of_many(conn, [item.ref for item in found]), {each.email: each for each in everybody}
    has = {item.ref: names.get(duties.bearer(item, everybody, rows[item.ref])) for item in found}
    return tuple(_charge(desk, item, has[item.ref], rows[item.ref]) for item in found)


def _charge(desk: Desk, item: Item, has: Member | None, rows: Sequence[Asked]) -> Charge:
    claimed = item.state == duties.CLAIMED
    until = item.waiting_since + desk.limits(duties.TASK).claim if claimed else None
    since = item.waiting_since if claimed else max((each.at for each in rows), default=item.waiting_since)
    return Charge(item.ref, item.title, item.section or duties.PAGE, _name(has), claimed, since, until)


def _name(member: Member | None) -> str:
    return (member.name or member.email) if member else ""


def weeks(conn: Connection, desk: Desk, now: datetime) -> tuple[str, str]:
    """Who is on duty this week, and who as far as is known in the next; "" where nobody is here."""
    today, names = duties.ledger(conn, desk, now), {member.email: member for member in members.every(conn)}
    this = duty.on_duty(today)
    served = {email for email in ((this.member, this.in_place_of) if this else ()) if email}
    zone = desk.config.desk.timezone
    later = {
        email: Carried(each.tasks, each.days, duty.begins(today.week, zone) if email in served else each.served)
        for email, each in today.carried.items()
    }
    following = duty.on_duty(Ledger(today.members, later, today.week + 1))
    return _name(names.get(this.member) if this else None), _name(names.get(following.member) if following else None)


def done_between(conn: Connection, begin: datetime, end: datetime) -> tuple[tuple[str, int], ...]:
    """Who did how many tasks in a time, the most first; tasks that ended by themselves are nobody's."""
    found = items.of_kind(conn, duties.TASK, duties.OPEN, begin - duty.SPAN)
    lines = journal.of_many(conn, [item.ref for item in found])
    ended = (duties.done_line(item, lines[item.ref]) for item in found)
    by = [line.actor for line in ended if line and begin <= line.at < end]
    people = members.every(conn)
    counted = Counter(member.name or member.email for actor in by for member in people if actor.bears(member.addresses))
    return tuple(sorted(counted.items(), key=lambda each: (-each[1], each[0])))
