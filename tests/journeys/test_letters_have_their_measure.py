"""How many letters a mail may cause, and to whom none goes: quotas, unknown senders, machines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from build import JO, a_mail, clock_of, entry_of, give, letters, octets_of, received, text_of

from mailproc.desk.ground.wire import Desk
from mailproc.message.model import Envelope

TO = ("articles@harbour.example",)


def sends(desk: Desk, n: int, *, authentic: bool, sender: str = f"Jo Poole <{JO}>") -> int:
    return give(desk, a_mail(f"Text {n}.\n", subject=f"Text {n}", sender=sender, authentic=authentic))


def test_five_receipts_a_day_to_a_proven_author_and_every_mail_is_kept(desk: Desk):
    numbers = [sends(desk, n, authentic=True) for n in range(7)]
    assert len(letters(desk, "author/receipt-article", JO)) == 5
    assert [received(desk, number).state for number in numbers] == ["processed"] * 7
    assert len({received(desk, number).refs for number in numbers}) == 7
    assert entry_of(desk, numbers[6]).unanswered == "too-many-letters"
    clock_of(desk).pass_(days=1, seconds=1)
    sends(desk, 8, authentic=True)
    assert len(letters(desk, to=JO)) == 6


def test_the_fifth_says_that_it_is_the_last_of_the_day(desk: Desk):
    for n in range(6):
        sends(desk, n, authentic=True)
    told = ["last letter of this kind" in text_of(octets_of(desk, letter)) for letter in letters(desk, to=JO)]
    assert told == [False, False, False, False, True]


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
