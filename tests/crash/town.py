"""A desk in a folder, its mailbox on a real Dovecot, its sink, the people who write: what a driver kills and looks at.

`prepare` makes one desk with two members, once; each `Town` is a copy of it with a mailbox and a folder of its own.
Whatever anybody sends is in the ledger before it is sent, so that the checker can ask for it. What fails here is a
fault of the town, not of the desk, and raises.
"""

from __future__ import annotations

import hashlib
import imaplib
import json
import math
import os
import re
import shutil
import smtplib
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

from build import AUTHSERV, envelope_for, make_desk
from crash import evidence, lived, mails, program, rest, sink, witness
from crash.mails import MEMBERS, Mail
from crash.program import Running
from dovecot import PASSWORD, Dovecot

RECOVERS_WITHIN = 120.0  # seconds a program that nobody kills may take
LEAVES_WITHIN = 10.0  # seconds of the start, or of whatever else the desk did last, where the machine is not overloaded
ENDS_WITHIN = 45.0
LOOK_SECONDS = 0.05
QUIET_SECONDS = 61.0  # a part of the service that was well a minute ago does not say so again; any lease is longer
TRIES = 5  # with a Dovecot that drops connections
LMTP_WITHIN = 20.0
DIGEST = re.compile(rb"^Subject: [^\r\n]*waits? for you", re.MULTILINE)


