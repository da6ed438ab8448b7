"""Each letter as octets, one file per letter and situation, so that a change of words is seen in the diff.

`UPDATE_GOLDEN=1 pytest tests/letters/test_golden.py` writes the files anew; read the diff before you commit it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from pathlib import Path

import pytest

from mailproc.errors import ConfigError
from mailproc.letters.catalogue import LETTERS
from mailproc.letters.digest import Digest, DigestItem, Month, News, Remark, barred
from mailproc.letters.extent import extent_of, extent_of_document
from mailproc.letters.laid import LaidPiece, LaidSection, Parcel
from mailproc.letters.language.speech import languages
from mailproc.letters.render import Letters
from mailproc.letters.sample import (
    NOW,
    REPLY_TO,
    Deed,
    attachments,
    by_document,
    charges,
    contents,
    digest,
    enclosed,
    group_file,
    item,
    month,
    motion,
    picture,
    sample,
    settling,
)
from mailproc.letters.sight import Enclosed, files, images
from mailproc.message.compose import compose
from mailproc.message.mime.passing import OCTETS
from mailproc.message.mime.sealed import LOCKS
from mailproc.message.model import Address, Attachment, Draft
from mailproc.message.text.nothing import REASONS
from mailproc.phrase import say
from mailproc.review.reply.reading import Unclear
from mailproc.workflow.group import Group
from mailproc.workflow.item import Coauthor, Extract, KeptAttachment

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/golden"
TRIGGERED = (
    *("receipt-", "help", "confirm", "status", "oversize", "unread", "not-understood", "transcript", "item", "list"),
    *("withdrawal-asked", "byline", "shared", "coauthor", "invitation-asked", "roll", "contents", "objection-heard"),
    *("agreed", "appealed", "no-appeal", "not-now"),
)
LEFT_OUT = (  # reasons for which an attachment is not sent to a member
    *("too-large", "no-room", "belied", "macros", "holds-program", "holds-unknown", "unreadable", "archive", "mail"),
    *("same", "missing", "unknown"),
)
SHARED = Letters(ROOT / "templates", site="https://harbour.example")


def hard_to_read() -> tuple[KeptAttachment, ...]:
    """Documents that could not be read, or not whole: one for each reason."""
    failures = ("partly", "damaged", "encrypted", "no-words", "no-reader", "too-large", "too-slow", "too-much", "died")
    return tuple(
        KeptAttachment(
            Attachment(f"{n}", f"{failure}.pdf", "application/pdf", "application/pdf", 25_360, "43" * 32),
            "kept",
            "",
            12,
            Extract(*(("The quay", 2) if failure == "partly" else ("", 0)), failure),
        )
        for n, failure in enumerate(failures, 2)
    )


def with_documents() -> Iterator[tuple[str, str, dict[str, object]]]:
    """An article that is a document, and documents that could not be read, for author and members."""
    document = extent_of_document("lighthouse.docx", "54" * 32, 412)
    yield "author-receipt-article-last-today", "author/receipt-article", {"last_today": True}
    yield "author-receipt-article-held-over", "author/receipt-article", {"held_over": True}
    yield "author-receipt-article-document", "author/receipt-article", {"extent": document, "attachments": ()}
    yield "author-receipt-article-unread", "author/receipt-article", {"extent": document, "attachments": hard_to_read()}
    hard = DigestItem(item(12), "none yet; one is needed", 3, attachments=hard_to_read())
    yield "member-digest-unread", "member/digest", {"digest": Digest(digest().member, (hard,))}


def of_articles() -> Iterator[tuple[str, str, dict[str, object]]]:
    """Names that authors wish to stand on their work, and texts that took the place of others."""
    wished = item(12, byline="Anna K.")
    yield "author-byline-first", "author/byline", {"item": replace(wished, byline="Jo"), "kept_back": ("Poole",)}
    yield "author-byline-none", "author/byline", {"item": replace(wished, byline="")}
    yield "author-byline-up", "author/byline", {"item": replace(wished, state="published", published_at=NOW)}
    yield "author-receipt-article-named", "author/receipt-article", {"item": wished}
    yield "author-receipt-material-named", "author/receipt-material", {"item": replace(wished, kind="material")}
    unclear = replace(wished, state="awaiting_author", extent="unclear")
    yield "author-receipt-article-which-name", "author/receipt-article", {"item": unclear}
    heic = Attachment("2", "pier.heic", "image/heic", "image/heic", 1_870_000, "43" * 32)
    clouds = {"clouds": ("drive.google.com", "we.tl"), "attachments": (KeptAttachment(heic, "kept", "", 12),)}
    yield "author-receipt-article-clouds", "author/receipt-article", clouds
    said = (say("remark/more-texts", more=2), say("remark/more-parts", refs=("A-9", "A-10")))
    yield "author-receipt-article-several", "author/receipt-article", {"beside": said, "attachments": ()}
    documents = (say("remark/more-documents", more=1),)
    yield "author-receipt-article-documents", "author/receipt-article", {"beside": documents, "attachments": ()}
    two = item(12, state="awaiting_author", coauthors=(Coauthor("Sam Reed", "sam@reed.example"),))
    agreed = replace(two, state="pending", coauthors=(Coauthor("Sam Reed", "sam@reed.example", agreed=True),))
    yield "author-shared-agreed", "author/shared", {"item": agreed, "says": "agreed"}
    yield "author-shared-declined", "author/shared", {"item": two, "says": "declined"}
    for says in ("anew", "agreed", "declined", "added"):
        sam = {"item": agreed if says == "agreed" else two, "says": says, "to": Address("Sam Reed", "sam@reed.example")}
        yield f"author-coauthor-{says}", "author/coauthor", sam
    change = say("remark/change", after="At nine we were", out="still", into="all")
    begun = say("remark/change", after="", out="", into="Nobody minded.")
    changes = say("remark/changes", parts=(change, begun), more=2, another=False, lines=False)
    heading = say("remark/changed", at=NOW, added=12, removed=1)
    checks = (say("remark/byline", name="Anna K."), say("remark/kept-back", words="Poole"))
    one = replace(digest().items[0], item=wished, checks=checks, remarks=(Remark(heading, changes),))
    yield "member-digest-version", "member/digest", {"digest": Digest(digest().member, (one,))}


def of_proofs() -> Iterator[tuple[str, str, dict[str, object]]]:
    """A proof of what goes up on a day, of what goes up though nobody answers, and of what no page can be made of."""
    dated = item(12, state="awaiting_proof", publish_at=NOW + timedelta(days=5))
    yield "author-proof-dated", "author/proof", {"item": dated, "publishes": True, "sheet": None}
    yield "author-proof-passed-dated", "author/proof-passed", {"item": dated}


def of_files() -> Iterator[tuple[str, str, dict[str, object]]]:
    """Files of groups: nothing lacks, or nobody has said what is needed; none has anything; two in one letter."""
    yield "author-receipt-material-nothing-lacks", "author/receipt-material", {"lacks": (), "attachments": ()}
    yield "author-receipt-material-no-needs", "author/receipt-material", {"lacks": None, "attachments": ()}
    group = Group("Lantern Street Union", state="wanted")
    empty = replace(contents(), group=group, has=(), more=(), waiting=())
    yield "member-contents-empty", "member/contents", {"contents": (empty,)}
    complete = replace(contents(), group=replace(group, state="complete"), missing=(), waiting=())
    yield "member-contents-two", "member/contents", {"contents": (empty, complete)}


def with_notices(one: Digest) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Lines to know: alone, with tasks, and of letters that the desk's key does not give again."""
    yield from of_duty(one)
    full = digest()
    yield "member-digest-nothing", "member/digest", {"digest": Digest(one.member, ())}
    letter = "Good news: your article “The ferry is back” (A-9) is published, in your own words.\n\nThank you."
    ended = replace(full.settled[0], letter=barred(letter)[0])
    told = replace(full, settled=(ended, full.settled[1]), aside=(("North Pier Society", 2), ("Harbour Trust", 1)))
    yield "member-digest-ended", "member/digest", {"digest": told}
    yield "member-item-aside", "member/item", {"entry": replace(full.items[1], aside=True), "enclosed": ()}
    yield "member-digest-notices-only", "member/digest", {"digest": Digest(one.member, (), notices=digest().notices)}
    missed = tuple(say(f"notice/{slug}", author="ana@quay.example") for slug in ("old-key", "two-letters"))
    anew = replace(one, notices=(say("notice/new-key"), *missed))
    yield "member-digest-new-key", "member/digest", {"digest": anew}


