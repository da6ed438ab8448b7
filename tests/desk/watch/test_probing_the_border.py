"""`doctor --probe` from end to end: what it makes, what becomes of it on its way back, and who is believed then."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from build import (
    ANA,
    Ran,
    a_desk,
    a_mail,
    add_member,
    clock_of,
    digest_now,
    entry_of,
    give,
    letters,
    received,
    run_here,
    text_of,
)
from same import assert_same

from mailproc.desk.ground.books import clock
from mailproc.desk.ground.wire import Desk
from mailproc.desk.watch.afresh import otherwise
from mailproc.desk.watch.health import findings, look
from mailproc.desk.watch.recent import looks
from mailproc.message.model import Envelope

MX = "mx.harbour.example"
STORE = "Received: from {mx} by store.harbour.example with LMTP id 1; Sun, 22 Nov 2026 09:00:01 +0000\r\n"
HOP = "Received: from x ({client}) by {mx} (Postfix) with ESMTP id 2; Sun, 22 Nov 2026 09:00:00 +0000\r\n"
OWN = f"Authentication-Results: {MX};\r\n\tdkim=none; spf=none; dmarc=none\r\n"
SAYS = (
    f"Authentication-Results: {MX};\r\n\tdkim=pass header.d=harbour.example; dmarc=pass header.from=harbour.example\r\n"
)
OUTSIDE = "out.poole.example [192.0.2.10]"


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """A desk behind Postfix with rspamd: its operator has named the border, and nothing was probed."""
    options = {"review.border": [MX], "review.received_by": ["store.harbour.example"]}
    with a_desk(tmp_path / "desk", clock(), **options) as opened:
        add_member(opened, ANA, "Ana")
        yield opened


def doctor(desk: Desk, *options: str) -> Ran:
    return run_here("doctor", *options, config=desk.config.folder / "config.toml")


def said(desk: Desk, *options: str) -> str:
    """The findings on the border alone."""
    lines = [each["finding"] for each in doctor(desk, "--json", *options).json]
    return "\n".join(line for line in lines if "below" in line or "probe" in line or "Authentication" in line)


def health(desk: Desk) -> str:
    """Its warnings."""
    found = findings(look(desk))
    return "\n".join(f"{each.level} {each.part}: {each.words}" for each in found if each.level != "ok")


def a_probe(desk: Desk) -> bytes:
    """As `doctor --probe-file` writes it, at the desk's hour."""
    path = desk.config.folder / "probe.eml"
    path.unlink(missing_ok=True)
    assert doctor(desk, "--probe-file", str(path)).status == 0
    assert doctor(desk, "--probe-file", str(path)).err.endswith("is there already; name a new file for the probe\n")
    made = path.read_bytes()
    assert made.startswith(b"Authentication-Results:")
    return made


def cleaned(mail: bytes) -> bytes:
    """What is left of it by a server that takes out every Authentication-Results."""
    lines = mail.replace(b"\r\n ", b" ").split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.lower().startswith(b"authentication-results"))


def comes_back(desk: Desk, mail: bytes, client: str = OUTSIDE, own: str = OWN, mx: str = MX) -> int:
    count = len(looks(desk))
    above = STORE.format(mx=mx) + HOP.format(client=client, mx=mx) + own
    number = give(
        desk, above.encode() + mail, Envelope("", ("desk@harbour.example",)), f"imap:main/INBOX/1/{900 + count}"
    )
    assert received(desk, number).state == "processed"
    assert received(desk, number).kind == "probe"
    return number


def proven(desk: Desk, results: str = SAYS, client: str = OUTSIDE) -> str:
    """How a mail of Ana's is proven, and if it is not, why not."""
    head = STORE.format(mx=MX) + HOP.format(client=client, mx=MX) + results
    number = give(desk, head.encode() + a_mail("A reef.\n", sender=ANA))
    entry = entry_of(desk, number)
    return entry.identity or entry.identity_reason


def test_S110_S111_what_stands_below_the_border_is_believed_once_a_probe_came_back_clean(desk):
    assert proven(desk) == "ar-not-probed"
    assert "no probe has shown" in said(desk)
    number = comes_back(desk, cleaned(a_probe(desk)))
    assert f"(message {number}) showed that {MX} takes others' results out" in said(desk)
    assert proven(desk) == "dmarc"
    assert entry_of(desk, number).reason == "probe-below"
    assert not [letter for letter in letters(desk) if letter.cause == number]
    assert_same(desk)


