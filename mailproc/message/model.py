"""The values every room shares: Address, Envelope, Attachment, Message, Draft.

They are frozen, hold only JSON-shaped data (so that they cross a pipe and stand in an entry), and never
a lone surrogate or NUL. They decide nothing; `parse` makes a Message, `compose` turns a Draft into octets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

# Why a proven mail may not decide on the letter that it answers: see `author.purpose`.
DOUBTS = ("spf-alone", "letter-not-covered", "subject-not-covered", "date-not-covered", "date-outside")

PROGRAM, DIFFERS = ASIDE = ("program", "differs")  # a list's or a gateway's words; HTML that the text does not say


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of RFC 5322 §3.4: a display name (may be empty) and an addr-spec, its domain in lower case."""

    name: str
    email: str

    @property
    def domain(self) -> str:
        """What stands right of the last @."""
        return self.email.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a message came to us (RFC 5321 §2.3.1)."""

    reverse_path: str | None = None  # addr-spec; "" is the null reverse-path <>; None: nobody told us
    forward_paths: tuple[str, ...] = ()  # those of our addresses it was sent to, addr-specs in lower case


@dataclass(frozen=True, slots=True)
class HeaderField:
    """One header field of the top message, unfolded; octets that are not ASCII read as UTF-8, else by guess."""

    name: str  # as written
    value: str  # not decoded (encoded words, RFC 2047 §2, stay as they are), no CR, LF or NUL


@dataclass(frozen=True, slots=True)
class Attachment:
    """A leaf part that is not the text taken. Every one is described, whatever its disposition says."""

    part: str  # "2.1": where it stands in the tree, counted as IMAP counts (RFC 9051 §6.4.5)
    name: str  # safe for people and file systems; made from type and place where the mail gives none
    media_type: str  # by content where content tells, else as declared
    declared_type: str  # what the mail said
    size: int  # octets after transfer-decoding
    sha256: str  # of those octets, hex
    disposition: str | None = None  # "attachment", "inline" or None
    content_id: str | None = None  # without angle brackets
    within: str | None = None  # the name of the forwarded mail it came in


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """What a delivery status notification says of one recipient (RFC 3464 §2.3)."""

    recipients: tuple[str, ...]  # final and original recipient, addr-specs as written
    action: str  # failed delayed delivered relayed expanded; "" where it says nothing of the kind
    status: str  # enhanced status code, "5.1.1"; "" for none
    diagnostic: str  # the other server's words


@dataclass(frozen=True, slots=True)
class Sight:
    """Lines of an HTML part's text, counted from 0, that the HTML alone does not settle."""

    contained: tuple[int, ...] = ()  # marked by nothing but a mail program's container, in which somebody may type
    doubtful: tuple[int, ...] = ()  # they may be hidden: nobody can tell without the text part
    unseen: tuple[
        int, ...
    ] = ()  # hidden from most readers: white where the mail sets no background, or much smaller than all
    hides: bool = False  # it has words, and its reader sees none
    signed: tuple[int, ...] = ()  # in the container of a mail program's signature, in which somebody may type
    beside: tuple[int, ...] = ()  # marked by nothing but the line that our letters draw beside an author's text


SETTLED = Sight()


@dataclass(frozen=True, slots=True)
class Whole:
    """What an answer says where it is no text to publish: read to tell what it says only.

    It is longer than that, as a letter of ours may be, or its text is from plain and HTML parts, which are read apart.
    """

    text: str | None  # as in Message; None where it has no such part, or one beyond the limit
    html_text: str | None
    html_links: str | None
    html_sight: Sight = SETTLED


@dataclass(frozen=True, slots=True)
class Beside:
    """Words that stand beside the text of a mail, in a part that has a name and was not attached as a file."""

    name: str  # safe for people and file systems
    text: str  # decoded, line ends LF


@dataclass(frozen=True, slots=True)
class Message:
    """What was read of a mail. Hostile or broken mail is data: see `defects`, never an exception."""

    size: int  # octets
    sha256: str  # of the whole message, hex
    logical_key: str  # equal for two copies of one message however they travelled (design §4)
    header_fields: tuple[HeaderField, ...]
    message_id: str | None  # without angle brackets
    in_reply_to: tuple[str, ...]  # msg-ids without angle brackets
    references: tuple[str, ...]  # the last 50 at most
    author: Address | None  # From by the strict grammar: exactly one field with exactly one mailbox, else None
    from_shown: str  # the From field as people see it, decoded and cleaned; never identity
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str  # decoded and cleaned, marks like "Re:" kept
    date: datetime | None  # aware, UTC; None if absent or absurd
    text: str  # of the text parts taken, decoded, line ends LF, nothing trimmed; of HTML alone the converter's text
    text_source: str  # "body", "html", "both" (parts of either kind, one below the other) or "none"
    html_text: str | None  # the converter's text of the HTML parts where the mail has some, quotations marked "> "
    html_links: str | None  # the same with link targets written out after the words, as some converters do
    attachments: tuple[Attachment, ...]
    language: str | None  # Content-Language, first tag, lower case
    defects: tuple[str, ...]  # slugs: "two-from-fields", "charset-guessed", "bad-base64", "too-deep" ...
    statuses: tuple[DeliveryStatus, ...] = ()  # of a report on mail that could not be delivered
    html_own: str | None = None  # of an HTML-only mail: its author's own words, as `trimming` tells them by shape
    html_sight: Sight = SETTLED  # of the lines of `html_text`
    answer: Address | None = None  # without `author`: the one mailbox that From means all the same, never identity
    machines: tuple[str, ...] = ()  # slugs of parts that only programs write: "reaction", "calendar-reply"
    whole: Whole | None = None  # where text or HTML is longer than is taken above, or `text` is from both
    unread: str = ""  # why its author's words cannot be read here: "encrypted", "partial" ...; "" where they can
    aside: tuple[tuple[str, str], ...] = ()  # parts listed that are no attachments of the author's, and why: see ASIDE
    guessed: str = ""  # the charset by which text, subject or a file's name was read by guess: "KOI8-R"; "" none
    joins: int = 0  # line ends that the author's program had put in and marked (RFC 3676 §4), not in `text`
    beside: tuple[Beside, ...] = ()  # of an answer they may change what its text says
    tongue: str = ""  # the language of its words, a tag, where that is beyond doubt; else ""

    @property
    def spoken(self) -> str:
        """The language of the mail: that of its words, else the one that its program claims; "" not known."""
        claimed = self.language or ""
        return claimed if claimed.partition("-")[0] == self.tongue else self.tongue or claimed


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter in words, before it has octets. `compose` cleans every header value."""

    sender: Address  # From
    to: Address
    subject: str
    text: str
    html: str | None = None
    message_id: str = ""  # without angle brackets
    date: datetime | None = None  # aware
    reply_to: str | None = None  # addr-spec
    in_reply_to: str | None = None  # msg-id without angle brackets
    references: tuple[str, ...] = ()
    auto_submitted: str = "auto-replied"  # RFC 3834 §5; "auto-generated" for what no mail triggered
    loop_mark: str = ""  # our own mark, X-Mailproc-Loop
    images: tuple[tuple[str, str, bytes], ...] = ()  # (content-id, media type, octets) shown by the HTML part
    files: tuple[tuple[str, str, bytes], ...] = ()  # (name, media type, octets) attached
