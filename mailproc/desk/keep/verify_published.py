"""What is published against rows, entries and kept octets: every file of every bundle, the group pages, the lists.

A folder that nobody's page claims is none of ours and is passed over. It says what it finds and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mailproc.desk.admit.entrance import access_files
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.flaw import Flaw, Report
from mailproc.desk.page.whole import list_files
from mailproc.desk.turn.laid import group_files
from mailproc.desk.turn.publishing import Work, changes_next, group_of, page_of, published_refs, rests, work_of
from mailproc.errors import StoreError
from mailproc.publish.bundle import claimed, differing
from mailproc.publish.web import INDEX
from mailproc.store.database import reading
from mailproc.store.work import items

PUBLISH = "`mailproc publish --all` puts it up again"
WORK = "`mailproc work` writes it again"


def look(desk: Desk, report: Report) -> None:
    """Every work that went up, then whatever else stands there."""
    root = desk.config.storage.published
    places: dict[str, str] = {}
    groups: dict[str, str] = {}
    unknown: set[str] = set()
    for ref in published_refs(desk):
        try:
            work = work_of(desk, ref)
            if not changes_next(work):
                report.findings += _bundle(root, work)
                report.findings += () if rests(desk) else _page(desk, root, work)
        except StoreError as error:  # its octets or its entry are gone: said with the cure
            report.findings.append(Flaw("bundle-unknown", ref, str(error)))
            unknown.add(ref)
            continue
        places[work.place] = ref
        report.works += 1
        if group := group_of(work):
            groups[work.place.rpartition("/")[0]] = group
    report.findings += (found for ref, found in _strangers(desk, root, places) if ref not in unknown)
    report.findings += _lists(desk, root, groups, any_works=bool(places))
    report.findings += _entrance(desk)


def _bundle(root: Path, work: Work) -> Iterator[Flaw]:
    number = work.item.number
    folder = root / work.place
    if not folder.is_dir():
        yield Flaw("bundle-missing", str(folder), PUBLISH, number)
        return
    wrong, strange = differing(root, work.place, work.what)
    if wrong:
        yield Flaw("bundle-changed", f"{folder}: {', '.join(wrong)}", PUBLISH, number)
    if strange:
        cure = "it is no part of the work; take it out"
        yield Flaw("bundle-has-more", f"{folder}: {', '.join(strange)}", cure, number)


def _page(desk: Desk, root: Path, work: Work) -> Iterator[Flaw]:
    """Its page for browsers, which is made by the house format as it is now."""
    page = root / work.place / INDEX
    if not page.parent.is_dir():  # told already
        return
    if not page.is_file():
        yield Flaw("list-missing", str(page), PUBLISH, work.item.number)
    elif page.read_bytes() != page_of(desk, work)(work.place):
        yield Flaw("list-changed", str(page), PUBLISH, work.item.number)


def _strangers(desk: Desk, root: Path, places: dict[str, str]) -> Iterator[tuple[str, Flaw]]:
    """Folders that say they are a work's, which the desk has not put there."""
    for place, ref in claimed(root):
        if places.get(place) != ref and not _goes_up_next(desk, ref):
            cure = f"nobody put {ref} up there; take it out"
            yield ref, Flaw("bundle-without-item", str(root / place), cure)


def _goes_up_next(desk: Desk, ref: str) -> bool:
    """The bundle is up and nobody has said so yet: `work` does."""
    with reading(desk.engine) as conn:
        item = items.get(conn, ref)
    return item is not None and item.state == "approved" and item.settles_at is None


def _lists(desk: Desk, root: Path, groups: dict[str, str], *, any_works: bool) -> Iterator[Flaw]:
    """The pages that are made of others. A site where nothing ever went up may have none yet; one that rests is old."""
    if rests(desk):
        return
    pages = {
        root / folder / name: octets
        for folder, group in groups.items()
        for name, octets in group_files(desk, root / folder, group).items()
    }
    pages |= {root / name: octets for name, octets in list_files(desk).items() if any_works or (root / name).exists()}
    for path, octets in pages.items():
        if not path.is_file():
            yield Flaw("list-missing", str(path), PUBLISH)
        elif path.read_bytes() != octets:
            yield Flaw("list-changed", str(path), PUBLISH)


def _entrance(desk: Desk) -> Iterator[Flaw]:
    """Who may come in, as rows and key say it; a desk without members has no such files."""
    folder = desk.config.storage.access
    if desk.held.flaw or not folder.is_dir():
        return
    for name, octets in access_files(desk).items():
        if not (folder / name).is_file():
            yield Flaw("list-missing", str(folder / name), WORK)
        elif (folder / name).read_bytes() != octets:
            yield Flaw("list-changed", str(folder / name), WORK)
