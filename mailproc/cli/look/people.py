"""Commands that look at people: `members show`, and `reasons`, what members named when they rejected something.

They read and print; what is known of a person is `desk.tell.history`'s. An address that nobody knows is an error.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from mailproc.cli import shape
from mailproc.cli.look.books import looked_at
from mailproc.cli.say import out, print_json
from mailproc.config.carried import carried
from mailproc.desk.tell import history
from mailproc.desk.tell.history import History
from mailproc.errors import UnknownReference, UsageError
from mailproc.letters.phrasebook import Phrasebook
from mailproc.store.database import reading
from mailproc.store.work import votes


def show(options: argparse.Namespace) -> int:
    """What is known of one person."""
    if not options.email:
        raise UsageError("members show: name an address; `mailproc members list` shows the members")
    with looked_at(options) as books:
        with reading(books.engine) as conn:
            found = history.of(conn, options.email)
        if found.member is None and not found.requests and not found.sent:
            raise UnknownReference(f"{options.email}: nobody of this address has written or is a member")
        house = books.config.desk
        book = Phrasebook(books.config.storage.templates, carried() / "templates")
        said = [book.words(line, house.language, house) for line in found.lines()]
    if options.json:
        print_json(_shape(found, said))
        return 0
    member = found.member
    out.print(f"{found.email}{': ' + member.state + ' since ' + str(shape.moment(member.since)) if member else ''}")
    for line in said:
        out.print(f"  {line}")
    return 0


def _shape(found: History, said: list[str]) -> shape.Json:
    return {
        "email": found.email,
        "member": shape.member(found.member) if found.member else None,
        "requests": [
            {"ref": item.ref, "state": item.state, "title": item.title, "received_at": shape.moment(item.received_at)}
            for item in found.requests
        ],
        "sent": [{"kind": kind, "count": n, "up": up} for kind, n, up in found.counted()],
        "life": [
            {"at": shape.moment(line.at), "event": line.event, "from": line.before, "to": line.after}
            for line in found.life
        ],
        "lines": said,
    }


def reasons(options: argparse.Namespace) -> int:
    """How often each reason was named, kind by kind."""
    since = _day(options.since)
    with looked_at(options) as books, reading(books.engine) as conn:
        counted = votes.reasons_since(conn, since)
    if options.json:
        print_json([{"kind": kind, "reason": slug, "votes": n} for kind, slug, n in counted])
        return 0
    for kind, slug, n in counted:
        out.print(f"{kind:<12} {slug:<12} {n:>4}")
    if not counted:
        print("No reason has been named yet; members write `reject off topic`.", file=sys.stderr)
    return 0


def _day(written: str | None) -> datetime:
    try:
        return datetime.fromisoformat(written or "1970-01-01").replace(tzinfo=UTC)
    except ValueError as error:
        raise UsageError(f"reasons --since: {written}: write a day as 2026-11-22") from error
