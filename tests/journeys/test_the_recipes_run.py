"""What docs/servers.md tells a volunteer to write, block by block, with a desk that is run from the command line.

Other ports stand in the blocks here, and nothing else is changed.
"""

from __future__ import annotations

import re
import smtplib
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from build import JO, PROGRAM, a_mail, make_desk, run_here
from every_mta import EVERY, Server, a_sink, everything, taking_mail
from mta import BLOCK, RECIPES, SINGLE, a_free_port, at, recipe
from postfix import comes

from mailproc.desk.carry.listen import listening
from mailproc.desk.ground.wire import Desk

TITLES = {"postfix": "Postfix", "exim": "Exim", "opensmtpd": "OpenSMTPD", "sendmail": "Sendmail"}
PEOPLE = "people@harbour.example"  # a mailbox of the domain that is not the desk's


def section(title: str) -> str:
    """A section of the page."""
    [text] = re.findall(rf"^## {title}$(.*?)(?=^## |\Z)", RECIPES.read_text(), re.MULTILINE | re.DOTALL)
    return str(text)


@pytest.mark.parametrize("title", ["The desk", *TITLES.values(), "Cyrus", "Courier", "The site"])
def test_every_block_is_a_file_that_the_tests_write(title: str):
    """A block without a path in its first line would be read by people and by no test."""
    assert 2 * len(BLOCK.findall(section(title))) == section(title).count("\n```") > 0


