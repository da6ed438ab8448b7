"""Jobs that a test has done aside: what a library might do on hostile octets."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from mailproc.inspect import aside


def upper(file: BinaryIO, words: Sequence[str]) -> bytes:
    return file.read().upper() + " ".join(words).encode()


def dies(file: BinaryIO, words: Sequence[str]) -> bytes:
    del file, words
    os.abort()


def raises(file: BinaryIO, words: Sequence[str]) -> bytes:
    raise ValueError(file.read(), words)


def hangs(file: BinaryIO, words: Sequence[str]) -> bytes:
    del file, words
    os.kill(os.getpid(), signal.SIGSTOP)  # stopped, it needs no processor time at all
    return b""


def spins(file: BinaryIO, words: Sequence[str]) -> bytes:
    del file, words
    while True:
        pass


def gorges(file: BinaryIO, words: Sequence[str]) -> bytes:
    del file, words
    return bytes(1 << 30)


def babbles(file: BinaryIO, words: Sequence[str]) -> bytes:
    del file
    return bytes(int(words[0]))


def reaches_out(file: BinaryIO, words: Sequence[str]) -> bytes:
    """What of all that it does not get: another file, one to write, a socket, the desk's environment."""
    del file
    attempts: dict[str, Callable[[], object]] = {
        "read": lambda: Path(words[0]).read_bytes(),
        "write": lambda: Path(words[1]).touch(),
        "socket": socket.socket,
        "environment": lambda: os.environ["DESK_SECRET"],
    }
    refused = []
    for name, attempt in attempts.items():
        try:
            attempt()
        except (OSError, KeyError):
            refused.append(name)
    return " ".join(refused).encode()


if __name__ == "__main__":
    aside.do(lambda file, words: globals()[words[0]](file, words[1:]))
