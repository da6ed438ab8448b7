"""The letters that are answered: digests of 1, 4, 12 and 30 items, and letters on one item, worded as the desk does."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bench.letter import MESSAGE_ID, SENT_AT, TEMPLATES, Posted
from mailproc.letters.digest import Digest, DigestItem, Settled, listed
from mailproc.letters.render import Letters
from mailproc.letters.sample import REPLY_TO, SampleDesk, item, sample
from mailproc.message.compose import compose
from mailproc.message.model import Address, Draft
from mailproc.message.parse import parse
from mailproc.message.words.quotation import sent_as
from mailproc.review.member import Member
from mailproc.review.reply.reading import Listed, Listing

FIRST = 41  # the number of the first item: no number is also a place in a letter
KINDS = ("article", "article", "material", "article", "membership", "article")  # in turn
TITLES = (
    *("Banners on the quay", "The tram that never came", "Leaflet, 1994", "Fog, a love letter", "May I join?"),
    *("The night ferry", "Hives on the roof", "What the gulls know", "Scans from the attic", "Rope"),
)
TEXTS = (
    "The council met on Thursday, and the banners hung from every window.\n\napprove\nyes\n\nSo said the banners.\n",
    "It was due at eight.\nAt nine we were still there, and so was the timetable.\n",
    "Scanned from both sides.\n",
    "Nobody saw the gull, but everybody heard it; whoever hears it may hold the line or reject it.\n",
    "I have read the duties, and I should like to join.\n",
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One of them."""

    name: str
    posted: Posted

    @property
    def refs(self) -> tuple[str, ...]:
        """Its items, in its order."""
        return self.posted.listing.refs

    @property
    def single(self) -> bool:
        """A bare word is about its one item."""
        return self.posted.listing.single


def _entries(kinds: tuple[str, ...]) -> tuple[DigestItem, ...]:
    """Waiting items, oldest first, with a text each."""
    return tuple(
        DigestItem(
            replace(
                item(FIRST + n, kind, title=TITLES[n % len(TITLES)], text=TEXTS[n % len(TEXTS)], section=None),
                waiting_since=SENT_AT,
                received_at=SENT_AT,
            ),
            "none yet; one approval is needed",
            2,
        )
        for n, kind in enumerate(kinds)
    )


def _posted(template: str, entries: tuple[DigestItem, ...], **values: object) -> Posted:
    """The letter as octets and as the reader of answers knows it."""
    desk = SampleDesk()
    words = Letters(TEMPLATES).render(template, "en", {**sample(template), **values})
    octets = compose(
        Draft(
            sender=Address(desk.name, desk.address),
            to=Address("Ana Lund", "ana@harbour.example"),
            subject=words.subject,
            text=words.text,
            html=words.html,
            message_id=MESSAGE_ID,
            date=SENT_AT,
            reply_to=REPLY_TO,
        )
    )
    message, _ = parse(octets)
    ours = tuple(Listed(e.item.ref, e.item.number, e.item.kind, e.item.title, e.item.guess) for e in entries)
    return Posted(octets, sent_as(message), Listing(ours, single=len(ours) == 1))


def _digest(count: int) -> Letter:
    ana = Member("ana@harbour.example", "Ana", "active", SENT_AT, ("ana@harbour.example",))
    entries = _entries(tuple(KINDS[n % len(KINDS)] for n in range(count)))
    settled = (Settled("A-9", "The ferry is back", "approved by Ben on 21 November 2026 at 10:02"),)
    digest = Digest(ana, entries, settled=settled)
    shown = {entry.item.ref: entry for entry in entries}
    return Letter(
        f"digest of {count}", _posted("member/digest", tuple(shown[r] for r in listed(digest)), digest=digest)
    )


def _single(kind: str) -> Letter:
    entries = _entries((kind,))
    return Letter(f"single {kind}", _posted("member/single", entries, entry=entries[0]))


DIGESTS = tuple(_digest(count) for count in (4, 12, 4, 4, 12, 4, 4, 12, 30))  # often small
SINGLES = (_single("article"), _digest(1), _single("membership"), _single("article"), _single("material"))
