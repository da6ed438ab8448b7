"""The database opens, migrates, and keeps its transactions apart."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from mailproc.errors import ConfigError, DiskFailed, StoreError
from mailproc.store import database, migrations
from mailproc.store.database import AlreadyKept, open_database, reading, writing
from mailproc.store.mail import outgoing, received
from mailproc.store.schema import metadata
from mailproc.workflow.received import Received

ROOT = Path(__file__).resolve().parents[2]
URL = "sqlite:///data/mailproc.db"


def _add(engine: Engine, *rows: Received) -> None:
    with writing(engine) as conn:
        for row in rows:
            received.add(conn, row)


def test_migrations_from_empty_make_exactly_the_tables_of_the_schema(engine):
    with reading(engine) as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert set(inspect(conn).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_the_other_tests_databases_are_what_migrations_make(empty_database: Path, tmp_path: Path):
    """Also the second one of a process, which gets the first one's statements (tests/warm)."""
    for folder in (tmp_path / "one", tmp_path / "two"):
        open_database(URL, folder).dispose()
    made = [empty_database, tmp_path / "one/data/mailproc.db", tmp_path / "two/data/mailproc.db"]
    one, two, three = (dump(path) for path in made)
    assert one == two == three


def dump(path: Path) -> list[str]:
    with sqlite3.connect(path) as raw:
        return list(raw.iterdump())


def test_the_revisions_known_are_the_revisions_there():
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert [revision.revision for revision in script.walk_revisions()][::-1] == list(migrations.KNOWN)


def test_every_connection_waits_syncs_and_holds_to_foreign_keys(engine):
    with reading(engine) as conn:
        found = [
            conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("busy_timeout", "synchronous", "foreign_keys")
        ]
        assert found == [30000, 2, 1]
        assert conn.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_relative_path_counts_from_the_root_and_its_file_is_the_owners_alone(tmp_path):
    open_database("sqlite:///deep/down/desk.db", tmp_path).dispose()
    assert (tmp_path / "deep/down/desk.db").stat().st_mode & 0o777 == 0o600


def test_opening_twice_keeps_what_was_written(tmp_path, a_received):
    for number in (1, 2):
        engine = open_database(URL, tmp_path)
        with writing(engine) as conn:
            received.add(conn, a_received(number))
        engine.dispose()
    engine = open_database(URL, tmp_path)
    with reading(engine) as conn:
        assert len(received.every(conn)) == 2


def test_f95_a_schema_newer_than_the_code_is_refused_with_a_cure_and_not_touched(tmp_path):
    engine = open_database(URL, tmp_path)
    with writing(engine) as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '0099'"))
    engine.dispose()
    with pytest.raises(StoreError, match=r"mailproc\.db: its schema \(0099\) is newer .*; install "):
        open_database(URL, tmp_path)
    with sqlite3.connect(tmp_path / "data/mailproc.db") as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [("0099",)]


def test_f13_a_migration_that_dies_leaves_nothing_and_the_next_start_does_it(tmp_path, monkeypatch):
    whole = migrations.upgrade

    def dies(conn: Connection) -> None:
        whole(conn)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "upgrade", dies)
        with pytest.raises(KeyboardInterrupt):
            open_database(URL, tmp_path)
    with sqlite3.connect(tmp_path / "data/mailproc.db") as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == []
    open_database(URL, tmp_path).dispose()


def a_database_of_issue_2(folder: Path) -> Path:
    """A file at revision 0001 that holds a message and a letter."""
    path = folder / "data/mailproc.db"
    path.parent.mkdir()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as conn:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = conn
        command.upgrade(config, "0001")
        for table, row in (("received", MESSAGE), ("outgoing", LETTER)):
            names = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join(f":{name}" for name in row)
            conn.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)  # noqa: S608 - our own names
    engine.dispose()
    return path


