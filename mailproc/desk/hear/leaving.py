"""A member leaves: by their own word, and only when the time to take it back is over; or by the operator's.

A table from verb to function, as in `obey`, for verbs that are about no item; and what the clock does about people. A
member who has left has no power from that moment on: every secret of their letters is dead, and their standing votes
do not count when a ballot is counted next. Tasks and files that they had claimed are open again in the same turn. They
have a letter, the others a line. Writing from another address is `readdressing`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from mailproc.desk.hear import readdressing
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker, order
from mailproc.kinds.event import EventName
from mailproc.message.field.address import canonical
from mailproc.message.model import Address
from mailproc.phrase import Phrase, say
from mailproc.review.member import Member
from mailproc.store.people import members, readdressings
from mailproc.store.work import groups, items, journal
from mailproc.workflow import machine
from mailproc.workflow.actor import CLOCK, DESK
from mailproc.workflow.event import Event
from mailproc.workflow.event import group as group_ref
from mailproc.workflow.event import member as member_ref
from mailproc.workflow.item import Item

E = EventName
ENDS = frozenset({E.LEAVE, E.SUSPEND, E.REMOVE})  # events after which a member has no power
GONE = "member-gone"  # why what they had claimed is open again
ABOUT_TO_LEAVE = Outcome("", "", done=False, words=say("self/about-to-leave"))


def _resign(turn: Turn, speaker: Speaker) -> Outcome:
    """They leave when `review.undo` is over."""
    at = turn.after(turn.desk.config.review.undo)
    if not turn.record(Event(member_ref(speaker.member.email), EventName.RESIGN, speaker.actor, due=at)):
        return Outcome("", "", done=False, words=say("self/leaves-already"))
    return Outcome("", "", done=True, words=say("self/leaves", at=at), undo=order("back", "", ""))


def answered(turn: Turn, speaker: Speaker, verb: str) -> Outcome | None:
    """What a bare word says of a member's leave; None where they do not leave."""
    about_to = speaker.member.leaves_at is not None and verb not in {"undo", "back"}
    return ABOUT_TO_LEAVE if about_to else stay(turn, speaker)


def stay(turn: Turn, speaker: Speaker) -> Outcome | None:
    """What `back` or `undo` says to somebody who is about to leave; None for anybody else."""
    if not turn.record(Event(member_ref(speaker.member.email), EventName.STAY, speaker.actor)):
        return None
    return Outcome("", "", done=True, words=say("self/stays"))


BARE: dict[str, Callable[[Turn, Speaker], Outcome]] = {  # verbs that take no words
    "resign": _resign,
    "new address": readdressing.asked_by_member,
}


# The operator


def ended_by_operator(turn: Turn, member: Member, name: EventName, words: str) -> None:
    """A member is suspended, removed, or back: they read so, with the operator's words, and so do the others."""
    turn.write(TOLD[name], Address(member.name, member.email), {"words": words})
    said = OTHERS_READ.get(name)
    for each in members.every(turn.conn) if said else ():
        if said and each.votes and each.email != member.email:
            turn.let_know(each.email, said(member.called))


TOLD = {E.SUSPEND: "member/suspended", E.REMOVE: "member/removed", E.RESUME: "member/resumed"}
OTHERS_READ: dict[EventName, Callable[[str], Phrase]] = {
    E.SUSPEND: lambda who: say("notice/suspended", who=who),
    E.REMOVE: lambda who: say("notice/removed", who=who),
    E.RESUME: lambda who: say("notice/resumed", who=who),
}


# Whatever they had to see to


def after(turn: Turn) -> None:
    """What a member had claimed is open again, in the turn that ended their membership."""
    ended = [event for event in turn.events if event.name in ENDS and event.ref.startswith("member:")]
    gone = [member for event in ended if (member := members.get(turn.conn, event.ref.partition(":")[2]))]
    for member in gone:
        for name in _files_of(turn, member):
            turn.record(Event(group_ref(name), E.UNCLAIM, DESK, reason=GONE))
        for item in _tasks_of(turn, member):
            turn.happen(Event(item.ref, E.UNCLAIM, DESK, reason=GONE))


def _files_of(turn: Turn, member: Member) -> list[str]:
    known = groups.every(turn.conn)
    return [each.name for each in known if each.claimed_by and canonical(each.claimed_by) in member.addresses]


def _tasks_of(turn: Turn, member: Member) -> list[Item]:
    """What waits with somebody, whose claim was the last."""
    claimed = [item for item in items.every(turn.conn, state="claimed") if machine.row(item, E.UNCLAIM)]
    lines = journal.of_many(turn.conn, [item.ref for item in claimed])
    last = {ref: [line for line in some if line.event == E.CLAIM][-1:] for ref, some in lines.items()}
    return [item for item in claimed if any(line.actor.bears(member.addresses) for line in last[item.ref])]


# The clock


def due(conn: Connection, everybody: Iterable[Member], until: datetime) -> list[tuple[datetime, str, int | None]]:
    """What happens to people by then: due time, body of the clock's message, and what it comes of.

    No address stands in such a message: `forget` could not take it out of a source key.
    """
    leave = sorted({(at, "leave", None) for each in everybody if (at := each.leaves_at)})
    lapse = [(each.expires_at, f"readdress {each.cause}", None) for each in readdressings.due(conn, until)]
    return [each for each in (*leave, *lapse) if each[0] <= until]


def _leave(turn: Turn, _: str) -> None:
    """Whose time is over has left: they hear it, and so do the operator and everybody else."""
    gone = [each for each in members.every(turn.conn) if each.leaves_at and each.leaves_at <= turn.time]
    for member in gone:
        turn.record(Event(member_ref(member.email), EventName.LEAVE, CLOCK, due=member.leaves_at))
        turn.write("member/left", Address(member.name, member.email), {})
    if not gone:
        turn.note(reason="no-longer-due")
        return
    lines = tuple(say("notice/left", who=member.called) for member in gone)
    cure = "To ask somebody in their place: mailproc members add EMAIL"
    tell_others(turn, lines, about="a member has left", cure=cure)


def tell_others(turn: Turn, lines: Sequence[Phrase], *, about: str, cure: str) -> None:
    """Lines in the next digest of everybody who decides, and one letter to the operator."""
    voters = [each for each in members.every(turn.conn) if each.votes]
    for each in voters:
        for said in lines:
            turn.let_know(each.email, said)
    alone = () if voters else ("Nobody decides any more: what comes in waits until somebody can.",)
    turn.write("operator/notice", turn.desk.operator, {"about": about, "lines": (*lines, *alone, cure)})


DEEDS: dict[str, Callable[[Turn, str], None]] = {"leave": _leave, "readdress": readdressing.lapse}
