"""The rows of letters: queued, claimed for delivery, tried. The row is the truth about a letter's state.

One cause makes at most one letter of a template to an address on an item, or on none (catalogue I4). Every attempt
is written before a connection is opened; one that ended without a word counts as ambiguous when the letter is claimed
again. What is due is found by an index, however many wait (catalogue F68). Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, exists, func, insert, or_, select, true
from sqlalchemy import update as change

from mailproc.message.field.address import split_subaddress
from mailproc.store.columns import folded
from mailproc.store.rows import chunked, storable
from mailproc.store.schema import attempts, outgoing, received
from mailproc.workflow.outgoing import OPEN, SILENT, Attempt, Outgoing, Receipt, names_no_mailbox

_PLAIN = tuple(field.name for field in fields(Outgoing) if field.name != "to")
HELD_OVER, SUPERSEDED = "held-over", "superseded"  # reasons: it waits for the next day; a later letter took its place
GIVES_WAY = "gives-way"  # it tells what may still be taken back: until it leaves, any later letter takes its place
_NEVER_LEFT = ("cancelled", "suppressed")
_OLDEST = (outgoing.c.next_try, outgoing.c.created_at, outgoing.c.cause, outgoing.c.id)


def _columns(letter: Outgoing) -> dict[str, object]:
    columns = {name: getattr(letter, name) for name in _PLAIN}
    audience = letter.template.partition("/")[0]
    key = folded(letter.to)
    whose = {"recipient": letter.to, "recipient_key": key, "domain": key.rpartition("@")[2], "audience": audience}
    next_try = letter.next_try if letter.state in OPEN else None  # the claim's index holds what may be claimed only
    return columns | whose | {"ref": letter.ref or "", "next_try": next_try, "reason": storable(letter.reason)}


def _value(row: RowMapping) -> Outgoing:
    plain = {name: row[name] for name in _PLAIN}
    return Outgoing(to=row["recipient"], **plain | {"ref": row["ref"] or None})


def _matching(conn: Connection, where: ColumnElement[bool], limit: int | None = None) -> list[Outgoing]:
    query = select(outgoing).where(where).order_by(outgoing.c.created_at, outgoing.c.cause, outgoing.c.id).limit(limit)
    return [_value(row) for row in conn.execute(query).mappings()]


def add(conn: Connection, letter: Outgoing) -> None:
    """A new letter, in the transaction of its cause.

    Raises AlreadyKept if the cause has made a letter of this template to this address on this item, or on none, and
    if the id or the Message-ID is taken.
    """
    conn.execute(insert(outgoing), _columns(letter) | {"noted": ""})


def get(conn: Connection, id: str) -> Outgoing | None:  # noqa: A002 - the field's own word
    """The letter of this id."""
    return next(iter(_matching(conn, outgoing.c.id == id)), None)


def every(conn: Connection, state: str | None = None) -> list[Outgoing]:
    """All letters, or those in `state`, oldest first."""
    return _matching(conn, and_(true(), *([] if state is None else [outgoing.c.state == state])))


def any_written(conn: Connection) -> bool:
    """Whether there is any letter at all."""
    return conn.execute(select(outgoing.c.id).limit(1)).first() is not None


def latest(conn: Connection, count: int) -> list[Outgoing]:
    """The letters written last, the newest first."""
    query = select(outgoing).order_by(outgoing.c.cause.desc()).limit(count)
    return [_value(row) for row in conn.execute(query).mappings()]


def caused_by(conn: Connection, first: int, last: int) -> list[Outgoing]:
    """The letters that the messages of these numbers caused, both included, oldest first."""
    return _matching(conn, outgoing.c.cause.between(first, last))


def on_items(conn: Connection, template: str, refs: Collection[str]) -> list[Outgoing]:
    """The letters of this template on an item with one of these references, oldest first."""
    return _matching(conn, and_(outgoing.c.ref.in_(refs), outgoing.c.template == template))


def left(conn: Connection, templates: Collection[str], since: datetime) -> list[Outgoing]:
    """The letters of these templates, made since then, that have left, oldest first."""
    made = and_(outgoing.c.template.in_(templates), outgoing.c.created_at >= since)
    return _matching(conn, and_(made, outgoing.c.state == "sent"))


def made_since(conn: Connection, templates: Collection[str], since: datetime) -> list[Outgoing]:
    """The letters of these templates, made since then, whatever became of them, oldest first."""
    return _matching(conn, and_(outgoing.c.template.in_(templates), outgoing.c.created_at >= since))


def known(conn: Connection, ids: Collection[str]) -> set[str]:
    """Those of these ids that letters have."""
    found: set[str] = set()
    for some in chunked(sorted(ids)):
        found |= set(conn.execute(select(outgoing.c.id).where(outgoing.c.id.in_(some))).scalars())
    return found


def call_unconfirmed(conn: Connection) -> list[str]:
    """After a rebuild nobody knows whether the letters that wait have left: they wait for the operator; their ids."""
    here = change(outgoing).where(outgoing.c.state.in_(OPEN)).values(state="unconfirmed", next_try=None)
    return sorted(conn.execute(here.returning(outgoing.c.id)).scalars())


# Attempts


def _due(now: datetime) -> ColumnElement[bool]:
    """May be claimed: open, due and under nobody's lease. By the index of next_try, not that of states."""
    free = or_(outgoing.c.leased_until.is_(None), outgoing.c.leased_until <= now)
    return and_(outgoing.c.next_try <= now, free, func.lower(outgoing.c.state).in_(OPEN))


