"""Where our own mail servers end: what doctor proposes for mail as big providers and servers of one's own write it.

The shapes are theirs, the names are invented.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mailproc.message.author.border import Border, Traced, propose
from mailproc.message.author.identity import identify
from mailproc.message.author.place import Trust
from mailproc.message.model import HeaderField
from mailproc.message.parse import parse

SENDERS = ("poole.example", "gangway.example", "sluice.example", "lock.example")
Shape = Callable[[int, str], str]


def like_gmail(n: int, sender: str) -> str:
    """Results below the Received field of the server that writes them, and copies of them under ARC names on top."""
    return f"""\
Delivered-To: desk@harbour.example
Received: by 2001:db8:a17:90b::{n} with SMTP id a{n}csp; Sun, 22 Nov 2026 09:00:02 -0800 (PST)
X-Received: by 2001:db8:6a00:4c::{n} with SMTP id k{n}; Sun, 22 Nov 2026 09:00:01 -0800 (PST)
ARC-Authentication-Results: i=1; mx.bigmail.example; dmarc=pass header.from={sender}
Return-Path: <x@{sender}>
Received: from out.{sender} (out.{sender}. [192.0.2.{n}]) by mx.bigmail.example with ESMTPS id b{n}
 for <desk@harbour.example>; Sun, 22 Nov 2026 09:00:01 -0800 (PST)
Received-SPF: pass (bigmail.example: domain of x@{sender} designates 192.0.2.{n} as permitted sender)
Authentication-Results: mx.bigmail.example; dkim=pass header.i=@{sender}; dmarc=pass header.from={sender}
"""


def like_outlook(n: int, sender: str) -> str:
    """Results without an authserv-id."""
    return f"""\
Received: from AM{n}.prod.office.example (2001:db8::{n}) by VI{n}.prod.office.example with HTTPS; now
Received: from AM0.prod.office.example (2001:db8::1) by AM{n}.prod.office.example with Microsoft SMTP Server
 (version=TLS1_2); now
Authentication-Results: spf=pass (sender IP is 192.0.2.{n}) smtp.mailfrom={sender}; dkim=pass (signature was
 verified) header.d={sender};dmarc=pass action=none header.from={sender};compauth=pass reason=100
Received: from out.{sender} (192.0.2.{n}) by AM0.mail.protection.office.example with Microsoft SMTP Server; now
"""


def like_fastmail(n: int, sender: str) -> str:
    """Several servers at the border, each with its own name; the store behind them."""
    mx = f"mx{n % 3 + 1}.messages.example"
    return f"""\
Received: from phl-compute-0{n % 4} (phl-compute-0{n % 4}.nyi [10.202.2.1]) by slot{n % 2}m (Cyrus 3.11) with LMTPA; now
X-Cyrus-Session-Id: slot-{n}
Received: from {mx} ([10.202.2.200]) by phl-compute.messages.example (Cyrus) with LMTPA; now
Authentication-Results: {mx}; dkim=pass (2048-bit rsa key) header.d={sender}; dmarc=pass header.from={sender}
Received-SPF: pass ({sender}: 192.0.2.{n} is authorized)
Received: from out.{sender} (out.{sender} [192.0.2.{n}]) by {mx} (Postfix) with ESMTPS; now
"""


def like_mailbox_org(n: int, sender: str) -> str:
    """A filter writes the results; two hops to the store."""
    return f"""\
Return-Path: <x@{sender}>
Delivered-To: desk@harbour.example
Received: from director-0{n % 3}.boxes.example ([10.0.0.{n}]) by dobby.boxes.example with LMTP id Q{n}; now
Received: from mx1.boxes.example ([80.0.0.1]) by director.boxes.example with LMTPS id R{n}; now
Authentication-Results: mx1.boxes.example; dkim=pass header.d={sender} header.s=s1; dmarc=pass header.from={sender}
Received: from out.{sender} (out.{sender} [192.0.2.{n}]) by mx1.boxes.example (Postfix) with ESMTPS id S{n}; now
"""


def like_our_own(n: int, sender: str) -> str:
    """Postfix, OpenDMARC and Dovecot's LMTP on one machine: the store calls itself as the border does."""
    return f"""\
Return-Path: <x@{sender}>
Delivered-To: desk@harbour.example
Received: from mail.harbour.example by mail.harbour.example with LMTP id {n}
 for <desk@harbour.example>; now
Authentication-Results: mail.harbour.example; dkim=pass header.d={sender}; dmarc=pass (p=none) header.from={sender}
Received: from out.{sender} (out.{sender} [192.0.2.{n}]) by mail.harbour.example (Postfix) with ESMTPS id T{n}; now
"""


def like_opendkim_beside_opendmarc(n: int, sender: str) -> str:
    """Two programs, two fields of one name."""
    again = "Authentication-Results: mail.harbour.example; dkim=pass header.d={}\n"
    return like_our_own(n, sender).replace("Received: from out", again.format(sender) + "Received: from out")


