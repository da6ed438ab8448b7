"""Reading the desk: items, each with everything that hangs on it. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from mailproc.desk.ground.books import Books
from mailproc.errors import UnknownReference
from mailproc.review.member import Vote
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.work import attachments, items, journal, votes
from mailproc.workflow.item import Item, JournalLine, KeptAttachment


@dataclass(frozen=True, slots=True)
class WholeItem:
    """An item with all that is known of it."""

    item: Item
    attachments: tuple[KeptAttachment, ...]
    votes: tuple[Vote, ...]
    journal: tuple[JournalLine, ...]
    message_ids: tuple[str, ...]


def item(books: Books, ref: str) -> WholeItem:
    """One item. Raises UnknownReference."""
    with reading(books.engine) as conn:
        found = items.get(conn, ref)
        if found is None:
            raise UnknownReference(f"{ref}: there is no such item; `mailproc list` shows them all")
        return whole(conn, found)


def every_item(books: Books, kind: str | None, state: str | None) -> list[WholeItem]:
    """All items, or those of a kind or state, by number; without votes and journal."""
    with reading(books.engine) as conn:
        return [
            WholeItem(each, tuple(attachments.of_item(conn, each)), (), (), _message_ids(conn, each))
            for each in items.every(conn, kind, state)
        ]


def whole(conn: Connection, found: Item) -> WholeItem:
    """The item with its parts."""
    return WholeItem(
        found,
        tuple(attachments.of_item(conn, found)),
        tuple(votes.of(conn, found.ref)),
        tuple(journal.of(conn, found.ref)),
        _message_ids(conn, found),
    )


def _message_ids(conn: Connection, found: Item) -> tuple[str, ...]:
    linked = [rows.get(conn, number) for number, _ in items.messages_of(conn, found.ref)]
    return tuple(dict.fromkeys(row.message_id for row in linked if row and row.message_id))
