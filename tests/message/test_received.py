"""Received fields as mail servers write them, and as a client that names itself cleverly makes them write."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message.author.identity import identify
from mailproc.message.author.place import Trust
from mailproc.message.field.envelope import envelope_of
from mailproc.message.field.hops import hops
from mailproc.message.field.received import Received, received
from mailproc.message.parse import parse

WRITTEN = {
    "Postfix": (
        (
            "from out.poole.example (out.poole.example [192.0.2.10]) (using TLSv1.3 with cipher TLS_AES_256_GCM "
            "(256/256 bits) key-exchange X25519) (No client certificate requested) by mx.harbour.example (Postfix) "
            "with ESMTPS id 4C1 for <desk@harbour.example>; Sun, 22 Nov 2026 09:00:00 +0000 (UTC)"
        ),
        ("mx.harbour.example", "esmtps", True),
    ),
    "Postfix, a login": (
        (
            "from laptop (unknown [192.0.2.9]) (Authenticated sender: ana) by mx.harbour.example (Postfix) with "
            "ESMTPSA id 4C2; now"
        ),
        ("mx.harbour.example", "esmtpsa", False),
    ),
    "Postfix, a local user": (
        "by mx.harbour.example (Postfix, from userid 1000) id 4C3; now",
        ("mx.harbour.example", "", False),
    ),
    "Exim": (
        (
            "from [2001:db8::7] (helo=out.poole.example) by mx.harbour.example with esmtps (TLS1.3) tls TLS_AES_256 "
            "(Exim 4.96) (envelope-from <jo@poole.example>) id 1p-02 for desk@harbour.example; now"
        ),
        ("mx.harbour.example", "esmtps", True),
    ),
    "Sendmail": (
        (
            "from out.poole.example (out.poole.example [192.0.2.10] (may be forged)) by mx.harbour.example "
            "(8.17.1.9/8.17.1.9/Debian-2) with ESMTPS id 3AM (version=TLSv1.3 cipher=x bits=256 verify=NO) for <d>; now"
        ),
        ("mx.harbour.example", "esmtps", True),
    ),
    "Sendmail, a local user": (
        "(from ana@localhost) by mx.harbour.example (8.17.1.9/Submit) id 3AM; now",
        ("mx.harbour.example", "", False),
    ),
    "OpenSMTPD": (
        (
            "from out.poole.example (out.poole.example [192.0.2.10]) by mx.harbour.example (OpenSMTPD) with ESMTPS "
            "id 7f (TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO) for <desk@harbour.example>; now"
        ),
        ("mx.harbour.example", "esmtps", True),
    ),
    "Dovecot": (
        "from mx.harbour.example by mx.harbour.example with LMTP id A (envelope-from <jo@poole.example>) for <d>; x",
        ("mx.harbour.example", "lmtp", False),
    ),
    "Dovecot, newer": (
        "from mx.harbour.example ([127.0.0.1]) by store with LMTPS id AbC (envelope-from <x@y>) for <d@x>; now",
        ("store", "lmtps", False),
    ),
    "Cyrus": (
        "from mx.harbour.example ([10.2.2.1]) by slot1m (Cyrus 3.6.1-Debian) with LMTPA; now",
        ("slot1m", "lmtpa", False),
    ),
    "qmail": (
        "from unknown (HELO out.poole.example) (jo@192.0.2.10) by mx.harbour.example with SMTP; 22 Nov 2026 09:00",
        ("mx.harbour.example", "smtp", True),
    ),
    "qmail, a local one": ("(qmail 4123 invoked by uid 89); 22 Nov 2026 09:00:00 -0000", ("", "", False)),
    "Exchange": (
        (
            "from AM0.prod.office.example (2001:db8::1) by AM9.prod.office.example (2001:db8::2) with Microsoft SMTP "
            "Server (version=TLS1_2, cipher=x) id 15.20; now"
        ),
        ("am9.prod.office.example", "microsoft", False),
    ),
    "Gmail": (
        (
            "from out.poole.example (out.poole.example. [192.0.2.10]) by mx.bigmail.example with ESMTPS id b1 for <d> "
            "(version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256); Sun, 22 Nov 2026 09:00:01 -0800 (PST)"
        ),
        ("mx.bigmail.example", "esmtps", True),
    ),
    "Gmail, within": ("by 2002:a17:906:1 with SMTP id a1csp; now", ("2002:a17:906:1", "smtp", False)),
    "from a network of ours": (
        "from x (x [10.1.2.3]) by mx.harbour.example with ESMTP id 1; now",
        (..., "esmtp", False),
    ),
    "from the machine itself": (
        "from x (x [IPv6:::1]) by mx.harbour.example with ESMTP id 1; now",
        (..., "esmtp", False),
    ),
    "from a v4 address in v6": (
        "from x (x [IPv6:::ffff:127.0.0.1]) by mx.harbour.example with ESMTP id 1; now",
        (..., "esmtp", False),
    ),
}


@pytest.mark.parametrize("server", WRITTEN)
def test_what_mail_servers_write_is_read(server):
    value, (by, protocol, outside) = WRITTEN[server]
    found = received(value)
    assert (found.by, found.protocol) == ("mx.harbour.example" if by is ... else by, protocol)
    assert found.is_from_outside is outside
    assert found.is_sure is (by != "" and "invoked by" not in value)


# What a client may say of itself, and where else words of strangers stand. The true server is mx.evil.example.

BENT = [
    "from x by store.harbour.example with LMTP (evil [192.0.2.66]) by mx.evil.example with ESMTP id 1; now",
    "from x by store.harbour.example (evil [192.0.2.66]) by mx.evil.example with ESMTP id 1; now",
    "from x (a) by store.harbour.example with LMTP id 2 (evil [192.0.2.66]) by mx.evil.example with ESMTP id 1; now",
    "from x by store.harbour.example with LMTP ( (evil [192.0.2.66]) by mx.evil.example with ESMTP id 1; now",
    "from x by store.harbour.example with LMTP ( (evil) by mx.evil.example with SMTP for <desk+)@harbour.example>; now",
    "from x (evil) by mx.evil.example with ESMTP (envelope-from <a) by store.harbour.example with LMTP (b@x>); now",
    "from x by mx.evil.example with ESMTP (envelope-from <a) by store.harbour.example with LMTP (b@x>); now",
    "from x BY store.harbour.example (evil) bY mx.evil.example; now",
    "from x\tby\tstore.harbour.example\t(evil)\tby mx.evil.example; now",
    "from by by store.harbour.example with LMTP by mx.evil.example with SMTP; now",
    "from x (by store.harbour.example) by mx.evil.example with ESMTP; now",
    "(by store.harbour.example with LMTP); now",
    "from x; by store.harbour.example with LMTP",
    "from x by \u017ftore.harbour.example with LMTP; now",
    "from x " + "a " * 5000 + "by store.harbour.example with LMTP; now",
]
TRUST = Trust(("mx.harbour.example",), ("store.harbour.example",))


@pytest.mark.parametrize("value", BENT)
def test_S106_a_client_that_names_itself_after_a_host_of_ours_moves_no_border(value):
    passes = "dkim=pass header.d=poole.example; dmarc=pass header.from=poole.example"
    results = f"Authentication-Results: mx.harbour.example; {passes}"
    mail = f"Received: {value}\nReturn-Path: <jo@poole.example>\n{results}\nFrom: jo@poole.example\n\nwithdraw A-1\n"
    assert identify(parse(mail.encode())[0], TRUST).email is None
    assert envelope_of(mail.encode(), lambda _: False, TRUST.received_by).reverse_path is None


@pytest.mark.parametrize("value", BENT[:5])
def test_by_is_read_behind_the_tcp_information(value):
    found = received(value)
    assert not found.is_sure
    if "( (" not in value:
        assert found.by == "mx.evil.example"
        [hop] = hops(f"Received: {value}\n\n".encode())
        assert hop.by == "mx.evil.example"


def test_a_helo_name_with_blanks_is_a_name():
    value = "from the desk by the window (laptop [192.0.2.9]) by mx.harbour.example with ESMTP id 1; now"
    found = received(value)
    assert (found.by, found.protocol, found.sender) == (
        "mx.harbour.example",
        "esmtp",
        "the desk by the window (laptop [192.0.2.9])",
    )


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(["from", "by", "with", "via", "LMTP", "(", ")", "\\", ";", "x", "[", "1.2.3.4", "::1", "\n"])
    )
)
def test_no_field_raises(words):
    assert isinstance(received(" ".join(words)), Received)
    assert isinstance(received("".join(words)), Received)
