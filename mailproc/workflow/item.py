"""The item, the thing with a state, and what happens to it: Item, Event, Entry.

A reference is a kind letter and the number of the message that opened the item: A-123. The whole
reference is the identity. These are values; `machine.step` says what an event does, `desk/turn/apply` does it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from mailproc.kinds.every import ref_of
from mailproc.message.model import Address, Attachment, Envelope


@dataclass(frozen=True, slots=True)
class KeptAttachment:
    """An attachment with what became of it."""

    attachment: Attachment
    state: str  # kept refused (infected unscanned encrypted decoration: later)
    reason: str  # slug, "" when kept
    number: int = 0  # of the message it came with


@dataclass(frozen=True, slots=True)
class Item:
    """Something that people decide on."""

    kind: str  # article material membership enquiry unsorted
    number: int  # of the message that opened it
    state: str
    title: str
    author: Address
    authenticated: bool  # was the opening mail
    received_at: datetime
    waiting_since: datetime  # when it came into this state
    section: str | None = None
    group: str | None = None
    language: str = "en"
    aliases: tuple[str, ...] = ()  # older references, oldest first
    text: str | None = None
    text_source: str = "body"  # "body", "html", "attachment NAME"
    text_sha256: str = ""  # of the UTF-8 of text, or of the document's octets
    settles_at: datetime | None = None  # until then the decision may be undone without trace
    decided_at: datetime | None = None
    published_at: datetime | None = None
    place: str | None = None  # where the published bundle lies, counted from the published folder
    guess: str | None = None  # best guess of an unsorted mail's kind
    question: str | None = None  # the open question to the author
    reminded: int = 0  # the last reminder's period since waiting_since; those that were missed count
    extent: str = "whole"  # "whole", "marked" (begin/end lines) or "unclear" (two wishes in one mail)
    motion: str = ""  # what an open ballot on something published asks: "retract", "replace"; "" none
    motion_since: datetime | None = None
    new_text: str | None = None  # what "replace" would put up
    consent_at: datetime | None = None  # announced: approved then by itself, unless somebody objects
    motion_by: str = ""  # who asked, an addr-spec
    motion_settles: str = ""  # what the ballot came to: "retract", "replace", or "keep" as it is; "" it is open
    replaced_at: datetime | None = None  # when another text was put up in the place of the first
    replaced_by: str = ""  # whose it is: "author" or "members"
    earlier_sha256: tuple[str, ...] = ()  # of the texts that were up before, oldest first

    @property
    def ref(self) -> str:
        """The current reference."""
        return ref_of(self.kind, self.number)

    @property
    def refs(self) -> tuple[str, ...]:
        """The current reference first, then the aliases."""
        return (self.ref, *self.aliases)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to one subject. Entries hold these; applying them in order makes the database."""

    ref: str  # "A-123"; for the people and groups "member:EMAIL", "group:NAME"
    name: str  # the imperative of the tables: open vote approve settle publish ...; for members invite confirm ...
    by: str  # addr-spec of the person, else "operator", "clock", "desk"
    words: str = ""  # to the author (reject, ask) or inside only (note)
    due: datetime | None = None  # when its effect is due
    reason: str = ""  # slug
    data: dict[str, str] = field(default_factory=dict)  # what this event alone needs: verdict, kind, place ...


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of an item's history, as `show` and `trace` print it."""

    ref: str
    at: datetime  # of the message or the due time, never of the processing
    actor: str  # addr-spec, "operator", "clock" or "desk"
    event: str
    before: str  # state; "" for the opening
    after: str
    reason: str = ""  # slug or short words
    words: str = ""
    number: int = 0  # of the message that caused it


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


@dataclass(frozen=True, slots=True)
class Entry:
    """What was decided about one received message, in the workflow's words: the second half of the archive.

    Shape of the file `000123.json` beside `000123.eml`. `rebuild` applies entries by sequence and consults
    nothing else (design §2, law 3).
    """

    sequence: int  # order of application
    number: int
    time: datetime  # ours, UTC, whole seconds, never going backwards
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
