"""An LMTP listener: a socket, a thread with aiosmtpd's loop in it, and a stop that loses nothing.

`serving` opens the socket at once, so that what is wrong with the place is an IntakeError with its cure; the sessions
(`lmtp_session`) then run until the block ends: whoever is between two messages hears 421 4.3.2, a message under way
is answered first, for at most 30 seconds, and nobody hears a 5xx. A socket file gets mode 0660.
It keeps nothing itself, and what happens to a message is the desk's.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from mailproc.errors import IntakeError
from mailproc.finding import Finding
from mailproc.intake.lmtp_arrival import Limits
from mailproc.intake.lmtp_session import Door, Receiver, Session
from mailproc.message.field.header import plain

log = logging.getLogger(__name__)

UNIX = "unix:"
DRAIN_SECONDS = 30.0  # for messages under way (catalogue F15)
BACKLOG = 100
SOCKET_MODE = 0o660  # its folder's group decides who may hand mail over
CONNECT_SECONDS = 5.0

CURES = {
    errno.EADDRINUSE: "something listens there already; stop it (another `mailproc run`?) or choose another place",
    errno.EADDRNOTAVAIL: "this machine has no such address; name one of its own, such as 127.0.0.1",
    errno.EACCES: "no permission; choose a port from 1024 up, or a folder that this user may write to",
    errno.ENOENT: "its folder is missing; create it, owned by the user who runs mailproc",
    errno.ENOTDIR: "its folder is a file; choose another place",
}


@contextmanager
def serving(place: str, receiver: Receiver, limits: Limits, drain_seconds: float = DRAIN_SECONDS) -> Iterator[str]:
    """Takes mail at `place` ("127.0.0.1:8024", "unix:/run/mailproc/lmtp") while the block runs, in a thread.

    Yields where, port 0 replaced by the one it became. Raises IntakeError where nobody can listen.
    """
    logging.getLogger("mail.log").disabled = True  # aiosmtpd's own lines hold peers' words as they came (catalogue S39)
    listening = _bound(place)
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    door = Door(receiver, limits)
    thread = threading.Thread(target=_run, args=(loop, _serve(listening, door, stop, drain_seconds)), name="lmtp")
    thread.start()
    try:
        yield _name(listening)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        _remove(listening, place)


def answers(place: str) -> str | None:
    """How whoever listens at `place` greets, None where nobody does."""
    with suppress(OSError), _connected(place) as connection:
        return plain(connection.recv(512).decode("utf-8", "replace").strip())
    return None


def check(place: str) -> Finding:
    """What `doctor` says of the place: A service that runs is asked for its greeting."""
    greeting = answers(place)
    if greeting is not None:
        if greeting.startswith("220 "):
            return Finding("ok", f"LMTP at {place}: answers {greeting}")
        return Finding("trouble", f"LMTP at {place}: {greeting or 'no greeting'}; find out what listens there")
    try:
        listening = _bound(place)
    except IntakeError as trouble:
        return Finding("trouble", str(trouble))
    _remove(listening, place)
    return Finding("ok", f"LMTP at {place}: free, `mailproc run` will listen there")


# The socket


def _bound(place: str) -> socket.socket:
    """A listening socket. Raises IntakeError."""
    try:
        return _bound_file(Path(place.removeprefix(UNIX))) if place.startswith(UNIX) else _bound_port(place)
    except OSError as failure:
        cure = CURES.get(failure.errno or 0, "check the place")
        raise IntakeError(f"[intake.lmtp] listen {place}: {failure.strerror or failure}; {cure}") from failure


def _bound_port(place: str) -> socket.socket:
    family = socket.AF_INET6 if place.startswith("[") else socket.AF_INET
    return socket.create_server(_host_and_port(place), family=family, backlog=BACKLOG)


def _bound_file(path: Path) -> socket.socket:
    """The socket file of a service that died is in nobody's way; one that answers is."""
    if path.exists():
        if not stat.S_ISSOCK(path.stat().st_mode):
            raise OSError(errno.EADDRINUSE, "a file that is no socket stands there")
        if _alive(path):
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        path.unlink()
    listening = socket.socket(socket.AF_UNIX)
    try:
        listening.bind(str(path))
        path.chmod(SOCKET_MODE)
        listening.listen(BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


def _alive(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _connected(place: str) -> socket.socket:
    if not place.startswith(UNIX):
        return socket.create_connection(_host_and_port(place), timeout=CONNECT_SECONDS)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(CONNECT_SECONDS)
    connection.connect(place.removeprefix(UNIX))
    return connection


def _host_and_port(place: str) -> tuple[str, int]:
    host, _, port = place.rpartition(":")
    return host.strip("[]"), int(port)


def _name(listening: socket.socket) -> str:
    name: Any = listening.getsockname()
    return f"{UNIX}{name}" if isinstance(name, str) else f"{name[0]}:{name[1]}"


def _remove(listening: socket.socket, place: str) -> None:
    listening.close()
    if place.startswith(UNIX):
        Path(place.removeprefix(UNIX)).unlink(missing_ok=True)


# The thread


def _run(loop: asyncio.AbstractEventLoop, serve: Any) -> None:  # noqa: ANN401 - a coroutine
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(serve)


async def _serve(listening: socket.socket, door: Door, stop: asyncio.Event, drain_seconds: float) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_weather)
    create = loop.create_unix_server if listening.family == socket.AF_UNIX else loop.create_server
    server = await create(lambda: Session(door, loop), sock=listening)
    await stop.wait()
    await _drain(door, drain_seconds)
    server.close()


async def _drain(door: Door, seconds: float) -> None:
    """Messages under way are answered; new connections still hear 421 (catalogue F58)."""
    door.closing = True
    for session in tuple(door.sessions):
        session.leave()
    with suppress(TimeoutError):
        await asyncio.wait_for(door.emptied(), seconds)
    for session in tuple(door.sessions):
        session.cut()


def _weather(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Connections break; whatever else the loop could not tell anybody stands in the log."""
    del loop
    failure = context.get("exception")
    if not isinstance(failure, ConnectionError):
        log.error("LMTP: %s", context.get("message"), exc_info=failure)
