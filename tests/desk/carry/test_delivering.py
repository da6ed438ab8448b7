"""The outbox in service, to a real server: lanes, pauses, doubt, refusals, a server that is gone, a dead sender."""
# ruff: noqa: ARG002  # aiosmtpd gives each hook the same arguments

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from build import (
    ANA,
    BEN,
    CLEO,
    JO,
    ROOT,
    START,
    a_mail,
    add_member,
    clock_of,
    entry_of,
    give,
    item,
    letters,
    octets_of,
    received,
    run_here,
    say,
    text_of,
)

from mailproc.desk.carry.deliver import deliver
from mailproc.desk.ground.wire import Desk
from mailproc.letters.render import Letters
from mailproc.message.model import Envelope as Reached
from mailproc.store.database import reading, writing
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.service import pulses, switches
from mailproc.workflow.outgoing import Outgoing

OPERATOR = "operator@harbour.example"


class Sink:
    """A mail server: what it says to each recipient ("" yes, "drop" hangs up after the final dot), what it took."""

    offers_utf8 = False

    def __init__(self) -> None:
        self.says: dict[str, list[str]] = {}
        self.took: list[tuple[str, bytes]] = []
        self.port = 0
        self.running = 0

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, path: str, _options: list[str]
    ) -> str:
        said = self._next(path)
        if said and said != "drop":
            return said
        envelope.rcpt_tos.append(path)
        return "250 fine"

    def _next(self, path: str) -> str:
        words = self.says.get(path) or self.says.get("*") or [""]
        return words.pop(0) if len(words) > 1 else words[0]

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        [path] = envelope.rcpt_tos
        self.took.append((path, envelope.original_content or b""))
        if (self.says.get(path) or [""])[0] == "drop":
            assert server.transport is not None
            server.transport.abort()
        return "250 2.0.0 kept"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.took]


class _Listening(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, **self.SMTP_kwargs | {"enable_SMTPUTF8": self.handler.offers_utf8})


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def listen() -> Iterator[Callable[[Sink], Sink]]:
    running: list[Controller] = []

    def start(sink: Sink) -> Sink:
        sink.port = free_port()
        controller = _Listening(sink, hostname="127.0.0.1", port=sink.port)
        controller.start()
        running.append(controller)
        return sink

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def sink(listen) -> Sink:
    return listen(Sink())


@pytest.fixture
def office(open_desks) -> Callable[..., Desk]:
    """A desk that delivers to this port."""

    def opened(port: int, **options: object) -> Desk:
        smtp = {"transport": "smtp", "host": "127.0.0.1", "port": port, "tls": "none"}
        return open_desks(**{**{f"delivery.{name}": value for name, value in smtp.items()}, **options})

    return opened


def queue(desk: Desk, count: int = 1, to: str = "a{}@gangway.example", template: str = "author/published") -> None:
    """Letters that are due, beyond those that mails would cause."""
    cause = give(
        desk, a_mail(subject=f"{to} {template}", sender="Pia <pia@ferryside.example>", to="desk@harbour.example")
    )
    with writing(desk.engine) as conn:
        for n in range(count):
            name = f"{cause}x{n}x{template.replace('/', '-')}"
            path = f"2026/{name}.eml"
            (desk.outbox / "2026").mkdir(exist_ok=True)
            octets = f"Message-ID: <{name}@harbour.example>\r\nSubject: {name}\r\n\r\nDear you,\r\n".encode()
            (desk.outbox / path).write_bytes(octets)
            letter = Outgoing(
                name, f"{name}@harbour.example", template, to.format(n), "Up", "queued", cause, path, desk.now(),
                next_try=desk.now(), ref=f"A-{n}",
            )  # fmt: skip
            outgoing.add(conn, letter)
        conn.exec_driver_sql("UPDATE outgoing SET state = 'cancelled', next_try = NULL WHERE template LIKE '%receipt%'")


def letter_of(desk: Desk, to: str) -> Outgoing:
    [found] = [each for each in letters(desk, to=to) if each.state != "cancelled"]
    return found


