"""The parse child as its parent sees it: a mail's place in, a Message out, whatever the mail does to the child.

One child lives long and serves many mails; one that dies, hangs past its deadline or answers nonsense is killed and
replaced at the next request. Raises ParseFailed for the mail that did it, StoreError where the disk refused.
It judges nothing and keeps nothing: the spool folder is the caller's to empty.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from mailproc.errors import MailprocError, ParseFailed, StoreError
from mailproc.inspect.child import Answer, FailedAnswer, ParseAnswer, ParseRequest, Request, VerifyAnswer, VerifyRequest
from mailproc.inspect.pipe import CHUNK_BYTES, wait_for
from mailproc.message.author.signature import DkimResult
from mailproc.message.model import Message

MAX_ANSWER_BYTES = 32 << 20  # a text, a page and a header section of the greatest length, every character escaped


@dataclass(frozen=True, slots=True)
class Parsed:
    """A message read, its parts' octets spooled."""

    message: Message
    spooled: Mapping[str, Path]  # part -> file in the spool folder, named by SHA-256
    queries: tuple[str, ...]  # DNS names whose TXT records `verify` needs


class Worker:
    """The one parse child; started at the first request. Threads take turns."""

    def __init__(self, timeout_seconds: float = 30.0, cpu_seconds: int = 10, max_memory_bytes: int = 512 << 20) -> None:
        """Per mail: wall clock (a slow disk counts) and processor time; `max_memory_bytes`: its address space.

        A mail of 100 MiB maps as much and needs 30 MiB beside it; the worst shape of structure needs 240 MiB.
        """
        self._timeout_seconds = timeout_seconds
        self._cpu_seconds = cpu_seconds
        self._max_memory_bytes = max_memory_bytes
        self._child: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(Answer).decode

    def __enter__(self) -> Self:
        """The worker itself; leaving closes it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child."""
        self.close()

    @property
    def pid(self) -> int | None:
        """The living child's process id; None while there is none."""
        return self._child.pid if self._child else None

    def parse(self, path: Path, offset: int, spool: Path) -> Parsed:
        """Read the mail that begins `offset` octets into `path`, its parts' octets into the folder `spool`.

        Raises ParseFailed (this mail cannot be read), StoreError (the archive or the spool folder cannot be used).
        """
        answer = self._ask(ParseRequest(str(path), offset, str(spool)), path)
        if not isinstance(answer, ParseAnswer):
            raise self._nonsense(path)
        spooled = {part: spool / name for part, name in answer.spooled.items()}
        return Parsed(answer.message, spooled, answer.queries)

    def verify(
        self, path: Path, offset: int, keys: Mapping[str, bytes | None], now_epoch: int
    ) -> tuple[DkimResult, ...]:
        """Judge the mail's signatures with the TXT records of its `queries`; raises as `parse` does."""
        answer = self._ask(VerifyRequest(str(path), offset, dict(keys), now_epoch), path)
        if not isinstance(answer, VerifyAnswer):
            raise self._nonsense(path)
        return answer.results

    def close(self) -> None:
        """End the child; a later request starts another."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            with child:  # closes the pipes and waits
                pass

    def _ask(self, request: Request, path: Path) -> Answer:
        with self._turn:
            try:
                answer: Answer = self._decode(self._exchange(self._encode(request) + b"\n", path))
            except msgspec.MsgspecError as error:
                raise self._nonsense(path) from error
            except BaseException:  # an interrupted exchange leaves half an answer in the pipe
                self.close()
                raise
        if not isinstance(answer, FailedAnswer):
            return answer
        if answer.by_disk:
            raise StoreError(f"{answer.reason}; check the disk and the folder's owner, the mail will be tried again")
        self.close()
        raise _unreadable(path, answer.reason)

    def _exchange(self, line: bytes, path: Path) -> bytes:
        """Send one line, give back one line. Raises ParseFailed when the child dies or the time is over."""
        child = self._living_child()
        deadline = time.monotonic() + self._timeout_seconds
        incoming, outgoing = child.stdin, child.stdout
        if incoming is None or outgoing is None:
            raise _unreadable(path, "the parse child has no pipes")
        try:
            _send(incoming.fileno(), line, deadline)
            answer = _receive(outgoing.fileno(), deadline)
        except TimeoutError as error:
            raise _unreadable(path, f"not read within {self._timeout_seconds:g} s") from error
        except BrokenPipeError:
            answer = b""
        if not answer.endswith(b"\n"):
            raise _unreadable(path, f"the parse child died ({_ending(child)})")
        return answer

    def _living_child(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            self.close()  # it died between two mails: neither is to blame
        if self._child is None:
            self._child = _start(self._max_memory_bytes, self._cpu_seconds)
        return self._child

    def _nonsense(self, path: Path) -> ParseFailed:
        self.close()
        return _unreadable(path, "the parse child answered nonsense")


def _start(max_memory_bytes: int, cpu_seconds: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "mailproc.inspect.child", str(max_memory_bytes), str(cpu_seconds)]
    # its own process group: Ctrl-C is for the parent, the child ends when its requests do
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)}
    try:
        child = subprocess.Popen(  # noqa: S603 our own interpreter and module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=here, process_group=0
        )
    except OSError as error:
        raise MailprocError(
            f"{sys.executable}: cannot start the parse child ({error.strerror}); free memory"
        ) from error
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            os.set_blocking(pipe.fileno(), False)
    return child


def _send(fd: int, octets: bytes, deadline: float) -> None:
    left = memoryview(octets)
    while left:
        wait_for(fd, select.POLLOUT, deadline)
        left = left[os.write(fd, left[:CHUNK_BYTES]) :]


def _receive(fd: int, deadline: float) -> bytes:
    """One line; without its line end if the child died before, or says more than a mail can hold."""
    answer = bytearray()
    while not answer.endswith(b"\n"):
        wait_for(fd, select.POLLIN, deadline)
        chunk = os.read(fd, CHUNK_BYTES)
        if not chunk or len(answer) > MAX_ANSWER_BYTES:
            break
        answer += chunk
    return bytes(answer)


def _ending(child: subprocess.Popen[bytes]) -> str:
    try:
        status = child.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return "its answer broke off"
    if status == -signal.SIGXCPU:
        return "it needs more processor time than a mail may have"
    return f"signal {-status}" if status < 0 else f"exit status {status}"


def _unreadable(path: Path, reason: str) -> ParseFailed:
    return ParseFailed(f"{path}: the mail cannot be read: {reason}; its octets are kept there")
