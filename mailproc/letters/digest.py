"""The digest's layout, which is a contract (design §6): what stands where, so that a reply can be read.

Values in, lines out; the words around them are the template's, and a phrase among the values is worded before a
template sees it. Each waiting reference stands first at the
head of its own block and nowhere above it; a stranger's text stands behind `| `; the last block ends at a
line of `=`; no line is itself a command. `breaches` finds what breaks this, also in an edited template.
It decides nothing, and shows a text without altering what is kept of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailproc.kinds import reference
from mailproc.kinds.every import KINDS
from mailproc.kinds.reference import defused
from mailproc.kinds.task import PUT_UP
from mailproc.letters.filters import lines_of
from mailproc.letters.language.speech import Speech
from mailproc.letters.prose import folded
from mailproc.letters.tap import Link, taps, verbs_for
from mailproc.message.field.header import clean
from mailproc.phrase import Said
from mailproc.review.member import Member
from mailproc.workflow.item import Item, KeptAttachment

SHOWN_LINES = 60  # of one text in a digest
DOCUMENT_LINES = 12  # of a document that comes with a text
BAR_WIDTH = 76  # columns behind "| ": lines as most people wrap them stay whole, and none is over 78 (RFC 5322 §2.1.1)
LONGEST_WORD = 300  # an address of the web stays whole up to here
END = "=" * 24  # closes the last block
MOTION = {  # no tap for "replace": what follows is a text
    "retract": ("retract", "reject"),
    "replace": ("reject",),
    "append": ("append", "reject"),
    "correct": ("reject",),  # nor for this: what follows is the note
}

_ORDER = ("waiting", "task", "settling", "motion")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said on a waiting item since it came: an addition by its author, a member's note."""

    heading: Said  # our words: "A member's note, 21 November 2026 at 10:02 UTC"
    text: Said  # theirs; of a new text, what changed in it


@dataclass(frozen=True, slots=True)
class Picture:
    """An attachment that is a picture, in small."""

    number: int  # of the attachment in the item's list
    width: int  # pixels
    height: int
    octets: bytes  # JPEG
    content_id: str


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One item as one member may see it: it waits, its decision settles, or a motion is open on what is published."""

    item: Item
    tally: Said  # "no votes yet; one approval is needed"
    age_days: int
    attachments: tuple[KeptAttachment, ...] = ()
    checks: tuple[Said, ...] = ()  # things to look at: "It may hold personal data of a private person."
    remarks: tuple[Remark, ...] = ()
    own: bool = False  # the member's own item: others decide
    aside: bool = False  # they have a part in its group: others decide
    settling: Said = ""  # "approved by Ana, 22 November 2026 at 10:02 UTC": it takes effect at the item's settles_at
    ways: tuple[str, ...] = ()  # the verbs by which this member can stop what settles: reject, undo
    asked_by: Said = ""  # who asks what the item's motion says
    was_up: Said = ""  # it was up before: from when to when, and whose word brought it back
    past: tuple[Said, ...] = ()  # of a request to join: what is known of its author, a line each
    pictures: tuple[Picture, ...] = ()  # those shown in small
    more_pictures: int = 0  # those that have a small view, and are not shown here
    until: datetime | None = None  # of a task that this member has claimed: the end of their time
    about: Item | None = None  # the published work that an enquiry is about
    unseen: frozenset[int] = frozenset()  # the numbers of attachments that are pictures without a small view

    @property
    def standing(self) -> str:
        """waiting, task, settling or motion: what a member's word would be about."""
        waits = "task" if KINDS[self.item.kind].one_at_a_time else "waiting"
        return "motion" if self.item.motion else "settling" if self.settling else waits


