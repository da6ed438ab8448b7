"""What must be installed, and how that is done."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

EVERY = {"dovecot": "dovecot-imapd dovecot-lmtpd", "postfix": "postfix", "openssl": "openssl"}
NEEDS = {
    "thunderbird": {"thunderbird": "thunderbird"},
    "roundcube": {
        "chromium": "chromium",
        "php": "php-cli php-cgi",
        "/usr/share/roundcube": "roundcube-core",
        "/usr/share/roundcube/SQL/sqlite.initial.sql": "roundcube-sqlite3",
    },
}


def missing(composers: Iterable[str]) -> str:
    """What to install for these, as a sentence; "" if nothing lacks."""
    wanted = dict(EVERY)
    for composer in composers:
        wanted |= NEEDS[composer.partition("-")[0]]
    absent = [package for there, package in wanted.items() if not _is_there(there)]
    return f"not installed: apt-get install --no-install-recommends {' '.join(absent)}\n" if absent else ""


def _is_there(name: str) -> bool:
    if name.startswith("/"):
        return Path(name).exists()
    return bool(shutil.which(name) or shutil.which(name, path="/usr/sbin"))
