"""The operator's commands, received as messages like everything else (source `operator`).

The body is one line of words, quoted as a shell would: `decide ana@harbour.example 'A-123 approve'`,
`members add ana@harbour.example --name Ana --confirmed`. Only the command line makes such messages, so the
words are trusted; what they ask for may still not be possible, and then the entry says why.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from datetime import datetime

from mailproc import times
from mailproc.desk.admit import accessing
from mailproc.desk.erase import forget
from mailproc.desk.ground.timepiece import SWITCH
from mailproc.desk.hear import leaving, reviewing
from mailproc.desk.tell import digesting
from mailproc.desk.turn.sought import files_of, sections_of
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Speaker
from mailproc.kinds.event import EventName
from mailproc.message.field.address import canonical
from mailproc.message.model import Address
from mailproc.phrase import say
from mailproc.review.reply.command import Listing, read_lines
from mailproc.store import setback
from mailproc.store.people import members
from mailproc.store.work import items
from mailproc.workflow.actor import OPERATOR
from mailproc.workflow.event import Event, facts_of
from mailproc.workflow.event import group as group_ref
from mailproc.workflow.event import letter as letter_ref
from mailproc.workflow.event import member as member_ref
from mailproc.workflow.facts import Invited, Keyed


def carry_out(turn: Turn, body: str) -> None:
    """The turn of a message from the command line."""
    verb, *words = shlex.split(body)
    turn.note(kind="command", rule=verb, commands=(body,))
    COMMANDS[verb](turn, words)


def _decide(turn: Turn, words: list[str]) -> None:
    """What a member said to the operator, done for them and told as that."""
    email, *lines = words
    member = members.get(turn.conn, email)
    if member is None:
        turn.note(reason="not-a-member")
        return
    files, sections = files_of(turn.conn, turn.desk), sections_of(turn.conn, turn.desk)
    listing = Listing((), single=False, files=files, sections=sections)
    reading = read_lines("\n".join(lines), listing, "member")
    outcomes = reviewing.answer(turn, Speaker(member, by_operator=True), reading)
    all_done = not reading.unclear and all(outcome.done for outcome in outcomes)
    turn.note(reason="all-done" if all_done else "not-all-done", unclear=tuple(line.line for line in reading.unclear))


def _letter(turn: Turn, words: list[str]) -> None:
    """A letter called back, or tried again."""
    letter_id, deed = words
    if not turn.record(Event(letter_ref(letter_id), EventName(deed), OPERATOR)):
        turn.note(reason="changes-nothing")


def _switch(turn: Turn, words: list[str]) -> None:
    """Letters or publishing, paused or resumed."""
    deed, name = words
    if not turn.record(Event(f"desk:{name}", EventName(deed), OPERATOR)):
        turn.note(reason="changes-nothing")


def _new_key(turn: Turn, words: list[str]) -> None:
    """Letters have secrets of another key from now on; whoever may have older ones reads so in the next digest."""
    [fingerprint] = words
    if fingerprint != turn.desk.held.fingerprint:  # of a key that was never used: whoever made it died
        turn.note(reason="changes-nothing")
        return
    turn.record(Event("desk:key", EventName.NEW_KEY, OPERATOR, facts=Keyed(fingerprint=fingerprint)))
    for member in members.every(turn.conn):
        if member.votes:
            turn.let_know(member.email, say("notice/new-key"))
    accessing.give_anew(turn)


def _clock(turn: Turn, words: list[str]) -> None:
    """The machine's clock is right, whatever the desk made of it; what it has noted of times to come happened now."""
    at = datetime.fromisoformat(words[0])
    if not turn.desk.believe(turn.conn, at):
        turn.note(reason="no-longer-so")
        return
    setback.of_the_service(turn.conn, at)
    announced = items.announced(turn.conn) if at < turn.time else []
    turn.note(time=at)
    for item in announced:  # a silence that was counted by another clock is no consent
        turn.happen(Event(item.ref, EventName.UNANNOUNCE, OPERATOR, reason="clock-set-back"))
    settles = turn.after(turn.desk.config.review.undo)
    turn.record(Event(f"desk:{SWITCH}", EventName.CONFIRM_CLOCK, OPERATOR, due=settles))


def _digest(turn: Turn, words: list[str]) -> None:
    """Digests now: to the members named, or to all for whom something waits."""
    wanted = {canonical(email) for email in words}
    for member in members.every(turn.conn):
        if member.votes and (not wanted or wanted & set(member.addresses)):
            period = f"now {times.stamp(turn.time)} {turn.entry.number}"
            digesting.write_digest(turn, member, period)


def _invite(turn: Turn, words: list[str]) -> None:
    """A new member: invited by letter, or active at once."""
    email, name, state = words
    facts = Invited(name=name, state=state)
    if not turn.record(Event(member_ref(canonical(email)), EventName.INVITE, OPERATOR, facts=facts)):
        turn.note(reason="already-a-member")
    elif state == "invited":
        turn.write("member/invitation", Address(name, canonical(email)), {})


def _member(name: EventName) -> Callable[[Turn, list[str]], None]:
    """An event on a member, with whatever `key=value` words follow the address."""

    def happen(turn: Turn, words: list[str]) -> None:
        email, *pairs = words
        facts = facts_of(name, dict(pair.split("=", 1) for pair in pairs))
        if not turn.record(Event(member_ref(canonical(email)), name, OPERATOR, facts=facts)):
            turn.note(reason="changes-nothing")

    return happen


def _standing(name: EventName) -> Callable[[Turn, list[str]], None]:
    """A member is suspended, removed or back, with the operator's words to them."""

    def happen(turn: Turn, words: list[str]) -> None:
        email, *said = words
        member, reason = members.get(turn.conn, email), " ".join(said)
        if member is None or not turn.record(Event(member_ref(member.email), name, OPERATOR, reason)):
            turn.note(reason="changes-nothing")
            return
        leaving.ended_by_operator(turn, member, name, reason)

    return happen


def _group(turn: Turn, words: list[str]) -> None:
    """A group file added or changed: its name, then `key=value` words."""
    name, *pairs = words
    facts = facts_of(EventName.CHANGE, dict(pair.split("=", 1) for pair in pairs))
    turn.record(Event(group_ref(name), EventName.CHANGE, OPERATOR, due=turn.time, facts=facts))


COMMANDS: dict[str, Callable[[Turn, list[str]], None]] = {
    "decide": _decide,
    "digest": _digest,
    "invite": _invite,
    "change": _member(EventName.CHANGE),
    "suspend": _standing(EventName.SUSPEND),
    "resume": _standing(EventName.RESUME),
    "remove": _standing(EventName.REMOVE),
    "group": _group,
    "letter": _letter,
    "forget": forget.forget_people,
    "desk": _switch,
    "key": _new_key,
    "clock": _clock,
}
