"""Turns under trouble: mail that breaks its reader, workers that die or come late, a DNS that hangs, a stop.

What a dead worker leaves is made by leaving a turn with an exception that nobody catches, which writes as little as
a kill does; the kills themselves are in `journeys/test_the_power_fails` and in the crash driver.
"""

from __future__ import annotations

import io
import logging
import os
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import dns.resolver
import pytest
from build import (
    ANA,
    Ran,
    a_mail,
    a_reply,
    add_member,
    clock_of,
    digest_now,
    entry_of,
    give,
    item,
    keep,
    later,
    letters,
    octets_of,
    received,
    run_here,
    run_process,
    state,
    text_of,
)

from mailproc.cli.logs import OneLine
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve import process
from mailproc.desk.serve.process import LEASE_SECONDS, work
from mailproc.desk.turn import examine
from mailproc.errors import ParseFailed, StoreError
from mailproc.inspect.dns import Dns
from mailproc.inspect.worker import Parsed, Worker
from mailproc.message.model import Envelope
from mailproc.store.database import reading, writing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.workflow.received import ATTEMPTS

HEAD = (
    b"From: Jo Poole <jo@poole.example>\r\nTo: articles@harbour.example\r\nSubject: The tram\r\nMIME-Version: 1.0\r\n"
)
DEEP = HEAD + b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(1000))
BROKEN = {
    "too-deep": DEEP,  # S50
    "too-deep (mails)": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1000 + b"x",  # S51
    "too-many-parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 50_000,  # S52
    "header-too-long": HEAD + b"X: " + b"yyyy\r\n " * 300_000 + b"\r\n\r\nbody",  # S53
    "too-many-header-fields": HEAD + b"X: y\r\n" * 100_000 + b"\r\nbody",  # S54
}


ENVELOPE = Envelope("jo@poole.example", ("articles@harbour.example",))


class Died(BaseException):
    """A worker's death: no handler of the program's own catches it."""


def config_of(desk: Desk) -> Path:
    return desk.config.folder / "config.toml"


# Too broken to be read


@pytest.mark.parametrize("name", BROKEN)
def test_S50_S51_S52_S53_S54_a_mail_too_broken_to_be_read_is_quarantined_and_the_next_is_served(desk, name):
    add_member(desk, ANA, "Ana")
    bad, good = keep(desk, BROKEN[name], ENVELOPE), keep(desk, a_mail(authentic=True))
    before = len(letters(desk))
    assert work(desk).stuck == ()
    row = received(desk, bad)
    assert (row.state, row.reason, row.subject) == ("quarantined", name.partition(" ")[0], "The tram")
    assert row.refs == ()
    assert [letter.ref for letter in letters(desk)[before:]] == [f"A-{good}"], "no automatic letter"
    assert archive.message_path(desk.archive, bad).read_bytes().endswith(BROKEN[name]), "kept whole"
    listed = run_here("received", "list", "--state", "quarantined", "--json", config=config_of(desk)).json
    assert [(each["number"], each["subject"]) for each in listed] == [(bad, "The tram")]
    assert "1 quarantined" in text_of(digest_now(desk, ANA))


def test_a_quarantined_mail_of_a_member_decides_nothing(desk):
    add_member(desk, ANA, "Ana")
    ref = f"A-{give(desk, a_mail(authentic=True))}"
    reply = a_reply(digest_now(desk, ANA), f"{ref} approve", ANA)
    number = give(desk, b"X-Noise: y\r\n" * 100_000 + reply)
    assert received(desk, number).state == "quarantined"
    assert item(desk, ref).votes == ()


# Poison


class _Trying(Worker):
    """The parse child, and which mails it was asked to read, in which order."""

    def __init__(self, **limits: float) -> None:
        super().__init__(**limits)  # type: ignore[arg-type]
        self.asked: list[str] = []

    def parse(self, path: Path, offset: int, spool: Path) -> Parsed:
        self.asked.append(path.stem)
        return super().parse(path, offset, spool)


class _Killed(_Trying):
    """A child that is killed while it reads a mail with this word, as the kernel does when memory is gone."""

    word = b"CANARY"

    def parse(self, path: Path, offset: int, spool: Path) -> Parsed:
        if self.word not in path.read_bytes():
            return super().parse(path, offset, spool)
        if self.pid is None:
            (spool / "warm.eml").write_bytes(b"\r\n")
            Worker.parse(self, spool / "warm.eml", 0, spool)
        assert self.pid is not None
        os.kill(self.pid, signal.SIGSTOP)  # it holds the request and never answers
        killer = threading.Timer(0.05, os.kill, (self.pid, signal.SIGKILL))
        killer.start()
        try:
            return super().parse(path, offset, spool)
        finally:
            killer.join()


