"""What to look at before deciding on an item: the check list in its block. It asks, and changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.dossier import proposed
from mailproc.dossier.cloud import clouds_in
from mailproc.dossier.page import REPLY
from mailproc.dossier.part import part_in
from mailproc.kinds import reference
from mailproc.kinds.every import KINDS
from mailproc.message.field.address import is_of
from mailproc.message.text.forwarded import forwards
from mailproc.phrase import Phrase, say
from mailproc.store.work import attachments, groups, items
from mailproc.workflow import machine
from mailproc.workflow.group import Group
from mailproc.workflow.item import Item

TAKEDOWN = "takedown"  # section of an enquiry that asks to take something down, by the rules
MOST_MEANT = 3  # pages
_NAME = re.compile(r"[^\W\d_]{3,}")  # a word of a name; initials are none


def checks(conn: Connection, desk: Desk, item: Item) -> tuple[Phrase, ...]:
    """One line for each thing to look at."""
    of_kinds = (*_of_proposal(conn, desk, item), *_of_organisation(conn, desk, item), *_of_takedown(conn, item))
    return (*of_kinds, *_of_parts(conn, item), *_of_any(conn, item))


def parts_beside(conn: Connection, item: Item) -> tuple[str, ...]:
    """The references of other parts of the same work, by title and author; those that are over are none."""
    part = part_in(item.title) if KINDS[item.kind].up is not None else None
    if part is None:
        return ()
    theirs = (each for each in items.by_author(conn, item.author.email) if each.kind == item.kind)
    others = (each for each in theirs if each.number != item.number and each.state not in KINDS[item.kind].ends)
    named = ((each, part_in(each.title)) for each in others)
    return tuple(each.ref for each, other in named if other and other.of == part.of and other.number != part.number)


def _of_parts(conn: Connection, item: Item) -> Iterator[Phrase]:
    """It goes with others, on which there are votes of their own."""
    if parts_beside(conn, item):
        yield say("remark/parts")


def kept_back(item: Item, *beside: str) -> tuple[str, ...]:
    """Words of its author's name that are not to go up, and stand in title, text or `beside` all the same."""
    return withheld(item.author.name, item.byline, " ".join((item.title, item.text or "", *beside)))


def _going_up(conn: Connection, item: Item) -> Iterator[str]:
    """What files that go up with it are called, and begin with."""
    for each in attachments.of_item(conn, item) if item.byline is not None else ():
        if each.state == "kept":
            yield each.attachment.name.replace("_", " ")
            yield each.extract.begins if each.extract else ""


def withheld(own: str, byline: str | None, said: str) -> tuple[str, ...]:
    """Words of somebody's own name that are not in their byline, and are said."""
    if byline is None:
        return ()
    shown, here = ({word.casefold() for word in _NAME.findall(text)} for text in (byline, said))
    hidden = (word for word in _NAME.findall(own) if word.casefold() not in shown)
    return tuple(word for word in hidden if word.casefold() in here)


def _of_any(conn: Connection, item: Item) -> Iterator[Phrase]:
    kind = KINDS[item.kind]
    if item.byline is not None:
        yield say("remark/byline", name=item.byline)
    if hidden := kept_back(item, *_going_up(conn, item)):
        yield say("remark/kept-back", words=" ".join(hidden))
    if item.appealed_at is not None:
        yield say("remark/appealed", at=item.appealed_at)
    if kind.up is not None:
        yield say("remark/private-person")
    if kind.grouped and item.group is None:
        yield say("remark/no-group")
    if clouds := clouds_in(item.text or ""):
        yield say("remark/cloud", where=", ".join(clouds))
    if kind.unclear and forwards(item.text or ""):
        yield say("remark/forwarded")
    if item.guessed:
        yield say("remark/guessed", charset=item.guessed)


def _of_proposal(conn: Connection, desk: Desk, item: Item) -> Iterator[Phrase]:
    """Files are on organisations with a public face, one on each."""
    if not KINDS[item.kind].opens:
        return
    person = proposed.of_a_person(item.group or "") or proposed.read(item.title, item.text or "").person
    if not item.group:
        yield say("remark/no-name")
    known = group_of(conn, desk, item.group or "")
    if known is not None:
        yield say("remark/has-file", name=known.name, state=known.state)
    yield say("remark/private-person-file", person=person, name=item.group or "")


def _of_takedown(conn: Connection, item: Item) -> Iterator[Phrase]:
    """Somebody wants something down: the word that hides it, for each page that they name, or for any."""
    if item.section != TAKEDOWN or KINDS[item.kind].up is not None:
        return
    text = f"{item.title}\n{item.text or ''}"
    named = {item.about, *(ref for line in text.split("\n") for ref in reference.all_in(line))}
    meant = [up for up in items.once_up(conn) if up.state in machine.UP and (up.ref in named or _leads_to(text, up))]
    for up in meant[:MOST_MEANT]:
        yield say("remark/takedown", ref=up.ref, title=up.title)
    if not meant:
        yield say("remark/takedown", ref="", title="")


def _leads_to(text: str, up: Item) -> bool:
    """An address of its page stands in a text."""
    return bool(up.place) and re.search(rf"{re.escape(up.place or '-')}(?![\w-])", text) is not None


def _of_organisation(conn: Connection, desk: Desk, item: Item) -> Iterator[Phrase]:
    """What a group's own organisation says of its file."""
    if item.section == REPLY and KINDS[item.kind].grouped:
        yield say("remark/reply", name=item.group or "")
        return
    own = own_organisation(conn, desk, item)
    if own is not None:
        domain = item.author.email.rpartition("@")[2]
        yield say("remark/own-organisation", name=own.name, domain=domain, proven=item.authenticated)


def group_of(conn: Connection, desk: Desk, name: str) -> Group | None:
    """The group of this name or alias; None where there is no such file."""
    return desk.group(groups.every(conn), name) if name.strip() else None


def own_organisation(conn: Connection, desk: Desk, item: Item) -> Group | None:
    """The group whose own organisation asks or says this of its file; None where it is somebody else's question."""
    if KINDS[item.kind].voted or not item.group:
        return None
    known = group_of(conn, desk, item.group)
    return known if known is not None and is_of(item.author.email, known.domains) else None
