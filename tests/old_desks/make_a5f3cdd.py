"""A desk as the program of commit a5f3cdd wrote it: five weeks at The Harbour Review, with everything that can happen.

Run once, in a checkout of a5f3cdd with its own environment (`make .venv` there), never by the tests:

    cd CHECKOUT && PYTHONPATH=tests PYTHONHASHSEED=0 .venv/bin/python HERE/make_a5f3cdd.py HERE

It uses that commit's tests/build.py and mailproc, so it does not run with any later program; it stays here so that one
can read what the desk has lived through. It writes beside itself

- a5f3cdd.tar.xz: `desk/` as it lay on disk at the end, and `printed/`, what the program of then printed of it;
- a5f3cdd.json: when that was, the references and letters that the test goes on with, and all that occurs in the
  entries (events, actors, reasons, letters, states), so that nobody shrinks the desk without a test noticing.

Ids are counted and the clock is set by hand: a second run gives the same octets. The database is kept as words
(`mailproc.sql`), for that packs to half the size. What no story reached is printed; what is left there cannot be
reached: a version or a confirmation is of a text and a membership has none, only an article's extent is ever unclear,
and a letter is unconfirmed after a rebuild only.
"""

from __future__ import annotations

import email.generator as generator
import io
import itertools
import json
import lzma
import os
import random
import re
import secrets
import socket
import sqlite3
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest import mock

COUNTED = itertools.count(1)
secrets.token_hex = lambda octets=32: sha256(f"a5f3cdd {next(COUNTED)}".encode()).hexdigest()[: octets * 2]
random.seed(0)  # boundaries of mails with attachments
socket.gethostname = lambda: "desk"
os.getpid = lambda: 1
generator.random = random

from build import (  # noqa: E402 - ids are counted before anything makes one
    ANA,
    BEN,
    CLEO,
    JO,
    a_mail,
    a_reply,
    a_desk,
    add_member,
    clock_of,
    digest_now,
    give,
    item,
    keep,
    later,
    letters,
    octets_of,
    received,
    ref_of,
    reminded,
    run_here,
    say,
    state,
)
from mailproc.config import load  # noqa: E402
from mailproc.config.write import HARBOUR, config_text  # noqa: E402
from mailproc.delivery import folder as folder_transport  # noqa: E402
from mailproc.desk import deliver as delivery  # noqa: E402
from mailproc.desk import apply, apply_people, forget, look, process as turns, retention  # noqa: E402
from mailproc.desk.process import enter, process, work  # noqa: E402
from mailproc.desk.receive import Incoming, receive  # noqa: E402
from mailproc.desk.verify import verify  # noqa: E402
from mailproc.desk.wire import Desk, fresh_id  # noqa: E402
from mailproc.errors import ParseFailed  # noqa: E402
from mailproc.letters.catalogue import LETTERS  # noqa: E402
from mailproc.message.model import Envelope  # noqa: E402
from mailproc.store import archive, members  # noqa: E402
from mailproc.store import received as rows  # noqa: E402
from mailproc.store.database import reading, writing  # noqa: E402
from mailproc.workflow import machine  # noqa: E402
from mailproc.workflow.outgoing import STATES as LETTER_STATES, Receipt  # noqa: E402
from mailproc.workflow.received import STATES as ROW_STATES  # noqa: E402

