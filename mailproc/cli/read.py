"""Commands that read: list, show, trace, received, outbox. With --json for programs, else words for people."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from mailproc.cli import shape
from mailproc.cli.desk import opened, operator_source, out, outbox_folder, print_json
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import enter
from mailproc.desk.tell import look
from mailproc.desk.tell.look import Story, WholeItem
from mailproc.desk.turn.examine import with_subject
from mailproc.desk.watch.health import paused
from mailproc.errors import MailprocError, StoreError, UnknownReference, UsageError, nearest
from mailproc.kinds.every import KINDS
from mailproc.message.parse import parse
from mailproc.store.database import reading, writing
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.workflow import machine
from mailproc.workflow.outgoing import STATES as OUTGOING_STATES
from mailproc.workflow.outgoing import Attempt, Outgoing
from mailproc.workflow.received import STATES as RECEIVED_STATES

STATES = tuple(dict.fromkeys(state for kind in KINDS.values() for state in kind.states))


def _known(word: str | None, words: tuple[str, ...], what: str) -> None:
    if word is not None and word not in words:
        raise UsageError(f"there is no {what} {word}{nearest(word, words)}")


def list_items(options: argparse.Namespace) -> int:
    """Every item; on a terminal the waiting ones first."""
    _known(options.kind, tuple(KINDS), "kind")
    _known(options.state, STATES, "state")
    with opened(options) as desk:
        found = look.every_item(desk, options.kind, options.state)
        if options.json:
            print_json([shape.listed(whole) for whole in found])
            return 0
        for words in paused(desk):
            print(words, file=sys.stderr)
        if not found:
            print("No items.", file=sys.stderr)
            return 0
        waiting_first = sorted(found, key=lambda whole: (whole.item.state not in machine.WAITING, whole.item.number))
        out.print(_table(("ref", "state", "kind", "author", "title"), [_item_row(whole) for whole in waiting_first]))
    return 0


def _item_row(whole: WholeItem) -> tuple[str, ...]:
    item = whole.item
    kind = f"{item.kind} · {item.group or item.section}" if item.group or item.section else item.kind
    return item.ref, item.state, kind, item.author.email, item.title


def _table(columns: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for line in lines:
        table.add_row(*(Text(_visible(cell)) for cell in line))
    return table


def _visible(text: str) -> str:
    """Words of others without control characters: a terminal obeys them (catalogue S39)."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)


def show(options: argparse.Namespace) -> int:
    """One item, whole."""
    with opened(options) as desk:
        whole = look.item(desk, options.ref)
        if options.json:
            print_json(shape.shown(whole))
        else:
            _print_item(whole)
    return 0


def _print_item(whole: WholeItem) -> None:
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
    lines += [f"published as {item.place}"] if item.place else []
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
        lines.append(
            f"{shape.moment(line.at)} {line.event} by {line.actor}{change} {line.reason} {line.words}".rstrip()
        )
    for each in lines:
        out.print(Text(_visible(each)))
    out.print(Text(_visible(f"\n{item.text}" if item.text is not None else f"\n(the text is the {item.text_source})")))


def trace(options: argparse.Namespace) -> int:
    """How a message came, why it was sorted so, what was kept, sent, voted and done."""
    with opened(options) as desk:
        told = look.story(desk, options.what)
        if options.json:
            print_json(shape.story(told, outbox_folder(desk.config)))
            return 0
        for line in _story(told):
            out.print(Text(_visible(line)))
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
    lines.append(f"author  {entry.from_shown or '-'}; {proof}")
    lines.append(f"sorted  {row.kind} by rule {row.rule or '-'}: {row.reason}")
    lines += [f"        would else have been {entry.runner_up}"] if entry.runner_up else []
    lines += [f"copy    of message {row.duplicate_of}, which had its effect"] if row.duplicate_of else []
    for kept in entry.attachments:
        lines.append(f"kept    {kept.attachment.name}: {kept.state} {kept.reason}, SHA-256 {kept.attachment.sha256}")
    lines += [f"said    {command}" for command in entry.commands]
    lines += [f"unclear {line}" for line in entry.unclear]
    lines += [f"did     {event.name} {event.ref} by {event.by}" for event in entry.events]
    lines += [f"wrote   {letter.template} to {letter.to}: {letter.state}, {letter.path}" for letter in told.letters]
    lines += [f"silent  no letter went to the sender: {entry.unanswered}"] if entry.unanswered else []
    for whole in told.items:
        lines.append(f"item    {whole.item.ref} {whole.item.title}: {whole.item.state}")
        lines += [
            f"        {shape.moment(line.at)} {line.event} by {line.actor}, {line.before or '-'} -> {line.after}"
            for line in whole.journal
        ]
    return lines


def received(options: argparse.Namespace) -> int:
    """Every message ever received; one of them; or a stuck one tried again."""
    _known(options.state, RECEIVED_STATES, "state")
    with opened(options) as desk:
        if options.what == "list":
            with reading(desk.engine) as conn:
                found = [with_subject(desk, row) for row in rows.every(conn, options.state)]
            if options.json:
                print_json([shape.received(row) for row in found])
                return 0
            lines = [(str(r.number), r.state, r.kind, r.author, r.subject, r.error) for r in found]
            out.print(_table(("number", "state", "kind", "from", "subject", "error"), lines))
            return 0
        if options.number is None and options.what == "show":
            raise UsageError(f"received {options.what}: which number? `mailproc received list` shows them")
        return _one_received(desk, options)


