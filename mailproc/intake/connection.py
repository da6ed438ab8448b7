"""One IMAP connection: opened, greeted, bounded in time, and its failures put into words.

Everything that is asked of a server has a deadline of its own, the TLS handshake and the greeting too, kept by a
watchdog outside the library that breaks the connection: a read timeout never fires while a peer drips octets.
Fails with IntakeError: one line with account, cause and cure, never the password; BrokenExchange says whether the
connection is still of use. It does not log in (`login`), choose messages or move them (`imap`). The name server has
only the system's own timeouts.
"""

from __future__ import annotations

import imaplib
import logging
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from imapclient import IMAPClient

from mailproc.errors import IntakeError, nearest
from mailproc.message.field.header import plain

log = logging.getLogger(__name__)
CONNECT_SECONDS = 30.0  # for each address of the host

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

SHOWN_CHARACTERS = 300  # of an error


@dataclass(frozen=True, slots=True)
class Account:
    """One mailbox to poll: an `[[intake.imap]]` section with its secret behind a callable."""

    name: str
    host: str
    port: int
    tls: str  # "implicit", "starttls", "none"
    user: str
    password: Callable[[], str] = field(repr=False)  # with auth "oauth2": an access token, each time a fresh one
    mailbox: str = "INBOX"
    done: str = "Processed"
    oversize: str = "Oversize"  # for what is larger than the limit
    auth: str = "login"  # "login", "oauth2"
    timeout_seconds: float = 60  # one read
    deadline_seconds: float = 240  # one exchange, one message

    def __str__(self) -> str:
        """How error lines name it."""
        return f'IMAP account "{self.name}" ({self.host}:{self.port})'


class BrokenExchange(IntakeError):
    """One exchange failed: `why` in a few words; `lost` says that the connection is of no further use."""

    def __init__(self, words: str, *, lost: bool, why: str = "") -> None:
        """Raise with one line for people."""
        super().__init__(words)
        self.lost = lost
        self.why = why or words


class _OnSocket(imaplib.IMAP4):
    """imaplib on a socket that is open already; `host` is the name that a certificate must bear."""

    def __init__(self, opened: socket.socket, host: str, port: int) -> None:
        self._opened = opened
        super().__init__(host, port)

    def _create_socket(self, timeout: float | None) -> socket.socket:  # noqa: ARG002 - imaplib's own shape
        return self._opened


class Client(IMAPClient):  # type: ignore[misc]  # the library has no types
    """IMAPClient on a socket that we opened.

    `line` is the same connection under a descriptor of its own: shut down from another thread, it ends any read, in
    the middle of a greeting or of a TLS handshake too, when the library's socket is out of reach.
    """

    def __init__(self, account: Account, opened: socket.socket, line: socket.socket) -> None:
        """Read the greeting."""
        self.line = line
        self._opened = opened
        super().__init__(account.host, account.port, ssl=account.tls == "implicit", timeout=account.timeout_seconds)
        self._imap.debug = 0  # imapclient sets 5, and imaplib then makes a repr of every literal

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - the library's own name
        return _OnSocket(self._opened, self.host, self.port)

    @property
    def authenticated(self) -> bool:
        """The server greeted with PREAUTH, or we have logged in."""
        return bool(self._imap.state != "NONAUTH")

    def forget_responses(self) -> None:
        """Drop what was said so far: after STARTTLS nothing said in the clear counts (RFC 9051 §6.2.1)."""
        self._imap.untagged_responses.clear()
        self._cached_capabilities = None


def opened(account: Account) -> Client:
    """A connection that was greeted, under TLS where `tls` is "implicit". Raises IntakeError."""
    try:
        plain = socket.create_connection((account.host, account.port), CONNECT_SECONDS)
    except OSError as failure:
        raise no_connection(account, in_words(failure), failure) from None
    plain.settimeout(account.timeout_seconds)
    line = plain.dup()
    used = plain
    try:
        with bounded(account, line, "greeting"):
            if account.tls == "implicit":
                used = ssl.create_default_context().wrap_socket(plain, server_hostname=account.host)
            return Client(account, used, line)
    except BrokenExchange as failure:
        for each in (plain, used, line):
            each.close()
        raise no_connection(account, failure.why, failure.__cause__ or failure) from None


