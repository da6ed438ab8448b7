"""Every table, in SQLAlchemy Core: what the database knows. It is a view of the archive (design §2, law 3).

Instants are integer seconds since 1970, UTC: they compare and add alike in SQLite and PostgreSQL, whatever the
collation, and our times are whole seconds anyway. Lists are JSON text. That something happens once is a UNIQUE
constraint here, never a flag (catalogue I3, I4). A change of this file needs a revision in `migrations/versions`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, time

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as whole seconds since 1970; a fraction is cut off. ValueError for a naive one."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Seconds."""
        del dialect
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; the store takes aware times only")
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """An aware time in UTC."""
        del dialect
        return None if value is None else datetime.fromtimestamp(value, UTC)


class Words(TypeDecorator[tuple[str, ...]]):
    """A tuple of strings, kept as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """JSON text."""
        del dialect
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        """A tuple."""
        del dialect
        return None if value is None else tuple(json.loads(value))


class HourOfDay(TypeDecorator[time]):
    """A local time of day without a zone, kept as "08:00"."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: time | None, dialect: Dialect) -> str | None:
        """HH:MM."""
        del dialect
        return None if value is None else f"{value:%H:%M}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> time | None:
        """A naive time."""
        del dialect
        return None if value is None else time.fromisoformat(value)


def folded(email: str) -> str:
    """The form under which an addr-spec is looked up: local-parts that differ in case only are one mailbox here."""
    return email.strip().lower()


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _message_number() -> Column[int]:
    """The message that a row came with."""
    return Column("number", Integer, ForeignKey("received.number"), nullable=False)


def _item() -> Column[int]:
    """The item a row belongs to: its row, not its reference, so that everything follows a re-sorted item."""
    return Column("item", Integer, ForeignKey("items.id"), nullable=False)


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

