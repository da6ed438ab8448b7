"""Approval by silence: an item that members have seen, and of which they were warned, is approved if nobody objects.

Off unless [review.KIND] names a `silence`, say "5d". It is the only thing that decides without a person, so
everything here leans towards not deciding: whatever is doubtful, late or not known, the item waits for people. One
item's days, with silence = "5d" and digests at 08:00:

    Mon 10:00   A-12 comes in, from a sender who was proven. It waits.
    Tue 08:00   The digests of a first day put it before Ana and Ben, who may both vote.
    Wed 08:00   Those of a second day. Now it was seen twice: days count, not letters.
    Thu 22:00   36 hours before the window ends the announcement is due: "A-12 is approved by itself on Sunday …". It
                goes to everybody who may vote. Half a day to leave, even through quiet hours, and a whole day to be
                read.
    Sun 08:00   The window (Mon 10:00 and five days) ended on Saturday at 10:00. The first digest hour behind it is
                Sunday's, so it happens then: `consent` asks once more what stands against it, and if nothing does the
                item is approved. That settles after `undo` like any decision, and any member can take it back.

Three functions, in the order of these days: `due` (what must be announced, asked by the clock), `announce` (the
event, and the letters), `consent` (at the time that was announced). `doubt` is called when a reply was not
understood.

What never begins, for it is not fit: mail that was not authenticated; an item with a part that was refused or that
nobody has looked into; material without a group file; an item with a standing vote; one that was approved by silence
before and taken back, or that came down again; one on which a member has said something that nobody understood; one
without a word, a document or a picture; any item while nobody may vote.

What stops one that was announced, at once: a vote, a note, a question, a hold, a new kind, an addition or new text of
its author's, an unclear word in a reply to a letter that lists it.

What stops it at the last moment, when `consent` asks: the option was turned off; the desk slept and it is more than
an hour late, for nobody could object meanwhile; a mail has come that nobody has read, or a mailbox could not be
polled since the announcement; a member's objection waits for a step-up; somebody who may vote was not told a whole
day before, because the letter did not leave or because they joined later.

What `consent` and `doubt` stop is written as `unannounce` with its reason, a slug. The item may be announced anew, 36
hours ahead again, as soon as nothing speaks against it. At most three items are approved in this way on one day; the
next ones get the next day that has room. Hours are the wall's: what was announced for 08:00 happens at 08:00, and
where the clocks are changed, never earlier than was said. Times of letters are those at which they left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.desk.tell import telling
from mailproc.desk.tell.known import SILENCE
from mailproc.desk.turn.said import says_nothing
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh import counting
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS
from mailproc.message.field.address import canonical
from mailproc.message.model import DIFFERS, Address
from mailproc.phrase import say
from mailproc.review import ballot, rota
from mailproc.review.member import Member
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.people import confirmations, members
from mailproc.store.service import pulses
from mailproc.store.work import attachments, items, journal, votes
from mailproc.workflow import machine
from mailproc.workflow.actor import CLOCK, DESK
from mailproc.workflow.event import Event
from mailproc.workflow.item import Item, JournalLine
from mailproc.workflow.outgoing import Outgoing

E = EventName
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LEAD = timedelta(hours=36)  # from the announcement on: half a day to leave, a day to be read
PER_DAY = 3
ANNOUNCEMENT = "member/announcement"
UNSEEN = {"refused", "infected", "unscanned", "encrypted"}  # what nobody has looked into
UNCLEAR = "unclear-words"  # of a member, that may have been an objection
ANEW = frozenset({E.VERSION, E.CONFIRM, E.ADDITION, E.SORT, E.RESTART})  # what is asked is not what it was


def due(conn: Connection, desk: Desk, until: datetime) -> list[tuple[datetime, str, int | None]]:
    """The announcements that are due by then: time, body of the clock's message, and what it comes of."""
    kinds = {kind for kind, policy in desk.config.review.kinds.items() if policy.silence is not None}
    found = []
    for item in items.waiting(conn, {"pending"}, with_text=False) if kinds else ():
        at = _announced_at(conn, desk, item) if item.kind in kinds else None
        if at is not None and at <= until:
            found.append((at, f"announce {item.ref}", journal.of(conn, item.ref)[-1].number))
    return sorted(found)


