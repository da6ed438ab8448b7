"""What was approved and has settled goes up; what was retracted comes down. Outside any transaction.

Order (DESIGN.md §4.4): the bundle is written and renamed into place, then the `published` (or `gathered`) event
is received as a message of the clock. A death in between writes the same bundle again: it is idempotent by
reference. What a bundle looks like is `publish`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from mailproc.desk.wire import Desk
from mailproc.errors import StoreError
from mailproc.failpoint import reach
from mailproc.publish.bundle import Bundle, Enclosure, publish_article, publish_material, retract
from mailproc.publish.site import write_wanted
from mailproc.store import attachments, groups, items
from mailproc.store.database import reading
from mailproc.workflow import machine
from mailproc.workflow.item import Item, KeptAttachment

Enter = Callable[[str, datetime], bool]  # receives and processes a message of the clock; False if it had no effect


def publish_due(desk: Desk, enter: Enter) -> bool:
    """Put up what is due and take down what was retracted; False if nothing came of it.

    Raises StoreError for what could not be put up, after all that could.
    """
    with reading(desk.engine) as conn:
        approved = [item for item in items.every(conn, state="approved", with_text=True) if _is_due(item)]
        kept = {item.ref: kept_of(conn, item) for item in approved}
        retracted = [item for item in items.every(conn, state="retracted") if item.place]
    happened, refused = [], []
    for item in approved:
        at = _settled_at(desk, item)
        try:
            place = _put_up(desk, item, kept[item.ref], at)
            reach("publish.renamed")
        except StoreError as error:  # told when the others are up: they do not wait for it
            refused.append(error)
            continue
        happened.append(enter(f"{'published' if item.kind == 'article' else 'gathered'} {item.ref} {place}", at))
    for item in retracted:
        retract(desk.config.storage.published, item.place or "", item.ref, item.waiting_since.date())
        happened.append(enter(f"taken_down {item.ref}", item.waiting_since))
    if refused:
        raise refused[0]
    return any(happened)


def write_lists(desk: Desk) -> None:
    """The wanted list beside the bundles, as it stands now."""
    with reading(desk.engine) as conn:
        known = desk.groups(groups.every(conn))
    write_wanted(desk.config.storage.published, known, ())


def _is_due(item: Item) -> bool:
    return machine.settled(item) and item.kind in {"article", "material"}


def _settled_at(desk: Desk, item: Item) -> datetime:
    """When the decision took effect: a due time, however late this is noticed."""
    return (item.decided_at or item.waiting_since) + desk.config.review.undo


def kept_of(conn: Connection, item: Item) -> list[KeptAttachment]:
    """Every attachment of an item: of the mail that opened it and of those that came later."""
    return attachments.of_messages(conn, [number for number, _ in items.messages_of(conn, item.ref)])


def _put_up(desk: Desk, item: Item, kept: Sequence[KeptAttachment], at: datetime) -> str:
    """Write the bundle; its place, counted from the published folder."""
    good = [_enclosure(desk, each) for each in kept if each.state == "kept"]
    document = next(
        (e for e in good if item.text_source.startswith("attachment ") and e.sha256 == item.text_sha256), None
    )
    bundle = Bundle(
        ref=item.ref,
        title=item.title,
        author_name=item.author.name,
        received_at=item.received_at,
        published_at=at,
        section=item.section,
        group=item.group,
        language=item.language,
        text=None if document else item.text,
        document=document,
        attachments=tuple(each for each in good if each is not document),
        place=item.place,
    )
    root = desk.config.storage.published
    if item.kind == "material" and item.group:
        return publish_material(root, item.group, bundle)
    return publish_article(root, bundle)


def _enclosure(desk: Desk, kept: KeptAttachment) -> Enclosure:
    found = kept.attachment
    path = attachments.path_of(desk.config.storage.attachments, found.sha256)
    if path is None:
        raise StoreError(
            f"the octets of {found.name} ({found.sha256}) are gone; restore data/attachments from the backup"
        )
    return Enclosure(found.name, path, found.media_type, found.sha256)
