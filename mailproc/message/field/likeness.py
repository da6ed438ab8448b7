"""What a mail is known by again, wherever a mail server shows it: by its header, for its size may change in a copy.

A mailbox gives it a new number with each move, may end its lines otherwise, and may write marks of its own into the
header. Two mails with one likeness are one mail to us. Never fails, and proves nothing about who wrote.
"""

from __future__ import annotations

import re

NAMES = (b"message-id", b"date", b"from", b"subject")  # of a mail that has a Message-ID
STORES = (b"status", b"x-status", b"x-keywords", b"x-uid", b"x-imap", b"x-imapbase", b"content-length", b"lines")
LONGEST = 1 << 13  # octets that are compared
_LINE_END = re.compile(rb"\r*\n|\r")
_FOLD = re.compile(rb"\n[ \t]+")


def likeness(head: bytes) -> bytes:
    """What is compared of a message's first octets; what follows the header may be among them. b"" without a field."""
    unfolded = _FOLD.sub(b" ", _LINE_END.sub(b"\n", head))
    header = b"" if unfolded.startswith(b"\n") else unfolded.partition(b"\n\n")[0]
    fields = [
        (name.strip().lower(), value.strip()) for name, _, value in (x.partition(b":") for x in header.split(b"\n"))
    ]
    first: dict[bytes, bytes] = {}
    for name, value in fields:
        first.setdefault(name, value)
    if first.get(b"message-id"):
        fields = [(name, first.get(name, b"")) for name in NAMES]
    told = [name + b":" + value for name, value in fields if name and name not in STORES]
    return b"\n".join(told)[:LONGEST]
