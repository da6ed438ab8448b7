"""`machine.step` under any sequence of events: it never raises, and leaves the author and the words alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from events import an_event as event_of
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.kinds.every import KINDS
from mailproc.kinds.step import Do
from mailproc.message.model import Address
from mailproc.workflow import machine
from mailproc.workflow.event import Event
from mailproc.workflow.item import Item

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
UNDO = timedelta(minutes=15)
LIMITS = machine.Limits(remind=timedelta(days=3), hold=timedelta(days=14), lapse=timedelta(days=30))
EVENTS = sorted({event for kind in KINDS.values() for _, event in kind.table})


def an_item(kind: str, extent: str) -> Item:
    return Item(
        kind=kind,
        number=12,
        state=machine.initial(kind, extent),
        title="The pier",
        author=Address("Jo Poole", "jo@poole.example"),
        authenticated=True,
        received_at=NOW,
        waiting_since=NOW,
        text="The pier is closed.",
        text_sha256="0" * 64,
        extent=extent,
    )


def an_event(item: Item, name: str, at: datetime) -> Event:
    due = at + UNDO if name in machine.DECISIONS | {"carry", "refuse", "announce"} else None
    data = {"place": "articles/2026/pier", "motion": "replace", "text": "Open.", "earlier": item.text_sha256}
    data |= {"coauthor": "Mina Poll", "nth": 0}
    return event_of(item.ref, name, words="Why?", due=due, **data)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(sorted(KINDS)), st.sampled_from(["whole", "unclear"]), st.lists(st.sampled_from(EVENTS)))
def test_no_sequence_of_events_breaks_an_item(kind, extent, names):
    item = an_item(kind, extent)
    first = item
    for n, name in enumerate(names):
        at = NOW + timedelta(hours=n)
        stepped = machine.step(item, an_event(item, name, at), at)
        if stepped is None:
            without = item.state in machine.UP and not item.motion and name in machine.OF_A_MOTION
            told = name == "hold" and item.settles_at is None  # its author has heard of the end
            assert without or told or (item.state, name) not in KINDS[kind].table
            continue
        before, item = item, stepped[0]
        assert item.state in KINDS[kind].states
        if item.settles_at is not None:
            assert item.state in machine.SETTLING or item.motion_settles
        assert not item.motion or item.state in machine.UP
        assert item.consent_at is None or item.state == "pending"
        assert item.question is None or item.state == "awaiting_author"
        if item.state != before.state:
            assert item.waiting_since == at
            assert item.reminded == 0
        for name_of in ("kind", "number", "author", "title", "received_at", "extent"):
            assert getattr(item, name_of) == getattr(first, name_of)
        texts = (item.text, item.text_sha256) == (before.text, before.text_sha256)
        assert texts or (name == "replaced" and item.earlier_sha256[-1] == before.text_sha256)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(sorted(KINDS)), st.lists(st.sampled_from(EVENTS)))
def test_a_decision_that_is_reached_settles_once_and_what_does_not_settle_has_no_due_time(kind, names):
    item = an_item(kind, "whole")
    for n, name in enumerate(names):
        at = NOW + timedelta(hours=n)
        stepped = machine.step(item, an_event(item, name, at), at)
        item = stepped[0] if stepped else item
    if item.state in machine.SETTLING and item.settles_at is not None:
        settled = machine.step(item, an_event(item, "settle", item.settles_at), item.settles_at)
        assert settled is not None
        assert machine.settled(settled[0])


def test_an_addition_to_a_decision_under_way_does_not_change_when_it_takes_effect():
    item = an_item("article", "whole")
    approved, _ = machine.step(item, an_event(item, "approve", NOW), NOW)  # type: ignore[misc]
    later = NOW + timedelta(minutes=5)
    added, _ = machine.step(approved, an_event(approved, "addition", later), later)  # type: ignore[misc]
    assert added.settles_at == NOW + UNDO


def test_reminders_come_again_and_again_until_the_item_lapses():
    limits = machine.Limits(timedelta(days=3), timedelta(days=14), timedelta(days=10))
    item = an_item("enquiry", "whole")
    told = []
    while item.state == "open":
        name, at = machine.due(item, limits, NOW)  # type: ignore[misc]
        told.append((name, (at - NOW).days))
        item, _ = machine.step(item, an_event(item, name, at), at)  # type: ignore[misc]
    assert told == [("remind", 3), ("remind", 6), ("remind", 9), ("lapse", 10)]
    assert item.state == "closed"


@pytest.mark.parametrize(
    ("days", "what", "when"),
    [(2, "remind", 3), (4, "remind", 3), (7, "remind", 6), (9.9, "remind", 9), (10, "lapse", 10)],
)
def test_reminders_that_were_missed_come_as_one_and_none_after_a_lapse(days, what, when):
    limits = machine.Limits(timedelta(days=3), timedelta(days=14), timedelta(days=10))
    by = NOW + timedelta(days=days)
    assert machine.due(an_item("article", "whole"), limits, by) == (what, NOW + timedelta(days=when))


def test_the_question_stands_until_it_is_answered_and_no_longer():
    item = an_item("article", "whole")
    asked, _ = machine.step(item, an_event(item, "ask", NOW), NOW)  # type: ignore[misc]
    assert (asked.state, asked.question) == ("awaiting_author", "Why?")
    answered, _ = machine.step(asked, an_event(asked, "answer", NOW), NOW)  # type: ignore[misc]
    assert (answered.state, answered.question) == ("pending", None)


def test_the_place_of_what_was_published_is_forgotten_when_it_is_down():
    item = an_item("article", "whole")
    for name in ("approve", "settle", "published"):
        item, _ = machine.step(item, an_event(item, name, NOW), NOW)  # type: ignore[misc]
    assert item.place == "articles/2026/pier"
    for name in ("revive", "taken_down"):
        item, _ = machine.step(item, an_event(item, name, NOW), NOW)  # type: ignore[misc]
    assert (item.state, item.place) == ("retracted", None)


def asked(motion: str = "replace") -> Item:
    up = replace(an_item("article", "whole"), state="published", place="articles/2026/pier")
    event = event_of(up.ref, "move", motion=motion, text="Open.")
    return machine.step(up, event, NOW)[0]  # type: ignore[index]


def test_a_new_text_keeps_the_hash_of_the_one_it_replaces_and_says_whose_it_is():
    item = asked()
    for name in ("carry", "replace"):
        item, _ = machine.step(item, an_event(item, name, NOW), NOW)  # type: ignore[misc]
    assert item.text == "The pier is closed.", "not before it is up"
    item, _ = machine.step(item, an_event(item, "replaced", NOW), NOW)  # type: ignore[misc]
    assert (item.text, item.text_source, item.earlier_sha256) == ("Open.", "body", ("0" * 64,))
    assert (item.replaced_by, item.replaced_at, item.motion, item.new_text) == ("members", NOW, "", None)
    assert item.state == "published"


def test_a_motion_that_takes_the_place_of_another_begins_anew():
    item = asked()
    item, _ = machine.step(item, an_event(item, "carry", NOW), NOW)  # type: ignore[misc]
    later = NOW + timedelta(minutes=5)
    moved = event_of(item.ref, "move", "jo@poole.example", motion="retract")
    item, actions = machine.step(item, moved, later)  # type: ignore[misc]
    assert (item.motion, item.motion_settles, item.settles_at, item.new_text) == ("retract", "", None, None)
    assert (item.motion_since, item.motion_by) == (later, "jo@poole.example")
    assert Do.RESET_VOTES in actions


@pytest.mark.parametrize("name", ["approve", "hold", "ask", "reject", "discard", "version", "addition", "unannounce"])
def test_whatever_happens_to_an_announced_item_stops_what_was_announced(name):
    item = an_item("article", "whole")
    item, _ = machine.step(item, an_event(item, "announce", NOW), NOW)  # type: ignore[misc]
    assert machine.due(item, LIMITS, NOW + UNDO) == ("consent", NOW + UNDO)
    reminded, _ = machine.step(item, an_event(item, "remind", NOW), NOW)  # type: ignore[misc]
    assert reminded.consent_at == item.consent_at
    item, _ = machine.step(item, an_event(item, name, NOW), NOW)  # type: ignore[misc]
    assert item.consent_at is None


@pytest.mark.parametrize("name", ["hold", "lapse", "discard", "reject", "withdraw"])
def test_a_question_is_over_with_the_wait_for_its_answer(name):
    item = an_item("article", "whole")
    item, _ = machine.step(item, an_event(item, "ask", NOW), NOW)  # type: ignore[misc]
    item, _ = machine.step(item, an_event(item, name, NOW), NOW)  # type: ignore[misc]
    assert item.question is None


def test_an_approval_that_is_not_up_yet_is_taken_back_without_a_word_to_its_author():
    item = an_item("article", "whole")
    for name in ("approve", "settle"):
        item, _ = machine.step(item, an_event(item, name, NOW), NOW)  # type: ignore[misc]
    back, actions = machine.step(item, an_event(item, "revive", NOW), NOW)  # type: ignore[misc]
    assert (back.state, actions) == ("pending", (Do.RESET_VOTES,))
