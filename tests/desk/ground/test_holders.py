"""What a process held that was killed is free at once; what one holds that lives is left alone, wherever it runs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from build import PROGRAM, ROOT, a_mail, clock_of, give, keep, letters, received, run_here, run_process

from mailproc.desk.carry.deliver import LEASE_SECONDS as LETTER_SECONDS
from mailproc.desk.carry.deliver import deliver
from mailproc.desk.ground import holder
from mailproc.desk.ground.books import clock
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import LEASE_SECONDS, work
from mailproc.errors import StoreError
from mailproc.store.database import reading, writing
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.service import holders
from mailproc.store.service.holders import Hands
from mailproc.workflow.outgoing import Outgoing

NOBODY = "nobody is sending"


def now() -> datetime:
    return clock()


def config_of(desk: Desk) -> Path:
    return desk.config.folder / "config.toml"


@pytest.fixture
def desk(open_desks) -> Desk:
    """A desk at today's time, as commands in processes of their own see it; one letter at a time to a domain."""
    desk = open_desks(**{"delivery.per_domain": 1, "storage.reserve": 0})
    clock_of(desk).set(now())
    return desk


def queue(desk: Desk, count: int) -> list[str]:
    """So many letters to one domain, and their ids."""
    cause = give(desk, a_mail(sender="Pia <pia@ferryside.example>"))
    with writing(desk.engine) as conn:
        conn.exec_driver_sql("UPDATE outgoing SET state = 'cancelled', next_try = NULL")
        for n in range(count):
            path = f"2026/{cause}x{n}.eml"
            (desk.outbox / "2026").mkdir(exist_ok=True)
            (desk.outbox / path).write_bytes(b"Subject: Up\r\n\r\nDear you,\r\n")
            to, due = f"a{n}@gangway.example", desk.now()
            outgoing.add(
                conn,
                Outgoing(f"{cause}x{n}", f"{cause}x{n}@harbour.example", "author/published", to, "Up", "queued", cause,
                         path, due, next_try=due, ref=f"A-{n}"),
            )  # fmt: skip
    return [f"{cause}x{n}" for n in range(count)]


