"""Doing what a member said: one verb, one item, one outcome in words.

A table from verb to function; each looks at item and ballot, lets events happen in the turn, and tells what
came of it. "The member replied too late" is decided in `_closed`. Who may speak at all was settled before
(`reviewing`); how words become commands is `review.reply.command`; what may follow what is `workflow.machine`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mailproc.desk.decide import counting, declining, motions
from mailproc.desk.decide.outcome import Outcome, Speaker, done, effect, event, how, refused
from mailproc.desk.decide.rescue import rescue
from mailproc.desk.tell import views
from mailproc.desk.tell.known import local
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS, ref_of
from mailproc.message.field.address import canonical
from mailproc.message.mime.attachment import is_text_document
from mailproc.review import ballot
from mailproc.review.ballot import Tally
from mailproc.review.reply.command import Command
from mailproc.store.work import attachments, groups, items, votes
from mailproc.workflow import machine
from mailproc.workflow.actor import DESK
from mailproc.workflow.erasing import is_erased
from mailproc.workflow.event import Event, OfMember, Sorted, Voted, member
from mailproc.workflow.group import Group
from mailproc.workflow.item import Item

__all__ = ["VERBS", "Outcome", "Speaker", "obey"]

STATE_OF = {"approve": "approved", "reject": "rejected"}
PAST = {"approve": "approved", "reject": "rejected", "discard": "discarded", "hold": "held", "ask": "asked"}
WHY_NOT = {
    "own-item": "it is your own, and nobody decides on their own item",
    "not-a-member": "only members who are active decide",
    "away": "you are away; write “back” first",
}
MOST_DIGITS = 9  # of a message's number
BY_ONE = {"held", "awaiting_author", "discarded", "lapsed"}  # states into which one word led
REVIVED = {"retracted": "taken down; its author hears of it"}
TOO_LATE = {"member": "; the operator removes a member with `members remove`"}
WAITS_FOR = {
    "awaiting_author": "it waits for its author's answer; undo the question first",
    "awaiting_agreement": "the applicant has not agreed to the duties yet",
}


def obey(turn: Turn, speaker: Speaker, command: Command) -> list[Outcome]:
    """Do one command on each of its items, in its order."""
    return [_one(turn, speaker, command, ref) for ref in command.refs]


def _one(turn: Turn, speaker: Speaker, command: Command, ref: str) -> Outcome:
    item = turn.item(ref) or _by_number(turn, ref)
    if item is None and command.verb == "sort" and _is_number(ref):
        return _rescue(turn, speaker, int(ref), command)
    if item is None:
        return Outcome(ref, "", done=False, words="there is no such item")
    if is_erased(item.author.email) and not item.place:
        return Outcome(item.ref, "", done=False, words="it was erased; nothing is left to decide on")
    why = ballot.may(speaker.member, command.verb, item.author.email)
    if why:
        return refused(item, WHY_NOT.get(why, why))
    return VERBS[command.verb](turn, speaker, item, command)


def _closed(turn: Turn, item: Item, verb: str) -> str:
    """Why this vote does not count, in words; "" while the ballot is open to it."""
    waits = item.state in machine.WAITING
    if not waits and machine.settled(item):
        return f"already {how(turn, item)}{_instead(item, verb)}"
    if not KINDS[item.kind].voted:
        return KINDS[item.kind].no_ballot
    if item.state == "discarded":
        return f"it is {how(turn, item)}; undo that first"
    return WAITS_FOR.get(item.state, "") if waits and machine.row(item, EventName(verb)) is None else ""


def _instead(item: Item, verb: str) -> str:
    """What would work on something that readers see."""
    retracts = item.state in machine.UP and verb in {"reject", "discard"}
    return f"; to take it down, write “retract {item.ref}” and why" if retracts else ""


# Ballots


def _vote(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """Approve or reject: a vote, and what the ballot then says."""
    if item.motion:
        return motions.vote(turn, speaker, item, command)
    closed = _closed(turn, item, command.verb)
    if closed:
        return refused(item, closed)
    if KINDS[item.kind].grouped and item.group is None and command.verb == "approve":
        return refused(item, f"no group file is named yet; write “sort {item.ref} {item.kind}” and the group first")
    turn.happen(event(speaker, item, EventName.VOTE, command.words, Voted(verdict=command.verb)))
    return _decide(turn, speaker, item, command.words)


def _decide(turn: Turn, speaker: Speaker, item: Item, words: str, *, undone: bool = False) -> Outcome:
    """Let the ballot's outcome happen: a decision, a decision taken back, or nothing yet.

    What carries after an `undo` is not the decision of whoever undid something: the journal says "desk".
    """
    tally = views.count(turn.conn, turn.desk, item)
    outcome = tally.outcome if tally.outcome in STATE_OF else None
    decided = item.state in STATE_OF.values()
    due, reason = turn.after(turn.desk.config.review.undo), counting.in_words(tally)
    name = EventName(outcome or EventName.REOPEN)
    happened = Event(item.ref, name, DESK) if undone else event(speaker, item, name)
    if outcome and turn.happen(replace(happened, words=words, due=due, reason=reason)):
        told = words if outcome == "reject" else ""
        return done(turn, item, f"{PAST[outcome]}; {effect(turn)}", undo=True, told=told)
    if tally.outcome == "tie":
        _tell_both(turn, speaker, item, tally)
    if not outcome and decided and not counting.stands_by_silence(turn.conn, item, tally):
        turn.happen(replace(happened, reason=reason))
        return done(turn, item, f"open again: {reason}")
    if decided and item.settles_at is not None:
        when, noted = local(turn.desk, item.settles_at), f"noted; it is {item.state} already"
        said = f"the vote is taken back; it stays {item.state}" if undone else noted
        return done(turn, item, f"{said} and takes effect on {when}", undo=not undone)
    return done(turn, item, f"{'the vote is taken back' if undone else 'noted'}: {reason}", undo=not undone)


def _tell_both(turn: Turn, speaker: Speaker, item: Item, tally: Tally) -> None:
    """A tie waits until somebody changes their mind, so everybody who voted reads of it; the speaker, at once."""
    words = f"{item.ref} {item.title}: as many members are for it as against it, so it waits until one of you yields"
    for email in (*tally.approve, *tally.reject):
        if email != speaker.member.email:
            turn.record(Event(member(email), EventName.NOTICE, DESK, words))


# One member's word


def _single(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """Hold, ask or discard: one member is enough, and any member may take it back."""
    if item.state not in machine.WAITING and machine.settled(item):
        return refused(item, f"already {how(turn, item)}{_instead(item, command.verb)}")
    if command.verb == "ask" and not command.words:
        return refused(item, "a question needs its words on the same line")
    due = turn.after(turn.desk.config.review.undo) if command.verb == "discard" else None
    if not turn.happen(replace(event(speaker, item, EventName(command.verb), command.words), due=due)):
        return refused(item, f"already {how(turn, item)}")
    back = local(turn.desk, turn.after(turn.desk.config.review.kinds[item.kind].hold))
    words = {"hold": f"held; it comes back by itself on {back}", "ask": "asked; it waits for the answer"}
    told = command.words if command.verb == "ask" else ""
    return done(turn, item, words.get(command.verb, f"discarded; {effect(turn)}"), undo=True, told=told)


def _note(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    turn.happen(event(speaker, item, EventName.NOTE, command.words))
    return done(turn, item, "noted for the other members, and for nobody else")


def _sort(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """Another kind, section or group; `argument` is the kind and what follows it."""
    kind, _, rest = command.argument.partition(" ")
    why = _unsortable(turn, item, kind, rest)
    if why:
        return refused(item, why)
    after = turn.happen(event(speaker, item, EventName.SORT, facts=_place(turn, item, kind, rest)))
    if after is not None and item.kind != kind and after.state not in machine.FOR_MEMBERS:
        turn.tell(after, KINDS[kind].receipt.event)  # it waits for its author, whom only the receipt asks
    known = f" ({item.ref} still names it)" if kind != item.kind else ""
    named = (after.group or after.section) if after is not None else None
    called = f"{KINDS[kind].called} for {named}" if named and rest else KINDS[kind].called
    words = f"it is {called} now{known}; if that is wrong, sort it again"
    return Outcome(ref_of(kind, item.number), item.title, done=True, words=words)


def _rescue(turn: Turn, speaker: Speaker, number: int, command: Command) -> Outcome:
    """A received number that opened nothing becomes an item after all."""
    kind, _, rest = command.argument.partition(" ")
    up = KINDS[kind].up if kind in KINDS else None
    group = _group(turn, rest) if up and up.grouped and rest else None
    section = (rest or up.section) if up and up.section else None
    place = Sorted(kind=kind, section=section, group=group.name if group else None)
    why = rescue(turn, number, speaker.member.email, place)
    if why:
        return Outcome(str(number), "", done=False, words=why)
    after = turn.item(ref_of(kind, number))
    words = f"it is {KINDS[kind].called} now"
    return Outcome(ref_of(kind, number), after.title if after else "", done=True, words=words)


def _is_number(ref: str) -> bool:
    """A bare number that a message may have: one of a book or a telephone is longer than a database can hold."""
    return ref.isdecimal() and len(ref) <= MOST_DIGITS


def _by_number(turn: Turn, ref: str) -> Item | None:
    """The item of a bare number, if it is the only one."""
    found = items.by_bare_number(turn.conn, int(ref)) if _is_number(ref) else []
    return turn.item(found[0].ref) if len(found) == 1 else None


def _unsortable(turn: Turn, item: Item, kind: str, rest: str) -> str:
    """Why an item cannot become that, in words; "" if it can."""
    if kind not in KINDS:
        return f"{kind} opens no item; it can be sorted into {', '.join(KINDS)}"
    if (kind != item.kind or item.place) and item.state not in machine.WAITING:  # what is up keeps its page
        first = "; undo that first" if item.settles_at is not None else ""
        return f"already {how(turn, item)}{first}"
    if kind != item.kind and turn.item(ref_of(kind, item.number)) is not None:
        return f"its mail has already opened {ref_of(kind, item.number)}"
    if KINDS[kind].grouped and rest and _group(turn, rest) is None:
        return f"there is no group file called {rest}; the operator adds one with `groups add`"
    return ""


def _group(turn: Turn, name: str) -> Group | None:
    """The group file of this name or alias."""
    known = turn.desk.groups(groups.every(turn.conn))
    return next((each for each in known if name.casefold() in map(str.casefold, (each.name, *each.aliases))), None)


def _place(turn: Turn, item: Item, kind: str, rest: str) -> Sorted:
    """Kind, section, group and document of an item that is sorted anew."""
    place, up = Sorted(kind=kind), KINDS[kind].up
    if up is None:
        return place
    if up.grouped:
        group = _group(turn, rest) if rest else None
        return replace(place, group=group.name if group else item.group)
    if up.section:
        place = replace(place, section=rest or item.section or up.section)
    if up.document:
        kept = [each.attachment for each in attachments.of_item(turn.conn, item) if each.state == "kept"]
        document = next((each for each in kept if is_text_document(each)), None)
        return replace(place, document=document.name, sha256=document.sha256) if document else place
    return place


# Undo


def _undo(turn: Turn, speaker: Speaker, item: Item, _: Command) -> Outcome:
    """Take back one's own vote, or what one member alone decided."""
    if item.motion:
        return motions.undo(turn, speaker, item)
    if item.state in BY_ONE or counting.by_silence(turn.conn, item):
        return _reopen(turn, speaker, item)
    whose = _whose(turn, speaker, item)
    if whose is None:
        return refused(item, _nothing_of_theirs(turn, item))
    if machine.settled(item) and item.state != "pending":
        return _revive(turn, speaker, item, whose)
    _unvote(turn, speaker, item, whose)
    return _decide(turn, speaker, item, "", undone=True)


