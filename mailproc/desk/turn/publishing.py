"""What was approved and has settled goes up; what was retracted or taken back comes down. Outside any transaction.

Order (design §4.4): the bundle is written and renamed into place, then the `published` (or `gathered`) event
is received as a message of the clock. A death in between writes the same bundle again: it is idempotent by
reference. Whatever was taken back while it went up is put right. While publishing is paused nothing goes up or comes
down. `work_of` says what stood, from rows, entries and kept octets; the whole site is `desk/page/whole`'s, and what a
bundle looks like `publish`'s. Raises StoreError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from sqlalchemy import Connection

from mailproc.desk.ground.lease import held
from mailproc.desk.ground.site import entry_of, line_left, site_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.said import says_nothing
from mailproc.errors import StoreError
from mailproc.failpoint import reach
from mailproc.kinds.event import EventName
from mailproc.kinds.every import FOLDERS, GOES_UP, KINDS
from mailproc.kinds.kind import Up
from mailproc.publish.bundle import (
    Bundle,
    Enclosure,
    Page,
    Retracted,
    inside_of,
    publish_article,
    publish_material,
    restore,
    retract,
    take_away,
)
from mailproc.publish.web import Inside, Site
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.service import switches
from mailproc.store.work import attachments, items, journal
from mailproc.workflow import machine
from mailproc.workflow.actor import CLOCK
from mailproc.workflow.event import Event
from mailproc.workflow.facts import NOTHING, Replaced, WentUp
from mailproc.workflow.item import Item, JournalLine, KeptAttachment

Enter = Callable[[str, datetime], bool]  # receives and processes a message of the clock; False if it had no effect


@dataclass(frozen=True, slots=True)
class Work:
    """One published work, or what is left of it, as the desk knows it."""

    item: Item
    place: str  # counted from the published folder
    what: Bundle | Retracted


@dataclass(frozen=True, slots=True)
class Due:
    """What publishing has to do."""

    up: tuple[Item, ...] = ()  # approved and settled
    anew: tuple[Item, ...] = ()  # another text takes the place of the one that is up
    down: tuple[Item, ...] = ()  # retracted or taken back, and still there
    renamed: tuple[Item, ...] = ()  # its author wants another name on it


def publish_due(desk: Desk, enter: Enter) -> bool:
    """Put up what is due and take down what was retracted; False if nothing came of it.

    One process at a time does so. Raises StoreError for what could not be put up, after all that could.
    """
    if _due(desk) == Due():
        return False
    with held(desk, "publish") as lease:
        return lease is not None and _publish(desk, enter, _due(desk))


def _due(desk: Desk) -> Due:
    """Nothing while publishing is paused."""
    with reading(desk.engine) as conn:
        if switches.paused(conn, "publishing"):
            return Due()
        found = items.for_publishing(conn)
    approved = [item for item in found if item.state == "approved" and _is_due(item)]
    anew = [item for item in found if goes_up_anew(item)]
    down = [item for item in found if item.state not in machine.UP and item.place and item not in approved]
    renamed = [item for item in found if item.state in machine.UP and item.renames and item not in anew]
    return Due(tuple(approved), tuple(anew), tuple(down), tuple(renamed))


def _publish(desk: Desk, enter: Enter, due: Due) -> bool:
    happened, refused = [], []
    for item in (*due.up, *due.anew):
        try:
            happened.append(_up(desk, enter, item))
        except StoreError as error:  # told when the others are up: they do not wait for it
            refused.append(error)
    for item in due.down:
        with reading(desk.engine) as conn:
            at = _down_at(conn, item)
        retract(desk.config.storage.published, item.place or "", item.ref, at.date(), left_of(desk, item, at.date()))
        happened.append(enter(f"taken_down {item.ref}", at))
    happened += [_rename(desk, enter, item) for item in due.renamed]
    if refused:
        raise refused[0]
    return any(happened)


def _rename(desk: Desk, enter: Enter, item: Item) -> bool:
    """The same page under another name."""
    work = work_of(desk, item.ref)
    restore(desk.config.storage.published, work.place, work.what)
    with reading(desk.engine) as conn:
        wish = next(line for line in reversed(journal.of(conn, item.ref)) if line.event == EventName.BYLINE)
    return enter(f"renamed {item.ref} {wish.number}", wish.at)


def _up(desk: Desk, enter: Enter, item: Item) -> bool:
    """One bundle, then its event; what was taken back meanwhile stands as before."""
    anew = goes_up_anew(item)
    with reading(desk.engine) as conn:
        if says_nothing(conn, item):
            raise StoreError(f"{item.ref}: it has no word, no document and no picture; take it back: undo {item.ref}")
        at = _settled_at(conn, item)
        up = _line_up(conn, item.ref) if anew else None
        kept = attachments.of_messages(conn, _numbers_by(conn, item, up)) if up else attachments.of_item(conn, item)
        earlier = up or _line_up(conn, item.ref)
    item = replace(item, place=_place_of(desk, item, earlier) or None) if earlier else item  # readers know it there
    place = _put_up(desk, as_it_goes_up_anew(item, at) if anew else item, kept, item.published_at or at)
    reach("publish.renamed")
    said = f"{machine.ANEW[item.motion_settles]} {item.ref}" if anew else f"{_goes_up(item).event} {item.ref} {place}"
    happened = enter(said, at)
    if not _took_effect(desk, item):
        _put_right(desk, item.ref, place)
    return happened


def goes_up_anew(item: Item) -> bool:
    """Members have decided on another text, or on a note, that has settled, and it is not up yet."""
    return item.motion_settles in machine.ANEW and machine.settled(item)


def as_it_goes_up_anew(item: Item, at: datetime) -> Item:
    """The item as the event will leave it."""
    name = machine.ANEW[item.motion_settles]
    facts = Replaced(earlier=item.text_sha256) if name is EventName.REPLACED else NOTHING
    happened = Event(item.ref, name, CLOCK, due=at, facts=facts)
    stepped = machine.step(item, happened, at)
    return stepped[0] if stepped else item


def _took_effect(desk: Desk, item: Item) -> bool:
    with reading(desk.engine) as conn:
        now = items.get(conn, item.ref)
    return now is not None and now.state in machine.UP and not goes_up_anew(now)


def _put_right(desk: Desk, ref: str, place: str) -> None:
    """The decision was taken back between the bundle and its event: what stood there stands again, or nothing."""
    with reading(desk.engine) as conn:
        was_up = _line_up(conn, ref) is not None
    if was_up:
        work = work_of(desk, ref)
        restore(desk.config.storage.published, work.place, work.what, page_of(desk, work))
    else:
        take_away(desk.config.storage.published, place, ref)


def rests(desk: Desk) -> bool:
    """Publishing is paused."""
    with reading(desk.engine) as conn:
        return switches.paused(conn, "publishing")


def _is_due(item: Item) -> bool:
    return machine.settled(item) and KINDS[item.kind].up is not None


def _settled_at(conn: Connection, item: Item) -> datetime:
    """When the decision took effect: a due time, however late this is noticed."""
    settled = [line.at for line in journal.of(conn, item.ref) if line.event in {EventName.SETTLE, *machine.ANEW}]
    return settled[-1] if settled else item.waiting_since


def _put_up(desk: Desk, item: Item, kept: Sequence[KeptAttachment], at: datetime) -> str:
    """Write the bundle; its place, counted from the published folder."""
    bundle = _bundle(desk, item, kept, at)
    root = desk.config.storage.published
    up = _goes_up(item)
    page = partial(_page, site_of(desk), item, bundle)
    if up.grouped and item.group:
        return publish_material(root, item.group, bundle, up.folder, page)
    return publish_article(root, bundle, up.folder, page)


def _page(site: Site, item: Item, bundle: Bundle, place: str) -> bytes:
    """A work's page for browsers."""
    return site.work(entry_of(item, place, bundle.published_at), inside_of(bundle))


