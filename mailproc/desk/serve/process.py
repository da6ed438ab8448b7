"""The queue: each message has its turn, one at a time for the whole desk, untried ones first, by their number.

A turn: claim (the attempt counted first) - examine, sort and read with no transaction open - the effects due
before it - one short transaction: facts checked again, events applied, letters on disk, entry on disk, commit.
An entry whose commit is missing is applied as it stands, before anything else is decided. A mail that breaks its
turn three times is `stuck`: kept, listed, and those behind it did not wait. Whoever comes late to a message that
another worker has finished meanwhile does nothing. A mail too broken to be read is `quarantined`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from mailproc import times
from mailproc.desk.admit import entrance
from mailproc.desk.clock import at_once, clockwork
from mailproc.desk.decide import gathering
from mailproc.desk.erase import forget, retention
from mailproc.desk.file import laying_out
from mailproc.desk.ground.key import ensure_same
from mailproc.desk.ground.receive import adopt, receive_own
from mailproc.desk.ground.wire import Desk
from mailproc.desk.hear import border, leaving, unread
from mailproc.desk.page import whole
from mailproc.desk.serve import mail, operating
from mailproc.desk.tell import telling
from mailproc.desk.turn import apply, extracting, small
from mailproc.desk.turn.examine import Examined, clear_spool, examine, intact
from mailproc.desk.turn.turn import Turn, blank
from mailproc.desk.weigh import counting
from mailproc.desk.work import adorning
from mailproc.errors import MailprocError, StoreError
from mailproc.failpoint import reach
from mailproc.message.field.header import plain
from mailproc.store.database import reading, writing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive, disk
from mailproc.workflow.entry import Entry
from mailproc.workflow.received import ATTEMPTS, Received

LEASE_SECONDS = 300
PATIENCE_SECONDS, LOOK_AGAIN_SECONDS = 30.0, 0.05
DONE, AGAIN = "done", "again"
STUCK = "stuck"  # and the deed of the clock that tells the operator
SPOOL_AGE = timedelta(hours=36)  # catalogue F02
OUR_KINDS = {"operator": "command", "clock": "clock"}
SHOWING = {"clock": {"digests", at_once.DEED}, "operator": {"digest"}}  # messages of ours whose letters show items
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Worked:
    """What a run of the queue came to."""

    processed: int = 0
    stuck: tuple[int, ...] = ()


def work(
    desk: Desk, progress: Callable[[int], None] = lambda _: None, stop: Callable[[], bool] = lambda: False
) -> Worked:
    """Serve the queue until it is empty and nothing is due, or until `stop` says so between two messages.

    Raises StoreError when disk or database refuse.
    """
    try:
        return _work(desk, progress, stop)
    finally:  # also where a work cannot be put up: who has left does not stay for that
        entrance.write_access(desk)


def _work(desk: Desk, progress: Callable[[int], None], stop: Callable[[], bool]) -> Worked:
    processed = 0
    stuck: list[int] = []
    desk.holder.free_the_dead()
    while not stop():
        row = _claim(desk)
        if row is None:
            if clockwork.tick(desk, lambda number: process(desk, number)):
                continue
            row = _claim(desk)  # a message of the clock that broke its turn waits for the next
            if row is None:
                whole.write_lists(desk)
                break
        ended = _serve(desk, row)
        if ended == DONE:
            processed += 1
            progress(row.number)
        elif ended == STUCK:
            stuck.append(row.number)
    return Worked(processed, tuple(stuck))


def adopt_all(desk: Desk) -> None:
    """What a start does before intake opens: rows for files without one, old leftovers swept."""
    adopt(desk)
    desk.holder.free_the_dead()
    desk.holder.sweep()
    archive.sweep_spool(desk.archive, desk.now() - SPOOL_AGE)
    clear_spool(desk, desk.now() - SPOOL_AGE)


def process(desk: Desk, number: int) -> bool:
    """Give one message its turn now, whatever else waits; False if it did not come to an end (tried again later)."""
    row = _claim(desk, number)
    return row is not None and _serve(desk, row) == DONE


def _claim(desk: Desk, number: int | None = None) -> Received | None:
    desk.holder.free_the_dead(now_and_then=True)
    with writing(desk.engine) as conn:
        _finish_orphans(conn, desk)
        ensure_same(conn, desk.held)
        row = rows.claim(conn, desk.now(), LEASE_SECONDS, number, desk.holder.id)
        if row:
            desk.holder.claims(conn)
            desk.holder.messages.add(row.number)  # before the commit: no thread of ours finds it in nobody's hand
    return row


def _serve(desk: Desk, row: Received) -> str:
    """One turn; the one place where an unforeseen error ends, as a word to the operator. DONE, AGAIN or STUCK."""
    try:
        if row.attempts > ATTEMPTS:  # nobody was left to count: the program itself died of it (catalogue F91)
            return _failed(desk, row, f"mailproc died in {ATTEMPTS} turns of this mail")
        reach("process.claimed")
        _turn(desk, row)
        reach("process.committed")
        if row.source.partition(":")[0] not in OUR_KINDS:
            small.of_message(desk, row.number)
    except StoreError as error:
        if _is_lost(desk, row):
            return _failed(desk, row, str(error))
        _give_back(desk, row)
        raise
    except MailprocError as error:
        return _failed(desk, row, str(error))
    except Exception as error:
        if isinstance(error, OSError) and disk.is_known(error):  # as a StoreError: no mail is to blame (catalogue F24)
            _give_back(desk, row)
            raise disk.refused(Path(error.filename or desk.archive), error) from error
        log.exception("message %d broke its turn", row.number)
        return _failed(desk, row, f"{type(error).__name__}: {error}")
    except BaseException:  # whoever ends the program does not blame the mail
        _give_back(desk, row)
        raise
    finally:
        desk.holder.messages.discard(row.number)
    return DONE


def _is_lost(desk: Desk, row: Received) -> bool:
    """This one file is gone; the disk is there, and the other messages need not wait."""
    path = archive.message_path(desk.archive, row.number)
    return path.parent.is_dir() and not path.exists()


def give_back_held(desk: Desk) -> None:
    """What this process leaves in mid-turn waits for nobody's lease, and that attempt does not count."""
    with writing(desk.engine) as conn:
        for number in sorted(desk.holder.messages):
            rows.give_back(conn, number)


