"""Upkeep that the site asks for by itself: tasks, each opened once, as a message of the clock.

What is to be done is looked up in rows after every run of the queue, so nothing has to be remembered when a file goes
offline or a wish grows old. A task that is open on the same matter is enough. Nothing of it happens on a desk where no
file and no wish asks for it. With whom a task is, is `tell.duties`'; what readers report opens tasks by its own mail.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import Connection

from mailproc import times
from mailproc.desk.ground.receive import receive_own
from mailproc.desk.ground.timepiece import source_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.tell import asking, duties
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.kinds.every import ref_of
from mailproc.kinds.task import ON_FILES, PUT_UP, RESTORE, STALE
from mailproc.message.words.extent import hash_of
from mailproc.review.rota import Place
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.people import members
from mailproc.store.work import groups, items, journal, wanted
from mailproc.workflow.actor import CLOCK, DESK, person
from mailproc.workflow.event import Event, facts_of, words_of
from mailproc.workflow.event import group as group_ref
from mailproc.workflow.facts import Tasked
from mailproc.workflow.group import Group, Wanted
from mailproc.workflow.item import Item

DEED, OVER, TAKEN = "task", "over", "taken"
KEY = 12  # hexadecimal digits of the key that tells matters apart
ASKED_FOR = {states[0]: section for section, states in ON_FILES.items()}  # state of a file -> what it asks for
Process = Callable[[int], bool]
Due = tuple[Tasked, datetime]  # what is to be done, and since when


def open_task(desk: Desk, process: Process, task: Tasked, since: datetime, again: str = "") -> bool:
    """Open a task, once for this matter and moment, or for this `again`; False where it was opened before."""
    with reading(desk.engine) as conn:
        if duties.open_on(conn, task.task, task.group or "", task.title):
            return False
        source = _source(conn, task, since, again)
        if rows.by_source(conn, source) is not None:
            return False
    said = json.dumps(words_of(task), ensure_ascii=False)
    return process(receive_own(desk, source, f"{DEED} {task.task}\n{said}", since))


def _source(conn: Connection, task: Tasked, since: datetime, again: str) -> str:
    """`clock:2026-11-22T10:15:00Z/task/restore/3f2a…`."""
    key = hash_of(duties.matter(task.task, task.group or "", task.title))[:KEY]
    return source_of(conn, times.stamp(since), DEED, task.task, key, *filter(None, (again,)))


def look(desk: Desk, process: Process) -> bool:
    """Open what is to be done, and end what was done in another way; False if nothing was."""
    now = desk.now()
    with reading(desk.engine) as conn:
        due = [each for find in LOOKS for each in find(conn, desk, now)]
        stray = [*((OVER, item) for item in _over(conn)), *((TAKEN, item) for item in _taken(conn))]
        moved = [(f"{deed} {item.ref}", _source_of(conn, deed, item)) for deed, item in stray]
        moved = [each for each in moved if rows.by_source(conn, each[1]) is None]
    opened = [open_task(desk, process, task, since) for task, since in due]
    ended = [process(receive_own(desk, source, body, now)) for body, source in moved]
    return any([*opened, *ended])


def _on_files(conn: Connection, desk: Desk, _: datetime) -> Iterator[Due]:
    """Files that somebody has to put up or to bring back, or does so already."""
    for group in desk.groups(groups.every(conn)):
        todo = ASKED_FOR.get(group.state)
        if group.state == "claimed":
            todo = RESTORE if group.url else PUT_UP
            if any(item.section in ON_FILES for item in duties.on_file(conn, group.name)):
                continue
        if todo and group.since is not None:
            yield Tasked(task=todo, title=group.name, group=group.name, language=desk.config.desk.language), group.since


def _wishes(conn: Connection, desk: Desk, now: datetime) -> Iterator[Due]:
    """What is looked for and brought nothing for long, or longer than it was to be."""
    stale = desk.config.files.stale
    for line in wanted.every(conn):
        over = line.until if line.wanted and line.until and line.until <= now else None
        old = line.at if line.wanted and line.at and now - line.at >= stale else None
        last = max(filter(None, (old, _brought(conn, line)))) if old else None
        since = over or (last + stale * ((now - last) // stale) if last and now - last >= stale else None)
        if since is not None:
            said = " ".join(filter(None, (line.section, line.words))) or line.file
            language = desk.config.desk.language
            yield Tasked(task=STALE, title=said, group=line.file or None, language=language), since


def _brought(conn: Connection, line: Wanted) -> datetime | None:
    """When something last came of a wish, as far as that can be told."""
    if line.file:
        came = [each.at for each in journal.of(conn, group_ref(line.file)) if each.event == EventName.PIECE]
    else:
        came = [each.received_at for each in items.every(conn) if line.section and each.section == line.section]
    return max(came, default=None)


def _over(conn: Connection) -> list[Item]:
    """Tasks on files that have moved on."""
    found, states = _put_ups(conn)
    return [item for item in found if _of(states, item).state not in ON_FILES[item.section or ""]]


def _taken(conn: Connection) -> list[Item]:
    """Tasks that wait, while their file is with somebody already."""
    found, states = _put_ups(conn)
    return [item for item in found if item.state == "open" and _of(states, item).state == "claimed"]


def _put_ups(conn: Connection) -> tuple[list[Item], dict[str, Group]]:
    found = [item for section in ON_FILES for item in duties.on_section(conn, section)]
    return found, {group.name.casefold(): group for group in groups.every(conn)} if found else {}


def _of(states: dict[str, Group], item: Item) -> Group:
    return states.get((item.group or "").casefold(), Group(item.group or ""))


def _source_of(conn: Connection, deed: str, item: Item) -> str:
    last = journal.of(conn, item.ref)[-1]
    return source_of(conn, times.stamp(last.at), deed, item.ref, str(last.number))


LOOKS: tuple[Callable[[Connection, Desk, datetime], Iterator[Due]], ...] = (_on_files, _wishes)


# The turns


def _open(turn: Turn, rest: str) -> None:
    """The task is there, and with somebody."""
    facts = facts_of(EventName.OPEN, json.loads(rest.partition("\n")[2]))
    if not isinstance(facts, Tasked) or duties.open_on(turn.conn, facts.task, facts.group or "", facts.title):
        turn.note(reason="no-longer-due")
        return
    ref = ref_of(duties.TASK, turn.entry.number)
    item = turn.happen(Event(ref, EventName.OPEN, CLOCK, reason=facts.task, facts=facts))
    if item is not None and not _claimed(turn, item):
        asking.give(turn, item, "in-turn")


def _claimed(turn: Turn, item: Item) -> bool:
    """Whoever has the file has the task, too; False where nobody has."""
    group = groups.get(turn.conn, item.group) if item.group and item.section in ON_FILES else None
    who = members.get(turn.conn, group.claimed_by) if group and group.state == "claimed" else None
    if who is None:
        return False
    turn.happen(Event(item.ref, EventName.CLAIM, person(who.email), reason="file-claimed"))
    return bool(asking.put(turn, item, [Place(who.email)], duties.CLAIM))


def _take(turn: Turn, ref: str) -> None:
    """The file is with somebody, and so is the task."""
    item = turn.item(ref)
    if item is None or item.state != "open" or not _claimed(turn, item):
        turn.note(reason="no-longer-due")


def _end(turn: Turn, ref: str) -> None:
    """What was to be done is done, whoever did it."""
    item = turn.item(ref)
    if item is None or item.ref not in {each.ref for each in _over(turn.conn)}:
        turn.note(reason="no-longer-due")
        return
    turn.happen(Event(item.ref, EventName.DONE, DESK, reason="file-moved-on"))


def pass_on(turn: Turn, item: Item) -> None:
    """Whoever claimed a task has had their time: it goes to the next, or stays where nobody else is."""
    after = turn.item(item.ref)
    if after is not None and after.kind == duties.TASK:
        asking.put(turn, after, duties.choose(turn.conn, turn.desk, after, turn.time), duties.OVERDUE)


DEEDS: dict[str, Callable[[Turn, str], None]] = {DEED: _open, OVER: _end, TAKEN: _take}
