"""Who asks to become a member: what opens no new request, who waits before them, and the appeal against a decision.

A person has one request at a time. Whoever was rejected asks again from the day that their letter named, and once
appeals: members decide then who had no part in the decision, or the same ones where nobody else is here. Every answer
is a letter, and whatever changes nothing says why. Counting votes is `review.ballot`'s.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from mailproc.desk.tell import history, views
from mailproc.desk.tell.answer import answer
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS
from mailproc.message.field.address import canonical
from mailproc.phrase import say
from mailproc.review import ballot
from mailproc.review.reply.command import Command, Listing, Reading, read_lines
from mailproc.store.people import members
from mailproc.store.work import items, journal, votes
from mailproc.workflow import life, machine
from mailproc.workflow.actor import person
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Appealed, Attached, Ended
from mailproc.workflow.item import Item

NOT_NOW = "applicant/not-now"
NO_APPEAL = "applicant/no-appeal"
E = EventName


# What opens nothing


def opens_nothing(turn: Turn, seen: Examined, kind: str) -> bool:
    """Whether a request opens no item: its sender reads why, and nothing of theirs is lost."""
    if not KINDS[kind].on_a_person or seen.writer is None:
        return False
    theirs = [item for item in items.by_author(turn.conn, seen.writer.email) if item.kind == kind]
    found = _why_not(turn, seen, kind, theirs)
    if found is None:
        return False
    why, item = found
    turn.note(reason=f"not-now-{why}")
    waiting = item if why == "waits" else None
    if waiting is not None and seen.authenticated and (turn.entry.text or "").strip():
        by = person(waiting.author.email)
        turn.happen(Event(waiting.ref, E.ADDITION, by, turn.entry.text or ""))
        turn.happen(Event(waiting.ref, E.ATTACH, by, facts=Attached(role="addition")))
    if waiting is not None and waiting.state == "awaiting_agreement":  # the duties again, and how to agree to them
        receipt = views.receipt(turn, [waiting], seen) | {"before": history.before(turn, waiting)}
        answer(turn, seen, KINDS[kind].template, receipt, ref=waiting.ref)
        return True
    context: dict[str, Any] = {"unheard": why, "ask_again": None, "earlier_ref": item.ref if item else ""}
    context["ask_again"] = _when(turn, why, item)
    answer(turn, seen, NOT_NOW, context, ref=item.ref if item else None)
    return True


def _why_not(turn: Turn, seen: Examined, kind: str, theirs: list[Item]) -> tuple[str, Item | None] | None:
    """A slug, and the earlier request that it is about; None where nothing stands against a new one."""
    known = members.get(turn.conn, seen.writer.email) if seen.writer else None
    if known is not None and known.state in life.HERE:
        return "member", None
    open_now = [item for item in theirs if history.waits(item) and (item.authenticated or not seen.authenticated)]
    if open_now:
        return "waits", open_now[-1]
    early = [item for item in theirs if item.again_at is not None and item.again_at > turn.time]
    if early:
        return "early", early[-1]
    most = turn.desk.config.membership.waiting
    if most and sum(map(history.waits, items.every(turn.conn, kind))) >= most:
        return "full", None
    return None


def _when(turn: Turn, why: str, item: Item | None) -> datetime | None:
    """When to ask again, where a day can be named."""
    if why == "early" and item is not None:
        return item.again_at
    if why == "waits" and item is not None and item.settles_at is None and item.state in machine.WAITING:
        return item.waiting_since + turn.desk.limits(item.kind).lapse
    return None


# The end of a request, and the appeal


def ended(turn: Turn, item: Item) -> Ended | None:
    """What an author may do after a decision against them, which settles now; None where the letter names no day."""
    chosen = turn.desk.config.membership
    standing = [vote for vote in votes.of(turn.conn, item.ref) if vote.verdict == "reject" and not vote.undone]
    again = max((vote.again for vote in standing if vote.again), default=None)
    if not KINDS[item.kind].on_a_person:
        return Ended(again=again) if again else None
    if again is None and item.state == "rejected" and chosen.again:
        again = turn.after(chosen.again)
    appeal = turn.after(chosen.appeal) if chosen.appeal and item.appealed_at is None else None
    return Ended(again=again, appeal=appeal)


def may_appeal(item: Item) -> bool:
    """A request whose end its applicant has heard of."""
    return KINDS[item.kind].on_a_person and machine.row(item, E.APPEAL) is not None and item.settles_at is None


def appealing(said: Reading, listing: Listing) -> Reading | None:
    """What an applicant says who appeals; None where nothing of it is in the mail.

    Below the word, on a line of its own, stands what they want to be known: nothing of that takes the word back.
    """
    if any(command.verb == "appeal" for command in said.commands):
        return said
    lines = {each.line: read_lines(each.line, listing, "applicant") for each in said.unclear}
    bare = [line for line, alone in lines.items() if [c.verb for c in alone.commands] == ["appeal"]]
    if not bare:
        return None
    _, _, below = said.own.partition(bare[0])
    command = Command("appeal", tuple(each.ref for each in listing.items[:1]), below.strip(), "", bare[0])
    return replace(said, commands=(command,), unclear=tuple(each for each in said.unclear if each.line != bare[0]))


def appeal(turn: Turn, seen: Examined, item: Item, words: str) -> bool:
    """The applicant asks others to look at it; once, and in time. True: they have had a letter, whatever came of it."""
    why = _unheard(turn, item)
    if why == "undecided":
        return False  # how things stand is the answer
    if why:
        turn.note(reason=f"no-appeal-{why}")
        answer(turn, seen, NO_APPEAL, {"item": item, "unheard": why}, ref=item.ref, proven=True)
        return True
    deciders = _deciders(turn, item)
    fresh = any(not _has(deciders, each.addresses) for each in _entitled(turn, item))
    facts = Appealed(deciders=deciders if fresh and deciders else None)
    after = turn.happen(Event(item.ref, E.APPEAL, person(item.author.email), words, facts=facts)) or item
    turn.happen(Event(item.ref, E.ATTACH, person(item.author.email), facts=Attached(role="addition")))
    for email in deciders if fresh else ():
        turn.let_know(email, say("notice/appealed", ref=item.ref, title=item.title))
    limits = turn.desk.limits(item.kind)
    context = {"item": after, "fresh": fresh, "lapses_at": after.waiting_since + limits.lapse}
    answer(turn, seen, "applicant/appealed", context, ref=item.ref, proven=True)
    return True


def _unheard(turn: Turn, item: Item) -> str:
    """Why an appeal changes nothing: undecided, second, late, none; "" where it counts."""
    if machine.row(item, E.APPEAL) is None or item.settles_at is not None:
        return "undecided" if item.appealed_at is None or history.waits(item) else "second"
    if item.appealed_at is not None:
        return "second"
    if item.appeal_until is None:
        return "none"
    return "late" if item.appeal_until <= turn.time else ""


def _deciders(turn: Turn, item: Item) -> tuple[str, ...]:
    """Everybody whose vote stood when it was decided, and whoever ended it by one word."""
    voted = [vote.member for vote in votes.of(turn.conn, item.ref) if not vote.undone]
    arrivals = [line for line in journal.of(turn.conn, item.ref) if line.after == item.state != line.before]
    one = [line.actor.email for line in arrivals[-1:] if item.state == "discarded" and line.actor.email]
    return tuple(dict.fromkeys(canonical(email) for email in (*voted, *one)))


def _entitled(turn: Turn, item: Item) -> tuple[Any, ...]:
    return ballot.entitled(members.every(turn.conn), item.authors)


def _has(deciders: tuple[str, ...], addresses: tuple[str, ...]) -> bool:
    return any(canonical(each) in deciders for each in addresses)
