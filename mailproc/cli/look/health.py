"""`health`, for the day something breaks: it answers even where the books cannot be opened. `clock`: what time it is.

Nothing is changed here.
"""

from __future__ import annotations

import argparse
from typing import Any

from rich.text import Text

from mailproc import times
from mailproc.cli import shape
from mailproc.cli.say import out, print_json
from mailproc.cli.shape import moment
from mailproc.config import load
from mailproc.desk.ground.books import open_books
from mailproc.desk.watch.health import Vitals, findings, jumped, look
from mailproc.errors import StoreError
from mailproc.finding import Finding

COLOURS = {"ok": "green", "warning": "yellow", "trouble": "red"}


def health(options: argparse.Namespace) -> int:
    """Every part with its age and its cure; 1 if one is in trouble."""
    seen: Vitals | None = None
    try:
        with open_books(load(options.config)) as books:
            seen = look(books)
            found = findings(seen)
    except StoreError as error:
        found = [Finding("trouble", str(error), "database")]
    red = any(finding.level == "trouble" for finding in found)
    if options.json:
        print_json(_shape(found, seen, red=red))
    else:
        for finding in found:
            out.print(Text(f"{finding.level:<8}", COLOURS[finding.level]) + Text(finding.words, "default"))
    return 1 if red else 0


def clock(options: argparse.Namespace) -> int:
    """What time it is, by this machine and by the desk; 1 while the desk does not believe the machine."""
    with open_books(load(options.config)) as books:
        doubt, now = books.doubt, books.now()
    if options.json:
        print_json(shape.clock(doubt, now))
    else:
        out.print(jumped(doubt) if doubt else f"{times.minute(now)}, and the desk believes it")
    return 1 if doubt else 0


def _shape(found: list[Finding], seen: Vitals | None, *, red: bool) -> dict[str, Any]:
    lines = [{"part": each.part, "level": each.level, "finding": each.words} for each in found]
    shaped: dict[str, Any] = {"status": "red" if red else "green", "findings": lines}
    if seen is None:
        return shaped
    queues = seen.queues
    return shaped | {
        "polls": [
            {"account": name.removeprefix("poll "), "well_at": moment(pulse.well_at), "trouble": pulse.trouble}
            for name, pulse in seen.pulses.items()
            if name.startswith("poll ")
        ],
        "messages": {"waiting": queues.messages, "oldest": moment(queues.oldest_message), "stuck": queues.stuck},
        "letters": {
            "waiting": queues.letters,
            "oldest": moment(queues.oldest_letter),
            "ambiguous": queues.ambiguous,
            "last_sent": moment(queues.last_sent),
        },
        "free": seen.free,
        "clock": shape.clock(seen.clock, seen.now),
        "paused": [{"what": switch.name, "since": moment(switch.since)} for switch in seen.paused],
    }
