"""What members look for: `wanted: a cartoonist until March`, `unwanted North Pier`.

A line is known by what it looks for, so that the same words with another day take the place of the first; the opposite
verb takes each back. Each outcome says what was understood. What is wanted altogether is `dossier.wanted`'s, how dates
are read `review.language.when`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from mailproc.desk.turn.sought import files_of, sections_of
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker
from mailproc.dossier.wanted import counts
from mailproc.kinds.event import EventName
from mailproc.phrase import Phrase, say
from mailproc.review.language import when
from mailproc.review.reply import file
from mailproc.review.reply.command import Command
from mailproc.store.work import wanted as rows
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Want
from mailproc.workflow.group import Wanted

SUBJECT = "desk:wanted"
MOST_CHARACTERS, MOST_LINES = 200, 50
SHOWN = 5  # lines that a refusal names
_ADDRESS = re.compile(r"\S@\S")


def phrase_of(line: Wanted) -> Phrase:
    """What a line looks for, as a clause."""
    if line.section:
        return say("wanted/section", section=line.section, until=line.until)
    if not line.file:
        return say("wanted/line", words=line.words, until=line.until)
    if line.words:
        return say("wanted/of-file", words=line.words, file=line.file, until=line.until)
    return say("wanted/file", file=line.file, until=line.until)


def _want(turn: Turn, speaker: Speaker, command: Command) -> Outcome:
    said, until, why = _read(turn, speaker, command)
    why = why or _unfit(turn, said)
    if why:
        return _not(why)
    before = _standing(turn, said)
    line = replace(said, until=until, at=turn.time, member=speaker.member.email)
    if before is not None and before.wanted and before.until == until:
        return _not(say("wanted/already", what=phrase_of(before)))
    if not _record(turn, speaker, EventName.WANT, line):
        return _not(say("wanted/already", what=phrase_of(line)))
    undo = _as_said(before or replace(line, wanted=False, until=None), turn, speaker)
    if before is not None and not before.wanted and until is None:
        return _done(say("wanted/sought-again", file=line.file), undo)
    return _done(say("wanted/sought", what=phrase_of(line)), undo)


def _unwant(turn: Turn, speaker: Speaker, command: Command) -> Outcome:
    said, until, why = _read(turn, speaker, command)
    if why:
        return _not(why)
    if said.file and not said.words:
        return _unwant_file(turn, speaker, replace(said, until=until))
    found = _meant(turn, said)
    if isinstance(found, Phrase):
        return _not(found)
    _record(turn, speaker, EventName.UNWANT, replace(found, until=None))
    return _done(say("wanted/not-sought", what=phrase_of(replace(found, until=None))), _as_said(found, turn, speaker))


def _unwant_file(turn: Turn, speaker: Speaker, said: Wanted) -> Outcome:
    """The whole file is off the list, whatever it needs, for some time or until somebody wants it again."""
    before, line = _standing(turn, said), replace(said, wanted=False)
    if before is not None and not before.wanted and before.until == line.until:
        return _not(say("wanted/not-already", file=line.file))
    _record(turn, speaker, EventName.UNWANT, line)
    again = before if before is not None else replace(line, wanted=True, until=None)
    return _done(say("wanted/not-sought-until", file=line.file, until=line.until), _as_said(again, turn, speaker))


def _read(turn: Turn, speaker: Speaker, command: Command) -> tuple[Wanted, datetime | None, Phrase | None]:
    """What the words look for, until when, and what is wrong with the day they name."""
    found = file.sought(command.words, files_of(turn.conn, turn.desk), sections_of(turn.conn, turn.desk))
    said = Wanted(section=found.section, file=found.file, words=found.line)
    if not found.until:
        return said, None, None
    until = when.until(found.until, turn.time, turn.desk.zone(speaker.member))
    return said, until, None if until else say("wanted/no-day", said=found.until)


def _unfit(turn: Turn, said: Wanted) -> Phrase | None:
    """Why this cannot stand on the list."""
    if _ADDRESS.search(said.words):
        return say("wanted/address")
    if len(said.words) > MOST_CHARACTERS or len(said.section) > MOST_CHARACTERS:
        return say("wanted/too-long", most=MOST_CHARACTERS)
    full = len([line for line in rows.every(turn.conn) if counts(line, turn.time)]) >= MOST_LINES
    return say("wanted/too-many", most=MOST_LINES) if full and _standing(turn, said) is None else None


def _standing(turn: Turn, like: Wanted) -> Wanted | None:
    """The line that looks for the same, while its time is not over."""
    known = rows.get(turn.conn, like)
    return known if known is not None and counts(known, turn.time) else None


def _meant(turn: Turn, said: Wanted) -> Wanted | Phrase:
    """The line that is to go: the same, else the only one that holds these words; or why none goes."""
    exact = _standing(turn, said)
    if exact is not None and exact.wanted:
        return exact
    today = [line for line in rows.every(turn.conn) if line.wanted and counts(line, turn.time)]
    words = (said.words or said.section).casefold()
    near = [line for line in today if words in (line.words or line.section).casefold() and line.file == said.file]
    if len(near) == 1:
        return near[0]
    known = tuple(phrase_of(line) for line in (near or today)[:SHOWN])
    what = said.words or said.section
    return say("wanted/several", said=what, known=known) if near else say("wanted/nobody-does", said=what, known=known)


def _record(turn: Turn, speaker: Speaker, name: EventName, line: Wanted) -> bool:
    facts = Want(section=line.section or None, file=line.file or None, line=line.words or None)
    return turn.record(Event(SUBJECT, name, speaker.actor, due=line.until, facts=facts))


def _as_said(line: Wanted, turn: Turn, speaker: Speaker) -> str:
    """The line by which a member has it so."""
    verb = "wanted" if line.wanted else "unwanted"
    what = f"section {line.section}" if line.section else line.words or line.file
    what = f"{line.words} for {line.file}" if line.words and line.file else what
    until = f" until {line.until.astimezone(turn.desk.zone(speaker.member)):%Y-%m-%d}" if line.until else ""
    return f"{verb}: {what}{until}"


def _done(words: Phrase, undo: str) -> Outcome:
    return Outcome("", "", done=True, words=words, undo=undo)


def _not(why: Phrase) -> Outcome:
    return Outcome("", "", done=False, words=why)


VERBS: dict[str, Callable[[Turn, Speaker, Command], Outcome]] = {"wanted": _want, "unwanted": _unwant}
