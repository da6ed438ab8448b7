"""The folder transport, and the record beside a letter that left."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from mailproc.delivery.sent import write_sent
from mailproc.errors import DeliveryError
from mailproc.workflow.outgoing import Outgoing

NOW = datetime(2026, 11, 22, 15, 4, 5, 999_999, tzinfo=timezone(timedelta(hours=1)))


def a_letter(outbox: Path) -> Outgoing:
    letter = Outgoing(
        "abc",
        "abc@harbour.example",
        "author/receipt",
        "jo@poole.example",
        "A-1",
        "queued",
        1,
        "2026/11/22/abc.eml",
        NOW,
    )
    path = outbox / letter.path
    path.parent.mkdir(parents=True)
    path.write_bytes(b"Subject: A-1\r\n\r\n")
    return letter


def test_the_record_says_what_was_sent_to_whom_and_when(tmp_path: Path):
    path = write_sent(tmp_path, a_letter(tmp_path), NOW, "250 ok")
    assert path == tmp_path / "2026/11/22/abc.sent.json"
    assert json.loads(path.read_bytes()) == {
        "id": "abc",
        "message_id": "abc@harbour.example",
        "to": "jo@poole.example",
        "sent_at": "2026-11-22T14:04:05Z",
        "reply": "250 ok",
    }
    assert sorted(file.name for file in path.parent.iterdir()) == ["abc.eml", "abc.sent.json"]


def test_a_record_that_cannot_be_written_says_where_and_what_to_do(tmp_path: Path):
    letter = a_letter(tmp_path)
    (tmp_path / "2026/11/22/abc.sent.json").mkdir()
    with pytest.raises(DeliveryError, match=r"abc\.sent\.json: cannot be written: .*; free space"):
        write_sent(tmp_path, letter, NOW, "250 ok")
