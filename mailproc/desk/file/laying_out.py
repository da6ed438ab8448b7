"""How a claimed file is laid out: shown to its contributors, ordered anew by its claimer, and what keeps it waiting.

Each time the layout is shown its contributors have days to object, and its claimer has the package anew. An objection
stands until who made it is content, or has seen another layout and let those days pass; their piece may be taken out,
too. What a layout looks like is `dossier.layout`'s; who may say so is `decide.putting_up`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mailproc.desk.file import packages
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.kinds.task import ON_FILES
from mailproc.phrase import Phrase, say
from mailproc.review.member import Member
from mailproc.store.work import files, groups, items, journal
from mailproc.workflow import machine
from mailproc.workflow.actor import DESK, Actor
from mailproc.workflow.event import Event
from mailproc.workflow.event import group as group_ref
from mailproc.workflow.facts import Changed, LaidOut
from mailproc.workflow.group import Group, Objection
from mailproc.workflow.item import Item, JournalLine

E = EventName


def named(turn: Turn, name: str) -> Group:
    """The file of this name as it stands now; one of which nothing is known is wanted."""
    return turn.desk.group(groups.every(turn.conn), name) or Group(name)


def begin(turn: Turn, file: Group) -> None:
    """A file that begins complete, as rules/groups.toml has it, has a row from the first word on it."""
    if file.state != "wanted" and groups.get(turn.conn, file.name) is None:
        turn.record(Event(group_ref(file.name), E.CHANGE, DESK, facts=Changed(state=file.state)))


def tell_changes(turn: Turn) -> None:
    """Whoever has a file reads in their next digest that its package is old."""
    names = dict.fromkeys(each.ref for each in turn.events if each.name in {E.PIECE, E.LOSE_PIECE})
    for ref in names:
        file = named(turn, ref.partition(":")[2])
        lost = any(each.name == E.LOSE_PIECE and each.ref == ref for each in turn.events)
        if file.state == "claimed" and file.claimed_by:
            turn.let_know(file.claimed_by, say("notice/file-changed", title=file.name, end="lost" if lost else "came"))


def task_of(turn: Turn, name: str) -> Item | None:
    """The open task of putting a file up, or of restoring it."""
    waiting = items.waiting(turn.conn, machine.WAITING, with_text=False)
    found = (each for each in waiting if each.section in ON_FILES and each.group == name)
    return next((turn.item(each.ref) for each in found), None)


def show(turn: Turn, member: Member, by: Actor, file: Group, lines: Sequence[str] | None = None) -> datetime | None:
    """Its contributors see the layout, its claimer has the package; until when they may object, None: nobody sees it.

    `lines`: how it is ordered from now on; None: as before.
    """
    people = packages.who_sees(turn, file)
    until = turn.after(turn.desk.config.files.object) if people else turn.time
    again = file.shown_at is not None
    told = LaidOut(lines=None if lines is None else tuple(lines) or ("",))
    turn.record(Event(group_ref(file.name), E.LAY_OUT, by, due=until, facts=told))
    task = task_of(turn, file.name)
    if task is not None:
        turn.happen(Event(task.ref, E.LAY_OUT, by, facts=LaidOut()))
    file = named(turn, file.name)
    packages.tell_layout(turn, file, people, again=again)
    packages.send(turn, member, file, task)
    return until if people else None


def another_has_it(turn: Turn, file: Group) -> Phrase:
    """Who has claimed the file, and since when."""
    return say("file/another-has-it", who=packages.called(turn, file.claimed_by), at=file.since)


def waits(turn: Turn, file: Group) -> Phrase | None:
    """Why a claimed file does not go up yet: its package is old, a contributor objects, or still may."""
    shown = _since_shown(turn, file)
    if any(line.event == E.LOSE_PIECE for line in shown):
        return say("file/package-old", name=file.name)
    against = objections(turn, file)
    if against:
        who, more = packages.whoever(turn, against[0].email), len(against) - 1
        return say("file/objected", who=who, more=more, words=against[0].words, name=file.name)
    if file.objects_until is not None and turn.time < file.objects_until:
        return say("file/too-early", until=file.objects_until)
    return None


def objections(turn: Turn, file: Group) -> list[Objection]:
    """What contributors have said against the layout since they saw it last."""
    said = {line.number for line in _since_shown(turn, file) if line.event == E.OBJECT}
    return [each for each in files.objections_of(turn.conn, file.name) if each.number in said]


def _since_shown(turn: Turn, file: Group) -> list[JournalLine]:
    """What has happened to the file since its claimer had the package last."""
    lines = journal.of(turn.conn, group_ref(file.name))
    had = [at for at, line in enumerate(lines) if line.event in {E.LAY_OUT, E.RESTORE, E.CLAIM}]
    return lines[had[-1] + 1 :] if had else lines
