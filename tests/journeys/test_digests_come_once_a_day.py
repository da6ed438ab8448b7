"""The digest by the clock: at its hour, once per local day, also where clocks change; nothing when nothing waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    START,
    a_mail,
    add_member,
    clock_of,
    give,
    later,
    letters,
    octets_of,
    ref_of,
    refs_in,
    reminded,
    say,
)

from mailproc.desk.ground.wire import Desk

ZONES = {
    "spring forward over the hour": ("Europe/Berlin", "daily 02:30", date(2026, 3, 29)),
    "fall back over the hour": ("Europe/Berlin", "daily 02:30", date(2026, 10, 25)),
    "spring in the south": ("Australia/Sydney", "daily 02:30", date(2026, 10, 4)),
    "fall in the west": ("America/New_York", "daily 01:30", date(2026, 11, 1)),
    "half an hour": ("Australia/Lord_Howe", "daily 02:00", date(2026, 10, 4)),
    "midnight that does not exist": ("America/Santiago", "daily 00:00", date(2026, 9, 6)),
    "far east": ("Pacific/Kiritimati", "daily 08:00", date(2026, 6, 1)),
}


def written(desk: Desk, email: str = ANA) -> list[datetime]:
    return [letter.created_at for letter in letters(desk, "member/digest", email)]


@pytest.mark.parametrize("case", ZONES)
def test_one_digest_for_each_local_day(case: str, open_desks: Callable[..., Desk]):
    """Looked at every half hour for five days around the change."""
    zone, hour, change = ZONES[case]
    local = ZoneInfo(zone)
    begin = datetime(change.year, change.month, change.day, 12, tzinfo=UTC) - timedelta(days=3)
    desk = open_desks("zone", at=begin, **{"desk.timezone": zone, "review.digest": hour})
    add_member(desk, ANA, "Ana")
    give(desk, a_mail(at=begin))
    for _ in range(5 * 48):
        clock_of(desk).pass_(minutes=30)
        reminded(desk)
    days = [at.astimezone(local).date() for at in written(desk)]
    assert len(days) == 5
    assert days == [days[0] + timedelta(days=n) for n in range(5)]


def test_a_desk_that_slept_for_days_sends_one_digest_and_goes_on(desk: Desk):
    add_member(desk, ANA, "Ana")
    give(desk, a_mail())
    later(desk, days=6)
    reminded(desk)
    reminded(desk)
    assert len(written(desk)) == 1
    later(desk, days=1)
    reminded(desk)
    assert len(written(desk)) == 2


def test_nothing_is_sent_when_nothing_waits(desk: Desk):
    add_member(desk, ANA, "Ana")
    for _ in range(3):
        later(desk, days=1)
        reminded(desk)
    assert not letters(desk)


def test_an_item_that_came_after_the_hour_waits_for_the_next_day(desk: Desk):
    add_member(desk, ANA, "Ana")
    later(desk, days=1)  # 09:00 the next day
    reminded(desk)
    give(desk, a_mail())
    reminded(desk)
    assert not written(desk)
    later(desk, hours=23)
    reminded(desk)
    assert [at.hour for at in written(desk)] == [8]


def test_a_member_is_owed_no_digest_for_hours_before_they_joined(desk: Desk):
    add_member(desk, ANA, "Ana")
    give(desk, a_mail())
    later(desk, hours=23)
    add_member(desk, BEN, "Ben")  # at 08:00 sharp
    later(desk, hours=1)
    add_member(desk, CLEO, "Cleo")
    reminded(desk)
    assert len(written(desk, ANA)) == 1
    assert not written(desk, CLEO)


def test_the_oldest_waits_on_top_and_what_is_decided_does_not_wait(desk: Desk):
    add_member(desk, ANA, "Ana")
    refs = []
    for n in range(4):
        mail = a_mail(f"Text {n}.\n", sender=f"A <a{n}@poole.example>", subject=f"Text {n}", at=desk.now())
        refs.append(ref_of(desk, give(desk, mail)))
        later(desk, minutes=10)
    say(desk, f"decide {ANA} '{refs[1]} hold'")
    later(desk, hours=23)
    reminded(desk)
    assert refs_in(octets_of(desk, letters(desk, "member/digest")[0]))[:3] == [refs[0], refs[2], refs[3]]


def test_digest_now_goes_to_each_member_for_whom_something_waits(desk: Desk):
    add_member(desk, ANA, "Ana")
    add_member(desk, BEN, "Ben")
    give(desk, a_mail(sender=f"Ana <{ANA}>", authentic=True))
    say(desk, "digest")
    assert [letter.to for letter in letters(desk, "member/digest")] == [BEN], "Ana's own item waits for others"


def test_members_are_reminded_of_what_waits_too_long_again_and_again(desk: Desk):
    add_member(desk, ANA, "Ana")
    give(desk, a_mail())
    for _ in range(10):
        later(desk, days=1)
        reminded(desk)
    sent = [letter.created_at for letter in letters(desk, "member/reminder", ANA)]
    assert [(at - START).days for at in sent] == [3, 6, 9]
