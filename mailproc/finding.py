"""What a look at one part of the desk comes to: a level, and one line for the operator, with its cure.

`doctor` and `health` collect them; each edge gives its own (`smtp.check`, `imap.check`). A value, no looking.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "trouble"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `doctor`, or of `health`, which names the part as well."""

    level: Level
    words: str
    part: str = ""  # poll NAME, work, remind, deliver, deliver run, disk, database, stuck, ambiguous, paused …
