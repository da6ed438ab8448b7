"""Counting votes, by values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailproc.review.ballot import entitled, may, tally
from mailproc.review.member import Member, Policy, Vote

THEN = datetime(2026, 11, 1, 8, tzinfo=UTC)
ANA, BEN, CAT = "ana@home.example", "ben@home.example", "cat@home.example"


def a_member(email: str, state: str = "active", *others: str) -> Member:
    return Member(email, email.partition("@")[0].title(), state, THEN, (email, *others))


def votes(*said: str) -> list[Vote]:
    """`ana+` approves, `ben-` rejects, a trailing `u` is undone; in this order."""
    return [
        Vote(
            f"{each[:3]}@home.example",
            "approve" if each[3] == "+" else "reject",
            "",
            THEN + timedelta(minutes=n),
            undone=each.endswith("u"),
        )
        for n, each in enumerate(said)
    ]


@pytest.mark.parametrize(
    ("said", "policy", "members", "outcome"),
    [
        ([], Policy(), 3, None),
        (["ana+"], Policy(), 3, "approve"),
        (["ana-"], Policy(), 3, "reject"),
        (["ana+u"], Policy(), 3, None),
        (["ana+", "ana-"], Policy(), 3, "reject"),
        (["ana-", "ana+"], Policy(), 3, "approve"),
        (["ana+"], Policy(approvals=2), 3, None),
        (["ana+", "ben+"], Policy(approvals=2), 3, "approve"),
        (["ana+"], Policy(approvals=2), 1, "approve"),
        (["ana+"], Policy(approvals=2), 0, "approve"),
        (["ana+", "ana+"], Policy(approvals=2), 3, None),
        (["ana+", "ben-"], Policy(approvals=1, rejections=2, veto=True), 3, None),
        (["ana+", "ben-"], Policy(approvals=1, rejections=2, veto=False), 3, "approve"),
        (["ana+", "ben-"], Policy(veto=True), 3, "reject"),
        (["ana+", "ben-"], Policy(veto=False), 3, "tie"),
        (["ana+", "ben-u"], Policy(veto=True), 3, "approve"),
        (["ana+", "ben-", "cat-"], Policy(approvals=2, rejections=2), 3, "reject"),
        (["ana+", "ben-", "cat-"], Policy(approvals=2, rejections=2, veto=False), 3, "reject"),
    ],
)
def test_what_votes_come_to(said: list[str], policy: Policy, members: int, outcome: str | None):
    assert tally(votes(*said), policy, members).outcome == outcome


def test_a_tally_names_who_said_what_and_what_is_needed():
    counted = tally(votes("ana+", "ben-", "cat+u"), Policy(approvals=5, rejections=2), 3)
    assert (counted.approve, counted.reject) == ((ANA,), (BEN,))
    assert (counted.needed_approvals, counted.needed_rejections) == (3, 2)


@pytest.mark.parametrize(
    ("member", "verb", "author", "why"),
    [
        (a_member(ANA), "approve", "jo@poole.example", ""),
        (a_member(ANA, "away"), "approve", "jo@poole.example", "away"),
        (a_member(ANA, "away"), "status", "jo@poole.example", ""),
        (a_member(ANA, "invited"), "approve", "jo@poole.example", "not-a-member"),
        (a_member(ANA, "resigned"), "note", "jo@poole.example", "not-a-member"),
        (a_member(ANA), "approve", "Ana@HOME.example", "own-item"),
        (a_member(ANA, "active", "a@other.example"), "reject", "a@other.example", "own-item"),
        (a_member(ANA), "show", ANA, ""),
        (a_member(ANA), "approve", "ana+tag@home.example", ""),
    ],
)
def test_who_may_say_what(member: Member, verb: str, author: str, why: str):
    assert may(member, verb, author) == why


def test_the_author_and_the_absent_are_not_entitled():
    members = (a_member(ANA), a_member(BEN, "away"), a_member(CAT, "active", "c@other.example"))
    assert entitled(members, "c@other.example") == (members[0],)
