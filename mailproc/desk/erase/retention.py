"""Retention: what ended long ago is erased, mail by mail, as `[retention]` says; what is published or waits never is.

Once a day a message of the clock names what is due, and its turn erases that as `forget` erases a person's; other
mail of the same people stays. What is due is looked at again in the turn: an item that came back is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import Connection

from mailproc import times
from mailproc.desk.erase import erasing, searching
from mailproc.desk.erase.erasing import Scope
from mailproc.desk.erase.searching import Signs
from mailproc.desk.ground.receive import receive_own
from mailproc.desk.ground.timepiece import source_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.every import KINDS
from mailproc.message.field.address import canonical
from mailproc.message.words.passage import passages
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.work import items
from mailproc.workflow.erasing import Erasure, pattern_of, pseudonym
from mailproc.workflow.item import Item
from mailproc.workflow.received import Received

DEED = "retention"
AT_ONCE = 500  # mails of one message: nobody else writes while they are erased
MACHINE = {"bounce", "automatic", "bulk", "spam"}
FINISHED = {"processed", "duplicate", "unauthorised"}


def retain(desk: Desk, process: Callable[[int], object]) -> int:
    """Erase what is due, once a day; how many mails were named."""
    spans = desk.config.retention
    due = desk.now().astimezone(UTC).replace(hour=0, minute=0, second=0)
    erased = 0
    for batch in count(1) if spans else ():
        with reading(desk.engine) as conn:
            source = source_of(conn, times.stamp(due), DEED, str(batch))
            known = rows.by_source(conn, source) is not None
            numbers = [] if known else list(over(conn, spans, due))[:AT_ONCE]
        if not numbers:
            break
        body = " ".join([DEED, *map(str, numbers)])
        process(receive_own(desk, source, body, due))
        erased += len(numbers)
    return erased


def over(conn: Connection, spans: Mapping[str, timedelta], now: datetime) -> Iterator[int]:
    """The numbers of the mails whose time is over, ascending."""
    ended = {item.number for item in items.every(conn) if _is_over(item, spans, now)}
    for row in rows.every(conn):
        if row.state in FINISHED and (row.number in ended or _machine_is_over(row, spans, now)):
            bound = [item for ref in row.refs if (item := items.get(conn, ref))]
            if all(_is_over(item, spans, now) for item in bound):
                yield row.number


def _is_over(item: Item, spans: Mapping[str, timedelta], now: datetime) -> bool:
    ended = item.state in KINDS[item.kind].ends and item.settles_at is None
    return ended and item.kind in spans and item.waiting_since + spans[item.kind] <= now


def _machine_is_over(row: Received, spans: Mapping[str, timedelta], now: datetime) -> bool:
    return row.kind in MACHINE and "machine" in spans and row.received_at + spans["machine"] <= now


def prepare(desk: Desk, row: Received, body: str) -> None:
    """The erasure itself, before the turn of the clock's message; nothing for any other message."""
    verb, *words = body.split()
    if verb == DEED:
        wanted = {int(word) for word in words}
        erasing.erase(desk, row, lambda conn: scope_of(conn, desk, wanted, row.received_at), whole=False)


def scope_of(conn: Connection, desk: Desk, wanted: set[int], now: datetime) -> Scope:
    """The mails named whose time is still over, the later mails and copies that belong to them, and their items."""
    spans = desk.config.retention
    opening = wanted & set(over(conn, spans, now))
    theirs = [item for item in items.every(conn) if item.number in opening]
    linked = {number for item in theirs for number, _ in items.messages_of(conn, item.ref)}
    numbers = opening | {n for n in linked if _free(conn, n, opening)}
    own = [row for row in rows.every(conn) if row.number in numbers or row.duplicate_of in numbers]
    people = {canonical(row.author): pseudonym(desk.key, row.author) for row in own if "@" in row.author}
    texts = [item.text or "" for listed in theirs if (item := items.get(conn, listed.ref))]
    found = passages(texts, searching.common_words(desk))
    base = Erasure(people, pattern_of(row.author for row in own if "@" in row.author), found, everywhere=False)
    whole = frozenset(row.number for row in own)
    return Scope(Signs(erasing.erasure_of(conn, base, theirs, whole, keep=True)), tuple(theirs), tuple(own))


def _free(conn: Connection, number: int, opening: set[int]) -> bool:
    """A later mail of an item belongs to no item that goes on."""
    row = rows.get(conn, number)
    bound = [item.number for ref in (row.refs if row else ()) if (item := items.get(conn, ref))]
    return row is not None and row.state in FINISHED and set(bound) <= opening


def erase_due(turn: Turn, rest: str) -> None:
    """The turn: what is erased is erased; letters that had not left are called back."""
    erasing.call_back(turn)
    turn.note(reason=f"{len(rest.split())}-mails")
