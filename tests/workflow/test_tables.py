"""The tables as data: every state reachable, every wait limited, every letter known, every event heard."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from events import an_event

import mailproc.desk
from mailproc.desk.turn import filing
from mailproc.desk.turn.apply import ASIDE
from mailproc.desk.turn.people import PERSON_EVENTS
from mailproc.kinds.event import EventName
from mailproc.kinds.every import GOES_UP, KINDS
from mailproc.kinds.step import Do, Tell
from mailproc.letters.catalogue import LETTERS
from mailproc.message.model import Address
from mailproc.workflow import life, machine
from mailproc.workflow.actor import DESK as THE_DESK
from mailproc.workflow.event import Event, facts_of, shapes_of, words_of
from mailproc.workflow.facts import Rescued
from mailproc.workflow.item import Item
from mailproc.workflow.machine import Limits

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
LIMITS = Limits(remind=timedelta(days=3), hold=timedelta(days=14), lapse=timedelta(days=30))
ENDS = {"member", "retracted", "accepted"}  # nothing follows: access is a member's matter, and a retraction is for ever
ROWS = [(kind, state, event) for kind in KINDS for state, event in KINDS[kind].table]
DESK = Path(mailproc.desk.__file__).parent


def an_item(kind: str, state: str, settles_at: datetime | None = None) -> Item:
    return Item(
        kind=kind,
        number=12,
        state=state,
        title="The pier",
        author=Address("Jo Poole", "jo@poole.example"),
        authenticated=True,
        received_at=NOW,
        waiting_since=NOW,
        text="The pier is closed.",
        settles_at=settles_at,
    )


def reachable(kind: str) -> set[str]:
    seen, new = set(), {machine.initial(kind, extent) for extent in ("whole", "unclear")}
    while new:
        seen |= new
        new = {step.state for (state, _), step in KINDS[kind].table.items() if state in seen} - seen
    return seen


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_is_reachable_from_the_initial_one(kind):
    assert reachable(kind) == set(KINDS[kind].states)


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_but_the_ends_has_a_way_out(kind):
    for state in set(KINDS[kind].states) - ENDS:
        assert any(step.state != state for (before, _), step in KINDS[kind].table.items() if before == state), state


@pytest.mark.parametrize("kind", KINDS)
def test_every_waiting_state_has_a_limit_and_a_row_for_what_happens_then(kind):
    for state in set(KINDS[kind].states) & machine.WAITING:
        item, seen = an_item(kind, state), set()
        for _ in range(12):
            due = machine.due(item, LIMITS, NOW)
            assert due is not None, state
            name, at = due
            assert NOW < at <= NOW + LIMITS.lapse or name == "remind"
            stepped = machine.step(item, an_event(item.ref, name, "clock"), at)
            assert stepped is not None, (state, name)
            seen.add(name)
            if stepped[0].state != state:
                break
            item = stepped[0]
        never_ends = (kind, state) == ("task", "open")  # somebody has it, until it is done
        assert never_ends or stepped[0].state != state, f"{state} waits for ever: {seen}"


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_settles_has_a_row_for_settling_and_a_way_to_reopen_until_then(kind):
    settling = {s.state for s in KINDS[kind].table.values() if Do.SETTLE_LATER in s.actions} - machine.UP
    assert settling
    assert settling <= machine.SETTLING
    for state in settling:
        item = an_item(kind, state, NOW + timedelta(minutes=15))
        assert machine.due(item, LIMITS, NOW) == ("settle", NOW + timedelta(minutes=15))
        settled, actions = machine.step(item, an_event(item.ref, "settle", "clock"), NOW)  # type: ignore[misc]
        assert Do.SETTLED in actions
        assert settled.settles_at is None
        assert machine.row(item, EventName.REOPEN) is not None


UP = [(kind, state) for kind in KINDS for state in KINDS[kind].states if state in machine.UP]
OUTCOMES = [("carry", "retract"), ("carry", "replace"), ("refuse", "retract"), ("refuse", "replace")]


def under_motion(kind: str, state: str, motion: str = "retract") -> Item:
    asked = an_event("A-12", "move", motion=motion, text="New.")
    return machine.step(an_item(kind, state), asked, NOW)[0]  # type: ignore[index]


@pytest.mark.parametrize(("kind", "state"), UP)
@pytest.mark.parametrize(("name", "motion"), OUTCOMES)
def test_a_motion_that_is_decided_settles_does_what_it_asked_and_can_be_reopened_until_then(kind, state, name, motion):
    open_ = under_motion(kind, state, motion)
    assert machine.waits_for_members(open_)
    due = NOW + timedelta(minutes=15)
    settling, _ = machine.step(open_, an_event("A-12", name, due=due), NOW)  # type: ignore[misc]
    assert settling.state == state, "what is up stays as it is until then"
    assert not machine.waits_for_members(settling)
    deed = "keep" if name == "refuse" else motion
    assert machine.due(settling, LIMITS, NOW) == (deed, due)
    reopened, _ = machine.step(settling, an_event("A-12", "reopen"), NOW)  # type: ignore[misc]
    assert reopened == open_
    ended, actions = machine.step(settling, an_event("A-12", deed, "clock"), due)  # type: ignore[misc]
    assert Do.SETTLED in actions
    assert ended.settles_at is None
    assert ended.state == ("retracted" if deed == "retract" else state)
    assert (ended.motion == "") is (deed != "replace"), "the new text has to go up first"


@pytest.mark.parametrize(("kind", "state"), UP)
def test_an_open_motion_is_reminded_of_and_lapses_and_leaves_nothing(kind, state):
    item, seen = under_motion(kind, state), []
    while item.motion:
        name, at = machine.due(item, LIMITS, NOW)  # type: ignore[misc]
        seen.append((name, (at - NOW).days))
        item, _ = machine.step(item, an_event("A-12", name, "clock"), at)  # type: ignore[misc]
    assert seen == [*(("remind", 3 * n) for n in range(1, 10)), ("lapse", 30)]
    assert item == an_item(kind, state)
    assert machine.due(item, LIMITS, NOW) is None


@pytest.mark.parametrize("kind", KINDS)
def test_an_ended_item_is_not_due_for_anything(kind):
    for state in set(KINDS[kind].states) - machine.WAITING:
        assert machine.due(an_item(kind, state), LIMITS, NOW) is None


@pytest.mark.parametrize(("kind", "state", "event"), ROWS)
def test_every_letter_a_row_asks_for_is_in_the_catalogue(kind, state, event):
    for action in KINDS[kind].table[state, event].actions:
        if isinstance(action, Tell):
            names = {f"{KINDS[kind].audience}/{action.template}", f"author/{action.template}"}
            assert names & set(LETTERS), names


@pytest.mark.parametrize("kind", KINDS)
def test_an_end_that_time_or_members_bring_is_told_to_the_author(kind):
    """Every wait ends with a word; a mail that was discarded is not answered, on purpose."""
    for (before, event), step in KINDS[kind].table.items():
        if event in {"lapse", "withdraw"} and step.state != before:
            assert any(isinstance(action, Tell) for action in step.actions), (before, event)


def test_every_event_has_one_who_applies_it():
    heard = {event for _, _, event in ROWS} | {*ASIDE} | {*PERSON_EVENTS} | {event for _, event in life.LETTER}
    heard |= {event for _, event in life.FILE} | filing.WISHES
    of_the_desk = {EventName.PAUSE, EventName.RESUME, EventName.PROBED, EventName.NEW_KEY, EventName.CONFIRM_CLOCK}
    elsewhere = {EventName.OPEN} | of_the_desk
    assert {*EventName} <= heard | elsewhere


def said_in(path: Path) -> Iterator[str]:
    """Names of the events that a module says: as members of the list of all, or as words that become one."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr in EventName.__members__:
            yield EventName[node.attr]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_event_is_said_by_somebody():
    said = {name for path in [*DESK.rglob("*.py"), Path(machine.__file__)] for name in said_in(path)}
    assert {*EventName} - GOES_UP <= said, "what goes up is said by the kind"