def three_numbers(desk: Desk, poison: bytes) -> tuple[int, int, int]:
    one = keep(desk, a_mail(subject="One", authentic=True))
    bad = keep(desk, poison)
    return one, bad, keep(desk, a_mail(subject="Two", authentic=True))


def test_S70_F90_I8_a_mail_that_kills_its_child_is_stuck_the_third_time_and_nobody_waits_for_it(desk):
    one, bad, two = three_numbers(desk, a_mail(subject="CANARY", authentic=True))
    with _Killed() as worker:
        worked = work(replace(desk, worker=worker))
    assert worker.asked == [f"{n:06}" for n in (one, bad, two, bad, bad)], "those behind it go before its second try"
    assert (worked.processed, worked.stuck) == (2, (bad,))
    row = received(desk, bad)
    assert (row.state, row.attempts) == ("stuck", ATTEMPTS)
    assert "signal 9" in row.error
    assert (state(desk, f"A-{one}"), state(desk, f"A-{two}")) == ("pending", "pending")
    [notice] = letters(desk, "operator/notice")
    assert str(bad) in text_of(octets_of(desk, notice))


def test_S70_F90_a_mail_that_exhausts_memory_is_stuck_and_the_others_are_read(desk):
    one, bad, two = three_numbers(desk, HEAD + b"\r\n" + b"y" * (30 << 20))
    with _Trying(max_memory_bytes=50 << 20) as worker:
        assert work(replace(desk, worker=worker)).stuck == (bad,)
    assert "memory" in received(desk, bad).error
    assert (state(desk, f"A-{one}"), state(desk, f"A-{two}")) == ("pending", "pending")


def test_S70_F90_a_late_retry_has_its_effect_once(desk):
    bad = keep(desk, a_mail(subject="CANARY", authentic=True))
    with _Killed() as worker:
        work(replace(desk, worker=worker))
    later(desk, days=20)
    config = config_of(desk)
    assert run_here("received", "retry", str(bad), config=config).status == 0
    assert run_here("received", "retry", str(bad), config=config).status == 1, "it is stuck no longer"
    assert work(desk).processed == 1
    assert work(desk).processed == 0
    assert state(desk, f"A-{bad}") == "pending"
    assert len(letters(desk, "author/receipt-article")) == 1
    assert len(letters(desk, "operator/notice")) == 1
    assert entry_of(desk, bad).sequence > entry_of(desk, bad + 1).sequence, "applied when it was read, not when it came"


def test_F90_the_attempt_is_counted_before_anything_is_read(desk, monkeypatch):
    number = keep(desk, a_mail(authentic=True))
    seen: list[int] = []

    def looked(desk: Desk, row: rows.Received) -> examine.Examined:
        seen.append(received(desk, row.number).attempts)
        return examine.examine(desk, row)

    monkeypatch.setattr(process, "examine", looked)
    work(desk)
    assert seen == [1]
    assert received(desk, number).attempts == 1


# Workers that die or come late


def claim_and_die(desk: Desk) -> int | None:
    with writing(desk.engine) as conn:
        row = rows.claim(conn, desk.now(), LEASE_SECONDS)
    return row.number if row else None


def test_F91_what_a_dead_worker_held_is_taken_up_when_its_lease_runs_out(desk):
    number = keep(desk, a_mail(authentic=True))
    assert claim_and_die(desk) == number
    assert work(desk).processed == 0, "it may be alive"
    clock_of(desk).pass_(seconds=LEASE_SECONDS)
    assert work(desk).processed == 1
    assert received(desk, number).attempts == 2
    assert len(letters(desk, "author/receipt-article")) == 1


def test_F91_a_mail_in_whose_turn_the_program_died_three_times_is_stuck_without_a_fourth(desk):
    bad, good = keep(desk, a_mail(authentic=True)), keep(desk, a_mail(authentic=True))
    for _ in range(ATTEMPTS):
        with writing(desk.engine) as conn:
            assert rows.claim(conn, desk.now(), LEASE_SECONDS, bad)
        clock_of(desk).pass_(seconds=LEASE_SECONDS)
    with _Trying() as worker:
        assert work(replace(desk, worker=worker)).stuck == (bad,)
    assert worker.asked == [f"{good:06}"], "nobody tried a fourth time"
    assert "died in 3 turns" in received(desk, bad).error
    assert state(desk, f"A-{good}") == "pending"
    assert len(letters(desk, "operator/notice")) == 1


