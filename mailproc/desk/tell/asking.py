"""Whom an item is put before: reckoned from rows, done by the clock, told where nobody is left to ask.

What is missing is looked up after every run of the queue, so nothing has to be remembered when an item begins to
wait, a member goes away or says "not me". Who it shall be is `review.rota`'s; the choice stands in an event. An item
that nobody may decide on goes to the operator at once, and a wait that ends by itself ends with a word to everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from mailproc import times
from mailproc.desk.ground.receive import receive_own
from mailproc.desk.ground.wire import Desk
from mailproc.desk.tell import duties
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.phrase import say
from mailproc.review import ballot, rota
from mailproc.review.member import Member
from mailproc.review.rota import Asked, Hearing, Matter, Place
from mailproc.review.topics import words_in
from mailproc.store.database import reading
from mailproc.store.mail import outgoing, received
from mailproc.store.people import asked, members
from mailproc.store.work import items, journal
from mailproc.workflow import machine
from mailproc.workflow.actor import CLOCK
from mailproc.workflow.event import Event
from mailproc.workflow.facts import PutBefore
from mailproc.workflow.item import Item, JournalLine

HERE = frozenset({"active", "away"})  # states of members who would decide, were they not away
WENT = frozenset(
    {EventName.AWAY, EventName.SUSPEND, EventName.REMOVE, EventName.LEAVE, EventName.NOT_FOR}
)  # events after which a member is not asked any more, or not about something
NOTICE = "operator/notice"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
NOTHING: tuple[Place, ...] = ()


def matter(desk: Desk, item: Item, everybody: Sequence[Member] = ()) -> Matter:
    """What `rota` has to know of an item; its words where somebody of those named has topics to look for."""
    first = 0 if item.motion else desk.config.review.ask  # a motion is before everybody
    topical = first and any(member.topics for member in everybody)
    words = words_in((item.kind, item.section, item.group, item.title, item.text)) if topical else frozenset()
    return Matter(item.author.email, desk.config.review.kinds[item.kind].approvals, first, item.group, words)


def before(conn: Connection, desk: Desk, item: Item) -> frozenset[str]:
    """The registered addresses of those an item is put before now."""
    return befores(conn, desk, [item])[item.ref]


def befores(conn: Connection, desk: Desk, waiting: Sequence[Item]) -> dict[str, frozenset[str]]:
    """The same of many items, by reference, in two queries."""
    everybody, rows = members.every(conn), asked.of_many(conn, [item.ref for item in waiting])
    return {item.ref: _before(desk, item, everybody, rows[item.ref]) for item in waiting}


def _before(desk: Desk, item: Item, everybody: Sequence[Member], rows: Sequence[Asked]) -> frozenset[str]:
    """A task is before one member, anything else before those who were asked, or before all."""
    if duties.is_task(item):
        return frozenset(filter(None, (duties.bearer(item, everybody, rows),)))
    return frozenset(rota.before(matter(desk, item), everybody, rows))


def next_of(conn: Connection, desk: Desk, item: Item, now: datetime) -> tuple[Place, ...]:
    """The members whom an item lacks now; of a task the one to whom it goes next, where nobody has it."""
    everybody, so_far = members.every(conn), asked.of(conn, item.ref)
    if duties.is_task(item):
        return NOTHING if _before(desk, item, everybody, so_far) else duties.choose(conn, desk, item, now)
    return rota.choose(matter(desk, item, everybody), everybody, asked.load(conn, machine.FOR_MEMBERS), so_far)


def fallback(conn: Connection, desk: Desk, item: Item) -> Member | None:
    """The member who hears of an item when nobody else answers; None: the operator."""
    named = members.get(conn, desk.config.review.fallback) if desk.config.review.fallback else None
    if named is None or not named.votes or ballot.concerned(named, item.authors, item.group):
        return None
    declined = any(each.declined and each.member == named.email for each in asked.of(conn, item.ref))
    return None if declined else named


def hearing(conn: Connection, desk: Desk, item: Item, now: datetime) -> Hearing:
    """Who hears at the reminder that an item has just had."""
    if duties.is_task(item):
        return duties.hearing(conn, desk, item, now)
    limits, rows = desk.limits(item.kind), asked.of(conn, item.ref)
    last = limits.remind * (item.reminded + 1) >= limits.lapse
    load = asked.load(conn, machine.FOR_MEMBERS)
    everybody = members.every(conn)
    return rota.rise(matter(desk, item, everybody), everybody, load, rows, item.reminded, last=last)


def put(turn: Turn, item: Item, places: Iterable[Place], reason: str) -> tuple[str, ...]:
    """The item is before these members from now on; those before whom it was not."""
    had = duties.went_from(turn.conn, item) if duties.is_task(item) else None
    fresh = tuple(place.member for place in places if turn.happen(_put_before(item, place, reason)))
    if had is not None:
        duties.tell_moved(turn, item, fresh, had, reason)
    return fresh


def _put_before(item: Item, place: Place, reason: str) -> Event:
    facts = PutBefore(member=place.member, in_place_of=place.in_place_of or None)
    return Event(item.ref, EventName.PUT_BEFORE, CLOCK, place.member, reason=reason, facts=facts)


# By the clock


def ask(desk: Desk, process: Callable[[int], bool]) -> bool:
    """Put items before whom they lack, and tell the operator of those that nobody can be asked about."""
    now = desk.now()
    with reading(desk.engine) as conn:
        due = [each for each in _lacking(conn, desk, now) if received.by_source(conn, each[1]) is None]
    happened = [process(receive_own(desk, source, body, at)) for at, source, body in due]
    return any(happened)


def _lacking(conn: Connection, desk: Desk, now: datetime) -> list[tuple[datetime, str, str]]:
    """The due time, source key and body of each message that is missing."""
    everybody = members.every(conn)
    if not any(member.state in HERE for member in everybody):
        return []  # nobody has joined yet; reminders tell the operator
    all_are_asked = _all_are_asked(everybody) and not desk.config.review.ask
    if all_are_asked and not asked.any_declined(conn, machine.FOR_MEMBERS) and not duties.any_open(conn):
        return []
    topical = desk.config.review.ask and any(member.topics for member in everybody)
    waiting = items.for_members(conn, with_text=bool(topical))  # topics look for their words in it
    rows, load = asked.of_many(conn, [item.ref for item in waiting]), asked.load(conn, machine.FOR_MEMBERS)
    tasks = [item for item in waiting if duties.is_task(item)]
    others = [item for item in waiting if not duties.is_task(item)]
    lacking = [item for item in others if rota.choose(matter(desk, item, everybody), everybody, load, rows[item.ref])]
    lacking += [item for item in tasks if next_of(conn, desk, item, now)]
    lacking += duties.left_behind(conn)
    keys = {item.ref: f"clock:{times.stamp(now)}/put/{item.ref}/{len(rows.get(item.ref, ()))}" for item in lacking}
    due = [(now, keys[item.ref], f"put {item.ref}") for item in lacking]
    left = [item for item in waiting if item not in lacking]
    return due + _left_alone(conn, desk, [i for i in left if not _before(desk, i, everybody, rows[i.ref])])


def _left_alone(conn: Connection, desk: Desk, alone: Sequence[Item]) -> list[tuple[datetime, str, str]]:
    """One message for all items that wait for nobody, and of which the operator has not heard since that is so."""
    since = _alone_since(conn, alone) if alone else {}
    first = min(since.values(), default=None)
    told = outgoing.listed_to(conn, desk.operator.email, [NOTICE], first) if first else {}
    fresh = [
        item for item in alone if max((told[ref] for ref in item.refs if ref in told), default=NEVER) < since[item.ref]
    ]
    if not fresh:
        return []
    at = max(since[item.ref] for item in fresh)
    refs = [item.ref for item in fresh]
    return [(at, f"clock:{times.stamp(at)}/nobody/{refs[0]}/{len(refs)}", f"nobody {' '.join(refs)}")]


def _alone_since(conn: Connection, alone: Sequence[Item]) -> dict[str, datetime]:
    """When each of these items came to wait for nobody: it came then, somebody said "not me", or the last one went."""
    lines = journal.of_many(conn, [item.ref for item in alone])
    went = journal.last_of_members(conn, WENT) or NEVER
    return {
        item.ref: max(
            waits_since(item, lines[item.ref])[0],
            went,
            *(line.at for line in lines[item.ref] if line.event == EventName.DECLINE),
        )
        for item in alone
    }


def _all_are_asked(everybody: Iterable[Member]) -> bool:
    """Nobody is away or has a part in a group, and no item can be everybody's own."""
    here = [member for member in everybody if member.state in HERE]
    return len(here) > 1 and all(member.votes and not member.not_for for member in here)


