"""What the tests ask of an IMAP server on loopback, whichever it is: as a person with a mail program would.

`dovecot`, `cyrus` and `courier` each start one. Any user of `a_user` logs in with the password "secret"; names of
mailboxes are in modified UTF-7, and `under` puts them where the server lets people make mailboxes.
"""

from __future__ import annotations

import imaplib
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import ClassVar

from beside import View

PASSWORD = "secret"
SERVERS = ("dovecot", "cyrus", "courier")  # each a fixture of the session; `server` is one after the other
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
            imap.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # 40 ms for each message otherwise
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

    def maildir(self, user: str) -> Path:
        """Where the mail of a user lies, on a server that has Maildirs."""
        raise NotImplementedError

    def lies(self, user: str, octets: bytes) -> None:
        """A file of this server's Maildirs, as a program writes it that delivers there."""
        folder = self.maildir(user)
        path = folder / "new" / f"1796000000.M{next(_users)}.client"
        path.write_bytes(octets)
        os.chown(path, folder.stat().st_uid, folder.stat().st_gid)

    def exists(self, user: str, name: str) -> bool:
        """Whether there is a mailbox of this name."""
        with self.session(user) as imap:
            return imap.list('""', f'"{name}"')[1] != [None]

    @property
    def state(self) -> Path:
        """All that it remembers: what a backup of the server holds."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it again, as it was."""
        raise NotImplementedError

    def halt(self) -> None:
        """End the server and all its children; its files stay."""
        raise NotImplementedError


@dataclass
class Daemon:
    """A server's process, which can be ended and started again."""

    name: str
    words: Sequence[str]
    ports: Sequence[int]
    said: Callable[[], str] = str  # what it says where it does not start
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers at each port. Raises RuntimeError."""
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(self.words, stdout=quiet, stderr=quiet, process_group=0)  # noqa: S603 - our own words
        if not all(answers(port, self.process) for port in self.ports):
            self.stop()
            raise RuntimeError(f"{self.name} did not start: {self.said()}")

    def stop(self) -> None:
        """End it as its operator does."""
        self._end(lambda process: process.terminate())

    def die(self) -> None:
        """Kill it and all that it started, in mid-sentence."""
        self._end(lambda process: os.killpg(process.pid, signal.SIGKILL))

    def fall(self) -> None:
        """The same for `View.alone`: kill the first process of its namespace, and wait for the last."""
        self._end(_kill_children)

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        if self.process is not None:
            how(self.process)
            self.process.wait(timeout=30)
            self.process = None


@dataclass(frozen=True)
class InAView(ImapServer):
    """One whose package is not installed: it runs in a view of its own."""

    view: View
    daemon: Daemon

    @property
    def state(self) -> Path:
        """All that it remembers."""
        return self.view.place("/var")

    def start(self) -> None:
        """Start it again."""
        self.daemon.start()

    def halt(self) -> None:
        """End the server and all its children, in mid-sentence; the view's owner takes its files away."""
        self.daemon.fall()


def _kill_children(process: subprocess.Popen[bytes]) -> None:
    for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
        os.kill(int(pid), signal.SIGKILL)


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
