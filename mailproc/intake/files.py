"""Mail from files: .eml, mbox, Maildir, standard input; each message under the hash of its octets.

Everything is read once before anything is handed out, for the hash and to know that it can be read: a file that cannot
is a UsageError, and then nothing of the call is received. The same octets have the same source key, so a file given
twice is one message. In an mbox the quoting of "From " lines is undone as mboxrd writes it (RFC 4155 §A leaves it
open); a message of any other form comes octet for octet. Nothing is parsed, changed or deleted.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from mailproc.errors import IntakeError, UsageError
from mailproc.intake.source import Source

CHUNK_BYTES = 1 << 20
MAX_LINE_OCTETS = 1 << 19  # of an mbox line that is read at once
GATHERED_OCTETS = 1 << 16  # of lines handed on together
STDIN = "-"

# RFC 4155 §A: "From ", an address, a timestamp as asctime writes it.
FROM_LINE = re.compile(rb"From .{0,320}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d")
QUOTED_FROM = re.compile(rb">+From ")


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Where one message lies: octets `start` to `end` of a file; `quoted` in an mbox."""

    path: Path
    start: int
    end: int
    quoted: bool = False


@contextmanager
def opened(names: Sequence[str], stdin: BinaryIO) -> Iterator[tuple[Source, ...]]:
    """The messages of the files named, in the order given; mbox in its order, Maildir by name; `-` is `stdin`.

    A name that ends in .eml is one message; another file is an mbox if it begins with a "From " line. Taking the octets
    raises IntakeError where a file changed since it was opened. Raises UsageError, naming the file, before anything is
    given.
    """
    with tempfile.TemporaryDirectory(prefix="mailproc-stdin-") as folder:
        stretches = [stretch for name in names for stretch in _stretches(name, stdin, Path(folder))]
        yield tuple(_source(stretch) for stretch in stretches)


def _stretches(name: str, stdin: BinaryIO, folder: Path) -> list[_Stretch]:
    try:
        path = _spooled(stdin, folder) if name == STDIN else Path(name)
        if path.is_dir():
            return _maildir(path)
        return _mbox(path) if _is_mbox(path) else [_whole(path)]
    except OSError as refusal:
        words = refusal.strerror or str(refusal)
        raise UsageError(
            f"{name}: cannot be read: {words}; nothing was received: correct the name or its permissions"
        ) from refusal


def _spooled(stdin: BinaryIO, folder: Path) -> Path:
    """Standard input as a file, for it is read twice."""
    path = folder / f"{len(list(folder.iterdir()))}.mail"
    with path.open("wb") as file:
        shutil.copyfileobj(stdin, file, CHUNK_BYTES)
    return path


def _whole(path: Path) -> _Stretch:
    with path.open("rb") as file:
        return _Stretch(path, 0, file.seek(0, 2))


def _maildir(path: Path) -> list[_Stretch]:
    """All messages of new/ and cur/ (tmp/ holds unfinished ones), by file name: it begins with the time of delivery."""
    folders = [path / "new", path / "cur"]
    if not all(folder.is_dir() for folder in folders):
        raise UsageError(
            f"{path}: a folder, but no Maildir (new/ and cur/ are missing); nothing was received: name its files"
        )
    found = [
        file for folder in folders for file in folder.iterdir() if not file.name.startswith(".") and file.is_file()
    ]
    return [_whole(file) for file in sorted(found, key=lambda file: file.name)]


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return path.suffix.lower() != ".eml" and bool(FROM_LINE.match(file.read(500)))


def _mbox(path: Path) -> list[_Stretch]:
    """Split at each "From " line that stands first or after a blank line; that line and that blank one are mbox's."""
    starts: list[tuple[int, int, int]] = []  # of the blank line before, of the "From " line, of the message
    offset, blank_at = 0, 0
    after_blank = whole_line = True
    with path.open("rb") as file:
        while line := file.readline(MAX_LINE_OCTETS):
            end = offset + len(line)
            if after_blank and FROM_LINE.match(line):
                starts.append((blank_at, offset, end))
            after_blank = whole_line and line in (b"\n", b"\r\n")
            blank_at = offset if after_blank else end
            whole_line = line.endswith(b"\n")
            offset = end
    ends = [*starts, (blank_at, offset, offset)]
    return [_Stretch(path, this[2], max(this[2], following[0]), quoted=True) for this, following in pairwise(ends)]


def _source(stretch: _Stretch) -> Source:
    digest = _digest(stretch)
    return Source(f"file:{digest}", _checked(stretch, digest))


def _digest(stretch: _Stretch) -> str:
    digest = sha256()
    try:
        for chunk in _octets(stretch):
            digest.update(chunk)
    except OSError as refusal:
        raise UsageError(f"{stretch.path}: cannot be read: {refusal.strerror}; nothing was received") from refusal
    return digest.hexdigest()


def _checked(stretch: _Stretch, expected: str) -> Iterator[bytes]:
    """The octets once more; what was kept under a hash has that hash."""
    digest = sha256()
    try:
        for chunk in _octets(stretch):
            digest.update(chunk)
            yield chunk
    except OSError as refusal:
        raise IntakeError(f"{stretch.path}: cannot be read any more: {refusal.strerror}; give it again") from refusal
    if digest.hexdigest() != expected:
        raise IntakeError(f"{stretch.path}: changed while it was read; give it again when nobody writes to it")


def _octets(stretch: _Stretch) -> Iterator[bytes]:
    with stretch.path.open("rb") as file:
        file.seek(stretch.start)
        left = stretch.end - stretch.start
        yield from _unquoted(file, left) if stretch.quoted else _plain(file, left)


def _plain(file: BinaryIO, left: int) -> Iterator[bytes]:
    while left and (chunk := file.read(min(left, CHUNK_BYTES))):
        left -= len(chunk)
        yield chunk


def _unquoted(file: BinaryIO, left: int) -> Iterator[bytes]:
    """The lines without mboxrd's quotation mark, many at a time."""
    gathered = bytearray()
    line_begins = True
    while left and (line := file.readline(min(left, MAX_LINE_OCTETS))):
        left -= len(line)
        gathered += line[1:] if line_begins and QUOTED_FROM.match(line) else line
        line_begins = line.endswith(b"\n")
        if len(gathered) >= GATHERED_OCTETS:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)
