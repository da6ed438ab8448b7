"""The standing votes: at most one of each member on an item, whatever they wrote before (catalogue I5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, fields, replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from mailproc.kinds.reference import canonical
from mailproc.review.member import Vote
from mailproc.store.rows import chunked
from mailproc.store.schema import aliases, items, votes
from mailproc.store.work.items import named, row_of

_NAMES = tuple(field.name for field in fields(Vote))


def put(conn: Connection, ref: str, vote: Vote) -> None:
    """The member's vote on an item; it takes the place of their earlier one. Raises UnknownReference."""
    item = row_of(conn, ref)
    conn.execute(delete(votes).where(votes.c.item == item, votes.c.member == vote.member))
    conn.execute(insert(votes).values(item=item, **asdict(vote)))


def undo(conn: Connection, ref: str, member: str) -> bool:
    """Marks the member's vote as undone; False if there was none standing."""
    here = (votes.c.item == named(ref)) & (votes.c.member == member) & votes.c.undone.is_(False)
    return conn.execute(update(votes).where(here).values(undone=True)).rowcount == 1


def reset(conn: Connection, ref: str) -> None:
    """Takes all votes off an item: a new version is voted on anew. Whoever is barred stays so."""
    conn.execute(delete(votes).where(votes.c.item == named(ref), votes.c.barred.is_(False)))


def bar(conn: Connection, ref: str, deciders: Iterable[str], at: datetime) -> None:
    """Whoever decided has no vote on the item any more; their votes count for nothing. Raises UnknownReference."""
    for email in deciders:
        earlier = next((vote for vote in of(conn, ref) if vote.member == email), Vote(email, "discard", "", at))
        put(conn, ref, replace(earlier, undone=True, barred=True))


def reasons_since(conn: Connection, since: datetime) -> list[tuple[str, str, int]]:
    """(kind, named reason, how many votes) of what is rejected, cast since then, by kind, the most frequent first."""
    query = select(items.c.kind, votes.c.because, func.count()).join(items, items.c.id == votes.c.item)
    counted = (votes.c.because != "") & votes.c.undone.is_(False) & (votes.c.at >= since)
    rows = conn.execute(query.where(counted).group_by(items.c.kind, votes.c.because)).all()
    return sorted(((kind, slug, n) for kind, slug, n in rows), key=lambda row: (row[0], -row[2], row[1]))


def of(conn: Connection, ref: str) -> list[Vote]:
    """The votes on an item, the undone ones too, oldest first; none for one that is not there."""
    return of_many(conn, [ref])[ref]


def of_many(conn: Connection, refs: Iterable[str]) -> dict[str, list[Vote]]:
    """The votes on each of these items, by the reference asked for; none for one that is not there."""
    asked = list(refs)
    found: dict[str, list[Vote]] = defaultdict(list)
    for some in chunked([canonical(ref) for ref in asked]):
        query = select(aliases.c.ref, *(votes.c[name] for name in _NAMES)).join(
            votes, votes.c.item == aliases.c.item
        )  # every reference an item bore finds its votes
        rows = conn.execute(query.where(aliases.c.ref.in_(some)).order_by(votes.c.at, votes.c.member)).mappings()
        for row in rows:
            found[row["ref"]].append(Vote(**{name: row[name] for name in _NAMES}))
    return {ref: found[canonical(ref)] for ref in asked}
