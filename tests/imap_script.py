"""An IMAP server that does as it is told: drips, drops, lies, renumbers, refuses. Dovecot does none of it.

`serving(Script(...))` runs one on loopback. It knows the few commands that mailproc sends, moves what it is asked to
move, and writes down every line; its misbehaviour is a value in the Script.
"""

from __future__ import annotations

import base64
import re
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from mailproc.intake.connection import Account

FIELD = re.compile(rb"[^ \t\r\n][^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")
Answer = Callable[["Talk", int, bytes], bytes | None]
SAID = b"(the tagged answer is written already)"
NUMBERS = b"* FLAGS ()\r\n* %d EXISTS\r\n* OK [PERMANENTFLAGS (%s)] x\r\n* OK [UIDVALIDITY %d] x\r\n"


@dataclass
class Script:
    """What the server holds and how it misbehaves; what it was asked."""

    mails: dict[int, bytes]
    others: dict[str, dict[int, bytes]] = field(default_factory=dict)  # more mailboxes than INBOX
    capabilities: bytes = b"IMAP4rev1 MOVE"
    greeting: bytes = b"* OK ready\r\n"
    greet: Callable[[Talk], None] | None = None  # instead of the greeting
    uidvalidity: int = 7
    keywords: bytes = b""  # PERMANENTFLAGS
    fetch: dict[int, Answer] = field(default_factory=dict)  # instead of a message's octets
    sizes: dict[int, int] = field(default_factory=dict)  # instead of the true ones; negative: none told
    no_to: dict[bytes, bytes] = field(default_factory=dict)  # command: the words of its NO
    breaks_at: dict[bytes, bytes] = field(default_factory=dict)  # command: what is said before the line breaks
    tokens: tuple[str, ...] = ()  # access tokens that count
    tls: ssl.SSLContext | None = None  # for STARTTLS
    behind_starttls: bytes = b""  # said in the clear, in one packet with the OK
    news: threading.Event = field(default_factory=threading.Event)  # set: tell of new mail during IDLE
    asked: list[bytes] = field(default_factory=list)
    logins: int = 0
    sent: list[tuple[str, str]] = field(default_factory=list)  # (mechanism, what the client said)
    gone: dict[str, list[int]] = field(default_factory=dict)  # UIDs of INBOX by the mailbox they were moved to
    marked: set[int] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)
    copies: dict[str, list[int]] = field(default_factory=dict)  # by mailbox
    tells_uidnext: bool = True  # in the answer to SELECT
    namespace: bytes = b""  # of mailboxes of one's own
    only: set[bytes] = field(default_factory=set)  # mailboxes that there are; empty: every one that is asked for
    over: threading.Event = field(default_factory=threading.Event)

    def commands(self) -> list[bytes]:
        return [line.split()[0] if not line.startswith(b"UID") else line.split()[1] for line in self.asked]

    def lines(self, verb: bytes) -> list[bytes]:
        return [line for line in self.asked if verb in line.split()[:2]]


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    script: Script
    mailbox = "INBOX"
    refusal = b""  # of the command under way: the words of its NO

    def handle(self) -> None:
        if self.script.greet:
            self.script.greet(self)
        else:
            self.wfile.write(self.script.greeting)
        while line := self.rfile.readline():
            tag, _, command = line.strip().partition(b" ")
            self.script.asked.append(command)
            verb = self.script.commands()[-1].upper()
            self.refusal = self.script.no_to.get(verb, b"")
            try:
                answer = self.answer(verb, command, tag)
            except OSError:
                return
            if answer is None:
                return
            if answer is not SAID:
                self.wfile.write(answer + tag + (b" NO " + self.refusal if self.refusal else b" OK done") + b"\r\n")
            if verb == b"LOGOUT":
                return

    @property
    def mails(self) -> dict[int, bytes]:
        if self.mailbox != "INBOX":
            return self.script.others.get(self.mailbox, {})
        gone = {uid for uids in self.script.gone.values() for uid in uids}
        return {uid: octets for uid, octets in self.script.mails.items() if uid not in gone}

    def answer(self, verb: bytes, command: bytes, tag: bytes) -> bytes | None:  # noqa: C901, PLR0911, PLR0912 - one case for each verb
        if verb in self.script.breaks_at:
            self.wfile.write(self.script.breaks_at[verb])
            raise ConnectionResetError
        if verb in self.script.no_to:
            self.script.logins += verb == b"LOGIN"
            return b""
        match verb:
            case b"CAPABILITY":
                return b"* CAPABILITY " + self.script.capabilities + b"\r\n"
            case b"LOGIN":
                self.script.logins += 1
            case b"AUTHENTICATE":
                return self.authenticate(command.split()[1].decode())
            case b"STARTTLS":
                return self.start_tls(tag)
            case b"SELECT" | b"EXAMINE":
                self.mailbox = re.sub(rb'^\S+ "?([^"]*)"?$', rb"\1", command).decode()
                told = NUMBERS % (len(self.mails), self.script.keywords, self.script.uidvalidity)
                return told + (b"* OK [UIDNEXT %d] x\r\n" % self.uidnext if self.script.tells_uidnext else b"")
            case b"STATUS":
                return b"* STATUS INBOX (UIDNEXT %d)\r\n" % self.uidnext
            case b"NAMESPACE":
                return b'* NAMESPACE (("%s" ".")) NIL NIL\r\n' % self.script.namespace
            case b"CREATE":
                return self.create(command.split(b'"')[1])
            case b"COPY":
                self.script.copies.setdefault(command.split(b'"')[1].decode(), []).extend(numbers_of(command))
            case b"EXPUNGE":
                self.script.gone.setdefault("expunged", []).extend(
                    self.script.deleted & set(numbers_of(command + b" "))
                )
            case b"LIST":
                asked = command.split(b'"')[-2]
                there = self.script.only and asked not in self.script.only
                return b"" if there else b'* LIST () "/" "There"\r\n'
            case b"SEARCH":
                return self.search(command)
            case b"FETCH":
                return self.fetch(command)
            case b"MOVE":
                self.script.gone.setdefault(command.split(b'"')[1].decode(), []).extend(numbers_of(command))
            case b"STORE":
                (self.script.deleted if b"Deleted" in command else self.script.marked).update(numbers_of(command))
            case b"IDLE":
                return self.idle()
        return b""

    @property
    def uidnext(self) -> int:
        return max(self.mails, default=0) + 1

    def create(self, name: bytes) -> bytes:
        """Only under the namespace, as Courier and Cyrus have it."""
        if not name.startswith(self.script.namespace):
            self.refusal = b"Invalid mailbox name."
        elif self.script.only:
            self.script.only.add(name)
        return b""

    def authenticate(self, mechanism: str) -> bytes:
        """SASL with an initial response on a line of its own; a refusal is a challenge first (RFC 7628 §3.2.2)."""
        self.wfile.write(b"+ \r\n")
        said = base64.b64decode(self.rfile.readline()).decode()
        self.script.sent.append((mechanism, said))
        if any(f"auth=Bearer {token}\1" in said for token in self.script.tokens):
            self.script.logins += 1
            return b""
        self.wfile.write(b"+ " + base64.b64encode(b'{"status":"401"}') + b"\r\n")
        self.rfile.readline()
        self.refusal = (
            b"[AUTHENTICATIONFAILED] not " + base64.b64encode(said.encode()) + said.replace("\1", " ").encode()
        )
        return b""

    def start_tls(self, tag: bytes) -> bytes:
        assert self.script.tls
        self.wfile.write(tag + b" OK begin\r\n" + self.script.behind_starttls)
        self.connection = self.script.tls.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)  # type: ignore[assignment]
        return SAID

    def search(self, command: bytes) -> bytes:
        if b" UID " not in command.replace(b"UID SEARCH", b"SEARCH", 1):  # by its place
            return b"* SEARCH %d\r\n" % sorted(self.mails)[int(command.split()[-1]) - 1]
        first, last = map(int, re.findall(rb"\d+", command)[-2:])
        hidden = self.script.marked if b"UNKEYWORD" in command else set()
        found = [uid for uid in self.mails if first <= uid <= last and uid not in hidden]
        return b"* SEARCH " + b" ".join(b"%d" % uid for uid in found) + b"\r\n"

    def fetch(self, command: bytes) -> bytes | None:
        what = command.split(b"(", 1)[1].removesuffix(b")")
        mails = self.mails
        answers = []
        for uid in numbers_of(command):
            octets = mails.get(uid)
            if octets is None:
                continue
            if what == b"RFC822.SIZE":
                size = self.script.sizes.get(uid, len(octets))
                answers.append(b"" if size < 0 else b"* 1 FETCH (UID %d RFC822.SIZE %d)\r\n" % (uid, size))
                continue
            start, length = map(int, re.findall(rb"\d+", what.removeprefix(b"RFC822.SIZE ")))
            if b"HEADER" in what:
                head = octets[: octets.find(b"\r\n\r\n") + 4]
                if b"FIELDS" in what:
                    names = what.partition(b"(")[2].partition(b")")[0].split()
                    head = b"".join(x for x in FIELD.findall(head) if x.partition(b":")[0].upper() in names) + b"\r\n"
                head = head[start : start + length]
                section = what.partition(b"[")[2].partition(b"]")[0]
                size = b"RFC822.SIZE %d " % self.script.sizes.get(uid, len(octets)) if b"RFC822" in what else b""
                answers.append(
                    b"* 1 FETCH (UID %d %sBODY[%s]<0> {%d}\r\n%s)\r\n" % (uid, size, section, len(head), head)
                )
                continue
            answer = self.script.fetch.get(uid, body)(self, uid, octets[start : start + length])
            if answer is None:
                return None
            answers.append(answer.replace(b"<0>", b"<%d>" % start))
        return b"".join(answers)

    def idle(self) -> bytes:
        self.wfile.write(b"+ idling\r\n")
        if self.script.news.wait(10):
            self.wfile.write(b"* 2 EXISTS\r\n")
        self.rfile.readline()
        return b""


