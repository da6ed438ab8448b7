"""Words of a reply that stand beside it, in a named part: "approve" above, and below "but not before Friday".

They are no part of what is read, so nobody knows what the two say together: nothing is decided, and the writer hears
why. What only asks ("status", "help") is answered all the same. And lines that ask for a letter to somebody else: the
desk writes to nobody whose address a member gives, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mailproc.message.model import Beside
from mailproc.phrase import say
from mailproc.review.language.elsewhere import addressed, asked_to_write_to
from mailproc.review.reply.reading import Command, Reading, Unclear

ASIDE = {"status", "list", "help", "show", "roll", "contents", "digest"}  # verbs that only ask
REASON = "words-beside"
THIRD = "third-party"


def with_beside(reading: Reading, beside: Sequence[Beside], own: Callable[[str], str]) -> Reading:
    """The reading, in which no command decides where words of the writer stand beside; `own`: without our letter's."""
    acts = tuple(command for command in reading.commands if command.verb not in ASIDE)
    name = next((each.name for each in beside if own(each.text).strip()), None) if acts else None
    if name is None:
        return reading
    asked = tuple(Unclear(command.line, REASON, say("doubt/words-beside", name=name)) for command in acts)
    left = tuple(command for command in reading.commands if command.verb in ASIDE)
    return replace(reading, commands=left, unclear=(*asked, *reading.unclear))


def to_nobody_else(reading: Reading, is_ours: Callable[[str], bool]) -> Reading:
    """The reading, in which a line that asks for a letter to a third person says why none is sent."""
    acts = tuple(command for command in reading.commands if not _asks_a_third(command))

    def third(line: str) -> str:
        to = asked_to_write_to(line)
        return "" if to and is_ours(to) else to

    asked = [_third(each.line, addressed(each.words)) for each in reading.commands if _asks_a_third(each)]
    unclear = [_third(each.line, to) if (to := third(each.line)) else each for each in reading.unclear]
    heard = {each.line.strip() for each in reading.commands} | {each.line.strip() for each in unclear}
    said = "\n".join(command.words for command in reading.commands)
    lines = (line.strip() for line in reading.own.split("\n"))
    rest = [line for line in lines if line and line not in heard and line not in said and third(line)]
    asked += [_third(line, third(line)) for line in dict.fromkeys(rest)]
    return replace(reading, commands=acts, unclear=(*asked, *unclear))


def _asks_a_third(command: Command) -> bool:
    """A question goes to an item's author, and to nobody that it names."""
    return command.verb == "ask" and bool(addressed(command.words))


def _third(line: str, to: str) -> Unclear:
    return Unclear(line, THIRD, say("doubt/third-party", to=to))
