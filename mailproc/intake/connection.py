"""One IMAP connection: opened, encrypted, logged in, bounded in time, and its failures put into words.

Every exchange has a deadline of its own, kept by a watchdog outside the library that breaks the socket: a read timeout
never fires while a peer drips octets. (Connecting and the greeting have only the connect timeout.)
Fails with IntakeError: one line with account, cause and cure, never the password; BrokenExchange says whether the
connection is still of use. It does not choose messages or move them: see `imap`.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from imapclient import IMAPClient, SocketTimeout

from mailproc.errors import IntakeError, nearest

CONNECT_SECONDS = 30

# What imaplib and imapclient raise when the peer breaks off, stalls, or answers nonsense; a literal announced as
# 99999999999 octets is a MemoryError or an OverflowError.
BROKEN = (imaplib.IMAP4.error, OSError, ValueError, MemoryError, OverflowError, IndexError, TypeError)

OCTETS_SHOWN = re.compile(r"""b(["'])(.*)\1""")  # imaplib puts the server's octets into its errors as they print

CURES: tuple[tuple[type[BaseException], str], ...] = (  # the first that fits
    (ssl.SSLCertVerificationError, "use the name that stands in its certificate as `host`, or install its authority"),
    (ssl.SSLError, "check `port` and `tls`: 993 speaks implicit TLS, 143 starttls"),
    (socket.gaierror, "correct `host`, or look at the name server"),
    (ConnectionRefusedError, "check `host` and `port`, and that the server runs"),
    (TimeoutError, "check `host`, `port` and `tls`, and the firewall between"),
    (imaplib.IMAP4.error, "check `port` and `tls`: 993 speaks implicit TLS, 143 starttls"),
    (Exception, "look at the network, then try again"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """One mailbox to poll: an `[[intake.imap]]` section with its secret behind a callable."""

    name: str
    host: str
    port: int
    tls: str  # "implicit", "starttls", "none"
    user: str
    password: Callable[[], str] = field(repr=False)
    mailbox: str = "INBOX"
    done: str = "Processed"
    timeout_seconds: float = 60  # one read
    deadline_seconds: float = 240  # one exchange, one message

    def __str__(self) -> str:
        """How error lines name it."""
        return f'IMAP account "{self.name}" ({self.host}:{self.port})'


class BrokenExchange(IntakeError):
    """One exchange failed; `lost` says that the connection is of no further use."""

    def __init__(self, words: str, *, lost: bool) -> None:
        """Raise with one line for people."""
        super().__init__(words)
        self.lost = lost


def connect(account: Account) -> IMAPClient:
    """A connection, encrypted and logged in. Raises IntakeError."""
    if account.tls == "none" and not _is_loopback(account.host):
        raise IntakeError(
            f'{account}: without TLS the password would travel in the clear; set tls = "implicit" or "starttls"'
        )
    try:
        client = IMAPClient(
            account.host,
            account.port,
            ssl=account.tls == "implicit",
            ssl_context=ssl.create_default_context(),
            timeout=SocketTimeout(CONNECT_SECONDS, account.timeout_seconds),
        )
    except BROKEN as failure:
        raise _no_connection(account, failure) from None
    client._imap.debug = 0  # noqa: SLF001  # imapclient sets 5, and imaplib then makes a repr of every literal
    try:
        if account.tls == "starttls":
            _start_tls(account, client)
        _log_in(account, client)
    except IntakeError:
        hang_up(client)
        raise
    return client


def select(account: Account, client: IMAPClient, *, readonly: bool) -> dict[bytes, Any]:
    """What the server says of the mailbox, now selected. Raises IntakeError that names the mailboxes there are."""
    try:
        selected: dict[bytes, Any] = client.select_folder(account.mailbox, readonly=readonly)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as refusal:
        there = nearest(account.mailbox, [name for _, _, name in client.list_folders()])
        line = f'{account}: mailbox "{account.mailbox}" cannot be opened: {in_words(refusal)}'
        raise IntakeError(f"{line}; create it or correct `mailbox`{there}") from None
    if not all(selected.get(name) for name in (b"UIDVALIDITY", b"UIDNEXT")) or b"EXISTS" not in selected:
        missing = "UIDVALIDITY, UIDNEXT or EXISTS"  # RFC 9051 §6.3.2
        raise IntakeError(f"{account}: the server does not tell {missing}; it cannot be polled, use another")
    return selected


@contextmanager
def exchange(account: Account, client: IMAPClient, what: str) -> Iterator[None]:
    """Bound what is asked of the server by the account's deadline; its failures become BrokenExchange."""
    expired = threading.Event()
    watchdog = threading.Timer(account.deadline_seconds, _break, (client, expired))
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    except BROKEN as failure:
        refused = isinstance(failure, imaplib.IMAP4.error) and not isinstance(failure, imaplib.IMAP4.abort)
        why = f"not done within {account.deadline_seconds:g} s" if expired.is_set() else in_words(failure)
        lost = expired.is_set() or not refused
        raise BrokenExchange(f"{account}: {what}: {why}; the next poll tries again", lost=lost) from failure
    finally:
        watchdog.cancel()


def leave(account: Account, client: IMAPClient) -> None:
    """Log out and close."""
    with suppress(IntakeError), exchange(account, client, "logout"):
        client.logout()
    hang_up(client)


def hang_up(client: IMAPClient) -> None:
    """Close without a word: LOGOUT on a broken connection would wait again."""
    with suppress(*BROKEN):
        client.shutdown()


def in_words(failure: BaseException) -> str:
    """An error's text as one printable line of at most 300 characters (RELIABILITY S39)."""
    if isinstance(failure, ssl.SSLCertVerificationError):
        text = f"certificate not trusted: {failure.verify_message}"
    elif isinstance(failure, OSError) and failure.strerror:
        text = failure.strerror
    else:
        text = str(failure) or type(failure).__name__
        if shown := OCTETS_SHOWN.fullmatch(text):
            text = shown[2]
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)[:300]


def _start_tls(account: Account, client: IMAPClient) -> None:
    try:
        with exchange(account, client, "STARTTLS"):
            client.starttls(ssl.create_default_context())
    except BrokenExchange as failure:
        raise _no_connection(account, failure.__cause__ or failure) from None


def _log_in(account: Account, client: IMAPClient) -> None:
    """LOGIN, or AUTHENTICATE PLAIN where user or password is not ASCII (RFC 4616 §2)."""
    password = account.password()
    secret = account.user + password
    if any(character in secret for character in "\r\n\0"):  # RELIABILITY S43: it would be a second command
        raise IntakeError(f"{account}: user or password holds a line break or NUL; correct it")
    with exchange(account, client, "login"):
        if client.has_capability("LOGINDISABLED"):  # RFC 9051 §6.2.3
            raise IntakeError(f'{account}: the server takes no login without TLS; set tls = "starttls"')
        try:
            (client.login if secret.isascii() else client.plain_login)(account.user, password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as refusal:
            words = in_words(refusal)
            shown = words.replace(password, "...") if password else words
            line = f"{account}: login as {account.user} refused: {shown}"
            raise IntakeError(f"{line}; check user and password of this account") from None


def _break(client: IMAPClient, expired: threading.Event) -> None:
    """End a read in another thread: on the socket itself, for a TLS shutdown would wait for the peer."""
    expired.set()
    with suppress(OSError):
        socket.socket.shutdown(client.socket(), socket.SHUT_RDWR)


def _no_connection(account: Account, failure: BaseException) -> IntakeError:
    cure = next(cure for kind, cure in CURES if isinstance(failure, kind))
    return IntakeError(f"{account}: no connection: {in_words(failure)}; {cure}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
