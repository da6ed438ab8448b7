"""`received` and `trace`: every message ever received, and one message's whole story."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from mailproc.cli import shape
from mailproc.cli.arguments import known
from mailproc.cli.look.books import looked_at
from mailproc.cli.look.page import plain, table
from mailproc.cli.say import out, outbox_folder, print_json
from mailproc.desk.ground.books import Books
from mailproc.desk.tell.story import Story, story, with_subject
from mailproc.errors import UsageError
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.workflow.entry import Entry
from mailproc.workflow.event import words_of
from mailproc.workflow.received import STATES

WHY = {  # what a slug does not say
    "too-many-letters": " (limits.letters_per_sender_per_day)",
    "one-receipt-a-day": " (nothing proves that they wrote it)",
}


def trace(options: argparse.Namespace) -> int:
    """How a message came, why it was sorted so, what was kept, sent, voted and done."""
    with looked_at(options) as books:
        told = story(books, options.what)
        if options.json:
            print_json(shape_of(told, outbox_folder(books.config)))
            return 0
        for line in _story(told):
            out.print(plain(line))
    return 0


def _story(told: Story) -> list[str]:
    row, entry = told.row, told.entry
    path = row.envelope.reverse_path
    lines = [
        f"Message {row.number}: {row.subject or '(no subject)'}",
        f"came    {shape.moment(row.received_at)} by {row.source}",
        f"        from {'an unknown reverse-path' if path is None else f'<{path}>'}",
        f"        to {', '.join(row.envelope.forward_paths) or 'nobody named'}",
        f"        {row.size} octets, SHA-256 {row.sha256}",
    ]
    lines += [f"via     {hop.sender} -> {hop.by}, {hop.waited_seconds} s" for hop in told.hops]
    if entry is None:
        return [*lines, f"state   {row.state} {row.error}"]
    proof = entry.identity or f"not proven ({entry.identity_reason})"
    proof += f"; the mail server's results: {entry.identity_server}" if entry.identity_server else ""
    if entry.from_shown or entry.identity_reason:  # a word of the operator or of the clock has no author to be proven
        lines.append(f"author  {entry.from_shown or '-'}; {proof}")
    lines.append(f"sorted  {row.kind} by rule {row.rule or '-'}{f': {row.reason}' if row.reason else ''}")
    lines += [f"        would else have been {entry.runner_up}"] if entry.runner_up else []
    lines += [f"copy    of message {row.duplicate_of}, which had its effect"] if row.duplicate_of else []
    for kept in entry.attachments:
        lines.append(f"kept    {kept.attachment.name}: {kept.state} {kept.reason}, SHA-256 {kept.attachment.sha256}")
    lines += [f"said    {command}" for command in entry.commands]
    lines += [f"unclear {line}" for line in entry.unclear]
    lines += [f"did     {event.name} {event.ref} by {event.by}" for event in entry.events]
    last = {letter.id for letter in entry.letters if letter.last_today}
    for letter in told.letters:
        said = "; the last of that day to them, and it says so" if letter.id in last else ""
        lines.append(f"wrote   {letter.template} to {letter.to}: {letter.state}, {letter.path}{said}")
    lines += _silence(entry)
    for whole in told.items:
        lines.append(f"item    {whole.item.ref} {whole.item.title}: {whole.item.state}")
        lines += [
            f"        {shape.moment(line.at)} {line.event} by {line.actor}, {line.before or '-'} -> {line.after}"
            for line in whole.journal
        ]
    return lines


def _silence(entry: Entry) -> list[str]:
    """Why no letter went to the sender, and whether one goes the next day."""
    if not entry.unanswered:
        return []
    why = f"{entry.unanswered}{WHY.get(entry.unanswered, '')}"
    later = next((letter.not_before for letter in entry.letters if letter.held_over), None)
    if later:
        return [f"silent  no letter went to the sender that day: {why}; it leaves {shape.moment(later)} or later"]
    return [f"silent  no letter went to the sender: {why}"]


def received(options: argparse.Namespace) -> int:
    """Every message ever received, or one of them."""
    known(options.state, STATES, "state")
    with looked_at(options) as books:
        if options.what == "list":
            with reading(books.engine) as conn:
                found = [with_subject(books, row) for row in rows.every(conn, options.state)]
            if options.json:
                print_json([shape.received(row) for row in found])
                return 0
            lines = [(str(r.number), r.state, r.kind, r.author, r.subject, r.error) for r in found]
            out.print(table(("number", "state", "kind", "from", "subject", "error"), lines))
            return 0
        if options.number is None:
            raise UsageError("received show: which number? `mailproc received list` shows them")
        return _one(books, options)


def _one(books: Books, options: argparse.Namespace) -> int:
    told = story(books, str(options.number))
    told = replace(told, row=with_subject(books, told.row))
    if options.json:
        print_json(shape.received(told.row))
    else:
        for line in _story(told):
            out.print(plain(line))
    return 0


def shape_of(told: Story, outbox: Path) -> shape.Json:
    """One message's whole story."""
    entry = told.entry
    return {
        "received": shape.received(told.row),
        "envelope": {
            "reverse_path": told.row.envelope.reverse_path,
            "forward_paths": list(told.row.envelope.forward_paths),
        },
        "hops": [{"from": hop.sender, "by": hop.by, "waited_seconds": hop.waited_seconds} for hop in told.hops],
        "identity": (entry.identity or None) if entry else None,
        "identity_reason": entry.identity_reason if entry else None,
        "identity_server": (entry.identity_server or None) if entry else None,
        "commands": list(entry.commands) if entry else [],
        "unclear": list(entry.unclear) if entry else [],
        "unanswered": (entry.unanswered or None) if entry else None,
        "events": [
            {
                "ref": e.ref,
                "event": e.name,
                "by": str(e.by),
                "words": e.words,
                "due": shape.moment(e.due),
                "reason": e.reason,
                "facts": words_of(e.facts),
            }
            for e in (entry.events if entry else ())
        ],
        "attachments": [shape.attachment(each) for each in (entry.attachments if entry else ())],
        "letters": [shape.outgoing(letter, outbox) for letter in told.letters],
        "items": [shape.shown(whole) for whole in told.items],
    }
