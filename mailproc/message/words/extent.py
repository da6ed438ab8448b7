"""Which of the author's words are the article (design §5, Verbatim). Cuts, and alters nothing.

`text` is the whole text of the mail, unless lines `--- begin` and `--- end` by the author limit it, or a text
document is attached to an article: then that document is the article and the mail its cover note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from mailproc.kinds.every import KINDS
from mailproc.message.mime.attachment import is_text_document
from mailproc.message.model import Attachment, Message
from mailproc.message.words.marks import limits

JOINED = " joined"


@dataclass(frozen=True, slots=True)
class Taken:
    """The words taken from a mail."""

    text: str | None  # None: the document's readable extract is not made
    source: str  # see `source_of`; "attachment NAME"
    sha256: str  # of the UTF-8 of text, or of the document's octets
    first_line: int = 1  # of the text within the mail's text, counted from 1
    lines: int = 0  # the mail's text has
    marked: bool = False  # begin and end lines limit it


def hash_of(text: str) -> str:
    """SHA-256 of the UTF-8, hex."""
    return sha256(text.encode()).hexdigest()


def between(text: str) -> tuple[str, int] | None:
    """The text between the author's begin and end lines and the line it starts on; None without a begin line."""
    lines = text.split("\n")
    found = limits(lines)
    if found is None:
        return None
    begin, end = found
    taken = "\n".join(lines[begin + 1 :]) if end is None else "".join(f"{line}\n" for line in lines[begin + 1 : end])
    return taken, begin + 2


def source_of(message: Message) -> str:
    """Where a text of the mail itself comes from: "body", "html", "body and html".

    "body joined" where lines were joined (RFC 3676 §4), with " as KOI8-R" behind it where letters were guessed.
    """
    source = {"html": "html", "both": "body and html"}.get(message.text_source, "body")
    source += JOINED if message.joins else ""
    return f"{source} as {message.guessed}" if message.guessed else source


def guessed(source: str) -> str:
    """The charset of such a guess; "" none."""
    return "" if source.startswith("attachment ") else source.partition(" as ")[2]


def was_joined(source: str) -> bool:
    """Whether its lines were joined."""
    return not source.startswith("attachment ") and source.partition(" as ")[0].endswith(JOINED)


def words_of(message: Message, kind: str, kept: Sequence[Attachment]) -> Taken:
    """The words of a mail of this kind; `kept` are the attachments that were not refused."""
    up = KINDS[kind].up if kind in KINDS else None
    if up is not None and up.document:
        document = next((each for each in kept if is_text_document(each) and each.within is None), None)
        if document is not None:
            return Taken(None, f"attachment {document.name}", document.sha256)
    source = source_of(message)
    lines = message.text.removesuffix("\n").count("\n") + 1
    limited = between(message.text)
    text, first = limited or (message.text, 1)
    return Taken(text, source, hash_of(text), first, lines, marked=limited is not None)
