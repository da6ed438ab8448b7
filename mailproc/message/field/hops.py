"""The way a mail took, as its Received fields tell it: for people to read in `trace`, never for identity.

mail-parser reads the fields; they are strangers' words, in every shape that mail servers invent, so whatever it
raises means "cannot be told". Nothing is decided by it.
"""

from __future__ import annotations

from dataclasses import dataclass

import mailparser

HEAD_OCTETS = 1 << 16  # of the message; Received fields stand on top


@dataclass(frozen=True, slots=True)
class Hop:
    """One server's Received field."""

    by: str
    sender: str  # what it says of where the mail came from
    waited_seconds: int  # since the hop before it


def hops(head: bytes) -> tuple[Hop, ...]:
    """The hops of a message whose first octets these are, in the order it took; () where they cannot be told."""
    header = head[:HEAD_OCTETS].replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n\n"
    try:
        received = mailparser.parse_from_bytes(header).received
        return tuple(_hop(each) for each in received if isinstance(each, dict))
    except Exception:  # noqa: BLE001 - mail-parser raises what it likes on real mail (AttributeError, TypeError, ValueError)
        return ()


def _hop(field: dict[str, object]) -> Hop:
    delay = field.get("delay")
    waited = int(delay) if isinstance(delay, int | float) else 0
    return Hop(str(field.get("by", "?")), str(field.get("from", "?")), waited)
