"""What an attempt makes of a letter: when it is tried again, and when it is given up (RFC 5321 §4.5.4.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailproc.workflow.outgoing import GIVE_UP_AFTER, Outgoing, Receipt, after

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
LETTER = Outgoing(
    "abc", "abc@harbour.example", "author/receipt-article", "jo@poole.example", "A-1", "queued", 1, "a.eml", NOW
)


def test_a_letter_that_left_is_not_tried_again():
    sent = after(replace(LETTER, attempts=1, reason="451 later"), Receipt("sent", "250 ok"), NOW)
    assert (sent.state, sent.sent_at, sent.next_try, sent.reason) == ("sent", NOW, None, "")


def test_a_letter_refused_for_good_is_failed_with_the_peers_words():
    failed = after(replace(LETTER, attempts=1), Receipt("permanent", "550 5.1.1 no such user"), NOW)
    assert (failed.state, failed.next_try, failed.reason) == ("failed", None, "550 5.1.1 no such user")


@pytest.mark.parametrize("outcome", ["transient", "ambiguous"])
def test_a_letter_that_may_still_leave_is_tried_in_ever_longer_steps_for_five_days(outcome):
    letter, now, waits = replace(LETTER, attempts=0), NOW, []
    while letter.state != "failed":
        letter = after(replace(letter, attempts=letter.attempts + 1), Receipt(outcome, "451 busy"), now)
        if letter.next_try is not None:
            assert letter.state == ("deferred" if outcome == "transient" else "ambiguous")
            waits.append(letter.next_try - now)
            now = letter.next_try
    hours = [wait / timedelta(hours=1) for wait in waits]
    assert hours[:7] == [1 / 60, 5 / 60, 15 / 60, 1, 4, 8, 16]
    assert set(hours[7:]) == {16}
    assert GIVE_UP_AFTER <= now - NOW < GIVE_UP_AFTER + timedelta(hours=16)
    assert letter.reason == "gave up: 451 busy"
    assert letter.next_try is None
