"""What a group's file holds, as letters and screens show it: values that the desk fills and templates lay out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from mailproc.dossier.needs import Need
from mailproc.workflow.group import Group, Piece
from mailproc.workflow.item import Item


@dataclass(frozen=True, slots=True)
class Held:
    """A piece with what its item and its mail tell of it."""

    piece: Piece
    need: str  # as what it counts now: a slug; "" as nothing
    giver: str  # name or addr-spec of whoever gave it
    at: datetime | None  # when its mail came
    others: tuple[str, ...] = ()  # references of other material that brought the same

    @property
    def shown_url(self) -> str:
        """Where a link leads, in a letter: without what makes a program take it for one."""
        return _unlinked(self.piece.url)

    @property
    def shown_source(self) -> str:
        """Where it is from, the same."""
        return _unlinked(self.piece.source)


@dataclass(frozen=True, slots=True)
class Heading:
    """A need with the pieces that count as it."""

    need: Need
    pieces: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """All that is to be said of a file."""

    group: Group
    has: tuple[Heading, ...]
    missing: tuple[Need, ...]
    more: tuple[Held, ...]  # pieces that count as nothing that the file needs
    waiting: tuple[Item, ...]  # material for it on which members have not decided

    @property
    def pieces(self) -> tuple[Held, ...]:
        """All of them, each once."""
        return (*(held for heading in self.has for held in heading.pieces), *self.more)


def _unlinked(words: str) -> str:
    return re.sub(r"https?://(?:www\.)?", "", words, flags=re.IGNORECASE)
