"""Places where a test may let the program die: one at every arrow of a message's day (design §4).

`MAILPROC_FAILPOINT=receive.linked:kill9` and the process is gone when it comes there; `:2` behind it waits for the
second pass; several are divided by commas. Without the variable a failpoint is one comparison and nothing happens.
A name or deed that does not exist is a ConfigError. Nothing is decided here.
"""

from __future__ import annotations

import errno
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from mailproc.errors import ConfigError, nearest

VARIABLE = "MAILPROC_FAILPOINT"
SLEEP_SECONDS = 30.0

NAMES = {  # in the order in which a message comes by
    "imap.fetched": "the octets are here, nothing is kept",
    "lmtp.data": "part of the octets is on the spool",
    "receive.spooling": "our trace fields and the first octets are in a spool file",
    "receive.spooled": "the whole message is on the spool, fsynced",
    "receive.numbered": "its row is written, its file has no number yet",
    "receive.linked": "the file has its number, the row is not committed",
    "receive.committed": "row and file are durable, the sender's side still has the message",
    "lmtp.replied": "250 is written, the connection still open",
    "imap.copied": "a server without MOVE holds it twice, and nothing says so",
    "imap.marked": "it is copied and bears our keyword",
    "imap.deleted": "it is copied and marked for removal, and still there",
    "imap.moved": "the mailbox let go of it",
    "process.claimed": "the attempt is counted, nothing is read",
    "process.examined": "read and judged, no transaction open",
    "process.lettered": "a letter's octets are in the outbox, the entry is not written",
    "process.entered": "the entry is written, nothing is committed",
    "process.applied": "the rows are written, not committed",
    "process.committed": "the turn is over",
    "publish.bundled": "the bundle stands in a folder of its own, under no name",
    "publish.renamed": "the bundle is up, nothing says so",
    "deliver.claimed": "the attempt is written, no connection is open",
    "deliver.half": "part of the letter is with the server",
    "deliver.dotted": "the final dot has left, no reply has come",
    "deliver.accepted": "the server said 250, nobody wrote it down",
    "deliver.proved": "the proof stands beside the letter, the row does not say so",
    "deliver.committed": "the row says sent",
    "store.migrating": "the new schema stands, not committed",
    "erase.entry": "an entry holds pseudonyms, its mail is still there",
    "erase.file": "a mail's octets are gone, the rows still tell of it",
    "erase.committed": "the rows are erased",
    "rebuild.applied": "half of the entries are applied",
    "backup.written": "the backup stands under no name yet",
}


class Reached(RuntimeError):
    """What a failpoint armed with `raise` raises: an error that nobody foresaw."""


@dataclass(slots=True)
class _Armed:
    """One failpoint that is set."""

    name: str
    deed: Callable[[str], None]
    passes: int  # how many more until it acts


def _kill(_: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _raise(name: str) -> None:
    raise Reached(f"failpoint {name}")


def _sleep(_: str) -> None:
    time.sleep(SLEEP_SECONDS)


def _enospc(name: str) -> None:
    raise OSError(errno.ENOSPC, f"{os.strerror(errno.ENOSPC)} (failpoint {name})")


DEEDS: dict[str, Callable[[str], None]] = {"kill9": _kill, "raise": _raise, "sleep": _sleep, "enospc": _enospc}


def read(words: str) -> list[_Armed]:
    """`receive.linked:kill9:2,deliver.dotted:raise` -> what is armed. Raises ConfigError."""
    armed = []
    for word in filter(None, words.split(",")):
        name, _, rest = word.partition(":")
        deed, _, nth = rest.partition(":")
        if name not in NAMES:
            raise ConfigError(f"{VARIABLE}: there is no failpoint {name!r}{nearest(name, NAMES)}")
        if deed not in DEEDS or not (nth or "1").isdecimal():
            raise ConfigError(f"{VARIABLE}: {word!r}: write NAME:DEED or NAME:DEED:N, DEED one of {', '.join(DEEDS)}")
        armed.append(_Armed(name, DEEDS[deed], int(nth or "1")))
    return armed


_TURN = threading.Lock()  # passes are counted by all threads together


@cache
def _set() -> list[_Armed]:
    """What the environment says, read once."""
    return read(os.environ.get(VARIABLE, ""))


def reach(name: str) -> None:
    """The program has come to this place."""
    for armed in _set():
        if armed.name == name:
            with _TURN:
                armed.passes -= 1
                acts = armed.passes == 0
            if acts:
                armed.deed(name)


def armed() -> tuple[str, ...]:
    """The failpoints that are set; a desk in service has none (`doctor` looks). Raises ConfigError for a wrong name."""
    return tuple(each.name for each in _set())
