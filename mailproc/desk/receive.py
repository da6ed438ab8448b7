"""The one door: octets become a file, a row and a number; only then may the sender's side let go.

Order (DESIGN.md §4.2): spool file fsynced; one transaction: number, row, the file linked under its number and
its folder fsynced; commit. Whoever called may MOVE, or say 250, only after `receive` has returned.
A file under its number is received: `adopt` gives it its row at the next start. Nothing is parsed here,
so no mail can be refused for what it holds.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from mailproc.desk.wire import Desk, fresh_id
from mailproc.failpoint import reach
from mailproc.message.envelope import envelope_of
from mailproc.message.model import Envelope
from mailproc.store import archive
from mailproc.store import received as rows
from mailproc.store.archive import Spooled
from mailproc.store.database import reading, writing
from mailproc.workflow.received import Received

log = logging.getLogger(__name__)
HEAD_OCTETS = 1 << 18  # enough of a message to read its envelope from


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message as it stands at the door."""

    source: str  # source key, unique for ever
    chunks: Iterable[bytes]  # its octets, in order
    envelope: Envelope | None = None  # None: read it from the header (IMAP and files)
    at: datetime | None = None  # None: now; the due time of the clock's messages


def receive(desk: Desk, incoming: Sequence[Incoming]) -> list[int]:
    """Keep a batch in one commit; the number of each, the earlier one where its source was received before.

    Raises StoreError when disk or database refuse: then nothing of the batch is received.
    """
    with reading(desk.engine) as conn:
        known = rows.known_sources(conn, [message.source for message in incoming])
    spooled = _spool_all(desk, [message for message in incoming if message.source not in known])
    with writing(desk.engine) as conn:
        for message, kept, at in spooled:
            known[message.source] = _number(desk, conn, message, kept, at)
    reach("receive.committed")
    return [known[message.source] for message in incoming]


def adopt(desk: Desk) -> list[int]:
    """Give every file under a number its row: what a death between link and commit left (RELIABILITY F03)."""
    with reading(desk.engine) as conn:
        rowless = rows.without_row(conn, archive.numbers(desk.archive))
    for number in rowless:
        found = archive.describe(desk.archive, number)
        envelope = _envelope(desk, found.envelope, archive.message_path(desk.archive, number), found.offset)
        with writing(desk.engine) as conn:
            first = rows.by_source(conn, found.source)
            if first is None:
                rows.add(conn, replace(found, envelope=envelope))
            elif first != number:  # a copy made by hand: its source was received, and it is no message of its own
                log.warning("archive file %d is a copy of %d (%s); take it out", number, first, found.source)
    return rowless


def _spool_all(desk: Desk, incoming: Sequence[Incoming]) -> list[tuple[Incoming, Spooled, datetime]]:
    """Every message on the spool, or none: what one of them raises takes the others off again."""
    spooled: list[tuple[Incoming, Spooled, datetime]] = []
    try:
        for message in incoming:
            spooled.append((message, *_spool(desk, message)))  # noqa: PERF401 - what is done so far must be known
    except BaseException:
        for _, kept, _ in spooled:
            kept.path.unlink(missing_ok=True)
        raise
    return spooled


def _spool(desk: Desk, message: Incoming) -> tuple[Spooled, datetime]:
    at = message.at or desk.now()
    trace = archive.trace_fields(message.source, at, fresh_id(), desk.domain, message.envelope)
    return archive.spool(desk.archive, trace, message.chunks), at


def _number(desk: Desk, conn: Connection, message: Incoming, kept: Spooled, at: datetime) -> int:
    """Row, link and number in the transaction that is open; another process may have been first."""
    earlier = rows.by_source(conn, message.source)
    if earlier is not None:
        kept.path.unlink()
        return earlier
    number = rows.next_number(conn, archive.highest(desk.archive))
    envelope = _envelope(desk, message.envelope or Envelope(), kept.path, kept.offset)
    rows.add(conn, Received(number, message.source, at, envelope, kept.offset, kept.size, kept.sha256))
    reach("receive.numbered")
    archive.link(desk.archive, kept.path, number)
    reach("receive.linked")
    return number


def _envelope(desk: Desk, given: Envelope, path: Path, offset: int) -> Envelope:
    """What a protocol gave, and what it left open as the header tells it."""
    if given.reverse_path is not None and given.forward_paths:
        return given
    with path.open("rb") as file:
        file.seek(offset)
        told = envelope_of(file.read(HEAD_OCTETS), desk.is_ours, desk.config.review.received_by)
    reverse_path = told.reverse_path if given.reverse_path is None else given.reverse_path
    return Envelope(reverse_path, given.forward_paths or told.forward_paths)
