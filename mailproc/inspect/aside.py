"""One job on one hostile file, in a process of its own that lives as long as the job.

`run` is the parent's side: the file is the child's standard input, what the job gives comes back over a pipe. `do` is
the child's: it puts the kernel's limits around the job. The child has a bare environment, address space and processor
time by the measure of `Limits`, writes no file, and opens none nor a socket once its libraries are loaded. It is
killed at its deadline. That it dies, hangs or wants too much is an answer, for libraries in C end so on hostile octets.
`run` raises StoreError where the file cannot be opened, MailprocError where no process can be started. It judges
nothing and keeps nothing.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mailproc.errors import MailprocError, StoreError
from mailproc.inspect.pipe import CHUNK_BYTES, wait_for

_TOO_MUCH = 3  # the child's exit status when memory ran out and Python could still say so
_STANDARD = 3  # file descriptors: the file, the answer, what libraries print
_PROGRAMS = 16  # a program that is not ours loads its libraries and tables
_INHERITED = ("PATH", "LD_LIBRARY_PATH")  # nothing else of the environment: it may hold passwords

Job = Callable[[BinaryIO, Sequence[str]], bytes]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may cost."""

    seconds: float = 8.0  # wall clock, the start of the process included
    cpu_seconds: int = 6
    memory_bytes: int = 128 << 20  # address space; Python and a library take 20 to 40 MiB of it
    answer_bytes: int = 16 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a job."""

    octets: bytes = b""  # what it gave; b"" where it failed
    failure: str = ""  # slug: "too-slow", "too-much" (memory, or too long an answer), "died"
    ending: str = ""  # for the log: how the process ended


def run(module: str, given: Path, words: Sequence[str] = (), limits: Limits = Limits()) -> Answer:
    """Have `python -m module` do its job on the file `given`; `words` are the job's arguments."""
    deadline = time.monotonic() + limits.seconds
    try:
        file = given.open("rb")
    except OSError as error:
        raise StoreError(f"{given}: {error.strerror}; check the folder's owner and the disk") from error
    with file, _start(module, file, words, limits) as child:
        try:
            octets = _receive(child, deadline, limits.answer_bytes)
            if octets is None:
                return Answer(failure="too-much", ending="its answer is too long")
            status = child.wait(max(0.0, deadline - time.monotonic()))
        except (TimeoutError, subprocess.TimeoutExpired):
            return Answer(failure="too-slow", ending=f"not done within {limits.seconds:g} s")
        finally:
            child.kill()  # leaving the block closes the pipe and waits
    return Answer(octets) if status == 0 else _ended(status)


def _start(module: str, file: BinaryIO, words: Sequence[str], limits: Limits) -> subprocess.Popen[bytes]:
    caps = (str(limits.memory_bytes), str(limits.cpu_seconds))
    here = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    here["PYTHONPATH"] = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)
    try:
        return subprocess.Popen(  # noqa: S603 our own interpreter and module
            [sys.executable, "-P", "-X", "utf8", "-m", module, *caps, *words],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=here,
            process_group=0,
        )
    except OSError as error:
        raise MailprocError(f"{sys.executable}: cannot start a child ({error.strerror}); free memory") from error


def _receive(child: subprocess.Popen[bytes], deadline: float, most: int) -> bytes | None:
    """All that the child writes; None if that is more than `most` octets. Raises TimeoutError."""
    pipe = child.stdout.fileno() if child.stdout else -1
    octets = bytearray()
    while len(octets) <= most:
        wait_for(pipe, select.POLLIN, deadline)
        chunk = os.read(pipe, CHUNK_BYTES)
        if not chunk:
            return bytes(octets)
        octets += chunk
    return None


def _ended(status: int) -> Answer:
    if status == -signal.SIGXCPU:
        return Answer(failure="too-slow", ending="it needs more processor time than it may have")
    if status == _TOO_MUCH:
        return Answer(failure="too-much", ending="it needs more memory than it may have")
    return Answer(failure="died", ending=f"signal {-status}" if status < 0 else f"exit status {status}")


def do(job: Job) -> None:
    """The child's whole life: `job(file, words)` within the limits that `run` named, and its octets as the answer.

    Called when the libraries are loaded; what a job imports or opens after that it does not get.
    """
    memory, cpu = int(sys.argv[1]), int(sys.argv[2])
    answer = os.dup(1)
    os.dup2(2, 1)  # a library that prints cannot forge an answer
    confine(memory, cpu)
    with os.fdopen(0, "rb", closefd=False) as file, os.fdopen(answer, "wb") as outgoing:
        try:
            outgoing.write(job(file, sys.argv[3:]))
        except MemoryError:
            os._exit(_TOO_MUCH)


def become(command: Sequence[str]) -> None:
    """The other life of a child: it becomes this program, within the same limits but for the files that it needs."""
    confine(int(sys.argv[1]), int(sys.argv[2]), _PROGRAMS)
    os.execv(command[0], [*command])  # noqa: S606 no shell; the caller named the program


def confine(memory_bytes: int, cpu_seconds: int, files: int = _STANDARD) -> None:
    """Limits that the kernel keeps from now on; `files` is how many may be open."""
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))  # a signal that tells why, then the end
    for which, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),  # no file grows; a pipe is none
        (resource.RLIMIT_NOFILE, files),  # sockets are among them
    ):
        resource.setrlimit(which, (most, most))