def _nothing_of_theirs(turn: Turn, item: Item) -> str:
    """Why a member without a vote on it takes nothing back, in words."""
    if item.state in machine.WAITING:
        return "you have no vote on it to take back"
    if any(not vote.undone for vote in votes.of(turn.conn, item.ref)):
        return "you have no vote on it, and it was decided by more than one member"
    return f"too late to undo: it is {how(turn, item)}{_instead(item, 'reject')}"  # a motion has ended the votes


def _whose(turn: Turn, speaker: Speaker, item: Item) -> str | None:
    """Whose vote goes: the speaker's own, else the only one, where it alone decided."""
    standing = [vote.member for vote in votes.of(turn.conn, item.ref) if not vote.undone]
    mine = next((email for email in standing if canonical(email) in speaker.member.addresses), None)
    alone = standing[0] if len(standing) == 1 and item.state not in machine.WAITING else None
    return mine or alone


def _unvote(turn: Turn, speaker: Speaker, item: Item, whose: str) -> None:
    """The journal says who undid whose vote."""
    others = "" if whose in speaker.member.addresses else f"the vote of {whose}"
    turn.happen(replace(event(speaker, item, EventName.UNVOTE, facts=OfMember(member=whose)), reason=others))


def _reopen(turn: Turn, speaker: Speaker, item: Item) -> Outcome:
    """What one member, a time limit or silence did is taken back."""
    late = item.state not in machine.WAITING and machine.settled(item)
    after = turn.happen(event(speaker, item, EventName.REVIVE if late else EventName.REOPEN))
    if after is None:
        return refused(item, f"{'too late' if late else 'nothing'} to undo: it is {how(turn, item)}")
    if after.state == "pending" and KINDS[after.kind].voted and views.count(turn.conn, turn.desk, after).outcome:
        return _decide(turn, speaker, after, "", undone=True)  # the votes that stood before still say so
    return done(turn, item, REVIVED.get(after.state, "open again"))