def states(desk: Desk) -> dict[str, int]:
    return dict(Counter(each.state for each in letters(desk) if each.state != "cancelled"))


def notices(desk: Desk) -> list[str]:
    return [text_of(octets_of(desk, each)) for each in letters(desk, "operator/notice")]


def message_ids(sink: Sink) -> list[str]:
    return [str(message_from_bytes(octets, policy=policy.compat32)["Message-ID"]) for _, octets in sink.took]


# Lanes


def test_letters_leave_and_say_so_in_row_and_record(office, sink):
    desk = office(sink.port)
    queue(desk, 5)
    assert deliver(desk) == {"sent": 5}
    assert sorted(sink.paths) == [f"a{n}@gangway.example" for n in range(5)]
    assert all(
        (desk.outbox / each.path).with_name(f"{each.id}.sent.json").exists()
        for each in letters(desk, "author/published")
    )
    assert deliver(desk) == {}


def test_F68_lanes_work_side_by_side_and_few_go_to_one_domain(office, listen):
    class Waiting(Sink):
        """Answers when four letters are on their way, and counts how many there are to each domain."""

        def __init__(self) -> None:
            super().__init__()
            self.here: Counter[str] = Counter()
            self.most: Counter[str] = Counter()
            self.four = asyncio.Event()

        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
            domain = envelope.rcpt_tos[0].partition("@")[2]
            self.here[domain] += 1
            self.most = self.most | self.here
            if self.here.total() == 4:
                self.four.set()
            await asyncio.wait_for(self.four.wait(), 20)
            said = await super().handle_DATA(server, session, envelope)
            self.here[domain] -= 1
            return said

    sink = listen(Waiting())
    desk = office(sink.port)
    queue(desk, 8)
    queue(desk, 8, to="b{}@sluice.example")
    assert deliver(desk) == {"sent": 16}
    assert sink.most == {"gangway.example": 2, "sluice.example": 2}


DELIVERS = """
import os, sys
from datetime import datetime
from mailproc.cli import desk
from mailproc.desk.ground.wire import open_desk
desk.open_desk = lambda config, **how: open_desk(config, lambda: datetime.fromisoformat(os.environ["NOW"]), **how)
from mailproc.cli.main import main
sys.exit(main())
"""


def sender(desk: Desk, **environment: str) -> subprocess.Popen[bytes]:
    """`mailproc deliver` in a process of its own, at the desk's time."""
    command = [sys.executable, "-c", DELIVERS, "--config", str(desk.config.path), "deliver"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "NOW": desk.now().isoformat(), **environment}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603 - our own words


def test_F69_two_processes_with_four_lanes_each_deliver_every_letter_once(office, sink):
    desk = office(sink.port, **{"delivery.per_domain": 8})
    queue(desk, 200)
    for process in [sender(desk) for _ in range(2)]:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, (out, err)
    assert Counter(sink.paths) == {f"a{n}@gangway.example": 1 for n in range(200)}
    assert states(desk) == {"sent": 200}
    with reading(desk.engine) as conn:
        assert all(len(outgoing.attempts_of(conn, each.id)) == 1 for each in letters(desk, "author/published"))


def test_F63_recipients_of_one_cause_are_refused_each_for_themselves(office, sink):
    desk = office(sink.port)
    for member in (ANA, BEN, CLEO):
        add_member(desk, member)
    give(desk, a_mail(authentic=True))
    say(desk, "digest")
    sink.says = {BEN: ["450 4.2.1 later"], CLEO: ["550 5.1.1 no such user"]}
    deliver(desk)
    assert {to: letter_of(desk, to).state for to in (ANA, BEN, CLEO)} == {ANA: "sent", BEN: "deferred", CLEO: "failed"}
    assert letter_of(desk, CLEO).reason == "550 5.1.1 no such user"
    sink.says = {}
    clock_of(desk).pass_(minutes=2)
    deliver(desk)
    assert letter_of(desk, BEN).state == "sent"
    assert Counter(sink.paths)[ANA] == Counter(sink.paths)[BEN] == 1


