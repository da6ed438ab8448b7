"""Reading the desk: one message's whole story, how it came, what was decided, what came of it. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from mailproc.desk.ground.books import Books
from mailproc.desk.tell.look import WholeItem, whole
from mailproc.errors import StoreError, UnknownReference
from mailproc.message.field.header import subject_in
from mailproc.message.field.hops import HEAD_OCTETS, Hop, hops
from mailproc.store.database import reading
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.work import items
from mailproc.workflow.entry import Entry
from mailproc.workflow.outgoing import Outgoing
from mailproc.workflow.received import NUMBER, Received

HEADER_OCTETS = 64 * 1024  # of a mail that nobody has read, enough to find its Subject in
UNREAD = ("received", "stuck")


@dataclass(frozen=True, slots=True)
class Story:
    """One message's whole story."""

    row: Received
    entry: Entry | None
    letters: tuple[Outgoing, ...]  # that it caused
    items: tuple[WholeItem, ...]  # that it belongs to
    hops: tuple[Hop, ...] = ()  # the way it took, as its Received fields tell it


def story(books: Books, what: str) -> Story:
    """The story of a message, by its number or by the reference it opened. Raises UnknownReference."""
    with reading(books.engine) as conn:
        number = int(what) if NUMBER.fullmatch(what) else _number_of(conn, what)
        row = rows.get(conn, number)
        if row is None:
            raise UnknownReference(f"{what}: no such message; `mailproc received list` shows them all")
        found = [each for ref in items.refs_of(conn, number) if (each := items.get(conn, ref))]
        return Story(
            row,
            archive.read_entry(books.archive, number),
            tuple(letter for letter in outgoing.every(conn) if letter.cause == number),
            tuple(whole(conn, each) for each in found),
            hops(_head(books, row)),
        )


def _head(books: Books, row: Received) -> bytes:
    """The first octets of a message as it came."""
    try:
        with archive.message_path(books.archive, row.number).open("rb") as file:
            file.seek(row.offset)
            return file.read(HEAD_OCTETS)
    except OSError as error:
        raise StoreError(f"message {row.number}: {error.strerror}; `mailproc mend` brings its file back") from error


def _number_of(conn: Connection, ref: str) -> int:
    found = items.get(conn, ref)
    if found is None:
        raise UnknownReference(f"{ref}: there is no such item or message; `mailproc list` shows the items")
    return found.number


def with_subject(books: Books, row: Received) -> Received:
    """The row; of a mail that nobody has read yet, or could read, with the Subject as its file tells it."""
    if row.state not in UNREAD or row.subject:
        return row
    try:
        with archive.message_path(books.archive, row.number).open("rb") as file:
            file.seek(row.offset)
            return replace(row, subject=subject_in(file.read(HEADER_OCTETS)))
    except OSError:  # the list tells of its other mails; `verify` tells of the file
        return row
