"""The service's own work; but for switches, probes and the key no view of the archive: it begins anew."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, Table, Text

from mailproc.store.columns import Instant
from mailproc.store.schema.ground import message_number, metadata

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
    message_number(),
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

backups = Table(  # what was copied away, and cannot be erased there (catalogue I12)
    "backups",
    metadata,
    Column("path", Text, primary_key=True),
    Column("made_at", Instant, nullable=False),
    Column("sha256", Text, nullable=False),
)