@dataclass(frozen=True, slots=True)
class News:
    """What became of an item, for those who have it in a letter of its own."""

    event: str  # of the journal: approve, reject, withdraw, lapse ...
    by: Said  # "Ana", "the operator, for Ana"; "" where nobody did it, or the author
    by_author: bool
    at: datetime
    ways: tuple[str, ...] = ()  # the verbs by which this reader can stop it or take it back
    words: str = ""  # a rejection's reason, or a question, which its author gets


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an item since the member's last digest."""

    ref: str
    title: str
    words: Said  # "approved by Ana, 22 November 2026 at 10:02 UTC"
    undo: bool = False  # a member's word brings it back
    letter: tuple[str, ...] = ()  # what its author got, for who voted on it, each line behind "| "


@dataclass(frozen=True, slots=True)
class Month:
    """What was done for the site in a month."""

    begin: datetime
    done: tuple[tuple[str, int], ...] = ()  # who did how many tasks, by name

    @property
    def total(self) -> int:
        """All of it."""
        return sum(count for _, count in self.done)


@dataclass(frozen=True, slots=True)
class Charge:
    """A task and who has it, for the roll."""

    item: Item
    who: str  # "" nobody
    since: datetime  # with them
    until: datetime | None = None  # where they have claimed it: the end of their time

    @property
    def ref(self) -> str:
        """Of the task."""
        return self.item.ref


