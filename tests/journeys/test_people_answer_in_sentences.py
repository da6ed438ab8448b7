"""People answer our questions as they speak: an applicant agrees, a poem is named, a guest accepts.

Each story ends with a rebuild that gives the same desk.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from build import (
    ANA,
    BEN,
    JO,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    give,
    later,
    letters,
    octets_of,
    ref_of,
    say,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work
from mailproc.store.database import reading
from mailproc.store.people import members

KIM = "kim@reyes.example"
WHO = {JO: f"Jo Poole <{JO}>", KIM: f"Kim Reyes <{KIM}>", BEN: f"Ben <{BEN}>", ANA: f"Ana <{ANA}>"}


@pytest.fixture
def told(desk: Desk) -> Iterator[Desk]:
    add_member(desk, ANA, "Ana")
    yield desk
    work(desk)
    assert_same(desk)


def writes(desk: Desk, who: str, text: str, to: str, subject: str) -> str:
    return ref_of(
        desk, give(desk, a_mail(text, sender=WHO[who], to=to, subject=subject, authentic=True, at=desk.now()))
    )


def answers(desk: Desk, who: str, text: str) -> str:
    """They answer the last letter that they got; the words of the letter that comes back, on one line."""
    before = letters(desk, to=who)
    give(desk, a_reply(octets_of(desk, before[-1]), text, WHO[who], at=desk.now()))
    after = letters(desk, to=who)
    return words(desk, who) if len(after) > len(before) else ""


def words(desk: Desk, who: str) -> str:
    """The subject and words of the last letter to them, on one line."""
    letter = letters(desk, to=who)[-1]
    return " ".join(f"{letter.subject} {text_of(octets_of(desk, letter))}".split())


def test_kim_agrees_in_a_sentence_after_words_that_were_none(told: Desk):
    ref = writes(told, KIM, "May I help? I have evenings.\n", "join@harbour.example", "May I join?")
    assert 'reply "agree" by' in words(told, KIM)
    back = answers(told, KIM, "I would agree if it were not every evening.")
    assert f"{ref}: what would you like us to do?" in back
    assert "| I would agree if it were not every evening." in back
    assert 'If you agree to the duties, reply with the word "agree" on a line of its own.' in back
    assert state(told, ref) == "awaiting_agreement"
    back = answers(told, KIM, "Hello,\n\nyes, I agree to that.\n\nThank you,\nKim")
    assert f"{ref}: thank you for saying yes" in back
    assert ref in text_of(digest_now(told, ANA))


def test_jo_says_that_it_is_a_poem_and_ana_publishes_it(told: Desk):
    unsorted = writes(told, JO, "The quay is loud,\nthe gull is proud.\n", "desk@harbour.example", "Hm")
    assert "reply whether it is an article, material for one of our files" in words(told, JO)
    back = answers(told, JO, "It is a poem.\n\nJo")
    article = f"A-{unsorted[2:]}"
    assert f"({article})" in back
    assert "Thank you for your article" in back
    assert "“The quay is loud," in back
    give(told, a_reply(digest_now(told, ANA), f"A dash {article[2:]} \U0001f44d", WHO[ANA], at=told.now()))
    later(told, minutes=16)
    assert state(told, article) == "published"


def test_a_member_names_the_kind_of_a_mail_that_nobody_sorted(told: Desk):
    unsorted = writes(told, JO, "Have a look.\n", "desk@harbour.example", "Hm")
    give(told, a_reply(digest_now(told, ANA), f"{unsorted} material", WHO[ANA], at=told.now()))
    assert f"{unsorted} before" in words(told, ANA) or f"F-{unsorted[2:]}" in words(told, ANA)
    assert state(told, f"F-{unsorted[2:]}") == "pending"


def test_ben_is_told_which_word_accepts_and_accepts_in_his_own(told: Desk):
    say(told, f"invite {BEN} Ben invited")
    back = answers(told, BEN, "That is kind of you. How much work is it?")
    assert "The Harbour Review: do you join us?" in back
    assert 'If you do, reply to this letter with the word "yes" on a line of its own.' in back
    assert "How much work is it?" in text_of(octets_of(told, letters(told, "operator/notice")[-1]))
    assert "Welcome to The Harbour Review" in answers(told, BEN, "Sure, I would love to!")
    with reading(told.engine) as conn:
        assert getattr(members.get(conn, BEN), "state", "") == "active"


def test_jo_withdraws_in_a_sentence(told: Desk):
    ref = writes(told, JO, "The tram was late.\n", "articles@harbour.example", "The tram")
    assert f"{ref}: taken back" in answers(told, JO, "I would like to withdraw my article please")
    assert state(told, ref) == "withdrawn"


def test_jo_wonders_and_nothing_is_published_until_she_has_answered(told: Desk):
    ref = writes(told, JO, "The tram was late.\n", "articles@harbour.example", "The tram")
    give(told, a_reply(digest_now(told, ANA), f"{ref} approve", WHO[ANA], at=told.now()))
    back = answers(told, JO, "Can I still withdraw my article? My neighbour does not like it.")
    assert f"{ref}: would you like it back?" in back
    assert "Until you answer, it is on hold, so that nobody publishes it." in back
    later(told, hours=2)
    assert state(told, ref) == "held", "the approval had not settled yet"
    back = answers(told, JO, "No, thank you.")
    assert f"How it stands: {ref}" in back
    assert state(told, ref) == "pending"
    answers(told, JO, "Please do not publish my article, he is furious now")
    assert "would you like it back?" in words(told, JO)
    assert "taken back" in answers(told, JO, "Yes, please")
    assert state(told, ref) == "withdrawn"
