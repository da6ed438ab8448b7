"""What a command needs that acts: the desk, a source key for what the operator says, a bar where a person watches."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from mailproc.cli.look.books import warn
from mailproc.config import load
from mailproc.desk.ground.books import fresh_id, refuse_lost
from mailproc.desk.ground.wire import Desk, open_desk


@contextmanager
def opened(options: argparse.Namespace, *, lost: bool = False, looks: bool = False) -> Iterator[Desk]:
    """The desk of --config; one whose database is lost only if a command says that it knows what to do.

    For who only `looks` a key that is gone is a warning, for all others a refusal.
    """
    with open_desk(load(options.config), looks=looks) as desk:
        warn(desk.held)
        if not lost:
            refuse_lost(desk)
        yield desk


def operator_source() -> str:
    """A source key for a message of the command line."""
    return f"operator:{fresh_id()}"


@contextmanager
def progress(words: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on the terminal where a person watches; silence otherwise. Call it with how many more are done."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(words, total=total)
        yield lambda n: bar.advance(task, n)
