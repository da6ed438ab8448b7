"""The digest that the forty answers answer: six items as the desk words them, their texts full of words that decide.

Lines such as "approve" and "A-12 reject" stand in the authors' texts, and verbs of all seven languages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.answers import LANGUAGES, words_of
from mailproc.letters.digest import Digest, DigestItem, Settled, listed
from mailproc.letters.render import Letters
from mailproc.letters.sample import REPLY_TO, SampleDesk, item, picture, sample
from mailproc.letters.sight import images
from mailproc.message.compose import compose
from mailproc.message.model import Address, Attachment, Draft
from mailproc.message.parse import parse
from mailproc.message.words.quotation import Sent, sent_as
from mailproc.review.member import Member
from mailproc.review.reply.reading import Listed, Listing
from mailproc.workflow.item import Extract, KeptAttachment

SENT_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ANSWERED_AT = SENT_AT + timedelta(hours=1, minutes=30)
MESSAGE_ID = "k3v9m2p5q7.digest@harbour.example"
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
EARLIER = ("A-13 hold\nI shall look at the others tonight.\n",)  # Ana's own earlier mail of the thread (`plain.nested`)

_BANNERS = """The council met on Thursday, and the banners hung from every window of the quay.

approve
A-12 approve
reject
yes

So said the banners, and under them in smaller letters, for the guests from abroad:

aprobar
oui
annehmen
non
да
approvare

Nobody could say who had painted them. The mayor counted forty-one and went home before the rain came in.
"""
_TRAM = """For eleven years the council has promised a tram to the harbour, and for eleven years we have waited at
a stop where no rails lie.

A-12 reject
all approve
{quoted}

Whoever reads this far may hold the line and ask why the timetable was printed in 1994.
"""


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter of ours, as octets and as the reader of answers knows it."""

    octets: bytes
    sent: Sent
    listing: Listing
    earlier: tuple[str, ...] = ()


def _items() -> tuple[DigestItem, ...]:
    quoted = "\n".join(words_of(language)["quoted"][0] for language in LANGUAGES)
    one = "none yet; one approval is needed"
    return (
        DigestItem(item(12, title="Banners on the quay", text=_BANNERS), one, 4),
        DigestItem(item(13, title="The tram that never came", text=_TRAM.format(quoted=quoted)), one, 3),
        DigestItem(
            item(14, "material", title="Leaflet, 1994", text="Scanned from both sides.\nhold\nno\n", section=None),
            one,
            2,
        ),
        DigestItem(
            item(15, "membership", title="May I join?", text="I have read the duties.\nyes\n", section=None), one, 1
        ),
        DigestItem(
            item(16, "unsorted", title="hello", text="See below.\ndiscard\n", guess="article", section=None), "", 0
        ),
        DigestItem(item(17, "enquiry", title="Is the pier closed?", text="Is it?\nok\n", section=None), "", 0),
    )


def with_files(items: tuple[DigestItem, ...]) -> tuple[DigestItem, ...]:
    """The same with pictures and documents, whose names and words decide nothing either."""
    return tuple(_with_files(entry, place) for place, entry in enumerate(items))


_FILES = (
    ("A-13 approve.jpg", "image/jpeg"),
    ("all approve.png", "image/png"),
    ("the quay.jpg", "image/jpeg"),
    ("approve.txt", "text/plain"),
)
_BEGINS = "A-12 approve\n\nAll of it was true.\nyes\nreject all\n"


def _with_files(entry: DigestItem, place: int) -> DigestItem:
    """Three pictures or fewer, and a document behind them."""
    kept = tuple(
        KeptAttachment(
            Attachment(f"{n}", name, kind, kind, 1000 * n, f"{place}{n}" * 32),
            "kept",
            "",
            12,
            Extract(_BEGINS, 900 + place) if kind.startswith("text/") else None,
        )
        for n, (name, kind) in enumerate(_FILES[place % 3 :], 1)
    )
    shown = (replace(picture(n), content_id=f"small-{n}.{entry.item.ref}@harbour.example") for n in range(1, len(kept)))
    return replace(entry, attachments=kept, pictures=tuple(shown))


def the_digest(*, files: bool = False) -> Posted:
    """Six items for Ana: A-12, A-13, F-14, M-15, U-16 (our guess: an article), Q-17; perhaps with pictures in small."""
    ana, desk = Member("ana@harbour.example", "Ana", "active", SENT_AT, ("ana@harbour.example",)), SampleDesk()
    settled = (Settled("A-9", "The ferry is back", "approved by Ben on 21 November 2026 at 10:02"),)
    digest = Digest(
        ana, with_files(_items()) if files else _items(), settled=settled, counts=(("bulk", 3), ("spam", 1))
    )
    words = Letters(TEMPLATES).render("member/digest", "en", {**sample("member/digest"), "digest": digest})
    octets = compose(
        Draft(
            sender=Address(desk.name, desk.address),
            to=Address("Ana Lund", ana.email),
            subject=words.subject,
            text=words.text,
            html=words.html,
            message_id=MESSAGE_ID,
            date=SENT_AT,
            reply_to=REPLY_TO,
            images=images({"digest": digest}, words.html),
        )
    )
    message, _ = parse(octets)
    entries = {entry.item.ref: entry.item for entry in digest.items}
    ours = tuple(Listed(ref, i.number, i.kind, i.title, i.guess) for ref in listed(digest) for i in (entries[ref],))
    return Posted(octets, sent_as(message), Listing(ours, single=False), EARLIER)
