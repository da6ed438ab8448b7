"""The timetable: what runs when. APScheduler is only the ticker; what is due is rows, not jobs.

Every job may run late, twice, or after a long sleep: each asks the database what is due. Jobs are kept in memory,
never missed for being late, and never run twice at once (LIBRARIES: APScheduler's defaults lose late jobs).
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from mailproc.config import Config

log = logging.getLogger(__name__)

WORK_EVERY = timedelta(seconds=5)
REMIND_EVERY = timedelta(minutes=1)
DELIVER_EVERY = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the timetable."""

    name: str
    every: timedelta
    job: str  # poll, work, remind, deliver


def timetable(config: Config) -> tuple[Tick, ...]:
    """What runs, and how often."""
    polls = [account.every for account in config.imap]
    return (
        *((Tick("poll the mailboxes", min(polls), "poll"),) if polls else ()),
        Tick("work", WORK_EVERY, "work"),
        Tick("remind", REMIND_EVERY, "remind"),
        Tick("deliver", DELIVER_EVERY, "deliver"),
    )


def serve(ticks: Sequence[Tick], jobs: Mapping[str, Callable[[], object]], stop: threading.Event | None = None) -> None:
    """Run the timetable until `stop` is set, or SIGTERM or SIGINT comes; a job under way is finished first."""
    stop = stop or _stopped_by_signals()
    one_at_a_time = threading.Lock()
    scheduler = BackgroundScheduler()
    for tick in ticks:
        scheduler.add_job(
            _guarded(tick, jobs[tick.job], one_at_a_time),
            "interval",
            seconds=tick.every.total_seconds(),
            name=tick.name,
            misfire_grace_time=None,  # RELIABILITY F80: late is better than never
            coalesce=True,
            max_instances=1,
        )
    for tick in ticks:  # at start at once, in the timetable's order
        _guarded(tick, jobs[tick.job], one_at_a_time)()
    scheduler.start()
    stop.wait()
    scheduler.shutdown(wait=True)


def _guarded(tick: Tick, job: Callable[[], object], one_at_a_time: threading.Lock) -> Callable[[], None]:
    """A job whose failure is told and does not end the service."""

    def run() -> None:
        with one_at_a_time:
            try:
                job()
            except Exception:
                log.exception("%s failed; it is tried again in %s", tick.name, tick.every)

    return run


def _stopped_by_signals() -> threading.Event:
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - signal's own shape
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    return stop
