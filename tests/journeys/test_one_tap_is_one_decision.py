"""One-tap links: each link of a real letter, as mail programs make a mail of it, is one decision and no other.

Some programs drop the subject of a `mailto:` URI, some its body; some add a signature. What is taken from the letter
is the HTML part's own href, decoded as RFC 6068 §2 says.
"""

from __future__ import annotations

import re
from datetime import datetime
from email import message_from_bytes, policy
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from build import (
    ANA,
    BEN,
    JO,
    START,
    a_mail,
    add_member,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
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
    ("A", "ask"): "awaiting_author",
    ("A", "note"): "pending",
    ("A", "discard"): "discarded",
    ("U", "yes"): "pending",
    ("U", "sort material"): "pending",
    ("U", "sort membership"): "awaiting_agreement",
    ("U", "sort enquiry"): "open",
    ("U", "hold"): "held",
    ("U", "note"): "pending",
    ("U", "discard"): "discarded",
    ("Q", "sort article"): "pending",
    ("Q", "sort material"): "pending",
    ("Q", "answer"): "answered",
    ("Q", "claim"): "claimed",
    ("Q", "close"): "closed",
    ("Q", "hold"): "held",
    ("Q", "note"): "open",
    ("Q", "discard"): "discarded",
}
TYPED = {
    "ask": "Which tram was it?",
    "note": "I know her.",
    "answer": "The harbour office says so.",
}  # verbs that need words
LINK = re.compile(r"(.+) ([A-Z]-\d+) by mail")


def links_of(letter: bytes) -> list[tuple[str, str]]:
    """(words, URI) of every link, as a mail program reads them."""
    html = octets_as_html(letter)
    return [(unescape(words), unescape(uri)) for uri, words in re.findall(r'href="([^"]+)"[^>]*>([^<]+)</a>', html)]


def octets_as_html(letter: bytes) -> str:
    body = message_from_bytes(letter, policy=policy.default).get_body(("html",))
    assert body is not None
    return body.get_content()


def tapped(uri: str, form: str, typed: str = "", sender: str = ANA, at: datetime = START) -> bytes:
    """The mail that a program makes of a link: new, so without In-Reply-To."""
    parts = urlsplit(uri)
    assert parts.scheme == "mailto"
    assert "+" not in parts.query, "RFC 6068 §5: a plus sign is no blank"
    fields = {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=True).items()}
    body = typed if form == "no body" else fields["body"] + typed
    return a_mail(
        f"{body}\n\n-- \nAna of the harbour\nSent from my phone\n" if form == "signed" else f"{body}\n",
        sender=shown(sender, sender.partition("@")[0].title()),
        to=unquote(parts.path),
        subject="" if form == "no subject" else fields["subject"],
        authentic=True,
        at=at,
    )


@pytest.fixture
def members(desk: Desk) -> Desk:
    add_member(desk, ANA, "Ana")
    add_member(desk, BEN, "Ben")
    return desk


def mail_of(kind: str) -> bytes:
    """A mail that becomes an item whose references begin with this letter."""
    if kind == "A":
        return a_mail(authentic=True)
    if kind == "Q":
        question = "What is this about?\n"
        return a_mail(question, to="contact@harbour.example", subject="Is the pier open?", authentic=True)
    many = "As we said, it will be Thursday.\n" * 40  # so that the desk has a guess
    return a_mail(many, to="desk@harbour.example", subject="Thursday", authentic=True)


@pytest.mark.parametrize("form", FORMS)
def test_each_link_of_a_digest_is_exactly_that_decision(members, form):
    ref_for = {tap: ref_of(members, give(members, mail_of(tap[0]))) for tap in DOES}
    found = dict(links_of(digest_now(members, ANA)))
    offered = {(said[2][0], said[1]) for words in found if (said := LINK.fullmatch(words))}
    assert offered == set(DOES)
    for (kind, verb), ref in ref_for.items():
        number = give(members, tapped(found[f"{verb} {ref} by mail"], form, TYPED.get(verb, "")))
        entry = entry_of(members, number)
        assert len(entry.commands) == 1, (verb, entry)
        assert not entry.unclear
        assert {event.ref for event in entry.events if ":" not in event.ref} == {ref}
        assert state(members, ref) == DOES[kind, verb]
        others = [other for tap, other in ref_for.items() if list(DOES).index(tap) > list(DOES).index((kind, verb))]
        assert {state(members, other) for other in others} <= {"pending", "open"}


@pytest.mark.parametrize("verb", ["reject", "ask", "note"])
def test_words_typed_anywhere_into_a_tapped_mail_go_where_that_word_sends_them(members, verb):
    """The author reads them, or of a note the members; the transcript shows what the author gets."""
    words, signature = "Which tram was it?", "\n\n-- \nAna of the harbour\n"
    places = ("{words}\n\n{link}", "{words}{link}", "{link}{words}", "{link}\n{words}", "{words}")
    ref_for = {place: ref_of(members, give(members, mail_of("A"))) for place in places}
    found = dict(links_of(digest_now(members, ANA)))
    for place, ref in ref_for.items():
        parts = urlsplit(found[f"{verb} {ref} by mail"])
        body = place.format(words=words, link=parse_qs(parts.query)["body"][0])
        to, subject = unquote(parts.path), f"{ref} {verb}"
        give(members, a_mail(body + signature, sender=shown(ANA, "Ana"), to=to, subject=subject, authentic=True))
        assert {each.words for each in item(members, ref).journal} - {""} == {words}
        transcript = text_of(octets_of(members, letters(members, "member/transcript", ANA)[-1]))
        assert (f"Its author reads:\n\n| {words}" in transcript) == (verb != "note")
    later(members, minutes=20)
    to_author = {"reject": "author/rejected", "ask": "author/question"}.get(verb)
    told = [text_of(octets_of(members, each)) for each in letters(members, to=JO) if each.template == to_author]
    assert [words in text for text in told] == ([] if verb == "note" else [True] * len(places))


@pytest.mark.parametrize("verb", ["ask", "note"])
def test_a_tapped_mail_without_the_words_it_needs_is_asked_back(members, verb):
    ref = ref_of(members, give(members, mail_of("A")))
    give(members, tapped(dict(links_of(digest_now(members, ANA)))[f"{verb} {ref} by mail"], "signed"))
    assert state(members, ref) == "pending"
    said = " ".join(text_of(octets_of(members, letters(members, "member/transcript", ANA)[-1])).split())
    assert f'did nothing. Send it once more with your words in it: "{ref} {verb}: ..."' in said


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


@pytest.mark.parametrize(("kind", "waits"), [("U", "pending"), ("Q", "open")])
def test_what_nobody_votes_on_is_held_and_comes_back_by_itself(members, kind, waits):
    ref = ref_of(members, give(members, mail_of(kind)))
    give(members, tapped(dict(links_of(digest_now(members, ANA)))[f"hold {ref} by mail"], "both"))
    assert state(members, ref) == "held"
    later(members, days=14)
    assert state(members, ref) == waits
    give(
        members,
        tapped(dict(links_of(digest_now(members, BEN)))[f"hold {ref} by mail"], "both", sender=BEN, at=members.now()),
    )
    transcript = octets_of(members, letters(members, "member/transcript", BEN)[-1])
    give(members, tapped(dict(links_of(transcript))[f"undo {ref} by mail"], "both", sender=BEN, at=members.now()))
    assert state(members, ref) == waits
