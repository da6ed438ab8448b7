"""What is known of many items, read at once: votes, journals, attachments, members, and what they come to.

A digest of a thousand items costs as many queries as one of ten. Values from rows; nothing here changes anything,
and what is missing is simply empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.kinds.event import EventName
from mailproc.kinds.every import EVERY, KINDS
from mailproc.message.field.address import canonical
from mailproc.phrase import Phrase, Said, say
from mailproc.review import ballot
from mailproc.review.ballot import Tally
from mailproc.review.member import Member, Vote
from mailproc.store.people import members
from mailproc.store.work import attachments, items, journal, votes
from mailproc.workflow import machine
from mailproc.workflow.actor import OPERATOR, Actor, Role, person
from mailproc.workflow.item import Item, JournalLine, KeptAttachment

HERE = frozenset({"active", "away"})  # states of members who decide, or would, were they not away
SILENCE = "silence"  # the reason of an approval to which nobody objected
DONE = frozenset(kind.done for kind in EVERY if kind.done)  # states to which an approval has led
VERDICTS = {"approved": "approve", "rejected": "reject", "retracted": "retract"} | dict.fromkeys(DONE, "approve")
NO_DECISION = frozenset({EventName.CONTENT})  # its author is content with how it will stand
_WAS_UP = machine.UP | {"retracted"}
# States into which somebody's word led
_NAMED = machine.SETTLING | DONE | {"held", "awaiting_author", "retracted", "claimed", "done"}


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

    def person(self, actor: Actor) -> Said:
        """The same of an actor of the journal; "" for the clock and the desk."""
        if not actor.is_somebody or actor == OPERATOR:
            return say("words/operator") if actor == OPERATOR else ""
        name = self.called(actor.email)
        return say("words/operator-for", name=name) if actor.role is Role.OPERATOR else name

    def deciders(self, item: Item, reader: Member | None = None) -> tuple[Said, ...]:
        """Who brought an item into its state: those whose votes agree, and whoever spoke last; the reader as "you"."""
        line = self.arrival(item)
        if line is None or item.state not in _NAMED:
            return ()
        verdict = VERDICTS.get(item.state, "")
        agreed = (vote.member for vote in self.votes[item.ref] if vote.verdict == verdict and not vote.undone)
        actors = [*(person(email) for email in agreed if not line.actor.bears({canonical(email)})), line.actor]
        names = [say("words/you") if reader and _is(actor, reader) else self.person(actor) for actor in actors]
        return tuple(name for name in dict.fromkeys(names) if name)

    def arrival(self, item: Item) -> JournalLine | None:
        """The line that brought an item to where it stands; of what is up, the decision that put it there."""
        moved = (line for line in self.journals[item.ref] if line.before != line.after)
        lines = [line for line in moved if line.event not in NO_DECISION]
        if item.state in DONE:
            lines = [line for line in lines if line.after == "approved"] or lines
        else:
            lines = [line for line in lines if line.after == item.state]
        return lines[-1] if lines else None

    def standing(self, item: Item, reader: Member | None = None) -> Phrase:
        """How an item came into its state: `approved by Ana on 22 November 2026 at 10:02 UTC, and published`."""
        line, done = self.arrival(item), item.state in DONE and bool(KINDS[item.kind].called_done)
        state = "approved" if done else item.state
        if line is None:
            return say("standing/state", state=state)
        return say(
            "standing/how",
            state=state,
            then=say("words/once-approved", kind=item.kind) if done else "",
            by=in_a_row(self.deciders(item, reader)),
            waits=item.state in machine.FOR_MEMBERS,
            at=line.at,
            silent=line.reason == SILENCE,
        )

    def was_up(self, item: Item) -> bool:
        """Readers saw it once, and see it no more."""
        return item.state not in machine.UP and self._line(item, up=True) is not None

    def down_again(self, item: Item) -> Phrase | None:
        """From when to when readers saw what waits again, and whose word that was; None where they never saw it."""
        rose, fell = self._line(item, up=True), self._line(item, up=False)
        if item.state not in machine.FOR_MEMBERS or rose is None or fell is None:
            return None
        back = self.back(item) or fell
        by = "" if back.actor == person(item.author.email) else self.person(back.actor)
        return say("standing/was-up", since=rose.at, until=fell.at, recalled=back is fell, by=by)

    def back(self, item: Item) -> JournalLine | None:
        """The line that brought what was up before the members again: the one that took it down, or a later one."""
        lines = [line for line in self.journals[item.ref] if line.before in _WAS_UP and line.after == "pending"]
        return lines[-1] if lines else None

    def _line(self, item: Item, *, up: bool) -> JournalLine | None:
        """The last line by which it went up, or came down."""
        lines = (line for line in reversed(self.journals[item.ref]) if line.before != line.after)
        return next((x for x in lines if (x.after if up else x.before) in machine.UP), None)

    def by_one(self, item: Item) -> bool:
        """One word, a time limit or silence brought it where it stands, and any member may take that back."""
        arrival = self.arrival(item) if item.state == "retracted" else None
        undone = arrival is not None and arrival.event == EventName.REVIVE
        return item.state in machine.BY_ONE or undone or self.by_silence(item)

    def at_its_authors_wish(self, item: Item) -> bool:
        """Members took it down because its author asked for that."""
        moved = [line for line in self.journals[item.ref] if line.event == EventName.MOVE]
        return item.state == "retracted" and bool(moved) and moved[-1].actor == person(item.author.email)

    def by_silence(self, item: Item) -> bool:
        """It is approved because nobody objected, and no votes are needed."""
        line = self.arrival(item) if item.state == "approved" or item.state in DONE else None
        return line is not None and line.reason == SILENCE and not item.motion

    def tally(self, desk: Desk, item: Item) -> Tally:
        """The ballot as it stands; whoever has left has left with their vote."""
        policy, asked = desk.config.review.kinds[item.kind].policy, ballot.question_of(item.motion)
        return ballot.count(self.members, self.votes[item.ref], policy, item.authors, asked, item.group)

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
        taken_back = (EventName.REOPEN, EventName.REVIVE, EventName.RECALL)
        if all(machine.row(item, name) is None for name in taken_back) or self.at_its_authors_wish(item):
            return False
        if ballot.has_part(member, item.group):
            return False
        voters = [vote.member for vote in self.votes[item.ref] if not vote.undone]
        alone = self.by_one(item) or len(voters) == 1
        return alone or member.email in voters

    def ballot(self, desk: Desk, item: Item, reader: Member) -> Phrase:
        """`none yet; one is needed`, `approved by Ana; one more is needed`."""
        tally = self.tally(desk, item)
        lacking, aside = tally.needed_approvals - len(tally.approve), self._aside(item, reader)
        return say(
            "standing/ballot",
            motion=bool(item.motion),
            for_it=self._side(tally.approve, reader),
            against=self._side(tally.reject, reader),
            tie=tally.outcome == "tie",
            more=0 if tally.reject or lacking <= 0 or self.by_silence(item) else lacking,
            aside=in_a_row(aside),
            many=len(aside) > 1,
        )

    def _aside(self, item: Item, reader: Member) -> list[Said]:
        """Who does not decide on it because they have a part in its group, but for the reader."""
        found = [each for each in self.members if each.state in HERE and ballot.has_part(each, item.group)]
        return [each.name or each.email for each in found if each.email != reader.email]

    def _side(self, voted: Iterable[str], reader: Member) -> Said:
        """Who has voted one way, the reader as "you"; "" nobody."""
        return in_a_row(say("words/you") if email in reader.addresses else self.called(email) for email in voted)


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


def in_a_row(names: Iterable[Said]) -> Said:
    """`Ana`, `Ana and Ben`, `Ana, Ben and Cleo`; "" for nobody."""
    every = tuple(names)
    return say("words/row", names=every) if len(every) > 1 else every[0] if every else ""
