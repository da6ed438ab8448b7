"""The timetable: what runs when, that one job at a time runs, and that no failure ends the service."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from build import make_desk

from mailproc.config import load
from mailproc.schedule import Tick, serve, timetable

ROOT = Path(__file__).resolve().parents[1]
SOON = timedelta(milliseconds=20)
PATIENCE_SECONDS = 30  # how long a test waits before it calls something broken; none takes as long


def account(name: str, every: str) -> str:
    return f'\n[[intake.imap]]\nname = "{name}"\nhost = "mail.harbour.example"\nuser = "desk"\nevery = "{every}"\n'


def test_without_a_mailbox_nothing_is_polled(tmp_path):
    ticks = timetable(load(make_desk(tmp_path / "desk")))
    assert [tick.job for tick in ticks] == ["work", "remind", "deliver"]


def test_mailboxes_are_polled_as_often_as_the_most_eager_wants(tmp_path):
    path = make_desk(tmp_path / "desk")
    path.write_text(path.read_text() + account("main", "60s") + account("second", "10s"))
    ticks = timetable(load(path))
    assert [tick.job for tick in ticks] == ["poll", "work", "remind", "deliver"]
    assert ticks[0].every == timedelta(seconds=10)
    assert all(timedelta(0) < tick.every <= timedelta(minutes=1) for tick in ticks)


def test_at_start_everything_runs_once_in_the_order_of_the_timetable():
    stop, ran = threading.Event(), []
    ticks = [Tick(name, timedelta(hours=1), name) for name in ("poll", "work", "remind", "deliver")]
    stop.set()
    serve(ticks, {tick.job: lambda tick=tick: ran.append(tick.job) for tick in ticks}, stop)
    assert ran == ["poll", "work", "remind", "deliver"]


def test_a_job_that_fails_is_told_and_runs_again_and_so_do_the_others(caplog):
    stop, ran = threading.Event(), {"bad": 0, "good": 0}

    def run(name: str) -> None:
        ran[name] += 1
        if min(ran.values()) >= 3:
            stop.set()
        if name == "bad":
            raise OSError("the disk is full")

    ticks = [Tick("bad", SOON, "bad"), Tick("good", SOON, "good")]
    guard = threading.Timer(PATIENCE_SECONDS, stop.set)
    guard.start()
    serve(ticks, {"bad": lambda: run("bad"), "good": lambda: run("good")}, stop)
    guard.cancel()
    assert min(ran.values()) >= 3
    assert "bad failed" in caplog.text
    assert "the disk is full" in caplog.text


def test_two_jobs_never_run_at_once():
    stop, busy, overlaps, turns = threading.Event(), threading.Lock(), [], []

    def run() -> None:
        if not busy.acquire(blocking=False):
            overlaps.append(1)
            return
        turns.append(1)
        threading.Event().wait(0.03)  # longer than the interval: the next tick falls into this turn
        busy.release()
        if len(turns) >= 8:
            stop.set()

    guard = threading.Timer(PATIENCE_SECONDS, stop.set)
    guard.start()
    serve([Tick("one", SOON, "job"), Tick("two", SOON, "job")], {"job": run}, stop)
    guard.cancel()
    assert len(turns) >= 8
    assert not overlaps


def test_a_job_under_way_is_finished_before_the_service_ends():
    stop, begun, finished = threading.Event(), threading.Event(), []

    def run() -> None:
        if begun.is_set():
            stop.set()
            threading.Event().wait(0.1)
            finished.append(1)
        begun.set()

    serve([Tick("one", SOON, "job")], {"job": run}, stop)
    assert finished


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_the_service_ends_well_when_it_is_asked_to(tmp_path, sign):
    config = make_desk(tmp_path / "desk")
    program = (
        "import sys, mailproc.schedule as schedule\n"
        "from mailproc.cli.main import main\n"
        "_stopped = schedule._stopped_by_signals\n"
        "def ready():\n"
        "    stop = _stopped()\n"
        "    print('ready', flush=True)\n"
        "    return stop\n"
        "schedule._stopped_by_signals = ready\n"
        "sys.exit(main())\n"
    )
    command = [sys.executable, "-c", program, "--config", str(config), "run"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as service:  # noqa: S603 - our own words
        assert service.stdout is not None
        assert service.stdout.readline() == "ready\n"
        service.send_signal(sign)
        out, err = service.communicate(timeout=PATIENCE_SECONDS)
    assert (service.returncode, out, err) == (0, "", "")
