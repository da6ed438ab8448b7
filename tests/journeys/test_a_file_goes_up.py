"""A group file from wanted to up and back, on a real Postfix and a real Dovecot: every word of it is a mail.

Five people contribute, and one sends a whole file. The first member who claims it lets the time pass, the next one puts
it up; a contributor objects to the layout; the site crashes. The package is opened as its reader would.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from build import a_mail, a_reply, add_member, clock_of, digest_now, later, letters, say, state, text_of
from dovecot import Dovecot
from postfix import Postfix, a_postfix, comes
from same import assert_same

from mailproc.desk.carry.deliver import deliver
from mailproc.desk.carry.listen import listening
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.work import groups
from mailproc.workflow.group import Group

NORTH = "North Pier Society"
URL = "https://harbour.example/files/north-pier-society/"
PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8
HISTORY = "\n".join(
    f"In {1970 + n} the society met on the pier, and nobody had brought the key to the office." for n in range(9)
)
OUGHT = "I joined them in 1981. " * 12
WHOLE = f"""History

{HISTORY}

Personal experience

{OUGHT}

Photographs

The picture shows the office on the day of the flood.
"""


@dataclass(frozen=True)
class Harbour:
    """The desk between Postfix and Dovecot, and its people: names that no other test uses."""

    desk: Desk
    postfix: Postfix
    dovecot: Dovecot

    def address(self, who: str) -> str:
        return f"nps-{who.lower()}@crew.example"

    def mail(self, octets: bytes) -> None:
        """Somebody's mail, through Postfix into the desk, and its turn."""
        mail = message_from_bytes(octets, policy=policy.default)
        before = self._kept()
        self.postfix.send(octets, mail["From"].addresses[0].addr_spec, mail["To"].addresses[0].addr_spec)
        comes(lambda: self._kept() > before, "the mail")
        work(self.desk)
        self.wait(minutes=1)  # letters of one moment have no order

    def _kept(self) -> int:
        with reading(self.desk.engine) as conn:
            return len(rows.every(conn))

    def carry(self) -> None:
        """What is queued leaves by Postfix, for the mailboxes in Dovecot."""
        out = {"transport": "smtp", "host": "127.0.0.1", "port": self.postfix.port, "tls": "none"}
        delivery = replace(self.desk.config.delivery, **out)
        deliver(replace(self.desk, config=replace(self.desk.config, delivery=delivery)))
        comes(self.postfix.is_empty, "an empty queue")

    def wait(self, **span: float) -> None:
        later(self.desk, **span)
        self.carry()

    def inbox(self, who: str) -> list[bytes]:
        return self.dovecot.mailbox(f"nps-{who.lower()}")

    def last(self, who: str, subject: str) -> bytes:
        """The letter that came last with these words in its subject."""
        found = [octets for octets in self.inbox(who) if re.search(subject, _subject(octets))]
        assert found, (who, subject, [_subject(octets) for octets in self.inbox(who)])
        return max(found, key=lambda octets: message_from_bytes(octets, policy=policy.default)["Date"].datetime)

    def answer(self, who: str, subject: str, words: str) -> None:
        sender = f"{who} <{self.address(who)}>"
        self.mail(a_reply(self.last(who, subject), words, sender, at=clock_of(self.desk)()))

    def reads(self, who: str, subject: str) -> str:
        return " ".join(text_of(self.last(who, subject)).split())

    @property
    def file(self) -> Group:
        with reading(self.desk.engine) as conn:
            return next(each for each in self.desk.groups(groups.every(conn)) if each.name == NORTH)

    def wanted(self) -> dict[str, Any]:
        """What `wanted.json` says of the file; {} nothing."""
        said = json.loads((self.desk.config.storage.published / "wanted.json").read_text())
        return next((each for each in said["groups"] if each["name"] == NORTH), {})


def _subject(octets: bytes) -> str:
    return str(message_from_bytes(octets, policy=policy.default)["Subject"])


@pytest.fixture
def harbour(open_desks: Callable[..., Desk], dovecot: Dovecot) -> Iterator[Harbour]:
    desk = open_desks(**{"review.received_by": ["inner.harbour.example"], "review.digest": "daily 23:59"})
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    routes = {"harbour.example": f"lmtp:inet:{place}", "crew.example": f"lmtp:inet:127.0.0.1:{dovecot.lmtp_port}"}
    with a_postfix(routes, "myhostname = inner.harbour.example") as postfix, _taking_mail(desk, place):
        yield Harbour(desk, postfix, dovecot)
    assert_same(desk)


@contextmanager
def _taking_mail(desk: Desk, place: str) -> Iterator[None]:
    config = replace(desk.config, lmtp=replace(desk.config.lmtp, listen=place))
    with listening(replace(desk, config=config)):
        yield


def contribute(harbour: Harbour, who: str, text: str, *files: tuple[str, str, bytes]) -> None:
    mail = a_mail(
        text,
        sender=f"{who} <{harbour.address(who)}>",
        to="files@harbour.example",
        subject=f"For the file on the {NORTH}",
        authentic=True,
        at=clock_of(harbour.desk)(),
        attachments=files,
    )
    harbour.mail(mail)


