"""When members are written to, and whom an item is put before: examples, and laws over many days and clocks."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.review import rota
from mailproc.review.member import Member
from mailproc.review.rota import Asked, Hours, Load, Matter, Place

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LONG_BEFORE = NOW - timedelta(days=400)
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Pacific/Kiritimati",
    "Africa/Casablanca",
]
moments = st.integers(0, 365 * 86_400).map(lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second))
clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
spans = st.none() | st.tuples(clocks, clocks).filter(lambda span: span[0] != span[1])
hours = st.builds(Hours, st.sampled_from(ZONES).map(ZoneInfo), clocks, spans)


def moment(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


def a_member(email: str, state: str = "active", **fields: object) -> Member:
    return Member(email, "", state, LONG_BEFORE, (email,), **fields)


def quiet(zone: str, words: str) -> Hours:
    return Hours(ZoneInfo(zone), time(8), rota.span_of(words))


# When


@pytest.mark.parametrize(
    ("words", "at", "end"),
    [
        ("22:00-07:00", "2026-11-22T23:00", "2026-11-23T07:00"),
        ("22:00-07:00", "2026-11-23T06:59:59", "2026-11-23T07:00"),
        ("22:00-07:00", "2026-11-23T07:00", None),
        ("22:00-07:00", "2026-11-22T21:59", None),
        ("12:00-14:00", "2026-11-22T12:00", "2026-11-22T14:00"),
        ("00:00-06:00", "2026-11-22T00:00", "2026-11-22T06:00"),
        ("18:00-00:00", "2026-11-22T23:59", "2026-11-23T00:00"),
        ("never", "2026-11-22T23:00", None),
        ("", "2026-11-22T23:00", None),
    ],
)
def test_quiet_hours_go_over_midnight_and_end_on_time(words, at, end):
    assert rota.quiet_until(quiet("UTC", words), moment(at)) == (moment(end) if end else None)


@pytest.mark.parametrize(
    ("words", "at", "end"),
    [
        ("22:00-02:30", "2026-03-29T00:30", "2026-03-29T01:00"),  # 02:30 does not exist: the gap ends at 03:00
        ("22:00-07:00", "2026-03-29T00:30", "2026-03-29T05:00"),  # a night of eight hours
        ("22:00-07:00", "2026-10-24T23:30", "2026-10-25T06:00"),  # a night of ten
        ("22:00-02:30", "2026-10-25T00:15", "2026-10-25T00:30"),  # the first 02:30
        ("22:00-02:30", "2026-10-25T01:15", "2026-10-25T01:30"),  # and the second, for it was quiet again
    ],
)
def test_quiet_hours_are_those_of_the_wall_where_clocks_change(words, at, end):
    assert rota.quiet_until(quiet("Europe/Berlin", words), moment(at)) == moment(end)


@settings(max_examples=300, deadline=None)
@given(hours, moments)
def test_what_is_not_before_is_the_first_moment_outside_quiet_hours(day, at):
    first = rota.not_before(day, at)
    assert at <= first <= at + timedelta(hours=26)
    assert rota.not_before(day, first) == first
    if first > at:
        assert rota.quiet_until(day, first - timedelta(seconds=1)), "not a second late"


@settings(max_examples=300, deadline=None)
@given(hours, moments)
def test_the_digest_is_due_once_a_local_day_and_never_in_quiet_hours(day, at):
    due = rota.digest_moment(day, at)
    assert at - timedelta(hours=50) <= due <= at
    assert rota.quiet_until(day, due) is None
    looks = [at + timedelta(minutes=30 * n) for n in range(5 * 48)]
    seen = sorted({rota.digest_moment(day, look) for look in looks})
    days = [rota.period(day, each) for each in seen]
    assert len(set(days)) == len(days)
    assert len(days) in {5, 6}


@settings(max_examples=300, deadline=None)
@given(hours, moments, st.timedeltas(timedelta(), timedelta(days=4)))
def test_what_was_due_is_released_outside_quiet_hours_and_is_never_lost(day, at, slept):
    now = at + slept
    since = rota.released(day, at, now)
    if since is None:
        assert rota.quiet_until(day, now)
    else:
        assert at <= since <= now
        assert rota.released(day, at, since) == since, "it was so then"


def test_a_desk_that_woke_in_quiet_hours_writes_at_their_end():
    day = quiet("UTC", "22:00-07:00")
    due = moment("2026-11-22T08:00")
    assert rota.released(day, due, moment("2026-11-22T23:00")) is None
    assert rota.released(day, due, moment("2026-11-23T07:10")) == moment("2026-11-23T07:00")


def test_hours_that_begin_where_they_end_are_refused():
    with pytest.raises(ValueError, match="one time"):
        rota.span_of("07:00-07:00")


# Whom

ANA, BEN, CLEO, DEE = (f"{name}@harbour.example" for name in ("ana", "ben", "cleo", "dee"))
FOUR = [a_member(email) for email in (ANA, BEN, CLEO, DEE)]
JO = "jo@poole.example"


def emails(places: tuple[Place, ...]) -> list[str]:
    return [place.member for place in places]


def test_an_item_is_before_everybody_unless_the_desk_says_how_many():
    assert rota.choose(Matter(JO), FOUR, {}, ()) == ()
    assert rota.before(Matter(JO), FOUR, ()) == (ANA, BEN, CLEO, DEE)
    assert rota.before(Matter(JO), FOUR, (Asked(BEN, NOW, declined=True),)) == (ANA, CLEO, DEE)


def test_those_asked_least_recently_come_first_then_fewest_open_then_by_address():
    load = {ANA: Load(NOW), BEN: Load(NOW - timedelta(days=1), 3), CLEO: Load(NOW - timedelta(days=1), 2)}
    assert emails(rota.choose(Matter(JO, first=3), FOUR, load, ())) == [DEE, CLEO, BEN]


def test_at_least_as_many_are_asked_as_approvals_are_needed():
    assert len(rota.choose(Matter(JO, needed=3, first=1), FOUR, {}, ())) == 3
    assert len(rota.choose(Matter(JO, needed=9, first=1), FOUR, {}, ())) == 4


def test_the_author_is_not_asked_nor_whoever_said_not_me():
    asked = (Asked(BEN, NOW, declined=True),)
    assert emails(rota.choose(Matter(ANA.upper(), first=4), FOUR, {}, asked)) == [CLEO, DEE]


def test_whoever_is_away_is_asked_by_their_stand_in_and_that_counts_as_theirs():
    people = [a_member(ANA, "away", stand_in=BEN), *FOUR[1:]]
    assert rota.choose(Matter(JO, first=1), people, {}, ()) == (Place(BEN, ANA),)
    load = {ANA: Load(NOW), BEN: Load(NOW)}
    assert rota.choose(Matter(JO, first=1), people, load, ()) == (Place(CLEO),)


def test_an_item_in_the_hands_of_somebody_who_goes_away_goes_before_their_stand_in():
    people = [a_member(ANA, "away", stand_in=DEE), *FOUR[1:]]
    assert rota.choose(Matter(JO, first=2), people, {}, (Asked(ANA, NOW), Asked(BEN, NOW))) == (Place(DEE, ANA),)
    both = (Asked(ANA, NOW), Asked(DEE, NOW))
    assert rota.choose(Matter(JO, first=2), people, {}, both) == (Place(BEN),), "their stand-in has it already"


@pytest.mark.parametrize("others", [[a_member(BEN, "away", stand_in=ANA)], [a_member(BEN, "away", stand_in=CLEO)]])
def test_stand_ins_make_no_chains_and_no_loops(others):
    people = [a_member(ANA, "away", stand_in=BEN), *others, a_member(CLEO)]
    assert {*emails(rota.choose(Matter(JO, first=3), people, {}, ()))} == {CLEO}


def test_an_author_who_is_away_has_no_stand_in_for_their_own_item():
    people = [a_member(ANA, "away", stand_in=BEN), a_member(BEN), a_member(CLEO)]
    assert rota.choose(Matter(ANA, first=2), people, {}, ()) == (Place(BEN), Place(CLEO))


def test_reminders_rise_from_those_asked_to_more_to_everybody_to_the_fallback():
    asked = (Asked(ANA, NOW),)
    heard = [rota.rise(Matter(JO, first=1), FOUR, {}, asked, n, last=False) for n in (1, 2, 3, 4)]
    assert [hearing.members for hearing in heard] == [(ANA,), (ANA, BEN), (ANA, BEN, CLEO, DEE), (ANA, BEN, CLEO, DEE)]
    assert [hearing.fallback for hearing in heard] == [False, False, False, True]
    assert emails(heard[1].places) == [BEN]


def test_the_last_reminder_before_the_end_goes_as_far_as_any():
    assert rota.rise(Matter(JO, first=1), FOUR, {}, (Asked(ANA, NOW),), 1, last=True).fallback


def test_where_nobody_may_decide_the_fallback_hears_at_once():
    everybody_away = [a_member(ANA, "away"), a_member(BEN, "suspended")]
    assert rota.rise(Matter(JO), everybody_away, {}, (), 1, last=False) == rota.Hearing((), fallback=True)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 60), st.randoms(use_true_random=False))
def test_equals_are_asked_equally_often(count, first, rounds, chance):
    people = [a_member(f"m{n}@harbour.example") for n in range(count)]
    chance.shuffle(people)
    load: dict[str, Load] = {}
    times = dict.fromkeys((member.email for member in people), 0)
    for n in range(rounds):
        for place in rota.choose(Matter(JO, first=first), people, load, ()):
            times[place.member] += 1
            load[place.member] = Load(NOW + timedelta(hours=n), times=times[place.member])
    assert max(times.values()) - min(times.values()) <= 1
    assert sum(times.values()) == rounds * min(first, count)
