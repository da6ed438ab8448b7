"""Fetch what is new in the mailboxes of the configuration, and files that are handed over.

The mailbox lets go of a message (MOVE) only after `receive` has committed it; a message whose source key is known
is only moved. One account's trouble is told and does not stop the others, nor does its slowness; how each fared is its
pulse. One process at a time works on a mailbox. A login that was refused is not tried again for five minutes.
"""

from __future__ import annotations

import hmac
import logging
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

from mailproc.config.option import ImapAccount
from mailproc.desk.carry.mailbox import ledger
from mailproc.desk.ground.lease import held
from mailproc.desk.ground.receive import Incoming, receive
from mailproc.desk.ground.secret import secret
from mailproc.desk.ground.wire import Desk
from mailproc.errors import ConfigError, IntakeError
from mailproc.intake import files, imap
from mailproc.intake import idle as hints
from mailproc.intake.connection import Account
from mailproc.intake.login import LoginRefused
from mailproc.intake.visit import PollResult, failed
from mailproc.message.model import Envelope
from mailproc.store.database import reading, writing
from mailproc.store.service import leases, pulses

BATCH = 20
AT_ONCE = 8  # accounts; each holds a connection of the database's pool only while it asks
REFUSED, REFUSED_SECONDS = "the server", 300.0  # catalogue S45: one login in five minutes locks nobody out
FIRST_WAIT, LONGEST_WAIT, SPREAD = timedelta(minutes=1), timedelta(minutes=30), 0.2  # catalogue F42
DOUBLINGS = 5  # from the first wait beyond the longest
log = logging.getLogger(__name__)


def poll(desk: Desk) -> list[tuple[str, PollResult]]:
    """Poll every account once, all at the same time; what came of each, by its name, in the configuration's order.

    Raises StoreError where disk or database refuse, after every account had its poll.
    """
    accounts = desk.config.imap
    if not accounts:
        return []
    with ThreadPoolExecutor(min(len(accounts), AT_ONCE), "poll") as threads:
        polls = [threads.submit(poll_account, desk, account) for account in accounts]
    return [(account.name, done.result()) for account, done in zip(accounts, polls, strict=True)]


def poll_account(desk: Desk, account: ImapAccount) -> PollResult:
    """Poll an account's mailbox, and its junk mailbox where it has one; from any thread. Raises StoreError."""
    result: PollResult | None = None
    for mailbox in filter(None, (account.mailbox, account.junk)):
        came = _poll_mailbox(desk, account, replace(account_of(account), mailbox=mailbox))
        if came is not None:
            result = came if result is None else result + came
    if result is None:  # another process is at it, and beats in our place
        return PollResult()
    with writing(desk.engine) as conn:
        if result.trouble:
            pulses.fail(conn, _pulse(account), desk.now(), result.trouble)
        else:
            pulses.beat(conn, _pulse(account), desk.now())
    return result


def idle(desk: Desk, account: ImapAccount, stop: threading.Event, wake: Callable[[], None]) -> None:
    """Call `wake` when the server tells of new mail, until `stop`; for a thread of its own. Polling goes on regardless.

    Returns at once where the server has no IDLE. A trouble is logged once, and tried again ever more rarely.
    """
    failures, told = 0, ""
    while not stop.is_set():
        trouble = ""
        try:
            known = account_of(account)
            login = _login(desk, known, account)
            if _may_log_in(desk, login) and not hints.watch(known, stop, wake):
                log.info("%s: the server has no IDLE; new mail is found by polling", account.name)
                return
        except LoginRefused as refusal:
            _wait_before_login(desk, login)
            trouble = str(refusal)
        except (IntakeError, ConfigError) as error:
            trouble = str(error)
        if trouble and trouble != told:
            log.warning("IDLE: %s", trouble)
            told = trouble
        failures += 1
        stop.wait(wait_after(failures, account.every, 0).total_seconds())


def wait_after(failures: int, every: timedelta, jitter: float) -> timedelta:
    """How long to wait after so many polls in a row came to no good end: 1 to 30 minutes, give or take 20 %.

    `jitter` from -1 to 1 chooses within those; without failures it is `every`, and never less (catalogue F42).
    """
    if failures < 1:
        return every
    grown = min(FIRST_WAIT * (1 << min(failures - 1, DOUBLINGS)), LONGEST_WAIT)
    return max(grown * (1 + SPREAD * jitter), every)


def account_of(account: ImapAccount) -> Account:
    """An account as intake needs it."""
    password = partial(secret, account)
    return Account(
        name=account.name,
        host=account.host,
        port=account.port,
        tls=account.tls,
        user=account.user,
        password=password if account.auth == "oauth2" else cache(password),  # a token may be asked for again
        mailbox=account.mailbox,
        done=account.done,
        oversize=account.oversize,
        auth=account.auth,
        timeout_seconds=account.timeout.total_seconds(),
        deadline_seconds=account.deadline.total_seconds(),
    )


def take_files(desk: Desk, paths: Sequence[Path], envelope: Envelope | None = None) -> list[int]:
    """Receive mails from .eml, mbox and Maildir, or standard input for `-`; their numbers in order.

    Raises UsageError, before anything is received, where a file cannot be read.
    """
    numbers: list[int] = []
    with files.opened([str(path) for path in paths], sys.stdin.buffer) as sources:
        for start in range(0, len(sources), BATCH):
            batch = sources[start : start + BATCH]
            numbers += receive(desk, [Incoming(source.source_key, source.chunks, envelope) for source in batch])
    return numbers


def _poll_mailbox(desk: Desk, account: ImapAccount, mailbox: Account) -> PollResult | None:
    """One mailbox under its lease; None while another process works on it (catalogue F41)."""
    with held(desk, f"poll {mailbox.name}/{mailbox.mailbox}") as lease:
        if lease is None:
            log.info('%s: another process polls "%s"', mailbox, mailbox.mailbox)
            return None
        try:
            login = _login(desk, mailbox, account)
            if not _may_log_in(desk, login):
                return failed(
                    f"{mailbox}: login as {mailbox.user} was refused a moment ago and is tried again after five "
                    "minutes; check user and password of this account, another password is tried at once"
                )
            return imap.poll(mailbox, ledger(desk, lease))
        except LoginRefused as refusal:
            _wait_before_login(desk, login)
            return failed(str(refusal))
        except (IntakeError, ConfigError) as error:
            return failed(str(error))


def _may_log_in(desk: Desk, login: str) -> bool:
    with reading(desk.engine) as conn:
        return leases.until(conn, login, desk.now()) is None


def _wait_before_login(desk: Desk, login: str) -> None:
    """A refused login is a lease that the server holds: every process sees it."""
    with writing(desk.engine) as conn:
        leases.take(conn, login, REFUSED, desk.now(), REFUSED_SECONDS)


def _login(desk: Desk, mailbox: Account, account: ImapAccount) -> str:
    """A name for this login and its secret, so that a corrected one need not wait. Raises ConfigError."""
    words = (mailbox.host, mailbox.user, *(account.token_command or (mailbox.password(),)))
    mark = hmac.digest(desk.key, "\0".join(words).encode(), sha256).hex()[:16]
    return f"login {account.name} {mark}"


def _pulse(account: ImapAccount) -> str:
    return f"poll {account.name}"
