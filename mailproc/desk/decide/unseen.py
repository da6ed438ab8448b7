"""What a member's letter did not show: a hold, a question, a note, an author's words that came after it was written.

A group word ("all", "the rest", "A-12 to A-15") reaches what the letter showed, as what it showed it; whatever came
since keeps it from an item, and is told back with the word that goes on (catalogue S97). Who names the item goes on,
and reads what they did not know. Nobody approves a text that they were never shown. What is known here is the
journal; nothing changes, and nothing fails.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailproc.desk.tell.known import known_of
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Speaker
from mailproc.kinds.event import EventName
from mailproc.kinds.every import EVERY, KINDS
from mailproc.phrase import Phrase, say
from mailproc.review.language.verbs import VERBS
from mailproc.review.reply.command import Command
from mailproc.store.mail import received as rows
from mailproc.store.work import journal
from mailproc.workflow import machine
from mailproc.workflow.actor import person
from mailproc.workflow.item import Item, JournalLine
from mailproc.workflow.outgoing import Outgoing

E = EventName
HOLDS = {E.HOLD: "held", E.ASK: "awaiting_author"}  # one member's word, and the state while it stands
NEW_TEXT = frozenset({E.VERSION, E.CONFIRM, E.REPLACED})
WORDS = frozenset({*NEW_TEXT, E.NOTE, E.ADDITION, E.RENEW, E.ANSWER, E.MOVE})
OVERRUN: dict[str, frozenset[EventName]] = {  # what a group word may not overrun, where that is not all of it
    "hold": frozenset({E.ASK}),
    "note": frozenset(),
    "unclaim": frozenset(),
}
DECIDING = frozenset({"approve", "reject", "discard"})


@dataclass(frozen=True, slots=True)
class Unseen:
    """One item as somebody is about to decide on it, with its story."""

    turn: Turn
    item: Item
    held: JournalLine | None  # another member's hold, or question to its author, that stands
    since: tuple[JournalLine, ...]  # by others after the letter: a hold that stands, then words, the last ones first

    def left_out(self, command: Command, ref: str) -> Phrase | None:
        """Why a group word does not reach the item, which the letter called `ref`; None where it does."""
        item = self.item
        if ref not in command.swept:
            return None
        if ref != item.ref:
            word = _fitting(item, command)
            called = say("words/a-kind", kind=item.kind)
            return say("refused/another-kind", called=called, before=ref, ref=item.ref, word=word)
        guarded = OVERRUN.get(command.verb, WORDS | HOLDS.keys())
        line = next((line for line in self.since if line.event in guarded), None)
        if line is None or self._is_decided:  # that it is decided says more
            return None
        return say("refused/since", did=self._did(line), reads=line.event in WORDS, ref=item.ref, word=_word(command))

    def unread(self, command: Command) -> Phrase | None:
        """Why nobody approves this: its text is another than the letter showed; None where it is the same."""
        line = next((line for line in self.since if line.event in NEW_TEXT), None)
        if command.verb != "approve" or line is None or self._is_decided:
            return None
        return say("refused/new-text", at=line.at, ref=self.item.ref)

    def over_whose_hold(self) -> Phrase | None:
        """Who holds it, or asked its author, and since when; None where nobody else does."""
        return self._did(self.held) if self.held else None

    def not_known(self, command: Command) -> Phrase | None:
        """What was said since, and stands in the way of nothing."""
        line = next((line for line in self.since if line.event in WORDS), None)
        return self._did(line) if line and command.verb in DECIDING else None

    @property
    def _is_decided(self) -> bool:
        item = self.item
        return item.state not in machine.WAITING and machine.settled(item) and not item.motion

    def _did(self, line: JournalLine) -> Phrase:
        """`Cleo held it on 22 November 2026 at 16:30 UTC`."""
        its_author = line.actor == person(self.item.author.email)
        by = say("words/its-author") if its_author else known_of(self.turn.conn, [self.item]).person(line.actor)
        wish = its_author and line.event == E.HOLD  # they may want it back, and it is on hold until they have said so
        return say("standing/did", by=by, event="wish" if wish else str(line.event), at=line.at)


def unseen_of(turn: Turn, speaker: Speaker, item: Item) -> Unseen:
    """What somebody has not seen of an item, by the letter that they answer; without one nothing is unseen."""
    lines = [*reversed(journal.of(turn.conn, item.ref))]
    arrived = next((line for line in lines if line.before != line.after), None)
    stands = arrived is not None and any(arrived.event == name and item.state == to for name, to in HOLDS.items())
    held = arrived if arrived and stands and not arrived.actor.bears(speaker.member.addresses) else None
    others = [
        line
        for line in ([held] if held else []) + [line for line in lines if line.event in WORDS]
        if line.number != turn.entry.number
        and not line.actor.bears(speaker.member.addresses)
        and _is_later(turn, line, speaker.letter)
    ]
    return Unseen(turn, item, held, tuple(others))


def not_for(turn: Turn, command: Command, ref: str) -> tuple[Item, Phrase] | None:
    """An item that "all" names and on which its verb does not go, with what does; None where it waits for nothing."""
    item = turn.item(ref)
    if item is None or item.state not in machine.WAITING or not VERBS[command.verb].decides:
        return None
    word, called = _fitting(item, command), say("words/a-kind", kind=item.kind)
    by_name = word == _word(command)  # "all" means what is voted on; the verb goes on it all the same
    return item, say("refused/passed-over", verb=command.verb, called=called, by_name=by_name, ref=item.ref, word=word)


def _is_later(turn: Turn, line: JournalLine, letter: Outgoing | None) -> bool:
    """By their times; within one second by the order in which they had their turns."""
    if letter is None or line.at != letter.created_at:
        return letter is not None and line.at > letter.created_at
    mail, cause = rows.get(turn.conn, line.number), rows.get(turn.conn, letter.cause)
    return bool(mail and cause and (mail.sequence or 0) > (cause.sequence or 0))


def _fitting(item: Item, command: Command) -> str:
    """A word that goes on the item: the command's own, if that does."""
    kind, allowed = KINDS[item.kind], VERBS[command.verb].kinds
    if not allowed or kind.name in allowed:
        return _word(command)
    return f"sort {item.guess or EVERY[0].name}" if kind.guessed else "discard"


def _word(command: Command) -> str:
    return f"{command.verb} {command.argument}".strip()
