"""Results below the border's own Received field: rows S110 and S111, header sections as Postfix and rspamd write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailproc.message.author.identity import identify
from mailproc.message.author.place import Proven, Trust
from mailproc.message.author.probe import SPELLINGS, Token, compose, found, is_timely, token_of
from mailproc.message.parse import parse

MX = "mx.harbour.example"
AT = datetime(2026, 11, 30, 7, 30, tzinfo=UTC)
PROVEN = Proven(MX, frozenset({MX}), 1)
TRUST = Trust((MX,), ("store.harbour.example",), border=(MX,), proven=(PROVEN,))

LMTP = "Received: from mx.harbour.example by store.harbour.example with LMTP id 1; Mon, 30 Nov 2026 07:30:18 +0000\n"
HOP = (  # verbatim but for the id
    "Received: from {client}\n\tby mx.harbour.example (Postfix) with {how} id 6E3E2289027\n"
    "\tfor <desk@harbour.example>; Mon, 30 Nov 2026 07:30:17 +0000 (UTC)\n"
)
OUTSIDE = HOP.format(client="mail.member.example (mail.member.example [192.0.2.10])", how="ESMTP")
STRANGER = HOP.format(client="out.elsewhere.example (out.elsewhere.example [198.51.100.66])", how="ESMTP")
WRITTEN = (
    "Authentication-Results: mx.harbour.example;\n\tdkim=pass header.d=member.example header.s=sel header.b=DJZw8sD1;\n"
    "\tspf=pass (mx.harbour.example: domain of ana@member.example designates 192.0.2.10 as permitted sender)"
    " smtp.mailfrom=ana@member.example;\n\tdmarc=pass (policy=reject) header.from=member.example\n"
)
REFUSED = (
    "Authentication-Results: mx.harbour.example;\n\tdkim=none;\n\tspf=pass smtp.mailfrom=x@elsewhere.example;\n"
    '\tdmarc=fail reason="SPF not aligned (relaxed), No valid DKIM" header.from=member.example (policy=reject)\n'
)
NONE = "Authentication-Results: mx.harbour.example;\n\tdkim=none;\n\tspf=none smtp.mailfrom=<>;\n\tdmarc=none\n"
SIGNED = "DKIM-Signature: v=1; a=rsa-sha256; d=member.example; s=sel; h=from:to:subject:date; bh=x;\n b=DJZw8sD1fr\n"
PASSES = "dkim=pass header.d=member.example; dmarc=pass header.from=member.example"
FORGED = f"Authentication-Results: mx.harbour.example; {PASSES}\n"
MAIL = "From: Ana <ana@member.example>\nTo: desk@harbour.example\nSubject: yes\n"


def reason(head: str, trust: Trust = TRUST) -> str:
    found = identify(parse(f"{head}{MAIL}\napprove A-1\n".encode())[0], trust)
    return "" if found.email else found.reason


def test_S110_what_a_proven_border_writes_below_its_received_field_is_believed():
    assert reason(LMTP + OUTSIDE + WRITTEN + SIGNED) == ""
    assert reason(LMTP + STRANGER + REFUSED) == "dmarc-fail"


def test_S110_a_small_probe_says_nothing_of_a_mail_that_a_filter_may_not_read():
    message = parse(f"{LMTP}{OUTSIDE}{WRITTEN}{SIGNED}{MAIL}\n".encode())[0]
    assert identify(replace(message, size=10 << 20), TRUST).reason == "dmarc-pass"
    assert identify(replace(message, size=(10 << 20) + 1), TRUST).reason == "ar-not-probed"


OTHERWISE = {  # the same mail, less one thing that the proof rests on
    "the operator named no border": replace(TRUST, border=()),
    "the operator named another": replace(TRUST, border=("mx2.harbour.example",)),
    "there was no probe": replace(TRUST, proven=()),
    "a probe of another host": replace(TRUST, proven=(replace(PROVEN, host="mx2.harbour.example"),)),
    "a probe for another name": replace(TRUST, proven=(replace(PROVEN, authserv_ids=frozenset({"mx2"})),)),
    "a name was added since": replace(TRUST, authserv_ids=(MX, "mx2.harbour.example")),
    "a hop more than in the probe": replace(TRUST, proven=(replace(PROVEN, hops=0),)),
    "a hop less than in the probe": replace(TRUST, proven=(replace(PROVEN, hops=2),)),
    "other fields between": replace(TRUST, proven=(replace(PROVEN, between=("received-spf",)),)),
    "the hop behind it is unknown": replace(TRUST, received_by=()),
}


@pytest.mark.parametrize("less", OTHERWISE)
def test_S110_whatever_is_otherwise_than_in_the_probe_is_not_believed(less: str):
    assert reason(LMTP + OUTSIDE + WRITTEN + SIGNED, OTHERWISE[less])


OURS_FORGED = STRANGER.replace("out.elsewhere.example", "mail.member.example")
TRICKS = {  # what a stranger brings, as it arrives: our server's fields on top where it wrote any
    "nothing of ours": LMTP + STRANGER + REFUSED + FORGED,
    "above the field of ours": LMTP + STRANGER + FORGED + REFUSED,
    "twice": LMTP + STRANGER + FORGED + FORGED,
    "below a hop that names us": LMTP + STRANGER + OURS_FORGED + FORGED,
    "below two of them": LMTP + STRANGER + OURS_FORGED + OURS_FORGED + FORGED,
    "below our store's and ours": LMTP + STRANGER + LMTP + OURS_FORGED + FORGED,
    "below a hop of theirs": LMTP + STRANGER + "Received: from a by out.elsewhere.example with ESMTP; now\n" + FORGED,
    "below a field of theirs": LMTP + STRANGER + "X-Mine: 1\n" + FORGED,
    "below a result of theirs": LMTP + STRANGER + "Authentication-Results: elsewhere.example; none\n" + FORGED,
    "below Received-SPF": LMTP + STRANGER + "Received-SPF: pass\n" + FORGED,
    "below Resent fields": LMTP + STRANGER + "Resent-From: ana@member.example\nResent-Date: now\n" + FORGED,
    "below the author": LMTP + STRANGER + MAIL.partition("\n")[0] + "\n" + FORGED,
    "in capitals, below": LMTP + STRANGER + REFUSED + FORGED.replace("Auth", "AUTH").replace("mx.h", "MX.H"),
    "folded, below": LMTP + STRANGER + NONE + FORGED.replace(" mx", "\n mx").replace("; dmarc", ";\n\tdmarc"),
    "with a comment, below": LMTP
    + STRANGER
    + NONE
    + FORGED.replace("mx.harbour.example", "(a) mx.harbour.example (b)"),
    "with a version, below": LMTP + STRANGER + NONE + FORGED.replace("example;", "example 1;", 1),
    "in a list's mail": LMTP + STRANGER + FORGED + "List-Id: <talk.member.example>\n",
    "to a local user": LMTP + "Received: by mx.harbour.example (Postfix, from userid 33) id 1; now\n" + FORGED,
    "by a login": LMTP + HOP.format(client="x (x [198.51.100.66])", how="ESMTPSA") + FORGED,
    "from the machine itself": LMTP + HOP.format(client="localhost (localhost [127.0.0.1])", how="ESMTP") + FORGED,
    "from our network": LMTP + HOP.format(client="web (web [10.0.0.3])", how="ESMTP") + FORGED,
    "from our network, in v6": LMTP + HOP.format(client="web (web [IPv6:fd00::3])", how="ESMTP") + FORGED,
    "from nowhere": LMTP + HOP.format(client="web", how="ESMTP") + FORGED,
    "by LMTP": LMTP + HOP.format(client="web (web [198.51.100.66])", how="LMTP") + FORGED,
    "past our border": LMTP
    + "Received: from x (x [198.51.100.66]) by mx2.elsewhere.example with ESMTP; now\n"
    + FORGED,
    "by a HELO that says by": LMTP
    + HOP.format(client="x by store.harbour.example with LMTP (x [198.51.100.66])", how="ESMTP")
    + FORGED,
    "by a HELO that names no host": LMTP + HOP.format(client="stand by me (x [198.51.100.66])", how="ESMTP") + FORGED,
    "in an attached mail": LMTP + STRANGER + NONE + 'Content-Type: multipart/mixed; boundary="b"\n',
}


@pytest.mark.parametrize("trick", TRICKS)
def test_S02_S110_forged_results_are_not__a_proven_border(trick: str):
    head = TRICKS[trick]
    body = (
        f"\n--b\nContent-Type: message/rfc822\n\n{FORGED}{MAIL}\napprove A-1\n--b--\n" if "boundary" in head else "\n"
    )
    found = identify(parse(f"{head}{MAIL}{body}".encode())[0], TRUST)
    assert found.email is None, found


@pytest.mark.parametrize("trick", TRICKS)
def test_S02_nor_where_nothing_below_is_believed(trick: str):
    for trust in (replace(TRUST, proven=()), replace(TRUST, border=(), proven=())):
        assert reason(TRICKS[trick], trust) != ""


LEFT_THEM_IN = {  # what OpenDMARC and OpenDKIM wrote on top of a stranger's mail
    "one above": "Authentication-Results: mx.harbour.example; dmarc=fail header.from=member.example\n",
    "a run above": "Authentication-Results: mx.harbour.example; dmarc=none header.from=member.example\n"
    "Authentication-Results: mx.harbour.example;\n\tdkim=pass header.d=elsewhere.example header.s=a\n",
    "believed a Received-SPF": "Authentication-Results: mx.harbour.example; dmarc=pass header.from=member.example\n",
}


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("what", LEFT_THEM_IN)
def test_S02_S105_S112_nor_below_what_our_server_wrote_above(trick: str, what: str):
    """OpenDMARC, alone or above OpenDKIM, and what they leave in."""
    border, _, theirs = TRICKS[trick].removeprefix(LMTP).partition("+0000 (UTC)\n")
    head = (
        LMTP + LEFT_THEM_IN[what] + (border + "+0000 (UTC)\n" + theirs if theirs else TRICKS[trick].removeprefix(LMTP))
    )
    for trust in (TRUST, replace(TRUST, proven=()), replace(TRUST, border=(), proven=())):
        found = identify(parse(f"{head}Received-SPF: Pass (x) identity=mailfrom\n{MAIL}\n".encode())[0], trust)
        assert found.method in ("", "spf"), found


def test_S110_a_border_is_no_hop_behind_itself():
    """Whatever `received_by` says, and however the server calls itself in its results."""
    trust = Trust(("harbour",), ("store.harbour.example", MX), border=(MX,))
    forged = FORGED.replace("mx.harbour.example", "harbour")
    assert reason(LMTP + STRANGER + forged + "Received: by x; now\n", trust) == "ar-not-probed"


def test_S110_a_second_field_says_that_the_server_leaves_them_in():
    for trick in ("nothing of ours", "above the field of ours", "twice", "below a field of theirs", "folded, below"):
        assert reason(TRICKS[trick]) == "ar-left-in"


def test_a_mail_with_more_results_than_anybody_writes_is_nobodys():
    assert reason(LMTP + OUTSIDE + WRITTEN + SIGNED + "Authentication-Results: elsewhere.example; none\n" * 60) == (
        "ar-unreadable"
    )
    assert reason(LMTP + OUTSIDE + WRITTEN + SIGNED + "Authentication-Results: elsewhere.example; none\n" * 40) == ""


# The probe itself


def a_token(**otherwise: object) -> Token:
    return replace(Token(AT, "k3" * 10, (MX,), "m" * 26), **otherwise)  # type: ignore[arg-type]


def came_back(*taken: str, above: str = LMTP + OUTSIDE, token: Token | None = None) -> bytes:
    """The probe behind a server that takes these spellings out, and all of them with "all"."""
    sent = compose(token or a_token(), "desk@harbour.example", "probe@mailproc.invalid", "harbour.example")
    unfolded = sent.replace(b"\r\n ", b" ").split(b"\r\n")
    kept = [line for line in unfolded if not any(f"{name}.k3".encode() in line for name in taken or ("-none-",))]
    kept = [line for line in kept if "all" not in taken or b".invalid" not in line or b"From" in line]
    return above.encode().replace(b"\n", b"\r\n") + b"\r\n".join(kept)


def told(raw: bytes, trust: Trust = TRUST) -> tuple[str, str, int, tuple[str, ...]]:
    fields = parse(raw)[0].header_fields
    token = token_of(fields)
    assert token is not None
    seen = found(fields, token, trust)
    return seen.result, seen.host, seen.hops, seen.left


def test_S111_a_token_is_read_back_whatever_became_of_the_mail():
    for raw in (came_back(), came_back("all")):
        assert token_of(parse(raw)[0].header_fields) == a_token()
    assert token_of(parse(MAIL.encode())[0].header_fields) is None
    doubled = came_back().replace(b"X-Mailproc-Probe:", b"X-Mailproc-Probe: x\r\nX-Mailproc-Probe:")
    assert token_of(parse(doubled)[0].header_fields) is None


def test_S111_a_server_that_takes_all_out_is_believable():
    assert told(came_back("all")) == ("clean", MX, 1, ())
    assert told(came_back("all", above=LMTP + OUTSIDE + NONE)) == ("below", MX, 1, ())
    assert told(came_back("all", above=LMTP + NONE + OUTSIDE)) == ("above", MX, 1, ())


HARMLESS = {"name-in-quotes", "dot-behind", "blank-before-colon"}  # we would not read them as our server's


@pytest.mark.parametrize("spelling", [each for each in SPELLINGS if each not in HARMLESS])
def test_S111_one_spelling_that_is_left_in_is_enough(spelling: str):
    others = [each for each in SPELLINGS if each != spelling]
    assert told(came_back(*others, above=LMTP + OUTSIDE + NONE)) == ("left-in", MX, 1, (spelling,))
    assert told(came_back(*others)) == ("left-in", MX, 1, (spelling,))


def test_S111_spellings_that_nobody_believes_do_no_harm():
    others = [each for each in SPELLINGS if each not in HARMLESS]
    assert told(came_back(*others))[0] == "clean"


@pytest.mark.parametrize(
    "client", ["localhost (localhost [127.0.0.1])", "x (x [10.0.0.3])", "x (x [IPv6:fe80::1])", "x"]
)
def test_S111_a_server_that_leaves_mail_from_inside_as_it_is_has_shown_nothing(client: str):
    above = LMTP + HOP.format(client=client, how="ESMTP")
    assert told(came_back(above=above))[0] == "inside"
    assert told(came_back("all", above=above))[0] == "clean"


def test_S111_without_a_hop_nobody_knows_whose_work_it_is():
    assert told(came_back("all", above=""))[0] in ("no-border", "clean")
    assert told(came_back("all", above=LMTP))[0] == "no-border"


def test_S111_another_border_shows_nothing_of_ours():
    other = STRANGER.replace("by mx.harbour.example", "by relay.elsewhere.example")
    assert told(came_back("all", above=LMTP + other))[1] == "relay.elsewhere.example"
    above = LMTP + OUTSIDE + OUTSIDE.replace("by mx.harbour", "by mx2.harbour")
    assert told(came_back("all", above=above))[1] == MX


@pytest.mark.parametrize(
    ("after", "timely"),
    [
        (timedelta(0), True),
        (timedelta(hours=23), True),
        (timedelta(hours=25), False),
        (timedelta(days=400), False),
        (timedelta(minutes=-5), True),
        (timedelta(minutes=-15), False),
    ],
)
def test_S111_a_token_lasts_a_day(after, timely):
    assert is_timely(a_token(), AT + after) is timely
