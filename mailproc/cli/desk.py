"""What a command needs that acts: the desk, a source key for what the operator says, a bar where a person watches."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from mailproc.config import load
from mailproc.desk.ground.books import fresh_id
from mailproc.desk.ground.wire import Desk, open_desk


def opened(options: argparse.Namespace) -> AbstractContextManager[Desk]:
    """The desk of --config."""
    return open_desk(load(options.config))


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
