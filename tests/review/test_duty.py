"""Whose week it is and to whom something to do goes: examples, and laws over many weeks and any members."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from mailproc.review import duty
from mailproc.review.duty import AHEAD, Carried, Duty, Ledger
from mailproc.review.member import Member
from mailproc.review.rota import LONG_AGO, Asked, Place

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
LONG_BEFORE = NOW - timedelta(days=400)
PIER = Duty(group="North Pier Society")
BERLIN = ZoneInfo("Europe/Berlin")


def a_member(email: str, state: str = "active", **fields: object) -> Member:
    return Member(email, "", state, LONG_BEFORE, (email,), **fields)


ANA, BEN, CLEO = a_member("ana@x.example"), a_member("ben@x.example"), a_member("cleo@x.example")
THREE = (ANA, BEN, CLEO)
WEEK = duty.week_of(NOW, BERLIN)


def ledger(*members: Member, week: int = WEEK, **carried: Carried) -> Ledger:
    """`ana=Carried(3)` by first names."""
    return Ledger(members, {f"{name}@x.example": each for name, each in carried.items()}, week)


def served(days_ago: int, tasks: int = 0, days: int = 91) -> Carried:
    return Carried(tasks, days, NOW - timedelta(days=days_ago))


def asked(email: str, turn: int = 1, **fields: object) -> Asked:
    """All in one moment, so that only their turns tell who was asked last."""
    return Asked(email, NOW, turn=turn, **fields)


# Weeks


def test_a_week_begins_on_monday_by_the_desks_clock():
    monday = datetime(2026, 11, 23, 0, 0, tzinfo=BERLIN)
    assert duty.begins(WEEK, BERLIN) == monday
    assert duty.week_of(monday - timedelta(seconds=1), BERLIN) == WEEK - 1
    assert duty.week_of(monday + timedelta(days=7), BERLIN) == WEEK + 1


def test_the_week_in_which_clocks_change_has_its_hour_more():
    week = duty.week_of(datetime(2026, 10, 25, 12, tzinfo=BERLIN), BERLIN)
    length = duty.begins(week + 1, BERLIN).astimezone(UTC) - duty.begins(week, BERLIN).astimezone(UTC)
    assert length == timedelta(days=7, hours=1)


# Whose turn


def test_the_week_is_of_whoever_a_task_came_to_longest_ago():
    known = ledger(*THREE, ana=served(14), ben=served(28), cleo=served(21))
    assert duty.on_duty(known) == Place(BEN.email)


def test_before_anything_came_to_anybody_the_weeks_go_round():
    weeks = [duty.on_duty(ledger(*THREE, week=WEEK + n)) for n in range(6)]
    names = [place.member for place in weeks if place]
    assert sorted(names[:3]) == [member.email for member in THREE]
    assert names[3:] == names[:3]


def test_whoever_is_away_is_not_on_duty_and_their_stand_in_is_in_their_place():
    gone = replace(BEN, state="away")
    known = {"ana": served(14), "ben": served(28), "cleo": served(21)}
    assert duty.on_duty(ledger(ANA, gone, CLEO, **known)) == Place(CLEO.email)
    named = replace(gone, stand_in=ANA.email)
    assert duty.on_duty(ledger(ANA, named, CLEO, **known)) == Place(ANA.email, BEN.email)


def test_a_stand_in_who_is_away_as_well_is_no_chain():
    both = (replace(ANA, state="away", stand_in=BEN.email), replace(BEN, state="away", stand_in=CLEO.email), CLEO)
    assert duty.on_duty(ledger(*both, ana=served(30), ben=served(20), cleo=served(1))) == Place(CLEO.email, BEN.email)


def test_nobody_is_on_duty_where_nobody_is_here():
    assert duty.on_duty(ledger(replace(ANA, state="away"), replace(BEN, state="suspended"))) is None
    assert duty.on_duty(ledger()) is None


# To whom it goes


def test_it_goes_to_whoever_is_on_duty():
    assert duty.choose(PIER, ledger(*THREE, ana=served(14), ben=served(28), cleo=served(21)), ()) == Place(BEN.email)


def test_who_has_a_part_in_a_file_is_never_asked_about_it():
    party = replace(BEN, not_for=("north pier society",))
    known = ledger(ANA, party, CLEO, ana=served(14), ben=served(28), cleo=served(21))
    assert duty.choose(PIER, known, ()) == Place(CLEO.email)
    assert duty.choose(Duty(group="Lantern Street Union"), known, ()) == Place(BEN.email)
    assert duty.bearer(PIER, [ANA, party], [asked(BEN.email)]) == ""


def test_a_stand_in_with_a_part_in_the_file_is_passed_over():
    gone, party = replace(BEN, state="away", stand_in=ANA.email), replace(ANA, not_for=(PIER.group,))
    assert duty.choose(PIER, ledger(party, gone, CLEO, ben=served(90)), ()) == Place(CLEO.email)


def test_nobody_is_asked_about_their_own_report():
    assert duty.choose(Duty(author=BEN.email), ledger(BEN, CLEO, ben=served(90)), ()) == Place(CLEO.email)


def test_who_is_on_duty_and_carries_too_much_already_is_passed_over():
    known = {"ben": served(28, tasks=5), "ana": served(14, tasks=1), "cleo": served(21, tasks=0)}
    assert duty.choose(PIER, ledger(*THREE, **known), ()) == Place(CLEO.email)


def test_a_share_is_of_the_days_on_which_a_member_was_here():
    """Cleo was away for most of the quarter, and Ben, whose week it is not, carries less for his days than she."""
    known = {"ana": served(28, tasks=12), "ben": served(14, tasks=6), "cleo": served(21, tasks=3, days=21)}
    assert duty.choose(PIER, ledger(*THREE, **known), ()) == Place(BEN.email)


def test_what_moves_on_goes_to_somebody_who_was_not_asked_yet_and_then_begins_anew():
    known = ledger(*THREE)
    rows = [asked(ANA.email, 1), asked(CLEO.email, 2)]
    assert duty.choose(PIER, known, rows) == Place(BEN.email)
    assert duty.choose(PIER, known, [*rows, asked(BEN.email, 3)]) == Place(ANA.email)


def test_who_said_not_me_is_not_asked_again_and_the_last_one_keeps_it():
    rows = [asked(ANA.email, 1, declined=True), asked(BEN.email, 2, declined=True), asked(CLEO.email, 3)]
    assert duty.choose(PIER, ledger(*THREE), rows) is None
    assert duty.bearer(PIER, THREE, rows) == CLEO.email


def test_the_stand_in_of_whoever_had_it_comes_first():
    gone = replace(ANA, state="away", stand_in=CLEO.email)
    known = ledger(gone, BEN, CLEO, ana=served(1), ben=served(50), cleo=served(2))
    assert duty.choose(PIER, known, [asked(ANA.email)]) == Place(CLEO.email, ANA.email)


def test_it_is_before_the_last_who_was_asked_while_they_are_here():
    rows = [asked(ANA.email, 1), asked(BEN.email, 2)]
    assert duty.bearer(PIER, THREE, rows) == BEN.email
    assert duty.bearer(PIER, [ANA, replace(BEN, state="away"), CLEO], rows) == ""
    assert duty.bearer(PIER, THREE, [asked(ANA.email, 1), asked(BEN.email, 2, declined=True)]) == ""
    assert duty.bearer(PIER, THREE, []) == ""


def test_days_here_leave_out_what_came_before_and_holidays():
    away = [(NOW - timedelta(days=20), NOW - timedelta(days=6)), (NOW - timedelta(days=200), NOW - timedelta(days=80))]
    assert duty.days_here(LONG_BEFORE, away, NOW) == 91 - 14 - 11
    assert duty.days_here(NOW - timedelta(days=3), [], NOW) == 3
    assert duty.days_here(NOW, [], NOW) == 0


# Laws

people = st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=7, unique=True)
states = st.sampled_from(["active", "active", "active", "away", "suspended"])
moments = st.integers(0, 90).map(lambda days: NOW - timedelta(days=days))


@st.composite
def desks(draw: st.DrawFn) -> tuple[Duty, Ledger, list[Asked]]:
    """A task on a desk as it may be: members here and not, parts in the file, stand-ins, what was asked before."""
    names = draw(people)
    emails = [f"{name}@x.example" for name in names]
    members = tuple(
        a_member(
            email,
            draw(states),
            stand_in=draw(st.sampled_from(["", *emails])),
            not_for=draw(st.sampled_from([(), (), (PIER.group,)])),
        )
        for email in emails
    )
    carried = {
        email: Carried(draw(st.integers(0, 20)), draw(st.integers(0, 91)), draw(moments | st.just(LONG_AGO)))
        for email in draw(st.lists(st.sampled_from(emails), unique=True))
    }
    had = draw(st.lists(st.sampled_from(emails), unique=True))
    rows = [Asked(email, draw(moments), draw(st.booleans()), turn=turn) for turn, email in enumerate(had, 1)]
    author = draw(st.sampled_from(["", *emails]))
    return (
        Duty(author, draw(st.sampled_from(["", PIER.group]))),
        Ledger(members, carried, draw(st.integers(0, 10**5))),
        rows,
    )


def may_have(task: Duty, known: Ledger) -> set[str]:
    """Who can be asked, said once more in other words."""
    no_part = [member for member in known.members if not task.group or task.group not in member.not_for]
    return {member.email for member in no_part if member.state == "active"} - {task.author}


@given(desks())
def test_it_goes_to_nobody_who_is_not_here_has_a_part_reported_it_or_gave_it_on(made: tuple[Duty, Ledger, list[Asked]]):
    task, known, rows = made
    place = duty.choose(task, known, rows)
    gave_on = {row.member for row in rows if row.declined}
    if place is not None:
        assert place.member in may_have(task, known) - gave_on
        assert place.in_place_of == "" or any(m.email == place.in_place_of and m.state == "away" for m in known.members)
    else:
        assert may_have(task, known) - gave_on <= {row.member for row in rows[-1:]}


@given(desks())
def test_it_is_before_one_member_at_most_who_may_have_it(made: tuple[Duty, Ledger, list[Asked]]):
    task, known, rows = made
    has = duty.bearer(task, known.members, rows)
    assert has in {"", *may_have(task, known)}
    place = duty.choose(task, known, rows)
    assert place is None or place.member != has


@given(st.integers(2, 7), st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_nobody_gets_more_than_their_share_and_a_few(size: int, weeks: list[int]):
    """Whatever comes in a week: while all are here nobody is ever further ahead than the turn allows."""
    members = tuple(a_member(f"{n}@x.example") for n in range(size))
    tasks: Counter[str] = Counter()
    served_at = {member.email: LONG_AGO for member in members}
    for number, count in enumerate(weeks):
        turns = dict(served_at)
        for nth in range(count):
            carried = {m.email: Carried(tasks[m.email], served=turns[m.email]) for m in members}
            place = duty.choose(Duty(), Ledger(members, carried, WEEK + number), ())
            assert place is not None
            tasks[place.member] += 1
            served_at[place.member] = NOW + timedelta(days=7 * number, minutes=nth)
            assert tasks[place.member] <= tasks.total() / size + AHEAD + 1


@given(st.integers(2, 7), st.integers(2, 40))
def test_one_task_a_week_goes_round(size: int, weeks: int):
    """Each has one of as many weeks in a row as there are members."""
    members = tuple(a_member(f"{n}@x.example") for n in range(size))
    served_at, had = {member.email: LONG_AGO for member in members}, []
    for number in range(weeks):
        carried = {email: Carried(served=at) for email, at in served_at.items()}
        place = duty.on_duty(Ledger(members, carried, WEEK + number))
        assert place is not None
        had.append(place.member)
        served_at[place.member] = NOW + timedelta(days=7 * number)
    assert all(len(set(had[at : at + size])) == size for at in range(weeks - size + 1))
