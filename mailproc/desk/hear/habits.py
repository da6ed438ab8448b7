"""What members say of themselves: when they are asked, and who is asked in their place.

A table from verb to function, as in `obey`, for verbs that are about no item; each outcome says what was understood,
and the opposite verb takes it back. Who is asked when, given these habits, is `review.rota`'s; how dates and hours are
read is `review.language.when`'s.
What they said of groups and topics goes by `undo`, too. A member whose time away is over is brought back by the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from mailproc.desk.decide import conflict
from mailproc.desk.hear import leaving
from mailproc.desk.tell import asking
from mailproc.desk.tell.known import in_a_row
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker, order
from mailproc.kinds.event import EventName
from mailproc.phrase import Phrase, say
from mailproc.review import rota
from mailproc.review.language import verbs, when
from mailproc.review.member import Member
from mailproc.review.reply.command import Command
from mailproc.review.reply.habit import absence
from mailproc.review.rota import NEVER
from mailproc.review.topics import topics_of
from mailproc.store.octets import archive
from mailproc.store.people import members
from mailproc.store.work import journal
from mailproc.workflow.actor import CLOCK, Actor
from mailproc.workflow.event import Event
from mailproc.workflow.event import member as member_ref
from mailproc.workflow.facts import CameBack, Habits, Part, Topics
from mailproc.workflow.outgoing import Outgoing

BACK = "back"  # the deed of the clock
TRANSCRIPT = "member/transcript"
ASK_FOR, NOTHING = "ask me for", "nothing"
NOBODY = frozenset({"nobody", "no one", "no-one", "none"})


def change(turn: Turn, member: Member, actor: Actor, wishes: Habits) -> bool:
    """What they wish from now on; False if it was so before."""
    return turn.record(Event(member_ref(member.email), EventName.HABIT, actor, facts=wishes))


def _done(words: Phrase, undo: str = "", *, changed: bool = True) -> Outcome:
    """What is so now; `undo` takes it back, if it was not so before."""
    return Outcome("", "", done=True, words=words, undo=_as_order(undo) if undo and changed else "")


def _as_order(undo: str) -> Phrase:
    """`daily 18:00`, for a letter that says the verb in its language."""
    verb = max((each for each in verbs.VERBS if undo == each or undo.startswith(f"{each} ")), key=len, default="")
    rest = undo[len(verb) :].strip()
    return order(verb, rest, " " if verb and rest else "")


def _not(why: Phrase) -> Outcome:
    return Outcome("", "", done=False, words=why)


# Away and back


def _away(turn: Turn, speaker: Speaker, command: Command) -> Outcome:
    member = speaker.member
    end, name = absence(command.words)
    if not end and member.state != "away":
        return _not(say("self/until-when"))  # "I am on holiday." may be a mail program's note
    until = when.until(end, turn.time, turn.desk.zone(member)) if end else member.away_until
    if end and until is None:
        return _not(say("self/no-day", said=end))
    if name:
        named = _stand_in(turn, speaker, replace(command, words=name))
        if not named.done:
            return named
    left = leave(turn, member, speaker.actor, until)
    member = members.get(turn.conn, member.email) or member
    if not left and not name:
        return _not(say("self/away-already"))
    theirs = until.astimezone(turn.desk.zone(member)) if until else None
    return _done(say("self/away", until=theirs, now=turn.time, meanwhile=_in_place(turn, member)), "back")


def leave(turn: Turn, member: Member, actor: Actor, until: datetime | None) -> bool:
    """A member is not asked from now on, until then if a time is named; False if it was so before."""
    return turn.record(Event(member_ref(member.email), EventName.AWAY, actor, due=until))


def _in_place(turn: Turn, member: Member) -> Phrase:
    """Who is asked meanwhile."""
    other = members.get(turn.conn, member.stand_in) if member.stand_in else None
    if other is None:
        return say("self/asked-others")
    if not other.votes:
        return say("self/asked-others-too", name=_called(other))
    return say("self/asked-stand-in", name=_called(other))


def _back(turn: Turn, speaker: Speaker) -> Outcome:
    stays = leaving.stay(turn, speaker)
    if stays is not None:
        return stays
    if not come_back(turn, speaker.member, speaker.actor):
        return _not(say("self/not-away"))
    return _done(say("self/back"))


def come_back(turn: Turn, member: Member, actor: Actor) -> bool:
    """A member is asked again from now on; False if they were not away."""
    hours = turn.desk.hours(member)
    period = rota.period(hours, rota.digest_moment(hours, turn.time))
    return turn.record(Event(member_ref(member.email), EventName.BACK, actor, facts=CameBack(period=period)))


def due(everybody: Iterable[Member], until: datetime) -> list[tuple[datetime, str, int | None]]:
    """When somebody's time away is over, by then: due time, body of the clock's message, no cause."""
    ends = {each.away_until for each in everybody if each.state == "away" and each.away_until}
    return [(at, BACK, None) for at in sorted(ends) if at <= until]


def _bring_back(turn: Turn, _: str) -> None:
    """Everybody whose time away is over."""
    over = [each for each in members.every(turn.conn) if each.state == "away" and each.away_until]
    came = [come_back(turn, each, CLOCK) for each in over if each.away_until and each.away_until <= turn.time]
    if not any(came):
        turn.note(reason="no-longer-due")


# When


def _at_once(turn: Turn, speaker: Speaker) -> Outcome:
    changed = change(turn, speaker.member, speaker.actor, Habits(schedule="at once"))
    begins, ends = turn.desk.hours(speaker.member).quiet or (None, None)
    return _done(say("self/at-once", begins=begins, ends=ends), "daily", changed=changed)


def _daily(turn: Turn, speaker: Speaker, command: Command) -> Outcome:
    wishes, member = Habits(schedule="daily"), speaker.member
    if command.words:
        hour = when.hour(command.words)
        if hour is None:
            return _not(say("self/no-hour", said=command.words))
        wishes = replace(wishes, hour=f"{hour:%H:%M}")
    before = "at once" if member.schedule == "at once" else f"daily {turn.desk.hours(member).digest:%H:%M}"
    changed = change(turn, member, speaker.actor, wishes)
    hours = turn.desk.hours(members.get(turn.conn, member.email) or member)
    return _done(say("self/daily", hour=hours.digest, zone=str(hours.zone)), before, changed=changed)


def _quiet(turn: Turn, speaker: Speaker, command: Command) -> Outcome:
    member = speaker.member
    before = f"quiet {member.quiet or turn.desk.config.review.quiet or NEVER}"
    if when.never(command.words):
        changed = change(turn, member, speaker.actor, Habits(quiet=NEVER))
        return _done(say("self/never-quiet"), before, changed=changed and not before.endswith(NEVER))
    span = when.span(command.words)
    if span is None or span[0] == span[1]:
        return _not(say("self/no-hours", said=command.words))
    changed = change(turn, member, speaker.actor, Habits(quiet=f"{span[0]:%H:%M}-{span[1]:%H:%M}"))
    quiet = say("self/quiet", begins=span[0], ends=span[1], zone=str(turn.desk.zone(member)))
    return _done(quiet, before, changed=changed)


def _time_zone(turn: Turn, speaker: Speaker, command: Command) -> Outcome:
    member, name = speaker.member, zone_named(command.words)
    if not name:
        return _not(say("self/no-zone", said=command.words))
    before = f"time zone {turn.desk.zone(member)}"
    changed = change(turn, member, speaker.actor, Habits(timezone=name))
    clock = turn.time.astimezone(ZoneInfo(name))
    return _done(say("self/zone", zone=name, now=clock), before, changed=changed and not before.endswith(name))


def zone_named(words: str) -> str:
    """The IANA name that these words give, whole or by its city, in any case, blanks for underscores; "" if none."""
    wanted = "_".join(words.strip(" .!").casefold().split())
    names = sorted(available_timezones())
    cities = [name for name in names if name.casefold().rpartition("/")[2] == wanted and "/" in name]
    return next((name for name in names if name.casefold() == wanted), cities[0] if len(cities) == 1 else "")


# Who, and about what


def _topics(turn: Turn, speaker: Speaker, command: Command) -> Outcome:
    return _ask_for(turn, speaker, topics_of(command.words))


def _ask_for(turn: Turn, speaker: Speaker, topics: tuple[str, ...]) -> Outcome:
    before = f"{ASK_FOR} {', '.join(speaker.member.topics) or NOTHING}"
    facts = Topics(topics=topics or ("",))
    changed = turn.record(Event(member_ref(speaker.member.email), EventName.TOPICS, speaker.actor, facts=facts))
    if not topics:
        return _done(say("self/no-topics"), before, changed=changed)
    everybody = not turn.desk.config.review.ask
    return _done(say("self/topics", topics=in_a_row(topics), all=everybody), before, changed=changed)


def _stand_in(turn: Turn, speaker: Speaker, command: Command) -> Outcome:
    member, said = speaker.member, command.words.strip(" .!")
    known = members.get(turn.conn, member.stand_in) if member.stand_in else None
    before = f"stand-in {known.email if known else 'nobody'}"
    if said.casefold() in NOBODY:
        changed = change(turn, member, speaker.actor, Habits(stand_in=""))
        return _done(say("self/no-stand-in"), before, changed=changed)
    other = asking.who_is(members.every(turn.conn), said)
    if other is None:
        return _not(say("self/nobody-called", said=said))
    if other.email == member.email:
        return _not(say("self/own-stand-in"))
    changed = change(turn, member, speaker.actor, Habits(stand_in=other.email))
    return _done(say("self/stand-in", name=_called(other)), before, changed=changed)


def said_in(turn: Turn, letter: Outgoing, member: Member) -> list[Event]:
    """What a transcript told a member that they had said of groups and topics; the last first."""
    entry = archive.read_entry(turn.desk.archive, letter.cause) if letter.template == TRANSCRIPT else None
    mine = (each for each in entry.events if each.ref == member_ref(member.email)) if entry else ()
    return [each for each in mine if each.name in {EventName.NOT_FOR, EventName.TOPICS}][::-1]


def undo(turn: Turn, speaker: Speaker) -> list[Outcome]:
    """Take back what the transcript that they answer told them of groups and topics."""
    letter = speaker.letter
    return [_undone(turn, speaker, each, letter) for each in said_in(turn, letter, speaker.member)] if letter else []


def _undone(turn: Turn, speaker: Speaker, said: Event, letter: Outgoing) -> Outcome:
    if isinstance(said.facts, Part):
        undoing = conflict.decide_again if said.facts.has == "yes" else conflict.stand_aside
        return undoing(turn, speaker, said.facts.file)
    lines = journal.of(turn.conn, said.ref)
    earlier = [line.number for line in lines if line.event == EventName.TOPICS and line.number < letter.cause]
    entry = archive.read_entry(turn.desk.archive, earlier[-1]) if earlier else None
    found = [each.facts.topics for each in (entry.events if entry else ()) if isinstance(each.facts, Topics)]
    return _ask_for(turn, speaker, tuple(filter(None, found[-1])) if found else ())


def _silent(turn: Turn, speaker: Speaker) -> Outcome:
    changed = change(turn, speaker.member, speaker.actor, Habits(silent="yes"))
    return _done(say("self/silent"), "transcripts", changed=changed)


def _transcripts(turn: Turn, speaker: Speaker) -> Outcome:
    changed = change(turn, speaker.member, speaker.actor, Habits(silent="no"))
    return _done(say("self/transcripts"), "silent", changed=changed)


def _called(member: Member) -> str:
    return member.name or member.email


BARE: dict[str, Callable[[Turn, Speaker], Outcome]] = {  # verbs that take no words
    "back": _back,
    "at once": _at_once,
    "silent": _silent,
    "transcripts": _transcripts,
}
VERBS: dict[str, Callable[[Turn, Speaker, Command], Outcome]] = {
    "away": _away,
    "daily": _daily,
    "quiet": _quiet,
    "time zone": _time_zone,
    "stand-in": _stand_in,
    ASK_FOR: _topics,
}
DEEDS: dict[str, Callable[[Turn, str], None]] = {BACK: _bring_back}
