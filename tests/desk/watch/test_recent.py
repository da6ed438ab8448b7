"""What `doctor` says of the mail servers that recent mails came through, and that it is right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from build import JO, a_mail, envelope_for, give, received, run_here

from mailproc.desk.ground.wire import Desk
from mailproc.desk.watch.recent import border

SENDERS = ("poole.example", "gangway.example", "sluice.example", "lock.example")
MX = "mail.quay.example"


def trace(n: int, sender: str, results: str | None = None) -> bytes:
    """What a server of one's own writes above a mail: Dovecot's LMTP, a filter, Postfix."""
    said = (
        f"Authentication-Results: {MX}; dkim=pass header.d={sender}; dmarc=pass header.from={sender}\r\n"
        if results is None
        else results
    )
    return (
        f"Received: from {MX} by {MX} with LMTP id {n}; Sun, 22 Nov 2026 08:59:59 +0000\r\n{said}"
        f"Received: from out.{sender} by {MX} (Postfix) with ESMTPS id P{n}; Sun, 22 Nov 2026 08:59:58 +0000\r\n"
    ).encode()


def lived(desk: Desk, results: Callable[[str], str] | None = None, below: str = "") -> None:
    """Sixteen mails of four senders came by IMAP."""
    for n in range(16):
        sender = SENDERS[n % 4]
        mail = a_mail(f"Mail {n}.\n", sender=f"x{n}@{sender}", subject=f"Mail {n}")
        octets = trace(n, sender, results(sender) if results else None) + below.encode() + mail
        give(desk, octets, envelope_for(mail), f"imap:main/INBOX/1/{n + 1}")


def doctor(desk: Desk) -> list[tuple[str, str]]:
    said = run_here("doctor", "--json", config=desk.config.folder / "config.toml").json
    return [(each["level"], each["finding"]) for each in said]


@pytest.fixture
def new(open_desks) -> Desk:
    """A desk that believes nobody yet."""
    return open_desks(**{"review.authserv_id": []})


def test_it_proposes_lines_to_paste_and_says_how_many_mails_agree(new):
    lived(new)
    said = doctor(new)
    at = next(n for n, (_, words) in enumerate(said) if "16 of the last 16 mails" in words)
    assert [words for _, words in said[at + 1 : at + 3]] == [f'authserv_id = ["{MX}"]', f'received_by = ["{MX}"]']
    assert {level for level, _ in said[at : at + 3]} == {"warning"}
    assert any("review.authserv_id is empty" in words for _, words in said)


def test_what_it_proposes_makes_mail_proven_and_then_all_is_well(open_desks):
    desk = open_desks(**{"review.authserv_id": [MX], "review.received_by": [MX]})
    lived(desk)
    mail = a_mail("Mine.\n", sender=JO)
    number = give(desk, trace(99, "poole.example") + mail, envelope_for(mail))
    assert received(desk, number).identity == "dmarc"
    words = f"17 of the last 17 mails carry the results of {MX} where only your own servers can have put them"
    assert ("ok", words) in doctor(desk)


def test_S02_a_server_that_leaves_forged_results_of_its_name_in_is_named(open_desks):
    desk = open_desks(**{"review.authserv_id": [MX], "review.received_by": [MX]})
    lived(desk, below=f"Authentication-Results: {MX}; dmarc=pass header.from=bank.example\r\n")
    [said] = [words for level, words in doctor(desk) if level == "warning" and "of its own name" in words]
    assert "RFC 8601 §5" in said


def test_mail_without_results_is_told_and_what_is_done_instead(new):
    lived(new, lambda _: "")
    [said] = [words for _, words in doctor(new) if "carry no Authentication-Results" in words]
    assert "our own DKIM check" in said


def test_S02_names_that_senders_wrote_are_not_proposed(new):
    lived(new, lambda sender: f"Authentication-Results: out.{sender}; auth=pass\r\n")
    assert border(new).reason == "not-in-all"
    assert not [words for _, words in doctor(new) if words.startswith("authserv_id =")]


def test_mail_that_came_from_files_tells_nothing(new):
    for n in range(16):
        mail = a_mail(f"Mail {n}.\n", sender=f"x@{SENDERS[n % 4]}")
        give(new, trace(n, SENDERS[n % 4]) + mail, envelope_for(mail), f"file:{n:064}")
    assert border(new).reason == "too-few"
