"""Who did something: a person, the operator (in a member's place, too), the clock, or the desk itself.

Entries and journal hold an actor as words, `ana@harbour.example` or `operator for ana@harbour.example`; everywhere
else it is this value, so that nobody takes those words apart to find out who it was.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from mailproc.message.field.address import canonical

_FOR = "operator for "
_OPERATOR_TOO = "command"  # what entries of before this value said of digests that the operator asked for


class Role(StrEnum):
    """In what part somebody acts."""

    PERSON = "person"
    OPERATOR = "operator"
    CLOCK = "clock"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts; `email` is the person's addr-spec, or that of the member for whom the operator speaks."""

    role: Role
    email: str = ""

    def __str__(self) -> str:
        """As entries and journal have it."""
        if self.role is Role.PERSON:
            return self.email
        return f"{_FOR}{self.email}" if self.email else str(self.role)

    @property
    def is_somebody(self) -> bool:
        """A human being had a hand in it."""
        return self.role in {Role.PERSON, Role.OPERATOR}

    def bears(self, addresses: Collection[str]) -> bool:
        """The word is that of whoever has these addresses (canonical), said by the operator's hand or their own."""
        return self.email != "" and canonical(self.email) in addresses


OPERATOR, CLOCK, DESK = Actor(Role.OPERATOR), Actor(Role.CLOCK), Actor(Role.DESK)
_BY_NAME = {str(each): each for each in (OPERATOR, CLOCK, DESK)} | {_OPERATOR_TOO: OPERATOR}


def person(email: str) -> Actor:
    """Somebody who acts for themselves; "" where a mail has no author who can be named."""
    return Actor(Role.PERSON, email)


def operator_for(email: str) -> Actor:
    """The operator, saying what a member told them."""
    return Actor(Role.OPERATOR, email)


def actor_of(words: str) -> Actor:
    """The actor of these words, as `str` gives them."""
    if words.startswith(_FOR):
        return operator_for(words.removeprefix(_FOR))
    return _BY_NAME.get(words) or person(words)