def of_requests() -> Iterator[tuple[str, str, dict[str, object]]]:
    """What a request to join may come to, and why a mail opens none."""
    over = item(12, "membership", title="May I join?", state="rejected")
    yield "applicant-rejected-after-an-appeal", "applicant/rejected", {"item": replace(over, appealed_at=NOW)}
    yield "applicant-rejected-no-reason", "applicant/rejected", {"item": over, "because": (), "words": ""}
    yield "applicant-agreed-first", "applicant/agreed", {"before": 0}
    yield "applicant-receipt-membership-first", "applicant/receipt-membership", {"before": 0}
    yield "applicant-appealed-same", "applicant/appealed", {"fresh": False}
    late = {"item": replace(over, appeal_until=NOW - timedelta(days=2)), "unheard": "late"}
    yield "applicant-no-appeal-late", "applicant/no-appeal", late
    yield "applicant-no-appeal-none", "applicant/no-appeal", {"item": over, "unheard": "none"}
    for why, ref, again in (("waits", "M-7", NOW + timedelta(days=20)), ("member", "", None), ("full", "", None)):
        context = {"unheard": why, "earlier_ref": ref, "ask_again": again}
        yield f"applicant-not-now-{why}", "applicant/not-now", context
    later = item(state="rejected", again_at=NOW + timedelta(days=90))
    yield "author-rejected-later", "author/rejected", {"item": later, "because": (say("named/later"),)}
    again = {"item": replace(over, appeal_until=NOW + timedelta(days=14)), "attachments": ()}
    yield "author-receipt-addition-rejected", "author/receipt-addition", again
    yield "member-single-append", "member/single", {"entry": motion("append")}
    yield "member-single-correct", "member/single", {"entry": motion("correct")}


