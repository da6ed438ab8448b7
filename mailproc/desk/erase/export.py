"""Everything the desk keeps of one person, in one zip file that people and programs can read.

Their mails as they came, what was decided about each, their items, attachments and votes, the letters they got. Of
other people only what stood in those mails and letters: members' names, votes and notes are left out. The file appears
whole or not at all, and never over another. Raises UnknownReference, UsageError, StoreError.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from mailproc.desk.erase.forget import people_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.tell import look
from mailproc.desk.tell.look import WholeItem
from mailproc.errors import UnknownReference, UsageError
from mailproc.message.field.address import canonical
from mailproc.review.member import Member
from mailproc.store.database import reading
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.octets.disk import fresh, refusals, sync_folder
from mailproc.store.people import members
from mailproc.store.work import attachments, files, items, votes
from mailproc.workflow.entry import Entry, written
from mailproc.workflow.group import Piece
from mailproc.workflow.item import KeptAttachment
from mailproc.workflow.outgoing import Outgoing
from mailproc.workflow.received import Received

Json = dict[str, Any]
NOBODYS = {"clock", "desk", "operator"}  # actors who are no person


@dataclass(frozen=True, slots=True)
class Shapes:
    """How rows look as JSON."""

    received: Callable[[Received], Json]
    item: Callable[[WholeItem], Json]
    letter: Callable[[Outgoing], Json]
    member: Callable[[Member], Json]
    attachment: Callable[[KeptAttachment], Json]
    piece: Callable[[str, Piece], Json]  # the file's key, and the piece
    moment: Callable[[Any], str | None]


def export(
    desk: Desk, email: str, path: Path, shapes: Shapes, progress: Callable[[int], None] = lambda _: None
) -> Json:
    """Write `path`; the index that stands in it as index.json."""
    if path.exists():
        raise UsageError(f"{path}: is there already; name a new file with --to")
    with reading(desk.engine) as conn:
        told = _index(conn, desk, email, shapes)
        with fresh(path.absolute().parent) as (fd, temporary), refusals(path):
            with os.fdopen(os.dup(fd), "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archived:
                for name, octets in _files(conn, desk, told):
                    archived.writestr(name, octets)
                    progress(1)
            os.fsync(fd)
            os.link(temporary, path)  # never over another file
            sync_folder(path.absolute().parent)
            temporary.unlink()
    return told


def _index(conn: Connection, desk: Desk, email: str, shapes: Shapes) -> Json:
    """What is kept of them."""
    theirs = people_of(conn, desk, email).keys()
    own = [row for row in rows.every(conn) if _is(row.author or row.envelope.reverse_path or "", theirs)]
    letters = [letter for letter in outgoing.every(conn) if _is(letter.to, theirs)]
    opened = [item for item in items.every(conn) if _is(item.author.email, theirs)]
    member = members.get(conn, email)
    if not (own or letters or opened or member):
        raise UnknownReference(f"{email}: nothing is kept of this address; `mailproc received list` shows who wrote")
    wholes = [look.whole(conn, item) for each in opened if (item := items.get(conn, each.ref))]
    return {
        "email": email,
        "addresses": sorted(theirs),
        "made_at": shapes.moment(desk.now()),
        "desk": {"name": desk.config.desk.name, "address": desk.config.desk.address},
        "member": shapes.member(member) if member else None,
        "messages": [shapes.received(row) | {"file": f"mails/{row.number:06}.eml"} for row in own],
        "items": [_own_words(shapes.item(whole), theirs) for whole in wholes],
        "votes": list(_votes(conn, theirs, shapes)),
        "letters": [shapes.letter(letter) | {"file": f"letters/{letter.id}.eml"} for letter in letters],
        "pieces": [
            shapes.piece(file, piece)
            for each in opened
            for file, piece in files.of_item(conn, each.ref)
            if not piece.out
        ],
        "attachments": [
            shapes.attachment(kept) | {"file": _place(kept)}
            for kept in attachments.of_messages(conn, [row.number for row in own])
        ],
    }


def _is(email: str, theirs: Iterable[str]) -> bool:
    return "@" in email and canonical(email) in theirs


def _own_words(item: Json, theirs: Iterable[str]) -> Json:
    """An item without the other people who dealt with it."""
    lines = [
        line
        if _is(line["actor"], theirs)
        else line | {"actor": line["actor"] if line["actor"] in NOBODYS else "a member", "words": ""}
        for line in item["journal"]
    ]
    counted = [{"verdict": vote["verdict"], "at": vote["at"], "undone": vote["undone"]} for vote in item["votes"]]
    return item | {"journal": lines, "votes": counted}


def _votes(conn: Connection, theirs: Iterable[str], shapes: Shapes) -> Iterator[Json]:
    """How they voted on what others wrote."""
    for item in items.every(conn):
        for vote in votes.of(conn, item.ref):
            if _is(vote.member, theirs):
                said = {"verdict": vote.verdict, "words": vote.words, "undone": vote.undone}
                yield {"ref": item.ref, "at": shapes.moment(vote.at), **said}


def _place(kept: KeptAttachment) -> str:
    """Of an attachment in the zip; its name was made safe when it was read."""
    return f"attachments/{kept.number:06}-{kept.attachment.part}-{kept.attachment.name}"


def _files(conn: Connection, desk: Desk, told: Json) -> Iterator[tuple[str, bytes]]:
    """Every file of the zip, the indexes first; what is gone from the disk is left out."""
    yield "index.txt", _words(told).encode()
    yield "index.json", _json(told)
    theirs = set(told["addresses"])
    for each in told["messages"]:
        row = rows.get(conn, each["number"])
        path = archive.message_path(desk.archive, each["number"])
        if row and path.is_file():
            yield each["file"], path.read_bytes()[row.offset :]
        entry = archive.read_entry(desk.archive, each["number"])
        if entry:
            yield f"entries/{entry.number:06}.json", _entry(entry, theirs)
    for each in told["items"]:
        yield f"items/{each['ref']}.json", _json(each)
    for each in told["letters"]:
        letter = outgoing.get(conn, each["id"])
        if letter and (desk.outbox / letter.path).is_file():
            yield each["file"], (desk.outbox / letter.path).read_bytes()
    for each in told["attachments"]:
        path_of = attachments.path_of(desk.config.storage.attachments, each["sha256"])
        if path_of:
            yield each["file"], path_of.read_bytes()


def _entry(entry: Entry, theirs: Iterable[str]) -> bytes:
    """What was decided about a mail, without the letters to others that it caused."""
    letters = tuple(letter for letter in entry.letters if _is(letter.to, theirs))
    return _json(written(replace(entry, letters=letters)))


def _json(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def _words(told: Json) -> str:
    """The index for people."""
    lines = [f"What {told['desk']['name']} <{told['desk']['address']}> keeps of {told['email']}, {told['made_at']}", ""]
    if told["member"]:
        lines += [f"Member, {told['member']['state']} since {told['member']['since']}", ""]
    lines += ["Mails of theirs (mails/), and what was decided about each (entries/)"]
    lines += [
        f"  {m['number']:>6}  {m['received_at']}  {m['kind'] or m['state']}  {m['subject']}" for m in told["messages"]
    ]
    lines += ["", "Items (items/)"]
    lines += [f"  {i['ref']}  {i['state']}  {i['title']}" for i in told["items"]]
    lines += ["", "Attachments (attachments/)"]
    lines += [f"  {a['number']:>6}  {a['name']}, {a['media_type']}, {a['size']} octets" for a in told["attachments"]]
    lines += ["", "Pieces in the files of groups"]
    lines += [f"  {p['ref']}  {p['file']}  {p['form']}  {p['url'] or p['name']}" for p in told["pieces"]]
    lines += ["", "Votes"]
    lines += [f"  {v['at']}  {v['verdict']} {v['ref']}  {v['words']}".rstrip() for v in told["votes"]]
    lines += ["", "Letters to them (letters/)"]
    lines += [f"  {letter['created_at']}  {letter['state']}  {letter['subject']}" for letter in told["letters"]]
    return "\n".join(lines) + "\n"