def left_of(desk: Desk, item: Item, on: date, *, hidden: bool = False) -> Page:
    """The page of what is left of a work."""
    site = site_of(desk)
    return lambda place: site.work(line_left(item, place, on, hidden=hidden), Inside())


def page_of(desk: Desk, work: Work) -> Page:
    """The page of a work, or of what is left of it, as it should stand."""
    if isinstance(work.what, Retracted):
        return left_of(desk, work.item, work.what.on, hidden=work.what.hidden)
    return partial(_page, site_of(desk), work.item, work.what)


def proof_of(desk: Desk, item: Item, kept: Sequence[KeptAttachment], at: datetime) -> bytes:
    """The page of a work that is not up yet, as it would stand then. Raises StoreError, ConfigError."""
    return _page(site_of(desk), item, _bundle(desk, item, kept, at), f"{_goes_up(item).folder}/{item.ref}")


def _goes_up(item: Item) -> Up:
    """How works of its kind go up. Raises StoreError for one of a kind that does not."""
    up = KINDS[item.kind].up
    if up is None:
        raise StoreError(f"{item.ref}: nothing of this kind goes up; run `mailproc verify`")
    return up


def _bundle(desk: Desk, item: Item, kept: Sequence[KeptAttachment], at: datetime) -> Bundle:
    good = [_enclosure(desk, each) for each in kept if each.state == "kept"]
    document = next(
        (e for e in good if item.text_source.startswith("attachment ") and e.sha256 == item.text_sha256), None
    )
    return Bundle(
        ref=item.ref,
        title=item.title,
        author_name=item.signed,
        received_at=item.received_at,
        published_at=at,
        section=item.section,
        group=item.group,
        language=item.language,
        text=None if document else item.text,
        document=document,
        attachments=tuple(each for each in good if each is not document and each.sha256 not in item.earlier_sha256),
        place=item.place,
        replaced_at=item.replaced_at,
        replaced_by=item.replaced_by,
        earlier=item.earlier_sha256,
        notes=item.notes,
    )


