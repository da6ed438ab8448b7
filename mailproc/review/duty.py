"""Duty: which member looks after the site in a week, and to whom something to do goes.

Values in, values out. A week is the turn of whoever something to do came to longest ago, so that the turns go round
over the months whoever comes, goes or is away; what came of the week itself changes nothing of its turn. While a
member is away their stand-in has the turn, never in a chain, and it counts for both. What is to be done goes to the
member on duty, until they carry more than their share by some; then to whoever carries least for their share. A share
is of the days on which a member was here: nobody works off their holiday. Nobody is asked about a file in which they
have a part, about what they said "not me" of, or about what they reported themselves.

What is to be done is before one member at a time, the last who was asked. It moves on to somebody who was not asked
yet, and begins anew with the first when all were. Who may claim it is no matter of turns: every member may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from mailproc.review.ballot import entitled
from mailproc.review.member import Member
from mailproc.review.rota import LONG_AGO, Asked, Matter, Place, stand_in

SPAN = timedelta(days=91)  # of which tasks are counted
AHEAD = 1  # task more than their share that the week's turn may bring
FEWEST_DAYS = 7  # as which whoever has just joined counts
DAYS_OF_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Carried:
    """What a member has carried of late."""

    tasks: int = 0  # that they did, or that wait for them, or that waited for them until the time was over; of SPAN
    days: int = SPAN.days  # of it on which they were here
    served: datetime = LONG_AGO  # before this week: when one last came to them, or to their stand-in for them


NOBODYS = Carried(0, FEWEST_DAYS)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What has to be known to give something to somebody."""

    members: tuple[Member, ...]
    carried: Mapping[str, Carried]  # by registered addr-spec
    week: int  # see `week_of`

    def of(self, email: str) -> Carried:
        """What a member carries."""
        return self.carried.get(email, NOBODYS)


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to do, as far as giving it to somebody goes."""

    author: str = ""  # addr-spec of whoever reported it; "" nobody
    group: str = ""  # the name of the file that it is about; "" none


# Weeks


def week_of(at: datetime, zone: tzinfo) -> int:
    """The number of the week of a moment, from Monday to Sunday by the clocks of this zone."""
    return (at.astimezone(zone).date().toordinal() - 1) // DAYS_OF_A_WEEK


def begins(week: int, zone: tzinfo) -> datetime:
    """The moment in which a week begins."""
    return datetime.combine(date.fromordinal(week * DAYS_OF_A_WEEK + 1), time(), zone)


# Whose turn


def on_duty(ledger: Ledger) -> Place | None:
    """Whose week it is, or who has it in their place; None where nobody is here."""
    return next(iter(_turns(ledger, Duty())), None)


def _turns(ledger: Ledger, duty: Duty) -> list[Place]:
    """Every member's turn, or their stand-in's while they are away, the longest unasked first."""
    able = {member.email for member in _able(ledger, duty)}
    order = sorted(member.email for member in ledger.members)
    turns: list[tuple[tuple[datetime, int], Place]] = []
    for member in ledger.members:
        place = Place(member.email) if member.email in able else stand_in(Matter(duty.author), member)
        if place is not None and place.member in able:
            turn = (order.index(member.email) - ledger.week) % len(order)  # of those nobody ever asked
            turns.append(((ledger.of(member.email).served, turn), place))
    return [place for _, place in sorted(turns, key=lambda each: each[0])]


def _able(ledger: Ledger, duty: Duty) -> tuple[Member, ...]:
    """The members who can be asked to do it."""
    mine = duty.group.casefold()
    no_part = (
        member for member in ledger.members if not mine or mine not in (name.casefold() for name in member.not_for)
    )
    return entitled(no_part, duty.author)


# With whom it is


def bearer(duty: Duty, members: Sequence[Member], asked: Sequence[Asked]) -> str:
    """The member whom it is before now, by registered addr-spec: the last who was asked; "" where that is nobody."""
    last = last_of(asked)
    able = {member.email for member in _able(Ledger(tuple(members), {}, 0), duty)}
    return last.member if last is not None and not last.declined and last.member in able else ""


def last_of(asked: Sequence[Asked]) -> Asked | None:
    """Who was asked last, also of two who were in one moment."""
    return max(asked, key=lambda each: each.turn, default=None)


def choose(duty: Duty, ledger: Ledger, asked: Sequence[Asked]) -> Place | None:
    """To whom it goes next; None where nobody else is left.

    The stand-in of whoever had it and is away comes first; then the member on duty, while they carry no more than
    their share by some; then whoever carries least for their share. Who was asked before has it again when all were.
    """
    last, declined = last_of(asked), {each.member for each in asked if each.declined}
    had = {each.member: each.turn for each in asked}
    places = [place for place in _turns(ledger, duty) if place.member not in declined]
    places = [place for place in places if last is None or place.member != last.member]
    fresh = [place for place in places if place.member not in had]
    if not fresh:
        return min(places, key=lambda place: had[place.member], default=None)
    instead = next((place for place in fresh if last is not None and place.in_place_of == last.member), None)
    ahead = _ahead(ledger, [place.member for place in places])
    first = instead or fresh[0]
    if ahead(first.member) < AHEAD:
        return first
    return min(fresh, key=lambda place: (ahead(place.member), fresh.index(place)))


def _ahead(ledger: Ledger, emails: Sequence[str]) -> Callable[[str], float]:
    """By how many tasks somebody carries more than their share, of those who might have the next."""
    total = sum(ledger.of(email).tasks for email in set(emails))
    days = sum(max(FEWEST_DAYS, ledger.of(email).days) for email in set(emails))

    def ahead(email: str) -> float:
        theirs = ledger.of(email)
        return theirs.tasks - total * max(FEWEST_DAYS, theirs.days) / days

    return ahead


def moves_on(reminder: int) -> bool:
    """Whether it goes to another at an item's first, second, third … reminder: the first is for whoever has it."""
    return reminder % 2 == 0


# How much


def days_here(since: datetime, away: Sequence[tuple[datetime, datetime]], now: datetime) -> int:
    """Days of SPAN before now on which somebody was here who came at `since` and was away in these times."""
    begin = max(since, now - SPAN)
    gone = sum((max(timedelta(), min(end, now) - max(start, begin)) for start, end in away), timedelta())
    return max(0, (now - begin - gone).days)