def situations() -> Iterator[tuple[str, str, dict[str, object]]]:
    """(name of the file, letter, what differs from its sample context)."""
    for template, letter in LETTERS.items():
        name = template.replace("/", "-")
        yield name, template, {}
        if "authenticated" in letter.needs:
            yield f"{name}-unauthenticated", template, {"authenticated": False}
        if "words" in letter.needs:
            yield f"{name}-no-words", template, {"words": ""}
    yield from chain(with_documents(), of_files(), of_organisations(), of_moves())
    yield "author-receipt-article-guessed", "author/receipt-article", {"guessed": "KOI8-R", "attachments": ()}
    waits = {"item": item(state="awaiting_author", extent="unclear"), "attachments": ()}
    yield "author-receipt-article-forwarded", "author/receipt-article", waits
    joined = replace(extent_of("The council met.\n", "54" * 32), joined=True)
    yield "author-receipt-article-joined", "author/receipt-article", {"extent": joined, "attachments": ()}
    unlabelled = {"guessed": "Shift_JIS", "authenticated": False}
    yield "reader-receipt-enquiry-guessed", "reader/receipt-enquiry", unlabelled
    one = Digest(digest().member, (DigestItem(item(12), "none yet; one is needed", 3),))
    yield "member-digest-one-item", "member/digest", {"digest": one}
    yield from with_notices(one)
    long = item(12, text="\n".join(f"Line {n} of a long night." for n in range(1, 99)))
    yield "member-digest-cut", "member/digest", {"digest": Digest(one.member, (DigestItem(long, "none yet", 3),))}
    behind = (settling(), motion(), motion("replace"))
    whole = Digest(
        one.member,
        (*one.items, *(replace(each, item=replace(each.item, number=11 - n)) for n, each in enumerate(behind))),
    )
    yield "member-digest-settling-and-motions", "member/digest", {"digest": whole}
    announced = DigestItem(item(12, consent_at=NOW + timedelta(days=1)), "none yet; one is needed", 3)
    yield "member-digest-announced", "member/digest", {"digest": Digest(one.member, (announced,))}
    was = "It was up from 21 November 2026 at 08:15 UTC to 22 November 2026 at 08:00 UTC. Ben took that back"
    before = DigestItem(item(12), "none yet; one is needed", 3, was_up=was)
    yield "member-digest-up-before", "member/digest", {"digest": Digest(one.member, (before,))}
    looked_at = (say("remark/private-person"), say("remark/guessed", charset="KOI8-R"))
    guessed = DigestItem(item(12), "none yet; one is needed", 3, checks=looked_at)
    yield "member-digest-guessed", "member/digest", {"digest": Digest(one.member, (guessed,))}
    for kind, title in (("enquiry", "Is the pier still closed?"), ("unsorted", "hello"), ("membership", "May I join?")):
        entry = DigestItem(item(12, kind, title=title, guess="article" if kind == "unsorted" else None), "", 0)
        yield f"member-single-{kind}", "member/single", {"entry": entry}
    yield from with_files(one)
    yield "member-single-again", "member/single", {"again": True, "undo_minutes": 0}
    yield "member-single-motion", "member/single", {"entry": motion()}
    agreeing = {"item": item(12, "membership", state="awaiting_agreement", title="May I join?")}
    yield "author-not-understood-agreement", "author/not-understood", agreeing
    yield "author-receipt-addition-agreement", "author/receipt-addition", agreeing
    yield from outcomes()
    yield from of_files()
    yield from going_up()
    yield "member-transcript-one-done", "member/transcript", one_done()
    yield "member-transcript-by-operator", "member/transcript", {"by_operator": True, "not_done": (), "unclear": ()}
    yield "member-transcript-many-lines", "member/transcript", {"done": (), "more": 12}
    yield "member-transcript-nothing", "member/transcript", {"done": (), "not_done": (), "unclear": ()}
    yield from unread()
    yield "author-withdrawal-asked-not-held", "author/withdrawal-asked", {"held": False}
    yield "member-list-empty", "member/list", {"items": ()}
    yield "reader-help-nothing-wanted", "reader/help", {"wanted": (), "groups": ()}