def like_opendkim_alone(n: int, sender: str) -> str:
    """It writes nothing into mail that bears no signature, and there a sender's own field stands first."""
    signature = f"DKIM-Signature: v=1; d={sender}; s=x; b=abc\n"
    if n % 3:
        return like_our_own(n, sender) + signature
    hop = "Received: from out.{0} (out.{0} [192.0.2.{1}]) by mail.harbour.example (Postfix) with ESMTP id V{1}; now\n"
    return like_our_own(n, sender).partition("Authentication")[0] + hop.format(sender, n) + FORGED.format(sender)


def like_a_store_with_a_short_name(n: int, sender: str) -> str:
    """The store's host has no domain."""
    return like_our_own(n, sender).replace("by mail.harbour.example with LMTP", "by mail with LMTP")


def like_an_inner_relay(n: int, sender: str) -> str:
    """The border hands on by SMTP, from a public address."""
    hop = "Received: from mx.harbour.example (mx [198.51.100.1]) by store.harbour.example with ESMTP; now\n"
    border = f"Received: from out.{sender} (x [192.0.2.{n}]) by mx.harbour.example with ESMTPS id {n}; now\n"
    said = f"Authentication-Results: mx.harbour.example; dkim=pass header.d={sender}; dmarc=pass header.from={sender}\n"
    return f"{hop}{said}{border}"


def like_rspamd(n: int, sender: str) -> str:
    """Below Postfix's own Received field, in each mail from outside."""
    return f"""\
Received: from mail.harbour.example by mail.harbour.example with LMTP id {n}; now
Received: from out.{sender} (out.{sender} [192.0.2.{n}]) by mail.harbour.example (Postfix) with ESMTPS id T{n}; now
Authentication-Results: mail.harbour.example; dkim=none; spf=none; dmarc=pass (policy=reject) header.from={sender}
"""


FORGED = "Authentication-Results: out.{0}; dmarc=pass header.from={0}\n"


def like_a_server_without_results(n: int, sender: str) -> str:
    """Only the sender's own servers wrote results."""
    own = f"Authentication-Results: out.{sender}; auth=pass smtp.auth=x\n" if sender == SENDERS[0] else ""
    return f"Received: from out.{sender} by mail.harbour.example with ESMTPS id U{n}; now\n{own}"


def traced(shape: Shape, mails: int = 20, senders: tuple[str, ...] = SENDERS) -> list[Traced]:
    found = []
    for n in range(1, mails + 1):
        sender = senders[n % len(senders)]
        head = shape(n, sender) + f"From: X <x@{sender}>\nSubject: {n}\n\n"
        found.append(Traced(n, parse(head.encode())[0].header_fields, sender))
    return found


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (like_gmail, ("below-its-received", ("mx.bigmail.example",), ())),
        (like_outlook, ("without-a-name", (), ())),
        (
            like_fastmail,
            (
                "",
                ("mx2.messages.example", "mx3.messages.example", "mx1.messages.example"),
                ("phl-compute.messages.example", "slot0m", "slot1m"),
            ),
        ),
        (like_mailbox_org, ("", ("mx1.boxes.example",), ("director.boxes.example", "dobby.boxes.example"))),
        (like_our_own, ("", ("mail.harbour.example",), ("mail.harbour.example",))),
        (like_opendkim_beside_opendmarc, ("", ("mail.harbour.example",), ("mail.harbour.example",))),
        (like_opendkim_alone, ("", ("mail.harbour.example",), ("mail.harbour.example",))),
        (like_a_store_with_a_short_name, ("", ("mail.harbour.example",), ("mail",))),
        (like_an_inner_relay, ("", ("mx.harbour.example",), ("store.harbour.example",))),
        (like_rspamd, ("", ("mail.harbour.example",), ("mail.harbour.example",))),
    ],
)
def test_what_is_proposed_for_mail_as_others_write_it(shape, expected):
    found = propose(traced(shape))
    assert (found.reason, found.authserv_ids, found.received_by) == expected
    assert found.left_in == ()


@pytest.mark.parametrize("shape", [like_fastmail, like_mailbox_org, like_our_own, like_an_inner_relay])
def test_what_is_proposed_is_then_believed(shape):
    found = propose(traced(shape))
    trust = Trust(found.authserv_ids, found.received_by)
    for n in range(1, 9):
        message = parse((shape(n, "poole.example") + "From: jo@poole.example\n\nHello\n").encode())[0]
        assert identify(message, trust).reason == "dmarc-pass"


