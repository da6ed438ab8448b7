"""The members and every address that is theirs. An address belongs to one member; it is looked up in any case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import groupby

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, select, true, update

from mailproc.review.member import Member
from mailproc.store.columns import folded
from mailproc.store.schema import member_addresses, members

_PLAIN = tuple(field.name for field in fields(Member) if field.name != "addresses")


def _matching(conn: Connection, where: ColumnElement[bool]) -> list[Member]:
    """The members of these rows, by registered address; one query however many there are."""
    theirs = select(member_addresses.c.address, members).join(members, members.c.id == member_addresses.c.member)
    ordered = theirs.where(where).order_by(members.c.email, member_addresses.c.position)
    found = groupby(conn.execute(ordered).mappings(), key=lambda row: row["id"])
    return [_member([*rows]) for _, rows in found]


def _member(rows: Sequence[RowMapping]) -> Member:
    """The member of their rows, one for each address that is theirs."""
    return Member(addresses=tuple(row["address"] for row in rows), **{name: rows[0][name] for name in _PLAIN})


def _owners(conn: Connection, addresses: Iterable[str]) -> list[int]:
    """The rows of those who own any of these addresses."""
    keys = [folded(address) for address in addresses]
    query = select(member_addresses.c.member).where(member_addresses.c.address_key.in_(keys)).distinct()
    return list(conn.execute(query).scalars())


def get(conn: Connection, email: str) -> Member | None:
    """The member this address belongs to, registered or not, in any state."""
    owner = select(member_addresses.c.member).where(member_addresses.c.address_key == folded(email)).scalar_subquery()
    return next(iter(_matching(conn, members.c.id == owner)), None)


def every(conn: Connection) -> list[Member]:
    """All members in all states, by registered address."""
    return _matching(conn, true())


def put(conn: Connection, member: Member) -> None:
    """Writes a member: new, or in place of the one who owns any of these addresses.

    The registered address comes first in `addresses`, put there if it is missing. Raises AlreadyKept if the
    addresses belong to two members.
    """
    addresses = tuple(dict.fromkeys((member.email, *member.addresses)))
    columns = {name: getattr(member, name) for name in _PLAIN}
    owners = _owners(conn, addresses)
    if owners:
        row = owners[0]
        conn.execute(update(members).where(members.c.id == row).values(columns))
        conn.execute(delete(member_addresses).where(member_addresses.c.member == row))
    else:
        row = conn.execute(insert(members).values(columns).returning(members.c.id)).scalar_one()
    theirs = [
        {"address_key": folded(address), "address": address, "member": row, "position": position}
        for position, address in enumerate(addresses)
    ]
    conn.execute(insert(member_addresses), theirs)
