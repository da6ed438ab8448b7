"""Rows after the clock was set back: no time of the view is forgotten, and what waits counts from then on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailproc.store import setback
from mailproc.store.columns import Instant
from mailproc.store.database import open_database, reading, writing
from mailproc.store.schema import metadata
from mailproc.store.work import groups
from mailproc.workflow.group import Group

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
AHEAD = NOW + timedelta(days=40)
STAYS = {  # days that somebody named, dates that readers saw, and what is put right by another word
    *(("items", name) for name in ("received_at", "published_at", "replaced_at", "again_at", "consent_at")),
    *(("items", "publish_at"), ("items", "held_until")),
    *(("votes", "again"), ("wanted", "until"), ("members", "away_until")),
    *(("received", "received_at"), ("received", "time")),  # `apply` sets those before its message
    *(("outgoing", "next_try"), ("outgoing", "sent_at")),  # the service's, and the records' beside the letters
}
SERVICE = {"attempts", "unfetchable", "clock", "leases", "holders", "pulses", "backups", "keys", "access_told"}
LEASES = {"leased_until"}


def test_no_time_of_the_view_is_forgotten():
    """Catalogue F107: a new column of times is said here, or in `setback`."""
    known = {(table.name, name) for table, names in setback.HAPPENED for name in names}
    known |= {(table.name, name) for table, name in setback.SETTLING}
    known |= {(table.name, name) for table, *names in setback.EXPIRING for name in names}
    every = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Instant) and table.name not in SERVICE and column.name not in LEASES
    }
    assert every - known - STAYS == set()
    assert known & STAYS == set()


def test_a_file_that_is_shown_waits_as_long_as_it_would_have(tmp_path: Path):
    engine = open_database("sqlite:///one.db", tmp_path)
    shown = Group("Rail", state="claimed", since=AHEAD, shown_at=AHEAD, objects_until=AHEAD + timedelta(days=3))
    with writing(engine) as conn:
        groups.put(conn, shown)
        setback.apply(conn, NOW, 1, NOW)
    with reading(engine) as conn:
        found = groups.get(conn, "Rail")
    assert found is not None
    assert (found.since, found.shown_at, found.objects_until) == (NOW, NOW, NOW + timedelta(days=3))
    engine.dispose()
