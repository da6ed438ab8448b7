"""A quarter with holidays: five members, several tasks a week, and whatever people do; short here, whole by hand.

`python tests/journeys/test_a_quarter_of_duties.py 1 2 3` plays a whole quarter for each seed and prints what everybody
carried. The whole desk plays: the clock's messages, letters to members, their words, files that go offline, claims that
run out. Nobody here knows the rota; they do what is put before them, or do not.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # as a program

from build import a_desk, a_mail, add_member, clock_of, give, letters, octets_of, reminded, say, text_of
from same import assert_same

from mailproc.desk.clock.tasks import open_task
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import process, work
from mailproc.desk.tell import duties, roll
from mailproc.kinds.task import RESTORE
from mailproc.store.database import reading
from mailproc.store.people import asked, members
from mailproc.store.work import items
from mailproc.workflow.facts import Tasked
from mailproc.workflow.item import Item

BEGIN = datetime(2026, 10, 5, 7, 30, tzinfo=UTC)  # a Monday
TEAM = {name: f"{name.lower()}@harbour.example" for name in ("Ana", "Ben", "Cleo", "Dov", "Eli")}
OF_EMAIL = {email: name for name, email in TEAM.items()}
GROUPS = ("North Pier Society", "Lantern Street Union")
WHOLE = 13  # weeks of a quarter
ENOUGH = 5  # done in three weeks
AHEAD = 1.5  # times the median, which nobody is to carry more than


@dataclass
class Quarter:
    """A desk, and people who live beside it."""

    desk: Desk
    random: Random
    weeks: int
    begin: datetime
    lost: list[str] = field(default_factory=list)  # tasks that were with nobody at the end of a day

    def play(self) -> None:
        holidays = self.holidays()
        for day in range(7 * self.weeks):
            clock_of(self.desk).set(self.begin + timedelta(days=day))
            for name, (begin, end) in holidays.items():
                if day == begin:
                    self.goes_away(name, end)
            self.opens()
            self.morning()
            for email in TEAM.values():
                self.acts(email)
            clock_of(self.desk).pass_(hours=10)
            self.morning()
            self.lost += [item.ref for item in self.open() if not self.has(item) and self.might_have(item)]

    def holidays(self) -> dict[str, tuple[int, int]]:
        """Each is away once, for one to three weeks; at the end of December for some it is the same time."""
        found = {}
        for name in TEAM:
            length = max(3, self.random.choice((7, 10, 14, 21)) * self.weeks // WHOLE)
            begin = self.random.randrange(1, max(2, 7 * self.weeks - length))
            found[name] = (begin, min(begin + length, 7 * self.weeks))
        return found

    def goes_away(self, name: str, end: int) -> None:
        until = self.begin + timedelta(days=end)
        words = f"away until {until:%Y-%m-%d}"
        if self.random.random() < 0.5:
            words += f", stand-in {self.random.choice([other for other in TEAM if other != name])}"
        self.says(TEAM[name], words)

    def opens(self) -> None:
        """What the week brings: reports, a crash of the site, a wish that is old."""
        today = self.random.random()
        if today < 0.35:
            self.report()
        elif today < 0.55:
            page = f"The page of {self.desk.now():%d %B}"
            open_task(self.desk, lambda n: process(self.desk, n), Tasked(task="page", title=page), self.desk.now())
        elif today < 0.65:
            say(self.desk, f"group '{self.random.choice(GROUPS)}' state=offline")

    def report(self) -> None:
        text = f"A link on your page is dead: number {self.random.randrange(10**6)}.\n"
        reader = f"Reader <reader{self.random.randrange(10**6)}@quay.example>"
        mail = a_mail(text, sender=reader, to="contact@harbour.example", subject="Dead link", at=self.desk.now())
        give(self.desk, mail)

    def morning(self) -> None:
        work(self.desk)
        reminded(self.desk)
        work(self.desk)

    def acts(self, email: str) -> None:
        """What somebody does about what is with them: most is done soon, some is taken on and left, some passed on."""
        for item in self.of(email):
            if self.is_away(email):
                continue
            luck = self.random.random()
            if luck < 0.55:
                self.says(email, f"{item.ref} done")
                if item.section == RESTORE and item.group:
                    say(self.desk, f"group '{item.group}' state=up")
            elif luck < 0.65 and item.state == "open":
                self.says(email, f"{item.ref} claim")
            elif luck < 0.70:
                self.says(email, f"{item.ref} not me")

    def says(self, email: str, words: str) -> None:
        say(self.desk, f"decide {email} '{words}'")

    def is_away(self, email: str) -> bool:
        with reading(self.desk.engine) as conn:
            known = members.get(conn, email)
        return known is None or known.state != "active"

    def open(self) -> list[Item]:
        with reading(self.desk.engine) as conn:
            return items.of_kind(conn, duties.TASK, duties.OPEN)

    def has(self, item: Item) -> str:
        with reading(self.desk.engine) as conn:
            member = duties.with_whom(conn, item)
        return member.email if member else ""

    def might_have(self, item: Item) -> set[str]:
        """Who is here, did not give it on, and did not report it."""
        with reading(self.desk.engine) as conn:
            gave_on = {each.member for each in asked.of(conn, item.ref) if each.declined}
        return {email for email in TEAM.values() if not self.is_away(email)} - gave_on

    def of(self, email: str) -> list[Item]:
        return [item for item in self.open() if self.has(item) == email]

    def loads(self) -> dict[str, int]:
        """Who did how many."""
        with reading(self.desk.engine) as conn:
            done = dict(roll.done_between(conn, self.begin, self.desk.now() + timedelta(days=1)))
        return {name: done.get(name, 0) for name in TEAM}

    def asked(self) -> Counter[str]:
        """Before whom how many were put, in all."""
        with reading(self.desk.engine) as conn:
            found = items.of_kind(conn, duties.TASK, {*duties.OPEN, "done", "discarded"})
            rows = asked.of_many(conn, [item.ref for item in found])
        return Counter(OF_EMAIL[each.member] for some in rows.values() for each in some)


@contextmanager
def a_quarter(folder: Path, seed: int, weeks: int, begin: datetime = BEGIN) -> Iterator[Quarter]:
    with a_desk(folder, begin) as desk:
        for name, email in TEAM.items():
            add_member(desk, email, name)
        for group in GROUPS:
            say(desk, f"group '{group}' state=up")
        yield Quarter(desk, Random(seed), weeks, begin)  # noqa: S311 - a play, no secret


def said(seed: int, quarter: Quarter) -> str:
    loads, put = quarter.loads(), quarter.asked()
    each = ", ".join(f"{name} {count} (asked {put[name]})" for name, count in loads.items())
    largest = f"the largest is {max(loads.values()) / max(1, statistics.median(loads.values())):.2f} times the median"
    return (
        f"seed {seed}, {quarter.weeks} weeks, {sum(loads.values())} done: {each}; {largest}; {len(quarter.open())} open"
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory) -> Iterator[Quarter]:
    """Three weeks over the end of a month."""
    with a_quarter(
        tmp_path_factory.mktemp("quarter") / "desk", 3, weeks=3, begin=BEGIN + timedelta(days=14)
    ) as quarter:
        quarter.play()
        yield quarter


def test_F126_every_task_is_done_or_with_somebody_and_a_rebuild_knows_it(played, capsys):
    with capsys.disabled():
        sys.stderr.write(f"\n{said(3, played)}\n")
    assert played.lost == []
    assert sum(played.loads().values()) >= ENOUGH
    assert_same(played.desk)


def test_what_a_month_brought_stands_in_its_first_digest_without_an_order_of_merit(played):
    every = [octets_of(played.desk, letter) for letter in letters(played.desk, "member/digest")]
    told = [words for octets in every if "In October 2026," in (words := " ".join(text_of(octets).split()))]
    assert told
    names = [name for name in TEAM if f"{name} " in told[0].partition("done for the site: ")[2].partition(". Thank")[0]]
    assert names == sorted(names)
    assert len(told) <= len(TEAM), "once to each"


def whole(seeds: list[int]) -> int:
    """A quarter for each seed; 0 where nothing was lost and nobody carried too much."""
    wrong = 0
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder, a_quarter(Path(folder) / "desk", seed, weeks=WHOLE) as quarter:
            quarter.play()
            loads = quarter.loads()
            sys.stdout.write(said(seed, quarter) + "\n")
            sys.stdout.flush()
            wrong += bool(quarter.lost) or max(loads.values()) > AHEAD * statistics.median(loads.values())
    return wrong


if __name__ == "__main__":
    sys.exit(whole([int(word) for word in sys.argv[1:]] or [1]))