def numbers_of(command: bytes) -> list[int]:
    """The UIDs of `UID FETCH 1,2 (…)`."""
    return [int(number) for number in command.split()[2].split(b",")]


def body(_talk: Talk, uid: int, octets: bytes) -> bytes:
    """An honest answer."""
    return b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n%s)\r\n" % (uid, len(octets), octets)


def half(talk: Talk, uid: int, octets: bytes) -> None:
    """The connection ends in the middle of the literal (F30)."""
    talk.wfile.write(body(talk, uid, octets)[:-20])


def stall(talk: Talk, uid: int, octets: bytes) -> None:
    """Nothing more comes, and the connection stays (F31)."""
    half(talk, uid, octets)
    talk.script.over.wait(10)


def drip(talk: Talk, uid: int, octets: bytes) -> None:
    """An octet now and then, for ever (F32)."""
    dripped(talk, body(talk, uid, octets * 1000))


def dripped(talk: Talk, octets: bytes) -> None:
    """These octets, one by one."""
    for octet in octets:
        talk.wfile.write(bytes([octet]))
        if talk.script.over.wait(0.01):
            return


def huge(talk: Talk, uid: int, _octets: bytes) -> None:
    """A literal that no memory holds (S44)."""
    talk.wfile.write(b"* 1 FETCH (UID %d BODY[]<0> {99999999999999999999}\r\n" % uid)
    talk.script.over.wait(10)


