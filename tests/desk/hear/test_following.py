"""An author's later mail, verb by verb and state by state: acts, answers, additions, and who must be asked first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path

import pytest
from build import (
    ANA,
    JO,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    clock_of,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    received,
    say,
    state,
    text_of,
)

from mailproc.desk.ground.wire import Desk

PERSON = f"Jo Poole <{JO}>"


def opened(folder: Path) -> AbstractContextManager[Desk]:
    return a_desk(folder, **{"limits.letters_per_sender_per_day": 5000})


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for many tests, each with an article of its own."""
    with opened(tmp_path_factory.mktemp("following") / "desk") as one:
        add_member(one, ANA, "Ana")
        yield one


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with opened(tmp_path / "desk") as one:
        add_member(one, ANA, "Ana")
        yield one


def an_article(desk: Desk, text: str = "The tram was late.\n") -> str:
    return f"A-{give(desk, a_mail(text, authentic=True))}"


def decide(desk: Desk, words: str) -> None:
    assert say(desk, f'decide {ANA} "{words}"').reason == "all-done"


def answers(desk: Desk, text: str, template: str | None = None, *, authentic: bool = True, **mail: str) -> int:
    """Jo answers the last letter (of this template)."""
    letter = octets_of(desk, letters(desk, template, to=JO)[-1])
    octets = a_reply(letter, text, mail.get("sender", PERSON), authentic=authentic, at=desk.now())
    return give(desk, octets)


def last(desk: Desk) -> tuple[str, str]:
    """The last letter to Jo: its template, its words on one line."""
    letter = letters(desk, to=JO)[-1]
    return letter.template, " ".join(text_of(octets_of(desk, letter)).split())


# One letter for each mail, whatever the state


IN_STATE = {
    "pending": (),
    "held": ("{} hold",),
    "awaiting_author": ("{} ask which pier?",),
    "approved": ("{} approve",),
    "rejected": ("{} reject",),
    "discarded": ("{} discard",),
}
SETTLED = {"published": "{} approve", "rejected": "{} reject", "discarded": "{} discard"}


def bring(desk: Desk, wanted: str, *, settled: bool) -> str:
    ref = an_article(desk)
    for words in (SETTLED[wanted],) if settled else IN_STATE[wanted]:
        decide(desk, words.format(ref))
    if settled:
        later(desk, hours=1)
    assert state(desk, ref) == wanted
    return ref


TRAMS = count(12)
SITUATIONS = [(s, False) for s in IN_STATE] + [(s, True) for s in SETTLED]


@pytest.mark.parametrize("text", ["withdraw", "status", "version\nThe tram came.", "It was the {}.", "help"])
@pytest.mark.parametrize(("wanted", "settled"), SITUATIONS)
def test_every_mail_of_an_author_gets_one_letter_back(shared, wanted, settled, text):
    bring(shared, wanted, settled=settled)
    number = answers(shared, text.format(next(TRAMS)))  # the same words would be answered once, as a machine's
    caused = [letter for letter in letters(shared) if letter.cause == number and letter.to == JO]
    assert len(caused) == 1, (entry_of(shared, number).events, entry_of(shared, number).unanswered)


@pytest.mark.parametrize(("wanted", "settled"), SITUATIONS)
def test_an_authors_mail_never_decides_for_members(shared, wanted, settled):
    ref = bring(shared, wanted, settled=settled)
    before = item(shared, ref).votes
    answers(shared, f"approve\n{ref} approve\nreject")
    assert item(shared, ref).votes == before


@pytest.mark.parametrize("wanted", ["pending", "held", "awaiting_author", "approved", "rejected"])
def test_what_is_not_settled_can_be_withdrawn(shared, wanted):
    ref = bring(shared, wanted, settled=False)
    answers(shared, "withdraw")
    assert state(shared, ref) == "withdrawn"
    assert last(shared)[0] == "author/withdrawn"
    later(shared, hours=1)
    assert state(shared, ref) == "withdrawn"


def test_to_withdraw_what_is_published_is_for_members_to_do_and_the_author_hears_how_it_stands(desk):
    ref = bring(desk, "published", settled=True)
    answers(desk, "withdraw")
    assert state(desk, ref) == "published"
    assert last(desk)[0] == "author/withdrawal-noted"
    assert item(desk, ref).item.motion == "retract"
    assert ref in text_of(digest_now(desk, ANA)), "it waits for the members' word"


