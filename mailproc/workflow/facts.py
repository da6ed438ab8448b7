"""What each event alone needs, one shape for each: as words in an entry, and as values everywhere else.

Which event has which shape is `workflow.event`'s. A field that is None is not written into the entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one event alone needs; most need nothing. A fact that is None is not written."""


NOTHING = Facts()


# Facts of items


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Facts):
    """What its own mail opens."""

    kind: str
    extent: str = "whole"  # "whole", "marked" or "unclear"
    section: str | None = None
    group: str | None = None
    guess: str | None = None
    next_guess: str | None = None
    byline: str | None = None  # see `Byline`; None: nothing was wished
    about: str | None = None  # of an enquiry: the reference of the published work that it names


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
class Tasked(Facts):
    """A task that the clock, a member or a reader's report opens: all that no mail of its own tells."""

    task: str  # its section, a slug: put-up restore stale page
    title: str  # what it is about: a group's name, a page, a line
    group: str | None = None
    author_name: str | None = None  # whoever reported it
    author: str | None = None  # addr-spec
    identity: str | None = None
    text: str | None = None  # what they reported, or more about it
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned(Facts):
    """The published work that an enquiry is about."""

    about: str  # its reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts(Facts):
    """As what all pieces of a material count from now on."""

    needs: tuple[str, ...]  # slugs, one for each piece as they came into the file; the last for all behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class Voted(Facts):
    """A vote."""

    verdict: str  # approve, reject; on a motion what it asks, or reject
    because: str | None = None  # a named reason, a slug of `review.language.reasons`
    again: datetime | None = None  # from when on its author may ask again


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Facts):
    """What whoever asked may do after a decision against them has settled."""

    again: datetime | None = None  # ask anew from then on
    appeal: datetime | None = None  # appeal until then; None: not any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Appealed(Facts):
    """Who decided before, and has no vote on the appeal; None: nobody else is there, so they decide again."""

    deciders: tuple[str, ...] | None = None  # addr-specs


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
class Dated(Facts):
    """When something goes up, once it is approved; None: as soon as that has settled."""

    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted(Facts):
    """Where an item belongs from now on; a document, where that is the article."""

    kind: str
    section: str | None = None
    group: str | None = None
    document: str | None = None  # its name
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline(Facts):
    """The name under which its author wants it to go up; "" none."""

    byline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decorated(Facts):
    """Which attachment of the item is decoration, such as the logo below a signature, or is none."""

    sha256: str
    decoration: str = "yes"  # yes, no


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared(Facts):
    """Who else wrote it: by name, and from where they write, once that is known."""

    coauthor: str
    nth: int  # among those who were named, from 0
    email: str | None = None


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

    motion: str  # retract, replace, append
    text: str | None = None
    of: str | None = None  # the reference of what the text comes of
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Want(Facts):
    """What is looked for, or is not."""

    section: str | None = None
    file: str | None = None  # a group's name
    line: str | None = None


# Facts of group files


@dataclass(frozen=True, slots=True, kw_only=True)
class Given(Facts):
    """One piece of a file: see `workflow.group.Piece`."""

    item: str  # reference of its material
    number: int  # of the mail that brought it
    form: str
    name: str
    sha256: str
    need: str | None = None
    media_type: str | None = None
    size: int | None = None
    url: str | None = None
    caption: str | None = None
    credit: str | None = None
    rights: str | None = None
    source: str | None = None
    heading: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost(Facts):
    """The material whose pieces leave a file; one piece, where its hash is given."""

    item: str
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOut(Facts):
    """How a file is ordered; None: as before. Its contributors see it, and may object until the event's due time."""

    lines: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class At(Facts):
    """Where a file is for readers."""

    url: str


# Facts of people


@dataclass(frozen=True, slots=True, kw_only=True)
class Access(Facts):
    """The letter that carries a member's one-time secret; the event's due time is when that ends."""

    letter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Facts):
    """A group in which a member has a part, or has none any more."""

    file: str  # a group's name
    has: str = "yes"  # yes, no


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics(Facts):
    """What a member would like to be asked about first; all of it, "" for nothing."""

    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited(Facts):
    """As what somebody joins."""

    state: str  # invited, active
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(Facts):
    """Another name, or one more address; a group's aliases, needs, state or domains."""

    name: str | None = None
    address: str | None = None
    aliases: tuple[str, ...] | None = None
    needs: tuple[str, ...] | None = None
    state: str | None = None
    domains: tuple[str, ...] | None = None


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
class Preferred(Facts):
    """How somebody who writes wants their letters; what is None stays as it is."""

    language: str | None = None  # tag of a folder of templates
    receipts: str | None = None  # "yes" or "no"
    gathers: str | None = None  # "yes" or "no": one letter a day


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBy(Facts):
    """Items of which the letter of the day tells."""

    refs: tuple[str, ...]


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
