"""Whom a letter about a mail goes to: its author, or the one mailbox that a malformed From field means.

The second reading is for people whose programs write `Poole, Jo <jo@x>`. It counts only where the envelope names the
same mailbox, so that nobody gets letters for a field that two programs read in two ways. It is never identity: who may
decide, and who is proven, is read of `Message.author` alone.
"""

from __future__ import annotations

from mailproc.message.field.address import canonical
from mailproc.message.model import Address, Envelope, Message


def writer_of(message: Message, envelope: Envelope) -> Address | None:
    """The author, else the answer address if it is the reverse-path; None: nobody to write to."""
    if message.author is not None or message.answer is None:
        return message.author
    path = (envelope.reverse_path or "").replace('"', "")
    return message.answer if path and canonical(path) == canonical(message.answer.email) else None
