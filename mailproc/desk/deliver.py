"""Letters that are due, tried once each: claimed with the attempt written first, then the server, then the receipt.

What a receipt makes of a letter is `workflow/outgoing`'s; how it travels is `delivery`'s. After a yes the proof
stands beside the letter (`<id>.sent.json`) before the row says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from mailproc.config import Config
from mailproc.delivery import folder
from mailproc.delivery.sent import write_sent
from mailproc.delivery.smtp import Server, Session
from mailproc.desk.secret import secret
from mailproc.desk.wire import Desk
from mailproc.errors import DeliveryError
from mailproc.failpoint import reach
from mailproc.store import outgoing
from mailproc.store.database import writing
from mailproc.workflow.outgoing import Outgoing, Receipt, after

LEASE_SECONDS = 1800  # longer than one letter may take, all its deadlines together

log = logging.getLogger(__name__)
Send = Callable[[Outgoing], Receipt]


def deliver(desk: Desk, progress: Callable[[int], None] = lambda _: None) -> dict[str, int]:
    """Try every letter that is due once; how many came into each state. Each reason is told once, in the log."""
    came: dict[str, int] = {}
    told = {""}
    with _transport(desk) as send:
        while due := _claim(desk):
            tried = _try(desk, due, send)
            came[tried.state] = came.get(tried.state, 0) + 1
            if tried.reason not in told:
                log.warning("letter to %s: %s", tried.to, tried.reason)
                told.add(tried.reason)
            progress(1)
    return came


def _claim(desk: Desk) -> Outgoing | None:
    """One letter at a time: a slow server must not outlast the lease of those behind it."""
    with writing(desk.engine) as conn:
        claimed = next(iter(outgoing.claim_due(conn, desk.now(), LEASE_SECONDS, limit=1)), None)
    reach("deliver.claimed")
    return claimed


def _try(desk: Desk, letter: Outgoing, send: Send) -> Outgoing:
    receipt = send(letter)
    now = desk.now()
    tried = after(letter, receipt, now)
    if tried.state == "sent":
        reach("deliver.accepted")
        _prove(desk, letter, now, receipt)
        reach("deliver.proved")
    with writing(desk.engine) as conn:
        outgoing.update(conn, tried, receipt, now)
    reach("deliver.committed")
    return tried


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
        yield lambda letter: folder.deliver(desk.outbox, letter)
        return
    with Session(server_of(desk.config)) as session:
        yield lambda letter: _send(desk, session, letter)


def _send(desk: Desk, session: Session, letter: Outgoing) -> Receipt:
    try:
        octets = (desk.outbox / letter.path).read_bytes()
    except OSError as error:
        return Receipt(
            "permanent", f"{letter.path}: {error.strerror}; restore the letter from the backup, then `outbox retry`"
        )
    return session.send(desk.bounce_address(letter.id), letter.to, octets)


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
    )