def test_F61_a_greylisted_letter_leaves_from_the_same_row(office, sink):
    desk = office(sink.port)
    queue(desk)
    sink.says = {"*": ["451 4.7.1 greylisted", ""]}
    assert deliver(desk) == {"deferred": 1}
    assert deliver(desk) == {}
    clock_of(desk).pass_(minutes=2)
    assert deliver(desk) == {"sent": 1}
    assert letter_of(desk, "a0@gangway.example").attempts == 2


def test_while_letters_are_paused_nothing_is_claimed_and_one_line_says_so(office, sink, caplog):
    desk = office(sink.port)
    queue(desk, 3)
    with writing(desk.engine) as conn:
        switches.put(conn, "letters", True, desk.now(), 1)  # noqa: FBT003 - its own shape
    with caplog.at_level(logging.WARNING):
        assert deliver(desk) == {}
    assert [record.message for record in caplog.records] == [
        "letters are paused; `mailproc resume letters` lets them leave"
    ]
    assert letter_of(desk, "a0@gangway.example").attempts == 0
    with writing(desk.engine) as conn:
        switches.put(conn, "letters", False, desk.now(), 1)  # noqa: FBT003 - the same
    assert deliver(desk) == {"sent": 3}


# A server that is gone


def pulse(desk: Desk) -> tuple[bool, str]:
    with reading(desk.engine) as conn:
        found = pulses.get(conn, "deliver")
    assert found is not None
    return found.well_at == desk.now(), found.trouble


def test_F60_a_server_that_is_gone_costs_each_lane_one_letter_and_the_pulse_says_so(office):
    desk = office(free_port())
    assert (deliver(desk), pulse(desk)) == ({}, (True, ""))
    queue(desk, 20, to="a@d{}.example")
    clock_of(desk).pass_(minutes=1)
    assert deliver(desk) == {"deferred": 4}
    assert states(desk) == {"queued": 16, "deferred": 4}
    well, trouble = pulse(desk)
    assert not well
    assert "Connection refused" in trouble


def test_F60_a_trouble_is_over_when_a_letter_has_left_not_when_none_is_due(office):
    desk = office(free_port())
    queue(desk)
    deliver(desk)
    assert deliver(desk) == {}
    assert pulse(desk)[1], "the only letter waits; nobody has seen the server"
    say(desk, f"letter {letter_of(desk, 'a0@gangway.example').id} cancel")
    deliver(desk)
    assert pulse(desk) == (True, "")


def test_F60_the_operator_hears_once_of_a_server_that_is_down_and_once_when_we_give_up(office):
    desk = office(free_port())
    queue(desk, 30)
    for _ in range(15):
        deliver(desk)
        clock_of(desk).pass_(minutes=16)
    assert notices(desk) == []
    for _ in range(8):
        deliver(desk)
        clock_of(desk).pass_(minutes=40)
    [told] = notices(desk)
    assert "letters: 30 could not leave yet" in told
    assert told.count("author/published") == 20
    assert "and 10 more" in told
    assert "Connection refused" in told
    clock_of(desk).pass_(days=5)
    for _ in range(20):
        deliver(desk)
        clock_of(desk).pass_(minutes=5)
    assert Counter(each.state for each in letters(desk, "author/published")) == {"failed": 30}
    clock_of(desk).pass_(hours=1)
    deliver(desk)
    told = len(notices(desk))
    assert told <= 4, "those that gave up, by the hour"
    for _ in range(6):
        clock_of(desk).pass_(days=2)
        deliver(desk)
    assert {each.state for each in letters(desk, "operator/notice")} == {"failed"}
    assert len(notices(desk)) == told, "never of a notice"
    assert all("operator/notice" not in each for each in notices(desk))
    event = entry_of(desk, rows_of_the_clock(desk)[0]).events[0]
    assert (event.name, str(event.by)) == ("late", "clock")


