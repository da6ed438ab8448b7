"""What looks like a person and is none gets no letter, and people whose programs write badly get theirs."""

from __future__ import annotations

from pathlib import Path

import pytest
from build import (
    JO,
    a_mail,
    a_reply,
    entry_of,
    give,
    item,
    letters,
    octets_of,
    received,
    text_of,
)

from mailproc.desk.ground.wire import Desk
from mailproc.message.model import Envelope

PEOPLE = Path(__file__).resolve().parents[3].parent / "shared" / "corpus" / "strangers" / "people"
needs_shared = pytest.mark.skipif(not PEOPLE.is_dir(), reason="../shared/corpus is not here")
TO_ARTICLES = ("articles@harbour.example",)


def receipt(desk: Desk) -> bytes:
    """The receipt of an article that Jo sent."""
    give(desk, a_mail(authentic=True))
    return octets_of(desk, letters(desk)[-1])


def malformed(text: str = "Low tide came twice.\n", **fields: str) -> bytes:
    raw = a_mail(text, **fields)
    return raw.replace(b"From: Jo Poole <jo@poole.example>", b"From: Poole, Jo <jo@poole.example>")


@pytest.mark.parametrize("authentic", [False, True])
def test_S100_who_answers_somebody_elses_letter_gets_none(desk, authentic):
    answer = a_reply(receipt(desk), "We have your mail, number 7.", "case7@robot.example", authentic=authentic)
    number = give(desk, answer)
    assert entry_of(desk, number).unanswered == "answers-anothers-letter"
    assert len(letters(desk)) == 1


def test_who_answers_their_own_letter_does(desk):
    number = give(desk, a_reply(receipt(desk), "One more thing: the boat was blue.", f"Jo <{JO}>"))
    assert entry_of(desk, number).unanswered == ""
    assert len(letters(desk)) == 2


def test_S100_the_same_words_are_answered_once_whoever_sends_them(desk):
    numbers = [
        give(desk, a_mail("Your mail is case 7.\n", sender=f"case{n}@robot.example", authentic=True)) for n in range(3)
    ]
    assert [entry_of(desk, number).unanswered for number in numbers] == ["", "said-before", "said-before"]
    assert len(letters(desk)) == 1


def test_the_same_words_with_another_picture_are_another_mail(desk):
    pictures = [("a.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes([n])) for n in range(2)]
    for picture in pictures:
        give(desk, a_mail("Attached.\n", to="files@harbour.example", authentic=True, attachments=(picture,)))
    assert len(letters(desk)) == 2


def test_subaddresses_share_a_quota(desk):
    for n in range(3):
        give(desk, a_mail(f"Number {n}.\n", sender=f"victim+{n}@poole.example"))
    give(desk, a_mail("And plain.\n", sender="victim@poole.example"))
    give(desk, a_mail("Another mailbox.\n", sender="victims@poole.example"))
    assert [letter.to for letter in letters(desk)] == ["victim+0@poole.example", "victims@poole.example"]


@pytest.mark.parametrize("local_part", ["postmaster", "MAILER-DAEMON", "mail-daemon", "owner-news", "news-request"])
def test_a_systems_own_account_never_gets_a_letter(desk, local_part):
    give(desk, a_mail("What is your opening hour?\n", sender=f"{local_part}@poole.example", authentic=True))
    assert letters(desk) == []


def test_an_absence_note_without_a_field_adds_nothing_to_an_item(desk):
    note = "Thank you for your message. I am on holiday until Friday and will reply when I am back."
    number = give(desk, a_reply(receipt(desk), note, f"Jo <{JO}>", quoting=False))
    assert received(desk, number).kind == "automatic"
    assert len(letters(desk)) == 1


def test_who_writes_a_malformed_field_gets_a_receipt_and_stands_in_the_digest(desk):
    number = give(desk, malformed(), Envelope(JO, TO_ARTICLES))
    [written] = letters(desk)
    opened = item(desk, f"A-{number}").item
    assert (written.to, opened.author.email, opened.author.name) == (JO, JO, "Poole, Jo")
    assert not opened.authenticated


def test_a_malformed_field_never_acts(desk):
    number = give(desk, a_mail(authentic=True))
    [written] = letters(desk)
    reply = a_reply(octets_of(desk, written), f"withdraw A-{number}", f"Jo Poole <{JO}>")
    reply = reply.replace(b"From: Jo Poole <jo@poole.example>", b"From: Poole, Jo <jo@poole.example>")
    give(desk, reply, Envelope(JO, (f"desk+{written.id}@harbour.example",)))
    found = item(desk, f"A-{number}")
    assert found.item.state == "pending"
    assert any(line.event == "addition" for line in found.journal)


def test_a_local_part_that_is_not_ascii_is_written_to(desk):
    """RFC 6531 §3.2: whether the letter leaves is for the next server to say."""
    raw = a_mail(authentic=True).replace(b"jo@poole.example", "zoë@poole.example".encode())
    give(desk, raw, Envelope("zoë@poole.example", TO_ARTICLES))
    [written] = letters(desk)
    assert written.to == "zoë@poole.example"
    assert "To: =?utf-8?b?" not in octets_of(desk, written).decode()
    assert "zoë@poole.example" in octets_of(desk, written).partition(b"\r\n\r\n")[0].decode()


def test_dots_that_make_no_dot_atom_stand_in_quotes(desk):
    raw = a_mail().replace(b"jo@poole.example", b"jo..poole.@phone.example")
    give(desk, raw, Envelope("jo..poole.@phone.example", TO_ARTICLES))
    [written] = letters(desk)
    assert b'"jo..poole."@phone.example' in octets_of(desk, written)
    assert text_of(octets_of(desk, written))


@needs_shared
@pytest.mark.parametrize("name", ["auto-gelesen", "auto-notes", "bounce-hungarian", "reaction-gmail-author"])
def test_machines_of_the_strangers_open_nothing_and_get_no_letter(desk, name):
    raw = (PEOPLE / f"{name}.eml").read_bytes()
    number = give(desk, raw, Envelope("jo@poole.example", ("desk@harbour.example",)))
    assert received(desk, number).kind in {"automatic", "bounce"}
    assert (letters(desk), received(desk, number).refs) == ([], ())


@needs_shared
def test_a_reaction_to_a_receipt_adds_nothing(desk):
    told = receipt(desk)
    raw = (PEOPLE / "reaction-gmail-author.eml").read_bytes().replace(b"jo1@poole.example", JO.encode())
    token = letters(desk)[-1].id
    raw = raw.replace(b"bu4mum3kquru4shr7v27osv3ke", token.encode())
    before = len(item(desk, letters(desk)[-1].ref or "").journal)
    give(desk, raw, Envelope(JO, (f"desk+{token}@harbour.example",)))
    assert told
    assert len(letters(desk)) == 1
    assert len(item(desk, letters(desk)[-1].ref or "").journal) == before


@needs_shared
@pytest.mark.parametrize("name", ["from-display-is-address", "from-unquoted-comma", "from-single-quotes"])
def test_malformed_strangers_hear_from_us(desk, name):
    number = give(desk, (PEOPLE / f"{name}.eml").read_bytes(), Envelope(JO, TO_ARTICLES))
    assert item(desk, f"A-{number}").item.author.email == JO
    assert [letter.to for letter in letters(desk)] == [JO]
    assert not item(desk, f"A-{number}").item.authenticated
