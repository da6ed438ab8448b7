"""The books, for commands that only look: a lost database is a refusal to them, a key that is gone a warning."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from mailproc.config import load
from mailproc.desk.ground.books import Books, open_books, refuse_lost
from mailproc.desk.ground.key import Key, look


@contextmanager
def looked_at(options: argparse.Namespace) -> Iterator[Books]:
    """The books of --config, for a command that only looks; never those of a lost database."""
    with open_books(load(options.config)) as books:
        refuse_lost(books)
        warn(look(books))
        yield books


def warn(held: Key) -> None:
    """One line on standard error, if the key is not as it should be."""
    if held.flaw:
        what = "until it is back no letter is written and no reply is read; `mailproc doctor` says how"
        print(f"mailproc: warning: {held.where}; {what}", file=sys.stderr)
