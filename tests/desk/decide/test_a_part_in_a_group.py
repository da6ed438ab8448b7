"""Conflict of interest, said once: never asked, no vote, shown in the tally, and taken back by a word or by undo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    JO,
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
    ref_of,
    refs_in,
    reminded,
    say,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk

FILE = "North Pier Society"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "desk") as desk:
        for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
            add_member(desk, email, name)
        yield desk


def material(desk: Desk, text: str = "The old pier, a link.\n", sender: str = f"Jo Poole <{JO}>") -> str:
    """A material on the file, waiting."""
    number = give(desk, a_mail(text, sender=sender, to="files@harbour.example", subject=f"For the file {FILE}"))
    ref = ref_of(desk, number)
    assert item(desk, ref).item.group == FILE
    return ref


def article(desk: Desk) -> str:
    return ref_of(desk, give(desk, a_mail(subject="Bread")))


def answer(desk: Desk, email: str, words: str, letter: bytes | None = None) -> str:
    """A member's reply to a letter, their latest digest if none is given; the transcript."""
    letter = letter or octets_of(desk, letters(desk, to=email)[-1])
    clock_of(desk).pass_(minutes=1)
    give(desk, a_reply(letter, words, email, at=desk.now()))
    return " ".join(text_of(octets_of(desk, letters(desk, "member/transcript", email)[-1])).split())


def tally(desk: Desk, email: str, ref: str) -> str:
    """The line on votes in a fresh digest of somebody's."""
    text = " ".join(text_of(digest_now(desk, email)).split())
    return text.partition(f" {ref} ")[2].partition("Votes: ")[2].partition(".")[0]


def test_S128_who_has_a_part_is_not_asked_and_has_no_vote(desk: Desk):
    """catalogue S128: nor do they move an item to another group to vote on it there."""
    ref, other = material(desk), article(desk)
    before = digest_now(desk, BEN)
    assert refs_in(before)[:2] == [ref, other]
    said = answer(desk, BEN, "not me for North Pier", before)
    assert f"You are not asked about {FILE} any more, and have no vote there." in said
    assert ref not in refs_in(digest_now(desk, BEN))
    for words in (f"{ref} approve", f"{ref} sort material Ferry Passengers League"):
        assert "so the others decide" in answer(desk, BEN, words, before)
    assert state(desk, ref) == "pending"
    assert item(desk, ref).votes == ()
    assert "Ben stands aside, with a part in it" in tally(desk, ANA, ref)
    assert "aside" not in tally(desk, ANA, other)


@pytest.mark.parametrize(
    "words",
    [
        "I have a part in North Pier",
        "no soy yo para North Pier",
        "pas moi pour North Pier",
        "ich bin befangen bei North Pier",
        "ho parte in North Pier",
        "tenho parte em North Pier",
        "не я для North Pier",
    ],
)
def test_it_is_said_in_every_language(desk: Desk, words: str):
    ref = material(desk)
    answer(desk, BEN, words, digest_now(desk, BEN))
    assert "Ben stands aside" in tally(desk, ANA, ref)


def test_S128_votes_cast_before_are_taken_back_with_what_they_decided(desk: Desk):
    """catalogue S128: votes before it was said."""
    ref = material(desk)
    letter = digest_now(desk, BEN)
    answer(desk, BEN, f"{ref} approve", letter)
    assert state(desk, ref) == "approved"
    said = answer(desk, BEN, "not me for North Pier", letter)
    assert f"your vote on {ref} is taken back" in said
    assert state(desk, ref) == "pending"
    assert [vote.undone for vote in item(desk, ref).votes] == [True]
    later(desk, minutes=20)
    assert not letters(desk, "author/gathered")
    assert_same(desk)


def test_S129_nobody_says_it_in_a_members_name(desk: Desk):
    """catalogue S129: a reply that is not proven changes nothing; the registered address is asked."""
    ref = material(desk)
    letter = digest_now(desk, BEN)
    give(desk, a_reply(letter, "not me for North Pier", BEN, authentic=False, at=desk.now()))
    assert ref in refs_in(digest_now(desk, BEN))
    asked = letters(desk, "member/step-up", BEN)[-1]
    assert f"To say that you have a part in {FILE}" in text_of(octets_of(desk, asked))
    give(desk, a_reply(octets_of(desk, asked), "yes", BEN, at=desk.now()))
    assert "Ben stands aside" in tally(desk, ANA, ref)


def test_in_one_reply_it_counts_before_the_votes(desk: Desk):
    ref, other = material(desk), article(desk)
    answer(desk, BEN, "all approve\n\nnot me for North Pier", digest_now(desk, BEN))
    assert (state(desk, ref), state(desk, other)) == ("pending", "approved")


