"""Events about group files, and about what is wanted, become rows, as `apply` does it for those about items.

What may follow what in a file's life is `workflow.life.FILE`. This runs in a turn and again when the database is
rebuilt, so it reads the entry and the rows, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from mailproc.desk.turn.applying import Applying
from mailproc.dossier.wanted import counts
from mailproc.kinds.event import EventName
from mailproc.store.work import files, groups, journal, wanted
from mailproc.workflow import life
from mailproc.workflow.event import words_of
from mailproc.workflow.facts import At, Changed, Given, LaidOut, Lost, Want
from mailproc.workflow.group import Group, Objection, Piece, Wanted
from mailproc.workflow.item import Item, JournalLine

E = EventName


def apply(case: Applying, name: str) -> bool:
    """What happens to a group's file; False if it changes nothing. Raises LookupError for what happens to no file."""
    happens = EVENTS[case.event.name]
    before = groups.get(case.conn, name) or Group(name)
    state = life.after(life.FILE, before.state, case.event.name)
    if state is None:
        return False
    left = happens(case, before)
    if left is None:
        return False
    after = replace(before, **{"state": state, **left})
    if after.state != before.state:
        after = replace(after, since=_since(case))
    groups.put(case.conn, after)
    if case.event.name is not E.CHANGE:
        _journal(case, before, after)
    return True


def _since(case: Applying) -> datetime | None:
    """When a file came into its state; entries of before files had a life do not say so, nor does a desk of then."""
    return case.event.due if case.event.name is E.CHANGE else case.entry.time


def open_file(case: Applying, proposed: Item) -> None:
    """The organisation that an accepted proposal names has a file from now on, if it had none."""
    name = proposed.group or proposed.title
    if name and groups.get(case.conn, name) is None:
        groups.put(case.conn, Group(name, since=case.entry.time))


def _journal(case: Applying, before: Group, after: Group) -> None:
    happened = case.event
    line = JournalLine(
        ref=happened.ref,
        at=case.entry.time,
        actor=happened.by,
        event=happened.name,
        before=before.state,
        after=after.state,
        reason=happened.reason,
        words=happened.words,
        number=case.entry.number,
    )
    journal.add(case.conn, line)


Left = dict[str, Any] | None  # fields of Group that an event leaves beside the state; None: it changes nothing


def _change(case: Applying, before: Group) -> Left:
    """Added or changed by the operator."""
    facts = case.event.told(Changed)
    left = {"aliases": facts.aliases, "needs": facts.needs, "state": facts.state, "domains": facts.domains}
    known = {"state": before.state}
    return known | {name: value for name, value in left.items() if value is not None}


def _piece(case: Applying, before: Group) -> Left:
    facts = case.event.told(Given)
    said = words_of(facts)
    given = {name: getattr(facts, name) for name in said if name != "item"}
    return {} if files.add(case.conn, before.name, Piece(facts.item, **{"need": "", **given})) else None


def _lose_piece(case: Applying, before: Group) -> Left:
    facts = case.event.told(Lost)
    return {} if files.take_out(case.conn, before.name, facts.item, facts.sha256) else None


def _claim(case: Applying, _: Group) -> Left:
    return {"claimed_by": case.event.by.email, "shown_at": None, "objects_until": None, "url": "", "up_at": None}


def _let_go(case: Applying, before: Group) -> Left:
    """It is nobody's; what was up before waits to be restored."""
    files.no_longer_objects(case.conn, before.name)
    back = {"state": "offline"} if before.url else {}
    return {"claimed_by": "", "shown_at": None, "objects_until": None, **back}


def _lay_out(case: Applying, _: Group) -> Left:
    lines = case.event.told(LaidOut).lines
    ordered = {} if lines is None else {"layout": tuple(filter(None, lines))}
    return ordered | {"shown_at": case.entry.time, "objects_until": case.event.due}


def _object(case: Applying, before: Group) -> Left:
    said = Objection(case.event.by.email, case.event.words, case.entry.time, case.entry.number)
    files.object_to(case.conn, before.name, said)
    return {}


def _content(case: Applying, before: Group) -> Left:
    return {} if files.no_longer_objects(case.conn, before.name, case.event.by.email) else None


def _put_up(case: Applying, before: Group) -> Left:
    files.no_longer_objects(case.conn, before.name)
    return {"url": case.event.told(At).url, "up_at": case.entry.time}


def _recall(case: Applying, before: Group) -> Left:
    """That it is up was taken back: it is its claimer's again, and where it was before."""
    url = case.event.told(At).url
    return {"url": url, "up_at": before.up_at if url else None}


def _restore(case: Applying, _: Group) -> Left:
    return {"claimed_by": case.event.by.email, "shown_at": None, "objects_until": None}


def _nothing_more(_: Applying, __: Group) -> Left:
    return {}


EVENTS: dict[EventName, Callable[[Applying, Group], Left]] = {
    E.CHANGE: _change,
    E.PIECE: _piece,
    E.LOSE_PIECE: _lose_piece,
    E.COMPLETE: _nothing_more,
    E.CLAIM: _claim,
    E.UNCLAIM: _let_go,
    E.OVERDUE: _let_go,
    E.LAY_OUT: _lay_out,
    E.OBJECT: _object,
    E.CONTENT: _content,
    E.PUT_UP: _put_up,
    E.RECALL: _recall,
    E.OFFLINE: _nothing_more,
    E.REOPEN: _nothing_more,
    E.RESTORE: _restore,
}


# What is wanted

WISHES = frozenset({E.WANT, E.UNWANT})


def want(case: Applying) -> bool:
    """Members look for something, or do not any more; a file that is not wanted stays so until it is again.

    Whoever wants such a file again, without a day, has it as it was: on the list as long as it takes material.
    """
    facts = case.event.told(Want)
    line = Wanted(
        section=facts.section or "",
        file=facts.file or "",
        words=facts.line or "",
        wanted=case.event.name is E.WANT,
        until=case.event.due,
        at=case.entry.time,
        member=case.event.by.email,
    )
    if case.event.name is E.UNWANT and not (line.file and not line.words):
        return wanted.remove(case.conn, line)
    before = wanted.get(case.conn, line)
    off = before is not None and not before.wanted and counts(before, case.entry.time)
    if off and line.wanted and line.until is None:
        return wanted.remove(case.conn, line)
    wanted.put(case.conn, line)
    return True
