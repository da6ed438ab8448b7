"""Random months at a real desk, its clock moved by hand: nobody is asked amiss, and no item waits for ever.

The laws are those of `review/test_no_item_waits_for_ever.py`, which runs whole years without a desk; here the letters
themselves are counted, and at the end a rebuild gives the same desk. `MAILPROC_SEEDS=20 pytest` is the long form.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from build import ANA, BEN, CLEO, a_mail, add_member, clock_of, give, letters, received, reminded, say

from mailproc.desk.clock.clockwork import due_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.rebuild import rebuild
from mailproc.desk.serve.process import work
from mailproc.review import rota
from mailproc.review.member import Member
from mailproc.store.database import open_database, reading
from mailproc.store.people import asked, members
from mailproc.store.work import items
from mailproc.workflow import machine
from mailproc.workflow.item import Item
from mailproc.workflow.outgoing import Outgoing

SEEDS = range(int(os.environ.get("MAILPROC_SEEDS", "2")))
BEGIN = datetime(2026, 10, 20, 9, tzinfo=UTC)  # clocks change on the way
DAYS, STEP = 30, timedelta(hours=8)
OWN_TIME = timedelta(days=2)  # for which members' hours may hold a letter back
CAN_WAIT = {"member/digest", "member/single", "member/reminder"}
SAYINGS = (
    "away",
    "away until {day}",
    "back",
    "at once",
    "daily 18:00",
    "daily 06:30",
    "quiet 21:00-08:30",
    "quiet never",
    "time zone America/New_York",
    "time zone Australia/Sydney",
    "stand-in {other}",
)


def everybody(desk: Desk) -> dict[str, Member]:
    with reading(desk.engine) as conn:
        return {member.email: member for member in members.every(conn)}


def everything(desk: Desk) -> list[Item]:
    with reading(desk.engine) as conn:
        return items.every(conn)


def live(desk: Desk, chance: random.Random) -> None:
    """What people do between two looks at the clock."""
    if chance.random() < 0.3:
        mail = a_mail(
            f"Text {chance.random()}.\n", sender=f"S <s{chance.randrange(9**9)}@poole.example>", at=desk.now()
        )
        give(desk, mail)
    who = chance.choice([ANA, BEN, CLEO])
    day, other = f"{desk.now() + timedelta(days=chance.randrange(2, 12)):%Y-%m-%d}", chance.choice([ANA, BEN, CLEO])
    if chance.random() < 0.15:
        say(desk, f"decide {who} '{chance.choice(SAYINGS).format(day=day, other=other)}'")
    waiting = [item.ref for item in everything(desk) if machine.waits_for_members(item)]
    if waiting and chance.random() < 0.2:
        say(
            desk, f"decide {who} '{chance.choice(waiting)} {chance.choice(['approve', 'hold', 'not me', 'reject no'])}'"
        )


def are_lawful(desk: Desk, fresh: list[Outgoing]) -> None:
    """Letters that were just written: to nobody who is away, nor in anybody's quiet hours."""
    people = everybody(desk)
    for letter in fresh:
        if letter.template in CAN_WAIT:
            member = people[letter.to]
            assert member.votes, f"{letter.template} to {member.state} {member.email}"
            assert rota.quiet_until(desk.hours(member), desk.now()) is None, f"{letter.template} in quiet hours"


@pytest.mark.parametrize("seed", SEEDS)
def test_every_item_ends_or_somebody_has_just_heard_of_it(seed: int, open_desks: Callable[..., Desk], tmp_path):
    chance = random.Random(seed)  # noqa: S311 - a seed, not a secret
    options = {
        "review.ask": seed % 3,
        "review.fallback": CLEO,
        "review.article.lapse": "12d",
        "review.article.approvals": 1 + seed % 2,
    }
    desk = open_desks(at=BEGIN, **options)
    for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
        add_member(desk, email, name)
    heard: dict[str, datetime] = {}
    known, days = 0, {}
    while desk.now() < BEGIN + timedelta(days=DAYS):
        live(desk, chance)
        clock_of(desk).pass_(hours=STEP.total_seconds() / 3600)
        written = letters(desk)
        known = len(written)  # what members' own words caused may come at any hour
        work(desk)
        reminded(desk)
        fresh = [letter for letter in letters(desk) if letter not in written]
        assert len(letters(desk)) == known + len(fresh)
        are_lawful(desk, fresh)
        for letter in fresh:
            heard |= dict.fromkeys(letter.listed, desk.now())
            if letter.template == "member/digest":
                due = due_of(received(desk, letter.cause).source)  # the desk looks late, up to a step
                day = rota.period(desk.hours(everybody(desk)[letter.to]), due)
                assert day > days.get(letter.to, ""), f"{letter.to} had two on {day}"
                days[letter.to] = day
        for item in everything(desk):
            if machine.waits_for_members(item):
                limits = desk.limits(item.kind)
                last = max(item.waiting_since, heard.get(item.ref, item.waiting_since))
                assert desk.now() - item.waiting_since <= limits.lapse + STEP, f"{item.ref} waits for ever"
                assert desk.now() - last <= limits.remind + OWN_TIME, f"{item.ref} waits, and nobody has heard"
    assert heard
    _same_after_rebuild(desk, tmp_path)


def _same_after_rebuild(desk: Desk, folder) -> None:
    anew = open_database("sqlite:///again.db", folder)
    rebuild(desk.config, anew)
    found = []
    for engine in (desk.engine, anew):
        with reading(engine) as conn:
            every = items.every(conn)
            found.append((every, members.every(conn), asked.of_many(conn, [item.ref for item in every])))
    anew.dispose()
    assert found[0] == found[1]
