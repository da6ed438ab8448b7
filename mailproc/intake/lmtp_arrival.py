"""One message under way through LMTP: to its sink, piece by piece, and what its sender hears in the end.

Whatever breaks here is ours: 451 4.3.0, or 452 4.3.1 for a full disk, with nothing of its cause, which stands in the
log (catalogue S38). Once a message cannot be kept its octets go nowhere, and the rest is only counted. Nothing that
may wait for a disk runs in the loop. What is not answered with 250 is discarded, unless its commit has begun.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import re
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeVar

from mailproc.errors import MailprocError
from mailproc.failpoint import reach
from mailproc.message.field.header import plain
from mailproc.message.model import Envelope

log = logging.getLogger(__name__)
T = TypeVar("T")

SUBADDRESS = re.compile(r"\+[^@,]*@")  # it may be what gives an answer its power
OURS = "451 4.3.0 Not kept, an error here; try again later"
DISK_FULL = "452 4.3.1 Insufficient system storage; try again later"
TOO_LARGE = "552 5.3.4 Message too large"


class Sink(Protocol):
    """Where one message goes. Its calls may block and may come from any thread."""

    def write(self, octets: bytes) -> None:
        """The next octets. Raises StoreError or OSError."""

    def finish(self) -> Future[int]:
        """They were all: the future has the message's number once it is durable."""

    def discard(self) -> None:
        """Forget it, if it can still be forgotten; may be called at any time, and twice."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too much."""

    connections: int
    recipients: int
    message_bytes: int
    idle_seconds: float  # between two commands, two pieces of a message, and from the final dot to our reply
    deadline_seconds: float  # for a whole message


class Arrival:
    """One message under way: its sink, how much of it came, why it cannot be kept."""

    def __init__(self, sink: Sink, envelope: Envelope, limits: Limits) -> None:
        """Nothing of it has come yet."""
        self._sink, self._envelope, self._limits = sink, envelope, limits
        self._size = 0
        self._refusal = ""
        self._kept = False

    def __str__(self) -> str:
        """For the log, without the secrets of letters."""
        to = SUBADDRESS.sub("+...@", ", ".join(self._envelope.forward_paths))
        return plain(f"message from <{self._envelope.reverse_path}> for {to}")

    async def write(self, octets: bytes) -> None:
        """The next octets, to disk; once it cannot be kept, they go nowhere."""
        self._size += len(octets)
        if self._refusal or not octets:
            return
        if self._size > self._limits.message_bytes:
            self._refuse(TOO_LARGE)
            return
        try:
            await in_thread(_write, self._sink, octets)
        except Exception as failure:  # noqa: BLE001 - whatever it is, the sender keeps the message
            self._refuse(reply_to(failure))

    async def kept(self) -> str:
        """The reply: 250 once it is durable."""
        if self._refusal:
            return self._refusal
        try:
            async with asyncio.timeout(self._limits.idle_seconds):  # RFC 5321 §4.5.3.2.6: they wait ten minutes
                number = await asyncio.wrap_future(await in_thread(self._sink.finish))
        except Exception as failure:  # noqa: BLE001 - whatever it is, the sender keeps the message
            return reply_to(failure)
        self._kept = True
        log.info("LMTP: %s: kept as %d, %d octets", self, number, self._size)
        return f"250 2.0.0 Kept as {number}"

    def close(self) -> None:
        """What was not kept is forgotten; a commit that has begun is not called back (catalogue F50)."""
        if not self._kept:
            asyncio.get_running_loop().run_in_executor(None, self._sink.discard)

    def _refuse(self, reply: str) -> None:
        log.warning("LMTP: %s: answered %s", self, reply)
        self._refusal = reply
        self.close()


def _write(sink: Sink, octets: bytes) -> None:
    sink.write(octets)
    reach("lmtp.data")


def in_thread(call: Callable[..., T], *arguments: object) -> asyncio.Future[T]:
    """What may wait for a disk, beside the loop."""
    return asyncio.get_running_loop().run_in_executor(None, call, *arguments)


def reply_to(failure: BaseException) -> str:
    """The reply to a failure of ours; its words are for the log alone (catalogue S38)."""
    foreseen = isinstance(failure, (MailprocError, OSError))
    words = plain(f"{type(failure).__name__}: {failure}")
    log.error("LMTP: a message was not kept: %s", words, exc_info=None if foreseen else failure)
    cause = failure.__cause__ if isinstance(failure, MailprocError) else failure
    full = isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT)
    return DISK_FULL if full else OURS
