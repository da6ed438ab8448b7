"""One-tap links: each link of a real letter, as mail programs make a mail of it, is one decision and no other.

Some programs drop the subject of a `mailto:` URI, some its body; some add a signature. What is taken from the letter
is the HTML part's own href, decoded as RFC 6068 §2 says.
"""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from build import (
    ANA,
    BEN,
    a_mail,
    add_member,
    digest_now,
    entry_of,
    give,
    item,
    letters,
    octets_of,
    ref_of,
    say,
    state,
    text_of,
)
from build import address as shown

from mailproc.desk.ground.wire import Desk

FORMS = ("both", "no subject", "no body", "signed")
DOES = {  # what a tap leaves behind: kind, verb -> the state of the item
    ("A", "approve"): "approved",
    ("A", "reject"): "rejected",
    ("A", "hold"): "held",
    ("A", "discard"): "discarded",
    ("U", "yes"): "pending",
    ("U", "discard"): "discarded",
    ("Q", "discard"): "discarded",
}


def links_of(letter: bytes) -> list[tuple[str, str]]:
    """(words, URI) of every link, as a mail program reads them."""
    html = octets_as_html(letter)
    return [(unescape(words), unescape(uri)) for uri, words in re.findall(r'href="([^"]+)">([^<]+)</a>', html)]


def octets_as_html(letter: bytes) -> str:
    body = message_from_bytes(letter, policy=policy.default).get_body(("html",))
    assert body is not None
    return body.get_content()


def tapped(uri: str, form: str, typed: str = "", sender: str = ANA) -> bytes:
    """The mail that a program makes of a link: new, so without In-Reply-To."""
    parts = urlsplit(uri)
    assert parts.scheme == "mailto"
    assert "+" not in parts.query, "RFC 6068 §5: a plus sign is no blank"
    fields = {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=True).items()}
    body = "" if form == "no body" else fields["body"] + typed
    return a_mail(
        f"{body}\n\n-- \nAna of the harbour\nSent from my phone\n" if form == "signed" else f"{body}\n",
        sender=shown(sender, sender.partition("@")[0].title()),
        to=unquote(parts.path),
        subject="" if form == "no subject" else fields["subject"],
        authentic=True,
    )


@pytest.fixture
def members(desk: Desk) -> Desk:
    add_member(desk, ANA, "Ana")
    add_member(desk, BEN, "Ben")
    return desk


def three_kinds(desk: Desk) -> list[str]:
    mails = (
        a_mail(authentic=True),
        a_mail("What is this about?\n", to="contact@harbour.example", subject="Is the pier open?", authentic=True),
        a_mail("As we said: it will be Thursday.\n", to="desk@harbour.example", subject="Thursday", authentic=True),
    )
    return [ref_of(desk, give(desk, mail)) for mail in mails]


@pytest.mark.parametrize("form", FORMS)
def test_each_link_of_a_digest_is_exactly_that_decision(members, form):
    refs = three_kinds(members)
    found = links_of(digest_now(members, ANA))
    assert {words.split()[1] for words, _ in found} == set(refs)
    for words, uri in found:
        verb, ref, *_ = words.split()
        number = give(members, tapped(uri, form))
        entry = entry_of(members, number)
        assert len(entry.commands) == 1, (words, entry)
        assert not entry.unclear
        assert {event.ref for event in entry.events if ":" not in event.ref} == {ref}
        assert state(members, ref) == DOES[ref[0], verb]
        now = item(members, ref).item.ref  # what was sorted has another reference now
        say(members, f"decide {BEN} 'undo {now}'")
        others = [other for other in refs if other != ref]
        assert {state(members, other) for other in others} <= {"pending", "open"}


@pytest.mark.parametrize("form", ["both", "no subject"])
def test_a_reason_that_is_typed_behind_a_tapped_rejection_goes_to_the_author(members, form):
    ref = ref_of(members, give(members, a_mail(authentic=True)))
    uri = dict(links_of(digest_now(members, ANA)))[f"reject {ref} by mail"]
    give(members, tapped(uri, form, "We ran this in spring."))
    (vote,) = item(members, ref).votes
    assert (vote.verdict, vote.words) == ("reject", "We ran this in spring.")


def test_the_link_of_a_transcript_takes_the_decision_back(members):
    ref = ref_of(members, give(members, a_mail(authentic=True)))
    uri = dict(links_of(digest_now(members, ANA)))[f"approve {ref} by mail"]
    give(members, tapped(uri, "both"))
    transcript = octets_of(members, letters(members, "member/transcript", ANA)[-1])
    ((words, undo),) = links_of(transcript)
    assert words == f"undo {ref} by mail"
    give(members, tapped(undo, "both"))
    assert state(members, ref) == "pending"


def test_a_link_tapped_by_another_hand_decides_nothing(members):
    ref = ref_of(members, give(members, a_mail(authentic=True)))
    uri = dict(links_of(digest_now(members, ANA)))[f"approve {ref} by mail"]
    give(members, tapped(uri, "both", sender=BEN))
    assert state(members, ref) == "pending"


def test_a_subject_and_a_body_that_differ_decide_nothing(members):
    ref = ref_of(members, give(members, a_mail(authentic=True)))
    uri = dict(links_of(digest_now(members, ANA)))[f"approve {ref} by mail"]
    give(members, tapped(uri.replace(f"body={ref}%20approve", f"body={ref}%20discard"), "both"))
    assert state(members, ref) == "pending"
    assert "Not done" in text_of(octets_of(members, letters(members, "member/transcript", ANA)[-1]))