def select(account: Account, client: Client, *, readonly: bool) -> dict[bytes, Any]:
    """What the server says of the mailbox, now selected. Raises IntakeError that names the mailboxes there are."""
    try:
        selected: dict[bytes, Any] = client.select_folder(account.mailbox, readonly=readonly)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as refusal:
        there = nearest(account.mailbox, [name for _, _, name in client.list_folders()])
        line = f'{account}: mailbox "{account.mailbox}" cannot be opened: {in_words(refusal)}'
        raise IntakeError(f"{line}; create it or correct `mailbox` (or `junk`){there}") from None
    selected |= _untold(account, client, selected)
    for name in (b"EXISTS", b"UIDVALIDITY", b"UIDNEXT"):  # RFC 9051 §6.3.2
        if not selected.get(name) and (name != b"EXISTS" or name not in selected):
            raise IntakeError(f"{account}: the server does not tell {name.decode()}; it cannot be polled, use another")
    return selected


def _untold(account: Account, client: Client, selected: Mapping[bytes, Any]) -> dict[bytes, Any]:
    """What SELECT left out: Courier tells UIDNEXT in STATUS only, and the UID of the last message tells it as well."""
    missing = [name for name in (b"UIDVALIDITY", b"UIDNEXT") if not selected.get(name)]
    if not missing or b"EXISTS" not in selected:
        return {}
    told: dict[bytes, Any] = {}
    try:
        told = dict(client.folder_status(account.mailbox, [name.decode() for name in missing]))
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        log.info("%s: no STATUS of the mailbox that is open", account)
    if b"UIDNEXT" in missing and not told.get(b"UIDNEXT"):
        waiting = selected[b"EXISTS"]
        last = client.search([str(waiting)]) if waiting else [0]
        told |= {b"UIDNEXT": last[-1] + 1} if last else {}
    return {name: told[name] for name in missing if told.get(name)}


def personal(client: Client, name: str) -> str:
    """The name as the server takes it: mailboxes of ours lie in the personal namespace (RFC 2342 §5), `INBOX.` mostly.

    One that is there under the name itself is that one.
    """
    if not client.has_capability("NAMESPACE"):
        return name
    [(prefix, *_), *_] = client.namespace().personal or [("",)]
    if not prefix or name.startswith(prefix) or name.upper() == "INBOX" or client.folder_exists(name):
        return name
    return f"{prefix}{name}"


@contextmanager
def bounded(account: Account, line: socket.socket, what: str) -> Iterator[None]:
    """Bound what is asked of the server by the account's deadline; its failures become BrokenExchange."""
    expired = threading.Event()
    watchdog = threading.Timer(account.deadline_seconds, _break, (line, expired))
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    except BROKEN as failure:
        refused = isinstance(failure, imaplib.IMAP4.error) and not isinstance(failure, imaplib.IMAP4.abort)
        why = f"not done within {account.deadline_seconds:g} s" if expired.is_set() else in_words(failure)
        lost = expired.is_set() or not refused
        words = f"{account}: {what}: {why}; the next poll tries again"
        raise BrokenExchange(words, lost=lost, why=why) from failure
    finally:
        watchdog.cancel()


def exchange(account: Account, client: Client, what: str) -> AbstractContextManager[None]:
    """`bounded` for a connection that stands."""
    return bounded(account, client.line, what)


def leave(account: Account, client: Client) -> None:
    """Log out and close."""
    with suppress(IntakeError), exchange(account, client, "logout"):
        client.logout()
    hang_up(client)


def hang_up(client: Client) -> None:
    """Close without a word: LOGOUT on a broken connection would wait again."""
    with suppress(*BROKEN):
        client.shutdown()
    client.line.close()


def in_words(failure: BaseException) -> str:
    """An error's text as one printable line of at most 300 characters (catalogue S39)."""
    if isinstance(failure, ssl.SSLCertVerificationError):
        text = f"certificate not trusted: {failure.verify_message}"
    elif isinstance(failure, OSError) and failure.strerror:
        text = failure.strerror
    else:
        text = str(failure) or type(failure).__name__
        if shown := OCTETS_SHOWN.fullmatch(text):
            text = shown[2]
    return plain(text, SHOWN_CHARACTERS)


def no_connection(account: Account, why: str, failure: BaseException) -> IntakeError:
    """The error of a connection that did not come about, with its cure."""
    cure = next(cure for kind, cure in CURES if isinstance(failure, kind))
    return IntakeError(f"{account}: no connection: {why}; {cure}")


def _break(line: socket.socket, expired: threading.Event) -> None:
    """End a read in another thread."""
    expired.set()
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
