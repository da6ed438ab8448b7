"""Events for tests, from the words that an entry would hold."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from mailproc.kinds.event import EventName
from mailproc.workflow.actor import actor_of
from mailproc.workflow.event import Event, facts_of, shapes_of


def an_event(
    ref: str,
    name: str,
    by: str = "ana@harbour.example",
    words: str = "",
    *,
    due: datetime | None = None,
    reason: str = "",
    **said: str,
) -> Event:
    """The event of this name; what is said beside it counts as far as this event has such a fact."""
    known = {field.name for field in fields(shapes_of(EventName(name))[0])}
    facts = facts_of(EventName(name), {key: value for key, value in said.items() if key in known})
    return Event(ref, EventName(name), actor_of(by), words, due, reason, facts)
