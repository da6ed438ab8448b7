"""A member answers a reader through the desk: their words go once they have settled, and no member's address with them.

The letter is the desk's: from the address that the reader wrote to, in their thread. What a member's program puts
around the words (a quotation, a signature) has gone when the reply was read; addresses of members that stand in the
words themselves go here. A settled answer may be put on the page of the work that it is about: by a ballot on that.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from mailproc.desk.relay.about import ENQUIRY, work_of
from mailproc.desk.relay.claiming import taken
from mailproc.desk.relay.unseen_address import bears, without_addresses
from mailproc.desk.turn.turn import Origin, Turn
from mailproc.desk.weigh import motions
from mailproc.desk.weigh.outcome import Outcome, Speaker, done, effect, event, how, refused
from mailproc.kinds.enquiry import WAITS
from mailproc.kinds.event import EventName
from mailproc.message.field.address import canonical
from mailproc.message.text.nothing import has_words
from mailproc.phrase import Phrase, say
from mailproc.review.reply.command import Command
from mailproc.store.mail import received as rows
from mailproc.store.people import members
from mailproc.store.work import items, journal
from mailproc.workflow import machine
from mailproc.workflow.item import Item, JournalLine

E = EventName
ANSWERED = "answered"


def answer(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """What follows the word goes to the reader when it has settled."""
    if why := _unanswerable(turn, speaker, item):
        return refused(item, why)
    hidden = _hidden(turn, item)
    words = without_addresses(command.words, hidden)
    if not has_words(words):
        return refused(item, say("refused/no-answer-words", ref=item.ref))
    due = turn.after(turn.desk.config.review.undo)
    if turn.happen(replace(event(speaker, item, E.REPLY, words), due=due)) is None:
        return refused(item, say("refused/already", how=how(turn, item), retracts=False, ref=item.ref))
    left_out = bears(command.words, hidden)
    attached = bool(turn.message and turn.message.attachments)
    did = say("done/answered", effect=effect(turn), left_out=left_out, attached=attached)
    return done(turn, item, did, undo=True, told=words)


def _unanswerable(turn: Turn, speaker: Speaker, item: Item) -> Phrase | None:
    """Why the speaker cannot answer it now."""
    if item.state == "stopped":
        return say("refused/stopped")
    if item.state == ANSWERED and not machine.settled(item) and not _is_theirs(turn.conn, speaker, item):
        return say("refused/already", how=how(turn, item), retracts=False, ref=item.ref)
    if item.state not in {*WAITS, ANSWERED}:
        return say("refused/undo-first", how=how(turn, item))
    return taken(turn, speaker, item)


def _is_theirs(conn: Connection, speaker: Speaker, item: Item) -> bool:
    line = _reply(conn, item)
    return line is not None and line.actor.bears(speaker.member.addresses)


def _hidden(turn: Turn, item: Item) -> frozenset[str]:
    """The addresses that the reader does not see: those of all members, but for the reader's own."""
    everybody = members.every(turn.conn)
    return frozenset(email for each in everybody for email in (each.email, *each.addresses)) - {
        item.author.email,
        canonical(item.author.email),
    }


def close(turn: Turn, speaker: Speaker, item: Item, _: Command) -> Outcome:
    """It ends without an answer, or after one; the reader hears so when that has settled, if they have not heard."""
    if item.state == ANSWERED and not machine.settled(item):
        return refused(item, say("refused/undo-first", how=how(turn, item)))
    if why := taken(turn, speaker, item):
        return refused(item, why)
    due = turn.after(turn.desk.config.review.undo) if item.state in WAITS else None
    if turn.happen(replace(event(speaker, item, E.CLOSE), due=due)) is None:
        return refused(item, say("refused/already", how=how(turn, item), retracts=False, ref=item.ref))
    return done(turn, item, say("done/closed", effect=effect(turn) if due else ""), undo=True)


def _reply(conn: Connection, item: Item) -> JournalLine | None:
    """The line of the last answer to it."""
    return next((line for line in reversed(journal.of(conn, item.ref)) if line.event == E.REPLY), None)


# When it has settled


def send(turn: Turn, item: Item) -> None:
    """The letter with the answer, in the reader's thread; none where `item`, as it was before, is not answered."""
    line = _reply(turn.conn, item) if item.state == ANSWERED else None
    if line is None or not line.words:
        return
    turn.tell(item, "answer", line.words, concerned=work_of(turn, item), origin=_thread(turn, item))


def _thread(turn: Turn, item: Item) -> Origin:
    """The reader's last mail on it, below their earlier ones."""
    found = [row for number, _ in items.messages_of(turn.conn, item.ref) if (row := rows.get(turn.conn, number))]
    named = [row for row in found if row.message_id]
    if not named:
        return turn.opening(item)
    last, earlier = named[-1], tuple(row.message_id for row in named[:-1] if row.message_id)
    return Origin(last.message_id, earlier, found[0].envelope.forward_paths)


# On the page


def append(turn: Turn, speaker: Speaker, item: Item, _: Command) -> Outcome:
    """Put the answer on the page of the work that it is about, or vote for that: said of either."""
    if item.kind != ENQUIRY:
        return motions.append(turn, speaker, item)
    work, line = work_of(turn, item), _reply(turn.conn, item)
    if work is None:
        return refused(item, say("refused/about-nothing", ref=item.ref))
    if line is None or item.state != ANSWERED or not machine.settled(item):
        return refused(item, say("refused/not-answered"))
    if any(note.of == item.ref for note in work.notes):
        return refused(item, say("refused/appended", ref=work.ref))
    if why := motions.bars(speaker, work):
        return refused(item, why)
    return motions.append(turn, speaker, work, line.words, of=item.ref)
