"""What letters say is so, and what they propose works when it is typed: found by reading them as a member would."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    entry_of,
    give,
    later,
    letters,
    octets_of,
    ref_of,
    reminded,
    state,
    text_of,
)

from mailproc.desk.carry.deliver import deliver
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work

JO = "Jo Poole <jo@poole.example>"


@pytest.fixture
def three(desk: Desk) -> Desk:
    """A desk where Ana, Ben and Cleo decide."""
    for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
        add_member(desk, email, name)
    return desk


def an_article(desk: Desk, title: str = "The tram") -> str:
    ref = ref_of(desk, give(desk, a_mail(f"{title} was late.\n", subject=title, authentic=True, at=desk.now())))
    work(desk)
    return ref


def tells(desk: Desk, email: str, text: str) -> str:
    """The member answers their last digest, or one that they get now; the transcript in one line, "" if none came."""
    if not letters(desk, "member/digest", email):
        digest_now(desk, email)
    digest = octets_of(desk, letters(desk, "member/digest", email)[-1])
    number = give(desk, a_reply(digest, text, email, at=desk.now()))
    found = [each for each in entry_of(desk, number).letters if each.template == "member/transcript"]
    return " ".join(text_of((desk.outbox / found[0].path).read_bytes()).split()) if found else ""


def published(desk: Desk, email: str = ANA) -> str:
    ref = an_article(desk)
    tells(desk, email, f"{ref} approve")
    later(desk, minutes=20)
    assert state(desk, ref) == "published"
    return ref


def the_author_says(desk: Desk, text: str) -> None:
    letter = octets_of(desk, letters(desk, "author/published")[-1])
    give(desk, a_reply(letter, text, JO, at=desk.now()))
    work(desk)


# One mail, several words about oneself


def test_back_and_a_vote_in_one_mail_both_count_in_either_order(three):
    ref, other = an_article(three), an_article(three, "The gulls")
    digest_now(three, ANA)
    for text, decided in ((f"back\n{ref} approve", ref), (f"{other} approve\nback", other)):
        tells(three, ANA, "away")
        assert "you are away" not in tells(three, ANA, text)
        assert state(three, decided) == "approved"


def test_who_goes_away_votes_first_whatever_stands_on_top(three):
    ref = an_article(three)
    said = tells(three, ANA, f"away until 2026-12-24\n{ref} approve")
    assert state(three, ref) == "approved"
    assert "You are away until Thursday 24 December" in said


def test_hours_are_told_by_the_clock_that_the_same_mail_named(three):
    an_article(three)
    said = tells(three, ANA, "time zone America/New_York\nquiet 22:00-07:00\ndaily 18:00")
    assert "from 22:00 to 07:00 (America/New_York)" in said
    assert "at 18:00 (America/New_York)" in said


def test_who_wants_transcripts_again_gets_one_at_once(three):
    an_article(three)
    assert "We write back only where" in tells(three, ANA, "silent")
    assert "A letter tells you what each of your replies did" in tells(three, ANA, "transcripts")


@pytest.mark.parametrize("words", ["stand-in nobody", "quiet never", "time zone UTC", "transcripts", "daily"])
def test_what_was_so_before_needs_no_way_back(three, words):
    an_article(three)
    said = tells(three, ANA, words)
    assert "What was done" in said
    assert "take it back" not in said


@pytest.mark.parametrize(("said", "zone"), [("Lisbon", "Europe/Lisbon"), ("New York", "America/New_York")])
def test_a_city_names_its_time_zone(three, said, zone):
    an_article(three)
    assert f"those of {zone}" in tells(three, ANA, f"time zone {said}")


# Asking


def test_status_without_a_reference_tells_of_all(three):
    ref, other = an_article(three), an_article(three, "The gulls")
    assert tells(three, ANA, "status") == "", "the list is the answer"
    listed = " ".join(text_of(octets_of(three, letters(three, "member/list")[-1])).split())
    assert f"{ref} article The tram" in listed
    assert f"{other} article The gulls" in listed


@pytest.mark.parametrize("verb", ["show", "status"])
def test_what_is_not_there_is_not_called_no_word(three, verb):
    an_article(three)
    said = tells(three, ANA, f"{verb} A-999")
    assert "A-999: there is no such item" in said
    assert "no word of yours" not in said


def test_status_says_what_an_item_waits_for(three):
    ref = an_article(three)
    assert "it waits for a word of the members; votes: none yet; one is needed" in tells(three, ANA, f"status {ref}")
    tells(three, ANA, f"{ref} approve")
    assert "approved by you on 22 November 2026" in tells(three, ANA, f"status {ref}")


def test_a_published_item_that_is_shown_does_not_wait(three):
    ref = published(three)
    tells(three, ANA, f"show {ref}")
    shown = text_of(octets_of(three, letters(three, "member/item")[-1]))
    assert "This was approved by Ana on 22 November 2026" in " ".join(shown.split())
    assert "Waiting" not in shown
    assert "takes effect" not in shown


def test_a_hint_says_words_that_people_say(three):
    ref = an_article(three)
    an_article(three, "The gulls")
    assert f'"{ref} not me"' in tells(three, ANA, "not me")


# Undoing


def test_a_vote_that_is_noted_can_be_taken_back_and_the_letter_says_how(
    open_desks: Callable[..., Desk],
):
    desk = open_desks(**{"review.article.approvals": 2})
    for email in (ANA, BEN):
        add_member(desk, email)
    ref = an_article(desk)
    said = tells(desk, ANA, f"{ref} approve")
    assert "noted: 1 of 2 approvals" in said
    assert 'reply "undo" and its reference' in said
    assert "the vote is taken back: no votes yet" in tells(desk, ANA, f"undo {ref}")


@pytest.mark.parametrize(("motion", "asks"), [("withdraw", "reject"), ("version\n\nAnother text.", "replace")])
def test_what_came_of_a_motion_cannot_be_undone_later_and_no_letter_says_so(three, motion, asks):
    an_article(three, "The gulls")
    tells(three, BEN, "at once")
    ref = published(three)
    the_author_says(three, motion)
    single = text_of(octets_of(three, letters(three, "member/single", BEN)[-1]))
    assert letters(three, "member/single", BEN)[-1].subject.endswith(f"A word of yours is asked for: The tram ({ref})")
    assert "or later" not in single
    tells(three, CLEO, f"{ref} {asks}")
    later(three, minutes=20)
    outcomes = [octets_of(three, each) for each in letters(three, "member/outcome", BEN) if each.ref == ref]
    assert not any("or later" in text_of(each) for each in outcomes[-1:])
    said = tells(three, CLEO, f"undo {ref}")
    assert "decided by more than one" not in said
    assert "too late to undo: it is approved by Ana on 22 November 2026 at 09:00 UTC, and published" in said
    assert f"to take it down, write “retract {ref}”" in said
    assert state(three, ref) == "published"


def test_a_motion_s_end_is_told_once(three):
    an_article(three, "The gulls")
    tells(three, BEN, "at once")
    ref = published(three)
    the_author_says(three, "withdraw")
    before = len(letters(three, "member/outcome", BEN))
    tells(three, CLEO, f"{ref} reject")
    later(three, minutes=20)
    assert len(letters(three, "member/outcome", BEN)) == before + 1


def test_who_approves_a_motion_reads_whose_it_is(three):
    ref = published(three)
    the_author_says(three, "withdraw")
    assert f"its author asks to take it down; for it, write “retract {ref}”" in tells(three, CLEO, f"{ref} approve")


def test_a_vote_on_a_motion_that_is_taken_back_is_not_called_noted(three):
    ref = published(three)
    tells(three, ANA, f"{ref} retract")
    tells(three, CLEO, f"{ref} retract")
    said = tells(three, ANA, f"undo {ref}")
    assert "the vote is taken back; it comes down on" in said
    assert "undo" not in said


# What nobody objected to


def test_what_nobody_objected_to_is_not_called_a_decision_of_others(open_desks: Callable[..., Desk]):
    desk = open_desks(**{"review.article.silence": "3d", "review.article.approvals": 2})
    for email in (ANA, BEN):
        add_member(desk, email)
    ref = an_article(desk)
    while state(desk, ref) != "approved":
        later(desk, minutes=30)
        reminded(desk)
        deliver(desk)
    letter = " ".join(text_of(digest_now(desk, ANA)).split())
    assert "because nobody objected" in letter
    assert "others have" not in letter
    assert "Votes: none, and none is needed." in letter
