"""What two databases of one archive have to agree on: the equality of design §9, and everything below it.

`all_of` gives a desk as values to be compared; `rebuilt` a desk whose database was made anew from the archive.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from mailproc.desk.file import contents as told
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.rebuild import Rebuilt, rebuild
from mailproc.desk.tell import look
from mailproc.store.database import open_database, reading
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.people import members
from mailproc.store.schema import confirmations, digests, item_messages, notices, objections, readdressings, writers
from mailproc.store.service import probes, switches
from mailproc.store.work import files, groups
from mailproc.workflow.outgoing import OPEN, Outgoing

WITHOUT_ATTEMPTS = {"attempts": 0, "next_try": None, "retried_at": None}
UNKNOWN = (*OPEN, "unconfirmed")  # only a row knows whether such a letter was tried


def all_of(desk: Desk) -> dict[str, Any]:
    """Everything that a rebuild must give again, by its name."""
    with reading(desk.engine) as conn:
        tables = {
            table.name: sorted(conn.execute(select(table)).all(), key=repr)
            for table in (confirmations, digests, notices, item_messages, readdressings, objections, writers)
        }
        return tables | {
            "items": [look.whole(conn, each.item) for each in look.every_item(desk, None, None)],
            "texts": [look.item(desk, each.item.ref).item.text for each in look.every_item(desk, None, None)],
            "members": members.every(conn),
            "groups": desk.groups(groups.every(conn)),
            "files": [told.contents(conn, desk, each) for each in desk.groups(groups.every(conn))],
            "pieces": [piece for _, piece in files.every(conn)],
            "received": [replace(row, attempts=0, error="") for row in rows.every(conn)],
            "letters": [a_letter(letter) for letter in outgoing.every(conn)],
            "switches": switches.every(conn),
            "probes": probes.every(conn),
        }


def a_letter(letter: Outgoing) -> Outgoing:
    """The letter less what was tried."""
    if letter.state in UNKNOWN:
        return replace(letter, state="unconfirmed", reason="", **WITHOUT_ATTEMPTS)
    return replace(letter, **WITHOUT_ATTEMPTS)


@contextmanager
def rebuilt(desk: Desk) -> Iterator[tuple[Desk, Rebuilt]]:
    """The desk with a second database, made from its archive, and what the rebuild came to."""
    with tempfile.TemporaryDirectory() as aside:
        engine = open_database("sqlite:///again.db", Path(aside))
        try:
            came = rebuild(desk.config, engine)
            yield replace(desk, engine=engine), came
        finally:
            engine.dispose()


def assert_same(desk: Desk) -> None:
    """A rebuild gives the desk that is."""
    expected = all_of(desk)
    with rebuilt(desk) as (again, _):
        found = all_of(again)
    for what, value in expected.items():
        assert found[what] == value, what
