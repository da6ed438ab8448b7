"""Rows after the clock was set back: what they say happened in the future happened now, and what waits counts anew.

Only the operator's confirmation does this, and `rebuild` again when it comes to its entry: it reads the rows and the
entry, nothing else. What is published keeps the dates that readers saw; which letters left when is for `*.sent.json`
to say. They fail as the database fails.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, and_, delete, update

from mailproc.store.people.digests import LAST_DAY
from mailproc.store.schema import (
    access,
    asked,
    confirmations,
    digests,
    groups,
    items,
    journal,
    leases,
    members,
    notices,
    objections,
    outgoing,
    probes,
    pulses,
    readdressings,
    received,
    switches,
    votes,
    wanted,
    writers,
)

DAY = timedelta(days=1)  # no lease, and no pause between two tries, lasts longer
HAPPENED: tuple[tuple[Table, tuple[str, ...]], ...] = (  # no later than now
    (items, ("waiting_since", "decided_at", "motion_since", "appealed_at", "hidden_at")),
    (votes, ("at",)),
    (asked, ("at",)),
    (journal, ("at",)),
    (members, ("since",)),
    (outgoing, ("created_at", "retried_at")),
    (confirmations, ("used_at",)),
    (notices, ("at",)),
    (digests, ("at",)),
    (switches, ("since",)),
    (probes, ("at",)),
    (groups, ("since", "up_at")),
    (objections, ("at",)),
    (wanted, ("at",)),
    (writers, ("at", "since")),
    (access, ("ended_at",)),
)
SETTLING = ((items, "settles_at"), (members, "leaves_at"))  # no later than what is decided now
EXPIRING = (  # from when, until when: as long as before, from now on
    (confirmations, "created_at", "expires_at"),
    (readdressings, "at", "expires_at"),
    (items, "decided_at", "appeal_until"),
    (groups, "shown_at", "objects_until"),
    (access, "at", "expires_at"),
)
OF_THE_SERVICE = ((pulses, "well_at"), (pulses, "trouble_since"), (pulses, "told_at"))


def apply(conn: Connection, now: datetime, number: int, settles: datetime) -> None:
    """Set the rows back to `now`, the time of message `number`; what is decided now takes effect at `settles`."""
    later = and_(digests.c.at > now, digests.c.period > now.date().isoformat(), digests.c.period <= LAST_DAY)
    conn.execute(delete(digests).where(later))  # days that have not come yet
    for table, begins, ends in EXPIRING:
        lasts = table.c[ends] - (table.c[begins] - now)
        conn.execute(update(table).where(table.c[begins] > now).values({begins: now, ends: lasts}))
    for table, columns in HAPPENED:
        for name in columns:
            conn.execute(update(table).where(table.c[name] > now).values({name: now}))
    for table, name in SETTLING:
        late = and_(table.c[name] > settles, *([table.c.publish_at.is_(None)] if table is items else ()))
        conn.execute(update(table).where(late).values({name: settles}))  # not what somebody named a day for
    for name in ("received_at", "time"):
        before = and_(received.c.number < number, received.c[name] > now)
        conn.execute(update(received).where(before).values({name: now}))


def of_the_service(conn: Connection, now: datetime) -> None:
    """The same for the service's own rows, which no rebuild brings back."""
    for table, name in OF_THE_SERVICE:
        conn.execute(update(table).where(table.c[name] > now).values({name: now}))
    conn.execute(delete(leases).where(leases.c.until > now + DAY))
    conn.execute(update(outgoing).where(outgoing.c.next_try > now + DAY).values(next_try=now))
