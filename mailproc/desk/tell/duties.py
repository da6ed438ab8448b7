"""With whom tasks are, and whose week it is: what `review.duty` has to know, read of rows.

A task is before one member; `asking` puts it there, as it does with every item. Nothing is written here but the end of
a task whose work was done in another way. What opens tasks is the clock's (`clock.tasks`) and readers' reports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.turn import Turn
from mailproc.kinds import task
from mailproc.kinds.event import EventName
from mailproc.kinds.kind import Kind
from mailproc.kinds.task import ON_FILES, PAGE
from mailproc.message.field.address import canonical
from mailproc.phrase import say
from mailproc.review import duty
from mailproc.review.duty import Carried, Duty, Ledger
from mailproc.review.member import Member
from mailproc.review.rota import LONG_AGO, Asked, Hearing, Place
from mailproc.store.people import asked, members
from mailproc.store.work import items, journal
from mailproc.workflow import life
from mailproc.workflow.actor import Actor
from mailproc.workflow.event import Event
from mailproc.workflow.item import Item, JournalLine

KIND: Kind = task.KIND
TASK = KIND.name
OPEN = frozenset(KIND.states) - KIND.ends
CLAIMED = "claimed"
LAST = 4  # each fourth reminder the operator hears, too
CLAIM, OVERDUE = "claimed", "overdue"  # why it is put before somebody
E = EventName


def is_task(item: Item) -> bool:
    """Whether it goes by duty."""
    return item.kind == TASK


def of(item: Item) -> Duty:
    """What `duty` has to know of a task."""
    return Duty(item.author.email, item.group or "")


def bearer(item: Item, everybody: Sequence[Member], rows: Sequence[Asked]) -> str:
    """The member whom a task is before now, by registered addr-spec; "" where that is nobody."""
    return duty.bearer(of(item), everybody, rows)


def with_whom(conn: Connection, item: Item) -> Member | None:
    """The member who has a task: who claimed it, else whom it is before."""
    everybody = members.every(conn)
    email = bearer(item, everybody, asked.of(conn, item.ref))
    return next((member for member in everybody if member.email == email), None) if item.state in OPEN else None


def choose(conn: Connection, desk: Desk, item: Item, now: datetime) -> tuple[Place, ...]:
    """To whom a task goes next; () where nobody else is left."""
    place = duty.choose(of(item), ledger(conn, desk, now), asked.of(conn, item.ref))
    return (place,) if place else ()


def hearing(conn: Connection, desk: Desk, item: Item, now: datetime) -> Hearing:
    """Who hears at the reminder that a task has just had: whoever has it, or the next; in the end the operator, too."""
    places = choose(conn, desk, item, now) if duty.moves_on(item.reminded) else ()
    has = bearer(item, members.every(conn), asked.of(conn, item.ref))
    heard = tuple(place.member for place in places) or tuple(filter(None, (has,)))
    return Hearing(heard, fallback=item.reminded % LAST == 0 or not heard, places=places)


def any_open(conn: Connection) -> bool:
    """Whether anything is to be done, or is with one member."""
    return bool(items.of_kind(conn, TASK, OPEN) or items.waiting(conn, {CLAIMED}, with_text=False))


def claimed_by(conn: Connection, member: Member) -> list[Item]:
    """What a member has claimed, with texts."""
    found = items.waiting(conn, {CLAIMED})
    rows, everybody = asked.of_many(conn, [item.ref for item in found]), [member]
    tasks = [item for item in found if is_task(item) and bearer(item, everybody, rows[item.ref]) == member.email]
    return tasks + [item for item in found if (has := claimer(conn, item)) and has.email == member.email]


def claimer(conn: Connection, item: Item) -> Member | None:
    """The member who has claimed what is before all others, too; None where nobody has, or it is a task."""
    if item.state != CLAIMED or is_task(item):
        return None
    line = next((line for line in reversed(journal.of(conn, item.ref)) if line.event == E.CLAIM), None)
    return member_of(conn, line.actor) if line else None


def member_of(conn: Connection, actor: Actor) -> Member | None:
    """The member whose word it was."""
    return next((each for each in members.every(conn) if actor.bears({*each.addresses, each.email})), None)


def left_behind(conn: Connection) -> list[Item]:
    """What is claimed by somebody who is not here any more, or away."""
    others = [item for item in items.waiting(conn, {CLAIMED}, with_text=False) if not is_task(item)]
    gone = [item for item in others if (has := claimer(conn, item)) is None or not has.votes]
    return [*_tasks_left_behind(conn), *gone]


def _tasks_left_behind(conn: Connection) -> list[Item]:
    found = items.of_kind(conn, TASK, {CLAIMED})
    everybody, rows = (members.every(conn), asked.of_many(conn, [item.ref for item in found])) if found else ([], {})
    return [item for item in found if not bearer(item, everybody, rows[item.ref])]


# It moves on


def went_from(conn: Connection, item: Item) -> tuple[Member, str] | None:
    """The member who had a task last, and why not any more: a slug; None: nobody had it yet."""
    everybody, rows = members.every(conn), asked.of(conn, item.ref)
    last = duty.last_of(rows)
    had = next((member for member in everybody if last and member.email == last.member), None)
    if last is None or had is None:
        return None
    if last.declined:
        return had, "declined"
    return had, "away" if had.state == "away" else "silent" if bearer(item, everybody, rows) else "left"


def tell_moved(turn: Turn, item: Item, now: Iterable[str], had: tuple[Member, str], reason: str) -> None:
    """Whoever has the task now reads from whom it came, and why; who had it, with whom it is."""
    before, why = had
    why = reason if reason in {OVERDUE, CLAIM} else why
    names = {member.email: member.name or member.email for member in members.every(turn.conn)}
    for email in now:
        if why != CLAIM:
            said = say("notice/task-came", ref=item.ref, title=item.title, who=names[before.email], end=why)
            turn.let_know(email, said)
        if why in {"silent", OVERDUE, CLAIM} and before.email != email:
            said = say("notice/task-went", ref=item.ref, title=item.title, who=names[email], end=why)
            turn.let_know(before.email, said)


# What everybody carries


@dataclass(frozen=True, slots=True)
class _Lately:
    """Tasks that are open, or came within the span that counts."""

    found: Sequence[Item]
    rows: Mapping[str, Sequence[Asked]]  # by reference
    done_by: Mapping[str, Actor]

    def carried(self, email: str) -> int:
        """How many of them a member did, has, or had until the time was over."""
        return sum(self._carries(item, email) for item in self.found)

    def _carries(self, item: Item, email: str) -> bool:
        rows, by = self.rows[item.ref], self.done_by.get(item.ref)
        if by is not None and by.bears({canonical(email)}):
            return True
        mine = next((each for each in rows if each.member == email and not each.declined), None)
        passed_by = mine is not None and any(each.turn > mine.turn for each in rows)
        return mine is not None and (item.state in OPEN or passed_by)

    def served(self, email: str, before: datetime) -> datetime:
        """When one last came to a member, or to somebody in their place."""
        rows = (each for some in self.rows.values() for each in some if email in {each.member, each.in_place_of})
        return max((each.at for each in rows if each.at < before), default=LONG_AGO)


def ledger(conn: Connection, desk: Desk, now: datetime) -> Ledger:
    """What is known of everybody's share, for a task that is to be given to somebody now."""
    everybody, zone = members.every(conn), desk.config.desk.timezone
    week = duty.week_of(now, zone)
    lately, gone, begin = _lately(conn, now), _away(conn, now), duty.begins(week, zone)
    carried = {
        member.email: Carried(
            tasks=lately.carried(member.email),
            days=duty.days_here(member.since, gone[member.email], now),
            served=lately.served(member.email, begin),
        )
        for member in everybody
    }
    return Ledger(tuple(everybody), carried, week)


