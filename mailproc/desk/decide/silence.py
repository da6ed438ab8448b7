"""The objection window: what was put before members twice, and announced, is approved by itself if nobody objects.

Off unless [review.KIND] names a `silence`. Everything here leans towards not deciding: mail that was not authenticated,
a part refused or not looked at, one vote, one note, a letter that did not leave, a mail that nobody has read yet, a
desk that slept, and nothing happens by itself; an item once approved in this way and taken back waits for people.
What was announced for an hour of the clock happens at that hour, and never sooner than was said, over a change of the
clocks too. Times of letters are those at which they left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.desk.tell import telling
from mailproc.desk.tell.known import SILENCE, local
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS
from mailproc.message.field.address import canonical
from mailproc.message.model import Address
from mailproc.review import ballot, rota
from mailproc.review.member import Member
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.people import confirmations, members
from mailproc.store.service import pulses
from mailproc.store.work import attachments, items, journal, votes
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
        context = {"item": item, "at": local(turn.desk, consent_at)}
        to = Address(member.name, member.email)
        wakes = rota.not_before(turn.desk.hours(member), turn.time)
        turn.write(ANNOUNCEMENT, to, context, ref=item.ref, listed=(item.ref,), not_before=wakes)


def consent(turn: Turn, item: Item) -> None:
    """Nobody objected: it is approved, and settles as usual. What stands against that is in the journal."""
    why = _against(turn, item)
    if why:
        turn.happen(Event(item.ref, E.UNANNOUNCE, CLOCK, reason=why))
        return
    undo = turn.after(turn.desk.config.review.undo)
    turn.happen(Event(item.ref, E.APPROVE, CLOCK, due=undo, reason=SILENCE))


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
    if any(each.state in UNSEEN for each in attachments.of_item(conn, item)):
        return "parts-unseen"
    if KINDS[item.kind].grouped and item.group is None:
        return "no-group"
    if any(not vote.undone for vote in votes.of(conn, item.ref)):
        return "votes"
    if any(line.reason == SILENCE and line.event == E.APPROVE for line in journal.of(conn, item.ref)):
        return "taken-back"
    return _doubted(conn, item) or ("" if _voters(conn, item) else "nobody-entitled")


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
    return ballot.entitled(members.every(conn), item.author.email)


def _sent(conn: Connection, item: Item, templates: Sequence[str], since: datetime) -> Iterator[Outgoing]:
    """Letters that listed the item and have left, of those made since then."""
    for letter in outgoing.left(conn, templates, since):
        if set(letter.listed) & set(item.refs):
            yield letter
