"""The database made anew from archive, entries and outbox: the view, when only the truth is left (design §2, law 3).

Rows come from the mails' files, everything else from their entries, applied in order of their sequence by the code
that applied them first. No rule, policy, clock, name server, scanner or template is asked. A letter has left if its
record says so; any other is `unconfirmed` and never leaves by itself. It is one transaction: whatever dies or refuses,
the database is as empty as before, and nothing else is ever written. Raises UsageError, StoreError.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, Engine

from mailproc.config import Config
from mailproc.delivery.sent import read_sent
from mailproc.desk.ground import key
from mailproc.desk.ground.books import Books, clock
from mailproc.desk.ground.receive import envelope_at
from mailproc.desk.turn import apply
from mailproc.errors import StoreError, UsageError
from mailproc.failpoint import reach
from mailproc.store.database import writing
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.workflow.entry import Entry, LetterRecord
from mailproc.workflow.received import Received

MOST_LOST = 1_000_000  # sequences in a row that no entry has
log = logging.getLogger(__name__)
Before = Callable[[Connection, Entry], None]  # called with the rows as they were when an entry was decided


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild came to."""

    messages: int = 0
    applied: int = 0  # entries
    waiting: list[int] = field(default_factory=list)  # messages without an entry: the queue decides on them
    stuck: list[int] = field(default_factory=list)
    copies: list[int] = field(default_factory=list)  # files whose source key another message has: no messages
    lost: list[int] = field(default_factory=list)  # sequences that no entry has
    sent: int = 0  # letters with a record
    unconfirmed: list[str] = field(default_factory=list)  # ids of letters of which nobody knows
    key: str = ""  # why the key that lies there is not these letters' own, with the cure


def rebuild(config: Config, engine: Engine, progress: Callable[[int], None] = lambda _: None) -> Rebuilt:
    """Fill an empty database with what was received when this begins.

    Raises UsageError if it is not empty, StoreError if the archive cannot be read or the database refuses.
    """
    numbers = received_numbers(config)
    with writing(engine) as conn:
        there = sum(rows.count(conn).values())
        if there:
            raise UsageError(
                f"{engine.url.database}: holds {there} messages, and a rebuild begins with an empty database; "
                "name a new one with --database, or move this one away"
            )
        came = replay(conn, config, numbers, progress)
    came.key = key.hold(Books(config, engine, clock)).trouble
    return came


def received_numbers(config: Config) -> list[int]:
    """The numbers of all that was received: a mail, or an entry whose mail is gone."""
    root = config.storage.archive
    return sorted({*archive.numbers(root), *archive.entry_numbers(root)})


def replay(
    conn: Connection,
    config: Config,
    numbers: Iterable[int],
    progress: Callable[[int], None] = lambda _: None,
    before: Before = lambda conn, decided: None,  # noqa: ARG005 - its shape
) -> Rebuilt:
    """Rows for these messages and their entries applied, in the open transaction; `progress` is called for each."""
    came = Rebuilt()
    order = sorted(_take_in(conn, config, numbers, came))
    _find_gaps(order, came)
    for place, (_, number) in enumerate(order):
        if place == len(order) // 2:
            reach("rebuild.applied")
        decided = entry_of(config, number)
        before(conn, decided)
        _apply(conn, config, decided, came)
        progress(1)
    came.unconfirmed = outgoing.call_unconfirmed(conn)
    return came


def _take_in(conn: Connection, config: Config, numbers: Iterable[int], came: Rebuilt) -> Iterator[tuple[int, int]]:
    """A row for each message; (sequence, number) of those that have an entry."""
    root = config.storage.archive
    for number in numbers:
        decided = archive.read_entry(root, number)
        row = _row(config, number, decided)
        first = rows.by_source(conn, row.source)
        if first is not None:  # made by hand: whoever received it knows the other
            log.warning("archive file %d is a copy of %d (%s); take it out", number, first, row.source)
            came.copies.append(number)
            continue
        rows.add(conn, row)
        came.messages += 1
        if decided is not None:
            yield decided.sequence, number
        else:
            (came.stuck if row.state == "stuck" else came.waiting).append(number)


def _row(config: Config, number: int, decided: Entry | None) -> Received:
    """A message before its turn, as its file tells it; where a mail is gone, what its entry knows of it."""
    root = config.storage.archive
    path = archive.message_path(root, number)
    if decided is None:
        found = archive.describe(root, number)
        envelope = envelope_at(config, found.envelope, path, found.offset)
        return replace(found, envelope=envelope, state="stuck" if archive.is_stuck(root, number) else "received")
    gone = Received(number, decided.source, decided.time, decided.envelope, 0, 0, decided.sha256)
    if not path.exists():
        return gone
    try:
        trace = archive.read_whole_trace(path)
    except archive.NotAMail:  # damaged: `mend` brings it back
        return gone
    size = path.stat().st_size - trace.offset
    return Received(number, decided.source, trace.received_at, decided.envelope, trace.offset, size, decided.sha256)


def entry_of(config: Config, number: int) -> Entry:
    """The entry that was there a moment ago. Raises StoreError."""
    decided = archive.read_entry(config.storage.archive, number)
    if decided is None:
        path = archive.entry_path(config.storage.archive, number)
        raise StoreError(f"{path}: it went away meanwhile; leave the archive alone, then start again")
    return decided


def _find_gaps(order: list[tuple[int, int]], came: Rebuilt) -> None:
    """Sequences that are missing are told; one that two entries have is no order at all."""
    last, last_number = 0, 0
    for sequence, number in order:
        if sequence == last:
            raise StoreError(
                f"entries {last_number} and {number} have the same sequence {sequence}: two desks wrote into this "
                "archive; restore it from the backup"
            )
        if sequence - last > MOST_LOST:
            raise StoreError(
                f"entry {number} has the sequence {sequence}, and the one before it {last}: it is damaged, or most of "
                "the archive is gone; restore it from the backup"
            )
        came.lost += range(last + 1, sequence)
        last, last_number = sequence, number


def _apply(conn: Connection, config: Config, decided: Entry, came: Rebuilt) -> None:
    try:
        apply.entry(conn, decided)
    except apply.UNFIT as error:
        path = archive.entry_path(config.storage.archive, decided.number)
        why = str(error).partition("\n")[0]
        raise StoreError(
            f"{path}: cannot be applied ({type(error).__name__}: {why}); move it away, `mailproc mend FILE` takes it "
            "from a backup"
        ) from error
    came.applied += 1
    for letter in decided.letters:
        _recognise(conn, config, letter, came)


def _recognise(conn: Connection, config: Config, letter: LetterRecord, came: Rebuilt) -> None:
    """A letter with a record of its leaving is sent; what happened to it later stands in later entries."""
    sent_at = read_sent(config.storage.outbox, letter.path, letter.id)
    row = outgoing.get(conn, letter.id) if sent_at else None
    if row is not None:
        outgoing.update(
            conn, replace(row, state="sent", sent_at=sent_at, next_try=None, reason=""), None, row.created_at
        )
        came.sent += 1
