"""What letters and screens say of a group's file: what it is made of, what it lacks, what waits for it.

Values for templates, made from rows; changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.dossier.needs import Need, Standing, counted, distinct, needs_of, standing
from mailproc.kinds.common import UNDONE
from mailproc.kinds.every import KINDS
from mailproc.store.mail import received as rows
from mailproc.store.work import files, groups, items
from mailproc.workflow import machine
from mailproc.workflow.group import Group, Piece
from mailproc.workflow.item import Item


@dataclass(frozen=True, slots=True)
class Held:
    """A piece with what its item and its mail tell of it."""

    piece: Piece
    need: str  # as what it counts now: a slug; "" as nothing
    giver: str  # name or addr-spec of whoever gave it
    at: datetime | None  # when its mail came
    others: tuple[str, ...] = ()  # references of other material that brought the same


@dataclass(frozen=True, slots=True)
class Heading:
    """A need with the pieces that count as it."""

    need: Need
    pieces: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """All that is to be said of a file."""

    group: Group
    has: tuple[Heading, ...]
    missing: tuple[Need, ...]
    more: tuple[Held, ...]  # pieces that count as nothing that the file needs
    waiting: tuple[Item, ...]  # material for it on which members have not decided

    @property
    def pieces(self) -> tuple[Held, ...]:
        """All of them, each once."""
        return (*(held for heading in self.has for held in heading.pieces), *self.more)


def group_of(conn: Connection, desk: Desk, name: str) -> Group:
    """The group of this name or alias as rules and messages have it; one that nobody knows is a name alone."""
    known = desk.groups(groups.every(conn))
    wanted = name.strip().casefold()
    by_name = next((each for each in known if each.name.casefold() == wanted), None)
    by_alias = (each for each in known if wanted in map(str.casefold, each.aliases))
    return by_name or next(by_alias, Group(name))


def standing_of(conn: Connection, desk: Desk, group: Group) -> Standing:
    """What the file has of what it needs, and what it lacks."""
    return standing(group, desk.needs, files.of(conn, group.name))


def lacks(conn: Connection, desk: Desk, name: str | None) -> tuple[str, ...]:
    """What a file still lacks, as people call it; () where it looks for nothing any more, or there is none."""
    group = group_of(conn, desk, name) if name else None
    if group is None or group.state not in {"wanted", "gathering"}:
        return ()
    return tuple(need.called for need in standing_of(conn, desk, group).missing)


def contents(conn: Connection, desk: Desk, group: Group) -> Contents:
    """A file's pieces under what they count as, what it lacks, and what waits for it."""
    pieces = files.of(conn, group.name)
    needs = needs_of(group, desk.needs)
    held = _held(conn, pieces, needs, desk)
    stands = standing(group, desk.needs, pieces)
    slugs = {need.slug for need in needs}
    return Contents(
        group=group,
        has=tuple(Heading(need, tuple(each for each in held if each.need == need.slug)) for need in stands.has),
        missing=stands.missing,
        more=tuple(each for each in held if each.need not in slugs),
        waiting=tuple(waiting(conn, group)),
    )


def waiting(conn: Connection, group: Group) -> list[Item]:
    """Material for the file that has not gone into it yet: it waits for a decision, for its author, or to settle."""
    known = {group.name.casefold(), *map(str.casefold, group.aliases)}
    found = [*items.waiting(conn, machine.WAITING, with_text=False), *items.settling(conn)]
    ours = [item for item in found if KINDS[item.kind].grouped and (item.group or "").casefold() in known]
    return [item for item in ours if item.state not in UNDONE]


def _held(conn: Connection, pieces: Sequence[Piece], needs: Sequence[Need], desk: Desk) -> list[Held]:
    found = []
    for piece in distinct(pieces):
        item, row = items.get(conn, piece.ref), rows.get(conn, piece.number)
        same = (each.ref for each in pieces if (each.form, each.sha256) == (piece.form, piece.sha256))
        found.append(
            Held(
                piece=piece,
                need=counted(piece, needs, desk.needs),
                giver=(item.author.name or item.author.email) if item else "",
                at=row.received_at if row else None,
                others=tuple(dict.fromkeys(ref for ref in same if ref != piece.ref)),
            )
        )
    return found


def shape(each: Contents) -> dict[str, Any]:
    """A file as `groups show --json` adds it to the group."""
    return {
        "has": [heading.need.slug for heading in each.has],
        "missing": [need.slug for need in each.missing],
        "waiting": [item.ref for item in each.waiting],
        "pieces": [_shape(held) for held in each.pieces],
    }


def _shape(held: Held) -> dict[str, Any]:
    piece = held.piece
    return {
        "ref": piece.ref,
        "number": piece.number,
        "form": piece.form,
        "need": held.need,
        "name": piece.name,
        "media_type": piece.media_type,
        "size": piece.size,
        "sha256": piece.sha256,
        "url": piece.url,
        "caption": piece.caption,
        "credit": piece.credit,
        "rights": piece.rights,
        "source": piece.source,
        "heading": piece.heading,
        "giver": held.giver,
        "at": held.at,
        "others": list(held.others),
    }
