"""What members see of attachments: small views in letters that show items, and the files that `show` sends.

Read from disk within a turn, never made there. What a letter cannot hold or must not pass on is said with its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn import small
from mailproc.letters.digest import DigestItem, Picture, oldest_first
from mailproc.letters.sight import ALONE, AN_ITEM, Enclosed, within
from mailproc.message.mime.attachment import is_picture
from mailproc.message.mime.passing import passing
from mailproc.store.octets import disk
from mailproc.store.work import attachments
from mailproc.workflow.item import KeptAttachment

SCALED_TYPE, SCALED_ENDING = "image/jpeg", "jpg"


def with_pictures(desk: Desk, entries: Iterable[DigestItem]) -> tuple[DigestItem, ...]:
    """A digest's items in its order, with their pictures in small, as many as it holds."""
    seen = tuple(_with_pictures(desk, entry, AN_ITEM) for entry in oldest_first(entries))
    return tuple(within(seen, AN_ITEM))


def alone(desk: Desk, entry: DigestItem) -> DigestItem:
    """The same for a letter on one item alone."""
    return next(within([_with_pictures(desk, entry, ALONE)], ALONE))


def _with_pictures(desk: Desk, entry: DigestItem, most: int) -> DigestItem:
    """The first of an item's pictures; the others are counted, and those without a small view known."""
    pictures: list[Picture] = []
    unseen, more = set(), 0
    for number, kept in enumerate(entry.attachments, 1):
        if kept.state != "kept" or not kept.attachment.media_type.startswith("image/"):
            continue
        if len(pictures) == most and is_picture(kept.attachment):
            more += 1
            continue
        made = small.view_of(desk, kept.attachment.sha256, small.SMALL)
        if made is not None and made.octets:
            content_id = f"small-{number}.{kept.attachment.sha256[:24]}@{desk.domain}"
            pictures.append(Picture(number, made.width, made.height, made.octets, content_id))
        else:
            unseen.add(number)
    return replace(entry, pictures=tuple(pictures), more_pictures=more, unseen=frozenset(unseen))


def enclosed(desk: Desk, kept: Sequence[KeptAttachment], room: int) -> tuple[Enclosed, ...]:
    """What of an item's attachments goes into a letter that has room for so many octets, and why others do not."""
    told: list[Enclosed] = []
    taken: set[str] = set()
    names: Counter[str] = Counter()
    for number, each in enumerate(kept, 1):
        one = _same(number, each) if each.attachment.sha256 in taken else _enclosed(desk, Enclosed(number, each), room)
        if one.name:
            names[one.name.casefold()] += 1
            one = replace(one, name=_numbered(one.name, names[one.name.casefold()]))
            room -= len(one.octets)
            taken.add(each.attachment.sha256)
        told.append(one)
    return tuple(told)


def _same(number: int, kept: KeptAttachment) -> Enclosed:
    return Enclosed(number, kept, why="same")


def _enclosed(desk: Desk, one: Enclosed, room: int) -> Enclosed:
    """With its file, or why it has none."""
    of, most = one.kept.attachment, desk.config.limits.show
    if one.kept.state not in ("kept", "aside"):
        return replace(one, why=one.kept.reason)
    scaled = small.view_of(desk, of.sha256, small.SCALED)
    size = len(scaled.octets) if scaled else of.size
    if size > room:
        return replace(one, why="too-large" if size > most else "no-room")
    if scaled:
        name = f"{of.name.rpartition('.')[0] or of.name}.{SCALED_ENDING}"
        return replace(one, name=name, media_type=SCALED_TYPE, octets=scaled.octets, how="scaled")
    path = attachments.path_of(desk.config.storage.attachments, of.sha256)
    if path is None:
        return replace(one, why="missing")
    with disk.refusals(path):
        octets = path.read_bytes()
    goes = passing(of.name, octets)
    if goes.why:
        return replace(one, why=goes.why)
    return replace(one, name=goes.name, media_type=goes.media_type, octets=octets, how=goes.how)


def _numbered(name: str, time: int) -> str:
    """`photo-2.jpg` for the second `photo.jpg` of a letter."""
    if time == 1:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-{time}.{ending}" if dot else f"{name}-{time}"
