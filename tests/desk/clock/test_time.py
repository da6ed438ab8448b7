"""Time does what it likes: clocks change twice a year, jump, stand still overnight; each period has its digest once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from build import (
    ANA,
    BEN,
    START,
    a_mail,
    add_member,
    clock_of,
    entry_of,
    give,
    item,
    keep,
    later,
    letters,
    received,
    ref_of,
    reminded,
    say,
    state,
)

from mailproc.config import load
from mailproc.desk.clock.clockwork import effects
from mailproc.desk.clock.reminding import remind
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.serve.process import process, work
from mailproc.store.database import reading, writing
from mailproc.store.mail import received as rows
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Digested

CHANGES = {
    "Berlin in spring": ("Europe/Berlin", "daily 02:30", date(2026, 3, 29)),
    "Berlin in autumn": ("Europe/Berlin", "daily 02:30", date(2026, 10, 25)),
    "New York in spring": ("America/New_York", "daily 02:30", date(2026, 3, 8)),
    "New York in autumn": ("America/New_York", "daily 01:30", date(2026, 11, 1)),
    "Lord Howe in spring": ("Australia/Lord_Howe", "daily 02:15", date(2026, 10, 4)),
    "Lord Howe in autumn": ("Australia/Lord_Howe", "daily 01:45", date(2026, 4, 5)),
}
LOOK = timedelta(minutes=7)  # between two looks around the change: no divisor of the hour


def digest_days(desk: Desk, email: str = ANA) -> list[date]:
    zone = desk.config.desk.timezone
    return [letter.created_at.astimezone(zone).date() for letter in letters(desk, "member/digest", email)]


def a_waiting_desk(open_desks: Callable[..., Desk], at: datetime, **options: object) -> Desk:
    desk = open_desks(at=at, **options)
    add_member(desk, ANA, "Ana")
    give(desk, a_mail(at=at))
    return desk


@pytest.mark.parametrize("case", CHANGES)
def test_F83_a_local_day_has_one_digest_where_clocks_change(case: str, open_desks: Callable[..., Desk]):
    zone, hour, change = CHANGES[case]
    begin = datetime(change.year, change.month, change.day, tzinfo=ZoneInfo(zone)) - timedelta(hours=20)
    desk = a_waiting_desk(open_desks, begin.astimezone(UTC), **{"desk.timezone": zone, "review.digest": hour})
    while desk.now() < begin.astimezone(UTC) + timedelta(hours=54):
        near = abs(desk.now() - _of(change, zone)) < timedelta(hours=3)
        clock_of(desk).set(desk.now() + (LOOK if near else timedelta(hours=1)))
        reminded(desk)
    assert digest_days(desk) == [change, change + timedelta(days=1)]


def _of(change: date, zone: str) -> datetime:
    return datetime(change.year, change.month, change.day, 2, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize("jumps", [(-1, 1), (-26, 26), (5, -5), (30, -30)], ids=str)
def test_F82_a_clock_that_jumps_and_comes_back_makes_no_second_digest(jumps, open_desks: Callable[..., Desk]):
    desk = a_waiting_desk(open_desks, START)
    clock_of(desk).pass_(hours=23, minutes=1)
    reminded(desk)
    for hours in jumps:
        clock_of(desk).pass_(hours=hours)
        work(desk)
        reminded(desk)
    clock_of(desk).pass_(hours=24)
    reminded(desk)
    periods = Counter(entry.told(Digested).period for entry in _digest_events(desk))
    assert periods["2026-11-23"] == 1
    assert set(periods.values()) == {1}


def _digest_events(desk: Desk) -> list[Event]:
    with reading(desk.engine) as conn:
        numbers = [row.number for row in rows.every(conn)]
    return [event for number in numbers for event in entry_of(desk, number).events if event.name == "digest"]


def test_F80_down_at_the_hour_of_the_digest_one_comes_afterwards_and_not_many(open_desks: Callable[..., Desk]):
    desk = a_waiting_desk(open_desks, START)
    clock_of(desk).pass_(days=9, hours=3)
    for _ in range(3):
        work(desk)
        reminded(desk)
    assert len(digest_days(desk)) == 1
    assert len(letters(desk, "member/reminder", ANA)) == 1


@pytest.mark.parametrize(
    ("zone", "hour"), [("America/New_York", "daily 08:00"), ("Asia/Tokyo", "daily 08:00"), ("UTC", "daily 18:00")]
)
def test_F87_a_desk_whose_zone_or_hour_changes_has_one_digest_on_that_day(zone, hour, open_desks):
    desk = a_waiting_desk(open_desks, START)
    clock_of(desk).pass_(hours=23, minutes=5)
    reminded(desk)
    assert digest_days(desk) == [date(2026, 11, 23)]
    path = desk.config.path
    text = path.read_text().replace('timezone = "UTC"', f'timezone = "{zone}"')
    path.write_text(text.replace('digest = "daily 08:00"', f'digest = "{hour}"'))
    with open_desk(load(path), desk.now) as moved:
        for _ in range(3 * 24):
            clock_of(desk).pass_(hours=1)
            remind(moved, lambda number: process(moved, number))
        days = Counter(digest_days(moved))
    assert set(days.values()) == {1}
    assert sorted(days)[:3] == [date(2026, 11, day) for day in (23, 24, 25)]


def test_F84_two_processes_that_remind_at_once_write_each_letter_once(open_desks: Callable[..., Desk]):
    desk = a_waiting_desk(open_desks, START)
    clock_of(desk).pass_(days=4)
    with open_desk(desk.config, desk.now) as other:
        seen: list[int] = []  # the other looks, and comes late with all that it saw
        remind(other, lambda number: remind(desk, lambda mine: process(desk, mine)) or seen.append(number))
        for number in seen:
            process(other, number)
    assert len(letters(desk, "member/digest", ANA)) == 1
    assert len(letters(desk, "member/reminder", ANA)) == 1


def test_F87_a_vote_at_the_very_second_of_closing_counts_as_the_one_rule_says(open_desks: Callable[..., Desk]):
    """What is due at or before a message's time happens first; a second earlier the ballot is open."""
    outcome = {}
    for name, early in (("open", 1), ("closed", 0)):
        desk = open_desks(name, **{"review.undo": "15m"})
        for email in (ANA, BEN):
            add_member(desk, email, "")
        ref = ref_of(desk, give(desk, a_mail()))
        say(desk, f"decide {ANA} '{ref} approve'")
        closes = item(desk, ref).item.settles_at
        assert closes == START + timedelta(minutes=15)
        clock_of(desk).set(closes - timedelta(seconds=early))
        say(desk, f"decide {BEN} '{ref} reject late'")
        work(desk)
        outcome[name] = state(desk, ref)
    assert outcome == {"open": "rejected", "closed": "published"}