@contextmanager
def at(monkeypatch: pytest.MonkeyPatch, place: str, deed: Callable[[], None]) -> Iterator[None]:
    """Do this once, when a turn comes to that failpoint."""
    left = [deed]

    def reach(name: str) -> None:
        if name == place and left:
            left.pop()()

    with monkeypatch.context() as patch:
        patch.setattr(process, "reach", reach)
        yield


def test_F91_a_worker_that_is_merely_slow_finds_its_message_finished(desk, monkeypatch):
    number = keep(desk, a_mail(authentic=True))

    def another_is_faster() -> None:
        clock_of(desk).pass_(seconds=LEASE_SECONDS + 1)
        assert work(desk).processed == 1

    with at(monkeypatch, "process.examined", another_is_faster):
        process.process(desk, number)
    assert (received(desk, number).state, received(desk, number).attempts) == ("processed", 2)
    assert len(letters(desk, "author/receipt-article")) == 1
    assert [line.event for line in item(desk, f"A-{number}").journal] == ["open"]
    entry = entry_of(desk, number)
    assert entry.sequence == received(desk, number).sequence


@pytest.mark.parametrize(
    "trouble", [ParseFailed("its child died"), ValueError("nobody foresaw it"), StoreError("full")]
)
def test_F91_a_slow_worker_that_fails_leaves_the_finished_message_alone(desk, monkeypatch, trouble):
    number = keep(desk, a_mail(authentic=True))
    for _ in range(ATTEMPTS - 1):
        claim_and_die(desk)
        clock_of(desk).pass_(seconds=LEASE_SECONDS)

    def another_is_faster() -> None:
        with writing(desk.engine) as conn:  # the operator had put it back meanwhile
            rows.stuck(conn, number, "")
            rows.retry(conn, number)
        assert work(desk).processed == 1
        raise trouble

    with at(monkeypatch, "process.examined", another_is_faster):
        if isinstance(trouble, StoreError):
            with pytest.raises(StoreError):
                process.process(desk, number)
        else:
            assert not process.process(desk, number)
    row = received(desk, number)
    assert (row.state, row.error, row.attempts) == ("processed", "", 1)
    assert not letters(desk, "operator/notice")


def test_a_refusal_of_the_disk_is_no_attempt(desk, monkeypatch):
    number = keep(desk, a_mail(authentic=True))

    def full(*_: object) -> None:
        raise StoreError("disk full")

    for _ in range(ATTEMPTS + 1):
        with monkeypatch.context() as patch:
            patch.setattr(archive, "write_entry", full)
            with pytest.raises(StoreError):
                work(desk)
    assert (received(desk, number).state, received(desk, number).attempts) == ("received", 0)
    assert work(desk).processed == 1


def test_F27_one_lost_file_is_one_stuck_message_and_a_lost_disk_stops_the_work(desk):
    lost, good = keep(desk, a_mail(authentic=True)), keep(desk, a_mail(authentic=True))
    archive.message_path(desk.archive, lost).unlink()
    assert work(desk).stuck == (lost,)
    assert state(desk, f"A-{good}") == "pending"
    assert ": gone; `mailproc mend` brings it back" in received(desk, lost).error
    other = keep(desk, a_mail(authentic=True))
    shutil.move(desk.archive, desk.archive.with_name("unmounted"))
    for _ in range(ATTEMPTS):
        with pytest.raises(StoreError):
            work(desk)
    shutil.rmtree(desk.archive, ignore_errors=True)
    shutil.move(desk.archive.with_name("unmounted"), desk.archive)
    assert received(desk, other).state == "received"
    assert work(desk).processed == 1


# Entries whose commit is missing


def die_with_an_entry(desk: Desk, number: int) -> None:
    """Between entry and commit, as by SIGKILL: nothing is given back, the lease stands."""

    def die() -> None:
        raise Died

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "give_back", lambda *_: None)
        with at(patch, "process.entered", die), pytest.raises(Died):
            process.process(desk, number)
    assert received(desk, number).state == "received"
    assert entry_of(desk, number)


