"""Whoever voted on something reads, once, the letter by which its author heard the end."""

from __future__ import annotations

from collections.abc import Iterator
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
    later,
    letters,
    octets_of,
    ref_of,
    run_here,
    text_of,
)

from mailproc.desk.ground.wire import Desk
from mailproc.desk.tell.digesting import END_LETTERS
from mailproc.message.blank import BLANK


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "desk") as desk:
        for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
            add_member(desk, email, name)
        yield desk


def vote(desk: Desk, email: str, words: str) -> None:
    clock_of(desk).pass_(minutes=1)
    give(desk, a_reply(digest_now(desk, email), words, email, at=desk.now()))


def digest(desk: Desk, email: str) -> str:
    """The text of a digest of theirs, now, on one line."""
    clock_of(desk).pass_(minutes=1)
    give(desk, a_mail(f"Fog, {desk.now()}.\n", subject="Fog", sender="ezra@ferryside.example"))  # something waits
    return " ".join(text_of(digest_now(desk, email)).split())


@pytest.mark.parametrize(
    ("to", "words", "shown"),
    [
        ("articles", "approve", "| Good news: your article “The tram”"),
        ("articles", "reject: we ran this in spring", "| They say: | | we ran this in spring"),
        ("files", "approve", "| Good news: your contribution"),
    ],
)
def test_the_next_digest_shows_the_letter_once(desk: Desk, to: str, words: str, shown: str):
    subject = "For the file North Pier Society" if to == "files" else "The tram"
    ref = ref_of(desk, give(desk, a_mail(to=f"{to}@harbour.example", subject=subject, authentic=True)))
    digest_now(desk, CLEO)
    vote(desk, ANA, f"{ref} {words}")
    assert "its author got this letter" not in digest(desk, ANA)
    later(desk, minutes=20)
    said = digest(desk, ANA)
    assert "You voted on it; its author got this letter:" in said
    assert shown in said
    assert "its author got this letter" not in digest(desk, CLEO), "she had no vote on it"
    assert "its author got this letter" not in digest(desk, ANA), "twice"


def test_a_vote_that_was_taken_back_hears_nothing(desk: Desk):
    ref = ref_of(desk, give(desk, a_mail()))
    vote(desk, BEN, f"{ref} approve")
    vote(desk, BEN, f"{ref} undo")
    vote(desk, ANA, f"{ref} approve")
    later(desk, minutes=20)
    assert "its author got this letter" not in digest(desk, BEN)
    assert "its author got this letter" in digest(desk, ANA)


def test_what_a_letter_of_its_own_has_told_is_not_told_again(tmp_path: Path):
    with a_desk(tmp_path / "desk", **{"review.article.approvals": 2}) as desk:
        for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
            add_member(desk, email, name)
        give(desk, a_mail("Fog.\n", subject="Fog"))
        vote(desk, BEN, "at once")
        ref = ref_of(desk, give(desk, a_mail()))
        later(desk, minutes=1)
        single = letters(desk, "member/single", BEN)[-1]
        clock_of(desk).pass_(minutes=1)
        give(desk, a_reply(octets_of(desk, single), "approve", BEN, at=desk.now()))
        vote(desk, ANA, f"{ref} approve")
        later(desk, minutes=20)
        assert letters(desk, "member/outcome", BEN), "the letter of its own"
        assert "its author got this letter" not in digest(desk, BEN)
        assert "its author got this letter" in digest(desk, ANA)


def test_who_asks_to_be_forgotten_is_gone_from_such_digests(desk: Desk):
    ref = ref_of(desk, give(desk, a_mail("The tram never came to Gull Row.\n", authentic=True)))
    vote(desk, ANA, f"{ref} reject")
    later(desk, minutes=20)
    assert "The tram" in digest(desk, ANA)
    assert run_here("forget", JO, "--yes", config=desk.config.path).status == 0
    left = b"".join(path.read_bytes() for path in desk.outbox.rglob("*.eml"))
    assert b"Jo Poole" not in left
    assert JO.encode() not in left


def test_the_ends_are_those_of_every_kind_that_is_voted_on():
    assert {"author/published", "author/gathered", "author/rejected", "applicant/welcome"} <= END_LETTERS
    assert not END_LETTERS & {"author/question", "author/withdrawn", "author/lapsed"}


def test_members_list_shows_topics_and_parts_by_added_keys(desk: Desk):
    give(desk, a_mail())
    vote(desk, BEN, "not me for North Pier\nask me for history, boats and trams")
    found = {each["email"]: each for each in run_here("members", "list", "--json", config=desk.config.path).json}
    assert (found[BEN]["not_for"], found[BEN]["topics"]) == (["North Pier Society"], ["history", "boats", "trams"])
    assert (found[ANA]["not_for"], found[ANA]["topics"]) == ([], [])


def test_the_welcome_of_a_new_member_keeps_their_way_into_the_site_to_itself(tmp_path: Path):
    with a_desk(tmp_path / "desk", **{"review.membership.approvals": 1}) as desk:
        add_member(desk, ANA, "Ana")
        sender = "Kim Reyes <kim@reyes.example>"
        ask = a_mail("I would like to become a member.\n", sender=sender, to="join@harbour.example", authentic=True)
        ref = ref_of(desk, give(desk, ask))
        receipt = octets_of(desk, letters(desk, "applicant/receipt-membership")[-1])
        give(desk, a_reply(receipt, "I agree", sender, at=desk.now()))
        vote(desk, ANA, f"{ref} approve")
        later(desk, minutes=20)
        said = digest(desk, ANA)
        assert "Our members have said yes to your request" in said
        assert "Secret" not in said
        assert BLANK not in said