NAME = "a5f3cdd"
BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)  # a Monday
DORA, FAY, GUS, HAL, IDA = (
    "dora@sluice.example",
    "fay@reyes.example",
    "gus@gangway.example",
    "hal@pierhead.example",
    "ida@pierhead.example",
)
KIM, LEO, MO = "kim@reyes.example", "leo@lantern.example", "mo@ferry.example"
MALLORY = "mallory@evil.example"
JOANA = "joana@harbour.example"  # ends as Ana's address does
DORA2, HAL2 = "dora@elsewhere.example", "hal@elsewhere.example"
WHO = {
    ANA: "Ana Sá",
    BEN: "Ben",
    CLEO: "Cleo",
    DORA: "Dora",
    FAY: "Fay Reyes",
    GUS: "Gus",
    HAL: "Hal",
    IDA: "Ida",
    JO: "Jo Poole",
    KIM: "Kim Reyes",
    LEO: "Leo",
    MO: "Mo",
    JOANA: "Joana",
}
PHOTO = ("quay.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(64)))
TOOL = ("tool.exe", "application/octet-stream", b"MZ" + bytes(200))
DOCUMENT = ("the-lock.txt", "text/plain", b"THE LOCK\n\nIt leaks, and has leaked since spring.\n")
POLICY: dict[str, object] = {
    "review.authserv_id": ["mx.harbour.example"],
    "review.article.approvals": 2,
    "review.article.rejections": 2,
    "review.material.veto": False,
    "review.material.silence": "3d",
    "limits.letters_per_sender_per_day": 40,
}


# What the stories are told with


def named(address: str) -> str:
    return f"{WHO[address]} <{address}>" if address in WHO else address


def article(desk: Desk, text: str, subject: str, sender: str = JO, **more: Any) -> str:
    more = {"authentic": True, **more}
    return ref_of(desk, give(desk, a_mail(text, sender=named(sender), subject=subject, at=desk.now(), **more)))


def material(desk: Desk, subject: str, sender: str = KIM, **more: Any) -> str:
    return article(
        desk, f"{subject} for the North Pier Society file.\n", subject, sender, to="files@harbour.example", **more
    )


def answers(desk: Desk, letter: Any, text: str, sender: str = "", *, authentic: bool = True) -> int:
    """Somebody, by default whoever got it, answers a letter (or its octets)."""
    octets = letter if isinstance(letter, bytes) else octets_of(desk, letter)
    sender = sender or letter.to
    return give(desk, a_reply(octets, text, named(sender), authentic=authentic, at=desk.now()))


def last(desk: Desk, template: str, to: str | None = None) -> Any:
    return letters(desk, template, to)[-1]


def tells(desk: Desk, who: str, text: str, *, authentic: bool = True) -> int:
    """A member answers their last digest, or one that they get now if that does not list what they speak of."""
    sent = letters(desk, "member/digest", who)[-1:]
    if not sent or not set(re.findall(r"[AFMQU]-\d+", text)) <= set(sent[0].listed):
        say(desk, f"digest {who}")
    mine = [
        each
        for each in letters(desk, to=who)
        if each.template in {"member/digest", "member/single", "member/transcript"}
    ]
    letter = octets_of(desk, next(each for each in reversed(mine) if each.template == "member/digest"))
    number = give(desk, a_reply(letter, text, named(who), authentic=authentic, at=desk.now()))
    clock_of(desk).pass_(seconds=30)
    return number


def published(desk: Desk, text: str, subject: str, **more: Any) -> str:
    ref = article(desk, text, subject, **more)
    tells(desk, ANA, f"{ref} approve")
    tells(desk, BEN, f"{ref} approve")
    later(desk, minutes=16)
    assert state(desk, ref) == "published", state(desk, ref)
    return ref


def to_author(desk: Desk, ref: str) -> Any:
    """The last letter to the author on an item."""
    found = [
        each
        for each in letters(desk)
        if each.ref == ref and each.template.split("/")[0] in {"author", "applicant", "reader"}
    ]
    return found[-1]


def member(desk: Desk, email: str) -> Any:
    with reading(desk.engine) as conn:
        return members.get(conn, email)


def with_policy(desk: Desk, **options: object) -> Desk:
    """The same desk after its operator edited config.toml."""
    path = desk.config.folder / "config.toml"
    path.write_text(
        config_text({**HARBOUR, **POLICY, **{k.replace("__", "."): v for k, v in options.items()}}), encoding="utf-8"
    )
    return replace(desk, config=load(path))


SAYS: dict[str, Receipt] = {}  # what the mail server answers for an address or a letter's id


def _send(outbox: Path) -> Callable[[Any], Receipt]:
    return lambda letter: SAYS.get(letter.id) or SAYS.get(letter.to) or folder_transport.deliver(outbox, letter)


class _Scripted:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def __enter__(self) -> Callable[[Any], Receipt]:
        return _send(self.desk.outbox)

    def __exit__(self, *_: object) -> None:
        pass


delivery._transport = _Scripted


def leave(desk: Desk) -> None:
    """Letters leave, and what became of them is put on record."""
    delivery.deliver(desk)


def days(desk: Desk, count: float, hours: int = 6) -> None:
    """The service at work: digests, effects, letters that leave, a few times a day."""
    end = desk.now() + timedelta(days=count)
    while desk.now() < end:
        clock_of(desk).set(min(end, desk.now() + timedelta(hours=hours)))
        work(desk)
        reminded(desk)
        work(desk)
        leave(desk)


def dsn(desk: Desk, letter: Any, status: str = "5.1.1", action: str = "failed", to: str = "") -> int:
    """A report on a letter of ours (RFC 3464 §2)."""
    to = to or desk.bounce_address(letter.id)
    text = (
        f"Return-Path: <>\r\nFrom: <mailer-daemon@mail.example>\r\nTo: {to}\r\n"
        f"Subject: Undelivered Mail\r\nMessage-ID: <{next(COUNTED)}@mail.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"\r\n\r\n'
        "--b1\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n--b1\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mail.example\r\n\r\nFinal-Recipient: rfc822; {letter.to}\r\nAction: {action}\r\n"
        f"Status: {status}\r\n\r\n--b1--\r\n"
    )
    return give(desk, text.encode(), Envelope("", (to,)))


# The stories, in the order of the calendar


def people_come(desk: Desk) -> Desk:
    for email in (ANA, BEN, CLEO):
        add_member(desk, email, WHO[email])
    for email in (DORA, IDA):
        say(desk, f"invite {email} {WHO[email]} invited")
    say(desk, f"invite {ANA} Ana active")  # already a member
    answers(desk, last(desk, "member/invitation", DORA), "yes, gladly", authentic=False)
    assert member(desk, DORA).state == "active"
    answers(desk, last(desk, "member/invitation", IDA), "yes", MALLORY)
    for email in (GUS, HAL, JOANA):
        add_member(desk, email, WHO[email])
    say(desk, f"suspend {GUS}")
    say(desk, f"resume {GUS}")
    say(desk, f"change {GUS} name=Gustav address=gustav@gangway.example")
    say(desk, f"change {GUS} address={ANA}")  # somebody else's
    say(desk, f"remove {GUS}")
    say(desk, f"suspend {GUS}")  # changes nothing
    say(desk, "group 'Quay Street Readers' aliases=QSR needs='a map of the street' state=wanted")
    say(desk, "group 'Lantern Street Union' state=complete")
    return desk


def an_article_goes_up(desk: Desk) -> Desk:
    ref = article(desk, "The tram was late again.\n\n-- \nJo\n", "The tram", attachments=(PHOTO, TOOL))
    twice = a_mail("The same twice.\n", subject="Twice", authentic=True, at=desk.now())
    give(desk, twice)
    give(desk, twice)
    tells(desk, ANA, f"{ref} approve")
    tells(desk, BEN, f"{ref} approve")
    assert state(desk, ref) == "approved"
    tells(desk, CLEO, f"{ref} reject: We had this in spring.")  # a veto
    assert state(desk, ref) == "pending"
    tells(desk, CLEO, f"undo {ref}")
    assert state(desk, ref) == "approved"
    answers(desk, to_author(desk, ref), "It was the number 4.", JO)
    later(desk, minutes=20)
    assert state(desk, ref) == "published", state(desk, ref)
    leave(desk)
    more = ("later.png", "image/png", b"\x89PNG\r\n\x1a\nlater")
    reply = a_mail(
        "One more photo.\n",
        sender=named(JO),
        subject=f"Re: {ref}",
        In_Reply_To=f"<{to_author(desk, ref).message_id}>",
        attachments=(more,),
        authentic=True,
        at=desk.now(),
    )
    give(desk, reply)
    answers(desk, to_author(desk, ref), "status", JO)
    REFS["tram"] = ref
    return desk


def members_disagree(desk: Desk) -> Desk:
    no = article(desk, "A tale of a heron.\n", "The heron", KIM)
    tells(desk, ANA, f"{no} reject: Not for us.\n\n{no} note Kim wrote to us in spring.")
    tells(desk, BEN, f"{no} reject: Too long.")
    later(desk, minutes=20)
    assert state(desk, no) == "rejected"
    answers(desk, to_author(desk, no), "But why?", KIM)  # after the end
    tells(desk, ANA, f"undo {no}")
    assert state(desk, no) == "pending", state(desk, no)
    tells(desk, ANA, f"{no} reject")
    later(desk, minutes=20)
    # without a veto, enough of both is a tie
    tie = material(desk, "A leaflet")
    tells(desk, ANA, f"{tie} approve")
    tells(desk, BEN, f"{tie} reject: We have it.")
    later(desk, minutes=30)
    assert state(desk, tie) == "pending"
    tells(desk, BEN, f"undo {tie}")
    later(desk, minutes=20)
    assert state(desk, tie) == "gathered", state(desk, tie)
    # the vote of somebody else is undone, and what is up comes down
    one = published(desk, "The ferry sails.\n", "The ferry")
    tells(desk, ANA, f"undo {one}")
    later(desk, minutes=20)
    assert state(desk, one) == "retracted"
    other = material(desk, "A map", MO)
    tells(desk, ANA, f"{other} approve")
    tells(desk, BEN, f"undo {other}")  # Ana alone decided
    tells(desk, ANA, f"{other} approve")
    later(desk, minutes=20)
    tells(desk, CLEO, f"undo {other}")
    later(desk, minutes=20)
    assert state(desk, other) == "retracted"
    # nobody decides on their own, under whatever address of theirs
    own = article(desk, "What a member writes.\n", "By a member", f"{BEN.replace('@', '+drafts@')}")
    tells(desk, BEN, f"{own} approve")
    tells(desk, ANA, f"{own} approve")
    say(desk, f"decide {JOANA} '{own} approve'")
    later(desk, minutes=20)
    assert state(desk, own) == "published"
    leave(desk)
    return desk


def one_member_is_enough(desk: Desk) -> Desk:
    held = article(desk, "The crane.\n", "The crane", MO)
    tells(desk, ANA, f"{held} approve")
    tells(desk, BEN, f"{held} approve")
    tells(desk, CLEO, f"{held} hold")  # its votes stand; when it wakes it is asked anew
    back = article(desk, "The pier.\n", "The pier", MO)
    tells(desk, ANA, f"{back} hold")
    tells(desk, BEN, f"undo {back}")
    asked = article(desk, "The lamp.\n", "The lamp", MO)
    tells(desk, ANA, f"{asked} ask Which lamp?")
    tells(desk, BEN, f"undo {asked}")
    tells(desk, ANA, f"{asked} ask Which lamp, please?")
    answers(desk, to_author(desk, asked), "The third one.", MO)
    assert state(desk, asked) == "pending"
    tells(desk, ANA, f"{asked} ask And whose?\n\n{back} ask Whose pier?")
    tells(desk, ANA, f"{asked} hold")
    tells(desk, BEN, f"{asked} discard")
    tells(desk, CLEO, f"undo {asked}")
    tells(desk, CLEO, f"{asked} discard")
    later(desk, minutes=20)
    tells(desk, BEN, f"undo {asked}")
    assert state(desk, asked) == "pending", state(desk, asked)
    map_ = material(desk, "A held map")
    tells(desk, ANA, f"{map_} hold")  # wakes
    REFS["leaflet"] = material(desk, "An unsigned leaflet", LEO, authentic=False)  # lapses
    gone = article(desk, "Cheap watches.\n", "Watches", MALLORY, authentic=False)
    tells(desk, ANA, f"{gone} discard\n\n{held} show\n\nlist\n\nhelp\n\nnonsense that nobody understands")
    later(desk, minutes=20)
    tells(desk, ANA, f"{gone} approve")  # too late
    return desk


def applicants(desk: Desk) -> Desk:
    def asks(who: str, *, authentic: bool = True) -> str:
        return article(
            desk,
            "I would like to become a member. I can spell.\n",
            "May I join?",
            who,
            to="join@harbour.example",
            authentic=authentic,
        )

    fay = asks(FAY)
    answers(desk, to_author(desk, fay), "I have evenings.", FAY)
    answers(desk, to_author(desk, fay), "I agree", FAY)
    tells(desk, ANA, f"{fay} ask Which evenings?")
    answers(desk, to_author(desk, fay), "Mondays.", FAY)
    for who in (ANA, BEN):
        tells(desk, who, f"{fay} approve")
    later(desk, minutes=20)
    assert member(desk, FAY).state == "active"
    leo = asks(LEO)
    answers(desk, to_author(desk, leo), "I agree", LEO)
    for who in (ANA, BEN):
        tells(desk, who, f"{leo} reject: Not now.")
    later(desk, minutes=20)
    mo = asks(MO)
    answers(desk, to_author(desk, mo), "withdraw", MO)
    nia = asks("nia@lock.example")
    answers(desk, to_author(desk, nia), "I agree", "nia@lock.example")
    tells(desk, ANA, f"{nia} hold")
    tells(desk, BEN, f"undo {nia}")
    tells(desk, ANA, f"{nia} discard")
    later(desk, minutes=20)
    tells(desk, BEN, f"undo {nia}")
    tells(desk, ANA, f"{nia} hold")  # wakes
    REFS["pat"] = asks("pat@lock.example")  # lapses, and is not taken up again
    REFS["applicant"] = asks(KIM)  # never agrees, lapses, agrees
    assert state(desk, leo) == "rejected"
    return desk


def readers(desk: Desk) -> Desk:
    def asks(text: str, who: str = LEO) -> str:
        return article(desk, text, "A question", who, to="contact@harbour.example")

    closed = asks("When does the ferry sail?\n")
    answers(desk, to_author(desk, closed), "On Sundays, I mean.", LEO)
    answers(desk, to_author(desk, closed), "withdraw", LEO)
    gone = asks("Do you buy watches?\n", MO)
    tells(desk, ANA, f"{gone} discard")
    tells(desk, BEN, f"undo {gone}")
    tells(desk, ANA, f"{gone} discard")
    later(desk, minutes=20)
    tells(desk, BEN, f"undo {gone}")
    tells(desk, BEN, f"{gone} approve")  # a question is not voted on
    REFS["question"] = asks("Is the lock to be mended?\n", JO)  # waits, lapses, is taken up again
    give(desk, a_mail("How can I help?\n", sender=named(IDA), to="help@harbour.example", authentic=True, at=desk.now()))
    return desk


def authors_write_again(desk: Desk) -> Desk:
    ref = article(desk, "First words.\n", "A draft", MO)
    tells(desk, ANA, f"{ref} approve")
    answers(desk, to_author(desk, ref), "version\n\nBetter words, and more of them.", MO)
    answers(desk, to_author(desk, ref), "withdraw or perhaps not, if you like it", MO)  # asked back
    answers(desk, to_author(desk, ref), "help", MO)
    answers(desk, to_author(desk, ref), "withdraw", MO)
    assert state(desk, ref) == "withdrawn", state(desk, ref)
    answers(desk, to_author(desk, ref), "version\n\nThe best words.", MO)
    # two wishes in one mail: which words are the article is asked
    two = give(
        desk,
        a_mail(
            "An article for you below, and I would like to become a member.\n\nTHE LOCK\n\nIt leaks.\n",
            sender=named(LEO),
            to="desk@harbour.example",
            subject="Two wishes",
            authentic=True,
            at=desk.now(),
        ),
    )
    refs = received(desk, two).refs
    assert len(refs) == 2, refs
    wishes = next(each for each in letters(desk, "author/receipt-two-wishes", LEO))
    answers(desk, wishes, "confirm\n\n--- begin\nTHE LOCK\n\nIt leaks.\n--- end\n", LEO)
    assert state(desk, refs[0]) == "pending", [(r, state(desk, r)) for r in refs]
    # not authenticated, and without the secret of a letter
    bare = article(desk, "The gull.\n", "The gull", KIM)
    give(
        desk,
        a_mail(f"withdraw {bare}\n", sender=named(KIM), to="desk@harbour.example", subject="Please", at=desk.now()),
    )
    answers(desk, last(desk, "author/confirm", KIM), "perhaps", KIM, authentic=False)
    answers(desk, last(desk, "author/confirm", KIM), "yes", KIM, authentic=False)
    assert state(desk, bare) == "withdrawn"
    answers(desk, to_author(desk, bare), "It was a black-headed one.", KIM)  # after the end
    named_ref = article(desk, "The tern.\n", "The tern", KIM)
    give(
        desk,
        a_mail(
            f"withdraw {named_ref}\n",
            sender=named(KIM),
            to="desk@harbour.example",
            subject="Please",
            authentic=True,
            at=desk.now(),
        ),
    )
    assert state(desk, named_ref) == "withdrawn"
    more = material(desk, "A sketch", JO)
    answers(desk, to_author(desk, more), "It is of the year 1903.", JO)
    tells(desk, ANA, f"{more} ask By whom?")
    answers(desk, to_author(desk, more), "By my aunt.", JO)
    answers(desk, to_author(desk, more), "version\n\nA better sketch for the North Pier Society file.", JO)
    answers(desk, to_author(desk, more), "withdraw", JO)
    thrown = material(desk, "A flyer", JO)
    tells(desk, ANA, f"{thrown} discard")
    later(desk, minutes=20)
    return desk


def whose_word_it_is(desk: Desk) -> Desk:
    ref = article(desk, "The buoy.\n", "The buoy", LEO)
    tells(desk, ANA, f"{ref} reject: Too wet.", authentic=False)
    answers(desk, last(desk, "member/step-up", ANA), "perhaps", authentic=False)
    answers(desk, last(desk, "member/step-up", ANA), "yes", authentic=False)
    answers(desk, last(desk, "member/step-up", ANA), "yes", authentic=False)  # used
    tells(desk, BEN, f"{ref} hold", authentic=False)
    answers(desk, last(desk, "member/step-up", BEN), "no", authentic=False)
    digest = last(desk, "member/digest", ANA)
    answers(desk, digest, f"{ref} approve", MALLORY)
    give(desk, a_mail(f"{ref} approve\n", sender=named(ANA), to="desk@harbour.example", at=desk.now()))
    give(desk, a_reply(octets_of(desk, digest), f"{ref} approve", named(GUS), at=desk.now()))
    give(
        desk,
        a_mail(
            f"{ref} approve\n", sender=named(BEN), to=f"desk+{'z' * 26}@harbour.example", authentic=True, at=desk.now()
        ),
    )
    say(desk, f"decide {BEN} '{ref} reject: He said so on the telephone.'")
    assert state(desk, ref) == "rejected", state(desk, ref)
    later(desk, minutes=20)
    say(desk, f"decide {BEN} 'frobnicate {ref}'")
    say(desk, f"decide {MALLORY} '{ref} approve'")
    say(desk, f"decide {CLEO} 'silent'")
    other = article(desk, "The bell.\n", "The bell", LEO)
    for word in ("hold", "approve", "reject", "discard"):  # three a day
        tells(desk, HAL, f"{other} {word}", authentic=False)
    tells(desk, HAL, "list", authentic=False)
    tells(desk, HAL, "Good morning!", authentic=False)
    say(desk, f"decide {JOANA} '{other} approve'")
    say(desk, f"decide {JOANA} '{other} reject: I misread it.'")
    return desk


def sorted_anew(desk: Desk) -> Desk:
    bulk = give(
        desk,
        a_mail(
            "It goes on.\n",
            sender=named(LEO),
            subject="Dredging goes on",
            List_Id="<news.board.example>",
            at=desk.now(),
        ),
    )
    tells(desk, ANA, f"sort {bulk} article")
    assert state(desk, f"A-{bulk}") == "pending"
    tells(desk, ANA, f"sort {bulk} enquiry")
    unsorted = give(
        desk,
        a_mail(
            "Thursday, if it is dry.\n",
            sender=named(LEO),
            to="desk@harbour.example",
            subject="Thursday",
            authentic=True,
            at=desk.now(),
        ),
    )
    assert ref_of(desk, unsorted).startswith("U-"), ref_of(desk, unsorted)
    answers(desk, to_author(desk, ref_of(desk, unsorted)), "Or Friday.", LEO)
    tells(desk, BEN, f"sort {ref_of(desk, unsorted)} material North Pier Society")
    document = give(
        desk,
        a_mail(
            "See below.\n",
            sender=named(LEO),
            to="desk@harbour.example",
            subject="Here",
            authentic=True,
            attachments=(DOCUMENT,),
            at=desk.now(),
        ),
    )
    tells(desk, BEN, f"sort {ref_of(desk, document)} article")
    wish = give(
        desk,
        a_mail(
            "I can spell.\n",
            sender=named(MO),
            to="desk@harbour.example",
            subject="Spelling",
            authentic=True,
            at=desk.now(),
        ),
    )
    tells(desk, BEN, f"sort {ref_of(desk, wish)} membership")
    two = [
        give(
            desk,
            a_mail(
                text, sender=named(LEO), to="desk@harbour.example", subject=text.strip(), authentic=True, at=desk.now()
            ),
        )
        for text in ("Rain.\n", "Snow.\n", "Hail.\n")
    ]
    rain, snow, hail = (ref_of(desk, each) for each in two)
    tells(desk, ANA, f"{rain} discard\n\n{snow} discard")
    tells(desk, BEN, f"undo {rain}")
    answers(desk, to_author(desk, rain), "withdraw", LEO)
    later(desk, minutes=20)
    tells(desk, BEN, f"undo {snow}")
    REFS["hail"] = hail  # lapses
    return desk


def what_is_up_is_voted_on(desk: Desk) -> Desk:
    """Motions: carried, refused, open again, dropped, lapsed; by members and by the author."""
    say(desk, f"suspend {HAL}")
    one = published(desk, "A very late tram.\n", "A very late tram")
    tells(desk, ANA, f"{one} retract: It names a private person.")
    tells(desk, BEN, f"{one} retract")
    tells(desk, BEN, f"undo {one}")  # open again
    tells(desk, BEN, f"{one} retract")
    later(desk, minutes=20)
    assert state(desk, one) == "retracted"
    two = published(desk, "The winch.\n", "The winch")
    tells(desk, ANA, f"{two} retract: old")
    tells(desk, ANA, f"undo {two}")  # nobody asks any more
    answers(desk, to_author(desk, two), "withdraw", JO)
    tells(desk, ANA, f"{two} reject: It was printed.")
    tells(desk, BEN, f"{two} reject")
    tells(desk, CLEO, f"{two} approve")  # asked back
    later(desk, minutes=20)
    assert (state(desk, two), item(desk, two).item.motion) == ("published", "")
    tells(desk, ANA, f"{two} retract: still")
    tells(desk, BEN, f"{two} reject\n\n{two} note It stays.")
    tells(desk, CLEO, f"{two} reject")
    later(desk, minutes=20)
    tells(desk, ANA, f"{two} replace\n\nThe winch is new.")
    tells(desk, BEN, f"{two} replace")
    later(desk, minutes=20)
    assert item(desk, two).item.replaced_by == "members"
    clock_of(desk).pass_(hours=1)
    answers(desk, to_author(desk, two), "version\n\nThe winch is old, and good.", JO)
    tells(desk, ANA, f"{two} replace")
    say(desk, f"decide {BEN} 'replace {two}'")
    later(desk, minutes=20)
    assert item(desk, two).item.replaced_by == "author", item(desk, two).item
    three = published(desk, "The mast.\n", "The mast", sender=LEO)
    tells(desk, ANA, f"{three} retract: old")  # nobody answers; it lapses
    clock_of(desk).pass_(hours=1)
    four = material(desk, "A second leaflet")
    tells(desk, ANA, f"{four} approve")
    later(desk, minutes=20)
    tells(desk, ANA, f"{four} retract: a forgery")
    later(desk, minutes=20)
    assert state(desk, four) == "retracted"
    five = material(desk, "A third leaflet")
    tells(desk, ANA, f"{five} approve")
    later(desk, minutes=20)
    tells(desk, ANA, f"{five} retract: torn")
    tells(desk, ANA, f"undo {five}")
    answers(desk, to_author(desk, five), "withdraw", KIM)
    tells(desk, ANA, f"{five} reject: It is whole.")
    later(desk, minutes=20)
    tells(desk, ANA, f"{five} replace\n\nA third leaflet, mended.")
    later(desk, minutes=20)
    assert item(desk, five).item.replaced_by == "members"
    REFS["winch"] = two
    say(desk, f"resume {HAL}")
    leave(desk)
    return desk


def habits(desk: Desk) -> Desk:
    clock_of(desk).set((desk.now() + timedelta(days=1)).replace(hour=9, minute=0, second=0))
    work(desk)
    article(desk, "Something to answer.\n", "Something", LEO)
    tells(desk, ANA, "at once")
    tells(desk, ANA, "quiet 22:00-07:00")
    tells(desk, ANA, "time zone Europe/Lisbon")
    single = article(desk, "The sail.\n", "The sail", LEO)
    later(desk, minutes=1)
    answers(desk, last(desk, "member/single", ANA), "yes")
    tells(desk, BEN, f"{single} reject: no")
    tells(desk, CLEO, f"{single} reject: no")
    tells(desk, ANA, "daily 07:30")
    tells(desk, ANA, "stand-in Ben")
    tells(desk, ANA, "stand-in nobody")
    tells(desk, ANA, "away until 2026-11-09, stand-in Cleo")
    tells(desk, BEN, "away")
    tells(desk, BEN, "away until yesterday")
    tells(desk, BEN, "back")
    tells(desk, CLEO, "transcripts")
    tells(desk, CLEO, "quiet never\n\ndaily soon")
    tells(desk, DORA, "resign")
    tells(desk, DORA, "back")
    say(desk, f"decide {DORA} 'away'")
    say(desk, f"decide {DORA} 'back'")
    tells(desk, FAY, "resign")
    later(desk, minutes=20)
    assert member(desk, FAY).state == "resigned"
    return desk


def another_address(desk: Desk) -> Desk:
    """By the old address; by two others; refused; asked in vain."""
    article(desk, "More to answer.\n", "More", LEO)
    answers(desk, digest_now(desk, DORA), "new address", DORA2)
    answers(desk, last(desk, "member/address", DORA), "yes", DORA, authentic=False)
    assert member(desk, DORA2).email == DORA2
    answers(desk, digest_now(desk, CLEO), "new address", "cleo@elsewhere.example")
    answers(desk, last(desk, "member/vouch", BEN), "yes", BEN)
    answers(desk, last(desk, "member/vouch", HAL), "no", HAL)
    answers(desk, last(desk, "member/vouch", DORA2), "yes", DORA2)  # over
    clock_of(desk).pass_(hours=1)
    answers(desk, digest_now(desk, HAL), "new address", HAL2)
    for who in (BEN, CLEO):
        answers(desk, last(desk, "member/vouch", who), "yes", who)
    assert member(desk, HAL) is None
    answers(desk, digest_now(desk, BEN), "new address", ANA)  # taken
    answers(desk, digest_now(desk, BEN), "new address", "ben@elsewhere.example")  # nobody answers
    return desk


def mail_of_many_kinds(desk: Desk) -> Desk:
    desk = with_policy(desk, limits__letters_per_sender_per_day=1)
    for text in ("One.\n", "Two.\n", "Three.\n"):
        article(desk, text, text.strip(), "often@tram.example")
    desk = with_policy(desk)
    deep = b"Subject: The tram\r\nFrom: jo@poole.example\r\n"
    give(desk, deep + b"X: y\r\n" * 20_000 + b"\r\nbody", Envelope(JO, ("articles@harbour.example",)))
    if not [row for row in _rows(desk) if row.state == "quarantined"]:
        give(
            desk,
            deep + b"Content-Type: message/rfc822\r\n\r\n" * 1000 + b"x",
            Envelope(JO, ("articles@harbour.example",)),
        )
    head = a_mail("x\n", sender=named(JO), subject="The whole archive", authentic=True, at=desk.now()).partition(
        b"\r\n\r\n"
    )[0]
    source = "imap:main/INBOX/7/42"
    [large] = receive(
        desk,
        [Incoming(source, [head + b"\r\n\r\n"], Envelope(JO, ("articles@harbour.example",)), oversize=200_000_000)],
    )
    process(desk, large)
    give(
        desk,
        b"Auto-Submitted: auto-replied\r\n"
        + a_reply(octets_of(desk, last(desk, "member/digest", BEN)), "I am away.", named(BEN), at=desk.now()),
    )
    give(desk, a_mail("Buy!\n", sender=MALLORY, subject="***SPAM*** Watches", X_Spam_Flag="YES", at=desk.now()))
    with mock.patch.object(turns, "examine", side_effect=ParseFailed("the parse child died")):
        broken = [
            give(desk, a_mail(f"{text}.\n", sender=named(MO), subject=text, authentic=True, at=desk.now()))
            for text in ("Poison", "A second poison")
        ]
        for number in broken * 2:
            process(desk, number)
    work(desk)
    assert [received(desk, number).state for number in broken] == ["stuck", "stuck"]
    with writing(desk.engine) as conn:
        rows.retry(conn, broken[1])
        archive.unmark_stuck(desk.archive, broken[1])
    work(desk)
    return desk


def _rows(desk: Desk) -> list[Any]:
    with reading(desk.engine) as conn:
        return list(rows.every(conn))


def letters_do_not_arrive(desk: Desk) -> Desk:
    leave(desk)
    SAYS["lost@nowhere.example"] = Receipt("permanent", "550 5.1.1 no such user")
    SAYS["slow@nowhere.example"] = Receipt("transient", "451 4.3.0 later")
    SAYS["maybe@nowhere.example"] = Receipt("ambiguous", "the connection was lost after the final dot")
    for who in ("lost@nowhere.example", "slow@nowhere.example", "maybe@nowhere.example"):
        article(desk, f"From {who}.\n", f"By {who.split('@')[0]}", who, authentic=False)
    leave(desk)
    article(desk, "Once more from nowhere.\n", "Once more", "lost@nowhere.example", authentic=False)
    days(desk, 0.5, hours=2)
    failed = last(desk, "author/receipt-article", "lost@nowhere.example")
    say(desk, f"letter {failed.id} retry")
    leave(desk)
    slow = last(desk, "author/receipt-article", "slow@nowhere.example")
    say(desk, f"letter {slow.id} cancel")
    say(desk, f"letter {slow.id} cancel")
    sent = article(desk, "Back it comes.\n", "Back it comes", "full@nowhere.example", authentic=False)
    leave(desk)
    dsn(desk, to_author(desk, sent), "4.2.2", "delayed")
    dsn(desk, to_author(desk, sent), "5.2.2")
    dsn(desk, to_author(desk, sent), to="desk+b-nonsense@harbour.example")
    say(desk, "desk pause letters")
    say(desk, "desk pause letters")
    say(desk, "desk pause publishing")
    article(desk, "While all rests.\n", "Rest", "rest@nowhere.example", authentic=False)
    leave(desk)
    say(desk, "desk resume letters")
    say(desk, "desk resume publishing")
    leave(desk)
    return desk


def letters_to_a_member_come_back(desk: Desk) -> Desk:
    clock_of(desk).pass_(days=1)
    article(desk, "And again from nowhere.\n", "Again", "lost@nowhere.example", authentic=False)
    leave(desk)
    SAYS.clear()
    add_member(desk, GUS, "Gustav")
    article(desk, "A third thing to answer.\n", "A third thing", LEO)
    for _ in range(3):
        digest_now(desk, GUS)
        leave(desk)
        dsn(desk, last(desk, "member/digest", GUS))
        later(desk, days=2)
        leave(desk)
    probe = last(desk, "member/probe", GUS)
    leave(desk)
    dsn(desk, probe)
    later(desk, hours=2)
    leave(desk)
    assert member(desk, GUS).state == "suspended", member(desk, GUS)
    give(desk, a_mail("Here I am.\n", sender=named(GUS), to="contact@harbour.example", authentic=True, at=desk.now()))
    assert member(desk, GUS).state == "active"
    answers(desk, last(desk, "member/digest", GUS), "help")  # from before he came back
    answers(desk, last(desk, "member/step-up", HAL), "yes", HAL2, authentic=False)  # expired
    return desk


def most_of_it_is_cleared_away(desk: Desk) -> Desk:
    """So that the digests of the weeks to come are short; of each kind some stay, to be reminded of and to lapse."""
    cleared(desk, article=5, material=1)
    for who in (DORA2, JOANA, GUS):
        say(desk, f"suspend {who}")
    return desk


def cleared(desk: Desk, **stay: int) -> None:
    """Discard what waits, but for so many of a kind, the oldest, and those that a later story speaks of."""
    waiting = [
        each.item for each in look.every_item(desk, None, None) if each.item.state == "pending" and not each.item.motion
    ]
    for kind in ("article", "material"):
        refs = [one.ref for one in waiting if one.kind == kind and one.ref not in REFS.values()][stay.get(kind, 0) :]
        say(desk, "decide {} '{}'".format(ANA, "\n".join(f"{ref} discard" for ref in refs)))
    later(desk, minutes=20)


def nobody_objects(desk: Desk) -> Desk:
    SAYS.clear()
    clock_of(desk).set(desk.now().replace(hour=20, minute=0, second=0))  # so that somebody looks at eight
    work(desk)
    quiet = material(desk, "A quiet map", MO)
    doubted = material(desk, "A doubted map", MO)
    voted = material(desk, "A voted map", MO)
    desk = with_policy(desk, review__membership__silence="3d")
    rob = article(desk, "I would like to become a member.\n", "Me too", "rob@lock.example", to="join@harbour.example")
    answers(desk, to_author(desk, rob), "I agree", "rob@lock.example")
    until_announced(desk, quiet, doubted, voted, rob)
    announcement = next(each for each in letters(desk, "member/announcement", BEN) if each.ref == rob)
    answers(desk, announcement, "Who on earth is this?")
    desk = with_policy(desk)
    announcement = next(each for each in letters(desk, "member/announcement", BEN) if each.ref == doubted)
    answers(desk, announcement, "Please do not publish this, it is libel.")
    announcement = next(each for each in letters(desk, "member/announcement", BEN) if each.ref == voted)
    answers(desk, announcement, "no")
    days(desk, 2.25)
    assert state(desk, quiet) == "gathered", item(desk, quiet).journal
    late = material(desk, "A late map", MO)
    until_announced(desk, late)
    clock_of(desk).set(item(desk, late).item.consent_at + timedelta(hours=5))
    work(desk)
    assert state(desk, late) == "pending"
    say(desk, f"decide {BEN} '{late} discard'")
    return desk


def until_announced(desk: Desk, *refs: str) -> None:
    for _ in range(40):
        days(desk, 0.25)
        if all(item(desk, ref).item.consent_at for ref in refs):
            return
    raise AssertionError([item(desk, ref).journal for ref in refs])


def whom_it_is_put_before(desk: Desk) -> Desk:
    days(desk, 0.25)
    one = article(desk, "The knot.\n", "The knot", LEO)
    later(desk, minutes=10)
    put = [line.reason for line in item(desk, one).journal if line.event == "put before"]
    assert put, item(desk, one).journal
    say(desk, f"decide {ANA} '{one} not me, ask Ben'")
    say(desk, f"decide {BEN} '{one} not me'")
    say(desk, f"decide {ANA} 'away until 2026-12-20, stand-in Cleo'")
    later(desk, minutes=10)
    two = article(desk, "The rope.\n", "The rope", CLEO)
    later(desk, minutes=10)
    say(desk, f"decide {BEN} '{two} not me'")
    later(desk, minutes=10)
    return desk


def time_passes(desk: Desk) -> Desk:
    for who in (DORA2, JOANA, GUS):
        say(desk, f"resume {who}")
    for _ in range(5):
        days(desk, 0.5, hours=12)
        clock_of(desk).pass_(days=3)
    days(desk, 0.5, hours=12)
    assert state(desk, REFS["leaflet"]) == "lapsed", item(desk, REFS["leaflet"]).item
    answers(desk, to_author(desk, REFS["leaflet"]), "Do you want it?", LEO)
    answers(desk, to_author(desk, REFS["pat"]), "I was ill.", "pat@lock.example")
    assert state(desk, REFS["question"]) == "closed", state(desk, REFS["question"])
    assert state(desk, REFS["applicant"]) == "lapsed"
    answers(desk, to_author(desk, REFS["question"]), "I still want to know.", JO)
    answers(desk, to_author(desk, REFS["applicant"]), "I agree", KIM)
    answers(desk, to_author(desk, REFS["hail"]), "It was hail.", LEO)
    lapsed = [each.item.ref for each in look.every_item(desk, None, None) if each.item.state == "lapsed"]
    articles = [ref for ref in lapsed if ref.startswith("A-")]
    answers(desk, to_author(desk, articles[0]), "Is it too late?", item(desk, articles[0]).item.author.email)
    answers(
        desk,
        to_author(desk, articles[1]),
        "version\n\nIt is never too late.",
        item(desk, articles[1]).item.author.email,
    )
    answers(desk, to_author(desk, articles[2]), "withdraw", item(desk, articles[2]).item.author.email)
    say(desk, f"decide {BEN} 'undo {articles[3]}'")
    leave(desk)
    return desk


def some_are_forgotten(desk: Desk) -> Desk:
    words = "the lamplighter of Quay Street counts forty-one steps before breakfast every single day"
    nell = "nell@lamp.example"
    ref = article(
        desk,
        f"I saw it myself:\n{words}.\n",
        "Forty-one steps",
        nell,
        attachments=(("n.txt", "text/plain", b"Notes.\n"),),
    )
    digest_now(desk, BEN)
    tells(desk, BEN, f"{ref} note She says {words}")
    up = material(desk, "A forgettable map", nell)
    tells(desk, BEN, f"{up} approve")
    later(desk, minutes=20)
    add_member(desk, nell, "Nell Lamp")
    enter(desk, f"operator:{fresh_id()}", forget.command_of(desk, nell, "keep"))
    olga = "olga@lamp.example"
    gone = material(desk, "Another forgettable map", olga)
    tells(desk, BEN, f"{gone} approve")
    later(desk, minutes=20)
    enter(desk, f"operator:{fresh_id()}", forget.command_of(desk, olga, "erase"))
    work(desk)
    assert state(desk, ref) == "withdrawn"
    desk = with_policy(desk, retention__machine="20d", retention__enquiry="20d", retention__article="20d")
    retention.retain(desk, lambda number: process(desk, number))
    work(desk)
    return with_policy(desk)


def it_is_left_in_the_middle(desk: Desk) -> Desk:
    """What the test goes on with."""
    for who in (ANA, BEN, CLEO):
        if member(desk, who).state == "away":
            say(desk, f"decide {who} 'back'")
    cleared(desk, article=2)
    for who in (GUS, JOANA):
        say(desk, f"suspend {who}")
    desk = with_policy(desk, review__article__silence="3d")
    clock_of(desk).set((desk.now() + timedelta(days=1)).replace(hour=2, minute=0, second=0))
    work(desk)
    OPEN["announced"] = article(desk, "The beacon burns.\n", "The beacon", KIM)
    doubted = article(desk, "The beacon smokes.\n", "The smoke", KIM)
    until_announced(desk, OPEN["announced"], doubted)
    announcement = next(each for each in letters(desk, "member/announcement", BEN) if each.ref == doubted)
    answers(desk, announcement, "Oh dear, is this libel?")
    OPEN["decide"] = article(desk, "The harbour wall was painted.\n", "The wall", attachments=(PHOTO,))
    OPEN["withdraw"] = article(desk, "The harbour clock is wrong.\n", "The clock")
    OPEN["settling"] = article(desk, "The swans are back.\n", "The swans", KIM)
    OPEN["asked"] = article(desk, "A boat sank.\n", "A boat", MO)
    OPEN["held"] = article(desk, "A boat was raised.\n", "The same boat", MO)
    OPEN["lapses"] = material(desk, "An unsigned letter", LEO, authentic=False)
    OPEN["half"] = article(desk, "Half a vote.\n", "Half", LEO)
    OPEN["motion"] = REFS["winch"]
    clock_of(desk).pass_(minutes=5)
    digest = {who: digest_now(desk, who) for who in (ANA, BEN, CLEO)}
    for who in digest:
        LETTERS_TO_ANSWER[f"digest {who}"] = last(desk, "member/digest", who).id
    for key in ("withdraw", "asked", "held"):
        LETTERS_TO_ANSWER[key] = to_author(desk, OPEN[key]).id
    leave(desk)
    answers(
        desk, digest[ANA], f"{OPEN['decide']} approve\n\n{OPEN['asked']} ask Which boat?\n\n{OPEN['held']} hold", ANA
    )
    answers(desk, digest[BEN], f"{OPEN['half']} approve", BEN)
    answers(desk, digest[CLEO], f"{OPEN['motion']} retract: It is sold.", CLEO)
    LETTERS_TO_ANSWER["asked"] = to_author(desk, OPEN["asked"]).id
    answers(desk, digest_now(desk, DORA2), f"{OPEN['motion']} note It can go.\n\nat once", DORA2)
    say(desk, f"decide {IDA} 'approve {OPEN['half']}'")
    answers(desk, digest[ANA], "away until 2027-01-10", ANA, authentic=False)  # a step-up is open
    LETTERS_TO_ANSWER["step-up"] = last(desk, "member/step-up", ANA).id
    answers(desk, digest[CLEO], "new address", "cleo@newboat.example")
    SAYS["slow@nowhere.example"] = Receipt("transient", "451 4.3.0 later")
    SAYS["maybe@nowhere.example"] = Receipt("ambiguous", "the connection was lost after the final dot")
    SAYS["lost@nowhere.example"] = Receipt("permanent", "550 5.1.1 no such user")
    for who in ("slow", "maybe", "lost"):
        article(desk, f"Still {who}.\n", f"Still {who}", f"{who}@nowhere.example", authentic=False)
    leave(desk)
    later(desk, hours=5)
    leave(desk)
    for who in (ANA, BEN):
        say(desk, f"decide {who} '{OPEN['settling']} approve'")  # settles in the test
    answers(desk, digest_now(desk, HAL2), "resign", HAL2)  # leaves in the test
    keep(desk, a_mail("Nobody has read this yet.\n", sender=named(JO), subject="Unread", authentic=True, at=desk.now()))
    return desk


REFS: dict[str, str] = {}
OPEN: dict[str, str] = {}
LETTERS_TO_ANSWER: dict[str, str] = {}

STORIES: tuple[Callable[[Desk], Desk], ...] = (
    people_come,
    an_article_goes_up,
    members_disagree,
    one_member_is_enough,
    applicants,
    readers,
    authors_write_again,
    whose_word_it_is,
    sorted_anew,
    what_is_up_is_voted_on,
    habits,
    another_address,
    mail_of_many_kinds,
    letters_do_not_arrive,
    letters_to_a_member_come_back,
    most_of_it_is_cleared_away,
    nobody_objects,
    lambda desk: with_policy(desk, review__ask=1),
    whom_it_is_put_before,
    lambda desk: with_policy(desk),
    time_passes,
    some_are_forgotten,
    it_is_left_in_the_middle,
)


# What occurs in it


def occurs(desk: Desk) -> dict[str, list[str]]:
    """All that stands in the entries, by sort."""
    entries = [entry for row in _rows(desk) if (entry := archive.read_entry(desk.archive, row.number))]
    events = [event for entry in entries for event in entry.events]
    found = {
        "events": {f"{kind_of(event.ref)} {event.name}" for event in events},
        "actors": {event.by for event in events} | {event.data["for"] for event in events if "for" in event.data},
        "reasons of events": {event.reason for event in events},
        "reasons of entries": {entry.reason for entry in entries},
        "data of events": {f"{event.name}: {key}" for event in events for key in event.data},
        "kinds and rules": {f"{entry.kind} {entry.rule}" for entry in entries if entry.kind != "command"},
        "commands": {f"{entry.kind} {entry.rule}" for entry in entries if entry.kind == "command"},
        "sources": {entry.source.partition(":")[0] for entry in entries},
        "unanswered": {entry.unanswered for entry in entries},
        "letters": {letter.template for entry in entries for letter in entry.letters},
        "states of messages": {row.state for row in _rows(desk)},
        "states of letters": {letter.state for letter in letters(desk)},
        "states of items": {f"{each.item.kind} {each.item.state}" for each in look.every_item(desk, None, None)},
        "states of members": {each.state for each in _members(desk)},
    }
    return {name: sorted(values - {""}) for name, values in found.items()}


def _members(desk: Desk) -> list[Any]:
    with reading(desk.engine) as conn:
        return list(members.every(conn))


KIND = {"A": "article", "F": "material", "M": "membership", "Q": "enquiry", "U": "unsorted"}


def kind_of(ref: str) -> str:
    return KIND.get(ref.partition("-")[0]) or ref.partition(":")[0]


def missing(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """What the program knows and no story reached."""
    rows_of_tables = {f"{kind} {name}" for kind, table in machine.TABLES.items() for _, name in table}
    people = {f"member {name}" for name in apply_people.PERSON_EVENTS} | {"author await yes", "author yes"}
    asides = {f"{KIND['A']} {name}" for name in (*apply.ITEM_EVENTS, "open")}
    others = {f"letter {name}" for name in apply_people.LETTER_EVENTS} | {"group change", "desk pause", "desk resume"}
    wanted = {
        "events": rows_of_tables | people | asides | others,
        "letters": set(LETTERS),
        "states of messages": set(ROW_STATES),
        "states of letters": set(LETTER_STATES),
    }
    return {name: sorted(all_ - set(found[name])) for name, all_ in wanted.items()}


# Writing it down

LISTINGS = {
    "list": ("list",),
    "members": ("members", "list"),
    "groups": ("groups", "list"),
    "received": ("received", "list"),
    "outbox": ("outbox", "list"),
}


def printed(config: Path) -> Iterator[tuple[str, Any]]:
    """What the command line says of it."""
    for name, words in LISTINGS.items():
        ran = run_here(*words, "--json", config=config)
        assert ran.status == 0, ran.err
        yield name, ran.json
        if name == "list":
            for each in ran.json:
                yield f"show/{each['ref']}", run_here("show", each["ref"], "--json", config=config).json


def packed(folder: Path, sayings: dict[str, Any]) -> bytes:
    """A tar with neither owners nor times, its files in order."""
    said = {
        f"printed/{name}.json": json.dumps(value, ensure_ascii=False, indent=1).encode()
        for name, value in sayings.items()
    }
    with sqlite3.connect(folder / "data/mailproc.db") as conn:  # as words: a third of its size once packed
        said["desk/data/mailproc.sql"] = "\n".join(conn.iterdump()).encode()
    files = {
        f"desk/{path.relative_to(folder)}": path
        for path in folder.rglob("*")
        if path.is_file() and "mailproc.db" not in path.name
    }
    octets = io.BytesIO()
    with tarfile.open(fileobj=octets, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(
            {*files, *said}, key=lambda name: (Path(name).suffix, name)
        ):  # like beside like packs better
            content = said[name] if name in said else files[name].read_bytes()
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o600 if name == "desk/data/key" else 0o644
            tar.addfile(info, io.BytesIO(content))
    return lzma.compress(octets.getvalue(), preset=9 | lzma.PRESET_EXTREME)


def main() -> None:
    """Make it."""
    here = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as aside:
        folder = Path(aside) / "desk"
        with a_desk(folder, BEGIN, **POLICY) as desk:
            for story in STORIES:
                began = desk.now()
                desk = story(desk)  # noqa: PLW2901 - the same desk with another policy
                print(f"{began:%d %b %H:%M} {story.__name__} to {desk.now():%d %b %H:%M}, {len(_rows(desk))} messages")
            found, at = occurs(desk), desk.now()
            findings = verify(desk).findings
            assert findings == [], findings
        sayings = dict(printed(folder / "config.toml"))
        (here / f"{NAME}.tar.xz").write_bytes(packed(folder, sayings))
    told = {"at": at.isoformat(), "open": OPEN, "letters": LETTERS_TO_ANSWER, "occurs": found}
    (here / f"{NAME}.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(missing(found), indent=1))
    print((here / f"{NAME}.tar.xz").stat().st_size, "octets")


if __name__ == "__main__":
    main()
