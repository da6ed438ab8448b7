"""The item, the thing with a state, and its history: Item, KeptAttachment, JournalLine.

A reference is a kind letter and the number of the message that opened the item: A-123. The whole
reference is the identity. These are values; `machine.step` says what an event does, `desk/turn/apply` does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailproc.kinds.every import ref_of
from mailproc.message.model import Address, Attachment
from mailproc.message.words.extent import guessed, was_joined
from mailproc.workflow.actor import Actor

MAX_BEGINS = 4000  # characters of a document's first words
SPAM = "spam"  # the reason of a discard of which its sender hears nothing


@dataclass(frozen=True, slots=True)
class Extract:
    """What was read of a document."""

    begins: str  # its first words, at most 4,000 characters; line ends LF, no other controls but TAB
    words: int  # of the whole document
    # "" when all of it was read; some words may have been read all the same. Slugs: partly damaged encrypted no-words
    # no-reader too-large too-slow too-much died no-time
    failure: str = ""


@dataclass(frozen=True, slots=True)
class KeptAttachment:
    """An attachment with what became of it."""

    attachment: Attachment
    state: str  # kept refused aside decoration (infected unscanned encrypted: later)
    reason: str  # slug, "" when kept
    number: int = 0  # of the message it came with
    extract: Extract | None = None  # None: it is no document, or nobody tried to read it


@dataclass(frozen=True, slots=True)
class PageNote:
    """What members put on the page of a published work later, beside its words, which it does not change."""

    sort: str  # "answer": what a reader was told; "correction": what is wrong with it
    words: str
    at: datetime  # when that took effect
    of: str = ""  # the reference of what it comes of, an enquiry; "" it comes of nothing


@dataclass(frozen=True, slots=True)
class Coauthor:
    """Somebody else who wrote it, as its author named them."""

    name: str
    email: str = ""  # from where they wrote to us; "" they have not
    agreed: bool = False  # that it goes up


def with_coauthor(known: tuple[Coauthor, ...], place: int, one: Coauthor) -> tuple[Coauthor, ...]:
    """The authors with this one in their place, or at the end."""
    return (*known[:place], one, *known[place + 1 :])


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
    text_source: str = "body"  # see message/words/extent: "body", "body joined", "html as KOI8-R", "attachment NAME"
    text_sha256: str = ""  # of the UTF-8 of text, or of the document's octets
    proved: str = ""  # SHA-256 of the text that its author has passed as it will stand
    settles_at: datetime | None = None  # until then the decision may be undone without trace
    decided_at: datetime | None = None
    published_at: datetime | None = None
    place: str | None = None  # where the published bundle lies, counted from the published folder
    guess: str | None = None  # best guess of an unsorted mail's kind
    next_guess: str | None = None  # and what it is if not that
    question: str | None = None  # the open question to the author
    reminded: int = 0  # the last reminder's period since waiting_since; those that were missed count
    extent: str = "whole"  # "whole", "marked" (begin/end lines) or "unclear" (two wishes in one mail)
    motion: str = ""  # what an open ballot on something published asks: "retract", "replace", "append"; "" none
    motion_since: datetime | None = None
    motion_of: str = ""  # the reference of the enquiry whose answer "append" would put on the page
    new_text: str | None = None  # what "replace" or "append" would put up
    consent_at: datetime | None = None  # announced: approved then by itself, unless somebody objects
    motion_by: str = ""  # who asked, an addr-spec
    hidden_at: datetime | None = None  # since when one line stands in its place, while a ballot is open
    motion_settles: str = ""  # what the ballot came to: "retract", "replace", "append", or "keep" as it is; "" open
    replaced_at: datetime | None = None  # when another text was put up in the place of the first
    replaced_by: str = ""  # whose it is: "author" or "members"
    earlier_sha256: tuple[str, ...] = ()  # of the texts that were up before, oldest first
    notes: tuple[PageNote, ...] = ()  # on its page, oldest first
    about: str = ""  # of an enquiry: the reference of the published item that it is about; "" none is known
    again_at: datetime | None = None  # rejected: its author may ask again from then on
    appeal_until: datetime | None = None  # it ended against its author, who may appeal until then; None: they may not
    appealed_at: datetime | None = None  # when they did, which they may once
    byline: str | None = None  # the name that its author wants to stand on it: "" none; None: their own
    renames: bool = False  # its page bears another name still
    held_until: datetime | None = None  # held: a member said until when; None: as long as the policy says
    publish_at: datetime | None = None  # a member said when it goes up, once it is approved
    coauthors: tuple[Coauthor, ...] = ()  # in the order in which they were named

    @property
    def ref(self) -> str:
        """The current reference."""
        return ref_of(self.kind, self.number)

    @property
    def authors(self) -> tuple[str, ...]:
        """Whose it is: the addresses of its author, and of the others who have written to us as that."""
        return (self.author.email, *(each.email for each in self.coauthors if each.email))

    @property
    def own_name(self) -> str:
        """The name of its author for all but members; "" none."""
        return self.author.name if self.byline is None else self.byline

    @property
    def signed(self) -> str:
        """The name under which readers, and all but members, have it; "" none."""
        return ", ".join(name for name in (self.own_name, *(each.name for each in self.coauthors)) if name)

    @property
    def lacks_consent(self) -> tuple[str, ...]:
        """Who has to agree before it goes up, by name."""
        return tuple(each.name for each in self.coauthors if not each.agreed)

    @property
    def guessed(self) -> str:
        """The charset by which its mail's letters were read by guess; "" where the mail said it."""
        return guessed(self.text_source)

    @property
    def joined(self) -> bool:
        """Whether lines of its text were joined, which its author's program had broken."""
        return was_joined(self.text_source)

    @property
    def refs(self) -> tuple[str, ...]:
        """The current reference first, then the aliases."""
        return (self.ref, *self.aliases)


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of an item's history, as `show` and `trace` print it."""

    ref: str
    at: datetime  # of the message or the due time, never of the processing
    actor: Actor
    event: str
    before: str  # state; "" for the opening
    after: str
    reason: str = ""  # slug or short words
    words: str = ""
    number: int = 0  # of the message that caused it
