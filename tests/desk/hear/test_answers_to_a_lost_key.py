"""Who answers a letter of a key that is lost is told so, decides nothing by it, and has a fresh letter to answer."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    JO,
    a_mail,
    a_reply,
    add_member,
    clock_of,
    digest_now,
    give,
    item,
    letters,
    octets_of,
    received,
    reminded,
    say,
    state,
    text_of,
)

from mailproc.desk.ground.key import Key
from mailproc.desk.ground.wire import Desk

OLD = "it answers a letter from before we changed how we know our own ones"
ANEW = "We had to change how we know our own letters"


def renewed(desk: Desk) -> Desk:
    """The desk with another key, as `work --new-key` leaves it."""
    after = replace(desk, held=Key(Path("key"), b"cd" * 32, renews=True))
    assert not say(after, f"key {after.held.fingerprint}").reason
    return after


def letter_to(desk: Desk, template: str, to: str) -> bytes:
    return octets_of(desk, letters(desk, template, to)[-1])


@pytest.fixture
def at_work(desk: Desk) -> Desk:
    """Ana decides, and A-2 waits for her."""
    add_member(desk, ANA, "Ana")
    give(desk, a_mail(authentic=True))
    return desk


def test_F113_a_proven_member_has_a_fresh_digest_at_once_and_answers_that(at_work):
    old = digest_now(at_work, ANA)
    desk = renewed(at_work)
    number = give(desk, a_reply(old, "A-2 approve", f"Ana <{ANA}>"))
    row = received(desk, number)
    assert (row.state, row.reason) == ("unauthorised", "old-key")
    assert (state(desk, "A-2"), item(desk, "A-2").votes) == ("pending", ())
    fresh = letter_to(desk, "member/digest", ANA)
    assert fresh != old
    said = " ".join(text_of(fresh).split())
    assert f"A mail from {ANA} tried to decide for you and did nothing: {OLD}" in said
    assert ANEW in said
    assert "A-2" in said
    give(desk, a_reply(fresh, "A-2 approve", f"Ana <{ANA}>"))
    assert state(desk, "A-2") == "approved"


def test_F113_it_is_no_guess_of_theirs_however_often_and_one_fresh_letter_is_enough(at_work):
    old = digest_now(at_work, ANA)
    desk = renewed(at_work)
    for n in range(25):
        row = received(desk, give(desk, a_reply(old, f"A-2 approve: {n}", f"Ana <{ANA}>")))
        assert row.reason == "old-key", n
    assert len(letters(desk, "member/digest", ANA)) == 2
    give(desk, a_reply(letter_to(desk, "member/digest", ANA), "A-2 approve", f"Ana <{ANA}>"))
    assert state(desk, "A-2") == "approved"


def test_F113_two_letters_named_in_one_mail_are_no_guess_of_who_is_proven(at_work):
    one, other = digest_now(at_work, ANA), digest_now(at_work, ANA)
    mixed = a_reply(one, "A-2 approve", f"Ana <{ANA}>").replace(address_of(one), address_of(other))
    for _ in range(25):
        assert received(at_work, give(at_work, another(mixed))).reason == "two-letters"
    clock_of(at_work).pass_(days=1)
    reminded(at_work)
    assert "it answers one letter of ours and went to the address of another" in unfolded(at_work)
    give(at_work, a_reply(letter_to(at_work, "member/digest", ANA), "A-2 approve", f"Ana <{ANA}>", at=at_work.now()))
    assert state(at_work, "A-2") == "approved"


def address_of(letter: bytes) -> bytes:
    [line] = [line for line in letter.split(b"\r\n") if line.startswith(b"Reply-To:")]
    return line.rpartition(b"<")[2].rstrip(b">").removeprefix(b"Reply-To: ")


def another(mail: bytes) -> bytes:
    """The same, with a word more."""
    return mail.replace(b"A-2 approve", f"A-2 approve {next(COUNT)}".encode(), 1)


COUNT = count()


def unfolded(desk: Desk) -> str:
    return " ".join(text_of(letter_to(desk, "member/digest", ANA)).split())


@pytest.mark.parametrize("kind", ["old", "two"])
def test_F113_who_is_not_proven_still_guesses(at_work, kind):
    one, other = digest_now(at_work, ANA), digest_now(at_work, ANA)
    desk = renewed(at_work) if kind == "old" else at_work
    mail = a_reply(one, "A-2 approve", f"Ana <{ANA}>", authentic=False)
    mail = mail if kind == "old" else mail.replace(address_of(one), address_of(other))
    reasons = [received(desk, give(desk, another(mail))).reason for _ in range(22)]
    assert reasons == [{"old": "old-key", "two": "two-letters"}[kind]] * 20 + ["too-many-misses"] * 2
    assert len(letters(desk, "member/digest", ANA)) == 2, "no letter goes out for it"


def test_F113_a_secret_that_no_letter_has_is_a_guess_of_anybody(at_work):
    desk = renewed(at_work)
    row = received(desk, give(desk, a_mail("A-2 approve", sender=ANA, to=desk.reply_address("a" * 26), authentic=True)))
    assert row.reason == "wrong-secret"


def test_F113_the_next_digest_lists_everything_that_waits_once_more_and_says_why(at_work):
    digest_now(at_work, ANA)
    desk = renewed(at_work)
    clock_of(desk).pass_(days=1)
    reminded(desk)
    fresh = letter_to(desk, "member/digest", ANA)
    assert ANEW in unfolded(desk)
    assert "A-2" in unfolded(desk)
    give(desk, a_reply(fresh, "A-2 approve", f"Ana <{ANA}>", at=desk.now()))
    assert state(desk, "A-2") == "approved"


def test_F113_somebody_elses_mail_with_an_old_secret_brings_nobody_a_letter(at_work):
    old = digest_now(at_work, ANA)
    desk = renewed(at_work)
    before = len(letters(desk))
    give(desk, a_reply(old, "A-2 approve", f"Ben <{BEN}>"))
    assert [letter.template for letter in letters(desk)[before:] if letter.to == ANA] == []
    assert state(desk, "A-2") == "pending"


def test_F113_who_is_invited_has_a_fresh_invitation_and_a_yes_to_that_counts(desk):
    say(desk, f"invite {BEN} Ben invited")
    old = letter_to(desk, "member/invitation", BEN)
    desk = renewed(desk)
    for _ in range(2):
        give(desk, a_reply(old, "Yes, gladly", f"Ben <{BEN}>", authentic=False))
    assert len(letters(desk, "member/invitation", BEN)) == 2
    give(desk, a_reply(letter_to(desk, "member/invitation", BEN), "Yes, gladly", f"Ben <{BEN}>"))
    assert letters(desk, "member/welcome", BEN)


@pytest.mark.parametrize("proven", [True, False])
def test_F113_an_authors_word_on_an_old_receipt_belongs_to_its_item_and_acts_only_if_proven(at_work, proven):
    old = letter_to(at_work, "author/receipt-article", JO)
    desk = renewed(at_work)
    number = give(desk, a_reply(old, "withdraw", f"Jo Poole <{JO}>", authentic=proven))
    assert received(desk, number).kind == "followup"
    if proven:
        assert state(desk, "A-2") == "withdrawn"
        return
    assert state(desk, "A-2") == "pending"
    asked = letter_to(desk, "author/confirm", JO)
    give(desk, a_reply(asked, "yes", f"Jo Poole <{JO}>", authentic=False))
    assert state(desk, "A-2") == "withdrawn"


def test_F113_an_authors_yes_to_an_old_question_is_asked_back_once_more(at_work):
    give(at_work, a_mail("withdraw A-2\n", sender=f"Jo <{JO}>", subject="A-2"))
    old = letter_to(at_work, "author/confirm", JO)
    desk = renewed(at_work)
    clock_of(desk).pass_(hours=25)  # a question a day
    give(desk, a_reply(old, "yes", f"Jo <{JO}>", authentic=False))
    assert state(desk, "A-2") == "pending"
    fresh = letter_to(desk, "author/confirm", JO)
    assert fresh != old
    give(desk, a_reply(fresh, "yes", f"Jo <{JO}>", authentic=False))
    assert state(desk, "A-2") == "withdrawn"


def test_F113_an_authors_words_on_an_old_receipt_are_an_addition_and_no_new_article(at_work):
    old = letter_to(at_work, "author/receipt-article", JO)
    desk = renewed(at_work)
    number = give(desk, a_reply(old, "The photo is by Mo Hale.", f"Jo Poole <{JO}>", authentic=False))
    assert received(desk, number).refs == ("A-2",)
