"""`make bench ARGS=written`: what was written is what is published, or the receipt says that it was guessed.

Articles of seventeen shapes in thirty languages, in each charset that these were mailed in, under labels that are
right, missing and wrong, in eight structures, fixed and flowed, in four transfer encodings: every pair of these values
that can be stands in one mail at least. Each goes through a whole desk. `--page FILE` writes docs/written.md. Exit 1
where a text is wrong without a word, or altered under a label that is right.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.written.desk import through
from bench.written.judge import OUTCOMES, SAID, UNSAID, Judged, judged
from bench.written.mails import dimensions, fits, mail
from bench.written.pairs import covering

SEED = 20261130
_MEMORY = Path("/dev/shm")  # noqa: S108 - where there is one: what a disk takes is not measured here
_PAGE = """\
# What was written is what is published

{mails} articles as mail programs send them, each through a whole desk: received, sorted, answered, approved, published.
Every pair of two values of two tables below stands in one mail at least, where it can be. "Equal" is said exactly in
`bench/written/judge.py`; what is wrong without a word must be nothing. A false label is believed over a word or two in
an English text where what it gives is a word as well ("zimì" for "zimě"): nobody could tell. Written by
`make bench ARGS="written --page docs/written.md"`, seed {seed}; a test counts the mails and sends some of them.

**{told}.**

"""


def run(folder: Path, seed: int, most: int | None = None) -> list[Judged]:
    """Every mail (or the first so many), judged."""
    rows, _ = covering(dimensions(), fits, seed)
    mails = [mail(number, row, seed) for number, row in enumerate(rows[:most], start=1)]
    return [judged(sent, came) for sent, came in zip(mails, through(folder, mails), strict=True)]


def rows(dimension: str, found: Sequence[Judged]) -> list[list[str]]:
    """For each value of a dimension: itself, its mails, and what became of them."""
    told = []
    for value in dimensions()[dimension]:
        counts = Counter(each.outcome for each in found if each.sent.row[dimension] == value)
        told.append([value, str(counts.total()), *(str(counts[outcome] or "") for outcome in OUTCOMES)])
    return told


def table(dimension: str, found: Sequence[Judged]) -> Table:
    """The same for a terminal."""
    shown = Table(dimension, "mails", *OUTCOMES)
    for row in rows(dimension, found):
        shown.add_row(*row)
    return shown


def page(found: Sequence[Judged]) -> str:
    """docs/written.md."""
    counts = Counter(each.outcome for each in found)
    told = "; ".join(f"{outcome}: {counts[outcome]}" for outcome in OUTCOMES)
    tables = [
        "\n".join(
            (
                f"| {dimension} | mails | {' | '.join(OUTCOMES)} |",
                f"|{'---|' * (len(OUTCOMES) + 2)}",
                *(f"| {' | '.join(row)} |" for row in rows(dimension, found)),
            )
        )
        for dimension in dimensions()
    ]
    return _PAGE.format(mails=len(found), told=told, seed=SEED) + "\n\n".join(tables) + "\n"


def faults(found: Sequence[Judged]) -> list[Judged]:
    """What must not be: wrong without a word, or altered under a right label."""
    return [each for each in found if each.outcome == UNSAID or (each.outcome == SAID and each.why)]


def story(each: Judged) -> str:
    """A fault, for a person who looks for it."""
    sent = each.sent
    told = ", ".join(f"{name} {value}" for name, value in sent.row.items())
    texts = f"  written   {sent.written!r:.600}\n  published {each.came.published!r:.600}\n"
    return f"{each.outcome} ({each.why}): mail {sent.number}: {told}\n{texts}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="bench.written", description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--most", type=int, metavar="N", help="send the first N mails only")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the tables there, as docs/written.md")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="make the desk there, and leave it")
    chosen = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 120)
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        found = run(chosen.keep or Path(folder), chosen.seed, chosen.most)
    wrong = faults(found)
    for each in wrong:
        console.out(story(each), highlight=False)
    for dimension in dimensions():
        console.print(table(dimension, found))
    counts = Counter(each.outcome for each in found)
    console.print(", ".join(f"{outcome}: {counts[outcome]}" for outcome in OUTCOMES), f"of {len(found)} mails")
    if chosen.page:
        chosen.page.write_text(page(found), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
