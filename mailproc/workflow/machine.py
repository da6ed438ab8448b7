"""What can follow what. `step` reads each kind's table (`kinds/`); the drawings are made of the same.

An event that has no row changes nothing: `step` gives None, and whoever asked hears so. No disk, no clock:
the time of an event comes with it. Ballots are counted in `review/ballot`, not here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from mailproc.kinds.common import UNDONE
from mailproc.kinds.event import EventName
from mailproc.kinds.every import EVERY, GOES_UP, KINDS
from mailproc.kinds.step import Action, Do, Step
from mailproc.message.words.extent import hash_of
from mailproc.workflow import life
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Dated, Ended, Moved, Reminded, Replaced, Shared, WentUp
from mailproc.workflow.item import Coauthor, Item, PageNote, with_coauthor

E = EventName
DECISIONS = frozenset({E.APPROVE, E.REJECT, E.DISCARD, E.REPLY, E.CLOSE})
ROWS = [(before, name, row) for kind in EVERY for (before, name), row in kind.table.items()]
# What the states of all kinds mean is read of their tables: a kind may name its own.
WAITING = frozenset(s for s, name, row in ROWS if name in {E.LAPSE, E.WAKE, E.OVERDUE} and row.state != s)
FOR_MEMBERS = frozenset(state for state, name, _ in ROWS if name is E.REMIND) & WAITING  # for their word
UP = frozenset(state for state, name, _ in ROWS if name is E.MOVE)  # readers see it; a motion may be open on it
DOWN = frozenset(state for state, name, _ in ROWS if name is E.TAKEN_DOWN)  # readers may have seen it before
SETTLING = frozenset(row.state for _, _, row in ROWS if Do.SETTLE_LATER in row.actions) - UP
BY_ONE = frozenset(
    {"held", "awaiting_author", "discarded", "lapsed", "answered", "closed"}
)  # one word led there, and anybody may undo it
DROPPED = frozenset({E.DROP, E.KEEP, E.LAPSE})  # what ends a motion and leaves all as it was
ANEW: dict[str, EventName] = {  # motions by which a page goes up anew
    "replace": E.REPLACED,
    "append": E.APPENDED,
    "correct": E.CORRECTED,
}
NOTES: dict[str, str] = {
    "append": "answer",
    "correct": "correction",
}  # of those, the ones that put a note on it: which sort
OF_A_MOTION = DROPPED | {E.CARRY, E.REFUSE, E.REOPEN, E.REMIND, E.RETRACT, *map(E, ANEW), *ANEW.values()}
UNSETTLING = frozenset({E.MOVE, E.REOPEN, E.DROP, E.LAPSE})  # no decision stands after these
UNNOTICED = frozenset(
    {E.ANNOUNCE, E.REMIND, E.TAKEN_DOWN}
)  # what may happen to an announced item without stopping that
NO_MOTION: dict[str, Any] = {
    "motion": "",
    "motion_since": None,
    "motion_by": "",
    "motion_settles": "",
    "motion_of": "",
    "new_text": None,
    "hidden_at": None,
    "reminded": 0,
}
ENDED = frozenset(row.state for _, _, row in ROWS) - WAITING


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an item of one kind may wait before something happens by itself."""

    remind: timedelta  # pending, open: the members are reminded, again and again
    hold: timedelta  # held: it comes back by itself
    lapse: timedelta  # it ends, and the author hears how to take it up again
    claim: timedelta = timedelta(days=7)  # claimed: it passes on
    proof: timedelta = timedelta(days=7)  # its author has the proof: it goes up, or is held


def initial(kind: str, extent: str) -> str:
    """The state in which a new item of this kind begins; an article of unclear extent waits for its author."""
    return (KINDS[kind].unclear if extent == "unclear" else "") or KINDS[kind].initial


def row(item: Item, name: EventName) -> Step | None:
    """The row for an event of this name, None if it changes nothing in the item's state."""
    return KINDS[item.kind].table.get((item.state, name))


