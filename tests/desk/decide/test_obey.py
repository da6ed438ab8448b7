"""Doing what a member said: every verb on every item in every state is done, or not done with the reason in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from build import ANA, BEN, CLEO, JO, START, a_desk, a_mail, add_member, give, item, later, letters, say, state, worded

from mailproc.desk.decide.obey import VERBS, obey
from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker
from mailproc.kinds.every import KINDS, ref_of
from mailproc.message.model import Address, Envelope
from mailproc.phrase import Phrase
from mailproc.review.reply.command import Command
from mailproc.store.database import writing
from mailproc.store.mail import received as rows
from mailproc.store.people import members
from mailproc.store.work import items, votes
from mailproc.workflow import machine
from mailproc.workflow.entry import Entry
from mailproc.workflow.item import Item
from mailproc.workflow.received import Received

AT = START + timedelta(days=1)
TURN = 10_000
WORDS = {"ask": "Which pier?", "note": "I know her.", "reject": "Too long."}


@contextmanager
def a_turn(desk: Desk) -> Iterator[Turn]:
    """A turn that leaves no trace."""
    entry = Entry(TURN, TURN, AT, "operator:test", Envelope(), "", "processed", "command", "", "")
    with writing(desk.engine) as conn:
        yield Turn(desk, conn, entry)
        conn.rollback()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with Ana and Ben, and one item of each kind."""
    with a_desk(tmp_path_factory.mktemp("obey") / "desk", **{"review.article.approvals": 2}) as opened:
        add_member(opened, ANA, "Ana")
        add_member(opened, BEN, "Ben")
        with writing(opened.engine) as conn:
            for number in (500, 600, TURN):
                rows.add(conn, Received(number, f"file:{number}", START, Envelope(), 0, 0, "", state="processed"))
            for kind in KINDS:
                items.insert(conn, an_item(kind))
        yield opened


def an_item(kind: str) -> Item:
    return Item(
        kind=kind,
        number=500,
        state=KINDS[kind].initial,
        title="The pier",
        author=Address("Jo Poole", JO),
        authenticated=True,
        received_at=START,
        waiting_since=START,
        text="Closed.",
        group="North Pier Society" if kind == "material" else None,
    )


def put(turn: Turn, kind: str, **changed: object) -> Item:
    found = items.get(turn.conn, ref_of(kind, 500))
    assert found is not None
    after = replace(found, **changed)
    items.replace(turn.conn, after.ref, after)
    turn._items.clear()  # what a turn knows of items is what happened in it
    return after


def does(turn: Turn, verb: str, ref: str, by: str = ANA, argument: str = "", words: str | None = None) -> Outcome:
    member = members.get(turn.conn, by)
    assert member is not None
    said = WORDS.get(verb, "") if words is None else words
    [outcome] = obey(turn, Speaker(member), Command(verb, (ref,), said, argument, f"{verb} {ref}"))
    return outcome


def situations() -> Iterator[tuple[str, str, bool]]:
    """(kind, state, settled) of everything that can be met."""
    for kind in KINDS:
        for state_ in KINDS[kind].states:
            yield kind, state_, True
            if state_ in machine.SETTLING:
                yield kind, state_, False


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_what_is_done_happened_and_what_is_not_done_says_why(desk, verb):
    for kind, state_, settled in situations():
        with a_turn(desk) as turn:
            before = put(turn, kind, state=state_, settles_at=None if settled else AT + timedelta(minutes=10))
            outcome = does(turn, verb, before.ref, argument="article news" if kind != "article" else "enquiry")
            where = (kind, state_, settled, outcome)
            assert worded(desk, outcome.words), where
            assert outcome.title == "The pier", where
            assert outcome.done is bool(turn.events), where
            if not outcome.done:
                assert items.get(turn.conn, before.ref) == before, where
                assert votes.of(turn.conn, before.ref) == [], where
                assert " " in worded(desk, outcome.words), where
                assert not outcome.undo, where


@pytest.mark.parametrize("verb", ["approve", "reject"])
@pytest.mark.parametrize("kind", ["enquiry", "unsorted"])
def test_what_is_not_voted_on_gets_no_vote_and_a_word_on_what_would_work(desk, verb, kind):
    with a_turn(desk) as turn:
        outcome = does(turn, verb, ref_of(kind, 500))
        assert not outcome.done
        assert "sort" in worded(desk, outcome.words)


@pytest.mark.parametrize("kind", ["article", "material", "membership"])
@pytest.mark.parametrize("verb", ["approve", "reject", "hold", "ask", "discard", "undo"])
def test_nobody_decides_on_their_own_item(desk, kind, verb):
    with a_turn(desk) as turn:
        put(turn, kind, author=Address("Ana", ANA))
        outcome = does(turn, verb, ref_of(kind, 500))
        assert not outcome.done
        assert outcome.words == Phrase("refused/own-item")
        assert not turn.events


