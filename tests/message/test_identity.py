"""Who wrote this: the rows S01-S11 and S24-S28 of the security catalogue, by id, with real signatures."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message.author.identity import Identity, identify
from mailproc.message.author.place import Trust
from mailproc.message.author.signature import DkimResult, dkim_queries, verify_dkim
from mailproc.message.field.address import strict_from
from mailproc.message.model import Address, HeaderField, Message
from mailproc.message.parse import parse

TRUST = Trust(authserv_ids=("mx.harbour.example",), received_by=("lmtp.harbour.example",))
OUR_HOP = "Received: from mx.harbour.example (mx.harbour.example [192.0.2.1]) by lmtp.harbour.example with LMTP; now"
FOREIGN_HOP = "Received: from [10.0.0.1] by out.example.org with ESMTPSA; now"
SAYS = "dkim=pass header.d=example.org; dmarc=pass header.from=example.org"
PASS = f"Authentication-Results: mx.harbour.example; {SAYS}"
KEYS = Path(__file__).resolve().parents[1] / "keys"
NOW = int(datetime.now(UTC).timestamp())  # noqa: TID251 dkimpy signs and expires by the real clock

MAIL = """\
From: Ana <ana@example.org>
To: desk@harbour.example
Subject: Re: Digest
Date: Sun, 22 Nov 2026 10:00:00 +0000
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

