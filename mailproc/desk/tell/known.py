"""What is known of many items, read at once: votes, journals, attachments, members, and what they come to in words.

A digest of a thousand items costs as many queries as one of ten. Values from rows; nothing here changes anything,
and what is missing is simply empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailproc import times
from mailproc.desk.ground.wire import Desk
from mailproc.kinds.event import EventName
from mailproc.kinds.every import EVERY, KINDS
from mailproc.message.field.address import canonical
from mailproc.review import ballot
from mailproc.review.ballot import Tally
from mailproc.review.member import Member, Vote
from mailproc.store.people import members
from mailproc.store.work import attachments, items, journal, votes
from mailproc.workflow import machine
from mailproc.workflow.actor import OPERATOR, Actor, Role, person
from mailproc.workflow.item import Item, JournalLine, KeptAttachment

SILENCE = "silence"  # the reason of an approval to which nobody objected
DONE = frozenset(kind.done for kind in EVERY if kind.done)  # states to which an approval has led
VERDICTS = {"approved": "approve", "rejected": "reject", "retracted": "retract"} | dict.fromkeys(DONE, "approve")
PLAINLY = dict.fromkeys(DONE, "approved") | {
    "awaiting_author": "waiting for its author, asked",
    "awaiting_agreement": "waiting for its author to agree to the duties, asked",
}
_NAMED = machine.SETTLING | DONE | {"held", "awaiting_author", "retracted"}  # states into which somebody's word led


@dataclass(frozen=True, slots=True)
class Known:
    """All of it, by reference."""

    members: tuple[Member, ...]
    votes: Mapping[str, Sequence[Vote]]
    journals: Mapping[str, Sequence[JournalLine]]
    kept: Mapping[str, tuple[KeptAttachment, ...]]

    def called(self, email: str) -> str:
        """A person as people know them: a member's name, else the address."""
        known = next((member for member in self.members if canonical(email) in member.addresses), None)
        return known.name or known.email if known else email

    def person(self, actor: Actor) -> str:
        """The same of an actor of the journal; "" for the clock and the desk."""
        if not actor.is_somebody or actor == OPERATOR:
            return "the operator" if actor == OPERATOR else ""
        name = self.called(actor.email)
        return f"the operator, for {name}" if actor.role is Role.OPERATOR else name

    def deciders(self, item: Item, reader: Member | None = None) -> tuple[str, ...]:
        """Who brought an item into its state: those whose votes agree, and whoever spoke last; the reader as "you"."""
        line = self.arrival(item)
        if line is None or item.state not in _NAMED:
            return ()
        verdict = VERDICTS.get(item.state, "")
        agreed = (vote.member for vote in self.votes[item.ref] if vote.verdict == verdict and not vote.undone)
        actors = [*(person(email) for email in agreed if not line.actor.bears({canonical(email)})), line.actor]
        names = ["you" if reader and _is(actor, reader) else self.person(actor) for actor in actors]
        return tuple(name for name in dict.fromkeys(names) if name)

    def arrival(self, item: Item) -> JournalLine | None:
        """The line that brought an item to where it stands; of what is up, the decision that put it there."""
        lines = [line for line in self.journals[item.ref] if line.before != line.after]
        if item.state in DONE:
            lines = [line for line in lines if line.after == "approved"] or lines
        else:
            lines = [line for line in lines if line.after == item.state]
        return lines[-1] if lines else None

    def standing(self, desk: Desk, item: Item, reader: Member | None = None) -> str:
        """How an item came into its state: `approved by Ana on 22 November 2026 at 10:02 UTC, and published`."""
        line, state = self.arrival(item), PLAINLY.get(item.state, item.state)
        if line is None:
            return state
        by, since = in_a_row(self.deciders(item, reader)), "since" if item.state in machine.FOR_MEMBERS else "on"
        why = ", because nobody objected" if line.reason == SILENCE else ""
        then = f", and {KINDS[item.kind].called_done}" if item.state in DONE else ""
        return f"{state}{f' by {by}' if by else ''} {since} {local(desk, line.at)}{why}{then}"

    def by_silence(self, item: Item) -> bool:
        """It is approved because nobody objected, and no votes are needed."""
        line = self.arrival(item) if item.state == "approved" or item.state in DONE else None
        return line is not None and line.reason == SILENCE and not item.motion

    def tally(self, desk: Desk, item: Item) -> Tally:
        """The ballot as it stands; whoever has left has left with their vote."""
        policy, asked = desk.config.review.kinds[item.kind].policy, ballot.question_of(item.motion)
        return ballot.count(self.members, self.votes[item.ref], policy, item.author.email, asked)

    def has_spoken(self, member: Member, item: Item) -> bool:
        """The decision that settles is this member's too, or they have voted on the motion."""
        voted = any(vote.member == member.email and not vote.undone for vote in self.votes[item.ref])
        line = self.arrival(item)
        return voted or (not item.motion and line is not None and line.actor.bears(member.addresses))

    def ways(self, item: Item, member: Member) -> tuple[str, ...]:
        """The verbs by which this member can stop, or take back, what was decided."""
        undo = ("undo",) if self.may_undo(item, member) else ()
        return ("reject", *undo) if item.state == "approved" and item.settles_at is not None else undo

    def may_undo(self, item: Item, member: Member) -> bool:
        """Their own vote, or what one member alone decided; nobody else's (design §5)."""
        if machine.row(item, EventName.REOPEN) is None and machine.row(item, EventName.REVIVE) is None:
            return False
        voters = [vote.member for vote in self.votes[item.ref] if not vote.undone]
        alone = item.state in {"held", "awaiting_author", "discarded", "lapsed"} or len(voters) == 1
        return alone or member.email in voters

    def tally_in_words(self, desk: Desk, item: Item, reader: Member) -> str:
        """`none yet; one approval is needed`, `approved by Ana; one more approval is needed`."""
        tally = self.tally(desk, item)
        verbs = ("{} for it", "{} against it") if item.motion else ("approved by {}", "rejected by {}")
        sides = [
            in_a_row("you" if email in reader.addresses else self.called(email) for email in side)
            for side in (tally.approve, tally.reject)
        ]
        said = ", ".join(verb.format(names) for verb, names in zip(verbs, sides, strict=True) if names)
        if tally.outcome == "tie":
            return f"{said}; as many are for it as against it, so it waits until somebody yields"
        lacking = tally.needed_approvals - len(tally.approve)
        if tally.reject or lacking <= 0 or self.by_silence(item):
            return said or "none, and none is needed"
        one, many = ("vote for it is", "votes for it are") if item.motion else ("approval is", "approvals are")
        needed = f"{'one' if lacking == 1 else lacking}{' more' if said else ''} {one if lacking == 1 else many}"
        return f"{said or 'none yet'}; {needed} needed"


def _is(actor: Actor, reader: Member) -> bool:
    """The reader's own word, in their own mail."""
    return actor.role is Role.PERSON and actor.bears(reader.addresses)


def known_of(conn: Connection, found: Sequence[Item]) -> Known:
    """What is known of these items, in a few queries however many there are."""
    refs = [item.ref for item in found]
    numbers = items.messages_of_many(conn, refs)
    kept: dict[int, list[KeptAttachment]] = defaultdict(list)
    for one in attachments.of_messages(conn, (number for some in numbers.values() for number in some)):
        kept[one.number].append(one)
    return Known(
        members=tuple(members.every(conn)),
        votes=votes.of_many(conn, refs),
        journals=journal.of_many(conn, refs),
        kept={ref: tuple(one for number in some for one in kept[number]) for ref, some in numbers.items()},
    )


def local(desk: Desk, at: datetime) -> str:
    """`22 November 2026 at 10:02 UTC`, in the desk's time zone."""
    return times.moment(at, desk.config.desk.timezone)


def in_a_row(names: Iterable[str]) -> str:
    """`Ana`, `Ana and Ben`, `Ana, Ben and Cleo`."""
    *first, last = [*names] or [""]
    return f"{', '.join(first)} and {last}" if first else last
