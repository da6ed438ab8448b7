"""What the reader of an enquiry says on it: that it is settled for them, that they want no more letters, thank you."""

from __future__ import annotations

from mailproc.desk.relay.answering import ANSWERED
from mailproc.desk.tell import duties
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS
from mailproc.phrase import say
from mailproc.store.work import journal
from mailproc.workflow import machine
from mailproc.workflow.actor import person
from mailproc.workflow.event import Event
from mailproc.workflow.item import Item

E = EventName
THANKS = "thanks"  # why a note of the reader's is one


def close(turn: Turn, item: Item, words: str) -> bool:
    """They need no answer any more."""
    return _ends(turn, item, E.WITHDRAW, words)


def stop(turn: Turn, item: Item, words: str) -> bool:
    """They want no more letters on it; the one that says so is the last."""
    return _ends(turn, item, E.STOP, words)


def _ends(turn: Turn, item: Item, name: EventName, words: str) -> bool:
    """Whoever was to answer it, or whose answer has not left yet, reads that in their next digest."""
    waits_for = _answerer(turn, item)
    if turn.happen(Event(item.ref, name, person(item.author.email), words)) is None:
        return False
    if waits_for:
        turn.let_know(waits_for, say("notice/reader-ended", ref=item.ref, title=item.title, end=str(name)))
    return True


def wrote_again(turn: Turn, item: Item) -> None:
    """Words of the reader's came before an answer had left: it stays here. `item` is as it was before."""
    if item.state == ANSWERED and not machine.settled(item) and (email := _answerer(turn, item)):
        turn.let_know(email, say("notice/answer-kept", ref=item.ref, title=item.title))


def _answerer(turn: Turn, item: Item) -> str:
    """The registered address of whoever has claimed it, or whose answer settles; "" nobody."""
    has = duties.claimer(turn.conn, item)
    if has is not None:
        return has.email
    if item.state != ANSWERED or machine.settled(item):
        return ""
    line = next((line for line in reversed(journal.of(turn.conn, item.ref)) if line.event == E.REPLY), None)
    known = duties.member_of(turn.conn, line.actor) if line else None
    return known.email if known else ""


def thanked(turn: Turn, item: Item, words: str) -> bool:
    """Courtesies to what is over take nothing up again, and nobody answers them; False where it is not over."""
    kind = KINDS[item.kind]
    if not kind.thanks or item.state not in kind.ends:
        return False
    turn.note(reason=THANKS)
    turn.happen(Event(item.ref, E.NOTE, person(item.author.email), words, reason=THANKS))
    return True
