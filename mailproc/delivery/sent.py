"""The record beside a letter that left: `<id>.sent.json`, without which a rebuilt desk calls the letter unconfirmed.

Written after the server's 250 (or, with the folder transport, at once), fsynced, then renamed into place, so that it is
whole or not there. Fails with DeliveryError where the disk refuses. It does not touch the letter or its row.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from mailproc import times
from mailproc.errors import DeliveryError
from mailproc.workflow.outgoing import Outgoing

PRIVATE = 0o600  # it names a reader


def record(letter: Outgoing, sent_at: datetime, reply: str) -> dict[str, str]:
    """The record's content; `sent_at` is aware and is written in UTC, whole seconds (RFC 3339 §5.6)."""
    return {
        "id": letter.id,
        "message_id": letter.message_id,
        "to": letter.to,
        "sent_at": times.stamp(sent_at),
        "reply": reply,
    }


def write_sent(outbox: Path, letter: Outgoing, sent_at: datetime, reply: str) -> Path:
    """Write the record beside the letter and give its path; a second time it takes the first one's place."""
    path = record_path(outbox, letter.path, letter.id)
    octets = json.dumps(record(letter, sent_at, reply), ensure_ascii=False, indent=1).encode() + b"\n"
    try:
        _write_whole(path, octets)
    except OSError as refusal:
        words = f"{path}: cannot be written: {refusal.strerror}"
        raise DeliveryError(f"{words}; free space or correct its permissions, then run deliver again") from refusal
    return path


def read_sent(outbox: Path, path: str, id: str) -> datetime | None:  # noqa: A002 - the field's own word
    """When the letter of this path and id left, by its record; None where there is none that can be read."""
    try:
        sent_at = json.loads(record_path(outbox, path, id).read_bytes())["sent_at"]
        return datetime.fromisoformat(sent_at).astimezone(UTC)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def record_path(outbox: Path, path: str, id: str) -> Path:  # noqa: A002 - the same
    """Where the record of a letter lies, if it left."""
    return (outbox / path).with_name(f"{id}.sent.json")


def _write_whole(path: Path, octets: bytes) -> None:
    spool = path.with_suffix(".tmp")
    with os.fdopen(os.open(spool, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, PRIVATE), "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    spool.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
