"""Who has access to the site, and by which letter; the secrets themselves are kept nowhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from mailproc.store.schema import access


@dataclass(frozen=True, slots=True)
class Given:
    """A member's one-time secret, by what it was made of."""

    member: str  # registered addr-spec
    cause: int  # number of the message
    letter: str  # id of the letter that carries it
    at: datetime
    expires_at: datetime


_NAMES = tuple(field.name for field in fields(Given))


def every(conn: Connection) -> list[Given]:
    """All, by member."""
    query = select(*(access.c[name] for name in _NAMES)).order_by(access.c.member)
    return [Given(**row) for row in conn.execute(query).mappings()]


def put(conn: Connection, given: Given) -> None:
    """A member's secret, in the place of the one before."""
    end(conn, given.member)
    conn.execute(insert(access).values(**asdict(given)))


def end(conn: Connection, member: str) -> bool:
    """A member has none any more; False where they had none."""
    return conn.execute(delete(access).where(access.c.member == member)).rowcount > 0