def _busy(now: datetime, per_domain: int) -> Select[tuple[str]]:
    """Domains to which as many letters are on their way as may be."""
    under_way = select(outgoing.c.domain).where(outgoing.c.leased_until > now).group_by(outgoing.c.domain)
    return under_way.having(func.count() >= per_domain)


def next_due(conn: Connection, now: datetime, per_domain: int) -> Outgoing | None:
    """The letter to try next: due, under nobody's lease, to a domain that fewer than `per_domain` are on their way to.

    For the writing transaction that will `begin` it: no other process sees the same letter there (catalogue F69).
    """
    query = (
        select(outgoing)
        .where(_due(now), outgoing.c.domain.not_in(_busy(now, per_domain)))
        .order_by(*_OLDEST)
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite needs none and is given none
    )
    row = conn.execute(query).mappings().first()
    return _value(row) if row else None


def count_due(conn: Connection, now: datetime, up_to: int) -> int:
    """How many letters could be claimed now, counted no further than `up_to`."""
    some = select(outgoing.c.id).where(_due(now)).limit(up_to).subquery()
    return conn.execute(select(func.count()).select_from(some)).scalar_one()


def count_behind(conn: Connection, now: datetime, per_domain: int) -> int:
    """How many due letters wait only for letters that are on their way to the same domain."""
    query = select(func.count()).where(_due(now), outgoing.c.domain.in_(_busy(now, per_domain)))
    return conn.execute(query).scalar_one()


def ahead(conn: Connection, now: datetime, per_domain: int) -> dict[str, str]:
    """The letters that those wait for, and who holds each; "" where an older release claimed it."""
    query = select(outgoing.c.id, outgoing.c.holder)
    here = and_(outgoing.c.leased_until > now, outgoing.c.domain.in_(_busy(now, per_domain)))
    return {row.id: row.holder or "" for row in conn.execute(query.where(here))}


def is_waiting(conn: Connection) -> bool:
    """Whether any letter waits for its next try."""
    return conn.execute(select(outgoing.c.id).where(outgoing.c.next_try.is_not(None)).limit(1)).first() is not None


def begin(conn: Connection, letter: Outgoing, now: datetime, lease_seconds: int, holder: str | None = None) -> Outgoing:
    """The letter under lease, its attempt counted and written; commit before connecting (catalogue F09).

    An attempt before it that never ended may have reached its peer (catalogue F11, F12).
    """
    _end_silent(conn, [letter.id], now)
    claimed = replace(letter, attempts=letter.attempts + 1)
    until = now + timedelta(seconds=lease_seconds)
    lease = {"attempts": claimed.attempts, "leased_until": until, "holder": holder}
    conn.execute(change(outgoing).where(outgoing.c.id == letter.id).values(lease))
    conn.execute(insert(attempts).values(outgoing=letter.id, n=claimed.attempts, started_at=now, reply=""))
    return claimed


def hold_silent(conn: Connection, now: datetime, names: Collection[str]) -> list[str]:
    """Letters of these audiences or templates whose attempt ended without a word wait for the operator; their ids."""
    if not names:
        return []
    whose = or_(outgoing.c.audience.in_(names), outgoing.c.template.in_(names))
    died = and_(outgoing.c.leased_until <= now, outgoing.c.next_try.is_not(None), whose)
    held = list(conn.execute(select(outgoing.c.id).where(died)).scalars())
    if held:
        _end_silent(conn, held, now)
        waits = {"state": "ambiguous", "next_try": None, "leased_until": None, "reason": SILENT}
        conn.execute(change(outgoing).where(outgoing.c.id.in_(held)).values(waits))
    return held


