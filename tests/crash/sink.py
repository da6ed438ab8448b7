"""The mail server that letters leave for: an SMTP sink of its own process that outlives every death of the desk.

A message is on disk, with its envelope, fsynced, before the 250 leaves: whatever the desk believes later, what lies in
the folder was delivered, and how often. A file named `mode` in the folder changes what follows the final dot: `silent`
(kept, and never a reply), `reset` (kept, and the connection is gone), `later` (451, not kept). As providers do, it
takes PER_DOMAIN letters at once for one domain; one more gets 451, and a line in the file `crowded`. It knows nothing
of mailproc and judges nothing. `python tests/crash/sink.py FOLDER` prints its port.
"""

from __future__ import annotations

import json
import os
import socketserver
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

SILENCE_SECONDS = 3600.0
PER_DOMAIN = 2  # what a desk keeps to unless it is told otherwise
_numbers = count(1)


@dataclass(frozen=True)
class Delivered:
    """One message as the sink took it."""

    sender: str
    to: str
    octets: bytes
    name: str  # of its file; names ascend in the order of acceptance


def delivered(folder: Path) -> list[Delivered]:
    """Everything that was ever accepted, oldest first."""
    return [_read(path) for path in sorted(folder.glob("*.mail"))]


def _read(path: Path) -> Delivered:
    head, _, octets = path.read_bytes().partition(b"\n")
    envelope = json.loads(head)
    return Delivered(envelope["from"], envelope["to"], octets, path.name)


@contextmanager
def running(folder: Path) -> Iterator[int]:
    """A sink of its own process; its port."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(Path(__file__).resolve()), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:  # noqa: S603 - our own words
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()


class _Conversation(socketserver.StreamRequestHandler):
    """One connection: enough of RFC 5321 §4.5.1 for a client that keeps to it."""

    server: _Sink

    def handle(self) -> None:
        self._domain = ""  # that we take a letter for
        try:
            self._converse()
        finally:
            self._release()

    def _converse(self) -> None:
        self._say("220 sink.harbour.example ESMTP")
        sender, to = "", ""
        while line := self.rfile.readline(4096):
            verb, _, argument = line.decode("utf-8", "replace").strip().partition(" ")
            match verb.upper():
                case "EHLO" | "HELO":
                    self._say("250-sink.harbour.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 100000000")
                case "MAIL":
                    sender = _path(argument)
                    self._say("250 2.1.0 ok")
                case "RCPT":
                    to = _path(argument)
                    self._say("250 2.1.5 ok" if self._admit(to) else "451 4.7.1 too many at once for this domain")
                case "RSET":
                    self._release()
                    self._say("250 2.0.0 ok")
                case "DATA":
                    self._say("354 go on")
                    if not self._data(sender, to):
                        return
                case "QUIT":
                    self._say("221 2.0.0 bye")
                    return
                case _:
                    self._say("250 2.0.0 ok")

    def _admit(self, to: str) -> bool:
        self._release()
        domain = to.rpartition("@")[2].lower()
        with self.server.turn:
            if self.server.busy[domain] >= PER_DOMAIN:
                with (self.server.folder / "crowded").open("a") as file:
                    file.write(f"{to}\n")
                return False
            self.server.busy[domain] += 1
        self._domain = domain
        return True

    def _release(self) -> None:
        with self.server.turn:
            self.server.busy[self._domain] -= 1
        self._domain = ""

    def _data(self, sender: str, to: str) -> bool:
        """Take a message; False where the connection is over."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False  # the client died in the middle: nothing was delivered
            lines.append(line[1:] if line.startswith(b".") else line)  # RFC 5321 §4.5.2
        mode = self.server.mode()
        self._release()  # before the reply: whoever hears it may send the next at once
        if mode == "later":
            self._say("451 4.7.1 come again")
            return True
        _keep(self.server.folder, sender, to, b"".join(lines))
        if mode == "silent":
            time.sleep(SILENCE_SECONDS)
        if mode in {"silent", "reset"}:
            return False
        self._say("250 2.0.0 kept")
        return True

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


def _path(argument: str) -> str:
    return argument.partition("<")[2].partition(">")[0]


def _keep(folder: Path, sender: str, to: str, octets: bytes) -> None:
    name = f"{time.time_ns():020}-{next(_numbers):06}"
    spool = folder / f"{name}.tmp"
    with spool.open("wb") as file:
        file.write(json.dumps({"from": sender, "to": to}).encode() + b"\n" + octets)
        file.flush()
        os.fsync(file.fileno())
    spool.rename(folder / f"{name}.mail")
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


class _Sink(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.turn = threading.Lock()
        self.busy: Counter[str] = Counter()  # domain -> letters on their way; "" is nobody
        super().__init__(("127.0.0.1", 0), _Conversation)

    def mode(self) -> str:
        """What the next final dot comes to."""
        path = self.folder / "mode"
        return path.read_text().strip() if path.exists() else ""

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that died is what this is for."""


def main() -> None:
    """Serve until killed, or until whoever started us is gone."""
    parent = os.getppid()
    with _Sink(Path(sys.argv[1])) as sink:
        print(sink.server_address[1], flush=True)  # noqa: T201 - how the port is told
        threading.Thread(target=sink.serve_forever, daemon=True).start()
        while os.getppid() == parent:
            time.sleep(1)


if __name__ == "__main__":
    main()