def _retry(desk: Desk, number: int | None) -> int:
    """One stuck message back into the queue, or all of them."""
    with writing(desk.engine) as conn:
        numbers = [row.number for row in rows.every(conn, "stuck")] if number is None else [number]
        for each in numbers:
            if not rows.retry(conn, each):
                raise UnknownReference(f"{each}: not stuck; `mailproc received list --state stuck` shows which are")
            archive.unmark_stuck(desk.archive, each)
    print(f"{len(numbers)} messages wait again; `mailproc work` serves them.", file=sys.stderr)
    return 0


def _one_received(desk: Desk, options: argparse.Namespace) -> int:
    if options.what == "retry":
        return _retry(desk, options.number)
    told = look.story(desk, str(options.number))
    told = replace(told, row=with_subject(desk, told.row))
    if options.json:
        print_json(shape.received(told.row))
    else:
        for line in _story(told):
            out.print(Text(_visible(line)))
    return 0


def outbox(options: argparse.Namespace) -> int:
    """Every letter ever written; one of them; or one tried again or called back."""
    _known(options.state, OUTGOING_STATES, "state")
    every = options.what == "retry" and options.state  # `outbox retry --state failed`
    if options.what != "list" and not options.id and not every:
        raise UsageError(f"outbox {options.what}: which letter? `mailproc outbox list` shows their ids")
    with opened(options) as desk:
        folder = outbox_folder(desk.config)
        if options.what == "list":
            with reading(desk.engine) as conn:
                found, doubtful = outgoing.every(conn, options.state), outgoing.ambiguous_attempts(conn)
            if options.json:
                print_json([_letter_shape(letter, folder, doubtful.get(letter.id, 0)) for letter in found])
                return 0
            out.print(_table(LETTER_COLUMNS, [_letter_row(letter, doubtful.get(letter.id, 0)) for letter in found]))
            return 0
        if every and not options.id:
            return _retry_letters(desk, options.state)
        with reading(desk.engine) as conn:
            letter = outgoing.get(conn, options.id)
        if letter is None:
            raise UnknownReference(f"{options.id}: there is no such letter; `mailproc outbox list` shows them")
        if options.what == "show":
            with reading(desk.engine) as conn:
                tries = outgoing.attempts_of(conn, letter.id)
            if options.json:
                print_json(_letter_shape(letter, folder, _doubtful(tries)) | {"tries": [_try_shape(t) for t in tries]})
            else:
                _print_tries(letter, tries)
                _print_letter(desk, letter.path)
            return 0
        if not _told(desk, letter, options.what):
            what = {"retry": "tried again", "cancel": "called back"}[options.what]
            raise MailprocError(f"{letter.id}: it is {letter.state}; only a letter that has not left can be {what}")
    return 0


def _retry_letters(desk: Desk, state: str) -> int:
    """All letters in a state once more: after a long outage, say. 1 if one cannot be."""
    with reading(desk.engine) as conn:
        found = outgoing.every(conn, state)
    again = sum(_told(desk, letter, "retry") for letter in found)
    print(f"{again} of {len(found)} letters wait again; `mailproc deliver` sends them.", file=sys.stderr)
    return 0 if again == len(found) else 1


def _told(desk: Desk, letter: Outgoing, what: str) -> bool:
    """Whether the operator's word on a letter changed anything."""
    enter(desk, operator_source(), f"letter {letter.id} {what}")
    with reading(desk.engine) as conn:
        after = outgoing.get(conn, letter.id)
    return after is not None and after.state != letter.state


LETTER_COLUMNS = ("id", "state", "attempts", "to", "letter", "subject")


def _letter_row(letter: Outgoing, doubtful: int) -> tuple[str, ...]:
    attempts = f"{letter.attempts} ({doubtful} ambiguous)" if doubtful else str(letter.attempts)
    return letter.id, letter.state, attempts, letter.to, letter.template, letter.subject


def _letter_shape(letter: Outgoing, folder: Path, doubtful: int) -> dict[str, Any]:
    return shape.outgoing(letter, folder) | {"ambiguous_attempts": doubtful}


def _doubtful(tries: Sequence[Attempt]) -> int:
    return sum(each.outcome == "ambiguous" for each in tries)


def _try_shape(each: Attempt) -> dict[str, Any]:
    return {
        "n": each.n,
        "started_at": shape.moment(each.started_at),
        "ended_at": shape.moment(each.ended_at),
        "outcome": each.outcome,
        "reply": each.receipt.reply if each.receipt else None,
    }


def _print_tries(letter: Outgoing, tries: Sequence[Attempt]) -> None:
    """What was tried, before the letter itself."""
    waits = f", next try {shape.moment(letter.next_try)}" if letter.next_try else ""
    lines = [f"{letter.id}  {letter.template} to {letter.to}", f"{letter.state} {letter.reason}".rstrip() + waits]
    for each in tries:
        reply = f": {each.receipt.reply}" if each.receipt else ""
        lines.append(f"attempt {each.n}  {shape.moment(each.started_at)}  {each.outcome}{reply}")
    for line in (*lines, ""):
        out.print(Text(_visible(line)))


def _print_letter(desk: Desk, path: str) -> None:
    try:
        message, _ = parse((desk.outbox / path).read_bytes())
    except OSError as error:
        raise StoreError(f"{desk.outbox / path}: {error.strerror}; restore the letter from the backup") from error
    for field in message.header_fields:
        out.print(Text(_visible(f"{field.name}: {field.value}")))
    out.print(Text(_visible(f"\n{message.text}")))
