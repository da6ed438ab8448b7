"""What there is to say, before anybody words it: the slug of a phrase, and the facts that its text names.

Rooms that decide and look things up give these values; the words stand in `templates/LANGUAGE/phrases/` and are taken
when a letter is written or a screen drawn (`letters/phrasebook`). So an entry holds no sentence, and a rebuild by a
later version tells the same story. Nothing is worded here, and nothing fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TypeAlias

Fact: TypeAlias = "str | int | date | datetime | time | Phrase | tuple[Fact, ...] | None"

_KEPT = re.compile(r"([a-z]+(?:-[a-z]+)*/[a-z]+(?:-[a-z]+)*) (\{.*\})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of the catalogue with what it is about; times are aware datetimes, never worded before."""

    slug: str  # "FILE/NAME": the phrase NAME of phrases/FILE.toml
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __hash__(self) -> int:
        """By what it says; two of the same slug are rarely compared."""
        return hash(self.slug)


Said: TypeAlias = Phrase | str  # what a letter words, or words as they are: a name, or a line of an older release


def say(slug: str, /, **facts: Fact) -> Phrase:
    """A phrase; a test holds every call to the catalogue, slug and names of facts alike."""
    return Phrase(slug, facts)


def kept(said: Said) -> str:
    """A phrase whose facts are texts, as a row keeps it: `notice/left {"name": "Ben"}`; words stay as they are."""
    return said if isinstance(said, str) else f"{said.slug} {json.dumps(dict(said.facts), ensure_ascii=False)}"


def as_kept(text: str) -> Said:
    """What a row keeps: a phrase again, or the words that a row of an older release holds."""
    found = _KEPT.fullmatch(text)
    try:
        return Phrase(found[1], json.loads(found[2])) if found else text
    except ValueError:  # words that only look like one
        return text
