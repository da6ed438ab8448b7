"""Fetch what is new in the mailboxes of the configuration, and files that are handed over.

The mailbox lets go of a message (MOVE) only after `receive` has committed it; a message whose source key is known
is only moved. One account's trouble is told and does not stop the others.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from mailproc.config.option import ImapAccount
from mailproc.desk.receive import Incoming, receive
from mailproc.desk.secret import secret
from mailproc.desk.wire import Desk
from mailproc.errors import IntakeError
from mailproc.intake import files, imap
from mailproc.intake.connection import Account
from mailproc.intake.imap import PollResult
from mailproc.intake.source import Source
from mailproc.message.model import Envelope
from mailproc.store import received as rows
from mailproc.store.database import reading

BATCH = 20


def poll(desk: Desk) -> list[tuple[str, PollResult]]:
    """Poll every account once; what came of each, by its name."""
    return [(account.name, _poll_one(desk, account)) for account in desk.config.imap]


def account_of(account: ImapAccount) -> Account:
    """An account as intake needs it."""
    return Account(
        name=account.name,
        host=account.host,
        port=account.port,
        tls=account.tls,
        user=account.user,
        password=lambda: secret(account),
        mailbox=account.mailbox,
        done=account.done,
        timeout_seconds=account.timeout.total_seconds(),
    )


def _poll_one(desk: Desk, account: ImapAccount) -> PollResult:
    try:
        return imap.poll(
            account_of(account),
            known=lambda keys: _known(desk, keys),
            receive=lambda batch: _take(desk, batch, None),
            max_message_bytes=desk.config.limits.message,
        )
    except IntakeError as error:
        return PollResult(0, 0, 0, 0, (str(error),))


def _known(desk: Desk, keys: Sequence[str]) -> set[str]:
    with reading(desk.engine) as conn:
        return set(rows.known_sources(conn, keys))


def _take(desk: Desk, batch: Sequence[Source], envelope: Envelope | None) -> list[int]:
    return receive(desk, [Incoming(source.source_key, source.chunks, envelope) for source in batch])


def take_files(desk: Desk, paths: Sequence[Path], envelope: Envelope | None = None) -> list[int]:
    """Receive mails from .eml, mbox and Maildir, or standard input for `-`; their numbers in order.

    Raises UsageError, before anything is received, where a file cannot be read.
    """
    numbers: list[int] = []
    with files.opened([str(path) for path in paths], sys.stdin.buffer) as sources:
        for start in range(0, len(sources), BATCH):
            numbers += _take(desk, sources[start : start + BATCH], envelope)
    return numbers
