"""Conflict of interest, said once: a member has a part in a group, and decides on nothing that is about it.

"not me for North Pier", from then on: they are not asked (`review.rota`), have no vote (`review.ballot`), and votes of
theirs on what is open are taken back, with what these had decided where too few are left; tasks on its file go to
others. The rest read of it in the tally. "me again for North Pier" ends it, and so does `undo` in answer to the
transcript that said so; votes stay gone.
"""

from __future__ import annotations

from collections.abc import Callable

from mailproc.desk.decide import doing, undoing
from mailproc.desk.tell.known import in_a_row
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh import motions
from mailproc.desk.weigh.outcome import Outcome, Speaker, order
from mailproc.kinds.event import EventName
from mailproc.message.field.address import canonical
from mailproc.phrase import say
from mailproc.review import ballot
from mailproc.review.reply.command import Command
from mailproc.store.work import items, votes
from mailproc.workflow import machine
from mailproc.workflow.event import Event
from mailproc.workflow.event import member as member_ref
from mailproc.workflow.facts import Part
from mailproc.workflow.item import Item

NOT_ME, PART, AGAIN = "unclaim", "have a part in", "me again for"
OF_A_FILE = frozenset({"claim", "up", "counts", "complete", "layout"})  # verbs on a file that shape what readers see


def stand_aside(turn: Turn, speaker: Speaker, name: str) -> Outcome:
    """They have a part in the group from now on."""
    if ballot.has_part(speaker.member, name):
        return Outcome("", "", done=True, words=say("self/stands-aside-already", file=name))
    handed = [each.ref for each in doing.hand_on_file(turn, speaker, name) if each.done]
    change(turn, speaker, name, part=True)
    gone = [taken for item in _open(turn, name) if (taken := _take_back(turn, speaker, item))]
    words = say("self/stands-aside", file=name, votes=in_a_row(gone), tasks=in_a_row(handed))
    return Outcome("", "", done=True, words=words, undo=order(AGAIN, name))


def decide_again(turn: Turn, speaker: Speaker, name: str) -> Outcome:
    """They have no part in it any more, and are asked again."""
    if not change(turn, speaker, name, part=False):
        return Outcome("", "", done=False, words=say("self/no-part", file=name))
    return Outcome("", "", done=True, words=say("self/asked-again", file=name), undo=order(PART, name))


def change(turn: Turn, speaker: Speaker, name: str, *, part: bool) -> bool:
    """What they say of themselves and the group; False if it was so before."""
    facts = Part(file=name, has="yes" if part else "no")
    return turn.record(Event(member_ref(speaker.member.email), EventName.NOT_FOR, speaker.actor, facts=facts))


def stops(speaker: Speaker, command: Command) -> Outcome | None:
    """What a member with a part in a group's file does not do with it; None where nothing stands against it."""
    if command.verb not in OF_A_FILE or command.refs or not ballot.has_part(speaker.member, command.argument):
        return None
    return Outcome("", "", done=False, words=say("refused/has-part"))


def _open(turn: Turn, name: str) -> list[Item]:
    """The items about the group on which a ballot is open."""
    conn = turn.conn
    found = (*items.waiting(conn, machine.WAITING), *items.settling(conn), *items.under_motion(conn))
    of_it = {item.ref: item for item in found if item.group and item.group.casefold() == name.casefold()}
    return list(of_it.values())


def _take_back(turn: Turn, speaker: Speaker, item: Item) -> str:
    """The item's reference, where a vote of theirs stood on it."""
    standing = (vote.member for vote in votes.of(turn.conn, item.ref) if not vote.undone)
    mine = next((email for email in standing if canonical(email) in speaker.member.addresses), None)
    if mine is None:
        return ""
    if item.motion:
        motions.undo(turn, speaker, item)
    else:
        undoing.vote_gone(turn, speaker, item, mine)
    return item.ref


VERBS: dict[str, Callable[[Turn, Speaker, str], Outcome]] = {  # said of a file, by its name
    NOT_ME: stand_aside,
    PART: stand_aside,
    AGAIN: decide_again,
}
