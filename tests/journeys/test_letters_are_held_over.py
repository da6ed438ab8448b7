"""The day's letters to one address have gone: the last says so, `trace` says why, what changed is told the next day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from build import (
    JO,
    a_mail,
    a_reply,
    clock_of,
    entry_of,
    give,
    later,
    letters,
    octets_of,
    ref_of,
    run_here,
    say,
    text_of,
)
from same import assert_same

from mailproc.desk.carry.deliver import deliver
from mailproc.desk.ground.wire import Desk
from mailproc.desk.watch import health
from mailproc.workflow.outgoing import Outgoing

TWO = {"limits.letters_per_sender_per_day": 2, "review.undo": "0s"}


@pytest.fixture
def desk(open_desks: Callable[..., Desk]) -> Desk:
    """Two letters a day to one address."""
    return open_desks(**TWO)


def articles(desk: Desk, count: int, first: int = 0, **how: bool) -> list[int]:
    """Different articles of Jo's, an hour between them."""
    numbers = []
    for n in range(first, first + count):
        octets = a_mail(f"The tram number {n} was late again.\n", subject=f"Tram {n}", at=desk.now(), **how)  # type: ignore[arg-type]
        numbers.append(give(desk, octets))
        later(desk, minutes=10)
    return numbers


def held(desk: Desk) -> list[Outgoing]:
    return [letter for letter in letters(desk, to=JO) if letter.reason == "held-over"]


def left(desk: Desk) -> list[str]:
    return [letter.ref or "" for letter in letters(desk, to=JO) if letter.state == "sent"]


def test_F121_the_last_letter_of_the_day_says_so_and_what_changed_is_told_the_next_day(desk):
    first, second, third = articles(desk, 3, authentic=True)
    receipts = [" ".join(text_of(octets_of(desk, letter)).split()) for letter in letters(desk, to=JO)]
    assert ["last letter of this kind that we send you today" in each for each in receipts] == [False, True, False]
    assert "if it changes something, we tell you tomorrow." in receipts[1]
    assert "This letter comes a day late" in receipts[2]
    assert [entry_of(desk, n).unanswered for n in (first, second, third)] == ["", "", "too-many-letters"]
    deliver(desk)
    assert left(desk) == [ref_of(desk, n) for n in (first, second)]
    assert_same(desk)
    later(desk, hours=23)
    deliver(desk)
    assert len(left(desk)) == 2
    later(desk, hours=2)
    deliver(desk)
    deliver(desk)
    assert left(desk) == [ref_of(desk, n) for n in (first, second, third)]
    assert_same(desk)


def test_F121_trace_says_which_was_the_last_and_when_the_stopped_one_leaves(desk):
    _, second, third = articles(desk, 3, authentic=True)
    config = desk.config.path
    assert "the last of that day to them, and it says so" in run_here("trace", str(second), config=config).out
    words = run_here("trace", str(third), config=config).out
    assert re.search(
        r"silent +no letter went to the sender that day: too-many-letters \(limits\.letters_per_sender_per_day\); "
        r"it leaves 2026-11-23T09:\d\d:\d\dZ or later",
        words,
    )
    assert run_here("trace", str(third), "--json", config=config).json["unanswered"] == "too-many-letters"


def test_F121_what_was_held_over_counts_on_the_day_it_leaves(desk):
    articles(desk, 4, authentic=True)
    deliver(desk)
    later(desk, hours=25)
    deliver(desk)
    assert len(left(desk)) == 4
    (number,) = articles(desk, 1, first=10, authentic=True)
    assert entry_of(desk, number).unanswered == "too-many-letters"


def test_F121_no_more_wait_for_the_next_day_than_go_in_one(desk):
    *_, last = articles(desk, 9, authentic=True)
    assert len(held(desk)) == 2
    assert entry_of(desk, last).letters == ()


def test_F121_whom_nothing_proves_gets_one_letter_a_day_and_none_afterwards(desk):
    *_, last = articles(desk, 4)
    assert (len(letters(desk, to=JO)), held(desk)) == (1, [])
    assert "one-receipt-a-day (nothing proves" in run_here("trace", str(last), config=desk.config.path).out


def test_F121_a_later_letter_about_the_item_takes_the_place_of_the_one_held_over(desk):
    *_, third = articles(desk, 3, authentic=True)
    ref = ref_of(desk, third)
    (waiting,) = held(desk)
    say(desk, "invite ana@harbour.example Ana active")
    say(desk, f"decide ana@harbour.example '{ref} reject too long'")
    later(desk, minutes=30)
    states = {letter.template: letter.state for letter in letters(desk, to=JO) if letter.ref == ref}
    assert states[waiting.template] == "cancelled"
    assert states["author/rejected"] == "queued"
    later(desk, hours=25)
    deliver(desk)
    assert left(desk).count(ref) == 1
    assert_same(desk)


def test_F121_what_is_discarded_in_silence_stays_silent(desk):
    *_, third = articles(desk, 3, authentic=True)
    say(desk, "invite ana@harbour.example Ana active")
    say(desk, f"decide ana@harbour.example '{ref_of(desk, third)} discard'")
    later(desk, hours=25)
    deliver(desk)
    assert ref_of(desk, third) not in left(desk)
    assert_same(desk)


def test_F121_mail_that_changes_nothing_is_not_told_the_next_day(desk):
    articles(desk, 2, authentic=True)
    receipt = octets_of(desk, letters(desk, to=JO)[0])
    give(desk, a_reply(receipt, "status", f"Jo Poole <{JO}>", at=desk.now()))
    assert held(desk) == []


def test_F121_a_letter_that_may_not_leave_yet_troubles_nobody(desk):
    articles(desk, 3, authentic=True)
    deliver(desk)
    clock_of(desk).pass_(hours=20)
    seen = health.look(desk)
    assert seen.queues.letters == 0
    assert [each.words for each in health.findings(seen) if each.part == "deliver" and each.level != "ok"] == []
    assert held(desk)[0].next_try == held(desk)[0].created_at + timedelta(days=1)
