"""Members log in to a real nginx and Apache with what a real letter said; whoever may not is turned away."""

from __future__ import annotations

import grp
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    START,
    Clock,
    a_reply,
    add_member,
    give,
    later,
    letters,
    make_desk,
    octets_of,
    say,
    text_of,
)
from every_mta import Sink, a_sink
from web import Web, an_apache, an_nginx

from mailproc.config import load
from mailproc.desk.carry.deliver import deliver
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.serve.process import work

SERVERS: dict[str, Callable[[Path, Path, str], AbstractContextManager[Web]]] = {"nginx": an_nginx, "apache": an_apache}
GROUP = "www-data"  # as which the server looks, where the tests are root's
LETS_IN, ASKS, DENIES = 200, 401, 403


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the server's user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="site-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with a_sink() as sink:
        yield sink


@pytest.fixture
def desk(place: Path, sink: Sink) -> Iterator[Desk]:
    way = {"transport": "smtp", "host": "127.0.0.1", "port": sink.port, "tls": "none"}
    path = make_desk(place / "desk", **{f"delivery.{name}": value for name, value in way.items()})
    path.parent.chmod(0o711)
    with open_desk(load(path), Clock(START)) as desk:
        add_member(desk, ANA, "Ana")
        work(desk)
        if os.getuid() == 0:
            shutil.chown(desk.config.storage.access, group=GROUP)  # the operator's part, once
        yield desk


@pytest.fixture(params=SERVERS)
def web(request: pytest.FixtureRequest, desk: Desk, place: Path) -> Iterator[Web]:
    """The server with the lines of docs/servers.md, and a page in the members' part."""
    page = place / "site/members/index.html"
    page.parent.mkdir(parents=True)
    page.write_text("The members' page.\n")
    (place / "site/access").symlink_to(desk.config.storage.access)  # an operator's mistake
    for path in (page.parent.parent, page.parent, page):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with SERVERS[request.param](desk.config.folder, place / "site", GROUP if os.getuid() == 0 else "") as web:
        yield web


def joins(desk: Desk, email: str, name: str) -> None:
    say(desk, f"invite {email} {name} invited")
    invitation = octets_of(desk, letters(desk, "member/invitation", email)[-1])
    answer(desk, invitation, "yes", email)


def answer(desk: Desk, letter: bytes, words: str, email: str) -> None:
    give(desk, a_reply(letter, words, email, at=desk.now()))
    work(desk)


def secret_in(desk: Desk, sink: Sink, template: str, email: str) -> str:
    """What the mail server got for somebody, in the last letter of this template."""
    deliver(desk)
    message_id = letters(desk, template, email)[-1].message_id
    [octets] = [each for each in sink.of(email) if f"<{message_id}>".encode() in each]
    found = re.search(r"^Secret: (\S+)$", text_of(octets), re.MULTILINE)
    assert found
    return found[1]


def test_S124_the_server_admits_with_the_letters_secret_and_no_other(desk: Desk, sink: Sink, web: Web):
    """A wrong, an ended, another's and a suspended member's are refused, and nobody is served the file itself."""
    joins(desk, BEN, "Ben")
    joins(desk, CLEO, "Cleo")
    ben, cleo = (secret_in(desk, sink, "member/welcome", email) for email in (BEN, CLEO))
    if os.getuid() == 0:
        file = desk.config.storage.access / "htpasswd"
        assert grp.getgrgid(file.stat().st_gid).gr_name == GROUP, "what the desk writes later has the folder's group"
    assert web.says("/members/") == ASKS
    assert web.says("/members/", BEN, ben) == LETS_IN
    assert web.says("/members/", CLEO, cleo) == LETS_IN
    assert [web.says("/members/", BEN, wrong) for wrong in (cleo, ben[:-1], ben + "a", ben.upper(), "", ben[::-1])] == [
        ASKS
    ] * 6
    assert web.says("/members/", ANA, ben) == ASKS, "a member without a secret"
    assert [web.says(f"/access/{name}") for name in ("htpasswd", "roster.json", "")] == [DENIES] * 3
    welcome = octets_of(desk, letters(desk, "member/welcome", BEN)[-1])
    answer(desk, welcome, "access", BEN)
    assert web.says("/members/", BEN, ben) == ASKS, "ended by another"
    new = secret_in(desk, sink, "member/access", BEN)
    assert web.says("/members/", BEN, new) == LETS_IN
    say(desk, f"suspend {BEN}")
    work(desk)
    assert web.says("/members/", BEN, new) == ASKS
    later(desk, days=7)
    assert web.says("/members/", CLEO, cleo) == ASKS, "its time is over"