def nothing(_talk: Talk, _uid: int, _octets: bytes) -> bytes:
    """Only the tagged OK."""
    return b""


def nil(_talk: Talk, uid: int, _octets: bytes) -> bytes:
    """No octets, in so many words."""
    return b"* 1 FETCH (UID %d BODY[]<0> NIL)\r\n" % uid


def other(_talk: Talk, uid: int, octets: bytes) -> bytes:
    """A message that nobody asked for."""
    return body(_talk, uid + 500, octets)


def flags(_talk: Talk, uid: int, _octets: bytes) -> bytes:
    """Flags that nobody asked for, and no octets."""
    return b"* 1 FETCH (UID %d FLAGS (\\Seen))\r\n" % uid


def empty(talk: Talk, uid: int, _octets: bytes) -> bytes:
    """An empty message instead of the one that was announced."""
    return body(talk, uid, b"")


def sparing(talk: Talk, uid: int, octets: bytes) -> bytes:
    """Shorter pieces than were asked for."""
    return body(talk, uid, octets[:7])


def endless(talk: Talk, uid: int, _octets: bytes) -> bytes:
    """More and more."""
    return body(talk, uid, b"x" * (1 << 20))


@contextmanager
def serving(script: Script, **changes: object) -> Iterator[Account]:
    """Run the server; the account to poll."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Scripted", (Talk,), {"script": script}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    settings = {"timeout_seconds": 5, "deadline_seconds": 5} | changes
    try:
        yield Account("desk", port=server.server_address[1], **{**PLAIN, **settings})  # type: ignore[arg-type]
    finally:
        script.over.set()
        server.shutdown()
        server.server_close()


PLAIN = {"host": "127.0.0.1", "tls": "none", "user": "desk", "password": lambda: "secret"}


@contextmanager
def servers() -> Iterator[Callable[..., Account]]:
    """`start(Script(...), **account)` as often as needed; all end together."""
    with ExitStack() as stack:
        yield lambda script, **changes: stack.enter_context(serving(script, **changes))


def mails(count: int) -> dict[int, bytes]:
    """Small ones, each unlike the others."""
    return {uid: b"Subject: %d\r\n\r\nx\r\n" % uid for uid in range(1, count + 1)}
