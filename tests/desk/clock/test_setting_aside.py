"""Whoever wrote what nobody could sort hears that it was closed, unless a member called it spam."""

from __future__ import annotations

import pytest
from build import (
    ANA,
    JO,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    give,
    later,
    letters,
    octets_of,
    ref_of,
    state,
    text_of,
)

from mailproc.desk.ground.wire import Desk

DESK = "desk@harbour.example"


@pytest.fixture
def desk(tmp_path):
    with a_desk(tmp_path / "desk") as one:
        add_member(one, ANA, "Ana")
        yield one


def closed(desk: Desk, word: str, **mail: object) -> str:
    """A mail that no rule knows, and what Ana says of it, long settled; its reference."""
    ref = ref_of(desk, give(desk, a_mail("Have a look.\n", to=DESK, subject="Hm", **mail)))
    assert ref.startswith("U-")
    give(desk, a_reply(digest_now(desk, ANA), f"{ref} {word}", f"Ana <{ANA}>", at=desk.now()))
    later(desk, minutes=10)
    assert not letters(desk, "author/set-aside"), "its effect waits as any other's"
    later(desk, minutes=10)
    assert state(desk, ref) == "discarded"
    return ref


def test_its_sender_hears_and_one_reply_opens_it_again(desk: Desk):
    ref = closed(desk, "discard", authentic=True)
    [letter] = letters(desk, "author/set-aside", to=JO)
    octets = octets_of(desk, letter)
    assert f"Thank you for your mail “Hm” ({ref})." in text_of(octets)
    give(desk, a_reply(octets, "Thank you!", f"Jo Poole <{JO}>", at=desk.now()))
    assert state(desk, ref) == "discarded", "thanks are no wish"
    give(desk, a_reply(octets, "I meant the gulls on the quay.", f"Jo Poole <{JO}>", at=desk.now()))
    assert state(desk, ref) == "pending"


@pytest.mark.parametrize("word", ["spam", "correo basura", "спам"])
def test_nobody_hears_of_spam(desk: Desk, word: str):
    closed(desk, word, authentic=True)
    assert not letters(desk, "author/set-aside")


def test_who_never_had_a_letter_about_it_has_none_of_its_end(desk: Desk):
    """An address that nothing proves gets one receipt a day."""
    give(desk, a_mail("Look here.\n", to=DESK, subject="Hm"))
    ref = closed(desk, "discard")
    assert len(letters(desk, "author/receipt-unsorted")) == 1
    assert not letters(desk, "author/set-aside")
    assert state(desk, ref) == "discarded"


def test_an_undo_within_the_time_tells_nobody(desk: Desk):
    ref = ref_of(desk, give(desk, a_mail("Have a look.\n", to=DESK, subject="Hm", authentic=True)))
    for word in ("discard", "undo"):
        give(desk, a_reply(digest_now(desk, ANA), f"{ref} {word}", f"Ana <{ANA}>", at=desk.now()))
    later(desk, hours=1)
    assert state(desk, ref) == "pending"
    assert not letters(desk, "author/set-aside")
