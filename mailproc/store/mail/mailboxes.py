"""What the desk remembers of mailboxes: messages received under another name, and those that cannot be fetched.

A place is `imap:ACCOUNT/MAILBOX/`, with which every source key of a mailbox begins; UIDVALIDITY/UID follows. A
renumbered mailbox gives old messages new keys (catalogue F33): those are aliases of the number they have. These rows
are the service's own: after a rebuild they fill again as mailboxes are polled. They fail as the database fails.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from mailproc.store.rows import chunked, storable
from mailproc.store.schema import received, source_aliases, unfetchable

TRIES = 3  # then a message is asked for once a day (catalogue F44)
DAY = timedelta(days=1)
TOO_LARGE = "too-large"  # the reason of a message of which only the header was received


@dataclass(frozen=True, slots=True)
class Twin:
    """A message received from this mailbox under another UIDVALIDITY."""

    number: int
    size: int  # octets as it came
    offset: int  # octets of our trace fields before them in its file


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that was received from a mailbox, and what it is known by."""

    source: str
    number: int
    message_id: str | None  # None too before its turn
    size: int  # octets as it came; of the header alone where it was too large
    offset: int  # octets of our trace fields before them in its file
    state: str


KEPT = (
    received.c.source,
    received.c.number,
    received.c.message_id,
    received.c.size,
    received.c.offset,
    received.c.state,
)


@dataclass(frozen=True, slots=True)
class Unfetchable:
    """A message that a mailbox lists and does not give."""

    source: str  # its source key
    tries: int
    why: str
    first_at: datetime
    last_at: datetime


def _within(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    """The source keys that begin with a prefix ending in "/": a range, so that the index serves; "0" follows "/"."""
    return and_(column >= prefix, column < f"{prefix[:-1]}0")


def renumbered(conn: Connection, place: str, uidvalidity: int) -> bool:
    """Whether messages were received from here under another UIDVALIDITY."""
    now = f"{place}{uidvalidity}/"
    outside = or_(
        and_(received.c.source >= place, received.c.source < now),
        and_(received.c.source >= f"{now[:-1]}0", received.c.source < f"{place[:-1]}0"),
    )
    return conn.execute(select(received.c.number).where(outside).limit(1)).first() is not None


def twins(conn: Connection, place: str, uidvalidity: int, sizes: Collection[int]) -> list[Twin]:
    """Messages of these sizes received from here under another UIDVALIDITY, and not yet found again under this one."""
    found_again = select(source_aliases.c.number).where(_within(source_aliases.c.source, f"{place}{uidvalidity}/"))
    query = (
        select(received.c.number, received.c.size, received.c.offset, received.c.source)
        .where(received.c.size.in_(sizes), _within(received.c.source, place), received.c.number.not_in(found_again))
        .order_by(received.c.number)
    )
    other = re.compile(re.escape(place) + rf"(?!{uidvalidity}/)\d+/\d+(?:/\d+)?")
    return [Twin(row.number, row.size, row.offset) for row in conn.execute(query) if other.fullmatch(row.source)]


def alias(conn: Connection, source: str, number: int) -> None:
    """This source key is message `number` too. Raises AlreadyKept where it is an alias already."""
    conn.execute(insert(source_aliases).values(source=source, number=number))


def aliases(conn: Connection, sources: Iterable[str]) -> dict[str, int]:
    """The numbers of those source keys that are aliases."""
    known: dict[str, int] = {}
    for some in chunked(list(sources)):
        query = select(source_aliases.c.source, source_aliases.c.number).where(source_aliases.c.source.in_(some))
        known |= {row.source: row.number for row in conn.execute(query)}
    return known


def unfetched(conn: Connection, source: str, why: str, now: datetime) -> bool:
    """Count a try that came to nothing; True if from now on it is tried once a day only."""
    tries = conn.execute(select(unfetchable.c.tries).where(unfetchable.c.source == source)).scalar() or 0
    values = {"tries": tries + 1, "why": storable(why), "last_at": now}
    if tries:
        conn.execute(update(unfetchable).where(unfetchable.c.source == source).values(values))
    else:
        conn.execute(insert(unfetchable).values(source=source, first_at=now, **values))
    return tries + 1 >= TRIES


def fetched(conn: Connection, sources: Iterable[str]) -> None:
    """They were fetched after all, or are gone."""
    for some in chunked(list(sources)):
        conn.execute(delete(unfetchable).where(unfetchable.c.source.in_(some)))


def unfetchable_in(conn: Connection, place: str, now: datetime) -> dict[str, bool]:
    """The source keys of a place that could not be fetched, and whether each may be asked for now."""
    query = select(unfetchable).where(_within(unfetchable.c.source, place))
    return {row.source: row.tries < TRIES or not now - DAY < row.last_at <= now for row in conn.execute(query)}


def every_unfetchable(conn: Connection) -> list[Unfetchable]:
    """All messages that could not be fetched, by source key."""
    query = select(unfetchable).order_by(unfetchable.c.source)
    return [Unfetchable(**row) for row in conn.execute(query).mappings()]


def received_by_imap(conn: Connection) -> list[Kept]:
    """Every message that was received from a mailbox, whatever the account."""
    query = select(*KEPT).where(received.c.source >= "imap:", received.c.source < "imap;")  # ";" follows ":"
    return [Kept(**row) for row in conn.execute(query.order_by(received.c.number)).mappings()]


def kept_as(conn: Connection, sources: Iterable[str]) -> dict[str, Kept]:
    """The messages of these source keys themselves, by key; aliases and keys below them are not looked for."""
    found: dict[str, Kept] = {}
    for some in chunked(list(sources)):
        query = select(*KEPT).where(received.c.source.in_(some))
        found |= {row["source"]: Kept(**row) for row in conn.execute(query).mappings()}
    return found


def received_as(conn: Connection, key: str) -> list[Kept]:
    """The messages of one place in a mailbox, oldest first: of its key, as an alias too, and of the keys below it.

    There are several where a mailbox that was restored gave a number anew: `imap:main/INBOX/7/42`, then `…/42/2`.
    """
    other = select(source_aliases.c.number).where(source_aliases.c.source == key)
    here = or_(received.c.source == key, _within(received.c.source, f"{key}/"), received.c.number.in_(other))
    return [Kept(**row) for row in conn.execute(select(*KEPT).where(here).order_by(received.c.number)).mappings()]


def too_large_since(conn: Connection, since: datetime) -> int:
    """How many messages came at or after then of which only the header was received, and had their turn."""
    here = (received.c.reason == TOO_LARGE) & (received.c.time >= since)
    return conn.execute(select(func.count()).select_from(received).where(here)).scalar_one()
