"""Members whose letters come back: first one letter to find out, then, if that comes back as well, no more for a while.

A bounce counts by the rules of `undelivered`; a forged one cannot count, and never does one alone do anything
(catalogue S22). A member who is suspended for this stays a member: a mail of theirs, proven, ends it, and so does
the operator. Looked at once an hour at most; the operator and the other members hear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailproc import times
from mailproc.desk.ground.receive import receive_own
from mailproc.desk.ground.timepiece import source_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.hear import leaving
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.message.model import Address
from mailproc.phrase import say
from mailproc.review.member import Member
from mailproc.store.database import reading
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.people import members
from mailproc.workflow.actor import CLOCK, DESK
from mailproc.workflow.event import Event
from mailproc.workflow.event import member as member_ref
from mailproc.workflow.outgoing import Outgoing

DEED = "probe"  # of the clock
PROBE = "member/probe"
BOUNCES = "bounces"  # why the desk suspends
SCORE = 3  # letters that came back
ASKABLE = frozenset({"active", "away"})  # of whom something is asked
WITHIN, OVER = timedelta(days=14), timedelta(days=3)  # made in that time, and not all at once


@dataclass(frozen=True, slots=True)
class Found:
    """What letters that came back ask for."""

    probe: tuple[Member, ...]
    suspend: tuple[Member, ...]

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.probe or self.suspend)


def look(desk: Desk, process: Callable[[int], object]) -> None:
    """Do what letters that came back ask for: once an hour at most."""
    now = desk.now()
    with reading(desk.engine) as conn:
        source = source_of(conn, times.hour_stamp(now), DEED)
        if rows.by_source(conn, source) is not None or not _found(conn, now):
            return
    process(receive_own(desk, source, DEED, now))


def probe_members(turn: Turn, _: str) -> None:
    """The turn of that message."""
    found = _found(turn.conn, turn.time)
    for member in found.probe:
        turn.write(PROBE, Address(member.name, member.email), {})
    for member in found.suspend:
        turn.record(Event(member_ref(member.email), EventName.SUSPEND, CLOCK, reason=BOUNCES))
    if found.suspend:
        lines = tuple(say("notice/unreachable", who=member.called) for member in found.suspend)
        cure = "When they can be reached again: mailproc members resume EMAIL"
        leaving.tell_others(turn, lines, about="letters to a member come back", cure=cure)


def _found(conn: Connection, now: datetime) -> Found:
    since = now - WITHIN
    back: dict[str, list[Outgoing]] = {}
    for letter in outgoing.came_back(conn, "member", since):
        back.setdefault(letter.to.lower(), []).append(letter)
    known = [(member, letters) for email, letters in back.items() if (member := members.get(conn, email))]
    asked = [(member, _ask(conn, member, letters, since)) for member, letters in known if member.state in ASKABLE]
    return Found(
        tuple(member for member, deed in asked if deed == DEED),
        tuple(member for member, deed in asked if deed == BOUNCES),
    )


def _ask(conn: Connection, member: Member, back: Sequence[Outgoing], since: datetime) -> str:
    """DEED, BOUNCES or "" for nothing; a proven mail of theirs or another address begins the count anew."""
    heard = max(filter(None, (rows.last_proven(conn, email) for email in member.addresses)), default=since)
    probes = [each for each in outgoing.letters_to(conn, member.email, PROBE, since) if each.created_at > heard]
    if any(each.id == probe.id for each in back for probe in probes):
        return BOUNCES
    begin = max((heard, *(probe.created_at for probe in probes)))
    counted = [each.created_at for each in back if each.created_at > begin and each.created_at >= member.since]
    return DEED if len(counted) >= SCORE and max(counted) - min(counted) >= OVER else ""


def heard(turn: Turn, seen: Examined) -> None:
    """A proven mail of a member who was suspended because letters came back: they can be reached again."""
    if not seen.authenticated or seen.message.author is None or seen.nature.automatic:
        return
    member = members.get(turn.conn, seen.message.author.email)
    if member is not None and (member.state, member.why) == ("suspended", BOUNCES):
        turn.record(Event(member_ref(member.email), EventName.RESUME, DESK))
