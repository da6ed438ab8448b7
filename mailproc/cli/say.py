"""Words out: JSON or lines on standard output, a progress bar where a person watches."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from mailproc.config import Config

PIPE_WIDTH = 10_000  # columns: what is not read on a terminal is not folded, references and ids stay whole

out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PIPE_WIDTH)


def print_json(value: Any) -> None:  # noqa: ANN401 - any JSON
    """JSON, and nothing else, on standard output."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def outbox_folder(config: Config) -> Path:
    """The outbox as paths in `outbox list` begin: counted from the configuration's folder."""
    outbox = config.storage.outbox
    return outbox.relative_to(config.folder) if outbox.is_relative_to(config.folder) else outbox


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
