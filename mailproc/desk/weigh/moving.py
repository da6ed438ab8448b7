"""An item becomes one of another kind: its author hears what it is now, and why it is not what they may have meant.

The letter leaves when the time to take a word back is over: members who sort, look once more and sort again have told
nothing until then. Another letter on the item takes its place. What may become what is `decide.obey`'s.
"""

from __future__ import annotations

from datetime import timedelta

from mailproc.desk.tell import history
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.every import KINDS
from mailproc.workflow import machine
from mailproc.workflow.item import Item

SORTED = "sorted"
MOMENT = timedelta(minutes=1)  # what a decision of the same reply causes leaves before, and takes the letter's place


def reason(item: Item, kind: str) -> str:
    """What an event that sorts notes for the item's history: "from-unsorted"; "" where it stays of its kind."""
    return f"from-{item.kind}" if item.kind != kind else ""


def tell(turn: Turn, item: Item, after: Item, words: str) -> None:
    """Tell the author of an item that a member made one of another kind; `words` are the member's to them."""
    if after.state not in machine.FOR_MEMBERS:  # it waits for its author, whom only the receipt asks
        turn.tell(after, KINDS[after.kind].receipt.event, before=history.before(turn, after))
        return
    due = turn.after(turn.desk.config.review.undo + MOMENT)
    turn.tell(after, SORTED, words, not_before=due, was=item.kind, earlier_ref=item.ref)
