"""The kinds of column that are ours: an instant, lists of words, notes and authors, an hour; and addresses as keys.

Instants are integer seconds since 1970, UTC: they compare and add alike in SQLite and PostgreSQL, whatever the
collation, and our times are whole seconds anyway. Lists are JSON text.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, time

import msgspec
from sqlalchemy import BigInteger, Dialect, Text, TypeDecorator

from mailproc.workflow.item import Coauthor, PageNote


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as whole seconds since 1970; a fraction is cut off. ValueError for a naive one."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Seconds."""
        del dialect
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; the store takes aware times only")
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """An aware time in UTC."""
        del dialect
        return None if value is None else datetime.fromtimestamp(value, UTC)


class Words(TypeDecorator[tuple[str, ...]]):
    """A tuple of strings, kept as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """JSON text."""
        del dialect
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        """A tuple."""
        del dialect
        return None if value is None else tuple(json.loads(value))


class PageNotes(TypeDecorator[tuple[PageNote, ...]]):
    """The notes on a page, kept as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[PageNote, ...] | None, dialect: Dialect) -> str | None:
        """JSON text."""
        del dialect
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[PageNote, ...] | None:
        """A tuple, oldest first."""
        del dialect
        return None if value is None else msgspec.json.decode(value, type=tuple[PageNote, ...])


class Coauthors(TypeDecorator[tuple[Coauthor, ...]]):
    """Who else wrote an item, kept as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Coauthor, ...] | None, dialect: Dialect) -> str | None:
        """JSON text."""
        del dialect
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Coauthor, ...] | None:
        """A tuple, in the order in which they were named."""
        del dialect
        return None if value is None else msgspec.json.decode(value, type=tuple[Coauthor, ...])


class HourOfDay(TypeDecorator[time]):
    """A local time of day without a zone, kept as "08:00"."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: time | None, dialect: Dialect) -> str | None:
        """HH:MM."""
        del dialect
        return None if value is None else f"{value:%H:%M}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> time | None:
        """A naive time."""
        del dialect
        return None if value is None else time.fromisoformat(value)


def folded(email: str) -> str:
    """The form under which an addr-spec is looked up: local-parts that differ in case only are one mailbox here."""
    return email.strip().lower()
