"""Who else on this machine can look into the desk: `doctor` on the modes of what is private (catalogue F114).

New folders and files are their owner's alone, whatever the umask; only what is published is for others. What an
operator has opened, or an older release made under a wide umask, is told with the command that closes it, and never
changed: it may be meant so.
"""

from __future__ import annotations

import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from mailproc.config import Config
from mailproc.finding import Finding
from mailproc.store.database import path_of
from mailproc.store.octets.disk import open_to_others

READ = stat.S_IRGRP | stat.S_IROTH
WRITE = stat.S_IWGRP | stat.S_IWOTH
ENTER = stat.S_IXGRP | stat.S_IXOTH


def look(config: Config) -> Iterator[Finding]:
    """One line on all that is open, with one command. The key has a line of its own; names of files are no secret."""
    storage = config.storage
    database = path_of(storage.database, config.folder)
    rights = dict.fromkeys((config.path, database), READ | WRITE)
    rights |= dict.fromkeys((database.parent, storage.key.parent), WRITE)
    rights |= dict.fromkeys((storage.archive, storage.attachments, storage.outbox), ENTER | WRITE)
    passwords = [config.delivery.password_file, *(account.password_file for account in config.imap)]
    rights |= {path: READ | WRITE for path in passwords if path}
    rights.pop(config.folder, None)
    found = [path for path, wrong in rights.items() if open_to_others(path) & wrong and _is_reached(path, config)]
    found = list(dict.fromkeys(_widest(path, database.parent, config) for path in found))
    if found:
        listed, places = ", ".join(map(str, found)), " ".join(shlex.quote(str(path)) for path in found)
        why = f"others on this machine can look in{' or write there' if _is_written(found) else ''}"
        yield Finding("warning", f"{listed}: {why}; `chmod -R go-rwx {places}` closes that")


def _is_reached(path: Path, config: Config) -> bool:
    """Whether the folders above let others through; of a file of the desk, what is above the desk is not looked at."""
    ours = path.is_relative_to(config.folder)
    above = [folder for folder in path.parents if not ours or folder.is_relative_to(config.folder)]
    return all(open_to_others(folder) & ENTER for folder in above)


def _widest(path: Path, data: Path, config: Config) -> Path:
    """What is to be closed: all of data/, where nothing that others may read lies in it."""
    storage = config.storage
    public = any(each.is_relative_to(data) for each in (storage.published, storage.rules, storage.templates))
    return data if path.is_relative_to(data) and data != config.folder and not public else path


def _is_written(paths: list[Path]) -> bool:
    return any(open_to_others(path) & WRITE for path in paths)


def entrance(config: Config) -> Iterator[Finding]:
    """Who can read who may come in to the site: its server, by a group; what it serves is the operator's to see to."""
    folder = config.storage.access
    if not folder.is_dir():
        return
    if open_to_others(folder) & stat.S_IRWXO:
        why = "others on this machine can read who may come in to the site"
        yield Finding("warning", f"{folder}: {why}; `chmod -R o-rwx {shlex.quote(str(folder))}` closes that")
        return
    served = folder.is_relative_to(config.storage.published)
    where = ", which lies in what is published" if served else ""
    words = f"who may come in; see that the site's server asks this folder{where}, and serves none of it"
    yield Finding("ok", f"{folder}: {words}")
