"""Whether a rebuilt database says what the living one says, by the program's own JSON (DESIGN.md §9).

`rebuild --database` makes a second database beside the first; a copy of the configuration names it, and the reading
commands are asked with both. Attempts and errors are not compared: only the living desk made them.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import program

READERS = (["list"], ["members", "list"], ["groups", "list"], ["received", "list"], ["outbox", "list"])
NOT_COMPARED = {  # DESIGN.md §9: received less attempts and error, outbox less attempt data
    "received": {"attempts", "error"},
    "outbox": {"attempts", "ambiguous_attempts", "next_try", "reason"},
}
Json = Any


def compare(config: Path, folder: Path, now: datetime) -> list[str] | None:
    """What differs, one line each; None while the program has no `rebuild`."""
    log = folder / "said/rebuild.txt"
    if program.start(["rebuild", "--help"], config, now, log).wait(30) != 0:
        return None
    database = config.parent / "data/rebuilt.db"
    for leftover in database.parent.glob("rebuilt.db*"):
        leftover.unlink()
    ran = program.start(["rebuild", "--database", f"sqlite:///{database}"], config, now, log)
    if ran.wait(120) != 0:
        return [f"left with {ran.status}: {ran.said().strip()[-600:]}"]
    second = config.with_name("rebuilt.toml")
    second.write_text(re.sub(r"(?m)^database = .*$", f'database = "sqlite:///{database}"', config.read_text()))
    return [
        difference
        for words in READERS
        for difference in _differences(words, _told(words, config, now, log), _told(words, second, now, log))
    ] + _items(config, second, now, log)


def _told(words: list[str], config: Path, now: datetime, log: Path) -> Json:
    ran = program.start([*words, "--json"], config, now, log)
    if ran.wait(60) != 0:
        raise AssertionError(f"{words}: {ran.said()}")
    return json.loads(ran.said())


def _items(config: Path, second: Path, now: datetime, log: Path) -> list[str]:
    """`show` of every item: text, votes and journal, which `list` leaves out."""
    refs = [item["ref"] for item in _told(["list"], config, now, log)]
    return [
        difference
        for ref in refs
        for difference in _differences(
            ["show", ref], [_told(["show", ref], config, now, log)], [_told(["show", ref], second, now, log)]
        )
    ]


def _differences(words: list[str], living: list[Json], again: list[Json]) -> list[str]:
    """Row by row; at most a few lines for one command."""
    if len(living) != len(again):
        return [f"{' '.join(words)}: {len(living)} rows, rebuilt {len(again)}"]
    skipped = NOT_COMPARED.get(words[0], set())
    found = [
        f"{' '.join(words)}: {key} of {one.get('ref') or one.get('id') or one.get('number') or one.get('email')}: "
        f"{one[key]!r}, rebuilt {two.get(key)!r}"
        for one, two in zip(living, again, strict=True)
        for key in one
        if key not in skipped and one[key] != two.get(key)
    ]
    return found[:5]
