"""A received message as the desk knows it: the row beside the archive file.

States: `received` waits for work; `processed`, `duplicate`, `unauthorised` are done with;
`stuck` failed three times, is kept and listed, and is tried again when the operator says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from mailproc.message.model import DOUBTS, Envelope

STATES = ("received", "processed", "duplicate", "unauthorised", "stuck", "quarantined", "oversize", "erased")
ATTEMPTS = 3  # then stuck
NUMBER = re.compile(r"[0-9]{1,18}")  # of a message, as large as a database takes
NO_EFFECT = frozenset({"step-up", "confirm-first", *DOUBTS})  # reasons of a first copy whose better copy may still act


@dataclass(frozen=True, slots=True)
class Received:
    """One message, however it came."""

    number: int
    source: str  # source key: imap:ACCOUNT/MAILBOX/UIDVALIDITY/UID file:SHA256 operator:UUID clock:DUE
    received_at: datetime
    envelope: Envelope
    offset: int  # octets of our trace fields at the head of the archive file; the message as it came follows
    size: int  # octets of the message as it came
    sha256: str  # of the same
    state: str = "received"
    attempts: int = 0
    error: str = ""
    sequence: int | None = None  # order of application
    time: datetime | None = None  # of its entry
    kind: str = ""
    rule: str = ""
    reason: str = ""
    message_id: str | None = None
    logical_key: str = ""
    subject: str = ""
    author: str = ""  # addr-spec, "" where there is no single one
    refs: tuple[str, ...] = ()
    duplicate_of: int | None = None
    identity: str = ""  # how the author was authenticated, "" not at all
