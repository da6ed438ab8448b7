"""Letters on a group file that goes up: its package to its claimer, its layout and its address to its contributors.

The package is a zip that stands on its own, in several letters where it is too large for one; what it lacks is named.
Contributors see how all of it is laid out, if their own mail was proven to be theirs. Octets are read from disk within
the turn; nothing is fetched, and nothing is decided here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from mailproc.config.carried import carried
from mailproc.desk.ground.site import house_of
from mailproc.desk.turn import laid
from mailproc.desk.turn.turn import Origin, Turn
from mailproc.dossier import layout
from mailproc.dossier.layout import lay_out
from mailproc.dossier.page import Block, Page, Section
from mailproc.errors import ConfigError
from mailproc.letters.laid import MOST_LINES, Lack, LaidPiece, LaidSection, Parcel
from mailproc.message.field.address import canonical
from mailproc.message.model import Address
from mailproc.publish.bundle import Enclosure
from mailproc.publish.house import House
from mailproc.publish.package import file_names, package
from mailproc.review import rota
from mailproc.review.member import Member
from mailproc.store.mail import outgoing
from mailproc.store.octets import disk
from mailproc.store.people import members
from mailproc.store.work import attachments, files, items
from mailproc.workflow import life
from mailproc.workflow.erasing import is_erased
from mailproc.workflow.event import group as group_ref
from mailproc.workflow.group import Group
from mailproc.workflow.item import Item

PACKAGE, OBJECTION, CLAIM_OVER = "member/package", "member/objection", "member/claim-over"
LAYOUT, HEARD, UP = "author/layout", "author/objection-heard", "author/up"


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody whose material is in a file."""

    author: Address
    items: tuple[Item, ...]  # theirs
    proven: bool  # a mail of theirs on it was authenticated, or held the secret of a letter to them


def called(turn: Turn, email: str) -> str:
    """A member by name, else by address."""
    member = members.get(turn.conn, email)
    return member.name or member.email if member else email


def is_here(turn: Turn, email: str) -> bool:
    """Whether somebody is a member still, away or not, and so may have a file."""
    member = members.get(turn.conn, email)
    return member is not None and member.state in life.HERE


def whoever(turn: Turn, email: str) -> str:
    """A contributor as members know them: a name where their mail was theirs, and the address."""
    names = (item.author.name for item in items.by_author(turn.conn, email) if item.authenticated and item.author.name)
    name = next(names, "")
    return f"{name} ({email})" if name else email


# Contributors


def contributors(turn: Turn, file: Group) -> list[Contributor]:
    """Everybody whose material is in the file, the first first; who asked to be forgotten is nobody."""
    theirs: dict[str, list[Item]] = {}
    for ref in dict.fromkeys(piece.ref for piece in files.of(turn.conn, file.name)):
        item = turn.item(ref)
        if item is not None and not is_erased(item.author.email):
            theirs.setdefault(canonical(item.author.email), []).append(item)
    return [_contributor(turn, mine) for mine in theirs.values()]


def _contributor(turn: Turn, mine: Sequence[Item]) -> Contributor:
    proven = [item for item in mine if item.authenticated]
    answered = any(role != "opening" for item in mine for _, role in items.messages_of(turn.conn, item.ref))
    author = proven[0].author if proven else replace(mine[0].author, name="")
    return Contributor(author, tuple(mine), bool(proven) or answered)


def who_sees(turn: Turn, file: Group) -> list[Contributor]:
    """Contributors who see how the file is laid out: those whose mail is known to be theirs."""
    return [each for each in contributors(turn, file) if each.proven]


def in_package(turn: Turn, file: Group) -> list[Item]:
    """The materials that were in the file when its claimer had the package last."""
    had = file.shown_at or file.since or turn.time
    mine = (item for each in contributors(turn, file) for item in each.items)
    return [item for item in mine if item.state == "gathered" and (item.published_at or had) <= had]


# How it is laid out


def page_of(turn: Turn, file: Group) -> Page:
    """The file as it is laid out now."""
    return laid.page_of(turn.conn, turn.desk, file)


def misread(turn: Turn, file: Group, lines: Sequence[str]) -> tuple[str, ...]:
    """Lines of a layout that name nothing in the file."""
    shown = laid.shown_of(turn.conn, turn.desk, file)
    return layout.misread(laid.titles_of(turn.desk, file), shown, lines)


def in_words(turn: Turn, file: Group) -> list[tuple[Section, str]]:
    """The sections of the page with their headings."""
    said = _house(turn).words(turn.desk.config.desk.language)
    return [(each, each.heading or said.get(each.slug, each.slug)) for each in page_of(turn, file).sections]


def _laid(sections: Sequence[tuple[Section, str]], mine: Collection[str]) -> tuple[LaidSection, ...]:
    """The same as a letter to whoever gave `mine` shows it."""
    return tuple(
        LaidSection(heading, tuple(_piece(block, mine=block.ref in mine) for block in section.blocks))
        for section, heading in sections
    )


def _piece(block: Block, *, mine: bool) -> LaidPiece:
    lines = block.text.rstrip("\n").split("\n")
    return LaidPiece(
        form=block.form,
        by=block.by,
        mine=mine,
        heading=block.heading,
        text="\n".join(lines[:MOST_LINES]),
        more=max(0, len(lines) - MOST_LINES),
        name=block.name,
        url=block.address,
        caption=block.caption,
        credit=block.credit,
        rights=block.rights,
    )


