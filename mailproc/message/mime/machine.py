"""Parts that only programs write: an emoji put under a mail, the answer to an invitation.

Only the mail's own parts count, never those of a mail that it forwards. Slugs out; what they mean for the mail is
`auto`'s. Never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

REACTION = "reaction"
CALENDAR_REPLY = "calendar-reply"
_REACTIONS = frozenset(("text/vnd.google.email-reaction+json",))
_CALENDARS = frozenset(("text/calendar", "application/ics"))
# RFC 5546 §3.2: what an attendee's program sends back; a REQUEST or PUBLISH is somebody's invitation
_METHOD = re.compile(rb"(?:\A|\n)METHOD[;:][^\r\n]*\b(?:REPLY|COUNTER|REFRESH|DECLINECOUNTER)\b", re.IGNORECASE)


def machines_of(parts: Iterable[tuple[str, bytes]]) -> tuple[str, ...]:
    """The slugs that a mail's own leaves give, each once; a part is its declared type and its first octets."""
    return tuple(dict.fromkeys(slug for declared, octets in parts if (slug := _slug(declared, octets))))


def _slug(declared: str, octets: bytes) -> str:
    if declared in _REACTIONS:
        return REACTION
    return CALENDAR_REPLY if declared in _CALENDARS and _METHOD.search(octets) else ""
