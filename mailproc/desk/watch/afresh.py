"""What today's rules would decide otherwise: mails sorted once more, on what was known when their turn came.

The entries are applied to a database that is thrown away, one by one, and before each the rules are asked: so a sender
who was a stranger then is one now. No name server is asked: who wrote was settled. Nothing that stays is written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
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
from mailproc.workflow import facts as told
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
        return f"{self.place} (rule {self.rule})"

    @property
    def place(self) -> str:
        """`article, humour`."""
        return ", ".join(filter(None, (self.kind, self.section, self.group)))


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One mail that would go elsewhere today."""

    number: int
    subject: str
    was: Sorted
    would_be: Sorted


@dataclass(frozen=True, slots=True)
class Move:
    """Where people sorted a mail after the rules had: its author, a member, or the operator for one."""

    kind: str
    section: str | None
    group: str | None
    by: str  # as the journal has it
    at: datetime

    def fits(self, rules: Sorted) -> bool:
        """The rules would have put it there; who moves a mail need not say where in its kind it goes."""
        both = ((self.section, rules.section), (self.group, rules.group))
        return self.kind == rules.kind and all(ours == theirs or None in {ours, theirs} for ours, theirs in both)


@dataclass(frozen=True, slots=True)
class Asked:
    """One mail of a rehearsal: as it was sorted, as today's rules sort it and why, and what people made of it."""

    number: int
    subject: str
    received_at: datetime
    was: Sorted
    was_because: str
    now: Sorted
    now_because: str
    field: str  # where the deciding rule found its words; "" for none
    words: str
    moved: Move | None = None

    @property
    def differs(self) -> bool:
        """The rules say something else than they did; another rule that says the same moves nothing."""
        return replace(self.was, rule="") != replace(self.now, rule="")


def otherwise(desk: Desk, progress: Callable[[int], None] = lambda _: None) -> list[Otherwise]:
    """Every mail that today's rules sort otherwise, by its turn. Raises StoreError if the archive cannot be read."""
    found: list[Otherwise] = []

    def ask(there: Desk, conn: Connection, decided: Entry, aside: Path) -> None:
        verdict = _again(there, conn, decided, aside)
        asked = _sorted(verdict, copy=decided.state == "duplicate") if verdict else None
        if asked is not None and asked != _was(decided):
            found.append(Otherwise(decided.number, decided.subject, _was(decided), asked))

    _replayed(desk, ask, progress)
    return found


def rehearse(
    desk: Desk, numbers: Collection[int], progress: Callable[[int], None] = lambda _: None
) -> tuple[Asked, ...]:
    """What the desk's rules make of these mails, by their turn; `progress` counts all of the archive.

    Raises StoreError if the archive cannot be read.
    """
    found: list[Asked] = []
    moves: dict[int, Move] = {}

    def ask(there: Desk, conn: Connection, decided: Entry, aside: Path) -> None:
        moves.update(_moves(decided))
        verdict = _again(there, conn, decided, aside) if decided.number in numbers else None
        if verdict is not None:
            found.append(_asked(decided, verdict))

    _replayed(desk, ask, progress)
    return tuple(replace(each, moved=moves.get(each.number)) for each in found)


def _asked(decided: Entry, verdict: Verdict) -> Asked:
    first, now = verdict.first, _sorted(verdict, copy=False)
    return Asked(
        number=decided.number,
        subject=decided.subject,
        received_at=decided.time,
        was=_was(decided),
        was_because=decided.reason,
        now=now,
        now_because=first.reason,
        field=first.field,
        words=first.words,
    )


def _moves(decided: Entry) -> Iterator[tuple[int, Move]]:
    """What this turn made of mails that had theirs before."""
    for event in decided.events:
        facts = event.facts
        if isinstance(facts, told.Sorted):
            yield (
                int(event.ref.partition("-")[2]),
                Move(facts.kind, facts.section, facts.group, str(event.by), decided.time),
            )
        elif isinstance(facts, told.Rescued):
            yield facts.number, Move(facts.kind, facts.section, facts.group, str(event.by), decided.time)


def _replayed(
    desk: Desk, ask: Callable[[Desk, Connection, Entry, Path], None], progress: Callable[[int], None]
) -> None:
    """All entries applied to a database that is thrown away; before each, `ask` looks at what was known then."""
    with tempfile.TemporaryDirectory() as aside:
        engine = open_database("sqlite:///afresh.db", Path(aside))
        there = replace(desk, engine=engine)
        try:
            with writing(engine) as conn:
                numbers = received_numbers(desk.config)
                replay(
                    conn, desk.config, numbers, progress, before=lambda conn, each: ask(there, conn, each, Path(aside))
                )
        finally:
            engine.dispose()


def _was(decided: Entry) -> Sorted:
    if decided.state == "duplicate":  # a copy has no place of its own
        return Sorted(decided.kind, rule=decided.rule)
    return Sorted(decided.kind, decided.section, decided.group, decided.rule)


def _again(desk: Desk, conn: Connection, decided: Entry, aside: Path) -> Verdict | None:
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
    return mail.sort(desk, seen, mail.gather(conn, desk, seen, mail.spoken(seen)))


def _sorted(verdict: Verdict, *, copy: bool) -> Sorted:
    first = verdict.first
    if copy:
        return Sorted(verdict.kind, rule=verdict.rule)
    return Sorted(first.kind, first.section, first.group, first.rule)
