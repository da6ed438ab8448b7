"""The parse child: reads one hostile mail after another where it may be killed (`python -m mailproc.inspect.child`).

Requests come as JSON lines on standard input, answers leave as JSON lines on what was standard output; whatever a
library prints goes to standard error. Memory and processor time are limited by the kernel; a mail is mapped, not
read, and its parts go to the spool in pieces. After a mail that it could not read it says so and ends, so that the
next mail meets a fresh process. It ends with its parent.
"""

from __future__ import annotations

import errno
import os
import resource
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path

import msgspec

from mailproc.message.author.signature import (
    MAX_HEADER_BYTES,
    MAX_SIGNED_BYTES,
    DkimResult,
    dkim_queries,
    verify_dkim,
)
from mailproc.message.mime.body import Body
from mailproc.message.model import Message
from mailproc.message.parse import parse


class ParseRequest(msgspec.Struct, frozen=True, tag="parse"):
    """Read the mail that begins at `offset` of `path`; put the octets of its parts into the folder `spool`."""

    path: str
    offset: int
    spool: str


class VerifyRequest(msgspec.Struct, frozen=True, tag="verify"):
    """Verify the signatures of the same mail with these keys."""

    path: str
    offset: int
    keys: dict[str, bytes | None]
    now_epoch: int


class ParseAnswer(msgspec.Struct, frozen=True, tag="parsed"):
    """What was read; `spooled` maps a part to the name of its file in the spool folder."""

    message: Message
    spooled: dict[str, str]
    queries: tuple[str, ...]


class VerifyAnswer(msgspec.Struct, frozen=True, tag="verified"):
    """What each signature came to."""

    results: tuple[DkimResult, ...]


class FailedAnswer(msgspec.Struct, frozen=True, tag="failed"):
    """Nothing came of it. `by_disk`: the disk refused, the mail is not to blame."""

    reason: str  # one line
    by_disk: bool = False


Request = ParseRequest | VerifyRequest
Answer = ParseAnswer | VerifyAnswer | FailedAnswer


def serve(requests: int, answers: int, cpu_seconds: int) -> None:
    """Answer until the requests end or a mail could not be read; both are file descriptors."""
    decode, encode = msgspec.json.Decoder(Request).decode, msgspec.json.Encoder().encode
    with os.fdopen(requests, "rb") as incoming, os.fdopen(answers, "wb") as outgoing:
        for line in incoming:
            _limit_processor_time(cpu_seconds)
            try:
                octets = encode(_answer(decode(line)))
                healthy = True
            except Exception as error:  # noqa: BLE001 whatever one mail does to us, the next one is served
                failure = _failure(error)
                octets, healthy = encode(failure), failure.by_disk
            outgoing.write(octets + b"\n")
            outgoing.flush()
            if not healthy:
                return


def _answer(request: Request) -> Answer:
    with _mapped(request.path, request.offset) as octets:
        if isinstance(request, VerifyRequest):
            return VerifyAnswer(verify_dkim(bytes(octets[: MAX_SIGNED_BYTES + 1]), request.keys, request.now_epoch))
        message, parts = parse(octets)
        hashes = {attachment.part: attachment.sha256 for attachment in message.attachments}
        queries = dkim_queries(bytes(octets[: MAX_HEADER_BYTES + 1]))
        return ParseAnswer(message, _spool(Path(request.spool), parts, hashes), queries)


@contextmanager
def _mapped(path: str, offset: int) -> Iterator[memoryview]:
    """A file from `offset` on, as it lies on the disk: what is looked at is loaded, and may be dropped again."""
    with Path(path).open("rb") as file:
        if os.fstat(file.fileno()).st_size <= offset:
            yield memoryview(b"")
            return
        with mmap(file.fileno(), 0, access=ACCESS_READ) as whole, memoryview(whole)[offset:] as octets:
            yield octets


def _spool(folder: Path, parts: Mapping[str, Body], hashes: Mapping[str, str]) -> dict[str, str]:
    """Each part's octets as a file named by their SHA-256; what a dead child left half-written is replaced."""
    for part, body in parts.items():
        half = folder / f"{hashes[part]}.{os.getpid()}"
        with half.open("wb") as file:
            file.writelines(body.pieces())
        half.replace(folder / hashes[part])
    return {part: hashes[part] for part in parts}


def _failure(error: Exception) -> FailedAnswer:
    if isinstance(error, OSError) and error.errno != errno.ENOMEM:
        return FailedAnswer(f"{error.filename or 'spool folder'}: {error.strerror or error}", by_disk=True)
    if isinstance(error, (MemoryError, OSError)):
        return FailedAnswer("it needs more memory than the parse child may use")
    words = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return FailedAnswer(words.encode("ascii", "backslashreplace").decode("ascii"))


def _limit_processor_time(seconds: int) -> None:
    """So many more seconds for this request: a child that spins after its parent died ends too."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + 1 + seconds, hard))


def main() -> None:
    """Arguments: memory in octets, processor seconds per request."""
    max_memory_bytes, cpu_seconds = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (max_memory_bytes, max_memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests, answers = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # a library that prints cannot forge an answer
    serve(requests, answers, cpu_seconds)


if __name__ == "__main__":
    main()
