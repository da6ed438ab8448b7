"""Letters on disk: octets frozen before their row is committed, and beside each the proof that it left.

The row is the truth about a letter's state, the file about its octets; a file without a row is a turn that
died, and is written again under the same name. Raises StoreError when the disk refuses.
"""

from __future__ import annotations

from pathlib import Path

from mailproc.store.disk import fresh, make_folder, refusals, sync_folder, verify_size, write_all


def write(path: Path, octets: bytes) -> None:
    """Write `path` whole or not at all; durable when it returns. What stood there is replaced."""
    with refusals(path):
        make_folder(path.parent)
    with fresh(path.parent) as (fd, temporary):
        write_all(fd, temporary, octets)
        verify_size(fd, temporary, len(octets))
    with refusals(path):
        temporary.replace(path)
        sync_folder(path.parent)
