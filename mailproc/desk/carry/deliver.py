"""Letters that are due, tried once each: claimed with the attempt written first, then the server, then the receipt.

Some at a time, each lane with a connection of its own, few to one domain. What a receipt makes of a letter is
`workflow/outgoing`'s; how it travels is `delivery`'s. After a yes the proof stands beside the letter
(`<id>.sent.json`) before the row says so. A secret goes into its letter here, at each attempt, and nowhere else.
A server that cannot be reached costs each lane one try: the other letters stay as they are. What a dead sender had in
hand is free before anything is claimed. While letters are paused nothing is claimed. What came of it is told by
`undelivered`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from mailproc.config import Config
from mailproc.delivery.connection import Server
from mailproc.delivery.sent import read_sent, write_sent
from mailproc.delivery.smtp import Session
from mailproc.desk.clock import undelivered
from mailproc.desk.ground.secret import secret
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import process
from mailproc.desk.tell.answer import BOUND
from mailproc.errors import DeliveryError
from mailproc.failpoint import reach
from mailproc.letters.catalogue import CARRIERS
from mailproc.message.blank import filled
from mailproc.store.database import reading, writing
from mailproc.store.mail import outgoing
from mailproc.store.octets import archive
from mailproc.store.service import pulses, switches
from mailproc.workflow.outgoing import Outgoing, Patience, Receipt, after

LEASE_SECONDS = 2400  # longer than one letter may take, all its deadlines together
IN_VAIN = timedelta(days=30)  # so long an address that refused a letter gets no automatic one
PULSE = "deliver"
MAX_TOLD = 100  # reasons in the log of one run

log = logging.getLogger(__name__)
Send = Callable[[Outgoing, bytes], Receipt]


@dataclass(slots=True)
class _Tally:
    """What all lanes did together."""

    progress: Callable[[int], None]
    came: dict[str, int] = field(default_factory=dict)
    told: set[str] = field(default_factory=lambda: {""})
    troubles: list[str] = field(default_factory=list)  # of lanes that found no server
    turn: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    def count(self, tried: Outgoing, receipt: Receipt) -> None:
        """One letter more; each reason is told once, in the log."""
        with self.turn:
            self.came[tried.state] = self.came.get(tried.state, 0) + 1
            if tried.reason not in self.told and len(self.told) < MAX_TOLD:
                log.warning("letter to %s: %s", tried.to, tried.reason)
                self.told.add(tried.reason)
            if not receipt.reached:
                self.troubles.append(receipt.reply)
            self.progress(1)


def deliver(desk: Desk, progress: Callable[[int], None] = lambda _: None) -> dict[str, int]:
    """Try every letter that is due once; how many came into each state."""
    tally = _Tally(progress)
    desk.holder.free_the_dead()
    with reading(desk.engine) as conn:
        if switches.paused(conn, "letters"):
            log.warning("letters are paused; `mailproc resume letters` lets them leave")
            return tally.came
        lanes = outgoing.count_due(conn, desk.now(), _lanes(desk))
    if lanes:
        _run(desk, tally, lanes)
    _beat(desk, tally, lanes)
    undelivered.tell(desk, lambda number: process(desk, number))
    return tally.came


def _run(desk: Desk, tally: _Tally, lanes: int) -> None:
    """All lanes to their end; what breaks one, or stops us, stops each after the letter that it has in hand."""
    with ThreadPoolExecutor(lanes, "deliver") as pool:
        running = [pool.submit(_lane, desk, tally) for _ in range(lanes)]
        try:
            for lane in running:
                lane.result()
        except BaseException:
            tally.over.set()
            raise


def _lanes(desk: Desk) -> int:
    """How many letters may be on their way at once; a folder has no way."""
    return 1 if desk.config.delivery.transport == "folder" else desk.config.delivery.connections


def _lane(desk: Desk, tally: _Tally) -> None:
    """Letter after letter on one connection, until none is due or the server cannot be reached."""
    with _transport(desk) as send:
        while not tally.over.is_set() and (due := _claim(desk)):
            with desk.holder.letter(due.id):
                tried, receipt = _try(desk, due, send)
            tally.count(tried, receipt)
            if not receipt.reached:
                return


def _beat(desk: Desk, tally: _Tally, lanes: int) -> None:
    """Well, if some lane could work or none was needed; a trouble lasts until a letter has shown that it is over."""
    with writing(desk.engine) as conn:
        if tally.troubles and len(tally.troubles) == sum(tally.came.values()):
            pulses.fail(conn, PULSE, desk.now(), tally.troubles[0])
            return
        known = pulses.get(conn, PULSE)
        if lanes or known is None or not known.trouble or not outgoing.is_waiting(conn):
            pulses.beat(conn, PULSE, desk.now())


def _claim(desk: Desk) -> Outgoing | None:
    """One letter at a time: a slow server must not outlast the lease of those behind it."""
    chosen, now = desk.config.delivery, desk.now()
    desk.holder.free_the_dead(now_and_then=True)
    with writing(desk.engine) as conn:
        outgoing.hold_silent(conn, now, chosen.hold_ambiguous)
        due = outgoing.next_due(conn, now, chosen.per_domain)
        while due and _is_in_vain(conn, due):
            outgoing.settle(conn, replace(due, state="suppressed", reason="the address refused the last letter"), "")
            due = outgoing.next_due(conn, now, chosen.per_domain)
        claimed = outgoing.begin(conn, due, now, LEASE_SECONDS, desk.holder.id) if due else None
        if claimed:
            desk.holder.claims(conn)
            desk.holder.letters.add(claimed.id)  # before the commit: no lane of ours finds it in nobody's hand
    if claimed:
        reach("deliver.claimed")
    return claimed


def _is_in_vain(conn: Connection, letter: Outgoing) -> bool:
    """An automatic letter to an address that refuses letters, unless the operator wants it sent."""
    automatic = letter.template in BOUND and letter.retried_at is None
    return automatic and outgoing.in_vain(conn, letter.to, letter.created_at - IN_VAIN)


def _try(desk: Desk, letter: Outgoing, send: Send) -> tuple[Outgoing, Receipt]:
    left_at = _left_before(desk, letter)
    if left_at:
        receipt = Receipt("sent", "it had left before, by the record beside it")
    else:
        octets = _octets(desk, letter)
        if isinstance(octets, bytes) and letter.template in CARRIERS:
            octets = _with_secret(desk, letter, octets)
        receipt = send(letter, octets) if isinstance(octets, bytes) else octets
    now, chosen = desk.now(), desk.config.delivery
    tried = after(letter, receipt, left_at or now, Patience(chosen.give_up, chosen.hold_ambiguous))
    if tried.state == "sent" and not left_at:
        reach("deliver.accepted")
        _prove(desk, letter, now, receipt)
        reach("deliver.proved")
    with writing(desk.engine) as conn:
        outgoing.update(conn, tried, receipt, now)
    reach("deliver.committed")
    return tried, receipt


def _octets(desk: Desk, letter: Outgoing) -> bytes | Receipt:
    """The letter as it was written; where its file is gone or another, what comes of it: nobody gets it so."""
    path, known = desk.outbox / letter.path, archive.letter_hashes(desk.archive, letter.cause).get(letter.id)
    with suppress(OSError):
        octets = path.read_bytes()
        if known in (None, sha256(octets).hexdigest()):
            return octets
    cure = f"`mailproc mend` brings it back, then `mailproc outbox retry {letter.id}`"
    changed = path.is_file()
    return Receipt("permanent", f"{letter.path}: its file is {'not what was written' if changed else 'gone'}; {cure}")


def _with_secret(desk: Desk, letter: Outgoing, octets: bytes) -> bytes | Receipt:
    """The letter as its reader gets it, the same octets at every attempt; a folder is nobody who may know a secret."""
    if desk.config.delivery.transport == "folder":
        return octets
    if not desk.held.wrote(letter):
        cure = f'whoever answers a newer letter with "access" gets another; `mailproc outbox cancel {letter.id}`'
        return Receipt("permanent", f"its secret was made with a key that this desk has no more; {cure}")
    return filled(octets, desk.held.of_access(letter.cause, letter.to))


def _left_before(desk: Desk, letter: Outgoing) -> datetime | None:
    """When an earlier attempt sent it that died with the proof written and the row not: no second copy leaves."""
    sent_at = read_sent(desk.outbox, letter.path, letter.id) if letter.attempts > 1 else None
    if sent_at is None:
        return None
    with reading(desk.engine) as conn:
        tried = outgoing.attempts_of(conn, letter.id)
    return sent_at if any(each.may_have_sent(sent_at) for each in tried) else None


def _prove(desk: Desk, letter: Outgoing, now: datetime, receipt: Receipt) -> None:
    """The record beside the letter; if the disk refuses it, the row still says sent, for the letter has left."""
    try:
        write_sent(desk.outbox, letter, now, receipt.reply)
    except DeliveryError as error:
        log.warning("%s", error)


@contextmanager
def _transport(desk: Desk) -> Iterator[Send]:
    """How letters leave, by the configuration."""
    if desk.config.delivery.transport == "folder":
        yield lambda letter, _: _left(letter)
        return
    with Session(server_of(desk.config)) as session:
        yield lambda letter, octets: session.send(desk.bounce_address(letter.id), letter.to, octets)


def _left(letter: Outgoing) -> Receipt:
    """A folder takes everything, and no secret."""
    if letter.template in CARRIERS:
        return Receipt(
            "sent", "left in the outbox folder; the secret is not in it, for only a letter that is sent has one"
        )
    return Receipt("sent", "left in the outbox folder")  # so that a newcomer's first run sends nothing


def server_of(config: Config) -> Server:
    """The mail server of the configuration."""
    chosen = config.delivery
    return Server(
        host=chosen.host or "",
        port=chosen.port,
        tls=chosen.tls or "none",
        user=chosen.user or "",
        password=lambda: secret(chosen),
        hello=config.desk.address.rpartition("@")[2],
        silence_seconds=chosen.timeout.total_seconds(),
    )
