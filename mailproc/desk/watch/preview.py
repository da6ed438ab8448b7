"""Digests as they would be written now, worded and thrown away: for `digest --dry-run`."""

from __future__ import annotations

from mailproc.desk.ground.wire import Desk
from mailproc.desk.tell import digesting
from mailproc.desk.turn.turn import Turn
from mailproc.message.field.address import canonical
from mailproc.message.model import Address, Envelope
from mailproc.store.database import reading
from mailproc.store.people import members
from mailproc.workflow.entry import Entry


def preview(desk: Desk, only: str | None) -> list[str]:
    """The text of each digest that `digest --now` would queue; `only` names one member."""
    with reading(desk.engine) as conn:
        turn = Turn(desk, conn, Entry(0, 0, desk.now(), "", Envelope(), "", "", "command", "", ""))
        wanted = [m for m in members.every(conn) if m.votes and (only is None or canonical(only) in m.addresses)]
        found = [(member, digesting.digest_of(turn, member)) for member in wanted]
        return [
            turn.word(
                "member/digest", Address(member.name, member.email), {"digest": digest, "now": turn.time}, ""
            ).text
            for member, digest in found
            if digest is not None
        ]
