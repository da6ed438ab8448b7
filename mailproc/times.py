"""How a time is written, one way for each reader: programs and file names, the operator, and people in letters.

Values in, words out; times are aware, and no clock is read. How people write times to us is `review.language.when`'s.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def stamp(at: datetime) -> str:
    """`2026-11-22T10:02:00Z` for programs: UTC, whole seconds (RFC 3339 §5.6)."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def hour_stamp(at: datetime) -> str:
    """The same of the hour that it is in: `2026-11-22T10:00:00Z`."""
    return stamp(at.replace(minute=0, second=0))


def minute(at: datetime) -> str:
    """`2026-11-22 10:02 UTC` for the operator."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def day(at: datetime, zone: tzinfo) -> str:
    """`22 November 2026` for people, where they live."""
    there = at.astimezone(zone)
    return f"{there.day} {there:%B %Y}"


def moment(at: datetime, zone: tzinfo) -> str:
    """`22 November 2026 at 10:02 UTC` for people, where they live."""
    return f"{day(at, zone)} {at.astimezone(zone):at %H:%M %Z}"
