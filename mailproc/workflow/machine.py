"""What can follow what. `step` reads one table per kind; the drawings in the docs are made from the same tables.

An event that has no row changes nothing: `step` gives None, and whoever asked hears so. No disk, no clock:
the time of an event comes with it. Ballots are counted in `review/ballot`, not here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from mailproc.workflow import article, enquiry, material, membership, unsorted
from mailproc.workflow.action import Action, Do, Step, Table
from mailproc.workflow.item import Event, Item

TABLES: dict[str, Table] = {
    "article": article.TABLE,
    "material": material.TABLE,
    "membership": membership.TABLE,
    "enquiry": enquiry.TABLE,
    "unsorted": unsorted.TABLE,
}

INITIAL = {
    "article": "pending",
    "material": "pending",
    "membership": "awaiting_agreement",
    "enquiry": "open",
    "unsorted": "pending",
}

DECISIONS = frozenset({"approve", "reject", "discard"})
WAITING = frozenset({"pending", "held", "awaiting_author", "awaiting_agreement", "open"})
FOR_MEMBERS = frozenset({"pending", "open"})  # what a digest lists
SETTLING = frozenset({"approved", "rejected", "discarded"})


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an item of one kind may wait before something happens by itself."""

    remind: timedelta  # pending, open: the members are reminded, again and again
    hold: timedelta  # held: it comes back by itself
    lapse: timedelta  # it ends, and the author hears how to take it up again


def initial(kind: str, extent: str) -> str:
    """The state in which a new item of this kind begins; an article of unclear extent waits for its author."""
    return "awaiting_author" if kind == "article" and extent == "unclear" else INITIAL[kind]


def row(item: Item, name: str) -> Step | None:
    """The row for an event of this name, None if it changes nothing in the item's state."""
    return TABLES[item.kind].get((item.state, name))


def step(item: Item, event: Event, at: datetime) -> tuple[Item, tuple[Action, ...]] | None:
    """The item after the event, and what is to be done; None if the event changes nothing in this state."""
    found = row(item, event.name)
    if found is None:
        return None
    after = replace(item, state=found.state, settles_at=None)
    if found.state != item.state:
        after = replace(after, waiting_since=at, reminded=0)
    if event.name in DECISIONS:
        after = replace(after, decided_at=at)
    if Do.SETTLE_LATER in found.actions:
        after = replace(after, settles_at=event.due)
    elif Do.SETTLED not in found.actions and found.state == item.state:
        after = replace(after, settles_at=item.settles_at)
    return _noted(after, event, at), found.actions


def _noted(item: Item, event: Event, at: datetime) -> Item:
    """The item with what some events leave on it beside its state."""
    left: dict[str, Any] = {}
    match event.name:
        case "published" | "gathered":
            left = {"published_at": event.due or at, "place": event.data["place"]}
        case "taken_down":
            left = {"place": None}
        case "ask":
            left = {"question": event.words}
        case "answer" | "confirm" | "reopen" | "version":
            left = {"question": None}
        case "remind":
            left = {"reminded": int(event.data.get("period", item.reminded + 1))}
        case "revive" if item.state in FOR_MEMBERS:
            left = {"decided_at": None, "published_at": None, "place": None}
    return replace(item, **left)


def settled(item: Item) -> bool:
    """The decision's effects are out or on their way: an undo is now a revival."""
    return item.settles_at is None


def period(item: Item, limits: Limits, by: datetime) -> int:
    """Which reminder of a waiting item is due next when somebody looks at `by`: of those that were missed, the last."""
    return max(item.reminded + 1, (by - item.waiting_since) // limits.remind)


def due(item: Item, limits: Limits, by: datetime) -> tuple[str, datetime] | None:
    """What will happen to an item by itself, and when: settle, wake, remind or lapse. None: nothing.

    `by` is when somebody looks: reminders that were missed until then come as one, and none after a lapse.
    """
    if item.settles_at is not None:
        return "settle", item.settles_at
    if item.state not in WAITING:
        return None
    if item.state == "held":
        return "wake", item.waiting_since + limits.hold
    lapse = item.waiting_since + limits.lapse
    remind = item.waiting_since + limits.remind * period(item, limits, by)
    reminds = item.state in FOR_MEMBERS and remind < lapse and by < lapse
    return ("remind", remind) if reminds else ("lapse", lapse)


def states(kind: str) -> tuple[str, ...]:
    """Every state of a kind, in the order in which the table names them, the initial one first."""
    named = [INITIAL[kind]]
    for (before, _), after in TABLES[kind].items():
        named += [before, after.state]
    return tuple(dict.fromkeys(named))


def drawing(kind: str) -> str:
    """The kind's table as a Mermaid state diagram, one arrow per row that changes the state."""
    lines = ["stateDiagram-v2", f"    [*] --> {INITIAL[kind]}"]
    arrows: dict[tuple[str, str], list[str]] = {}
    for (before, name), after in TABLES[kind].items():
        if before != after.state:
            arrows.setdefault((before, after.state), []).append(name)
    lines += [f"    {before} --> {after}: {', '.join(names)}" for (before, after), names in arrows.items()]
    return "\n".join(lines)
