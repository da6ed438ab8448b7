"""Pieces come into the files of groups and leave them, in the turn of whatever moves their material.

Looked at once at the end of a turn, so that no room that moves an item has to think of it: material that went into
its file brings its pieces; that comes down, is taken back, forgotten or gets another text takes them out. Mail that
came after the members decided is no part of it. Then the file is weighed: a file that has all it needs is complete, and
one that a loss leaves without something gathers again, as one does for which members want something more.

What the pieces are is `dossier`'s; what an event does to the rows is `turn/filing`'s.
"""

from __future__ import annotations

from dataclasses import replace

from mailproc.desk.file import contents as told
from mailproc.desk.turn.turn import Turn
from mailproc.dossier.needs import Standing, assigned, needs_in, needs_of
from mailproc.dossier.piece import pieces_of
from mailproc.kinds.event import EventName
from mailproc.kinds.every import GOES_UP, KINDS
from mailproc.store.work import files, groups, journal
from mailproc.workflow import machine
from mailproc.workflow.actor import CLOCK, Actor, person
from mailproc.workflow.event import Event
from mailproc.workflow.event import group as group_ref
from mailproc.workflow.facts import Changed, Given, Lost, Want
from mailproc.workflow.group import LOOKED_FOR, Group, Piece
from mailproc.workflow.item import Item

E = EventName
BRINGS = GOES_UP | {E.REPLACED}
GATHERS, COMPLETE = "gathering", "complete"


def after(turn: Turn) -> None:
    """Let pieces come and go as the turn's events have it, and weigh the files that they are in."""
    happened = list(turn.events)
    before: dict[str, Standing] = {}
    for ref in dict.fromkeys(event.ref for event in happened if event.is_of_an_item):
        item = turn.item(ref)
        if item is not None and KINDS[item.kind].grouped:
            _settle(turn, item, {event.name for event in happened if event.ref in item.refs}, before)
    for event in happened:
        _note_file(turn, event, before)
    for name, stood in before.items():
        _weigh(turn, name, stood)


def _settle(turn: Turn, item: Item, names: set[EventName], before: dict[str, Standing]) -> None:
    """The pieces of one material are in its file, if it is, and nowhere else."""
    inside = [(key, piece) for key, piece in files.of_item(turn.conn, item.ref) if not piece.out]
    brings = item.state in machine.UP and item.group and names & BRINGS
    if not brings and (item.state in machine.UP or not inside):
        if E.COUNT in names:
            _remember(turn, item.group or "", before)
        return
    pieces = _pieces(turn, item) if brings else ()
    wanted = {(piece.form, piece.sha256) for piece in pieces}
    for key, piece in inside:
        if (piece.form, piece.sha256) not in wanted or key != files.key(item.group or ""):
            _lose(turn, item, key, piece, before, whole=not pieces)
    for piece in pieces:
        _give(turn, item, piece, before)


def _pieces(turn: Turn, item: Item) -> tuple[Piece, ...]:
    """Of what members decided on: its mails up to the one that put it into its file."""
    lines = journal.of(turn.conn, item.ref)
    up = next((line.number for line in reversed(lines) if line.event in GOES_UP), None)
    until = None if up == turn.entry.number else up
    given = turn.given(item, until)
    needs = needs_of(told.group_of(turn.conn, turn.desk, item.group or ""), turn.desk.needs)
    pieces = pieces_of(given, needs, turn.desk.needs)
    said = [line.words for line in lines if line.event == E.COUNT]
    slugs = needs_in(said[-1], needs) if said else None  # members said so before it was in
    return tuple(map(_counting_as, pieces, assigned(pieces, slugs, needs))) if slugs else pieces


def _counting_as(piece: Piece, need: str) -> Piece:
    return replace(piece, need=need)


def _give(turn: Turn, item: Item, piece: Piece, before: dict[str, Standing]) -> None:
    name = _begun(turn, item.group or "", before)
    facts = Given(
        item=item.ref,
        number=piece.number,
        form=piece.form,
        name=piece.name,
        sha256=piece.sha256,
        need=piece.need or None,
        media_type=piece.media_type or None,
        size=piece.size or None,
        url=piece.url or None,
        caption=piece.caption or None,
        credit=piece.credit or None,
        rights=piece.rights or None,
        source=piece.source or None,
        heading=piece.heading or None,
    )
    turn.record(Event(group_ref(name), E.PIECE, _giver(item), facts=facts))


def _lose(turn: Turn, item: Item, key: str, piece: Piece, before: dict[str, Standing], *, whole: bool) -> None:
    """Out of the file whose row this is; `whole`: with all other pieces of the material, in one event."""
    group = groups.get(turn.conn, key)
    if group is None:
        return
    _remember(turn, group.name, before)
    facts = Lost(item=item.ref) if whole else Lost(item=item.ref, sha256=piece.sha256)
    turn.record(Event(group_ref(group.name), E.LOSE_PIECE, CLOCK, facts=facts))


def _giver(item: Item) -> Actor:
    return person(item.author.email) if item.author.email else CLOCK


def _begun(turn: Turn, name: str, before: dict[str, Standing]) -> str:
    """The file's row, which begins in the state that rules/groups.toml says; its name."""
    _remember(turn, name, before)
    group = told.group_of(turn.conn, turn.desk, name)
    if groups.get(turn.conn, name) is None and group.state not in LOOKED_FOR:
        turn.record(Event(group_ref(group.name), E.CHANGE, CLOCK, due=turn.time, facts=Changed(state=group.state)))
    return group.name


def _note_file(turn: Turn, event: Event, before: dict[str, Standing]) -> None:
    """A file that is to be weighed for another reason: its needs have changed, or members want more for it."""
    if event.name is E.CHANGE and event.ref.startswith(group_ref("")):
        changed = event.told(Changed)
        if changed.needs is not None and changed.state is None:
            _remember(turn, event.ref.removeprefix(group_ref("")), before)
    if event.name is E.WANT and (name := event.told(Want).file):
        _gathers(turn, told.group_of(turn.conn, turn.desk, name))


def _remember(turn: Turn, name: str, before: dict[str, Standing]) -> None:
    if name and name not in before:
        before[name] = told.standing_of(turn.conn, turn.desk, told.group_of(turn.conn, turn.desk, name))


def _weigh(turn: Turn, name: str, stood: Standing) -> None:
    group = told.group_of(turn.conn, turn.desk, name)
    stands = told.standing_of(turn.conn, turn.desk, group)
    if stands.complete and group.state in LOOKED_FOR:
        turn.record(Event(group_ref(group.name), E.COMPLETE, CLOCK))
    elif any(need in stood.has for need in stands.missing):
        _gathers(turn, group)


def _gathers(turn: Turn, group: Group) -> None:
    """A complete file that nobody has claimed looks for more."""
    if group.state == COMPLETE:
        turn.record(Event(group_ref(group.name), E.CHANGE, CLOCK, due=turn.time, facts=Changed(state=GATHERS)))
