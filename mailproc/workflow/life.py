"""What may follow what in the lives of members and letters; items have a table per kind, see `machine`.

(state, event) -> the state after; where an event may lead to more than one, its facts say to which. "" is the state
of somebody whom nobody knows yet. What is in no row changes nothing. Drawn in the tour from these very tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from mailproc.kinds.event import EventName

E = EventName
GONE = ("suspended", "resigned", "removed")  # states of a member without any power
HERE = ("active", "away")  # of those who decide, or would if they were not away
UNSENT = ("queued", "deferred", "ambiguous")  # delivery still tries these, or waits for the operator's word
ENDED_UNSENT = ("failed", "cancelled", "suppressed")

Life = Mapping[tuple[str, str], tuple[str, ...]]


class Tried(StrEnum):
    """What an attempt to deliver a letter came to (RFC 5321 §4.2.1)."""

    SENT = "sent"
    TRANSIENT = "transient"
    PERMANENT = "permanent"
    AMBIGUOUS = "ambiguous"


def _rows(before: Iterable[str], event: str, *after: str) -> Life:
    return {(state, event): after or (state,) for state in before}


MEMBER: Life = {
    **_rows(("", *GONE), E.INVITE, "invited", "active"),  # active: the operator knows that they agree
    **_rows(("invited",), E.ACCEPT, "active"),
    **_rows(("", "invited", *HERE, *GONE), E.SETTLE, "active"),  # their request for membership
    **_rows(("active", "away"), E.AWAY, "away"),
    **_rows(("away",), E.BACK, "active"),
    **_rows(("invited", *HERE), E.RESIGN),  # and leave when the time to take it back is over
    **_rows(("invited", *HERE), E.STAY),
    **_rows(HERE, E.LEAVE, "resigned"),
    **_rows(("invited", *HERE), E.SUSPEND, "suspended"),
    **_rows(("invited", *HERE, "suspended"), E.REMOVE, "removed"),
    **_rows(("away", *GONE), E.RESUME, "active"),
}

FILE: Life = {  # a group's
    **_rows(("wanted",), E.PIECE, "gathering"),
    **_rows(("gathering", "complete", "claimed", "up", "offline"), E.PIECE),
    **_rows(("wanted", "gathering", "complete", "claimed", "up", "offline"), E.LOSE_PIECE),
    **_rows(("wanted", "gathering"), E.COMPLETE, "complete"),
    **_rows(("complete",), E.CLAIM, "claimed"),
    **_rows(("claimed",), E.UNCLAIM, "complete", "offline"),  # offline: it was up before
    **_rows(("claimed",), E.OVERDUE, "complete", "offline"),
    **_rows(("claimed",), E.LAY_OUT),
    **_rows(("claimed",), E.OBJECT),
    **_rows(("claimed",), E.CONTENT),
    **_rows(("claimed",), E.PUT_UP, "up"),
    **_rows(("up",), E.PUT_UP),  # at another address
    **_rows(("up",), E.RECALL, "claimed"),  # that it is up was taken back
    **_rows(("up",), E.OFFLINE, "offline"),
    **_rows(("offline",), E.REOPEN, "up"),  # and so that it is not
    **_rows(("offline",), E.RESTORE, "claimed"),
    **_rows(("wanted", "gathering", "complete", "claimed", "up", "offline"), E.CHANGE),  # its facts may name any state
}

LETTER: Life = {
    **_rows(UNSENT, Tried.SENT, "sent"),
    **_rows(UNSENT, Tried.TRANSIENT, "deferred"),
    **_rows(UNSENT, Tried.AMBIGUOUS, "ambiguous"),
    **_rows(UNSENT, Tried.PERMANENT, "failed"),
    **_rows((*UNSENT, "unconfirmed"), E.LATE),  # the operator hears that it has not left
    **_rows((*UNSENT, "unconfirmed", "failed"), E.FAIL, "failed"),
    **_rows((*UNSENT, "unconfirmed", "sent"), E.BOUNCED, "failed"),
    **_rows((*UNSENT, "unconfirmed", "suppressed"), E.SUPPRESS, "suppressed"),
    **_rows((*UNSENT, "unconfirmed"), E.CANCEL, "cancelled"),
    **_rows(("deferred", "ambiguous", "unconfirmed", *ENDED_UNSENT), E.RETRY, "queued"),
}


def after(life: Life, state: str, event: str, wanted: str = "") -> str | None:
    """The state after an event; `wanted` where it may lead to several. None: it changes nothing, or leads elsewhere."""
    found = life.get((state, event), ())
    fitting = (each for each in found if not wanted or each == wanted)
    return next(fitting, None)


def drawing(life: Life, begins: str) -> str:
    """A life as a Mermaid state diagram: one arrow for all events that lead from one state to another."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (before, event), states in life.items():
        for state in states:
            if state != before:
                arrows.setdefault((before or "[*]", state), []).append(event)
    lines = [f"    {before} --> {after}: {', '.join(names)}" for (before, after), names in arrows.items()]
    first = [] if any(before == "[*]" for before, _ in arrows) else [f"    [*] --> {begins}"]
    return "\n".join(["stateDiagram-v2", *first, *lines])
