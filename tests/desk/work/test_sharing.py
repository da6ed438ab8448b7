"""Two authors of one article: it goes up when both agree, and whoever is no author changes nothing."""

from __future__ import annotations

import pytest
from build import (
    ANA,
    BEN,
    JO,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
    say,
    state,
    text_of,
)

from mailproc.desk.ground.wire import Desk

AUTHOR = f"Jo Poole <{JO}>"
SAM = "sam@reed.example"
OTHER = f"Sam Reed <{SAM}>"
MALLORY = "Sam Reed <mallory@evil.example>"
DESK = "desk@harbour.example"


@pytest.fixture
def shared(desk: Desk) -> Desk:
    add_member(desk, ANA, "Ana")
    give(desk, a_mail("The tram was late.\n", authentic=True))
    answers(desk, "author/receipt-article", "co-author Sam Reed", AUTHOR)
    return desk


def the_ref(desk: Desk) -> str:
    return ref_of(desk, 2)


def answers(desk: Desk, template: str, words: str, sender: str) -> None:
    letter = octets_of(desk, letters(desk, template, sender.partition("<")[2].strip(">"))[-1])
    give(desk, a_reply(letter, words, sender, at=desk.now()))


def writes(desk: Desk, words: str, sender: str, *, authentic: bool = True) -> None:
    give(desk, a_mail(words, sender=sender, subject="Our article", to=DESK, authentic=authentic, at=desk.now()))


def heard(desk: Desk, email: str) -> str:
    return " ".join(text_of(octets_of(desk, letters(desk, to=email)[-1])).split())


def test_its_author_is_asked_to_have_the_other_write(shared: Desk):
    assert state(shared, the_ref(shared)) == "awaiting_author"
    assert f"{the_ref(shared)} I agree" in heard(shared, JO)
    assert not letters(shared, to=SAM)


def test_nobody_can_approve_it_before(shared: Desk):
    ref = the_ref(shared)
    for verb in ("approve", "undo", "approve"):
        say(shared, f"decide {ANA} '{ref} {verb}'")
    later(shared, hours=1)
    assert state(shared, ref) == "awaiting_author"


@pytest.mark.parametrize("words", ["{ref} I agree", "{ref} yes", "{ref} einverstanden"])
def test_a_proven_mail_of_that_name_agrees(shared: Desk, words: str):
    ref = the_ref(shared)
    writes(shared, words.format(ref=ref), OTHER)
    assert state(shared, ref) == "pending"
    assert [(each.email, each.agreed) for each in item(shared, ref).item.coauthors] == [(SAM, True)]
    assert "Sam Reed agrees" in heard(shared, JO)
    assert "Thank you" in heard(shared, SAM)
    say(shared, f"decide {ANA} '{ref} approve'")
    later(shared, minutes=20)
    [page] = shared.config.storage.published.glob("articles/*/*/index.md")
    assert "author: Jo Poole, Sam Reed" in page.read_text(encoding="utf-8")


def test_an_unproven_mail_is_asked_and_its_answer_counts(shared: Desk):
    ref = the_ref(shared)
    writes(shared, f"{ref} I agree", OTHER, authentic=False)
    assert state(shared, ref) == "awaiting_author"
    assert "The tram" not in heard(shared, SAM)
    answers(shared, "author/coauthor", "yes", OTHER)
    assert state(shared, ref) == "pending"


def test_an_answer_without_a_name_is_theirs_whom_the_letter_asked(shared: Desk):
    ref = the_ref(shared)
    writes(shared, f"{ref} I agree", OTHER, authentic=False)
    letter = octets_of(shared, letters(shared, "author/coauthor", SAM)[-1])
    give(shared, a_reply(letter, "yes", SAM, at=shared.now()))
    assert state(shared, ref) == "pending"


def test_somebody_of_another_name_agrees_to_nothing(shared: Desk):
    ref = the_ref(shared)
    writes(shared, f"{ref} I agree", "Mallory <mallory@evil.example>")
    assert state(shared, ref) == "awaiting_author"
    assert not item(shared, ref).item.coauthors[0].email