def _house(turn: Turn) -> House:
    """The desk's own house format; where that fails, the one that came with mailproc, so that no turn fails of it."""
    own = house_of(turn.desk)
    try:
        own.render(lay_out("", (), ()), {}, "")
    except ConfigError:  # `doctor` names the fault
        return House(carried() / "templates")
    return own


def parcels_of(turn: Turn, file: Group) -> tuple[list[Parcel], tuple[Lack, ...]]:
    """The file's package, in as many zips as letters carry it, and what it is without."""
    page, config = page_of(turn, file), turn.desk.config
    there, lacks = [], []
    for block in page.blocks:
        if block.form in {"text", "link"}:
            continue
        enclosure = _enclosure(turn, block)
        if enclosure is None:
            lacks.append(Lack(block.name, block.ref, "missing"))
        else:
            there.append(enclosure)
    made = package(_house(turn), page, there, config.desk.name, config.files.package)
    names = {name: key for key, name in file_names(page, {each.sha256 for each in there}).items()}
    lacks += [Lack(PurePosixPath(name).name, names[name][0], "too-large") for name in made.left_out]
    zips = enumerate(made.zips, 1)
    return [Parcel(n, len(made.zips), each.name, each.octets, each.holds) for n, each in zips], tuple(lacks)


def _enclosure(turn: Turn, block: Block) -> Enclosure | None:
    """The octets of a picture or document; None where they are gone, or are others."""
    path = attachments.path_of(turn.desk.config.storage.attachments, block.sha256)
    if path is None:
        return None
    with disk.refusals(path):
        octets = path.read_bytes()
    same = hashlib.sha256(octets).hexdigest() == block.sha256
    return Enclosure(block.name, path, block.media_type, block.sha256) if same else None


# Letters to contributors


def tell_layout(turn: Turn, file: Group, people: Sequence[Contributor], *, again: bool) -> None:
    """Each sees the whole file in words, once, in the thread of the first that is theirs."""
    sections = in_words(turn, file)
    for each in people:
        context = {
            "file": file,
            "items": each.items,
            "page": _laid(sections, {item.ref for item in each.items}),
            "until": file.objects_until,
            "again": again,
            "authenticated": each.items[0].authenticated,
        }
        _to_contributor(turn, LAYOUT, each, context)


def tell_up(turn: Turn, file: Group, *, again: bool) -> None:
    """Each hears where the file is; a letter that waits as long as it can be taken back."""
    for each in contributors(turn, file):
        mine = tuple(item for item in each.items if item.state == "up")
        if mine:
            context = {"file": file, "items": mine, "again": again, "authenticated": mine[0].authenticated}
            leaves = turn.after(turn.desk.config.review.undo)
            _to_contributor(turn, UP, replace(each, items=mine), context, not_before=leaves)


def _to_contributor(
    turn: Turn,
    template: str,
    each: Contributor,
    context: dict[str, object],
    *,
    not_before: datetime | None = None,
) -> None:
    """A letter about the first of their items, in its thread, that lists all of them."""
    first, refs = each.items[0], tuple(item.ref for item in each.items)
    origin = turn.opening(first)
    turn.write(template, each.author, context, ref=first.ref, listed=refs, origin=origin, not_before=not_before)


# Letters to its claimer


def send(turn: Turn, member: Member, file: Group, task: Item | None) -> None:
    """The file's package: one letter, or as many as it takes."""
    about = task.ref if task else group_ref(file.name)
    lines = layout.outline(page_of(turn, file), _house(turn).words(turn.desk.config.desk.language))
    order = tuple((heading, what) for heading, _, what in (line.rpartition(": ") for line in lines))
    parcels, lacks = parcels_of(turn, file)
    for number, parcel in enumerate(parcels, 1):
        context = {
            "file": file,
            "parcel": parcel,
            "absent": lacks,
            "order": order,
            "until": file.objects_until if file.objects_until and file.objects_until > turn.time else None,
        }
        to, ref = Address(member.name, member.email), about if number == 1 else f"{about}/{number}"
        turn.write(PACKAGE, to, context, ref=ref, listed=(task.ref,) if task else (), origin=Origin())


def tell_objection(turn: Turn, file: Group, item: Item, words: str, says: str) -> None:
    """Whoever has the file hears at once what a contributor says of its layout."""
    member = members.get(turn.conn, file.claimed_by)
    if member is None or not is_here(turn, member.email):
        return
    context = {"file": file, "item": item, "whom": whoever(turn, item.author.email), "words": words, "says": says}
    _to_claimer(turn, OBJECTION, member, file, item.ref, context)


def tell_claim_over(turn: Turn, file: Group, *, restores: bool) -> None:
    """Whoever had it hears that the claim's time is over. `file` is as it was then."""
    member = members.get(turn.conn, file.claimed_by)
    if member is None or not member.votes:
        return
    context = {"file": file, "restores": restores, "now": turn.time}
    _to_claimer(turn, CLAIM_OVER, member, file, group_ref(file.name), context)


def _to_claimer(turn: Turn, template: str, member: Member, file: Group, ref: str, context: dict[str, object]) -> None:
    """In the thread of the file's package, and not in quiet hours."""
    sent = outgoing.letters_to(turn.conn, member.email, PACKAGE, file.since or turn.time)
    origin = turn.under(sent[-1]) if sent else Origin()
    listed = sent[-1].listed if sent else ()
    leaves = rota.quiet_until(turn.desk.hours(member), turn.time)
    to = Address(member.name, member.email)
    turn.write(template, to, context, ref=ref, listed=listed, origin=origin, not_before=leaves)
