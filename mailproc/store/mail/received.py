"""The rows of received messages: taken in once, claimed for work, finished.

A number is given once, counting rows and files both; a source key is in one row only; the logical key of a
message that had its effect stands in one row only (`effect_key`). A lease that runs out frees a claimed message.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, and_, case, func, insert, or_, select, true, update

from mailproc.message.model import Envelope
from mailproc.message.text.nothing import REASONS
from mailproc.store.columns import folded
from mailproc.store.mail import mailboxes
from mailproc.store.rows import chunked, storable
from mailproc.store.schema import received
from mailproc.workflow.entry import Entry
from mailproc.workflow.received import NO_EFFECT, Received

_PLAIN = tuple(field.name for field in fields(Received) if field.name != "envelope")
_NOT_SHOWN = ("bulk", "spam", "automatic", "bounce")  # kinds that a digest counts and does not list


def _value(row: RowMapping) -> Received:
    envelope = Envelope(row["reverse_path"], row["forward_paths"])
    return Received(envelope=envelope, **{name: row[name] for name in _PLAIN})


def add(conn: Connection, received_message: Received) -> None:
    """A new row, as it stands. Raises AlreadyKept if its number or its source key has one."""
    columns = {name: getattr(received_message, name) for name in _PLAIN}
    envelope = received_message.envelope
    columns |= {"reverse_path": envelope.reverse_path, "forward_paths": envelope.forward_paths}
    conn.execute(insert(received), columns | {"author_key": folded(received_message.author)})


def by_source(conn: Connection, source: str) -> int | None:
    """The number under which this source key was received."""
    return conn.execute(select(received.c.number).where(received.c.source == source)).scalar()


def known_sources(conn: Connection, sources: Iterable[str]) -> dict[str, int]:
    """The numbers of those source keys that were received already, perhaps under another name (catalogue F33)."""
    sources = list(sources)
    known = mailboxes.aliases(conn, sources)
    for some in chunked(sources):
        query = select(received.c.source, received.c.number).where(received.c.source.in_(some))
        known |= {row.source: row.number for row in conn.execute(query)}
    return known


def next_number(conn: Connection, highest_on_disk: int) -> int:
    """A number never given before: beyond every row and every file (design §4). For a writing transaction."""
    in_rows = conn.execute(select(func.max(received.c.number))).scalar()
    return max(in_rows or 0, highest_on_disk) + 1


def claim(
    conn: Connection, now: datetime, lease_seconds: int, number: int | None = None, holder: str | None = None
) -> Received | None:
    """The oldest message that waits and that nobody has under lease, or this one; None when there is none.

    What was tried goes behind what was not: no message waits for another's attempts (catalogue I8).
    The attempt is counted here, before anything is tried (catalogue F90): `attempts` includes this one.
    """
    leased_until = now + timedelta(seconds=lease_seconds)
    set_back = and_(received.c.holder.is_(None), received.c.leased_until > leased_until)  # the clock was
    ended = or_(received.c.leased_until <= now, set_back)
    free = or_(received.c.leased_until.is_(None), ended)
    oldest = (
        select(received.c.number)
        .where(received.c.state == "received", free, true() if number is None else received.c.number == number)
        .order_by(received.c.attempts, received.c.number)
        .limit(1)
        .with_for_update(skip_locked=True)  # SQLite needs none and is given none
    )
    claimed = (
        update(received)
        .where(received.c.number == oldest.scalar_subquery())
        .values(attempts=received.c.attempts + 1, leased_until=leased_until, holder=holder)
        .returning(received)
    )
    row = conn.execute(claimed).mappings().first()
    return _value(row) if row else None


def without_row(conn: Connection, numbers: Iterable[int]) -> list[int]:
    """Those of these numbers that have no row, ascending."""
    without = set(numbers)
    for some in chunked(sorted(without)):
        without.difference_update(conn.execute(select(received.c.number).where(received.c.number.in_(some))).scalars())
    return sorted(without)


def full_thousands(conn: Connection) -> set[int]:
    """The thousands in which every number has its row: 0 for 1 to 999, 1 for 1000 to 1999."""
    thousand = received.c.number // 1000
    query = select(thousand, func.count()).group_by(thousand)
    return {place for place, rows in conn.execute(query) if rows == (1000 if place else 999)}


def waiting_claimed(conn: Connection) -> list[int]:
    """Messages once claimed and not finished: one of them may have an entry whose commit is missing."""
    query = select(received.c.number).where(received.c.state == "received", received.c.attempts > 0)
    return list(conn.execute(query.order_by(received.c.number)).scalars())


def release(conn: Connection, number: int, error: str) -> None:
    """Gives a claimed message back to the queue at once, saying why it was not finished."""
    values = {"leased_until": None, "error": storable(error)}
    conn.execute(update(received).where(received.c.number == number).values(values))


def give_back(conn: Connection, number: int) -> None:
    """Frees a claimed message whose turn was broken off for no fault of its own; the attempt is not counted."""
    claimed = (received.c.number == number) & (received.c.state == "received") & (received.c.attempts > 0)
    values = {"leased_until": None, "attempts": received.c.attempts - 1}
    conn.execute(update(received).where(claimed).values(values))


def stuck(conn: Connection, number: int, error: str) -> None:
    """Takes a message off the queue, kept and listed, until the operator retries it."""
    values = {"state": "stuck", "leased_until": None, "error": storable(error)}
    conn.execute(update(received).where(received.c.number == number).values(values))


def retry(conn: Connection, number: int) -> bool:
    """Puts a stuck message back into the queue with its attempts forgotten; False if it is not stuck."""
    values = {"state": "received", "leased_until": None, "attempts": 0, "error": ""}
    here = (received.c.number == number) & (received.c.state == "stuck")
    return conn.execute(update(received).where(here).values(values)).rowcount == 1


def finish(conn: Connection, entry: Entry, refs: Iterable[str], author_email: str) -> None:
    """Writes into the row what its entry decided; the message waits no longer.

    Raises AlreadyKept if the entry has events and another copy of the same logical message had its effect (catalogue
    I3), or if the sequence is taken.
    """
    had_effect = (entry.events or entry.letters) and entry.reason not in NO_EFFECT
    effective = entry.state == "processed" and had_effect and entry.logical_key
    values = {
        "state": entry.state,
        "leased_until": None,
        "error": "",
        "sequence": entry.sequence,
        "time": entry.time,
        "kind": entry.kind,
        "rule": entry.rule,
        "reason": entry.reason,
        "message_id": entry.message_id,
        "logical_key": entry.logical_key,
        "effect_key": entry.logical_key if effective else None,
        "subject": entry.subject,
        "author": author_email,
        "author_key": folded(author_email),
        "refs": tuple(refs),
        "duplicate_of": entry.duplicate_of,
        "identity": entry.identity,
    }
    conn.execute(update(received).where(received.c.number == entry.number).values(values))


def count_of(conn: Connection, email: str, reason: str, since: datetime, *, proven: bool | None = None) -> int:
    """How many messages of this author, received at or after `since`, were finished for this reason.

    `proven`: only those whose author was authenticated, or was not; None: all.
    """
    here = [received.c.author_key == folded(email), received.c.reason == reason, received.c.received_at >= since]
    if proven is not None:
        here.append((received.c.identity != "") == proven)
    return conn.execute(select(func.count()).select_from(received).where(*here)).scalar_one()


def unread(conn: Connection, since: datetime) -> bool:
    """Whether a mail from outside waits for its turn, or came since then and broke it."""
    here = or_(received.c.state == "received", and_(received.c.state == "stuck", received.c.received_at >= since))
    ours = or_(received.c.source.like("operator:%"), received.c.source.like("clock:%"))
    return conn.execute(select(received.c.number).where(here, ~ours).limit(1)).first() is not None


def found(conn: Connection, number: int, offset: int, size: int) -> None:
    """Where its octets lie in a file that came back, of a message that was rebuilt without it."""
    conn.execute(update(received).where(received.c.number == number).values(offset=offset, size=size))


def refer(conn: Connection, number: int, refs: Iterable[str]) -> None:
    """The present references of the items that message `number` belongs to."""
    conn.execute(update(received).where(received.c.number == number).values(refs=tuple(refs)))


def get(conn: Connection, number: int) -> Received | None:
    """The row of this number."""
    row = conn.execute(select(received).where(received.c.number == number)).mappings().first()
    return _value(row) if row else None


def every(conn: Connection, state: str | None = None) -> list[Received]:
    """All rows, or those in `state`, oldest first."""
    query = select(received).order_by(received.c.number)
    if state is not None:
        query = query.where(received.c.state == state)
    return [_value(row) for row in conn.execute(query).mappings()]


def between(conn: Connection, first: int, last: int) -> list[Received]:
    """The rows of these numbers, both included, oldest first."""
    query = select(received).where(received.c.number.between(first, last)).order_by(received.c.number)
    return [_value(row) for row in conn.execute(query).mappings()]


def latest(conn: Connection, sources: Iterable[str], limit: int) -> list[tuple[int, int]]:
    """Number and offset of the latest mails whose source keys begin so, and that had their turn; newest first."""
    whence = or_(*(received.c.source.startswith(each, autoescape=True) for each in sources))
    here = (received.c.state == "processed") & whence & received.c.kind.not_in(("bounce",))
    query = select(received.c.number, received.c.offset).where(here).order_by(received.c.number.desc()).limit(limit)
    return [(row.number, row.offset) for row in conn.execute(query)]


def sorted_lately(
    conn: Connection, ours: Iterable[str], last: int | None = None, since: datetime | None = None
) -> list[int]:
    """Numbers of the mails that rules sorted, whose source keys do not begin so, the latest first."""
    here = [received.c.state == "processed", *(~received.c.source.startswith(each, autoescape=True) for each in ours)]
    if since is not None:
        here.append(received.c.received_at >= since)
    query = select(received.c.number).where(*here).order_by(received.c.sequence.desc()).limit(last)
    return list(conn.execute(query).scalars())


def effect_of(conn: Connection, key: str) -> int | None:
    """The number of the copy of this logical message that had its effect: any other copy is a duplicate."""
    return conn.execute(select(received.c.number).where(received.c.effect_key == key)).scalar()


def of_message_id(conn: Connection, message_id: str) -> list[Received]:
    """Every finished message with this Message-ID, oldest first; their content may differ (catalogue F55)."""
    query = select(received).where(received.c.message_id == message_id).order_by(received.c.number)
    return [_value(row) for row in conn.execute(query).mappings()]


def done_of(conn: Connection, email: str, since: datetime, limit: int) -> list[tuple[int, int]]:
    """Number and offset of the mails of this author that came since then and had their effect; newest first."""
    here = (received.c.author_key == folded(email)) & (received.c.received_at >= since)
    here &= (received.c.state == "processed") & received.c.reason.not_in(NO_EFFECT)
    query = select(received.c.number, received.c.offset).where(here).order_by(received.c.number.desc()).limit(limit)
    return [(row.number, row.offset) for row in conn.execute(query)]


def heard_from(conn: Connection, email: str, before: datetime) -> bool:
    """Whether this author wrote to us before then."""
    here = (received.c.author_key == folded(email)) & (received.c.received_at < before)
    return conn.execute(select(received.c.number).where(here).limit(1)).first() is not None


def last_proven(conn: Connection, email: str) -> datetime | None:
    """When this author last wrote with proof that it was them, and no machine for them."""
    person = received.c.kind.not_in(_NOT_SHOWN)
    here = (received.c.author_key == folded(email)) & (received.c.identity != "") & person
    return conn.execute(select(func.max(received.c.received_at)).where(here)).scalar()


def first(conn: Connection) -> datetime | None:
    """When the first message of all came; it never changes, for its row stays whatever is erased of it."""
    at: datetime | None = conn.execute(select(received.c.received_at).order_by(received.c.number).limit(1)).scalar()
    return at


def last(conn: Connection) -> tuple[int, datetime | None]:
    """Sequence and time of the entry applied last, (0, None) for none: our time never goes backwards from it."""
    query = select(received.c.sequence, received.c.time).where(received.c.sequence.is_not(None))
    row = conn.execute(query.order_by(received.c.sequence.desc()).limit(1)).first()
    return (row.sequence, row.time) if row else (0, None)


def count(conn: Connection) -> dict[str, int]:
    """How many messages are in each state that any is in."""
    query = select(received.c.state, func.count()).group_by(received.c.state)
    return {state: number for state, number in conn.execute(query)}  # noqa: C416 - rows are not pairs to mypy


def settled_counts_since(conn: Connection, when: datetime) -> dict[str, int]:
    """How many machine mails of each kind, and how many that nobody could read, were settled at or after `when`.

    The digest's "not shown" line.
    """
    broken = received.c.state == "quarantined"
    unread = received.c.reason.in_(REASONS) & (received.c.state == "processed") & (received.c.kind != "review")
    name = case((broken, received.c.state), (unread, "unread"), else_=received.c.kind)
    here = (received.c.time >= when) & or_(received.c.kind.in_(_NOT_SHOWN), broken, unread)
    query = select(name, func.count()).where(here).group_by(name)
    return {kind: number for kind, number in conn.execute(query)}  # noqa: C416 - the same
