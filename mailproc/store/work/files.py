"""Group files: the pieces they are made of, and what contributors say against a layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields

from sqlalchemy import Connection, Row, delete, insert, select, update

from mailproc.kinds.every import ref_of
from mailproc.store.schema import items, objections, pieces
from mailproc.store.work.items import row_of
from mailproc.workflow.group import Objection, Piece

COLUMNS = tuple(field.name for field in fields(Piece) if field.name not in {"ref", "number"})


def key(name: str) -> str:
    """Under which a group's rows are found."""
    return name.strip().casefold()


def of(conn: Connection, file: str, *, out: bool = False) -> list[Piece]:
    """The pieces of a group's file, in the order in which they came; `out`: those that were taken out as well."""
    query = select(pieces, items.c.kind, items.c.number.label("opened")).join(items, items.c.id == pieces.c.item)
    query = query.where(pieces.c.file == key(file)).order_by(pieces.c.id)
    return [_piece(row) for row in conn.execute(query if out else query.where(pieces.c.out.is_(False)))]


def _piece(row: Row[tuple[object, ...]]) -> Piece:
    found = row._mapping  # noqa: SLF001 - SQLAlchemy's public name
    return Piece(ref_of(found["kind"], found["opened"]), found["number"], **{name: found[name] for name in COLUMNS})


def of_item(conn: Connection, ref: str) -> list[tuple[str, Piece]]:
    """(the file's key, the piece) of all that a material gave. Raises UnknownReference."""
    query = select(pieces, items.c.kind, items.c.number.label("opened")).join(items, items.c.id == pieces.c.item)
    query = query.where(pieces.c.item == row_of(conn, ref)).order_by(pieces.c.id)
    return [(row.file, _piece(row)) for row in conn.execute(query)]


def every(conn: Connection) -> list[tuple[int, Piece]]:
    """(the row's id, the piece) of all files, also those that were taken out."""
    query = select(pieces, items.c.kind, items.c.number.label("opened")).join(items, items.c.id == pieces.c.item)
    return [(row.id, _piece(row)) for row in conn.execute(query.order_by(pieces.c.id))]


def add(conn: Connection, file: str, piece: Piece) -> bool:
    """A piece of a file; False where the same material gave it before. Raises UnknownReference."""
    item = row_of(conn, piece.ref)
    same = (pieces.c.item == item, pieces.c.form == piece.form, pieces.c.sha256 == piece.sha256)
    known = piece.sha256 != ""  # else it was erased, and nobody can tell it from another
    if (
        known
        and conn.execute(select(pieces.c.id).where(pieces.c.file == key(file), *same, pieces.c.out.is_(False))).first()
    ):
        return False
    columns = {name: getattr(piece, name) for name in COLUMNS}
    conn.execute(insert(pieces).values(file=key(file), item=item, number=piece.number, **columns))
    return True


def take_out(conn: Connection, file: str, ref: str, sha256: str | None = None) -> bool:
    """The pieces of a material are no part of the file any more; False where none was. Raises UnknownReference."""
    which = [pieces.c.file == key(file), pieces.c.item == row_of(conn, ref), pieces.c.out.is_(False)]
    if sha256 is not None:
        which.append(pieces.c.sha256 == sha256)
    return conn.execute(update(pieces).where(*which).values(out=True)).rowcount > 0


def count_as(conn: Connection, ref: str, needs: Sequence[tuple[str, str]]) -> None:
    """As what pieces count: (SHA-256, slug) of each. Raises UnknownReference."""
    for sha256, need in needs:
        of_item = (pieces.c.item == row_of(conn, ref), pieces.c.sha256 == sha256)
        conn.execute(update(pieces).where(*of_item).values(need=need))


def objections_of(conn: Connection, file: str) -> list[Objection]:
    """What contributors say against the layout, the first first."""
    names = [field.name for field in fields(Objection)]
    query = select(*(objections.c[name] for name in names)).where(objections.c.file == key(file))
    return [Objection(**row) for row in conn.execute(query.order_by(objections.c.at, objections.c.email)).mappings()]


def object_to(conn: Connection, file: str, said: Objection) -> None:
    """A contributor objects, in the place of what they said before."""
    no_longer_objects(conn, file, said.email)
    conn.execute(insert(objections).values(file=key(file), **asdict(said)))


def no_longer_objects(conn: Connection, file: str, email: str | None = None) -> bool:
    """What a contributor said is settled; `None`: what anybody said. False where there was nothing."""
    which = [objections.c.file == key(file), *([] if email is None else [objections.c.email == email])]
    return conn.execute(delete(objections).where(*which)).rowcount > 0
