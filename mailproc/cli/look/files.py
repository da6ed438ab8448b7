"""Group files on the screen: what each has, what it lacks, and of one file every piece."""

from __future__ import annotations

from collections.abc import Iterator

from mailproc.cli.look.page import visible
from mailproc.cli.say import out
from mailproc.letters.contents import Contents, Held


def print_file(each: Contents, *, whole: bool) -> None:
    """A file with what it lacks; `whole`: with what it has, and what waits for it."""
    known = each.group
    also = f" ({', '.join(known.aliases)})" if known.aliases else ""
    example = ", an example: nobody is asked for it" if known.example else ""
    out.print(f"{known.name}{also}: {known.state}{example}", markup=False)
    for line in _pieces(each) if whole else ():
        out.print(line, markup=False)
    for need in each.missing:
        out.print(f"    still needs {need.called}", markup=False)
    for item in each.waiting if whole else ():
        out.print(f"    waits: {item.ref} {visible(item.title)}, {item.state}", markup=False)


def _pieces(each: Contents) -> Iterator[str]:
    for heading in each.has:
        yield f"    has {heading.need.called}"
        yield from map(_piece, heading.pieces)
    if each.more:
        yield "    has, and needs none of it"
        yield from map(_piece, each.more)


def _piece(held: Held) -> str:
    piece = held.piece
    told = {"caption": piece.caption, "credit": piece.credit, "rights": piece.rights, "source": piece.source}
    said = "".join(f"; {name}: {visible(words)}" for name, words in told.items() if words)
    same = f"; the same in {', '.join(held.others)}" if held.others else ""
    what = visible(piece.url or piece.name)
    return f"        {piece.ref} {piece.form} {what}, from {visible(held.giver)}{said}{same}"
