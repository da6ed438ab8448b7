"""Leases at the desk: this process does a thing, others leave it alone, and a process that died is not waited for.

Who holds it is the desk's `holder`; one that is known to be dead has lost its lease at once, any other when the lease
runs out. Two threads of one desk are two holders. Fails with StoreError.
"""

from __future__ import annotations

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
    holder = f"{desk.holder.id} {fresh_id()}"
    desk.holder.leases.add(holder)
    try:
        with writing(desk.engine) as conn:
            _take_from_the_dead(conn, desk, name)
            taken = leases.take(conn, name, holder, desk.now(), SECONDS)
            if taken:
                desk.holder.claims(conn)
        try:
            yield Lease(desk, name, holder) if taken else None
        finally:
            if taken:
                with writing(desk.engine) as conn:
                    leases.give_back(conn, name, holder)
    finally:
        desk.holder.leases.discard(holder)


def _take_from_the_dead(conn: Connection, desk: Desk, name: str) -> None:
    last = leases.holder_of(conn, name)
    if last and desk.holder.is_free(conn, last):
        leases.give_back(conn, name, last)
