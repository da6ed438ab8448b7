"""The service and its single steps: poll, work, remind, deliver, run, demo.

A step that is run by hand or by cron says what it did; the service says what went wrong, on standard error, and
nothing else: whoever reads its output may be a full disk (catalogue F23).
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from mailproc import schedule
from mailproc.cli.act import new_key
from mailproc.cli.desk import opened, progress
from mailproc.cli.say import print_json
from mailproc.config.option import ImapAccount
from mailproc.desk.carry import abandoned
from mailproc.desk.carry import deliver as delivery
from mailproc.desk.carry import poll as intake
from mailproc.desk.carry.listen import listening
from mailproc.desk.clock import reminding
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import adopt_all, give_back_held, process
from mailproc.desk.serve.process import work as serve
from mailproc.desk.watch import alarm, health
from mailproc.errors import MailprocError, StoreError
from mailproc.intake.visit import PollResult
from mailproc.schedule import TIMETABLE, Loop, Service
from mailproc.store.database import reading
from mailproc.store.mail import received as rows

log = logging.getLogger(__name__)
HINT_SECONDS = 0.5  # how often a mailbox's thread looks whether it is wanted
PARTS = {"work": "work", "remind": "remind", "deliver": "deliver run"}  # of `health`, by job
LETTERS_SECONDS = 5.0  # of turns after which their letters leave, though there are more turns to come
RELEASE_SECONDS = 5.0  # for giving back what could not be finished


def poll(options: argparse.Namespace) -> int:
    """Fetch what is new; 1 if some mailbox was in trouble."""
    with opened(options) as desk:
        adopt_all(desk)
        return _poll(desk, json=options.json)


def _poll(desk: Desk, *, json: bool = False) -> int:
    with progress("polling"):
        results = intake.poll(desk)
    if json:
        print_json([_told(name, result) for name, result in results])
    for name, result in results:
        for problem in result.problems:
            print(f"mailproc: {problem}", file=sys.stderr)
        if not json and (result.received or result.moved):
            print(f"{name}: {result.received} received, {result.moved} moved")
    return 1 if any(result.problems or result.skipped for _, result in results) else 0


def _told(name: str, result: PollResult) -> dict[str, object]:
    return {
        "account": name,
        "received": result.received,
        "moved": result.moved,
        "skipped": result.skipped,
        "oversize": result.oversize,
        "problems": list(result.problems),
    }


def work(options: argparse.Namespace) -> int:
    """Serve the queue; 1 if a message became stuck in it. With --new-key the lost key is made anew first."""
    if options.new_key:
        new_key(options)
    with opened(options) as desk:
        adopt_all(desk)
        return _work(desk, json=options.json)


def _work(desk: Desk, *, json: bool = False) -> int:
    with progress("working") as advance, _noted(desk, "work"):
        worked = serve(desk, advance)
    if json:
        print_json({"processed": worked.processed, "stuck": list(worked.stuck)})
    _tell_doubt(desk)
    _tell_stuck(desk, worked.stuck)
    return 1 if worked.stuck else 0


def _tell_doubt(desk: Desk) -> None:
    """Why a step left alone what is due."""
    if doubt := desk.doubt:
        print(f"mailproc: {health.rests(doubt)}", file=sys.stderr)


def _tell_stuck(desk: Desk, numbers: tuple[int, ...]) -> None:
    with reading(desk.engine) as conn:
        stuck = [row for number in numbers if (row := rows.get(conn, number))]
    for row in stuck:
        cure = f"then `mailproc received retry {row.number}`"
        print(f"mailproc: message {row.number} is stuck: {row.error}; {cure}", file=sys.stderr)


def remind(options: argparse.Namespace) -> int:
    """Write the digests and reminders that are due."""
    with opened(options) as desk:
        _tell_doubt(desk)
        return _remind(desk)


def _remind(desk: Desk) -> int:
    with _noted(desk, "remind"):
        reminding.remind(desk, lambda number: process(desk, number))
    return 0


def deliver(options: argparse.Namespace) -> int:
    """Send what is due; 1 if some letter could not be delivered."""
    with opened(options) as desk:
        return _deliver(desk, json=options.json)


def _deliver(desk: Desk, *, json: bool = False) -> int:
    with progress("delivering") as advance, _noted(desk, "deliver run"):
        came = delivery.deliver(desk, advance)
    if json:
        print_json(came)
    elif came:
        print(", ".join(f"{n} {state}" for state, n in sorted(came.items())))
    with reading(desk.engine) as conn:
        if waits := abandoned.waiting(desk, conn):
            print(f"mailproc: {waits}", file=sys.stderr)
    return 0 if set(came) <= {"sent"} and not waits else 1


@contextmanager
def _noted(desk: Desk, part: str) -> Iterator[None]:
    """The pulse of a step, good or bad."""
    try:
        yield
    except MailprocError as error:
        health.note(desk, part, str(error))
        raise
    health.note(desk, part)


def once(desk: Desk) -> int:
    """One round of everything: poll, work, remind, deliver, work."""
    return max([_poll(desk), _work(desk), _remind(desk), _deliver(desk), _work(desk)])


def run(options: argparse.Namespace) -> int:
    """The service, until it is stopped."""
    with opened(options) as desk:
        adopt_all(desk)
        if options.once:
            return once(desk)
        health.ready(desk)
        service = Service(TIMETABLE, lambda name, why: _report(desk, name, why))
        schedule.heed_signals(service.stop)
        with listening(desk, lambda: service.wake("work")):
            unfinished = service.run(_jobs(desk, service), _mailboxes(desk, service))
        if unfinished:
            _break_off(desk, unfinished)
    return 0


def _report(desk: Desk, name: str, why: str) -> None:
    """The pulse of a timed job; those of mailboxes and of the way out are noted where they are known."""
    if part := PARTS.get(name):
        health.note(desk, part, why)


def _jobs(desk: Desk, service: Service) -> dict[str, Callable[[], object]]:
    """What the timetable runs."""
    told: alarm.Told = set()
    return {
        "work": lambda: _turns(desk, service),
        "remind": lambda: _reminders(desk, service),
        "deliver": lambda: _letters(desk, service.stop),
        "watch": lambda: alarm.watch(desk, told),
    }


def _turns(desk: Desk, service: Service) -> None:
    """The queue; its letters leave behind it, of a long one every few seconds; before it, those of a dead process."""
    freed, woken = desk.holder.free_the_dead(), time.monotonic()
    if freed:
        service.wake("deliver")

    def go_on(_: int) -> None:
        nonlocal woken
        if time.monotonic() - woken > LETTERS_SECONDS:
            service.wake("deliver")
            woken = time.monotonic()

    if serve(desk, go_on, stop=service.stop.is_set).processed:
        service.wake("deliver")


def _reminders(desk: Desk, service: Service) -> None:
    """What is owed by now; its letters leave at once."""
    if reminding.remind(desk, lambda number: process(desk, number)):
        service.wake("deliver")


class _Stopping(Exception):
    """The service ends; what is not begun waits for the next start."""


def _letters(desk: Desk, stop: threading.Event) -> None:
    """What is due; a long run ends between two letters."""

    def go_on(_: int) -> None:
        if stop.is_set():
            raise _Stopping

    with contextlib.suppress(_Stopping):
        delivery.deliver(desk, go_on)


def _mailboxes(desk: Desk, service: Service) -> dict[str, Loop]:
    """Each mailbox's own threads: one that polls, one that hears of new mail where the server tells."""
    loops: dict[str, Loop] = {}
    for account in desk.config.imap:
        hint = threading.Event()
        loops[f"poll {account.name}"] = partial(_keep_polling, desk, service, account, hint)
        if account.idle:
            loops[f"idle {account.name}"] = partial(_listen, desk, account, hint)
    return loops