def test_F87_when_it_closes_is_computed_once_and_not_by_the_options_of_another_day(open_desks: Callable[..., Desk]):
    desk = open_desks(**{"review.undo": "15m"})
    add_member(desk, ANA, "Ana")
    ref = ref_of(desk, give(desk, a_mail()))
    say(desk, f"decide {ANA} '{ref} approve'")
    path = desk.config.path
    path.write_text(path.read_text().replace('undo = "15m"', 'undo = "3h"').replace('"UTC"', '"Asia/Tokyo"'))
    with open_desk(load(path), desk.now) as changed:
        assert item(changed, ref).item.settles_at == START + timedelta(minutes=15)
        clock_of(desk).pass_(minutes=15)
        work(changed)
        assert state(changed, ref) == "published"


def test_a_tick_with_an_effect_is_a_message_whose_key_names_due_time_deed_and_cause(open_desks: Callable[..., Desk]):
    desk = open_desks(**{"review.undo": "15m"})
    add_member(desk, ANA, "Ana")
    ref = ref_of(desk, number := give(desk, a_mail()))
    decided = say(desk, f"decide {ANA} '{ref} approve'").number
    due = START + timedelta(minutes=15)
    with reading(desk.engine) as conn:
        assert effects(conn, desk, due) == [(due, "settle", ref)]
    later(desk, minutes=20)
    with reading(desk.engine) as conn:
        ticks = [row.source for row in rows.every(conn) if row.source.startswith("clock:")]
    assert ticks[0] == f"clock:2026-11-22T09:15:00Z/settle/{ref}/{decided}"
    assert ticks[1].startswith(f"clock:2026-11-22T09:15:00Z/published/{ref}/articles/2026/")
    assert received(desk, number).attempts == 1


def test_times_never_go_back_in_the_archive_though_the_clock_does(open_desks: Callable[..., Desk]):
    desk = a_waiting_desk(open_desks, START)
    numbers = []
    for hours in (2, -3, 1):
        clock_of(desk).pass_(hours=hours)
        numbers.append(give(desk, a_mail(f"At {hours}.\n", at=desk.now())))
    times = [entry_of(desk, number).time for number in numbers]
    assert times == sorted(times)


def test_F09_a_lease_that_a_clock_set_back_made_endless_is_over(open_desks: Callable[..., Desk]):
    """Claimed while the clock stood a day ahead, by a worker that died."""
    desk = open_desks()
    number = keep(desk, a_mail())
    clock_of(desk).pass_(days=1)
    with writing(desk.engine) as conn:
        assert rows.claim(conn, desk.now(), 300, number)
    clock_of(desk).pass_(days=-1)
    work(desk)
    assert received(desk, number).state == "processed"
