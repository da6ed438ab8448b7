"""docs/reliability.md, made anew: each fault of the catalogue, what must hold, and the tests that prove it.

The rows are docs/catalogue.md; the reasons why some have no test are docs/reliability.toml; the tests are found by
their names, which begin with a row's id. With `--junit FILE` (pytest's `--junitxml`) the last column says what came of
them; without one it stays as it is, and of a new row says that its tests are there.
Leaves with 1 where a test of that report failed, and writes nothing then: a page in the house shows what holds. Runs
nothing itself.
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
PAGE, CATALOGUE, REASONS = (ROOT / "docs" / name for name in ("reliability.md", "catalogue.md", "reliability.toml"))
TEST = re.compile(r"^\s*(?:async )?def (test_((?:[FSfs]\d{2,3}[a-c]?_)+)(\w+))\(", re.MULTILINE)
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
ROW = re.compile(r"^\| ([FS]\d{2,3}[a-c]?) \| (.+?) \| (.+?) \|$", re.MULTILINE)  # laws (I1 ...) hold in every test
SHOWN = 3  # tests of one row that the page names
HEAD = """\
# What may go wrong, and what holds then

This page is the proof: each row of [the catalogue](catalogue.md), where the law stands, and the tests that show it.
Made by `python docs/make_reliability.py` from the catalogue, the names of the tests and `docs/reliability.toml`, which
gives the reason where a row has no test; do not edit it here. The words behind a file's name are the test's own.
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

A desk often dies twice before it lives again. At each start all that may leave has left within ten seconds, though all
letters go to one provider that takes two at once. Beside this checker stands a second one, `tests/crash/witness.py`,
written from the design's contracts alone: it opens no database, and judges files, entries, what commands say, and what
mailbox and sink saw. Every fifteenth round `rebuild` makes a second database, and the two are asked the same questions.
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
        return ".".join(("tests", *Path(self.file).with_suffix("").parts)), self.name


@dataclass(frozen=True)
class Row:
    """A fault or an attack, and what must be so all the same."""

    id: str
    fault: str
    outcome: str


def catalogue() -> dict[str, list[Row]]:
    """The rows of the catalogue by the titles of its sections."""
    _, *parts = SECTION.split(CATALOGUE.read_text(encoding="utf-8"))
    found = {
        title: [Row(*cells) for cells in ROW.findall(body)] for title, body in zip(parts[::2], parts[1::2], strict=True)
    }
    return {title: rows for title, rows in found.items() if rows}


def reasons() -> dict[str, dict[str, str]]:
    """Of rows without a test `not_applicable` or `later`: id -> why; of others `note`: id -> words beside them."""
    return tomllib.loads(REASONS.read_text(encoding="utf-8"))


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
        key = case.get("classname", ""), case.get("name", "").partition("[")[0]
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


def results(text: str) -> dict[str, str]:
    """The last column of a page, by id."""
    return dict(re.findall(r"(?m)^\| ([FS]\d{2,3}[a-c]?) \| .* \| ([^|]*) \|$", text))


def page(came: Mapping[tuple[str, str], set[str]], before: Mapping[str, str] | None = None) -> str:
    """The whole page; `before`: the results that stay where there are no new ones."""
    known = proofs()
    parts = [HEAD]
    for title, rows in catalogue().items():
        parts.append(f"\n## {title}\n\n| id | fault | what must be | proved by | result |\n|---|---|---|---|---|")
        parts += [_row(row, known.get(row.id, []), came, before or {}) for row in rows]
    return "\n".join(parts) + "\n" + FOOT


def _row(row: Row, tests: list[Proof], came: Mapping[tuple[str, str], set[str]], before: Mapping[str, str]) -> str:
    why = {name: words[row.id] for name, words in reasons().items() if row.id in words}
    named = [f"[{test.file}](../tests/{test.file}): {test.words}" for test in tests[:SHOWN]]
    named += [f"and {len(tests) - SHOWN} more"] if len(tests) > SHOWN else []
    named += [why["note"]] if "note" in why else []
    if not tests:
        named = [
            f"not applicable: {why['not_applicable']}" if "not_applicable" in why else why.get("later", "**no test**")
        ]
    told = result(tests, came)
    told = before.get(row.id, told) if told == "test exists" else told
    return f"| {row.id} | {row.fault} | {row.outcome} | {'<br>'.join(named)} | {told} |"


def without_results(text: str) -> str:
    """The page less its last column, which depends on the report it was made with."""
    return re.sub(r"(?m)^(\| [FS]\d.*) \| [^|]*\|$", r"\1 |", text)


def main() -> int:
    """Write the page."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("--junit", type=Path, help="what `pytest --junitxml=FILE` wrote")
    chosen = options.parse_args()
    came = outcomes(chosen.junit) if chosen.junit else {}
    failed = sorted(" ".join(key) for key, words in came.items() if "failed" in words)
    if failed:
        sys.stderr.write("\n".join(["the page stays as it is; these failed:", *failed, ""]))
        return 1
    PAGE.write_text(page(came, results(PAGE.read_text(encoding="utf-8"))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
