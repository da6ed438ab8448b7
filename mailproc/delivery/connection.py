"""A connection to a mail server that cannot be stretched: smtplib's client under deadlines of our own.

smtplib waits for each octet as long as its one timeout says, and reads a reply for as long as one comes. Here every
command and every block of a letter has an absolute end, and a reply at most 64 KiB (catalogue F64, F66); beyond
that the connection is closed and the error is an OSError, like all that a server or the network does to us.
It knows no letters: `smtp` does.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

CONNECT_SECONDS = 30
COMMAND_SECONDS = 300  # RFC 5321 §4.5.3.2.1-4: five minutes; all of greeting, TLS and login together as well
BLOCK_SECONDS = 180  # RFC 5321 §4.5.3.2.5: three minutes for a block of the letter
DOT_SECONDS = 600  # RFC 5321 §4.5.3.2.6: ten minutes
LETTER_SECONDS = 600  # a letter, from MAIL to its final dot
MAX_REPLY_OCTETS = 64 * 1024
AUTHENTICATED = 235  # RFC 4954 §6
AT_ONCE, BLOCK_OCTETS = 4096, 32 * 1024


@dataclass(frozen=True, slots=True)
class Server:
    """Where letters go: the `[delivery]` section with its secret behind a callable."""

    host: str
    port: int
    tls: str  # "implicit", "starttls", "none"
    user: str = ""  # "": no login
    password: Callable[[], str] = field(default=str, repr=False)
    hello: str | None = None  # our name in EHLO; None: this machine's
    silence_seconds: float = 60  # how long it may say nothing; after the final dot it has ten minutes

    def __str__(self) -> str:
        """How error lines name it."""
        return f"SMTP server {self.host}:{self.port}"


class _Replies:
    """What smtplib reads replies from, line by line, instead of the socket's own file."""

    def __init__(self, sock: socket.socket, left: Callable[[], float]) -> None:
        """`left` gives the seconds that the next octets may take, or raises TimeoutError."""
        self._sock, self._left = sock, left
        self._held = b""
        self._taken = 0

    def begin(self) -> None:
        """Another reply comes."""
        self._taken = 0

    def readline(self, limit: int) -> bytes:
        """One line; OSError where it does not come in time, or the reply has no end."""
        while b"\n" not in self._held and len(self._held) < limit:
            self._sock.settimeout(self._left())
            octets = self._sock.recv(AT_ONCE)
            if not octets:
                break
            self._held += octets
        end = self._held.find(b"\n") + 1 or len(self._held)
        line, self._held = self._held[:end], self._held[end:]
        self._taken += len(line)
        if self._taken > MAX_REPLY_OCTETS:
            raise OSError(f"a reply of more than {MAX_REPLY_OCTETS} octets")
        return line

    def close(self) -> None:
        """Nothing: the socket is smtplib's to close."""


class Connection(smtplib.SMTP):
    """smtplib's client with an end to everything; its methods raise OSError."""

    def __init__(self, server: Server, last: float, **tls: Any) -> None:  # noqa: ANN401 - SMTP_SSL takes a context
        """Connect and read the greeting; `last` is the monotonic time at which all must be over."""
        self._last = last
        self.allow(COMMAND_SECONDS, server.silence_seconds)
        super().__init__(server.host, server.port, server.hello, timeout=CONNECT_SECONDS, **tls)

    def allow(self, patience: float, silence: float, last: float | None = None) -> None:
        """Seconds from a command to the end of its reply, seconds between two octets, and when all must be over."""
        self._patience, self._silence = patience, silence
        self._last = self._last if last is None else last
        self._until = time.monotonic() + patience

    def getreply(self) -> tuple[int, bytes]:
        """smtplib's, from a reader that has an end."""
        if self.file is None and self.sock is not None:
            self.file = _Replies(self.sock, self._left)
        if self.file is not None:
            self.file.begin()
        return super().getreply()

    def putcmd(self, cmd: str, args: str = "") -> None:
        """A command, from which its time counts."""
        self._until = time.monotonic() + self._patience
        self._arm()
        super().putcmd(cmd, args)

    def hand_over(self, octets: bytes) -> None:
        """Part of a letter, in blocks that each have their time (RFC 5321 §4.5.3.2.5)."""
        for start in range(0, len(octets), BLOCK_OCTETS):
            self._until = time.monotonic() + BLOCK_SECONDS
            self._arm()
            self.send(octets[start : start + BLOCK_OCTETS])

    def _arm(self) -> None:
        if self.sock is not None:
            self.sock.settimeout(self._left())

    def _left(self) -> float:
        """Seconds that the next octets may take."""
        left = min(self._until, self._last) - time.monotonic()
        if left <= 0:
            raise TimeoutError("its time was over")
        return min(left, self._silence)


class _Encrypted(Connection, smtplib.SMTP_SSL):
    """The same, encrypted from the first octet."""


def connected(server: Server) -> Connection:
    """A connection, encrypted and logged in as configured. Raises OSError (smtplib's own errors are) or ValueError."""
    if server.user and server.tls == "none" and not is_loopback(server.host):
        raise smtplib.SMTPNotSupportedError("without TLS the password would travel in the clear")
    last = time.monotonic() + COMMAND_SECONDS
    context = ssl.create_default_context()
    smtp = _Encrypted(server, last, context=context) if server.tls == "implicit" else Connection(server, last)
    try:
        if server.tls == "starttls":
            smtp.starttls(
                context=context
            )  # catalogue F67: refused, nothing is sent in the clear; what was said before is forgotten
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            _log_in(smtp, server)
    except BaseException:
        smtp.close()
        raise
    return smtp


def leave(smtp: Connection) -> None:
    """Say goodbye, without waiting long for the answer."""
    with suppress(OSError):
        smtp.allow(CONNECT_SECONDS, CONNECT_SECONDS)
        smtp.quit()
    smtp.close()


def _log_in(smtp: Connection, server: Server) -> None:
    """AUTH PLAIN where offered, in UTF-8 (RFC 4616 §2; smtplib's own knows ASCII only), else what smtplib finds."""
    password = server.password()
    if "PLAIN" not in smtp.esmtp_features.get("auth", "").upper().split():
        smtp.login(server.user, password)
        return
    code, reply = smtp.docmd("AUTH", "PLAIN " + b64encode(f"\0{server.user}\0{password}".encode()).decode())
    if code != AUTHENTICATED:
        raise smtplib.SMTPAuthenticationError(code, reply)


def is_loopback(host: str) -> bool:
    """Whether what is said to this host stays in the machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
