"""What a material is made of, read of its mails once more: its text, its later words, its files, links in any of it.

The mails are read in the archive, for rows hold no target of a link in HTML, and a text between `--- begin` and
`--- end` has its labels outside. A mail that is gone, changed or cannot be read gives what its rows hold. What pieces
come of it is `dossier.piece`'s; nothing is fetched. `words_of` gives the words of a text piece again, by its hash.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.extracting import text_of
from mailproc.dossier.piece import Contribution, Document, Mail
from mailproc.dossier.whole import find
from mailproc.errors import MailprocError
from mailproc.kinds.event import EventName
from mailproc.message.model import Attachment, Message
from mailproc.message.words.extent import hash_of
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.work import attachments, items, journal
from mailproc.workflow.group import Piece
from mailproc.workflow.item import Item

TEXTS = frozenset({"version", "confirm"})  # roles of mails that may hold the item's text in the place of the first
ADDED = frozenset({EventName.ADDITION, EventName.RENEW})


def contribution_of(desk: Desk, conn: Connection, item: Item, until: int | None = None) -> Contribution:
    """The material with its mails, in the order in which they came; `until`: those whose turn came before that."""
    linked = [(number, role) for number, role in items.messages_of(conn, item.ref) if _came(conn, number, until)]
    of_text = next((n for n, role in reversed(linked) if role in TEXTS), linked[0][0] if linked else item.number)
    added = {line.number: line.words for line in journal.of(conn, item.ref) if line.event in ADDED and line.words}
    mails = []
    for number in dict.fromkeys(number for number, _ in linked):
        is_text = number == of_text and item.text is not None
        text = (item.text or "") if is_text else added.get(number, "")
        message, kept = _read(desk, conn, number), _kept(conn, [number], item)
        mails.append(
            Mail(
                number=number,
                text=text,
                sha256=item.text_sha256 if is_text else hash_of(text) if text else "",
                said=message.text if message else text,
                linked=(message.html_links or "") if message else "",
                attachments=kept,
                documents=tuple(Document(each.sha256, words) for each in kept if (words := text_of(desk, each))),
            )
        )
    return Contribution(item.ref, item.title, tuple(mails))


def words_of(desk: Desk, conn: Connection, piece: Piece) -> str:
    """The text of a piece, octet for octet as its contributor wrote it; "" where it is nowhere any more."""
    item = items.get(conn, piece.ref)
    if item is None:
        return ""
    added = [line.words for line in journal.of(conn, item.ref) if line.event in ADDED and line.words]
    texts = [*([item.text] if item.text else []), *added]
    whole = next((text for text in texts if hash_of(text) == piece.sha256), None)
    return whole if whole is not None else _part(piece, [*texts, *_documents(desk, conn, item)])


def _part(piece: Piece, texts: Iterable[str]) -> str:
    found = (find(text, piece.heading, piece.size, piece.sha256) for text in texts)
    return next((part for part in found if part is not None), "")


def _documents(desk: Desk, conn: Connection, item: Item) -> Iterator[str]:
    numbers = [number for number, _ in items.messages_of(conn, item.ref)]
    for each in _kept(conn, numbers, item):
        if words := text_of(desk, each):
            yield words


def _came(conn: Connection, number: int, until: int | None) -> bool:
    if until is None:
        return True
    row, last = rows.get(conn, number), rows.get(conn, until)
    return row is not None and last is not None and (row.sequence or 0) <= (last.sequence or 0)


def _kept(conn: Connection, numbers: Iterable[int], item: Item) -> tuple[Attachment, ...]:
    found = [each.attachment for each in attachments.of_messages(conn, numbers) if each.state == "kept"]
    return tuple(each for each in found if each.sha256 not in item.earlier_sha256)


def _read(desk: Desk, conn: Connection, number: int) -> Message | None:
    """The mail as it was received; None where it is not there, changed, or cannot be read."""
    row, path = rows.get(conn, number), archive.message_path(desk.archive, number)
    try:
        if row is None or not path.is_file() or not archive.holds(path, row):
            return None
        with tempfile.TemporaryDirectory() as aside:
            return desk.worker.parse(path, row.offset, Path(aside)).message
    except (MailprocError, OSError):
        return None
