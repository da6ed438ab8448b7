"""What machines say where no header field says that they are machines: `notices.toml` and `absence.toml`, read once.

A pattern is matched without case and without accents, for gateways lose both. Words alone prove nothing: `auto` and
`report` say what else must hold. Raises ConfigError when imported where a file does not fit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from mailproc import tables

Rows = Mapping[str, tuple[str, ...]]  # language (ISO 639-1) -> patterns


class Notices(Struct, frozen=True, forbid_unknown_fields=True):
    """The tables of `notices.toml`; what each holds is said there."""

    answers: Rows
    absences: Rows
    absence_nouns: Rows
    declares: Rows
    receipts: Rows
    was_read: Rows
    challenges: Rows
    released: Rows
    reacted: Rows
    undelivered: Rows
    refused: Rows


class Absence(Struct, frozen=True, forbid_unknown_fields=True):
    """The tables of `absence.toml`: what people have their programs answer; read with accents, by `review` too."""

    gone: Rows
    away: Rows
    opens: Rows
    goes_on: Rows


_FILE = Path(__file__).with_suffix(".toml")
_ABSENCE = _FILE.with_stem("absence")
NOTICES = tables.fitted(_FILE, tables.read(_FILE), Notices)
ABSENCE = tables.fitted(_ABSENCE, tables.read(_ABSENCE), Absence)


def unaccented(text: str) -> str:
    """The text without accents and other marks above and below its letters, and without marks of direction."""
    if text.isascii():
        return text
    letters = unicodedata.normalize("NFD", text)
    kept = (char for char in letters if unicodedata.category(char) not in ("Mn", "Cf"))
    return unicodedata.normalize("NFC", "".join(kept))


def any_of(*tables_of_rows: Rows, start: str = "", end: str = "") -> re.Pattern[str]:
    """One pattern for all rows, to be matched with what `unaccented` gives."""
    every = "|".join(f"(?:{pattern})" for rows in tables_of_rows for row in rows.values() for pattern in row)
    return re.compile(f"{start}(?:{unaccented(every)}){end}", re.IGNORECASE)
