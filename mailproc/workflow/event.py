"""One thing that happened, and the facts that this event alone needs.

An entry holds events; applying them in order makes the database (design §2). A name comes from a closed list,
and each name has one shape of facts, so that a mistyped event cannot exist: making one raises TypeError. In entries
facts are words, `{"verdict": "approve"}`: `words_of` and `facts_of` are the only way there and back.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import chain
from typing import Any, TypeVar

from mailproc.kinds.event import EventName
from mailproc.kinds.every import GOES_UP
from mailproc.workflow.actor import Actor
from mailproc.workflow.facts import (
    NOTHING,
    Access,
    Appealed,
    At,
    Attached,
    Byline,
    CameBack,
    Changed,
    Concerned,
    Counted,
    Counts,
    Dated,
    Decorated,
    Digested,
    Ended,
    Facts,
    Given,
    Habits,
    Invited,
    Keyed,
    LaidOut,
    Line,
    Lost,
    Moved,
    NewAddress,
    OfMember,
    OfRequest,
    Opened,
    Part,
    Preferred,
    Probed,
    PutBefore,
    PutBy,
    Reminded,
    Replaced,
    Rescued,
    SaidYes,
    Shared,
    Sorted,
    Tasked,
    Ticket,
    Topics,
    Voted,
    Want,
    WentUp,
)

_F = TypeVar("_F", bound="Facts")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one subject."""

    ref: str  # "A-123"; for the rest "member:EMAIL", "author:EMAIL", "group:NAME", "letter:ID", "desk:SWITCH"
    name: EventName
    by: Actor
    words: str = ""  # to the author (reject, ask) or inside only (note)
    due: datetime | None = None  # when its effect is due
    reason: str = ""  # slug
    facts: Facts = NOTHING

    def __post_init__(self) -> None:
        """Raises TypeError where the facts are not those of the name."""
        if not isinstance(self.facts, shapes_of(self.name)):
            wanted = " or ".join(shape.__name__ for shape in shapes_of(self.name))
            raise TypeError(f"{self.name}: its facts are {wanted}, not {type(self.facts).__name__}")

    def told(self, shape: type[_F]) -> _F:
        """The facts of an event that has this shape. Raises TypeError for another one."""
        if not isinstance(self.facts, shape):
            raise TypeError(f"{self.name}: its facts are {type(self.facts).__name__}, not {shape.__name__}")
        return self.facts

    @property
    def is_of_an_item(self) -> bool:
        """It happened to an item, which has a reference of its own."""
        return ":" not in self.ref


def member(email: str) -> str:
    """The subject of what happens to a member."""
    return f"member:{email}"


def author(email: str) -> str:
    """The subject of what waits for an author's word."""
    return f"author:{email}"


def group(name: str) -> str:
    """The subject of what happens to a group file."""
    return f"group:{name}"


def letter(letter_id: str) -> str:
    """The subject of what happens to a letter of ours."""
    return f"letter:{letter_id}"