def test_an_event_that_nobody_knows_cannot_be_made():
    with pytest.raises(ValueError, match="approove"):
        an_event("A-12", "approove")
    with pytest.raises(TypeError, match="vote: its facts are Voted, not Facts"):
        Event("A-12", EventName.VOTE, THE_DESK)
    with pytest.raises(TypeError, match="verdikt"):
        facts_of(EventName.VOTE, {"verdikt": "approve"})


@pytest.mark.parametrize("name", EventName)
def test_facts_read_back_from_the_words_of_an_entry(name):
    words = {"period": "3", "cause": "12", "aliases": "Pier\nNorth Pier", "motion": "replace", "place": "a/b"}
    words |= dict.fromkeys(("again", "appeal", "at"), "2027-03-01T00:00:00+00:00")
    words |= dict.fromkeys(("approvals", "needed", "rejections", "needed_rejections", "number", "size", "nth"), "2")
    for shape in set(shapes_of(name)) - {Rescued}:
        needed = [field.name for field in fields(shape) if field.default is MISSING]
        given = {each: words.get(each, "x") for each in needed or [field.name for field in fields(shape)]}
        facts = facts_of(name, given)
        assert isinstance(facts, shape)
        assert words_of(facts).items() >= given.items()


@pytest.mark.parametrize("kind", KINDS)
def test_the_drawing_names_every_state_and_only_arrows_of_the_table(kind):
    first, *lines = machine.drawing(kind).split("\n")
    assert first == "stateDiagram-v2"
    arrows = [re.fullmatch(r"    (\S+) --> (\S+)(?:: (.+))?", line) for line in lines]
    assert all(arrows)
    found = [(arrow[1], arrow[2], arrow[3]) for arrow in arrows if arrow]
    assert found[0] == ("[*]", KINDS[kind].initial, None)
    drawn = {(a, b, event) for a, b, names in found[1:] for event in names.split(", ")}
    moving = {(s, step.state, event) for (s, event), step in KINDS[kind].table.items() if s != step.state}
    assert drawn == moving
    assert {a for a, _, _ in found[1:]} | {b for _, b, _ in found} == set(KINDS[kind].states)
