"""A group's file as the house lays it out, from the rows: the page of its package, and its pages beside the pieces.

While readers have a file (or did, and it is offline) `published/files/GROUP/index.md` and `index.html` are its laid-out
page; before that, `index.md` lists what was contributed. A template that fails leaves the page to the one that came
with mailproc: what is up stays readable, and `doctor` names the fault. Changes no row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from mailproc.config.carried import carried
from mailproc.desk.ground.site import house_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.contribution import words_of
from mailproc.dossier.layout import Shown, lay_out
from mailproc.dossier.needs import counted, distinct, needs_of
from mailproc.dossier.page import Page
from mailproc.errors import ConfigError
from mailproc.publish.bundle import group_page
from mailproc.publish.files import refusals, replace_file
from mailproc.publish.house import House
from mailproc.publish.page import front_matter
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.work import files, groups, items
from mailproc.workflow.erasing import is_erased
from mailproc.workflow.group import Group, Piece
from mailproc.workflow.item import Item

REPLY = "reply"  # section of material that is the organisation's own word
_HAD_BY_READERS = frozenset({"up", "offline", "claimed"})
_PAGES = ("index.md", "index.html")


def titles_of(desk: Desk, group: Group) -> list[tuple[str, str]]:
    """The house's sections of a file, in their order: (slug, heading)."""
    return [(need.slug, need.heading) for need in needs_of(group, desk.needs)]


def page_of(conn: Connection, desk: Desk, group: Group) -> Page:
    """The file laid out as its lines and the house ask."""
    language = desk.config.desk.language
    shown = shown_of(conn, desk, group)
    return lay_out(group.name, titles_of(desk, group), shown, group.layout, aliases=group.aliases, language=language)


def shown_of(conn: Connection, desk: Desk, group: Group) -> list[Shown]:
    """Each piece of a file once, with its words; what is not proven to be somebody's bears no name."""
    needs = needs_of(group, desk.needs)
    found = []
    for piece, item in _pieces(conn, group):
        row = rows.get(conn, piece.number)
        found.append(
            Shown(
                piece=replace(piece, need=counted(piece, needs, desk.needs)),
                by=item.signed if item.authenticated else "",
                text=words_of(desk, conn, piece) if piece.form == "text" else "",
                on=(row.received_at if row else item.received_at).date(),
                language=item.language,
                reply=item.section == REPLY,
            )
        )
    return [each for each in found if each.text or each.piece.form != "text"]


def _pieces(conn: Connection, group: Group) -> Iterator[tuple[Piece, Item]]:
    for piece in distinct(files.of(conn, group.name)):
        item = items.get(conn, piece.ref)
        if item is not None and item.hidden_at is None and not is_erased(item.author.email):
            yield piece, item


# Beside the pieces, where readers find them


def group_files(desk: Desk, folder: Path, name: str) -> dict[str, bytes]:
    """The octets of a group's own pages in its folder, by name, as they should stand now."""
    with reading(desk.engine) as conn:
        group = _up(conn, desk, name)
        if group is None:
            return {"index.md": group_page(folder, name)}
        page, mark = page_of(conn, desk, group), _mark(conn, desk, group)
    return _rendered(desk, page, _names(folder, page), mark)


def list_groups(desk: Desk, root: Path) -> None:
    """The pages of all files that readers have, written where they are not as they should be."""
    for folder, name in folders(root):
        with refusals(folder):
            _list_group(desk, folder, name)


def _list_group(desk: Desk, folder: Path, name: str) -> None:
    with reading(desk.engine) as conn:
        group = _up(conn, desk, name)
        mark = _mark(conn, desk, group) if group else None
    if front_matter(folder).get("laid_out") == mark:
        return
    made = group_files(desk, folder, name)
    for page in _PAGES:
        if page in made:
            replace_file(folder / page, made[page])
        else:
            (folder / page).unlink(missing_ok=True)


def folders(root: Path) -> Iterator[tuple[Path, str]]:
    """The folders of files, with whose they are."""
    for folder in sorted(root.glob("files/*")):
        group = front_matter(folder).get("group")
        if isinstance(group, str) and not folder.name.startswith("."):
            yield folder, group


def _up(conn: Connection, desk: Desk, name: str) -> Group | None:
    """The group, if readers have its file."""
    group = desk.group(groups.every(conn), name)
    return group if group and group.up_at and group.state in _HAD_BY_READERS else None


def _mark(conn: Connection, desk: Desk, group: Group) -> str:
    """What a page is made of, in a few characters: the same, and it need not be made again."""
    said = [(piece, item.signed, item.section, item.published_at) for piece, item in _pieces(conn, group)]
    made_of = (group.name, group.aliases, group.layout, titles_of(desk, group), said, desk.config.desk.name)
    return hashlib.sha256(repr((made_of, desk.config.desk.language)).encode()).hexdigest()[:16]


def _names(folder: Path, page: Page) -> dict[tuple[str, str], str]:
    """Where the files of pieces lie below the folder, by what the pages of their contributions say."""
    found = {}
    for ref in {block.ref for block in page.blocks}:
        listed = front_matter(folder / ref).get("attachments")
        own = front_matter(folder / ref)
        if own.get("file"):
            found[ref, str(own.get("sha256"))] = f"{ref}/{own['file']}"
        for each in listed if isinstance(listed, list) else ():
            found[ref, str(each.get("sha256"))] = f"{ref}/{each.get('name')}"
    return found


def _rendered(desk: Desk, page: Page, names: dict[tuple[str, str], str], mark: str) -> dict[str, bytes]:
    try:
        return house_of(desk).render(page, names, desk.config.desk.name, laid_out=mark)
    except ConfigError:
        return House(carried() / "templates").render(page, names, desk.config.desk.name, laid_out=mark)