@pytest.mark.parametrize("next_deed", ["work", "decide", "receive", "remind"])
def test_an_entry_without_commit_is_applied_before_anything_else_is_decided(desk, next_deed):
    add_member(desk, ANA, "Ana")
    waiting = give(desk, a_mail(authentic=True))
    number = keep(desk, a_mail(subject="Died", authentic=True))
    die_with_an_entry(desk, number)
    left = entry_of(desk, number)
    clock_of(desk).pass_(days=1)
    deeds: dict[str, Callable[[], object]] = {
        "work": lambda: work(desk),
        "decide": lambda: process.enter(desk, "operator:1", f'decide {ANA} "A-{waiting} hold"'),
        "receive": lambda: give(desk, a_mail(subject="Next", authentic=True)),
        "remind": lambda: process.enter(desk, "operator:2", f"digest {ANA}"),
    }
    deeds[next_deed]()
    assert received(desk, number).sequence == left.sequence
    assert entry_of(desk, number) == left, "decided once"
    assert len(letters(desk, "author/receipt-article")) == 2 + (next_deed == "receive")
    assert_in_order(desk)


def assert_in_order(desk: Desk) -> None:
    """Every sequence was given once, and each entry has the row's."""
    with reading(desk.engine) as conn:
        done = [row for row in rows.every(conn) if row.sequence]
    assert sorted(row.sequence or 0 for row in done) == list(range(1, len(done) + 1))
    assert all(entry_of(desk, row.number).sequence == row.sequence for row in done)


def test_a_worker_in_mid_turn_applies_the_entry_of_one_that_died_meanwhile(desk, monkeypatch):
    """Both had seen the same last sequence; the dead one's entry has the next."""
    mine, other = (
        keep(desk, a_mail(subject="Mine", authentic=True)),
        keep(desk, a_mail(subject="Other", authentic=True)),
    )
    with at(monkeypatch, "process.examined", lambda: die_with_an_entry(desk, other)):
        assert process.process(desk, mine)
    assert received(desk, other).state == "processed"
    assert entry_of(desk, other).sequence < entry_of(desk, mine).sequence
    assert_in_order(desk)


def test_an_entry_is_not_taken_from_a_worker_that_is_alive(desk, monkeypatch):
    """It stands between entry and commit and holds the database; whoever looks then has to wait."""
    mine, other = (
        keep(desk, a_mail(subject="Mine", authentic=True)),
        keep(desk, a_mail(subject="Other", authentic=True)),
    )
    applied: list[int] = []
    tries = threading.Event()
    real = process.writing

    @contextmanager
    def writing_soon(engine: object) -> Iterator[object]:
        tries.set()
        with real(engine) as conn:  # type: ignore[arg-type]
            yield conn

    another = threading.Thread(target=process.process, args=(desk, other))

    def another_begins() -> None:
        monkeypatch.setattr(process, "writing", writing_soon)
        another.start()
        assert tries.wait(10)
        assert entry_of(desk, mine), "there for anybody to see"

    monkeypatch.setattr("mailproc.desk.turn.apply.entry", lambda _, entry: applied.append(entry.number))
    with at(monkeypatch, "process.entered", another_begins):
        assert process.process(desk, mine)
        another.join(30)
    assert applied == []
    assert (received(desk, mine).state, received(desk, other).state) == ("processed", "processed")
    assert_in_order(desk)


def test_an_entry_that_cannot_be_applied_is_not_left_behind_by_a_worker_that_lives(desk, monkeypatch):
    number = keep(desk, a_mail(authentic=True))

    def refused(*_: object) -> None:
        raise StoreError("the database refused")

    with monkeypatch.context() as patch:
        patch.setattr("mailproc.desk.turn.apply.finish", refused)
        with pytest.raises(StoreError):
            work(desk)
    assert archive.read_entry(desk.archive, number) is None
    assert work(desk).processed == 1


def test_several_entries_without_commit_are_applied_in_the_order_of_their_sequence(desk, monkeypatch):
    first, second = keep(desk, a_mail(authentic=True)), keep(desk, a_mail(subject="Other", authentic=True))
    die_with_an_entry(desk, second)
    left = entry_of(desk, second)
    claim_and_die(desk)
    archive.write_entry(desk.archive, replace(left, number=first, sequence=left.sequence + 1, letters=(), events=()))
    applied: list[int] = []
    real = process.apply.entry
    monkeypatch.setattr(process.apply, "entry", lambda conn, entry: (applied.append(entry.number), real(conn, entry)))
    work(desk)
    assert applied == [second, first]