def of_duty(one: Digest) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Tasks, in digests and in letters of their own, and the roll."""
    claimed, open_, stale = (charge.item for charge in charges())
    taken = DigestItem(claimed, "", 1, until=NOW + timedelta(days=6))
    report = item(17, "task", section="page", title="A dead link on the page about the ferry", group=None)
    report = replace(report, text="The second link on it leads nowhere.\n")
    tasks = (*(DigestItem(each, "", 0) for each in (open_, stale, report)), taken)
    came = say("notice/task-came", ref="T-15", title="Lantern Street Union", who="Ben", end="away")
    went = say("notice/task-went", ref="T-13", title="North Pier Society", who="Cleo", end="silent")
    only = Digest(one.member, tasks, notices=(came, went), month=month())
    yield "member-digest-tasks", "member/digest", {"digest": only}
    yield "member-digest-task-and-item", "member/digest", {"digest": replace(one, items=(*one.items, tasks[0]))}
    yield "member-single-task", "member/single", {"entry": tasks[2]}
    yield "member-single-task-put-up", "member/single", {"entry": DigestItem(replace(claimed, state="open"), "", 0)}
    for event, state in (("claim", "claimed"), ("overdue", "open"), ("done", "done")):
        news = News(event, "" if event == "overdue" else "Ben", by_author=False, at=NOW)
        moved = {"item": replace(claimed, state=state), "news": news}
        yield f"member-outcome-task-{event}", "member/outcome", moved
    yield "member-roll-nothing", "member/roll", {"charges": (), "on_duty": "", "month": Month(NOW)}


def of_organisations() -> Iterator[tuple[str, str, dict[str, object]]]:
    """Proposals of files, what an organisation says of its own, and lines that would write to somebody else."""
    lacks, name = "none yet; one is needed", "Tidal Mill Trust"
    proposal = item(14, "proposal", title="A suggestion", group=name, text=f"Please open a file on the {name}.\n")
    plain = (say("remark/private-person-file", person=False, name=name),)
    yield "member-single-proposal", "member/single", {"entry": DigestItem(proposal, lacks, 0, checks=plain)}
    doubted = (
        say("remark/no-name"),
        say("remark/has-file", name="North Pier Society", state="gathering"),
        say("remark/private-person-file", person=True, name="John Smith"),
    )
    person = item(15, "proposal", title="My neighbour", group=None, text="please open a file on my neighbour\n")
    yield "member-single-proposal-doubtful", "member/single", {"entry": DigestItem(person, lacks, 0, checks=doubted)}
    own = item(16, "enquiry", title="Your file on us", group="North Pier Society", text="It is not true.\n")
    facts = {"name": "North Pier Society", "domain": "nps.example"}
    for how, proven in (("proven", True), ("unproven", False)):
        check = (say("remark/own-organisation", proven=proven, **facts),)
        entry = DigestItem(replace(own, authenticated=proven), "", 0, checks=check)
        yield f"member-single-own-organisation-{how}", "member/single", {"entry": entry}
    harmed = item(16, "enquiry", title="My daughter", section="takedown", text="Please take it down, it names her.\n")
    for which, ref, title in (("named", "A-9", "The ferry is back"), ("unnamed", "", "")):
        entry = DigestItem(harmed, "", 0, checks=(say("remark/takedown", ref=ref, title=title),))
        yield f"member-single-takedown-{which}", "member/single", {"entry": entry}
    reply = item(16, "material", title="Your file on us", group="North Pier Society", section="reply", text="No.\n")
    check = (say("remark/reply", name="North Pier Society"),)
    yield "member-single-reply", "member/single", {"entry": DigestItem(reply, lacks, 0, checks=check)}
    yield "author-receipt-material-reply", "author/receipt-material", {"item": reply, "attachments": ()}
    yield "author-rejected-proposal", "author/rejected", {"item": proposal, "words": "It is a person."}
    third = Unclear("cc dee@press.example", "third-party", say("doubt/third-party", to="dee@press.example"))
    line = say("wanted/line", words="a cartoonist", until=NOW + timedelta(days=9))
    deeds = (
        Deed(words=say("wanted/sought", what=line), undo="unwanted: a cartoonist"),
        Deed(words=say("wanted/not-sought-until", file=name, until=NOW + timedelta(days=9)), undo=f"wanted: {name}"),
    )
    yield "member-transcript-wanted", "member/transcript", {"done": deeds, "not_done": (), "unclear": (third,)}


def of_moves() -> Iterator[tuple[str, str, dict[str, object]]]:
    """What members made something else."""
    moved = {"item": item(12, "material", group="North Pier Society"), "was": "article", "earlier_ref": "A-12"}
    yield "author-sorted-material", "author/sorted", moved
    yield "author-sorted-enquiry", "author/sorted", {"item": item(12, "enquiry"), "words": ""}


def unread() -> Iterator[tuple[str, str, dict[str, object]]]:
    """Mails and replies that nobody here can read."""
    for why in REASONS:
        yield f"author-unread-{why}", "author/unread", {"unread": why}
    for why in LOCKS:
        locked = (Deed(words=say("self/unread", why=why)),)
        yield f"member-transcript-{why}", "member/transcript", {"done": (), "not_done": locked, "unclear": ()}


def with_files(one: Digest) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Letters that show pictures and documents, or bring files."""
    several = Digest(
        one.member, (by_document(), replace(one.items[0], attachments=attachments(), pictures=(picture(),)))
    )
    yield "member-digest-files", "member/digest", {"digest": several}
    yield "member-single-document", "member/single", {"entry": by_document()}
    unsafe = Attachment("4", "tides.html", "text/html", "text/html", 310, "44" * 32)
    page = Enclosed(3, KeptAttachment(unsafe, "kept", "", 12), "tides-html.txt", OCTETS, b"<p>", "text")
    shown = (*enclosed(), page, *(Enclosed(n, page.kept, why=why) for n, why in enumerate(LEFT_OUT, 4)))
    yield "member-item-files", "member/item", {"entry": by_document(), "enclosed": shown}


