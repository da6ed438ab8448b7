"""Words of a reply that stand beside it, in a named part: "approve" above, and below "but not before Friday".

They are no part of what is read, so nobody knows what the two say together: nothing is decided, and the writer hears
why. What only asks ("status", "help") is answered all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mailproc.message.model import Beside
from mailproc.phrase import say
from mailproc.review.reply.reading import Reading, Unclear

ASIDE = {"status", "list", "help", "show", "roll", "contents", "digest"}  # verbs that only ask
REASON = "words-beside"


def with_beside(reading: Reading, beside: Sequence[Beside], own: Callable[[str], str]) -> Reading:
    """The reading, in which no command decides where words of the writer stand beside; `own`: without our letter's."""
    acts = tuple(command for command in reading.commands if command.verb not in ASIDE)
    name = next((each.name for each in beside if own(each.text).strip()), None) if acts else None
    if name is None:
        return reading
    asked = tuple(Unclear(command.line, REASON, say("doubt/words-beside", name=name)) for command in acts)
    left = tuple(command for command in reading.commands if command.verb in ASIDE)
    return replace(reading, commands=left, unclear=(*asked, *reading.unclear))
