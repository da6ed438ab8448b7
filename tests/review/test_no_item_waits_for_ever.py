"""A simulated year at a desk of values: whatever members do, every item that waits ends, or somebody has just heard.

The town below does what the desk does with `rota` and `machine`, with nothing written anywhere; the desk itself is
held to the same promises in `journeys/test_the_desk_keeps_asking.py`. `MAILPROC_SEEDS=200 pytest` on this file is the
long form.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from events import an_event

from mailproc.message.model import Address
from mailproc.review import rota
from mailproc.review.ballot import entitled
from mailproc.review.member import Member
from mailproc.review.rota import Asked, Hours, Load, Matter, Place
from mailproc.workflow import machine
from mailproc.workflow.event import Event
from mailproc.workflow.item import Item
from mailproc.workflow.machine import Limits

SEEDS = range(int(os.environ.get("MAILPROC_SEEDS", "3")))
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
YEAR, STEP = timedelta(days=365), timedelta(hours=5)
OWN_TIME = timedelta(days=2)  # for which members' hours may hold a letter back: a night, and a day to their digest
OPERATOR = "operator"
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Tokyo")]
SPANS = [None, None, (time(22), time(7)), (time(20, 30), time(9)), (time(12), time(14))]


@dataclass
class Written:
    at: datetime
    to: str
    what: str
    refs: tuple[str, ...]


@dataclass
class Town:
    """Members, items, and everything that was ever written."""

    chance: random.Random
    first: int
    needed: int
    limits: Limits
    fallback: str
    now: datetime = BEGIN
    members: dict[str, Member] = field(default_factory=dict)
    hours: dict[str, Hours] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    asked: dict[str, list[Asked]] = field(default_factory=dict)
    yes: dict[str, set[str]] = field(default_factory=dict)
    periods: dict[str, str] = field(default_factory=dict)
    owed: list[tuple[datetime, str, str]] = field(default_factory=list)  # reminders that wait for a morning
    alone: set[str] = field(default_factory=set)  # items that wait for nobody, of which the operator was told
    written: list[Written] = field(default_factory=list)

    # What people do

    def live(self) -> None:
        for email in list(self.members):
            self._one_day(email)
        if self.chance.random() < 0.02 and len(self.members) < 9:
            self.join(f"m{len(self.members)}@harbour.example")
        if self.chance.random() < 0.06:
            self._open()

    def join(self, email: str) -> None:
        self.members[email] = Member(email, "", "active", self.now, (email,))
        self.hours[email] = self._some_hours()

    def _some_hours(self) -> Hours:
        return Hours(self.chance.choice(ZONES), time(self.chance.randrange(24)), self.chance.choice(SPANS))

    def _one_day(self, email: str) -> None:
        member, dice = self.members[email], self.chance.random()
        if dice < 0.004 and member.state == "active":
            until = self.now + timedelta(days=self.chance.randrange(1, 40)) if self.chance.random() < 0.7 else None
            other = self.chance.choice([*self.members, ""])
            self.members[email] = replace(member, state="away", away_until=until, stand_in=other)
        elif dice < 0.008 and member.state == "away":
            self._back(email)
        elif dice < 0.009:
            state = self.chance.choice(["suspended", "resigned", "active"])
            self.members[email] = replace(member, state=state, since=self.now, away_until=None)
        elif dice < 0.011:
            self.hours[email] = self._some_hours()

    def _back(self, email: str) -> None:
        self.members[email] = replace(self.members[email], state="active", away_until=None)
        done = rota.period(self.hours[email], rota.digest_moment(self.hours[email], self.now))
        self.periods[email] = max(self.periods.get(email, ""), done)

    def _open(self) -> None:
        author = self.chance.choice([*self.members, "jo@poole.example", "sam@poole.example"])
        number = len(self.items) + 1
        item = Item("article", number, "pending", "", Address("", author), True, self.now, self.now)  # noqa: FBT003
        self.items[item.ref], self.asked[item.ref], self.yes[item.ref] = item, [], set()

    def answer(self, letter: Written) -> None:
        for ref in letter.refs:
            item, dice = self.items[ref], self.chance.random()
            if not machine.waits_for_members(item) or letter.to == OPERATOR:
                continue
            if dice < 0.05:
                self.yes[ref].add(letter.to)
                needed = max(1, min(self.needed, len(entitled(self.members.values(), item.author.email))))
                if len(self.yes[ref]) >= needed:
                    self._step(item, an_event(ref, "approve", letter.to, due=self.now))
            elif dice < 0.07:
                self._step(item, an_event(ref, "hold", letter.to))
            elif dice < 0.12:
                mine = next((each for each in self.asked[ref] if each.member == letter.to), Asked(letter.to, self.now))
                self.asked[ref] = [each for each in self.asked[ref] if each.member != letter.to]
                self.asked[ref].append(replace(mine, declined=True))

    # What the clock does

    def tick(self) -> None:
        for email, member in self.members.items():
            if member.state == "away" and member.away_until and member.away_until <= self.now:
                self._back(email)
        for item in [each for each in self.items.values() if each.state in machine.WAITING]:
            due = machine.due(item, self.limits, self.now)
            if due and due[1] <= self.now:
                self._happen(item, *due)
        for item in self._waiting():
            self._ask(item)
        for email, member in self.members.items():
            self._digest(email, member)
        self._late()

    def _waiting(self) -> list[Item]:
        return [item for item in self.items.values() if machine.waits_for_members(item)]

    def _matter(self, item: Item) -> Matter:
        return Matter(item.author.email, self.needed, self.first)

    def _load(self) -> dict[str, Load]:
        found: dict[str, Load] = {}
        for ref, rows in self.asked.items():
            is_open = machine.waits_for_members(self.items[ref])
            for each in rows:
                for email in {each.member, each.in_place_of} - {""}:
                    known = found.get(email, Load())
                    found[email] = Load(max(known.last, each.at), known.open + is_open, known.times + 1)
        return found

    def _before(self, item: Item) -> tuple[str, ...]:
        return rota.before(self._matter(item), self.members.values(), self.asked[item.ref])

    def _put(self, item: Item, places: tuple[Place, ...]) -> None:
        self.asked[item.ref] += [Asked(place.member, self.now, in_place_of=place.in_place_of) for place in places]

    def _ask(self, item: Item) -> None:
        load = self._load() if self.first else {}
        self._put(item, rota.choose(self._matter(item), [*self.members.values()], load, self.asked[item.ref]))
        if self._before(item):
            self.alone.discard(item.ref)
        elif item.ref not in self.alone:
            self.alone.add(item.ref)
            self._write(OPERATOR, "nobody", (item.ref,))

    def _happen(self, item: Item, name: str, at: datetime) -> None:
        if name == "remind":
            period = machine.period(item, self.limits, self.now)
            self._step(item, an_event(item.ref, name, "clock", period=str(period)))
            self._rise(self.items[item.ref])
            return
        assert self.now - at < STEP, "nothing is due for long"
        self._step(item, an_event(item.ref, name, "clock"))
        if name == "lapse":
            self._write(OPERATOR, "lapsed", (item.ref,))

    def _rise(self, item: Item) -> None:
        last = self.limits.remind * (item.reminded + 1) >= self.limits.lapse
        rows, people = self.asked[item.ref], [*self.members.values()]
        heard = rota.rise(self._matter(item), people, self._load(), rows, item.reminded, last=last)
        self._put(item, heard.places)
        for email in heard.members:
            if rota.quiet_until(self.hours[email], self.now):
                self.owed.append((self.now, email, item.ref))
            else:
                self._write(email, "reminder", (item.ref,))
        if heard.fallback:
            named = self.members.get(self.fallback)
            if not named or named.email not in self._before(item):
                self._write(OPERATOR, "reminder", (item.ref,))

    def _late(self) -> None:
        kept = []
        for at, email, ref in self.owed:
            wanted = email in self._before(self.items[ref]) and machine.waits_for_members(self.items[ref])
            if wanted and rota.released(self.hours[email], at, self.now):
                self._write(email, "reminder", (ref,))
            elif wanted:
                kept.append((at, email, ref))
        self.owed = kept

    def _digest(self, email: str, member: Member) -> None:
        hours = self.hours[email]
        at = rota.digest_moment(hours, self.now)
        since = rota.released(hours, at, self.now)
        if not member.votes or member.since > at or rota.period(hours, at) <= self.periods.get(email, "") or not since:
            return
        self.periods[email] = rota.period(hours, since)
        refs = tuple(item.ref for item in self._waiting() if email in self._before(item))
        if refs:
            self._write(email, "digest", refs)
            self.written[-1].at = since

    def _step(self, item: Item, event: Event) -> None:
        stepped = machine.step(item, event, self.now)
        assert stepped is not None, (item.state, event.name)
        self.items[item.ref] = stepped[0]

    def _write(self, to: str, what: str, refs: tuple[str, ...]) -> None:
        if to != OPERATOR:
            assert self.members[to].state == "active", f"{to} is {self.members[to].state}"
            assert not rota.quiet_until(self.hours[to], self.now), f"{what} in quiet hours"
        self.written.append(Written(self.now, to, what, refs))


def a_town(seed: int) -> Town:
    chance = random.Random(seed)  # noqa: S311 - a seed, not a secret
    remind = timedelta(days=chance.choice([1, 3, 7, 20]))
    limits = Limits(remind, timedelta(days=14), timedelta(days=30))
    town = Town(
        chance, chance.choice([0, 1, 2, 3]), chance.choice([1, 2, 3]), limits, chance.choice(["", "m1@harbour.example"])
    )
    for n in range(chance.randrange(1, 6)):
        town.join(f"m{n}@harbour.example")
    return town


@pytest.mark.parametrize("seed", SEEDS)
def test_every_item_reaches_an_end_or_has_written_to_somebody_within_its_limit(seed: int):
    town = a_town(seed)
    heard: dict[str, datetime] = {}
    while town.now < BEGIN + YEAR:
        town.now += STEP
        town.live()
        seen = len(town.written)
        town.tick()
        fresh = town.written[seen:]
        for letter in fresh:
            heard |= dict.fromkeys(letter.refs, town.now)
            town.answer(letter)
        for item in town.items.values():
            if item.state in machine.WAITING:
                assert town.now - item.waiting_since <= town.limits.lapse + STEP, f"{item.ref} waits for ever"
            if machine.waits_for_members(item):
                last = max(item.waiting_since, heard.get(item.ref, item.waiting_since))
                assert town.now - last <= town.limits.remind + OWN_TIME, f"{item.ref} waits, and nobody has heard"
    assert any(item.state in {"approved", "lapsed"} for item in town.items.values())
    digests = [(each.to, f"{each.at.astimezone(UTC)}") for each in town.written if each.what == "digest"]
    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_local_day_has_one_digest_however_habits_change(seed: int):
    """Each member's days never repeat nor go back, by the clock they had when the letter was written."""
    town = a_town(seed)
    last: dict[str, str] = {}
    while town.now < BEGIN + YEAR / 4:
        town.now += STEP
        town.live()
        seen = len(town.written)
        town.tick()
        for letter in town.written[seen:]:
            if letter.what == "digest":
                day = rota.period(town.hours[letter.to], letter.at)
                assert day > last.get(letter.to, ""), f"{letter.to} had two on {day}"
                last[letter.to] = day


@pytest.mark.parametrize("first", [1, 2, 3])
def test_the_load_is_even_among_those_who_are_equally_there(first: int):
    town = a_town(1)
    town.first, town.needed, town.fallback = first, 1, ""
    for n in range(5):
        town.join(f"m{n}@harbour.example")
    for _ in range(60):
        town.now += STEP
        number = len(town.items) + 1
        item = Item("article", number, "pending", "", Address("", "jo@poole.example"), True, town.now, town.now)  # noqa: FBT003
        town.items[item.ref], town.asked[item.ref], town.yes[item.ref] = item, [], set()
        town._ask(item)
    load = town._load()
    times = [load.get(email, Load()).times for email in town.members]
    assert max(times) - min(times) <= 1
