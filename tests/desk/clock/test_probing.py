"""Members whose letters come back: catalogue S22. Three bounces ask, one more suspends, nobody goes for ever."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from build import (
    ANA,
    BEN,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    clock_of,
    digest_now,
    entry_of,
    give,
    letters,
    octets_of,
    received,
    say,
    text_of,
    worded,
)
from same import assert_same

from mailproc.desk.carry.deliver import deliver
from mailproc.desk.ground.wire import Desk
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.people import digests, members
from mailproc.workflow.actor import CLOCK
from mailproc.workflow.outgoing import Outgoing


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """Ana and Ben decide; Jo's article A-3 waits."""
    with a_desk(tmp_path / "desk") as opened:
        add_member(opened, ANA, "Ana")
        add_member(opened, BEN, "Ben")
        give(opened, a_mail(authentic=True))
        yield opened


def a_dsn(desk: Desk, letter: Outgoing, *, to: str = "", status: str = "5.1.1") -> bytes:
    """A report on a letter of ours (RFC 3464 §2)."""
    head = (
        f"Return-Path: <>\r\nFrom: <mailer-daemon@mail.example>\r\nTo: {to or desk.bounce_address(letter.id)}\r\n"
        f"Subject: Undelivered Mail\r\nMessage-ID: <{letter.id}@mail.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"\r\n\r\n'
    )
    body = (
        "--b1\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n--b1\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mail.example\r\n\r\nFinal-Recipient: rfc822; {letter.to}\r\nAction: failed\r\n"
        f"Status: {status}\r\n\r\n--b1--\r\n"
    )
    return (head + body).encode()


def bounces(desk: Desk, days: float = 2, **report: str) -> int:
    """Ana's next digest leaves and comes back; then time passes."""
    digest_now(desk, ANA)
    deliver(desk)
    number = give(desk, a_dsn(desk, letters(desk, "member/digest", ANA)[-1], **report))
    clock_of(desk).pass_(days=days)
    deliver(desk)
    return number


def state_of(desk: Desk, email: str = ANA) -> str:
    with reading(desk.engine) as conn:
        found = members.get(conn, email)
    assert found is not None
    return found.state


def probed(desk: Desk) -> Outgoing:
    """Three digests came back; the question that Ana was asked, which has left."""
    for _ in range(3):
        bounces(desk)
    [probe] = letters(desk, "member/probe")
    assert probe.to == ANA
    return probe


def suspended(desk: Desk) -> None:
    """The question came back, too."""
    probe = probed(desk)
    deliver(desk)
    give(desk, a_dsn(desk, probe))
    clock_of(desk).pass_(hours=1)
    deliver(desk)
    assert state_of(desk) == "suspended"


def test_S22_three_letters_that_came_back_over_some_days_ask_once_and_suspend_nobody(desk):
    bounces(desk)
    bounces(desk)
    assert not letters(desk, "member/probe")
    bounces(desk)
    assert [letter.to for letter in letters(desk, "member/probe")] == [ANA]
    assert state_of(desk) == "active"
    for _ in range(2):
        clock_of(desk).pass_(hours=1)
        deliver(desk)
    assert len(letters(desk, "member/probe")) == 1
    assert_same(desk)


@pytest.mark.parametrize("days", [0.1, 8])
def test_S22_all_at_once_or_over_many_weeks_is_no_reason(desk, days):
    for _ in range(3):
        bounces(desk, days)
    assert not letters(desk, "member/probe")


@pytest.mark.parametrize("report", [{"to": "desk@harbour.example"}, {"to": f"desk+b-{'a' * 26}@harbour.example"}])
def test_S22_forged_reports_count_for_nothing(desk, report):
    for _ in range(5):
        bounces(desk, **report)
    assert not letters(desk, "member/probe")
    assert state_of(desk) == "active"


def test_S22_where_the_question_comes_back_too_the_member_is_suspended_and_everybody_hears(desk):
    suspended(desk)
    notice = text_of(octets_of(desk, letters(desk, "operator/notice")[-1]))
    assert "Ana (ana@harbour.example)" in notice
    assert "mailproc members resume" in notice
    with reading(desk.engine) as conn:
        [heard] = [worded(desk, each.said) for each in digests.unseen_notices(conn, BEN)]
    assert heard.startswith("Letters to Ana (ana@harbour.example) come back")
    [_, last] = probes(desk)
    assert [(each.name, each.by, each.reason) for each in entry_of(desk, last).events[:1]] == [
        ("suspend", CLOCK, "bounces")
    ]
    say(desk, "digest")
    assert letters(desk, "member/digest")[-1].to == BEN
    assert_same(desk)


def probes(desk: Desk) -> list[int]:
    """The clock's messages on members whose letters come back."""
    with reading(desk.engine) as conn:
        return [row.number for row in rows.every(conn) if row.source.endswith("/probe")]


def test_S22_a_mail_of_theirs_before_that_begins_the_count_anew(desk):
    for _ in range(2):
        bounces(desk)
    give(desk, a_mail("Hello?\n", sender=f"Ana <{ANA}>", authentic=True, to="contact@harbour.example"))
    clock_of(desk).pass_(minutes=1)
    for _ in range(2):
        bounces(desk)
    assert not letters(desk, "member/probe")


def test_S22_a_question_that_arrives_is_the_end_of_it(desk):
    probed(desk)
    clock_of(desk).pass_(days=2)
    deliver(desk)
    assert state_of(desk) == "active"
    for _ in range(2):
        bounces(desk)
    assert (state_of(desk), len(letters(desk, "member/probe"))) == ("active", 1)


def test_a_proven_mail_of_theirs_ends_the_suspension(desk):
    suspended(desk)
    for octets in (
        a_mail("Hi\n", sender=ANA),
        b"Auto-Submitted: auto-replied\r\n" + a_mail("Hi\n", sender=ANA, authentic=True),
    ):
        give(desk, octets)
        assert state_of(desk) == "suspended"
    give(desk, a_mail("I am here again.\n", sender=f"Ana <{ANA}>", authentic=True))
    assert state_of(desk) == "active"
    clock_of(desk).pass_(hours=2)
    deliver(desk)
    assert state_of(desk) == "active", "what came back before does not count again"
    assert_same(desk)


def test_the_operator_ends_it_too_and_old_letters_stay_dead(desk):
    letter = digest_now(desk, ANA)
    suspended(desk)
    say(desk, f"resume {ANA}")
    number = give(desk, a_reply(letter, "A-3 approve", f"Ana <{ANA}>", at=desk.now()))
    assert received(desk, number).reason == "old-letter"


def test_whom_the_operator_suspended_no_mail_of_theirs_brings_back(desk):
    say(desk, f"suspend {ANA}")
    give(desk, a_mail("I am here.\n", sender=f"Ana <{ANA}>", authentic=True))
    assert state_of(desk) == "suspended"
