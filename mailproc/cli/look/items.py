"""`list` and `show`: the items. With --json for programs, else words for people."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from mailproc.cli import shape
from mailproc.cli.arguments import known
from mailproc.cli.look.books import looked_at
from mailproc.cli.look.page import plain, table
from mailproc.cli.say import out, print_json
from mailproc.config.carried import carried
from mailproc.desk.tell import look
from mailproc.desk.tell.look import WholeItem
from mailproc.desk.watch.health import paused, rests
from mailproc.kinds.every import KINDS
from mailproc.letters.texts import reasons
from mailproc.workflow import machine

STATES = tuple(dict.fromkeys(state for kind in KINDS.values() for state in kind.states))


def list_items(options: argparse.Namespace) -> int:
    """Every item; on a terminal the waiting ones first."""
    known(options.kind, tuple(KINDS), "kind")
    known(options.state, STATES, "state")
    with looked_at(options) as books:
        found = look.every_item(books, options.kind, options.state)
        if options.json:
            print_json([shape.listed(whole) for whole in found])
            return 0
        if doubt := books.doubt:
            print(rests(doubt), file=sys.stderr)
        for words in paused(books):
            print(words, file=sys.stderr)
        if not found:
            print("No items.", file=sys.stderr)
            return 0
        waiting_first = sorted(found, key=lambda whole: (whole.item.state not in machine.WAITING, whole.item.number))
        out.print(table(("ref", "state", "kind", "author", "title"), [_item_row(whole) for whole in waiting_first]))
    return 0


def _item_row(whole: WholeItem) -> tuple[str, ...]:
    item = whole.item
    kind = f"{item.kind} · {item.group or item.section}" if item.group or item.section else item.kind
    return item.ref, item.state, kind, item.author.email, item.title


def show(options: argparse.Namespace) -> int:
    """One item, whole."""
    with looked_at(options) as books:
        whole = look.item(books, options.ref)
        if options.json:
            print_json(shape.shown(whole))
        else:
            folders = (books.config.storage.templates, carried() / "templates")
            _print_item(whole, reasons(books.config.desk.language, *folders))
    return 0


def _print_item(whole: WholeItem, why: Mapping[str, str]) -> None:
    item = whole.item
    proof = "authenticated" if item.authenticated else "not authenticated"
    lines = [
        f"{item.ref}  {item.kind}  {item.title}",
        f"{item.state}, since {shape.moment(item.waiting_since)}",
        f"from {item.author.name} <{item.author.email}>, {proof}, received {shape.moment(item.received_at)}",
    ]
    lines += [f"also known as {', '.join(item.aliases)}"] if item.aliases else []
    lines += [f"section {item.section}"] if item.section else []
    lines += [f"group file {item.group}"] if item.group else []
    lines += [f"its decision takes effect {shape.moment(item.settles_at)}"] if item.settles_at else []
    lines += [f"goes up, once it is approved, {shape.moment(item.publish_at)}"] if item.publish_at else []
    lines += [f"held until {shape.moment(item.held_until)}"] if item.held_until else []
    lines += [f"published as {item.place}"] if item.place else []
    lines += [f"hidden {shape.moment(item.hidden_at)}"] if item.hidden_at else []
    lines += [f"another text put up {shape.moment(item.replaced_at)}"] if item.replaced_at else []
    lines += (
        [f"asked to {item.motion} by {item.motion_by} since {shape.moment(item.motion_since)}"] if item.motion else []
    )
    lines += [f"approved by itself {shape.moment(item.consent_at)}, if no member objects"] if item.consent_at else []
    for kept in whole.attachments:
        found = kept.attachment
        within = f", within {found.within}" if found.within else ""
        reason = f" ({kept.reason})" if kept.reason else ""
        lines.append(f"attachment {found.name}, {found.media_type}, {found.size} octets{within}: {kept.state}{reason}")
    for vote in whole.votes:
        undone = " (undone)" if vote.undone else ""
        lines.append(f"vote {vote.verdict} by {vote.member}, {shape.moment(vote.at)}{undone} {vote.words}".rstrip())
    for line in whole.journal:
        change = f" {line.before or '-'} -> {line.after}" if line.before != line.after else ""
        reason = why.get(line.reason, line.reason)  # a line of an older release holds words
        lines.append(f"{shape.moment(line.at)} {line.event} by {line.actor}{change} {reason} {line.words}".rstrip())
    for each in lines:
        out.print(plain(each))
    out.print(plain(f"\n{item.text}" if item.text is not None else f"\n(the text is the {item.text_source})"))