MESSAGE = {
    "number": 7,
    "source": "file:7",
    "received_at": 1,
    "forward_paths": "[]",
    "offset": 100,
    "size": 5,
    "sha256": "ab",
    "state": "processed",
    "attempts": 1,
    "error": "",
    "kind": "article",
    "rule": "",
    "reason": "",
    "logical_key": "",
    "subject": "The tram",
    "author": "",
    "author_key": "",
    "refs": "[]",
    "identity": "",
}
LETTER = {
    "id": "abc",
    "message_id": "abc@harbour.example",
    "template": "author/receipt-article",
    "audience": "author",
    "recipient": "Jo@poole.example",
    "recipient_key": "jo@poole.example",
    "subject": "Got it",
    "state": "queued",
    "cause": 7,
    "path": "abc.eml",
    "created_at": 1,
    "attempts": 0,
    "ref": "",
    "reason": "",
    "listed": "[]",
    "reverse_path": "",
}


def _revision(path: Path) -> tuple[str, set[str]]:
    with sqlite3.connect(path) as raw:
        tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return raw.execute("SELECT version_num FROM alembic_version").fetchone()[0], tables


@pytest.mark.parametrize("deed", ["kill9", "raise", "enospc"])
def test_F13_an_upgrade_that_dies_leaves_the_old_database_and_the_next_start_does_it_with_all_data(tmp_path, deed):
    path = a_database_of_issue_2(tmp_path)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "MAILPROC_FAILPOINT": f"store.migrating:{deed}"}
    died = subprocess.run([sys.executable, "-c", OPEN, str(tmp_path)], env=env, capture_output=True, check=False)  # noqa: S603 - our own words
    assert died.returncode == (-signal.SIGKILL if deed == "kill9" else 1)
    revision, tables = _revision(path)
    assert revision == "0001"
    assert "pulses" not in tables
    engine = open_database(URL, tmp_path)
    with reading(engine) as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert [row.subject for row in received.every(conn)] == ["The tram"]
        (letter,) = outgoing.every(conn)
        assert (letter.to, letter.state) == ("Jo@poole.example", "queued")
        assert conn.exec_driver_sql("SELECT domain FROM outgoing").scalar() == "poole.example"
    engine.dispose()


OPEN = """
import sys
from pathlib import Path
from mailproc.store.database import open_database
open_database("sqlite:///data/mailproc.db", Path(sys.argv[1]))
"""


def test_processes_that_open_a_new_database_at_once_all_succeed(tmp_path):
    opens = [sys.executable, "-c", OPEN, str(tmp_path)]
    started = [subprocess.Popen(opens, stderr=subprocess.PIPE) for _ in range(3)]  # noqa: S603 - our own words
    assert [process.communicate()[1] for process in started] == [b"", b"", b""]


@pytest.mark.parametrize("url", ["mailproc.db", "sqlite://", "sqlite:///:memory:", "postgresql://jo:secret@db/x"])
def test_an_address_we_cannot_use_is_a_configuration_error_that_tells_no_password(tmp_path, url):
    with pytest.raises(ConfigError, match="write sqlite:///FILE") as told:
        open_database(url, tmp_path)
    assert "secret" not in str(told.value)


def test_what_cannot_be_opened_says_what_to_do(tmp_path):
    (tmp_path / "folder.db").mkdir()
    (tmp_path / "text.db").write_text("not a database at all\n" * 100)
    (tmp_path / "file").touch()
    with sqlite3.connect(tmp_path / "other.db") as raw:
        raw.execute("CREATE TABLE recipes (name)")
    for name, cure in (
        ("folder.db", "check that file and folder belong"),
        ("text.db", r"check \[storage\] database"),
        ("file/x.db", "check that its folder can be written"),
        ("other.db", "another program's database; name a new file"),
    ):
        with pytest.raises(StoreError, match=cure) as told:
            open_database(f"sqlite:///{name}", tmp_path)
        assert str(tmp_path / name) in str(told.value)
        assert "\n" not in str(told.value)


def test_f21_a_full_database_is_a_store_error_and_loses_nothing(engine, a_received):
    with writing(engine) as conn:
        received.add(conn, a_received(1))
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar()
        conn.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreError, match="the disk is full"):
        _add(engine, a_received(2, subject="x" * 100_000))
    with reading(engine) as conn:
        assert [row.number for row in received.every(conn)] == [1]


