"""How what was read is shown to people: tables, and words that no terminal obeys."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text


def table(columns: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> Table:
    """A table without lines; every cell is shown as it is written."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        shown.add_column(column, overflow="fold")
    for line in lines:
        shown.add_row(*(plain(cell) for cell in line))
    return shown


def visible(text: str) -> str:
    """Words of others without control characters: a terminal obeys them (catalogue S39)."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)


def plain(text: str) -> Text:
    """A line for `out.print`, its marks not obeyed."""
    return Text(visible(text))
