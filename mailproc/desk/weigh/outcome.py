"""What came of one command on one item, and who gave it: the values that every verb's function takes and gives.

What a verb does is `obey`'s and `motions`'; the transcript words outcomes. Nothing fails here.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailproc.desk.tell import views
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.phrase import Phrase, Said, say
from mailproc.review.member import Member
from mailproc.workflow.actor import Actor, operator_for, person
from mailproc.workflow.event import Event
from mailproc.workflow.facts import NOTHING, Facts
from mailproc.workflow.item import Item
from mailproc.workflow.outgoing import Outgoing

OF_ANOTHER = "of-another"  # why a vote was undone that was not the speaker's own


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one command on one item, for the transcript."""

    ref: str
    title: str
    done: bool
    words: Phrase  # "approved; it takes effect at 10:17"
    undo: Said = ""  # how to take it back, "" where there is nothing to take back
    told: Said = ""  # words of theirs that its author gets, as they are, or with the reason that they name
    letter: str = ""  # the template of a letter that tells it whole: no transcript is needed for it alone


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: a member, perhaps by the operator's hand."""

    member: Member
    by_operator: bool = False
    letter: Outgoing | None = None  # of ours, which they answer

    @property
    def actor(self) -> Actor:
        """Who it is in the journal."""
        return operator_for(self.member.email) if self.by_operator else person(self.member.email)


def refused(item: Item, why: Phrase) -> Outcome:
    """Nothing was done, and why."""
    return Outcome(item.ref, item.title, done=False, words=why)


def order(verb: str, what: str, mark: str = " ") -> Phrase:
    """What a member writes, as a letter says it: `undo A-12`, `wanted: North Pier Society`."""
    return say("words/order", verb=verb, mark=mark, what=what)


def done(turn: Turn, item: Item, words: Phrase, *, undo: bool = False, told: Said = "") -> Outcome:
    """It was done; `undo`: the word takes it back; `told`: what its author gets of the member's words."""
    now = turn.item(item.ref) or item
    return Outcome(now.ref, now.title, done=True, words=words, undo=order("undo", now.ref) if undo else "", told=told)


def event(speaker: Speaker, item: Item, name: EventName, words: str = "", facts: Facts = NOTHING) -> Event:
    """What the speaker lets happen to the item."""
    return Event(item.ref, name, speaker.actor, words, facts=facts)


def how(turn: Turn, item: Item) -> Phrase:
    """How the item came into its state."""
    return views.standing(turn.conn, item)


def effect(turn: Turn) -> Phrase:
    """When a decision of now takes effect."""
    undo = turn.desk.config.review.undo
    return say("done/effect", at=turn.after(undo) if undo else None)
