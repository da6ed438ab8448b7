"""`rules rehearse`: what the rules, changed or not, would make of mails that came, beside what was made of them.

Whoever changes a rule sees what moves, from where, to where and why, before the service is started with it; and whether
the rules now put mails where people have sorted them by hand. It reads, and keeps nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rich.text import Text

from mailproc.cli import shape
from mailproc.cli.desk import opened, progress
from mailproc.cli.look.page import visible
from mailproc.cli.say import out, print_json
from mailproc.config.folder import GROUPS_FILE, load_groups, load_rules
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.rebuild import received_numbers
from mailproc.desk.watch import afresh
from mailproc.desk.watch.afresh import OURS, Asked, Move, Sorted
from mailproc.errors import UsageError
from mailproc.store.database import reading
from mailproc.store.mail import received as rows

LAST = 500  # mails, where nobody says how many


def rehearse(options: argparse.Namespace) -> int:
    """What would move, and whether the rules agree with what people moved."""
    since = _day(options.since)
    last = options.last or (None if since else LAST)
    with opened(options, looks=True) as live:
        desk = _with_rules(live, options)
        with reading(desk.engine) as conn:
            numbers = frozenset(rows.sorted_lately(conn, OURS, last, since))
        with progress("rehearsing", len(received_numbers(desk.config))) as advance:
            asked = afresh.rehearse(desk, numbers, advance)
    if options.json:
        print_json(_shape(asked))
    else:
        _print(asked, "" if options.since is None else f" since {options.since}")
    return 0


def _with_rules(desk: Desk, options: argparse.Namespace) -> Desk:
    """The desk with the rules of the folder that is named; its groups stay, where that folder has none."""
    if options.rules is None:
        return desk
    groups = options.rules / GROUPS_FILE
    return replace(desk, rules=load_rules(options.rules), seeds=load_groups(groups) if groups.exists() else desk.seeds)


def _day(written: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(written).replace(tzinfo=UTC) if written else None
    except ValueError as error:
        raise UsageError(f"rules rehearse --since: {written}: write a day as 2026-11-22") from error


def _print(asked: Sequence[Asked], since: str) -> None:
    moving = [each for each in asked if each.differs]
    out.print(f"Of the last {len(asked)} mails{since}, {_so_many(moving)} would move.", highlight=False)
    for each in moving:
        for line in _lines(each):
            out.print(Text(line))
    by_hand = [each for each in asked if each.moved]
    if by_hand:
        right = sum(each.moved.fits(each.now) for each in by_hand if each.moved)
        told = f"People sorted {len(by_hand)} of these mails by hand; the rules put {right} where they belong now."
        out.print(told, highlight=False)
        for each in by_hand:
            if each.moved and not each.moved.fits(each.now):
                out.print(
                    Text(f"    {each.number}  {_title(each)}: {each.now.place}, and was made {_made(each.moved)}")
                )


def _so_many(moving: Sequence[Asked]) -> str:
    return f"these {len(moving)}" if len(moving) > 1 else "this one" if moving else "none"


def _lines(each: Asked) -> list[str]:
    found = f', by "{visible(each.words)}" ({each.field})' if each.words else ""
    lines = [
        f"{each.number}  {_title(each)}",
        f"    from {each.was.place}: {each.was_because}",
        f'    to   {each.now.place}: {each.now_because} (rule "{each.now.rule}"{found})',
    ]
    if each.moved:
        right = "as the rules would now" if each.moved.fits(each.now) else "not as the rules would now"
        lines.append(f"    made {_made(each.moved)}: {right}")
    return lines


def _title(each: Asked) -> str:
    return visible(each.subject) or "(no subject)"


def _made(moved: Move) -> str:
    place = ", ".join(filter(None, (moved.kind, moved.section, moved.group)))
    return f"{place} by {moved.by}"


def _shape(asked: Sequence[Asked]) -> dict[str, Any]:
    by_hand = [each for each in asked if each.moved]
    return {
        "mails": len(asked),
        "otherwise": [_mail(each) for each in asked if each.differs],
        "by_hand": [_mail(each) for each in by_hand],
        "by_hand_right": sum(each.moved.fits(each.now) for each in by_hand if each.moved),
    }


def _mail(each: Asked) -> dict[str, Any]:
    moved = each.moved
    return {
        "number": each.number,
        "subject": each.subject,
        "received_at": shape.moment(each.received_at),
        "from": _place(each.was) | {"reason": each.was_because},
        "to": _place(each.now) | {"reason": each.now_because, "field": each.field, "words": each.words},
        "moved": None
        if moved is None
        else {
            "kind": moved.kind,
            "section": moved.section,
            "group": moved.group,
            "by": moved.by,
            "at": shape.moment(moved.at),
        },
    }


def _place(where: Sorted) -> dict[str, Any]:
    return {"kind": where.kind, "section": where.section, "group": where.group, "rule": where.rule or None}
