"""docs/servers-table.md, made anew: what each mail server does with the desk, and the test by which that is known.

Columns, servers, what one of them does otherwise, and why a cell has no test stand in docs/servers.toml; the tests say
by a marker, `@pytest.mark.cell("half-close", "postfix", "exim")`, of what they are a proof, and are read, not run. With
`--junit FILE` (pytest's `--junitxml`) each cell says what came of its tests, else only that they are there.
Leaves with 1 where a cell's test failed. Runs nothing itself.
"""  # noqa: INP001 - a program that stands alone, in no package

from __future__ import annotations

import argparse
import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[1]
PAGE, WORDS = ROOT / "docs/servers-table.md", ROOT / "docs/servers.toml"
RESULTS = ("failed", "not run", "skipped", "green")  # the worst first
HEAD = """\
# Which mail server does what

Every server here is real, as Debian 12 packages it, with the configuration of [docs/servers.md](servers.md), and each
cell is known by a test; `-` has its reason below. `make servers` runs these tests. The page is made by
`python docs/make_servers.py` from the tests' markers and `docs/servers.toml`; do not edit it here.
"""


@dataclass(frozen=True)
class Proof:
    """A test that fills a cell."""

    file: str  # counted from tests/
    name: str
    column: str
    server: str

    @property
    def words(self) -> str:
        """Its name, read."""
        return re.sub(r"^test_(?:[FSfs]\d{2,3}_)*", "", self.name).replace("_", " ")


def table() -> dict[str, Any]:
    """What docs/servers.toml says."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def proofs(folder: Path = ROOT / "tests") -> list[Proof]:
    """Every marker of every test."""
    found: list[Proof] = []
    for path in sorted(folder.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.cell(" not in text:
            continue
        module = ast.parse(text)
        named = dict(_tuples(module))
        for test in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)):
            for column, *servers in (_words(marker, named) for marker in _cells(test)):
                found += [Proof(path.relative_to(folder).as_posix(), test.name, column, server) for server in servers]
    return found


def _tuples(module: ast.Module) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names that a module gives to tuples of words: `FOUR = ("postfix", …)`."""
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple) and isinstance(node.targets[0], ast.Name):
            values = [each.value for each in node.value.elts if isinstance(each, ast.Constant)]
            if len(values) == len(node.value.elts):
                yield node.targets[0].id, tuple(str(value) for value in values)


def _cells(test: ast.FunctionDef) -> list[ast.Call]:
    calls = [marker for marker in test.decorator_list if isinstance(marker, ast.Call)]
    return [each for each in calls if isinstance(each.func, ast.Attribute) and each.func.attr == "cell"]


def _words(marker: ast.Call, named: Mapping[str, tuple[str, ...]]) -> list[str]:
    words: list[str] = []
    for each in marker.args:
        if isinstance(each, ast.Starred) and isinstance(each.value, ast.Name):
            words += named[each.value.id]
        elif isinstance(each, ast.Constant):
            words.append(str(each.value))
    return words


def outcomes(report: Path, servers: Mapping[str, str]) -> dict[tuple[str, str, str], set[str]]:
    """What came of each test for each server: (file's stem, test, server or "" where its case names none) -> words."""
    came: dict[tuple[str, str, str], set[str]] = {}
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        name, _, of = case.get("name", "").partition("[")
        failed = any(case.find(word) is not None for word in ("failure", "error"))
        word = "failed" if failed else "skipped" if case.find("skipped") is not None else "green"
        server = next((each for each in sorted(servers, key=len, reverse=True) if each in of), "")
        came.setdefault((case.get("classname", "").rpartition(".")[2], name, server), set()).add(word)
    return came


def result(tests: list[Proof], came: Mapping[tuple[str, str, str], set[str]]) -> str:
    """A cell's word: the worst that came of its tests."""
    if not came:
        return "test exists"
    seen: set[str] = set()
    for test in tests:
        stem = Path(test.file).stem
        seen |= came.get((stem, test.name, test.server), came.get((stem, test.name, ""), {"not run"}))
    return next(word for word in RESULTS if word in seen)


def page(came: Mapping[tuple[str, str, str], set[str]]) -> str:
    """The whole page."""
    said, known = table(), proofs()
    parts = [HEAD, *(_group(group, said, known, came) for group in said["group"])]
    return "\n".join(parts)


def _group(
    group: Mapping[str, Any], said: Mapping[str, Any], known: list[Proof], came: Mapping[tuple[str, str, str], set[str]]
) -> str:
    columns: Mapping[str, str] = group["columns"]
    lines = [
        f"## {group['title']}",
        "",
        f"| server | {' | '.join(columns.values())} |",
        "|---" * (len(columns) + 1) + "|",
    ]
    notes: list[str] = []
    for server in group["servers"]:
        cells = []
        for column in columns:
            tests = [test for test in known if (test.column, test.server) == (column, server)]
            words = said["differs" if tests else "reasons"].get(f"{server}.{column}", "")
            if words:
                notes.append(f"{len(notes) + 1}. {said['servers'][server]}, {columns[column]}: {words}")
            mark = f" ({len(notes)})" if words else ""
            cells.append((result(tests, came) if tests else "-") + mark)
        lines.append(f"| {said['servers'][server]} | {' | '.join(cells)} |")
    lines += ["", *notes, ""] if notes else [""]
    lines += ["| behaviour | proved by |", "|---|---|"]
    return "\n".join([*lines, *(_proved(column, columns[column], known) for column in columns), ""])


def _proved(column: str, title: str, known: list[Proof]) -> str:
    tests = dict.fromkeys((test.file, test.words) for test in known if test.column == column)
    told = [f"[{file}](../tests/{file}): {words}" for file, words in tests]
    return f"| {title} | {'<br>'.join(told) or '-'} |"


def without_results(text: str) -> str:
    """The page less what a report said."""
    return re.sub(r"(?<=\| )(?:test exists|failed|not run|skipped|green)(?= )", "", text)


def main() -> int:
    """Write the page."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("--junit", type=Path, help="what `pytest --junitxml=FILE` wrote")
    chosen = options.parse_args()
    came = outcomes(chosen.junit, table()["servers"]) if chosen.junit else {}
    text = page(came)
    PAGE.write_text(text, encoding="utf-8")
    return 1 if "| failed" in text else 0


if __name__ == "__main__":
    sys.exit(main())
