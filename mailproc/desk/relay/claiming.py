"""Who answers an enquiry: whoever claims it, for a time (`review.enquiry.claim`) in which nobody else answers it.

It is before all members again when that time is over, when whoever has it says "not me" or `undo`, or is not here any
more (`tell.duties`). Tasks have claims of their own (`decide.doing`).
"""

from __future__ import annotations

from mailproc.desk.tell import duties
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker, done, event, how, refused
from mailproc.kinds.enquiry import WAITS
from mailproc.kinds.event import EventName
from mailproc.phrase import Phrase, say
from mailproc.review.member import Member
from mailproc.review.reply.command import Command
from mailproc.workflow.item import Item

E = EventName


def claim(turn: Turn, speaker: Speaker, item: Item, _: Command) -> Outcome:
    """The speaker answers it."""
    if not speaker.member.votes:
        return refused(item, say("refused/away"))
    if item.state not in WAITS:
        return refused(item, say("refused/already", how=how(turn, item), retracts=False, ref=item.ref))
    if why := taken(turn, speaker, item, mine_too=True):
        return refused(item, why)
    if turn.happen(event(speaker, item, E.CLAIM)) is None:
        return refused(item, say("refused/already", how=how(turn, item), retracts=False, ref=item.ref))
    return done(turn, item, say("done/takes", at=turn.after(turn.desk.limits(item.kind).claim)), undo=True)


def taken(turn: Turn, speaker: Speaker, item: Item, *, mine_too: bool = False) -> Phrase | None:
    """Why the speaker does not take it up: another has it, or (`mine_too`) they have it themselves."""
    has = duties.claimer(turn.conn, item)
    if has is None:
        return None
    mine = is_mine(has, speaker)
    if mine and not mine_too:
        return None
    until = item.waiting_since + turn.desk.limits(item.kind).claim
    return say("refused/taken", who=has.name or has.email, mine=mine, until=until)


def unclaim(turn: Turn, speaker: Speaker, item: Item) -> Outcome:
    """Whoever has it gives it back: it is before the others again."""
    has = duties.claimer(turn.conn, item)
    if has is None or not is_mine(has, speaker):
        return refused(item, say("refused/not-before-you"))
    turn.happen(event(speaker, item, E.UNCLAIM))
    return done(turn, item, say("done/given-back"))


def over(turn: Turn, item: Item) -> None:
    """The time of a claim is over: whoever had it reads so. `item` is as it was before."""
    has = duties.claimer(turn.conn, item)
    if has is not None:
        turn.let_know(has.email, say("notice/claim-over", ref=item.ref, title=item.title))


def is_mine(has: Member, speaker: Speaker) -> bool:
    """Whether the speaker has it."""
    return has.email == speaker.member.email