@dataclass
class Town:
    """One desk with everything around it."""

    folder: Path
    dovecot: Dovecot
    name: str
    sink_port: int
    lmtp_port: int
    now: datetime
    chance: Random
    said_at: float = field(default_factory=time.monotonic)  # when `now` was told; the clock runs on from there
    posted: int = 0
    programs: int = 0
    takes: float = 1.0  # seconds from a start to rest when last nobody killed it
    slowest: float = 0.0  # seconds that the letters of one start took to leave, at most
    started: list[Running] = field(default_factory=list)
    appended: Counter[str] = field(default_factory=Counter)  # SHA-256 -> times that it went into the mailbox
    used: set[tuple[str, str]] = field(default_factory=set)  # (digest, reference) that a reply has decided

    @property
    def desk(self) -> Path:
        return self.folder / "desk"

    @property
    def config(self) -> Path:
        return self.desk / "config.toml"

    @property
    def sink(self) -> Path:
        return self.folder / "sink"

    # What people do

    def post(self, mail: Mail, via: str = "imap", of: str | None = None) -> str:
        """A mail reaches the desk's mailbox, or waits with the mail server (`lmtp`: see `hand_over`); its id."""
        self.posted += 1
        id_ = of or mail_id(mail.octets)
        told = {
            "what": "post",
            "id": f"{id_}.{self.posted}",
            "sha256": hashlib.sha256(mail.octets).hexdigest(),
            "via": via,
        }
        told |= {"kind": mail.kind, "opens": mail.opens, "member": mail.member, "decides": mail.decides}
        self.tell(**told)
        if via == "imap":
            self._append(mail.octets)
            self.tell(what="accepted", id=told["id"])
        return str(told["id"])

    def _append(self, octets: bytes) -> None:
        """Into the mailbox once, though the server may drop the connection and nobody knows what became of it."""
        sha256 = hashlib.sha256(octets).hexdigest()
        self.appended[sha256] += 1
        for _ in range(TRIES):
            try:
                return self.dovecot.append(self.name, octets)
            except (OSError, imaplib.IMAP4.abort) as error:
                evidence.dropped(self.folder, error)
            boxes = evidence.mailboxes(evidence.open_case(self.folder))
            if sum(box.count(sha256) for box in boxes.values()) == self.appended[sha256]:
                return None
        raise AssertionError("Dovecot takes no mail")

    def tell(self, **what: object) -> None:
        """A line of the ledger."""
        self._note("ledger.jsonl", what)

    def broke(self, since_ns: int | None = None) -> None:
        """A sender died just now, or lines were cut since then: what was on its way may come twice."""
        now = time.time_ns()
        self._note(witness.DEEDS, {"what": "broken", "from": since_ns or now, "to": now})

    def forgot(self, address: str) -> None:
        """Somebody asked to be forgotten."""
        self._note(witness.DEEDS, {"what": "forgotten", "address": address})

    def _note(self, name: str, what: dict[str, object]) -> None:
        with (self.folder / name).open("a") as file:
            file.write(json.dumps(what) + "\n")

    def some_mails(self, least: int = 1, most: int = 3) -> list[Mail]:
        """New mails, now and then the same one twice."""
        made = [
            mails.anything(self.fresh_id(n), self.now, self.chance) for n in range(self.chance.randint(least, most))
        ]
        return made + [made[0]] * (self.chance.random() < 0.15)

    def somebody(self) -> str:
        """The author of a mail that came some time ago."""
        told = [json.loads(line) for line in (self.folder / "ledger.jsonl").read_text().splitlines()]
        posted = [line for line in told if line["what"] == "post" and line["opens"] and line["kind"] != "broken"]
        return mails.author(self.chance.choice(posted)["id"])

    def fresh_id(self, n: int = 0) -> str:
        return f"{self.name}-{self.posted + n}-{self.chance.randrange(10**6)}"

    def a_decision(self, verdicts: Sequence[str] = mails.VERDICTS, *, untouched: bool = False) -> Mail | None:
        """A reply to the latest digest that has something undecided in it; None where there is none.

        `untouched`: nobody else has decided on any of it either.
        """
        touched = {ref for _, ref in self.used} if untouched else set()
        for each in reversed(sink.delivered(self.sink)):
            if each.to in MEMBERS and DIGEST.search(each.octets):
                open_ = [
                    ref for ref in mails.listed(each.octets) if (each.to, ref) not in self.used and ref not in touched
                ]
                if open_:
                    return self._decide(each, open_, verdicts)
        return None

    def _decide(self, digest: sink.Delivered, open_: Sequence[str], verdicts: Sequence[str]) -> Mail:
        chosen = self.chance.sample(list(open_), min(len(open_), self.chance.randint(1, 5)))
        self.used |= {(digest.to, ref) for ref in chosen}
        lines = [(self.chance.choice(verdicts), ref) for ref in chosen]
        return mails.decision(self.fresh_id(), self.now, digest.octets, digest.to, lines)

    def hand_over(self, mail: Mail, id_: str, *, deaf: Running | None = None) -> bool:
        """What a mail server does with LMTP: no 250 seen is not accepted. False: it must come again.

        A `deaf` one loses the reply: it hears nothing until that program is dead.
        """
        envelope = envelope_for(mail.octets)
        to = list(envelope.forward_paths) or ["desk@harbour.example"]
        try:
            with smtplib.LMTP("127.0.0.1", self.lmtp_port, timeout=LMTP_WITHIN) as lmtp:
                lmtp.ehlo_or_helo_if_needed()
                for verb in (
                    f"MAIL FROM:<{envelope.reverse_path or 'nobody@poole.example'}>",
                    *(f"RCPT TO:<{path}>" for path in to),
                    "DATA",
                ):
                    code, words = lmtp.docmd(verb)
                    if code >= 400:
                        raise smtplib.SMTPResponseException(code, words)
                half = len(mail.octets) // 2
                stuffed = re.sub(rb"(?m)^\.", b"..", mail.octets)
                lmtp.send(stuffed[:half])
                self.tell(what="try", id=id_)
                lmtp.send(stuffed[half:] + b".\r\n")
                if deaf:
                    deaf.wait(LMTP_WITHIN)
                    return False
                if any(lmtp.getreply()[0] != 250 for _ in to):
                    return False
        except (OSError, smtplib.SMTPException):
            return False
        self.tell(what="accepted", id=id_)
        return True

    def listens(self, running: Running) -> bool:
        """Whether the program came to listen for LMTP, and lives."""
        while running.poll() is None:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.lmtp_port), timeout=1).close()
                return True
            running.wait(0.05)
        return False

    # The program

    def start(self, *words: str, armed: str = "", fresh: bool = False) -> Running:
        """The program, at the town's time."""
        self.pass_(seconds=math.ceil(time.monotonic() - self.said_at))  # no clock is set back
        if self.started and self.started[-1].poll() == program.KILLED:
            self.broke()
        self.programs += 1
        log = self.folder / "said" / f"{self.programs:04}-{words[0]}.txt"
        self.started.append(program.start(words, self.config, self.now, log, armed=armed, fresh=fresh))
        return self.started[-1]

    def run(self, *words: str, armed: str = "", fresh: bool = False) -> Running:
        """The program, to its end."""
        running = self.start(*words, armed=armed, fresh=fresh)
        if running.wait(RECOVERS_WITHIN) is None:
            running.kill()
            running.wait(10)
            raise AssertionError(f"{words} hangs: {running.said()}")
        return running

    def lives_again(self) -> str:
        """The service, started at once, until it is at rest, then SIGTERM; what is wrong with it, or ""."""
        for _ in range(TRIES):
            trouble = self._serves()
            if trouble != rest.DROPPED:
                break
            evidence.dropped(self.folder, trouble)
        return trouble

    def _serves(self) -> str:
        self.pass_(seconds=QUIET_SECONDS)
        running = self.start("run")
        began, since = time.monotonic(), int(self.now.timestamp())
        if not self.listens(running):
            return f"the service does not start: {running.said().strip()[-600:]}"
        trouble = self._comes_to_rest(running, began, since)
        self.takes = max(0.3, time.monotonic() - began)
        running.stop()
        if running.wait(ENDS_WITHIN) != 0:
            running.kill()
            return f"SIGTERM was answered with {running.status}: {running.said().strip()[-600:]}"
        return trouble

    def _comes_to_rest(self, running: Running, began: float, since: int) -> str:
        """Waits; "" at rest, else what is left to do, of which nothing was done for LEAVES_WITHIN."""
        seen: dict[str, int] = {}
        listened = moved = time.monotonic()
        while True:
            now = time.monotonic()
            left = rest.left_to_do(self.desk / "data/mailproc.db", since, since + int(now - began))
            if rest.MAY_LEAVE not in left and rest.MAY_LEAVE in seen:
                self.slowest = max(self.slowest, now - listened)
            if not left or rest.DROPPED in left:
                return rest.DROPPED if left else ""
            seen, moved = (left, now) if left != seen else (seen, moved)
            patience = LEAVES_WITHIN * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
            if now - moved > patience or running.poll() is not None:
                return f"{left}, and nothing was done for {now - moved:.0f} s: {running.said().strip()[-600:]}"
            running.wait(LOOK_SECONDS)

    def pass_(self, **span: float) -> None:
        """Time goes by, for everybody."""
        self.now, self.said_at = program.later(self.now, **span), time.monotonic()

    def write_config(self, imap_port: int = 0, sink_port: int = 0, **options: object) -> None:
        """The same desk, told otherwise: other ports, anything of [[intake.imap]]."""
        text = (self.folder.parent / "prepared/config.toml").read_text()
        text = text.replace("port = 1\n", f"port = {sink_port or self.sink_port}\n")
        told = {"name": "main", "host": "127.0.0.1", "port": imap_port or self.dovecot.imap_port, "tls": "none"}
        told |= {"user": self.name, "password_file": "password", "timeout": "5s"} | options
        account = "\n".join(f"{key} = {json.dumps(value)}" for key, value in told.items())
        listen = f'[intake.lmtp]\nlisten = "127.0.0.1:{self.lmtp_port}"'
        text = text.replace("[intake.lmtp]\n", f"{listen}\n") if "\n[intake.lmtp]\n" in text else f"{text}\n{listen}\n"
        self.config.write_text(f"{text}\n[[intake.imap]]\n{account}\n")