def _end_silent(conn: Connection, ids: Collection[str], now: datetime) -> None:
    silent = attempts.c.outgoing.in_(ids) & attempts.c.outcome.is_(None)
    conn.execute(change(attempts).where(silent).values(outcome="ambiguous", reply=SILENT, ended_at=now))


def update(conn: Connection, letter: Outgoing, receipt: Receipt | None, now: datetime) -> None:
    """The letter as it stands after its attempt, whose outcome is written and whose lease ends.

    A letter that is `sent` stays so; a worker slower than its lease, or than the operator who called the letter
    back, can only say that it was sent. `receipt` is None where nothing was tried: a rebuild says what it found.
    Only `begin` counts attempts.
    """
    columns = _columns(letter)
    del columns["attempts"], columns["retried_at"]
    unsent = and_(outgoing.c.id == letter.id, outgoing.c.state != "sent")
    if receipt is None:
        conn.execute(change(outgoing).where(unsent).values(columns))
        return
    mine = and_(outgoing.c.id == letter.id, outgoing.c.attempts == letter.attempts)
    here = unsent if letter.state == "sent" else and_(mine, outgoing.c.state.in_(OPEN))
    conn.execute(change(outgoing).where(here).values(columns))
    conn.execute(change(outgoing).where(mine).values(leased_until=None))
    this = (attempts.c.outgoing == letter.id) & (attempts.c.n == letter.attempts)
    ended = {"outcome": receipt.outcome, "reply": storable(receipt.reply), "ended_at": now}
    conn.execute(change(attempts).where(this).values(ended))


def attempts_of(conn: Connection, id: str) -> list[Attempt]:  # noqa: A002 - the field's own word
    """Every attempt of a letter, oldest first."""
    rows = conn.execute(select(attempts).where(attempts.c.outgoing == id).order_by(attempts.c.n))
    return [
        Attempt(row.n, row.started_at, row.ended_at, Receipt(row.outcome, row.reply) if row.outcome else None)
        for row in rows
    ]


def ambiguous_attempts(conn: Connection) -> dict[str, int]:
    """How many attempts of each letter may have arrived, nobody knows; letters without one are not named."""
    query = select(attempts.c.outgoing, func.count()).where(attempts.c.outcome == "ambiguous")
    return {letter: number for letter, number in conn.execute(query.group_by(attempts.c.outgoing))}  # noqa: C416 - rows are not pairs to mypy


# Trouble


def settle(conn: Connection, letter: Outgoing, noted: str) -> None:
    """The letter's state and reason as an event says, whatever is tried now; `noted`: what the archive tells of it."""
    columns = _columns(letter)
    said = {name: columns[name] for name in ("state", "reason", "next_try", "retried_at")}
    here = outgoing.c.id == letter.id
    conn.execute(change(outgoing).where(here).values(**said, noted=noted))


def supersede(conn: Connection, ref: str, cause: int, now: datetime, to: str | None = None) -> None:
    """What was held over about this item, or gives way, is no news any more: to one reader, or to all.

    Never letters of this turn.
    """
    reasons = outgoing.c.reason.in_((HELD_OVER, GIVES_WAY))
    held = and_(outgoing.c.state == "queued", reasons, outgoing.c.ref == ref)
    waits = and_(held, outgoing.c.attempts == 0, outgoing.c.next_try > now, outgoing.c.cause != cause)
    here = and_(waits, outgoing.c.recipient_key == folded(to)) if to else waits
    conn.execute(change(outgoing).where(here).values(state="cancelled", reason=SUPERSEDED, next_try=None))


def held_over(conn: Connection, to: str, but: str | None) -> int:
    """How many letters wait for the next day for this mailbox, less those about one item."""
    here = and_(outgoing.c.state == "queued", outgoing.c.reason == HELD_OVER, _same_mailbox(to))
    return conn.execute(select(func.count()).where(here, outgoing.c.ref.is_distinct_from(but))).scalar_one()


def unnoted(conn: Connection, state: str, noted: Collection[str], limit: int) -> list[Outgoing]:
    """Letters in `state` of which the archive tells no more than one of `noted`, oldest first."""
    return _matching(conn, and_(outgoing.c.state == state, outgoing.c.noted.in_(noted)), limit)


def late(conn: Connection, before: datetime, limit: int) -> list[Outgoing]:
    """Letters that still wait and did so before then, or that wait for the operator alone; unnoted, oldest first."""
    waits = and_(outgoing.c.state.in_(OPEN), outgoing.c.noted == "")
    since = func.coalesce(outgoing.c.retried_at, outgoing.c.created_at)
    may_leave = or_(outgoing.c.attempts > 0, outgoing.c.next_try.is_(None), outgoing.c.next_try <= before)
    long = and_(waits, outgoing.c.created_at <= before, since <= before, may_leave)
    not_by_index = func.abs(outgoing.c.next_try)  # most letters have left and have no next try
    held = and_(outgoing.c.state == "ambiguous", outgoing.c.noted == "", not_by_index.is_(None))
    found = [*_matching(conn, held, limit), *_matching(conn, long, limit)]
    return list({letter.id: letter for letter in found}.values())[:limit]


