"""Counting votes, by values."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.review.ballot import count, entitled, is_own, may, question_of, tally
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
        (a_member(ANA), "approve", "ana+tag@home.example", "own-item"),
        (a_member("ana+desk@home.example"), "retract", "Ana@home.example", "own-item"),
        (a_member(ANA, "active", "a+b@other.example"), "replace", "a@OTHER.example", "own-item"),
        (a_member(ANA), "retract", "jo@poole.example", ""),
        (a_member(ANA, "away"), "retract", "jo@poole.example", "away"),
    ],
)
def test_who_may_say_what(member: Member, verb: str, author: str, why: str):
    assert may(member, verb, author) == why


def test_the_author_and_the_absent_are_not_entitled():
    members = (a_member(ANA), a_member(BEN, "away"), a_member(CAT, "active", "c@other.example"))
    assert entitled(members, "c@other.example") == (members[0],)


def test_a_vote_for_a_motion_counts_for_it_and_an_approval_of_the_work_does_not():
    said = [replace(vote, verdict="retract") for vote in votes("ana+")] + votes("ben+")[:1]
    counted = count([a_member(ANA), a_member(BEN)], said, Policy(), "jo@poole.example", question_of("retract"))
    assert (counted.approve, counted.outcome) == ((ANA,), "approve")
    assert question_of("") == "approve"


def test_the_votes_of_whoever_has_left_go_with_them():
    members = [a_member(ANA, "removed"), a_member(BEN)]
    counted = count(members, votes("ana+"), Policy(approvals=2), "jo@poole.example")
    assert (counted.approve, counted.needed_approvals, counted.outcome) == ((), 1, None)


def test_who_voted_and_went_away_is_counted_on_both_sides_of_the_sum():
    """Ana approved and went away: Ben is still asked, for two approvals are needed and two members are there."""
    members = [a_member(ANA, "away"), a_member(BEN)]
    counted = count(members, votes("ana+"), Policy(approvals=2), "jo@poole.example")
    assert (counted.approve, counted.needed_approvals, counted.outcome) == ((ANA,), 2, None)


def test_two_addresses_of_a_member_are_one_voice():
    members = [a_member(ANA, "active", "ana@work.example"), a_member(BEN)]
    said = [*votes("ana+"), replace(votes("ben+")[0], member="Ana@WORK.example", verdict="reject", at=THEN + DAY)]
    counted = count(members, said, Policy(approvals=2, rejections=1), "jo@poole.example")
    assert (counted.approve, counted.reject, counted.outcome) == ((), (ANA,), "reject")


def test_the_authors_own_vote_never_counts_however_it_came_there():
    assert count([a_member(ANA)], votes("ana+"), Policy(), "ana+drafts@home.example").outcome is None
    assert is_own(a_member(ANA), "ANA+x@Home.example")


# Laws, for random members, votes and policies

DAY = timedelta(days=1)
EXAMPLES = int(os.environ.get("MAILPROC_BALLOTS", "300"))
AUTHOR = "ana@home.example"
NAMES = ("ana", "ben", "cat", "dan", "eve")
STATES = ("active", "away", "invited", "suspended", "resigned", "removed")
policies = st.builds(Policy, st.integers(1, 4), st.integers(1, 4), st.booleans())
people = st.lists(st.sampled_from(STATES), min_size=5, max_size=5).map(
    lambda states: [a_member(f"{n}@home.example", state) for n, state in zip(NAMES, states, strict=True)]
)
cast = st.builds(
    lambda n, verdict, minute, undone: Vote(
        f"{NAMES[n]}@home.example", verdict, "", THEN + timedelta(minutes=minute), undone=undone
    ),
    st.integers(0, 4),
    st.sampled_from(["approve", "reject"]),
    st.integers(0, 50),
    st.booleans(),
)
ballots = st.lists(cast, max_size=8, unique_by=lambda vote: vote.at)
laws = settings(deadline=None, max_examples=EXAMPLES)


@laws
@given(people, ballots, policies, st.sampled_from([AUTHOR, "jo@poole.example"]))
def test_nothing_is_decided_with_fewer_votes_than_needed_nor_against_a_veto(members, said, policy, author):
    counted = count(members, said, policy, author)
    voters = entitled(members, author)
    here = {member.email for member in members if member.state in {"active", "away"} and member.email != author}
    assert {*counted.approve, *counted.reject} <= here
    assert not {*counted.approve} & {*counted.reject}
    assert counted.needed_approvals >= max(1, min(policy.approvals, len(voters)))
    assert 1 <= counted.needed_approvals <= policy.approvals
    if counted.outcome == "approve":
        assert len(counted.approve) >= counted.needed_approvals
        assert not (policy.veto and counted.reject), "a veto always stops"
    if counted.outcome == "reject":
        assert len(counted.reject) >= counted.needed_rejections
    if counted.outcome == "tie":
        assert not policy.veto
        assert len(counted.approve) >= counted.needed_approvals
        assert len(counted.reject) >= counted.needed_rejections


@laws
@given(people, ballots, policies, st.randoms())
def test_the_order_in_which_votes_are_read_or_cast_by_others_does_not_matter(members, said, policy, random):
    expected = count(members, said, policy, AUTHOR)
    shuffled = list(said)
    random.shuffle(shuffled)
    assert count(members, shuffled, policy, AUTHOR) == expected
    last = {vote.member: vote for vote in sorted(said, key=lambda vote: vote.at) if not vote.undone}
    times = [vote.at for vote in last.values()]
    random.shuffle(times)
    moved = [replace(vote, at=at) for vote, at in zip(last.values(), times, strict=True)]
    counted = count(members, moved, policy, AUTHOR)
    assert counted.outcome == expected.outcome
    assert (sorted(counted.approve), sorted(counted.reject)) == (sorted(expected.approve), sorted(expected.reject))


@laws
@given(people, ballots, policies)
def test_a_vote_that_is_undone_is_as_if_it_had_never_been_cast(members, said, policy):
    undone = [replace(vote, undone=vote.undone or n % 2 == 0) for n, vote in enumerate(said)]
    without = [vote for vote in undone if not vote.undone]
    assert count(members, undone, policy, AUTHOR) == count(members, without, policy, AUTHOR)


@laws
@given(people, ballots, policies)
def test_one_rejection_more_never_approves(members, said, policy):
    before = count(members, said, policy, AUTHOR)
    veto = Vote("ben@home.example", "reject", "", THEN + DAY)
    after = count(members, [*said, veto], policy, AUTHOR)
    if before.outcome != "approve":
        assert after.outcome != "approve"