def step(item: Item, event: Event, at: datetime) -> tuple[Item, tuple[Action, ...]] | None:
    """The item after the event, and what is to be done; None if the event changes nothing in this state."""
    found = row(item, event.name)
    if found is None or (item.state in UP and event.name in OF_A_MOTION and not item.motion):
        return None
    if event.name is E.HOLD and item.state in UNDONE and settled(item):
        return None  # its author has heard of the end
    after = _shared(item, event)
    state = "awaiting_author" if found.state == "pending" and after.lacks_consent else found.state
    after = replace(after, state=state, settles_at=_settles_at(item, event, found))
    if state != item.state or Do.WAIT_ANEW in found.actions:
        after = replace(after, waiting_since=at, reminded=0)
    if event.name in DECISIONS:
        after = replace(after, decided_at=at)
    if event.name not in UNNOTICED:
        after = replace(after, consent_at=None)
    if after.state != "awaiting_author":
        after = replace(after, question=None)
    if after.state != "held":
        after = replace(after, held_until=None)
    after = _after_an_end(item, after, event, at)
    if item.motion and after.state not in UP:
        after = replace(after, **NO_MOTION)
    return _noted(after, event, at), found.actions


def _shared(item: Item, event: Event) -> Item:
    """Who has to agree: whoever is named, or takes back that they did; after another text, all of them again."""
    if event.name is E.VERSION:
        return replace(item, coauthors=tuple(replace(each, agreed=False) for each in item.coauthors))
    if event.name is not E.SHARE:
        return item
    said = event.told(Shared)
    here = Coauthor(said.coauthor, said.email or "")
    return replace(item, coauthors=with_coauthor(item.coauthors, said.nth, here))


def _settles_at(item: Item, event: Event, found: Step) -> datetime | None:
    """A decision's time; what leaves both decision and state alone leaves its time alone too."""
    if Do.SETTLE_LATER in found.actions:
        return event.due
    if event.name is E.SCHEDULE and item.state in SETTLING:
        return event.due
    same = found.state == item.state and event.name not in UNSETTLING
    return item.settles_at if same and Do.SETTLED not in found.actions else None


def _noted(item: Item, event: Event, at: datetime) -> Item:
    """The item with what some events leave on it beside its state."""
    left: dict[str, Any] = {}
    match event.name:
        case name if name in GOES_UP:
            left = {"published_at": event.due or at, "place": event.told(WentUp).place, "publish_at": None}
        case EventName.TAKEN_DOWN:
            left = {"place": None}
        case EventName.ASK:
            left = {"question": event.words}
        case EventName.HOLD | EventName.SCHEDULE | EventName.CONTENT:
            left = _of_a_day(item, event)
        case EventName.REMIND:
            left = {"reminded": event.told(Reminded).period or item.reminded + 1}
        case EventName.ANNOUNCE:
            left = {"consent_at": event.due}
        case EventName.RECALL | EventName.REVIVE if item.state in FOR_MEMBERS:
            left = {"decided_at": None, "published_at": None}  # its page stands until it was taken down
        case EventName.VERSION:
            left = {"published_at": None, "replaced_at": None, "replaced_by": ""}  # of a text that is not its own now
        case _ if item.state in UP:
            left = _moved(item, event, at)
    return replace(item, **left)


def _of_a_day(item: Item, event: Event) -> dict[str, Any]:
    """What is said of when it comes back, or goes up, and that its author has passed the proof."""
    if event.name is E.HOLD:
        return {"held_until": event.due}
    return {"publish_at": event.told(Dated).at} if event.name is E.SCHEDULE else {"proved": item.text_sha256}


def _after_an_end(item: Item, after: Item, event: Event, at: datetime) -> Item:
    """What its author may do after a decision against them: from when on to ask again, and until when to appeal."""
    if isinstance(event.facts, Ended):
        return replace(after, again_at=event.facts.again, appeal_until=event.facts.appeal)
    appealed = at if event.name is E.APPEAL else item.appealed_at
    if after.state == item.state:
        return replace(after, appealed_at=appealed)
    return replace(after, appealed_at=appealed, again_at=None, appeal_until=None)


