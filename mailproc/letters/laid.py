"""A group file in a letter: how it is laid out, in words, and the zip that goes with it.

Values only; words of ours stand in the templates.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_LINES = 300  # of one text; the package has all of it


@dataclass(frozen=True, slots=True)
class LaidPiece:
    """One piece where it stands."""

    form: str  # text picture document link other
    by: str = ""  # whose it is, as may be shown
    mine: bool = False  # the reader's own
    heading: str = ""  # of a part of a whole file
    text: str = ""  # of a text: its words, at most MOST_LINES
    more: int = 0  # lines of it that are not shown
    name: str = ""  # file name, or words of a link
    url: str = ""  # of a link
    caption: str = ""
    credit: str = ""
    rights: str = ""


@dataclass(frozen=True, slots=True)
class LaidSection:
    """What stands under one heading."""

    heading: str
    pieces: tuple[LaidPiece, ...]


@dataclass(frozen=True, slots=True)
class Parcel:
    """The zip that goes with a letter."""

    number: int  # of the letter
    of: int  # how many letters there are
    name: str
    octets: bytes
    holds: tuple[str, ...]  # its files

    @property
    def file(self) -> tuple[str, str, bytes]:
        """As a Draft takes it."""
        return self.name, "application/zip", self.octets


@dataclass(frozen=True, slots=True)
class Lack:
    """A piece that the package is without."""

    name: str
    ref: str  # of its material
    why: str  # slug: missing (its octets are gone), too-large
