"""The ways we fail. Every error is written for the reader: what, where, what to do.

Broken or hostile mail is not among them: that is data (see `message.parse`). `MailprocError.exit_status`
is what the command line leaves with: 1 trouble or not all done, 2 wrong use or bad configuration.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class MailprocError(Exception):
    """The desk cannot go on with this; the text says what, where, and the cure, in one line."""

    exit_status = 1


class ConfigError(MailprocError):
    """config.toml, a rule, a group or a template is wrong; nothing was done."""

    exit_status = 2


class UsageError(MailprocError):
    """The command line asks for something that cannot be; nothing was done."""

    exit_status = 2


class UnknownReference(MailprocError):
    """No item or message has this reference or number."""


class NotAMember(MailprocError):
    """The address named belongs to no member."""


class IntakeError(MailprocError):
    """A mailbox cannot be read now; the mail stays where it is and the next poll tries again."""


class DeliveryError(MailprocError):
    """The mail server cannot be used now; letters stay queued."""


class StoreError(MailprocError):
    """Disk or database refuses; nothing half-written counts."""


class Damaged(MailprocError):
    """One file that we kept is gone or changed: what needs it waits for its cure, and nothing else does."""


class DiskFailed(StoreError):
    """What was written may not be on the disk, and asking twice would lie (fsync): the process ends."""


class ParseFailed(MailprocError):
    """The parse child died, hung or overflowed on one mail; its octets are kept and the next mail is served."""


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean "x"?` where a known word is near, else `; known: a, b, c`."""
    choices = sorted(known)
    close = get_close_matches(word, choices, n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else f"; known: {', '.join(choices)}"
