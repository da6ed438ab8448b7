"""Words out: JSON or lines on standard output."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

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
