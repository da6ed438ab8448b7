"""The digest's layout, which is a contract (DESIGN.md §6): what stands where, so that a reply can be read.

Values in, lines out; the words around them are the template's. Each waiting reference stands first at the
head of its own block and nowhere above it; a stranger's text stands behind `| `; the last block ends at a
line of `=`; no line is itself a command. `breaches` finds what breaks this, also in an edited template.
It decides nothing, and shows a text without altering what is kept of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from mailproc.letters.phrase import defused, lines_of
from mailproc.message.header import clean
from mailproc.review.member import Member
from mailproc.workflow.item import Item, KeptAttachment

SHOWN_LINES = 60  # of one text in a digest
BAR_WIDTH = 76  # columns behind "| ": lines as most people wrap them stay whole, and none is over 78 (RFC 5322 §2.1.1)
LONGEST_WORD = 300  # an address of the web stays whole up to here
END = "=" * 24  # closes the last block

_VERBS = {  # what can be done with one tap, by kind
    "article": ("approve", "reject", "hold", "discard"),
    "material": ("approve", "reject", "hold", "discard"),
    "membership": ("approve", "reject", "hold", "discard"),
    "enquiry": ("discard",),
    "unsorted": ("yes", "discard"),
}
_REF = re.compile(r"(?<![\w.@-])([AFMQU])-(\d+)(?![\w@])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said on a waiting item since it came: an addition by its author, a member's note."""

    heading: str  # our words: "A member's note, 21 November 2026 at 10:02 UTC"
    text: str  # theirs


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One waiting item as one member may see it."""

    item: Item
    tally: str  # in words: "no votes yet; one approval is needed"
    age_days: int
    attachments: tuple[KeptAttachment, ...] = ()
    checks: tuple[str, ...] = ()  # things to look at, in words: "It may hold personal data of a private person."
    remarks: tuple[Remark, ...] = ()
    own: bool = False  # the member's own item: others decide


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an item since the member's last digest."""

    ref: str
    title: str
    words: str  # "approved by Ana on 22 November at 10:02"


@dataclass(frozen=True, slots=True)
class Digest:
    """All that one member's digest says."""

    member: Member
    items: tuple[DigestItem, ...]
    settled: tuple[Settled, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()  # not shown: ("bulk", 3), ("spam", 1)
    notices: tuple[str, ...] = ()  # sentences of ours
    undo_minutes: int = 15


@dataclass(frozen=True, slots=True)
class Block:
    """One item as lines."""

    head: str  # "1. A-12  article  The tram that never came"
    entry: DigestItem
    text: tuple[str, ...]  # each behind "| "
    cut: bool  # the text goes on
    word_count: int
    remarks: tuple[tuple[Remark, tuple[str, ...]], ...]  # each with its lines behind "| "
    links: tuple[tuple[str, str], ...]  # words, mailto URI


def oldest_first(items: Iterable[DigestItem]) -> tuple[DigestItem, ...]:
    """The order of a digest, which is also the order of `listed`."""
    return tuple(sorted(items, key=lambda entry: (entry.item.received_at, entry.item.number, entry.item.kind)))


def listed(digest: Digest) -> tuple[str, ...]:
    """The references that the digest lists, in its order."""
    return tuple(entry.item.ref for entry in oldest_first(digest.items))


def blocks_of(digest: Digest, reply_address: str) -> tuple[Block, ...]:
    """The digest's blocks, numbered from 1, oldest first, each text cut at 60 lines; links go to `reply_address`."""
    return tuple(
        block_of(entry, reply_address, place=place, limit=SHOWN_LINES)
        for place, entry in enumerate(oldest_first(digest.items), 1)
    )


def block_of(entry: DigestItem, reply_address: str, *, place: int = 1, limit: int | None = None) -> Block:
    """One block; `limit` is in lines, None shows all."""
    item = entry.item
    lines, cut = barred(item.text or "", limit)
    return Block(
        head=f"{place}. {item.ref}  {item.kind}  {defused(clean(item.title))}".rstrip(),
        entry=entry,
        text=lines,
        cut=cut,
        word_count=len((item.text or "").split()),
        remarks=tuple((remark, barred(remark.text, limit)[0]) for remark in entry.remarks),
        links=() if entry.own else tuple(_link(verb, item.ref, reply_address) for verb in _VERBS[item.kind]),
    )


def barred(text: str, limit: int | None = None) -> tuple[tuple[str, ...], bool]:
    """A text as lines of 72 columns at most, each behind `| `, and whether it was cut at `limit` lines.

    Blank lines in a row are shown as one, controls and direction marks not at all, and references in it
    without their hyphen, so that none of them stands above its own block.
    """
    lines: list[str] = []
    for line in (piece for whole in lines_of(text) for piece in _folded(defused(whole))):
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
        at = next((n for n, line in enumerate(lines) if ref in _refs(line)), None)
        if at is None or not re.match(rf"\d+\. {re.escape(ref)}(?!\w)", lines[at]):
            found.append(f"{ref} does not stand first at the head of its own block")
        elif len(_refs(lines[at])) > 1:
            found.append(f"another reference stands on the head line of {ref}")
        elif at < last:
            found.append(f"{ref} stands out of order")
        last = max(last, -1 if at is None else at)
    end = next((n for n, line in enumerate(lines) if re.fullmatch(r"={8,}", line)), -1)
    if refs and end < last:
        found.append("no line of ======== closes the last block")
    first = next((line for line in lines if _refs(line)), "")
    if refs and first.split(" ")[1:2] != [refs[0]]:
        found.append("a reference stands above the items")
    return tuple(found)


def _refs(line: str) -> list[str]:
    return [f"{letter.upper()}-{number}" for letter, number in _REF.findall(line)]


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of 70 columns; addresses of the web stay whole."""
    if len(line) <= BAR_WIDTH:
        yield line
        return
    piece = ""
    for word in _pieces(line):
        if piece.strip() and len(piece) + 1 + len(word) > BAR_WIDTH:
            yield piece
            piece = word
        else:
            piece = f"{piece} {word}" if piece else word
    yield piece


def _pieces(line: str) -> Iterator[str]:
    for word in line.split(" "):
        width = LONGEST_WORD if "://" in word else BAR_WIDTH
        yield from (word[at : at + width] for at in range(0, max(len(word), 1), width))


def _link(verb: str, ref: str, address: str) -> tuple[str, str]:
    """RFC 6068: a mail that says `A-12 approve`, ready to be sent."""
    subject, body = quote(f"Decision on {ref}"), quote(f"{ref} {verb}")
    return f"{verb} {ref} by mail", f"mailto:{quote(address, safe='@')}?subject={subject}&body={body}"