def known_troubles(conn: Connection) -> set[str]:
    """The reasons of letters that still wait though the operator heard of them."""
    query = select(outgoing.c.reason).where(outgoing.c.state.in_(OPEN), outgoing.c.noted == "late").distinct()
    return set(conn.execute(query).scalars())


def came_back(conn: Connection, audience: str, since: datetime) -> list[Outgoing]:
    """Letters to this audience, made since then, of which a bounce or a server says that they cannot be delivered."""
    here = and_(outgoing.c.state == "failed", outgoing.c.audience == audience, outgoing.c.created_at >= since)
    return [
        each for each in _matching(conn, here) if each.reason.startswith("bounced:") or names_no_mailbox(each.reason)
    ]


def in_vain(conn: Connection, email: str, since: datetime) -> bool:
    """Whether the last letter to this address, made since then, failed because of the address (5.1.x).

    A proven mail from there after that letter says that somebody reads it after all.
    """
    key = folded(email)
    tried = and_(outgoing.c.recipient_key == key, outgoing.c.state.in_(("sent", "failed")))
    latest = select(outgoing).where(tried, outgoing.c.created_at >= since)
    row = conn.execute(latest.order_by(outgoing.c.created_at.desc(), outgoing.c.cause.desc()).limit(1)).first()
    if row is None or row.state != "failed" or not names_no_mailbox(row.reason):
        return False
    proven = and_(received.c.author_key == key, received.c.identity != "", received.c.received_at > row.created_at)
    return conn.execute(select(received.c.number).where(proven).limit(1)).first() is None


# Quotas


def _made(since: datetime, templates: Collection[str]) -> ColumnElement[bool]:
    """Letters of these templates made since then that left or will leave; one that was held over counts again then."""
    lately = or_(outgoing.c.created_at >= since, outgoing.c.sent_at >= since)
    here = and_(lately, outgoing.c.template.in_(templates))
    return and_(here, outgoing.c.state.not_in(_NEVER_LEFT))


def sent_today(conn: Connection, to: str, since: datetime, templates: Collection[str]) -> int:
    """How many letters of these templates were made for this mailbox since then, whatever subaddress it wrote from."""
    where = and_(_same_mailbox(to), _made(since, templates))
    return conn.execute(select(func.count()).where(where)).scalar_one()


def _same_mailbox(email: str) -> ColumnElement[bool]:
    """`victim@` and `victim+1@` (RFC 5233 §2): whoever has the one has every other."""
    local, _, domain = split_subaddress(folded(email))
    key = outgoing.c.recipient_key
    tagged = and_(key.startswith(f"{local}+", autoescape=True), key.endswith(f"@{domain}", autoescape=True))
    return or_(key == f"{local}@{domain}", tagged)


def count_since(conn: Connection, since: datetime, templates: Collection[str]) -> int:
    """How many letters of these templates were made since then, for anybody."""
    return conn.execute(select(func.count()).where(_made(since, templates))).scalar_one()


def strangers_today(conn: Connection, since: datetime, templates: Collection[str]) -> int:
    """How many letters of these templates were made since then for addresses never heard from before then."""
    known = exists().where(received.c.author_key == outgoing.c.recipient_key, received.c.received_at < since)
    return conn.execute(select(func.count()).where(_made(since, templates), ~known)).scalar_one()


def listed_to(conn: Connection, email: str, templates: Collection[str], since: datetime) -> dict[str, datetime]:
    """The references that letters of these templates to this address listed since then, and when the last did."""
    here = and_(outgoing.c.recipient_key == folded(email), _made(since, templates))
    query = select(outgoing.c.listed, outgoing.c.created_at).where(here).order_by(outgoing.c.created_at)
    return {ref: row.created_at for row in conn.execute(query) for ref in row.listed}


def of_templates(conn: Connection, templates: Collection[str]) -> list[Outgoing]:
    """All letters of these templates, oldest first."""
    return _matching(conn, outgoing.c.template.in_(templates))


def letters_to(conn: Connection, email: str, template: str, since: datetime) -> list[Outgoing]:
    """The letters of one template made for this address since then, in any state, oldest first."""
    here = and_(outgoing.c.recipient_key == folded(email), outgoing.c.template == template)
    return _matching(conn, and_(here, outgoing.c.created_at >= since))
