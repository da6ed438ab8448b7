"""What the publication is looking for, as a page and as data: `wanted.md` and `wanted.json`.

Written whole or not at all, and only when something changed. It decides nothing: what is wanted is `dossier.wanted`'s.
Raises StoreError when the disk refuses.
"""

from __future__ import annotations

import json
from datetime import UTC, tzinfo
from pathlib import Path

from mailproc.dossier.wanted import Sought, Standing
from mailproc.publish.files import refusals, replace_file
from mailproc.publish.page import disarmed, listing
from mailproc.workflow.group import Wanted


def write_wanted(root: Path, now: Standing, zone: tzinfo = UTC) -> None:
    """Both files under `root`: the groups that still take material, then the sections and free lines."""
    with refusals(root):
        for name, octets in wanted_files(now, zone).items():
            replace_file(root / name, octets)


def wanted_files(now: Standing, zone: tzinfo = UTC) -> dict[str, bytes]:
    """The octets of both, by name; days are those of the zone."""
    return {"wanted.json": _data(now, zone), "wanted.md": _page(now, zone)}


def _data(now: Standing, zone: tzinfo) -> bytes:
    listed = [
        {
            "name": each.group.name,
            "aliases": list(each.group.aliases),
            "needs": list(each.needs),
            "state": each.group.state,
            "asked": [_line(line, zone) for line in each.lines],
        }
        for each in now.files
    ]
    data = {
        "groups": listed,
        "wanted": [line.section or line.words for line in now.asked],
        "asked": [_line(line, zone) for line in now.asked],
    }
    return json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"


def _line(line: Wanted, zone: tzinfo) -> dict[str, str | None]:
    return {"section": line.section or None, "words": line.words or None, "until": _day(line, zone) or None}


def _day(line: Wanted, zone: tzinfo) -> str:
    """The day as which it begins to be over, `2027-03-01`; "" if never."""
    return f"{line.until.astimezone(zone):%Y-%m-%d}" if line.until else ""


def _page(now: Standing, zone: tzinfo) -> bytes:
    lines = [_group_line(each, zone) for each in now.files] + [_asked(line, zone) for line in now.asked]
    return f"# Wanted\n\n{listing(lines) or 'Nothing just now.'}\n".encode()


def _group_line(each: Sought, zone: tzinfo) -> str:
    group = each.group
    known_as = f" ({disarmed(', '.join(group.aliases))})" if group.aliases else ""
    needs = "; ".join([*map(disarmed, each.needs), *(_asked(line, zone) for line in each.lines)])
    return f"{disarmed(group.name)}{known_as}{': ' if needs else ''}{needs}"


def _asked(line: Wanted, zone: tzinfo) -> str:
    until = f" (until {_day(line, zone)})" if line.until else ""
    return f"{disarmed(line.section or line.words)}{until}"