def going_up() -> Iterator[tuple[str, str, dict[str, object]]]:
    """A group file on its way up: packages, layouts, and what contributors say of them."""
    fresh = replace(group_file(), url="")
    first = Parcel(1, 2, "north-pier-society-1-of-2.zip", b"PK", ("SHA256SUMS", "index.html", "index.md"))
    yield "member-package-first", "member/package", {"file": fresh, "parcel": first}
    second = Parcel(2, 2, "north-pier-society-2-of-2.zip", b"PK", ("SHA256SUMS", "pieces/F-14-office.jpg"))
    yield "member-package-second", "member/package", {"file": fresh, "parcel": second}
    yield "member-package-restore", "member/package", {"until": None, "absent": ()}
    text = LaidPiece(
        "text", "Jo Poole", heading="How it began", text="In 1974.\n\n1. By boat.\n# Not by rail.", more=12
    )
    forms = (text, LaidPiece("document", name="rules.pdf", rights="all kept"), LaidPiece("other", "Mina", name="a.ics"))
    two = (item(13, "material"), item(14, "material"))
    page = (LaidSection("History", forms),)
    yield "author-layout-again", "author/layout", {"again": True, "items": two, "page": page, "until": None}
    for says in ("words", "content"):
        yield f"author-objection-heard-{says}", "author/objection-heard", {"says": says}
        yield f"member-objection-{says}", "member/objection", {"says": says}
    for state in ("up", "complete"):
        there = {"file": replace(group_file(), state=state)}
        yield f"author-objection-heard-{state}", "author/objection-heard", there
    yield "author-up-again", "author/up", {"again": True, "items": two}
    yield "member-claim-over-restore", "member/claim-over", {"restores": True}


