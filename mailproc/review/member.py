"""Member and Vote: who may decide, and what they said. Values only; `ballot` counts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with access and the duty that goes with it."""

    email: str  # the registered addr-spec, where letters go
    name: str
    state: str  # invited active away suspended resigned removed
    since: datetime
    addresses: tuple[str, ...] = ()  # all addr-specs that are theirs, the registered one first
    away_until: datetime | None = None  # with state away; None there: until they write `back`
    schedule: str = "daily"  # "daily", or "at once": each item in a letter of its own
    hour: time | None = None  # of their digest, by their clock; None: the desk's
    timezone: str = ""  # IANA name; "": the desk's
    quiet: str = ""  # "22:00-07:00" by their clock: no letter is written to them then that can wait; "": none
    stand_in: str = ""  # addr-spec of the member who is asked in their place while they are away
    silent: bool = False  # a transcript only where something was not done
    leaves_at: datetime | None = None  # they resigned, and may take it back until then
    why: str = ""  # slug: "bounces" where the desk suspended them because letters came back
    not_for: tuple[str, ...] = ()  # names of groups that they have a part in: they are never asked about these
    topics: tuple[str, ...] = ()  # words of what they would like to be asked about first

    @property
    def votes(self) -> bool:
        """Entitled to vote now."""
        return self.state == "active"

    @property
    def called(self) -> str:
        """As the others know them: with the address, by which an erasure finds the name beside it."""
        return f"{self.name} ({self.email})" if self.name else self.email


@dataclass(frozen=True, slots=True)
class Vote:
    """A member's standing vote on one item; a later one of the same member replaces it."""

    member: str  # addr-spec
    verdict: str  # "approve" or "reject"; on something published what its motion asks, or "reject" to keep it as it is
    words: str
    at: datetime
    undone: bool = False
    because: str = ""  # a named reason, a slug
    again: datetime | None = None  # from when on the author may ask again
    barred: bool = False  # its author appealed: this member has decided before, and has no vote on it any more


@dataclass(frozen=True, slots=True)
class Policy:
    """What a decision on one kind needs."""

    approvals: int = 1
    rejections: int = 1
    veto: bool = True  # one rejection stops an approval