def waits_since(item: Item, lines: Sequence[JournalLine]) -> tuple[datetime, int]:
    """Since when an item waits as it is, and the message that brought it there: a state, a kind, or another text."""
    anew = [line for line in lines if line.before != line.after or line.event in {EventName.SORT, EventName.VERSION}]
    versions = [line.at for line in anew if line.event == EventName.VERSION]
    return max([machine.asked_since(item), *versions]), anew[-1].number if anew else item.number


def _put(turn: Turn, ref: str) -> None:
    """The item is put before whom it lacks."""
    item = turn.item(ref)
    if item is not None and any(each.ref == item.ref for each in duties.left_behind(turn.conn)):
        item = turn.happen(Event(item.ref, EventName.UNCLAIM, CLOCK, reason="not-here"))
    if item is None or not give(turn, item, "in-turn"):
        turn.note(reason="no-longer-due")


def give(turn: Turn, item: Item, reason: str) -> tuple[str, ...]:
    """The item is put before whom it lacks; those before whom it was not."""
    waits = machine.waits_for_members(item)
    return put(turn, item, next_of(turn.conn, turn.desk, item, turn.time), reason) if waits else ()


def _nobody(turn: Turn, refs: str) -> None:
    """The operator hears of items that wait for nobody."""
    found = [item for ref in refs.split() if (item := turn.item(ref)) and machine.waits_for_members(item)]
    alone = [item for item in found if not before(turn.conn, turn.desk, item)]
    if not alone:
        turn.note(reason="no-longer-due")
        return
    about = f"nobody can decide on {alone[0].ref if len(alone) == 1 else f'{len(alone)} items'}"
    lines = (
        *(f"{item.ref} {item.title}" for item in alone),
        "Every member is away, wrote it, has a part in it, or said that it is not for them.",
        "`mailproc members list` shows who is away; `mailproc members add` invites somebody.",
    )
    context, refs_of = {"about": about, "lines": lines}, [item.ref for item in alone]
    turn.write(NOTICE, turn.desk.operator, context, listed=refs_of)


