"""Step-up: decisions whose mail proves too little are asked back at the member's registered address.

The letter says why it asks, what a yes would do, and shows the words that a yes would send: they may be a forger's, so
they go to the registered address alone, as a quotation. One request is open at a time. A later one takes its place, so
nobody can use up what a day allows: what counts is what was answered. What was not asked is a line in the next digest.
The yes is good once. Whether a mail proves enough is `authority`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import msgspec

from mailproc.desk.hear.authority import Authority, let_know
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome
from mailproc.kinds.event import EventName
from mailproc.message.model import Address
from mailproc.phrase import Phrase, say
from mailproc.review.member import Member
from mailproc.review.reply.command import Command
from mailproc.store.people import confirmations
from mailproc.workflow.actor import DESK, person
from mailproc.workflow.event import Event
from mailproc.workflow.event import member as member_ref
from mailproc.workflow.facts import SaidYes, Ticket
from mailproc.workflow.outgoing import Outgoing

TEMPLATE = "member/step-up"
DAY = timedelta(days=1)
EXPIRES = timedelta(days=3)
ANSWERED_PER_DAY = 3
LETTERS_PER_DAY = 10  # answered or not: nobody's mailbox is filled by way of us
SHOWN_CHARACTERS = 20_000  # of the words that one decision would send
OVER = ("step-up-used", "step-up-replaced", "step-up-expired")  # why a yes does nothing

WHY = {  # in the letter, by the reason of `authority`
    "step-up": say("doubt/unproven"),
    "spf-alone": say("doubt/host-alone"),
    "letter-not-covered": say("doubt/for-somebody-else"),
    "subject-not-covered": say("doubt/for-somebody-else"),
    "date-not-covered": say("doubt/of-another-time"),
    "date-outside": say("doubt/of-another-time"),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What a decision that waits for a yes would send."""

    words: str  # as far as they are shown
    more: int  # further words


def ask(turn: Turn, seen: Examined, who: Authority, acts: tuple[Command, ...]) -> None:
    """Ask at the registered address whether these decisions are the member's; not more often than a day allows."""
    member = who.member
    if member is None:
        return
    waiting = confirmations.open_of(turn.conn, member.email, TEMPLATE, turn.time)
    letters, standing = confirmations.count_since(turn.conn, member.email, turn.time - DAY, proven=seen.authenticated)
    if letters >= LETTERS_PER_DAY or standing - len(waiting) >= ANSWERED_PER_DAY:
        turn.note(state="unauthorised", reason="too-many-step-ups")
        refs = dict.fromkeys(ref for command in acts for ref in command.refs)
        let_know(turn, member, say("notice/not-asked", ref=", ".join(refs)))
        return
    turn.note(reason=who.reason)
    expires = turn.after(EXPIRES)
    context = {
        "decisions": tuple(_as_understood(turn, command) for command in acts),
        "sent": tuple(_sent(command.words) for command in acts),
        "why": WHY[who.reason],
        "expires_at": expires,
    }
    letter = turn.write(TEMPLATE, Address(member.name, member.email), context)
    if letter is not None:
        replaces = tuple(each.id for each in waiting) or None
        ticket = Ticket(letter=letter.id, commands=msgspec.json.encode(acts).decode(), replaces=replaces)
        turn.record(Event(member_ref(member.email), EventName.AWAIT_YES, DESK, due=expires, facts=ticket))


def _sent(words: str) -> Sent:
    return Sent(words[:SHOWN_CHARACTERS], len(words[SHOWN_CHARACTERS:].split()))


def _as_understood(turn: Turn, command: Command) -> Phrase:
    """A decision as the desk understood it: verb, references, titles, and how many words go with it."""
    named = tuple(f"{item.ref} ({item.title})" for ref in command.refs if (item := turn.item(ref)))
    words = len(command.words.split())
    return say("self/act", verb=command.verb, items=named, place=command.argument, words=words)


def said_yes(turn: Turn, letter: Outgoing, member: Member) -> tuple[Command, ...] | Outcome:
    """The decisions that this letter asked about, to be done now; or why a yes to it does nothing any more."""
    ticket = confirmations.get(turn.conn, letter.id)
    if ticket is not None and ticket.replaced:
        return _over(turn, "step-up-replaced", say("self/yes-replaced", acts=_open_now(turn, member)))
    if ticket is not None and ticket.used_at is not None:
        return _over(turn, "step-up-used", say("self/yes-used"))
    if ticket is None or ticket.expires_at < turn.time:
        return _over(turn, "step-up-expired", say("self/yes-expired"))
    facts = SaidYes(letter=letter.id)
    turn.record(Event(member_ref(member.email), EventName.YES, person(member.email), facts=facts))
    return _commands(ticket)


def _over(turn: Turn, reason: str, words: Phrase) -> Outcome:
    turn.note(state="unauthorised", reason=reason)
    return Outcome("", "", done=False, words=words)


def _open_now(turn: Turn, member: Member) -> tuple[Phrase, ...]:
    """What is asked of the member at present."""
    waiting = confirmations.open_of(turn.conn, member.email, TEMPLATE, turn.time)
    return tuple(_as_understood(turn, command) for ticket in waiting for command in _commands(ticket))


def _commands(ticket: confirmations.Confirmation) -> tuple[Command, ...]:
    return msgspec.json.decode(ticket.commands[0], type=tuple[Command, ...])
