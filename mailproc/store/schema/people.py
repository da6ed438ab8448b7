"""Members, and what waits for them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, false, true

from mailproc.store.columns import HourOfDay, Instant, Words
from mailproc.store.schema.ground import metadata

members = Table(
    "members",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("away_until", Instant),
    Column("schedule", Text, nullable=False, server_default="daily"),
    Column("hour", HourOfDay),
    Column("timezone", Text, nullable=False, server_default=""),
    Column("quiet", Text, nullable=False, server_default=""),
    Column("stand_in", Text, nullable=False, server_default=""),
    Column("silent", Boolean, nullable=False, server_default=false()),
    Column("leaves_at", Instant),
    Column("why", Text, nullable=False, server_default=""),
    Column("not_for", Words, nullable=False, server_default="[]"),  # names of groups that they have a part in
    Column("topics", Words, nullable=False, server_default="[]"),  # what they would like to be asked about first
)

access = Table(  # what a member's one-time secret was made of; the secret itself is nowhere
    "access",
    metadata,
    Column("letter", Text, primary_key=True),  # id of the letter that carries it
    Column("member", Text, nullable=False),  # registered addr-spec
    Column("cause", Integer, ForeignKey("received.number"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index(None, "member"),
)

access_told = Table(  # what the site's own command was told last; the service's own, not of the archive
    "access_told",
    metadata,
    Column("letter", Text, primary_key=True),
    Column("change", Text, nullable=False),  # given, over, ended
    Column("tried_at", Instant, nullable=False),
)

member_addresses = Table(
    "member_addresses",
    metadata,
    Column("address_key", Text, primary_key=True),  # an address belongs to one member
    Column("address", Text, nullable=False),
    Column("member", Integer, ForeignKey("members.id"), nullable=False),
    Column("position", Integer, nullable=False),  # 0 the registered one
    Index(None, "member"),
)

writers = Table(  # what whoever writes to the desk wishes of its letters
    "writers",
    metadata,
    Column("key", Text, primary_key=True),  # the address, folded
    Column("email", Text, nullable=False),  # as they write it
    Column("language", Text, nullable=False, server_default=""),  # of letters to them; "" as it comes
    Column("receipts", Boolean, nullable=False, server_default=true()),
    Column("gathers", Boolean, nullable=False, server_default=false()),  # one letter a day
    Column("waiting", Words, nullable=False, server_default="[]"),  # references for the day's letter
    Column("since", Instant),  # when the first of them came
    Column("at", Instant, nullable=False),
)

confirmations = Table(
    "confirmations",
    metadata,
    Column("id", Text, primary_key=True),  # the token
    Column("member", Text, nullable=False),
    Column("cause", Integer, ForeignKey("received.number"), nullable=False),
    Column("commands", Words, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index(None, "member", "created_at"),
)

readdressings = Table(  # members who write from another address from now on, if the old one or two members say yes
    "readdressings",
    metadata,
    Column("cause", Integer, ForeignKey("received.number"), primary_key=True),  # the mail that asked
    Column("member", Text, nullable=False),  # registered addr-spec
    Column("address", Text, nullable=False),  # the new one
    Column("at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("vouched", Words, nullable=False),  # members who said yes, addr-specs
    Column("outcome", Text, nullable=False),  # "" while it is open: see store/people/readdressings
    Index(None, "member", "at"),
    Index(None, "outcome", "expires_at"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("member", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("words", Text, nullable=False),  # a phrase as `phrase.kept` writes it; of older releases, a sentence
    Column("number", Integer, ForeignKey("received.number"), nullable=False),
    Column("shown_in", Text, ForeignKey("outgoing.id")),
    UniqueConstraint("member", "number", "words"),
)

digests = Table(
    "digests",
    metadata,
    Column("member", Text, primary_key=True),
    Column("period", Text, primary_key=True),  # catalogue F83: a clock that fires twice composes once
    Column("outgoing", Text, ForeignKey("outgoing.id")),  # none: nothing waited
    Column("at", Instant, nullable=False),
)
