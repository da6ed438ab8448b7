"""Which letter of ours a mail answers, and what that letter said.

A letter's secret is its id: in In-Reply-To or References as our Message-ID, or as the subaddress it was
answered to. Ids are HMACs, looked up among the letters that we wrote and compared with what our key gives, for a row
alone is no proof (catalogue S12, S16); so a guessed one finds nothing. One that an earlier key gave, which is lost, is
told apart (`Thread.old`). If Message-ID and subaddress name two letters, none counts. What the secret permits is
decided elsewhere (`authority`, `following`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection

from mailproc.desk.ground.key import TOKEN_LENGTH
from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.examine import Examined
from mailproc.errors import Damaged, StoreError
from mailproc.message.author.purpose import SKEW
from mailproc.message.author.signature import signatures_of
from mailproc.message.field.address import canonical, split_subaddress
from mailproc.message.model import Address, Message
from mailproc.message.parse import parse
from mailproc.message.words.quotation import Sent, sent_as
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.workflow.outgoing import Outgoing

SECRET = re.compile(f"[a-z2-7]{{{TOKEN_LENGTH}}}")  # as `wire` makes them
EARLIER_LETTERS = 8  # of the thread, beside the one answered
EARLIER_MAILS, MAIL_OCTETS, MAIL_CHARACTERS = 8, 256 * 1024, 64 * 1024  # that a client may have quoted
SIGNED_BEFORE = 50  # mails of an author that may be this one under another Message-ID
READ = frozenset({"processed", "unauthorised"})  # mails that were read whole


@dataclass(frozen=True, slots=True)
class Thread:
    """What a mail hangs on."""

    letter: Outgoing | None = None  # the one it answers, by a valid secret
    others: tuple[Outgoing, ...] = ()  # earlier letters of ours in its References
    claimed: bool = False  # it names a letter of ours that does not exist or gives no power, or two that disagree
    old: Outgoing | None = None  # instead of `letter`: the one it answers, by a secret of a lost key; it gives no power
    doubled: bool = False  # two letters of ours, by secrets that are both valid
    mails: tuple[tuple[int, int], ...] = ()  # earlier mails to us in its References: number, offset in the file


def find(conn: Connection, desk: Desk, message: Message, forward_paths: Sequence[str]) -> Thread:
    """The letter that a mail answers."""
    ids = [*message.in_reply_to, *reversed(message.references)]
    ours = [token for i in dict.fromkeys(ids) if (token := _in_message_id(i, desk))]
    tag = _in_subaddress(desk, forward_paths)
    written = [letter for token in ours[: EARLIER_LETTERS + 1] if (letter := outgoing.get(conn, token))]
    at = outgoing.get(conn, tag) if tag else None
    named = [letter for letter in written if desk.held.wrote(letter)]
    tagged = at if at and desk.held.wrote(at) else None
    if tagged and named and tagged.id != named[0].id:
        return Thread(None, tuple(named), claimed=True, doubled=True)
    letter = tagged or (named[0] if named else None)
    others = tuple(each for each in named if each is not letter)
    mails = _mails(conn, [i for i in ids if not _in_message_id(i, desk)], message) if letter else ()
    old = next(filter(None, (at, *written)), None) if letter is None else None
    return Thread(letter, others, claimed=letter is None and bool(ours or tag), mails=mails, old=old)


def _mails(conn: Connection, ids: Sequence[str], message: Message) -> tuple[tuple[int, int], ...]:
    """The latest mails of the thread that came to us too: the member's own earlier answers, colleagues' answers."""
    looked_at = [i for i in dict.fromkeys(ids) if i != message.message_id][: 2 * EARLIER_MAILS]
    found = [row for i in looked_at for row in rows.of_message_id(conn, i)[-1:] if row.state in READ]
    return tuple((row.number, row.offset) for row in found[:EARLIER_MAILS])


def _in_message_id(message_id: str, desk: Desk) -> str:
    """The secret that a Message-ID of ours is; "" for anybody else's: members may have the desk's domain."""
    local, _, domain = message_id.rpartition("@")
    return local if SECRET.fullmatch(local) and domain.casefold() == desk.domain.casefold() else ""


def _in_subaddress(desk: Desk, forward_paths: Sequence[str]) -> str:
    """The secret that a reply address of ours holds; "" where the mail came to none."""
    tags = ((split_subaddress(path)[1] or "").lower() for path in forward_paths if desk.is_ours(path))
    return next((tag for tag in tags if SECRET.fullmatch(tag)), "")


def signed_before(conn: Connection, desk: Desk, seen: Examined, letter: Outgoing) -> int | None:
    """The number of a mail of the same author that had its effect and bears a signature of this one.

    A signature is made for one mail. Most leave out the Message-ID, so whoever has the mail can write another one into
    it, and bring it again when its author has changed their mind.
    """
    author, own = seen.message.author, _signed(seen.message)
    if author is None or not own:
        return None
    for number, offset in rows.done_of(conn, author.email, letter.created_at - SKEW, SIGNED_BEFORE):
        if number != seen.row.number and own & _signed(_header_of(desk, number, offset)):
            return number
    return None


def _signed(message: Message | None) -> set[bytes]:
    return {found.octets for found in signatures_of(message.header_fields)} - {b""} if message else set()


def _header_of(desk: Desk, number: int, offset: int) -> Message | None:
    """A mail's header, read; None where its file is gone."""
    try:
        with archive.message_path(desk.archive, number).open("rb") as file:
            file.seek(offset)
            return parse(re.split(rb"\r?\n\r?\n", file.read(MAIL_OCTETS), maxsplit=1)[0] + b"\r\n\r\n")[0]
    except OSError:
        return None


def from_its_reader(writer: Address | None, letter: Outgoing) -> bool:
    """The mail comes from the very address that the letter was written to."""
    return writer is not None and canonical(writer.email) == canonical(letter.to)


def from_somebody_else(thread: Thread, writer: Address | None) -> bool:
    """It answers letters of ours, and none of them was written to this address."""
    letters = [*((thread.letter,) if thread.letter else ()), *thread.others]
    return bool(letters) and not any(from_its_reader(writer, letter) for letter in letters)


def sent(desk: Desk, letter: Outgoing) -> Sent:
    """What a letter said, text and HTML as converters render it; for subtraction from an answer."""
    path = desk.outbox / letter.path
    try:
        octets = path.read_bytes()
    except FileNotFoundError as error:
        raise Damaged(f"{path}: gone, and its answers need it; `mailproc mend` brings it back") from error
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; check the disk, answers need this letter") from error
    known = archive.letter_hashes(desk.archive, letter.cause).get(letter.id)
    if known is not None and sha256(octets).hexdigest() != known:
        raise Damaged(f"{path}: not what was written, and its answers need it; `mailproc mend` brings it back")
    message, _ = parse(octets)
    return sent_as(message)


def earlier_texts(desk: Desk, thread: Thread) -> list[str]:
    """The texts of the thread's other letters and mails, which a client may have quoted too."""
    texts: list[str] = []
    for letter in thread.others:
        said = sent(desk, letter)
        texts += [said.text, *said.html_texts]
    for number, offset in thread.mails:
        texts += _texts_of(desk, number, offset)
    return texts


def _texts_of(desk: Desk, number: int, offset: int) -> list[str]:
    """What a mail says, as far as it may be quoted; nothing where its file is gone."""
    try:
        with archive.message_path(desk.archive, number).open("rb") as file:
            file.seek(offset)
            message, _ = parse(file.read(MAIL_OCTETS))
    except OSError:
        return []
    return [text[:MAIL_CHARACTERS] for text in (message.text, message.html_text) if text]
