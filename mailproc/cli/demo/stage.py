"""What the demo's story stands on: the desk at work by its timetable, mail handed to the internet, patient looking.

Nothing here waits by the clock: `until` looks again every 50 ms and gives up, as `Stalled`, after a deadline. The desk
runs as `mailproc run` runs it, in a thread, with shorter intervals; leaving the block ends it when its job is done.
"""

from __future__ import annotations

import logging
import signal
import smtplib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType
from typing import TypeVar

from rich.console import Console

from mailproc.cli.demo.mails import Posted
from mailproc.cli.demo.servers import LOOPBACK, Internet
from mailproc.desk.carry.deliver import deliver
from mailproc.desk.carry.poll import poll
from mailproc.desk.clock import reminding
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import adopt_all, process, work
from mailproc.errors import MailprocError
from mailproc.schedule import TIMETABLE, Service, Tick

PATIENCE_SECONDS = 15.0
LOOK_SECONDS = 0.05
EVERY = {"poll": 0.4, "work": 0.3, "remind": 2.0, "deliver": 0.3}  # seconds


T = TypeVar("T")
_INTERRUPTED = threading.Event()


class Stalled(MailprocError):
    """Something that the story waits for did not happen in time."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What every scene needs."""

    desk: Desk
    net: Internet
    console: Console
    troubles: list[str]  # warnings and errors that the desk told of


class Troubles(logging.Handler):
    """Listens to what the desk warns of, beside whoever prints it."""

    def __init__(self) -> None:
        """Nothing yet."""
        super().__init__(logging.WARNING)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """One more."""
        self.told.append(record.getMessage())


@contextmanager
def listening() -> Iterator[list[str]]:
    """What goes wrong at the desk while the block runs, line by line."""
    troubles, desk = Troubles(), logging.getLogger("mailproc")
    desk.addHandler(troubles)
    try:
        yield troubles.told
    finally:
        desk.removeHandler(troubles)


@contextmanager
def service(desk: Desk) -> Iterator[None]:
    """The desk's own timetable at work, its intervals shortened."""
    jobs: Mapping[str, Callable[[], object]] = {
        "poll": lambda: _poll(desk),
        "work": lambda: work(desk),
        "remind": lambda: reminding.remind(desk, lambda number: process(desk, number)),
        "deliver": lambda: deliver(desk),
    }
    lanes = {tick.name: tick.lane for tick in TIMETABLE}
    running = Service([Tick(name, timedelta(seconds=every), lanes.get(name, name)) for name, every in EVERY.items()])
    thread = threading.Thread(target=running.run, args=(jobs, {}), name="demo desk")
    thread.start()
    try:
        yield
    finally:
        running.stop.set()
        thread.join()


def _poll(desk: Desk) -> None:
    """Poll; what the mailbox refuses is an error that the timetable tells."""
    adopt_all(desk)
    for _, result in poll(desk):
        if result.problems:
            raise Stalled(result.problems[0])


def post(stage: Stage, mail: Posted) -> None:
    """Hand a mail in by SMTP, as the host that its sender's mail comes from."""
    try:
        server = smtplib.SMTP(LOOPBACK, stage.net.smtp_port, mail.host, timeout=PATIENCE_SECONDS)
        try:
            server.sendmail(mail.reverse_path, [mail.to], mail.octets)
            server.quit()
        finally:
            server.close()  # smtplib's own `with` says QUIT into half a transaction, and Ctrl-C would be lost in it
    except (smtplib.SMTPException, OSError) as error:
        raise Stalled(f"the demo's mail server did not take “{mail.key}”: {error}; run the demo again") from error


@contextmanager
def heeding_ctrl_c() -> Iterator[None]:
    """Ctrl-C ends the demo, even where a library swallows the exception that it raises."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        _INTERRUPTED.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
        _go_on()
    finally:
        signal.signal(signal.SIGINT, before)
        _INTERRUPTED.clear()


def _go_on() -> None:
    if _INTERRUPTED.is_set():
        raise KeyboardInterrupt


def until(what: str, see: Callable[[], T | None]) -> T:
    """What `see` gives once it is not None. Raises Stalled, naming what was waited for."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        _go_on()
        seen = see()
        if seen is not None:
            return seen
        if time.monotonic() > deadline:
            raise Stalled(f"the demo waited {PATIENCE_SECONDS:g} seconds in vain: {what}")
        time.sleep(LOOK_SECONDS)
