"""Attachments: their octets in files named by their SHA-256, their descriptions in rows.

The same octets are kept once; what was refused lies apart under `refused/`. Nothing here names a file by
what a mail called it, opens a file's content, or decides what is refused. The disk's refusals are StoreErrors.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from mailproc.errors import StoreError
from mailproc.message.model import Attachment
from mailproc.store.octets import derived
from mailproc.store.octets.disk import chunks_of, fresh, make_folder, refusals, sync_folder, verify_size, write_all
from mailproc.store.rows import chunked
from mailproc.store.schema import attachments, received
from mailproc.store.work import items
from mailproc.workflow.item import Extract, Item, KeptAttachment

_SHA256 = re.compile(r"[0-9a-f]{64}")
_DESCRIBED = ("part", "name", "media_type", "declared_type", "size", "sha256", "disposition", "content_id", "within")


def _place(root: Path, sha256: str, *, apart: bool) -> Path:
    """`ab/abcdef…`, below `refused` where it lies apart."""
    return (root / "refused" if apart else root) / sha256[:2] / sha256


def keep(root: Path, spooled: Path, sha256: str, apart: bool) -> Path:  # noqa: FBT001 - callers name it
    """Copies `spooled` under its SHA-256 and verifies the hash on the way; durable when it returns.

    Octets already kept are not written again. Raises StoreError if the octets have another hash or the disk
    refuses; nothing stays under the hash then. `spooled` itself is left alone.
    """
    if not _SHA256.fullmatch(sha256):
        raise StoreError(f"{spooled}: {sha256!r} is no SHA-256 in hex")
    place = _place(root, sha256, apart=apart)
    with refusals(spooled):
        size = spooled.stat().st_size
        if place.is_file() and place.stat().st_size == size:
            return place
    copy = _verified_copy(root, spooled, sha256, size)
    with refusals(place):
        make_folder(place.parent)
        copy.replace(place)
        sync_folder(place.parent)
    return place


def _verified_copy(root: Path, spooled: Path, sha256: str, size: int) -> Path:
    """A copy on our own spool, fsynced, of exactly these octets."""
    digest = hashlib.sha256()
    with refusals(spooled), spooled.open("rb") as file, fresh(root / "spool") as (fd, copy):
        for chunk in chunks_of(file):
            write_all(fd, copy, chunk)
            digest.update(chunk)
        verify_size(fd, copy, size)
        if digest.hexdigest() != sha256:
            raise StoreError(f"{spooled}: its SHA-256 is {digest.hexdigest()}, not {sha256}; it was not kept")
    return copy


def path_of(root: Path, sha256: str) -> Path | None:
    """Where these octets lie, those apart too; None if nowhere."""
    if not _SHA256.fullmatch(sha256):
        return None
    places = (_place(root, sha256, apart=apart) for apart in (False, True))
    return next((place for place in places if place.is_file()), None)


def _columns(number: int, position: int, kept: KeptAttachment) -> dict[str, object]:
    described = {name: getattr(kept.attachment, name) for name in _DESCRIBED}
    read = kept.extract
    return {
        "number": number,
        "position": position,
        "state": kept.state,
        "reason": kept.reason,
        "extract_begins": read.begins if read else "",
        "extract_words": read.words if read else None,
        "extract_failure": read.failure if read else "",
        **described,
    }


def put(conn: Connection, number: int, kept: Sequence[KeptAttachment]) -> None:
    """The attachments of message `number`, in its order; what was there for it is replaced."""
    conn.execute(delete(attachments).where(attachments.c.number == number))
    if kept:
        conn.execute(insert(attachments), [_columns(number, n, one) for n, one in enumerate(kept)])


def judge_again(conn: Connection, numbers: Iterable[int], sha256: str, state: str) -> None:
    """These octets, in mails of these numbers, are decoration from now on, or kept; what was refused stays refused."""
    here = (attachments.c.number.in_(tuple(numbers)), attachments.c.sha256 == sha256)
    both = attachments.c.state.in_(("kept", "decoration"))
    conn.execute(update(attachments).where(*here, both).values(state=state, reason=""))


def mails_with(conn: Connection, sha256: str, author_key: str, before: int) -> int:
    """How many earlier mails of an author brought these octets."""
    from_them = select(received.c.number).where(received.c.author_key == author_key, received.c.number < before)
    here = (attachments.c.sha256 == sha256, attachments.c.number.in_(from_them))
    return conn.execute(select(func.count(attachments.c.number.distinct())).where(*here)).scalar_one()


def _value(row: RowMapping) -> KeptAttachment:
    described = Attachment(**{name: row[name] for name in _DESCRIBED})
    words = row["extract_words"]
    read = None if words is None else Extract(row["extract_begins"], words, row["extract_failure"])
    return KeptAttachment(described, row["state"], row["reason"], row["number"], read)


def kept_under(conn: Connection, prefix: str) -> set[str]:
    """The SHA-256 of all attachments, refused ones too, that begin so; those whose octets were erased are not kept."""
    here = (attachments.c.sha256.startswith(prefix), attachments.c.sha256 != "", attachments.c.state != "erased")
    return set(conn.execute(select(attachments.c.sha256).where(*here).distinct()).scalars())


def prefixes(conn: Connection, root: Path) -> list[str]:
    """The first two hex digits of all that is kept or lies here, ascending."""
    named = conn.execute(select(func.substr(attachments.c.sha256, 1, 2)).distinct()).scalars()
    lying = {
        path.name
        for apart in (root, root / "refused", root / derived.FOLDER)
        for path in apart.glob("[0-9a-f][0-9a-f]")
    }
    return sorted({prefix for prefix in named if prefix} | lying)


def on_disk(root: Path, prefix: str) -> set[str]:
    """The names of all files below `prefix` (two hex digits), those apart too."""
    folders = [folder for folder in (root / prefix, root / "refused" / prefix) if folder.is_dir()]
    return {path.name for folder in folders for path in folder.iterdir()}


def described(conn: Connection, sha256: str) -> KeptAttachment | None:
    """What the first mail that brought these octets said of them; None where no row names them."""
    query = select(attachments).where(attachments.c.sha256 == sha256)
    row = conn.execute(query.order_by(attachments.c.number, attachments.c.position).limit(1)).mappings().first()
    return None if row is None else _value(row)


def bringing(conn: Connection, sha256: str) -> list[int]:
    """The messages that came with these octets."""
    query = select(attachments.c.number).where(attachments.c.sha256 == sha256)
    return sorted(set(conn.execute(query).scalars()))


def place_of(conn: Connection, root: Path, sha256: str) -> Path:
    """Where these octets lie, or would if they were there."""
    known = described(conn, sha256)
    return path_of(root, sha256) or _place(root, sha256, apart=known is not None and known.state != "kept")


def of_messages(conn: Connection, numbers: Iterable[int]) -> list[KeptAttachment]:
    """The attachments of these messages, by number, each message's in its order."""
    found: list[KeptAttachment] = []
    for some in chunked(sorted(set(numbers))):
        query = select(attachments).where(attachments.c.number.in_(some))
        rows = conn.execute(query.order_by(attachments.c.number, attachments.c.position)).mappings()
        found += map(_value, rows)
    return found


def of_item(conn: Connection, item: Item) -> list[KeptAttachment]:
    """Every attachment of an item: of the mail that opened it and of those that came later."""
    return of_messages(conn, [number for number, _ in items.messages_of(conn, item.ref)])
