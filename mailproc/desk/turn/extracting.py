"""The words of a mail's documents, read before its turn with no transaction open, and found again afterwards.

What was read goes with the attachment into entry and row, so that a rebuild reads nothing; the whole text lies as a
derived file beside the attachment. One slow document must not hold up the queue: all documents of a mail together have
ten seconds, and what was not read for lack of time says so. Decides nothing; raises StoreError.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from mailproc.desk.ground.wire import Desk
from mailproc.document.kind import reader_of
from mailproc.document.limits import TOO_LARGE
from mailproc.document.lines import Words, beginning, count
from mailproc.inspect import documents
from mailproc.message.model import Attachment
from mailproc.store.octets import derived
from mailproc.store.work import attachments
from mailproc.workflow.item import MAX_BEGINS, Extract, KeptAttachment

SECONDS = 10.0  # for all documents of one mail
LEAST_SECONDS = 1.0  # a document with less than that is not begun
MAX_BYTES = 64 << 20  # of a document
NO_TIME = "no-time"
TEXT, HEADINGS = "txt", "headings"  # what the derived files are called


def read(desk: Desk, kept: Sequence[KeptAttachment], seconds: float = SECONDS) -> tuple[KeptAttachment, ...]:
    """The same attachments, with extracts of those that are kept and are documents."""
    until = time.monotonic() + seconds
    known: dict[str, Extract] = {}
    return tuple(_with_extract(desk, each, until, known) for each in kept)


def _with_extract(desk: Desk, kept: KeptAttachment, until: float, known: dict[str, Extract]) -> KeptAttachment:
    found = kept.attachment
    if kept.state != "kept" or not reader_of(found):
        return kept
    if found.sha256 not in known:
        known[found.sha256] = _extract(_read(desk, found, until - time.monotonic()))
    return replace(kept, extract=known[found.sha256])


def _extract(words: Words) -> Extract:
    return Extract(beginning(words.text, MAX_BEGINS), count(words.text), words.failure)


def _read(desk: Desk, attachment: Attachment, seconds: float) -> Words:
    """Read now, within so many seconds; the whole text is put beside the attachment."""
    root = desk.config.storage.attachments
    path = attachments.path_of(root, attachment.sha256)
    if attachment.size > MAX_BYTES or path is None:
        return Words("", TOO_LARGE)
    if seconds < LEAST_SECONDS:
        return Words("", NO_TIME)
    limits = replace(documents.LIMITS, seconds=min(seconds, documents.LIMITS.seconds))
    words = documents.read(path, reader_of(attachment), limits)
    if words.text or documents.is_for_ever(words.failure):
        derived.write(root, attachment.sha256, TEXT, words.text.encode())
        if words.headings:
            told = " ".join(f"{line}:{level}" for line, level in words.headings)
            derived.write(root, attachment.sha256, HEADINGS, told.encode())
    return words


def text_of(desk: Desk, attachment: Attachment) -> str:
    """All words of a document, read again where the file beside it is gone; "" for what is none or cannot be read."""
    if not reader_of(attachment):
        return ""
    octets = derived.read(desk.config.storage.attachments, attachment.sha256, TEXT)
    return octets.decode("utf-8", "replace") if octets is not None else _read(desk, attachment, SECONDS).text


def headings_of(desk: Desk, attachment: Attachment) -> tuple[tuple[int, int], ...]:
    """The (line, level) of what a document's own styles make a heading in its words; () where nothing says so."""
    octets = derived.read(desk.config.storage.attachments, attachment.sha256, HEADINGS)
    return documents.headings_of(octets.decode("ascii", "replace")) if octets else ()
