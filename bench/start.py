"""`make bench ARGS=start`: what a command costs before it does anything: CPU time (user and system) of whole processes.

`mailproc --help`, and what reads a small desk of twelve items. `--checkout DIR` measures another checkout beside this
one, each with its own `.venv` and its own desk, in turn within one run (A B A B ...), so that a busy machine is busy
for both. The median of `--rounds` processes is shown, after one that nobody counts (it writes the .pyc files).
Nothing is judged here: times depend on the machine, only their ratio is worth keeping.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
ITEMS = 12
ROUNDS = 7
COMMANDS = (("--help",), ("list",), ("list", "--json"), ("health",))
Times = dict[str, dict[str, float]]  # command -> "before" or "now" -> seconds of CPU, the median


def mail(n: int) -> bytes:
    """The n-th article."""
    return (
        f"Return-Path: <author{n}@poole.example>\r\nFrom: Author {n} <author{n}@poole.example>\r\n"
        f"To: articles@harbour.example\r\nSubject: The quay at night {n}\r\nMessage-ID: <start{n}@poole.example>\r\n"
        "Date: Sat, 21 Nov 2026 09:12:44 +0000\r\n\r\nThe gulls were first, and the ferry was late again.\r\n"
    ).encode()


def program(checkout: Path) -> str:
    """The command of a checkout. Leaves with a word if it has none."""
    path = checkout / ".venv" / "bin" / "mailproc"
    if not path.exists():
        raise SystemExit(f"start: {checkout} has no .venv; `make .venv` there")
    return str(path)


def a_desk(folder: Path, mailproc: str) -> Path:
    """A desk of twelve items, made by that checkout's own program; its config.toml."""
    config = folder / "desk" / "config.toml"
    files = [folder / f"{n}.eml" for n in range(ITEMS)]
    folder.mkdir()
    for n, file in enumerate(files):
        file.write_bytes(mail(n))
    at_desk = [mailproc, "--config", str(config)]
    for command in (
        [mailproc, "init", "--yes", str(config.parent)],
        [*at_desk, "receive", *map(str, files)],
        [*at_desk, "work"],
    ):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - ours
    listed = subprocess.run([*at_desk, "list", "--json"], check=True, capture_output=True)  # noqa: S603 - ours
    if len(json.loads(listed.stdout)) != ITEMS:
        raise SystemExit(f"start: the desk of {mailproc} has not {ITEMS} items")
    return config


def cpu_seconds(command: Sequence[str]) -> float:
    """User and system time of one process and of those it waited for."""
    null = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
    child = os.posix_spawn(command[0], command, os.environ, file_actions=null)
    _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) not in {0, 1}:  # `health` tells of trouble with 1
        raise SystemExit(f"start: {' '.join(command)} left with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime


def measured(programs: dict[str, str], desks: dict[str, Path], rounds: int) -> Times:
    """Every command by every program, in turn."""
    lines = {
        (" ".join(words), name): [path, "--config", str(desks[name]), *words]
        for words in COMMANDS
        for name, path in programs.items()
    }
    taken: dict[tuple[str, str], list[float]] = {key: [] for key in lines}
    for n in track(range(rounds + 1), description="starting", console=Console(stderr=True), transient=True):
        for key, line in lines.items():
            seconds = cpu_seconds(line)
            taken[key] += [seconds] if n else []
    commands = [" ".join(words) for words in COMMANDS]
    return {each: {name: statistics.median(taken[each, name]) for name in programs} for each in commands}


def table(times: Times, rounds: int) -> Table:
    """A row for each command."""
    both = "before" in next(iter(times.values()))
    shown = Table("mailproc", *(["before, s"] if both else []), "now, s", *(["times before"] if both else []))
    shown.title = f"CPU time, median of {rounds}"
    for command, by in times.items():
        old = [f"{by['before']:.3f}"] if both else []
        shown.add_row(command, *old, f"{by['now']:.3f}", *([f"{by['now'] / by['before']:.2f}"] if both else []))
    return shown


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="bench.start", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--checkout", type=Path, metavar="DIR", help="another checkout, shown as before")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help=f"processes of each (default {ROUNDS})")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the medians there, in seconds")
    chosen = parser.parse_args(arguments)
    programs = {"before": program(chosen.checkout.resolve())} if chosen.checkout else {}
    programs["now"] = program(ROOT)
    with tempfile.TemporaryDirectory(prefix="start-") as folder:
        desks = {name: a_desk(Path(folder) / name, path) for name, path in programs.items()}
        times = measured(programs, desks, chosen.rounds)
    Console().print(table(times, chosen.rounds))
    if chosen.json:
        chosen.json.write_text(json.dumps(times, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