_SHAPES: dict[EventName, tuple[type[Facts], ...]] = {
    EventName.OPEN: (Opened, Rescued, Tasked),
    EventName.VOTE: (Voted,),
    EventName.UNVOTE: (OfMember,),
    EventName.APPROVE: (Counted, Facts),
    EventName.REJECT: (Counted, Facts),
    EventName.REOPEN: (Counted, Facts),
    EventName.RESTART: (Counted,),
    EventName.SETTLE: (Ended, Facts),
    EventName.APPEAL: (Appealed,),
    EventName.CARRY: (Counted,),
    EventName.REFUSE: (Counted,),
    EventName.PUT_BEFORE: (PutBefore,),
    EventName.ATTACH: (Attached,),
    EventName.SORT: (Sorted,),
    EventName.SCHEDULE: (Dated,),
    EventName.REMIND: (Reminded,),
    **dict.fromkeys(GOES_UP, (WentUp,)),
    EventName.MOVE: (Moved,),
    EventName.REPLACED: (Replaced,),
    EventName.INVITE: (Invited,),
    EventName.CHANGE: (Changed,),
    EventName.ASK_ADDRESS: (NewAddress,),
    EventName.VOUCH: (OfRequest,),
    EventName.END_ADDRESS: (OfRequest,),
    EventName.READDRESS: (OfRequest,),
    EventName.BACK: (CameBack,),
    EventName.HABIT: (Habits,),
    EventName.DIGEST: (Digested,),
    EventName.AWAIT_YES: (Ticket,),
    EventName.YES: (SaidYes,),
    EventName.NOTICE: (Line,),
    EventName.PROBED: (Probed,),
    EventName.NEW_KEY: (Keyed,),
    EventName.BYLINE: (Byline,),
    EventName.DECORATE: (Decorated,),
    EventName.SHARE: (Shared,),
    EventName.CONSENT: (Shared,),
    EventName.CONCERN: (Concerned,),
    EventName.COUNT: (Counts,),
    EventName.PIECE: (Given,),
    EventName.LOSE_PIECE: (Lost,),
    EventName.LAY_OUT: (LaidOut,),
    EventName.PUT_UP: (At, Facts),  # of a group file, of its material
    EventName.RECALL: (At, Facts),  # of a group file: where it was before; of an item
    EventName.WANT: (Want,),
    EventName.UNWANT: (Want,),
    EventName.ACCESS: (Access,),
    EventName.NOT_FOR: (Part,),
    EventName.TOPICS: (Topics,),
    EventName.PREFER: (Preferred,),
    EventName.PUT_BY: (PutBy,),
}


_TOLD_BY: dict[str, type[Facts]] = {"number": Rescued, "task": Tasked}  # a word that only these facts of `open` have


def shapes_of(name: EventName) -> tuple[type[Facts], ...]:
    """The shapes that the facts of an event may have."""
    return _SHAPES.get(name, (Facts,))


# Facts as the words of an entry


def words_of(facts: Facts) -> dict[str, str]:
    """The facts as words."""
    found = {name: getattr(facts, name) for name in _FIELDS[type(facts)]}
    return {name: _WRITERS.get(type(value), str)(value) for name, value in found.items() if value is not None}


def facts_of(name: EventName, words: Mapping[str, str]) -> Facts:
    """The facts of an event from an entry's words. Raises TypeError or ValueError for words that are none of its."""
    shapes = shapes_of(name)
    if not words and Facts in shapes:
        return NOTHING
    shape = next((each for sign, each in _TOLD_BY.items() if name is EventName.OPEN and sign in words), shapes[0])
    readers = _FIELDS[shape]
    unknown = words.keys() - readers.keys()
    if unknown:
        raise TypeError(f"{name}: {shape.__name__} knows no {', '.join(sorted(unknown))}")
    return shape(**{key: readers[key](value) for key, value in words.items()})


_WRITERS: dict[type, Callable[[Any], str]] = {tuple: "\n".join, datetime: datetime.isoformat}
_READERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: int,
    datetime: datetime.fromisoformat,
    tuple[str, ...]: lambda words: tuple(words.split("\n")),
}


def _fields_of(shape: type[Facts]) -> dict[str, Callable[[str], Any]]:
    """Each field of a shape of facts, with what reads it from words."""
    hints = typing.get_type_hints(shape)
    kinds = {field.name: typing.get_args(hints[field.name]) or (hints[field.name],) for field in fields(shape)}
    plain = {name: hints[name] if type(None) not in args else args[0] for name, args in kinds.items()}
    return {name: _READERS[kind] for name, kind in plain.items()}


_EVERY_SHAPE: list[type[Facts]] = [Facts, *chain.from_iterable(_SHAPES.values())]
_FIELDS = {shape: _fields_of(shape) for shape in _EVERY_SHAPE}
