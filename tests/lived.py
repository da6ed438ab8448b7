"""A desk where everything has happened to one contributor's words, and a search that finds them wherever they are.

The search is the tests' own: every file as it lies there, every part of every mail decoded by the standard library,
every column of every table. For the tests of forget, retention, export and backup.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from build import (
    ANA,
    BEN,
    JO,
    a_mail,
    a_reply,
    add_member,
    clock_of,
    digest_now,
    give,
    letters,
    octets_of,
    ref_of,
    reminded,
    say,
    text_of,
)

from mailproc.cli import shape
from mailproc.desk.carry import deliver as delivery
from mailproc.desk.file import contents
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.rebuild import rebuild
from mailproc.desk.keep.verify import verify
from mailproc.desk.tell import look
from mailproc.message.model import Envelope
from mailproc.store.database import open_database, reading
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.people import members
from mailproc.store.work import files as piece_rows
from mailproc.store.work import groups, items

SECRET = "the lamplighter of Quay Street counts forty-one steps before breakfast every single day"
TEXT = f"Dear desk,\n\nI saw it myself:\n{SECRET}.\nNobody else has noticed.\n"
SECOND = "a heron with one grey wing stands upon the harbour master's roof at nine each evening"
TITLE = "Forty-one steps at Quay Street before breakfast"
PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
NOTES = f"Notes by {JO}: {SECOND}.\n".encode()


# The search


def traces(folder: Path, *words: str) -> list[str]:
    """Where any of these words stands: files, decoded parts, rows; white space and quote marks do not hide it."""
    wanted = [plain(word) for word in words]
    found = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        for what, text in _readings(path):
            found += [f"{path.relative_to(folder)} {what}: {word}" for word in wanted if word in plain(text)]
    return found


def plain(text: str) -> str:
    """As it is compared."""
    return re.sub(r"[\s>|]+", " ", text.casefold())


def _readings(path: Path) -> Iterator[tuple[str, str]]:
    octets = path.read_bytes()
    yield "raw", octets.decode("latin-1")
    yield "raw", octets.decode("utf-8", "replace")
    if path.suffix == ".db":
        yield from _rows(path)
    if path.suffix in {".eml", ""}:
        yield from _parts(octets)


def _parts(octets: bytes) -> Iterator[tuple[str, str]]:
    mail = message_from_bytes(octets, policy=policy.default)
    for part in mail.walk():
        for name, value in part.items():
            yield f"header {name}", str(value)
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            yield "part", payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
            yield (
                "html",
                re.sub(r"<[^>]+>", " ", payload.decode("utf-8", "replace")) if isinstance(payload, bytes) else "",
            )


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as conn:
        for (table,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in conn.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - names from the schema
                yield f"table {table}", json.dumps(row, ensure_ascii=False, default=str)


# The desk


def a_lived_in_desk(desk: Desk) -> dict[str, str]:
    """Everything that may happen to a contributor's words; the references of what they wrote."""
    add_member(desk, ANA, "Ana")
    add_member(desk, BEN, "Ben")
    refs = {}
    photo = ("quay.png", "image/png", PHOTO)
    first = a_mail(TEXT, subject=TITLE, authentic=True, attachments=(photo,))
    refs["article"] = ref_of(desk, give(desk, first))
    give(desk, first)  # the same mail twice
    refs["ben"] = ref_of(
        desk, give(desk, a_mail("The weather.\n", sender=f"Ben <{BEN}>", subject="Rain", attachments=(photo,)))
    )
    notes = ("notes.txt", "text/plain", NOTES)
    asking = a_mail(f"Is it true that {SECOND}?\n", to="contact@harbour.example", attachments=(notes,))
    refs["question"] = ref_of(desk, give(desk, asking))
    digest = digest_now(desk, ANA)
    assert plain(SECRET) in plain(text_of(digest))
    give(desk, a_reply(digest, f"ask {refs['article']} Which lamp?", f"Ana <{ANA}>"))
    asked = octets_of(desk, letters(desk, "author/question", JO)[-1])
    give(desk, a_reply(asked, f"The third one; {SECOND}.", f"Jo Poole <{JO}>"))
    give(desk, a_reply(digest_now(desk, BEN), f"note {refs['article']} Jo says {SECRET}", f"Ben <{BEN}>"))
    quoting = EmailMessage()
    quoting["From"], quoting["To"], quoting["Subject"] = (
        f"Cleo <{'cleo@sluice.example'}>",
        "contact@harbour.example",
        "Jo?",
    )
    quoting["Message-ID"] = "<cleo@sluice.example>"
    quoting.set_content(f"Somebody wrote me this:\n\n> {SECRET}\n\nIs that so?\n", cte="base64")
    refs["cleo"] = ref_of(
        desk, give(desk, quoting.as_bytes(), Envelope("cleo@sluice.example", ("contact@harbour.example",)))
    )
    give(desk, a_reply(digest, f"{refs['ben']} reject too wet\n{refs['article']} hold", f"Ana <{ANA}>"))
    give(desk, a_bounce(desk), Envelope("", ("desk@harbour.example",)))
    say(desk, f"invite {JO} 'Jo Poole' invited")
    (desk.archive / "spool").mkdir(exist_ok=True)
    (desk.archive / "spool" / "left").write_bytes(b"From: " + JO.encode())
    clock_of(desk).pass_(hours=1)
    reminded(desk)
    delivery.deliver(desk)
    return refs


