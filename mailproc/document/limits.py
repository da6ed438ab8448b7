"""What one document may cost whoever reads it, beside what the kernel allows; and why a document was not read.

A limit that is reached is no error: what was read until then stays, and the reason goes with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

MAX_CHARACTERS = 2_000_000  # of words: four long novels
MAX_UNPACKED = 64 << 20  # octets that come out of a zip
MAX_MEMBERS = 10_000  # of a zip
MAX_ELEMENTS = 500_000  # of markup: a book of 800 pages with every third word in italics
MAX_TAG_BYTES = 4 << 20  # about; Word keeps drawings in attributes
MAX_DEPTH = 1000  # of elements
MAX_RTF_STEPS = 2_000_000  # words, letters and braces of the format
MAX_RTF_BYTES = 8 << 20
MAX_TEXT_BYTES = 8 << 20
MAX_PAGES = 2000

PARTLY = "partly"  # only its first part, or not every part, was read
DAMAGED = "damaged"  # it is not what it says, or broken off
ENCRYPTED = "encrypted"  # it asks for a password
TOO_LARGE = "too-large"  # in octets
NO_WORDS = "no-words"  # it was read, and has none: pictures of pages
NO_READER = "no-reader"  # no program for it is installed here
OFTEN = 256  # steps between two looks at the clock


class Stopped(Exception):
    """Reading ends here; `slug` says why. Words that were read until now stay."""

    def __init__(self, slug: str) -> None:
        """One of the slugs above."""
        super().__init__(slug)
        self.slug = slug


@dataclass(slots=True)
class Budget:
    """What is left of the limits that the parts of one document share."""

    enough: Callable[[], bool] = lambda: False  # asked now and then: is it time to end
    octets: int = MAX_UNPACKED
    steps: int = MAX_ELEMENTS

    def step(self) -> None:
        """One element, or one page. Raises Stopped where that was the last one."""
        self.steps -= 1
        if self.steps < 0 or (self.steps % OFTEN == 0 and self.enough()):
            raise Stopped(PARTLY)

    def unpack(self, octets: int) -> None:
        """Raises Stopped where that is too much."""
        self.octets -= octets
        if self.octets < 0:
            raise Stopped(PARTLY)
