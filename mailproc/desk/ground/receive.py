"""The one door: octets become a file, a row and a number; only then may the sender's side let go.

Order (design §4.2): spool file fsynced; one transaction: number, row, the file linked under its number and
its folder fsynced; commit. Whoever called may MOVE, or say 250, only after `receive` has returned, or the future of
a `Committer` has its number. A file under its number is received: `adopt` gives it its row at the next start.
Nothing is parsed here, so no mail can be refused for what it holds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Self

from sqlalchemy import Connection

from mailproc.config import Config
from mailproc.desk.ground.books import fresh_id
from mailproc.desk.ground.wire import Desk, is_ours
from mailproc.errors import StoreError
from mailproc.failpoint import reach
from mailproc.message.field.envelope import envelope_of
from mailproc.message.model import Envelope
from mailproc.store.database import reading, writing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.octets.archive import Spooled
from mailproc.workflow.received import Received

log = logging.getLogger(__name__)
COMPANY = 20  # messages that share one commit
SUBJECT_CHARACTERS = 120  # of a message of our own
HEAD_OCTETS = 1 << 18  # enough of a message to read its envelope from


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message as it stands at the door."""

    source: str  # source key, unique for ever
    chunks: Iterable[bytes]  # its octets, in order
    envelope: Envelope | None = None  # None: read it from the header (IMAP and files)
    at: datetime | None = None  # None: now; the due time of the clock's messages
    oversize: int = 0  # octets of a mail that is larger than the limit: `chunks` is its header alone


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message on the spool: whole, durable, without a number."""

    source: str
    at: datetime
    envelope: Envelope | None  # what the protocol gave, as rows can hold it
    kept: Spooled


def receive(desk: Desk, incoming: Sequence[Incoming]) -> list[int]:
    """Keep a batch in one commit; the number of each, the earlier one where its source was received before.

    Raises StoreError when disk or database refuse: then nothing of the batch is received.
    """
    with reading(desk.engine) as conn:
        known = rows.known_sources(conn, [message.source for message in incoming])
    known |= keep(desk, _spool_all(desk, [message for message in incoming if message.source not in known]))
    return [known[message.source] for message in incoming]


def receive_own(desk: Desk, source: str, body: str, at: datetime | None = None) -> int:
    """Keep a message of our own (operator, clock); its number, the earlier one where it was received before."""
    subject = body.splitlines()[0][:SUBJECT_CHARACTERS]
    octets = f"Subject: {subject}\nAuto-Submitted: auto-generated\n\n{body}\n".encode()
    return receive(desk, [Incoming(source, [octets], at=at)])[0]


def keep(desk: Desk, arrived: Sequence[Arrived]) -> dict[str, int]:
    """Numbers for what lies on the spool, in one commit: by source key.

    Raises StoreError when disk or database refuse: then nothing of it is received, and nothing stays on the spool.
    """
    if not arrived:
        return {}
    try:
        with writing(desk.engine) as conn, _taken_back(desk) as linked:
            highest = archive.highest(desk.archive)
            _not_behind(desk, conn, highest)
            free = count(rows.next_number(conn, highest))
            numbers = {message.source: _number(desk, conn, message, free, linked) for message in arrived}
            archive.sync(desk.archive, linked)
    except BaseException:
        _unspool(arrived)
        raise
    reach("receive.committed")
    return numbers


class Committer:
    """The thread that gives numbers to messages that come one by one: all that came during a commit share the next.

    So nobody waits for company, and 20 connections still cost one fsync of database and folder (design §4.2).
    """

    def __init__(self, desk: Desk, arrived: Callable[[], None] = lambda: None) -> None:
        """A context: the thread runs in it, and what was handed over is finished at its end.

        `arrived` is called when messages have their numbers.
        """
        self._desk, self._arrived = desk, arrived
        self._queue: SimpleQueue[tuple[Arrived, Future[int]] | None] = SimpleQueue()
        self._thread = Thread(target=self._serve, name="committer")

    def __enter__(self) -> Self:
        """Open for messages."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Finish what was handed over."""
        self._queue.put(None)
        self._thread.join()

    def commit(self, arrived: Arrived) -> Future[int]:
        """Its number, or why there is none; a future that was cancelled before its turn means: forget the message."""
        future: Future[int] = Future()
        self._queue.put((arrived, future))
        return future

    def _serve(self) -> None:
        while None not in (batch := self._batch()):
            self._commit([each for each in batch if each])
        self._commit([each for each in batch if each])

    def _batch(self) -> list[tuple[Arrived, Future[int]] | None]:
        batch = [self._queue.get()]
        with suppress(Empty):
            while len(batch) < COMPANY and batch[-1] is not None:
                batch.append(self._queue.get_nowait())
        return batch

    def _commit(self, batch: Sequence[tuple[Arrived, Future[int]]]) -> None:
        wanted = [(arrived, future) for arrived, future in batch if future.set_running_or_notify_cancel()]
        _unspool([arrived for arrived, future in batch if future.cancelled()])
        try:
            numbers = keep(self._desk, [arrived for arrived, _ in wanted])
        except BaseException as failure:  # noqa: BLE001 - told to everyone who waits for it
            for _, future in wanted:
                future.set_exception(failure)
            return
        for arrived, future in wanted:
            future.set_result(numbers[arrived.source])
        self._arrived()