@contextmanager
def at_work(desk: Desk, *words: str, failpoint: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command in a process of its own, which stops in the middle of what it claimed and is killed at the end."""
    command = [sys.executable, "-c", PROGRAM, "--config", str(config_of(desk)), *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "MAILPROC_FAILPOINT": failpoint}
    running = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603 - ours
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def until_held(desk: Desk) -> None:
    """Until somebody else has claimed something."""
    for _ in range(3000):
        with reading(desk.engine) as conn:
            if any(who != desk.holder.id for who in holders.all_hands(conn, now())):
                return
        threading.Event().wait(0.02)
    raise AssertionError("nothing was claimed")


def test_F98_letters_behind_one_of_a_killed_sender_leave_at_once_and_until_then_health_names_it(desk):
    queue(desk, 5)
    killed = run_process("deliver", config=config_of(desk), MAILPROC_FAILPOINT="deliver.claimed:kill9")
    assert killed.status == -signal.SIGKILL
    with writing(desk.engine) as conn:
        conn.exec_driver_sql("UPDATE attempts SET started_at = started_at - 600000000")
    health = run_here("health", config=config_of(desk))
    assert health.status == 1
    assert f"4 letters wait behind 1 that {NOBODY}" in " ".join(health.out.split())
    sent = run_process("deliver", config=config_of(desk))
    assert (sent.status, sent.out, sent.err) == (0, "5 sent\n", "")
    assert NOBODY not in run_here("health", config=config_of(desk)).out


def test_F98_a_message_of_a_killed_worker_has_its_turn_at_the_next_start(desk):
    number = keep(desk, a_mail(authentic=True))
    killed = run_process("work", config=config_of(desk), MAILPROC_FAILPOINT="process.examined:kill9")
    assert killed.status == -signal.SIGKILL
    assert "1 in the hand of a process that ended" in " ".join(run_here("health", config=config_of(desk)).out.split())
    assert run_process("work", config=config_of(desk)).status == 0
    assert (received(desk, number).state, received(desk, number).attempts) == ("processed", 2)


@pytest.mark.parametrize(
    ("words", "failpoint"), [("work", "process.examined:sleep"), ("deliver", "deliver.claimed:sleep")]
)
def test_F98_what_a_living_process_holds_is_left_to_it_and_is_free_when_it_is_killed(desk, words, failpoint):
    ids = queue(desk, 3)
    number = keep(desk, a_mail(authentic=True)) if words == "work" else 0
    with at_work(desk, words, failpoint=failpoint) as running:
        until_held(desk)
        running.send_signal(signal.SIGSTOP)  # it neither goes on nor ends
        if number:
            assert (work(desk).processed, received(desk, number).attempts) == (0, 1)
        else:
            told = run_here("deliver", config=config_of(desk))
            assert told.status == 1
            assert "2 letters wait behind 1 that another process is sending" in told.err
            assert NOBODY not in run_here("health", config=config_of(desk)).out
        running.kill()
        running.wait()
        if number:
            assert work(desk).processed == 1
        else:
            assert deliver(desk) == {"sent": len(ids)}


def test_F98_a_process_leaves_no_file_behind_that_ended_well_and_a_start_sweeps_those_of_the_dead(desk):
    keep(desk, a_mail(authentic=True))
    folder = desk.archive / "holders"
    assert run_process("work", config=config_of(desk)).status == 0
    assert list(folder.iterdir()) == []
    (folder / ("0" * 32)).write_text(holder._machine())
    (folder / f".{'0' * 32}").touch()
    os.utime(folder / f".{'0' * 32}", (0, 0))
    desk.holder.sweep()
    assert list(folder.iterdir()) == []


# Of other machines


def held_by(desk: Desk, who: str, *, beat: datetime, machine: str | None) -> tuple[int, str]:
    """A message and a letter in the hand of a holder who beat then; what its file says, None for no file."""
    [letter] = queue(desk, 1)
    number = keep(desk, a_mail(authentic=True))
    with writing(desk.engine) as conn:
        assert rows.claim(conn, desk.now(), LEASE_SECONDS, number, who)
        due = outgoing.get(conn, letter)
        assert due
        outgoing.begin(conn, due, desk.now(), LETTER_SECONDS, who)
        holders.beat(conn, who, beat)
    (desk.archive / "holders").mkdir(exist_ok=True)
    if machine is not None:
        (desk.archive / "holders" / who).write_text(machine)
    return number, letter


HERE, ELSEWHERE = "a-boot-before-this " + socket.gethostname(), "another-boot another.example"


@pytest.mark.parametrize(
    ("machine", "silent_seconds", "is_free"),
    [
        (HERE, 0, True),  # this machine was started again
        (ELSEWHERE, 0, False),
        (ELSEWHERE, 179, False),
        (ELSEWHERE, 180, True),
        ("", 10, False),  # a file system without locks
        ("", 180, True),
        (None, 10, False),  # its file cannot be seen from here
        (None, 180, True),
    ],
)
def test_F98_another_machine_is_believed_while_it_beats(desk, machine, silent_seconds, is_free):
    beat = desk.now() - timedelta(seconds=silent_seconds)
    number, letter = held_by(desk, "b" * 32, beat=beat, machine=machine)
    assert work(desk).processed == int(is_free)
    assert received(desk, number).attempts == 1 + is_free
    deliver(desk)
    [row] = [each for each in letters(desk) if each.id == letter]
    assert row.state == ("sent" if is_free else "queued")


def test_F98_what_an_older_release_claimed_ends_by_time(desk):
    number = keep(desk, a_mail(authentic=True))
    with writing(desk.engine) as conn:
        assert rows.claim(conn, desk.now(), LEASE_SECONDS, number)
    assert work(desk).processed == 0
    clock_of(desk).pass_(seconds=LEASE_SECONDS)
    assert work(desk).processed == 1


def test_F98_a_holder_beats_as_long_as_it_holds_something(desk, monkeypatch):
    monkeypatch.setattr(holder, "BEAT_SECONDS", 0.01)
    beaten = threading.Semaphore(0)
    whole = holders.beat

    def beat(*arguments: object) -> None:
        whole(*arguments)  # type: ignore[arg-type]
        beaten.release()

    monkeypatch.setattr(holders, "beat", beat)
    with holder.Holder(desk) as ours:
        ours.messages.add(1)
        with writing(desk.engine) as conn:
            ours.claims(conn)
        for _ in range(3):
            assert beaten.acquire(timeout=30)


# What a desk let fall


def test_F98_a_letter_whose_lane_broke_is_free_again_without_a_restart(desk, monkeypatch):
    """The database refused to say what came of it; the letter lay under its lease for forty minutes."""
    [letter] = queue(desk, 1)
    with monkeypatch.context() as broken:
        broken.setattr(outgoing, "update", lambda *_: (_ for _ in ()).throw(StoreError("the disk is full")))
        with pytest.raises(StoreError):
            deliver(desk)
    assert desk.holder.hands == Hands()
    assert deliver(desk) == {"sent": 1}
    with reading(desk.engine) as conn:
        assert len(outgoing.attempts_of(conn, letter)) == 2


def test_F98_two_desks_of_one_process_hold_each_for_themselves(desk):
    keep(desk, a_mail(authentic=True))
    with holder.Holder(desk) as other:
        with writing(desk.engine) as conn:
            row = rows.claim(conn, desk.now(), LEASE_SECONDS, holder=other.claims(conn))
            assert row
            other.messages.add(row.number)
        assert work(desk).processed == 0
    assert work(replace(desk)).processed == 1