items = Table(
    "items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    _message_number(),
    Column("state", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("author_email", Text, nullable=False),
    Column("author_key", Text, nullable=False),
    Column("authenticated", Boolean, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("waiting_since", Instant, nullable=False),
    Column("section", Text),
    Column("group", Text),
    Column("language", Text, nullable=False),
    Column("text", Text),
    Column("text_source", Text, nullable=False),
    Column("text_sha256", Text, nullable=False),
    Column("settles_at", Instant),
    Column("decided_at", Instant),
    Column("published_at", Instant),
    Column("place", Text),
    Column("guess", Text),
    Column("question", Text),
    Column("reminded", Integer, nullable=False),
    Column("extent", Text, nullable=False),
    Column("motion", Text, nullable=False, server_default=""),
    Column("motion_since", Instant),
    Column("new_text", Text),
    Column("consent_at", Instant),
    Column("motion_by", Text, nullable=False, server_default=""),
    Column("motion_settles", Text, nullable=False, server_default=""),
    Column("replaced_at", Instant),
    Column("replaced_by", Text, nullable=False, server_default=""),
    Column("earlier_sha256", Words, nullable=False, server_default="[]"),
    UniqueConstraint("number", "kind"),  # catalogue I3: one mail opens at most one item of each kind
    Index(None, "state", "waiting_since"),
    Index(None, "settles_at"),
    Index(None, "author_key"),
)

aliases = Table(  # every reference an item ever bore, the present one too: none is given twice, ever
    "aliases",
    metadata,
    Column("ref", Text, primary_key=True),
    _item(),
    Column("position", Integer, nullable=False),  # 0 the oldest
    Index(None, "item"),
)

item_messages = Table(
    "item_messages",
    metadata,
    Column("item", Integer, ForeignKey("items.id"), primary_key=True),
    Column("number", Integer, ForeignKey("received.number"), primary_key=True),
    Column("role", Text, primary_key=True),  # opening addition version answer ...
    Index(None, "number"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("number", Integer, ForeignKey("received.number"), primary_key=True),
    Column("position", Integer, primary_key=True),  # in the order of the mail
    Column("part", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("declared_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("disposition", Text),
    Column("content_id", Text),
    Column("within", Text),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("extract_begins", Text, nullable=False, server_default=""),
    Column("extract_words", Integer),  # null: no extract
    Column("extract_failure", Text, nullable=False, server_default=""),
    Index(None, "sha256"),
)

votes = Table(
    "votes",
    metadata,
    Column("item", Integer, ForeignKey("items.id"), primary_key=True),
    Column("member", Text, primary_key=True),  # catalogue I5: one standing vote each
    Column("verdict", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("undone", Boolean, nullable=False),
)

asked = Table(  # whom an item was put before, and who said "not me"
    "asked",
    metadata,
    Column("item", Integer, ForeignKey("items.id"), primary_key=True),
    Column("member", Text, primary_key=True),  # registered addr-spec
    Column("at", Instant, nullable=False),
    Column("declined", Boolean, nullable=False, server_default=false()),
    Column("in_place_of", Text, nullable=False, server_default=""),  # of whom they are the stand-in
    Index(None, "member", "at"),
)

journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True),  # the order of the lines
    Column("item", Integer, ForeignKey("items.id")),  # none: a line on a member or a group
    Column("ref", Text, nullable=False),  # as it was then
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Index(None, "item"),
    Index(None, "ref"),
)

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

groups = Table(
    "groups",
    metadata,
    Column("name_key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("aliases", Words, nullable=False),
    Column("needs", Words, nullable=False),
    Column("state", Text, nullable=False),
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

# What follows is the service's own work; but for switches, probes and the key no view of the archive: it begins anew.

pulses = Table(  # when each part of the service last did its work: what `health` looks at
    "pulses",
    metadata,
    Column("name", Text, primary_key=True),  # "poll main", "deliver", "work"
    Column("well_at", Instant),  # the last time it came to a good end
    Column("trouble", Text, nullable=False),  # why it did not, the last time; "" where it did
    Column("trouble_since", Instant),
    Column("failures", Integer, nullable=False),  # in a row
    Column("told_at", Instant),  # an alarm has gone out, and no word on recovery yet
)

clock = Table(  # what this machine's clocks said when the desk last believed them (catalogue F105)
    "clock",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # one row
    Column("at", Instant, nullable=False),
    Column("boot", Text, nullable=False),
    Column("up", BigInteger, nullable=False),  # seconds that this boot had lasted
)

leases = Table(  # one process at a time does this (catalogue F41, F84)
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Instant, nullable=False),
)

holders = Table(  # who has claimed something, and when they last said that they run (catalogue F98)
    "holders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("beat_at", Instant, nullable=False),
)

switches = Table(  # what the operator paused
    "switches",
    metadata,
    Column("name", Text, primary_key=True),  # letters, publishing
    Column("paused", Boolean, nullable=False),
    Column("since", Instant, nullable=False),
    _message_number(),
)

probes = Table(  # what was seen of our mail server's border, by probes and by what it left in
    "probes",
    metadata,
    Column("number", Integer, ForeignKey("received.number"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("result", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("names", Text, nullable=False),  # authserv-ids
    Column("hops", Integer, nullable=False),
    Column("gap", Text, nullable=False),  # names of fields between its Received field and its results
    Column("left_in", Text, nullable=False),  # spellings of forged results
    Column("nonce", Text, nullable=False),
    Column("used", Text, nullable=False),
)

keys = Table(  # by what the key of all secrets is known again (catalogue F97); one row
    "keys",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("number", Integer, ForeignKey("received.number")),  # the operator's message; none for the first key
)

source_aliases = Table(  # a received message, under the name a renumbered mailbox gives it (catalogue F33)
    "source_aliases",
    metadata,
    Column("source", Text, primary_key=True),
    _message_number(),
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

backups = Table(  # what was copied away, and cannot be erased there (catalogue I12)
    "backups",
    metadata,
    Column("path", Text, primary_key=True),
    Column("made_at", Instant, nullable=False),
    Column("sha256", Text, nullable=False),
)
