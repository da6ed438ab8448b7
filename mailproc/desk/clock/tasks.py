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
from mailproc.message.words.extent import hash_of
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.work import groups
from mailproc.workflow.actor import CLOCK, DESK
from mailproc.workflow.event import Event, facts_of, words_of
from mailproc.workflow.facts import Tasked
from mailproc.workflow.item import Item

DEED, OVER = "task", "over"
KEY = 12  # hexadecimal digits of the key that tells matters apart
OF_STATE = {"complete": duties.PUT_UP, "offline": duties.RESTORE}  # what a file in this state asks for
WHILE = {duties.PUT_UP: {"complete", "claimed"}, duties.RESTORE: {"offline", "claimed"}}  # and until when
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
    matter = hash_of((task.group or task.title).casefold())[:KEY]
    return source_of(conn, times.stamp(since), DEED, task.task, matter, *filter(None, (again,)))


def look(desk: Desk, process: Process) -> bool:
    """Open what is to be done, and end what was done in another way; False if nothing was."""
    now = desk.now()
    with reading(desk.engine) as conn:
        due = [each for find in LOOKS for each in find(conn, desk, now)]
        over = [(item, _over_source(conn, item)) for item in _over(conn)]
    opened = [open_task(desk, process, task, since) for task, since in due]
    ended = [process(receive_own(desk, source, f"{OVER} {item.ref}", now)) for item, source in over]
    return any([*opened, *ended])


def _on_files(conn: Connection, desk: Desk, _: datetime) -> Iterator[Due]:
    """Files that somebody has to put up, or to bring back."""
    for group in groups.every(conn):
        todo = OF_STATE.get(group.state)
        if todo and group.since is not None:
            yield Tasked(task=todo, title=group.name, group=group.name, language=desk.config.desk.language), group.since


def _over(conn: Connection) -> list[Item]:
    """Tasks on files that have moved on."""
    found = [item for section in WHILE for item in duties.on_section(conn, section)]
    states = {group.name.casefold(): group.state for group in groups.every(conn)} if found else {}
    return [item for item in found if states.get((item.group or "").casefold()) not in WHILE[item.section or ""]]


def _over_source(conn: Connection, item: Item) -> str:
    return source_of(conn, times.stamp(item.waiting_since), OVER, item.ref, str(item.reminded))


LOOKS: tuple[Callable[[Connection, Desk, datetime], Iterator[Due]], ...] = (_on_files,)


# The turns


def _open(turn: Turn, rest: str) -> None:
    """The task is there, and with somebody."""
    facts = facts_of(EventName.OPEN, json.loads(rest.partition("\n")[2]))
    if not isinstance(facts, Tasked) or duties.open_on(turn.conn, facts.task, facts.group or "", facts.title):
        turn.note(reason="no-longer-due")
        return
    ref = ref_of(duties.TASK, turn.entry.number)
    item = turn.happen(Event(ref, EventName.OPEN, CLOCK, reason=facts.task, facts=facts))
    if item is not None:
        asking.give(turn, item, "in-turn")


def _end(turn: Turn, ref: str) -> None:
    """What was to be done is done, whoever did it."""
    item = turn.item(ref)
    if item is None or item.ref not in {each.ref for each in _over(turn.conn)}:
        turn.note(reason="no-longer-due")
        return
    turn.happen(Event(item.ref, EventName.DONE, DESK, reason="file-moved-on"))


DEEDS: dict[str, Callable[[Turn, str], None]] = {DEED: _open, OVER: _end}


def pass_on(turn: Turn, item: Item) -> None:
    """Whoever claimed a task has had their time: it goes to the next, or stays where nobody else is."""
    after = turn.item(item.ref)
    if after is not None and after.kind == duties.TASK:
        asking.put(turn, after, duties.choose(turn.conn, turn.desk, after, turn.time), duties.OVERDUE)
