"""Mails of many structures go through a whole desk: what was written is what is up, or its author is asked first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from build import (
    ANA,
    JO,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    authenticated,
    digest_now,
    give,
    item,
    later,
    letters,
    octets_of,
    received,
    ref_of,
    say,
    state,
    text_of,
)

from mailproc.desk.ground.wire import Desk

FOLDER = Path(__file__).resolve().parents[1] / "corpus" / "words"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
SOURCES = {"body": "body", "html": "html", "both": "body and html"}
AUTHOR = f"Jo Poole <{JO}>"


def an_article(name: str) -> bool:
    """Whether a mail's own text is the article: a list's mail is none, and a document beside it would be."""
    from_a_list = b"List-Id" in (FOLDER / f"{name}.eml").read_bytes()
    return not from_a_list and not any(each.endswith(".pdf") for each in EXPECTED[name]["names"])


KINDS = sorted({name.partition("/")[0] for name in EXPECTED if an_article(name)})


@pytest.fixture
def members(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "desk", **{"limits.letters_per_sender_per_day": 50}) as desk:
        add_member(desk, ANA, "Ana")
        yield desk


def mail(name: str) -> bytes:
    return authenticated((FOLDER / f"{name}.eml").read_bytes().replace(b"\n", b"\r\n"))


def up(desk: Desk, ref: str) -> bytes:
    """The text that is published."""
    place = item(desk, ref).item.place
    assert place is not None
    return (desk.config.storage.published / place / "text.txt").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_written_is_what_is_up(members: Desk, kind: str):
    refs = {}
    for name in (each for each in EXPECTED if each.startswith(f"{kind}/") and an_article(each)):
        refs[name] = ref_of(members, give(members, mail(name)))
        if EXPECTED[name].get("extent") == "unclear":
            assert state(members, refs[name]) == "awaiting_author"
            letter = next(each for each in letters(members, "author/receipt-article") if each.ref == refs[name])
            give(members, a_reply(octets_of(members, letter), "yes", AUTHOR, at=members.now()))
        say(members, f"decide {ANA} '{refs[name]} approve'")
    later(members, minutes=20)
    for name, ref in refs.items():
        found = item(members, ref).item
        assert up(members, ref).decode() == EXPECTED[name]["text"]
        assert found.text_source == SOURCES[EXPECTED[name]["source"]]
        assert found.text_sha256 == hashlib.sha256(EXPECTED[name]["text"].encode()).hexdigest()
    assert refs


def test_who_passes_a_mail_on_is_asked_which_words_are_the_article(members: Desk):
    ref = ref_of(members, give(members, mail("forwarded/outlook")))
    assert (state(members, ref), item(members, ref).item.extent) == ("awaiting_author", "unclear")
    [receipt] = letters(members, "author/receipt-article")
    octets = octets_of(members, receipt)
    assert "holds the header of another mail" in " ".join(text_of(octets).split())
    assert "What happens next" not in text_of(octets)
    give(members, a_reply(octets, "--- begin\nThe bins on the quay are full.\n--- end", AUTHOR, at=members.now()))
    assert state(members, ref) == "pending"
    assert item(members, ref).item.text == "The bins on the quay are full.\n"
    assert "header of another mail" not in text_of(digest_now(members, ANA))


def test_members_see_that_somebody_elses_header_is_in_it(members: Desk):
    ref = ref_of(members, give(members, mail("forwarded/gmail")))
    [receipt] = letters(members, "author/receipt-article")
    give(members, a_reply(octets_of(members, receipt), "Yes.", AUTHOR, at=members.now()))
    assert state(members, ref) == "pending"
    assert "It holds the header of another mail" in " ".join(text_of(digest_now(members, ANA)).split())


def test_marks_say_which_words_they_are_before_anybody_asks(members: Desk):
    header = "From: Ben <ben@hale.example>\nTo: Jo\nSubject: Bins\n"
    text = f"Please print this:\n--- begin\nThe bins are full.\n--- end\n\n{header}"
    ref = ref_of(members, give(members, a_mail(text, authentic=True)))
    assert (state(members, ref), item(members, ref).item.text) == ("pending", "The bins are full.\n")


def parted(reply: bytes, more: bytes) -> bytes:
    """The reply with one more part below its text."""
    said = message_from_bytes(reply)
    head = b"".join(f"{name}: {value}\r\n".encode() for name, value in said.items() if not name.startswith("Content-"))
    text = said.get_payload(decode=True)
    assert isinstance(text, bytes)
    first = b"--b1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text
    return (
        head
        + b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n"
        + first
        + b"\r\n--b1\r\n"
        + more
        + b"\r\n--b1--\r\n"
    )


@pytest.mark.parametrize(
    ("said", "more", "becomes"),
    [
        ("{ref} hold", b"\r\n{ref} approve", "pending"),  # two wishes in one mail
        (
            "{ref} hold",
            b"Content-Type: text/html\r\n\r\n<p>{ref} approve</p>",
            "pending",
        ),  # one in a part of another kind
        ("Thank you.", b"Content-Type: text/html\r\n\r\n<p>{ref} approve</p>", "pending"),
        ("{ref} approve", b"Content-Type: text/html\r\n\r\n<p>{ref} approve</p>", "approved"),
        ("{ref} approve", b"\r\n_______\r\nQuay mailing list\r\nquay@lists.example", "approved"),
        ("{ref} approve", b"\r\nSent from my iPhone", "approved"),
        ("{ref} approve", b"\r\n \r\n", "approved"),
        ("{ref} approve", b"Content-Type: image/png\r\n\r\nx", "approved"),
        ("Here is a picture.", b"\r\n{ref} approve", "approved"),  # as Apple Mail writes below one
        ("{ref} approve, but", b"\r\ncut the end", "pending"),
    ],
)
def test_a_later_part_of_a_reply_is_read_by_the_same_rules(members: Desk, said: str, more: bytes, becomes: str):
    ref = ref_of(members, give(members, a_mail("The tram was late.\n", authentic=True)))
    reply = a_reply(digest_now(members, ANA), said.format(ref=ref), f"Ana <{ANA}>")
    number = give(members, parted(reply, more.replace(b"{ref}", ref.encode())))
    assert state(members, ref) == becomes
    assert received(members, number).kind == "review"
