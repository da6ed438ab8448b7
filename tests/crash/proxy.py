"""A TCP proxy that breaks connections on purpose: between the desk and Dovecot, or the desk and the sink.

A `Fault` says what happens to what the server sends (or the client, `upward`) after so many octets of a connection:
`stall` (nothing more comes), `drip` (one octet at a time), `reset` (RST), `truncate` (an orderly end), `lie` (what
matches a regular expression is replaced, from the first octet). Faults are taken in order, one a connection; when none
is left the proxy only carries. It understands no protocol and encrypts nothing.
"""

from __future__ import annotations

import re
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

PIECE = 1 << 16


@dataclass(frozen=True)
class Fault:
    """What happens to one connection."""

    kind: str  # "stall", "drip", "reset", "truncate", "lie"
    after: int = 0  # octets that pass first
    upward: bool = False  # what the client sends, instead of what the server sends
    pause_seconds: float = 0.05  # between the octets of a drip
    lie: tuple[bytes, bytes] = (b"", b"")  # pattern and replacement; a match may not lie across two pieces


class Proxy:
    """`with Proxy(port, [Fault("reset", 900)]) as proxy: ... proxy.port`."""

    def __init__(self, port: int, faults: Iterable[Fault] = (), host: str = "127.0.0.1") -> None:
        self._goal = (host, port)
        self._faults = list(faults)
        self._turn = threading.Lock()
        self._closing = threading.Event()
        self._open: list[socket.socket] = []
        self._doomed: set[socket.socket] = set()  # they end with RST, and no orderly word before it
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.struck: list[Fault] = []  # the faults that came to pass
        self.connections = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._turn:
            for each in self._open:
                _end(each)
        self._thread.join(timeout=10)

    def add(self, *faults: Fault) -> None:
        """More faults, for the connections to come."""
        with self._turn:
            self._faults += faults

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                continue
            try:
                server = socket.create_connection(self._goal, timeout=10)
            except OSError:  # the server hung up: so do we
                client.close()
                continue
            server.settimeout(None)
            with self._turn:
                self.connections += 1
                fault = self._faults.pop(0) if self._faults else None
                self._open += [client, server]
            up, down = (fault, None) if fault and fault.upward else (None, fault)
            for source, goal, struck_by in ((client, server, up), (server, client, down)):
                threading.Thread(target=self._carry, args=(source, goal, struck_by), daemon=True).start()

    def _carry(self, source: socket.socket, goal: socket.socket, fault: Fault | None) -> None:
        """One direction, until it ends or its fault strikes."""
        carried = 0
        with suppress(OSError):
            while piece := source.recv(PIECE):
                if fault and fault.kind == "lie":
                    piece = self._lied(piece, fault)
                elif fault and carried + len(piece) > fault.after:
                    keep = max(0, fault.after - carried)
                    goal.sendall(piece[:keep])
                    self.struck.append(fault)
                    FAULTS[fault.kind](self, source, goal, piece[keep:], fault)
                    return
                goal.sendall(piece)
                carried += len(piece)
        if source not in self._doomed:
            _end(goal, socket.SHUT_WR)

    def _lied(self, piece: bytes, fault: Fault) -> bytes:
        told, times = re.subn(*fault.lie, piece)
        if times:
            self.struck.append(fault)
        return told

    def _stall(self, source: socket.socket, goal: socket.socket, rest: bytes, fault: Fault) -> None:
        """Swallow everything until the client gives up."""
        del goal, rest, fault
        while source.recv(PIECE):
            pass

    def _drip(self, source: socket.socket, goal: socket.socket, rest: bytes, fault: Fault) -> None:
        while rest:
            for octet in rest:
                goal.sendall(bytes([octet]))
                if self._closing.wait(fault.pause_seconds):
                    return
            rest = source.recv(PIECE)
        _end(goal, socket.SHUT_WR)

    def _reset(self, source: socket.socket, goal: socket.socket, rest: bytes, fault: Fault) -> None:
        """RST to both sides: what was on its way is lost."""
        del rest, fault
        self._doomed |= {source, goal}
        for each in (goal, source):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            _end(each, socket.SHUT_RD)  # wakes the thread that reads it; says nothing to the peer
            each.close()

    def _truncate(self, source: socket.socket, goal: socket.socket, rest: bytes, fault: Fault) -> None:
        """An end of stream, as if the peer had said all."""
        del rest, fault
        _end(goal)
        _end(source)


Strike = Callable[[Proxy, socket.socket, socket.socket, bytes, Fault], None]
FAULTS: dict[str, Strike] = {
    "stall": Proxy._stall,
    "drip": Proxy._drip,
    "reset": Proxy._reset,
    "truncate": Proxy._truncate,
}


def _end(side: socket.socket, how: int = socket.SHUT_RDWR) -> None:
    with suppress(OSError):
        side.shutdown(how)