def test_a_withdrawn_article_comes_back_with_a_new_version(desk):
    ref = an_article(desk)
    answers(desk, "withdraw")
    answers(desk, "version\n--- begin\nThe tram came.\n--- end\nThanks!")
    found = item(desk, ref).item
    assert (found.state, found.text, found.extent) == ("pending", "The tram came.\n", "marked")


def test_a_version_without_a_text_changes_nothing_and_says_how_things_stand(desk):
    ref = an_article(desk)
    before = item(desk, ref).item
    answers(desk, "version")
    assert item(desk, ref).item == before
    assert last(desk)[0] in {"author/status", "author/not-understood"}


# The question


@pytest.mark.parametrize("text", ["The west pier.", "Yes", "yes, the west one", "ok"])
def test_whatever_answers_a_question_reaches_the_members(desk, text):
    """A bare yes is an answer to a question, not a wish to settle the text."""
    ref = an_article(desk)
    before = item(desk, ref).item.text_sha256
    decide(desk, f"{ref} ask is it the west pier?")
    answers(desk, text, "author/question")
    found = item(desk, ref)
    assert (found.item.state, found.item.question) == ("pending", None)
    assert [line.event for line in found.journal][-1] == "answer"
    assert text in found.journal[-1].words
    assert found.item.text_sha256 == before
    assert text in text_of(digest_now(desk, ANA))


# Two wishes


TWO = (
    "First, an article for you, below. Second, I would like to become a member: I can take Sundays.\n\n"
    "THE QUAY\n\nLoud.\n"
)


def two_wishes(desk: Desk, *, authentic: bool = True) -> int:
    mail = a_mail(TWO, to="desk@harbour.example", subject="An article, and may I join?", authentic=authentic)
    return give(desk, mail)


def test_a_yes_takes_the_whole_mail(desk):
    number = two_wishes(desk)
    assert state(desk, f"A-{number}") == "awaiting_author"
    answers(desk, "yes")
    found = item(desk, f"A-{number}").item
    assert (found.state, found.text, found.extent) == ("pending", TWO, "whole")
    assert state(desk, f"M-{number}") == "awaiting_agreement"


def test_the_words_between_the_marks_are_taken(desk):
    number = two_wishes(desk)
    answers(desk, "--- begin\nTHE QUAY\n\nLoud.\n--- end")
    found = item(desk, f"A-{number}").item
    assert (found.state, found.text, found.extent) == ("pending", "THE QUAY\n\nLoud.\n", "marked")
    assert last(desk)[0] == "author/receipt-version"


def test_i_agree_is_about_the_membership(desk):
    number = two_wishes(desk)
    answers(desk, "I agree")
    assert state(desk, f"M-{number}") == "pending"
    assert state(desk, f"A-{number}") == "awaiting_author"


# Without the secret of a letter


def test_only_an_authenticated_mail_acts_without_a_letters_secret(desk):
    ref = an_article(desk)
    give(desk, a_mail(f"{ref} withdraw\n", to="desk@harbour.example", subject="My article", authentic=True))
    assert state(desk, ref) == "withdrawn"


def asked_first(desk: Desk, ref: str, text: str = "{} withdraw\n") -> bytes:
    number = give(desk, a_mail(text.format(ref), to="desk@harbour.example", subject="My article"))
    assert received(desk, number).reason == "confirm-first"
    [letter] = [each for each in letters(desk, "author/confirm") if each.cause == number]
    assert letter.to == JO
    return octets_of(desk, letter)


def test_else_the_author_is_asked_and_nothing_changes_before_a_yes(desk):
    ref = an_article(desk)
    clock_of(desk).pass_(days=1)
    asked_first(desk, ref)
    assert state(desk, ref) == "pending"
    answers(desk, "yes", "author/confirm", authentic=False)
    assert state(desk, ref) == "withdrawn"


def test_the_yes_is_good_once(desk):
    ref = an_article(desk)
    asked_first(desk, ref)
    answers(desk, "yes", "author/confirm", authentic=False)
    answers(desk, "version\nAgain.", "author/withdrawn")
    assert state(desk, ref) == "pending"
    number = answers(desk, "Yes.", "author/confirm", authentic=False)
    assert state(desk, ref) == "pending"
    assert entry_of(desk, number).reason == "no-yes"


