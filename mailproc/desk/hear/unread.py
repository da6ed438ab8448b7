"""A mail that says nothing anybody here can read: locked, in pieces, elsewhere, damaged, or without a word.

It opens nothing, changes nothing and decides nothing; it is kept, its reason stands in its entry and is counted in the
digest, and its author hears at once what to do. Whoever answers that letter writes as if it were their first mail: it
goes where the first one went, under the first one's subject, and what they quote of our letter is no word of theirs.
The same holds for the answer to a letter that a mail was too large. Members' replies are `reviewing`'s.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.desk.hear.reviewing import read
from mailproc.desk.tell.answer import answer
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.thread import find, from_its_reader, sent
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.every import KINDS
from mailproc.message.field.header import title_of
from mailproc.message.text.nothing import EMPTY, has_words, says_by_itself, says_nothing
from mailproc.message.words.quotation import quotes
from mailproc.review.language.manners import greets
from mailproc.review.language.words import clean, tokens
from mailproc.review.reply.command import Listing
from mailproc.sorting.sort import Verdict
from mailproc.store.mail import received as rows
from mailproc.store.mail.outgoing import letters_to

DAY = timedelta(days=1)

LETTER = "author/unread"
AGAIN = (LETTER, "author/oversize")  # letters whose answer is the mail that they ask for


def why_unread(seen: Examined, verdict: Verdict) -> str:
    """Why the mail opens nothing, a slug; "" where it says something. A question may stand in its subject."""
    why = says_nothing(seen.message, [kept.attachment for kept in seen.kept if kept.state == "kept"])
    if why != EMPTY:
        return why
    kinds, subject = (
        [KINDS[hit.kind] for hit in verdict.wishes if hit.kind in KINDS],
        title_of(seen.message.subject, ""),
    )
    general = any(kind.guessed for kind in kinds)  # an address that no rule owns: a greeting there is no question
    said = says_by_itself(subject) and not greets(tokens(clean(subject))) if general else has_words(subject)
    return EMPTY if kinds and (not said or any(kind.voted for kind in kinds)) else ""


def tell_unread(turn: Turn, seen: Examined, why: str, ref: str | None = None) -> None:
    """Its author hears what to do. `ref`: the item that it would have been about; they hold a letter on that."""
    turn.note(reason=why)
    author = seen.writer
    if why == "partial" and author is not None and letters_to(turn.conn, author.email, LETTER, turn.time - DAY):
        turn.note(unanswered="told-already")  # of an earlier piece
        return
    answer(turn, seen, LETTER, {"unread": why}, ref=ref, proven=ref is not None)


def as_first(conn: Connection, desk: Desk, seen: Examined) -> Examined:
    """A mail that answers such a letter, as the mail that was asked for; any other mail as it is."""
    thread = find(conn, desk, seen.message, seen.row.envelope.forward_paths)
    letter, message = thread.letter, seen.message
    if letter is None or letter.template not in AGAIN or letter.ref or not from_its_reader(seen.writer, letter):
        return seen
    first = rows.get(conn, letter.cause)
    if first is None:
        return seen
    subject = first.subject if title_of(message.subject, "") == title_of(letter.subject, "") else message.subject
    text = message.text
    if quotes(text, sent(desk, letter)):
        text = read(desk, seen, thread, Listing((), single=False), "author").own
    paths = tuple(dict.fromkeys((*first.envelope.forward_paths, *seen.row.envelope.forward_paths)))
    return replace(
        seen,
        message=replace(message, subject=subject, text=text),
        row=replace(seen.row, envelope=replace(seen.row.envelope, forward_paths=paths)),
    )
