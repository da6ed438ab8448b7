"""Rows without somebody's words and addresses, as their entries stand after the same erasure; then the old pages too.

`rows` runs in the transaction that is open and may run again; what is left of a value is `workflow.erasing`'s.
Its last sweep goes over every column of text of every table, whoever added it. `scrub` takes what SQLite still holds
of the old rows out of its files. Raises StoreError where the database refuses.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from sqlalchemy import Column, Connection, Engine, Row, Table, Text, func, literal, or_, select, type_coerce, update

from mailproc.errors import StoreError
from mailproc.message.model import Address, Envelope
from mailproc.phrase import as_kept, kept
from mailproc.store.columns import folded
from mailproc.store.schema import (
    attachments,
    attempts,
    confirmations,
    items,
    journal,
    member_addresses,
    members,
    metadata,
    notices,
    objections,
    outgoing,
    pieces,
    readdressings,
    received,
    votes,
)
from mailproc.store.work import attachments as attachment_rows
from mailproc.store.work import files as file_rows
from mailproc.store.work.journal import line_of
from mailproc.workflow.erasing import NO_COMMANDS, Erasure
from mailproc.workflow.item import Item
from mailproc.workflow.outgoing import OPEN

_SENDERS = ("author", "reverse_path", "forward_paths", "message_id", "subject", "error")
_LINE = ("ref", "at", "actor", "event", "before", "after", "reason", "words", "number")
_ITEM = ("kind", "number", "state", "title", "authenticated", "received_at", "waiting_since", "text", "text_source")


def addresses(conn: Connection) -> set[str]:
    """Every addr-spec that stands in a row as somebody's own."""
    known = (received.c.author, received.c.reverse_path, items.c.author_email, member_addresses.c.address)
    found: set[str] = set()
    asked = (confirmations.c.member, readdressings.c.member, readdressings.c.address)
    for each in (*known, outgoing.c.recipient, *asked, votes.c.member, notices.c.member):
        found |= {email for email in conn.execute(select(each).distinct()).scalars() if email and "@" in email}
    return found


def being_read(conn: Connection, now: datetime) -> list[int]:
    """Mails that somebody reads now: their parts may be kept already, and no row names them yet."""
    leased = (received.c.state == "received") & (received.c.leased_until > now)
    mails = ~(received.c.source.like("operator:%") | received.c.source.like("clock:%"))
    return list(conn.execute(select(received.c.number).where(leased, mails)).scalars())


def rows(conn: Connection, erasure: Erasure) -> None:
    """All rows, without what is to be erased."""
    conn.exec_driver_sql("PRAGMA secure_delete=ON")  # SQLite writes zeros over what an update leaves behind
    for step in (_received, _attachments, _items, _votes, _journal, _members, _letters, _waiting, _files):
        step(conn, erasure)
    if erasure.everywhere:
        for table in metadata.sorted_tables:
            for each in table.columns:
                if isinstance(type_coerce(each, Text).type, Text) and each.type.python_type in {str, tuple}:
                    _sweep(conn, table, each, erasure)


