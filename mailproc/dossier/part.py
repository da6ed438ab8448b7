"""A work that comes in parts, by its title: "The tram, part 2 of 3", "El tranvía (2/3)", "Teil 2: Die Tram".

Told by the title alone, in the languages of the desk; what it means is for people to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_NUMBER = r"(?P<number>\d{1,2}|[ivx]{1,4})"
_OF = r"(?:\s*(?:of|von|de|di|sur|из|/)\s*(?:\d{1,2}|[ivx]{1,4}))?"
_PART = re.compile(
    rf"\b(?:part|pt|teil|folge|parte|partie|часть|episode|episodio|épisode)\b\.?\s*{_NUMBER}\b{_OF}(?!\w)",
    re.IGNORECASE,
)
_SHORT = re.compile(r"\((?P<number>\d{1,2})\s*/\s*\d{1,2}\)")
_EDGES = " \t,:;.()[]-\u2013\u2014\u201c\u201d\"'"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of something."""

    of: str  # its title without what says which part, folded; "" where it has no other title
    number: int


def part_in(title: str) -> Part | None:
    """Which part of what a title says that it is; None where it does not."""
    found = _SHORT.search(title) or _PART.search(title)
    if found is None:
        return None
    said = found["number"].casefold()
    number = int(said) if said.isdecimal() else _ROMAN.get(said, 0)
    rest = " ".join(part.strip(_EDGES) for part in (title[: found.start()], title[found.end() :]))
    return Part(rest.strip(_EDGES).casefold(), number) if number else None
