"""What an attempt makes of a letter: when it is tried again, and when it is given up (RFC 5321 §4.5.4.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.workflow.outgoing import (
    GIVE_UP_AFTER,
    RETRY_AFTER,
    Outgoing,
    Patience,
    Receipt,
    after,
    names_no_mailbox,
    wait,
)

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
LETTER = Outgoing(
    "abc", "abc@harbour.example", "author/receipt-article", "jo@poole.example", "A-1", "queued", 1, "a.eml", NOW
)
LATER, DOUBT = Receipt("transient", "451 later"), Receipt("ambiguous", "no reply to the final dot")


def test_a_letter_that_left_is_not_tried_again():
    sent = after(replace(LETTER, attempts=1, reason="451 later"), Receipt("sent", "250 ok"), NOW)
    assert (sent.state, sent.sent_at, sent.next_try, sent.reason) == ("sent", NOW, None, "")


def test_a_letter_refused_for_good_is_failed_with_the_peers_words():
    failed = after(replace(LETTER, attempts=1), Receipt("permanent", "550 5.1.1 no such user"), NOW)
    assert (failed.state, failed.next_try, failed.reason) == ("failed", None, "550 5.1.1 no such user")


@pytest.mark.parametrize("outcome", ["transient", "ambiguous"])
def test_F60_a_letter_that_may_still_leave_is_tried_in_ever_longer_steps_for_five_days(outcome):
    letter, now, waits = replace(LETTER, attempts=0), NOW, []
    while letter.state != "failed":
        letter = after(replace(letter, attempts=letter.attempts + 1), Receipt(outcome, "451 busy"), now)
        if letter.next_try is not None:
            assert letter.state == ("deferred" if outcome == "transient" else "ambiguous")
            waits.append(letter.next_try - now)
            now = letter.next_try
    steps = [*RETRY_AFTER, *[RETRY_AFTER[-1]] * (len(waits) - len(RETRY_AFTER))]
    for waited, step in zip(waits[:-1], steps, strict=False):
        assert abs(waited - step) <= step * 0.2 + timedelta(seconds=1)
    assert waits[:7] != steps[:7], "letters deferred together do not come back together"
    assert now - NOW == GIVE_UP_AFTER, "the last try is when patience ends"
    assert letter.reason == "gave up: 451 busy"
    assert letter.next_try is None


@given(st.text(max_size=30), st.integers(1, 40))
@settings(deadline=None, max_examples=50)
def test_F60_the_spread_is_a_fifth_at_most_and_the_same_whenever_it_is_asked(letter_id, attempts):
    letter = replace(LETTER, id=letter_id, attempts=attempts)
    step = RETRY_AFTER[min(attempts, len(RETRY_AFTER)) - 1]
    assert step * 0.8 <= wait(letter) <= step * 1.2
    assert wait(letter) == wait(letter)


def test_F60_two_letters_deferred_at_once_come_back_apart():
    assert len({wait(replace(LETTER, id=f"l{n}", attempts=4)) for n in range(20)}) > 15


def test_the_operators_patience_is_the_configurations():
    letter = replace(LETTER, attempts=1)
    hasty = Patience(give_up=timedelta(hours=1))
    assert after(letter, LATER, NOW + timedelta(minutes=30), hasty).state == "deferred"
    assert after(letter, LATER, NOW + timedelta(hours=1), hasty).reason == "gave up: 451 later"


def test_patience_with_a_letter_that_the_operator_tries_again_begins_anew():
    old = replace(LETTER, attempts=9, retried_at=NOW + timedelta(days=9))
    assert after(old, LATER, NOW + timedelta(days=9), Patience()).state == "deferred"


@pytest.mark.parametrize("names", [("author",), ("author/receipt-article",), ("member", "author")])
def test_F11_an_ambiguous_attempt_of_a_held_letter_waits_for_the_operator(names):
    held = after(replace(LETTER, attempts=1), DOUBT, NOW, Patience(hold_ambiguous=names))
    assert (held.state, held.next_try, held.reason) == ("ambiguous", None, "no reply to the final dot")
    assert after(replace(LETTER, attempts=1), LATER, NOW, Patience(hold_ambiguous=names)).next_try


@pytest.mark.parametrize("names", [(), ("member",), ("author/receipt",)])
def test_an_ambiguous_attempt_of_any_other_letter_is_sent_again(names):
    assert after(replace(LETTER, attempts=1), DOUBT, NOW, Patience(hold_ambiguous=names)).next_try


@pytest.mark.parametrize(
    ("reason", "so"),
    [
        ("550 5.1.1 no such user", True),
        ("bounced: 5.1.10 smtp; 550", True),
        ("550-5.1.2 bad domain", True),
        ("550 5.7.1 rejected", False),
        ("gave up: 450 4.1.1 later", False),
        ("550 we know 5.1.1 well", False),
        ("", False),
    ],
)
def test_F62_only_an_address_at_fault_counts_against_it(reason, so):
    assert names_no_mailbox(reason) == so
