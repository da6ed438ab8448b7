"""Reading the desk: one item or message with everything that hangs on it. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.publishing import kept_of
from mailproc.errors import StoreError, UnknownReference
from mailproc.message.field.hops import HEAD_OCTETS, Hop, hops
from mailproc.review.member import Vote
from mailproc.store.database import reading
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.work import items, journal, votes
from mailproc.workflow.item import Entry, Item, JournalLine, KeptAttachment
from mailproc.workflow.outgoing import Outgoing
from mailproc.workflow.received import NUMBER, Received


@dataclass(frozen=True, slots=True)
class WholeItem:
    """An item with all that is known of it."""

    item: Item
    attachments: tuple[KeptAttachment, ...]
    votes: tuple[Vote, ...]
    journal: tuple[JournalLine, ...]
    message_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One message's whole story."""

    row: Received
    entry: Entry | None
    letters: tuple[Outgoing, ...]  # that it caused
    items: tuple[WholeItem, ...]  # that it belongs to
    hops: tuple[Hop, ...] = ()  # the way it took, as its Received fields tell it


def item(desk: Desk, ref: str) -> WholeItem:
    """One item. Raises UnknownReference."""
    with reading(desk.engine) as conn:
        found = items.get(conn, ref)
        if found is None:
            raise UnknownReference(f"{ref}: there is no such item; `mailproc list` shows them all")
        return whole(conn, found)


def every_item(desk: Desk, kind: str | None, state: str | None) -> list[WholeItem]:
    """All items, or those of a kind or state, by number; without votes and journal."""
    with reading(desk.engine) as conn:
        return [
            WholeItem(each, tuple(kept_of(conn, each)), (), (), _message_ids(conn, each))
            for each in items.every(conn, kind, state)
        ]


def whole(conn: Connection, found: Item) -> WholeItem:
    """The item with its parts."""
    return WholeItem(
        found,
        tuple(kept_of(conn, found)),
        tuple(votes.of(conn, found.ref)),
        tuple(journal.of(conn, found.ref)),
        _message_ids(conn, found),
    )


def _message_ids(conn: Connection, found: Item) -> tuple[str, ...]:
    linked = [rows.get(conn, number) for number, _ in items.messages_of(conn, found.ref)]
    return tuple(dict.fromkeys(row.message_id for row in linked if row and row.message_id))


def story(desk: Desk, what: str) -> Story:
    """The story of a message, by its number or by the reference it opened. Raises UnknownReference."""
    with reading(desk.engine) as conn:
        number = int(what) if NUMBER.fullmatch(what) else _number_of(conn, what)
        row = rows.get(conn, number)
        if row is None:
            raise UnknownReference(f"{what}: no such message; `mailproc received list` shows them all")
        found = [each for ref in items.refs_of(conn, number) if (each := items.get(conn, ref))]
        return Story(
            row,
            archive.read_entry(desk.archive, number),
            tuple(letter for letter in outgoing.every(conn) if letter.cause == number),
            tuple(whole(conn, each) for each in found),
            hops(_head(desk, row)),
        )


def _head(desk: Desk, row: Received) -> bytes:
    """The first octets of a message as it came."""
    try:
        with archive.message_path(desk.archive, row.number).open("rb") as file:
            file.seek(row.offset)
            return file.read(HEAD_OCTETS)
    except OSError as error:
        raise StoreError(f"message {row.number}: {error.strerror}; restore its file from the backup") from error


def _number_of(conn: Connection, ref: str) -> int:
    found = items.get(conn, ref)
    if found is None:
        raise UnknownReference(f"{ref}: there is no such item or message; `mailproc list` shows the items")
    return found.number
