"""Who holds what is claimed: this desk, by a lock that the kernel takes away from it however it dies.

An open desk has an id of its own, and from its first claim on a file of that name in `ARCHIVE/holders`, locked (flock)
until it ends. Whoever gets the lock of another's file, on the boot of the machine that the file names, knows that
the other is dead: what it held is free at once (catalogue F98). Other machines cannot ask the kernel: for them a holder
beats in the database while it holds something, and one that is silent for SILENT is taken for dead. What a desk
itself claimed and has no hand on any more (its turn broke, and the database refused to say so) is free as well.
Leases still run out, whoever lives. Fails with StoreError; knows nothing of what is done with a claim.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from pathlib import Path
from typing import Self

from sqlalchemy import Connection

from mailproc.desk.ground.books import Books, fresh_id
from mailproc.errors import StoreError
from mailproc.store.database import reading, writing
from mailproc.store.octets.disk import lying_since, make_folder, refusals
from mailproc.store.service import holders
from mailproc.store.service.holders import Hands

BEAT_SECONDS = 30.0  # between two words for other machines, while something is held
SILENT = timedelta(seconds=180)
LOOK_SECONDS = 5.0  # so often at most somebody who finds enough to do looks after the dead
_OURS = re.compile(r"[0-9a-f]{32}")  # ids; what an older release wrote ends by time alone
_BOOT = Path("/proc/sys/kernel/random/boot_id")  # where there is none, a host name has to do
_LEFT = timedelta(days=1)  # a file under way to its name takes milliseconds

log = logging.getLogger(__name__)


class Life(IntEnum):
    """What can be known of a holder; the worse, the more."""

    RUNS = 0
    UNKNOWN = 1  # of another machine, or of an older release
    DEAD = 2


@dataclass(slots=True)
class Holder:
    """This desk as a holder. Every thread of it may use it."""

    books: Books
    id: str = field(default_factory=fresh_id)
    messages: set[int] = field(default_factory=set)
    letters: set[str] = field(default_factory=set)
    leases: set[str] = field(default_factory=set)
    _fd: int = -1
    _beaten: float = 0.0  # by the monotonic clock
    _looked: float = 0.0
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)
    _heart: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Nothing is locked before something is claimed: a desk that only looks leaves no trace."""
        return self

    def __exit__(self, *_: object) -> None:
        """What is still in hand is free: whoever looks finds the file, and no lock on it."""
        self._over.set()
        with self._turn:
            if self._fd >= 0:
                if not self.hands:
                    with suppress(OSError):
                        _file(self.books, self.id).unlink()
                os.close(self._fd)
                self._fd = -1

    @property
    def hands(self) -> Hands:
        """What it holds."""
        return Hands(frozenset(self.messages), frozenset(self.letters), frozenset(self.leases))

    def claims(self, conn: Connection) -> str:
        """Our id, for a row that is being claimed in this transaction; from now on we are seen to live."""
        with self._turn:
            if self._fd < 0:
                self._fd = _locked(self.books, self.id)
            if time.monotonic() - self._beaten > BEAT_SECONDS or not self._beaten:
                holders.beat(conn, self.id, self.books.now())
                self._beaten = time.monotonic()
            if self._heart is None:
                self._heart = threading.Thread(target=self._beat_on, name="heartbeat", daemon=True)
                self._heart.start()
        return self.id

    @contextmanager
    def letter(self, letter: str) -> Iterator[None]:
        """In hand for as long as the block lasts, however it ends."""
        try:
            yield
        finally:
            self.letters.discard(letter)

    def _beat_on(self) -> None:
        """Say so again while something is held; a database that refuses is asked again."""
        while not self._over.wait(BEAT_SECONDS):
            if self.hands:
                with suppress(StoreError), writing(self.books.engine) as conn:
                    holders.beat(conn, self.id, self.books.now())
                    self._beaten = time.monotonic()

    def free_the_dead(self, *, now_and_then: bool = False) -> bool:
        """Free what the dead hold, and what we let fall; whether there was anything.

        `now_and_then`: only if nobody looked for a while. Not for a transaction.
        """
        if now_and_then and time.monotonic() - self._looked < LOOK_SECONDS:
            return False
        self._looked = time.monotonic()
        with reading(self.books.engine) as conn:
            if not self._fallen(conn):
                return False
        with writing(self.books.engine) as conn:
            fallen = self._fallen(conn)
            for who, hands in fallen.items():
                holders.free(conn, hands, self.books.now())
                if who != self.id:
                    holders.forget(conn, who)
        for who in fallen.keys() - {self.id}:
            _file(self.books, who).unlink(missing_ok=True)
        told = {name: sum(len(getattr(each, name)) for each in fallen.values()) for name in ("messages", "letters")}
        log.info("free again: %(messages)d messages and %(letters)d letters of a process that ended", told)
        return bool(fallen)

    def is_free(self, conn: Connection, lease: str) -> bool:
        """Whether nobody has a hand on a lease of that holder's name."""
        who = lease.partition(" ")[0]
        if who == self.id:
            return lease not in self.leases
        return life(self.books, conn, who) is Life.DEAD

    def _fallen(self, conn: Connection) -> dict[str, Hands]:
        """What each holder has that will do nothing with it."""
        found: dict[str, Hands] = {}
        for who, hands in holders.all_hands(conn, self.books.now()).items():
            if who == self.id:
                found[who] = hands - self.hands
            elif life(self.books, conn, who) is Life.DEAD:
                found[who] = hands
        return {who: hands for who, hands in found.items() if hands}

    def sweep(self) -> None:
        """Remove the files of dead holders in whose hands nothing is; of others the file says that they are dead."""
        folder = _folder(self.books)
        with reading(self.books.engine) as conn:
            held = holders.all_hands(conn, self.books.now())
        with refusals(folder):
            for path in folder.iterdir() if folder.is_dir() else ():
                if path.name not in held and _OURS.fullmatch(path.name) and _is_released(path) and _is_of_here(path):
                    path.unlink(missing_ok=True)
            for path in lying_since(folder, self.books.now() - _LEFT):
                if path.name not in held and _is_released(path):  # of another machine, whose rows tell more
                    path.unlink(missing_ok=True)