def _give_back(desk: Desk, row: Received) -> None:
    """Back into the queue, the attempt not counted; where even that is refused, the lease runs out."""
    with suppress(StoreError), writing(desk.engine) as conn:
        rows.give_back(conn, row.number)


def _failed(desk: Desk, row: Received, why: str) -> str:
    """Back into the queue, or after the third time out of it; nothing where another worker was here meanwhile."""
    why = plain(why)
    log.info("message %d, attempt %d of %d: %s", row.number, row.attempts, ATTEMPTS, why)
    with writing(desk.engine) as conn:
        now = rows.get(conn, row.number)
        if now is None or (now.state, now.attempts) != ("received", row.attempts):
            return AGAIN
        if row.attempts < ATTEMPTS:
            rows.release(conn, row.number, why)
            return AGAIN
        archive.mark_stuck(desk.archive, row.number)
        rows.stuck(conn, row.number, why)
    if not row.source.endswith(f"/{STUCK}"):  # a notice that breaks tells of no notice
        enter(desk, f"clock:{times.stamp(desk.now())}/{row.number}/{STUCK}", f"{STUCK} {row.number}")
    return STUCK


def _finish_orphans(conn: Connection, desk: Desk) -> None:
    """Apply entries whose commit is missing: what was decided before a death stands, in the order of its sequence.

    Whoever is alive between entry and commit holds the writing transaction, so while we hold it there is nobody.
    """
    left = [archive.read_entry(desk.archive, number) for number in rows.waiting_claimed(conn)]
    for entry in sorted((each for each in left if each is not None), key=lambda each: each.sequence):
        try:
            apply.entry(conn, entry)
        except apply.UNFIT as error:
            path = archive.entry_path(desk.archive, entry.number)
            why = str(error).partition("\n")[0]
            raise StoreError(
                f"{path}: cannot be applied ({why}); take it away, its mail is then decided anew"
            ) from error


def _waits(conn: Connection, desk: Desk, row: Received) -> bool:
    """Nobody finished the message since we claimed it, neither a faster worker nor a dead one's entry."""
    _finish_orphans(conn, desk)
    now = rows.get(conn, row.number)
    return now is not None and now.state == "received"


