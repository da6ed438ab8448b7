"""docs/reliability.md, made anew: each fault of the catalogue, what must hold, and the tests that prove it.

The rows are docs/reliability.toml; the tests are found by their names, which begin with a row's id. With
`--junit FILE` (pytest's `--junitxml`) the last column says what came of them, else only that they are there.
Leaves with 1 where a test of that report failed. Runs nothing itself.
"""  # noqa: INP001 - a program that stands alone, in no package

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[1]
PAGE, ROWS = ROOT / "docs/reliability.md", ROOT / "docs/reliability.toml"
TEST = re.compile(r"^\s*(?:async )?def (test_((?:[FSfs]\d\d[a-c]?_)+)(\w+))\(", re.MULTILINE)
SHOWN = 3  # tests of one row that the page names
HEAD = """\
# What may go wrong, and what holds then

Made by `python docs/make_reliability.py` from `docs/reliability.toml` and the names of the tests; do not edit it here.
Each row is a fault or an attack, what must be so all the same, and the tests that show it. The words behind a file's
name are the test's own. A row without a test gives the reason.
"""
FOOT = """
## A thousand deaths

`make crash ROUNDS=60` runs the real program against a real Dovecot and an SMTP sink of its own process, kills it with
SIGKILL at every place that `mailproc/failpoint.py` names and at random moments, in bad weather too (a proxy that
stalls, resets, drips and truncates), and starts it again. After each death and after each recovery a checker that
imports nothing of mailproc reads the mailboxes, archive, entries, database, outbox, published work and the sink, and
states with counts:

| | |
|---|---|
| I1 | every mail that was sent is one row and one file with its octets, each time it came; numbers are given once |
| I2 | a mailbox lets go, and a mail server hears 250, only of what is kept |
| I3 | one message has one effect: items, votes, journal and published work are what the entries tell, once |
| I4 | one letter for each cause and recipient; it arrives with its own octets, twice only if counted ambiguous |
| I5 | no vote stands that nobody sent |

Every fifteenth round `rebuild` makes a second database, and the two are asked the same questions.
"""


@dataclass(frozen=True)
class Proof:
    """One test that bears a row's id."""

    file: str  # counted from tests/
    name: str
    words: str  # its name behind the ids

    @property
    def key(self) -> tuple[str, str]:
        """As a junit report names it."""
        return Path(self.file).stem, self.name


def catalogue() -> list[dict[str, object]]:
    """The sections of the catalogue."""
    return list(tomllib.loads(ROWS.read_text(encoding="utf-8"))["section"])


def proofs(folder: Path = ROOT / "tests") -> dict[str, list[Proof]]:
    """The tests of each id, by file and name."""
    found: dict[str, list[Proof]] = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        for match in TEST.finditer(path.read_text(encoding="utf-8")):
            file = path.relative_to(folder).as_posix()
            for id_ in match[2].strip("_").split("_"):
                found[id_[0].upper() + id_[1:]].append(Proof(file, match[1], match[3].replace("_", " ")))
    return dict(found)


def outcomes(report: Path) -> dict[tuple[str, str], set[str]]:
    """What came of each test: passed, failed, skipped; those of one function together."""
    came: dict[tuple[str, str], set[str]] = defaultdict(set)
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        key = case.get("classname", "").rpartition(".")[2], case.get("name", "").partition("[")[0]
        failed = any(case.find(word) is not None for word in ("failure", "error"))
        came[key].add("failed" if failed else "skipped" if case.find("skipped") is not None else "passed")
    return dict(came)


def result(tests: Iterable[Proof], came: Mapping[tuple[str, str], set[str]]) -> str:
    """The last column of a row: the worst that came of its tests."""
    seen: set[str] = set().union(*(came.get(test.key, {"not run"}) for test in tests))
    if not seen:
        return "-"
    if not came:
        return "test exists"
    return next((word for word in ("failed", "not run", "skipped") if word in seen), "green")


def page(came: Mapping[tuple[str, str], set[str]]) -> str:
    """The whole page."""
    known = proofs()
    parts = [HEAD]
    for section in catalogue():
        words = f"\n{section['words']}\n" if "words" in section else ""
        parts.append(
            f"\n## {section['title']}\n{words}\n| id | fault | what holds | proved by | result |\n|---|---|---|---|---|"
        )
        parts += [_row(row, known.get(row["id"], []), came) for row in section["rows"]]  # type: ignore[attr-defined]
    return "\n".join(parts) + "\n" + FOOT


def _row(row: Mapping[str, str], tests: list[Proof], came: Mapping[tuple[str, str], set[str]]) -> str:
    named = [f"[{test.file}](../tests/{test.file}): {test.words}" for test in tests[:SHOWN]]
    named += [f"and {len(tests) - SHOWN} more"] if len(tests) > SHOWN else []
    named += [row["note"]] if "note" in row else []
    if not tests:
        named = [f"not applicable: {row['not_applicable']}" if "not_applicable" in row else "**no test yet**"]
    cells = (row["id"], row["fault"], row["outcome"], "<br>".join(named), result(tests, came))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def without_results(text: str) -> str:
    """The page less its last column, which depends on the report it was made with."""
    return re.sub(r"(?m)^(\| [FS]\d.*) \| [^|]*\|$", r"\1 |", text)


def main() -> int:
    """Write the page."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("--junit", type=Path, help="what `pytest --junitxml=FILE` wrote")
    chosen = options.parse_args()
    came = outcomes(chosen.junit) if chosen.junit else {}
    PAGE.write_text(page(came), encoding="utf-8")
    return 1 if any("failed" in words for words in came.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
