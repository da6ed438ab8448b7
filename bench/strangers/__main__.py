"""`make bench ARGS=strangers`: nobody's word but the member's, however strangers and their programs write.

More than 5,000 replies that decide nothing (colleagues' words, broken-off prose, words taken back, what nobody sees,
what programs write) and more than 1,000 that decide, by kinds, seeded, each as octets through the parser and the
reader. Exit 1 where a decision is invented, where over 0.5 % of the decisions are missed, or where over 2 % of the
replies that decide are asked back.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.strangers.judge import COUNTS, Judged, good, judged
from bench.strangers.kinds import DECIDING, KINDS, NOTHING, trials

SEED = 20261122


def table(title: str, names: Sequence[str], found: Sequence[Judged]) -> Table:
    """A row for each kind, and the total."""
    rows = {name: [each for each in found if each.trial.kind == name] for name in names}
    shown = Table("kind", "replies", *COUNTS, "asked back", title=title)
    for name, judgements in [*rows.items(), ("total", [each for each in found if each.trial.kind in rows])]:
        counts = Counter(each.verdict for each in judgements)
        asked = sum(bool(each.reading.unclear) for each in judgements)
        shown.add_row(name, str(len(judgements)), *(str(counts[each] or "") for each in COUNTS), str(asked or ""))
    return shown


def story(each: Judged) -> str:
    """A reply and what was read, for a person who looks for the fault; lines of the letter are left out."""
    trial, words, message, reading = each.trial, each.trial.words, each.message, each.reading
    sent = trial.letter.posted.sent
    ours = {_bare(line) for text in (sent.text, *sent.html_texts) for line in text.split("\n")}
    lines = [
        f"=== {each.verdict}: {trial.kind} / {words.sibling!r} ({trial.language}, {trial.letter.name}, {trial.place})",
        f"--- wanted: {sorted(words.does)} {dict(words.says) or ''}",
        *(f"--- {c.verb} {', '.join(c.refs)} {c.words!r} <- {c.line!r}" for c in reading.commands),
        *(f"--- unclear ({u.reason}): {u.line!r}" for u in reading.unclear),
        *("--- text", *(_without(message.text, ours) if message.text_source == "body" else ["(none)"])),
        *(["--- typed as HTML", words.rich] if words.rich is not None and not words.whole else []),
        *(["--- HTML as read", *_without(message.html_text, ours)] if message.html_text is not None else []),
    ]
    return "\n".join(lines)


def _bare(line: str) -> str:
    return line.strip(" \t>|:.").replace("\xa0", " ")


def _without(text: str, ours: set[str]) -> list[str]:
    """The lines of a part; one line stands for each run of the letter's."""
    left: list[str] = []
    for line in text.split("\n"):
        if (len(_bare(line)) > SHORT or "| " in line or line.endswith("|")) and _bare(line) in ours:
            left += [] if left and left[-1] == LETTER else [LETTER]
        elif _bare(line) or not left or left[-1] != LETTER:
            left.append(line)
    return left


LETTER, SHORT = "[the letter]", 12  # characters of a line that may be anybody's


def _json(found: Sequence[Judged]) -> str:
    kinds = {
        name: {
            "replies": len(rows),
            **Counter(each.verdict for each in rows),
            "failures": [story(each) for each in rows if each.wrong],
        }
        for name in KINDS
        if (rows := [each for each in found if each.trial.kind == name])
    }
    return json.dumps(kinds, ensure_ascii=False, indent=1)


def of_kind(name: str, seed: int, part: float) -> list[Judged]:
    """All replies of one kind, read."""
    return [judged(trial) for trial in trials([name], seed, part)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 0 where the reader is good enough."""
    parser = argparse.ArgumentParser(prog="bench.strangers", description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--kind", nargs="+", metavar="KIND", choices=list(KINDS), help="all if none is named")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--part", type=float, default=1.0, help="of each kind's replies: 0.1 reads a tenth")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print so many wrong replies of each kind")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="processes that read")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write counts and every failure there")
    chosen = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 120)
    names = chosen.kind or list(KINDS)
    with ProcessPoolExecutor(chosen.jobs) as pool:
        read = pool.map(partial(of_kind, seed=chosen.seed, part=chosen.part), names)
        shown = track(read, "reading", total=len(names), console=Console(stderr=True), transient=True)
        found = [each for kind in shown for each in kind]
    for name in names:
        wrong = [each for each in found if each.trial.kind == name and each.wrong]
        for each in wrong[: chosen.show]:
            console.out(story(each), highlight=False)
    for title, names in (("that decide nothing", NOTHING), ("that decide", DECIDING)):
        some = [name for name in names if not chosen.kind or name in chosen.kind]
        if some:
            console.print(table(f"replies {title}, seed {chosen.seed}", some, found))
    if chosen.json:
        chosen.json.write_text(_json(found), encoding="utf-8")
    return 0 if good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
