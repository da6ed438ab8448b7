"""The queue: each message has its turn, one at a time for the whole desk, in the order of its number.

A turn: claim (the attempt counted first) - examine, sort and read with no transaction open - the effects due
before it - one short transaction: facts checked again, events applied, letters on disk, entry on disk, commit.
An entry whose commit is missing is applied as it stands, before anything else. A mail that breaks its turn
three times is `stuck`: kept, listed, and the next one is served.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from mailproc import __version__
from mailproc.desk import apply, clockwork, mail, operating, publishing
from mailproc.desk.examine import Examined, clear_spool, examine
from mailproc.desk.receive import Incoming, adopt, receive
from mailproc.desk.turn import Turn
from mailproc.desk.wire import Desk
from mailproc.errors import MailprocError, ParseFailed, StoreError
from mailproc.failpoint import reach
from mailproc.store import archive
from mailproc.store import received as rows
from mailproc.store.database import reading, writing
from mailproc.workflow.item import Entry
from mailproc.workflow.received import ATTEMPTS, Received

LEASE_SECONDS = 300
PATIENCE_SECONDS, LOOK_AGAIN_SECONDS = 30.0, 0.05
STUCK = "stuck"  # the deed of the clock that tells the operator
SPOOL_AGE = timedelta(hours=36)  # RELIABILITY F01
OUR_KINDS = {"operator": "command", "clock": "clock"}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Worked:
    """What a run of the queue came to."""

    processed: int = 0
    stuck: tuple[int, ...] = ()


def work(desk: Desk, progress: Callable[[int], None] = lambda _: None) -> Worked:
    """Serve the queue until it is empty and nothing is due. Raises StoreError when disk or database refuse."""
    _finish_orphans(desk)
    processed = 0
    stuck: list[int] = []
    while True:
        row = _claim(desk)
        if row is None:
            if clockwork.tick(desk, lambda number: process(desk, number)):
                continue
            row = _claim(desk)  # a message of the clock that broke its turn waits for the next
            if row is None:
                publishing.write_lists(desk)
                return Worked(processed, tuple(stuck))
        if _serve(desk, row):
            processed += 1
            progress(row.number)
        elif row.attempts >= ATTEMPTS:
            stuck.append(row.number)


def adopt_all(desk: Desk) -> None:
    """What a start does before intake opens: rows for files without one, old leftovers swept."""
    adopt(desk)
    archive.sweep_spool(desk.archive, desk.now() - SPOOL_AGE)
    clear_spool(desk, desk.now() - SPOOL_AGE)


def process(desk: Desk, number: int) -> bool:
    """Give one message its turn now, whatever else waits; False if it did not come to an end (tried again later)."""
    _finish_orphans(desk)
    with writing(desk.engine) as conn:
        row = rows.claim(conn, desk.now(), LEASE_SECONDS, number=number)
    return row is not None and _serve(desk, row)


def _claim(desk: Desk) -> Received | None:
    with writing(desk.engine) as conn:
        return rows.claim(conn, desk.now(), LEASE_SECONDS)


def _serve(desk: Desk, row: Received) -> bool:
    """One turn; the one place where an unforeseen error ends, as a word to the operator."""
    try:
        reach("process.claimed")
        _turn(desk, row)
        reach("process.committed")
    except StoreError:
        _give_back(desk, row, "the store refused; nothing was done")
        raise
    except (ParseFailed, MailprocError) as error:
        return _failed(desk, row, str(error))
    except Exception as error:
        log.exception("message %d broke its turn", row.number)
        return _failed(desk, row, f"{type(error).__name__}: {error}")
    return True


def _give_back(desk: Desk, row: Received, why: str) -> None:
    with writing(desk.engine) as conn:
        rows.release(conn, row.number, why)


def _failed(desk: Desk, row: Received, why: str) -> bool:
    """Back into the queue, or after the third time out of it."""
    log.info("message %d, attempt %d of %d: %s", row.number, row.attempts, ATTEMPTS, why)
    with writing(desk.engine) as conn:
        if row.attempts >= ATTEMPTS:
            rows.stuck(conn, row.number, why)
        else:
            rows.release(conn, row.number, why)
    if row.attempts >= ATTEMPTS and not row.source.endswith(f"/{STUCK}"):  # a notice that breaks tells of no notice
        enter(desk, f"clock:{desk.now():%Y-%m-%dT%H:%M:%SZ}/{row.number}/{STUCK}", f"{STUCK} {row.number}")
    return False


def _finish_orphans(desk: Desk) -> None:
    """Apply entries whose commit is missing: what was decided before a death stands."""
    with writing(desk.engine) as conn:
        for number in rows.waiting_claimed(conn):
            left = archive.read_entry(desk.archive, number)
            if left is not None:
                apply.entry(conn, left)


def _turn(desk: Desk, row: Received) -> None:
    """Examine, then decide and commit; the effects that were due before this message come first."""
    clockwork.effects_before(desk, row, lambda number: process(desk, number))
    kind = row.source.partition(":")[0]
    if kind == "clock":
        _commit(desk, row, None, lambda turn: clockwork.take(turn, _body(desk, row)))
    elif kind == "operator":
        _commit(desk, row, None, lambda turn: operating.take(turn, _body(desk, row)))
    else:
        _mail(desk, row, examine(desk, row))


def _mail(desk: Desk, row: Received, seen: Examined) -> None:
    """Sort on what is known, and again inside the transaction if that changed meanwhile."""
    reach("process.examined")
    said = mail.spoken(seen)
    while True:
        with reading(desk.engine) as conn:
            known = mail.gather(conn, desk, seen, said)
        verdict = mail.sort(desk, seen, known)
        with writing(desk.engine) as conn:
            if mail.gather(conn, desk, seen, said) == known:
                _finish(conn, desk, row, seen, partial(mail.take, seen=seen, known=known, verdict=verdict))
                return


def _body(desk: Desk, row: Received) -> str:
    """The text of a message of ours (operator, clock): what stands after the blank line."""
    octets = archive.message_path(desk.archive, row.number).read_bytes()[row.offset :]
    return octets.partition(b"\n\n")[2].decode().strip()


def _commit(desk: Desk, row: Received, seen: Examined | None, act: Callable[[Turn], None]) -> None:
    with writing(desk.engine) as conn:
        _finish(conn, desk, row, seen, act)


def _finish(conn: Connection, desk: Desk, row: Received, seen: Examined | None, act: Callable[[Turn], None]) -> None:
    """The order that nothing is lost by: events, letters on disk, entry on disk; the commit is the caller's."""
    turn = Turn(desk, conn, _blank(conn, row, seen), seen.message if seen else None)
    act(turn)
    decided = turn.finished()
    archive.write_entry(desk.archive, decided)
    reach("process.entered")
    apply.finish(conn, decided)
    reach("process.applied")


