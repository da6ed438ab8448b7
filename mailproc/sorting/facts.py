"""What the desk knows of a mail beyond its words: Facts. Values only; the desk fills them in.

Sorting looks nothing up by itself. The groups are any values with a name and aliases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mailproc.kinds.every import EVERY

PURPOSES = (*(kind.name for kind in EVERY if kind.options.address), "help", "desk")
STANDINGS = ("member", "known", "unknown")
ANSWERS = ("digest", "letter", "nothing")


class Named(Protocol):
    """A group as sorting needs it."""

    @property
    def name(self) -> str:
        """The organisation's name."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """What else it is called."""

    @property
    def domains(self) -> tuple[str, ...]:
        """Of its own mail."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one mail when it is sorted."""

    purposes: tuple[str, ...] = ()  # of our addresses it was sent to, of PURPOSES
    addressed: tuple[str, ...] = ()  # those addresses, addr-specs
    tag: str = ""  # the subaddress it was sent to, if it is no secret of ours (RFC 5233 §4 "detail")
    sender: str = "unknown"  # member; known: wrote before; unknown
    bounce: bool = False
    automatic: bool = False
    bulk: bool = False
    answers: str = "nothing"  # digest: any letter to members; letter: any other of ours; nothing
    groups: tuple[Named, ...] = ()
