"""The way a mail took, as its Received fields tell it: for people to read in `trace`, never for identity.

They are strangers' words, in every shape that mail servers invent; what cannot be told is "?" or 0. Nothing is
decided by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from mailproc.message.field.envelope import fields_of
from mailproc.message.field.received import Received, received

HEAD_OCTETS = 1 << 16  # of the message; Received fields stand on top


@dataclass(frozen=True, slots=True)
class Hop:
    """One server's Received field."""

    by: str
    sender: str  # what it says of where the mail came from
    waited_seconds: int  # since the hop before it


def hops(head: bytes) -> tuple[Hop, ...]:
    """The hops of a message whose first octets these are, in the order it took; () where it has none."""
    fields = [received(value) for name, value in fields_of(head[:HEAD_OCTETS]) if name == "received"]
    way = fields[::-1]
    waits = [0, *(_waited(before, after) for before, after in pairwise(way))]
    return tuple(Hop(each.by or "?", each.sender or "?", wait) for each, wait in zip(way, waits, strict=False))


def _waited(before: Received, after: Received) -> int:
    return max(0, int((after.at - before.at).total_seconds())) if before.at and after.at else 0
