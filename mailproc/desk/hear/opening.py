"""A mail that begins something: it opens an item, or two, or asks for help; its sender gets an itemised receipt.

The kinds come from the verdict; the words taken are `message.words.extent`'s; whether a receipt may go is `answer`'s.
"""

from __future__ import annotations

from mailproc.desk.tell import views
from mailproc.desk.tell.answer import answer
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS, ref_of
from mailproc.message.words import extent
from mailproc.sorting.sort import Hit, Verdict
from mailproc.workflow.actor import DESK, person
from mailproc.workflow.event import Event, Opened
from mailproc.workflow.item import Item


def open_items(turn: Turn, seen: Examined, verdict: Verdict) -> None:
    """Open what the mail asks for, and write one receipt for all of it."""
    wishes = [hit for hit in verdict.wishes if hit.kind in KINDS]
    opened = [_open(turn, seen, hit, verdict, several=len(wishes) > 1) for hit in wishes]
    if not opened:
        return
    template = KINDS[opened[0].kind].template if len(opened) == 1 else "author/receipt-two-wishes"
    refs = tuple(item.ref for item in opened)
    answer(turn, seen, template, views.receipt(turn, opened, seen), ref=refs[0], listed=refs)


def _open(turn: Turn, seen: Examined, hit: Hit, verdict: Verdict, *, several: bool) -> Item:
    """One item; an article whose words stand among other wishes waits for its author to show them."""
    kind = KINDS[hit.kind]
    unclear = several and kind.unclear != "" and not _marked(turn)
    facts = Opened(
        kind=hit.kind,
        extent="unclear" if unclear else "marked" if _marked(turn) else "whole",
        section=hit.section or None,
        group=hit.group or None,
        guess=_guess(verdict) if kind.guessed else None,
    )
    ref = ref_of(hit.kind, turn.entry.number)
    by = person(seen.message.author.email) if seen.message.author else DESK
    opened = turn.happen(Event(ref, EventName.OPEN, by, reason=hit.rule, facts=facts))
    if opened is None:
        raise LookupError(ref)
    return opened


def _guess(verdict: Verdict) -> str | None:
    """What an unsorted mail probably is."""
    other = verdict.runner_up
    return other.kind if other and other.kind in KINDS else None


def _marked(turn: Turn) -> bool:
    return extent.between(turn.message.text) is not None if turn.message else False


def guide(turn: Turn, seen: Examined) -> None:
    """Somebody asks how to help: the guide, with what is wanted today."""
    answer(turn, seen, "reader/help", views.guide(turn.conn, turn.desk))
