"""Where a mail without a protocol's envelope says it came from and went to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message.field.envelope import envelope_of
from mailproc.message.model import Envelope

OURS = {"articles@harbour.example", "desk@harbour.example", "desk+t12@harbour.example"}
FOREIGN = b"Received: from a.example by mx.a.example; Sun, 22 Nov 2026 15:04:05 +0000\r\n"
OWN = b"Received: from mx.a.example\r\n\tby mail.harbour.example; Sun, 22 Nov 2026 15:04:06 +0000\r\n"


def envelope(head: bytes, *received_by: str) -> Envelope:
    return envelope_of(head, lambda email: email in OURS, received_by)


@pytest.mark.parametrize(
    ("head", "reverse_path"),
    [
        (b"Return-Path: <jo@poole.example>\r\n" + FOREIGN, "jo@poole.example"),
        (b"Return-Path: <>\r\n" + FOREIGN, ""),
        (b"return-path : jo@poole.example\r\n" + FOREIGN, "jo@poole.example"),
        (b"Return-Path:\r\n <jo@poole.example>\r\n" + FOREIGN, "jo@poole.example"),
        (b"Return-Path: <a@x.example>\r\nReturn-Path: <b@x.example>\r\n", "a@x.example"),
        (FOREIGN + b"Return-Path: <forged@x.example>\r\n", None),
        (b"Subject: none\r\n\r\nReturn-Path: <in@body.example>\r\n", None),
        (b"no field at all\r\nReturn-Path: <jo@poole.example>\r\n", None),
        (b"From jo Sun Nov 22 15:04:05 2026\nReturn-Path: <jo@poole.example>\n", "jo@poole.example"),
        (b"", None),
    ],
)
def test_the_reverse_path_is_the_topmost_return_path_above_the_first_foreign_hop(head: bytes, reverse_path: str | None):
    assert envelope(head).reverse_path == reverse_path


def test_a_return_path_below_our_own_hop_counts_only_if_the_hop_is_known_as_ours():
    head = OWN + b"Return-Path: <jo@poole.example>\r\n" + FOREIGN
    assert envelope(head).reverse_path is None
    assert envelope(head, "MAIL.harbour.example").reverse_path == "jo@poole.example"


def test_of_the_delivery_fields_the_first_that_names_an_address_of_ours_counts():
    rest = b"X-Original-To: articles@harbour.example\r\nTo: desk@harbour.example\r\n"
    assert envelope(b"Delivered-To: Desk@Harbour.example\r\n" + rest).forward_paths == ("desk@harbour.example",)
    assert envelope(b"Delivered-To: box@provider.example\r\n" + rest).forward_paths == ("articles@harbour.example",)


def test_without_a_delivery_field_our_addresses_of_to_and_cc_count_each_once():
    head = b"To: x@y.example, Desk <desk+T12@harbour.example>\r\n"
    head += b"Cc: desk+t12@harbour.example,\r\n articles@harbour.example\r\n"
    assert envelope(head).forward_paths == ("desk+t12@harbour.example", "articles@harbour.example")


def test_a_mail_to_nobody_of_us_has_no_forward_path():
    assert envelope(b"To: x@y.example\r\n").forward_paths == ()


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.sampled_from([FOREIGN, OWN, b"To: ", b"\xff", b"\0", b"(", b'"', b"<a@", b" ", b"\r\n", b"\r", b":"]))
)
def test_no_header_makes_it_fail(parts: list[bytes]):
    envelope(b"".join(parts), "mail.harbour.example")
