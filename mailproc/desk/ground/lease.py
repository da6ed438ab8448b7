"""Leases at the desk: this process does a thing, others leave it alone, and a process that died is not waited for.

A holder names its host and process. One that is of this host and no longer runs has lost its lease at once; of another
host, when the lease runs out. Two threads of one process are two holders. Fails with StoreError.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailproc.desk.ground.books import fresh_id
from mailproc.desk.ground.wire import Desk
from mailproc.store.database import writing
from mailproc.store.service import leases

SECONDS = 600.0  # longer than anything that is done between two renewals
RENEW_AFTER = timedelta(seconds=60)

_THIS_PROCESS = fresh_id()  # a process number may come again, even at once (in a container it is always 1)


@dataclass(slots=True)
class Lease:
    """One that we hold."""

    desk: Desk
    name: str
    holder: str
    renewed: datetime = field(init=False)

    def __post_init__(self) -> None:
        """It was taken just now."""
        self.renewed = self.desk.now()

    def renew(self) -> bool:
        """Say that we are still at it, once a minute at most; False if another holds it now."""
        now = self.desk.now()
        if abs(now - self.renewed) < RENEW_AFTER:
            return True
        self.renewed = now
        with writing(self.desk.engine) as conn:
            return leases.take(conn, self.name, self.holder, now, SECONDS)


@contextmanager
def held(desk: Desk, name: str) -> Iterator[Lease | None]:
    """The lease of that name, given back at the end; None if somebody else is at it."""
    holder = f"{socket.gethostname()} {os.getpid()} {_THIS_PROCESS} {fresh_id()}"
    with writing(desk.engine) as conn:
        _take_from_the_dead(conn, name)
        taken = leases.take(conn, name, holder, desk.now(), SECONDS)
    try:
        yield Lease(desk, name, holder) if taken else None
    finally:
        if taken:
            with writing(desk.engine) as conn:
                leases.give_back(conn, name, holder)


def _take_from_the_dead(conn: Connection, name: str) -> None:
    last = leases.holder_of(conn, name)
    if last and not _lives(last):
        leases.give_back(conn, name, last)


def _lives(holder: str) -> bool:
    """Whether the holder may still run; of other hosts nobody here can know."""
    host, _, rest = holder.partition(" ")
    pid, _, process = rest.partition(" ")
    if host != socket.gethostname() or not pid.isdecimal():
        return True
    if int(pid) == os.getpid():
        return process.startswith(_THIS_PROCESS)
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:  # it runs, and is not ours
        return True
    return True