def _enclosure(desk: Desk, kept: KeptAttachment) -> Enclosure:
    found = kept.attachment
    path = attachments.path_of(desk.config.storage.attachments, found.sha256)
    if path is None:
        raise StoreError(f"the octets of {found.name} ({found.sha256}) are gone; `mailproc mend` brings them back")
    return Enclosure(found.name, path, found.media_type, found.sha256)


# What is up, and what was


def published_refs(desk: Desk) -> list[str]:
    """The references of all works that are up or were taken down, by number."""
    with reading(desk.engine) as conn:
        return [item.ref for item in items.once_up(conn)]


def work_of(desk: Desk, ref: str) -> Work:
    """One of them, with its text. Raises StoreError where its octets or its entry are gone."""
    with reading(desk.engine) as conn:
        item = items.get(conn, ref)
        up = _line_up(conn, ref)
        if item is None or up is None:
            raise StoreError(f"{ref}: no event says where it went up; run `mailproc verify`")
        if item.state not in machine.UP:
            return Work(item, _place_of(desk, item, up), Retracted(item.ref, _down_at(conn, item).date()))
        if item.hidden_at is not None:
            return Work(item, item.place or "", Retracted(item.ref, item.hidden_at.date(), hidden=True))
        kept = attachments.of_messages(conn, _numbers_by(conn, item, up))
    return Work(item, item.place or "", _bundle(desk, item, kept, item.published_at or up.at))


def changes_next(work: Work) -> bool:
    """It came down and still stands, or it or its new text may be up already; `publish_due` sees to it."""
    item = work.item
    goes_up = item.state == "approved" and _is_due(item)
    down = isinstance(work.what, Retracted) and not work.what.hidden and item.place is not None
    return down or goes_up or goes_up_anew(item) or item.renames


def group_of(work: Work) -> str | None:
    """The group file that a work is listed in; None for what stands by itself."""
    return work.item.group if FOLDERS.get(work.place.partition("/")[0]) else None


def _line_up(conn: Connection, ref: str) -> JournalLine | None:
    return next((line for line in reversed(journal.of(conn, ref)) if line.event in GOES_UP), None)


def _down_at(conn: Connection, item: Item) -> datetime:
    """When it came down the last time."""
    lines = journal.of(conn, item.ref)
    left = (line.at for line in reversed(lines) if line.before in machine.UP and line.after not in machine.UP)
    return next(left, item.waiting_since)


def _numbers_by(conn: Connection, item: Item, up: JournalLine) -> Iterator[int]:
    """The item's messages that had their turn before it went up: what came later is no part of the bundle."""
    last = rows.get(conn, up.number)
    for number, _ in items.messages_of(conn, item.ref):
        row = rows.get(conn, number)
        if row and last and (row.sequence or 0) <= (last.sequence or 0):
            yield number


def _place_of(desk: Desk, item: Item, up: JournalLine) -> str:
    """Where a work stood that was taken down: its row has forgotten, the entry has not."""
    decided = archive.read_entry(desk.archive, up.number) if item.place is None else None
    happened = decided.events if decided else ()
    places = [e.facts.place for e in happened if e.ref in item.refs and isinstance(e.facts, WentUp)]
    return item.place or next(iter(places), "")