approve A-17
""".replace("\n", "\r\n").encode()


def a_message(*fields: str) -> Message:
    """A Message with these header fields, each unfolded, its author read from From as `parse` does."""
    pairs = [HeaderField(*(word.strip() for word in field.split(":", 1))) for field in fields]
    return Message(
        size=0,
        sha256="",
        logical_key="",
        header_fields=tuple(pairs),
        message_id=None,
        in_reply_to=(),
        references=(),
        author=strict_from([field.value for field in pairs if field.name.lower() == "from"]),
        from_shown="",
        sender=None,
        reply_to=(),
        to=(),
        cc=(),
        subject="",
        date=None,
        text="approve A-17",
        text_source="body",
        html_text=None,
        html_links=None,
        attachments=(),
        language=None,
        defects=(),
    )


def a_message_of(raw: bytes) -> Message:
    head = re.sub(rb"\r\n[ \t]+", b" ", raw.partition(b"\r\n\r\n")[0]).decode("latin-1")
    return a_message(*head.split("\r\n"))


def verdict(*fields: str, dkim: tuple[DkimResult, ...] = (), trust: Trust = TRUST) -> tuple[str | None, str, str]:
    found = identify(a_message(*fields, "From: Ana <ana@example.org>"), trust, dkim)
    return found.email, found.method, found.reason


def a_key(bits: int = 1024) -> bytes:
    return (KEYS / f"rsa{bits}.pem").read_bytes()


def a_record(bits: int = 1024, tags: bytes = b"") -> bytes:
    return (KEYS / f"rsa{bits}.record").read_bytes().strip().replace(b"k=rsa; ", b"k=rsa; " + tags)


def signed(raw: bytes = MAIL, domain: bytes = b"example.org", bits: int = 1024, **options: object) -> bytes:
    signer = dkim.DKIM(raw, signature_algorithm=options.pop("algorithm", b"rsa-sha256"))
    return signer.sign(b"sel", domain, a_key(bits), **options) + raw


def checked(
    raw: bytes, record: bytes | None = None, now: int = NOW, name: str = "sel._domainkey.example.org"
) -> tuple[DkimResult, ...]:
    return verify_dkim(raw, {name: record or a_record()}, now)


def identity_of(raw: bytes, record: bytes | None = None) -> Identity:
    return identify(a_message_of(raw), TRUST, checked(raw, record))


# Row S01


def test_S01_from_alone_never_authorises():
    assert verdict() == (None, "", "no-authentication")


@pytest.mark.parametrize("result", ["none", "dmarc=fail header.from=example.org", "dmarc=none header.from=example.org"])
def test_S01_a_field_that_does_not_say_pass_authorises_nobody(result):
    assert verdict(f"Authentication-Results: mx.harbour.example; {result}", OUR_HOP)[0] is None


def test_a_pass_of_our_own_server_authorises():
    assert verdict(PASS, OUR_HOP, FOREIGN_HOP) == ("ana@example.org", "dmarc", "dmarc-pass")


def test_our_server_may_write_its_results_below_its_own_received():
    assert verdict(OUR_HOP, PASS, FOREIGN_HOP) == ("ana@example.org", "dmarc", "dmarc-pass")


# Row S02: forged Authentication-Results


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ([OUR_HOP, FOREIGN_HOP, PASS], "ar-below-border"),
        ([FOREIGN_HOP, PASS], "ar-below-border"),
        ([OUR_HOP, f"Authentication-Results: mx.harbour.example.evil.net; {SAYS}"], "no-authentication"),
        ([OUR_HOP, f"Authentication-Results: evil.mx.harbour.example; {SAYS}"], "no-authentication"),
        ([OUR_HOP, f'Authentication-Results: "mx.harbour.example"; {SAYS}'], "no-authentication"),
        ([OUR_HOP, f"Authentication-Results: mx.harbour.example 2; {SAYS}"], "no-authentication"),
        ([OUR_HOP, f"Authentication-Results: evil.net (mx.harbour.example); {SAYS}"], "no-authentication"),
        ([OUR_HOP, f"Authentication-Results: mx.harbour.example evil.net; {SAYS}"], "no-authentication"),
        ([OUR_HOP, f"ARC-Authentication-Results: i=1; mx.harbour.example; {SAYS}"], "no-authentication"),
        ([OUR_HOP, f"X-Authentication-Results: mx.harbour.example; {SAYS}"], "no-authentication"),
        ([OUR_HOP, PASS, PASS], "ar-doubled"),
        (["Authentication-Results: mx.harbour.example; dmarc=fail header.from=example.org", PASS], "dmarc-fail"),
        (["Authentication-Results: mx.harbour.example; none", OUR_HOP, PASS], "ar-doubled"),
        (
            ["Authentication-Results: mx.harbour.example; spf=none (dmarc=pass header.from=example.org)"],
            "ar-unreadable",
        ),
        (["Authentication-Results: mx.harbour.example (dmarc=pass); dmarc=fail header.from=example.org"], "dmarc-fail"),
        (
            [f"Authentication-Results: mx.harbour.example; {SAYS}; dmarc=fail header.from=example.org"],
            "dmarc-fail",
        ),
        (["Received: from mx.harbour.example by out.example.org; now", PASS], "ar-below-border"),
        (["Received: from x ( by lmtp.harbour.example ) by out.example.org; now", PASS], "ar-below-border"),
        (["Received: from x (a \\) (b) by lmtp.harbour.example ) by out.example.org; now", PASS], "ar-below-border"),
        (["Received: from x (by lmtp.harbour.example) by out.example.org; now", PASS], "ar-below-border"),
        (["Received: from by lmtp.harbour.example", PASS], ""),
        (["Authentication-Results: mx.harbour.example; dmarc=pass (" + "(" * 5000, OUR_HOP], "ar-unreadable"),
        (["Authentication-Results: mx.harbour.example; dmarc=pass " + "x.y=z " * 5000, OUR_HOP], "ar-unreadable"),
    ],
)
def test_S02_only_the_one_field_our_server_wrote_counts(fields, reason):
    email, _, given_reason = verdict(*fields)
    if reason:
        assert (email, given_reason) == (None, reason)
    else:
        assert email == "ana@example.org"  # "by" names our own hop: the sender called itself nothing


@pytest.mark.parametrize(
    "field",
    [
        f"Authentication-Results: MX.Harbour.Example; {SAYS}",
        f"Authentication-Results: mx.harbour.example 1; {SAYS}",
        f"Authentication-Results: (a;b) mx.harbour.example (c;d) ; {SAYS}",
        f"authentication-results: mx.harbour.example; {SAYS} (p=none dis=none)",
        "Authentication-Results:mx.harbour.example; DKIM=Pass Header.D=Example.ORG; DMARC=PASS Header.From=Example.ORG",
    ],
)
def test_S02_other_spellings_of_our_own_field_count(field):
    assert verdict(OUR_HOP, field, FOREIGN_HOP)[0] == "ana@example.org"


def test_S02_results_inside_an_attached_mail_are_no_header_fields():
    message = replace(a_message(OUR_HOP, "From: ana@example.org"), text=f"{PASS}\n\napprove A-17")
    assert identify(message, TRUST).email is None


def test_without_configured_ids_no_field_counts():
    assert verdict(PASS, trust=Trust()) == (None, "", "no-authentication")


def test_without_configured_hops_only_a_field_above_every_received_counts():
    trust = Trust(authserv_ids=("mx.harbour.example",))
    assert verdict(OUR_HOP, PASS, trust=trust)[0] is None
    assert verdict(PASS, OUR_HOP, trust=trust)[0] == "ana@example.org"


# Row S03: values that look like results


@pytest.mark.parametrize(
    "results",
    [
        'dkim=fail header.d="example.org; dmarc=pass header.from=example.org"',
        'spf=fail reason="x; dkim=pass header.d=example.org" smtp.mailfrom=evil.net',
        'dkim=pass header.d="evil.net; header.d=example.org"',
        "dkim=pass header.d=evil.net header.d=example.org",
        "dkim=pass header.d=example.org header.d=evil.net",
        "dmarc=pass header.from=evil.net header.from=example.org",
        "spf=pass smtp.mailfrom=example.org@evil.net",
        'spf=pass smtp.mailfrom="x@example.org"@evil.net',
        "spf=pass smtp.helo=example.org",
        "arc=pass header.d=example.org",
        "iprev=pass policy.iprev=example.org",
        "dkim=pass",
        "dmarc=pass",
    ],
)
def test_S03_a_value_is_never_a_result(results):
    assert verdict(f"Authentication-Results: mx.harbour.example; {results}")[0] is None


def test_the_servers_results_are_told_beside_what_became_of_a_signature():
    """Whoever reads `trace` sees that results stand where they cannot be believed, also where a signature was there."""
    where = b"".join(f"{field}\r\n".encode() for field in (FOREIGN_HOP, PASS))
    good = identify(a_message_of(where + signed()), TRUST, checked(signed()))
    assert (good.method, good.reason, good.server) == ("dkim", "dkim-own-check", "ar-below-border")
    bad = identify(a_message_of(where + signed()), TRUST, checked(signed(), a_record(2048)))
    assert (bad.method, bad.reason, bad.server) == ("", "dkim-bad-signature", "ar-below-border")
    assert identity_of(signed()).server == ""


# Row S04, S05, S06: signatures that hold over something else


def test_an_aligned_signature_authorises():
    over = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type")
    assert checked(signed()) == (DkimResult("example.org", "pass", "dkim-pass", over),)
    assert identity_of(signed()) == Identity("ana@example.org", "dkim", "dkim-own-check", frozenset(over))


def test_a_changed_body_breaks_the_signature():
    assert [r.reason for r in checked(signed().replace(b"A-17", b"A-18"))] == ["dkim-bad-signature"]


def test_S04_a_signature_of_some_first_octets_is_none():
    raw = signed(length=True) + b"approve A-999\r\n"
    assert dkim.verify(raw, dnsfunc=lambda *_, **__: a_record())  # the library lets it pass
    assert [(r.status, r.reason) for r in checked(raw)] == [("refused", "dkim-length-tag")]
    assert identity_of(raw).email is None
    assert dkim_queries(raw) == ()


@pytest.mark.parametrize(
    "field",
    [
        "Subject: approve A-999",
        "To: you@example.org",
        "Date: Mon, 23 Nov 2026 10:00:00 +0000",
        "Content-Type: text/html",
        "Message-ID: <2@x>",
        "MIME-Version: 1.0",
        "content-type: x/y",
    ],
)
@pytest.mark.parametrize("place", ["above", "below"])
def test_S05_a_doubled_field_authorises_nobody(field, place):
    head, _, body = signed().partition(b"\r\n\r\n")
    extra = field.encode()
    raw = b"\r\n".join([extra, head] if place == "above" else [head, extra]) + b"\r\n\r\n" + body
    assert {r.reason for r in checked(raw)} == {"duplicate-fields"}
    assert identity_of(raw) == Identity(None, "", "duplicate-fields")


@pytest.mark.parametrize("name", ["Sender", "Reply-To", "Cc", "In-Reply-To", "References", "Content-Disposition"])
def test_S05_no_authentication_result_helps_a_doubled_field(name):
    assert verdict(PASS, f"{name}: a", f"{name}: b")[2] == "duplicate-fields"


@pytest.mark.parametrize(
    "line",
    [b"X-A: b\r\rapprove A-999", b"X-A: b\rSubject: approve A-999", b"From here on", b"no field", b"X: \0", b" lead"],
)
def test_a_header_section_two_parsers_read_differently_is_no_signed_one(line):
    lines = signed().split(b"\r\n")
    at = 0 if line == b" lead" else lines.index(b"From: Ana <ana@example.org>") + 1
    raw = b"\r\n".join([*lines[:at], line, *lines[at:]])
    assert [r.reason for r in checked(raw)] == ["dkim-malformed-header"]


@pytest.mark.parametrize("place", ["above", "below"])
def test_S06_two_from_fields_are_no_author(place):
    head, _, body = signed().partition(b"\r\n\r\n")
    extra = b"From: ben@evil.net"
    raw = b"\r\n".join([extra, head] if place == "above" else [head, extra]) + b"\r\n\r\n" + body
    assert identity_of(raw) == Identity(None, "", "from-unclear")


# Row S07, S08, S09: what From says


@pytest.mark.parametrize(
    "value",
    [
        "ana@example.org <evil@bad.example>",
        "<ana@example.org> <evil@bad.example>",
        "ana@example.org, evil@bad.example",
        "group: ana@example.org;",
        "<@evil.example:ana@example.org>",
        "ana\0@example.org",
        "=?utf-8?q?ana=40example.org?= <evil@bad.example>",
        "",
        "ana",
    ],
)
def test_S07_an_ambiguous_from_is_nobody(value):
    fields = [PASS, "Authentication-Results: other.example; none", f"From: {value}"]
    assert identify(a_message(*fields), TRUST) == Identity(None, "", "from-unclear")


def test_S08_a_display_name_is_never_the_identity():
    fields = ['From: "Ana <ana@example.org>" <evil@bad.example>', PASS.replace("example.org", "bad.example")]
    assert identify(a_message(*fields), TRUST).email == "evil@bad.example"


def test_S09_reply_to_and_sender_are_never_the_identity():
    fields = ["From: evil@bad.example", "Reply-To: ana@example.org", "Sender: ana@example.org", PASS]
    assert identify(a_message(*fields), TRUST).email is None


# Row S10: look-alikes


@pytest.mark.parametrize(
    ("domain", "ours"),
    [
        ("example.org", True),
        ("EXAMPLE.org", True),
        ("mail.example.org", True),
        ("b\u00fccher.example", True),
        ("xn--bcher-kva.example", True),
        ("\u043f\u0440\u0438\u043c\u0435\u0440.example", True),  # all Cyrillic
        ("\u03c0\u03b1\u03c1\u03ac\u03b4\u03b5\u03b9\u03b3\u03bc\u03b1.example", True),  # all Greek
        ("\u65e5\u672c\u30c6\u30b9\u30c8.example", True),  # Han and Katakana
        ("\u0435xample.org", False),  # Cyrillic ie
        ("ex\u0430mple.org", False),
        ("examp\u04cfe.org", False),
        ("example.\u043erg", False),
        ("ex\u03b1mple.org", False),  # Greek alpha
        ("xn--xample-2of.org", False),  # the first of these as A-label
        ("xn--exmple-4nf.org", False),
        ("example\u0581.org", False),  # Armenian
        ("xn--\x7f.org", False),
        ("xn--a.org", False),
        ("-.org", False),
        ("[192.0.2.1]", False),
        ("192.0.2.1", False),
    ],
)
def test_S10_a_domain_that_mixes_look_alike_scripts_is_nobody(domain, ours):
    message = replace(a_message("From: x@y"), author=Address("Ana", f"ana@{domain.lower()}"))
    found = identify(message, TRUST, (DkimResult(domain.lower(), "pass", "dkim-pass"),))
    assert (found.email is not None) is ours
    assert found.email is None or found.email.isascii()


def test_S10_both_spellings_of_one_domain_are_one_identity():
    results = (DkimResult("xn--bcher-kva.example", "pass", "dkim-pass"),)
    emails = {
        identify(replace(a_message("From: x@y"), author=Address("", f"ana@{domain}")), TRUST, results).email
        for domain in ("b\u00fccher.example", "xn--bcher-kva.example")
    }
    assert emails == {"ana@xn--bcher-kva.example"}


# Row S11


@pytest.mark.parametrize("email", ["ana+x@example.org", "a.na@example.org", "anna@example.org"])
def test_S11_variants_of_a_local_part_stay_what_they_are(email):
    assert identify(a_message(f"From: {email}", PASS), TRUST).email == email


# Row S24, S25, S26


@pytest.mark.parametrize("email", ["desk@harbour.example", "Desk+Rsecret@Harbour.example", "desk+a+b@harbour.example"])
def test_S24_mail_from_our_own_address_is_nobodys(email):
    trust = replace(TRUST, own_addresses=("desk@harbour.example",))
    fields = [f"From: {email}", PASS.replace("example.org", "harbour.example")]
    assert identify(a_message(*fields), trust) == Identity(None, "", "own-address")
    assert identify(a_message(*fields), TRUST).email == email.lower()


def test_S25_what_a_list_sends_on_is_nobodys():
    assert verdict(PASS, "List-Id: <talk.example.org>")[2] == "list-mail"


def test_S25_a_footer_of_a_list_breaks_the_signature():
    assert identity_of(signed() + b"-- \r\ntalk mailing list\r\n").reason == "dkim-bad-signature"


def test_S26_arc_is_not_consulted():
    fields = [
        "ARC-Seal: i=1; cv=none; d=forwarder.example",
        "ARC-Authentication-Results: i=1; mx.harbour.example; dmarc=pass header.from=example.org",
        "Authentication-Results: mx.harbour.example; arc=pass (i=1 dmarc=pass) header.from=example.org",
    ]
    assert verdict(*fields)[0] is None


# Row S27: our policy on signatures and keys


@pytest.mark.parametrize(
    ("raw", "record", "reason"),
    [
        (lambda: signed(bits=512), lambda: a_record(512), "dkim-weak-key"),
        (lambda: signed(bits=768), lambda: a_record(768), "dkim-weak-key"),
        (lambda: signed(algorithm=b"rsa-sha1"), a_record, "dkim-algorithm"),
        (signed, lambda: a_record(tags=b"t=y; "), "dkim-test-key"),
        (signed, lambda: a_record(tags=b"t=s:y; "), "dkim-test-key"),
        (signed, lambda: a_record(tags=b"s=tlsrpt; "), "dkim-key-service"),
        (signed, lambda: a_record(tags=b"h=sha1; "), "dkim-key-hash"),
        (signed, lambda: a_record(tags=b"h=sha1:x-new; "), "dkim-key-hash"),
        (signed, lambda: a_record(tags=b"h=; "), "dkim-key-hash"),
        (signed, lambda: a_record().replace(b"DKIM1", b"DKIM2"), "dkim-bad-key"),
        (signed, lambda: a_record().replace(b"k=rsa", b"k=ed25519"), "dkim-malformed"),
        (lambda: signed(identity=b"ana@mail.example.org"), lambda: a_record(tags=b"t=s; "), "dkim-key-strict"),
        (lambda: signed(identity=b"@a.example.org"), lambda: a_record(tags=b"t= x : S; "), "dkim-key-strict"),
        (signed, lambda: b"v=DKIM1; p=", "dkim-key-revoked"),
        (signed, lambda: b"v=DKIM1; p=AAAA", "dkim-malformed"),
        (signed, lambda: b"\xff\xfe", "dkim-bad-key"),
        (signed, lambda: a_record(2048), "dkim-bad-signature"),
    ],
)
def test_S27_weak_or_testing_signatures_authorise_nobody(raw, record, reason):
    assert [r.reason for r in checked(raw(), record())] == [reason]
    assert identity_of(raw(), record()) == Identity(None, "", reason)


@pytest.mark.parametrize(
    ("identity", "tags"),
    [
        (None, b"t=s; "),
        (b"ana@example.org", b"t=s; "),
        (b"ana@mail.example.org", b""),
        (b"ana@mail.example.org", b"t=x; "),
        (b"ana@mail.example.org", b"h=sha1 : sha256; "),
    ],
)
def test_what_a_key_allows_authorises(identity, tags):
    assert [r.reason for r in checked(signed(identity=identity), a_record(tags=tags))] == ["dkim-pass"]


def test_S27_an_expired_signature_authorises_nobody():
    bare = signed().replace(b"t=%d" % NOW, b"t=1")
    expired = re.sub(rb" t=(\d+);", lambda m: m.group() + b" x=%d;" % (NOW - 60), bare, count=1)
    assert [r.reason for r in checked(expired)] == ["dkim-expired"]


def test_S27_a_misaligned_signature_authorises_nobody():
    raw = signed(domain=b"evil.net")
    results = checked(raw, name="sel._domainkey.evil.net")
    assert [r.status for r in results] == ["pass"]
    assert identify(a_message_of(raw), TRUST, results) == Identity(None, "", "dkim-misaligned")


def test_S27_a_signature_without_from_is_refused():
    raw = re.sub(rb"h=[^;]*;", b"h=subject : date;", signed(), count=1)
    assert [r.reason for r in checked(raw)] == ["dkim-from-unsigned"]


@pytest.mark.parametrize(
    ("signer", "author", "aligned"),
    [
        ("example.org", "mail.example.org", True),
        ("mail.example.org", "example.org", True),
        ("a.example.org", "b.example.org", True),
        ("EXAMPLE.ORG", "example.org", True),
        ("notexample.org", "example.org", False),
        ("org", "example.org", False),
        ("co.uk", "shop.co.uk", False),
        ("github.io", "co.uk", False),
        ("one.co.uk", "two.co.uk", False),
        ("ana.github.io", "ben.github.io", False),
        ("192.0.2.1", "198.51.2.1", False),
        ("", "example.org", False),
    ],
)
def test_alignment_is_by_organisational_domain(signer, author, aligned):
    found = identify(a_message(f"From: ana@{author}"), TRUST, (DkimResult(signer.lower(), "pass", "dkim-pass"),))
    assert (found.email is not None) is aligned


def test_a_key_that_did_not_come_is_no_pass():
    assert verify_dkim(signed(), {}, NOW) == (DkimResult("example.org", "fail", "dkim-no-key"),)


def test_a_second_signature_may_be_the_aligned_one():
    raw = signed(signed(), domain=b"relay.net")
    keys = dict.fromkeys(dkim_queries(raw), a_record())
    assert list(keys) == ["sel._domainkey.relay.net", "sel._domainkey.example.org"]
    assert identify(a_message_of(raw), TRUST, verify_dkim(raw, keys, NOW)).method == "dkim"


def test_at_most_three_keys_are_asked_for():
    raw = MAIL
    for n in range(5):
        raw = signed(raw, domain=b"d%d.net" % n)
    assert len(dkim_queries(raw)) == 3
    assert len(verify_dkim(raw, {}, NOW)) == 3


@pytest.mark.parametrize("tags", [b"d=a b.org; s=x", b"d=..; s=x", b"d=example.org; s=../etc", b"d=x; d=y; s=z", b""])
def test_a_name_that_is_none_is_never_asked_for(tags):
    field = b"DKIM-Signature: v=1; a=rsa-sha256; h=from; bh=; b=; " + tags + b"\r\n"
    assert dkim_queries(field + MAIL) == ()


def test_our_own_check_does_not_overrule_our_servers_dmarc_fail():
    results = (DkimResult("example.org", "pass", "dkim-pass"),)
    failed = (
        "Authentication-Results: mx.harbour.example; dmarc=fail header.from=example.org; dkim=pass header.d=example.org"
    )
    assert verdict(failed, dkim=results) == (None, "", "dmarc-fail")
    assert verdict("Authentication-Results: mx.harbour.example; none", dkim=results)[1] == "dkim"


# Row S28


@pytest.mark.parametrize(
    ("results", "method"),
    [
        ("spf=pass smtp.mailfrom=example.org", "spf"),
        ("spf=pass smtp.mailfrom=bounce@news.example.org", "spf"),
        ("spf=pass smtp.mailfrom=evil.net", ""),
        ("spf=softfail smtp.mailfrom=example.org", ""),
        ("dkim=pass header.d=example.org header.s=sel header.b=abc", "dkim"),
        ("dkim=pass header.i=@news.example.org header.s=sel", "dkim"),
        ("dkim=fail header.d=example.org; dkim=pass header.d=example.org", "dkim"),
        ("dkim=pass header.d=evil.net header.i=@example.org", ""),
        ("spf=pass smtp.mailfrom=evil.net; dkim=pass header.d=example.org", "dkim"),
    ],
)
def test_S28_a_pass_needs_alignment(results, method):
    assert verdict(f"Authentication-Results: mx.harbour.example; {results}")[1] == method


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_no_field_however_broken_raises(first, second):
    values = [f"mx.harbour.example; {first}", second]
    fields = tuple(HeaderField("Authentication-Results", value) for value in values)
    message = replace(a_message("From: ana@example.org"), header_fields=(HeaderField("Received", second), *fields))
    assert isinstance(identify(message, replace(TRUST, received_by=("",))), Identity)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=120), st.binary(max_size=120))
def test_no_signature_however_broken_raises_or_passes(field, record):
    raw = b"DKIM-Signature: v=1; a=rsa-sha256; h=from; d=example.org; s=sel; bh=x; b=" + field + b"\r\n" + MAIL
    keys = {"sel._domainkey.example.org": b"p=" + record}
    assert all(result.status != "pass" for result in verify_dkim(raw, keys, NOW))


def test_S02_a_senders_own_results_below_our_border_do_not_count_whatever_received_by_says():
    """The MX wrote only its Received field; the Authentication-Results below it came with the mail."""
    for received_by in ((), ("mx.harbour.example",), ("lmtp.harbour.example", "mx.harbour.example")):
        raw = (
            b"Received: from x.example by lmtp.harbour.example with LMTP; Sat, 21 Nov 2026 09:12:45 +0000\r\n"
            b"Received: from evil.example by mx.harbour.example with ESMTP; Sat, 21 Nov 2026 09:12:44 +0000\r\n"
            b"Authentication-Results: mx.harbour.example; dmarc=pass header.from=poole.example\r\n"
            b"From: jo@poole.example\r\nMessage-ID: <f1@poole.example>\r\n\r\nwithdraw A-13\r\n"
        )
        found = identify(parse(raw)[0], Trust(("mx.harbour.example",), received_by))
        assert (found.email, found.reason) == (None, "ar-below-border")


def test_S02_results_above_the_border_count_below_the_hops_behind_it():
    raw = (
        b"Received: from mx.harbour.example by lmtp.harbour.example with LMTP; Sat, 21 Nov 2026 09:12:45 +0000\r\n"
        b"Authentication-Results: mx.harbour.example; dmarc=pass header.from=poole.example\r\n"
        b"Received: from a.example by mx.harbour.example with ESMTP; Sat, 21 Nov 2026 09:12:44 +0000\r\n"
        b"From: jo@poole.example\r\nMessage-ID: <f2@poole.example>\r\n\r\nHello\r\n"
    )
    message = parse(raw)[0]
    assert identify(message, Trust(("mx.harbour.example",), ("lmtp.harbour.example",))).email == "jo@poole.example"
    assert identify(message, Trust(("mx.harbour.example",))).reason == "ar-below-border"
