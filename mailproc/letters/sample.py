"""Sample values for every letter, so that doctor and the tests can render all of them without a desk.

Invented people at The Harbour Review. Nothing here is sent, and no letter takes its words from here.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo

from mailproc.dossier.needs import Need
from mailproc.kinds.every import EVERY, KINDS
from mailproc.kinds.kind import Kind
from mailproc.letters.catalogue import LETTERS
from mailproc.letters.contents import Contents, Heading, Held
from mailproc.letters.digest import Charge, Digest, DigestItem, Month, News, Picture, Remark, Settled
from mailproc.letters.extent import extent_of
from mailproc.letters.laid import Lack, LaidPiece, LaidSection, Parcel
from mailproc.letters.sight import Enclosed, Sheet
from mailproc.message.blank import BLANK
from mailproc.message.model import Address, Attachment
from mailproc.phrase import say
from mailproc.review.member import Member
from mailproc.review.reply.reading import Unclear
from mailproc.workflow.access import Pass
from mailproc.workflow.group import Group, Piece
from mailproc.workflow.item import Coauthor, Extract, Item, KeptAttachment
from mailproc.workflow.machine import FOR_MEMBERS

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TEXT = """The tram to the old pier was due at eight.

At nine we were still there, and so was the timetable.
It had been printed in 1994.
"""
DOT = b64decode(  # a JPEG of one pixel
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+"
    "gXz/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AV//Z"
)
REPLY_TO = "desk+3n5kqz7x2m4v6b8t@harbour.example"


@dataclass(frozen=True, slots=True)
class SampleDesk:
    """What letters ask of the configuration's [desk]."""

    name: str = "The Harbour Review"
    address: str = "desk@harbour.example"
    operator: str = "operator@harbour.example"
    timezone: tzinfo = UTC
    addresses: Mapping[str, str] = field(
        default_factory=lambda: (
            {kind.name: kind.options.example for kind in EVERY if kind.options.address}
            | {"help": "help@harbour.example"}
        )
    )


