"""The way a mail took, as its Received fields tell it: for people to read in `trace`, never for identity.

mail-parser takes the fields apart and counts the time between them. They are strangers' words, in every shape that mail
servers invent: which host wrote a field is read by `received`, for mail-parser takes the first "by", which may be a
client's; and whatever it raises or leaves out is told as far as `received` can. Nothing is decided by any of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import mailparser

from mailproc.message.field.envelope import fields_of
from mailproc.message.field.received import Received, received

HEAD_OCTETS = 1 << 16  # of the message; Received fields stand on top
UNTOLD = "?"


@dataclass(frozen=True, slots=True)
class Hop:
    """One server's Received field."""

    by: str
    sender: str  # what it says of where the mail came from
    waited_seconds: int  # since the hop before it


def hops(head: bytes) -> tuple[Hop, ...]:
    """The hops of a message whose first octets these are, in the order it took; () where it has none."""
    fields = [received(value) for name, value in fields_of(head[:HEAD_OCTETS]) if name == "received"][::-1]
    told = _told(head)
    if len(told) != len(fields):  # it left one out, so nobody knows which is which
        told = [{}] * len(fields)
    return tuple(_hop(field, words) for field, words in zip(fields, told, strict=True))


def _told(head: bytes) -> list[dict[str, object]]:
    """What mail-parser makes of each Received field, oldest first; [] where it stumbles."""
    header = head[:HEAD_OCTETS].replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n\n"
    try:
        return [each for each in mailparser.parse_from_bytes(header).received if isinstance(each, dict)]
    except Exception:  # noqa: BLE001 - mail-parser raises what it likes on real mail (AttributeError, TypeError, ValueError)
        return []


def _hop(field: Received, words: dict[str, object]) -> Hop:
    delay = words.get("delay")
    waited = max(0, int(delay)) if isinstance(delay, int | float) else 0
    return Hop(field.by or UNTOLD, str(words.get("from") or field.sender or UNTOLD), waited)