def test_approvals_that_are_needed_count_without_them(tmp_path: Path):
    options = {"review.material.approvals": 2, "review.material.veto": False}
    with a_desk(tmp_path / "desk", **options) as desk:
        add_member(desk, ANA, "Ana")
        add_member(desk, BEN, "Ben")
        ref = material(desk)
        answer(desk, ANA, f"{ref} approve", digest_now(desk, ANA))
        assert state(desk, ref) == "pending"
        answer(desk, BEN, "not me for North Pier", digest_now(desk, BEN))
        assert state(desk, ref) == "approved"


@pytest.mark.parametrize("words", ["me again for North Pier", "wieder ich für North Pier", "undo"])
def test_it_is_taken_back_by_a_word_and_by_undo(desk: Desk, words: str):
    ref = material(desk)
    answer(desk, BEN, "not me for North Pier", digest_now(desk, BEN))
    said = answer(desk, BEN, words, octets_of(desk, letters(desk, "member/transcript", BEN)[-1]))
    assert f"You are asked about {FILE} again" in said
    letter = digest_now(desk, BEN)
    assert ref in refs_in(letter)
    answer(desk, BEN, f"{ref} approve", letter)
    assert state(desk, ref) == "approved"


def test_the_operator_hears_where_nobody_is_left(desk: Desk):
    ref = material(desk)
    for email in (ANA, BEN, CLEO):
        assert not [each for each in letters(desk, "operator/notice") if ref in each.listed]
        answer(desk, email, "not me for North Pier", digest_now(desk, email))
        later(desk, minutes=1)
    (told,) = [each for each in letters(desk, "operator/notice") if ref in each.listed]
    assert "nobody can decide" in told.subject


def test_they_get_no_reminder_and_no_letter_at_once(desk: Desk):
    answer(desk, BEN, "not me for North Pier\nat once", digest_now_of_anything(desk, BEN))
    ref = material(desk)
    later(desk, minutes=5)
    clock_of(desk).pass_(days=4)
    reminded(desk)
    assert ref in letters(desk, "member/reminder", ANA)[-1].listed
    assert not any(ref in each.listed for each in letters(desk, to=BEN))


def digest_now_of_anything(desk: Desk, email: str) -> bytes:
    article(desk)
    return digest_now(desk, email)


def test_it_stays_for_what_comes_and_goes_with_nothing_else(desk: Desk):
    answer(desk, BEN, "not me for North Pier", digest_now_of_anything(desk, BEN))
    ref = material(desk)
    assert ref not in refs_in(digest_now(desk, BEN))
    clock_of(desk).pass_(hours=1)
    assert ref in refs_in(digest_now(desk, CLEO))
    again = answer(desk, BEN, "not me for North Pier", digest_now(desk, BEN))
    assert "You have said so already" in again
    assert timedelta(0) < desk.now() - item(desk, ref).item.received_at


def test_topics_put_a_member_first_and_undo_takes_them_back(tmp_path: Path):
    with a_desk(tmp_path / "desk", **{"review.ask": 1}) as desk:
        for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
            add_member(desk, email, name)
        article(desk)
        later(desk, minutes=1)
        said = answer(desk, CLEO, "ask me for trams, history", letter_to(desk, CLEO))
        assert "You are asked first about trams and history." in said
        about = ref_of(desk, give(desk, a_mail("A tram came, and a history.\n", subject="Lantern Street")))
        later(desk, minutes=1)
        assert before(desk, about) == [CLEO]
        transcript = octets_of(desk, letters(desk, "member/transcript", CLEO)[-1])
        assert "You are asked in your turn" in answer(desk, CLEO, "undo", transcript)
        again = ref_of(desk, give(desk, a_mail("A tram went, and another history of it.\n", subject="Notes")))
        later(desk, minutes=1)
        assert before(desk, again) != [CLEO]
        assert_same(desk)


def letter_to(desk: Desk, email: str) -> bytes:
    """A letter of any sort that they may answer."""
    say(desk, f"digest {email}")
    found = letters(desk, "member/digest", email)
    if not found:
        give(desk, a_mail("digest\n", sender=email, to="desk@harbour.example", authentic=True, at=desk.now()))
        found = letters(desk, "member/digest", email)
    return octets_of(desk, found[-1])


def before(desk: Desk, ref: str) -> list[str]:
    """Before whom it was put, in order."""
    return [line.words for line in item(desk, ref).journal if line.event == "put before"]
