"""`make bench ARGS=rehearsal`: how long `rules rehearse` takes over an archive, and what it prints.

A desk receives seeded mails (the daily mix of `bench`, and wishes of tests/corpus in seven languages), a rule is added,
and the rehearsal is asked about the last 500 and about all. `--mails 5000` makes a larger archive.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import tomllib
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.__main__ import BATCH, SEED, mails
from mailproc.cli.init import init
from mailproc.cli.main import main as run
from mailproc.config import load
from mailproc.desk.ground.receive import Incoming, receive
from mailproc.desk.ground.wire import open_desk
from mailproc.desk.serve.process import work

WISHES = Path(__file__).resolve().parents[1] / "tests" / "corpus" / "wishes"
A_RULE = """
[[rule]]
name = "weekdays"
kind = "help"
because = "its subject is a day of the week"
when.to = "desk"
when.subject_matches = '(?i)^(Donnerstag|jeudi|jueves|giovedì|quinta-feira|четверг)$'
hits = [{ subject = "Jeudi", body = "See you." }]
misses = [{ subject = "Jeudi noir", body = "See you." }]
"""
TO = {"article": "articles", "material": "files", "membership": "join", "help": "help"}


def wishes(count: int) -> list[bytes]:
    """Mails of the corpus of wishes, each of another sender."""
    known = [mail for path in sorted(WISHES.glob("*.toml")) for mail in tomllib.loads(path.read_text())["mail"]]
    dice = random.Random(SEED)  # noqa: S311 - reproducible, not secret
    return [_wish(n, dice.choice(known)) for n in range(count)]


def _wish(n: int, mail: dict[str, str]) -> bytes:
    head = (
        f"Return-Path: <reader{n}@poole.example>\nFrom: Reader {n} <reader{n}@poole.example>\n"
        f"To: {TO.get(mail['to'], 'desk')}@harbour.example\nSubject: {mail['subject']}\n"
        f"Date: Sat, 21 Nov 2026 09:12:44 +0000\nMessage-ID: <wish{n}@poole.example>\n"
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    )
    return f"{head}{mail['body']}\n\nNo {n}.\n".encode()


def timed(config: Path, *words: str) -> tuple[float, str]:
    """Seconds of the processor for one command, and what it printed."""
    out, begin = StringIO(), _spent()
    with redirect_stdout(out):
        run(["--config", str(config), *words])
    return _spent() - begin, out.getvalue()


def _spent() -> float:
    """Seconds of the processor, those of the parse child with them: a busy machine tells nothing by its clock."""
    return sum(os.times()[:4])


def main() -> None:
    """Print what it takes."""
    parser = argparse.ArgumentParser(prog="python -m bench.rehearsal", description=__doc__)
    parser.add_argument("--mails", type=int, default=1000, metavar="N", help="in the archive (default: 1000)")
    count = parser.parse_args().mails
    console = Console()
    octets = [*mails(count // 2), *wishes(count - count // 2)]
    random.Random(SEED).shuffle(octets)  # noqa: S311 - reproducible, not secret
    with tempfile.TemporaryDirectory() as folder:
        init(Path(folder) / "desk", ask=False)
        config = Path(folder) / "desk" / "config.toml"
        with open_desk(load(config)) as desk:
            for start in track(range(0, count, BATCH), description="making", console=console, transient=True):
                some = octets[start : start + BATCH]
                receive(desk, [Incoming(f"bench:{start + n}", [each]) for n, each in enumerate(some)])
                work(desk)
        (config.parent / "rules" / "17-weekdays.toml").write_text(A_RULE, encoding="utf-8")
        table = Table(
            "asked", "processor seconds", "ms a mail of the archive", title=f"{count} mails in the archive, seed {SEED}"
        )
        printed = ""
        for last in dict.fromkeys((min(500, count), count)):
            seconds, printed = timed(config, "rules", "rehearse", "--last", str(last))
            table.add_row(f"the last {last}", f"{seconds:.1f}", f"{seconds / count * 1000:.1f}")
        console.print(table)
        sys.stdout.write("\n".join(printed.split("\n")[:16]) + "\n")


main()
