from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailproc.message.field.hops import hops

TWO = (
    b"Received: from relay.example.net (relay.example.net [192.0.2.77]) by mx.harbour.example with ESMTPS id 2;"
    b" Sat, 21 Nov 2026 09:20:00 +0000\r\n"
    b"Received: from mail.example.net (mail.example.net [192.0.2.10]) by relay.example.net with ESMTPS id 1;"
    b" Sat, 21 Nov 2026 09:12:44 +0000\r\n"
    b"From: Jo Poole <jo@poole.example>\r\n\r\nHello\r\n"
)


def test_the_hops_stand_in_the_order_that_the_mail_took():
    first, second = hops(TWO)
    assert "mail.example.net" in first.sender
    assert "mx.harbour.example" in second.by
    assert second.waited_seconds == 7 * 60 + 16


@given(st.binary(max_size=300))
def test_no_octets_raise(octets):
    assert isinstance(hops(b"Received: " + octets), tuple)


def test_a_mail_without_received_fields_has_no_hops():
    assert hops(b"From: jo@poole.example\r\n\r\n") == ()
