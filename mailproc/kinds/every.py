"""Every kind there is. A new one needs its module, and its line here.

A reference is a kind's letter and the number of the message that opened the item: A-123. A kind that is not whole
stops the program when it starts, with the kind's name (`registered`).
"""

from __future__ import annotations

from collections.abc import Iterable

from mailproc.errors import StoreError
from mailproc.kinds import article, enquiry, material, membership, proposal, task, unsorted
from mailproc.kinds.kind import Kind

EVERY = (
    article.KIND,
    material.KIND,
    membership.KIND,
    enquiry.KIND,
    proposal.KIND,
    task.KIND,
    unsorted.KIND,
)


def registered(kinds: Iterable[Kind]) -> dict[str, Kind]:
    """The kinds by name, in their order. Raises ValueError for one that is not whole, or that clashes with another."""
    found: dict[str, Kind] = {}
    for kind in kinds:
        where = f'kinds/every.py, kind "{kind.name}"'
        for mistake in kind.mistakes():
            raise ValueError(f"{where}: {mistake}")
        if kind.name in found:
            raise ValueError(f"{where}: it stands there twice")
        same = next((each.name for each in found.values() if each.letter == kind.letter), None)
        if same:
            raise ValueError(f'{where}: its letter {kind.letter} is that of "{same}"; give it one of its own')
        found[kind.name] = kind
    return found


KINDS: dict[str, Kind] = registered(EVERY)
OF_LETTER: dict[str, Kind] = {kind.letter: kind for kind in EVERY}
CAPITALS = "".join(OF_LETTER)
UNSORTED = unsorted.KIND.name  # what a mail is that no rule claims
GOES_UP = frozenset(kind.up.event for kind in EVERY if kind.up)  # events by which a work goes up
FOLDERS = {kind.up.folder: kind.up.grouped for kind in EVERY if kind.up}  # where works stand -> by group, else by year

_CYRILLIC = {  # capitals that look like Latin ones
    "A": "\u0410",
    "B": "\u0412",
    "C": "\u0421",
    "E": "\u0415",
    "H": "\u041d",
    "I": "\u0406",
    "J": "\u0408",
    "K": "\u041a",
    "M": "\u041c",
    "O": "\u041e",
    "P": "\u0420",
    "S": "\u0405",
    "T": "\u0422",
    "X": "\u0425",
    "Y": "\u0423",
}
LOOK_ALIKES: dict[str, str] = {_CYRILLIC[letter]: letter for letter in CAPITALS if letter in _CYRILLIC}


def ref_of(kind: str, number: int) -> str:
    """`A-123` for article 123. Raises StoreError for a kind that there is not: items of it are of another version."""
    if kind not in KINDS:
        raise StoreError(f'this version knows no kind "{kind}", and there are items of it; run the one that wrote them')
    return f"{KINDS[kind].letter}-{number}"
