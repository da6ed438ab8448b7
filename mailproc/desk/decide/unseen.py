"""What a member's letter did not show: a hold, a question, a note, an author's words that came after it was written.

A bulk word ("all", "the rest", "A-12 to A-15") reaches what the letter showed, as what it showed it; whatever came
since keeps it from an item, and is told back with the word that goes on (catalogue S97). Who names the item goes on,
and reads what they did not know. Nobody approves a text that they were never shown. What is known here is the
journal; nothing changes, and nothing fails.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailproc.desk.decide.outcome import Speaker
from mailproc.desk.tell.known import Known, known_of
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.kinds.every import EVERY, KINDS
from mailproc.phrase import Phrase, say
from mailproc.review.language.verbs import VERBS
from mailproc.review.reply.command import Command
from mailproc.store.mail import received as rows
from mailproc.workflow import machine
from mailproc.workflow.actor import person
from mailproc.workflow.item import Item, JournalLine
from mailproc.workflow.outgoing import Outgoing

E = EventName
HOLDS = {E.HOLD: "held", E.ASK: "awaiting_author"}  # one member's word, and the state while it stands
NEW_TEXT = frozenset({E.VERSION, E.CONFIRM, E.REPLACED})
SAID = frozenset({*HOLDS, *NEW_TEXT, E.NOTE, E.ADDITION, E.RENEW, E.ANSWER, E.MOVE})
OVERRUN: dict[str, frozenset[EventName]] = {  # what a bulk word may not overrun, where that is not all of it
    "hold": frozenset({E.ASK}),
    "note": frozenset(),
    "unclaim": frozenset(),
}
DECIDING = frozenset({"approve", "reject", "discard"})


def left_out(turn: Turn, speaker: Speaker, item: Item, command: Command, ref: str) -> Phrase | None:
    """Why a bulk word does not reach an item that the letter called `ref`; None where it does."""
    if ref not in command.swept:
        return None
    if ref != item.ref:
        word = _fitting(item, command)
        return say("refused/another-kind", called=KINDS[item.kind].called, before=ref, ref=item.ref, word=word)
    if item.state not in machine.WAITING and machine.settled(item) and not item.motion:
        return None  # it is decided, which says more
    known = known_of(turn.conn, [item])
    guarded = OVERRUN.get(command.verb, SAID)
    line = next((line for line in _since(turn, known, item, speaker) if line.event in guarded), None)
    if line is None:
        return None
    word = f"{command.verb} {command.argument}".strip()
    return say("refused/since", did=_did(known, item, line), reads=_reads(line), ref=item.ref, word=word)


def unread(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Phrase | None:
    """Why nobody approves this: its text is another than the letter showed; None where it is the same."""
    if command.verb != "approve" or (item.state not in machine.WAITING and machine.settled(item)):
        return None
    known = known_of(turn.conn, [item])
    line = next((line for line in _since(turn, known, item, speaker) if line.event in NEW_TEXT), None)
    return say("refused/new-text", at=line.at, ref=item.ref) if line else None


def passed_over(turn: Turn, command: Command, ref: str) -> tuple[Item, Phrase] | None:
    """An item that "all" names and on which its verb does not go, with what does; None where it waits for nothing."""
    item = turn.item(ref)
    if item is None or item.state not in machine.WAITING or not VERBS[command.verb].decides:
        return None
    word, called = _fitting(item, command), KINDS[item.kind].called
    return item, say("refused/passed-over", verb=command.verb, called=called, ref=item.ref, word=word)


def held_by_another(turn: Turn, speaker: Speaker, item: Item) -> Phrase | None:
    """Who holds the item, or asked its author, and since when; None where nobody else does."""
    known = known_of(turn.conn, [item])
    line = known.arrival(item) if item.state in HOLDS.values() else None
    if line is None or line.event not in HOLDS or line.actor.bears(speaker.member.addresses):
        return None
    return _did(known, item, line)


def not_known(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Phrase | None:
    """What was said on an item after the letter that its reader answers, and stands in the way of nothing."""
    if command.verb not in DECIDING:
        return None
    known = known_of(turn.conn, [item])
    line = next((line for line in _since(turn, known, item, speaker) if line.event not in HOLDS), None)
    return _did(known, item, line) if line else None


def _since(turn: Turn, known: Known, item: Item, speaker: Speaker) -> Iterator[JournalLine]:
    """What others said on an item since the letter that is answered; a hold that stands first, then the last word."""
    if speaker.letter is None:
        return
    lines = [
        line
        for line in reversed(known.journals[item.ref])
        if line.event in SAID
        and not line.actor.bears(speaker.member.addresses)
        and line.number != turn.entry.number
        and HOLDS.get(EventName(line.event), item.state) == item.state
        and _is_later(turn, line, speaker.letter)
    ]
    yield from (line for line in lines if line.event in HOLDS)
    yield from (line for line in lines if line.event not in HOLDS)


def _is_later(turn: Turn, line: JournalLine, letter: Outgoing) -> bool:
    """By their times; within one second by the order in which they had their turns."""
    if line.at != letter.created_at:
        return line.at > letter.created_at
    mail, cause = rows.get(turn.conn, line.number), rows.get(turn.conn, letter.cause)
    return bool(mail and cause and (mail.sequence or 0) > (cause.sequence or 0))


def _did(known: Known, item: Item, line: JournalLine) -> Phrase:
    """`Cleo held it on 22 November 2026 at 16:30 UTC`."""
    by = say("words/its-author") if line.actor == person(item.author.email) else known.person(line.actor)
    return say("standing/did", by=by, event=str(line.event), at=line.at)


def _reads(line: JournalLine) -> bool:
    """There are words to be read first."""
    return line.event not in HOLDS


def _fitting(item: Item, command: Command) -> str:
    """A word that goes on the item: the command's own, if that does."""
    kind = KINDS[item.kind]
    allowed = VERBS[command.verb].kinds
    if not allowed or kind.name in allowed:
        return f"{command.verb} {command.argument}".strip()
    return f"sort {item.guess or EVERY[0].name}" if kind.guessed else "discard"
