"""What the desk made of an answer, held against what Ana meant by it.

Right: all that she decided, nothing else, and no line asked back. A line that comes back is fine only where the
scenario says so, and only if the letter that brings it names the items. Missed is what was decided and came neither
way; invented is what nobody decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scenarios import Decided, Scenario
from town import ANA

from mailproc.kinds.event import EventName
from mailproc.workflow.entry import Entry
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Sorted

OF_A_MEMBER = {EventName.HOLD, EventName.ASK, EventName.DISCARD, EventName.SORT, EventName.NOTE}


@dataclass(frozen=True)
class Judgement:
    """One scenario's."""

    done: Decided
    missed: Sequence[str]
    invented: Sequence[str]
    asked_back: Sequence[str]  # lines
    unnamed: Sequence[str]  # items whose words came back without their names
    fine: bool

    def __str__(self) -> str:
        told = {
            "missed": self.missed,
            "invented": self.invented,
            "asked back": [repr(line) for line in self.asked_back],
        }
        found = [f"{name}: {', '.join(what)}" for name, what in told.items() if what]
        unnamed = [f"not named: {', '.join(self.unnamed)}"] if self.unnamed and self.asked_back else []
        return "; ".join([*found, *unnamed]) + (" (as it should)" if self.fine and found else "") or "right"


def decided(entry: Entry) -> dict[str, tuple[str, str]]:
    """Reference -> verb and words, as she decided."""
    hers = [event for event in entry.events if event.by.email == ANA]
    votes = {event.ref: (event.facts.verdict, event.words) for event in hers if event.name == EventName.VOTE}
    rest = {event.ref: (str(event.name), _words(event)) for event in hers if event.name in OF_A_MEMBER}
    return {**votes, **rest}


def _words(event: Event) -> str:
    return event.facts.kind if isinstance(event.facts, Sorted) else event.words


def judge(scenario: Scenario, entry: Entry, told: Sequence[str]) -> Judgement:
    """`told` are the letters that she got."""
    done = decided(entry)
    lost = [ref for ref in scenario.decides if ref not in done]
    missed = [] if entry.unclear else lost
    invented = [f"{ref} {' '.join(what)}".strip() for ref, what in done.items() if scenario.decides.get(ref) != what]
    unnamed = [ref for ref in lost if not any(ref in each for each in told)]
    named = scenario.asks_back and not unnamed and len(entry.unclear) <= max(1, len(lost))
    fine = not missed and not invented and (not entry.unclear or named)
    return Judgement(done, missed, invented, entry.unclear, unnamed, fine)
