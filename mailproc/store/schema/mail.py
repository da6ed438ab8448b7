"""Mails that came in and letters that go out."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from mailproc.store.columns import Instant, Words
from mailproc.store.schema.ground import message_number, metadata

received = Table(
    "received",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False, unique=True),  # catalogue I3: a second try finds the first number
    Column("received_at", Instant, nullable=False),
    Column("reverse_path", Text),
    Column("forward_paths", Words, nullable=False),
    Column("offset", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("leased_until", Instant),
    Column("holder", Text),  # who claimed it; none: nobody, or an older release
    Column("error", Text, nullable=False),
    Column("sequence", Integer, unique=True),
    Column("time", Instant),
    Column("kind", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("message_id", Text),
    Column("logical_key", Text, nullable=False),
    Column("effect_key", Text, unique=True),  # catalogue I3: the logical key, once a copy had its effect
    Column("subject", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("author_key", Text, nullable=False),
    Column("refs", Words, nullable=False),
    Column("duplicate_of", Integer),
    Column("identity", Text, nullable=False),
    Index(None, "state", "number"),
    Index(None, "state", "attempts", "number"),  # in this order they have their turns
    Index(None, "logical_key"),
    Index(None, "message_id"),
    Index(None, "author_key", "received_at"),
    Index(None, "kind", "time"),
    Index(None, "size"),  # a mailbox with a new UIDVALIDITY asks which of its mails we hold
)

outgoing = Table(
    "outgoing",
    metadata,
    Column("id", Text, primary_key=True),
    Column("message_id", Text, nullable=False, unique=True),
    Column("template", Text, nullable=False),
    Column("audience", Text, nullable=False),  # of the template
    Column("recipient", Text, nullable=False),
    Column("recipient_key", Text, nullable=False),
    Column("domain", Text, nullable=False),  # of the recipient: few letters at a time go to one
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("cause", Integer, ForeignKey("received.number"), nullable=False),
    Column("path", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try", Instant),
    Column("leased_until", Instant),
    Column("holder", Text),  # who is sending it
    Column("sent_at", Instant),
    Column("ref", Text, nullable=False),  # "" for a letter on no item: NULL would be unlike itself
    Column("reason", Text, nullable=False),
    Column("listed", Words, nullable=False),
    Column("reverse_path", Text, nullable=False),
    Column("retried_at", Instant),
    Column("noted", Text, nullable=False),  # what the archive tells of its trouble: "" nothing, late, fail, suppress
    UniqueConstraint("cause", "template", "recipient_key", "ref"),  # catalogue I4
    Index(None, "next_try", "created_at", "cause", "id"),  # what is due, oldest first, without sorting (catalogue F68)
    Index(None, "leased_until", "domain"),
    Index(None, "state", "noted", "created_at"),
    Index(None, "recipient_key", "template", "created_at"),
    Index(None, "template", "created_at"),
    Index(None, "ref", "template"),  # who has an item in a letter of its own
)

attempts = Table(
    "attempts",
    metadata,
    Column("outgoing", Text, ForeignKey("outgoing.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", Text),  # none while it runs; one that died is written "ambiguous" by the next
    Column("reply", Text, nullable=False),
)

source_aliases = Table(  # a received message, under the name a renumbered mailbox gives it (catalogue F33)
    "source_aliases",
    metadata,
    Column("source", Text, primary_key=True),
    message_number(),
)

unfetchable = Table(  # messages that a mailbox lists and does not give (catalogue F44)
    "unfetchable",
    metadata,
    Column("source", Text, primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
)
