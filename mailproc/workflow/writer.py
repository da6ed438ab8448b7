"""What somebody who writes to the desk, member or not, wishes of the letters that they get. A value only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Writer:
    """The wishes of one address."""

    email: str  # as they write it
    at: datetime  # when they last said something of it
    language: str = ""  # of letters to them, the tag of a folder of templates; "" as the desk finds right
    receipts: bool = True  # a letter for each mail that needs no answer of theirs
    gathers: bool = False  # such letters come as one letter a day
    waiting: tuple[str, ...] = ()  # references of the items that the next of these is about
    since: datetime | None = None  # when the first of them came
