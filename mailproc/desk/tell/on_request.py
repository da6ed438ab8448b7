"""Letters that members ask for by a word: an item in full, lists, a digest, the words that work, the roll, files.

They change nothing, so they are answered whoever the writer is proven to be, at the member's own address.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mailproc.desk.file import contents
from mailproc.desk.tell import digesting, roll, views
from mailproc.desk.turn.turn import Turn
from mailproc.message.model import Address
from mailproc.review.member import Member
from mailproc.review.reply.command import Command

DIGEST = "member/digest"
WHOLE: dict[str, tuple[str, Callable[[Turn], dict[str, Any]]]] = {  # for a word that names no item
    "help": ("member/help", lambda _: {}),
    "roll": ("member/roll", roll.context),
}


def asked_for(turn: Turn, member: Member, aside: Sequence[Command]) -> list[str]:
    """Write the letters that show, list, digest and help ask for; their templates."""
    to, written = Address(member.name, member.email), []
    room = turn.desk.config.limits.show
    for command in aside:
        for ref in command.refs if command.verb == "show" else ():
            item = turn.item(ref)
            if item is not None:
                context = views.shown(turn.conn, turn.desk, item, member, turn.time, room)
                turn.write("member/item", to, context, ref=item.ref, listed=(item.ref,))
                room -= sum(len(one.octets) for one in context["enclosed"])
                written.append("member/item")
        if command.verb == "list" or (command.verb == "status" and not command.refs):  # of all, where none is named
            turn.write("member/list", to, views.listed(turn.conn, turn.desk, turn.time))
            written.append("member/list")
        if command.verb == "digest" and DIGEST not in written:
            digesting.write_fresh(turn, member)
            written.append(DIGEST)
        if command.verb in WHOLE:
            template, known_of = WHOLE[command.verb]
            known = known_of(turn)
            turn.write(template, to, known, listed=[charge.ref for charge in known.get("charges", ())])
            written.append(template)
    names = dict.fromkeys(command.argument for command in aside if command.verb == "contents")
    if names:
        named = [contents.group_of(turn.conn, turn.desk, name) for name in names]
        told = tuple(contents.contents(turn.conn, turn.desk, group) for group in named)
        turn.write("member/contents", to, {"contents": told})
        written.append("member/contents")
    return written
