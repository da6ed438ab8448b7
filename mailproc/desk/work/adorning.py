"""Decoration: the logo below a signature, and what else comes with each mail of somebody and is no part of their work.

A small picture that stands in the mail's HTML is taken for that where two earlier mails of its author brought the same
octets. A member's word says it of any attachment, or takes it back; what is up stays as it is. Decoration is listed and
kept, and goes neither up nor into a file. Nothing here fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker, done, event, how, refused
from mailproc.kinds.event import EventName
from mailproc.phrase import say
from mailproc.review.reply.command import Command
from mailproc.store.columns import folded
from mailproc.store.work import attachments
from mailproc.workflow import machine
from mailproc.workflow.facts import Decorated
from mailproc.workflow.item import Item, KeptAttachment

DECORATION = "decoration"
MOST_OCTETS = 64 * 1024  # a photograph that is sent again is larger
OFTEN = 2  # earlier mails
_EDGES = " .,:;!\"'\u201c\u201d()"


def marked(conn: Connection, seen: Examined) -> Examined:
    """The mail with what comes with each mail of its author set down as decoration."""
    if seen.writer is None:
        return seen
    key = folded(seen.writer.email)
    return replace(seen, kept=tuple(_marked(conn, each, key, seen.row.number) for each in seen.kept))


def _marked(conn: Connection, kept: KeptAttachment, key: str, number: int) -> KeptAttachment:
    found = kept.attachment
    small = found.media_type.startswith("image/") and found.size <= MOST_OCTETS and found.content_id
    if kept.state != "kept" or not small or attachments.mails_with(conn, found.sha256, key, number) < OFTEN:
        return kept
    return replace(kept, state=DECORATION, reason="")


def adorn(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """A member's word on one attachment, by its name or its number in the letter."""
    if item.state in machine.UP:
        return refused(item, say("refused/settled", how=how(turn, item), settles=False))
    found = _named(attachments.of_item(turn.conn, item), command.words)
    if found is None or found.state not in {"kept", DECORATION} or found.attachment.sha256 == item.text_sha256:
        return refused(item, say("refused/no-attachment", name=command.words))
    decoration = command.verb == DECORATION
    facts = Decorated(sha256=found.attachment.sha256, decoration="yes" if decoration else "no")
    turn.happen(event(speaker, item, EventName.DECORATE, facts=facts))
    return done(turn, item, say("done/decoration", name=found.attachment.name, is_it=decoration))


def _named(kept: Sequence[KeptAttachment], words: str) -> KeptAttachment | None:
    """The one that words name: "logo.png", "attachment 2"; None where they name none, or more than one sort."""
    said = words.strip(_EDGES).casefold()
    number = said.rpartition(" ")[2]
    if number.isdecimal() and len(number) <= len(str(len(kept))) and 0 < int(number) <= len(kept):
        return kept[int(number) - 1]
    named = {each.attachment.sha256: each for each in kept if each.attachment.name.casefold() == said}
    return next(iter(named.values())) if len(named) == 1 else None