@dataclass(frozen=True, slots=True)
class Digest:
    """All that one member's digest says."""

    member: Member
    items: tuple[DigestItem, ...]
    settled: tuple[Settled, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()  # not shown: ("bulk", 3), ("spam", 1)
    notices: tuple[Said, ...] = ()  # sentences of ours
    undo_minutes: int = 15
    month: Month | None = None  # the last one, in the first digest of another
    aside: tuple[tuple[str, int], ...] = ()  # groups in which they have a part, with how many items wait for others

    def count(self, standing: str) -> int:
        """How many of the items are waiting, tasks, settling, or under a motion."""
        return sum(entry.standing == standing for entry in self.items)


@dataclass(frozen=True, slots=True)
class Document:
    """An attached document, and how it begins."""

    number: int  # of the attachment in the item's list
    kept: KeptAttachment
    lines: tuple[str, ...]  # each behind "| "
    more: bool  # it goes on


@dataclass(frozen=True, slots=True)
class Block:
    """One item as lines."""

    head: str  # "1. A-12  article  The tram that never came"
    entry: DigestItem
    text: tuple[str, ...]  # each behind "| "
    cut: bool  # the text goes on
    word_count: int
    remarks: tuple[tuple[Remark, tuple[str, ...]], ...]  # each with its lines behind "| "
    links: tuple[Link, ...]
    new_text: tuple[str, ...] = ()  # of a motion to put another text up, or a note, each line behind "| "
    document: Document | None = None  # what the word is about, where that is no text but an attached document
    documents: tuple[Document, ...] = ()  # the others


def oldest_first(items: Iterable[DigestItem]) -> tuple[DigestItem, ...]:
    """The order of a digest, also of `listed`: what waits, tasks, what settles, motions; of each the oldest first."""

    def place(entry: DigestItem) -> tuple[int, datetime, int, str]:
        item = entry.item
        return _ORDER.index(entry.standing), item.received_at, item.number, item.kind

    return tuple(sorted(items, key=place))


def listed(digest: Digest) -> tuple[str, ...]:
    """The references that the digest lists, in its order."""
    return tuple(entry.item.ref for entry in oldest_first(digest.items))


def blocks_of(digest: Digest, reply_address: str, speech: Speech) -> tuple[Block, ...]:
    """The digest's blocks, numbered from 1, oldest first, each text cut at 60 lines; links go to `reply_address`."""
    return tuple(
        block_of(entry, reply_address, speech, place=place, limit=SHOWN_LINES)
        for place, entry in enumerate(oldest_first(digest.items), 1)
    )


def block_of(
    entry: DigestItem, reply_address: str, speech: Speech, *, place: int = 1, limit: int | None = None
) -> Block:
    """One block; `limit` is in lines, None shows all."""
    item = entry.item
    lines, cut = barred(item.text or "", limit)
    main = main_document(entry)
    return Block(
        head=f"{place}. {item.ref}  {speech.kind(item.kind)}  {defused(clean(item.title))}".rstrip(),
        entry=entry,
        text=lines,
        cut=cut,
        word_count=len((item.text or "").split()),
        remarks=tuple((remark, barred(str(remark.text), limit)[0]) for remark in entry.remarks),
        links=() if entry.own or entry.aside else taps(_verbs(entry), item.ref, reply_address, speech),
        new_text=barred(item.new_text or "", limit)[0] if item.new_text and item.motion else (),
        document=_document(entry, main, limit) if main else None,
        documents=tuple(
            _document(entry, number, DOCUMENT_LINES if limit else None)
            for number, kept in enumerate(entry.attachments, 1)
            if number != main and kept.extract is not None
        ),
    )


def main_document(entry: DigestItem) -> int:
    """The number of the attachment that is the item's text; 0 where the text stands in the mail."""
    item = entry.item
    same = (n for n, kept in enumerate(entry.attachments, 1) if kept.attachment.sha256 == item.text_sha256)
    return next(same, 0) if item.text is None else 0


def _document(entry: DigestItem, number: int, limit: int | None) -> Document:
    kept = entry.attachments[number - 1]
    begins = kept.extract.begins if kept.extract else ""
    lines, cut = barred(begins.strip(), limit)
    more = cut or (kept.extract is not None and kept.extract.words > len(begins.split()))
    return Document(number, kept, lines, more)


def _verbs(entry: DigestItem) -> tuple[str, ...]:
    """What one tap can say on an item as it stands."""
    match entry.standing:
        case "settling":
            return entry.ways
        case "motion":
            return MOTION[entry.item.motion]
        case "task":
            table = KINDS[entry.item.kind].table
            fitting = (verb for verb in verbs_for(entry.item) if verb == "note" or (entry.item.state, verb) in table)
            return tuple(verb for verb in fitting if verb != "done" or entry.item.section != PUT_UP)
    return verbs_for(entry.item)


def barred(text: str, limit: int | None = None) -> tuple[tuple[str, ...], bool]:
    """A text as lines of 76 columns at most, each behind `| `, and whether it was cut at `limit` lines.

    Blank lines in a row are shown as one, controls and direction marks not at all, and references in it
    without their hyphen, so that none of them stands above its own block.
    """
    lines: list[str] = []
    for line in (piece for whole in lines_of(text) for piece in folded(defused(whole), BAR_WIDTH, LONGEST_WORD)):
        if limit is not None and len(lines) == limit:
            return tuple(lines), True
        lines.append("| " + line)
    return tuple(lines), False


def breaches(text: str, refs: tuple[str, ...]) -> tuple[str, ...]:
    """What breaks the contract in a digest's text, or in its HTML as a converter gives it; () where nothing does.

    `refs` are the waiting references in their order.
    """
    lines = [re.sub(r"\s+", " ", line).strip() for line in text.split("\n")]
    found = []
    last = -1
    for ref in refs:
        at = next((n for n, line in enumerate(lines) if ref in reference.all_in(line)), None)
        if at is None or not re.match(rf"\d+\. {re.escape(ref)}(?!\w)", lines[at]):
            found.append(f"{ref} does not stand first at the head of its own block")
        elif len(reference.all_in(lines[at])) > 1:
            found.append(f"another reference stands on the head line of {ref}")
        elif at < last:
            found.append(f"{ref} stands out of order")
        last = max(last, -1 if at is None else at)
    end = next((n for n, line in enumerate(lines) if re.fullmatch(r"={8,}", line)), -1)
    if refs and end < last:
        found.append("no line of ======== closes the last block")
    first = next((line for line in lines if reference.all_in(line)), "")
    if refs and first.split(" ")[1:2] != [refs[0]]:
        found.append("a reference stands above the items")
    return tuple(found)