def test_S111_a_probe_that_comes_back_as_it_went_is_told_with_the_cure(desk):
    number = comes_back(desk, a_probe(desk))
    told = said(desk)
    assert f"(message {number}: plain, field-in-capitals, name-in-capitals and 9 more)" in told
    assert 'docs/servers.md, "Who checks the mail"' in told
    assert proven(desk) == "ar-not-probed"


def test_S111_a_server_that_does_not_look_at_mail_from_inside_is_probed_from_outside(desk):
    comes_back(desk, a_probe(desk), client="localhost [127.0.0.1]", own="")
    told = said(desk)
    assert "came from inside" in told
    assert "--probe-file probe.eml" in told
    assert f"smtp://{MX}" in told
    assert proven(desk) == "ar-not-probed"
    comes_back(desk, cleaned(a_probe(desk)))
    assert "came from inside" not in said(desk)
    assert (proven(desk), proven(desk, client="localhost [127.0.0.1]")) == ("dmarc", "ar-from-inside")


def test_S111_a_probe_counts_once_and_for_a_day(desk):
    first, second = a_probe(desk), a_probe(desk)
    comes_back(desk, first)
    comes_back(desk, cleaned(first))  # by a stranger who got hold of it
    assert "copy of a probe" in said(desk)
    assert proven(desk) == "ar-not-probed"
    clock_of(desk).pass_(days=2)
    comes_back(desk, cleaned(second))
    assert "of more than a day" in said(desk)
    assert proven(desk) == "ar-not-probed"


def test_S111_nobody_else_can_make_one(desk):
    mail = re.sub(rb"; m=(.)", lambda found: b"; m=b" if found[1] != b"b" else b"; m=c", cleaned(a_probe(desk)))
    number = give(desk, (STORE + HOP).format(mx=MX, client=OUTSIDE).encode() + mail)
    assert received(desk, number).kind != "probe"
    assert looks(desk) == []


def test_S111_another_border_needs_a_probe_of_its_own(desk):
    comes_back(desk, cleaned(a_probe(desk)), mx="mx2.harbour.example")
    assert proven(desk) == "ar-not-probed"
    assert "no probe has shown" in said(desk)


def test_S110_a_field_that_is_left_in_later_ends_the_belief_and_doctor_says_so(desk):
    comes_back(desk, cleaned(a_probe(desk)))
    assert proven(desk) == "dmarc"
    assert proven(desk, OWN + SAYS) == "ar-left-in"
    assert proven(desk) == "ar-not-probed"
    assert "is believed any more" in said(desk)
    assert f"warning border: {MX} left Authentication-Results" in health(desk)
    assert_same(desk)
    comes_back(desk, cleaned(a_probe(desk)))
    assert proven(desk) == "dmarc"
    assert "border" not in health(desk)


def test_S110_no_stranger_ends_the_belief_by_a_line_end_that_only_we_see(desk):
    comes_back(desk, cleaned(a_probe(desk)))
    assert proven(desk, OWN + SAYS.replace("Auth", "X-Mine: 1\rAuth").replace("\r\n\t", " ")) == "ar-left-in"
    assert proven(desk) == "dmarc"


def test_S111_a_probe_is_nobodys_mail(desk):
    number = comes_back(desk, cleaned(a_probe(desk)))
    assert desk.rules
    assert otherwise(desk) == []
    ran = run_here("decide", f"sort {number} article", "--as", ANA, config=desk.config.folder / "config.toml")
    assert ran.status == 1
    give(desk, a_mail("A reef.\n"))
    assert "robe" not in text_of(digest_now(desk, ANA))
    shown = run_here("trace", str(number), config=desk.config.folder / "config.toml").out
    assert "sorted  probe by rule -: probe-below" in shown


def test_a_probe_is_refused_where_no_name_is_known(tmp_path):
    with a_desk(tmp_path / "new", **{"review.authserv_id": []}) as opened:
        ran = doctor(opened, "--probe")
    assert ran.status == 2
    assert "in whose name?" in ran.err


def test_without_a_server_and_behind_one_that_is_down_it_is_said(desk):
    assert "--probe-via HOST[:PORT]" in doctor(desk, "--probe").err
    ran = doctor(desk, "--probe-via", "127.0.0.1:9")
    assert ran.status == 1
    assert "the probe was not taken" in ran.out
    assert doctor(desk, "--probe-via", "mx:smtp").status == 2
