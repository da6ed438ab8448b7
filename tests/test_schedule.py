"""The timetable: what runs when, that lanes keep apart, that no failure ends the service and a failing disk does."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import which

import pytest

from mailproc import schedule
from mailproc.errors import DiskFailed, StoreError
from mailproc.schedule import TIMETABLE, Every, Service, Tick
from mailproc.store.octets import disk

ROOT = Path(__file__).resolve().parents[1]
SOON, NEVER = timedelta(milliseconds=20), timedelta(hours=1)
PATIENCE_SECONDS = 30  # how long a test waits before it calls something broken; none takes as long


@pytest.fixture
def guarded():
    """Services that end after PATIENCE_SECONDS whatever happens."""
    timers = []

    def guard(service: Service) -> Service:
        timers.append(threading.Timer(PATIENCE_SECONDS, service.stop.set))
        timers[-1].start()
        return service

    yield guard
    for timer in timers:
        timer.cancel()


def test_each_job_has_its_time_and_its_lane():
    assert [tick.name for tick in TIMETABLE] == ["work", "remind", "deliver", "watch"]
    lanes = {tick.name: tick.lane for tick in TIMETABLE}
    assert lanes["work"] == lanes["remind"]
    assert len(set(lanes.values())) == 3
    assert all(timedelta(0) < tick.every <= timedelta(minutes=1) for tick in TIMETABLE)


def test_at_start_everything_runs_but_what_looks_for_lateness(guarded):
    ran, all_ran = set(), threading.Event()
    service = guarded(Service([Tick(name, NEVER, name, at_start=name != "watch") for name in ("a", "b", "watch")]))

    def run(name: str) -> None:
        ran.add(name)
        if ran == {"a", "b"}:
            all_ran.set()
            service.stop.set()

    service.run({name: lambda name=name: run(name) for name in ("a", "b", "watch")}, {})
    assert ran == {"a", "b"}


def test_F85_a_job_that_fails_is_told_once_counted_and_runs_again_and_so_do_the_others(guarded, caplog):
    ran, reports = {"bad": 0, "good": 0}, []
    service = guarded(
        Service([Tick("bad", SOON, "bad"), Tick("good", SOON, "good")], lambda name, why: reports.append((name, why)))
    )

    def run(name: str) -> None:
        ran[name] += 1
        if min(ran.values()) >= 3:
            service.stop.set()
        if name == "bad":
            raise OSError("the disk is full")

    service.run({"bad": lambda: run("bad"), "good": lambda: run("good")}, {})
    assert min(ran.values()) >= 3
    assert reports.count(("bad", "OSError: the disk is full")) >= 3
    assert ("good", "") in reports
    assert caplog.text.count("bad failed; it is tried again") == 1


def test_an_error_that_names_its_cure_is_one_line(guarded, caplog):
    service = guarded(Service([Tick("work", SOON, "turns")]))

    def run() -> None:
        service.stop.set()
        raise StoreError("data: the disk is full; free some space")

    service.run({"work": run}, {})
    assert [record.getMessage() for record in caplog.records] == ["work: data: the disk is full; free some space"]
    assert not any(record.exc_info for record in caplog.records)


def test_F81_a_job_longer_than_its_interval_never_runs_twice_at_once(guarded):
    busy, overlaps, turns = threading.Lock(), [], []
    service = guarded(Service([Tick("one", SOON, "same"), Tick("two", SOON, "same")]))

    def run() -> None:
        if not busy.acquire(blocking=False):
            overlaps.append(1)
            return
        turns.append(1)
        threading.Event().wait(0.03)  # the next ticks of both fall into this turn
        busy.release()
        if len(turns) >= 8:
            service.stop.set()

    service.run({"one": run, "two": run}, {})
    assert len(turns) >= 8
    assert not overlaps


def test_a_server_that_is_silent_delays_its_own_lane_only(guarded):
    silent, worked = threading.Event(), []
    service = guarded(Service([Tick("deliver", SOON, "letters"), Tick("work", SOON, "turns")]))

    def work() -> None:
        worked.append(1)
        if len(worked) >= 5:
            silent.set()
            service.stop.set()

    service.run({"deliver": silent.wait, "work": work}, {"poll main": lambda _stop: silent.wait()})
    assert len(worked) >= 5


def test_what_is_woken_runs_at_once(guarded):
    service = guarded(Service([Tick("work", NEVER, "turns")]))
    ran = []

    def work() -> None:
        ran.append(1)
        if len(ran) == 2:
            service.stop.set()

    def mailbox(stop: threading.Event) -> None:
        while not ran:
            stop.wait(0.01)
        service.wake("work")
        stop.wait()

    service.run({"work": work}, {"poll main": mailbox})
    assert len(ran) == 2


def test_a_loop_that_breaks_is_begun_again(guarded, monkeypatch):
    monkeypatch.setattr(schedule, "PAUSE_SECONDS", 0.01)
    service, began = guarded(Service([])), []

    def mailbox(stop: threading.Event) -> None:
        began.append(1)
        if len(began) == 3:
            stop.set()
        raise RuntimeError("nobody foresaw this")

    service.run({}, {"poll main": mailbox})
    assert len(began) == 3


def test_F86_a_job_under_way_is_finished_before_the_service_ends(guarded):
    finished = []
    service = guarded(Service([Tick("one", NEVER, "one")]))

    def run() -> None:
        service.stop.set()
        threading.Event().wait(0.2)
        finished.append(1)

    assert service.run({"one": run}, {}) == ()
    assert finished


def test_F86_what_does_not_end_in_time_is_named_and_not_waited_for(guarded, monkeypatch):
    monkeypatch.setattr(schedule, "DRAIN_SECONDS", 0.1)
    hangs, begun = threading.Event(), threading.Event()
    service = guarded(Service([Tick("deliver", NEVER, "letters"), Tick("work", NEVER, "turns")]))

    def deliver() -> None:
        begun.set()
        hangs.wait()

    def mailbox(stop: threading.Event) -> None:
        begun.wait()
        stop.set()

    assert service.run({"deliver": deliver, "work": lambda: None}, {"poll main": mailbox}) == ("deliver",)
    hangs.set()


def test_F80_a_tick_is_never_too_late_and_a_clock_set_forward_makes_one(guarded):
    service = guarded(Service([Tick("work", timedelta(seconds=5), "turns")]))
    service.stop.set()
    service.run({"work": lambda: None}, {})
    now = datetime(2026, 11, 22, 9, tzinfo=UTC)
    every = Every(timedelta(seconds=5))
    assert every.get_next_fire_time(datetime(1970, 1, 1, tzinfo=UTC), now) == now + timedelta(seconds=5)


def test_F82_a_ticker_that_falls_silent_stops_no_job_and_is_set_right(guarded, monkeypatch):
    ran, rescheduled = [], []
    service = guarded(Service([Tick("work", SOON, "turns")]))
    monkeypatch.setattr(service._ticker, "start", lambda: None)  # as after a clock set back: no tick comes
    monkeypatch.setattr(service._ticker, "shutdown", lambda **_: None)
    monkeypatch.setattr(service._ticker, "reschedule_job", lambda name, **_: rescheduled.append(name))

    def work() -> None:
        ran.append(1)
        if len(ran) >= 3:
            service.stop.set()

    service.run({"work": work}, {})
    assert len(ran) >= 3
    assert set(rescheduled) == {"work"}


CLOCK = """
import sys, time
from datetime import timedelta
from pathlib import Path
from mailproc.schedule import Service, Tick

