"""A group file from wanted to up and back, on a real Postfix and a real Dovecot: every word of it is a mail.

Five people contribute, and one sends a whole file. The first member who claims it lets the time pass, the next one puts
it up; a contributor objects to the layout; the site crashes. The package is opened as its reader would.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from build import add_member, clock_of, digest_now, letters, say, state
from dovecot import Dovecot
from harbour import Harbour, a_harbour

from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work
from mailproc.store.database import reading
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


@pytest.fixture
def harbour(open_desks: Callable[..., Desk], dovecot: Dovecot) -> Iterator[Harbour]:
    with a_harbour(open_desks, dovecot, "nps") as found:
        yield found


def file_of(harbour: Harbour) -> Group:
    with reading(harbour.desk.engine) as conn:
        return next(each for each in harbour.desk.groups(groups.every(conn)) if each.name == NORTH)


def wanted(harbour: Harbour) -> dict[str, Any]:
    """What `wanted.json` says of the file; {} nothing."""
    said = json.loads((harbour.desk.config.storage.published / "wanted.json").read_text())
    return next((each for each in said["groups"] if each["name"] == NORTH), {})


def contribute(harbour: Harbour, who: str, text: str, *files: tuple[str, str, bytes]) -> None:
    harbour.write(who, "files@harbour.example", f"For the file on the {NORTH}", text, files)


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
    assert wanted(harbour)["state"] == "wanted"
    refs = gathered(harbour)
    assert len(refs) == len(CONTRIBUTORS) + 1
    digest_now(desk, harbour.address("Ana"))
    harbour.carry()
    harbour.answer("Ana", r"wait", "\n".join(f"{ref} approve" for ref in refs))
    harbour.wait(minutes=16)
    assert {state(desk, ref) for ref in refs} == {"gathered"}
    assert file_of(harbour).state == "complete", "it has all that it needs, so the clock says so"
    assert wanted(harbour) == {}

    # Whoever is on duty claims it, and lets the time pass
    one = asked(harbour)
    harbour.answer(one, r"wait", "claim North Pier")
    assert "yours to put up" in harbour.reads(one, "What your reply did")
    first = opened(harbour.last(one, "its package"))
    for who in (*CONTRIBUTORS, "Wim"):
        assert "This is how it is laid out." in harbour.reads(who, "how our file looks")
    harbour.wait(days=7, minutes=1)
    assert "So somebody else is asked now" in harbour.reads(one, "not yours any more")
    assert (file_of(harbour).state, file_of(harbour).claimed_by) == ("complete", "")

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
    assert "This is how it is laid out now." in harbour.reads("Jo", "how our file looks now")
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
    assert wanted(harbour) == {}
    crashes_and_comes_back(harbour, refs, first)


def crashes_and_comes_back(harbour: Harbour, refs: list[str], first: dict[str, bytes]) -> None:
    harbour.answer("Ana", r"wait", "offline all")
    assert file_of(harbour).state == "offline"
    harbour.wait(minutes=1)
    harbour.answer("Ana", r"wait", "restore all")
    again = opened(harbour.last("Ana", "its package"))
    harbour.answer("Ana", "its package", "up")
    assert f"up, at {URL}; its contributors know that address" in harbour.reads("Ana", "What your reply did")
    assert (file_of(harbour).state, file_of(harbour).url) == ("up", URL)
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
