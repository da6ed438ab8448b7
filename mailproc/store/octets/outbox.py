"""Letters on disk: octets frozen before their row is committed, and beside each the proof that it left.

The row is the truth about a letter's state, the file about its octets; a file without a row is a turn that
died, and is written again under the same name. Raises StoreError when the disk refuses.
"""

from __future__ import annotations

from pathlib import Path

from mailproc.store.octets.disk import write_whole


def write(path: Path, octets: bytes) -> None:
    """Write `path` whole or not at all; durable when it returns. What stood there is replaced."""
    write_whole(path, octets, path.parent)
