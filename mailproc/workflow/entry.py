"""The entry: what was decided about one received message, as it lies in the archive beside it.

`written` gives the builtins of the file `000123.json`, `entry_of` reads them back, those of every earlier release
too; both are the only places that know how events and actors look in an entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from mailproc.kinds.event import EventName
from mailproc.message.model import Address, Envelope
from mailproc.workflow.actor import Role, actor_of
from mailproc.workflow.event import Event, facts_of, words_of
from mailproc.workflow.item import KeptAttachment

_FOR = "for"  # among an event's data: the operator, in the place of the person who stands in "by"


@dataclass(frozen=True, slots=True)
class LetterRecord:
    """A letter that an entry caused; its octets lie in the outbox under the id."""

    id: str
    template: str
    to: str  # addr-spec
    message_id: str  # without angle brackets
    subject: str = ""
    ref: str | None = None
    listed: tuple[str, ...] = ()  # references it lists, in its order
    path: str = ""  # counted from the outbox folder
    sha256: str = ""  # of its octets, hex; "" in entries of before it was noted
    not_before: datetime | None = None  # when it may leave, where its reader has quiet hours
    last_today: bool = False  # the day's last automatic one to its reader, and it says so
    held_over: bool = False  # those of the day had gone: it leaves the next day, unless another took its place
    gives_way: bool = False  # so it is until `not_before` with what may still be taken back


@dataclass(frozen=True, slots=True)
class Entry:
    """What was decided about one received message, in the workflow's words: the second half of the archive.

    Shape of the file `000123.json` beside `000123.eml`. `rebuild` applies entries by sequence and consults
    nothing else (design §2, law 3).
    """

    sequence: int  # order of application
    number: int
    time: datetime  # ours, UTC, whole seconds, never going backwards but by `confirm clock`
    source: str  # source key
    envelope: Envelope
    sha256: str
    state: str  # processed duplicate stuck unauthorised
    kind: str  # the first hit's
    rule: str
    reason: str
    section: str | None = None
    group: str | None = None
    identity: str = ""  # how the author was authenticated: "dmarc", "dkim", "arc"; "" not at all
    identity_reason: str = ""  # slug
    identity_server: str = ""  # what our mail server's results came to, where they are not what proves: a slug
    title: str = ""
    author: Address | None = None
    message_id: str | None = None
    logical_key: str = ""
    subject: str = ""
    from_shown: str = ""
    language: str = "en"
    text: str | None = None  # the author's words taken, from begin to end line; None where the entry needs none
    text_source: str = ""
    text_sha256: str = ""
    attachments: tuple[KeptAttachment, ...] = ()
    commands: tuple[str, ...] = ()  # as understood: "approve A-123"
    unclear: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    letters: tuple[LetterRecord, ...] = ()
    duplicate_of: int | None = None
    unanswered: str = ""  # why courtesy wrote no letter, a slug
    runner_up: str = ""  # what the mail would have been otherwise
    version: str = ""  # of the program


def written(entry: Entry) -> dict[str, Any]:
    """The entry as JSON has it."""
    plain: dict[str, Any] = msgspec.to_builtins(replace(entry, events=()))
    return plain | {"events": [_written_event(event) for event in entry.events]}


def entry_of(written: Mapping[str, Any]) -> Entry:
    """The entry that these builtins are. Raises ValueError, TypeError or LookupError where they are none."""
    plain = msgspec.convert(dict(written) | {"events": []}, Entry)
    events = msgspec.convert(written.get("events", []), tuple[_Written, ...])
    return replace(plain, events=tuple(_event_of(event) for event in events))


class _Written(msgspec.Struct, frozen=True):
    """An event as an entry holds it."""

    ref: str
    name: EventName
    by: str
    words: str = ""
    due: datetime | None = None
    reason: str = ""
    data: dict[str, str] = {}


def _written_event(event: Event) -> dict[str, Any]:
    by, data = str(event.by), words_of(event.facts)
    if event.by.role is Role.OPERATOR and event.by.email:
        by, data = event.by.email, data | {_FOR: by}
    record = _Written(event.ref, event.name, by, event.words, event.due, event.reason, data)
    plain: dict[str, Any] = msgspec.to_builtins(record)
    return plain


def _event_of(record: _Written) -> Event:
    data = dict(record.data)
    by = actor_of(data.pop(_FOR, record.by))
    facts = facts_of(record.name, data)
    return Event(record.ref, record.name, by, record.words, record.due, record.reason, facts)