clock, ran = Path(sys.argv[1]), []
service = Service([Tick("work", timedelta(seconds=0.2), "turns")])

def work():
    ran.append(time.time())
    if len(ran) == 3:
        clock.write_text(sys.argv[2])
    if len(ran) == 8:
        service.stop.set()

service.run({"work": work}, {})
print(len(ran), round((ran[-1] - ran[0]) / 3600))
"""


@pytest.mark.skipif(which("faketime") is None and not os.environ.get("CI"), reason="faketime is not installed")
@pytest.mark.parametrize(("jump", "hours"), [("-1h", -1), ("+1d", 24), ("+8760h", 8760)])
def test_F82_jobs_go_on_while_the_clock_jumps(tmp_path, jump, hours):
    """A process of its own whose wall clock is set by a file; its monotonic clock stays."""
    clock = tmp_path / "clock"
    clock.write_text("+0")
    library = next(Path("/usr/lib").rglob("libfaketimeMT.so.1"))
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", CLOCK, str(clock), jump],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split() == ["8", str(hours)], done.stderr
    assert time.monotonic() - began < 60


def test_F29_a_disk_that_fails_an_fsync_ends_the_service_whoever_caught_the_error(guarded, monkeypatch):
    monkeypatch.setattr(disk, "failures", [])
    service, ended = guarded(Service([Tick("work", NEVER, "turns")])), []

    def mailbox(stop: threading.Event) -> None:
        try:
            raise disk.final("data: the disk fails (I/O error)")
        except DiskFailed:
            stop.wait()
            ended.append(1)

    with pytest.raises(DiskFailed, match="the disk fails"):
        service.run({"work": lambda: None}, {"lmtp": mailbox})
    assert ended
