"""IDLE (RFC 2177 §3): the server tells of new mail at once. A hint over polling, never the only way.

IDLE can die without a sign (a router forgets the connection), so it is begun anew at least every nine minutes, with a
NOOP between; whatever is missed, the next poll finds. Every command has the account's deadline; the wait itself looks
at `stop` every second. Fails with IntakeError. It receives nothing and changes nothing in the mailbox (EXAMINE).
"""

from __future__ import annotations

import imaplib
import select as readiness
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from mailproc.intake.connection import Account, Client, exchange, hang_up, leave, personal, select
from mailproc.intake.login import connect

AGAIN_SECONDS = 9 * 60.0  # RFC 2177 §3: a server may drop a client after 30 minutes; NAT does so after ten
LOOK_MILLISECONDS = 1000  # how soon `stop` is seen


def watch(account: Account, stop: threading.Event, wake: Callable[[], None]) -> bool:
    """Call `wake` whenever the mailbox may hold something new, until `stop`; False if the server has no IDLE.

    Raises IntakeError when the connection cannot be had or is lost.
    """
    client = connect(account)
    try:
        with exchange(account, client, "opening the mailbox"):
            account = replace(account, mailbox=personal(client, account.mailbox))
            select(account, client, readonly=True)
            able = client.has_capability("IDLE")
        while able and not stop.is_set():
            _once(account, client, stop, wake)
    except BaseException:
        hang_up(client)
        raise
    leave(account, client)
    return bool(able)


def _once(account: Account, client: Client, stop: threading.Event, wake: Callable[[], None]) -> None:
    """One IDLE of at most nine minutes, then a NOOP."""
    with exchange(account, client, "IDLE"):
        client.idle()
    wake()  # what came before the server listened
    until = time.monotonic() + AGAIN_SECONDS
    while not stop.is_set() and time.monotonic() < until:
        if _readable(account, client) and _new(account, client):
            wake()
    with exchange(account, client, "end of IDLE"):
        client.idle_done()
        client.noop()


def _readable(account: Account, client: Client) -> bool:
    """Whether the server says something within a second. Raises BrokenExchange when it has hung up."""
    poller = readiness.poll()
    poller.register(client.line, readiness.POLLIN)
    if not poller.poll(LOOK_MILLISECONDS):
        return False
    with exchange(account, client, "IDLE"):
        if not client.line.recv(1, socket.MSG_PEEK):
            raise imaplib.IMAP4.abort("the server hung up")
    return True


def _new(account: Account, client: Client) -> bool:
    """Whether what the server says is of new mail."""
    with exchange(account, client, "IDLE"):
        said = client.idle_check(timeout=0)
    return any(len(line) > 1 and line[1] in (b"EXISTS", b"RECENT") for line in said)
