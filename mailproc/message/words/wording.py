"""What mail programs, phones and gateways write around people's words, in many languages: `wording.toml`, read once.

A language that is missing there is still known by shape in most programs (`attribution`): a date, an address, a
colon, a quotation. Raises ConfigError when imported where the file does not fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from mailproc import tables

DECIDING = frozenset({"en", "es", "fr", "de", "it", "pt", "ru"})  # languages in which a word may be a member's decision
Rows = Mapping[str, tuple[str, ...]]  # language (ISO 639-1) -> patterns, to be matched without case


class Wording(Struct, frozen=True, forbid_unknown_fields=True):
    """Its tables; what each holds is said there."""

    wrote: Rows
    wrote_glued: Rows
    opens: Rows
    footers: Rows
    slips: Rows
    sending: Rows
    products: Rows
    nouns: Rows
    devices: Rows
    excuses: Rows
    virus: Rows
    disclaimers: Rows
    banners: Rows
    converted: Rows
    left_out: Rows
    original: Rows
    labels: Rows  # header field -> patterns
    ends: Rows
    lists: Rows
    oneself: Rows
    sent: Rows
    quotes: Rows
    you: Rows
    mails: Rows
    tracked: Rows


def any_of(rows: Rows) -> str:
    """One pattern for all rows."""
    return "|".join(pattern for row in rows.values() for pattern in row)


_FILE = Path(__file__).with_suffix(".toml")
WORDING = tables.fitted(_FILE, tables.read(_FILE), Wording)
FIELDS = "|".join(
    f"(?P<{field}>{'|'.join(names)})" for field, names in WORDING.labels.items()
)  # a group for each field
