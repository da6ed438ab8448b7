"""Verbs that are understood and not possible yet: whoever says one reads so, and nothing changes."""

from __future__ import annotations

from mailproc.desk.decide.outcome import Outcome, Speaker
from mailproc.desk.turn.turn import Turn
from mailproc.phrase import say
from mailproc.review.reply.command import Command

ON_ITEMS = frozenset({"up"})
ON_FILES = frozenset({"offline", "restore", "layout"})
OF_SELF = frozenset({"access"})
ASIDE: frozenset[str] = frozenset()


def not_yet(turn: Turn, speaker: Speaker, command: Command) -> Outcome:
    """Nothing was done."""
    del turn, speaker
    ref = command.refs[0] if command.refs else ""
    return Outcome(ref, "", done=False, words=say("refused/not-yet", verb=command.verb))
