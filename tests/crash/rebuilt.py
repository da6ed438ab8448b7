"""Whether a rebuilt database says what the living one says, by the program's own JSON (design §9).

`rebuild --database` makes a second database beside the first; a copy of the configuration names it, and the reading
commands are asked with both. The tables behind `show` are compared row by row, and a few items by `show` itself.
Attempts and errors are not compared: only the living desk made them.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from crash import evidence, program

READERS = (["list"], ["members", "list"], ["groups", "list"], ["received", "list"], ["outbox", "list"])
NOT_COMPARED = {  # design §9: received less attempts and error, outbox less attempt data
    "received": {"attempts", "error"},
    "outbox": {"attempts", "ambiguous_attempts", "next_try", "reason"},
}
LATEST, OLDER = 3, 25  # of the items, the last three and every twenty-fifth before them
TABLES = (
    "items",
    "aliases",
    "item_messages",
    "attachments",
    "votes",
    "journal",
    "members",
    "member_addresses",
    "groups",
)
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
    one, two = evidence.database(config.parent / "data/mailproc.db")[0], evidence.database(database)[0]
    tables = [f"table {name}: rows differ" for name in TABLES if _sorted(one[name]) != _sorted(two[name])]
    questions = [*READERS, *(["show", ref] for ref in _some_refs(config, now, log))]
    living, again = program.ask(questions, config, now, log), program.ask(questions, second, now, log)
    return tables + [
        difference
        for words, one, two in zip(questions, living, again, strict=True)
        for difference in _differences(
            words, one if isinstance(one, list) else [one], two if isinstance(two, list) else [two]
        )
    ]


def _sorted(rows: list[Json]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def _some_refs(config: Path, now: datetime, log: Path) -> list[str]:
    """The latest items, and some of the older ones: `show` has text, votes and journal, which `list` leaves out."""
    (items,) = program.ask([["list"]], config, now, log)
    refs = [item["ref"] for item in items]
    return refs[-LATEST:] + refs[:-LATEST:OLDER]


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
