"""Ballots counted again where nobody has voted: a member came, left, went away, or an item came back with its votes.

In the turn that changed who may vote, every open ballot is counted; what is reached then settles as after a vote, and
a settling decision that lacks votes now is open again. The journal says "desk". A decision that has settled stands.
An item that comes back from a wait, or by an `undo`, with enough votes to be decided is asked anew: it was put off, or
taken back, for a reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.desk.tell import views
from mailproc.desk.tell.known import known_of
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.kinds.every import EVERY, KINDS
from mailproc.kinds.step import Do
from mailproc.phrase import Phrase, say
from mailproc.review.ballot import Tally
from mailproc.store.work import items, votes
from mailproc.workflow import machine
from mailproc.workflow.actor import DESK
from mailproc.workflow.erasing import is_erased
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Counted
from mailproc.workflow.item import Item

E = EventName
OUTCOMES = {E.APPROVE: "approved", E.REJECT: "rejected"}
OF_A_MOTION = {"approve": E.CARRY, "reject": E.REFUSE}
ASIDE = frozenset({E.NOTICE, E.DIGEST, E.AWAIT_YES, E.YES, E.TOPICS})  # of members, and no change of who may vote
ADMITTING = {kind.letter for kind in EVERY if any(Do.WELCOME in step.actions for step in kind.table.values())}
BACK = frozenset({E.WAKE, E.ANSWER, E.CONFIRM})  # an item comes back by itself or by its author


def after(turn: Turn) -> None:
    """Count again what the turn's events have left undecided."""
    happened = list(turn.events)
    for ref in dict.fromkeys(event.ref for event in happened if event.name in BACK):
        begin_anew(turn, ref)
    if any(_changes_voters(event) for event in happened):
        for item in _open_ballots(turn.conn):
            _count(turn, item)


def _changes_voters(event: Event) -> bool:
    subject = event.ref.partition(":")[0]
    return (subject == "member" and event.name not in ASIDE) or (event.name is E.SETTLE and event.ref[0] in ADMITTING)


def _open_ballots(conn: Connection) -> Iterable[Item]:
    """What is voted on now: waiting items, decisions that settle, motions. What is held is counted when it is back."""
    found = {item.ref: item for item in (*items.for_members(conn), *items.settling(conn)) if KINDS[item.kind].voted}
    return [item for item in found.values() if item.state != "discarded"]


def _count(turn: Turn, item: Item) -> None:
    """The one item; nothing where no vote was cast."""
    if not any(not vote.undone for vote in votes.of(turn.conn, item.ref)):
        return
    tally = views.count(turn.conn, turn.desk, item)
    name = wanted(turn.conn, item, tally)
    if name:
        due = None if name is E.REOPEN else due_of(turn, item, name)
        turn.happen(Event(item.ref, name, DESK, due=due, reason=reason(tally), facts=figures(tally)))


def wanted(conn: Connection, item: Item, tally: Tally) -> EventName | None:
    """The event that brings an item to where its ballot stands; None if it is there."""
    if item.motion:
        name = OF_A_MOTION.get(tally.outcome or "", E.REOPEN)
        there = {"": E.REOPEN, "keep": E.REFUSE}.get(item.motion_settles, E.CARRY)
        return None if name is there else name
    name = E(tally.outcome) if tally.outcome in OUTCOMES else E.REOPEN
    if item.state == OUTCOMES.get(name, "pending") or (name is E.REOPEN and stands_by_silence(conn, item, tally)):
        return None
    return name


def due_of(turn: Turn, item: Item, name: EventName) -> datetime:
    """When what a ballot decides now takes effect: after the time in which it may be undone, and on the day named."""
    undone = turn.after(turn.desk.config.review.undo)
    dated = name is E.APPROVE and not wants_proof(turn.desk, item)  # a proof takes its time before that day
    return max(undone, item.publish_at or undone) if dated else undone


def wants_proof(desk: Desk, item: Item) -> bool:
    """Its author sees it before it goes up, and has not yet. Whom nothing proves gets no text of theirs from us."""
    policy = desk.config.review.kinds[item.kind]
    may = machine.row(replace(item, state="approved"), E.PROOF) is not None
    to_somebody = item.authenticated and bool(item.author.email) and not is_erased(item.author.email)
    return policy.proof and may and to_somebody and item.proved != item.text_sha256


def is_decided(item: Item) -> bool:
    """The votes, or silence, have approved or rejected it; perhaps that still settles."""
    return item.state in OUTCOMES.values()


def begin_anew(turn: Turn, ref: str) -> bool:
    """An open item whose votes would decide it, though nobody has just voted, is asked anew; False if none would."""
    item = turn.item(ref)
    if item is None or item.state != "pending" or not KINDS[item.kind].voted:
        return False
    tally = views.count(turn.conn, turn.desk, item)
    if tally.outcome not in OUTCOMES:
        return False
    restart(turn, item, tally)
    return True


def restart(turn: Turn, item: Item, tally: Tally) -> None:
    """The votes begin anew, and whoever had cast one reads so."""
    turn.happen(Event(item.ref, E.RESTART, DESK, reason=reason(tally), facts=figures(tally)))
    for email in (*tally.approve, *tally.reject):
        turn.let_know(email, say("notice/anew", ref=item.ref, title=item.title))


def stands_by_silence(conn: Connection, item: Item, tally: Tally) -> bool:
    """It needs no votes, as long as nobody is against it."""
    return not tally.reject and known_of(conn, [item]).by_silence(item)


def reason(tally: Tally) -> str:
    """Why a ballot did what it did, a slug; its `figures` stand beside it in the event."""
    return "tie" if tally.outcome == "tie" else "carried" if tally.outcome else "lacking"


def figures(tally: Tally) -> Counted:
    """What was counted, as an entry holds it."""
    return Counted(
        approvals=len(tally.approve),
        needed=tally.needed_approvals,
        rejections=len(tally.reject),
        needed_rejections=tally.needed_rejections,
    )


def said(tally: Tally, *, motion: str = "") -> Phrase:
    """`1 of 2 approvals, no rejections`, on a motion `1 of 2 for it, nobody against`; a tie is called one."""
    return say(
        "standing/count",
        motion=bool(motion),
        tie=tally.outcome == "tie",
        approvals=len(tally.approve),
        needed=tally.needed_approvals,
        rejections=len(tally.reject),
        needed_rejections=tally.needed_rejections,
    )
