"""A member leaves and still holds a digest, a single letter, a step-up and a tapped link: none of it decides any more.

The others go on without her vote, the operator knows, and a rebuild gives the same desk.
"""

from __future__ import annotations

from urllib.parse import parse_qs, unquote

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
    digest_now,
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
from same import assert_same

from mailproc.desk.ground.wire import Desk


def answer(desk: Desk, letter: bytes, text: str, sender: str = ANA, **options: bool) -> int:
    return give(desk, a_reply(letter, text, f"Somebody <{sender}>", at=desk.now(), **options))


def tapped(desk: Desk, word: str, ref: str, sender: str) -> int:
    """A mail as a tapped link of the member's last digest makes it: no thread, the word in subject and body."""
    letter = letters(desk, "member/digest", sender)[-1]
    said = parse_qs(f"subject={ref}%20{word}&body={ref}%20{word}")
    to, subject, body = unquote(desk.reply_address(letter.id)), said["subject"][0], said["body"][0]
    return give(desk, a_mail(f"{body}\n", sender=sender, to=to, subject=subject, authentic=True))


@pytest.mark.parametrize("deed", ["resign", "suspend", "remove"])
def test_a_member_leaves_with_a_digest_in_hand(tmp_path, deed):
    with a_desk(tmp_path / "desk", **{"review.article.approvals": 2}) as desk:
        for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
            add_member(desk, email, name)
        assert give(desk, a_mail(authentic=True)) == 4
        assert give(desk, a_mail("Fog.\n", subject="Fog", authentic=True)) == 5

        # In the morning Ana reads; she approves one, and asks for the other from a machine that proves nothing.
        digest = digest_now(desk, ANA)
        answer(desk, digest, "A-4 approve")
        answer(desk, digest, "A-5 reject", authentic=False)
        step_up = octets_of(desk, letters(desk, "member/step-up", ANA)[-1])
        answer(desk, digest, "show A-5")
        shown = octets_of(desk, letters(desk, "member/item", ANA)[-1])

        # Then she goes.
        if deed == "resign":
            answer(desk, digest, "resign")
            later(desk, minutes=15)
            assert [letter.to for letter in letters(desk, "member/left")] == [ANA]
        else:
            say(desk, f"{deed} {ANA}")

        # All that she holds is paper.
        later(desk, hours=1)
        dead = [answer(desk, digest, "A-5 approve"), answer(desk, shown, "yes"), answer(desk, step_up, "yes")]
        dead.append(tapped(desk, "approve", "A-5", ANA))
        assert {received(desk, number).reason for number in dead} == {"not-a-member"}
        assert item(desk, "A-5").votes == ()

        # Her approval went with her: Ben's is the first of two, Cleo's the second.
        answer(desk, digest_now(desk, BEN), "A-4 approve", BEN)
        later(desk, hours=1)
        assert state(desk, "A-4") == "pending"
        answer(desk, digest_now(desk, CLEO), "A-4 approve", CLEO)
        later(desk, hours=1)
        assert state(desk, "A-4") == "published"
        assert [letter.to for letter in letters(desk, "author/published")] == [JO]
        assert_same(desk)


def test_the_last_member_goes_and_the_operator_hears_that_nobody_decides(tmp_path):
    with a_desk(tmp_path / "desk") as desk:
        add_member(desk, ANA, "Ana")
        give(desk, a_mail(authentic=True))
        answer(desk, digest_now(desk, ANA), "Resign, please")
        later(desk, minutes=15)
        [notice] = letters(desk, "operator/notice")
        assert "Nobody decides any more" in text_of(octets_of(desk, notice))
        say(desk, f"invite {BEN} Ben active")
        answer(desk, digest_now(desk, BEN), "A-2 approve", BEN)
        later(desk, minutes=15)
        assert state(desk, "A-2") == "published"
        assert_same(desk)
