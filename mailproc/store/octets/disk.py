"""Octets that are on disk when the call returns: write all, fsync, fsync the folder too.

`os.write` on a full disk writes part and says nothing (catalogue F20), so every write is looped and its size
verified. The disk's refusals become one-line StoreErrors with their cure. An I/O error of fsync is DiskFailed and
final: the kernel forgets it, so a second fsync would say yes (catalogue F29); a service that meets one ends
(`failures`). It knows no mail.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from mailproc.errors import DiskFailed, StoreError

_MOUNTS = Path("/proc/self/mountinfo")
CHUNK = 1 << 20  # octets read or written at a time

_CURES = {
    errno.ENOSPC: "the disk is full; free some space, nothing half-written counts",
    errno.EDQUOT: "the disk quota is used up; free some space, nothing half-written counts",
    errno.EROFS: "the disk is mounted read-only; mount it read-write (a disk that turned read-only may be failing)",
    errno.EACCES: "no permission; check who owns this folder and which user runs mailproc",
    errno.EPERM: "no permission; check who owns this folder and which user runs mailproc",
    errno.EMFILE: "too many open files; raise `ulimit -n`",
    errno.ENFILE: "too many files are open on this machine; raise `fs.file-max`",
    errno.ENOMEM: "no memory is left; give this machine more, or end what takes it",
    errno.EXDEV: "the spool lies on another disk or mount than its folder; `mailproc doctor` says the cure",
    errno.EIO: "the disk fails (I/O error); check it before anything else, then start again",
}
_APART = "take that mount or link away, an empty folder will do"
failures: list[DiskFailed] = []  # of this process; whatever caught the error, the service looks here


def is_known(error: OSError) -> bool:
    """Whether this is the machine's state, which no mail is to blame for, and passes when it is cured."""
    return error.errno in _CURES


def refused(path: Path, error: OSError) -> StoreError:
    """What the disk said about `path`, with its cure."""
    cure = _CURES.get(error.errno or 0)
    return StoreError(f"{path}: {cure}" if cure else f"{path}: {error.strerror or error}")


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turns the disk's refusals into StoreError; FileExistsError passes, for it is an answer."""
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        raise refused(path, error) from error


def apart(spool: Path, folder: Path) -> str:
    """One line with the cure where a file cannot go from one to the other in one step; "" where it can."""
    if not spool.exists() or not folder.exists() or _mount_of(spool) == _mount_of(folder):
        return ""
    words = f"{spool}: lies on another disk or mount than {folder}, so nothing can be moved between them in one step"
    return f"{words}; {_APART}"


def _mount_of(folder: Path) -> tuple[int, str]:
    """Its device, and where that is mounted: two mounts of one device are two all the same."""
    there = folder.resolve()
    try:
        found = [_unescaped(line.split()[4]) for line in _MOUNTS.read_text().splitlines()]
    except OSError:  # no Linux
        found = []
    inside = [each for each in found if there.is_relative_to(each)]
    return there.stat().st_dev, max(inside, key=len, default="")


def _unescaped(name: str) -> str:
    r"""A path of /proc/self/mountinfo: blanks are `\040` there."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), name)


def write_all(fd: int, path: Path, octets: bytes) -> None:
    """Writes every octet, however short each write is; `path` is named if the disk refuses."""
    view = memoryview(octets)
    with refusals(path):
        while view:
            written = os.write(fd, view)
            if written == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            view = view[written:]


def final(what: str) -> DiskFailed:
    """The error after which nothing this process wrote may be trusted; noted for the service."""
    failures.append(DiskFailed(what))
    return failures[-1]


def sync(fd: int, path: Path) -> None:
    """Makes an open file's octets, or a folder's names, durable. Raises StoreError, DiskFailed for an I/O error."""
    try:
        os.fsync(fd)
    except OSError as error:
        told = refused(path, error)
        raise (final(str(told)) if error.errno == errno.EIO else told) from error


def sync_folder(folder: Path) -> None:
    """Makes the names in `folder` durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        sync(fd, folder)
    finally:
        os.close(fd)


def make_folder(folder: Path) -> Path:
    """`folder`, made with its parents where missing, its owner's alone whatever the umask, each new name durable."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True, mode=0o700)  # what lies in it is people's mail (catalogue F114)
        sync_folder(folder.parent)
    return folder


def open_to_others(path: Path) -> int:
    """The rights of others on a file or folder, and of its group where it is ours; 0 if it is closed or not there.

    A file of another owner, root's say, is read by the group that mailproc runs in.
    """
    try:
        found = path.stat()
    except OSError:
        return 0
    ours = found.st_uid == os.geteuid() or os.geteuid() == 0 != found.st_uid
    return found.st_mode & (stat.S_IRWXO | (stat.S_IRWXG if ours else 0))


@contextmanager
def fresh(folder: Path) -> Iterator[tuple[int, Path]]:
    """A new file of a name nobody has, open for writing (O_EXCL, mode 0600); removed again on any error.

    What the block raises passes as it is. The octets are durable when the block ends; the name is not: link or
    rename it, then sync the folder.
    """
    with refusals(folder):
        fd, name = tempfile.mkstemp(dir=make_folder(folder))
    path = Path(name)
    try:
        yield fd, path
        sync(fd, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(fd)


def lying_since(folder: Path, before: datetime) -> Iterator[Path]:
    """What was put into `folder` before then; what goes away under our eyes is somebody's who is at work."""
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            age = path.stat().st_mtime
        except FileNotFoundError:
            continue
        if age < before.timestamp():
            yield path


def write_whole(path: Path, octets: bytes, beside: Path) -> None:
    """`path` holds these octets, whole or not at all, durable when it returns; what stood there is replaced.

    `beside` is a folder of the same file system for the file under way.
    """
    with refusals(path):
        make_folder(path.parent)
    with fresh(beside) as (fd, temporary):
        write_all(fd, temporary, octets)
        verify_size(fd, temporary, len(octets))
    with refusals(path):
        temporary.replace(path)
        sync_folder(path.parent)


def verify_size(fd: int, path: Path, octets: int) -> None:
    """StoreError unless the open file holds exactly `octets` octets."""
    found = os.fstat(fd).st_size
    if found != octets:
        raise StoreError(f"{path}: {found} of {octets} octets written; check the disk, nothing half-written counts")


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """The rest of an open file, piece by piece."""
    while chunk := file.read(CHUNK):
        yield chunk