@pytest.mark.parametrize("shape", [like_gmail, like_outlook, like_fastmail, like_mailbox_org, like_our_own])
def test_S02_whatever_is_proposed_a_senders_own_field_is_not_believed(shape):
    """Even where the server wrote no results into that mail: the sender's stand below its Received field."""
    honest = propose(traced(shape))
    for name in honest.authserv_ids or ("mx.bigmail.example",):
        trust = Trust((name,), honest.received_by)
        lines = shape(3, "poole.example").replace("\n ", " ").splitlines(keepends=True)
        without = "".join(line for line in lines if not line.startswith(("Authentication-Results", "ARC-")))
        forged = f"{without}Authentication-Results: {name}; dmarc=pass header.from=poole.example\n"
        message = parse(f"{forged}From: jo@poole.example\n\nHello\n".encode())[0]
        assert identify(message, trust).email is None


def test_S02_a_name_that_senders_wrote_is_not_proposed():
    assert propose(traced(like_a_server_without_results)).reason == "not-in-all"
    flooded = traced(like_a_server_without_results, 200, (SENDERS[0],)) + traced(like_a_server_without_results)
    assert propose(flooded).reason == "not-in-all"

    def many(n: int, _: str) -> str:
        return like_a_server_without_results(n, SENDERS[0])

    assert propose(traced(many)).reason == "below-another"

    def forger(n: int, sender: str) -> str:
        head = like_a_server_without_results(n, sender).partition("Auth")[0]
        return head + "Authentication-Results: mail.harbour.example; dmarc=pass\n"

    assert propose(traced(forger, 200)).reason == "below-its-received"


def test_S02_a_server_that_leaves_fields_of_its_own_name_in_is_named():
    mails = traced(like_our_own)
    forged = like_our_own(7, "evil.example") + "Authentication-Results: mail.harbour.example; dmarc=pass\n"
    odd = Traced(77, parse((forged + "From: x@evil.example\n\n").encode())[0].header_fields, "evil.example")
    found = propose([*mails, odd])
    assert (found.authserv_ids, found.left_in) == (("mail.harbour.example",), (77,))


@pytest.mark.parametrize("mails", [traced(like_our_own, 9), traced(like_our_own, 50, SENDERS[:2]), []])
def test_few_mails_or_few_senders_tell_nothing(mails):
    assert propose(mails) == Border(min(len(mails), 10), "too-few")


def test_mail_without_any_results_says_so():
    def bare(n: int, sender: str) -> str:
        return f"Received: from out.{sender} by mail.harbour.example with ESMTPS id {n}; now\n"

    assert propose(traced(bare)).reason == "no-results"


def test_some_mails_of_our_own_users_without_results_are_no_obstacle():
    mails = traced(like_our_own, 40)
    inside = [Traced(90 + n, (), "harbour.example") for n in range(4)]
    found = propose([*mails, *inside[:2]])
    assert (found.reason, found.agree, found.mails) == ("", 20, 22)
    signed = [replace(mail, fields=(HeaderField("DKIM-Signature", "x"),)) for mail in inside]
    assert propose([*mails, *signed]).reason == "not-in-all"  # they had something that could be told


@pytest.mark.parametrize(
    ("shape", "setup", "hosts"),
    [
        (like_our_own, "one-above", ()),
        (like_opendkim_alone, "one-above", ()),
        (like_opendkim_beside_opendmarc, "run-above", ()),
        (like_rspamd, "below", ("mail.harbour.example",)),
    ],
)
def test_S105_which_set_up_it_is(shape, setup, hosts):
    found = propose(traced(shape))
    assert (found.setup, found.border, found.left_in) == (setup, hosts, ())


def test_a_name_without_a_domain_is_anothers_unless_the_operator_knows_it_or_it_takes_mail_by_lmtp():
    def short(n: int, sender: str) -> str:
        return like_a_store_with_a_short_name(n, sender).replace("with LMTP", "with ESMTP")

    assert propose(traced(short)).reason == "below-another"
    assert propose(traced(short), ("Mail",)).reason == ""


def test_S110_what_stands_below_is_proposed_only_if_all_mails_from_outside_bear_it():
    mails = traced(like_rspamd, 40)
    bare = [replace(mail, fields=mail.fields[:2]) for mail in mails[:5]]
    assert propose([*bare, *mails[5:]]).reason == "not-in-all"


def test_S110_forged_fields_do_not_make_another_set_up_of_ours():
    """However many send a field of our name, it stands below; ours stand above."""

    def forged(n: int, sender: str) -> str:
        hop = f"Received: from x (x [192.0.2.{n}]) by mail.harbour.example (Postfix) with ESMTP id V{n}; now\n"
        return f"{hop}Authentication-Results: mail.harbour.example; dmarc=pass header.from={sender}\n"

    floods = traced(forged, 60, tuple(f"s{n}.example" for n in range(12)))
    found = propose([*floods, *traced(like_our_own)])
    assert (found.reason, found.setup, len(found.left_in)) == ("", "one-above", 60)