def test_another_address_of_the_author_is_the_author_too(desk):
    with a_turn(desk) as turn:
        put(turn, "article", author=Address("A.", "Ana@HARBOUR.example"), state="pending")
        assert does(turn, "approve", "A-500").words == Phrase("refused/own-item")


def test_a_note_on_ones_own_item_is_no_decision(desk):
    with a_turn(desk) as turn:
        put(turn, "article", author=Address("Ana", ANA))
        assert does(turn, "note", "A-500").done


def test_an_item_that_is_not_there_is_said_to_be_not_there(desk):
    with a_turn(desk) as turn:
        assert does(turn, "approve", "A-77") == Outcome("A-77", "", done=False, words=Phrase("refused/no-item"))


def test_a_vote_too_late_hears_who_decided_and_when(desk):
    with a_turn(desk) as turn:
        put(turn, "article", state="pending")
        does(turn, "discard", "A-500", by=BEN)
        put(turn, "article", state="discarded", settles_at=None)
        outcome = does(turn, "approve", "A-500")
        assert not outcome.done
        assert worded(desk, outcome.words) == "already discarded by Ben on 23 November 2026 at 09:00 UTC"


@pytest.mark.parametrize("verb", ["hold", "discard", "ask"])
def test_one_members_word_too_late_hears_the_same(desk, verb):
    with a_turn(desk) as turn:
        put(turn, "material", state="pending")
        for who in (ANA,):
            does(turn, "reject", "F-500", by=who)
        put(turn, "material", state="rejected", settles_at=None)
        outcome = does(turn, verb, "F-500", by=BEN)
        assert not outcome.done
        cure = ", so it is too late to hold it; to have it wait again, write “undo F-500”" if verb == "hold" else ""
        assert worded(desk, outcome.words) == f"already rejected by Ana on 23 November 2026 at 09:00 UTC{cure}"


def test_material_without_a_group_file_is_not_approved(desk):
    with a_turn(desk) as turn:
        put(turn, "material", group=None)
        outcome = does(turn, "approve", "F-500")
        assert not outcome.done
        assert "sort F-500 material" in worded(desk, outcome.words)
        assert does(turn, "reject", "F-500").done


def test_sorting_into_a_group_file_that_is_not_there_is_refused(desk):
    with a_turn(desk) as turn:
        outcome = does(turn, "sort", "F-500", argument="material Nowhere Ltd")
        assert not outcome.done
        assert outcome.words == Phrase("refused/no-such-group", {"group": "Nowhere Ltd"})


def test_an_item_awaiting_its_author_may_be_rejected_but_not_approved(desk):
    with a_turn(desk) as turn:
        put(turn, "article", state="awaiting_author", question="Which pier?")
        assert does(turn, "approve", "A-500").words == Phrase("refused/awaits-author")
    with a_turn(desk) as turn:
        put(turn, "material", state="awaiting_author", question="Which pier?")
        assert does(turn, "reject", "F-500").done
        assert items.get(turn.conn, "F-500").state == "rejected"  # type: ignore[union-attr]


def test_a_sorted_item_keeps_its_old_reference_and_is_told_by_its_new_one(desk):
    with a_turn(desk) as turn:
        items.insert(turn.conn, replace(an_item("unsorted"), number=600))
        outcome = does(turn, "sort", "U-600", argument="article humour")
        assert (outcome.ref, outcome.done) == ("A-600", True)
        after = items.get(turn.conn, "U-600")
        assert after is not None
        assert (after.ref, after.refs, after.section, after.state) == ("A-600", ("A-600", "U-600"), "humour", "pending")


def test_what_was_sorted_by_mistake_is_sorted_back(desk):
    with a_turn(desk) as turn:
        items.insert(turn.conn, replace(an_item("article"), number=600))
        assert does(turn, "sort", "A-600", argument="material").ref == "F-600"
        assert does(turn, "sort", "F-600", argument="article").ref == "A-600"
        assert turn.item("F-600") == items.get(turn.conn, "A-600"), "the turn knows it as it is kept"
        assert items.get(turn.conn, "A-600").refs == ("A-600", "F-600")  # type: ignore[union-attr]


def test_what_its_mail_opened_beside_it_is_another_item(desk):
    with a_turn(desk) as turn:
        items.insert(turn.conn, replace(an_item("article"), number=600))
        items.insert(turn.conn, replace(an_item("material"), number=600))
        outcome = does(turn, "sort", "F-600", argument="article")
        assert outcome.words == Phrase("refused/opened", {"ref": "A-600"})