def _lately(conn: Connection, now: datetime) -> _Lately:
    found = items.of_kind(conn, TASK, OPEN, now - duty.SPAN)
    refs = [item.ref for item in found]
    lines = journal.of_many(conn, refs)
    done = {item.ref: line.actor for item in found if (line := done_line(item, lines[item.ref]))}
    return _Lately(found, asked.of_many(conn, refs), done)


def done_line(item: Item, lines: Sequence[JournalLine]) -> JournalLine | None:
    """The line that says who did a task, where it is done."""
    return next((line for line in reversed(lines) if line.event == E.DONE), None) if item.state not in OPEN else None


def _away(conn: Connection, now: datetime) -> dict[str, list[tuple[datetime, datetime]]]:
    """From when to when each member was away, by registered addr-spec; who still is, until now."""
    since: dict[str, datetime] = {}
    gone: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for line in journal.of_members(conn, {E.AWAY, *life_ends()}):
        email = line.ref.partition(":")[2]
        if line.event == E.AWAY:
            since.setdefault(email, line.at)
        elif email in since:
            gone[email].append((since.pop(email), line.at))
    for email, begin in since.items():
        gone[email].append((begin, now))
    return gone


def life_ends() -> frozenset[str]:
    """The events by which somebody's being away ends."""
    return frozenset(event for (state, event), after in life.MEMBER.items() if state == "away" and after != ("away",))


# What is to be done on a file


def matter(section: str, group: str, title: str) -> str:
    """What a task is about: two on one matter are one. A file is put up once, and may have many wishes."""
    return group.casefold() if section in ON_FILES else f"{group} {title}".casefold()


def open_on(conn: Connection, section: str, group: str, title: str) -> Item | None:
    """The task on this matter that nobody has done yet."""
    wanted = matter(section, group, title)
    return next((i for i in on_section(conn, section) if matter(section, i.group or "", i.title) == wanted), None)


def on_section(conn: Connection, section: str) -> list[Item]:
    """The tasks of this sort that nobody has done yet, the oldest first."""
    return [item for item in items.of_kind(conn, TASK, OPEN) if item.section == section]


def on_file(conn: Connection, group: str) -> list[Item]:
    """The tasks on a file that nobody has done yet, the oldest first."""
    return [item for item in items.of_kind(conn, TASK, OPEN) if (item.group or "").casefold() == group.casefold()]


def close(turn: Turn, actor: Actor, group: str, words: str = "", sections: Iterable[str] = ON_FILES) -> list[Item]:
    """Somebody did what was to be done on a file, and not by way of its task: that is done, too."""
    found = [item for item in on_file(turn.conn, group) if (item.section or PAGE) in sections]
    events = (Event(item.ref, E.DONE, actor, words) for item in found)
    return [after for event in events if (after := turn.happen(event))]
