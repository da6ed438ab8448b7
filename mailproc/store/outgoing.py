"""The rows of letters: queued, claimed for delivery, tried. The row is the truth about a letter's state.

One cause makes at most one letter of a template to an address on an item, or on none (RELIABILITY I4). Every attempt
is written before a connection is opened; one that ended without a word counts as ambiguous when the letter is claimed
again. Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, exists, func, insert, or_, select, true
from sqlalchemy import update as change

from mailproc.store.rows import storable
from mailproc.store.schema import attempts, folded, outgoing, received
from mailproc.workflow.outgoing import Outgoing, Receipt

_PLAIN = tuple(field.name for field in fields(Outgoing) if field.name != "to")
_OPEN = ("queued", "deferred", "ambiguous")  # states that delivery still tries
_NEVER_LEFT = ("cancelled", "suppressed")


def _columns(letter: Outgoing) -> dict[str, object]:
    columns = {name: getattr(letter, name) for name in _PLAIN}
    audience = letter.template.partition("/")[0]
    key = folded(letter.to)
    whose = {"recipient": letter.to, "recipient_key": key, "domain": key.rpartition("@")[2], "audience": audience}
    return columns | whose | {"ref": letter.ref or ""}


def _value(row: RowMapping) -> Outgoing:
    plain = {name: row[name] for name in _PLAIN}
    return Outgoing(to=row["recipient"], **plain | {"ref": row["ref"] or None})


def _matching(conn: Connection, where: ColumnElement[bool]) -> list[Outgoing]:
    query = select(outgoing).where(where).order_by(outgoing.c.created_at, outgoing.c.cause, outgoing.c.id)
    return [_value(row) for row in conn.execute(query).mappings()]


def add(conn: Connection, letter: Outgoing) -> None:
    """A new letter, in the transaction of its cause.

    Raises AlreadyKept if the cause has made a letter of this template to this address on this item, or on none, and
    if the id or the Message-ID is taken.
    """
    conn.execute(insert(outgoing).values(_columns(letter)))


def get(conn: Connection, id: str) -> Outgoing | None:  # noqa: A002 - the field's own word
    """The letter of this id."""
    return next(iter(_matching(conn, outgoing.c.id == id)), None)


def by_message_id(conn: Connection, message_id: str) -> Outgoing | None:
    """The letter with this Message-ID, without angle brackets."""
    return next(iter(_matching(conn, outgoing.c.message_id == message_id)), None)


def every(conn: Connection, state: str | None = None) -> list[Outgoing]:
    """All letters, or those in `state`, oldest first."""
    return _matching(conn, and_(true(), *([] if state is None else [outgoing.c.state == state])))


def claim_due(conn: Connection, now: datetime, lease_seconds: int, limit: int) -> list[Outgoing]:
    """Up to `limit` letters that are due and under nobody's lease, oldest first, each with its attempt written.

    `attempts` includes the one that is written here; commit before connecting (RELIABILITY F09).
    """
    due = or_(outgoing.c.next_try.is_(None), outgoing.c.next_try <= now)
    free = or_(outgoing.c.leased_until.is_(None), outgoing.c.leased_until <= now)
    wanted = (
        select(outgoing.c.id)
        .where(outgoing.c.state.in_(_OPEN), due, free)
        .order_by(outgoing.c.created_at, outgoing.c.cause, outgoing.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite needs none and is given none
    )
    leased_until = now + timedelta(seconds=lease_seconds)
    claimed = (
        change(outgoing)
        .where(outgoing.c.id.in_(wanted))
        .values(attempts=outgoing.c.attempts + 1, leased_until=leased_until)
        .returning(outgoing)
    )
    letters = [_value(row) for row in conn.execute(claimed).mappings()]
    _write_attempts(conn, letters, now)
    return sorted(letters, key=lambda letter: (letter.created_at, letter.cause, letter.id))


def _write_attempts(conn: Connection, letters: Sequence[Outgoing], now: datetime) -> None:
    """A row for each attempt that begins; one before it that never ended may have reached its peer (F11, F12)."""
    if not letters:
        return
    silent = attempts.c.outgoing.in_([letter.id for letter in letters]) & attempts.c.outcome.is_(None)
    lost = {"outcome": "ambiguous", "reply": "ended without a word", "ended_at": now}
    conn.execute(change(attempts).where(silent).values(lost))
    begun = [{"outgoing": letter.id, "n": letter.attempts, "started_at": now, "reply": ""} for letter in letters]
    conn.execute(insert(attempts), begun)


def update(conn: Connection, letter: Outgoing, receipt: Receipt | None, now: datetime) -> None:
    """The letter as it stands after its attempt, whose outcome is written and whose lease ends.

    `receipt` is None where no attempt was made (cancelled, or queued again by the operator). A letter that is
    `sent` stays so, and a worker slower than its lease can only say that it was sent. Only `claim_due` counts
    attempts.
    """
    latest = (outgoing.c.attempts == letter.attempts) | (letter.state == "sent")
    here = and_(outgoing.c.id == letter.id, outgoing.c.state != "sent", latest)
    columns = _columns(letter) | {"leased_until": None, "reason": storable(letter.reason)}
    del columns["attempts"]
    conn.execute(change(outgoing).where(here).values(columns))
    if receipt:
        this = (attempts.c.outgoing == letter.id) & (attempts.c.n == letter.attempts)
        ended = {"outcome": receipt.outcome, "reply": storable(receipt.reply), "ended_at": now}
        conn.execute(change(attempts).where(this).values(ended))


def attempts_of(conn: Connection, id: str) -> list[tuple[datetime, Receipt | None]]:  # noqa: A002 - the field's own word
    """When each attempt began and what it came to, None while nobody knows; oldest first."""
    query = select(attempts).where(attempts.c.outgoing == id).order_by(attempts.c.n)
    return [(row.started_at, Receipt(row.outcome, row.reply) if row.outcome else None) for row in conn.execute(query)]


def _made(since: datetime, templates: Collection[str]) -> ColumnElement[bool]:
    """Letters of these templates made since then that left or will leave."""
    here = and_(outgoing.c.created_at >= since, outgoing.c.template.in_(templates))
    return and_(here, outgoing.c.state.not_in(_NEVER_LEFT))


def sent_today(conn: Connection, to: str, since: datetime, templates: Collection[str]) -> int:
    """How many letters of these templates were made for this address since then."""
    where = and_(outgoing.c.recipient_key == folded(to), _made(since, templates))
    return conn.execute(select(func.count()).where(where)).scalar_one()


def count_since(conn: Connection, since: datetime, templates: Collection[str]) -> int:
    """How many letters of these templates were made since then, for anybody."""
    return conn.execute(select(func.count()).where(_made(since, templates))).scalar_one()


def strangers_today(conn: Connection, since: datetime, templates: Collection[str]) -> int:
    """How many letters of these templates were made since then for addresses never heard from before then."""
    known = exists().where(received.c.author_key == outgoing.c.recipient_key, received.c.received_at < since)
    return conn.execute(select(func.count()).where(_made(since, templates), ~known)).scalar_one()


def letters_to(conn: Connection, email: str, template: str, since: datetime) -> list[Outgoing]:
    """The letters of one template made for this address since then, in any state, oldest first."""
    here = and_(outgoing.c.recipient_key == folded(email), outgoing.c.template == template)
    return _matching(conn, and_(here, outgoing.c.created_at >= since))