def announce(turn: Turn, ref: str) -> None:
    """Everybody who may decide reads what is going to happen, and when."""
    item = turn.item(ref)
    at = _announced_at(turn.conn, turn.desk, item) if item is not None else None
    if item is None or at is None or at > turn.time:
        turn.note(reason="no-longer-due")
        return
    consent_at = _hour(turn.conn, turn.desk, item, turn.time)
    turn.happen(Event(item.ref, E.ANNOUNCE, CLOCK, due=consent_at, reason=SILENCE))
    for member in _voters(turn.conn, item):
        context = {"item": item, "at": say("words/moment", at=consent_at)}
        to = Address(member.name, member.email)
        wakes = rota.not_before(turn.desk.hours(member), turn.time)
        turn.write(ANNOUNCEMENT, to, context, ref=item.ref, listed=(item.ref,), not_before=wakes)


def consent(turn: Turn, item: Item) -> None:
    """Nobody objected: it is approved, and settles as usual. What stands against that is in the journal."""
    why = _against(turn, item)
    if why:
        turn.happen(Event(item.ref, E.UNANNOUNCE, CLOCK, reason=why))
        return
    turn.happen(Event(item.ref, E.APPROVE, CLOCK, due=counting.due_of(turn, item, E.APPROVE), reason=SILENCE))


def doubt(turn: Turn, refs: Sequence[str]) -> None:
    """An answer to a letter on these items held words that are not clear: what was announced of them is not done."""
    for ref in refs:
        item = turn.item(ref)
        if item is not None and item.consent_at is not None:
            turn.happen(Event(item.ref, E.UNANNOUNCE, DESK, reason=UNCLEAR))


# When


def _announced_at(conn: Connection, desk: Desk, item: Item) -> datetime | None:
    """When its announcement became due; None if it is not to be decided by silence, or not yet known."""
    wait = desk.config.review.kinds[item.kind].silence
    if wait is None or item.consent_at is not None or _unfit(conn, item):
        return None
    lines = journal.of(conn, item.ref)
    since = _since(item, lines)
    seen = _seen_twice(conn, desk, item, since)
    return None if seen is None else max(seen, since + wait - LEAD, lines[-1].at)


def _since(item: Item, lines: Sequence[JournalLine]) -> datetime:
    """Since when it has waited as it is."""
    return max([item.waiting_since, *(line.at for line in lines if line.event in ANEW)])


def _seen_twice(conn: Connection, desk: Desk, item: Item, since: datetime) -> datetime | None:
    """When the letters of a second day had left that put it before somebody who may decide."""
    first: dict[date, datetime] = {}
    for letter in _sent(conn, item, telling.PUTTING, since):
        if letter.sent_at is not None and any(canonical(letter.to) in m.addresses for m in _voters(conn, item)):
            day = letter.created_at.astimezone(desk.config.desk.timezone).date()
            first[day] = min(first.get(day, letter.sent_at), letter.sent_at)
    return sorted(first.values())[1] if len(first) > 1 else None


def _hour(conn: Connection, desk: Desk, item: Item, now: datetime) -> datetime:
    """The first digest hour after the whole window on a day that has room."""
    wait = desk.config.review.kinds[item.kind].silence or DAY
    earliest = max(now + LEAD, _since(item, journal.of(conn, item.ref)) + wait)
    zone = desk.config.desk.timezone
    taken = [each.consent_at.astimezone(zone).date() for each in items.announced(conn) if each.consent_at]
    first = earliest.astimezone(zone).date()
    days = (first + timedelta(days=n) for n in range(len(taken) + 2))
    free = (_moment(desk, day) for day in days if taken.count(day) < PER_DAY)
    return next(moment for moment in free if moment >= earliest)


