"""What members say of a group's file: that it is complete, and as what a contribution counts.

What comes into a file, and when it is complete by itself, is `gathering`'s. `VERBS` are said of a file, `ON_ITEMS` of
its material.
"""

from __future__ import annotations

from collections.abc import Callable

from mailproc.desk.file import contents as told
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker, done, event, order, refused
from mailproc.dossier.needs import assigned, called, needs_in, needs_of
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS
from mailproc.phrase import say
from mailproc.review.reply.command import Command
from mailproc.store.work import files
from mailproc.workflow.event import Event
from mailproc.workflow.event import group as group_ref
from mailproc.workflow.facts import Counts
from mailproc.workflow.group import LOOKED_FOR
from mailproc.workflow.item import Item


def complete(turn: Turn, speaker: Speaker, command: Command) -> Outcome:
    """The file has what it needs, whatever it lacks of what was looked for; the words of a member."""
    group = told.group_of(turn.conn, turn.desk, command.argument)
    if group.state not in LOOKED_FOR:
        words = say("refused/file-state", file=group.name, state=group.state)
        return Outcome("", "", done=False, words=words)
    lacks = told.lacks(turn.conn, turn.desk, group.name)
    turn.record(Event(group_ref(group.name), EventName.COMPLETE, speaker.actor, command.words))
    words = say("done/complete", file=group.name, lacks=lacks)
    return Outcome("", "", done=True, words=words, undo=order("wanted", group.name, ": "))


def counts(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """Its pieces count as what a member says, in the file now or once they are in it."""
    if not KINDS[item.kind].grouped or not item.group:
        return refused(item, say("refused/no-group", ref=item.ref, kind=item.kind))
    group = told.group_of(turn.conn, turn.desk, item.group)
    needs = needs_of(group, turn.desk.needs)
    slugs = needs_in(command.words, needs)
    if slugs is None:
        known = tuple(need.called for need in needs)
        return refused(item, say("refused/no-need", file=group.name, needs=known))
    pieces = [piece for _, piece in files.of_item(turn.conn, item.ref) if not piece.out]
    facts = Counts(needs=tuple(assigned(pieces, slugs, needs)) or slugs)
    turn.happen(event(speaker, item, EventName.COUNT, command.words, facts))
    words = say("done/counts", file=group.name, needs=called(slugs, needs), later=not pieces)
    return done(turn, item, words)


VERBS: dict[str, Callable[[Turn, Speaker, Command], Outcome]] = {"complete": complete}
ON_ITEMS: dict[str, Callable[[Turn, Speaker, Item, Command], Outcome]] = {"counts": counts}
