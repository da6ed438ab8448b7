"""When a work goes up: a day that a member names with an approval, or moves later.

`A-12 yes on 1 May 08:00` is a vote with a day; the approval settles then, and until then it may be undone as ever.
`A-12 schedule 2 May` moves it, `A-12 schedule now` ends the wait. Whatever names no one moment to come changes
nothing and is asked back. How days are read is `review.language.when`'s, who may vote is the ballot's.
"""

from __future__ import annotations

from datetime import datetime

from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker, done, effect, event
from mailproc.kinds.event import EventName
from mailproc.phrase import Phrase, say
from mailproc.review.language import when
from mailproc.store.work import votes
from mailproc.workflow.actor import DESK
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Dated
from mailproc.workflow.item import Item
from mailproc.workflow.machine import WAITING

MOVABLE = frozenset({"approved", "awaiting_proof"})  # approved, and not up yet


def named(turn: Turn, speaker: Speaker, said: str) -> datetime | Phrase | None:
    """The moment that the words name where the speaker lives; None for "now"; or why there is none."""
    if when.is_now(said):
        return None
    at = when.moment(said, turn.time, turn.desk.zone(speaker.member))
    return at or say("refused/no-day", said=said)


def held_until(turn: Turn, speaker: Speaker, said: str) -> datetime | Phrase:
    """Until when a hold is to last; or why that is not said."""
    at = when.end(said, turn.time, turn.desk.zone(speaker.member))
    return at or say("refused/no-end", said=said)


def keep(turn: Turn, speaker: Speaker, item: Item, at: datetime | None) -> None:
    """The day is noted on an item that waits; an approval of now takes effect then."""
    if at != item.publish_at:
        turn.happen(event(speaker, item, EventName.SCHEDULE, facts=Dated(at=at)))


def move(turn: Turn, speaker: Speaker, item: Item, at: datetime | None) -> Outcome:
    """Another day for what is approved and not up yet; whoever approved it hears of that."""
    undone = turn.after(turn.desk.config.review.undo)
    moved = Event(item.ref, EventName.SCHEDULE, speaker.actor, due=max(undone, at or undone), facts=Dated(at=at))
    turn.happen(moved)
    for vote in votes.of(turn.conn, item.ref):
        if vote.verdict == "approve" and not vote.undone and vote.member != speaker.member.email:
            who = speaker.member.name or speaker.member.email
            turn.let_know(vote.member, say("notice/another-day", ref=item.ref, title=item.title, who=who))
    return done(turn, item, say("done/another-day", at=at, effect=effect(turn), ref=item.ref))


def forget(turn: Turn, ref: str) -> None:
    """After an `undo`: a day that was named goes with the last vote."""
    item = turn.item(ref)
    if item is None or item.publish_at is None or item.state not in WAITING:
        return
    if not any(vote.verdict == "approve" and not vote.undone for vote in votes.of(turn.conn, item.ref)):
        turn.happen(Event(item.ref, EventName.SCHEDULE, DESK, facts=Dated()))
