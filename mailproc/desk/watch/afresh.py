"""What today's rules would decide otherwise: every mail sorted once more, on what was known when its turn came.

The entries are applied to a database that is thrown away, one by one, and before each the rules are asked: so a sender
who was a stranger then is one now. No name server is asked: who wrote was settled. Nothing that stays is written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.desk.hear import border
from mailproc.desk.keep.rebuild import received_numbers, replay
from mailproc.desk.serve import mail
from mailproc.desk.turn.examine import Examined
from mailproc.errors import ParseFailed, StoreError
from mailproc.message.author.identity import Identity
from mailproc.message.auto import nature
from mailproc.sorting.sort import Verdict
from mailproc.store.database import open_database, writing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.workflow.entry import Entry

OURS = ("operator:", "clock:")  # source keys of messages that no rule sorts
LEFT_ALONE = frozenset({"erased", "oversize"})  # nothing to sort is left, or nothing else was received


@dataclass(frozen=True, slots=True)
class Sorted:
    """Where a mail belongs."""

    kind: str
    section: str | None = None
    group: str | None = None
    rule: str = ""

    def __str__(self) -> str:
        """`article, humour (rule 20-articles/humour)`."""
        place = ", ".join(filter(None, (self.kind, self.section, self.group)))
        return f"{place} (rule {self.rule})"


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One mail that would go elsewhere today."""

    number: int
    subject: str
    was: Sorted
    would_be: Sorted


def otherwise(desk: Desk, progress: Callable[[int], None] = lambda _: None) -> list[Otherwise]:
    """Every mail that today's rules sort otherwise, by its turn. Raises StoreError if the archive cannot be read."""
    found: list[Otherwise] = []
    with tempfile.TemporaryDirectory() as aside:
        engine = open_database("sqlite:///afresh.db", Path(aside))
        there = replace(desk, engine=engine)

        def ask(conn: Connection, decided: Entry) -> None:
            asked = _again(there, conn, decided, Path(aside))
            if asked is not None and asked != _was(decided):
                found.append(Otherwise(decided.number, decided.subject, _was(decided), asked))

        try:
            with writing(engine) as conn:
                replay(conn, desk.config, received_numbers(desk.config), progress, before=ask)
        finally:
            engine.dispose()
    return found


def _was(decided: Entry) -> Sorted:
    if decided.state == "duplicate":  # a copy has no place of its own
        return Sorted(decided.kind, rule=decided.rule)
    return Sorted(decided.kind, decided.section, decided.group, decided.rule)


def _again(desk: Desk, conn: Connection, decided: Entry, aside: Path) -> Sorted | None:
    """What the rules say now; None of what they never sort, and of a mail that cannot be read."""
    row = rows.get(conn, decided.number)
    if row is None or row.source.startswith(OURS) or decided.state in LEFT_ALONE or decided.kind == border.KIND:
        return None
    try:
        with tempfile.TemporaryDirectory(dir=aside) as spool:
            path = archive.message_path(desk.archive, row.number)
            message = desk.worker.parse(path, row.offset, Path(spool)).message
    except (ParseFailed, StoreError):
        return None
    email = decided.author.email if decided.author and decided.identity else None
    identity = Identity(email, decided.identity, decided.identity_reason)
    seen = Examined(row, message, decided.attachments, nature(message, row.envelope), identity)
    verdict = mail.sort(desk, seen, mail.gather(conn, desk, seen, mail.spoken(seen)))
    return _sorted(verdict, copy=decided.state == "duplicate")


def _sorted(verdict: Verdict, *, copy: bool) -> Sorted:
    first = verdict.first
    if copy:
        return Sorted(verdict.kind, rule=verdict.rule)
    return Sorted(first.kind, first.section, first.group, first.rule)
