"""`make bench`: the stages of the main job over the same mails, each beside the cheapest thing that could be.

Mails are made here (60 % articles, 25 % with a photo, 10 % membership, 5 % machine mail), seeded, so that every run
measures the same. Ratios say what a stage costs beside the one before; the machine's speed cancels out. The other
benches stand beside this one, named behind ARGS: reading, replies, strangers, trimming, characters, documents,
written, memory, mailbox, start, walk, rehearsal.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from mailproc.cli.init import init
from mailproc.config import load
from mailproc.desk.ground.receive import Incoming, receive
from mailproc.desk.ground.wire import open_desk
from mailproc.desk.serve.process import work
from mailproc.message.parse import parse
from mailproc.store.octets.disk import fresh, write_all

MAILS = 300
BATCH = 20
SEED = 20261122
WORDS = ("harbour", "ferry", "tide", "gull", "rope", "pier", "lantern", "market")


def mails(count: int) -> Iterator[bytes]:
    """Seeded mails of the desk's daily mix."""
    dice = random.Random(SEED)  # noqa: S311 - reproducible, not secret
    for n in range(count):
        to, subject = dice.choices(
            [("articles", "The quay at night"), ("files", "Photo for the North Pier Society"), ("join", "Membership")],
            weights=[65, 25, 10],
        )[0]
        words = " ".join(
            dice.choices(
                ["harbour", "ferry", "tide", "gull", "rope", "pier", "lantern", "market"], k=dice.randint(60, 900)
            )
        )
        head = (
            f"Return-Path: <author{n}@poole.example>\r\nFrom: Author {n} <author{n}@poole.example>\r\n"
            f"To: {to}@harbour.example\r\nSubject: {subject} {n}\r\nDate: Sat, 21 Nov 2026 09:12:44 +0000\r\n"
            f"Message-ID: <bench{n}@poole.example>\r\n"
        )
        head += "Auto-Submitted: auto-replied\r\n" if dice.random() < 0.05 else ""  # noqa: PLR2004 - the mix
        yield (head + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + words + "\r\n").encode()


@contextmanager
def stage(times: dict[str, float], name: str) -> Iterator[None]:
    """Time one stage, in seconds."""
    begin = time.perf_counter()
    yield
    times[name] = time.perf_counter() - begin


def written(folder: Path, octets: list[bytes]) -> None:
    """The floor: every mail in a file of its own, fsynced."""
    for each in octets:
        with fresh(folder) as (fd, path):
            write_all(fd, path, each)


def measure(folder: Path, octets: list[bytes], step: Callable[[str], None]) -> dict[str, float]:
    """Seconds of each stage over all mails."""
    times: dict[str, float] = {}
    step("write")
    with stage(times, "write and fsync a file"):
        written(folder / "floor", octets)
    step("parse")
    with stage(times, "parse"):
        for each in octets:
            parse(each)
    init(folder / "desk", ask=False)
    with open_desk(load(folder / "desk" / "config.toml")) as desk:
        step("receive")
        with stage(times, "receive (file, row, number, commit)"):
            for start in range(0, len(octets), BATCH):
                batch = [Incoming(f"bench:{start + n}", [each]) for n, each in enumerate(octets[start : start + BATCH])]
                receive(desk, batch)
        step("work")
        with stage(times, "work (parse, sort, item, receipt, entry, commit)"):
            work(desk)
    return times


def main() -> None:
    """Print the table."""
    console = Console()
    octets = list(mails(MAILS))
    with tempfile.TemporaryDirectory() as folder:
        steps = iter(track(range(4), description="measuring", console=console, transient=True))
        times = measure(Path(folder), octets, lambda _: next(steps, None))
    floor = min(times.values())
    table = Table("stage", "mails/s", "times the cheapest", title=f"{MAILS} mails, seed {SEED}")
    for name, seconds in times.items():
        table.add_row(name, f"{MAILS / seconds:.0f}", f"{seconds / floor:.1f}")
    console.print(table)


if __name__ == "__main__":
    main()
