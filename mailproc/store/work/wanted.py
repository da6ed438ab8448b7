"""What members look for beside the needs of files: sections, files, free lines; one row for each."""

from __future__ import annotations

from dataclasses import asdict, fields

from sqlalchemy import Connection, delete, insert, select

from mailproc.store.schema import wanted
from mailproc.workflow.group import Wanted

_NAMES = tuple(field.name for field in fields(Wanted))


def key_of(line: Wanted) -> str:
    """Two lines that look for the same have one key."""
    return "/".join(" ".join(part.casefold().split()) for part in (line.section, line.file, line.words))


def every(conn: Connection) -> list[Wanted]:
    """All lines, the first first; those whose time is over too."""
    query = select(*(wanted.c[name] for name in _NAMES)).order_by(wanted.c.at, wanted.c.key)
    return [Wanted(**row) for row in conn.execute(query).mappings()]


def get(conn: Connection, like: Wanted) -> Wanted | None:
    """The line that looks for the same."""
    query = select(*(wanted.c[name] for name in _NAMES)).where(wanted.c.key == key_of(like))
    row = conn.execute(query).mappings().first()
    return Wanted(**row) if row else None


def put(conn: Connection, line: Wanted) -> None:
    """Writes a line: new, or in the place of the one that looks for the same."""
    conn.execute(delete(wanted).where(wanted.c.key == key_of(line)))
    conn.execute(insert(wanted).values(key=key_of(line), **asdict(line)))


def remove(conn: Connection, line: Wanted) -> bool:
    """Nobody looks for it; False where nobody did."""
    return conn.execute(delete(wanted).where(wanted.c.key == key_of(line))).rowcount > 0
