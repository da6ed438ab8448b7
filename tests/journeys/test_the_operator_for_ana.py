"""Ana tells the operator on the telephone: `decide 'A-2 approve' --as ana@…`, and everybody learns who did it for whom.

The journal, Ana's transcript, the others' digest and their letters on the item alone say "the operator, for Ana". It is
Ana's vote all the same: it counts once, and she may change it by mail for as long as it settles.
"""

from __future__ import annotations

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    JO,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
    run_here,
    say,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk

BY_HAND = "the operator, for Ana"


@pytest.fixture
def waiting(desk: Desk) -> str:
    """An article that waits for Ana and Ben."""
    add_member(desk, ANA, "Ana")
    add_member(desk, BEN, "Ben")
    return ref_of(desk, give(desk, a_mail(authentic=True)))


def words_to(desk: Desk, template: str, email: str) -> str:
    """The last letter of this kind to somebody, its lines joined."""
    return " ".join(text_of(octets_of(desk, letters(desk, template, email)[-1])).split())


def test_the_command_line_decides_in_her_name_and_says_so(desk: Desk, waiting: str):
    """Issue 4, show 5: the operator for Ana."""
    ran = run_here("decide", f"{waiting} approve", "--as", ANA, config=desk.config.folder / "config.toml")
    assert ran.status == 0
    assert waiting in ran.out
    assert item(desk, waiting).votes[0].member == ANA


def test_everybody_learns_that_it_was_the_operator_for_ana(desk: Desk, waiting: str):
    add_member(desk, CLEO, "Cleo")
    first = digest_now(desk, BEN)
    say(desk, f"decide {ANA} '{waiting} approve'")
    assert [str(line.actor) for line in item(desk, waiting).journal if line.event == "vote"] == [f"operator for {ANA}"]
    assert "operator" in words_to(desk, "member/transcript", ANA), "Ana herself hears at once"
    later(desk, minutes=16)
    other = ref_of(desk, give(desk, a_mail(subject="Another", sender="Ida <ida@pierhead.example>")))
    told = " ".join(text_of(digest_now(desk, BEN)).split())
    assert f"approved by {BY_HAND}" in told
    assert other in told
    give(desk, a_reply(first, f"{waiting} reject", f"Ben <{BEN}>"))
    assert BY_HAND in words_to(desk, "member/transcript", BEN), "a late answer learns the same"
    assert_same(desk)


def test_a_member_with_letters_one_by_one_learns_it_in_the_same_thread(desk: Desk, waiting: str):
    give(desk, a_reply(digest_now(desk, BEN), "at once", f"Ben <{BEN}>"))
    single = ref_of(desk, give(desk, a_mail(subject="Another", sender="Ida <ida@pierhead.example>")))
    later(desk, minutes=1)
    say(desk, f"decide {ANA} '{single} approve'")
    assert f"{BY_HAND}, approved" in words_to(desk, "member/outcome", BEN).replace("The operator", "the operator")
    assert state(desk, waiting) == "pending"


def test_ana_may_take_back_by_mail_what_was_decided_for_her(desk: Desk, waiting: str):
    digest = digest_now(desk, ANA)
    say(desk, f"decide {ANA} '{waiting} approve'")
    assert state(desk, waiting) == "approved"
    later(desk, minutes=10)
    give(desk, a_reply(digest, f"{waiting} reject: I never said that.", f"Ana <{ANA}>", at=desk.now()))
    assert state(desk, waiting) == "rejected"
    later(desk, minutes=16)
    assert [letter.template for letter in letters(desk, to=JO)] == ["author/receipt-article", "author/rejected"]
    assert [vote.verdict for vote in item(desk, waiting).votes if not vote.undone] == ["reject"], "one vote of hers"
    assert_same(desk)


def test_ana_may_undo_what_was_decided_for_her(desk: Desk, waiting: str):
    digest = digest_now(desk, ANA)
    say(desk, f"decide {ANA} '{waiting} approve'")
    give(desk, a_reply(digest, f"undo {waiting}", f"Ana <{ANA}>", at=desk.now()))
    assert state(desk, waiting) == "pending"
    later(desk, minutes=30)
    assert [letter.template for letter in letters(desk, to=JO)] == ["author/receipt-article"]
    assert_same(desk)


def test_the_operators_vote_for_ana_and_hers_are_one(desk: Desk, waiting: str):
    digest = digest_now(desk, ANA)
    for _ in range(2):
        say(desk, f"decide {ANA} '{waiting} approve'")
    give(desk, a_reply(digest, f"{waiting} approve", f"Ana <{ANA}>", at=desk.now()))
    votes = [vote for vote in item(desk, waiting).votes if not vote.undone]
    assert [(vote.member, vote.verdict) for vote in votes] == [(ANA, "approve")]


def test_the_operator_cannot_decide_for_ana_what_she_may_not(desk: Desk, waiting: str):
    own = ref_of(desk, give(desk, a_mail(subject="Mine", sender=f"Ana <{ANA}>", authentic=True)))
    say(desk, f"decide {ANA} '{own} approve'")
    assert state(desk, own) == "pending"
    assert not item(desk, own).votes
    assert state(desk, waiting) == "pending"
