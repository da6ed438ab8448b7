"""What a step asks the desk to do: a closed list.

A `Tell` writes to the item's author; a `Do` changes something else. `desk/turn/apply` does the doing (also when
the database is rebuilt), `desk/turn/turn` words the letters (only the first time). Nothing is done here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailproc.kinds.event import EventName


class Do(StrEnum):
    """An effect beside the change of state."""

    SETTLE_LATER = "settle later"  # the effects of the decision wait until the event's due time
    SETTLED = "settled"  # the wait is over
    WAIT_ANEW = "wait anew"  # it waits from now on, as if it had come into its state just now
    RESET_VOTES = "reset votes"  # a new text is a new question
    WELCOME = "welcome"  # the applicant becomes a member
    BAR_DECIDERS = "bar deciders"  # whoever decided has no vote on it any more
    OPEN_FILE = "open file"  # the organisation that the item names has a group file from now on


@dataclass(frozen=True, slots=True)
class Tell:
    """A letter to the item's author; `template` is the event, the audience follows from the kind."""

    template: str


Action = Do | Tell


@dataclass(frozen=True, slots=True)
class Step:
    """Where an event leads: the state after it and what is to be done."""

    state: str
    actions: tuple[Action, ...] = ()


Table = dict[tuple[str, EventName], Step]  # (state, event) -> Step
