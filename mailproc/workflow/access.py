"""What a member's way into the site is made of: a name, a one-time secret, and how long it is good.

The secret itself is made by the desk's key (`desk/ground/key`) and stands nowhere (see `message/blank`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

BEFORE = timedelta(days=1)  # so long before its end a member hears how to get another
ENTITLED = frozenset({"active", "away"})  # states of a member who has access
_NOT_IN_A_NAME = re.compile(r"[\s%:]|^#")  # RFC 7617 §2: no colon; a file of such lines has comments and white space


@dataclass(frozen=True, slots=True)
class Pass:
    """What the letter says of it."""

    user: str
    secret: str  # its blank
    ends_at: datetime
    site: str  # where; "" where the configuration does not say


def user_name(email: str) -> str:
    """As whom a member logs in: their registered address, what no login can hold in it as %3A."""
    return _NOT_IN_A_NAME.sub(lambda sign: "".join(f"%{octet:02X}" for octet in sign[0].encode()), email)


def warns_at(given_at: datetime, ends_at: datetime) -> datetime:
    """When the member hears that it ends: a day before, or half-way where it is good for less than two."""
    return ends_at - min(BEFORE, timedelta(seconds=(ends_at - given_at).total_seconds() // 2))


def reference(cause: int, letter: str) -> str:
    """How others call one secret (`access-130-9f86d081`): the message it comes of, and nothing of the letter's id."""
    return f"access-{cause}-{sha256(letter.encode()).hexdigest()[:8]}"
