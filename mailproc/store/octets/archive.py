"""The archive: every received message in a file of its number, and beside it its entry.

`000/000123.eml` holds our trace fields and then the octets exactly as they came; `000/000123.json` what was
decided about it. A file under its number is received. Everything is fsynced before a call returns; a refusal
of the disk is a StoreError and leaves nothing under a number. It parses no mail and knows no row.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

import msgspec

from mailproc.errors import StoreError
from mailproc.failpoint import reach
from mailproc.message.model import Envelope
from mailproc.store.octets.disk import (
    chunks_of,
    fresh,
    lying_since,
    make_folder,
    refusals,
    sync_folder,
    verify_size,
    write_all,
    write_whole,
)
from mailproc.workflow.entry import Entry, entry_of, written
from mailproc.workflow.received import Received

_MESSAGE = re.compile(r"(\d{6,})\.eml")
_ENTRY = re.compile(r"(\d{6,})\.json")
_EITHER = re.compile(r"(\d{6,})\.(?:eml|json)")
_TRACE_NAMES = (b"Return-Path: ", b"Delivered-To: ", b"Received: ", b"X-Mailproc-Oversize: ", b"X-Mailproc-Source: ")
_UNHOLDABLE = re.compile(r"[\x00-\x1f\x7f<>\ud800-\udfff]")
_TRACE_LIMIT = 1 << 20  # octets; a thousand forward-paths fit
_MOST = (1 << 31) - 1  # of sequences: one a message, and verify holds two such figures in one
_PLAIN = "!\"#$&'()*+,-./:;<=>?@[]^_`{|}~\\"  # what a source key shows as it is: no blank, no %, no control


class _Letter(msgspec.Struct):
    id: str
    sha256: str = ""


class _Letters(msgspec.Struct):
    """Of an entry, what proves its letters: a digest's is read once for each of them."""

    letters: tuple[_Letter, ...] = ()


