"""Files and folders that are whole or absent: written beside, fsynced, renamed.

A folder cannot be replaced in one step (rename(2) refuses a full target), so the old one steps aside under a name that
`replaced_folder` and `standing` know: a crash in between heals at the next call. The disk's refusals are StoreErrors.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mailproc.errors import StoreError
from mailproc.failpoint import reach

CHUNK_BYTES = 1 << 20
FILE, FOLDER = 0o644, 0o755  # what is published is for a web server to read, whatever the umask
_CURES = {
    errno.ENOENT: "`mailproc mend` brings it back, then `mailproc work`",
    errno.ENOSPC: "free some space and run `mailproc work`",
    errno.EACCES: "let the user who runs mailproc use it and run `mailproc work`",
}


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turns what the disk refuses into one line with the cure."""
    try:
        yield
    except OSError as error:
        where, cure = error.filename or path, _CURES.get(error.errno or 0, "see to the disk and run `mailproc work`")
        raise StoreError(f"{where}: {error.strerror or error}; {cure}") from error


def write_file(path: Path, octets: bytes, mode: int = FILE) -> None:
    """A new file with these octets, on the disk when this returns."""
    with path.open("wb") as file:
        _let_read(file.fileno(), mode)
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())


def _let_read(target: int | Path, mode: int) -> None:
    """The mode of an open file or a folder; a file system without modes keeps its own."""
    with suppress(OSError):
        os.chmod(target, mode)  # noqa: PTH101 - an open file has no path


def copy_file(source: Path, target: Path) -> str:
    """A copy, on the disk when this returns; gives the SHA-256 of what was copied, hex."""
    digest = hashlib.sha256()
    with source.open("rb") as incoming, target.open("wb") as outgoing:
        while chunk := incoming.read(CHUNK_BYTES):
            digest.update(chunk)
            outgoing.write(chunk)
        _let_read(outgoing.fileno(), FILE)
        outgoing.flush()
        os.fsync(outgoing.fileno())
    return digest.hexdigest()


def replace_file(path: Path, octets: bytes) -> None:
    """The file with these octets: readers see the old one or the new one. Same octets: nothing is written."""
    if path.is_file() and path.read_bytes() == octets:
        return
    make_folder(path.parent)
    with alone(path.parent):
        take_place(path, octets)
    sync_folder(path.parent)


def take_place(path: Path, octets: bytes, mode: int = FILE) -> None:
    """The same for whoever is alone in the folder, and syncs it."""
    beside = path.with_name(f".{path.name}.new")
    write_file(beside, octets, mode)
    beside.replace(path)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Service, command line and cron may write the same file at once: one after the other, then."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # ends with the handle, so with a process that dies too
        yield
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """The folder and those above it, each entry on the disk when this returns."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _let_read(folder, FOLDER)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Its entries on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def replaced_folder(target: Path) -> Iterator[Path]:
    """Gives an empty folder to fill; it takes the place of `target` when the block ends, and is gone if it fails."""
    make_folder(target.parent)
    fresh = target.with_name(f".{target.name}.new")
    if fresh.exists():
        shutil.rmtree(fresh)
    fresh.mkdir()
    _let_read(fresh, FOLDER)
    try:
        yield fresh
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    reach("publish.bundled")
    _replace(fresh, target)


def _replace(fresh: Path, target: Path) -> None:
    aside = _aside(target)
    sync_folder(fresh)
    if target.exists():
        if aside.exists():
            shutil.rmtree(aside)
        target.rename(aside)
    fresh.rename(target)
    sync_folder(target.parent)
    if aside.exists():
        shutil.rmtree(aside)
        sync_folder(target.parent)


def remove_folder(target: Path) -> None:
    """The folder is gone, at once for whoever reads; again, or after a crash: the same."""
    aside = _aside(target)
    if target.exists():
        if aside.exists():
            shutil.rmtree(aside)
        target.rename(aside)
    if aside.exists():
        shutil.rmtree(aside)
        sync_folder(target.parent)


def standing(target: Path) -> Path | None:
    """Where the folder's last whole state stands: in place, aside after a crash, or nowhere."""
    return next((folder for folder in (target, _aside(target)) if folder.is_dir()), None)


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")
