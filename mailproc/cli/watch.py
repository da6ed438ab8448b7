"""Commands for the day something breaks: health, pause, resume.

`health` answers even where the desk cannot be opened: that is a finding too. It changes nothing.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from typing import Any

from rich.text import Text

from mailproc.cli.desk import opened, operator_source, out, print_json
from mailproc.cli.shape import moment
from mailproc.desk.serve.process import adopt_all, enter
from mailproc.desk.watch import health as desk_health
from mailproc.desk.watch.health import Finding, Vitals
from mailproc.errors import StoreError
from mailproc.store.database import reading
from mailproc.store.service import switches

COLOURS = {"ok": "green", "warning": "yellow", "trouble": "red"}


def health(options: argparse.Namespace) -> int:
    """Every part with its age and its cure; 1 if one is in trouble."""
    seen: Vitals | None = None
    try:
        with opened(options) as desk:
            seen = desk_health.look(desk)
            found = desk_health.findings(desk, seen)
    except StoreError as error:
        found = [Finding("database", "trouble", str(error))]
    red = any(finding.level == "trouble" for finding in found)
    if options.json:
        print_json(_shape(found, seen, red=red))
    else:
        for finding in found:
            out.print(Text(f"{finding.level:<8}", COLOURS[finding.level]) + Text(finding.words, "default"))
    return 1 if red else 0


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
        "paused": [{"what": switch.name, "since": moment(switch.since)} for switch in seen.paused],
    }


def switch(options: argparse.Namespace) -> int:
    """A message of the operator, like every other change."""
    with opened(options) as desk:
        adopt_all(desk)
        number = enter(desk, operator_source(), shlex.join(["desk", options.command, options.what]))
        with reading(desk.engine) as conn:
            paused = switches.paused(conn, options.what)
    if paused != (options.command == "pause"):
        print(f"mailproc: not done yet; it is message {number}, `mailproc work` tries it again", file=sys.stderr)
        return 1
    state = f"paused; `mailproc resume {options.what}` lets it go on" if paused else "not paused"
    print(f"{options.what}: {state}", file=sys.stderr)
    return 0
