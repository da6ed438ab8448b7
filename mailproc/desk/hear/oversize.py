"""A mail that is larger than limits.message: its header alone was received; its author hears how to send it instead.

No item is opened and no command is read: what the mail wants stands in the body that nobody has. The letter goes under
the usual quotas; the operator hears of the first such mail in a day, for the mail itself still lies in its mailbox.
"""

from __future__ import annotations

from datetime import timedelta

from mailproc.desk.tell.answer import NOTICE, answer
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.turn import Turn
from mailproc.sorting.sort import Verdict
from mailproc.store.mail import mailboxes

DAY = timedelta(days=1)


def answer_oversize(turn: Turn, seen: Examined, verdict: Verdict) -> None:
    """The turn of a header."""
    first = mailboxes.too_large_since(turn.conn, turn.time - DAY) == 0
    turn.note(state="oversize", kind=verdict.first.kind, rule=verdict.first.rule, reason=mailboxes.TOO_LARGE)
    limit = turn.desk.config.limits.message
    answer(turn, seen, "author/oversize", {"size": seen.oversize, "limit": limit})
    if first:
        _tell_operator(turn, seen, limit)


def _tell_operator(turn: Turn, seen: Examined, limit: int) -> None:
    place = turn.entry.source.rpartition("/")[0].rpartition("/")[0]
    who = seen.writer.email if seen.writer else "an unclear author"
    size = turn.desk.letters.phrases.speech(turn.desk.config.desk.language).size
    lines = (
        f"Message {turn.entry.number}, from {who}, has {size(seen.oversize)}; limits.message is {size(limit)}.",
        f"Its header is kept. The mail itself was moved: from {place} to the mailbox that `oversize` names there.",
        "More of them today are not told one by one: mailproc received list --state oversize",
    )
    turn.write(NOTICE, turn.desk.operator, {"about": "a mail was too large", "lines": lines})
