"""The books: configuration, database, archive and outbox, all that a command needs which only looks.

Also the only place that reads the clock or makes an id. Whatever is wrong with the configuration or the database is
said in one line with its cure. Rules, letters, key and parse child are what `wire` adds; without them nobody acts.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from mailproc.config import Config
from mailproc.errors import StoreError
from mailproc.store.database import open_database, reading
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive


def clock() -> datetime:
    """Now, UTC, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - this is where the clock lives


def fresh_id() -> str:
    """A random id for a source key or a trace field."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Books:
    """What is kept and known."""

    config: Config
    engine: Engine
    now: Callable[[], datetime]

    @property
    def archive(self) -> Path:
        """Where received messages and their entries lie."""
        return self.config.storage.archive

    @property
    def outbox(self) -> Path:
        """Where letters lie."""
        return self.config.storage.outbox


@contextmanager
def open_books(config: Config, now: Callable[[], datetime] = clock) -> Iterator[Books]:
    """The books of a configuration. Raises ConfigError or StoreError, each with its cure."""
    engine = open_database(config.storage.database, config.folder)
    try:
        yield Books(config, engine, now)
    finally:
        engine.dispose()


def unused(books: Books) -> bool:
    """The database is new: it knows of no message."""
    with reading(books.engine) as conn:
        return rows.next_number(conn, 0) == 1


def lost(books: Books) -> bool:
    """The database is new, and the archive is not."""
    return unused(books) and next(archive.entry_numbers(books.archive), None) is not None


def words_of_lost(books: Books) -> str:
    """What is said then: an empty database need not be moved away."""
    return f"{books.engine.url.database}: empty, and the archive is not; `mailproc rebuild` makes it anew"


def refuse_lost(books: Books) -> None:
    """Nothing is read from a database that knows nothing, and nothing is decided with it. Raises StoreError."""
    if lost(books):
        raise StoreError(words_of_lost(books))