def _moved(item: Item, event: Event, at: datetime) -> dict[str, Any]:
    """What the events of a ballot on something published leave."""
    settles = {EventName.CARRY: item.motion, EventName.REFUSE: "keep", EventName.REOPEN: ""}
    if event.name in settles:
        return {"motion_settles": settles[event.name]}
    if event.name is EventName.HIDE:
        return {"hidden_at": at}
    if event.name is EventName.MOVE:
        moved = event.told(Moved)
        asked = {"motion": moved.motion, "new_text": moved.text, "motion_by": event.by.email}
        asked["motion_of"] = moved.of or ""
        return NO_MOTION | asked | {"motion_since": at}
    anew = _anew(item, event, at) if event.name in ANEW.values() else {}
    return anew | NO_MOTION if anew or event.name in DROPPED else {}


def _anew(item: Item, event: Event, at: datetime) -> dict[str, Any]:
    """What goes up with a page: another text, or a note beside it."""
    if event.name is EventName.REPLACED:
        return _replaced(item, event, at)
    note = PageNote(NOTES[item.motion], item.new_text or "", event.due or at, item.motion_of)
    return {"notes": (*item.notes, note)}


def _replaced(item: Item, event: Event, at: datetime) -> dict[str, Any]:
    """The new text is up; the first one is in the archive, and its hash stays on the page."""
    earlier = event.told(Replaced).earlier
    return {
        "text": item.new_text,
        "text_source": "body",
        "text_sha256": hash_of(item.new_text) if item.new_text else "",
        "replaced_at": event.due or at,
        "replaced_by": "author" if item.motion_by == item.author.email else "members",
        "earlier_sha256": (*item.earlier_sha256, *([earlier] if earlier else [])),
    }


def settled(item: Item) -> bool:
    """The decision's effects are out or on their way: an undo is now a revival."""
    return item.settles_at is None


def open_motion(item: Item) -> bool:
    """A ballot on something published is open, and nothing has come of it yet."""
    return item.motion != "" and item.motion_settles == ""


def waits_for_members(item: Item) -> bool:
    """What a digest lists, and members are reminded of."""
    return item.state in FOR_MEMBERS or open_motion(item)


def asked_since(item: Item) -> datetime:
    """Since when it waits for what it waits for now: the motion on it, else its state."""
    return item.motion_since or item.waiting_since


def period(item: Item, limits: Limits, by: datetime) -> int:
    """Which reminder of a waiting item is due next when somebody looks at `by`: of those that were missed, the last."""
    return max(item.reminded + 1, (by - asked_since(item)) // limits.remind)


def due(item: Item, limits: Limits, by: datetime) -> tuple[str, datetime] | None:
    """What will happen to an item by itself, and when: settle, wake, overdue, consent, remind or lapse. None: nothing.

    A motion that settles does what it asks, or keeps it as it is. `by` is when somebody looks: reminders that were
    missed until then come as one, and none after a lapse.
    """
    if item.settles_at is not None:
        return item.motion_settles or "settle", item.settles_at
    if item.state not in WAITING and not open_motion(item):
        return None
    if item.state == "held":
        return "wake", item.held_until or item.waiting_since + limits.hold
    if row(item, E.OVERDUE) is not None:
        waits = limits.proof if item.state == "awaiting_proof" else limits.claim
        return "overdue", item.waiting_since + waits
    return _waiting(item, limits, by)


def _waiting(item: Item, limits: Limits, by: datetime) -> tuple[str, datetime]:
    """What will happen to an item that waits for a word; what has no row for a lapse is reminded of for ever."""
    ends = row(item, E.LAPSE) is not None or open_motion(item)
    lapse = asked_since(item) + limits.lapse
    if item.consent_at is not None and item.consent_at <= by and item.consent_at < lapse:
        return "consent", item.consent_at
    remind = asked_since(item) + limits.remind * period(item, limits, by)
    reminds = waits_for_members(item) and (not ends or (remind < lapse and by < lapse))
    return ("remind", remind) if reminds else ("lapse", lapse)


def drawing(kind: str) -> str:
    """The kind's table as a Mermaid state diagram."""
    rows: dict[tuple[str, str], tuple[str, ...]] = {row: (to.state,) for row, to in KINDS[kind].table.items()}
    return life.drawing(rows, KINDS[kind].initial)
