"""Who may come in to the site, for its own server to ask: `roster.json` and `htpasswd`, in a folder nobody else enters.

Each is written whole or not at all, and only when it changed; what they say is asked for when nobody else can write,
so that the last word is the one that stands. The secret of a line is never written, only its bcrypt hash, with a salt
that is given: the same rows give the same octets. It decides nothing. Raises StoreError when the disk refuses.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import bcrypt

from mailproc import times
from mailproc.publish.files import alone, make_folder, refusals, sync_folder, take_place

FILE, FOLDER = 0o640, 0o2750  # for a group that the operator names: the site's server; its files get the same group
PASSWORDS, ROSTER, APACHE = "htpasswd", "roster.json", ".htaccess"
COST = 4  # bcrypt's least: a secret of 128 bits needs no slow hash, and the server pays for one at each request
_BASE64 = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
)


@dataclass(frozen=True, slots=True)
class Secret:
    """One that is good now; only its hash is written."""

    words: str = field(repr=False)
    salt: bytes = field(repr=False)  # 16 octets
    ends_at: datetime
    reference: str  # by which others know it


@dataclass(frozen=True, slots=True)
class Entry:
    """A member who has access."""

    user: str  # as whom they log in
    email: str
    name: str
    state: str  # active, away
    since: datetime
    secret: Secret | None = None


def write(folder: Path, entries: Callable[[], Sequence[Entry]]) -> None:
    """The files as these entries have them; the gate first. A folder that is there keeps its mode and its group."""
    with refusals(folder):
        if not folder.is_dir():
            make_folder(folder.parent)
            folder.mkdir(mode=0o700, exist_ok=True)
            with suppress(OSError):  # a file system without modes
                folder.chmod(FOLDER)
        with alone(folder):
            changed = {name: octets for name, octets in files(entries()).items() if not _holds(folder / name, octets)}
            for name, octets in changed.items():
                take_place(folder / name, octets, FILE)
        if changed:
            sync_folder(folder)


def _holds(path: Path, octets: bytes) -> bool:
    return path.is_file() and path.read_bytes() == octets


def files(entries: Sequence[Entry]) -> Mapping[str, bytes]:
    """The octets of all, by name."""
    lines = [f"{each.user}:{_hashed(each.secret.words, each.secret.salt)}\n" for each in entries if each.secret]
    return {
        APACHE: b"Require all denied\n",
        PASSWORDS: "".join(lines).encode(),
        ROSTER: json.dumps({"members": [_shown(each) for each in entries]}, ensure_ascii=False, indent=2).encode()
        + b"\n",
    }


def _shown(entry: Entry) -> dict[str, object]:
    secret = entry.secret
    return {
        "user": entry.user,
        "email": entry.email,
        "name": entry.name,
        "state": entry.state,
        "since": times.stamp(entry.since),
        "access": secret.reference if secret else None,
        "until": times.stamp(secret.ends_at) if secret else None,
    }


@lru_cache(maxsize=4096)
def _hashed(words: str, salt: bytes) -> str:
    """As nginx, by the system's crypt(3), and Apache, by its own, take it; some know "2y" and not "2b", the same."""
    given = b64encode(salt)[:22].translate(_BASE64).decode()
    return "$2y$" + bcrypt.hashpw(words.encode(), f"$2b${COST:02}${given}".encode()).decode()[4:]
