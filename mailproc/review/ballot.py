"""Counting: who may vote, what the votes on one item come to, and whether a member may say a verb on it.

Values in, values out; time plays no part here (the desk lets a decision settle). Nobody decides on their own item, nor
on one about a group in which they have a part. A tie is a value, not an
error: both sides have enough and no veto breaks it, so nothing carries. On something published the question is what
a motion asks; a vote for it says "retract", "replace" or "append", one against it "reject": leave it as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from mailproc.message.field.address import canonical, split_subaddress
from mailproc.review.member import Member, Policy, Vote

_DECISIONS = frozenset(
    {"approve", "reject", "hold", "ask", "discard", "undo", "retract", "replace", "append", "correct", "hide"}
    | {"answer", "close"}
)
_OF_A_GROUP = _DECISIONS | {
    "sort",
    "claim",
    "concerns",
    "up",
    "counts",
    "complete",
    "layout",
}  # not of whoever is in it
_HERE = frozenset({"active", "away"})
Authors = str | Collection[str]  # the address of an item's author, or those of all


@dataclass(frozen=True, slots=True)
class Tally:
    """A ballot counted: who is for it, who against, and what that comes to."""

    approve: tuple[str, ...]  # for what is asked: members' addr-specs, in the order of their votes
    reject: tuple[str, ...]  # against it
    needed_approvals: int
    needed_rejections: int
    outcome: str | None  # "approve", "reject", "tie" or None: not decided


def question_of(motion: str) -> str:
    """The verdict that counts as a yes: "approve", or what the motion on a published item asks for."""
    return motion or "approve"


def is_own(member: Member, authors: Authors) -> bool:
    """Whether the member is an author, under any of their addresses.

    catalogue S11: one person by canonical address, without what follows a plus: where subaddresses are other
    people's, a member cannot decide on theirs, and nobody ever decides on their own.
    """
    theirs = {_person(email) for email in (member.email, *member.addresses)}
    return any(_person(email) in theirs for email in ((authors,) if isinstance(authors, str) else authors))


def _person(email: str) -> str:
    local, _, domain = split_subaddress(canonical(email))
    return f"{local}@{domain}"


def has_part(member: Member, group: str | None) -> bool:
    """Whether the member said that they have a part in this group: they decide nothing that is about it."""
    return bool(group) and (group or "").casefold() in {name.casefold() for name in member.not_for}


def concerned(member: Member, authors: Authors, group: str | None) -> bool:
    """Whether an item by these authors, about this group, is the member's own matter, and others decide on it."""
    return is_own(member, authors) or has_part(member, group)


def entitled(members: Iterable[Member], authors: Authors, group: str | None = None) -> tuple[Member, ...]:
    """The members who may vote now on an item by these authors: active, no author of it, and without a part in it."""
    return tuple(member for member in members if member.votes and not concerned(member, authors, group))


def barred(votes: Iterable[Vote]) -> frozenset[str]:
    """The addr-specs of those who decided before its author appealed: they have no vote on it any more."""
    return frozenset(canonical(vote.member) for vote in votes if vote.barred)


def may(member: Member, verb: str, authors: Authors, group: str | None = None) -> str:
    """Why this member may not say this verb on an item by these authors: a slug, or "" where they may."""
    if member.state not in _HERE:
        return "not-a-member"
    if verb in _DECISIONS and is_own(member, authors):
        return "own-item"
    if verb in _OF_A_GROUP and has_part(member, group):
        return "has-part"
    return "away" if verb in _DECISIONS and not member.votes else ""


def count(
    members: Iterable[Member],
    votes: Iterable[Vote],
    policy: Policy,
    authors: Authors,
    question: str = "approve",
    group: str | None = None,
) -> Tally:
    """The ballot on an item by these authors, about this group, with these members.

    Whoever has left has left with their vote; whoever is away has not, and then counts among those who are needed.
    Whoever has a part in the group, or is barred, counts for nothing.
    """
    votes = tuple(votes)
    gone = barred(votes)
    here = [
        member
        for member in members
        if member.state in _HERE
        and not concerned(member, authors, group)
        and not gone & {member.email, *member.addresses}
    ]
    known = {canonical(email): member for member in here for email in (member.email, *member.addresses)}
    cast = [replace(vote, member=known[voter].email) for vote in votes if (voter := canonical(vote.member)) in known]
    voting = {member.email for member in here if member.votes} | {vote.member for vote in cast if not vote.undone}
    return tally(cast, policy, len(voting), question)


def tally(votes: Sequence[Vote], policy: Policy, entitled: int, question: str = "approve") -> Tally:
    """Count the standing votes; `entitled` is how many members may vote now, `question` the verdict that is for it.

    A member's later vote replaces the earlier, an undone one counts for nothing. No more votes are needed than
    there are members entitled, and at least one.
    """
    standing = {vote.member: vote for vote in sorted(votes, key=lambda vote: vote.at) if not vote.undone}
    for_it = tuple(vote.member for vote in standing.values() if vote.verdict == question)
    against = tuple(vote.member for vote in standing.values() if vote.verdict == "reject")
    approvals = max(1, min(policy.approvals, entitled))
    rejections = max(1, min(policy.rejections, entitled))
    outcome = _outcome(len(for_it) >= approvals, len(against) >= rejections, bool(against), policy)
    return Tally(for_it, against, approvals, rejections, outcome)


def _outcome(approved: bool, rejected: bool, opposed: bool, policy: Policy) -> str | None:  # noqa: FBT001 - the four facts
    if approved and rejected and not policy.veto:
        return "tie"
    if rejected:
        return "reject"
    return "approve" if approved and not (opposed and policy.veto) else None
