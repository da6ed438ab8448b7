"""Two members answer the same digest at the same time: both mails are there before either had its turn.

Whoever comes first in the queue, the outcome is the one that the policy gives for both votes; the author hears once, of
what came of it, and each member reads what their own reply did. The same through two processes that serve one queue.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    JO,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    give,
    item,
    keep,
    later,
    letters,
    octets_of,
    ref_of,
    run_here,
    run_process,
    say,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.ground.books import clock
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.verify import verify
from mailproc.desk.serve.process import work

WHO = {ANA: f"Ana <{ANA}>", BEN: f"Ben <{BEN}>"}
RECEIPT = "author/receipt-article"
EITHER_FIRST = pytest.mark.parametrize("first", [ANA, BEN])

AGAINST = [  # what Ana says, what Ben says, what becomes of it, and what the author hears at last
    ("approve", "approve", "published", "author/published"),
    ("reject: too long", "reject: too long", "rejected", "author/rejected"),
    ("approve", "reject: We ran this in spring.", "rejected", "author/rejected"),
    ("approve", "approve but shorten it", "published", "author/published"),
]


@pytest.fixture
def two(desk: Desk) -> Desk:
    """The desk with two members, each with a digest in hand of the one article that waits."""
    with_digests(desk, 1)
    return desk


def with_digests(desk: Desk, articles: int) -> list[str]:
    """Two members, some articles, and a digest for each; the references."""
    for email, who in WHO.items():
        add_member(desk, email, who.partition(" ")[0])
    mails = [a_mail(f"It was {n} minutes late.\n", subject=f"The tram, {n}", authentic=True) for n in range(articles)]
    refs = [ref_of(desk, give(desk, mail)) for mail in mails]
    say(desk, "digest")
    return refs


def the_one(desk: Desk) -> str:
    """The reference of the one article."""
    (letter,) = letters(desk, RECEIPT)
    assert letter.ref is not None
    return letter.ref


def an_answer(desk: Desk, email: str, text: str) -> bytes:
    digest = octets_of(desk, letters(desk, "member/digest", email)[-1])
    return a_reply(digest, text, WHO[email], at=desk.now())


def both_arrive(desk: Desk, first: str, said: dict[str, str]) -> None:
    """Both are received, and only then is the queue served."""
    ref = the_one(desk)
    for email in sorted(said, key=lambda each: each != first):
        keep(desk, an_answer(desk, email, f"{ref} {said[email]}"))
    work(desk)


def transcript(desk: Desk, email: str) -> str:
    (letter,) = letters(desk, "member/transcript", email)
    return text_of(octets_of(desk, letter))


@EITHER_FIRST
@pytest.mark.parametrize(("ana", "ben", "outcome", "heard"), AGAINST)
def test_whoever_comes_first_the_policy_decides_on_both_votes(
    two: Desk, first: str, ana: str, ben: str, outcome: str, heard: str
):
    """Issue 4, show 5: two replies crossing."""
    ref = the_one(two)
    both_arrive(two, first, {ANA: ana, BEN: ben})
    later(two, minutes=16)
    assert state(two, ref) == outcome
    assert [letter.template for letter in letters(two, to=JO)] == [RECEIPT, heard], "one word, of what came of it"
    for email in WHO:
        assert ref in transcript(two, email)
    assert_same(two)
    assert verify(two).findings == []


@EITHER_FIRST
def test_both_votes_stand_in_the_item_whoever_comes_first(two: Desk, first: str):
    ref = the_one(two)
    both_arrive(two, first, {ANA: "approve", BEN: "approve"})
    assert {(vote.member, vote.verdict) for vote in item(two, ref).votes} == {(ANA, "approve"), (BEN, "approve")}


def test_a_hold_and_an_approval_that_cross_end_in_the_later_one(two: Desk):
    """A hold is no vote: it ends nothing, and a vote that comes after it decides."""
    ref = the_one(two)
    both_arrive(two, BEN, {ANA: "approve", BEN: "hold"})
    assert state(two, ref) == "approved"
    assert "hold" in [line.event for line in item(two, ref).journal]


def test_where_nothing_settles_the_second_learns_of_the_first(open_desks: Callable[..., Desk]):
    desk = open_desks("hasty", **{"review.undo": "0s"})
    (ref,) = with_digests(desk, 1)
    keep(desk, an_answer(desk, ANA, f"{ref} approve"))
    keep(desk, an_answer(desk, BEN, f"{ref} reject"))
    work(desk)
    assert state(desk, ref) == "published"
    assert [letter.template for letter in letters(desk, to=JO)] == [RECEIPT, "author/published"]
    assert "Ana" in transcript(desk, BEN), "who did, and that there is nothing more to do"
    assert [vote.member for vote in item(desk, ref).votes] == [ANA]
    assert_same(desk)


ARTICLES = 4


@pytest.mark.parametrize("ben", ["approve", "reject: We ran this in spring."])
def test_two_processes_serve_the_queue_and_nothing_happens_twice(tmp_path: Path, ben: str):
    with a_desk(tmp_path / "desk", clock()) as desk:  # the processes know no other
        refs = with_digests(desk, ARTICLES)
        for email, words in ((ANA, "approve"), (BEN, ben)):
            for ref in refs:  # a mail for each item, so that the processes really have something to share
                keep(desk, an_answer(desk, email, f"{ref} {words}"))
        config = desk.config.folder / "config.toml"
        with ThreadPoolExecutor(2) as pool:
            ran = list(pool.map(lambda _: run_process("work", config=config), range(2)))
        assert [each.status for each in ran] == [0, 0], ran
        rows = run_here("received", "list", "--json", config=config).json
        assert {row["state"] for row in rows} == {"processed"}
        decided = "approved" if ben == "approve" else "rejected"
        assert {ref: state(desk, ref) for ref in refs} == dict.fromkeys(refs, decided)
        for ref in refs:
            assert {vote.member for vote in item(desk, ref).votes} == {ANA, BEN}
            events = [line.event for line in item(desk, ref).journal]
            assert events.count("vote") == 2
        for email in WHO:
            told = [text_of(octets_of(desk, each)) for each in letters(desk, "member/transcript", email)]
            assert [sum(f"- {ref} " in text for text in told) for ref in refs] == [1] * ARTICLES
        assert_same(desk)
        assert verify(desk).findings == []
