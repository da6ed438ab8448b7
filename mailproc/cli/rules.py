"""`sort FILE --explain` and `rules check`: what the rules say, and whether they say what they promise."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from mailproc.cli.desk import opened
from mailproc.cli.say import out, print_json
from mailproc.config import load
from mailproc.config.carried import carried
from mailproc.config.folder import GROUPS_FILE, examples_beside, load_groups, load_rules
from mailproc.desk.watch.rehearse import Rehearsed, rehearse
from mailproc.sorting.check import check as problems_of
from mailproc.sorting.sort import explain


def sort(options: argparse.Namespace) -> int:
    """Sort mails as they would be sorted now; nothing is kept."""
    with opened(options, looks=True) as desk, tempfile.TemporaryDirectory() as aside:
        found = rehearse(desk, [Path(file) for file in options.files], Path(aside))
        if options.json:
            print_json([_shape(each, desk.rules, explained=options.explain) for each in found])
            return 0
        for each in found:
            first = each.verdict.first
            where = f" · {first.group or first.section}" if first.group or first.section else ""
            also = f" and {each.verdict.second.kind}" if each.verdict.second else ""
            out.print(Text(f"{each.name}: {first.kind}{where}{also}"))
            out.print(Text(f"    rule {first.rule}: {first.reason}"))
            other = each.verdict.runner_up
            out.print(Text(f"    runner-up: {f'{other.kind} (rule {other.rule})' if other else 'none'}"))
            if options.explain:
                out.print(_table(each, desk.rules))
    return 0


def _table(each: Rehearsed, known: tuple[Any, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("rule", "kind", "outcome", "field", "found, or what failed"):
        table.add_column(column, overflow="fold")
    for row in explain(each.verdict, known):
        table.add_row(*(Text(cell) for cell in (row.rule, row.kind, row.outcome, row.field, row.words)))
    return table


def _shape(each: Rehearsed, known: tuple[Any, ...], *, explained: bool) -> dict[str, Any]:
    verdict = each.verdict
    other = verdict.runner_up
    shape: dict[str, Any] = {
        "file": each.name,
        "kind": verdict.kind,
        "kinds": list(verdict.kinds),
        "section": verdict.section,
        "group": verdict.group,
        "rule": verdict.rule,
        "reason": verdict.reason,
        "runner_up": other.kind if other else None,
    }
    if explained:
        shape["rules"] = [
            {
                "rule": r.rule,
                "kind": r.kind,
                "outcome": r.outcome,
                "field": r.field,
                "words": r.words,
                "reason": r.reason,
            }
            for r in explain(verdict, known)
        ]
    return shape


def check(options: argparse.Namespace) -> int:
    """Every rule's own examples; 1 if one of them fails."""
    config = load(options.config)
    rules = load_rules(config.storage.rules)
    groups = load_groups(config.storage.rules / GROUPS_FILE)
    found = problems_of(rules, groups, examples_beside(groups, carried() / "rules" / GROUPS_FILE))
    if options.json:
        print_json({"rules": len(rules), "problems": [str(problem) for problem in found]})
    else:
        for problem in found:
            out.print(Text(str(problem)))
        out.print(f"{len(rules)} rules, {len(found)} problems")
    return 1 if found else 0
