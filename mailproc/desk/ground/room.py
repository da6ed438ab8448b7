"""Whether there is room for new mail on the disks that it goes to. Asked before a poll, and by `health`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url

from mailproc.desk.ground.wire import Desk
from mailproc.store.octets import room


def room_for_mail(desk: Desk) -> str:
    """Why no new mail may be taken now, in one line; "" where there is room."""
    reserve, message = desk.config.storage.reserve, desk.config.limits.message
    for place in places(desk):
        if not room.enough(place, reserve, message):
            return room.shortage(place, reserve, message)
    return ""


def places(desk: Desk) -> tuple[Path, Path]:
    """Where a message takes room; the two may be different disks."""
    database = desk.config.folder / str(make_url(desk.config.storage.database).database)
    return desk.archive, database.parent
