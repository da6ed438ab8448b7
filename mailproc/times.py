"""How a time is written for programs, file names and the operator.

Values in, words out; times are aware, and no clock is read. How letters write one is `letters.language.speech`'s, and
how people write times to us `review.language.when`'s.
"""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(at: datetime) -> str:
    """`2026-11-22T10:02:00Z` for programs: UTC, whole seconds (RFC 3339 §5.6)."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def hour_stamp(at: datetime) -> str:
    """The same of the hour that it is in: `2026-11-22T10:00:00Z`."""
    return stamp(at.replace(minute=0, second=0))


def minute(at: datetime) -> str:
    """`2026-11-22 10:02 UTC` for the operator."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
