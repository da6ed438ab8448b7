"""The roll: whose week it is, who has which task, and who did how many in a month. Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.desk.tell import duties
from mailproc.desk.turn.turn import Turn
from mailproc.letters.digest import Charge, Month
from mailproc.review import duty
from mailproc.review.duty import Carried, Ledger
from mailproc.review.member import Member
from mailproc.review.rota import Asked
from mailproc.store.people import asked, members
from mailproc.store.work import items, journal
from mailproc.workflow.item import Item


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
    return Charge(item, _name(has), since, until)


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
    """Who did how many tasks in a time, by name; those that ended by themselves are nobody's."""
    found = items.of_kind(conn, duties.TASK, duties.OPEN, begin - duty.SPAN)
    lines = journal.of_many(conn, [item.ref for item in found])
    ended = (duties.done_line(item, lines[item.ref]) for item in found)
    by = [line.actor for line in ended if line and begin <= line.at < end]
    people = members.every(conn)
    counted = Counter(_name(member) for actor in by for member in people if actor.bears(member.addresses))
    return tuple(sorted(counted.items()))


def last_month(conn: Connection, desk: Desk, since: datetime, now: datetime) -> Month | None:
    """The month before this one, where the last letter at `since` is of before this month's beginning."""
    zone = desk.config.desk.timezone
    begin = _month(now, zone)
    if since >= begin:
        return None
    before = _month(begin - timedelta(days=1), zone)
    done = done_between(conn, before, begin)
    return Month(before, done) if done else None


def _month(at: datetime, zone: tzinfo) -> datetime:
    """When the month of a moment begins, by the desk's clock."""
    return datetime.combine(at.astimezone(zone).date().replace(day=1), time(), zone)


def context(turn: Turn) -> dict[str, Any]:
    """The answer to `roll`."""
    conn, desk, now = turn.conn, turn.desk, turn.time
    this, following = weeks(conn, desk, now)
    done = done_between(conn, _month(now, desk.config.desk.timezone), now)
    known = {"on_duty": this, "on_duty_next": following, "charges": charges(conn, desk)}
    return known | {"month": Month(_month(now, desk.config.desk.timezone), done), "now": now}
