"""The members and every address that is theirs. An address belongs to one member; it is looked up in any case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields

from sqlalchemy import Connection, delete, insert, select, update

from mailproc.review.member import Member
from mailproc.store.schema import folded, member_addresses, members

_PLAIN = tuple(field.name for field in fields(Member) if field.name != "addresses")


def _of_rows(conn: Connection, rows: Iterable[int] | None) -> list[Member]:
    """The members of these rows, or all, by registered address."""
    people, addresses = select(members), select(member_addresses).order_by(member_addresses.c.position)
    if rows is not None:
        people = people.where(members.c.id.in_(rows))
        addresses = addresses.where(member_addresses.c.member.in_(rows))
    theirs: dict[int, list[str]] = defaultdict(list)
    for row in conn.execute(addresses):
        theirs[row.member].append(row.address)
    found = conn.execute(people.order_by(members.c.email)).mappings()
    return [Member(addresses=tuple(theirs[row["id"]]), **{name: row[name] for name in _PLAIN}) for row in found]


def _owners(conn: Connection, addresses: Iterable[str]) -> list[int]:
    """The rows of those who own any of these addresses."""
    keys = [folded(address) for address in addresses]
    query = select(member_addresses.c.member).where(member_addresses.c.address_key.in_(keys)).distinct()
    return list(conn.execute(query).scalars())


def get(conn: Connection, email: str) -> Member | None:
    """The member this address belongs to, registered or not, in any state."""
    owners = _owners(conn, [email])
    return _of_rows(conn, owners)[0] if owners else None


def every(conn: Connection) -> list[Member]:
    """All members in all states, by registered address."""
    return _of_rows(conn, None)


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
