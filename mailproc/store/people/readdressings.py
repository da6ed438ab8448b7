"""Members who want to be written to at another address, until somebody who may says yes or no.

One request of a member is open at a time; the desk decides that, in the writing transaction. `rename` carries all
that stands under the registered address over to the new one; the journal keeps whom things were done by then.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from mailproc.store.schema import access, asked, confirmations, digests, members, notices, readdressings, votes

OPEN = ""
CONFIRMED, VOUCHED, REFUSED, EXPIRED, LEFT = "confirmed", "vouched", "refused", "expired", "left"  # how one ends


@dataclass(frozen=True, slots=True)
class Readdressing:
    """A request to write to another address."""

    cause: int  # number of the mail that asked
    member: str  # registered addr-spec
    address: str  # the new one, canonical
    at: datetime
    expires_at: datetime
    vouched: tuple[str, ...] = ()  # members who said yes
    outcome: str = OPEN


def put(conn: Connection, request: Readdressing) -> None:
    """A new one. Raises AlreadyKept if its mail has asked before."""
    conn.execute(insert(readdressings).values(asdict(request)))


def get(conn: Connection, cause: int) -> Readdressing | None:
    """What the mail of this number asked for, however it ended."""
    row = conn.execute(select(readdressings).where(readdressings.c.cause == cause)).mappings().first()
    return Readdressing(**row) if row else None


def open_of(conn: Connection, member: str) -> Readdressing | None:
    """The request of this member that nobody has answered."""
    here = (readdressings.c.member == member) & (readdressings.c.outcome == OPEN)
    row = conn.execute(select(readdressings).where(here)).mappings().first()
    return Readdressing(**row) if row else None


def due(conn: Connection, until: datetime) -> list[Readdressing]:
    """Those that are open and run out by then, oldest first."""
    here = (readdressings.c.outcome == OPEN) & (readdressings.c.expires_at <= until)
    query = select(readdressings).where(here).order_by(readdressings.c.expires_at, readdressings.c.cause)
    return [Readdressing(**row) for row in conn.execute(query).mappings()]


def count_since(conn: Connection, member: str, when: datetime) -> int:
    """How many were asked for this member at or after `when`."""
    here = (readdressings.c.member == member) & (readdressings.c.at >= when)
    return conn.execute(select(func.count()).where(here)).scalar_one()


def vouch(conn: Connection, cause: int, vouched: tuple[str, ...]) -> None:
    """These members said yes."""
    conn.execute(update(readdressings).where(readdressings.c.cause == cause).values(vouched=vouched))


def end(conn: Connection, cause: int, outcome: str) -> None:
    """It is answered, or nobody answered it."""
    conn.execute(update(readdressings).where(readdressings.c.cause == cause).values(outcome=outcome))


def rename(conn: Connection, before: str, after: str) -> None:
    """What stands under a registered address stands under another from now on; `members.put` writes the member."""
    for table in (votes, asked, confirmations, notices, digests, readdressings, access):
        conn.execute(update(table).where(table.c.member == before).values(member=after))
    conn.execute(update(members).where(members.c.stand_in == before).values(stand_in=after))
    conn.execute(update(asked).where(asked.c.in_place_of == before).values(in_place_of=after))
