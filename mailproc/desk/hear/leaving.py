"""A member leaves: by their own word, and only when the time to take it back is over.

A table from verb to function, as in `obey`, for verbs that are about no item; and what the clock does about people. A
member who has left has no power from that moment on: every secret of their letters is dead, and their standing votes
do not count when a ballot is counted next. Writing from another address is `readdressing`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from mailproc.desk.decide.outcome import Outcome, Speaker
from mailproc.desk.hear import readdressing
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.message.model import Address
from mailproc.phrase import Phrase, say
from mailproc.review.member import Member
from mailproc.store.people import members, readdressings
from mailproc.workflow.actor import CLOCK
from mailproc.workflow.event import Event
from mailproc.workflow.event import member as member_ref

ABOUT_TO_LEAVE = Outcome("", "", done=False, words=say("self/about-to-leave"))


def _resign(turn: Turn, speaker: Speaker) -> Outcome:
    """They leave when `review.undo` is over."""
    at = turn.after(turn.desk.config.review.undo)
    if not turn.record(Event(member_ref(speaker.member.email), EventName.RESIGN, speaker.actor, due=at)):
        return Outcome("", "", done=False, words=say("self/leaves-already"))
    return Outcome("", "", done=True, words=say("self/leaves", at=at), undo="back")


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
