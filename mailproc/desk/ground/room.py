"""Whether there is room for new mail on the disks that it goes to. Asked before a poll, and by `health`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url

from mailproc.desk.ground.books import Books, unused
from mailproc.store.octets import archive, disk, room


def room_for_mail(books: Books) -> str:
    """Why no new mail may be taken now, in one line; "" where there is room."""
    reserve, message = books.config.storage.reserve, books.config.limits.message
    for place in places(books):
        if not room.enough(place, reserve, message):
            return room.shortage(place, reserve, message)
    return ""


def torn(books: Books) -> str:
    """Where the archive is away, or a spool lies apart from what it serves: one line with the cure; "" if neither."""
    if archive.is_away(books.archive) and not unused(books):
        return archive.words_of_away(books.archive)
    newest = archive.message_path(books.archive, archive.highest(books.archive)).parent
    attachments = books.config.storage.attachments
    pairs = ((books.archive, books.archive), (books.archive, newest), (attachments, attachments))
    return next((words for root, folder in pairs if (words := disk.apart(root / "spool", folder))), "")


def places(books: Books) -> tuple[Path, Path]:
    """Where a message takes room; the two may be different disks. An archive that was never used need not be there."""
    database = books.config.folder / str(make_url(books.config.storage.database).database)
    archive = books.archive
    if not archive.exists() and unused(books):  # whoever only looks makes no folder; one that went away is trouble
        archive = next((each for each in archive.parents if each.exists()), archive)
    return archive, database.parent
