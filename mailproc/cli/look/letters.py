"""`outbox`: every letter ever written, or one with its tries."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mailproc.cli import shape
from mailproc.cli.arguments import known
from mailproc.cli.look.books import looked_at
from mailproc.cli.look.page import plain, table
from mailproc.cli.say import out, outbox_folder, print_json
from mailproc.desk.ground.books import Books
from mailproc.errors import StoreError, UnknownReference, UsageError
from mailproc.message.parse import parse
from mailproc.store.database import reading
from mailproc.store.mail import outgoing
from mailproc.workflow.outgoing import STATES, Attempt, Outgoing

COLUMNS = ("id", "state", "attempts", "to", "letter", "subject")


def outbox(options: argparse.Namespace) -> int:
    """Every letter ever written; or one of them."""
    known(options.state, STATES, "state")
    if options.what == "show" and not options.id:
        raise UsageError("outbox show: which letter? `mailproc outbox list` shows their ids")
    with looked_at(options) as books:
        return _one(books, options) if options.what == "show" else _every(books, options)


def _every(books: Books, options: argparse.Namespace) -> int:
    with reading(books.engine) as conn:
        found, doubtful = outgoing.every(conn, options.state), outgoing.ambiguous_attempts(conn)
    if options.json:
        folder = outbox_folder(books.config)
        print_json([_letter_shape(letter, folder, doubtful.get(letter.id, 0)) for letter in found])
    else:
        out.print(table(COLUMNS, [_letter_row(letter, doubtful.get(letter.id, 0)) for letter in found]))
    return 0


def _one(books: Books, options: argparse.Namespace) -> int:
    with reading(books.engine) as conn:
        letter = outgoing.get(conn, options.id)
        tries = outgoing.attempts_of(conn, options.id)
    if letter is None:
        raise UnknownReference(f"{options.id}: there is no such letter; `mailproc outbox list` shows them")
    if options.json:
        shaped = _letter_shape(letter, outbox_folder(books.config), _doubtful(tries))
        print_json(shaped | {"tries": [_try_shape(each) for each in tries]})
    else:
        _print_tries(letter, tries)
        _print_letter(books, letter.path)
    return 0


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
        out.print(plain(line))


def _print_letter(books: Books, path: str) -> None:
    try:
        message, _ = parse((books.outbox / path).read_bytes())
    except OSError as error:
        raise StoreError(f"{books.outbox / path}: {error.strerror}; `mailproc mend` brings it back") from error
    for field in message.header_fields:
        out.print(plain(f"{field.name}: {field.value}"))
    out.print(plain(f"\n{message.text}"))
