"""What was seen of our mail server's border: by probes, and by mails that bore what it should have taken out.

A view of the archive: entries put it here, a rebuild as well. Of one host the latest that counts decides. They fail as
the database fails; nothing is judged here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from mailproc.store.rows import storable
from mailproc.store.schema import probes


@dataclass(frozen=True, slots=True)
class Probe:
    """One look at it."""

    number: int  # of the message
    at: datetime
    result: str  # slug of `message.author.probe.Found`
    host: str  # whose Received field it is; "" for none
    names: str  # authserv-ids that it was asked about, with blanks between
    hops: int  # Received fields of our own hosts above
    gap: str  # names of fields between its Received field and its results, with blanks between
    left_in: str  # spellings of forged results that were left in, with blanks between
    nonce: str  # of the probe; "" where it was another mail
    used: str  # why it counts for nothing, a slug; "" where it counts


def put(conn: Connection, probe: Probe) -> None:
    """Keep it; of one message there is one."""
    conn.execute(delete(probes).where(probes.c.number == probe.number))
    row = {name: storable(value) if isinstance(value, str) else value for name, value in asdict(probe).items()}
    conn.execute(insert(probes).values(row))


def every(conn: Connection) -> list[Probe]:
    """All of them, oldest first."""
    return [Probe(**row) for row in conn.execute(select(probes).order_by(probes.c.number)).mappings()]


def is_known(conn: Connection, nonce: str) -> bool:
    """Whether this probe has come before."""
    return conn.execute(select(probes.c.number).where(probes.c.nonce == nonce).limit(1)).first() is not None


def latest(conn: Connection) -> dict[str, Probe]:
    """Of each host the latest look that counts."""
    return {probe.host: probe for probe in every(conn) if not probe.used}
