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

_F = TypeVar("_F", bound="Facts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one event alone needs; most need nothing. A fact that is None is not written."""


NOTHING = Facts()


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


# Facts of items


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Facts):
    """What its own mail opens."""

    kind: str
    extent: str = "whole"  # "whole", "marked" or "unclear"
    section: str | None = None
    group: str | None = None
    guess: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescued(Facts):
    """What an earlier mail opens by a member's word: all that the mail's own entry does not hold."""

    kind: str
    number: int
    received_at: datetime
    title: str
    author_name: str
    author: str  # addr-spec
    identity: str
    language: str
    text_source: str
    text_sha256: str
    text: str | None = None
    section: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voted(Facts):
    """A vote."""

    verdict: str  # approve, reject; on a motion retract, replace, reject


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMember(Facts):
    """Whose vote is taken back."""

    member: str  # addr-spec


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBefore(Facts):
    """Before whom an item is put."""

    member: str  # addr-spec
    in_place_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached(Facts):
    """What a later mail is to its item."""

    role: str  # addition, answer, version, confirm


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted(Facts):
    """Where an item belongs from now on; a document, where that is the article."""

    kind: str
    section: str | None = None
    group: str | None = None
    document: str | None = None  # its name
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded(Facts):
    """Which reminder it was."""

    period: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WentUp(Facts):
    """Where the bundle lies, counted from the published folder."""

    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Facts):
    """What a motion asks."""

    motion: str  # retract, replace
    text: str | None = None
    text_sha256: str | None = None  # of a text that lost lines when somebody was forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced(Facts):
    """The SHA-256 of the text that was up before."""

    earlier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Facts):
    """The votes by which a ballot did what it did; None in entries of older releases."""

    approvals: int | None = None
    needed: int | None = None
    rejections: int | None = None
    needed_rejections: int | None = None


# Facts of the desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed(Facts):
    """What a probe, or any mail that bore what our server should have taken out, showed of a host at the border."""

    result: str  # slug of `message.author.probe.Found`
    host: str
    names: str  # authserv-ids, with blanks between
    hops: int = 0
    gap: str = ""  # names of the fields between its Received field and its results, with blanks between
    left_in: str = ""  # spellings, with blanks between
    nonce: str = ""  # of the probe, "" where it was none
    used: str = ""  # why it counts for nothing: "again", "old"; "" where it counts


# Facts of people


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited(Facts):
    """As what somebody joins."""

    state: str  # invited, active
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(Facts):
    """Another name, or one more address; a group's aliases, needs or state."""

    name: str | None = None
    address: str | None = None
    aliases: tuple[str, ...] | None = None
    needs: tuple[str, ...] | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAddress(Facts):
    """From where a member writes."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfRequest(Facts):
    """The message that asked for another address; with the address where it is taken."""

    cause: int
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack(Facts):
    """The digest's period that is not owed."""

    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits(Facts):
    """When and how a member wants to be asked; what is None stays as it is."""

    schedule: str | None = None
    hour: str | None = None  # HH:MM, "" the desk's
    timezone: str | None = None
    quiet: str | None = None
    stand_in: str | None = None  # addr-spec, "" nobody
    silent: str | None = None  # "yes" or "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digested(Facts):
    """For which period a digest was due, and the letter that it made, if any."""

    period: str
    letter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket(Facts):
    """The letter that asks for a yes, and the commands that wait for it, as JSON; the letters that it replaces."""

    letter: str
    commands: str
    replaces: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidYes(Facts):
    """The letter that was answered."""

    letter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed(Facts):
    """By what the key is known that letters are written with from now on."""

    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Facts):
    """What a line for a member's digest is about: the facts of the phrase that its reason names, each as that says."""

    ref: str | None = None
    title: str | None = None
    motion: str | None = None
    end: str | None = None
    days: str | None = None
    hours: str | None = None
    who: str | None = None
    address: str | None = None
    author: str | None = None
    email: str | None = None


_SHAPES: dict[EventName, tuple[type[Facts], ...]] = {
    EventName.OPEN: (Opened, Rescued),
    EventName.VOTE: (Voted,),
    EventName.UNVOTE: (OfMember,),
    EventName.APPROVE: (Counted, Facts),
    EventName.REJECT: (Counted, Facts),
    EventName.REOPEN: (Counted, Facts),
    EventName.RESTART: (Counted,),
    EventName.CARRY: (Counted,),
    EventName.REFUSE: (Counted,),
    EventName.PUT_BEFORE: (PutBefore,),
    EventName.ATTACH: (Attached,),
    EventName.SORT: (Sorted,),
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
}


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
    shape = Rescued if name is EventName.OPEN and "number" in words else shapes[0]
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
