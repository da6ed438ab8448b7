"""Commands for a person's data: forget and export.

`forget` reports first and erases only with --yes; what it asks for arrives at the desk as a message of the operator
that names nobody. `export` writes one file and never over another. Errors are one line with the cure.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mailproc.cli import shape
from mailproc.cli.desk import opened, operator_source, progress
from mailproc.cli.say import out, outbox_folder, print_json
from mailproc.config.kind import ADDRESS
from mailproc.desk.erase import export as exporting
from mailproc.desk.erase import forget as forgetting
from mailproc.desk.erase.export import Shapes
from mailproc.desk.erase.forget import Report
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import adopt_all, enter, work
from mailproc.errors import MailprocError, UsageError
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive

FEW = 20  # numbers on a line


def forget(options: argparse.Namespace) -> int:
    """Say what would be erased, or erase it."""
    email = _address(options.email, "forget")
    with opened(options) as desk:
        if desk.is_ours(email):
            raise UsageError(f"forget: {email} is the desk's own address; name a person's")
        if options.yes:
            adopt_all(desk)
            work(desk)  # whatever waits has its turn first
        with progress("searching") as advance:
            report = forgetting.report(desk, email, options.published, advance)
        if options.yes:
            _forget(desk, email, options.published)
        if options.json:
            print_json(_shape(report, erased=options.yes))
        else:
            _print(email, report, erased=options.yes)
    return 0


def _forget(desk: Desk, email: str, published: str) -> None:
    number = enter(desk, operator_source(), forgetting.command_of(desk, email, published))
    if archive.read_entry(desk.archive, number) is None:
        with reading(desk.engine) as conn:
            row = rows.get(conn, number)
        why = row.error if row and row.error else "another process has it"
        raise MailprocError(
            f"not done yet: {why}; it is message {number}, and the next `mailproc work` goes on with it"
        )
    work(desk)  # what is to be taken down


def _address(email: str, where: str) -> str:
    try:
        return str(ADDRESS.read(email))
    except ValueError as error:
        raise UsageError(f"{where}: {email} is not an address; write one like jo@poole.example") from error


def _shape(report: Report, *, erased: bool) -> dict[str, Any]:
    return asdict(report) | {
        "items": [{"ref": ref, "state": state, "fate": fate} for ref, state, fate in report.items],
        "published": [{"ref": ref, "place": place, "fate": fate} for ref, place, fate in report.published],
        "membership": report.membership or None,
        "erased": erased,
    }


def _print(email: str, report: Report, *, erased: bool) -> None:
    others = report.mails_of_others
    lines = [
        f"{email} {'is' if erased else 'would be'} {', '.join(report.pseudonyms)} from now on.",
        f"{len(report.messages)} mails of theirs: octets, titles, texts, names and address go",
        f"{report.letters} letters to them, {report.letters_to_others} letters to others that name or quote them",
        f"{len(others)} mails of others{_few(others)} that quote or name them: octets go, what was decided stays",
        f"{report.attachments} attachments that nobody else sent",
        f"{report.votes} votes: they stay, under the pseudonym and without their words",
    ]
    lines += [f"{ref} ({state}) {fate}" for ref, state, fate in report.items]
    lines += [f"their membership ({report.membership}) ends"] if report.membership else []
    lines += [f"stays: {line}" for line in report.stays]
    if not erased:
        lines.append("Nothing was changed. Say it again with --yes to erase; it cannot be undone.")
    for line in lines:
        out.print(line, markup=False)


def _few(numbers: tuple[int, ...]) -> str:
    """` (12, 14 and 3 more)`, to be looked at before they go."""
    more = f" and {len(numbers) - FEW} more" if len(numbers) > FEW else ""
    return f" ({', '.join(map(str, numbers[:FEW]))}{more})" if numbers else ""


def export(options: argparse.Namespace) -> int:
    """Write the file, and say what is in it."""
    email = _address(options.email, "export")
    path = options.to or Path(f"{email}.zip")
    with opened(options, looks=True) as desk:
        with progress("exporting") as advance:
            told = exporting.export(desk, email, path, _shapes(desk), advance)
        if options.json:
            print_json(told)
        else:
            counts = ", ".join(f"{len(told[name])} {name}" for name in ("messages", "items", "letters", "attachments"))
            out.print(f"{path}: {counts}", markup=False)
    return 0


def _shapes(desk: Desk) -> Shapes:
    folder = outbox_folder(desk.config)
    return Shapes(
        received=shape.received,
        item=shape.shown,
        letter=lambda letter: shape.outgoing(letter, folder),
        member=shape.member,
        attachment=shape.attachment,
        piece=shape.piece,
        moment=shape.moment,
    )