# Stop, and two at once


def test_F15_work_ends_between_two_messages_when_it_is_told_to_stop(desk):
    numbers = [keep(desk, a_mail(subject=f"S{n}", authentic=True)) for n in range(4)]
    done: list[int] = []
    assert work(desk, done.append, stop=lambda: len(done) == 2).processed == 2
    assert [received(desk, n).state for n in numbers] == ["processed"] * 2 + ["received"] * 2
    assert [received(desk, n).attempts for n in numbers[2:]] == [0, 0]
    assert work(desk, stop=lambda: True).processed == 0


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_F15_whoever_ends_the_program_in_mid_turn_costs_the_mail_no_attempt_and_no_lease(desk, monkeypatch, end):
    number = keep(desk, a_mail(authentic=True))

    def stopped() -> None:
        raise end

    with at(monkeypatch, "process.examined", stopped), pytest.raises(end):
        work(desk)
    assert received(desk, number).attempts == 0
    assert work(desk).processed == 1, "at once: no lease is left"


def test_two_processes_work_at_once_and_each_mail_has_its_effect_once(open_desks):
    desk = open_desks(**{"limits.letters_per_sender_per_day": 50})
    numbers = [keep(desk, a_mail(subject=f"S{n}", authentic=True)) for n in range(8)]
    together = threading.Barrier(2)
    ran: list[Ran] = []

    def one_process() -> None:
        together.wait()
        ran.append(run_process("work", "--json", config=config_of(desk)))

    threads = [threading.Thread(target=one_process) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.status for each in ran] == [0, 0], ran
    assert {received(desk, n).state for n in numbers} == {"processed"}
    assert {received(desk, n).attempts for n in numbers} == {1}
    assert len(letters(desk, "author/receipt-article")) == len(numbers)
    assert_in_order(desk)


# DNS


