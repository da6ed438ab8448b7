"""The whole site: every work put up again, and the pages and lists made of them, as they should stand now.

Nothing of it is decided here, and nothing of others is removed. The front page bears a mark of all rows that pages are
made of, so a pass over the queue that changed nothing makes none of them; each work's page has one of its own, and only
those that another house format, name or address changes are made again. Raises StoreError.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from mailproc.desk.ground.lease import held
from mailproc.desk.ground.site import entry_of, line_left, site_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.laid import folders, group_files, list_groups
from mailproc.desk.turn.publishing import (
    changes_next,
    group_of,
    page_of,
    published_refs,
    rests,
    work_of,
)
from mailproc.desk.turn.sought import sought
from mailproc.dossier.wanted import Standing
from mailproc.errors import StoreError
from mailproc.publish.bundle import Bundle, inside_of, restore
from mailproc.publish.feed import Authority, feed
from mailproc.publish.files import refusals, replace_file
from mailproc.publish.site import wanted_files, write_wanted
from mailproc.publish.web import FEED, INDEX, Entry, File, Inside, Site, mark_of
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.work import groups, items
from mailproc.workflow import machine
from mailproc.workflow.item import Item


@dataclass(slots=True)
class Published:
    """What `publish_all` came to."""

    written: list[str] = field(default_factory=list)  # references of what was missing or changed
    unchanged: int = 0
    refused: list[str] = field(default_factory=list)  # a line for each work that could not be put up


def write_lists(desk: Desk) -> None:
    """All that is made of others, as it should stand now; nothing while publishing rests."""
    if rests(desk):
        return
    root = desk.config.storage.published
    write_wanted(root, _sought(desk), desk.config.desk.timezone)
    list_groups(desk, root)
    with reading(desk.engine) as conn:
        write_site(desk, conn, root)


def list_files(desk: Desk) -> dict[str, bytes]:
    """The octets of the lists, by name, as they should stand now."""
    root = desk.config.storage.published
    with reading(desk.engine) as conn:
        site = _lists(desk, conn, site_of(desk), items.once_up(conn), root)
    return wanted_files(_sought(desk), desk.config.desk.timezone) | site


def publish_all(desk: Desk, root: Path, progress: Callable[[int], None] = lambda _: None) -> Published:
    """Everything that is up or was taken down, and the lists, in `root` again; what stands there right is left alone.

    Nothing of others is removed.
    """
    came = Published()
    of_groups: dict[str, str] = {}
    for ref in published_refs(desk):
        try:
            work = work_of(desk, ref)
            written = restore(root, work.place, work.what, page_of(desk, work))
        except StoreError as error:
            came.refused.append(f"{ref}: {error}")
            continue
        finally:
            progress(1)
        if group := group_of(work):
            of_groups[work.place.rpartition("/")[0]] = group
        if written:
            came.written.append(ref)
        else:
            came.unchanged += 1
    for folder, group in of_groups.items():
        for name, octets in group_files(desk, root / folder, group).items():
            replace_file(root / folder / name, octets)
    write_wanted(root, _sought(desk), desk.config.desk.timezone)
    with reading(desk.engine) as conn:
        _write(root, _lists(desk, conn, site_of(desk), items.once_up(conn), root))
    return came


def _sought(desk: Desk) -> Standing:
    with reading(desk.engine) as conn:
        return sought(conn, desk, desk.now())


# Pages for browsers


def write_site(desk: Desk, conn: Connection, root: Path) -> None:
    """The pages of works and the lists of them, where they are not as they should be."""
    site, found = site_of(desk), items.once_up(conn)
    if mark_of(root / INDEX) == _mark(desk, conn, site, found, root):
        return
    with held(desk, "publish") as lease:
        if lease is None:  # whoever puts works up now comes here next
            return
        for ref in _stale(site, found, root):
            _put_right(desk, root, ref)
    _write(root, _lists(desk, conn, site, found, root))


def write_without(desk: Desk, conn: Connection, refs: Collection[str]) -> None:
    """The lists without these works, at once: of somebody who asked to be forgotten."""
    root, site = desk.config.storage.published, site_of(desk)
    _write(root, _lists(desk, conn, site, [item for item in items.once_up(conn) if item.ref not in refs], root))


def _put_right(desk: Desk, root: Path, ref: str) -> None:
    """One work with its page, or the line that stands in its place."""
    try:
        work = work_of(desk, ref)
        if not changes_next(work) and (root / work.place).is_dir():
            restore(root, work.place, work.what, page_of(desk, work))
    except StoreError:  # its octets or its entry are gone: `verify` says so with the cure
        return


def _write(root: Path, lists: dict[str, bytes]) -> None:
    """The front page last: its mark says that all others are right."""
    with refusals(root):
        for name in sorted(lists, key=lambda name: name == INDEX):
            replace_file(root / name, lists[name])


def _stale(site: Site, found: Sequence[Item], root: Path) -> Iterator[str]:
    """The references of works whose page is missing or not made of what it should be."""
    for item in found:
        entry = _up(item)
        if entry is None or mark_of(root / entry.place / INDEX) != site.mark_of(entry):
            yield item.ref


def _up(item: Item) -> Entry | None:
    """A work that is up."""
    if item.state in machine.UP and item.place and item.published_at and item.hidden_at is None:
        return entry_of(item, item.place, item.published_at)
    return None


def _mark(desk: Desk, conn: Connection, site: Site, found: Sequence[Item], root: Path) -> str:
    """What all lists are made of, as far as rows tell, which is enough."""
    made_of = [
        (entry_of(item, item.place or "", item.received_at), item.state, item.waiting_since, item.hidden_at)
        for item in found
    ]
    return site.mark(made_of, _files(desk, conn, root))


def _lists(desk: Desk, conn: Connection, site: Site, found: Sequence[Item], root: Path) -> dict[str, bytes]:
    mark, files = _mark(desk, conn, site, found, root), _files(desk, conn, root)
    entries = list(_entries(desk, found))
    made = site.lists([each for each in entries if not each.gone_on], files, mark)
    first = rows.first(conn)
    if site.url and first:
        authority = Authority(desk.domain, first.date())
        made[FEED] = feed(site, authority, entries, files, lambda ref: _inside(desk, ref))
    return made


def _entries(desk: Desk, found: Sequence[Item]) -> Iterator[Entry]:
    for item in found:
        if entry := _up(item):
            yield entry
            continue
        try:
            work = work_of(desk, item.ref)
        except StoreError:  # nobody knows any more where it stood
            continue
        if not isinstance(work.what, Bundle):
            yield line_left(item, work.place, work.what.on, hidden=work.what.hidden)


def _inside(desk: Desk, ref: str) -> Inside:
    """What stands in a work; nothing where its octets are gone."""
    try:
        work = work_of(desk, ref)
    except StoreError:
        return Inside()
    return inside_of(work.what) if isinstance(work.what, Bundle) else Inside()


def _files(desk: Desk, conn: Connection, root: Path) -> list[File]:
    """The files of groups that readers have."""
    up = {group.name: group.up_at for group in desk.groups(groups.every(conn)) if group.state == "up" and group.up_at}
    return [File(name, f"files/{folder.name}", at) for folder, name in folders(root) if (at := up.get(name))]