def outcomes() -> Iterator[tuple[str, str, dict[str, object]]]:
    """What may become of an item, told to those who have it in a letter of its own."""
    yield from of_requests()
    yield from of_articles()
    yield from of_proofs()

    def told(name: str, state: str, news: News, **changes: object) -> tuple[str, str, dict[str, object]]:
        return f"member-outcome-{name}", "member/outcome", {"item": item(state=state, **changes), "news": news}

    by_ben, by_nobody = (News("", by, by_author=False, at=NOW) for by in ("Ben", ""))
    soon = NOW + timedelta(minutes=15)
    rejected = replace(by_ben, event="reject", ways=("undo",), words="We ran this in spring.\nAnother one?")
    yield told("rejected", "rejected", rejected, settles_at=soon)
    yield told(
        "approved-by-silence", "approved", replace(by_nobody, event="approve", ways=("reject",)), settles_at=soon
    )
    yield told("discarded-by-two", "discarded", replace(by_ben, event="discard", by="you and Ben"), settles_at=soon)
    yield told("held", "held", replace(by_ben, event="hold", ways=("undo",)))
    asked = replace(by_ben, event="ask", ways=("undo",), words="When was this?")
    yield told("asked", "awaiting_author", asked)
    yield told("open-again", "pending", replace(by_ben, event="reopen", ways=("approve", "reject", "hold", "discard")))
    yield told("taken-back", "pending", replace(by_ben, event="recall", ways=("approve", "reject")))
    yield told("withdrawn", "withdrawn", replace(by_nobody, event="withdraw", by_author=True))
    yield told("lapsed", "lapsed", replace(by_nobody, event="lapse"))
    operator = replace(by_ben, event="approve", by="the operator, for Cleo")
    yield told("not-enough-votes", "pending", replace(by_nobody, event="reopen", ways=("approve", "reject")))
    yield told("by-operator", "approved", operator, settles_at=soon)
    question = {"asked": True, "news": went_on(), "item": item(state="rejected")}
    yield "member-went-on-question", "member/went-on", question


