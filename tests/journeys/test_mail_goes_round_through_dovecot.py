"""The whole loop on real servers: in by Dovecot's LMTP, polled by IMAP, out by SMTP into Dovecot mailboxes.

Every step is the command line in a process of its own. Between the desk and Dovecot stands an MTA that hands each
letter to Dovecot's LMTP by its recipient, and that stamps what the desk believes of authors.
"""

from __future__ import annotations

import re
import smtplib
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from build import PROGRAM, Ran, a_mail, a_reply, authenticated, make_desk, run_here, run_process
from dovecot import PASSWORD, Dovecot

DIES_BEFORE_MOVE = """
import os, sys
from imapclient import IMAPClient
IMAPClient.move = lambda *_, **__: os.kill(os.getpid(), 9)
IMAPClient.copy = IMAPClient.move
from mailproc.cli.main import main
sys.exit(main())
"""


class Relay:
    """The MTA: what the desk hands in goes to the recipient's mailbox."""

    def __init__(self, dovecot: Dovecot) -> None:
        self.dovecot = dovecot
        self.took: list[tuple[str, str]] = []  # (reverse-path, forward-path)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002 - aiosmtpd's
        for recipient in envelope.rcpt_tos:
            self.took.append((envelope.mail_from or "", recipient))
            self.dovecot.deliver(recipient, envelope.original_content or b"", envelope.mail_from or "")
        return "250 2.0.0 taken"


@dataclass(frozen=True)
class Town:
    """A desk in a folder, its mail servers, and its people: names that no other test uses."""

    dovecot: Dovecot
    relay: Relay
    config: Path
    name: str

    def address(self, who: str) -> str:
        return f"{self.name}-{who}@harbour.example"

    def user(self, who: str) -> str:
        return f"{self.name}-{who}"

    def run(self, *words: str, program: str = PROGRAM) -> Ran:
        return run_process(*words, config=self.config, program=program)

    def do(self, *words: str) -> str:
        ran = self.run(*words)
        assert ran.status == 0, ran
        return ran.out

    def see(self, *words: str) -> Any:  # noqa: ANN401 - any JSON
        ran = run_here(*words, "--json", config=self.config)
        assert ran.status == 0, ran
        return ran.json

    def post(self, octets: bytes) -> None:
        """A person's mail reaches the desk's mailbox: by LMTP, with its envelope."""
        mail = message_from_bytes(octets, policy=policy.default)
        to = mail["To"].addresses[0].addr_spec
        with smtplib.LMTP("127.0.0.1", self.dovecot.lmtp_port) as lmtp:
            lmtp.sendmail(mail["From"].addresses[0].addr_spec, [to], octets)

    def mailbox(self, who: str) -> list[bytes]:
        return self.dovecot.mailbox(self.user(who))


@pytest.fixture
def relay(dovecot: Dovecot) -> Iterator[tuple[Relay, int]]:
    handler = Relay(dovecot)
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield handler, controller.port
    controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def own_host(dovecot: Dovecot) -> str:
    """What Dovecot calls itself in the Received field that it writes."""
    dovecot.deliver("probe", a_mail())
    received = BytesParser(policy=policy.default).parsebytes(dovecot.mailbox("probe")[-1])["Received"]
    found = re.search(r"\bby (\S+)", str(received))
    assert found
    return found[1]


@pytest.fixture
def town(dovecot: Dovecot, relay: tuple[Relay, int], tmp_path: Path) -> Town:
    name = re.sub(r"\W", "", tmp_path.name)[-12:]
    desk = f"{name}-desk@harbour.example"
    options = {
        "desk.address": desk,
        "review.undo": "0s",
        "review.received_by": [own_host(dovecot)],
        "delivery.transport": "smtp",
        "delivery.host": "127.0.0.1",
        "delivery.port": relay[1],
        "delivery.tls": "none",
    }
    config = make_desk(tmp_path / "desk", **options)
    (config.parent / "password").write_text(PASSWORD + "\n")
    with config.open("a", encoding="utf-8") as file:
        file.write(
            f'\n[[intake.imap]]\nname = "main"\nhost = "127.0.0.1"\nport = {dovecot.imap_port}\ntls = "none"\n'
            f'user = "{name}-desk"\npassword_file = "password"\n'
        )
    return Town(dovecot, relay[0], config, name)


