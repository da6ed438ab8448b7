"""The service and its single steps: poll, work, remind, deliver, run, demo."""

from __future__ import annotations

import argparse
import sys

from mailproc import schedule
from mailproc.cli.desk import opened, print_json, progress
from mailproc.desk import deliver as delivery
from mailproc.desk import poll as intake
from mailproc.desk import reminding
from mailproc.desk.process import adopt_all, process
from mailproc.desk.process import work as serve
from mailproc.desk.wire import Desk
from mailproc.store import received as rows
from mailproc.store.database import reading


def poll(options: argparse.Namespace) -> int:
    """Fetch what is new; 1 if some mailbox was in trouble."""
    with opened(options) as desk:
        adopt_all(desk)
        return _poll(desk, json=options.json)


def _poll(desk: Desk, *, json: bool = False) -> int:
    with progress("polling"):
        results = intake.poll(desk)
    if json:
        print_json(
            [
                {
                    "account": name,
                    "received": r.received,
                    "moved": r.moved,
                    "skipped": r.skipped,
                    "oversize": r.oversize,
                    "problems": list(r.problems),
                }
                for name, r in results
            ]
        )
    for name, result in results:
        for problem in result.problems:
            print(f"mailproc: {problem}", file=sys.stderr)
        if not json and (result.received or result.moved):
            print(f"{name}: {result.received} received, {result.moved} moved")
    return 1 if any(result.problems or result.skipped for _, result in results) else 0


def work(options: argparse.Namespace) -> int:
    """Serve the queue; 1 if a message became stuck in it."""
    with opened(options) as desk:
        adopt_all(desk)
        return _work(desk, json=options.json)


def _work(desk: Desk, *, json: bool = False) -> int:
    with progress("working") as advance:
        worked = serve(desk, advance)
    if json:
        print_json({"processed": worked.processed, "stuck": list(worked.stuck)})
    with reading(desk.engine) as conn:
        stuck = [row for number in worked.stuck if (row := rows.get(conn, number))]
    for row in stuck:
        cure = f"then `mailproc received retry {row.number}`"
        print(f"mailproc: message {row.number} is stuck: {row.error}; {cure}", file=sys.stderr)
    return 1 if worked.stuck else 0


def remind(options: argparse.Namespace) -> int:
    """Write the digests and reminders that are due."""
    with opened(options) as desk:
        return _remind(desk)


def _remind(desk: Desk) -> int:
    reminding.remind(desk, lambda number: process(desk, number))
    return 0


def deliver(options: argparse.Namespace) -> int:
    """Send what is due; 1 if some letter could not be delivered."""
    with opened(options) as desk:
        return _deliver(desk, json=options.json)


def _deliver(desk: Desk, *, json: bool = False) -> int:
    with progress("delivering") as advance:
        came = delivery.deliver(desk, advance)
    if json:
        print_json(came)
    elif came:
        print(", ".join(f"{n} {state}" for state, n in sorted(came.items())))
    return 0 if set(came) <= {"sent"} else 1


def once(desk: Desk) -> int:
    """One round of everything: poll, work, remind, deliver, work."""
    return max([_poll(desk), _work(desk), _remind(desk), _deliver(desk), _work(desk)])


def run(options: argparse.Namespace) -> int:
    """The service, until it is stopped."""
    with opened(options) as desk:
        adopt_all(desk)
        if options.once:
            return once(desk)
        jobs = {"poll": lambda: _poll(desk), "work": lambda: _work(desk)}
        jobs |= {"remind": lambda: _remind(desk), "deliver": lambda: _deliver(desk)}
        schedule.serve(schedule.timetable(desk.config), jobs)
    return 0


def demo(options: argparse.Namespace) -> int:
    """The whole loop on loopback."""
    from mailproc.cli.demo import demo as show  # noqa: PLC0415 - its servers are an extra that a desk does without

    return show(options.dir)