class NotAMail(StoreError):
    """A file that does not begin with our trace fields: it was damaged, or is none of ours."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """A message on disk that has no number yet."""

    path: Path
    offset: int  # octets of our trace fields before the message
    size: int  # octets of the message as it came
    sha256: str  # of the same, hex


@dataclass(frozen=True, slots=True)
class Trace:
    """What our own trace fields tell of a message."""

    source: str
    received_at: datetime
    envelope: Envelope
    offset: int
    oversize: int = 0  # octets of a mail of which only the header was received; 0 for a whole one


def holdable(envelope: Envelope) -> Envelope:
    """The envelope as header fields and rows can hold it; what they cannot becomes a question mark.

    A control could end a line (catalogue S39), and half a surrogate pair is no character.
    """
    reverse_path = envelope.reverse_path
    paths = tuple(_holdable(path) for path in envelope.forward_paths)
    return Envelope(None if reverse_path is None else _holdable(reverse_path), paths)


def _holdable(email: str) -> str:
    return _UNHOLDABLE.sub("?", email)


def _envelope_fields(envelope: Envelope) -> list[bytes]:
    fields = [f"Delivered-To: {_holdable(path)}".encode() for path in envelope.forward_paths]
    if envelope.reverse_path is not None:  # RFC 5321 §4.4: Return-Path stands first
        fields.insert(0, f"Return-Path: <{_holdable(envelope.reverse_path)}>".encode())
    return fields


def trace_fields(
    source: str,
    received_at: datetime,
    id: str,  # noqa: A002 - the field's own word
    host: str,
    envelope: Envelope | None,
    oversize: int = 0,
) -> bytes:
    """Our trace fields, CRLF line ends, X-Mailproc-Source last. `envelope` only where a protocol gave it to us.

    `oversize`: the size of a mail of which only the header is received.

    Characters of the source key that a header field cannot hold are percent-encoded.
    """
    date = format_datetime(received_at.astimezone(UTC))
    fields = _envelope_fields(envelope) if envelope else []
    fields.append(f"Received: by {host} with mailproc id {id};\r\n {date}".encode())  # RFC 5321 §4.4
    if oversize:
        fields.append(b"X-Mailproc-Oversize: %d" % oversize)
    fields.append(b"X-Mailproc-Source: " + quote(source, safe=_PLAIN).encode())
    return b"".join(field + b"\r\n" for field in fields)


class Spooling:
    """A message that comes piece by piece into its spool file; one piece at a time."""

    def __init__(self, fd: int, path: Path, trace: bytes) -> None:
        """Our trace fields come first."""
        self._fd, self._path, self._offset = fd, path, len(trace)
        self._digest, self._size = hashlib.sha256(), 0
        write_all(fd, path, trace)

    def write(self, octets: bytes) -> None:
        """The next piece, wholly. Raises StoreError when the disk refuses."""
        write_all(self._fd, self._path, octets)
        reach("receive.spooling")
        self._digest.update(octets)
        self._size += len(octets)

    def verify(self) -> None:
        """StoreError unless the file holds what was written."""
        verify_size(self._fd, self._path, self._offset + self._size)

    def spooled(self) -> Spooled:
        """What lies on disk now."""
        return Spooled(self._path, self._offset, self._size, self._digest.hexdigest())


@contextmanager
def spooling(root: Path, trace: bytes) -> Iterator[Spooling]:
    """A new file in `root/spool` that begins with the trace; fsynced at the end of the block, removed on any error."""
    with fresh(root / "spool") as (fd, path):
        message = Spooling(fd, path, trace)
        yield message
        message.verify()


def spool(root: Path, trace: bytes, chunks: Iterable[bytes]) -> Spooled:
    """A new file in `root/spool`: the trace, then the octets as they come; fsynced, its size verified.

    Raises StoreError when the disk refuses; what `chunks` raises passes. Nothing stays behind either way.
    """
    with spooling(root, trace) as message:
        for chunk in chunks:
            message.write(chunk)
    reach("receive.spooled")
    return message.spooled()


def message_path(root: Path, number: int) -> Path:
    """Where message `number` lies: `000/000123.eml`."""
    return root / f"{number // 1000:03}" / f"{number:06}.eml"


def entry_path(root: Path, number: int) -> Path:
    """Where its entry lies: `000/000123.json`."""
    return message_path(root, number).with_suffix(".json")


def link(root: Path, spooled: Path, number: int) -> Path:
    """Gives a spooled message its number and takes it off the spool; durable only after `sync`.

    Raises FileExistsError if the number is taken (the message stays on the spool), StoreError if the disk refuses.
    """
    path = message_path(root, number)
    with refusals(path):
        make_folder(path.parent)
        os.link(spooled, path)  # atomic, and never over another file
        spooled.unlink()
    return path


def is_away(root: Path) -> bool:
    """It holds no folder of messages: new, or on a disk that is not mounted."""
    return not _folders(root)


def words_of_away(root: Path) -> str:
    """What is said of an archive that held messages."""
    return f"{root}: holds nothing, and messages were received; mount its disk again, or `mailproc restore` a backup"


def sync(root: Path, numbers: Iterable[int]) -> None:
    """Makes the names of these messages durable: each folder is synced once, however many lie in it."""
    for folder in {message_path(root, number).parent for number in numbers}:
        with refusals(folder):
            sync_folder(folder)


def unlink(root: Path, numbers: Iterable[int]) -> None:
    """Takes messages back whose rows are being rolled back: their sender still has them."""
    for number in numbers:
        message_path(root, number).unlink(missing_ok=True)


def _folders(root: Path) -> list[Path]:
    """The folders of numbers, ascending."""
    if not root.is_dir():
        return []
    return sorted((f for f in root.iterdir() if re.fullmatch(r"\d{3,}", f.name)), key=lambda f: int(f.name))


def _numbers_in(folder: Path, pattern: re.Pattern[str]) -> list[int]:
    return sorted(int(match[1]) for path in folder.iterdir() if (match := pattern.fullmatch(path.name)))


def numbers(root: Path, full: Container[int] = ()) -> Iterator[int]:
    """The numbers of all messages on disk, ascending, but for those in the thousands named `full`."""
    for folder in _folders(root):
        if int(folder.name) not in full:
            yield from _numbers_in(folder, _MESSAGE)


def highest(root: Path) -> int:
    """The highest number ever given on disk, 0 for none. An entry without its message still holds its number."""
    for folder in reversed(_folders(root)):
        if found := _numbers_in(folder, _EITHER):
            return found[-1]
    return 0


def _trace_lines(path: Path) -> Iterator[bytes]:
    """The unfolded lines of our trace fields; StoreError where the file does not begin with them."""
    line = b""
    with path.open("rb") as file:
        while not line.startswith(b"X-Mailproc-Source: "):
            line = file.readline(_TRACE_LIMIT)
            ours = line.startswith((b" ", *_TRACE_NAMES)) and line.endswith(b"\r\n")
            if not ours or file.tell() > _TRACE_LIMIT:
                raise NotAMail(
                    f"{path}: not a mail as mailproc keeps them (no X-Mailproc-Source); leave it there, "
                    "`mailproc mend` brings it back"
                )
            yield line


def read_whole_trace(path: Path) -> Trace:
    """All that our trace fields tell; the envelope is empty where none was given to us.

    Raises StoreError if the file cannot be read or does not begin with our trace fields.
    """
    with refusals(path):
        lines = list(_trace_lines(path))
    octets = b"".join(lines)
    fields = [field.partition(b": ")[::2] for field in octets.replace(b"\r\n ", b" ").split(b"\r\n") if field]
    values: dict[bytes, list[str]] = {}
    for name, value in fields:
        values.setdefault(name, []).append(value.decode("utf-8", "replace"))
    try:
        received_at = parsedate_to_datetime(values[b"Received"][-1].rpartition("; ")[2]).astimezone(UTC)
    except (KeyError, ValueError) as error:
        raise NotAMail(
            f"{path}: its Received field has no date; leave it there, `mailproc mend` brings it back"
        ) from error
    reverse_path = values[b"Return-Path"][0].strip("<>") if b"Return-Path" in values else None
    envelope = Envelope(reverse_path, tuple(values.get(b"Delivered-To", ())))
    oversize = int(values.get(b"X-Mailproc-Oversize", ["0"])[0])
    return Trace(unquote(values[b"X-Mailproc-Source"][0]), received_at, envelope, len(octets), oversize)


def read_trace(path: Path) -> tuple[str, int]:
    """(source key, octets of our trace fields at the head of the file). Raises StoreError as `read_whole_trace`."""
    trace = read_whole_trace(path)
    return trace.source, trace.offset


def describe(root: Path, number: int) -> Received:
    """The row of a message as its file alone tells it: for adoption at start (catalogue F03) and for a rebuild.

    The envelope is what a protocol gave us; empty for mail that was fetched. Raises StoreError if unreadable.
    """
    path = message_path(root, number)
    trace = read_whole_trace(path)
    digest, size = hashlib.sha256(), 0
    with refusals(path), path.open("rb") as file:
        file.seek(trace.offset)
        for chunk in chunks_of(file):
            digest.update(chunk)
            size += len(chunk)
    sha256 = digest.hexdigest()
    return Received(number, trace.source, trace.received_at, trace.envelope, trace.offset, size, sha256)


def holds(path: Path, row: Received) -> bool:
    """The source key and every octet of a file are those of the mail that was received. Raises StoreError."""
    try:
        trace = read_whole_trace(path)
    except NotAMail:
        return False
    digest = hashlib.sha256()
    with refusals(path), path.open("rb") as file:
        file.seek(trace.offset)
        for chunk in chunks_of(file):
            digest.update(chunk)
    return (trace.source, trace.offset, digest.hexdigest()) == (row.source, row.offset, row.sha256)


def letter_hashes(root: Path, number: int) -> dict[str, str]:
    """{id: SHA-256 of its octets} of the letters that an entry caused; {} where it cannot be read or says nothing."""
    try:
        found = msgspec.json.decode(entry_path(root, number).read_bytes(), type=_Letters).letters
    except (OSError, msgspec.DecodeError):
        return {}
    return {letter.id: letter.sha256 for letter in found if letter.sha256}


def entry_numbers(root: Path) -> Iterator[int]:
    """The numbers of all entries on disk, ascending."""
    for folder in _folders(root):
        yield from _numbers_in(folder, _ENTRY)


def mark_stuck(root: Path, number: int) -> None:
    """Says beside a message that it is stuck: no entry does, and a rebuild has to know. Durable."""
    path = _stuck_path(root, number)
    with refusals(path):
        make_folder(path.parent)
        path.touch(mode=0o600)
        path.write_text(f"`mailproc received retry {number}` tries this message again.\n", encoding="ascii")
        sync_folder(path.parent)


def unmark_stuck(root: Path, number: int) -> None:
    """Takes the mark away, if there is one; durable."""
    path = _stuck_path(root, number)
    with refusals(path):
        path.unlink(missing_ok=True)
        sync_folder(path.parent)


def is_stuck(root: Path, number: int) -> bool:
    """Whether a message is marked as stuck; its entry, where it has one by now, knows better."""
    return _stuck_path(root, number).exists()


def _stuck_path(root: Path, number: int) -> Path:
    return message_path(root, number).with_suffix(".stuck")


def write_entry(root: Path, entry: Entry) -> None:
    """Writes the entry beside its message, whole or not at all; durable. An older one is replaced."""
    path = entry_path(root, entry.number)
    octets = msgspec.json.format(msgspec.json.encode(written(entry), order="deterministic"), indent=2) + b"\n"
    write_whole(path, octets, root / "spool")


def read_entry(root: Path, number: int) -> Entry | None:
    """The entry of a message, None if it has none. Raises StoreError if it cannot be read."""
    return entry_in(entry_path(root, number))


def entry_in(path: Path) -> Entry | None:
    """The entry that a file holds, None where there is no file. Raises StoreError if it cannot be read."""
    with refusals(path):
        if not path.exists():
            return None
        octets = path.read_bytes()
    try:
        entry = entry_of(msgspec.json.decode(octets, type=dict[str, Any]))
    except (msgspec.DecodeError, ValueError, TypeError, LookupError) as error:
        raise _no_entry(path, str(error)) from error
    if entry.sequence > _MOST:
        raise _no_entry(path, f"no sequence comes to {entry.sequence}")
    if odd := next((letter for letter in entry.letters if not _inside(letter.path, letter.id)), None):
        raise _no_entry(path, f"letter {odd.path!r} is not in the outbox")
    return entry


def _no_entry(path: Path, why: str) -> StoreError:
    return StoreError(f"{path}: not an entry ({why}); `mailproc mend` brings it back from a backup")


def _inside(path: str, id: str) -> bool:  # noqa: A002 - the field's own word
    """Whether a letter lies in the outbox, its record beside it: files are read, written and sent by these names."""
    parts = PurePosixPath(path).parts
    return not {"/", "//", ".."}.intersection(parts) and "\0" not in path + id and "/" not in id


def sweep_spool(root: Path, older_than: datetime) -> int:
    """Removes what crashes left on the spool before `older_than`; how many. Messages with a number are not there."""
    swept = 0
    folder = root / "spool"
    with refusals(folder):
        for path in lying_since(folder, older_than):
            path.unlink(missing_ok=True)
            swept += 1
    return swept