def scrub(engine: Engine, *, whole: bool) -> bool:
    """Old pages out of the database's files, all of them if `whole`; False if a reader held the write-ahead log."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA query_only=OFF")
        if whole:
            cursor.execute("VACUUM")
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as error:
        why = f"{engine.url.database}: cannot be compacted ({error})"
        raise StoreError(f"{why}; free some space, run it again") from error
    finally:
        connection.close()
    return not busy


def _keep(conn: Connection, table: Table, row: Row[tuple[object, ...]], values: dict[str, object]) -> None:
    """Write what changed of a row, which was read with its primary key."""
    here = [each == row._mapping[each.name] for each in table.primary_key]  # noqa: SLF001 - SQLAlchemy's public name
    changed = {name: value for name, value in values.items() if row._mapping.get(name, _ABSENT) != value}  # noqa: SLF001
    if changed:
        conn.execute(update(table).where(*here).values(changed))


_ABSENT = object()


def _every(conn: Connection, table: Table, *names: str) -> list[Row[tuple[object, ...]]]:
    keys = [each.name for each in table.primary_key]
    return list(conn.execute(select(*(table.c[name] for name in dict.fromkeys((*keys, *names))))))


def _received(conn: Connection, erasure: Erasure) -> None:
    for row in _every(conn, received, *_SENDERS):
        own = row.number in erasure.numbers
        stub = erasure.stubs.get(row.number)
        values: dict[str, object] = {}
        if own or erasure.everywhere:
            values |= _sender(row, erasure)
        if own:
            values |= {"state": "erased", "message_id": None, "logical_key": "", "effect_key": None}
            values |= {"subject": "", "error": ""}
        if stub:
            values |= {"offset": stub.offset, "size": stub.size, "sha256": stub.sha256}
        _keep(conn, received, row, values)


def _sender(row: Row[tuple[object, ...]], erasure: Erasure) -> dict[str, object]:
    """Who sent a message, and the words of it that its row shows."""
    envelope = erasure.envelope(Envelope(row.reverse_path, row.forward_paths))
    author = erasure.one(row.author)
    return {
        "author": author,
        "author_key": folded(author),
        "reverse_path": envelope.reverse_path,
        "forward_paths": envelope.forward_paths,
        "message_id": row.message_id and erasure.addresses(row.message_id),
        "subject": erasure.elsewhere(row.subject),
        "error": erasure.elsewhere(row.error),
    }


def _attachments(conn: Connection, erasure: Erasure) -> None:
    held = select(attachments.c.number).where(
        or_(attachments.c.number.in_(erasure.numbers), attachments.c.sha256.in_(erasure.blobs))
    )
    for number in set(conn.execute(held).scalars()):
        kept = attachment_rows.of_messages(conn, [number])
        attachment_rows.put(conn, number, erasure.attachments(number, kept))


def _items(conn: Connection, erasure: Erasure) -> None:
    proposed = ("new_text", "earlier_sha256", "notes", "byline", "coauthors")
    names = (*_ITEM, *proposed, "text_sha256", "author_name", "author_email", "question")
    for row in _every(conn, items, *names):
        plain = {name: row._mapping[name] for name in (*_ITEM, *proposed, "text_sha256")}  # noqa: SLF001 - the same
        item = Item(author=Address(row.author_name, row.author_email), **plain)
        left = erasure.item(item, _question(conn, row, erasure))
        words = ("title", "text", "text_source", "text_sha256", "question", *proposed)
        values = {name: getattr(left, name) for name in words}
        email = left.author.email
        author = {"author_name": left.author.name, "author_email": email, "author_key": folded(email)}
        _keep(conn, items, row, values | (author if left.author != item.author else {}))


def _question(conn: Connection, row: Row[tuple[object, ...]], erasure: Erasure) -> str | None:
    """The open question of an item, as the line that asked it is left."""
    if row.question is None:
        return None
    asked = select(*(journal.c[name] for name in _LINE)).where(journal.c.item == row.id, journal.c.event == "ask")
    line = conn.execute(asked.order_by(journal.c.id.desc()).limit(1)).mappings().first()
    return erasure.line(line_of(line)).words if line else erasure.elsewhere(row.question)


def _votes(conn: Connection, erasure: Erasure) -> None:
    for row in _every(conn, votes, "words") if erasure.everywhere else ():
        theirs = erasure.theirs(row.member)
        words = "" if theirs else erasure.elsewhere(row.words)
        _keep(conn, votes, row, {"member": erasure.one(row.member), "words": words})


def _journal(conn: Connection, erasure: Erasure) -> None:
    for row in _every(conn, journal, *_LINE):
        line = line_of(row._mapping)  # noqa: SLF001 - the same
        left = erasure.line(line)
        said = {name: getattr(left, name) for name in ("ref", "reason", "words")}
        _keep(conn, journal, row, said | {"actor": str(left.actor)})


def _members(conn: Connection, erasure: Erasure) -> None:
    if not erasure.everywhere:
        return
    for row in _every(conn, members, "email", "name"):
        if erasure.theirs(row.email):
            _keep(conn, members, row, {"email": erasure.one(row.email), "name": ""})
    for row in _every(conn, member_addresses, "address"):
        address = erasure.one(row.address)
        if address != row.address:
            _keep(conn, member_addresses, row, {"address": address, "address_key": folded(address)})


def _letters(conn: Connection, erasure: Erasure) -> None:
    for row in _every(conn, outgoing, "recipient", "subject", "reason", "state", "next_try", "leased_until"):
        to = erasure.recipient(row.id, row.recipient)
        key = folded(to)
        values: dict[str, object] = {"recipient": to, "subject": erasure.subject(row.id, row.subject)}
        if to != row.recipient:
            values |= {"recipient_key": key, "domain": key.rpartition("@")[2]}
        if erasure.everywhere:
            values["reason"] = erasure.addresses(row.reason)
        if row.id in erasure.letters and row.state in OPEN:  # what it said is gone: it must not leave
            values |= {"state": "cancelled", "next_try": None, "leased_until": None, "reason": ""}
        _keep(conn, outgoing, row, values)
    for row in _every(conn, attempts, "reply"):
        _keep(conn, attempts, row, {"reply": "" if row.outgoing in erasure.letters else erasure.elsewhere(row.reply)})


def _waiting(conn: Connection, erasure: Erasure) -> None:
    """Confirmations that were asked for, and lines that wait for a digest."""
    for row in _every(conn, confirmations, "member", "cause", "commands"):
        own = row.cause in erasure.numbers
        if own or erasure.theirs(row.member):
            _keep(conn, confirmations, row, {"member": erasure.one(row.member), "commands": (NO_COMMANDS,)})
        else:
            _keep(conn, confirmations, row, {"commands": tuple(map(erasure.waiting, row.commands))})
    for row in _every(conn, notices, "words"):
        _keep(conn, notices, row, {"words": kept(erasure.notice(as_kept(row.words)))})


def _files(conn: Connection, erasure: Erasure) -> None:
    """Pieces of group files, and what contributors said against a layout."""
    for key, piece in file_rows.every(conn):
        left = erasure.piece(piece)
        if left != piece:
            changed = {name: getattr(left, name) for name in file_rows.COLUMNS}
            conn.execute(update(pieces).where(pieces.c.id == key).values(changed))
    for row in _every(conn, objections, "words") if erasure.everywhere else ():
        words = "" if erasure.theirs(row.email) else erasure.elsewhere(row.words)
        _keep(conn, objections, row, {"email": erasure.one(row.email), "words": words})


def _sweep(conn: Connection, table: Table, swept: Column[object], erasure: Erasure) -> None:
    """Pseudonyms for the addresses wherever they still stand in one column."""
    words = type_coerce(swept, Text)
    signs = [email.lower().replace("@", sign) for email in erasure.pseudonyms for sign in ("@", "=", "%40")]
    held = or_(*(func.instr(func.lower(words), sign) > 0 for sign in signs))
    for row in conn.execute(select(*table.primary_key, words).where(held)).all():
        found = str(row[-1])
        left = erasure.addresses(found)
        if left != found:
            here = [each == row[place] for place, each in enumerate(table.primary_key)]
            conn.execute(update(table).where(*here).values({swept.name: literal(left, Text)}))
