"""What letters and screens say of a group's file: what it is made of, what it lacks, what waits for it.

Values for templates, made from rows; changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn import contribution
from mailproc.dossier.needs import Need, counted, distinct, needs_of, standing
from mailproc.kinds.common import UNDONE
from mailproc.kinds.every import KINDS
from mailproc.letters.contents import Contents, Heading, Held
from mailproc.store.mail import received as rows
from mailproc.store.work import files, items
from mailproc.workflow import machine
from mailproc.workflow.group import Group, Piece
from mailproc.workflow.item import Item

group_of, standing_of, lacks = contribution.group_of, contribution.standing_of, contribution.lacks


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
