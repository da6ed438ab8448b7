"""What is wanted now, and by which names files and sections are known, from the rows; all take it here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.dossier import wanted
from mailproc.dossier.needs import standing
from mailproc.kinds.every import EVERY
from mailproc.store.work import files, groups, items
from mailproc.store.work import wanted as rows
from mailproc.workflow.group import Group

SECTIONED = tuple(kind.name for kind in EVERY if kind.up and kind.up.section)


def sought(conn: Connection, desk: Desk, now: datetime) -> wanted.Standing:
    """Files that take material, sections and free lines."""
    known = desk.groups(groups.every(conn))
    return wanted.standing(known, rows.every(conn), now, {each.name: _lacks(conn, desk, each) for each in known})


def _lacks(conn: Connection, desk: Desk, group: Group) -> tuple[str, ...]:
    """What the file of a group still needs, as people read it."""
    return tuple(need.called for need in standing(group, desk.needs, files.of(conn, group.name)).missing)


def files_of(conn: Connection, desk: Desk) -> tuple[tuple[str, str], ...]:
    """How groups are called on which there are files: each name and alias, with the name."""
    known = desk.groups(groups.every(conn))
    return tuple((called, each.name) for each in known for called in (each.name, *each.aliases))


def sections_of(conn: Connection, desk: Desk) -> tuple[str, ...]:
    """The sections that rules or members have sent something to."""
    by_rules = (rule.section for rule in desk.rules if rule.section)
    return tuple(dict.fromkeys((*by_rules, *items.sections(conn, SECTIONED))))
