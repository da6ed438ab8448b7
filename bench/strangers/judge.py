"""What the desk makes of a reply, and what that is worth: invented, missed, needlessly asked back, or right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bench.readers import heard, may_decide, ours
from bench.strangers.scene import Decision, Trial
from mailproc.message.model import Message
from mailproc.message.parse import parse
from mailproc.message.words.quotation import quotes
from mailproc.review.language.absence import is_note
from mailproc.review.reply.command import Command, Reading

ASIDE = {"status", "list", "help", "show"}  # verbs that only ask
COUNTS = ("invented", "missed", "needless", "other words", "right")
ENOUGH_HEARD, FEW_QUESTIONS = 0.005, 0.02  # of the replies that decide: missed, asked back


@dataclass(frozen=True, slots=True)
class Judged:
    """One reply with what was read."""

    trial: Trial
    message: Message
    reading: Reading
    verdict: str  # of COUNTS

    @property
    def wrong(self) -> bool:
        """Anything but right."""
        return self.verdict != "right"


def decided(command: Command) -> Iterable[Decision]:
    """(verb, reference) of one command that does something; a verb about oneself has no reference."""
    idle = command.verb in ASIDE or (command.verb == "away" and not command.argument)  # until when? is asked back
    return [] if idle else [(command.verb, ref) for ref in command.refs or ("",)]


def _words(reading: Reading) -> dict[str, str]:
    """What reaches the author of each item."""
    return {
        ref: " ".join(command.words.split()) for command in reading.commands for ref in command.refs if command.words
    }


def _verdict(trial: Trial, reading: Reading) -> str:
    found = {decision for command in reading.commands for decision in decided(command)}
    if found - trial.words.does:
        return "invented"
    if not trial.words.does or (trial.words.asked and reading.unclear):
        return "right"
    if reading.unclear:
        return "needless"
    if found < trial.words.does:
        return "missed"
    return "right" if _words(reading) == dict(trial.words.says) else "other words"


def judged(trial: Trial) -> Judged:
    """Read it as the desk does."""
    message, _ = parse(trial.octets)
    posted = trial.letter.posted
    note = is_note(message.text, quotes=quotes(message.text, posted.sent))
    heard_at_all = may_decide(message) and not note  # as desk/hear/reviewing.hear_member
    reading = heard(ours, message, trial.octets, posted) if heard_at_all else Reading((), ())
    return Judged(trial, message, reading, _verdict(trial, reading))


def good(found: Iterable[Judged]) -> bool:
    """None is invented, and few of those that decide are missed or asked back."""
    told = list(found)
    counts = Counter(each.verdict for each in told)
    deciding = sum(bool(each.trial.words.does) for each in told)
    return (
        not counts["invented"]
        and counts["missed"] <= ENOUGH_HEARD * deciding
        and counts["needless"] <= FEW_QUESTIONS * deciding
    )
