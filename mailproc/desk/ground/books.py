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

from sqlalchemy import Connection, Engine

from mailproc.config import Config
from mailproc.desk.ground.timepiece import Doubt, Timepiece, reading_of
from mailproc.errors import StoreError
from mailproc.store.database import open_database, reading
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive


def clock() -> datetime:
    """Now, UTC, in whole seconds, as the machine has it; what the desk makes of it is `timepiece`'s."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - this is where the clock lives


def fresh_id() -> str:
    """A random id for a source key or a trace field."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Books:
    """What is kept and known."""

    config: Config
    engine: Engine
    now: Callable[[], datetime]  # what time it is at the desk: a Timepiece, or a clock that is right by its nature

    @property
    def doubt(self) -> Doubt | None:
        """Why the machine's clock is not believed, so that nothing happens by time. Raises StoreError."""
        return self.now.doubt() if isinstance(self.now, Timepiece) else None

    def keep_time(self, conn: Connection) -> None:
        """Write down what the machine's clocks say now, for whoever asks later what has passed."""
        if isinstance(self.now, Timepiece):
            self.now.keep(conn)

    def believe(self, conn: Connection, at: datetime) -> bool:
        """The operator confirms that the machine's clock is right; False if it does not say this any more."""
        return not isinstance(self.now, Timepiece) or self.now.believe(conn, at)

    @property
    def archive(self) -> Path:
        """Where received messages and their entries lie."""
        return self.config.storage.archive

    @property
    def outbox(self) -> Path:
        """Where letters lie."""
        return self.config.storage.outbox


@contextmanager
def open_books(config: Config, now: Callable[[], datetime] | None = None) -> Iterator[Books]:
    """The books of a configuration; their time is this machine's unless one is given that is right by its nature.

    Raises ConfigError or StoreError, each with its cure.
    """
    engine = open_database(config.storage.database, config.folder)
    try:
        yield Books(config, engine, now or Timepiece(engine, lambda: reading_of(clock())))
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
