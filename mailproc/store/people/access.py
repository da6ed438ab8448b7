"""Who has access to the site, and by which letter; the secrets themselves are kept nowhere.

What ended stays as a row, so that it can be told to the site (`told`); that is the service's own, and a rebuild
begins it anew.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from mailproc.store.schema import access, access_told


@dataclass(frozen=True, slots=True)
class Given:
    """A member's one-time secret, by what it was made of."""

    member: str  # registered addr-spec
    cause: int  # number of the message
    letter: str  # id of the letter that carries it
    at: datetime
    expires_at: datetime
    ended_at: datetime | None = None  # by another, or because its member went


@dataclass(frozen=True, slots=True)
class Told:
    """What the site's command was told last of one secret."""

    letter: str
    change: str  # given, over, ended; "" where it has not succeeded yet
    tried_at: datetime  # the last time


_NAMES = tuple(field.name for field in fields(Given))


def every(conn: Connection) -> list[Given]:
    """All that have not ended, by member."""
    return [each for each in ever(conn) if each.ended_at is None]


def ever(conn: Connection) -> list[Given]:
    """All there were, by member, oldest first."""
    query = select(*(access.c[name] for name in _NAMES)).order_by(access.c.member, access.c.cause, access.c.letter)
    return [Given(**row) for row in conn.execute(query).mappings()]


def put(conn: Connection, given: Given) -> None:
    """A member's secret; the one before ends."""
    end(conn, given.member, given.at)
    conn.execute(insert(access).values(**asdict(given)))


def end(conn: Connection, member: str, now: datetime) -> bool:
    """A member has none any more; False where they had none."""
    here = (access.c.member == member) & access.c.ended_at.is_(None)
    return conn.execute(update(access).where(here).values(ended_at=now)).rowcount > 0


def end_of_letter(conn: Connection, letter: str, now: datetime) -> None:
    """The secret that this letter carries is good for nothing any more."""
    here = (access.c.letter == letter) & access.c.ended_at.is_(None)
    conn.execute(update(access).where(here).values(ended_at=now))


def told(conn: Connection) -> dict[str, Told]:
    """What the site's command was told, by letter."""
    rows = conn.execute(select(access_told)).mappings()
    return {row["letter"]: Told(**row) for row in rows}


def tell(conn: Connection, now: Told) -> None:
    """It was told, or tried in vain."""
    conn.execute(delete(access_told).where(access_told.c.letter == now.letter))
    conn.execute(insert(access_told).values(**asdict(now)))
