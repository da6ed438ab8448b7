"""Where a message ends: at CRLF.CRLF and nowhere else, however it was cut on its way."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.intake.lmtp_data import END, Dots

SMUGGLERS = (  # CVE-2023-51764, -51765, -51766, CVE-2024-27305: what some server takes for the end
    *(b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\n.\r", b"\r\r\n.\r\r\n", b"\r\n\0.\r\n"),
    *(b"\r\n.\0\r\n", b"\n\n.\r\n", b"\r\n..\r\n", b"\r\n .\r\n", b"\r\n. \r\n", b"\n.\n\r\n", b"\r\n.\n\r\n"),
)
OCTETS = st.lists(st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\0", b"x", b"\xff", b"\r\n.", END]), max_size=30)


def reference(wire: bytes) -> tuple[bytes, bytes] | None:
    """(message, what follows it), line by line as RFC 5321 §4.5.2 tells it; None without an end."""
    lines = wire.split(b"\r\n")
    message = b""
    for place, line in enumerate(lines[:-1]):
        if line == b".":
            return message, b"\r\n".join(lines[place + 1 :])
        message += line.removeprefix(b".") + b"\r\n"
    return None


def decode(pieces: list[bytes]) -> tuple[bytes, bytes] | None:
    """The same by `Dots`; what comes after the end's own piece follows its rest."""
    dots, message = Dots(), b""
    for place, piece in enumerate(pieces):
        message += dots.feed(piece)
        if dots.ended:
            return message, dots.rest + b"".join(pieces[place + 1 :])
    return None


@settings(deadline=None, max_examples=400)
@given(octets=OCTETS, cuts=st.lists(st.integers(0, 80), max_size=8))
def test_S30_however_it_is_cut_the_message_is_what_the_standard_says(octets, cuts):
    wire = b"".join(octets)
    places = [0, *sorted(min(cut, len(wire)) for cut in cuts), len(wire)]
    pieces = [wire[start:stop] for start, stop in pairwise(places)]
    assert decode(pieces) == reference(wire)
    assert decode([wire[n : n + 1] for n in range(len(wire))]) == reference(wire)


@pytest.mark.parametrize("sequence", SMUGGLERS)
@pytest.mark.parametrize("length", range(1, 8))
def test_S30_no_other_sequence_ends_a_message_at_any_boundary(sequence: bytes, length: int):
    smuggled = b"MAIL FROM:<evil@bad.example>\r\nDATA\r\nSubject: second\r\n"
    wire = b"Subject: first\r\n\r\nwords" + sequence + smuggled + END[2:]
    message, rest = decode([wire[n : n + length] for n in range(0, len(wire), length)])
    assert rest == b""
    assert message.endswith(smuggled)


@pytest.mark.parametrize(
    ("wire", "message", "bare"),
    [
        (b".\r\n", b"", False),
        (b"..\r\n.\r\n", b".\r\n", False),
        (b"\r\n.\r\n", b"\r\n", False),
        (b"a\rb\r\n.\r\n", b"a\rb\r\n", True),
        (b"a\nb\r\n.\r\n", b"a\nb\r\n", True),
        (b"\r\r\n.\r\n", b"\r\r\n", True),
        (b"a\r\n.b\r\n...\r\n.\r\n", b"a\r\nb\r\n..\r\n", False),
    ],
)
def test_S30_bare_line_ends_are_noticed_and_kept(wire: bytes, message: bytes, bare: bool):  # noqa: FBT001 - a column
    for length in range(1, len(wire) + 1):
        dots, found = Dots(), b""
        for n in range(0, len(wire), length):
            found += dots.feed(wire[n : n + length])
        assert (found, dots.bare, dots.ended) == (message, bare, True)


@settings(deadline=None, max_examples=100)
@given(pieces=st.lists(st.lists(st.sampled_from([b"\r", b"\n", b"x" * 99])).map(b"".join), max_size=10))
def test_S34_a_line_without_end_is_not_held_back(pieces):
    dots, behind = Dots(), 0
    for piece in pieces:
        behind += len(piece) - len(dots.feed(piece))
        assert behind <= len(END) - 1
