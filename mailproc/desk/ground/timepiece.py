"""The desk's time: the machine's clock, bounded by what has really passed.

A clock can run ahead by years and come back, stand still while the machine is off, or begin in 1970 each time that a
small computer starts. What has passed is told by the kernel's count of seconds since it started, which nobody sets
and which goes on while the machine sleeps: the database holds one moment by both clocks, renewed each minute. Where
the machine's clock is off by more than a day from it, it is in doubt: the desk's time goes on from that moment by
the other one, nothing that waits for a time happens (`clockwork`, `reminding`), and `health` says what to do. It
ends when the clock comes back, or when the operator confirms it; a month ahead at most, it also ends when the kernel
says that a time server has set this clock, as after some days switched off. The first start of a new desk believes
what it finds.

`reckoned` and `is_believed` are values; `reading_of` asks the kernel, and the clock itself is read in `books`.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine

from mailproc.store.database import reading
from mailproc.store.service import clock as rows
from mailproc.store.service import switches
from mailproc.store.service.clock import Anchor

SWITCH = "clock"  # under which the last confirmation is known: `desk:clock`
DAY = timedelta(days=1)
BY_ITSELF = timedelta(days=31)  # ahead, and a time server agrees: no more than holidays
_BOOT, _UPTIME = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/uptime")
_UNSYNCHRONISED = 0x0040  # STA_UNSYNC of adjtimex(2): no time server has set the clock, or somebody else has since


@dataclass(frozen=True, slots=True)
class Reading:
    """What the machine's clocks say at one moment."""

    at: datetime  # by the clock that people set; aware, whole seconds
    boot: str  # the name of this boot; "" where the machine has none
    up: int  # seconds since then, by the clock that nobody sets
    vouched: bool  # a time server has set the first one


@dataclass(frozen=True, slots=True)
class Doubt:
    """The machine's clock is not believed."""

    says: datetime  # the machine's clock
    reckoned: datetime  # the desk's time instead: what it was when it was last believed, and what has passed since

    @property
    def ahead(self) -> timedelta:
        """By how much the clock is ahead of the desk's time; negative where it is behind."""
        return self.says - self.reckoned


def reading_of(at: datetime) -> Reading:
    """The machine's other clock, and what the kernel knows, at this moment of the first one."""
    return Reading(at, _boot(), _up(), _is_kept(at))


@cache
def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _up() -> int:
    """Seconds since the machine started, its sleep among them (proc(5)); elsewhere what the system counts."""
    try:
        return int(float(_UPTIME.read_text(encoding="ascii").split()[0]))
    except (OSError, ValueError, IndexError):
        return int(time.monotonic())


class _Timex(ctypes.Structure):
    """`struct timex` of adjtimex(2) as far as we read it."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        *((name, ctypes.c_long) for name in ("offset", "freq", "maxerror", "esterror")),
        ("status", ctypes.c_int),
        *((name, ctypes.c_long) for name in ("constant", "precision", "tolerance", "seconds")),
        ("rest", ctypes.c_char * 256),
    )


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def _is_kept(at: datetime) -> bool:
    """Whether the kernel's clock is kept by a time server, and is the one that we read."""
    told = _Timex()
    try:
        if _libc().adjtimex(ctypes.byref(told)) < 0:
            return False
    except (AttributeError, OSError):  # another system
        return False
    return not told.status & _UNSYNCHRONISED and abs(told.seconds - at.timestamp()) < DAY.total_seconds()


def source_of(conn: Connection, stamp: str, *words: str) -> str:
    """The source key of what the clock does once at a time, and again where that time comes anew, set back since."""
    confirmed = switches.last(conn, SWITCH)
    return "/".join([f"clock:{stamp}", *words, *([str(confirmed)] if confirmed else [])])


def of_this_boot(known: Anchor | None, seen: Reading) -> Anchor:
    """The moment to count from: of another boot only its time is good, and nobody knows what has passed since."""
    if known is None:
        return Anchor(seen.at, seen.boot, seen.up)
    if known.boot == seen.boot and known.up <= seen.up:
        return known
    return Anchor(known.at, seen.boot, seen.up)


def reckoned(known: Anchor, seen: Reading) -> datetime:
    """What time it is by what has passed."""
    return known.at + timedelta(seconds=seen.up - known.up)


def is_believed(known: Anchor, seen: Reading) -> bool:
    """Whether the clock may be right."""
    ahead = seen.at - reckoned(known, seen)
    return abs(ahead) <= DAY or (seen.vouched and timedelta() < ahead <= BY_ITSELF)


class Timepiece:
    """The desk's time for one process, all threads of it: call it."""

    def __init__(self, engine: Engine, read: Callable[[], Reading]) -> None:
        """`read` asks the machine. Raises StoreError."""
        self._engine, self._read = engine, read
        self._turn = threading.Lock()
        with reading(engine) as conn:
            self._known = rows.known(conn)

    def __call__(self) -> datetime:
        """What time it is at the desk: the machine's where it is believed."""
        doubt, seen = self._look()
        return doubt.reckoned if doubt else seen.at

    def doubt(self) -> Doubt | None:
        """Why timed effects rest, or None. The database is asked once more: another process may have been told."""
        doubt, seen = self._look()
        if doubt is None:
            return None
        with reading(self._engine) as conn:
            known = rows.known(conn)
        if known and known.boot == seen.boot:  # one of another boot tells nothing of what has passed in this one
            with self._turn:
                self._known = known
        return self._look()[0]

    def _look(self) -> tuple[Doubt | None, Reading]:
        seen = self._read()
        with self._turn:
            self._known = known = of_this_boot(self._known, seen)
        if is_believed(known, seen):
            return None, seen
        return Doubt(seen.at, reckoned(known, seen)), seen

    def keep(self, conn: Connection) -> None:
        """Write down this moment by both clocks; while the clock is in doubt, the one to count from."""
        seen = self._read()
        known = of_this_boot(rows.known(conn), seen)
        self._put(conn, Anchor(seen.at, seen.boot, seen.up) if is_believed(known, seen) else known)

    def believe(self, conn: Connection, at: datetime) -> bool:
        """The operator has looked at the clock, and it is right; False if it says something else by now."""
        seen = self._read()
        if abs(seen.at - at) > DAY:
            return False
        self._put(conn, Anchor(seen.at, seen.boot, seen.up))
        return True

    def _put(self, conn: Connection, anchor: Anchor) -> None:
        rows.put(conn, anchor)
        with self._turn:
            self._known = anchor
