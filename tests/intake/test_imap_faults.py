"""What a broken or lying IMAP server can do to a poll: one scripted on loopback, since Dovecot does none of it."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from mailproc.errors import IntakeError
from mailproc.intake.connection import Account
from mailproc.intake.imap import PollResult, check, poll
from mailproc.intake.source import Source

Answer = Callable[["Talk", int, bytes], bytes | None]


@dataclass
class Script:
    """What the server holds and how it misbehaves; what it was asked."""

    mails: dict[int, bytes]
    capabilities: bytes = b"IMAP4rev1 MOVE"
    greeting: bytes = b"* OK ready\r\n"
    fetch: dict[int, Answer] = field(default_factory=dict)  # instead of a message's octets
    sizes: dict[int, int] = field(default_factory=dict)  # instead of the true ones
    no_to: dict[bytes, bytes] = field(default_factory=dict)  # command: the words of its NO
    asked: list[bytes] = field(default_factory=list)
    logins: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def commands(self) -> list[bytes]:
        return [line.split()[0] if not line.startswith(b"UID") else line.split()[1] for line in self.asked]


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    script: Script

    def handle(self) -> None:
        self.wfile.write(self.script.greeting)
        for line in self.rfile:
            tag, _, command = line.strip().partition(b" ")
            self.script.asked.append(command)
            verb = self.script.commands()[-1].upper()
            try:
                answer = self.answer(verb, command)
            except OSError:
                return
            if answer is None:
                return
            words = self.script.no_to.get(verb)
            self.wfile.write(answer + tag + (b" NO " + words if words else b" OK done") + b"\r\n")
            if verb == b"LOGOUT":
                return

    def answer(self, verb: bytes, command: bytes) -> bytes | None:
        if verb == b"CAPABILITY":
            return b"* CAPABILITY " + self.script.capabilities + b"\r\n"
        if verb == b"LOGIN":
            self.script.logins += 1
        if verb in (b"SELECT", b"EXAMINE"):
            numbers = (len(self.script.mails), max(self.script.mails, default=0) + 1)
            return b"* FLAGS ()\r\n* %d EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT %d] x\r\n" % numbers
        if verb == b"LIST":
            return b'* LIST () "/" "Processed"\r\n'
        if verb == b"SEARCH":
            first, last = map(int, re.findall(rb"\d+", command))
            return b"* SEARCH " + b" ".join(b"%d" % uid for uid in self.script.mails if first <= uid <= last) + b"\r\n"
        if verb == b"FETCH":
            return self.fetch(command)
        return b""

    def fetch(self, command: bytes) -> bytes | None:
        numbers, what = re.match(rb"UID FETCH (\S+) \((.*)\)", command).groups()  # type: ignore[union-attr]
        answers = []
        for uid in map(int, numbers.split(b",")):
            octets = self.script.mails[uid]
            if what == b"RFC822.SIZE":
                size = self.script.sizes.get(uid, len(octets))
                answers.append(b"* 1 FETCH (UID %d RFC822.SIZE %d)\r\n" % (uid, size))
                continue
            start, length = map(int, re.findall(rb"\d+", what))
            answer = self.script.fetch.get(uid, body)(self, uid, octets[start : start + length])
            if answer is None:
                return None
            answers.append(answer.replace(b"<0>", b"<%d>" % start))
        return b"".join(answers)


def body(_talk: Talk, uid: int, octets: bytes) -> bytes:
    return b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n%s)\r\n" % (uid, len(octets), octets)


def half(talk: Talk, uid: int, octets: bytes) -> None:
    talk.wfile.write(body(talk, uid, octets)[:-20])


def drip(talk: Talk, uid: int, octets: bytes) -> None:
    for octet in body(talk, uid, octets * 1000):
        talk.wfile.write(bytes([octet]))
        if talk.script.over.wait(0.01):
            return


def huge(talk: Talk, uid: int, _octets: bytes) -> None:
    talk.wfile.write(b"* 1 FETCH (UID %d BODY[]<0> {99999999999999999999}\r\n" % uid)
    talk.script.over.wait(10)


def nothing(_talk: Talk, _uid: int, _octets: bytes) -> bytes:
    return b""


def nil(_talk: Talk, uid: int, _octets: bytes) -> bytes:
    return b"* 1 FETCH (UID %d BODY[]<0> NIL)\r\n" % uid


def other(_talk: Talk, uid: int, octets: bytes) -> bytes:
    return body(_talk, uid + 500, octets)


def empty(talk: Talk, uid: int, _octets: bytes) -> bytes:
    return body(talk, uid, b"")


def sparing(talk: Talk, uid: int, octets: bytes) -> bytes:
    return body(talk, uid, octets[:7])


def endless(talk: Talk, uid: int, _octets: bytes) -> bytes:
    return body(talk, uid, b"x" * (1 << 20))


@pytest.fixture
def serve() -> Iterator[Callable[[Script], Account]]:
    """Start the server; gives the account to poll."""
    running: list[tuple[socketserver.ThreadingTCPServer, Script]] = []

    def start(script: Script, **changes: object) -> Account:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Scripted", (Talk,), {"script": script}))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        running.append((server, script))
        settings = {"timeout_seconds": 5, "deadline_seconds": 5} | changes
        return Account("desk", "127.0.0.1", server.server_address[1], "none", "desk", lambda: "secret", **settings)  # type: ignore[arg-type]

    yield start
    for server, script in running:
        script.over.set()
        server.shutdown()
        server.server_close()


def mails(count: int) -> dict[int, bytes]:
    return {uid: b"Subject: %d\r\n\r\nx\r\n" % uid for uid in range(1, count + 1)}


def polled(account: Account, known: Sequence[int] = (), limit: int = 3_000_000) -> tuple[PollResult, list[bytes]]:
    kept: list[bytes] = []

    def receive(batch: Sequence[Source]) -> None:
        kept.extend([b"".join(message.chunks) for message in batch])

    ledger = {f"imap:desk/INBOX/7/{uid}" for uid in known}
    result = poll(account, known=lambda keys: ledger & set(keys), receive=receive, max_message_bytes=limit)
    return result, kept


@pytest.mark.parametrize("fault", [half, huge, nothing, nil, other, empty])
def test_f30_f34_f44_s44_one_message_that_cannot_be_fetched_stops_no_other(serve, fault: Answer):
    script = Script(mails(5), fetch={3: fault})
    result, kept = polled(serve(script))
    assert kept == [octets for uid, octets in script.mails.items() if uid != 3]
    assert (result.received, result.moved, result.skipped) == (4, 4, 1)
    assert not any(b"3" in line.split()[2].split(b",") for line in script.asked if b"MOVE" in line)


def test_f32_a_peer_that_drips_is_cut_off_at_the_deadline(serve):
    script = Script(mails(2), fetch={1: drip})
    result, kept = polled(serve(script, deadline_seconds=0.3))
    assert kept == [script.mails[2]]
    assert any("not done within 0.3 s" in line for line in result.problems)


def test_a_connection_that_breaks_again_and_again_ends_the_poll_with_a_word(serve):
    script = Script(mails(20), fetch=dict.fromkeys(range(1, 21), half))
    result, kept = polled(serve(script))
    assert kept == []
    assert script.logins == 3
    assert "connection lost 3 times; the next poll goes on" in result.problems[-1]


def test_f45_a_message_larger_than_announced_is_given_up_at_the_limit(serve):
    script = Script(mails(2), fetch={1: endless})
    result, kept = polled(serve(script))
    assert kept == [script.mails[2]]
    assert result.skipped == 1
    assert not any(b"<4194304." in line for line in script.asked)
    assert any(
        "announced with 17 octets, it has more than limits.message (3000000)" in line for line in result.problems
    )


def test_a_server_that_gives_shorter_pieces_than_asked_loses_nothing(serve):
    script = Script(mails(2), fetch={1: sparing})
    _, kept = polled(serve(script))
    assert kept == list(script.mails.values())


def test_f45_a_message_announced_as_too_large_is_never_asked_for(serve):
    script = Script(mails(1), sizes={1: 99_999_999_999})
    result, _ = polled(serve(script))
    assert result.oversize == 1
    assert not any(b"BODY" in line for line in script.asked)


def test_a_size_that_is_only_an_estimate_does_no_harm(serve):
    script = Script(mails(2), sizes={1: 5, 2: 500})
    _, kept = polled(serve(script))
    assert kept == list(script.mails.values())


def test_f39_without_move_mail_is_copied_once_and_never_expunged_or_flagged(serve):
    script = Script(mails(3), capabilities=b"IMAP4rev1 UIDPLUS")
    account = serve(script)
    result, _ = polled(account, known=[1])
    assert (result.received, result.moved) == (2, 0)
    assert [line for line in script.asked if b"COPY" in line] == [b'UID COPY 2,3 "Processed"']
    assert not {b"EXPUNGE", b"STORE", b"MOVE", b"CLOSE"} & set(script.commands())
    assert polled(account, known=[1, 2, 3])[0] == PollResult(0, 0, 0, 0, ())
    assert len([line for line in script.asked if b"COPY" in line]) == 1
    assert "no MOVE" in check(account)[2][1]


def test_f40_mail_that_cannot_be_moved_is_received_and_stays(serve):
    script = Script(mails(25), no_to={b"MOVE": b"[OVERQUOTA] full"})
    result, kept = polled(serve(script))
    assert len(kept) == result.received == 25
    assert result.moved == 0
    assert len(result.problems) == 1
    assert "OVERQUOTA" in result.problems[0]


def test_f37_a_large_mailbox_is_asked_for_by_windows_of_10000(serve):
    script = Script(mails(25_000))
    asked: list[int] = []

    def all_known(keys: Sequence[str]) -> Sequence[str]:
        asked.append(len(keys))
        return keys

    poll(serve(script), known=all_known, receive=lambda _batch: None, max_message_bytes=1)
    assert [line for line in script.asked if b"SEARCH" in line] == [
        b"UID SEARCH UID 15001:25000",
        b"UID SEARCH UID 5001:15000",
        b"UID SEARCH UID 1:5000",
    ]
    assert asked == [10_000, 10_000, 5_000]


def test_f37_a_small_mailbox_with_a_long_history_is_asked_once(serve):
    script = Script({7: b"Subject: old\r\n\r\n", 4_000_000_000: b"Subject: new\r\n\r\n"})
    _, kept = polled(serve(script))
    assert kept == [script.mails[7], script.mails[4_000_000_000]]
    assert [line for line in script.asked if b"SEARCH" in line] == [b"UID SEARCH UID 1:4000000000"]


def test_small_messages_of_a_batch_share_one_round_trip(serve):
    script = Script(mails(20))
    polled(serve(script))
    assert len([line for line in script.asked if b"BODY.PEEK" in line]) == 1


def test_s42_no_password_where_the_server_disables_login_without_tls(serve):
    script = Script(mails(1), capabilities=b"IMAP4rev1 LOGINDISABLED")
    with pytest.raises(IntakeError, match="takes no login without TLS"):
        polled(serve(script))
    assert script.logins == 0


def test_s42_a_session_that_is_authenticated_before_tls_is_left(serve):
    account = serve(Script(mails(1), capabilities=b"IMAP4rev1 STARTTLS", greeting=b"* PREAUTH welcome\r\n"))
    starttls = Account("desk", account.host, account.port, "starttls", "desk", lambda: "secret")
    with pytest.raises(IntakeError, match="no connection"):
        polled(starttls)


def test_s42_a_server_that_lost_its_starttls_gets_no_password(serve):
    script = Script(mails(1))
    account = serve(script)
    starttls = Account("desk", account.host, account.port, "starttls", "desk", lambda: "secret")
    with pytest.raises(IntakeError, match="no connection"):
        polled(starttls)
    assert script.logins == 0