def a_bounce(desk: Desk) -> bytes:
    """A report on the receipt that went to Jo."""
    letter = letters(desk, to=JO)[0]
    return (
        f"From: MAILER-DAEMON@mx.poole.example\r\nTo: desk@harbour.example\r\nSubject: failed\r\n"
        f"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain\r\n\r\nCould not reach {JO}.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Final-Recipient: rfc822; {JO}\r\nAction: failed\r\nStatus: 4.2.2\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{letter.message_id}>\r\n\r\n--b--\r\n"
    ).encode()


def told(desk: Desk, engine: Any = None) -> dict[str, Any]:  # noqa: ANN401 - an engine
    """All that the desk says of itself, for comparing."""
    folder = Path("outbox")
    with reading(engine or desk.engine) as conn:
        every = [found for each in items.every(conn) if (found := items.get(conn, each.ref))]
        shown = [shape.shown(look.whole(conn, each)) for each in every]
        return {
            "items": shown,
            "members": [shape.member(each) for each in members.every(conn)],
            "groups": [
                shape.whole_group(contents.contents(conn, desk, each)) for each in desk.groups(groups.every(conn))
            ],
            "pieces": [piece for _, piece in piece_rows.every(conn)],
            "received": [
                {k: v for k, v in shape.received(row).items() if k not in {"attempts", "error"}}
                for row in rows.every(conn)
            ],
            "outbox": [
                {k: v for k, v in shape.outgoing(each, folder).items() if k not in {"attempts", "next_try", "reason"}}
                for each in outgoing.every(conn)
            ],
        }


def agrees_with_a_rebuild(desk: Desk, aside: Path) -> None:
    engine = open_database(f"sqlite:///{aside}/again.db", aside)
    try:
        rebuild(desk.config, engine)
        live, again = told(desk), told(desk, engine)
    finally:
        engine.dispose()
    for each in again["outbox"]:  # what has not left is unconfirmed in a rebuilt desk
        twin = next(one for one in live["outbox"] if one["id"] == each["id"])
        if each["state"] == "unconfirmed" and twin["state"] in {"queued", "deferred", "ambiguous"}:
            each["state"] = twin["state"]
    for name, what in live.items():
        assert again[name] == what, name


def in_order(desk: Desk, aside: Path) -> None:
    aside.mkdir()
    agrees_with_a_rebuild(desk, aside)
    assert verify(desk).findings == []
