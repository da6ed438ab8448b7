"""The octets of a letter: what was meant arrives, and nothing that was not meant."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message import compose as module
from mailproc.message.compose import addressable, compose
from mailproc.message.field.address import as_path
from mailproc.message.field.header import clean
from mailproc.message.model import Address, Draft

DRAFT = Draft(
    sender=Address("The Harbour Review", "desk@harbour.example"),
    to=Address("Jo Poole", "jo@poole.example"),
    subject="A-12 received",
    text="Hello Jo,\n\nthank you.\n",
    html="<p>Hello Jo,</p>\n<p>thank you.</p>\n",
    message_id="abc123@harbour.example",
    date=datetime(2026, 11, 22, 8, 0, tzinfo=UTC),
    reply_to="desk+abc123@harbour.example",
    in_reply_to="one@poole.example",
    references=("zero@poole.example", "one@poole.example"),
    loop_mark="desk@harbour.example",
)
NAMES = [
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "Reply-To",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Precedence",
    "X-Mailproc-Loop",
    "MIME-Version",
    "Content-Type",
]
ANY = st.text(max_size=300)
HOSTILE = (
    "ok\r\nBcc: v@x.example",
    "=?utf-8?q?ok=0D=0ABcc:_v@x.example?=",
    "=?utf-8?b?b2sNCkJjYzogdkB4?=",
    "a\x00b\x85c\u2028d\u2029e\u202ef\x1b[2J",
    "x" * 5000,
    "é" * 5000,
    "\ud800 alone",
    "",
    " ",
    '"quoted\\" <evil@bad.example>, next',
    "comma, colon: (comment) <a@b>",
)


def parsed(octets: bytes) -> Message:
    return message_from_bytes(octets)


def words(value: str) -> str:
    return str(make_header(decode_header(value)))


def unfolded(value: str) -> str:
    return value.replace("\r\n", "").replace("\n", "")


def parts(octets: bytes) -> dict[str, str]:
    return {
        part.get_content_type(): part.get_payload(decode=True).decode("utf-8").replace("\r\n", "\n")
        for part in parsed(octets).walk()
        if not part.is_multipart()
    }


def test_a_letter_has_exactly_the_fields_meant_in_their_order():
    assert parsed(compose(DRAFT)).keys() == NAMES


def test_a_letter_says_what_the_draft_says():
    letter = message_from_bytes(compose(DRAFT), policy=policy.default)
    assert str(letter["From"]) == "The Harbour Review <desk@harbour.example>"
    assert str(letter["To"]) == "Jo Poole <jo@poole.example>"
    assert letter["Date"].datetime == DRAFT.date
    assert letter["Message-ID"] == "<abc123@harbour.example>"
    assert letter["Reply-To"] == "desk+abc123@harbour.example"
    assert letter["In-Reply-To"] == "<one@poole.example>"
    assert letter["References"].split() == ["<zero@poole.example>", "<one@poole.example>"]
    assert letter["X-Mailproc-Loop"] == "desk@harbour.example"
    assert [part.get_content_type() for part in letter.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_the_same_draft_gives_the_same_octets_and_another_id_another_boundary():
    assert compose(DRAFT) == compose(DRAFT)
    other = compose(replace(DRAFT, message_id="other@harbour.example"))
    assert parsed(other).get_boundary() != parsed(compose(DRAFT)).get_boundary()


def test_what_a_mail_triggered_is_marked_against_loops_and_a_digest_is_not_bulk():
    receipt, digest = parsed(compose(DRAFT)), parsed(compose(replace(DRAFT, auto_submitted="auto-generated")))
    assert (receipt["Auto-Submitted"], receipt["Precedence"]) == ("auto-replied", "bulk")
    assert (digest["Auto-Submitted"], digest["Precedence"]) == ("auto-generated", None)
    assert digest["X-Auto-Response-Suppress"] == "All"


def test_a_letter_without_html_is_plain_text():
    letter = parsed(compose(replace(DRAFT, html=None)))
    assert (letter.get_content_type(), letter["Content-Transfer-Encoding"]) == ("text/plain", "7bit")
    assert "format" not in letter["Content-Type"]


def test_images_stand_with_the_html_that_shows_them():
    image = bytes(range(256)) * 3
    letter = parsed(compose(replace(DRAFT, images=(("one@harbour.example", "image/png", image),))))
    kinds = [part.get_content_type() for part in letter.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    last = list(letter.walk())[-1]
    assert (last.get_payload(decode=True), last["Content-ID"]) == (image, "<one@harbour.example>")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_value_becomes_another_header_field(hostile):
    draft = replace(DRAFT, subject=hostile, sender=Address(hostile, "desk@harbour.example"), text=hostile, html=hostile)
    draft = replace(draft, to=Address(hostile, "jo@poole.example"), references=(hostile,), in_reply_to=hostile)
    letter = parsed(compose(draft))
    assert set(letter.keys()) <= set(NAMES) | {"Content-Transfer-Encoding"}
    again = message_from_bytes(compose(draft), policy=policy.default)
    assert not {"bcc", "cc"} & {name.lower() for name in again}


@given(subject=ANY, name=ANY)
@settings(deadline=None, max_examples=100)
def test_subject_and_names_arrive_as_they_were_cleaned(subject, name):
    letter = parsed(compose(replace(DRAFT, subject=subject, to=Address(name, "jo@poole.example"))))
    assert words(unfolded(letter["Subject"])) == clean(subject)
    shown = unfolded(letter["To"]).removesuffix("jo@poole.example").removesuffix("<jo@poole.example>").strip()
    if shown.startswith('"'):
        shown = shown[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        assert shown == clean(name, 100)
    else:
        assert words(shown) == clean(name, 100)


@pytest.mark.parametrize(
    ("email", "can"),
    [
        ("zoë@poole.example", True),
        ("नेहा@poole.example", True),
        ("jo..poole.@phone.example", True),
        ("jo p@poole.example", False),
        ("jo\u202ep@poole.example", False),
        ("jo\ud800@poole.example", False),
        ("ë" * 33 + "@poole.example", False),
        ("zoë@pöole.example", False),
        ("@poole.example", False),
    ],
)
def test_which_addresses_a_letter_can_carry(email, can):
    assert addressable(email) == can


def test_a_local_part_that_is_not_ascii_stands_in_utf_8():
    letter = compose(replace(DRAFT, to=Address("Zoë", "zoë@poole.example")))
    assert "\r\nTo: =?utf-8?b?Wm/Dqw==?= <zoë@poole.example>\r\n".encode() in letter


@given(local=st.text(string.ascii_letters + string.digits + "._+-!#$%&'*/=?^`{|}~", min_size=1, max_size=64))
@settings(deadline=None, max_examples=60)
def test_the_recipient_arrives(local):
    letter = parsed(compose(replace(DRAFT, to=Address("Jo", f"{local}@poole.example"))))
    assert unfolded(letter["To"]).endswith(f"<{as_path(f'{local}@poole.example')}>")


@given(
    text=st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\0"), max_size=2000),
    long=st.booleans(),
)
@settings(deadline=None, max_examples=100)
def test_the_text_arrives_to_the_letter(text, long):
    text = text * 40 if long else text
    octets = compose(replace(DRAFT, text=text, html=text))
    ended = text if text.endswith("\n") else text + "\n"
    assert parts(octets) == {"text/plain": ended, "text/html": ended}


@given(text=st.text(max_size=500), subject=ANY, name=ANY)
@settings(deadline=None, max_examples=100)
def test_no_bare_line_end_no_nul_no_long_line(text, subject, name):
    """catalogue S31: what could be read as the end of a message never leaves."""
    octets = compose(
        replace(DRAFT, text=text + "x" * 1200, html=text, subject=subject, to=Address(name, "jo@p.example"))
    )
    rest = octets.replace(b"\r\n", b"")
    assert b"\r" not in rest
    assert b"\n" not in rest
    assert b"\0" not in octets
    assert max(map(len, octets.split(b"\r\n"))) <= 998


def test_smuggled_ends_of_data_are_only_lines_of_text():
    octets = compose(replace(DRAFT, text="one\r.\r\ntwo\n.\nthree\r\n.\rfour", html=None))
    assert parts(octets)["text/plain"] == "one\n.\ntwo\n.\nthree\n.\nfour\n"


def test_a_text_holding_the_boundary_does_not_end_its_part():
    boundary = parsed(compose(DRAFT)).get_boundary()
    text = f"before\n--{boundary}\nafter\n--{boundary}--\n"
    assert parts(compose(replace(DRAFT, text=text)))["text/plain"] == text


def test_a_long_thread_keeps_its_first_and_last_ids():
    many = tuple(f"{n}@poole.example" for n in range(300))
    found = parsed(compose(replace(DRAFT, references=many)))["References"].split()
    assert (len(found), found[0], found[-1]) == (20, "<0@poole.example>", "<299@poole.example>")


@pytest.mark.parametrize(
    "email", ["", "jo", "jo@", "a b@x.example", "jörg@müller.example", "a@b>\r\nBcc: c", '"a b"@x']
)
def test_an_address_that_is_none_gets_no_letter(email):
    assert not addressable(email)
    with pytest.raises(ValueError, match="addr-spec"):
        compose(replace(DRAFT, to=Address("", email)))


def test_a_letter_without_date_or_id_is_not_written():
    with pytest.raises(ValueError, match="date"):
        compose(replace(DRAFT, date=None))
    with pytest.raises(ValueError, match="Message-ID"):
        compose(replace(DRAFT, message_id="a b"))


def test_what_was_not_meant_is_refused_though_the_cleaner_fail(monkeypatch):
    """The second lock of S80: the serialised letter is read again."""
    monkeypatch.setattr(module, "clean", lambda text, _limit=200: text)
    with pytest.raises(ValueError, match="header fields"):
        compose(replace(DRAFT, subject="ok\r\nBcc: v@x.example"))
