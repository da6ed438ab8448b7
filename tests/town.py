"""A town for mail programs: a desk, and the real servers between it and Ana, in whose mailbox its digest lies.

Four mails wait; the articles hold the very words of decisions. The digest goes out through Postfix into a mailbox of
Dovecot; what Ana's program makes of it comes back through Postfix to a copy of the desk that takes mail, so that each
answer has a desk of its own. Postfix vouches for Ana, as the mail server of a real desk does.
"""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from build import START, Clock, a_mail, add_member, digest_now, give, make_desk, ref_of
from dovecot import Dovecot
from postfix import Postfix, a_postfix

from mailproc.config import load
from mailproc.desk.carry.listen import listening
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.store.database import open_database, reading
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive

ANA = "ana.marsh@quay.example"
KEY = "0123456789abcdef" * 4  # a fixed one: a letter that is kept is the same in each recording
REFS = ("A-2", "A-3", "F-4", "U-5")
STATES = {"approve": "approved", "reject": "rejected", "hold": "held", "discard": "discarded"}
TRACE = {"received", "return-path", "delivered-to", "authentication-results", "x-mailproc-source"}


def mails(at: datetime) -> tuple[bytes, ...]:
    """What came to the desk."""
    return (
        a_mail(
            "The council met.\n\napprove\nA-2 approve\nreject\n\nSo said the banners, and the mayor said: hold.\n",
            subject="Banners on the quay",
            authentic=True,
            at=at,
        ),
        a_mail(
            "> A-2 reject, said the second banner.\nA-3 discard\n\nNobody could read the third; it said approve A-3.\n",
            subject="The third banner",
            authentic=True,
            at=at,
        ),
        a_mail(
            "For the North Pier Society file: a photo of the banners.\n",
            sender="Ida Marsh <ida@pierhead.example>",
            to="files@harbour.example",
            subject="A photo",
            at=at,
        ),
        a_mail(
            "Thursday, if it is dry.\n",
            sender="Kim <kim@weir.example>",
            to="desk@harbour.example",
            subject="Thursday",
            at=at,
        ),
    )


@dataclass(frozen=True)
class Person:
    """Somebody with a mailbox, and the servers that they use."""

    name: str
    address: str
    dovecot: Dovecot
    postfix: Postfix

    @property
    def user(self) -> str:
        return self.address.partition("@")[0]


@dataclass(frozen=True)
class Town:
    """A desk to be copied, and the servers between it and Ana."""

    desk: Desk
    place: str  # where it takes mail
    postfix: Postfix
    dovecot: Dovecot
    digest: bytes

    @property
    def ana(self) -> Person:
        return Person("Ana Marsh", ANA, self.dovecot, self.postfix)

    def mailbox(self) -> list[bytes]:
        """What lies in Ana's, oldest first."""
        return self.dovecot.mailbox(self.ana.user)

    def empty_mailbox(self) -> None:
        """Ana deletes what she has."""
        with self.dovecot.session(self.ana.user) as imap:
            imap.select("INBOX")
            for number in imap.search(None, "ALL")[1][0].split():
                imap.store(number.decode(), "+FLAGS", "\\Deleted")
            imap.expunge()


@contextmanager
def a_town(dovecot: Dovecot, folder: Path, at: datetime = START, waiting: int = len(REFS)) -> Iterator[Town]:
    """The desk of that hour in `folder`, its digest of so many items written and not yet sent."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    ours, theirs = f"lmtp:inet:{place}", f"lmtp:inet:127.0.0.1:{dovecot.lmtp_port}"
    passes = "dkim=pass header.d=quay.example; dmarc=pass header.from=quay.example"
    stamp = f"{{ {ANA} = PREPEND Authentication-Results: mx.harbour.example; {passes} }}"
    believed = f"smtpd_sender_restrictions = check_sender_access inline:{{ {stamp} }}"
    with a_postfix({"harbour.example": ours, "quay.example": theirs, "*": "discard:"}, believed) as postfix:
        options = {"transport": "smtp", "host": "127.0.0.1", "port": postfix.port, "tls": "none"}
        path = make_desk(folder, **{f"delivery.{name}": value for name, value in options.items()})
        (folder / "data").mkdir(exist_ok=True)
        (folder / "data/key").write_text(KEY + "\n")
        with open_desk(load(path), Clock(at)) as desk:
            add_member(desk, ANA, "Ana")
            refs = tuple(ref_of(desk, give(desk, mail)) for mail in mails(at)[:waiting])
            assert refs == REFS[:waiting]
            yield Town(desk, place, postfix, dovecot, digest_now(desk, ANA))


@contextmanager
def copied(town: Town, folder: Path, at: datetime) -> Iterator[Desk]:
    """The desk in a folder of its own, taking mail, its clock standing at `at`."""
    shutil.copytree(town.desk.config.folder, folder)
    config = load(folder / "config.toml")
    config = replace(config, lmtp=replace(config.lmtp, listen=town.place))
    engine = open_database(config.storage.database, config.folder)
    desk = replace(town.desk, config=config, engine=engine, now=Clock(at))
    try:
        with listening(desk):
            yield desk
    finally:
        engine.dispose()


def count(desk: Desk) -> int:
    """How many mails it has taken."""
    with reading(desk.engine) as conn:
        return sum(rows.count(conn).values())


def octets_at(desk: Desk, number: int) -> bytes:
    """A mail as it was taken."""
    return archive.message_path(desk.archive, number).read_bytes()


def without_trace(octets: bytes) -> bytes:
    """The mail without the fields that servers put on top of it, and without this machine's name."""
    here = re.escape(socket.gethostname().encode())
    lines = re.sub(rb"\bby " + here + rb"\b", b"by mail.quay.example", octets.replace(b"\r\n", b"\n")).split(b"\n")
    at = 0
    while lines[at][:1] in b" \t" or lines[at].split(b":")[0].decode().lower() in TRACE:
        at += 1
    return b"\r\n".join(lines[at:])
