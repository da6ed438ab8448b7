"""Decisions travel: letters on one item alone, and what became of the item, told in the same thread.

Whoever has an item in a letter of its own hears what a turn made of it, once however much happened in that turn,
and never of what they did themselves; those who have it in a digest read of it in the next one. An outcome is
worded at once, within the entry that decided, and leaves when its reader's quiet hours end: it says until when it
can be stopped, and later too it is true. Nothing is decided here. Why nobody heard is never an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailproc.desk.tell import views
from mailproc.desk.tell.known import VERDICTS, Known, in_a_row, known_of
from mailproc.desk.turn.turn import Origin, Turn
from mailproc.kinds.event import EventName
from mailproc.kinds.every import GOES_UP
from mailproc.letters.digest import News
from mailproc.letters.tap import verbs_for
from mailproc.message.field.address import canonical
from mailproc.message.model import Address
from mailproc.phrase import Said, say
from mailproc.review import ballot, rota
from mailproc.review.member import Member
from mailproc.store.mail import outgoing
from mailproc.workflow import machine
from mailproc.workflow.actor import Actor, person
from mailproc.workflow.entry import LetterRecord
from mailproc.workflow.erasing import is_erased
from mailproc.workflow.item import Item, JournalLine
from mailproc.workflow.outgoing import Outgoing

SINGLE, OUTCOME, WENT_ON = "member/single", "member/outcome", "member/went-on"
PUTTING = (SINGLE, "member/item", "member/digest")  # letters that put an item before somebody
E = EventName
MOTION = frozenset({E.CARRY, E.REFUSE, E.DROP})  # what comes of a motion; that it settles as was told is no news
IN_PLACE = MOTION | {E.SORT}  # what changes an item that stays in its state
HOLDS = {E.HOLD, E.ASK}  # one member's word, after which an item waits
UNTOLD = GOES_UP | {E.SETTLE, E.PROOF, E.CONTENT, E.TAKEN_DOWN}  # what follows by itself from what was told


def put_before(turn: Turn, member: Member, item: Item) -> LetterRecord | None:
    """The letter on one item alone, where a single word answers; it hangs under an earlier one on the same item."""
    earlier = _last_to(member, _singles(turn, item))
    context = {
        "entry": views.digest_item(turn.conn, turn.desk, item, member, turn.time),
        "undo_minutes": views.undo_minutes(turn.desk),
        "again": earlier is not None,
    }
    return turn.write(
        SINGLE,
        Address(member.name, member.email),
        context,
        ref=item.ref,
        listed=(item.ref,),
        origin=turn.under(earlier) if earlier else None,
    )


def tell(turn: Turn) -> None:
    """What this turn made of its items, to those who have them in letters of their own."""
    for ref in dict.fromkeys(event.ref for event in turn.events if event.is_of_an_item):
        item = turn.item(ref)
        if item is not None and not is_erased(item.author.email):
            _tell_who_held(turn, item)
            _tell(turn, item)
            _tell_who_decided(turn, item)


@dataclass(frozen=True, slots=True)
class _Moved:
    """What a turn made of one item."""

    item: Item  # as it stands now
    known: Known
    lines: tuple[JournalLine, ...]  # of the item, in this turn
    line: JournalLine  # the last of them that moved it

    @property
    def actors(self) -> list[Actor]:
        """Who had a hand in it."""
        return [line.actor for line in self.lines if line.actor.is_somebody]

    def by(self, reader: Member) -> Said:
        """Whose decision it is: of a ballot, all whose votes carried it; "" where nobody did it."""
        carried = self.known.deciders(self.item, reader) if self.line.after in VERDICTS else ()
        return in_a_row(carried or [self.known.person(actor) for actor in self.actors[-1:]])


def _tell(turn: Turn, item: Item) -> None:
    singles = _singles(turn, item)
    moved = _moved(turn, item) if singles else None
    if moved is None:
        return
    for member in moved.known.members:
        single = _last_to(member, singles)
        if single is not None and _is_about(single, moved) and _hears(turn, member, moved):
            _write(turn, member, moved, single)


def _tell_who_held(turn: Turn, item: Item) -> None:
    """Whoever held the item, or asked its author, hears at once that another member has gone on."""
    moved = _moved(turn, item)
    if moved is None:
        return
    before = next((line.before for line in moved.lines if line.before != line.after), "")
    arrived = [line for line in moved.known.journals[item.ref] if line.before != line.after and line not in moved.lines]
    held = arrived[-1:]
    went_on = moved.line.actor
    if not held or held[0].event not in HOLDS or before != held[0].after or not went_on.is_somebody:
        return
    holder = next((each for each in moved.known.members if held[0].actor.bears(each.addresses)), None)
    if holder is None or went_on == person(item.author.email) or not _hears(turn, holder, moved):
        return
    context = {
        "item": item,
        "news": _news(moved, holder),
        "held_at": held[0].at,
        "asked": held[0].event == E.ASK,
    }
    single = _last_to(holder, _singles(turn, item))
    turn.write(
        WENT_ON,
        Address(holder.name, holder.email),
        context,
        ref=item.ref,
        listed=(item.ref,),
        origin=turn.under(single) if single else Origin(),
        not_before=rota.quiet_until(turn.desk.hours(holder), turn.time),
    )


def _tell_who_decided(turn: Turn, item: Item) -> None:
    """Whoever read when their decision takes effect reads in the next digest that a hold, or a question, stopped it."""
    moved = _moved(turn, item)
    before = next((line.before for line in moved.lines if line.before != line.after), "") if moved else ""
    if moved is None or moved.line.event not in HOLDS or before not in VERDICTS:
        return
    voted = {v.member for v in moved.known.votes[item.ref] if v.verdict == VERDICTS[before] and not v.undone}
    by_author = moved.line.actor == person(item.author.email)
    who = "" if by_author else moved.known.called(moved.line.actor.email)
    stopped = say("notice/stopped", ref=item.ref, title=item.title, who=who, end=str(moved.line.event))
    written = {(letter.template, letter.to) for letter in turn.letters}
    for member in moved.known.members:
        if member.email in voted and (OUTCOME, member.email) not in written and _hears(turn, member, moved):
            turn.let_know(member.email, stopped)


def _moved(turn: Turn, item: Item) -> _Moved | None:
    """None if the item stands where it stood, or moved as was told before."""
    known = known_of(turn.conn, [item])
    lines = tuple(line for line in known.journals[item.ref] if line.number == turn.entry.number)
    told = [line for line in lines if line.before != line.after or line.event in IN_PLACE]
    told = [line for line in told if line.event not in UNTOLD]
    if not told or (told[0].before == told[-1].after and told[-1].event not in IN_PLACE):
        return None
    return _Moved(item, known, lines, told[-1])


def _is_about(single: Outgoing, moved: _Moved) -> bool:
    """The letter asked for the word that has been given: one of before a motion knows nothing of it."""
    opened = [line.at for line in moved.known.journals[moved.item.ref] if line.event == EventName.MOVE]
    return moved.line.event not in MOTION or not opened or single.created_at >= opened[-1]


def _hears(turn: Turn, member: Member, moved: _Moved) -> bool:
    """An active member who had no hand in it, and has not just got the item once more."""
    fresh = {(letter.template, letter.to, letter.ref) for letter in turn.letters}
    had_a_hand = any(actor.bears(member.addresses) for actor in moved.actors)
    told = {(template, member.email, moved.item.ref) for template in (SINGLE, WENT_ON)}
    aside = ballot.has_part(member, moved.item.group)  # nothing about it is put before them
    return member.votes and not had_a_hand and not aside and not told & fresh


def _write(turn: Turn, member: Member, moved: _Moved, single: Outgoing) -> None:
    item = moved.item
    turn.write(
        OUTCOME,
        Address(member.name, member.email),
        {"item": item, "news": _news(moved, member), "earlier": single.subject},
        ref=item.ref,
        listed=(item.ref,),
        origin=turn.under(single),
        not_before=rota.quiet_until(turn.desk.hours(member), turn.time),
    )


def _news(moved: _Moved, member: Member) -> News:
    """What became of the item, as this member reads it."""
    item, line = moved.item, moved.line
    by_author = line.actor == person(item.author.email)
    return News(
        event=line.event,
        by="" if by_author else moved.by(member),
        by_author=by_author,
        at=line.at,
        ways=verbs_for(item) if item.state in machine.FOR_MEMBERS else moved.known.ways(item, member),
        words=line.words if line.event in {EventName.REJECT, EventName.ASK} else "",
    )


def _singles(turn: Turn, item: Item) -> list[Outgoing]:
    """The letters on this item alone that may have been read, oldest first."""
    found = outgoing.on_items(turn.conn, SINGLE, item.refs)
    return [letter for letter in found if letter.state not in {"cancelled", "suppressed"}]


def _last_to(member: Member, letters: Sequence[Outgoing]) -> Outgoing | None:
    """The last of these that went to one of the member's addresses."""
    return next((letter for letter in reversed(letters) if canonical(letter.to) in member.addresses), None)