def went_on() -> News:
    """Ben went on with what somebody had asked about."""
    return News("reject", "Ben", by_author=False, at=NOW, ways=("undo",), words="We cannot wait for an answer.")


def one_done() -> dict[str, object]:
    """All was done, and it was one thing."""
    done = sample("member/transcript")["done"]
    assert isinstance(done, tuple)
    return {"done": done[:1], "not_done": (), "unclear": ()}


def octets(template: str, changes: dict[str, object], language: str = "en") -> bytes:
    context = sample(template) | changes
    words = SHARED.render_in(template, language, context)
    to = context["to"]
    assert isinstance(to, Address)
    triggered = template.split("/")[1].startswith(TRIGGERED)
    draft = Draft(
        sender=Address("The Harbour Review", "desk@harbour.example"),
        to=to,
        subject=words.subject,
        text=words.text,
        html=words.html,
        message_id="3n5kqz7x2m4v6b8t@harbour.example",
        date=NOW + timedelta(minutes=2),
        reply_to=REPLY_TO,
        in_reply_to="question@poole.example" if triggered else None,
        references=("question@poole.example",) if triggered else (),
        auto_submitted="auto-replied" if triggered else "auto-generated",
        loop_mark="desk@harbour.example",
        images=images(context, words.html),
        files=files(context),
    )
    return compose(draft)


@pytest.mark.parametrize(("name", "template", "changes"), [pytest.param(*each, id=each[0]) for each in situations()])
def test_a_letter_is_what_was_read_and_agreed(name, template, changes):
    path = GOLDEN / f"{name}.eml"
    written = octets(template, changes)
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(written)
    assert path.is_file(), "no golden letter; write it with UPDATE_GOLDEN=1 and read it"
    assert written == path.read_bytes()


def speaks(language: str, template: str) -> bool:
    """The language has this letter, and every part of it."""
    try:
        SHARED.render_in(template, language, sample(template))
    except ConfigError as error:
        return "is missing" not in str(error)
    return True


TRANSLATED = [  # what another language has a letter for; what it has not is in English
    (language, name, template, changes)
    for language in languages(ROOT / "templates")
    for name, template, changes in situations()
    if language != "en" and speaks(language, template)
]


@pytest.mark.parametrize(
    ("language", "name", "template", "changes"), [pytest.param(*each, id=f"{each[0]}-{each[1]}") for each in TRANSLATED]
)
def test_a_letter_in_another_language_is_what_was_read_and_agreed(language, name, template, changes):
    path = GOLDEN / language / f"{name}.eml"
    written = octets(template, changes, language)
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(written)
    assert path.is_file(), "no golden letter; write it with UPDATE_GOLDEN=1 and read it"
    assert written == path.read_bytes()


def test_every_golden_letter_in_another_language_is_one_of_ours():
    there = {(path.parent.name, path.stem) for path in GOLDEN.glob("*/*.eml")}
    assert there == {(language, name) for language, name, _, _ in TRANSLATED}


def test_every_golden_letter_is_one_of_ours():
    assert {path.stem for path in GOLDEN.glob("*.eml")} == {name for name, _, _ in situations()}
