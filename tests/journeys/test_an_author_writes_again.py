"""What authors do with a later mail: answer, add, ask where it stands, withdraw, send another text, show its extent."""

from __future__ import annotations

import pytest
from build import (
    ANA,
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
    received,
    ref_of,
    say,
    state,
    text_of,
)

from mailproc.desk.ground.wire import Desk
from mailproc.message.model import Envelope

AUTHOR = f"Jo Poole <{JO}>"


@pytest.fixture
def members(desk: Desk) -> Desk:
    add_member(desk, ANA, "Ana")
    return desk


def an_article(desk: Desk, text: str = "The tram was late.\n") -> str:
    return ref_of(desk, give(desk, a_mail(text, authentic=True)))


def answers(desk: Desk, template: str, text: str, *, authentic: bool = False, sender: str = AUTHOR) -> int:
    """The author answers the last letter of that template."""
    letter = octets_of(desk, letters(desk, template)[-1])
    return give(desk, a_reply(letter, text, sender, authentic=authentic, at=desk.now()))


def decides(desk: Desk, line: str) -> None:
    say(desk, f"decide {ANA} '{line}'")


def heard(desk: Desk) -> list[str]:
    return [letter.template for letter in letters(desk, to=JO)]


def test_a_question_is_answered_and_the_item_waits_for_members_again(members: Desk):
    ref = an_article(members)
    give(members, a_reply(digest_now(members, ANA), f"{ref} ask Which tram was it?", f"Ana <{ANA}>"))
    assert state(members, ref) == "awaiting_author"
    assert "Which tram was it?" in text_of(octets_of(members, letters(members, "author/question", JO)[0]))
    answers(members, "author/question", "It was the number 4.")
    assert state(members, ref) == "pending"
    assert item(members, ref).item.text == "The tram was late.\n"
    assert "It was the number 4." in text_of(digest_now(members, ANA))


def test_words_without_a_verb_are_added_and_change_neither_text_nor_votes(members: Desk):
    ref = an_article(members)
    decides(members, f"{ref} approve")
    answers(members, "author/receipt-article", "One more thing: it was the number 4.")
    assert state(members, ref) == "approved"
    assert item(members, ref).item.text == "The tram was late.\n"
    assert [vote.undone for vote in item(members, ref).votes] == [False]


def test_a_line_approve_from_an_author_approves_nothing(members: Desk):
    ref = an_article(members)
    answers(members, "author/receipt-article", f"{ref} approve", authentic=True)
    answers(members, "author/receipt-article", "approve", authentic=True)
    assert state(members, ref) == "pending"
    assert not item(members, ref).votes


def test_the_author_withdraws_while_a_decision_settles(members: Desk):
    ref = an_article(members)
    decides(members, f"{ref} approve")
    answers(members, "author/receipt-article", "withdraw")
    assert state(members, ref) == "withdrawn"
    later(members, days=1)
    assert state(members, ref) == "withdrawn"
    assert heard(members) == ["author/receipt-article", "author/withdrawn"]
    assert not any(members.config.storage.published.glob("articles/*/*"))


def test_status_goes_to_the_authors_address_only(members: Desk):
    ref = an_article(members)
    answers(members, "author/receipt-article", "status?")
    (letter,) = letters(members, "author/status")
    assert letter.to == JO
    assert ref in text_of(octets_of(members, letter))
    answers(members, "author/receipt-article", "status", sender="Mallory <mallory@elsewhere.example>")
    assert not letters(members, to="mallory@elsewhere.example") or all(
        letter.template != "author/status" for letter in letters(members, to="mallory@elsewhere.example")
    )
    assert state(members, ref) == "pending"


def test_who_claims_to_be_the_author_is_asked_at_the_authors_address(members: Desk):
    ref = an_article(members)
    forged = a_mail(f"{ref} withdraw\n", subject=f"{ref} withdraw", to="desk@harbour.example")
    give(members, forged, Envelope(JO, ("desk@harbour.example",)))
    assert state(members, ref) == "pending"
    (asked,) = letters(members, "author/confirm")
    assert asked.to == JO
    answers(members, "author/confirm", "yes")
    assert state(members, ref) == "withdrawn"


def test_an_authenticated_author_withdraws_without_a_letters_secret(members: Desk):
    ref = an_article(members)
    give(members, a_mail(f"{ref} withdraw\n", subject="My article", to="desk@harbour.example", authentic=True))
    assert state(members, ref) == "withdrawn"
    assert not letters(members, "author/confirm")


def test_a_stranger_withdraws_nothing(members: Desk):
    ref = an_article(members)
    mail = a_mail(f"{ref} withdraw\n", sender="Mallory <mallory@elsewhere.example>", authentic=True)
    give(members, mail)
    assert state(members, ref) == "pending"


def test_a_new_version_resets_the_votes_and_is_what_is_published(members: Desk):
    ref = an_article(members)
    decides(members, f"{ref} approve")
    answers(members, "author/receipt-article", "version\n\nThe tram was early, I was late.")
    assert state(members, ref) == "pending"
    assert not [vote for vote in item(members, ref).votes if not vote.undone]
    decides(members, f"{ref} approve")
    later(members, minutes=16)
    place = item(members, ref).item.place
    assert place is not None
    text = (members.config.storage.published / place / "text.txt").read_text()
    assert text.strip() == "The tram was early, I was late."


def test_of_two_wishes_the_author_shows_which_words_are_the_article(members: Desk):
    mail = a_mail(
        "I enclose an article below, and I would like to become a member.\n\nTHE LOCK\n\nIt leaks.\n",
        to="desk@harbour.example",
        subject="An article, and may I join?",
        authentic=True,
    )
    refs = received(members, give(members, mail)).refs
    assert [ref[0] for ref in refs] == ["A", "M"]
    assert state(members, refs[0]) == "awaiting_author"
    answers(members, "author/receipt-two-wishes", "--- begin\nTHE LOCK\n\nIt leaks.\n--- end")
    assert state(members, refs[0]) == "pending"
    assert item(members, refs[0]).item.text == "THE LOCK\n\nIt leaks.\n"
    assert state(members, refs[1]) == "awaiting_agreement"
    answers(members, "author/receipt-two-wishes", "agree")
    assert state(members, refs[1]) == "pending"


def test_a_lapsed_item_is_taken_up_by_a_word_of_its_author(members: Desk):
    ref = an_article(members)
    later(members, days=31)
    assert state(members, ref) == "lapsed"
    assert heard(members)[-1] == "author/lapsed"
    answers(members, "author/lapsed", "Please look at it again.")
    assert state(members, ref) == "pending"
