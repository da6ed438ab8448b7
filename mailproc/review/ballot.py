"""Counting: who may vote, what the votes on one item come to, and whether a member may say a verb on it.

Values in, values out; time plays no part here (the desk lets a decision settle). A tie is a value, not an
error: both sides have enough and no veto breaks it, so nothing carries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailproc.message.address import canonical
from mailproc.review.member import Member, Policy, Vote

_DECISIONS = frozenset({"approve", "reject", "hold", "ask", "discard", "undo"})


@dataclass(frozen=True, slots=True)
class Tally:
    """A ballot as it stands."""

    approve: tuple[str, ...]  # members' addr-specs, in the order of their votes
    reject: tuple[str, ...]
    needed_approvals: int
    needed_rejections: int
    outcome: str | None  # "approve", "reject", "tie" or None: not decided


def entitled(members: Iterable[Member], author_email: str) -> tuple[Member, ...]:
    """The members who may vote now on an item by this author: active, and not the author."""
    return tuple(member for member in members if member.votes and not _is_author(member, author_email))


def may(member: Member, verb: str, author_email: str) -> str:
    """Why this member may not say this verb on an item by this author: a slug, or "" where they may."""
    if member.state not in {"active", "away"}:
        return "not-a-member"
    if verb in _DECISIONS and _is_author(member, author_email):
        return "own-item"
    return "away" if verb in _DECISIONS and not member.votes else ""


def tally(votes: Sequence[Vote], policy: Policy, entitled: int) -> Tally:
    """Count the standing votes; `entitled` is how many members may vote now.

    A member's later vote replaces the earlier, an undone one counts for nothing. No more votes are needed than
    there are members entitled, and at least one.
    """
    standing = {vote.member: vote for vote in sorted(votes, key=lambda vote: vote.at) if not vote.undone}
    for_it = tuple(vote.member for vote in standing.values() if vote.verdict == "approve")
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


def _is_author(member: Member, author_email: str) -> bool:
    """RELIABILITY S11: one person by canonical address; capitals in the domain alone make no other."""
    mine = {canonical(email) for email in (member.email, *member.addresses)}
    return canonical(author_email) in mine