def _revive(turn: Turn, speaker: Speaker, item: Item, whose: str) -> Outcome:
    """An undo after settling: the item comes back with its history, or what was published goes down.

    Where enough votes are left, only the vote is taken back.
    """
    if machine.row(item, EventName.REVIVE) is None:
        return refused(item, f"too late to undo: it is {how(turn, item)}{TOO_LATE.get(item.state, '')}")
    _unvote(turn, speaker, item, whose)
    tally = views.count(turn.conn, turn.desk, item)
    if tally.outcome == ("reject" if item.state == "rejected" else "approve"):
        return done(turn, item, f"your vote is taken back; it stays {item.state}: {counting.in_words(tally)}")
    quiet = item.state == "approved"  # nobody outside has heard of it
    after = turn.happen(event(speaker, item, EventName.REVIVE)) or item
    words = REVIVED.get(after.state, "open again" if quiet else "open again; its author hears of it")
    return done(turn, item, words)


VERBS: dict[str, Callable[[Turn, Speaker, Item, Command], Outcome]] = {
    "approve": _vote,
    "reject": _vote,
    "hold": _single,
    "ask": _single,
    "discard": _single,
    "retract": motions.retract,
    "replace": motions.replace_text,
    "note": _note,
    "sort": _sort,
    "undo": _undo,
    "unclaim": declining.unclaim,
}
