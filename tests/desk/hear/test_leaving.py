"""A member leaves, by their own word or the operator's: when, who hears, and that no power of theirs is left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    clock_of,
    digest_now,
    give,
    item,
    later,
    letters,
    octets_of,
    received,
    say,
    text_of,
    worded,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk
from mailproc.review.member import Member
from mailproc.store.database import reading, writing
from mailproc.store.people import digests, members
from mailproc.store.work import journal


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """Ana and Ben decide; Jo's article A-3 waits."""
    with a_desk(tmp_path / "desk") as opened:
        add_member(opened, ANA, "Ana")
        add_member(opened, BEN, "Ben")
        give(opened, a_mail(authentic=True))
        yield opened


def answer(desk: Desk, letter: bytes, text: str, sender: str = ANA, **options: bool) -> int:
    return give(desk, a_reply(letter, text, f"Somebody <{sender}>", at=desk.now(), **options))


def the(desk: Desk, email: str) -> Member:
    with reading(desk.engine) as conn:
        found = members.get(conn, email)
    assert found is not None
    return found


def notices(desk: Desk, email: str) -> list[str]:
    with reading(desk.engine) as conn:
        return [worded(desk, notice.said) for notice in digests.unseen_notices(conn, email)]


def transcript(desk: Desk) -> bytes:
    return octets_of(desk, letters(desk, "member/transcript")[-1])


def told(desk: Desk) -> str:
    return " ".join(text_of(octets_of(desk, letters(desk, "operator/notice")[-1])).split())


def test_a_member_who_resigns_leaves_when_the_time_to_take_it_back_is_over(desk):
    answer(desk, digest_now(desk, ANA), "resign")
    assert the(desk, ANA).state == "active"
    assert "22 November 2026 at 09:15 UTC" in text_of(transcript(desk))
    later(desk, minutes=14)
    assert the(desk, ANA).state == "active"
    later(desk, minutes=1)
    assert the(desk, ANA).state == "resigned"
    assert [letter.to for letter in letters(desk, "member/left")] == [ANA]
    assert notices(desk, BEN) == ["Ana (ana@harbour.example) has left The Harbour Review."]
    assert "Ana (ana@harbour.example) has left" in told(desk)
    assert_same(desk)


def test_it_happens_once_and_the_journal_tells_by_the_due_time(desk):
    answer(desk, digest_now(desk, ANA), "resign")
    later(desk, hours=9)
    later(desk, hours=9)
    assert len(letters(desk, "member/left")) == 1
    with reading(desk.engine) as conn:
        lines = [(line.event, line.after, f"{line.at:%H:%M}") for line in journal.of(conn, f"member:{ANA}")]
    assert lines == [("invite", "active", "09:00"), ("resign", "active", "09:00"), ("leave", "resigned", "09:15")]


@pytest.mark.parametrize("words", ["back", "undo", "Undo, please."])
def test_until_then_one_word_takes_it_back(desk, words):
    answer(desk, digest_now(desk, ANA), "resign")
    answer(desk, transcript(desk), words)
    later(desk, hours=1)
    assert the(desk, ANA).state == "active"
    assert the(desk, ANA).leaves_at is None
    assert "you stay" in text_of(transcript(desk)).lower()
    assert not letters(desk, "member/left")


def test_a_decision_that_was_due_before_its_voter_leaves_stands_however_late_both_are_noticed(desk):
    letter = digest_now(desk, ANA)
    answer(desk, letter, "A-3 approve")
    clock_of(desk).pass_(minutes=1)
    answer(desk, letter, "resign")
    later(desk, hours=9)
    assert the(desk, ANA).state == "resigned"
    assert item(desk, "A-3").item.state == "published"
    assert_same(desk)


def test_afterwards_it_does_not(desk):
    answer(desk, digest_now(desk, ANA), "resign")
    later(desk, minutes=20)
    number = answer(desk, transcript(desk), "undo")
    assert received(desk, number).reason == "not-a-member"
    assert the(desk, ANA).state == "resigned"


def test_resigning_without_proof_is_asked_back_first(desk):
    answer(desk, digest_now(desk, ANA), "resign", authentic=False)
    later(desk, hours=1)
    assert the(desk, ANA).state == "active"
    answer(desk, octets_of(desk, letters(desk, "member/step-up")[-1]), "yes", authentic=False)
    later(desk, hours=1)
    assert the(desk, ANA).state == "resigned"


def test_a_second_resignation_changes_nothing(desk):
    answer(desk, digest_now(desk, ANA), "resign")
    clock_of(desk).pass_(minutes=5)
    answer(desk, digest_now(desk, ANA), "resign")
    assert "already" in text_of(transcript(desk))
    later(desk, minutes=10)
    assert the(desk, ANA).state == "resigned"


def test_of_the_last_member_the_operator_hears_that_nobody_decides(desk):
    for email in (ANA, BEN):
        answer(desk, digest_now(desk, email), "resign", email)
        later(desk, minutes=20)
    assert "Nobody decides any more" in told(desk)


def leave(desk: Desk, deed: str) -> None:
    if deed == "resign":
        answer(desk, digest_now(desk, ANA), "resign")
        later(desk, minutes=20)
    else:
        say(desk, f"{deed} {ANA}")


@pytest.mark.parametrize("deed", ["suspend", "remove", "resign"])
def test_leaving_ends_every_power_for_good(desk, deed):
    """Nor does it come back with the member: old letters may lie anywhere by then."""
    old = digest_now(desk, ANA)
    answer(desk, old, "A-3 reject: no", authentic=False)
    asked = octets_of(desk, letters(desk, "member/step-up")[-1])
    leave(desk, deed)
    for letter, words in ((old, "A-3 approve"), (asked, "yes")):
        assert received(desk, answer(desk, letter, words)).reason == "not-a-member"
    clock_of(desk).pass_(minutes=1)
    say(desk, f"resume {ANA}")
    for letter, words in ((old, "A-3 approve"), (asked, "yes")):
        assert received(desk, answer(desk, letter, words)).reason == "old-letter"
    assert item(desk, "A-3").votes == ()
    answer(desk, digest_now(desk, ANA), "A-3 approve")
    assert [vote.member for vote in item(desk, "A-3").votes] == [ANA]
    assert_same(desk)


@pytest.mark.parametrize("deed", ["suspend", "remove", "resign"])
def test_an_open_vote_leaves_with_its_member(tmp_path, deed):
    with a_desk(tmp_path / "desk", **{"review.article.approvals": 2}) as desk:
        for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
            add_member(desk, email, name)
        number = give(desk, a_mail(authentic=True))
        answer(desk, digest_now(desk, ANA), f"A-{number} approve")
        leave(desk, deed)
        answer(desk, digest_now(desk, BEN), f"A-{number} approve", BEN)
        later(desk, hours=1)
        assert item(desk, f"A-{number}").item.state == "pending", "one of two, for Ana's went with her"


def test_whoever_named_them_as_stand_in_hears(desk):
    with writing(desk.engine) as conn:
        conn.exec_driver_sql("UPDATE members SET stand_in = ? WHERE email = ?", (ANA, BEN))
    say(desk, f"suspend {ANA}")
    assert the(desk, BEN).stand_in == ""
    assert f"Ana ({ANA}) does not stand in for you any more. Please name somebody else." in notices(desk, BEN)
