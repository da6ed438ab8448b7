"""The rows of items, every reference they ever bore, and the messages that belong to them.

The row is the identity: an item sorted anew changes kind and reference, and its votes, journal and messages
follow; the old reference stays an alias for ever and is never given to another. References are read in any
case. Lists come without texts unless asked, so that listing costs the same however long the articles are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import groupby

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    ScalarSelect,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy import insert as insert_into

from mailproc.errors import UnknownReference
from mailproc.kinds.every import GOES_UP, ref_of
from mailproc.kinds.reference import canonical
from mailproc.message.model import Address
from mailproc.store.columns import folded
from mailproc.store.rows import chunked
from mailproc.store.schema import aliases, item_messages, items, journal
from mailproc.workflow.item import Item
from mailproc.workflow.machine import ANEW, FOR_MEMBERS, UP

_PLAIN = tuple(field.name for field in fields(Item) if field.name not in ("author", "aliases"))
_LISTED = tuple(name for name in _PLAIN if name != "text")


def _columns(item: Item) -> dict[str, object]:
    columns = {name: getattr(item, name) for name in _PLAIN}
    author = item.author
    return columns | {"author_name": author.name, "author_email": author.email, "author_key": folded(author.email)}


def _matching(conn: Connection, where: ColumnElement[bool], *, with_text: bool) -> list[Item]:
    """The items of these rows by number, then kind, each with its references; one query however many there are."""
    names = _PLAIN if with_text else _LISTED
    wanted = [items.c[name] for name in ("id", "author_name", "author_email", *names)]
    query = select(aliases.c.ref.label("borne"), *wanted).join(aliases, aliases.c.item == items.c.id).where(where)
    ordered = query.order_by(items.c.number, items.c.kind, aliases.c.position)
    rows = groupby(conn.execute(ordered).mappings(), key=lambda row: row["id"])
    return [_item([*of_one], names) for _, of_one in rows]


def _item(rows: Sequence[RowMapping], names: Iterable[str]) -> Item:
    """The item of its rows, one for each reference that it ever bore."""
    row = rows[0]
    ref = ref_of(row["kind"], row["number"])
    older = tuple(each["borne"] for each in rows if each["borne"] != ref)
    author = Address(row["author_name"], row["author_email"])
    return Item(author=author, aliases=older, **{name: row[name] for name in names})


def named(ref: str) -> ScalarSelect[int]:
    """The row of the item that bears or ever bore this reference, within a statement: votes and journal hang on it."""
    return select(aliases.c.item).where(aliases.c.ref == canonical(ref)).scalar_subquery()


def required(ref: str, row: int | None) -> int:
    """The row that a statement found. Raises UnknownReference if there is none."""
    if row is None:
        raise UnknownReference(f"{ref}: no item has this reference; `mailproc list` shows them all")
    return row


def row_of(conn: Connection, ref: str) -> int:
    """The row of the item that bears or ever bore this reference. Raises UnknownReference if there is none."""
    return required(ref, conn.execute(select(named(ref))).scalar())


def insert(conn: Connection, item: Item) -> None:
    """A new item. Raises AlreadyKept if its reference, or one of its aliases, was ever given."""
    row = conn.execute(insert_into(items).returning(items.c.id), _columns(item)).scalar_one()
    refs = (*item.aliases, item.ref)
    conn.execute(insert_into(aliases), [{"ref": ref, "item": row, "position": n} for n, ref in enumerate(refs)])


def get(conn: Connection, ref: str) -> Item | None:
    """The item, with its text, that bears or ever bore this reference."""
    return next(iter(_matching(conn, items.c.id == named(ref), with_text=True)), None)


def by_bare_number(conn: Connection, n: int) -> list[Item]:
    """The items that message `n` opened, without texts: at most one of each kind."""
    return _matching(conn, items.c.number == n, with_text=False)


def replace(conn: Connection, old_ref: str, item: Item) -> None:
    """The item known as `old_ref` becomes `item`; if its kind changed, `old_ref` stays an alias.

    An item read without its text keeps the text it has: `text` None is written only with a new `text_sha256`.
    Raises UnknownReference, or AlreadyKept if the new reference is another item's.
    """
    columns = _columns(item)
    if item.text is None:
        columns["text"] = case((items.c.text_sha256 == item.text_sha256, items.c.text), else_=None)
    here = update(items).where(items.c.id == named(old_ref)).values(columns).returning(items.c.id)
    row = required(old_ref, conn.execute(here).scalar())
    if item.ref != old_ref and conn.execute(select(named(item.ref))).scalar() != row:
        position = select(func.count()).where(aliases.c.item == row).scalar_subquery()
        conn.execute(insert_into(aliases).values(ref=item.ref, item=row, position=position))


def every(
    conn: Connection, kind: str | None = None, state: str | None = None, *, with_text: bool = False
) -> list[Item]:
    """All items, or those of a kind or in a state, by number."""
    wanted = [items.c[name] == value for name, value in (("kind", kind), ("state", state)) if value is not None]
    return _matching(conn, and_(true(), *wanted), with_text=with_text)


def waiting(conn: Connection, states: Collection[str], *, with_text: bool = True) -> list[Item]:
    """The items in these states, oldest first, for a digest or a reminder."""
    return _matching(conn, items.c.state.in_(states), with_text=with_text)


def for_members(conn: Connection, *, with_text: bool = True) -> list[Item]:
    """The items that wait for the members' word: by their state, or by an open motion on them."""
    asked = and_(items.c.motion != "", items.c.motion_settles == "")
    return _matching(conn, or_(items.c.state.in_(FOR_MEMBERS), asked), with_text=with_text)


