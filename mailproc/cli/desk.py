"""What every command needs that acts: the desk of the configuration, and a source key for what the operator says."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager

from mailproc.config import load
from mailproc.desk.ground.books import fresh_id
from mailproc.desk.ground.wire import Desk, open_desk


def opened(options: argparse.Namespace) -> AbstractContextManager[Desk]:
    """The desk of --config."""
    return open_desk(load(options.config))


def operator_source() -> str:
    """A source key for a message of the command line."""
    return f"operator:{fresh_id()}"
