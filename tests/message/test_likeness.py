"""By what a mail is known again, wherever a mail server shows it."""

from __future__ import annotations

import pytest
from build import a_mail
from hypothesis import given
from hypothesis import strategies as st

from mailproc.message.field.likeness import LONGEST, likeness

MAIL = a_mail(subject="The tram", Message_ID="<tram@client.example>")
HEADER = MAIL.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
UNNAMED = b"From: jo@poole.example\r\nSubject: The tram\r\nX-Number: 7\r\n\r\n"


@pytest.mark.parametrize(
    "shown",
    [
        MAIL,
        HEADER,
        HEADER.replace(b"\r\n", b"\n"),
        HEADER.replace(b"\r\n", b"\r\r\n"),
        b"Status: RO\r\nX-UID: 7\r\n" + HEADER,
        HEADER.replace(b"Subject: The tram", b"subject :\r\n\tThe tram"),
        b"\r\n".join(sorted(HEADER.strip().splitlines(), reverse=True)) + b"\r\n\r\n",
        b"\r\n".join(line for line in HEADER.strip().splitlines() if line[0] in b"MDFS") + b"\r\n\r\n",
    ],
)
def test_one_mail_is_like_itself_however_it_is_shown(shown: bytes):
    assert likeness(shown) == likeness(MAIL)


@pytest.mark.parametrize(
    "other",
    [
        HEADER.replace(b"tram@", b"train@"),
        HEADER.replace(b"The tram", b"The train"),
        HEADER.replace(b"09:00", b"09:01"),
        HEADER.replace(b"Jo Poole", b"Jo"),
        HEADER.replace(b"Message-ID", b"X-Message-ID"),
    ],
)
def test_another_mail_is_not(other: bytes):
    assert likeness(other) != likeness(HEADER)


def test_mail_without_a_message_id_is_known_by_its_whole_header():
    assert likeness(UNNAMED + b"body") == likeness(UNNAMED)
    assert likeness(b"Status: O\r\n" + UNNAMED) == likeness(UNNAMED)
    assert likeness(UNNAMED.replace(b"7", b"8")) != likeness(UNNAMED)
    assert likeness(UNNAMED.replace(b"\r\n\r\n", b"\r\nMessage-ID:\r\n\r\n")) != b""


@pytest.mark.parametrize("octets", [b"", b"\r\n", b"\r\nonly a body\r\n", b"\nonly: a body\n"])
def test_mail_without_a_header_is_like_nothing(octets: bytes):
    assert likeness(octets) == b""


@given(st.binary(max_size=300))
def test_whatever_it_is_it_is_short_and_like_itself(octets: bytes):
    assert len(likeness(octets)) <= LONGEST
    assert likeness(octets) == likeness(octets.replace(b"\r\n", b"\n"))
