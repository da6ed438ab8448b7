"""One file that holds the desk, made while it runs, and the way back (catalogue F28).

The database comes first, as one consistent copy; then the files that this copy names. Files are only ever added and
never change once a row names them, so each is still there and still the same; what was received meanwhile is in the
next backup. Only an erasure takes files away: a backup that meets one fails and is to be made again. The file is
verified as it lies on the disk before it has its name. Passwords are not in it, unless they stand in config.toml's
neighbours that are: key, rules, templates. Raises UsageError, StoreError.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from sqlalchemy import Engine, select

from mailproc import __version__, times
from mailproc.config import Config
from mailproc.delivery.sent import record_path
from mailproc.desk.ground.wire import Desk
from mailproc.errors import StoreError, UsageError
from mailproc.failpoint import reach
from mailproc.store.database import open_database, reading, writing
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.octets.disk import chunks_of, fresh, make_folder, refusals, sync_folder, write_all
from mailproc.store.schema import attachments as attachment_table
from mailproc.store.service import backups
from mailproc.store.service.backups import Backup
from mailproc.store.work import attachments

SUFFIXES = {".tar": "w", ".tar.gz": "w:gz", ".tgz": "w:gz"}
MANIFEST = "MANIFEST.json"
DATABASE = "data/mailproc.db"
PLACES = {  # role -> where it lies in the backup and after a restore, if it lies outside the configuration's folder
    "archive": "data/archive",
    "attachments": "data/attachments",
    "outbox": "outbox",
    "published": "published",
    "rules": "rules",
    "templates": "templates",
    "key": "data/key",
}
PUBLIC = ("published", "rules", "templates")  # roles, and where they lie in older backups
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a backup."""

    name: str  # its path after a restore, counted from the desk's folder
    path: Path  # where it lies now
    may_go: bool = False  # gone since it was listed: left out


# Making one


