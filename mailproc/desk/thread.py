"""Which letter of ours a mail answers, and what that letter said.

A letter's secret is its id: in In-Reply-To or References as our Message-ID, or as the subaddress it was
answered to. Ids are HMACs, looked up among the letters that we wrote, so a guessed one finds nothing.
If Message-ID and subaddress name two letters, none counts. What the secret permits is decided elsewhere
(`reviewing`, `following`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from mailproc.desk.wire import TOKEN_LENGTH, Desk
from mailproc.errors import StoreError
from mailproc.message.address import canonical, split_subaddress
from mailproc.message.model import Message
from mailproc.message.parse import parse
from mailproc.message.quotation import Sent
from mailproc.store import outgoing
from mailproc.workflow.outgoing import Outgoing

EARLIER_LETTERS = 8  # of the thread, beside the one answered


@dataclass(frozen=True, slots=True)
class Thread:
    """What a mail hangs on."""

    letter: Outgoing | None = None  # the one it answers, by a valid secret
    others: tuple[Outgoing, ...] = ()  # earlier letters of ours in its References
    claimed: bool = False  # it names a letter of ours that does not exist, or two that disagree


def find(conn: Connection, desk: Desk, message: Message, forward_paths: Sequence[str]) -> Thread:
    """The letter that a mail answers."""
    ids = [*message.in_reply_to, *reversed(message.references)]
    ours = [i for i in dict.fromkeys(ids) if i.rpartition("@")[2].casefold() == desk.domain.casefold()]
    named = [letter for i in ours[: EARLIER_LETTERS + 1] if (letter := outgoing.by_message_id(conn, i))]
    tagged = _by_subaddress(conn, desk, forward_paths)
    if tagged and named and tagged.id != named[0].id:
        return Thread(None, tuple(named), claimed=True)
    letter = tagged or (named[0] if named else None)
    return Thread(letter, tuple(n for n in named if n is not letter), claimed=letter is None and bool(ours))


def _by_subaddress(conn: Connection, desk: Desk, forward_paths: Sequence[str]) -> Outgoing | None:
    for path in forward_paths:
        tag = split_subaddress(path)[1]
        if tag and len(tag) == TOKEN_LENGTH and desk.is_ours(path):
            return outgoing.get(conn, tag.lower())
    return None


def from_its_reader(message: Message, letter: Outgoing) -> bool:
    """The mail comes from the very address that the letter was written to."""
    return message.author is not None and canonical(message.author.email) == canonical(letter.to)


def sent(desk: Desk, letter: Outgoing) -> Sent:
    """What a letter said, text and HTML as converters render it; for subtraction from an answer."""
    path = desk.outbox / letter.path
    try:
        message, _ = parse(path.read_bytes())
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; restore the letter from the backup, answers need it") from error
    return Sent(message.text, tuple(t for t in (message.html_text, message.html_links) if t))


def earlier_texts(desk: Desk, thread: Thread) -> list[str]:
    """The texts of the thread's other letters, which a client may have quoted too."""
    texts: list[str] = []
    for letter in thread.others:
        said = sent(desk, letter)
        texts += [said.text, *said.html_texts]
    return texts