def _keep_polling(
    desk: Desk, service: Service, account: ImapAccount, hint: threading.Event, stop: threading.Event
) -> None:
    """Poll, and again when its time has come or the server hinted; less often the longer it fails (catalogue F42)."""
    failures, told = 0, ""
    while not stop.is_set():
        try:
            result = intake.poll_account(desk, account)
        except StoreError as error:  # ours, not the server's: it does not wait longer for that
            failures, trouble = 0, str(error)
            health.note(desk, f"poll {account.name}", trouble)
        else:
            failures, trouble = (failures + 1 if result.trouble else 0), result.trouble
            if result.received:
                service.wake("work")
        if trouble and trouble != told:
            log.warning("%s", trouble)
        told = trouble
        _rest(intake.wait_after(failures, account.every, random.uniform(-1, 1)), stop, hint)  # noqa: S311 - no secret


def _rest(wait: timedelta, stop: threading.Event, hint: threading.Event) -> None:
    """Wait so long by the monotonic clock, or until the server hints or the service ends."""
    until = time.monotonic() + wait.total_seconds()
    while not stop.is_set() and (left := until - time.monotonic()) > 0:
        if hint.wait(min(HINT_SECONDS, left)):
            break
    hint.clear()


def _listen(desk: Desk, account: ImapAccount, hint: threading.Event, stop: threading.Event) -> None:
    """IDLE is a hint and no more; where the server has none, polling alone goes on."""
    intake.idle(desk, account, stop, hint.set)
    stop.wait()


def _break_off(desk: Desk, unfinished: tuple[str, ...]) -> None:
    """Time is up: what is in mid-turn is given back, and the process goes without waiting for anybody."""
    log.warning("stopped in the middle of %s; it is taken up at the next start", ", ".join(unfinished))
    giver = threading.Thread(target=lambda: _give_back(desk), daemon=True)
    giver.start()
    giver.join(RELEASE_SECONDS)  # the turn that we break off may itself hold the database
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    os._exit(0)


def _give_back(desk: Desk) -> None:
    try:
        give_back_held(desk)
    except StoreError as error:
        log.warning("%s", error)
