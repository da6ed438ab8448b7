"""A member finds a wish among the mail that opened nothing: `sort 12 article` opens the item after all.

Bulk, spam and machine mail are kept like any other (design §6: sort works on any received number); what the
item needs is read of the archive once more and stands in the event, for the message's own entry is written.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from mailproc.desk.turn.said import is_nothing
from mailproc.desk.turn.turn import Turn
from mailproc.errors import ParseFailed
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS, ref_of
from mailproc.message.field.header import title_of
from mailproc.message.field.writer import writer_of
from mailproc.message.model import Message
from mailproc.message.text import nothing
from mailproc.message.words import extent
from mailproc.phrase import Phrase, say
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.work import attachments, items
from mailproc.workflow.actor import person
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Rescued, Sorted
from mailproc.workflow.received import Received


def rescue(turn: Turn, number: int, by: str, place: Sorted) -> Phrase | None:
    """Open an item of `place.kind` for a message that opened none; why not, or None if it is done."""
    row = rows.get(turn.conn, number)
    why = _settled(turn, row, place)
    if row is None or why:
        return why
    try:
        message = _read(turn, row)
    except ParseFailed as error:
        return say("refused/unreadable", why=str(error))
    kind, kept = KINDS[place.kind], attachments.of_messages(turn.conn, [number])
    says = nothing.says_nothing(message, [each.attachment for each in kept if each.state == "kept"])
    worded = kind.up is not None and kind.up.document
    if (kind.voted and says) or (worded and is_nothing(message.text, kept, worded=True)):
        return say("refused/no-words")
    ref = ref_of(place.kind, number)
    facts = _facts(turn, row, message, place)
    turn.happen(Event(ref, EventName.OPEN, person(by), reason="rescued", facts=facts))
    return None


def _settled(turn: Turn, row: Received | None, place: Sorted) -> Phrase | None:
    """Why no item can come of that message, whatever it says."""
    if row is None:
        return say("refused/no-message")
    if row.state != "processed" or row.kind in {"command", "clock", "review", "probe"}:
        return say("refused/no-mail", state=row.state, kind=row.kind)
    if items.refs_of(turn.conn, row.number):
        return say("refused/has-reference")
    if place.kind not in KINDS:
        return say("refused/no-kind", kind=place.kind, kinds=tuple(KINDS))
    return None


def _read(turn: Turn, row: Received) -> Message:
    with tempfile.TemporaryDirectory() as aside:
        path = archive.message_path(turn.desk.archive, row.number)
        return turn.desk.worker.parse(path, row.offset, Path(aside)).message


def _facts(turn: Turn, row: Received, message: Message, place: Sorted) -> Rescued:
    """What an item needs of its mail."""
    kept = [each.attachment for each in attachments.of_messages(turn.conn, [row.number]) if each.state == "kept"]
    taken = extent.words_of(message, place.kind, kept)
    author = writer_of(message, row.envelope)
    return Rescued(
        kind=place.kind,
        section=place.section,
        group=place.group,
        number=row.number,
        received_at=row.received_at,
        title=title_of(message.subject, message.text),
        author_name=author.name if author else "",
        author=author.email if author else "",
        identity=row.identity,
        language=message.spoken or turn.desk.config.desk.language,
        text=taken.text,
        text_source=taken.source,
        text_sha256=taken.sha256,
    )
