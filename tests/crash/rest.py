"""What a desk that was started again has still to do at once, by its own records: what the driver waits for.

Reads the database with plain SQL. Leases and holders are not asked: whoever held a letter is dead, and it may leave.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

PARTS = ("poll main", "work", "remind", "deliver run")  # of the service: each has had its turn once
MAY_LEAVE = "letters that may leave"
NO_TURN = "messages without their turn"
DROPPED = "the mailbox hung up"
LETTERS = "SELECT count(*) FROM outgoing WHERE state IN ('queued', 'deferred', 'ambiguous') AND next_try <= ?"
MESSAGES = "SELECT count(*) FROM received WHERE state = 'received'"
WELL = "SELECT name FROM pulses WHERE well_at >= ?"
TROUBLE = "SELECT 1 FROM pulses WHERE name = 'poll main' AND trouble_since >= ?"


def left_to_do(database: Path, since: int, now: int) -> dict[str, int]:
    """What keeps the desk from rest: words -> how many. `since` is when it was started, by its own clock (epoch)."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as conn:
        found = {MAY_LEAVE: conn.execute(LETTERS, (now,)).fetchone()[0], NO_TURN: conn.execute(MESSAGES).fetchone()[0]}
        well = {name for (name,) in conn.execute(WELL, (since,))}
        found |= {f"no {name} yet": 1 for name in PARTS if name not in well}
        found[DROPPED] = len(conn.execute(TROUBLE, (since,)).fetchall())
    return {words: n for words, n in found.items() if n}
