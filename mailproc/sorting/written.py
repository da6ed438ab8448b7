"""How the values of conditions are written: each function reads one shape of TOML value into a frozen one.

Every mistake is a ValueError with words; `condition` adds an example. Patterns are compiled
here, so that a bad one is told when the rule is read and never when a mail comes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import re2

from mailproc.errors import nearest
from mailproc.sorting.facts import PURPOSES
from mailproc.sorting.words import fold


def phrases(value: object) -> tuple[str, ...]:
    """A phrase or a list of them, folded."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(each, str) and fold(each) for each in texts):
        raise ValueError("expected a phrase or a list of phrases")
    return tuple(fold(each) for each in texts)


def words_of(*known: str) -> Callable[[object], tuple[str, ...]]:
    """A word or a list of words out of a closed list."""

    def read(value: object) -> tuple[str, ...]:
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or not words:
            raise ValueError("expected a word or a list of words")
        for word in words:
            if word not in known:
                raise ValueError(f'unknown word "{word}"{nearest(str(word), known)}')
        return tuple(words)

    return read


def recipients(value: object) -> tuple[str, ...]:
    """Purposes and addresses, in lower case."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(each, str) for each in names):
        raise ValueError("expected a purpose, an address, or a list of them")
    for name in names:
        if "@" not in name and name not in PURPOSES:
            raise ValueError(f'unknown purpose "{name}"{nearest(name, PURPOSES)}')
    return tuple(name.lower() for name in names)


def pattern(value: object) -> str:
    """An RE2 pattern that compiles."""
    if not isinstance(value, str) or not value:
        raise ValueError("expected a pattern in quotes")
    compiled(value)
    return value


@cache
def compiled(pattern: str) -> Any:  # noqa: ANN401 - re2 ships no types
    """The pattern ready for use; ValueError if RE2 does not take it."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        words = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise ValueError(f"{words} (patterns are RE2: no look-around, no back-references)") from None


def count(value: object) -> int:
    """A whole number of at least 0."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("expected a whole number")
    return value


def switch(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("expected true or false")  # noqa: TRY004 - one error for all
    return value


def _table(value: object, kinds: Mapping[str, type], needed: str = "") -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("expected a table")  # noqa: TRY004 - one error for all
    for key, given in value.items():
        if key not in kinds:
            raise ValueError(f'unknown key "{key}"{nearest(key, kinds)}')
        if type(given) is not kinds[key]:
            raise ValueError(f'"{key}" has the wrong kind of value')
    if needed and needed not in value:
        raise ValueError(f'"{needed}" is missing')
    return dict(value)


def header_test(value: object) -> tuple[str, str, Any]:
    """(name in lower case, "contains" "matches" or "present", folded phrase, pattern or bool)."""
    table = _table(value, {"name": str, "contains": str, "matches": str, "present": bool}, "name")
    name = table.pop("name").lower()
    how, what = next(iter(table.items()), ("present", True))
    if len(table) > 1:
        raise ValueError('give one of "contains", "matches" and "present"')
    reads: dict[str, Callable[[Any], Any]] = {"contains": fold, "matches": pattern, "present": bool}
    return name, how, reads[how](what)


def attachment_test(value: object) -> tuple[str, str, bool, int, int | None]:
    """(type, folded name, must be a document, min, max)."""
    table = _table(value, {"type": str, "name": str, "document": bool, "min": int, "max": int})
    kind, name = table.get("type", "*").lower(), fold(table.get("name", "*"))
    return kind, name, table.get("document", False), table.get("min", 0 if "max" in table else 1), table.get("max")