@pytest.mark.parametrize(("days", "after"), [(3, "withdrawn"), (3.001, "pending")])
def test_the_yes_is_good_for_three_days(desk, days, after):
    ref = an_article(desk)
    asked_first(desk, ref)
    clock_of(desk).pass_(days=days)
    answers(desk, "yes", "author/confirm", authentic=False)
    assert state(desk, ref) == after


@pytest.mark.parametrize("text", ["no", "What is this?", "That was not me."])
def test_anything_but_a_yes_changes_nothing(desk, text):
    ref = an_article(desk)
    asked_first(desk, ref)
    answers(desk, text, "author/confirm")
    assert state(desk, ref) == "pending"


def test_a_yes_from_elsewhere_changes_nothing(desk):
    ref = an_article(desk)
    asked_first(desk, ref)
    answers(desk, "yes", "author/confirm", sender="mallory@evil.example")
    assert state(desk, ref) == "pending"


def test_nobody_else_is_asked_about_an_item_that_is_not_theirs(desk):
    ref = an_article(desk)
    give(desk, a_mail(f"{ref} withdraw\n", sender="m@evil.example", to="desk@harbour.example", authentic=True))
    assert state(desk, ref) == "pending"
    assert not [letter for letter in letters(desk, "author/confirm") if letter.ref == ref]
    assert not [letter for letter in letters(desk, to="m@evil.example") if letter.ref == ref]


def test_an_addition_brings_its_attachments_to_members(desk):
    ref = an_article(desk)
    letter = octets_of(desk, letters(desk, to=JO)[-1])
    reply = a_reply(letter, "The photo I forgot.", PERSON)
    with_photo = a_mail(
        "The photo I forgot.\n",
        authentic=True,
        attachments=(("pier.png", "image/png", b"\x89PNG\r\n\x1a\n..."),),
        In_Reply_To=reply.split(b"In-Reply-To: ")[1].split(b"\r\n")[0].decode(),
    )
    give(desk, with_photo)
    assert [kept.attachment.name for kept in item(desk, ref).attachments] == ["pier.png"]
    assert state(desk, ref) == "pending"
    decide(desk, f"{ref} approve")
    later(desk, hours=1)
    place = desk.config.storage.published / str(item(desk, ref).item.place)
    assert (place / "pier.png").exists()


def test_the_new_words_of_a_question_reach_the_members(desk):
    give(desk, a_mail("Where are the old issues?\n", to="contact@harbour.example", subject="Issues", authentic=True))
    answers(desk, "version\n\nWhere are the old issues of 2019?")
    template, words = last(desk)
    assert template == "author/receipt-addition"
    assert "version" not in words
    assert "Where are the old issues of 2019?" in text_of(digest_now(desk, ANA))


def test_a_member_reads_that_the_other_author_has_not_agreed(desk):
    ref = an_article(desk)
    digest = digest_now(desk, ANA)
    answers(desk, "co-author Sam Reed")
    give(desk, a_reply(digest, f"{ref} approve", f"Ana <{ANA}>", at=desk.now()))
    told = " ".join(text_of(octets_of(desk, letters(desk, "member/transcript")[-1])).split())
    assert "Sam Reed agrees, too" in told
    assert "undo the question" not in told


def test_the_words_that_a_letter_on_the_name_offers_work(desk):
    ref = an_article(desk)
    answers(desk, "pen name J. Quay")
    for words, name in (("first name only", "Jo"), ("without my name", "")):
        assert f'"{words}"' in last(desk)[1]
        answers(desk, words, "author/byline")
        assert item(desk, ref).item.byline == name


def test_what_came_yesterday_afternoon_is_not_of_today(desk):
    clock_of(desk).set(clock_of(desk)().replace(hour=16))
    an_article(desk)
    assert f"({JO}), today." in text_of(digest_now(desk, ANA))
    clock_of(desk).pass_(hours=16)
    assert f"({JO}), yesterday." in text_of(digest_now(desk, ANA))


def test_an_author_who_wants_it_down_reads_that_it_is_hidden_as_they_asked(desk):
    ref = bring(desk, "published", settled=True)
    answers(desk, "withdraw")
    answers(desk, "status")
    assert "is published, and the members have not decided yet on what you ask" in last(desk)[1]
    decide(desk, f"{ref} hide")
    assert "As you ask to have it taken down, one of our members has hidden your article" in last(desk)[1]
    answers(desk, "status")
    assert "is hidden for now" in last(desk)[1]
