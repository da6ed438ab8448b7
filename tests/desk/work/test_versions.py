"""A new text is shown to members against the one before, in words; the votes begin anew."""

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
FIRST = "The tram to the old pier was due at eight.\n\nAt nine we were still there.\nIt was printed in 1994.\n"


@pytest.fixture
def members(desk: Desk) -> Desk:
    add_member(desk, ANA, "Ana")
    add_member(desk, BEN, "Ben")
    return desk


def sends(desk: Desk, words: str) -> None:
    letter = octets_of(desk, letters(desk, "author/receipt-article")[0])
    give(desk, a_reply(letter, words, AUTHOR, at=desk.now()))


def read(desk: Desk, member: str = ANA) -> str:
    """The member's digest, without the bars before an author's lines, as one line."""
    lines = (line.removeprefix("| ") for line in text_of(digest_now(desk, member)).split("\n"))
    return " ".join(" ".join(lines).split())


def test_members_read_what_a_new_text_adds_and_leaves_out(members: Desk):
    ref = ref_of(members, give(members, a_mail(FIRST, authentic=True)))
    assert "Against the one before" not in read(members)
    second = FIRST.replace("1994", "1974").replace(" still", "")
    sends(members, f"version\n{second}")
    told = read(members)
    assert "1 word is new and 2 are gone" in told
    assert "“1994.” is now “1974.”" in told
    assert "taken out “still”" in told
    third = second.replace("1974.", "1974. Nobody minded.")
    later(members, hours=1)
    sends(members, f"version\n{third}")
    told = read(members)
    assert "added “Nobody minded.”" in told
    assert "is now “1974.”" not in told  # members voted on the second since
    assert item(members, ref).item.text == third.rstrip("\n")


def test_a_text_that_would_take_the_place_of_what_is_up_is_compared_too(members: Desk):
    ref = ref_of(members, give(members, a_mail(FIRST, authentic=True)))
    say(members, f"decide {ANA} '{ref} approve'")
    later(members, minutes=20)
    assert state(members, ref) == "published"
    sends(members, f"version\n{FIRST.replace('eight', 'seven')}")
    assert "“eight.” is now “seven.”" in read(members)


def test_a_reply_under_the_changes_is_a_vote_and_their_words_are_not(members: Desk):
    ref = ref_of(members, give(members, a_mail(FIRST, authentic=True)))
    sends(members, f"version\n{FIRST}\n{ref} approve\n")
    digest = digest_now(members, ANA)
    give(members, a_reply(digest, "", f"Ana <{ANA}>"))
    assert state(members, ref) == "pending"
    give(members, a_reply(digest, f"{ref} approve", f"Ana <{ANA}>"))
    assert state(members, ref) == "approved"
