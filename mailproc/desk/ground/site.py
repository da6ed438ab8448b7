"""How the desk's pages are made, and an item as their lists have it. Reads templates; writes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from mailproc.config.carried import carried
from mailproc.desk.ground.wire import Desk
from mailproc.dossier.wording import shown_name
from mailproc.kinds.every import KINDS
from mailproc.publish.house import House
from mailproc.publish.page import public_name
from mailproc.publish.web import Entry, Site
from mailproc.workflow.item import Item


def house_of(desk: Desk) -> House:
    """The desk's templates of the house format, over those that came with mailproc."""
    return House(desk.config.storage.templates, carried() / "templates")


def site_of(desk: Desk) -> Site:
    """How all pages for browsers are made."""
    ours, url = desk.config.desk, desk.config.publish.url or ""
    return Site(house_of(desk), House(carried() / "templates"), ours.name, ours.language, url)


def entry_of(item: Item, place: str, on: datetime) -> Entry:
    """A work that stands at a place since then."""
    up = KINDS[item.kind].up
    return Entry(
        ref=item.ref,
        title=item.title,
        by=shown_name(public_name(item.signed)),
        place=place,
        on=item.published_at or on,
        language=item.language,
        section="" if up and item.section == up.section else item.section or "",  # the one that all have says nothing
        group=item.group or "",
        sha256=item.text_sha256,
        replaced_at=item.replaced_at,
        replaced_by=item.replaced_by,
        notes=item.notes,
        first_ref=item.refs[-1] if len(item.refs) == 1 else item.aliases[0],
    )


def line_left(item: Item, place: str, on: date, *, hidden: bool = False) -> Entry:
    """What is left of a work that came down that day, or is hidden since."""
    known = entry_of(item, place, item.received_at)
    at = datetime.combine(on, time(), UTC)
    return Entry(
        item.ref, "", "", place, known.on, group=known.group, gone_on=at, hidden=hidden, first_ref=known.first_ref
    )
