"""The timetable: what runs when, and how the service ends. APScheduler is only the ticker; what is due is rows.

Each timed job has a thread of its own that waits for its tick; jobs of one lane never run at once, and a silent
server delays its own lane only. A job may run late, twice, or after a long sleep: it asks the database what is due.
A thread that hears no tick for two intervals runs all the same and sets the ticker right: it counts monotonic time,
so a clock that is set back stops nothing (catalogue F82). A failure is told and does not end the service; a disk
that fails an fsync does (catalogue F29).
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FrameType

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from mailproc.errors import MailprocError
from mailproc.store.octets import disk

log = logging.getLogger(__name__)

DRAIN_SECONDS = 30.0  # what is under way when the service is asked to end may take so long (catalogue F15)
LOOK_SECONDS = 0.5  # how often the service looks whether the disk still holds
PATIENCE = 2  # intervals without a tick, then a job runs without one
PAUSE_SECONDS = 5.0  # before something that broke begins again

Report = Callable[[str, str], None]  # what ran, and why it failed or ""
Loop = Callable[[threading.Event], None]  # runs by itself until the event is set


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the timetable."""

    name: str  # of the job
    every: timedelta
    lane: str  # jobs of one lane run one after the other
    at_start: bool = True


TIMETABLE = (
    Tick("work", timedelta(seconds=5), "turns"),
    Tick("remind", timedelta(minutes=1), "turns"),
    Tick("deliver", timedelta(seconds=15), "letters"),
    Tick("watch", timedelta(minutes=1), "watch", at_start=False),  # what has just begun is not late yet
)


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """So long after now: a clock set forward by years makes one tick, not millions to be put together."""

    __slots__ = ("every",)

    def __init__(self, every: timedelta) -> None:
        """`every` is the time between two ticks."""
        self.every = every

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """APScheduler's own question."""
        del previous_fire_time
        return now + self.every


class Service:
    """The jobs while they run: their threads, their ticks, and the word that ends them."""

    def __init__(self, ticks: Sequence[Tick], report: Report = lambda _name, _why: None) -> None:
        """Nothing runs yet."""
        self.ticks = tuple(ticks)
        self.stop = threading.Event()
        self._report = report
        self._due = {tick.name: threading.Event() for tick in ticks}
        self._lanes = {tick.lane: threading.Lock() for tick in ticks}
        self._ticker = BackgroundScheduler(executors={"default": DebugExecutor()})  # a tick only sets an event
        self._threads: list[threading.Thread] = []
        self._running: set[str] = set()
        self._told: dict[str, str] = {}  # why each failed last, "" if it did not

    def wake(self, name: str) -> None:
        """Let a job run at once, or once more if it is running."""
        self._due[name].set()

    def run(self, jobs: Mapping[str, Callable[[], object]], loops: Mapping[str, Loop]) -> tuple[str, ...]:
        """Run jobs by the timetable, and loops beside them, until `stop` is set; what did not end in time after that.

        Raises DiskFailed, after all have ended, if fsync failed meanwhile.
        """
        held = len(disk.failures)
        for tick in self.ticks:
            self._begin(tick, jobs[tick.name])
        for name, loop in loops.items():
            self._start(name, lambda name=name, loop=loop: self._again_and_again(name, loop))  # type: ignore[misc]
        self._ticker.start()
        while not self.stop.wait(LOOK_SECONDS) and len(disk.failures) == held:
            pass
        unfinished = self._drain()
        if len(disk.failures) > held:
            raise disk.failures[-1]
        return unfinished

    def _begin(self, tick: Tick, job: Callable[[], object]) -> None:
        self._ticker.add_job(
            self._due[tick.name].set,
            Every(tick.every),
            id=tick.name,
            misfire_grace_time=None,  # catalogue F80: late is better than never
            coalesce=True,
            max_instances=1,
        )
        if tick.at_start:
            self.wake(tick.name)
        self._start(tick.name, lambda: self._keep(tick, job))

    def _start(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name=name, daemon=True)  # one that never ends must not keep us
        self._threads.append(thread)
        thread.start()

    def _keep(self, tick: Tick, job: Callable[[], object]) -> None:
        """One job's thread: at each tick, or without one when none comes."""
        due, late = self._due[tick.name], PATIENCE * tick.every.total_seconds()
        while not self.stop.is_set():
            if not due.wait(late):
                self._ticker.reschedule_job(tick.name, trigger=Every(tick.every))
            due.clear()
            with self._lanes[tick.lane]:
                if not self.stop.is_set():
                    self._guarded(tick.name, job)

    def _again_and_again(self, name: str, loop: Loop) -> None:
        """One loop's thread: begun again if it breaks."""
        while not self.stop.is_set():
            self._guarded(name, lambda: loop(self.stop))
            self.stop.wait(PAUSE_SECONDS)

    def _guarded(self, name: str, job: Callable[[], object]) -> None:
        """A failure is told, and never ends the thread."""
        self._running.add(name)
        try:
            job()
            why = ""
        except MailprocError as error:
            why = str(error)
            if why != self._told.get(name):  # once, not every few seconds
                log.error("%s: %s", name, why)  # noqa: TRY400 - its words are for people
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            if why != self._told.get(name):
                log.exception("%s failed; it is tried again", name)
        finally:
            self._running.discard(name)
        self._told[name] = why
        self._report(name, why)

    def _drain(self) -> tuple[str, ...]:
        """No more ticks; what is under way may come to its end, within limits."""
        self.stop.set()
        for due in self._due.values():
            due.set()
        deadline = time.monotonic() + DRAIN_SECONDS
        self._ticker.shutdown(wait=False)
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return tuple(thread.name for thread in self._threads if thread.name in self._running)


def heed_signals(stop: threading.Event) -> None:
    """SIGTERM and SIGINT end the service; SIGHUP changes nothing: config.toml is read at the start (catalogue F94)."""

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    def stay(_number: int, _frame: FrameType | None) -> None:
        log.warning("config.toml is read at start only; check it with `mailproc doctor`, then restart the service")

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGHUP, stay)