def mail_id(octets: bytes) -> str:
    """What its X-Crash-Id says."""
    found = re.search(rb"^X-Crash-Id: (\S+)", octets, re.MULTILINE)
    return found[1].decode() if found else "none"


def prepare(folder: Path, now: datetime) -> Path:
    """A desk with two members that nobody has written to yet; port 1 stands for the one to come."""
    options = {
        "review.undo": "0s",
        "review.trust": "token",
        "review.authserv_id": [AUTHSERV],
        "delivery.transport": "smtp",
        "delivery.host": "127.0.0.1",
        "delivery.port": 1,
        "delivery.tls": "none",
        "delivery.timeout": "5s",
        "limits.letters_to_strangers_per_day": 10_000,
    }
    config = make_desk(folder / "prepared", **options)
    (folder / "prepared/password").write_text(PASSWORD + "\n")
    shutil.copytree(folder / "prepared", folder / "empty")
    lived.preload(folder / "first")
    for member in MEMBERS:
        words = ["members", "add", member, "--confirmed"]
        added = program.start(words, config, now, folder / "prepared.txt")
        if added.wait(RECOVERS_WITHIN) != 0:
            raise AssertionError(added.said())
    return folder


@contextmanager
def a_town(
    prepared: Path, name: str, dovecot: Dovecot, now: datetime, chance: Random, source: str = "prepared"
) -> Iterator[Town]:
    """A copy of the prepared desk (or of the `empty` one, which was never opened), with a sink that runs."""
    folder = prepared / name
    folder.mkdir()
    (folder / "said").mkdir()
    shutil.copytree(prepared / source, folder / "desk")
    with sink.running(folder / "sink") as sink_port:
        town = Town(folder, dovecot, name, sink_port, _free_port(), now, chance)
        town.write_config()
        told = {"desk": str(town.desk), "sink": str(town.sink), "imap_port": dovecot.imap_port}
        told |= {"imap_user": name, "imap_password": PASSWORD}
        (folder / "case.json").write_text(json.dumps(told))
        evidence.mailboxes(evidence.open_case(folder))  # the INBOX exists from now on
        try:
            yield town
        finally:
            for running in town.started:
                running.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
