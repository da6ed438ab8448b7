"""A real SQLite file, and one plain value of each kind to vary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import Connection, Engine
from warm import cold

from mailproc.message.model import Address, Envelope
from mailproc.store.database import open_database, writing
from mailproc.store.mail import received
from mailproc.workflow.entry import Entry
from mailproc.workflow.item import Item
from mailproc.workflow.outgoing import Outgoing
from mailproc.workflow.received import Received

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without rows, to be copied."""
    root = tmp_path_factory.mktemp("empty")
    with cold():
        open_database("sqlite:///mailproc.db", root).dispose()
    return root / "mailproc.db"


@pytest.fixture
def engine(tmp_path: Path, empty_database: Path) -> Iterator[Engine]:
    (tmp_path / "data").mkdir()
    copyfile(empty_database, tmp_path / "data/mailproc.db")
    opened = open_database("sqlite:///data/mailproc.db", tmp_path)
    yield opened
    opened.dispose()


@pytest.fixture
def conn(engine: Engine) -> Iterator[Connection]:
    """A writing transaction in which messages 1 to 20 were received."""
    with writing(engine) as connection:
        for number in range(1, 21):
            received.add(connection, _a_received(number))
        yield connection


def _a_received(number: int, **changes: object) -> Received:
    plain = Received(
        number, f"file:{number}", NOW, Envelope("ana@harbour.example", ("desk@harbour.example",)), 100, 5, "ab"
    )
    return replace(plain, **changes)


def _an_item(number: int, **changes: object) -> Item:
    plain = Item(
        kind="article",
        number=number,
        state="pending",
        title=f"The crane, part {number}",
        author=Address("Ana", "ana@harbour.example"),
        authenticated=True,
        received_at=NOW,
        waiting_since=NOW,
        text="Words\n",
        text_sha256="aa",
    )
    return replace(plain, **changes)


def _a_letter(letter_id: str, **changes: object) -> Outgoing:
    plain = Outgoing(
        letter_id,
        f"{letter_id}@harbour.example",
        "author/receipt-article",
        "Ana@harbour.example",
        "Got it",
        "queued",
        1,
        f"{letter_id}.eml",
        NOW,
    )
    return replace(plain, **changes)


def _an_entry(number: int, **changes: object) -> Entry:
    plain = Entry(
        number,
        number,
        NOW,
        f"file:{number}",
        Envelope(),
        "ab",
        "processed",
        "article",
        "by-address",
        "sent to articles@",
    )
    return replace(plain, **changes)


@pytest.fixture
def a_received() -> Callable[..., Received]:
    return _a_received


@pytest.fixture
def an_item() -> Callable[..., Item]:
    return _an_item


@pytest.fixture
def a_letter() -> Callable[..., Outgoing]:
    return _a_letter


@pytest.fixture
def an_entry() -> Callable[..., Entry]:
    return _an_entry