def life(books: Books, conn: Connection, who: str) -> Life:
    """Whether a holder runs, as far as can be known from here."""
    if not _OURS.fullmatch(who):
        return Life.UNKNOWN
    path = _file(books, who)
    with suppress(OSError):
        if path.exists():
            if not _is_released(path):
                return Life.RUNS
            if _is_of_here(path):
                return Life.DEAD
    beaten = holders.beaten(conn, who)
    if beaten is None:
        return Life.UNKNOWN if path.exists() else Life.DEAD
    return Life.DEAD if abs(books.now() - beaten) >= SILENT else Life.UNKNOWN  # a clock that was set back says nothing


def _folder(books: Books) -> Path:
    return books.archive / "holders"


def _file(books: Books, who: str) -> Path:
    return _folder(books) / who


def _host() -> str:
    return socket.gethostname()


def _machine() -> str:
    """This machine since it was started, and its name: containers share the first, starts of one machine the second."""
    boot = ""
    with suppress(OSError):
        boot = _BOOT.read_text(encoding="ascii").strip()
    return f"{boot or _host()} {_host()}"


def _is_of_here(path: Path) -> bool:
    """Whether a holder's lock was one that this machine can ask for."""
    theirs = path.read_text(encoding="utf-8").split(" ")
    return len(theirs) > 1 and any(one == other for one, other in zip(theirs, _machine().split(" "), strict=False))


def _locked(books: Books, who: str) -> int:
    """The open, locked file of a holder; it gets its name when it is locked, so nobody sees it otherwise."""
    folder = _folder(books)
    with refusals(folder):
        under_way = make_folder(folder) / f".{who}"
        fd = os.open(under_way, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            machine = _machine()
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:  # a file system without locks: the heartbeat alone tells
                machine = ""
            os.write(fd, machine.encode())
            under_way.rename(folder / who)
        except BaseException:
            os.close(fd)
            under_way.unlink(missing_ok=True)
            raise
    return fd


def _is_released(path: Path) -> bool:
    """Whether nobody has the lock of that file."""
    try:
        fd = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # no locks here: nothing can be said
        return True
    finally:
        os.close(fd)
    return True