def backup(desk: Desk, path: Path, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Write `path`; its manifest. `progress` is called for each file, twice."""
    mode = next((mode for suffix, mode in SUFFIXES.items() if path.name.endswith(suffix)), None)
    if mode is None:
        raise UsageError(f"{path}: name it {' or '.join(SUFFIXES)}")
    if path.exists():
        raise UsageError(f"{path}: is there already; a backup is never written over another file")
    with _snapshot(desk.engine, path.absolute().parent) as copy:
        members = [Member(_database_name(desk.config), copy), *_members(desk, copy)]
        with fresh(path.absolute().parent) as (fd, temporary):
            with refusals(path):
                manifest = _write(fd, mode, members, _facts(desk), progress)
                os.fsync(fd)
                _verify(temporary, manifest, progress)
            reach("backup.written")
            with refusals(path):
                os.link(temporary, path)  # never over another file
                sync_folder(path.absolute().parent)
                sha256 = _hash_of(path)
                temporary.unlink()
    with writing(desk.engine) as conn:
        backups.put(conn, Backup(str(path.absolute()), desk.now(), sha256))
    return manifest


@contextmanager
def _snapshot(engine: Engine, folder: Path) -> Iterator[Path]:
    """The database as it is at this moment, in a file of its own."""
    with refusals(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".mailproc-backup-") as aside:
        copy = Path(aside) / "mailproc.db"
        try:
            copy.touch(mode=0o600)
            with closing(engine.raw_connection()) as source, closing(sqlite3.connect(copy)) as target:
                source.driver_connection.backup(target)  # type: ignore[union-attr]
                target.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as error:
            raise StoreError(
                f"{engine.url.database}: cannot be copied ({error}); free some space, try again"
            ) from error
        yield copy


def _database_name(config: Config) -> str:
    """Where the database is put by a restore."""
    database = Path(config.storage.database.removeprefix("sqlite:///"))
    return DATABASE if database.is_absolute() or ".." in database.parts else database.as_posix()


def place_of(config: Config, role: str) -> str:
    """Where a folder of the desk lies in a backup, by the name of its option."""
    path: Path = getattr(config.storage, role)
    return path.relative_to(config.folder).as_posix() if path.is_relative_to(config.folder) else PLACES[role]


def _members(desk: Desk, copy: Path) -> Iterator[Member]:
    """Every file that belongs to the database's copy, and what the desk is made of."""
    config, storage = desk.config, desk.config.storage
    engine = open_database(f"sqlite:///{copy.as_posix()}", copy.parent)
    try:
        yield from _under(storage.archive, place_of(config, "archive"), _archived(engine, storage.archive))
        yield from _under(storage.attachments, place_of(config, "attachments"), _kept(engine, storage.attachments))
        yield from _under(storage.outbox, place_of(config, "outbox"), _written(engine, storage.outbox))
    finally:
        engine.dispose()
    for role in ("published", "rules", "templates"):
        root: Path = getattr(storage, role)
        for path in sorted(found for found in root.rglob("*") if found.is_file() and not found.is_symlink()):
            if not path.is_relative_to(storage.access):  # who might come in then; it is made of rows again
                yield Member(f"{place_of(config, role)}/{path.relative_to(root).as_posix()}", path, may_go=True)
    if not desk.held.flaw:  # a key that is not these letters' own would be taken for it
        yield Member(place_of(config, "key"), storage.key)
    yield Member("config.toml", config.path)


def _under(root: Path, place: str, found: Iterable[Path]) -> Iterator[Member]:
    return (Member(f"{place}/{path.relative_to(root).as_posix()}", path) for path in found)


def _archived(engine: Engine, root: Path) -> Iterator[Path]:
    """Mails, and the entries that are applied: one that is not is decided on again."""
    with reading(engine) as conn:
        known = rows.every(conn)
    for row in known:
        beside = [archive.entry_path(root, row.number)] if row.sequence is not None else []
        beside += [archive.message_path(root, row.number).with_suffix(".stuck")] if row.state == "stuck" else []
        yield from (path for path in (archive.message_path(root, row.number), *beside) if path.exists())


def _kept(engine: Engine, root: Path) -> Iterator[Path]:
    with reading(engine) as conn:
        known = sorted(conn.execute(select(attachment_table.c.sha256).distinct()).scalars())
    yield from (path for sha256 in known if (path := attachments.path_of(root, sha256)))


def _written(engine: Engine, root: Path) -> Iterator[Path]:
    with reading(engine) as conn:
        letters = outgoing.every(conn)
    for letter in letters:
        paths = (root / letter.path, record_path(root, letter.path, letter.id))
        yield from (path for path in paths if path.is_file())


class _Hashing(io.RawIOBase):
    """A file that is hashed while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        octets = self.file.read(size)
        self.digest.update(octets)
        return octets


def _facts(desk: Desk) -> dict[str, Any]:
    """What the manifest tells beside the files; `elsewhere`: folders of config.toml that a restore does not fill."""
    storage, folder = desk.config.storage, desk.config.folder
    elsewhere = {role: str(getattr(storage, role)) for role in PLACES}
    return {
        "mailproc": __version__,
        "made_at": times.stamp(desk.now()),
        "database": _database_name(desk.config),
        "public": [place_of(desk.config, role) for role in PUBLIC],
        "elsewhere": {role: path for role, path in elsewhere.items() if not Path(path).is_relative_to(folder)},
    }


def _write(fd: int, mode: str, members: Iterable[Member], facts: dict[str, Any], progress: Progress) -> dict[str, Any]:
    files: dict[str, dict[str, object]] = {}
    now = datetime.fromisoformat(facts["made_at"])
    with os.fdopen(os.dup(fd), "wb") as raw, tarfile.open(fileobj=raw, mode=mode, format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]
        for member in members:
            if added := _add(tar, member, now):
                files[member.name] = added
            progress(1)
        manifest = {**facts, "files": files}
        octets = json.dumps(manifest, indent=1).encode()
        info = _info(MANIFEST, len(octets), now)
        tar.addfile(info, io.BytesIO(octets))
    return manifest


def _add(tar: tarfile.TarFile, member: Member, now: datetime) -> dict[str, object] | None:
    try:
        file = member.path.open("rb")
    except FileNotFoundError:
        if member.may_go:
            return None
        raise StoreError(f"{member.path}: it went away meanwhile (an erasure?); make the backup again") from None
    with file:
        found = os.fstat(file.fileno())
        hashing = _Hashing(file)
        tar.addfile(_info(member.name, found.st_size, now, found.st_mode), hashing)
    return {"size": found.st_size, "sha256": hashing.digest.hexdigest()}


def _info(name: str, size: int, now: datetime, mode: int = 0o600) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, mode & 0o755, int(now.timestamp())
    return info


def _verify(path: Path, manifest: dict[str, Any], progress: Progress) -> None:
    """The file as it lies on the disk holds what was read."""
    expected = {name: what["sha256"] for name, what in manifest["files"].items()}
    with tarfile.open(path) as tar:
        for info in tar:
            file = tar.extractfile(info)
            if info.name != MANIFEST and (file is None or expected.pop(info.name, None) != _hash_in(file)):
                raise StoreError(f"{path}: {info.name} is not on the disk as it was written; check the disk")
            progress(1)
    if expected:
        raise StoreError(f"{path}: {next(iter(expected))} is missing from it; check the disk")


def _hash_in(file: Any) -> str:  # noqa: ANN401 - tarfile's reader
    digest = hashlib.sha256()
    for chunk in chunks_of(file):
        digest.update(chunk)
    return digest.hexdigest()


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return _hash_in(file)


# The way back


def restore(path: Path, folder: Path, progress: Progress = lambda _: None) -> tuple[dict[str, Any], int]:
    """Put a backup into a new or empty folder: its manifest, and how many letters are unconfirmed now.

    Every octet is verified before anything appears; config.toml comes last, so that half a desk is none. A letter that
    had not left when the backup was made may have left since: none of them leaves by itself.
    """
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: not empty; name a new folder with --to")
    with refusals(folder):
        folder.mkdir(parents=True, exist_ok=True)  # not private: what is published lies in it
        sync_folder(folder.parent)
        aside = Path(tempfile.mkdtemp(dir=folder, prefix=".restoring-"))
    try:
        with refusals(path):
            manifest = _unpack(path, aside, progress)
        unconfirmed = _call_unconfirmed(aside / manifest["database"])
        _let_read(aside, manifest)
        with refusals(folder):
            for each in sorted(aside.iterdir(), key=lambda found: found.name == "config.toml"):
                each.rename(folder / each.name)
            sync_folder(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return manifest, unconfirmed


def _unpack(path: Path, aside: Path, progress: Progress) -> dict[str, Any]:
    found: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    try:
        with tarfile.open(path) as tar:
            for info in tar:
                file = tar.extractfile(info) if info.isreg() else None
                if file is None or not _is_plain(info.name) or info.name in found:
                    raise StoreError(f"{path}: {info.name!r} is no file of a backup; nothing was restored")
                if info.name == MANIFEST:
                    manifest = json.load(file)
                else:
                    found[info.name] = _unpack_one(file, aside / info.name, info.mode)
                progress(1)
    except (tarfile.TarError, EOFError, ValueError, RecursionError) as error:
        raise StoreError(f"{path}: not a whole backup ({error}); nothing was restored") from error
    expected = _promised(manifest)
    if not expected or expected != found or manifest.get("database") not in expected:
        odd = sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))
        raise StoreError(f"{path}: {', '.join(odd[:3]) or MANIFEST} is not as it was written; nothing was restored")
    return manifest


def _promised(manifest: Any) -> dict[str, str]:  # noqa: ANN401 - whatever JSON holds
    """The files that a manifest names, with their SHA-256; {} where it is none of ours."""
    if not isinstance(manifest, dict) or not isinstance(manifest.get("database"), str):
        return {}
    try:
        return {name: what["sha256"] for name, what in manifest["files"].items()}
    except (AttributeError, KeyError, TypeError):
        return {}


def _is_plain(name: str) -> bool:
    """A path below the folder: not absolute, nothing above."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and bool(path.parts) and "\\" not in name


def _unpack_one(file: Any, target: Path, mode: int) -> str:  # noqa: ANN401 - tarfile's reader
    digest = hashlib.sha256()
    make_folder(target.parent)
    fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.fchmod(fd, 0o600 | (mode & 0o100))
        for chunk in chunks_of(file):
            write_all(fd, target, chunk)
            digest.update(chunk)
        os.fsync(fd)
    finally:
        os.close(fd)
    return digest.hexdigest()


def _let_read(aside: Path, manifest: dict[str, Any]) -> None:
    """What is for others to read is so again: published work for a web server, rules and templates; no mail is."""
    for place in filter(_is_plain, manifest.get("public", PUBLIC)):
        root = aside / place
        for path in (root, *root.rglob("*")) if root.is_dir() else ():
            path.chmod(0o755 if path.is_dir() else path.stat().st_mode & 0o700 | 0o644)


def _call_unconfirmed(database: Path) -> int:
    engine = open_database(f"sqlite:///{database.as_posix()}", database.parent)
    try:
        with writing(engine) as conn:
            return backups.call_unconfirmed(conn)
    finally:
        engine.dispose()
