"""May a mail be answered? The whole of `courtesy.refusal` as a table of decisions: refusal is the default."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailproc.message.model import Address
from mailproc.workflow.courtesy import Counts, Quotas, Sender, is_last, refusal

JO = Address("Jo Poole", "jo@poole.example")
PROVEN = Sender(JO, "bounces@list.example", proven=True, ours=False, reachable=True, answerable=True, reason="")
PLAIN = Sender(JO, "jo@poole.example", proven=False, ours=False, reachable=True, answerable=True, reason="")
NONE_YET = Counts(to_address_today=0, strangers_today=0, stranger=False, last_hour=0)
QUOTAS = Quotas(per_sender_per_day=5, strangers_per_day=200, per_hour=1000)

TABLE = [
    ("a proven author is answered", PROVEN, NONE_YET, ""),
    ("an author whose reverse-path is their own is answered", PLAIN, NONE_YET, ""),
    (
        "capitals in the domain make no other address",
        replace(PLAIN, reverse_path="jo@POOLE.example"),
        NONE_YET,
        "",
    ),
    ("machine mail is not", replace(PROVEN, answerable=False, reason="auto-submitted"), NONE_YET, "auto-submitted"),
    ("machine mail without a reason is not", replace(PROVEN, answerable=False), NONE_YET, "not-answerable"),
    ("two authors, or none, are not", replace(PROVEN, author=None), NONE_YET, "from-unclear"),
    ("we do not answer ourselves", replace(PROVEN, ours=True), NONE_YET, "own-address"),
    ("nor an address that no letter can carry", replace(PROVEN, reachable=False), NONE_YET, "address-not-ascii"),
    (
        "an answer to somebody else's letter is not",
        replace(PROVEN, elsewhere=True),
        NONE_YET,
        "answers-anothers-letter",
    ),
    ("the same words are answered once", replace(PROVEN, repeats=True), NONE_YET, "said-before"),
    ("a null reverse-path is not answered", replace(PLAIN, reverse_path=""), NONE_YET, "sender-unproven"),
    ("an unknown reverse-path is not", replace(PLAIN, reverse_path=None), NONE_YET, "sender-unproven"),
    ("another's reverse-path is not", replace(PLAIN, reverse_path="x@y.example"), NONE_YET, "sender-unproven"),
    ("one letter a day to the unproven", PLAIN, replace(NONE_YET, to_address_today=1), "one-receipt-a-day"),
    ("four to the proven are not the last", PROVEN, replace(NONE_YET, to_address_today=4), ""),
    ("five to the proven are enough", PROVEN, replace(NONE_YET, to_address_today=5), "too-many-letters"),
    (
        "strangers have a quota of their own",
        PLAIN,
        replace(NONE_YET, stranger=True, strangers_today=200),
        "too-many-strangers",
    ),
    ("it does not bind known people", PLAIN, replace(NONE_YET, strangers_today=200), ""),
    ("nor the proven", PROVEN, replace(NONE_YET, stranger=True, strangers_today=200), ""),
    ("the last stranger of the quota", PLAIN, replace(NONE_YET, stranger=True, strangers_today=199), ""),
    ("the breaker stops all", PROVEN, replace(NONE_YET, last_hour=1000), "breaker"),
    ("and not before", PROVEN, replace(NONE_YET, last_hour=999), ""),
]


@pytest.mark.parametrize(("sender", "counts", "why"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_who_is_answered(sender, counts, why):
    assert refusal(sender, counts, QUOTAS) == why


def test_the_first_reason_is_the_one_that_is_told():
    """Machine mail is called that, whatever else is wrong with it."""
    worst = Sender(None, "", proven=False, ours=True, reachable=False, answerable=False, reason="bounce")
    assert refusal(worst, Counts(9, 999, stranger=True, last_hour=9999), QUOTAS) == "bounce"


@pytest.mark.parametrize(
    ("sent", "proven", "last"), [(0, False, False), (0, True, False), (3, True, False), (4, True, True)]
)
def test_the_last_letter_of_the_day_is_known_as_such(sent, proven, last):
    assert is_last(replace(NONE_YET, to_address_today=sent), QUOTAS, proven=proven) is last