def of_kind(conn: Connection, kind: str, states: Collection[str], since: datetime | None = None) -> list[Item]:
    """The items of a kind, without texts, by number, that are in one of these states or came since then."""
    here = [items.c.state.in_(states), *([] if since is None else [items.c.received_at >= since])]
    return _matching(conn, and_(items.c.kind == kind, or_(*here)), with_text=False)


def announced(conn: Connection) -> list[Item]:
    """The items, without texts, that are approved by themselves soon."""
    return _matching(conn, items.c.consent_at.is_not(None), with_text=False)


def due(conn: Connection, now: datetime, states: Collection[str], old: datetime) -> list[Item]:
    """The items, without texts, to which something may happen by itself at `now`, by number.

    Their decision takes effect by then, or was announced for it, or their hold ends; or they wait, in one of these
    states or with a motion, since `old` or longer.
    """
    decided = or_(items.c.settles_at <= now, items.c.consent_at <= now, items.c.held_until <= now)
    waits = and_(items.c.state.in_(states), items.c.waiting_since <= old)
    return _matching(conn, or_(decided, waits, items.c.motion_since <= old), with_text=False)


def for_publishing(conn: Connection) -> list[Item]:
    """The items, with texts, that may have to go up, go up anew or come down, by number: their state tells which."""
    settled = and_(items.c.state == "approved", items.c.settles_at.is_(None))
    taken_down = and_(items.c.state.not_in(UP), items.c.place.is_not(None))
    anew = and_(items.c.motion_settles.in_(ANEW), items.c.settles_at.is_(None))
    renamed = and_(items.c.state.in_(UP), items.c.renames)
    return _matching(conn, or_(settled, taken_down, anew, renamed), with_text=True)


def sections(conn: Connection, kinds: Collection[str]) -> list[str]:
    """All sections that items of these kinds have, by name."""
    query = select(items.c.section).where(items.c.kind.in_(kinds), items.c.section.is_not(None)).distinct()
    return list(conn.execute(query.order_by(items.c.section)).scalars())


def once_up(conn: Connection) -> list[Item]:
    """The items, without texts, that are up or were up once, by number."""
    went = select(journal.c.item).where(journal.c.event.in_(GOES_UP), journal.c.item.is_not(None))
    return _matching(conn, or_(items.c.state.in_({*UP, "retracted"}), items.c.id.in_(went)), with_text=False)


def moved_since(conn: Connection, states: Collection[str], since: datetime) -> list[Item]:
    """The items, without texts, that came into one of these states, or were decided on and are in one, since then."""
    moved = or_(items.c.waiting_since >= since, items.c.decided_at >= since)
    return _matching(conn, and_(items.c.state.in_(states), moved), with_text=False)


def under_motion(conn: Connection) -> list[Item]:
    """The items, with texts, of which a ballot asks whether they stay as they are, by number."""
    return _matching(conn, items.c.motion != "", with_text=True)


def settling(conn: Connection) -> list[Item]:
    """The items, with texts, whose decision may still be undone without trace, by number."""
    return _matching(conn, items.c.settles_at.is_not(None), with_text=True)


def by_author(conn: Connection, email: str) -> list[Item]:
    """The items this author opened, without texts, by number."""
    return _matching(conn, items.c.author_key == folded(email), with_text=False)


def by_authors(conn: Connection, emails: Iterable[str]) -> list[Item]:
    """The items that any of these authors opened, without texts."""
    found: list[Item] = []
    for some in chunked(sorted({folded(email) for email in emails})):
        found += _matching(conn, items.c.author_key.in_(some), with_text=False)
    return found


def of_text(conn: Connection, text_sha256: str, since: datetime, latest: int) -> list[Item]:
    """The items with this text since then, without it, of those that the latest so many messages opened."""
    numbers = select(func.max(items.c.number) - latest).scalar_subquery()
    here = and_(items.c.number >= numbers, items.c.received_at >= since, items.c.text_sha256 == text_sha256)
    return _matching(conn, here, with_text=False)


def link_message(conn: Connection, ref: str, number: int, role: str) -> None:
    """Message `number` belongs to the item as its opening, addition, version, answer ...; said twice it is once.

    Raises UnknownReference.
    """
    item = row_of(conn, ref)
    there = exists().where(item_messages.c.item == item, item_messages.c.number == number, item_messages.c.role == role)
    row = select(literal(item), literal(number), literal(role)).where(~there)
    conn.execute(insert_into(item_messages).from_select(["item", "number", "role"], row))


def messages_of(conn: Connection, ref: str) -> list[tuple[int, str]]:
    """The (number, role) of every message of an item, by number. Raises UnknownReference."""
    query = select(item_messages.c.number, item_messages.c.role).where(item_messages.c.item == named(ref))
    found = [(row.number, row.role) for row in conn.execute(query.order_by(*query.selected_columns))]
    if not found:
        row_of(conn, ref)  # each item has the message that opened it
    return found


def messages_of_many(conn: Connection, refs: Collection[str]) -> dict[str, list[int]]:
    """The numbers of the messages of each of these items, ascending, by the reference asked for; none for strangers."""
    found: dict[str, set[int]] = {ref: set() for ref in refs}
    for some in chunked(list(refs)):
        query = select(aliases.c.ref, item_messages.c.number).join(
            item_messages, item_messages.c.item == aliases.c.item
        )
        for row in conn.execute(query.where(aliases.c.ref.in_(some))):
            found[row.ref].add(row.number)
    return {ref: sorted(numbers) for ref, numbers in found.items()}


def refs_of(conn: Connection, number: int) -> list[str]:
    """The present references of the items a message belongs to, those it opened first."""
    query = select(items.c.kind, items.c.number).join(item_messages).where(item_messages.c.number == number).distinct()
    refs = [(row.number != number, ref_of(row.kind, row.number)) for row in conn.execute(query)]
    return [ref for _, ref in sorted(refs)]