def test_a_write_in_a_reading_transaction_is_refused_and_the_next_writer_may(engine, a_received):
    with pytest.raises(StoreError, match="cannot be written"), reading(engine) as conn:
        received.add(conn, a_received(1))
    with writing(engine) as conn:
        received.add(conn, a_received(1))


def test_an_error_in_the_block_rolls_everything_back(engine, a_received):
    with pytest.raises(AttributeError):
        _add(engine, a_received(1), object())
    with reading(engine) as conn:
        assert received.every(conn) == []


def test_a_writer_takes_its_lock_at_once_and_readers_see_what_was_committed(engine: Engine, a_received):
    other = sqlite3.connect(str(engine.url.database), timeout=0)
    with writing(engine) as conn:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        received.add(conn, a_received(1))
        with reading(engine) as view:
            assert received.every(view) == []
    other.close()


def test_f25_a_database_held_by_another_is_a_store_error_and_works_again_after(engine, a_received):
    other = sqlite3.connect(str(engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with engine.connect() as conn:  # the pool hands the same connection out again
        conn.exec_driver_sql("PRAGMA busy_timeout=1")
    with pytest.raises(StoreError, match="another program has held it"), writing(engine):
        pass
    other.execute("ROLLBACK")
    other.close()
    with writing(engine) as conn:
        received.add(conn, a_received(1))


def test_F16_a_commit_is_synced_and_no_connection_is_without_it(engine):
    """Two connections at once, the pool's first and its overflow."""
    with reading(engine) as first, writing(engine) as second:
        assert [conn.exec_driver_sql("PRAGMA synchronous").scalar() for conn in (first, second)] == [2, 2]  # FULL


def test_F22_a_database_that_cannot_be_written_is_read_and_a_write_says_the_cure(tmp_path, a_received, monkeypatch):
    engine = open_database(URL, tmp_path)
    with writing(engine) as conn:
        received.add(conn, a_received(1))
    engine.dispose()  # cleanly: the write-ahead log is gone
    monkeypatch.setattr(database.os, "access", lambda *_: False)
    standing = open_database(URL, tmp_path)
    with reading(standing) as conn:
        assert [row.number for row in received.every(conn)] == [1]
    with pytest.raises(StoreError, match=r"mailproc\.db: it cannot be written; check its owner, and that the disk"):
        _add(standing, a_received(2))
    standing.dispose()


@pytest.mark.parametrize(
    ("name", "final"), [("SQLITE_IOERR_FSYNC", True), ("SQLITE_IOERR_DIR_FSYNC", True), ("SQLITE_IOERR_READ", False)]
)
def test_F29_a_commit_that_could_not_be_synced_is_final(name, final, monkeypatch):
    monkeypatch.setattr(database.disk, "failures", [])
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = name
    refusal = database._refusal("mailproc.db", error)
    assert isinstance(refusal, DiskFailed) == final
    assert len(database.disk.failures) == final
    assert "the disk fails (I/O error); check it before anything else" in str(refusal)


def test_F21_an_io_error_for_want_of_room_is_called_a_full_disk(monkeypatch):
    """So SQLite names it when its -shm file finds no room."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
    assert "the disk fails" in str(database._refusal("mailproc.db", error))
    monkeypatch.setattr(database.room, "free", lambda folder: 4096)  # noqa: ARG005 - a nearly full disk
    assert "the disk is full" in str(database._refusal("mailproc.db", error))


def test_a_second_effect_is_told_from_our_own_mistakes(engine, a_received):
    with pytest.raises(AlreadyKept, match=r"received\.source; it is there already"):
        _add(engine, a_received(1), a_received(2, source="file:1"))
    with reading(engine) as conn:
        assert received.every(conn) == []


def test_a_time_without_a_zone_never_reaches_a_row(conn, a_received, now):
    with pytest.raises(Exception, match="no time zone"):
        received.add(conn, a_received(99, received_at=now.replace(tzinfo=None)))