def _turn(desk: Desk, row: Received) -> None:
    """Examine, then decide and commit; the effects that were due before this message come first."""
    clockwork.effects_before(desk, row, lambda number: process(desk, number))
    kind = row.source.partition(":")[0]
    if kind in SHOWING and _body(desk, row).partition(" ")[0] in SHOWING[kind]:
        small.of_what_waits(desk)
    if kind == "clock":
        retention.prepare(desk, row, _body(desk, row))
        _commit(desk, row, None, lambda turn: clockwork.do_due(turn, _body(desk, row)))
    elif kind == "operator":
        forget.prepare(desk, row, _body(desk, row))
        _commit(desk, row, None, lambda turn: operating.carry_out(turn, _body(desk, row)))
    else:
        _mail(desk, row, entrance.covered(desk, examine(desk, row)))


def _mail(desk: Desk, row: Received, seen: Examined) -> None:
    """Sort on what is known, and again inside the transaction if that changed meanwhile."""
    reach("process.examined")
    if seen.broken:
        _commit(desk, row, seen, lambda turn: _quarantine(turn, seen.broken))
        return
    if token := border.probe_in(desk, seen):
        _commit(desk, row, seen, lambda turn: border.hear_probe(turn, seen, token))
        return
    with reading(desk.engine) as conn:
        seen = adorning.marked(conn, unread.as_first(conn, desk, seen))
    said = mail.spoken(seen)
    were_read = False  # its documents
    while True:
        with reading(desk.engine) as conn:
            known = mail.gather(conn, desk, seen, said)
        verdict = mail.sort(desk, seen, known)
        if not were_read and mail.wants_words(seen, known, verdict):
            seen, were_read = replace(seen, kept=extracting.read(desk, seen.kept)), True
        with writing(desk.engine) as conn:
            if not _waits(conn, desk, row):
                return
            if mail.gather(conn, desk, seen, said) == known:
                _finish(conn, desk, row, seen, partial(mail.hear, seen=seen, known=known, verdict=verdict))
                return


def _quarantine(turn: Turn, reason: str) -> None:
    """Kept, counted in the digest and listed; nobody knows what it says, so it does nothing and gets no answer."""
    turn.note(state="quarantined", reason=reason, unanswered="quarantined")


def _body(desk: Desk, row: Received) -> str:
    """The text of a message of ours (operator, clock): what stands after the blank line."""
    path = archive.message_path(desk.archive, row.number)
    intact(path, row)
    octets = path.read_bytes()[row.offset :]
    return octets.partition(b"\n\n")[2].decode().strip()


def _commit(desk: Desk, row: Received, seen: Examined | None, act: Callable[[Turn], None]) -> None:
    with writing(desk.engine) as conn:
        if _waits(conn, desk, row):
            _finish(conn, desk, row, seen, act)


def _finish(conn: Connection, desk: Desk, row: Received, seen: Examined | None, act: Callable[[Turn], None]) -> None:
    """The order that nothing is lost by: events, letters on disk, entry on disk; the commit is the caller's."""
    row = replace(row, received_at=min(row.received_at, desk.now()))  # none by a clock that has been set back since
    turn = Turn(desk, conn, _blank(desk, conn, row, seen), seen.message if seen else None)
    act(turn)
    gathering.after(turn)
    laying_out.tell_changes(turn)
    leaving.after(turn)
    counting.after(turn)
    telling.tell(turn)
    decided = turn.finished()
    archive.write_entry(desk.archive, decided)
    reach("process.entered")
    try:
        apply.finish(conn, decided)
    except MailprocError:  # it can never be applied, so it must not be found as if we had died here
        archive.entry_path(desk.archive, decided.number).unlink()
        raise
    reach("process.applied")


def _blank(desk: Desk, conn: Connection, row: Received, seen: Examined | None) -> Entry:
    """The entry before its turn: the message, and what was read of it."""
    entry = replace(blank(conn, row), kind=OUR_KINDS.get(row.source.partition(":")[0], ""))
    return mail.read(entry, seen, desk.config.desk.language) if seen else entry


def enter(desk: Desk, source: str, body: str, at: datetime | None = None) -> int:
    """Receive a message of our own (operator, clock) and give it its turn; its number."""
    number = receive_own(desk, source, body, at)
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