@contextmanager
def service(config: Path, port: int) -> Iterator[None]:
    """`mailproc run` in a process of its own, once it listens."""
    command = [sys.executable, "-c", PROGRAM, "--config", str(config), "run"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:  # noqa: S603 - ours
        try:
            comes(lambda: _listens(port) or process.poll() is not None, "the desk's socket")
            yield
        finally:
            process.terminate()
            told = process.communicate(timeout=60)[0].decode()
            assert process.returncode == 0, told


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def configured(folder: Path, ours: int, server: Server) -> Path:
    """A new desk, with the page's block in the place of what `init` wrote of delivery."""
    config = make_desk(folder)
    kept = re.sub(r"(?ms)^\[delivery\]$.*?(?=^#?\[)", "", config.read_text())
    said = at(recipe("The desk")["config.toml"], {"8024": ours, "25": server.port})
    config.write_text(f"{kept}\n{said}")
    return config


LONG = [pytest.param(name, marks=pytest.mark.long) for name in ("opensmtpd", "sendmail")]


@pytest.mark.parametrize("name", ["postfix", "exim", *LONG])
def test_F103_mail_comes_and_its_receipt_leaves_by_the_page_alone(tmp_path: Path, name: str):
    """In by LMTP, sorted, answered, out by SMTP to its author; `doctor` finds both ways open."""
    ours = a_free_port()
    with a_sink() as sink, EVERY[name](ours, {"poole.example": sink.port}) as server:
        config = configured(tmp_path / "desk", ours, server)
        with service(config, ours):
            told = run_here("doctor", config=config).out
            server.send(a_mail(to="articles@harbour.example"), JO, "articles@harbour.example")
            comes(lambda: sink.of(JO), "the receipt")
    assert f"LMTP at 127.0.0.1:{ours}: answers 220 " in told
    assert f"SMTP server 127.0.0.1:{server.port}: answers" in told
    receipt = message_from_bytes(sink.of(JO)[0], policy=policy.default)
    assert receipt["From"].addresses[0].addr_spec == "articles@harbour.example"
    assert receipt["Subject"] == "Thank you for your article (A-1)"


@pytest.mark.parametrize("name", ["postfix", "exim"])
def test_single_addresses_go_to_the_desk_and_the_others_where_they_went(desk: Desk, name: str):
    """With the subaddress: a letter's secret is in it."""
    ours, to = a_free_port(), ("desk+x@harbour.example", "articles@harbour.example")
    with a_sink() as sink, taking_mail(desk, ours), ExitStack() as stack:
        server = stack.enter_context(EVERY[name](ours, {"harbour.example": sink.port}, single=SINGLE))
        server.send(a_mail(), JO, *to, PEOPLE)
        comes(server.is_empty, "an empty queue")
    assert {path for row in everything(desk) for path in row.envelope.forward_paths} == set(to)
    assert [paths for _, paths, _ in sink.mails] == [(PEOPLE,)]


def test_postfix_knows_single_addresses_of_a_domain_of_its_own(desk: Desk):
    """The domain stands in `mydestination`; whoever is in no table is nobody, as before."""
    ours, said = a_free_port(), recipe("Postfix", SINGLE)
    own = said["/etc/postfix/main.cf, for single addresses in mydestination"]
    with a_sink() as sink, taking_mail(desk, ours), ExitStack() as stack:
        instead = {"relay_domains = harbour.example\n": f"mydestination = harbour.example\n{own}"}
        server = stack.enter_context(EVERY["postfix"](ours, {"poole.example": sink.port}, SINGLE, instead))
        refused = server.send(a_mail(), JO, "desk+x@harbour.example", "articles@harbour.example", PEOPLE)
        comes(server.is_empty, "an empty queue")
    assert {path for row in everything(desk) for path in row.envelope.forward_paths} == {
        "desk+x@harbour.example",
        "articles@harbour.example",
    }
    assert [(who, code) for who, (code, _) in (refused or {}).items()] == [(PEOPLE, 550)]


@pytest.mark.parametrize("title", ["Postfix", "Exim"])
def test_a_recipe_for_single_addresses_replaces_blocks_of_the_other(title: str):
    assert recipe(title, SINGLE).keys() == recipe(title).keys()
    assert recipe(title, SINGLE) != recipe(title)


WITHOUT = {  # the page's line: what becomes of a long line without it
    ("postfix", "lmtp_line_length_limit = 0\n"): "folded",
    ("exim", "IGNORE_SMTP_LINE_LENGTH_LIMIT = yes\n"): "refused",
    ("exim", "  message_linelength_limit = 1G\n"): "bounced",
}


@pytest.mark.parametrize(("name", "line"), WITHOUT, ids=["postfix", "exim-door", "exim-transport"])
def test_F104_each_line_about_long_lines_is_needed(desk: Desk, name: str, line: str):
    ours, mail = a_free_port(), a_mail().replace(b"The tram was", b"The tram was" + b" so" * 400)
    with a_sink() as sink, taking_mail(desk, ours), ExitStack() as stack:
        server = stack.enter_context(EVERY[name](ours, {"poole.example": sink.port}, instead={line: ""}))
        try:
            server.send(mail, JO, "articles@harbour.example")
        except smtplib.SMTPDataError:
            came = "refused"
        else:
            comes(lambda: everything(desk) or sink.mails, "the mail, or a bounce")
            came = "bounced" if sink.mails else "folded"
    assert came == WITHOUT[name, line]


SOCKETS = {
    "opensmtpd": {'"127.0.0.1:8024"': '"{}"'},
    "sendmail": {"A=TCP $h 8024": "A=FILE {}"},
    "postfix": {"lmtp:inet:127.0.0.1:8024": "lmtp:unix:{}"},
}


@pytest.mark.parametrize("name", SOCKETS)
def test_a_socket_file_does_as_well(desk: Desk, name: str):
    with tempfile.TemporaryDirectory(prefix="lmtp-") as folder, ExitStack() as stack:
        Path(folder).chmod(0o755)
        place = f"{folder}/lmtp"
        lmtp = replace(desk.config.lmtp, listen=f"unix:{place}")
        stack.enter_context(listening(replace(desk, config=replace(desk.config, lmtp=lmtp))))
        Path(place).chmod(0o666)  # the server's user is in no group of ours here
        instead = {said: meant.format(place) for said, meant in SOCKETS[name].items()}
        server = stack.enter_context(EVERY[name](0, {"poole.example": 9}, instead=instead))
        server.send(a_mail(), JO, "articles@harbour.example")
        comes(lambda: everything(desk), "the mail")
        comes(server.is_empty, "an empty queue")