def ended(turn: Turn, item: Item) -> None:
    """An item that waited for members' word has ended without one: they and the operator hear so."""
    lapse = turn.desk.limits(item.kind).lapse
    days, hours = (lapse.days, "") if lapse.days > 1 else ("", int(lapse.total_seconds() // 3600))
    words = say("notice/undecided", ref=item.ref, title=item.title, motion=item.motion, days=days, hours=hours)
    for member in members.every(turn.conn):
        if member.state in HERE and not ballot.has_part(member, item.group):
            turn.let_know(member.email, words)
    about = f"{item.ref} ended without a decision"
    again = () if item.motion else (f"Any member can open it again; they write: undo {item.ref}",)
    lines = (words, *again)
    turn.write(NOTICE, turn.desk.operator, {"about": about, "lines": lines}, listed=[item.ref])


DEEDS: dict[str, Callable[[Turn, str], None]] = {"put": _put, "nobody": _nobody}


# Who is meant


def who_is(everybody: Iterable[Member], said: str) -> Member | None:
    """The one member who bears this address, name or first name, in any case."""
    wanted = said.casefold().strip()
    present = [member for member in everybody if member.state in HERE]
    for bears in (_address, _name, _first_name):
        found = [member for member in present if wanted in bears(member)]
        if len(found) == 1:
            return found[0]
    return None


def _address(member: Member) -> set[str]:
    return {email.casefold() for email in (member.email, *member.addresses)}


def _name(member: Member) -> set[str]:
    return {member.name.casefold()} - {""}


def _first_name(member: Member) -> set[str]:
    return {member.name.casefold().partition(" ")[0]} - {""}
