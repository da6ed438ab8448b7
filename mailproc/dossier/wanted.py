"""What the publication looks for, from one source: files that still take material, and members' own lines.

A line whose time is over is none; what is not wanted stands nowhere until that is over. Values only; the lists, the
letters and the receipts all show this. A group that came with mailproc as an example is looked for once members say so,
or once anybody has worked on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailproc.workflow.group import LOOKED_FOR, Group, Wanted


@dataclass(frozen=True, slots=True)
class Sought:
    """A file that takes material."""

    group: Group
    needs: tuple[str, ...]  # what it lacks
    lines: tuple[Wanted, ...] = ()  # what members look for beside, in their words


@dataclass(frozen=True, slots=True)
class Standing:
    """All that is wanted at one time."""

    files: tuple[Sought, ...] = ()
    sections: tuple[Wanted, ...] = ()
    lines: tuple[Wanted, ...] = ()  # free ones

    @property
    def asked(self) -> tuple[Wanted, ...]:
        """What members look for beside files: sections, then free lines."""
        return (*self.sections, *self.lines)


def counts(line: Wanted, now: datetime) -> bool:
    """Whether its time is not over."""
    return line.until is None or line.until > now


def standing(
    groups: Sequence[Group], lines: Iterable[Wanted], now: datetime, lacks: Mapping[str, Sequence[str]] | None = None
) -> Standing:
    """What is wanted now. `lacks`: by a group's name what its file lacks, where that is not all that it needs."""
    today = [line for line in lines if counts(line, now)]
    found = [_sought(group, today, (lacks or {}).get(group.name, group.needs)) for group in groups]
    return Standing(
        files=tuple(filter(None, found)),
        sections=tuple(line for line in today if line.section and line.wanted),
        lines=tuple(line for line in today if line.words and not line.section and not line.file and line.wanted),
    )


def _sought(group: Group, today: Sequence[Wanted], lacks: Sequence[str]) -> Sought | None:
    """The file as one that takes material; None where it does not, whatever it needs."""
    own = [line for line in today if line.file.casefold() == group.name.casefold()]
    said = next((line.wanted for line in own if not line.words), None)  # of the file as a whole
    beside = tuple(line for line in own if line.words and line.wanted)
    takes = (group.state in LOOKED_FOR and not group.example) if said is None else said
    return Sought(group, tuple(lacks), beside) if takes or (beside and said is not False) else None


def fitting(now: Standing, section: str | None, file: str | None) -> tuple[Wanted, ...]:
    """What somebody hears who has just sent something for that section or file: of files only what goes with theirs."""
    of_file = next((each.lines for each in now.files if file and each.group.name == file), ())
    others = tuple(line for line in now.sections if line.section != section)
    return (*of_file, *others, *now.lines)
