"""Whoever asks to join hears of it, whatever members do or do not do: random schedules against the tables that run.

A pure model of one request: its kind's table, the limits, and people who act at any moment or never. Each wait of the
applicant ends within its limit, and each end is a letter; an appeal is heard once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.kinds.event import EventName as E
from mailproc.kinds.every import KINDS
from mailproc.kinds.step import Do, Tell
from mailproc.message.model import Address
from mailproc.workflow import machine
from mailproc.workflow.actor import CLOCK, person
from mailproc.workflow.event import Event, shapes_of
from mailproc.workflow.facts import NOTHING, Appealed, Ended, Facts, Reminded
from mailproc.workflow.item import Item
from mailproc.workflow.machine import Limits

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LIMITS = Limits(remind=timedelta(days=3), hold=timedelta(days=14), lapse=timedelta(days=30))
UNDO, APPEAL, AGAIN = timedelta(minutes=15), timedelta(days=14), timedelta(days=90)
KIM = "kim@reyes.example"
MEMBERS = (E.APPROVE, E.REJECT, E.DISCARD, E.HOLD, E.ASK, E.REOPEN, E.REVIVE)
APPLICANT = (E.AGREE, E.WITHDRAW, E.ANSWER, E.ADDITION, E.APPEAL, E.RENEW)
ACKNOWLEDGED = frozenset({E.AGREE, E.ANSWER, E.ADDITION, E.APPEAL, E.RENEW, E.WITHDRAW})  # a mail that is answered
LONGEST = LIMITS.hold + LIMITS.lapse + UNDO  # put off once more, then nobody decides

Schedule = list[tuple[timedelta, E]]
acts = st.sampled_from([*MEMBERS, *APPLICANT])
gaps = st.sampled_from(
    [timedelta(minutes=n) for n in (1, 10, 20)] + [timedelta(days=n) for n in (1, 5, 13, 16, 29, 40)]
)
schedules = st.lists(st.tuples(gaps, acts), max_size=14)


class Request:
    """One request to join, the clock beside it, and when its applicant last heard something."""

    def __init__(self) -> None:
        kind = KINDS["membership"]
        self.item = Item(
            kind=kind.name,
            number=12,
            state=kind.initial,
            title="May I join?",
            author=Address("Kim Reyes", KIM),
            authenticated=True,
            received_at=NOW,
            waiting_since=NOW,
        )
        self.now = NOW
        self.acted = NOW  # when somebody last did something about it
        self.silent: list[str] = []  # ends of a wait without a letter
        self.heard: list[tuple[datetime, str]] = [(NOW, "receipt")]
        self.appeals = 0

    def act(self, name: E, by: str = "ana@harbour.example") -> None:
        """A person's act, as far as the desk lets it happen."""
        if name is E.APPEAL and not self.may_appeal():
            self.heard.append((self.now, "no-appeal"))
            return
        settles = self.now + UNDO if name in machine.DECISIONS else None
        self.step(name, KIM if name in APPLICANT else by, due=settles)

    def may_appeal(self) -> bool:
        until = self.item.appeal_until
        return self.item.settles_at is None and until is not None and self.now < until and not self.item.appealed_at

    def step(self, name: E, by: str = "", due: datetime | None = None, facts: Facts = NOTHING) -> None:
        if name is E.APPEAL:
            facts = Appealed()
        if Facts not in shapes_of(name) and facts is NOTHING:
            facts = Reminded() if name is E.REMIND else facts
        event = Event(self.item.ref, name, person(by) if by else CLOCK, due=due, facts=facts)
        stepped = machine.step(self.item, event, self.now)
        if stepped is None:
            return
        after, actions = stepped
        self.appeals += name is E.APPEAL
        self.acted = self.now if by else self.acted
        waited, self.item = self.waits, after
        told = [action.template for action in actions if isinstance(action, Tell)]
        told += [str(name)] if name in ACKNOWLEDGED else []
        self.heard += [(self.now, template) for template in told]
        if waited and not self.waits and not told:
            self.silent.append(f"{name} in {after.state}")

    def until(self, moment: datetime) -> None:
        """Let what is due happen by itself, in its order."""
        while (due := machine.due(self.item, LIMITS, moment)) and due[1] <= moment:
            name, self.now = E(due[0]), max(self.now, due[1])
            self.step(name, facts=self.ended() if name is E.SETTLE else NOTHING)
        self.now = moment

    def ended(self) -> Facts:
        """What `joining.ended` says of a decision against them."""
        if self.item.state not in {"rejected", "discarded"}:
            return NOTHING
        appeal = None if self.item.appealed_at else self.now + APPEAL
        return Ended(again=self.now + AGAIN if self.item.state == "rejected" else None, appeal=appeal)

    @property
    def waits(self) -> bool:
        return self.item.state in machine.WAITING or self.item.settles_at is not None


@settings(max_examples=400, deadline=None)
@given(schedules)
def test_each_wait_of_an_applicant_ends_in_time_and_with_a_letter(schedule: Schedule):
    asked = Request()
    for gap, name in schedule:
        asked.until(asked.now + gap)
        asked.act(name)
    waited = asked.waits
    asked.until(asked.acted + LONGEST)  # nobody does anything more
    assert not asked.waits, f"it waits past its limits: {asked.item.state}"
    assert asked.silent == []
    assert not waited or asked.heard[-1][0] > asked.acted


@settings(max_examples=200, deadline=None)
@given(schedules)
def test_an_appeal_is_heard_once_at_most(schedule: Schedule):
    asked = Request()
    for gap, name in [*schedule, *schedule]:
        asked.until(asked.now + gap)
        asked.act(name)
        if asked.item.state == "rejected" and asked.item.settles_at is None:
            asked.act(E.APPEAL)
    assert asked.appeals <= 1


def test_an_end_without_a_letter_is_found_out(monkeypatch):
    """The law can fail: without its letter a discard is silence."""
    table = KINDS["membership"].table
    silent = replace(table["discarded", E.SETTLE], actions=(Do.SETTLED,))
    monkeypatch.setitem(table, ("discarded", E.SETTLE), silent)
    asked = Request()
    asked.act(E.AGREE)
    asked.act(E.DISCARD)
    asked.until(NOW + timedelta(days=1))
    assert asked.silent == ["settle in discarded"]