def _moment(desk: Desk, day: date) -> datetime:
    """The digest hour of that day, UTC: the later one where the clocks repeat it, the next where they skip it."""
    hour, zone = desk.config.review.digest, desk.config.desk.timezone
    both = (datetime.combine(day, hour.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    return max(both)


# What stands against it


def _unfit(conn: Connection, item: Item) -> str:
    """Why it is not to be decided by silence, a slug."""
    if not item.authenticated:
        return "not-authenticated"
    if any(each.state in UNSEEN or each.reason == DIFFERS for each in attachments.of_item(conn, item)):
        return "parts-unseen"
    if lacking := _lacks(conn, item):
        return lacking
    if any(not vote.undone for vote in votes.of(conn, item.ref)):
        return "votes"
    lines = journal.of(conn, item.ref)
    if any((line.reason == SILENCE and line.event == E.APPROVE) or line.before in machine.UP for line in lines):
        return "taken-back"
    return _doubted(conn, item) or ("" if _voters(conn, item) else "nobody-entitled")


def _lacks(conn: Connection, item: Item) -> str:
    """What it would need before anybody could decide on it, a slug."""
    if KINDS[item.kind].grouped and item.group is None:
        return "no-group"
    whole = items.get(conn, item.ref)  # with its text
    return "no-words" if whole is not None and says_nothing(conn, whole) else ""


def _doubted(conn: Connection, item: Item) -> str:
    """A member said something of what was announced that nobody understood: it waits for people."""
    lines = journal.of(conn, item.ref)
    since = _since(item, lines)
    return UNCLEAR if any(line.reason == UNCLEAR and line.at >= since for line in lines) else ""


def _against(turn: Turn, item: Item) -> str:
    """Why what was announced does not happen, a slug; "" where it does."""
    at = item.consent_at or turn.time
    lines = journal.of(turn.conn, item.ref)
    announced = max((line.at for line in lines if line.event == E.ANNOUNCE), default=at)
    if turn.desk.config.review.kinds[item.kind].silence is None:
        return "off"
    if turn.desk.now() - at > HOUR:
        return "too-late"  # nobody could object while the desk slept
    if _unheard(turn, announced):
        return "mail-waits"
    if confirmations.open_on(turn.conn, item.refs, turn.time):
        return "unproven-words"
    return _unfit(turn.conn, item) or _untold(turn.conn, item, announced, at - DAY)


def _unheard(turn: Turn, since: datetime) -> bool:
    """A mail may have come, or may not have been able to come, that nobody has read."""
    names = [f"poll {account.name}" for account in turn.desk.config.imap]
    polls = [pulses.get(turn.conn, name) for name in names]
    silent = any(poll.trouble or (poll.well_at is not None and poll.well_at < since) for poll in polls)
    return silent or rows.unread(turn.conn, since)


def _untold(conn: Connection, item: Item, announced: datetime, before: datetime) -> str:
    """Somebody who may decide was not told a whole day before."""
    letters = _sent(conn, item, (ANNOUNCEMENT,), announced)
    told = {canonical(each.to) for each in letters if each.sent_at is not None and each.sent_at <= before}
    return "" if all(set(member.addresses) & told for member in _voters(conn, item)) else "not-told"


def _voters(conn: Connection, item: Item) -> tuple[Member, ...]:
    gone = ballot.barred(votes.of(conn, item.ref))
    able = ballot.entitled(members.every(conn), item.authors, item.group)
    return tuple(member for member in able if not gone & {member.email, *member.addresses})


def _sent(conn: Connection, item: Item, templates: Sequence[str], since: datetime) -> Iterator[Outgoing]:
    """Letters that listed the item and have left, of those made since then."""
    for letter in outgoing.left(conn, templates, since):
        if set(letter.listed) & set(item.refs):
            yield letter
