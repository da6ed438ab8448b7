"""How many letters a mail may cause, and to whom none goes: quotas, unknown senders, machines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from build import (
    ANA,
    JO,
    a_mail,
    a_reply,
    add_member,
    clock_of,
    digest_now,
    entry_of,
    give,
    letters,
    octets_of,
    received,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk
from mailproc.message.model import Envelope

TO = ("articles@harbour.example",)


def sends(desk: Desk, n: int, *, authentic: bool, sender: str = f"Jo Poole <{JO}>") -> int:
    return give(desk, a_mail(f"Text {n}.\n", subject=f"Text {n}", sender=sender, authentic=authentic))


def test_five_receipts_a_day_to_a_proven_author_and_every_mail_is_kept(desk: Desk):
    numbers = [sends(desk, n, authentic=True) for n in range(7)]
    assert [letter.reason for letter in letters(desk, "author/receipt-article", JO)] == [""] * 5 + ["held-over"] * 2
    assert [received(desk, number).state for number in numbers] == ["processed"] * 7
    assert len({received(desk, number).refs for number in numbers}) == 7
    assert entry_of(desk, numbers[6]).unanswered == "too-many-letters"
    clock_of(desk).pass_(days=1, seconds=1)
    sends(desk, 8, authentic=True)
    assert len(letters(desk, to=JO)) == 8


def test_the_fifth_says_that_it_is_the_last_of_the_day(desk: Desk):
    for n in range(6):
        sends(desk, n, authentic=True)
    told = ["last letter of this kind" in text_of(octets_of(desk, letter)) for letter in letters(desk, to=JO)]
    assert told == [False, False, False, False, True, False], "the sixth waits for the next day"


def test_one_receipt_a_day_to_an_unproven_author(desk: Desk):
    for n in range(3):
        sends(desk, n, authentic=False)
    assert len(letters(desk, to=JO)) == 1


def test_strangers_share_a_quota(open_desks: Callable[..., Desk]):
    desk = open_desks("few", **{"limits.letters_to_strangers_per_day": 3})
    for n in range(6):
        sends(desk, n, authentic=False, sender=f"S <s{n}@stranger.example>")
    assert len(letters(desk)) == 3


@pytest.mark.parametrize(
    ("path", "why"), [(None, "an unknown"), ("", "a null"), ("mallory@elsewhere.example", "another's")]
)
def test_no_receipt_goes_where_the_reverse_path_is_not_the_authors(desk: Desk, path: str | None, why: str):
    number = give(desk, a_mail(), Envelope(path, TO))
    assert not letters(desk), why
    assert entry_of(desk, number).unanswered or received(desk, number).kind == "automatic"
    assert received(desk, number).state == "processed"


MACHINES = {
    "auto-submitted": {"Auto_Submitted": "auto-generated"},
    "list": {"List_Id": "<news.list.example>"},
    "bulk": {"Precedence": "bulk"},
    "suppress": {"X_Auto_Response_Suppress": "All"},
}


@pytest.mark.parametrize("machine", MACHINES)
def test_no_machine_is_answered(desk: Desk, machine: str):
    give(desk, a_mail(authentic=True, **MACHINES[machine]))
    assert not letters(desk)


@pytest.mark.parametrize("sender", ["desk@harbour.example", "articles@harbour.example", "desk+x@harbour.example"])
def test_our_own_addresses_are_never_answered(desk: Desk, sender: str):
    give(desk, a_mail(sender=f"The Harbour Review <{sender}>", authentic=True))
    assert not letters(desk)


# Members


def test_a_member_is_not_silenced_and_the_last_letter_says_that_nothing_is_lost(open_desks: Callable[..., Desk]):
    desk = open_desks("tired", **{"limits.letters_per_sender_per_day": 1})
    add_member(desk, ANA, "Ana")
    ref = received(desk, sends(desk, 0, authentic=True)).refs[0]
    digest = digest_now(desk, ANA)
    for n in range(6):
        give(desk, a_reply(digest, f"{ref} approve but cut part {n}", f"Ana <{ANA}>", at=desk.now()))
    told = [text_of(octets_of(desk, letter)) for letter in letters(desk, "member/transcript", ANA)]
    assert ["last letter today" in words for words in told] == [False, False, False, True]
    assert "Nothing is lost" in " ".join(told[-1].split())

    for _ in range(2):
        give(desk, a_reply(digest, "help", f"Ana <{ANA}>", at=desk.now()))
    assert len(letters(desk, "member/help", ANA)) == 1, "two programs that say it to each other stop"

    give(desk, a_reply(digest, f"{ref} hold", f"Ana <{ANA}>", at=desk.now()))
    assert state(desk, ref) == "held"
    assert len(letters(desk, "member/transcript", ANA)) == 5, "what is done is always told"

    clock_of(desk).pass_(days=1)
    sends(desk, 9, authentic=True)
    shown = " ".join(text_of(digest_now(desk, ANA)).split())
    for n in (4, 5):
        assert f"too many that day: “{ref.replace('-', '.')} approve but cut part {n}”" in shown
    assert "cut part 3" not in shown
    assert_same(desk)