TEXT = "Le tram est arrêté.\n\n.\n..\nThe tram has stopped.  \n\napprove\n"


def article(town: Town, text: str = TEXT, subject: str = "An article: the tram") -> bytes:
    return a_mail(
        text,
        sender=f"Jo Poole <{town.address('jo')}>",
        to=town.address("desk"),
        subject=subject,
        authentic=True,
        attachments=(("stop.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),),
    )


def test_an_article_comes_in_is_approved_by_reply_and_is_put_up(town: Town):
    town.do("members", "add", town.address("ana"), "--name", "Ana", "--confirmed")
    town.post(article(town))
    for step in ("poll", "work", "deliver"):
        town.do(step)
    (item,) = town.see("list")
    assert (item["kind"], item["state"], item["author"]["email"]) == ("article", "pending", town.address("jo"))
    (receipt,) = town.mailbox("jo")
    assert item["ref"].encode() in receipt

    town.do("digest", "--now")
    town.do("deliver")
    (digest,) = town.mailbox("ana")
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - the command line runs by that clock
    reply = a_reply(digest, f"{item['ref']} approve", f"Ana <{town.address('ana')}>", authentic=False, at=now)
    town.post(authenticated(reply))
    for step in ("poll", "work", "deliver", "work"):
        town.do(step)

    shown = town.see("show", item["ref"])
    assert (shown["state"], shown["text"]) == ("published", TEXT)
    folder = town.config.parent / "published" / shown["place"]
    assert (folder / "text.txt").read_bytes() == TEXT.encode()
    subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=folder, check=True, capture_output=True)  # noqa: S607
    assert len(town.mailbox("ana")) == 2, "the digest and the transcript"
    assert [subject(octets) for octets in town.mailbox("jo")][-1].startswith(item["ref"])
    assert len(town.mailbox("jo")) == 2, "the receipt and where it is"
    assert not town.mailbox("desk")
    assert len(town.dovecot.mailbox(town.user("desk"), "Processed")) == 2
    assert {letter["state"] for letter in town.see("outbox", "list")} == {"sent"}
    assert all(path.startswith(town.user("desk") + "+b-") for path, _ in town.relay.took), "the path names the letter"


def subject(octets: bytes) -> str:
    return str(message_from_bytes(octets, policy=policy.default)["Subject"])


def test_a_poll_killed_between_receive_and_move_takes_nothing_twice(town: Town):
    for n in range(25):
        mail = article(town, f"Text {n}.\n", f"An article: number {n}")
        town.post(mail.replace(b"-jo@", f"-jo{n}@".encode()))
    killed = town.run("poll", program=DIES_BEFORE_MOVE)
    assert killed.status == -9
    assert len(town.mailbox("desk")) == 25
    first = town.see("received", "list")
    assert len(first) == 25, "all were committed before the death, and none let go"
    town.do("work")
    for _ in range(2):
        town.do("poll")
        town.do("work")
    rows = town.see("received", "list")
    assert [row["number"] for row in rows] == list(range(1, 26))
    assert {row["state"] for row in rows} == {"processed"}
    assert len({row["message_id"] for row in rows}) == 25
    assert len(town.see("list")) == 25
    assert len(town.see("outbox", "list")) == 25
    assert not town.mailbox("desk")
    assert len(town.dovecot.mailbox(town.user("desk"), "Processed")) == 25


def test_a_poll_killed_again_and_again_before_each_move_ends_well(town: Town):
    town.post(article(town))
    for _ in range(3):
        assert town.run("poll", program=DIES_BEFORE_MOVE).status == -9
    town.do("poll")
    town.do("work")
    assert len(town.see("list")) == 1
    assert not town.mailbox("desk")


def test_a_wrong_password_is_one_line_and_loses_nothing(town: Town):
    town.post(article(town))
    (town.config.parent / "password").write_text("wrong\n")
    ran = town.run("poll")
    assert ran.status == 1
    assert len(ran.err.strip().split("\n")) == 1
    assert "password" in ran.err
    assert len(town.mailbox("desk")) == 1
