"""What a material is made of, read of its mails once more: text, later words, files, links; and how its file stands.

The mails are read in the archive, for rows hold no target of a link in HTML, and a text between `--- begin` and
`--- end` has its labels outside. A mail that is gone, changed or cannot be read gives what its rows hold. What pieces
come of it is `dossier.piece`'s; nothing is fetched. `words_of` gives the words of a text piece again, by its hash.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.extracting import headings_of, text_of
from mailproc.dossier.needs import Standing, needs_of, standing
from mailproc.dossier.piece import Contribution, Document, Mail, pieces_of
from mailproc.dossier.whole import find
from mailproc.errors import MailprocError
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS
from mailproc.message.model import Attachment, Message
from mailproc.message.words.extent import hash_of
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.work import attachments, files, groups, items, journal
from mailproc.workflow.group import LOOKED_FOR, Group, Piece
from mailproc.workflow.item import Item

TEXTS = frozenset({"version", "confirm"})  # roles of mails that may hold the item's text in the place of the first
ADDED = frozenset({EventName.ADDITION, EventName.RENEW})
PHOTOGRAPHS = frozenset({"image/jpeg", "image/heic", "image/heif"})  # what cameras write


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
                documents=tuple(
                    Document(each.sha256, words, headings_of(desk, each))
                    for each in kept
                    if (words := text_of(desk, each))
                ),
            )
        )
    return Contribution(item.ref, item.title, tuple(mails))


def of_a_mail(desk: Desk, item: Item, seen: Examined) -> Contribution:
    """The same of the one mail that is heard, which has no rows yet."""
    kept = tuple(each.attachment for each in seen.kept if each.state == "kept")
    mail = Mail(
        number=seen.row.number,
        text=item.text or "",
        sha256=item.text_sha256,
        said=seen.message.text,
        linked=seen.message.html_links or "",
        attachments=kept,
        documents=tuple(Document(each.sha256, words) for each in kept if (words := text_of(desk, each))),
    )
    return Contribution(item.ref, item.title, (mail,))


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


def brings(desk: Desk, conn: Connection, item: Item, given: Contribution) -> tuple[tuple[str, int], ...]:
    """What a material consists of, as people call it: (photograph, picture, text ..., how many); () of other kinds."""
    if not KINDS[item.kind].grouped:
        return ()
    needs = needs_of(group_of(conn, desk, item.group), desk.needs) if item.group else ()
    forms = Counter(
        "photograph" if piece.media_type in PHOTOGRAPHS else piece.form for piece in pieces_of(given, needs, desk.needs)
    )
    return tuple(forms.items())


# How its file stands


def group_of(conn: Connection, desk: Desk, name: str) -> Group:
    """The group of this name or alias as rules and messages have it; one that nobody knows is a name alone."""
    return desk.group(groups.every(conn), name) or Group(name)


def standing_of(conn: Connection, desk: Desk, group: Group) -> Standing:
    """What the file has of what it needs, and what it lacks."""
    return standing(group, desk.needs, files.of(conn, group.name))


def lacks(conn: Connection, desk: Desk, name: str | None) -> tuple[str, ...]:
    """What a file still lacks, as people call it; () where it looks for nothing any more, or there is none."""
    group = group_of(conn, desk, name) if name else None
    if group is None or group.state not in LOOKED_FOR:
        return ()
    return tuple(need.called for need in standing_of(conn, desk, group).missing)


def lacks_beside(desk: Desk, conn: Connection, item: Item, given: Contribution) -> tuple[str, ...] | None:
    """What the item's file would still lack with what is given, as people call it; None where that says nothing.

    So it is where the file looks for nothing, is an example, or nobody has said what it needs.
    """
    group = group_of(conn, desk, item.group) if item.group and KINDS[item.kind].grouped else None
    if group is None or group.example or group.state not in LOOKED_FOR or not group.needs:
        return None
    brought = pieces_of(given, needs_of(group, desk.needs), desk.needs)
    stands = standing(group, desk.needs, [*files.of(conn, group.name), *brought])
    return tuple(need.called for need in stands.missing)