@pytest.mark.parametrize("words", ["withdraw", "version\nAnother text.\n", "pen name Mallory", "no receipts"])
@pytest.mark.parametrize("authentic", [True, False])
def test_who_was_asked_to_agree_and_then_goes_by_another_name_is_not_its_author(shared: Desk, words, authentic):
    ref, before = the_ref(shared), item(shared, the_ref(shared)).item
    writes(shared, f"{ref} I agree", MALLORY, authentic=False)
    letter = octets_of(shared, letters(shared, "author/coauthor", "mallory@evil.example")[-1])
    reply = a_reply(letter, words, "Mallory <mallory@evil.example>", authentic=authentic, at=shared.now())
    assert entry_of(shared, give(shared, reply)).reason == "not-its-author"
    assert item(shared, ref).item == before


def test_the_other_author_hears_the_name_that_stands_on_it_and_no_other(shared: Desk):
    ref = the_ref(shared)
    answers(shared, "author/receipt-article", "pen name Zelda Quay", AUTHOR)
    writes(shared, f"{ref} I agree", OTHER)
    answers(shared, "author/coauthor", "The second tram was mine to see.", OTHER)
    answers(shared, "author/receipt-article", "version\nThe tram came.\n", AUTHOR)
    said = [text_of(octets_of(shared, each)) for each in letters(shared, "author/coauthor", SAM)]
    assert any("Zelda Quay has sent a new text" in each for each in said)
    assert not any("Poole" in each for each in said)


def test_after_the_first_nobody_else_is_the_other_author(shared: Desk):
    ref = the_ref(shared)
    writes(shared, f"{ref} I agree", OTHER)
    writes(shared, f"{ref} no", MALLORY)
    writes(shared, f"{ref} withdraw", MALLORY)
    assert state(shared, ref) == "pending"
    assert item(shared, ref).item.coauthors[0].email == SAM


def test_another_text_is_agreed_to_anew(shared: Desk):
    ref = the_ref(shared)
    writes(shared, f"{ref} I agree", OTHER)
    answers(shared, "author/receipt-article", "version\nThe tram came.\n", AUTHOR)
    assert state(shared, ref) == "awaiting_author"
    assert "has sent a new text" in heard(shared, SAM)
    answers(shared, "author/coauthor", "yes", OTHER)
    assert state(shared, ref) == "pending"
    assert item(shared, ref).item.text == "The tram came."


def test_who_takes_it_back_stops_it_and_withdraws_nothing(shared: Desk):
    ref = the_ref(shared)
    writes(shared, f"{ref} I agree", OTHER)
    say(shared, f"decide {ANA} '{ref} approve'")
    answers(shared, "author/coauthor", "withdraw", OTHER)
    assert state(shared, ref) == "awaiting_author"
    assert "does not agree" in heard(shared, JO)
    answers(shared, "author/coauthor", "yes", OTHER)
    assert state(shared, ref) == "pending"


def test_other_words_of_theirs_are_read_by_the_members(shared: Desk):
    ref = the_ref(shared)
    writes(shared, f"{ref} I agree", OTHER)
    answers(shared, "author/coauthor", "The second tram was mine to see.", OTHER)
    assert "The second tram was mine to see." in text_of(digest_now(shared, ANA))
    assert item(shared, ref).item.text == "The tram was late.\n"


def test_a_member_who_wrote_it_too_decides_nothing_on_it(shared: Desk):
    ref = the_ref(shared)
    add_member(shared, BEN, "Ben")
    writes(shared, f"{ref} I agree", f"Sam Reed <{ANA}>")
    assert state(shared, ref) == "pending"
    say(shared, f"decide {ANA} '{ref} approve'")
    later(shared, minutes=20)
    assert state(shared, ref) == "pending"
    say(shared, f"decide {BEN} '{ref} approve'")
    later(shared, minutes=20)
    assert state(shared, ref) == "published"


def test_who_takes_it_back_when_it_is_up_hears_no_promise_that_it_is_not(shared: Desk):
    ref = the_ref(shared)
    writes(shared, f"{ref} I agree", OTHER)
    say(shared, f"decide {ANA} '{ref} approve'")
    later(shared, minutes=20)
    answers(shared, "author/coauthor", "no", OTHER)
    assert state(shared, ref) == "published"
    assert "does not go up" not in heard(shared, SAM)
    assert "The members read what you wrote" in heard(shared, SAM)
    assert any(line.words.startswith("no") for line in item(shared, ref).journal if line.event == "note")


def test_it_ends_with_a_word_where_nobody_agrees(shared: Desk):
    later(shared, days=31)
    assert state(shared, the_ref(shared)) == "lapsed"
    assert letters(shared, "author/lapsed", JO)