@dataclass(frozen=True, slots=True)
class Deed:
    """What a transcript tells of one act."""

    ref: str = ""
    title: str = ""
    words: str = ""
    undo: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a decision would send, for a step-up."""

    words: str = ""
    more: int = 0


def item(number: int = 12, kind: str = "article", **changes: object) -> Item:
    """A waiting item of Jo Poole's."""
    days = timedelta(days=max(0, 15 - number), hours=1)
    made = Item(
        kind=kind,
        number=number,
        state=_waiting(KINDS[kind]),
        title="The tram that never came",
        author=Address("Jo Poole", "jo@poole.example"),
        authenticated=True,
        received_at=NOW - days,
        waiting_since=NOW - days,
        section=up.section or None if (up := KINDS[kind].up) else None,
        text=TEXT,
        text_sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # a sample's fields are named by its caller


def task(number: int, section: str, title: str, **changes: object) -> Item:
    """Something to do for the site."""
    known = {"section": section, "title": title, "author": Address("", ""), "text": None, "text_sha256": ""}
    return item(number, "task", **(known | changes))


def charges() -> tuple[Charge, ...]:
    """Tasks with their bearers: one is claimed, one before somebody, one before nobody."""
    pier, union = "North Pier Society", "Lantern Street Union"
    claimed = task(14, "put-up", pier, group=pier, state="claimed")
    return (
        Charge(claimed, "Ben", NOW - timedelta(days=1), NOW + timedelta(days=6)),
        Charge(task(15, "restore", union, group=union), "Cleo", NOW - timedelta(hours=1)),
        Charge(task(16, "stale", "photographs of the old ferry"), "", NOW),
    )


def month() -> Month:
    """What was done in October."""
    return Month(datetime(2026, 10, 1, tzinfo=UTC), (("Ana", 4), ("Ben", 3), ("Cleo", 3)))


def _waiting(kind: Kind) -> str:
    """The state in which one waits for the members."""
    return next((state for state in kind.states if state in FOR_MEMBERS), kind.initial)


def attachments() -> tuple[KeptAttachment, ...]:
    """One that was kept and one that was not."""
    kept = Attachment("2", "hives.jpg", "image/jpeg", "image/jpeg", 2536, "43" * 32)
    refused = Attachment("3", "tides.exe", "application/x-dosexec", "application/pdf", 2050, "42" * 32)
    return KeptAttachment(kept, "kept", "", 12), KeptAttachment(refused, "refused", "executable", 12)


def enclosed() -> tuple[Enclosed, ...]:
    """The one that was kept is attached in small; why the other is not."""
    kept, refused = attachments()
    return Enclosed(1, kept, "hives.jpg", "image/jpeg", DOT, "scaled"), Enclosed(2, refused, why="executable")


def picture(number: int = 1) -> Picture:
    """A picture in small: one grey dot, said to be larger."""
    return Picture(number, 300, 200, DOT, f"small-{number}.sample@harbour.example")


def by_document() -> DigestItem:
    """An article that came as a document, with pictures and other documents beside it."""
    words = "The tram to the old pier\n\nThe tram to the old pier was due at eight. At nine we were still there.\n"
    files = (
        ("tram.odt", "application/vnd.oasis.opendocument.text", 18_400, Extract(words, 812)),
        ("stop.jpg", "image/jpeg", 2_410_000, None),
        ("pier.heic", "image/heic", 1_870_000, None),
        ("sources.txt", "text/plain", 960, Extract("Sources\n\n1. The timetable of 1994\n", 6)),
        ("locked.pdf", "application/pdf", 41_000, Extract("", 0, "encrypted")),
    )
    kept = tuple(
        KeptAttachment(Attachment(f"{n}", name, media, media, size, f"{n:02}" * 32), "kept", "", 18, extract)
        for n, (name, media, size, extract) in enumerate(files, 2)
    )
    came = item(18, title="The tram", text=None, text_source="attachment tram.odt", text_sha256="02" * 32)
    one_needed = "none yet; one is needed"
    return DigestItem(came, one_needed, 0, kept, pictures=(picture(2),), more_pictures=1, unseen=frozenset({3}))


def digest() -> Digest:
    """Every kind of item, and all that can stand below them."""
    one_needed = "none yet; one is needed"
    entries = (
        DigestItem(
            item(12),
            one_needed,
            3,
            attachments(),
            ("it may name a private person; such details do not go up.",),
            (Remark("Added by the author, 20 November 2026", "The tram came after all."),),
        ),
        DigestItem(item(13, "material", title="Leaflet, 1994", group="North Pier Society"), one_needed, 2),
        DigestItem(
            item(14, "membership", title="May I join?"),
            "approved by Ben; one more is needed",
            1,
            past=(
                "asked to join on 3 May 2026 (M-7): rejected by Ben, 9 May 2026",
                "has sent 2 articles, 1 of them published",
            ),
        ),
        DigestItem(item(15, "enquiry", title="Is the pier still closed?", authenticated=False), "", 0),
        DigestItem(item(16, "unsorted", title="hello", guess="article", next_guess="material"), "", 0),
        DigestItem(item(17, title="Fog, a love letter"), one_needed, 0, own=True),
    )
    return Digest(
        member=Member("ana@harbour.example", "Ana", "active", NOW, ("ana@harbour.example",)),
        items=entries,
        settled=(
            Settled("A-9", "The ferry is back", "approved by Ben on 21 November 2026 at 10:02 UTC, and published"),
            Settled("U-8", "Cheap watches", "discarded by Ben on 21 November 2026 at 10:02 UTC", undo=True),
        ),
        counts=(("bulk", 3), ("spam", 1)),
        notices=("A mail from nobody@else.example tried to decide for you and did nothing.",),
        undo_minutes=15,
    )


def settling() -> DigestItem:
    """An article that Ben has just approved."""
    approved = item(10, title="The night ferry", state="approved", settles_at=NOW + timedelta(minutes=15))
    words = "approved by Ben on 22 November 2026 at 08:00 UTC"
    return DigestItem(approved, "approved by Ben", 5, settling=words, ways=("reject", "undo"))


def motion(asks: str = "retract") -> DigestItem:
    """A published article that Ben wants taken down, or to read otherwise."""
    texts = {
        "replace": "The ferry is back, and so is the queue.\n",
        "correct": "The ferry came back in 1995, not in 1994.\n",
        "append": "It was built in 1962, says the harbour's own book: https://harbour.example/book\n",
    }
    published = item(
        9,
        title="The ferry is back",
        state="published",
        motion=asks,
        motion_since=NOW,
        new_text=texts.get(asks),
        motion_by="ben@gangway.example",
    )
    said = (Remark("What Ben says, 22 November 2026 at 08:00 UTC", "It was last year's ferry."),)
    return DigestItem(published, "Ben for it; one more is needed", 6, remarks=said, asked_by="Ben")


def contents() -> Contents:
    """A file that gathers: two pieces count, one does not, something is missing and something waits."""
    photo = Piece("F-13", 13, "picture", "photographs", "office.jpg", "1f", "image/jpeg", 40_000)
    photo = replace(
        photo, caption="The office in 1962", credit="Jo Poole", rights="free for any use", source="an album"
    )
    text = Piece("F-14", 14, "text", "history", "How it began", "2f", "text/plain", 900)
    link = Piece("F-15", 15, "link", "", "their rules", "3f", url="https://rules.example/all")
    return Contents(
        group=Group("North Pier Society", state="gathering"),
        has=(
            Heading(Need("history", "its history", title="History"), (Held(text, "history", "Kim", NOW),)),
            Heading(Need("photographs", "photographs"), (Held(photo, "photographs", "Jo Poole", NOW, ("F-16",)),)),
        ),
        missing=(Need("experience", "personal experience"),),
        more=(Held(link, "", "Jo Poole", NOW),),
        waiting=(item(18, "material", title="Leaflet, 1994"),),
    )


def group_file() -> Group:
    """A file that Ana has claimed."""
    return Group(
        "North Pier Society",
        state="claimed",
        since=NOW,
        claimed_by="ana@harbour.example",
        shown_at=NOW,
        objects_until=NOW + timedelta(days=3),
        url="https://harbour.example/files/north-pier/",
    )


def laid_out() -> tuple[LaidSection, ...]:
    """How it is laid out: a text of the reader's, a picture and a link of others."""
    text = LaidPiece("text", "Jo Poole", mine=True, text=TEXT)
    picture = LaidPiece("picture", "Mina Poll", name="office.jpg", caption="The office in 1974", credit="Mina Poll")
    link = LaidPiece("link", "Cem", name="The archive of the port", url="https://port.example/archive")
    return LaidSection("History", (text,)), LaidSection("Photographs", (picture,)), LaidSection("Links", (link,))


def _values(template: str) -> dict[str, object]:
    when = "it takes effect on 22 November 2026 at 08:15 UTC"
    done = (
        Deed("A-12", "The tram that never came", f"approved; {when}", "undo A-12"),
        Deed("F-13", "Leaflet, 1994", f"rejected; {when}", "undo F-13", "We have this one already.\nThank you!"),
        Deed(words="you are away until Friday, 27 November 2026", undo="back"),
    )
    return {
        "desk": SampleDesk(),
        "to": Address("Jo Poole", "jo@poole.example"),
        "reply_to": REPLY_TO,
        "last_today": False,
        "held_over": False,
        "authenticated": True,
        "item": item(place="articles/2026/the-tram-that-never-came", group="North Pier Society"),
        "items": (
            item(state="awaiting_author", extent="unclear"),
            item(12, "membership", state="awaiting_agreement", title="The tram, and may I join?"),
        ),
        "attachments": attachments(),
        "guessed": "",
        "clouds": (),
        "beside": (),
        "extent": extent_of(TEXT, item().text_sha256),
        "lapses_at": NOW + timedelta(days=30),
        "publishes": False,
        "sheet": Sheet("A-12.html", b"<!DOCTYPE html>\n<title>The tram</title>\n"),
        "expires_at": NOW + timedelta(days=3),
        "kept_back": (),
        "because": ("It is not on what The Harbour Review is about.",),
        "before": 2,
        "fresh": True,
        "unheard": "second" if template == "applicant/no-appeal" else "early",
        "ask_again": NOW + timedelta(days=90),
        "earlier_ref": "U-12" if template == "author/sorted" else "M-7",
        "was": "unsorted",
        "words": "Could you tell us when this was?\n\nA photo would be fine, too.",
        "act": "withdraw",
        "size": 131_072_000,
        "limit": 100_000_000,
        "lines": ("perhaps later, or never",),
        "about": "mail cannot be fetched",
        "wanted": (
            say("wanted/shown-section", section="humour", until=None),
            say("wanted/shown-line", words="a cartoonist", until=NOW + timedelta(days=14)),
        ),
        "groups": (Group("North Pier Society", needs=("a photo of the office", "its rules")),),
        "done": done,
        "not_done": (Deed("A-9", "The ferry is back", "already approved by Ben on 21 November 2026 at 10:02 UTC"),),
        "unclear": (Unclear("approve but cut the end", "condition", 'write "A-12 approve" on a line of its own'),),
        "more": 0,
        "by_operator": False,
        "held": True,
        "address": "ana@elsewhere.example",
        "whom": "Ben",
        "decisions": (
            "approve A-12 (The tram that never came)",
            "reject A-9 (The ferry is back), with 6 words of yours",
        ),
        "sent": (Sent(), Sent("It is too long.\nAnd undated.")),
        "why": "We could not tell from the mail alone that it came from you, so nothing has happened.",
        "unread": "encrypted",
        "digest": digest(),
        "entry": digest().items[0],
        "enclosed": enclosed(),
        "undo_minutes": 15,
        "again": False,
        "concerned": None,
        "file": group_file(),
        "parcel": Parcel(
            1, 1, "north-pier-society.zip", b"PK\5\6" + bytes(18), ("SHA256SUMS", "index.html", "index.md")
        ),
        "absent": (Lack("minutes.pdf", "F-15", "missing"),),
        "page": laid_out(),
        "order": (("History", "F-13"), ("Photographs", "F-14/1"), ("Links", "F-14/2")),
        "until": NOW + timedelta(days=3),
        "says": "objects",
        "restores": False,
        "news": News("approve", "Ben", by_author=False, at=NOW, ways=("reject", "undo")),
        "held_at": NOW - timedelta(hours=2),
        "asked": False,
        "earlier": "An article waits for you: The tram that never came (A-12)",
        "at": "24 November 2026 at 08:00 UTC",
        "on_duty": "Ben",
        "on_duty_next": "Cleo",
        "charges": charges(),
        "month": month(),
        "now": NOW,
        "contents": (contents(),),
        "brings": (("text", 1), ("photograph", 1)),
        "lacks": ("personal experience",),
        "quoted": False,
        "settings": (say("self/language", name="English"), say("self/one-a-day")),
        "access": Pass("jo@poole.example", BLANK, NOW + timedelta(days=7), "the members' pages of harbour.example"),
    }


AGREEING = {"state": "awaiting_agreement"}
_MAY = {"again_at": NOW + timedelta(days=90), "appeal_until": NOW + timedelta(days=14)}
_OF_REQUESTS: Mapping[str, Mapping[str, object]] = {  # what their items are like in letters of one event
    "applicant/agreed": {"state": "pending"},
    "applicant/rejected": {"state": "rejected", **_MAY},
    "applicant/set-aside": {"state": "discarded", "appeal_until": NOW + timedelta(days=14)},
    "applicant/appealed": {"state": "pending", "appealed_at": NOW},
    "applicant/no-appeal": {"state": "rejected", "appealed_at": NOW - timedelta(days=20), "again_at": _MAY["again_at"]},
}

_OF_ARTICLES: Mapping[str, Mapping[str, object]] = {  # the same of articles
    "author/proof": {"state": "awaiting_proof"},
    "author/proof-passed": {"state": "awaiting_proof"},
    "author/byline": {"byline": "Anna K."},
}


def _to_a_reader() -> dict[str, object]:
    """A question about an article, and a member's answer."""
    return {
        "item": item(12, "enquiry", state="answered", title="Who built the pier?"),
        "concerned": item(9, title="The ferry is back", state="published", place="articles/2026/the-ferry"),
        "words": "The harbour office did, in 1962.\nIts own book says so.",
    }


def _of_an_item(template: str) -> dict[str, object]:
    """What letters are about that speak of one item in a state of its own."""
    if template == "author/set-aside":
        return {"item": item(16, "unsorted", title="hello", state="discarded")}
    if template not in _OF_ARTICLES:
        return {}
    lines = ("| The last tram left early.", "| Nobody minded.")
    return {"item": item(12, "article", **_OF_ARTICLES[template]), "lines": lines}


def sample(template: str) -> dict[str, object]:
    """A context for the letter `audience/event`, holding the names it needs and no other."""
    values = _values(template)
    if template.startswith("member/"):
        values["to"] = Address("Ana", "ana@harbour.example")
        values["access"] = Pass("ana@harbour.example", BLANK, NOW + timedelta(days=7), "")
    if template in {"author/layout", "author/up", "author/objection-heard", "member/objection"}:
        values["item"] = item(13, "material", state="gathered", title="Leaflet, 1994", group="North Pier Society")
        values["items"] = (values["item"],)
    if template in {"author/shared", "author/coauthor"}:
        values["says"] = "named" if template == "author/shared" else "asks"
        values["whom"] = "Sam Reed" if template == "author/shared" else "Jo Poole"
        values["item"] = item(state="awaiting_author", coauthors=(Coauthor("Sam Reed"),))
    values |= _of_an_item(template)
    values |= _to_a_reader() if template == "reader/answer" else {}
    if template == "member/objection":
        values["whom"], values["words"] = "Jo Poole (jo@poole.example)", "The year is 1974, not 1994.\nOtherwise fine."
    if template in {"member/outcome", "member/went-on"}:
        values["item"] = item(state="approved", settles_at=NOW + timedelta(minutes=15))
    if template == "author/sorted":
        values["words"] = "It is a story with a beginning and an end.\nOur readers will like it."
    if template.startswith("applicant/"):
        values["item"] = item(12, "membership", title="May I join?", **_OF_REQUESTS.get(template, AGREEING))
    return {name: values[name] for name in LETTERS[template].names}
