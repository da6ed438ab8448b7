"""What `verify` and `reconcile` say: a slug, the place, the cure; and the counts beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

REBUILD = "move the database away and run `mailproc rebuild`"  # the cure of a database that is not what it should be
MEND = "`mailproc mend`"  # of a file; `copies` knows from where, and says so in its place


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is not as it should be."""

    slug: str
    where: str
    cure: str
    number: int | None = None  # of the message, where it is one
    path: Path | None = None  # the file that `mend` could put back from a copy


@dataclass(slots=True)
class Report:
    """What was looked at, and what was found."""

    findings: list[Flaw] = field(default_factory=list)
    messages: int = 0
    entries: int = 0
    letters: int = 0
    attachments: int = 0
    works: int = 0  # published ones, and those that were taken down
    leftovers: int = 0  # files of turns that died; nobody needs them
