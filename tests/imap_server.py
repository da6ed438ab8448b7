"""What the tests ask of an IMAP server on loopback, whichever it is: as a person with a mail program would.

`dovecot`, `cyrus` and `courier` each start one. Any user of `a_user` logs in with the password "secret"; names of
mailboxes are in modified UTF-7, and `under` puts them where the server lets people make mailboxes.
"""

from __future__ import annotations

import imaplib
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import ClassVar

PASSWORD = "secret"
UP_WITHIN = 200  # looks, 50 ms apart
_users = count(1)


@dataclass(frozen=True)
class ImapServer:
    """A running server."""

    imap_port: int  # plain and STARTTLS
    imaps_port: int  # implicit TLS

    title: ClassVar[str]
    namespace: ClassVar[str] = ""  # before the name of each mailbox but INBOX

    @property
    def certificate(self) -> Path:
        """The certificate that a client must be told to trust; it is for localhost."""
        raise NotImplementedError

    def a_user(self) -> str:
        """A new user, whose mailbox is empty."""
        return f"desk{next(_users):03d}"

    def under(self, mailbox: str) -> str:
        """The name of a mailbox as the server takes it."""
        return mailbox if mailbox == "INBOX" else f"{self.namespace}{mailbox}"

    @contextmanager
    def session(self, user: str) -> Iterator[imaplib.IMAP4]:
        """An IMAP connection of a person with a mail program."""
        with imaplib.IMAP4("127.0.0.1", self.imap_port) as imap:
            imap.login(user, PASSWORD)
            yield imap

    def append(self, user: str, octets: bytes, mailbox: str = "INBOX") -> None:
        """Put octets into a mailbox (created if absent) exactly as they are."""
        with self.session(user) as imap:
            imap.create(f'"{mailbox}"')
            status, words = imap.append(f'"{mailbox}"', None, None, octets)  # type: ignore[arg-type]
            assert status == "OK", words

    def fetch(self, user: str, mailbox: str, what: str) -> list[bytes]:
        """Each message's answer to a FETCH, oldest first; a missing mailbox is an empty one."""
        with self.session(user) as imap:
            if imap.select(f'"{mailbox}"', readonly=True)[0] != "OK":
                return []
            answers = imap.fetch("1:*", what)[1] if imap.search(None, "ALL")[1][0] else []
            return [row[1] if isinstance(row, tuple) else row for row in answers if row not in (b")", None)]

    def mailbox(self, user: str, name: str = "INBOX") -> list[bytes]:
        """The octets of all messages of a mailbox (in modified UTF-7), oldest first."""
        return self.fetch(user, name, "(BODY.PEEK[])")

    def stop(self) -> None:
        """End the server and all its children, and take its folder away."""
        raise NotImplementedError


def make_certificate(folder: Path) -> None:
    """`cert.pem` and `key.pem`, for localhost and signed by itself. Raises FileNotFoundError without openssl."""
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subject = ["-subj", "/CN=localhost", "-addext", names, "-days", "2"]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(["openssl", "req", *kind, *files, *subject], check=True, capture_output=True)  # noqa: S603, S607  # ours


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether somebody listens there within ten seconds, and the process lives."""
    for _ in range(UP_WITHIN):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            try:
                process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                continue
            return False  # it ended
        else:
            return True
    return False
