"""Whether an item says anything: nothing without a word, a document or a picture is decided on, sorted or put up.

What goes up as words, such as an article, needs words: its own, or a document's (`Up.document`).

Asked at each door behind the first (`hear/unread` is the first), for a desk may hold items of an earlier release.
And what its author reads of a reason that members named: how they call each is `review.language.reasons`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.errors import StoreError
from mailproc.kinds.every import KINDS
from mailproc.message.mime.attachment import is_text_document
from mailproc.message.text.nothing import has_words, speaks
from mailproc.phrase import Phrase, say
from mailproc.store.octets import archive
from mailproc.store.work import attachments, votes
from mailproc.workflow.item import Item, KeptAttachment


def says_nothing(conn: Connection, item: Item, kind: str = "") -> bool:
    """Whether readers would see nothing of it, as this kind or its own; False for kinds that never go up."""
    up = KINDS[kind or item.kind].up
    if up is None or item.text_source.startswith("attachment "):
        return False
    return is_nothing(item.text or "", attachments.of_item(conn, item), worded=up.document)


def is_nothing(text: str | None, kept: Iterable[KeptAttachment], *, worded: bool = False) -> bool:
    """The same of a text and its attachments; a text that is None stands in a document. `worded`: only words count."""
    if text is None or has_words(text):
        return False
    says = is_text_document if worded else speaks
    return not any(says(each.attachment) for each in kept if each.state == "kept")


def text_read(desk: Desk, number: int) -> str | None:
    """The text that a mail brought, as its entry has it; None where it brought none, or the entry is gone."""
    try:
        decided = archive.read_entry(desk.archive, number)
    except StoreError:  # `verify` says so; what stands beside a text is not worth a digest
        return None
    return decided.text if decided else None


# Named reasons

TEXTS: Mapping[str, Phrase] = {
    "offtopic": say("named/offtopic"),
    "later": say("named/later"),
    "duplicate": say("named/duplicate"),
    "unsourced": say("named/unsourced"),
    "private": say("named/private"),
    "advertising": say("named/advertising"),
    "incomplete": say("named/incomplete"),
    "unknown": say("named/unknown"),
    "full": say("named/full"),
}


def because_of(conn: Connection, ref: str) -> tuple[Phrase, ...]:
    """The reasons that standing votes against an item name, each once, in the order of the votes."""
    against = (vote for vote in votes.of(conn, ref) if vote.verdict == "reject" and not vote.undone)
    return tuple(TEXTS[slug] for slug in dict.fromkeys(vote.because for vote in against) if slug in TEXTS)
