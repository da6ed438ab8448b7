"""What a mail opens, the receipt it gets, and why a mail gets none: every refusal stands in its entry."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest
from build import (
    ANA,
    JO,
    a_mail,
    add_member,
    authenticated,
    clock_of,
    digest_now,
    entry_of,
    envelope_for,
    give,
    item,
    later,
    letters,
    octets_of,
    received,
    say,
    state,
    text_of,
)

from mailproc.desk.ground.wire import Desk
from mailproc.message.model import Envelope

PNG = ("pier.png", "image/png", b"\x89PNG\r\n\x1a\n...")

RECEIPTS = [
    ("articles", "The tram", "It was late.\n", "article", "A", "author/receipt-article"),
    ("articles", "Satire: the tram", "It was late.\n", "article", "A", "author/receipt-article"),
    ("files", "North Pier Society", "Leaflets.\n", "material", "F", "author/receipt-material"),
    ("join", "Me too", "I would like to help.\n", "membership", "M", "applicant/receipt-membership"),
    ("contact", "Trams", "Where does that come from?\n", "enquiry", "Q", "reader/receipt-enquiry"),
    ("desk", "Hm", "The sea was loud.\n", "unsorted", "U", "author/receipt-unsorted"),
]


@pytest.mark.parametrize(("to", "subject", "text", "kind", "letter", "receipt"), RECEIPTS)
def test_every_kind_has_its_receipt_naming_its_reference(desk, to, subject, text, kind, letter, receipt):
    number = give(desk, a_mail(text, to=f"{to}@harbour.example", subject=subject, authentic=True))
    ref = f"{letter}-{number}"
    assert item(desk, ref).item.kind == kind
    [written] = letters(desk)
    assert (written.template, written.to, written.ref, written.listed) == (receipt, JO, ref, (ref,))
    octets = octets_of(desk, written)
    assert ref in text_of(octets)
    assert b"Auto-Submitted: auto-replied" in octets
    assert entry_of(desk, number).message_id is not None
    assert f"In-Reply-To: <{entry_of(desk, number).message_id}>".encode() in octets


def test_two_wishes_get_one_receipt_for_both(desk):
    mail = a_mail(
        "First, an article for you, below. Second, I would like to become a member: I can take Sundays.\n",
        to="desk@harbour.example",
        subject="An article, and may I join?",
        authentic=True,
    )
    number = give(desk, mail)
    [written] = letters(desk)
    assert written.template == "author/receipt-two-wishes"
    assert written.ref == f"A-{number}"
    assert written.listed == (f"A-{number}", f"M-{number}")
    assert (state(desk, f"A-{number}"), state(desk, f"M-{number}")) == ("awaiting_author", "awaiting_agreement")


def test_of_two_wishes_with_marks_nothing_needs_to_be_asked(desk):
    mail = a_mail(
        "First, an article for you, below. Second, I would like to become a member.\n--- begin\nTHE QUAY\n--- end\n",
        to="desk@harbour.example",
        subject="An article, and may I join?",
        authentic=True,
    )
    found = item(desk, f"A-{give(desk, mail)}").item
    assert (found.state, found.extent, found.text) == ("pending", "marked", "THE QUAY\n")


def test_help_opens_nothing_and_sends_the_guide(desk):
    number = give(desk, a_mail("How can I help?\n", to="help@harbour.example", authentic=True))
    assert received(desk, number).refs == ()
    [written] = letters(desk)
    assert written.template == "reader/help"
    assert "North Pier Society" in text_of(octets_of(desk, written))


def test_an_unsorted_mail_remembers_what_it_probably_is(desk):
    number = give(desk, a_mail("A picture.\n", to="desk@harbour.example", subject="Hm", attachments=(PNG,)))
    found = item(desk, f"U-{number}").item
    assert found.guess in {None, "article", "material", "membership", "enquiry"}
    assert found.guess == (entry_of(desk, number).runner_up or None)


def test_a_receipt_says_what_was_kept_and_what_was_refused(desk):
    program = ("setup.exe", "application/octet-stream", b"MZ\x90\x00" + bytes(100))
    number = give(desk, a_mail(authentic=True, attachments=(PNG, program)))
    kept = {each.attachment.name: each.state for each in item(desk, f"A-{number}").attachments}
    assert kept == {"pier.png": "kept", "setup.exe": "refused"}
    said = text_of(octets_of(desk, letters(desk)[0]))
    assert "pier.png" in said
    assert "setup.exe" in said


def test_an_unauthenticated_sender_reads_none_of_their_own_words(desk):
    """What is forged would be sent to its victim: a receipt is no megaphone."""
    text = "BUY GOLD at evil dot example\n"
    give(desk, a_mail(text, subject="CANARY gold", attachments=(("CANARY.png", *PNG[1:]),)))
    octets = octets_of(desk, letters(desk)[0])
    assert "gold" not in text_of(octets).lower()
    assert b"CANARY" not in octets


# Why there was no letter


@pytest.mark.parametrize(("path", "why"), [(None, "sender-unproven"), ("x@elsewhere.example", "sender-unproven")])
def test_who_cannot_be_reached_safely_gets_no_letter_and_the_entry_says_why(desk, path, why):
    octets = a_mail()
    number = give(desk, octets, Envelope(path, envelope_for(octets).forward_paths))
    assert entry_of(desk, number).unanswered == why
    assert state(desk, f"A-{number}") == "pending", "kept, sorted and shown all the same"
    assert not letters(desk)


def test_a_null_reverse_path_is_never_answered(desk):
    octets = a_mail(authentic=True)
    give(desk, octets, Envelope("", envelope_for(octets).forward_paths))
    assert not letters(desk)


@pytest.mark.parametrize(
    "fields", [{"Precedence": "list"}, {"List_Id": "<x.example>"}, {"Auto_Submitted": "auto-generated"}]
)
def test_lists_and_machines_are_never_answered(desk, fields):
    give(desk, a_mail(authentic=True, **fields))
    assert not letters(desk)


def test_our_own_address_is_never_answered(desk):
    give(desk, a_mail(sender="desk@harbour.example", authentic=True))
    assert not letters(desk)


def test_an_unproven_sender_gets_one_receipt_a_day(desk):
    first, second = give(desk, a_mail("One.\n", subject="One")), give(desk, a_mail("Two.\n"))
    assert entry_of(desk, first).unanswered == ""
    assert entry_of(desk, second).unanswered == "one-receipt-a-day"
    clock_of(desk).pass_(days=1, seconds=1)
    assert entry_of(desk, give(desk, a_mail("Three.\n"))).unanswered == ""


def test_a_proven_sender_gets_five_letters_a_day_and_the_fifth_says_so(desk):
    numbers = [give(desk, a_mail(f"No. {n}.\n", authentic=True)) for n in range(6)]
    assert [entry_of(desk, n).unanswered for n in numbers] == [""] * 5 + ["too-many-letters"]
    texts = [text_of(octets_of(desk, letter)) for letter in letters(desk, to=JO) if letter.reason != "held-over"]
    assert len(texts) == 5
    odd = [line for line in texts[-1].splitlines() if line not in texts[-2].splitlines()]
    assert any("day" in line for line in odd), odd


def test_strangers_have_a_quota_and_then_wait(open_desks):
    desk = open_desks("quota", **{"limits.letters_to_strangers_per_day": 2})
    numbers = [give(desk, a_mail(f"No. {n}.\n", sender=f"p{n}@poole.example")) for n in range(3)]
    assert [entry_of(desk, n).unanswered for n in numbers] == ["", "", "too-many-strangers"]


def test_the_breaker_stops_all_and_tells_the_operator_once(open_desks):
    desk = open_desks("breaker", **{"limits.letters_per_hour": 2})
    numbers = [give(desk, a_mail(f"No. {n}.\n", sender=f"p{n}@poole.example", authentic=True)) for n in range(5)]
    assert [entry_of(desk, n).unanswered for n in numbers] == ["", "", "breaker", "breaker", "breaker"]
    assert len(letters(desk, "operator/notice")) == 1


def test_a_letter_that_a_decision_causes_asks_no_quota(open_desks):
    desk = open_desks("decided", **{"limits.letters_per_sender_per_day": 1})
    add_member(desk, ANA, "Ana")
    number = give(desk, a_mail(authentic=True))
    say(desk, f'decide {ANA} "A-{number} ask which pier?"')
    assert [letter.template for letter in letters(desk, to=JO)] == ["author/receipt-article", "author/question"]


def test_an_author_without_an_address_has_an_item_and_no_letter(desk: Desk):
    octets = a_mail().replace(b"From: Jo Poole <jo@poole.example>", b"From: undisclosed")
    number = give(desk, octets, Envelope("jo@poole.example", ("articles@harbour.example",)))
    entry = entry_of(desk, number)
    assert entry.unanswered == "no-single-author"
    assert item(desk, f"A-{number}").item.author.email == ""


SAID_BY_GUESS = re.compile("read (them )?by guess,? as KOI8-R")


def unlabelled(words: str, charset: str = "koi8-r", to: str = "articles") -> bytes:
    """A mail that says nothing of its characters."""
    head = f"From: Jo Poole <jo@poole.example>\r\nTo: {to}@harbour.example\r\nSubject: An article\r\n"
    date = "Date: Sun, 22 Nov 2026 09:00:00 +0000\r\nMessage-ID: <karta@poole.example>\r\n"
    return f"{head}{date}Content-Transfer-Encoding: 8bit\r\n\r\n".encode() + words.encode(charset)


def test_a_guess_at_the_letters_is_said_in_the_receipt_and_in_the_digest(desk):
    add_member(desk, ANA)
    words = "Никто уже не помнит, кто нарисовал эту карту города.\n"
    number = give(desk, unlabelled(words))
    assert item(desk, f"A-{number}").item.text == words
    assert entry_of(desk, number).text_source == "body as KOI8-R"
    [receipt] = letters(desk, to=JO)
    assert SAID_BY_GUESS.search(" ".join(text_of(octets_of(desk, receipt)).split()))
    assert SAID_BY_GUESS.search(" ".join(text_of(digest_now(desk, ANA)).split()))


def test_nothing_is_said_of_letters_that_the_mail_names_or_that_are_plain(desk):
    add_member(desk, ANA)
    give(desk, unlabelled("The tram was due at nine.\n", "ascii"))
    [receipt] = letters(desk, to=JO)
    assert "by guess" not in text_of(octets_of(desk, receipt))
    assert "by guess" not in text_of(digest_now(desk, ANA))


def test_a_picture_alone_is_no_article_and_may_become_material(desk):
    add_member(desk, ANA)
    number = give(desk, a_mail("\n", attachments=(("pier.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(4000)),)))
    assert item(desk, f"U-{number}").item.guess == "material"
    [receipt] = letters(desk, to=JO)
    assert receipt.template == "author/receipt-unsorted"
    say(desk, f"decide {ANA} 'U-{number} sort article'")
    assert state(desk, f"U-{number}") == "pending"
    say(desk, f"decide {ANA} 'U-{number} sort material'")
    assert item(desk, f"F-{number}").item.kind == "material"


def test_the_html_that_a_text_does_not_say_is_set_aside_and_said(desk):
    add_member(desk, ANA)
    number = give(
        desk, with_another_page("I take it all back. Please do not print a word of what I sent you on Monday.")
    )
    [kept] = item(desk, f"A-{number}").attachments
    assert (kept.state, kept.reason) == ("aside", "differs")
    [receipt] = letters(desk, to=JO)
    assert "set aside: its words are not those of the text" in " ".join(text_of(octets_of(desk, receipt)).split())
    say(desk, f"decide {ANA} 'A-{number} approve'")
    later(desk, hours=1)
    place = desk.config.storage.published / (item(desk, f"A-{number}").item.place or "")
    assert sorted(path.name for path in place.iterdir()) == ["SHA256SUMS", "index.html", "index.md", "text.txt"]


def with_another_page(words: str) -> bytes:
    """A mail whose HTML says this, and its text something else."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Jo Poole <{JO}>", "articles@harbour.example", "The tram"
    mail.set_content("The tram was late again, and nobody said why.\n")
    mail.add_alternative(f"<p>{words}</p>", subtype="html")
    return authenticated(mail.as_bytes())