def opened(octets: bytes) -> dict[str, bytes]:
    """The files of the package that a letter brings, after SHA256SUMS has said that all of it arrived whole."""
    mail = message_from_bytes(octets, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    (part,) = [each for each in mail.iter_attachments() if each.get_content_type() == "application/zip"]
    with zipfile.ZipFile(BytesIO(part.get_content())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sums = dict(reversed(line.split("  ", 1)) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {name: hashlib.sha256(each).hexdigest() for name, each in files.items() if name != "SHA256SUMS"}
    return files


def asked(harbour: Harbour) -> str:
    """Who has the task in a fresh digest."""
    say(harbour.desk, "digest")
    harbour.carry()
    now = clock_of(harbour.desk)()
    latest = {each.to: each for each in letters(harbour.desk, "member/digest") if each.created_at == now}
    has = [email for email, letter in latest.items() if any(ref.startswith("T-") for ref in letter.listed)]
    return next(name for name in MEMBERS if harbour.address(name) in has)


MEMBERS = ("Ana", "Ben", "Cleo")
CONTRIBUTORS = ("Jo", "Mina", "Cem", "Rosa", "Lev")


def gathered(harbour: Harbour) -> list[str]:
    """Ana, Ben and Cleo decide; five people and Wim, who sends a whole file, have given what it needs; references."""
    for name in MEMBERS:
        add_member(harbour.desk, harbour.address(name), name)
    contribute(harbour, "Jo", f"Personal experience:\n{OUGHT}\n")
    contribute(
        harbour,
        "Mina",
        "Photo of the office\nCaption: The office in 1974\nCredit: Mina\n",
        ("office.jpg", "image/jpeg", PHOTO),
    )
    contribute(harbour, "Cem", "Its web site: https://port.example/archive\n")
    contribute(harbour, "Rosa", f"The history of the society\n{HISTORY}\n")
    contribute(harbour, "Lev", "A leaflet, scanned\n", ("leaflet.pdf", "application/pdf", b"%PDF-1.4\n" + bytes(200)))
    contribute(harbour, "Wim", WHOLE, ("flood.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(256))))
    return [each.ref for each in letters(harbour.desk, "author/receipt-material") if each.ref]


def test_a_file_from_wanted_to_up_and_back_after_a_crash(harbour: Harbour):
    desk = harbour.desk
    work(desk)
    assert harbour.wanted()["state"] == "wanted"
    refs = gathered(harbour)
    assert len(refs) == len(CONTRIBUTORS) + 1
    digest_now(desk, harbour.address("Ana"))
    harbour.carry()
    harbour.answer("Ana", r"wait", "\n".join(f"{ref} approve" for ref in refs))
    harbour.wait(minutes=16)
    assert {state(desk, ref) for ref in refs} == {"gathered"}
    assert harbour.file.state == "complete", "it has all that it needs, so the clock says so"
    assert harbour.wanted() == {}

    # Whoever is on duty claims it, and lets the time pass
    one = asked(harbour)
    harbour.answer(one, r"wait", "claim North Pier")
    assert "yours to put up" in harbour.reads(one, "What your reply did")
    first = opened(harbour.last(one, "its package"))
    for who in (*CONTRIBUTORS, "Wim"):
        assert "how all of it is laid out" in harbour.reads(who, "how our file looks")
    harbour.wait(days=7, minutes=1)
    assert "So somebody else is asked now" in harbour.reads(one, "not yours any more")
    assert (harbour.file.state, harbour.file.claimed_by) == ("complete", "")

    # It passes on, and Jo objects
    two = asked(harbour)
    assert two != one
    harbour.answer(two, r"wait", "claim North Pier")
    assert opened(harbour.last(two, "its package")) == first, "the same octets each time"
    harbour.answer("Jo", "how our file looks", "object: please put my part below the photographs")
    assert "| please put my part below the photographs" in harbour.reads(two, "a contributor objects")
    harbour.wait(days=3, minutes=1)
    harbour.answer(two, "its package", f"up North Pier {URL}")
    assert "objected" in harbour.reads(two, "What your reply did")
    harbour.answer(two, "its package", "layout North Pier")
    assert "laid out, anew" in harbour.reads("Jo", "how our file looks now")
    harbour.answer(two, "its package", f"up North Pier {URL}")
    assert "too early: its contributors may object until" in harbour.reads(two, "What your reply did")
    harbour.answer("Jo", "how our file looks now", "Yes, that is fine with me, thank you!")
    harbour.wait(days=3, minutes=1)
    harbour.answer(two, "its package", f"up {URL}")
    assert f"up, at {URL}" in harbour.reads(two, "What your reply did")
    harbour.wait(minutes=16)
    for who in (*CONTRIBUTORS, "Wim"):
        assert URL in harbour.reads(who, "our file is up")
    assert {state(desk, ref) for ref in refs} == {"up"}
    assert harbour.wanted() == {}
    crashes_and_comes_back(harbour, refs, first)


def crashes_and_comes_back(harbour: Harbour, refs: list[str], first: dict[str, bytes]) -> None:
    harbour.answer("Ana", r"wait", "offline all")
    assert harbour.file.state == "offline"
    harbour.wait(minutes=1)
    harbour.answer("Ana", r"wait", "restore all")
    again = opened(harbour.last("Ana", "its package"))
    harbour.answer("Ana", "its package", "up")
    assert f"up, at {URL}; its contributors know that address" in harbour.reads("Ana", "What your reply did")
    assert (harbour.file.state, harbour.file.url) == ("up", URL)
    assert {state(harbour.desk, ref) for ref in refs} == {"up"}
    assert again.keys() == first.keys()
    reads_well(again)


def reads_well(files: dict[str, bytes]) -> None:
    """The package as its reader opens it: every word and picture is there, and nothing runs or comes from elsewhere."""
    html = files["index.html"].decode()
    assert not re.search(r"<(script|iframe|form|link|object|embed)\b", html)
    for value in re.findall(r'(?:src|href)="([^"]*)"', html):
        assert value in files or value.startswith(("#", "https://port.example/archive")), value
    shown = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    assert HISTORY.split("\n")[0] in shown
    assert "The office in 1974" in shown
    assert PHOTO in files.values()
    if folder := os.environ.get("KEEP_PACKAGE"):
        for name, octets in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(octets)
