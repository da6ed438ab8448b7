"""How somebody wants our letters: in which language, without receipts, one a day. Said by mail, by members and authors.

A table from verb to what is wished and how that is told. It is kept by address; what it does to letters is
`tell.answer`'s and the turn's. A language without a folder of templates is answered with those that have one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker
from mailproc.kinds.event import EventName
from mailproc.message.field.address import canonical
from mailproc.phrase import Phrase, say
from mailproc.review.reply.command import Command
from mailproc.workflow.actor import Actor, person
from mailproc.workflow.event import Event
from mailproc.workflow.event import author as author_ref
from mailproc.workflow.facts import Preferred

LANGUAGE = "language"
SAID: Mapping[str, tuple[Preferred, Phrase]] = {
    "no receipts": (Preferred(receipts="no"), say("self/no-receipts")),
    "receipts": (Preferred(receipts="yes"), say("self/receipts")),
    "one letter a day": (Preferred(gathers="yes"), say("self/one-a-day")),
    "each letter": (Preferred(gathers="no"), say("self/each-letter")),
}

OF_WRITERS = frozenset({LANGUAGE, *SAID})


def prefer(turn: Turn, email: str, by: Actor, command: Command) -> tuple[bool, Phrase]:
    """Whether a wish was understood, and what is so from now on, or what could be wished."""
    if command.verb == LANGUAGE:
        tag = turn.desk.letters.named(command.words)
        if not tag:
            known = tuple(turn.desk.letters.name_of(each) for each in turn.desk.letters.languages)
            return False, say("self/no-language", said=command.words, known=known)
        wish, told = Preferred(language=tag), say("self/language", name=turn.desk.letters.name_of(tag))
    else:
        wish, told = SAID[command.verb]
    turn.record(Event(author_ref(canonical(email)), EventName.PREFER, by, facts=wish))
    return True, told


def of_writer(turn: Turn, email: str, commands: Sequence[Command]) -> tuple[Phrase, ...]:
    """What came of the wishes among the commands of somebody who is no member here; () where there is none."""
    wishes = [command for command in commands if command.verb in OF_WRITERS]
    return tuple(prefer(turn, email, person(email), wish)[1] for wish in wishes) if email else ()


def _of_member(turn: Turn, speaker: Speaker, command: Command) -> Outcome:
    done, told = prefer(turn, speaker.member.email, speaker.actor, command)
    return Outcome("", "", done=done, words=told)


VERBS: dict[str, Callable[[Turn, Speaker, Command], Outcome]] = {LANGUAGE: _of_member}