def rows_of_the_clock(desk: Desk) -> list[int]:
    with reading(desk.engine) as conn:
        return [row.number for row in rows.every(conn) if row.source.endswith("/undelivered")]


def test_F62_letters_refused_for_good_are_told_together_once_an_hour_members_first(office, sink):
    desk = office(sink.port)
    sink.says = {"*": ["550 5.1.1 no such user"], OPERATOR: [""]}
    queue(desk, 3)
    queue(desk, 1, to=ANA, template="member/digest")
    assert deliver(desk) == {"failed": 4}
    queue(desk, 2, to="c{}@sluice.example")
    deliver(desk)
    [told] = notices(desk)
    assert "letters: 4 did not arrive" in told
    assert told.index("member ana@harbour.example") < told.index("a0@gangway.example")
    clock_of(desk).pass_(hours=1)
    deliver(desk)
    assert len(notices(desk)) == 2
    assert "letters: 2 did not arrive" in notices(desk)[1]
    events = [event for number in rows_of_the_clock(desk) for event in entry_of(desk, number).events]
    assert Counter(event.name for event in events) == {"fail": 6}
    assert events[0].words == "550 5.1.1 no such user"


# Doubt


def test_F11_an_ambiguous_letter_is_sent_again_with_the_same_octets_and_counted(office, sink):
    desk = office(sink.port)
    queue(desk)
    sink.says = {"a0@gangway.example": ["drop"]}
    assert deliver(desk) == {"ambiguous": 1}
    sink.says = {}
    clock_of(desk).pass_(minutes=2)
    assert deliver(desk) == {"sent": 1}
    assert len(sink.took) == 2
    assert sink.took[0] == sink.took[1]
    letter = letter_of(desk, "a0@gangway.example")
    shown = run_here("outbox", "show", letter.id, "--json", config=desk.config.path).json
    assert (shown["attempts"], shown["ambiguous_attempts"]) == (2, 1)
    assert [(each["n"], each["outcome"]) for each in shown["tries"]] == [(1, "ambiguous"), (2, "sent")]
    assert shown["tries"][0]["started_at"] == "2026-11-22T09:00:00Z"
    told = run_here("outbox", "show", letter.id, config=desk.config.path).out
    assert "attempt 1  2026-11-22T09:00:00Z  ambiguous: no reply to the final dot" in " ".join(told.split("\n"))
    assert "2 (1 ambiguous)" in run_here("outbox", "list", config=desk.config.path).out


def test_F11_a_held_letter_in_doubt_waits_for_the_operator_who_hears_of_it(office, sink):
    desk = office(sink.port, **{"delivery.hold_ambiguous": ["author"]})
    queue(desk)
    sink.says = {"a0@gangway.example": ["drop"]}
    assert deliver(desk) == {"ambiguous": 1}
    [told] = notices(desk)
    assert "waits for your word" in " ".join(told.split())
    sink.says = {}
    clock_of(desk).pass_(days=9)
    deliver(desk)
    assert sink.paths.count("a0@gangway.example") == 1
    letter = letter_of(desk, "a0@gangway.example")
    assert run_here("outbox", "retry", letter.id, config=desk.config.path).status == 0
    clock_of(desk).set(datetime.now(START.tzinfo) + timedelta(days=2))  # noqa: TID251 - the command has its own clock
    deliver(desk)
    assert sink.paths.count("a0@gangway.example") == 2
    assert letter_of(desk, "a0@gangway.example").state == "sent"


@pytest.mark.parametrize(("word", "state"), [("retry", "sent"), ("cancel", "cancelled")])
def test_an_unconfirmed_letter_never_leaves_by_itself(office, sink, word, state):
    desk = office(sink.port)
    queue(desk)
    letter = letter_of(desk, "a0@gangway.example")
    with writing(desk.engine) as conn:
        outgoing.settle(conn, replace(letter, state="unconfirmed"), "")
    clock_of(desk).pass_(days=2)
    assert deliver(desk) == {}
    say(desk, f"letter {letter.id} {word}")
    deliver(desk)
    [after] = [each for each in letters(desk) if each.id == letter.id]
    assert after.state == state
    assert len(sink.took) == (word == "retry")