def test_a_section_alone_changes_neither_reference_nor_votes(desk):
    with a_turn(desk) as turn:
        put(turn, "article", state="pending")
        does(turn, "approve", "A-500", by=BEN)
        outcome = does(turn, "sort", "A-500", argument="article humour")
        assert "still names it" not in worded(desk, outcome.words)
        assert [vote.member for vote in votes.of(turn.conn, "A-500")] == [BEN]


# Through the command line's own door, as days go by


@pytest.fixture
def busy(tmp_path) -> Iterator[Desk]:
    """Three members and an article that needs two approvals."""
    with a_desk(tmp_path / "desk", **{"review.article.approvals": 2}) as opened:
        for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
            add_member(opened, email, name)
        give(opened, a_mail(authentic=True))
        yield opened


def decide(desk: Desk, email: str, words: str) -> str:
    """The reason of the entry: all-done or not-all-done."""
    return say(desk, f'decide {email} "{words}"').reason


def the_article(desk: Desk) -> str:
    return next(ref for ref in (f"A-{n}" for n in range(1, 20)) if _there(desk, ref))


def _there(desk: Desk, ref: str) -> bool:
    try:
        return bool(item(desk, ref))
    except Exception:  # noqa: BLE001 - an unknown reference is the answer
        return False


def test_a_veto_before_settling_decides_anew(busy):
    ref = the_article(busy)
    assert decide(busy, ANA, f"{ref} approve") == "all-done"
    assert state(busy, ref) == "pending"
    decide(busy, BEN, f"{ref} approve")
    assert state(busy, ref) == "approved"
    decide(busy, CLEO, f"{ref} reject: no sources")
    assert state(busy, ref) == "rejected"
    later(busy, minutes=20)
    [letter] = letters(busy, "author/rejected")
    assert letter.to == JO


def test_a_changed_vote_opens_the_ballot_again(busy):
    ref = the_article(busy)
    decide(busy, ANA, f"{ref} approve")
    decide(busy, BEN, f"{ref} approve")
    decide(busy, BEN, f"undo {ref}")
    assert state(busy, ref) == "pending"
    assert item(busy, ref).item.settles_at is None


def test_one_members_decision_may_be_undone_by_another(busy):
    ref = the_article(busy)
    decide(busy, ANA, f"{ref} discard")
    assert state(busy, ref) == "discarded"
    assert decide(busy, BEN, f"undo {ref}") == "all-done"
    assert state(busy, ref) == "pending"


def test_an_undone_discard_decides_nothing_by_the_votes_of_before(busy):
    ref = the_article(busy)
    decide(busy, ANA, f"{ref} approve")
    decide(busy, BEN, f"{ref} approve")
    decide(busy, CLEO, f"{ref} discard")
    assert decide(busy, ANA, f"{ref} approve") == "not-all-done", "a vote that would change nothing is not noted"
    decide(busy, CLEO, f"undo {ref}")
    assert state(busy, ref) == "pending"
    assert item(busy, ref).votes == ()
    later(busy, minutes=20)
    assert state(busy, ref) == "pending"


def test_after_settling_undo_takes_down_what_was_published_and_it_waits_again(busy):
    ref = the_article(busy)
    decide(busy, ANA, f"{ref} approve")
    decide(busy, BEN, f"{ref} approve")
    later(busy, minutes=20)
    assert state(busy, ref) == "published"
    assert decide(busy, CLEO, f"undo {ref}") == "not-all-done", "she has no vote on it, and two decided"
    assert decide(busy, BEN, f"undo {ref}") == "all-done"
    assert state(busy, ref) == "pending"
    later(busy, minutes=1)
    assert [letter.to for letter in letters(busy, "author/recalled")] == [JO]


def test_after_settling_undo_reopens_a_rejection_with_history(busy):
    ref = the_article(busy)
    decide(busy, ANA, f"{ref} reject")
    later(busy, minutes=20)
    decide(busy, ANA, f"undo {ref}")
    whole = item(busy, ref)
    assert whole.item.state == "pending"
    assert "reject" in [line.event for line in whole.journal]
    assert len(letters(busy, "author/reopened")) == 1


def test_a_decision_in_the_second_of_an_earlier_one_settles_too(tmp_path):
    """With `undo = "0s"` and a clock that stands still both decisions are due at one time; each takes effect."""
    with a_desk(tmp_path / "desk", **{"review.undo": "0s"}) as desk:
        add_member(desk, ANA, "Ana")
        ref = f"A-{give(desk, a_mail(authentic=True))}"
        for _ in range(2):
            decide(desk, ANA, f"{ref} reject")
            later(desk)
            assert item(desk, ref).item.settles_at is None
            decide(desk, ANA, f"undo {ref}")
            assert state(desk, ref) == "pending"
