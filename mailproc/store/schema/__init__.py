"""Every table, in SQLAlchemy Core: what the database knows. It is a view of the archive (design §2, law 3).

That something happens once is a UNIQUE constraint here, never a flag (catalogue I3, I4). A change of these files needs
a revision in `migrations/versions`.
"""

from __future__ import annotations

from mailproc.store.schema.ground import metadata
from mailproc.store.schema.mail import attempts, outgoing, received, source_aliases, unfetchable
from mailproc.store.schema.people import (
    access,
    access_told,
    confirmations,
    digests,
    member_addresses,
    members,
    notices,
    readdressings,
    writers,
)
from mailproc.store.schema.service import backups, clock, holders, keys, leases, probes, pulses, switches
from mailproc.store.schema.work import (
    aliases,
    asked,
    attachments,
    groups,
    item_messages,
    items,
    journal,
    objections,
    pieces,
    votes,
    wanted,
)

__all__ = [
    "access",
    "access_told",
    "aliases",
    "asked",
    "attachments",
    "attempts",
    "backups",
    "clock",
    "confirmations",
    "digests",
    "groups",
    "holders",
    "item_messages",
    "items",
    "journal",
    "keys",
    "leases",
    "member_addresses",
    "members",
    "metadata",
    "notices",
    "objections",
    "outgoing",
    "pieces",
    "probes",
    "pulses",
    "readdressings",
    "received",
    "source_aliases",
    "switches",
    "unfetchable",
    "votes",
    "wanted",
    "writers",
]