@pytest.fixture
def silent_dns() -> Iterator[tuple[Dns, socket.socket]]:
    """A name server that takes every question and answers none."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    udp.setblocking(False)  # noqa: FBT003 - the standard library's word
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = udp.getsockname()[1]
    yield Dns(resolver), udp
    udp.close()


def questions(udp: socket.socket) -> int:
    asked = 0
    while True:
        try:
            udp.recv(4096)
        except BlockingIOError:
            return asked
        asked += 1


def signed(octets: bytes, domain: str) -> bytes:
    tags = f"v=1; a=rsa-sha256; d={domain}; s=sel; h=from:subject; bh=AAAA; b=AAAA"
    return f"DKIM-Signature: {tags}\r\n".encode() + octets


def test_F93_a_dns_that_hangs_delays_three_mails_and_the_vote_goes_to_step_up(desk, monkeypatch, silent_dns):
    monkeypatch.setattr(examine, "DNS_SECONDS", 0.2)
    answering, udp = silent_dns
    desk = replace(desk, dns=answering)
    add_member(desk, ANA, "Ana")
    ref = f"A-{give(desk, a_mail(authentic=True))}"
    for n in range(3):
        keep(desk, signed(a_mail(subject=f"S{n}"), "poole.example"))
    work(desk)
    assert answering.rests
    assert questions(udp) >= 3
    reply = a_reply(digest_now(desk, ANA), f"{ref} approve", ANA, authentic=False)
    number = give(desk, signed(reply, "harbour.example"))
    assert questions(udp) == 0, "it is left alone"
    assert received(desk, number).state in {"processed", "unauthorised"}
    assert item(desk, ref).votes == ()
    assert len(letters(desk, "member/step-up", ANA)) == 1


def test_a_signature_that_costs_more_than_it_may_leaves_the_mail_unauthenticated_and_read(desk):
    class _Greedy(Worker):
        def verify(self, path: Path, *_: object) -> tuple[()]:
            raise ParseFailed(f"{path}: it needs more memory than the parse child may use")

    with _Greedy() as worker:
        number = give(
            replace(desk, worker=worker, dns=Dns(dns.resolver.Resolver(configure=False))),
            signed(a_mail(), "poole.example"),
        )
    assert (received(desk, number).state, received(desk, number).identity) == ("processed", "")


# What people see of it


def test_a_mail_that_nobody_read_is_listed_with_its_subject(desk):
    subject = "=?utf-8?q?Der_Zug_f=C3=A4hrt=0D=0A_nicht?="
    bad = keep(
        desk,
        a_mail(authentic=True, sender="Jo <jo@poole.example>").replace(
            b"Subject: The tram", f"Subject: {subject}\r\n CANARY".encode()
        ),
    )
    config = config_of(desk)
    told = run_here("received", "list", "--json", config=config).json
    assert [(row["state"], row["subject"]) for row in told] == [("received", "Der Zug fährt nicht CANARY")]
    with _Killed() as worker:
        work(replace(desk, worker=worker))
    told = run_here("received", "list", "--state", "stuck", "--json", config=config).json
    assert [(row["number"], row["subject"]) for row in told] == [(bad, "Der Zug fährt nicht CANARY")]
    shown = run_here("received", "show", str(bad), config=config)
    assert shown.status == 0
    assert "Der Zug fährt nicht CANARY" in shown.out
    assert "stuck" in shown.out
    assert (
        run_here("received", "show", str(bad), "--json", config=config).json["subject"] == "Der Zug fährt nicht CANARY"
    )


EVIL = "\x1b[31mred\x07\u202egnp.exe\r\nmailproc: message 1 is fine\x85\u2028\u200b"


def test_S39_no_mail_writes_a_line_of_the_log_or_moves_a_cursor(desk, monkeypatch):
    number = keep(desk, a_mail(authentic=True))
    heard = io.BytesIO()
    handler = logging.StreamHandler(io.TextIOWrapper(heard, "utf-8", write_through=True))
    handler.setFormatter(OneLine())
    monkeypatch.setattr(logging.getLogger("mailproc"), "handlers", [handler])
    monkeypatch.setattr(logging.getLogger("mailproc"), "level", logging.INFO)

    def stumbles(*_: object) -> None:
        raise ValueError(EVIL)

    with monkeypatch.context() as patch:
        patch.setattr(process.mail, "sort", stumbles)
        assert work(desk).stuck == (number,)
    logging.getLogger("mailproc.desk.turn.turn").error("letter to %s: refused", EVIL)
    octets = heard.getvalue()
    assert octets.count(b"\\x1b[31mred") > ATTEMPTS
    assert received(desk, number).error.isprintable()
    assert_plain(octets)
    ours = [line for line in octets.split(b"\n") if line and not line.startswith(b"  ")]
    assert all(line.startswith((f"mailproc: message {number}".encode(), b"mailproc: letter to ")) for line in ours)
    assert all(len(line) < 2000 for line in octets.split(b"\n"))


def assert_plain(octets: bytes) -> None:
    bad = [c for c in octets.decode() if not (c.isprintable() or c == "\n")]
    assert bad == []


def test_S39_lists_and_errors_show_no_control_or_bidi_character(desk):
    quoted = "=?utf-8?q?" + "".join(f"={b:02X}" for b in EVIL.encode()) + "?="
    hostile = a_mail(authentic=True, attachments=(("a.png", "image/png", b"\x89PNG\r\n\x1a\n"),))
    hostile = hostile.replace(b"Subject: The tram", f"Subject: {quoted}".encode()).replace(
        b'"a.png"', f'"{quoted}"'.encode()
    )
    waiting = keep(desk, hostile)
    config = config_of(desk)
    shown = [("received", "list"), ("received", "show", str(waiting)), ("received", "list", "--json")]
    for words in shown:
        assert_plain(run_here(*words, config=config).out.encode())
    work(desk)
    shown += [("list",), ("show", f"A-{waiting}"), ("trace", str(waiting)), ("outbox", "list"), ("list", "--json")]
    for words in shown:
        ran = run_here(*words, config=config)
        assert ran.status == 0
        assert_plain((ran.out + ran.err).encode())
    refused = run_here("show", f"A-1{EVIL}", config=config)
    assert refused.status == 1
    assert_plain(refused.err.encode())


def test_a_failure_is_told_on_standard_error_in_one_plain_line(open_desks):
    desk = open_desks()
    number = keep(desk, a_mail(subject="The tram", authentic=True), ENVELOPE)
    archive.message_path(desk.archive, number).unlink()
    ran = run_process("work", config=config_of(desk))
    assert ran.status == 1
    assert f"mailproc: message {number} is stuck" in ran.err
    assert f"received retry {number}" in ran.err
    assert_plain(ran.err.encode())
