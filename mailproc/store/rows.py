"""What several tables need of the database: values in pieces it can take, words it can hold.

It asks the database nothing itself and never fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

_SOME = 500  # values in one IN (…); SQLite and PostgreSQL limit the parameters of a statement
_MAX_REASON = 500  # characters

T = TypeVar("T")


def chunked(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """`values` in pieces that fit into one statement."""
    for start in range(0, len(values), _SOME):
        yield values[start : start + _SOME]


def storable(words: str) -> str:
    """An error's words as text every database takes: no NUL, no lone surrogate, at most 500 characters."""
    return words.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")[:_MAX_REASON]
