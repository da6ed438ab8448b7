"""Room on the disk: whether new mail may still be taken, so that what is here can always be worked on.

A full disk refuses even a deletion (catalogue F21), so intake stops while there is room to spare. `enough` asks the
file system each time. A folder that cannot be asked is a StoreError with its cure; nothing is freed here.
"""

from __future__ import annotations

import os
from pathlib import Path

from mailproc.store.octets import disk


def free(folder: Path) -> int:
    """Octets that we may still write where `folder` lies. Raises StoreError."""
    with disk.refusals(folder):
        found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def writable(folder: Path) -> bool:
    """Whether anything can be written there; False on a disk that is mounted read-only."""
    return os.access(folder, os.W_OK)


def enough(folder: Path, reserve: int, message: int) -> bool:
    """Whether a message of up to `message` octets may come: its copies fit twice, and the reserve stays.

    `reserve` in octets; 0 switches the question off.
    """
    return reserve == 0 or free(folder) >= _wanted(reserve, message)


def shortage(folder: Path, reserve: int, message: int) -> str:
    """One line with its cure: what is free, what must be."""
    return (
        f"{folder}: {_mebibytes(free(folder))} free, {_mebibytes(_wanted(reserve, message))} must stay free; "
        "new mail is put off until you free some space ([storage] reserve)"
    )


def _wanted(reserve: int, message: int) -> int:
    return max(reserve, 2 * message)


def _mebibytes(octets: int) -> str:
    return f"{octets >> 20} MiB"
