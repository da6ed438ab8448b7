"""Not me: a member gives an item on. It goes before another, or the operator hears that nobody is left.

They may name who should be asked; a name that cannot be told changes nothing but the words. Whoever gave an item on
may still decide on it.
"""

from __future__ import annotations

from mailproc.desk.tell import asking
from mailproc.desk.tell.known import in_a_row
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker, done, event, refused
from mailproc.kinds.event import EventName
from mailproc.phrase import Phrase, say
from mailproc.review.member import Member
from mailproc.review.reply.command import Command
from mailproc.review.rota import Place
from mailproc.store.people import members
from mailproc.workflow import machine
from mailproc.workflow.item import Item


def unclaim(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """What `not me` and `not me, ask Sam` do."""
    if not machine.waits_for_members(item):
        return refused(item, say("refused/waits-for-nobody"))
    if speaker.member.email not in asking.before(turn.conn, turn.desk, item):
        return refused(item, say("refused/not-before-you"))
    named = asking.who_is(members.every(turn.conn), command.argument) if command.argument else None
    turn.happen(event(speaker, item, EventName.DECLINE))
    if named is not None:
        asking.put(turn, item, [Place(named.email)], "named")
    asking.give(turn, item, "in-turn")
    return done(turn, item, _asked_now(turn, item, command.argument, named))


def _asked_now(turn: Turn, item: Item, wanted: str, named: Member | None) -> Phrase:
    """Who is asked in their stead."""
    now = asking.before(turn.conn, turn.desk, item)
    missed = wanted if named is None or named.email not in now else ""
    names = [each.name or each.email for each in members.every(turn.conn) if each.email in now]
    return say("done/passed-on", missed=missed, names=in_a_row(names), one=len(names) == 1)