def _blank(conn: Connection, row: Received, seen: Examined | None) -> Entry:
    """The entry before its turn: the message, and what was read of it."""
    entry = Entry(
        sequence=rows.last_sequence(conn) + 1,
        number=row.number,
        time=_time(conn, row),
        source=row.source,
        envelope=row.envelope,
        sha256=row.sha256,
        state="processed",
        kind=OUR_KINDS.get(row.source.partition(":")[0], ""),
        rule="",
        reason="",
        version=__version__,
    )
    return mail.read(entry, seen) if seen else entry


def _time(conn: Connection, row: Received) -> datetime:
    """The message's time, never before an earlier entry's."""
    last = rows.last_time(conn)
    return max(row.received_at, last) if last else row.received_at


def enter(desk: Desk, source: str, body: str, at: datetime | None = None) -> int:
    """Receive a message of our own (operator, clock) and give it its turn; its number."""
    octets = f"Subject: {body.splitlines()[0][:120]}\nX-Mailproc-Kind: {source.partition(':')[0]}\n\n{body}\n".encode()
    number = receive(desk, [Incoming(source, [octets], at=at)])[0]
    if not process(desk, number):
        _wait_for(desk, number)
    return number


def _wait_for(desk: Desk, number: int) -> None:
    """Another process (the service, say) may have claimed the message between its receipt and here."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with reading(desk.engine) as conn:
            row = rows.get(conn, number)
        if row is None or row.state != "received" or row.error:
            return
        time.sleep(LOOK_AGAIN_SECONDS)