# A sender that dies

DEATHS = {  # failpoint: how many copies may have arrived in the end
    "deliver.claimed": 1,
    "deliver.half": 1,
    "deliver.dotted": 2,
    "deliver.accepted": 2,
    "deliver.proved": 1,  # the record beside the letter says that it left
    "deliver.committed": 1,
}


@pytest.mark.parametrize("place", DEATHS)
def test_F09_F10_F11_F12_a_sender_that_dies_leaves_one_letter_in_doubt_and_it_comes_again_unchanged(
    office, sink, place
):
    desk = office(sink.port, **{"delivery.connections": 1})
    queue(desk, 3)
    died = sender(desk, MAILPROC_FAILPOINT=f"{place}:kill9:2")
    assert died.wait(60) == -signal.SIGKILL, died.communicate()
    assert deliver(desk) == {"sent": 1 if place == "deliver.committed" else 2}, "the lease of the dead died with it"
    assert states(desk) == {"sent": 3}
    copies = Counter(sink.took)
    assert {path for path, _ in copies} == {f"a{n}@gangway.example" for n in range(3)}
    assert len(copies) == 3, "the same octets each time"
    assert sorted(copies.values()) == sorted([1, 1, DEATHS[place]])
    with reading(desk.engine) as conn:
        assert sum(outgoing.ambiguous_attempts(conn).values()) == (0 if place == "deliver.committed" else 1)


def test_F11_a_held_letter_whose_sender_died_is_not_sent_again_by_itself(office, sink):
    desk = office(sink.port, **{"delivery.hold_ambiguous": ["author/published"]})
    queue(desk)
    died = sender(desk, MAILPROC_FAILPOINT="deliver.dotted:kill9")
    assert died.wait(60) == -signal.SIGKILL, died.communicate()
    queue(desk, 1, to="other@gangway.example")
    deliver(desk)
    assert letter_of(desk, "a0@gangway.example").state == "ambiguous"
    assert "ended without a word" in " ".join(notices(desk)[0].split())


def test_what_breaks_one_lane_stops_the_others_after_the_letter_in_hand(office, sink, monkeypatch):
    desk = office(sink.port)
    queue(desk, 50)

    def broken(*_: object) -> None:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr("mailproc.desk.carry.deliver.write_sent", broken)
    with pytest.raises(RuntimeError):
        deliver(desk)
    assert len(sink.took) <= 4


# Bounces


