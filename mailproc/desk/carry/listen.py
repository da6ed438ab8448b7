"""Mail that a mail server hands over by LMTP, kept before it hears 250.

`listening` opens [intake.lmtp] for as long as its block runs, and does nothing where no `listen` is configured. Each
message is written to the spool as it comes; a `Committer` gives the numbers. Raises IntakeError, with its cure, where
nobody can listen. What becomes of a message is `process`'s.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from threading import Lock

from mailproc.desk.ground.books import fresh_id
from mailproc.desk.ground.receive import Arrived, Committer, trace_of
from mailproc.desk.ground.wire import Desk
from mailproc.finding import Finding
from mailproc.intake import lmtp
from mailproc.intake.lmtp_arrival import Limits
from mailproc.intake.lmtp_session import Receiver
from mailproc.message.model import Envelope
from mailproc.store.octets import archive, room
from mailproc.store.octets.archive import Spooling

POSTCONF_SECONDS = 10


@contextmanager
def listening(desk: Desk, arrived: Callable[[], None] = lambda: None) -> Iterator[str | None]:
    """Takes mail while the block runs; yields where ("127.0.0.1:8024", "unix:/…"), None where it is not configured.

    `arrived` is called when mail has come.
    """
    place = _place(desk)
    if place is None:
        yield None
        return
    options, limit = desk.config.lmtp, desk.config.limits.message
    limits = Limits(
        connections=options.connections,
        recipients=options.recipients,
        message_bytes=limit,
        idle_seconds=options.idle.total_seconds(),
        deadline_seconds=options.deadline.total_seconds(),
    )
    with Committer(desk, arrived) as committer:
        receiver = Receiver(
            hostname=desk.domain,
            accepts=desk.is_ours,
            has_room=lambda: room.enough(desk.archive, desk.config.storage.reserve, limit),
            open_sink=lambda envelope: _Spool(desk, committer, envelope),
        )
        with lmtp.serving(place, receiver, limits) as where:
            yield where


def check(desk: Desk) -> Iterator[Finding]:
    """What `doctor` says: findings; nothing where no mail comes by LMTP and this machine has no Postfix."""
    if desk.config.review.border and _postfix("milter_default_action") == "accept":
        yield Finding(
            "warning",
            "Postfix takes mail while the program that checks it is down (milter_default_action = accept), and a "
            "sender's own results then stand where that program's would; `postconf -e milter_default_action=tempfail`",
        )
    place = _place(desk)
    if place is None:
        return
    yield lmtp.check(place)
    if (forbidden := _postfix("smtpd_forbid_bare_newline")) in ("no", ""):
        cure = "`postconf -e smtpd_forbid_bare_newline=normalize`" if forbidden else "update Postfix"
        yield Finding(
            "warning", f"Postfix lets strangers smuggle mail past it by bare line ends (CVE-2023-51764); {cure}"
        )


def _place(desk: Desk) -> str | None:
    """Where to listen; the path of a socket counts from the configuration's folder."""
    place = desk.config.lmtp.listen
    if place is None or not place.startswith(lmtp.UNIX):
        return place
    return f"{lmtp.UNIX}{desk.config.folder / place.removeprefix(lmtp.UNIX)}"


def _postfix(parameter: str) -> str | None:
    """What the Postfix of this machine has set, "" for a parameter it does not know; None where there is none."""
    program = shutil.which("postconf") or shutil.which("postconf", path="/usr/sbin")
    if program is None:
        return None
    with suppress(OSError, subprocess.TimeoutExpired):
        told = subprocess.run(  # noqa: S603 - our own words
            [program, "-h", parameter], capture_output=True, text=True, timeout=POSTCONF_SECONDS, check=False
        )
        return told.stdout.strip()
    return None


class _Spool:
    """One message on its way to the spool (`lmtp_arrival.Sink`). A connection may break while a thread writes."""

    def __init__(self, desk: Desk, committer: Committer, envelope: Envelope) -> None:
        self._committer = committer
        self._source, self._at, self._envelope = f"lmtp:{fresh_id()}", desk.now(), archive.holdable(envelope)
        self._begin = partial(archive.spooling, desk.archive, trace_of(desk, self._source, self._at, self._envelope))
        self._turn, self._open = Lock(), ExitStack()
        self._message: Spooling | None = None
        self._future: Future[int] | None = None
        self._discarded = False

    def write(self, octets: bytes) -> None:
        """The next octets, to disk."""
        with self._turn:
            self._spooling().write(octets)

    def finish(self) -> Future[int]:
        """All of it durable on the spool, then to the committer."""
        with self._turn:
            message = self._spooling()
            self._open.close()
            kept = message.spooled()
            self._future = self._committer.commit(Arrived(self._source, self._at, self._envelope, kept))
            return self._future

    def discard(self) -> None:
        """Off the spool, or out of the committer's queue if its turn has not come."""
        with self._turn:
            if self._future is not None:
                self._future.cancel()
            with suppress(_Discarded), self._open:  # its file goes, unless it was closed: then nothing is open here
                raise _Discarded
            self._discarded = True

    def _spooling(self) -> Spooling:
        """Its file, opened when the first octets come; a thread that comes after `discard` finds none."""
        if self._discarded:
            raise _Discarded
        if self._message is None:
            self._message = self._open.enter_context(self._begin())
        return self._message


class _Discarded(Exception):
    """The message is not wanted any longer."""
