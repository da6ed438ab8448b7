"""Hiding a page: one member's word has one line stand there at once, and the members decide whether it comes down.

Somebody's harm does not wait for a ballot, and one member ends no work alone: what is hidden stays what it is, and
comes back where the members are against taking it down, do not answer in time, or whoever hid it takes that back. Its
author hears each. The line is written with the pages of the whole site, at the end of the pass (`whole`).
"""

from __future__ import annotations

from mailproc.desk.tell import views
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh import motions
from mailproc.desk.weigh.outcome import Outcome, Speaker, done, event, refused
from mailproc.kinds.event import EventName
from mailproc.phrase import say
from mailproc.review.reply.command import Command
from mailproc.store.work import journal
from mailproc.workflow import machine
from mailproc.workflow.actor import DESK
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Moved
from mailproc.workflow.item import Item


def hide(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """One line in its place, and a ballot on taking it down; another ballot on it makes room for that."""
    if item.state not in machine.UP:
        return refused(item, motions.not_up(turn, item))
    if item.hidden_at is not None:
        return refused(item, say("refused/hidden-already", at=item.hidden_at, ref=item.ref))
    if item.motion != "retract":
        motions.end(turn, item, EventName.HIDE, "")
        turn.happen(event(speaker, item, EventName.MOVE, command.words, Moved(motion="retract")))
    turn.happen(event(speaker, item, EventName.HIDE, command.words))
    return done(turn, item, say("done/hidden", ref=item.ref), undo=True, told=command.words)


def undo(turn: Turn, speaker: Speaker, item: Item) -> Outcome:
    """What the speaker hid comes back as long as nobody else wants it down; else their vote goes, as ever."""
    tally = views.count(turn.conn, turn.desk, item)
    others = [email for email in tally.approve if email not in {speaker.member.email, *speaker.member.addresses}]
    if others or item.motion_by == item.author.email or not _is_hiders(turn, speaker, item):
        return motions.undo(turn, speaker, item)
    turn.happen(Event(item.ref, EventName.DROP, DESK, reason="shown"))
    motions.tell_shown(turn, item, "")
    return done(turn, item, say("done/shown"))


def _is_hiders(turn: Turn, speaker: Speaker, item: Item) -> bool:
    lines = journal.of(turn.conn, item.ref)
    hid = next((line.actor for line in reversed(lines) if line.event == EventName.HIDE), None)
    return hid is not None and hid.bears(speaker.member.addresses)
