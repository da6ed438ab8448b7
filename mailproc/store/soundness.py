"""Whether the database itself is whole: its pages, its keys, its tables as this program knows them.

It knows no mail. A database that cannot be read at all is a StoreError.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect

from mailproc.store.schema import metadata

_ENOUGH = 20  # lines of damage that are asked for
_SHOWN = 2  # of them


def damage(conn: Connection) -> str:
    """What is wrong with it, in a few words; "" where it is whole."""
    lines = [*_pages(conn), *_tables(conn)]
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return f"damaged ({', '.join(lines[:_SHOWN])}{more})" if lines else ""


def _pages(conn: Connection) -> list[str]:
    """SQLite's own check of every page and index, and of what refers to what."""
    if conn.dialect.name != "sqlite":
        return []
    found = [row[0] for row in conn.exec_driver_sql(f"PRAGMA integrity_check({_ENOUGH})")]
    pages = [line for words in found for line in words.splitlines() if line != "ok" and not line.startswith("***")]
    loose = [
        f"{row[0]} row {row[1]} refers to a row of {row[2]} that is not there"
        for row in conn.exec_driver_sql("PRAGMA foreign_key_check")
    ]
    return pages + loose


def _tables(conn: Connection) -> list[str]:
    """Tables and columns that are not there."""
    found = inspect(conn)
    there = set(found.get_table_names())
    lines = []
    for name, table in metadata.tables.items():
        columns = {column["name"] for column in found.get_columns(name)} if name in there else set()
        missing = sorted(column.name for column in table.columns if column.name not in columns)
        if missing:
            lines.append(f"table {name} has no {', '.join(missing)}")
    return lines
