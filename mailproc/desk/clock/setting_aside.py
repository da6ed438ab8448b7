"""Whoever wrote what nobody could sort hears that a member closed it, and how it opens again: not of spam.

Nor does anybody hear who has had no letter about it: what courtesy left unanswered stays so. It decides nothing.
"""

from __future__ import annotations

from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS
from mailproc.store.mail import outgoing
from mailproc.store.work import journal
from mailproc.workflow.item import SPAM, Item


def tell(turn: Turn, item: Item) -> None:
    """Write to its author, once a discard of it has settled."""
    kind = KINDS[item.kind]
    if not kind.guessed or item.state != "discarded":
        return
    ends = [line.reason for line in journal.of(turn.conn, item.ref) if line.event == EventName.DISCARD]
    if ends[-1:] != [SPAM] and outgoing.on_items(turn.conn, kind.template, item.refs):
        turn.tell(item, "set-aside")
