"""What the thousand desks of a test process need alike is made once, so that a test costs what it is about.

A desk of a test is the real one; saved are four beginnings. A template's code is kept by its text; a new database gets
the statements that SQLite says the first one came to (tests/store holds the two alike); a query that SQLAlchemy made
words of for one database has them for the next; a parse child that served one desk well serves another, while
tests/inspect start their own. Steps from an older schema, a template that is wrong and
a child that dies are as they ever were, and so is every process that a test starts. Nothing is kept on a disk.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, TracebackType
from typing import Any

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from mailproc import failpoint
from mailproc.desk.ground import wire
from mailproc.inspect.worker import Worker
from mailproc.letters import phrasebook, render
from mailproc.store import database, migrations

_upgrade = migrations.upgrade
_code: dict[tuple[object, ...], CodeType] = {}  # of templates, by what they say
_schema: list[str] = []  # statements
_queries: list[Any] = []  # SQLAlchemy's cache of the first engine
_children: list[subprocess.Popen[bytes]] = []  # that wait for a desk


class Remembering(ImmutableSandboxedEnvironment):
    """Templates of which the same text is compiled once; each keeps its own file's name."""

    def compile(self, source, name=None, filename=None, **how: object):
        if how or not isinstance(source, str):
            return super().compile(source, name, filename, **how)
        key = (self.trim_blocks, name, source)
        if key not in _code:
            _code[key] = super().compile(source, name, filename)
        return _code[key].replace(co_filename=filename or "<template>")


def upgrade(conn: Connection) -> None:
    """`migrations.upgrade`: an empty database becomes what the first one became, in the caller's transaction."""
    empty = not inspect(conn).get_table_names()
    raw = conn.connection.driver_connection
    if empty and _schema:
        for statement in _schema:
            raw.execute(statement)
        failpoint.reach("store.migrating")
        return
    _upgrade(conn)
    if empty:
        _schema[:] = [line for line in raw.iterdump() if line not in {"BEGIN TRANSACTION;", "COMMIT;"}]


def an_engine(*arguments: Any, **how: Any) -> Engine:  # noqa: ANN401 - SQLAlchemy's own
    """`create_engine`, with the words of every query that another engine of this process has said."""
    engine = create_engine(*arguments, **how)
    _queries[:] = _queries or [engine._compiled_cache]
    engine._compiled_cache = _queries[0]
    return engine


class Lent(Worker):
    """A worker whose child goes on to the next desk, unless something was wrong with it."""

    def _living_child(self) -> subprocess.Popen[bytes]:
        if self._child is None and _children:
            self._child = _children.pop()
        return super()._living_child()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        child, self._child = self._child, None
        if child is not None:
            _children.append(child)


@contextmanager
def cold() -> Iterator[None]:
    """Databases are made as a desk in service makes them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "upgrade", _upgrade)
        yield


def made_once(patch: pytest.MonkeyPatch) -> None:
    """Templates and queries."""
    patch.setattr(render, "ImmutableSandboxedEnvironment", Remembering)
    patch.setattr(phrasebook, "ImmutableSandboxedEnvironment", Remembering)
    patch.setattr(database, "create_engine", an_engine)
    patch.setattr(SQLiteDialect_pysqlite, "__eq__", lambda one, other: type(one) is type(other))
    patch.setattr(SQLiteDialect_pysqlite, "__hash__", lambda one: hash(type(one)))


@contextmanager
def warm() -> Iterator[None]:
    """All of it, for the tests of a process."""
    with pytest.MonkeyPatch.context() as patch:
        made_once(patch)
        patch.setattr(migrations, "upgrade", upgrade)
        patch.setattr(wire, "Worker", Lent)
        yield
    while _children:
        with _children.pop() as child:
            child.kill()
