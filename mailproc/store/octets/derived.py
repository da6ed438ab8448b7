"""Files made of an attachment, beside it: a picture in small, the words of a document.

`derived/ab/SHA256.WHAT` in the folder of attachments, SHA256 being the attachment's. They can be made again, so nothing
relies on one that was there: a backup holds none, and whoever finds none says so in words. An empty file says that
nothing can be made. They go with their attachment (`remove`). The disk's refusals are StoreErrors.
"""

from __future__ import annotations

from pathlib import Path

from mailproc.store.octets.disk import refusals, sync_folder, write_whole

FOLDER = "derived"


def _folder(root: Path, sha256: str) -> Path:
    return root / FOLDER / sha256[:2]


def path_of(root: Path, sha256: str, what: str) -> Path:
    """Where it lies, or would; `root` is the folder of attachments."""
    return _folder(root, sha256) / f"{sha256}.{what}"


def read(root: Path, sha256: str, what: str) -> bytes | None:
    """Its octets; None where it was not made or is gone, b"" where nothing could be made."""
    path = path_of(root, sha256, what)
    with refusals(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def write(root: Path, sha256: str, what: str, octets: bytes) -> None:
    """Whole or not at all; what stood there is replaced."""
    write_whole(path_of(root, sha256, what), octets, root / "spool")


def made_of(root: Path, prefix: str) -> set[str]:
    """The SHA-256 of all attachments of which anything lies here and that begin so (two hex digits)."""
    folder = root / FOLDER / prefix
    with refusals(folder):
        return {path.name.partition(".")[0] for path in folder.iterdir()} if folder.is_dir() else set()


def remove(root: Path, sha256: str) -> None:
    """All that was made of this attachment is gone, durably."""
    folder = _folder(root, sha256)
    with refusals(folder):
        made = list(folder.glob(f"{sha256}.*")) if folder.is_dir() else []
        for path in made:
            path.unlink(missing_ok=True)
        if made:
            sync_folder(folder)
