"""What this machine's clocks said when the desk last believed them: one row, by which `ground/timepiece` judges.

It is the service's own: a rebuild begins it anew, and then the last entry tells how late it was. They fail as the
database fails.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from mailproc.store.schema import clock, pulses, received

_ONLY = 1  # there is one row
NO_BOOT = "-"  # of a time that no machine's boot is known for; no boot is called so


@dataclass(frozen=True, slots=True)
class Anchor:
    """One moment by both clocks."""

    at: datetime  # the desk's time
    boot: str  # of the machine; "" where it has no name for its boots
    up: int  # seconds that this boot had lasted


def known(conn: Connection) -> Anchor | None:
    """The last moment that is known; None for a desk at which nothing has happened yet.

    Without the row (a rebuilt desk, an older release) it is the last entry's time or the last pulse.
    """
    row = conn.execute(select(clock.c.at, clock.c.boot, clock.c.up)).first()
    if row is not None:
        return Anchor(row.at, row.boot, row.up)
    entered = select(received.c.time).where(received.c.sequence.is_not(None)).order_by(received.c.sequence.desc())
    moments = [conn.execute(entered.limit(1)).scalar(), conn.execute(select(func.max(pulses.c.well_at))).scalar()]
    latest = max((each for each in moments if each is not None), default=None)
    return None if latest is None else Anchor(latest, NO_BOOT, 0)


def put(conn: Connection, anchor: Anchor) -> None:
    """The moment by which is judged from now on."""
    conn.execute(delete(clock))
    conn.execute(insert(clock).values(id=_ONLY, **asdict(anchor)))
