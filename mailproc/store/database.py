"""The database: opened, migrated, and used in transactions that are either reading or writing.

Writers take BEGIN IMMEDIATE, so that two never meet half-way (a deferred transaction that turns from read to
write fails at once, whatever the timeout); a commit is an fsync (`synchronous=FULL`). What the database refuses
becomes a one-line StoreError with its cure, wherever it is asked; what a UNIQUE constraint refuses is AlreadyKept.
A file that cannot be written is opened for reading, and only a write is refused (catalogue F22). All that is
SQLite's own stands in `_sqlite` and `_address`. No table is known here.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, exc, inspect, make_url, text

from mailproc.errors import ConfigError, StoreError
from mailproc.store import migrations
from mailproc.store.octets import disk, room

_SETTINGS = (  # of every connection; waiting comes first, for the second may have to wait
    "busy_timeout=30000",
    "journal_mode=WAL",
    "synchronous=FULL",  # one fsync a commit; NORMAL has none (catalogue F16)
    "foreign_keys=ON",
)
_WRITES = "mailproc_writes"  # execution option of a connection

_CURES = (  # how SQLite's name of the error begins, what to do
    ("SQLITE_FULL", "the disk is full; free some space and start again, nothing half-written counts"),
    ("SQLITE_READONLY", "it cannot be written; check its owner, and that the disk is not mounted read-only"),
    ("SQLITE_BUSY", "another program has held it for 30 seconds; find it with `fuser`, then try again"),
    ("SQLITE_CANTOPEN", "it cannot be opened; check that file and folder belong to the user who runs mailproc"),
    (
        "SQLITE_NOTADB",
        "it is no SQLite database; check [storage] database, or move the database away and run `mailproc rebuild`",
    ),
    ("SQLITE_CORRUPT", "it is damaged; move the database away and run `mailproc rebuild`"),
    ("SQLITE_IOERR", "the disk fails (I/O error); check it before anything else, then start again"),
)
_FINAL = ("SQLITE_IOERR_FSYNC", "SQLITE_IOERR_DIR_FSYNC")  # asking again would lie (catalogue F29)
_SHARED = 1 << 17  # octets that a -shm file may need, and some for its folder
_FULL = 1 << 20  # octets free; below it an I/O error is want of room
_TWICE = ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")


class AlreadyKept(StoreError):
    """What would be a second effect of one cause; a UNIQUE constraint forbids it, and the first stands."""


def _refusal(name: str, error: BaseException) -> StoreError | None:
    """The database's words with their cure; None for what is our own mistake."""
    known_as = str(getattr(error, "sqlite_errorname", ""))
    if known_as in _TWICE:
        return AlreadyKept(f"{name}: {error}; it is there already")
    may_be_room = known_as.startswith(("SQLITE_IOERR", "SQLITE_READONLY")) and known_as not in _FINAL
    if may_be_room and os.access(Path(name).parent, os.W_OK) and room.free(Path(name).parent) < _FULL:
        known_as = "SQLITE_FULL"  # what SQLite says when its -shm file finds no room, or we opened it so
    cure = next((cure for sign, cure in _CURES if known_as.startswith(sign)), None)
    if known_as in _FINAL:
        return disk.final(f"{name}: {cure}")
    return StoreError(f"{name}: {cure}") if cure else None


def _sqlite(engine: Engine, name: str) -> None:
    """How SQLite is spoken to. The one place where the dialect matters."""
    alone = ("locking_mode=EXCLUSIVE",) if _is_full(Path(name)) else ()  # then SQLite shares no memory with others

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        try:
            for setting in (*alone, *_SETTINGS):
                connection.execute(f"PRAGMA {setting}")
        except sqlite3.Error as error:
            raise _refusal(name, error) or StoreError(f"{name}: {error}") from error

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    @event.listens_for(engine, "handle_error")
    def _say(context: ExceptionContext) -> None:
        refusal = _refusal(name, context.original_exception)
        if refusal:
            raise refusal from context.original_exception


def _located(url: str, root: Path) -> URL:
    """The address with its path counted from `root`. Raises ConfigError for one we cannot use."""
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        raise ConfigError("[storage] database: not a database address; write sqlite:///FILE") from error
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        shown = parsed.render_as_string(hide_password=True)
        raise ConfigError(f'[storage] database: "{shown}" cannot be used; write sqlite:///FILE')
    return parsed.set(database=str(root / str(parsed.database)))


def path_of(url: str, root: Path) -> Path:
    """The database's file. Raises ConfigError."""
    return Path(str(_located(url, root).database))


def _touch(path: Path) -> None:
    """The file and its folder exist; the file is its owner's alone, for it holds people's mail."""
    try:
        disk.make_folder(path.parent)
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; check that its folder can be written") from error


def _is_full(path: Path) -> bool:
    """No room for the file in which processes share the write-ahead log, and nobody has made it yet."""
    return room.free(path.parent) < _SHARED and not path.with_name(f"{path.name}-shm").exists()


def _address(located: URL, path: Path) -> URL:
    """How the file can be opened: where neither it nor a write-ahead log can be made, as one that stands still."""
    may_write = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) and not _is_full(path)
    if may_write or path.with_name(f"{path.name}-wal").exists():  # SQLite itself reads a database with its log
        return located
    return located.set(database=f"file:{quote(str(path))}", query={"immutable": "1", "uri": "true"})


def open_database(url: str, root: Path) -> Engine:
    """The database, its schema brought up to date. Relative SQLite paths count from `root`.

    Raises ConfigError for an address we cannot use, StoreError for a database that cannot be opened or written,
    that is another program's, or whose schema is newer than this code (catalogue F95); it is not touched then.
    """
    located = _located(url, root)
    path = Path(str(located.database))
    if not path.exists():
        _touch(path)
    engine = create_engine(_address(located, path), hide_parameters=True)  # no people's words in tracebacks
    _sqlite(engine, str(path))
    try:
        _migrate(engine, path)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _migrate(engine: Engine, path: Path) -> None:
    """Brings the schema to the head revision in one transaction: a crash in it leaves what was (catalogue F13)."""
    with reading(engine) as conn:
        if _revision(conn, path) == migrations.HEAD:
            return
    with writing(engine) as conn:
        if _revision(conn, path) != migrations.HEAD:  # unless another process was quicker
            migrations.upgrade(conn)


def _revision(conn: Connection, path: Path) -> str | None:
    """The schema's revision, None for an empty database. StoreError where we cannot go on from it."""
    tables = inspect(conn).get_table_names()
    if not tables:
        return None
    if "alembic_version" not in tables:
        raise StoreError(f"{path}: this is another program's database; name a new file in [storage] database")
    revision = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision not in migrations.KNOWN:
        raise StoreError(
            f"{path}: its schema ({revision}) is newer than this mailproc ({migrations.HEAD}); "
            "install the mailproc that wrote it, or a newer one"
        )
    return str(revision)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A writing transaction (BEGIN IMMEDIATE): committed at the end of the block, rolled back on any error.

    Waits up to 30 seconds for another writer. Raises StoreError where the database refuses, AlreadyKept where a
    row would be a second effect of one cause.
    """
    with engine.connect().execution_options(**{_WRITES: True}) as conn, conn.begin():
        yield conn


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A reading transaction: one unchanging view. A write in it is refused by the database."""
    with engine.connect() as conn, conn.begin() as transaction:
        yield conn
        transaction.rollback()
