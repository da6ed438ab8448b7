"""Every kind there is. A new one needs its module, and its line here.

A reference is a kind's letter and the number of the message that opened the item: A-123.
"""

from __future__ import annotations

from mailproc.kinds import article, enquiry, material, membership, unsorted
from mailproc.kinds.kind import Kind

EVERY = (article.KIND, material.KIND, membership.KIND, enquiry.KIND, unsorted.KIND)

KINDS: dict[str, Kind] = {kind.name: kind for kind in EVERY}
LETTERS = "".join(kind.letter for kind in KINDS.values())


def ref_of(kind: str, number: int) -> str:
    """`A-123` for article 123. Raises KeyError for a kind that opens no item."""
    return f"{KINDS[kind].letter}-{number}"
