"""What intake hands to the desk: a message as a source key and its octets, not yet read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One message at the door. The octets can be taken once, in pieces of at most 1 MiB."""

    source_key: str  # "imap:ACCOUNT/MAILBOX/UIDVALIDITY/UID" or "file:SHA256"
    chunks: Iterator[bytes]
    oversize: int = 0  # octets of a message that is larger than the limit: `chunks` is its header alone; 0 for others
