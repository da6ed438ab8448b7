"""Member and Vote: who may decide, and what they said. Values only; `ballot` counts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with access and the duty that goes with it."""

    email: str  # the registered addr-spec, where letters go
    name: str
    state: str  # invited active away suspended resigned removed
    since: datetime
    addresses: tuple[str, ...] = ()  # all addr-specs that are theirs, the registered one first
    away_until: datetime | None = None

    @property
    def votes(self) -> bool:
        """Entitled to vote now."""
        return self.state == "active"


@dataclass(frozen=True, slots=True)
class Vote:
    """A member's standing vote on one item; a later one of the same member replaces it."""

    member: str  # addr-spec
    verdict: str  # "approve" or "reject"
    words: str
    at: datetime
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """What a decision on one kind needs."""

    approvals: int = 1
    rejections: int = 1
    veto: bool = True  # one rejection stops an approval