def a_dsn(desk: Desk, letter: Outgoing, *, action: str = "failed", about: str = "", to: str | None = None) -> bytes:
    """A report on a letter of ours, to its bounce address (RFC 3464 §2)."""
    recipient = about or letter.to
    body = (
        f"--b1\r\nContent-Type: text/plain\r\n\r\n<{recipient}>: 550 5.1.1 user unknown\r\n--b1\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 no such\r\n\tuser\r\n\r\n--b1--\r\n"
    )
    fields = {
        "Return-Path": "<>",
        "From": "Mail Delivery System <mailer-daemon@mail.example>",
        "To": to or desk.bounce_address(letter.id),
        "Subject": "Undelivered Mail Returned to Sender",
        "Message-ID": f"<{letter.id}.{action}@mail.example>",
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/report; report-type=delivery-status; boundary="b1"',
    }
    return ("".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n" + body).encode()


@pytest.fixture
def written(open_desks) -> tuple[Desk, Outgoing]:
    """A desk whose receipt to Jo has left."""
    desk = open_desks()
    give(desk, a_mail(authentic=True))
    deliver(desk)
    [letter] = letters(desk, "author/receipt-article")
    assert letter.state == "sent"
    return desk, letter


def test_S22_a_bounce_of_a_letter_of_ours_says_that_it_failed(written):
    desk, letter = written
    number = give(desk, a_dsn(desk, letter))
    after = letter_of(desk, JO)
    assert (after.state, after.reason) == ("failed", "bounced: 5.1.1 550 no such user")
    assert after.sent_at == letter.sent_at
    assert received(desk, number).reason == "letter-bounced"
    assert [(event.ref, event.name) for event in entry_of(desk, number).events] == [(f"letter:{letter.id}", "bounced")]
    assert len(letters(desk)) == 1, "a bounce is never answered"
    deliver(desk)
    [told] = notices(desk)
    assert "bounced: 5.1.1 550 no such user" in " ".join(told.split())


@pytest.mark.parametrize(
    "change",
    [
        {"action": "delivered"},
        {"action": "relayed"},
        {"action": "delayed"},
        {"action": "nonsense"},
        {"about": "ana@harbour.example"},  # forged for another
        {"to": "desk@harbour.example"},  # no VERP
        {"to": "desk+b-aaaaaaaaaaaaaaaaaaaaaaaaaa@harbour.example"},  # of a letter that we never wrote
    ],
)
def test_S22_any_other_report_changes_nothing_and_is_kept(written, change):
    desk, letter = written
    number = give(desk, a_dsn(desk, letter, **change))
    assert letter_of(desk, JO).state == "sent"
    assert entry_of(desk, number).events == ()
    assert received(desk, number).kind == "bounce"
    assert (received(desk, number).reason == "letter-delayed") == (change == {"action": "delayed"})
    assert len(letters(desk)) == 1


def test_S22_a_report_on_a_letter_that_was_never_tried_is_forged(open_desks):
    desk = open_desks()
    give(desk, a_mail(authentic=True))
    [letter] = letters(desk)
    give(desk, a_dsn(desk, letter))
    assert letter_of(desk, JO).state == "queued"


def test_S22_a_status_in_words_only_is_no_report(written):
    desk, letter = written
    plain = a_dsn(desk, letter).replace(b"message/delivery-status", b"text/plain")
    give(desk, plain)
    assert letter_of(desk, JO).state == "sent"


def test_S22_a_reports_words_are_cleaned(written):
    desk, letter = written
    give(desk, a_dsn(desk, letter).replace(b"550 no such", b"550 \x1b[31m\xff no" + b"x" * 5000))
    reason = letter_of(desk, JO).reason
    assert reason.isprintable()
    assert len(reason) <= 500


def test_a_member_whose_digest_bounced_is_named_to_the_operator_once(open_desks):
    desk = open_desks()
    add_member(desk, ANA, "Ana")
    give(desk, a_mail(authentic=True))
    for _ in range(2):
        say(desk, f"digest {ANA}")
    deliver(desk)
    for letter in letters(desk, "member/digest"):
        give(desk, a_dsn(desk, letter))
    deliver(desk)
    [told] = notices(desk)
    assert " ".join(told.split()).count("member ana@harbour.example: member/digest") == 2


# Addresses that refuse


def test_an_automatic_letter_to_an_address_that_refused_the_last_is_suppressed(written):
    desk, letter = written
    give(desk, a_dsn(desk, letter))
    clock_of(desk).pass_(days=2)
    give(desk, a_mail(subject="Again"))  # anybody could have written it
    deliver(desk)
    assert [each.state for each in letters(desk, "author/receipt-article")] == ["failed", "suppressed"]
    clock_of(desk).pass_(hours=1)
    deliver(desk)
    assert [event.name for event in entry_of(desk, rows_of_the_clock(desk)[-1]).events] == ["fail", "suppress"]
    clock_of(desk).pass_(days=1)
    give(desk, a_mail(subject="It is me", authentic=True))
    deliver(desk)
    assert letters(desk, "author/receipt-article")[-1].state == "sent"


def test_letters_to_members_and_those_that_a_decision_causes_are_never_suppressed(written):
    desk, letter = written
    give(desk, a_dsn(desk, letter))
    queue(desk, 1, to=JO, template="author/rejected")
    queue(desk, 1, to=JO, template="member/digest")
    deliver(desk)
    assert "suppressed" not in states(desk)


def test_a_suppressed_letter_leaves_when_the_operator_says_so(written):
    desk, letter = written
    give(desk, a_dsn(desk, letter))
    clock_of(desk).pass_(days=2)
    give(desk, a_mail(subject="Again"))
    deliver(desk)
    [held] = [each for each in letters(desk) if each.state == "suppressed"]
    say(desk, f"letter {held.id} retry")
    deliver(desk)
    assert next(each for each in letters(desk) if each.id == held.id).state == "sent"


# Letters that cannot be worded


def broken_templates(desk: Desk, *names: str) -> Desk:
    folder = desk.config.storage.templates
    for name in names:
        (folder / "en" / f"{name}.txt").write_text(
            "{% block subject %}Hm{% endblock %}{% block body %}{{ nothing }}{% endblock %}"
        )
    return replace(desk, letters=Letters(folder))


def test_F70_a_mail_is_processed_though_its_letter_cannot_be_worded_and_the_operator_hears_once(open_desks):
    desk = broken_templates(open_desks(), "author/receipt-article")
    numbers = [give(desk, a_mail(subject=f"The tram {n}", authentic=True)) for n in range(3)]
    assert [item(desk, f"A-{number}").item.state for number in numbers] == ["pending"] * 3
    assert {entry_of(desk, number).unanswered for number in numbers} == {"template-broken"}
    [told] = notices(desk)
    assert "letters author/receipt-article cannot be worded" in told
    assert "receipt-article.txt, line 1" in " ".join(told.split())
    assert [each.template for each in letters(desk)] == ["operator/notice"]


def test_F70_with_the_notice_broken_as_well_the_mail_is_still_processed(open_desks):
    desk = broken_templates(open_desks(), "author/receipt-article", "operator/notice")
    number = give(desk, a_mail(authentic=True))
    assert item(desk, f"A-{number}").item.state == "pending"
    assert letters(desk) == []


def test_F70_a_members_decision_counts_though_its_transcript_cannot_be_worded(open_desks):
    desk = broken_templates(open_desks(**{"review.trust": "token"}), "member/transcript")
    add_member(desk, ANA, "Ana")
    ref = f"A-{give(desk, a_mail(authentic=True))}"
    say(desk, f"digest {ANA}")
    [digest] = letters(desk, "member/digest")
    reply = a_mail(
        f"{ref} approve\n",
        sender=ANA,
        to=desk.reply_address(digest.id),
        subject="Re: digest",
        In_Reply_To=f"<{digest.message_id}>",
    )
    give(desk, reply)
    assert item(desk, ref).item.state == "approved"
    assert len(notices(desk)) == 1


# Addresses of any script (RFC 6531 §3.2)

ZOE = "zoë@poole.example"


class AnyScript(Sink):
    """A mail server that offers SMTPUTF8."""

    offers_utf8 = True


def zoe_writes(desk: Desk) -> int:
    mail = a_mail(authentic=True).replace(JO.encode(), ZOE.encode())
    return give(desk, mail, Reached(ZOE, ("articles@harbour.example",)))


def test_a_letter_to_letters_of_any_script_leaves_where_the_server_takes_it(office, listen):
    sink = listen(AnyScript())
    desk = office(sink.port)
    number = zoe_writes(desk)
    assert deliver(desk) == {"sent": 1}
    [(path, octets)] = sink.took
    assert path == ZOE
    assert ZOE.encode() in octets.partition(b"\r\n\r\n")[0]
    assert item(desk, f"A-{number}").item.author.email == ZOE


def test_where_the_server_does_not_the_operator_hears_whom_nobody_can_reach(office, sink):
    desk = office(sink.port)
    zoe_writes(desk)
    deliver(desk)
    assert letter_of(desk, ZOE).state == "failed"
    [notice] = notices(desk)
    assert ZOE in notice
    assert "SMTPUTF8" in notice
    deliver(desk)
    assert sink.paths == [OPERATOR]