def adopt(desk: Desk) -> list[int]:
    """Give every file under a number its row: what a death between link and commit left (catalogue F03).

    Only folders in which some number has no row are looked at: all others can hold no such file.
    """
    with reading(desk.engine) as conn:
        rowless = rows.without_row(conn, archive.numbers(desk.archive, rows.full_thousands(conn)))
        for number in rowless:
            _not_behind(desk, conn, number)
    for number in rowless:
        found = archive.describe(desk.archive, number)
        envelope = envelope_at(desk.config, found.envelope, archive.message_path(desk.archive, number), found.offset)
        with writing(desk.engine) as conn:
            first = rows.by_source(conn, found.source)
            if first is None:
                rows.add(conn, replace(found, envelope=envelope))
            elif first != number:  # a copy made by hand: its source was received, and it is no message of its own
                log.warning("archive file %d is a copy of %d (%s); take it out", number, first, found.source)
    return rowless


def _spool_all(desk: Desk, incoming: Sequence[Incoming]) -> list[Arrived]:
    """Every message on the spool, or none: what one of them raises takes the others off again."""
    arrived: list[Arrived] = []
    try:
        for message in incoming:
            arrived.append(_spool(desk, message))  # noqa: PERF401 - what is done so far must be known
    except BaseException:
        _unspool(arrived)
        raise
    return arrived


def _spool(desk: Desk, message: Incoming) -> Arrived:
    at = message.at or desk.now()
    envelope = message.envelope and archive.holdable(message.envelope)
    trace = trace_of(desk, message.source, at, envelope, message.oversize)
    kept = archive.spool(desk.archive, trace, message.chunks)
    return Arrived(message.source, at, envelope, kept)


def trace_of(desk: Desk, source: str, at: datetime, envelope: Envelope | None, oversize: int = 0) -> bytes:
    """The trace fields of a message that comes in now."""
    return archive.trace_fields(source, at, fresh_id(), desk.domain, envelope, oversize)


def _unspool(arrived: Iterable[Arrived]) -> None:
    for message in arrived:
        message.kept.path.unlink(missing_ok=True)


@contextmanager
def _taken_back(desk: Desk) -> Iterator[list[int]]:
    """The numbers given in this transaction: their files go where it is not even going to be committed."""
    linked: list[int] = []
    try:
        yield linked
    except BaseException:
        archive.unlink(desk.archive, linked)
        raise


def _number(desk: Desk, conn: Connection, message: Arrived, free: Iterator[int], linked: list[int]) -> int:
    """Row, link and number in the transaction that is open; another process may have been first."""
    earlier, kept = rows.by_source(conn, message.source), message.kept
    if earlier is not None:
        kept.path.unlink()
        return earlier
    number = next(free)
    envelope = envelope_at(desk.config, message.envelope or Envelope(), kept.path, kept.offset)
    rows.add(conn, Received(number, message.source, message.at, envelope, kept.offset, kept.size, kept.sha256))
    reach("receive.numbered")
    if number > 1 and archive.is_away(desk.archive):  # what is put below a mount point is gone when its disk comes back
        raise StoreError(archive.words_of_away(desk.archive))
    archive.link(desk.archive, kept.path, number)
    linked.append(number)
    reach("receive.linked")
    return number


def _not_behind(desk: Desk, conn: Connection, number: int) -> None:
    """A message with an entry has a row, or else the database was lost, and going on would decide all of it anew."""
    if rows.get(conn, number) is None and archive.entry_path(desk.archive, number).exists():
        raise StoreError(
            f"the database knows nothing of message {number}, which was decided on: it is new, or older than the "
            "archive; move the database away and run `mailproc rebuild`"
        )


def envelope_at(config: Config, given: Envelope, path: Path, offset: int) -> Envelope:
    """What a protocol gave, and what it left open as the message's header tells it."""
    if given.reverse_path is not None and given.forward_paths:
        return given
    with path.open("rb") as file:
        file.seek(offset)
        told = envelope_of(file.read(HEAD_OCTETS), partial(is_ours, config), config.review.received_by)
    reverse_path = told.reverse_path if given.reverse_path is None else given.reverse_path
    return Envelope(reverse_path, given.forward_paths or told.forward_paths)
