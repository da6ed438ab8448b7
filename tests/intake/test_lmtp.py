"""The LMTP listener on loopback: what a peer sends, what it hears, what reaches the sink."""

from __future__ import annotations

import errno
import logging
import socket
import stat
import struct
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from mailproc.errors import IntakeError, StoreError
from mailproc.finding import Finding
from mailproc.intake import lmtp, lmtp_session
from mailproc.intake.lmtp_arrival import Limits
from mailproc.intake.lmtp_session import Receiver
from mailproc.message.field.header import LOG_LIMIT
from mailproc.message.model import Envelope

MAIL = b"Subject: The quay\r\n\r\nWords.\r\n"
LIMITS = Limits(connections=4, recipients=3, message_bytes=1 << 20, idle_seconds=20, deadline_seconds=20)
SECRET = "postgres://u:secret@db/x"  # what an error might hold
TO = ("desk@harbour.example", "articles@harbour.example")


@dataclass
class Store:
    """Where messages go in these tests: into memory, unless it is told to fail."""

    fails: dict[str, BaseException] = field(default_factory=dict)  # by step: "write", "finish", "commit"
    waits: bool = False  # a commit takes until `release`
    kept: list[tuple[Envelope, bytes]] = field(default_factory=list)
    discarded: threading.Event = field(default_factory=threading.Event)
    finished: threading.Event = field(default_factory=threading.Event)
    futures: list[Future[int]] = field(default_factory=list)

    def open(self, envelope: Envelope) -> InMemory:
        return InMemory(self, envelope)

    def fail(self, step: str) -> None:
        if step in self.fails:
            raise self.fails[step]


@dataclass
class InMemory:
    """One message on its way."""

    store: Store
    envelope: Envelope
    octets: bytes = b""

    def write(self, octets: bytes) -> None:
        self.store.fail("write")
        self.octets += octets

    def finish(self) -> Future[int]:
        self.store.fail("finish")
        future: Future[int] = Future()
        self.store.futures.append(future)
        if "commit" in self.store.fails:
            future.set_exception(self.store.fails["commit"])
        elif not self.store.waits:
            self.store.kept.append((self.envelope, self.octets))
            future.set_result(len(self.store.kept))
        self.store.finished.set()
        return future

    def discard(self) -> None:
        for future in self.store.futures:
            future.cancel()
        self.store.discarded.set()


class Peer:
    """A mail server's end of the line, which says what it is told to."""

    def __init__(self, place: str) -> None:
        if place.startswith("unix:"):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(20)
            self.socket.connect(place.removeprefix("unix:"))
        else:
            self.socket = socket.create_connection(("127.0.0.1", int(place.rpartition(":")[2])), timeout=20)
        self.file = self.socket.makefile("rb")
        self.greeting = self.reply()

    def reply(self) -> str:
        """One reply, all its lines; "" at the end of the connection."""
        lines = []
        try:
            while line := self.file.readline():
                lines.append(line.decode())
                if line[3:4] != b"-":
                    break
        except ConnectionError:
            pass
        return "".join(lines).strip()

    def send(self, octets: bytes) -> None:
        self.socket.sendall(octets)

    def say(self, line: str | bytes) -> str:
        self.send((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return self.reply()

    def begin(self, sender: str = "jo@poole.example", to: tuple[str, ...] = TO) -> list[str]:
        """LHLO to DATA; the replies to RCPT."""
        assert self.say("LHLO client.example").startswith("250")
        assert self.say(f"MAIL FROM:<{sender}>").startswith("250 2.1.0")
        replies = [self.say(f"RCPT TO:<{address}>") for address in to]
        assert self.say("DATA").startswith("354")
        return replies

    def hand_over(self, wire: bytes = MAIL + b".\r\n", to: tuple[str, ...] = TO) -> list[str]:
        """A whole message; one reply for each accepted recipient."""
        accepted = [reply for reply in self.begin(to=to) if reply.startswith("250")]
        self.send(wire)
        return [self.reply() for _ in accepted]

    def reset(self) -> None:
        """Gone, and whatever is still said to it is refused."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def half_close(self, octets: bytes) -> None:
        """The last octets, and no more will come; replies are still read."""
        self.send(octets)
        self.socket.shutdown(socket.SHUT_WR)

    def in_step(self) -> bool:
        """Whether the next reply is that to the next command: none was owed, none too many came."""
        return self.say("VRFY x").startswith("500 5.5.2")

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@contextmanager
def a_listener(store: Store, place: str = "127.0.0.1:0", limits: Limits = LIMITS, **more: object) -> Iterator[str]:
    receiver = Receiver(
        hostname="desk.harbour.example",
        accepts=lambda address: address.lower().endswith("@harbour.example"),
        has_room=lambda: True,
        open_sink=store.open,
    )
    with lmtp.serving(place, replace(receiver, **more), limits) as where:
        yield where


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def connect(store: Store) -> Iterator[Callable[[], Peer]]:
    with a_listener(store) as where:
        peers: list[Peer] = []

        def one_more() -> Peer:
            peers.append(Peer(where))
            return peers[-1]

        yield one_more
        for peer in peers:
            peer.close()


# What is offered


def test_a_message_reaches_the_sink_as_it_was_sent_and_each_recipient_hears_so(connect, store):
    peer = connect()
    assert peer.greeting.startswith("220 desk.harbour.example")
    assert peer.hand_over(b"..dot\r\n" + MAIL + b".\r\n") == ["250 2.0.0 Kept as 1"] * 2
    assert store.kept == [(Envelope("jo@poole.example", TO), b".dot\r\n" + MAIL)]
    assert peer.in_step()
    assert peer.say("QUIT").startswith("221 2.0.0")


def test_S40_only_what_we_can_do_is_offered(connect):
    peer = connect()
    offers = peer.say("LHLO client.example").split("\r\n")
    assert [line[4:] for line in offers[1:]] == [
        "SIZE 1048576",
        "8BITMIME",
        "SMTPUTF8",
        "PIPELINING",
        "ENHANCEDSTATUSCODES",
    ]
    for verb in ("EHLO x", "HELP", "VRFY desk"):
        assert peer.say(verb).startswith("500 5.5.2")
    peer = connect()
    for verb in ("AUTH PLAIN AGEAYg==", "STARTTLS", "EXPN desk", "HELO x"):
        assert peer.say(verb).startswith("500 5.5.2")


def test_S40_the_octets_of_a_BDAT_are_never_commands(connect, store):
    peer = connect()
    peer.say("LHLO client.example")
    peer.say("MAIL FROM:<jo@poole.example>")
    peer.say("RCPT TO:<desk@harbour.example>")
    peer.send(b"BDAT 9 LAST\r\nRSET\r\nMAIL FROM:<evil@bad.example>\r\n")
    assert peer.reply().startswith("502 5.5.1")
    assert peer.reply() == ""
    assert store.kept == []


def test_S40_octets_that_are_no_utf8_and_eight_bits_come_through(connect, store):
    octets = b"Subject: caf\xe9 \xff\r\n\r\n\x00\x80\r\n"
    peer = connect()
    peer.say("LHLO client.example")
    assert peer.say(b"MAIL FROM:<caf\xe9@poole.example> BODY=8BITMIME SMTPUTF8 SIZE=99").startswith("250")
    assert peer.say(b"RCPT TO:<desk+\xff@harbour.example>").startswith("250")
    assert peer.say("DATA").startswith("354")
    peer.send(octets + b".\r\n")
    assert peer.reply().startswith("250")
    assert store.kept[0][1] == octets


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("MAIL FROM:<> SIZE=1048577", "552 5.3.4"),
        ("MAIL FROM:<> BODY=BINARYMIME", "555 5.5.4"),
        ("MAIL FROM:<> AUTH=<>", "555 5.5.4"),
        ("MAIL FROM:<> SIZE=x", "555 5.5.4"),
        ("MAIL jo@poole.example", "501 5.1.7"),
        ("MAIL FROM:jo@poole.example", "501 5.1.7"),
        ("MAIL FROM:<jo@poole.example", "501 5.1.7"),
        ("MAIL", "501 5.1.7"),
        ('MAIL FROM:<"a b>c"@poole.example>', "250 2.1.0"),
        ("mail from:<@relay.example,@b.example:jo@poole.example>", "250 2.1.0"),
        ("RCPT TO:<desk@harbour.example>", "503 5.5.1"),
        ("DATA", "503 5.5.1"),
    ],
)
def test_a_command_out_of_shape_or_order_is_told_so(connect, line, reply):
    peer = connect()
    assert peer.say("MAIL FROM:<>").startswith("503 5.5.1")
    peer.say("LHLO client.example")
    assert peer.say(line).startswith(reply)
    assert peer.say("NOOP").startswith("250 2.0.0")


def test_commands_behind_the_final_dot_in_one_packet_are_read(connect, store):
    peer = connect()
    peer.begin()
    again = b"MAIL FROM:<>\r\nRCPT TO:<desk@harbour.example>\r\nDATA\r\n"
    peer.send(MAIL + b".\r\n" + again)
    assert [peer.reply()[:3] for _ in range(5)] == ["250", "250", "250", "250", "354"]
    peer.send(b"Subject: second\r\n.\r\nNOOP\r\n")
    assert [peer.reply()[:9] for _ in range(2)] == ["250 2.0.0", "250 2.0.0"]
    assert [octets for _, octets in store.kept] == [MAIL, b"Subject: second\r\n"]
    assert store.kept[1][0] == Envelope("", ("desk@harbour.example",))


# catalogue S30-S45


@pytest.mark.parametrize(
    "sequence",
    [
        *(b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\n.\r", b"\r\r\n.\r\r\n"),
        b"\r\n\0.\r\n",
    ],
)
def test_S30_a_smuggled_second_message_stays_in_the_first(connect, store, sequence):
    second = b"MAIL FROM:<evil@bad.example>\r\nRCPT TO:<desk@harbour.example>\r\nDATA\r\nSubject: second\r\n"
    peer = connect()
    peer.begin()
    for piece in (MAIL + b"words", sequence[:1], sequence[1:2], sequence[2:], second):
        peer.send(piece)
    peer.send(b".\r\n")
    assert [peer.reply()[:3] for _ in TO] == ["250", "250"]
    assert peer.in_step()
    [(_, octets)] = store.kept
    assert octets.startswith(MAIL + b"words")
    assert octets.endswith(second)


@pytest.mark.parametrize("line", [b"x" * (1 << 16), b"\r\n" * (1 << 15)], ids=["S34 endless", "S35 empty lines"])
def test_S34_S35_what_is_too_large_is_read_to_its_end_and_refused_for_each(connect, store, line):
    peer = connect()
    peer.begin()
    for _ in range(64):
        peer.send(line)
    peer.send(b"\r\n.\r\n")
    assert [peer.reply() for _ in TO] == ["552 5.3.4 Message too large"] * 2
    assert peer.in_step()
    assert store.discarded.wait(20)
    assert store.kept == []


def test_S36_a_message_of_the_whole_limit_is_kept(connect, store):
    octets = (b"x" * 76 + b"\r\n") * (LIMITS.message_bytes // 78)
    octets += b"y" * (LIMITS.message_bytes - len(octets) - 2) + b"\r\n"
    assert [reply[:3] for reply in connect().hand_over(octets + b".\r\n")] == ["250", "250"]
    assert store.kept[0][1] == octets


def test_S37_one_connection_too_many_is_asked_to_come_later(connect):
    peers = [connect() for _ in range(LIMITS.connections)]
    late = connect()
    assert late.greeting.startswith("421 4.3.2")
    assert late.reply() == ""
    assert [peer.say("NOOP")[:3] for peer in peers] == ["250"] * 4
    peers[0].say("QUIT")
    assert peers[0].reply() == ""  # it is closed, so there is a place
    assert connect().greeting.startswith("220")


def test_S37_one_recipient_too_many_is_put_off_and_the_others_are_served(connect, store):
    to = tuple(f"desk+{n}@harbour.example" for n in range(5))
    peer = connect()
    assert [reply[:9] for reply in peer.begin(to=to)] == ["250 2.1.5"] * 3 + ["452 4.5.3"] * 2
    peer.send(MAIL + b".\r\n")
    assert [peer.reply()[:3] for _ in range(3)] == ["250"] * 3
    assert peer.in_step()
    assert store.kept[0][0].forward_paths == to[:3]


def test_S37_a_message_that_drips_ends_at_its_deadline_however_busy_it_is(store):
    stopped = threading.Event()

    def drip(peer: Peer) -> None:
        try:
            while not stopped.wait(0.02):
                peer.send(b"x")
        except OSError:
            pass

    with a_listener(store, limits=replace(LIMITS, deadline_seconds=0.4)) as where:
        peer = Peer(where)
        peer.begin()
        dripping = threading.Thread(target=drip, args=(peer,))
        dripping.start()
        assert peer.reply().startswith("421 4.4.2")
        assert peer.reply() == ""
        stopped.set()
        dripping.join()
        assert store.discarded.wait(20)
        assert store.kept == []
        peer.close()


@pytest.mark.parametrize("in_data", [True, False])
def test_S37_a_peer_that_falls_silent_is_not_waited_for(store, in_data):
    with a_listener(store, limits=replace(LIMITS, idle_seconds=0.2)) as where:
        peer = Peer(where)
        if in_data:
            peer.begin()
            peer.send(MAIL)
        assert peer.reply().startswith("421 4.4.2")
        assert peer.reply() == ""
        peer.close()


def test_S37_commands_without_a_message_keep_no_place_for_ever(store):
    with a_listener(store, limits=replace(LIMITS, deadline_seconds=0.4)) as where:
        peer = Peer(where)
        peer.say("LHLO peer")
        begun = time.monotonic()
        while (reply := peer.say("NOOP")).startswith("250"):
            assert time.monotonic() - begun < LIMITS.idle_seconds
        assert reply.startswith("421 4.4.2")


def test_S37_a_peer_that_reads_no_reply_keeps_no_place(store, monkeypatch):
    monkeypatch.setattr(lmtp_session, "GOODBYE_SECONDS", 0.1)
    with a_listener(store, limits=replace(LIMITS, connections=1, idle_seconds=0.4)) as where:
        deaf = Peer(where)
        deaf.socket.settimeout(1)
        with suppress(OSError):
            while True:
                deaf.send(b"NOOP\r\n" * 10_000)
        for _ in range(200):
            if Peer(where).greeting.startswith("220"):
                return
            time.sleep(0.05)  # between two looks, not instead of one
        pytest.fail("its place is never free again")


def test_S37_a_command_line_has_a_measure(connect):
    peer = connect()
    peer.send(b"MAIL FROM:<" + b"x" * 300_000)
    assert peer.say("").startswith("500 5.5.2")
    assert peer.in_step()


@pytest.mark.parametrize("step", ["write", "finish", "commit"])
@pytest.mark.parametrize("error", [RuntimeError(SECRET), StoreError(SECRET), OSError(errno.EMFILE, SECRET)])
def test_S38_an_error_of_ours_is_451_for_each_and_its_words_are_for_the_log(connect, store, caplog, step, error):
    store.fails[step] = error
    peer = connect()
    assert peer.hand_over() == ["451 4.3.0 Not kept, an error here; try again later"] * 2
    assert peer.in_step()
    assert SECRET in caplog.text
    store.fails.clear()
    assert [reply[:3] for reply in peer.hand_over()] == ["250", "250"]


def test_S38_an_error_outside_a_message_is_451_too(store):
    def broken(_: str) -> bool:
        raise RuntimeError(SECRET)

    with a_listener(store, accepts=broken) as where:
        peer = Peer(where)
        peer.say("LHLO client.example")
        peer.say("MAIL FROM:<>")
        assert peer.say("RCPT TO:<desk@harbour.example>") == "451 4.3.0 Not kept, an error here; try again later"
        assert peer.in_step()
        peer.close()


HOSTILE = "\x1b[31mred\x07\u202egnp.exe\u2028\x85"


def test_S39_what_a_peer_says_is_one_printable_line_of_the_log(connect, caplog):
    caplog.set_level(logging.DEBUG)
    peer = connect()
    peer.say(f"LHLO {HOSTILE}")
    peer.say(f"{HOSTILE} x")
    peer.say(f'MAIL FROM:<"a\rb{HOSTILE}"@x.example>')
    assert peer.say(f"RCPT TO:<{'y' * 600}{HOSTILE}@elsewhere.example>").startswith("550 5.1.1")
    for n in range(3):
        peer.say(f"RCPT TO:<desk+{n}{HOSTILE}{'z' * 600}@harbour.example>")
    peer.say("DATA")
    peer.send(f"Subject: {HOSTILE}\rbare\r\n.\r\n".encode())
    assert [peer.reply()[:3] for _ in range(3)] == ["250"] * 3
    lines = [record.getMessage() for record in caplog.records if record.name.startswith(("mailproc", "mail.log"))]
    assert any("kept as 1" in line for line in lines)
    assert all(line.isprintable() and len(line) < LOG_LIMIT + 100 for line in lines), lines


@pytest.mark.parametrize(
    ("fails", "wire", "reply"),
    [
        ({}, MAIL, "250 2.0.0"),
        ({}, b"", "250 2.0.0"),
        ({}, b"x" * LIMITS.message_bytes, "552 5.3.4"),
        ({"write": OSError(errno.ENOSPC, "No space left on device")}, MAIL, "452 4.3.1"),
        ({"finish": OSError(errno.EDQUOT, "Quota exceeded")}, MAIL, "452 4.3.1"),
        ({"commit": StoreError("locked")}, MAIL, "451 4.3.0"),
        ({"write": StoreError("read-only")}, MAIL * 9000, "451 4.3.0"),
    ],
)
@pytest.mark.parametrize("recipients", [1, 3])
def test_S41_each_accepted_recipient_gets_exactly_one_reply(connect, store, fails, wire, reply, recipients):
    store.fails.update(fails)
    peer = connect()
    for _ in range(2):
        to = (*(f"desk+{n}@harbour.example" for n in range(recipients)), "nobody@elsewhere.example")
        stuffed = wire + (b"" if wire.endswith(b"\r\n") or not wire else b"\r\n") + b".\r\n"
        assert [each[:9] for each in peer.hand_over(stuffed, to)] == [reply] * recipients
        assert peer.in_step()


def test_the_log_does_not_hold_the_secret_of_the_letter_that_is_answered(connect, caplog):
    caplog.set_level(logging.INFO)
    peer = connect()
    for line in (
        "LHLO peer",
        "MAIL FROM:<a@peer.example>",
        "RCPT TO:<desk+mfrggzdfmztwq2lknnwg23tpoa@harbour.example>",
    ):
        assert peer.say(line).startswith("250")
    assert peer.say("DATA").startswith("354")
    peer.send(MAIL + b".\r\n")
    assert peer.reply().startswith("250")
    assert "for desk+...@harbour.example: kept as 1" in caplog.text
    assert "mfrggzdf" not in caplog.text


def test_S41_a_recipient_named_twice_gets_two_replies_and_stands_once_in_the_envelope(connect, store):
    peer = connect()
    assert len(peer.hand_over(to=(TO[0], TO[0].upper()))) == 2
    assert peer.in_step()
    assert store.kept[0][0].forward_paths == (TO[0],)


# catalogue F20-F29, F50-F58


def test_F21_without_room_no_message_begins(store):
    with a_listener(store, has_room=lambda: False) as where:
        peer = Peer(where)
        peer.say("LHLO client.example")
        assert peer.say("MAIL FROM:<>") == "452 4.3.1 Insufficient system storage; try again later"
        assert peer.say("RCPT TO:<desk@harbour.example>").startswith("503")
        peer.close()


def test_F50_a_peer_that_drops_after_the_dot_leaves_nothing_half_done(connect, store):
    """The connection is reset and no commit has begun: it is called off. One that has begun is not asked any more."""
    store.waits = True
    peer = connect()
    peer.begin()
    peer.send(MAIL + b".\r\n")
    assert store.finished.wait(20)
    peer.reset()
    assert store.discarded.wait(20)
    assert store.futures[0].cancelled()

    begun = Store(waits=True)
    with a_listener(begun) as where:
        peer = Peer(where)
        peer.begin()
        peer.send(MAIL + b".\r\n")
        assert begun.finished.wait(20)
        assert begun.futures[0].set_running_or_notify_cancel()
        peer.reset()
        assert begun.discarded.wait(20)
        begun.futures[0].set_result(7)
        assert begun.futures[0].result() == 7


@pytest.mark.parametrize("refused", ["nobody@elsewhere.example", ""])
@pytest.mark.parametrize("behind", [b"QUIT\r\n", b"RSET\r\nNOOP\r\nQUIT\r\n", b"", b"QUI"])
def test_F99_a_peer_that_closes_its_half_behind_the_dot_is_answered_and_its_mail_is_kept(
    connect, store, refused, behind
):
    """Exim, whenever a recipient was refused: the dot, QUIT and the end of its half in one breath."""
    peer = connect()
    peer.begin(to=(*TO, *filter(None, [refused])))
    peer.half_close(MAIL + b".\r\n" + behind)
    assert [peer.reply() for _ in TO] == ["250 2.0.0 Kept as 1"] * 2
    codes = {b"QUIT": "221 2.0.0", b"RSET": "250 2.0.0", b"NOOP": "250 2.0.0"}
    assert [peer.reply()[:9] for _ in behind.split()] == [codes.get(word, "") for word in behind.split()]
    assert peer.reply() == ""
    assert store.kept == [(Envelope("jo@poole.example", TO), MAIL)]


def test_F99_a_commit_that_takes_its_time_is_waited_for_by_a_peer_that_has_closed_its_half(connect, store):
    store.waits = True
    peer = connect()
    peer.begin()
    peer.half_close(MAIL + b".\r\nQUIT\r\n")
    assert store.finished.wait(20)
    store.futures[0].set_result(7)
    assert [peer.reply() for _ in range(4)] == ["250 2.0.0 Kept as 7"] * 2 + ["221 2.0.0 Bye", ""]


def test_F99_a_whole_conversation_in_one_breath_is_answered(connect, store):
    peer = connect()
    commands = [b"LHLO client.example", b"MAIL FROM:<jo@poole.example>", *(f"RCPT TO:<{to}>".encode() for to in TO)]
    peer.half_close(b"\r\n".join([*commands, b"DATA", MAIL + b".", b"QUIT", b""]))
    codes = [peer.reply()[:9] for _ in range(8)]
    assert codes == ["250-desk.", "250 2.1.0", *["250 2.1.5"] * 2, "354 End w", *["250 2.0.0"] * 2, "221 2.0.0"]
    assert (peer.reply(), len(store.kept)) == ("", 1)


def test_F99_half_a_message_behind_which_nothing_comes_is_not_kept(connect, store):
    peer = connect()
    peer.begin()
    peer.half_close(MAIL)
    assert peer.reply() == ""
    assert store.kept == []


def test_F99_a_peer_that_says_nothing_and_closes_its_half_keeps_no_place(connect):
    peer = connect()
    peer.half_close(b"")
    assert peer.reply() == ""


def test_F50_a_peer_that_drops_in_the_middle_leaves_nothing(connect, store):
    peer = connect()
    peer.begin()
    peer.send(MAIL)
    peer.close()
    assert store.discarded.wait(20)
    assert store.kept == []


def test_F51_a_commit_that_takes_too_long_is_451_for_each(store):
    store.waits = True
    with a_listener(store, limits=replace(LIMITS, idle_seconds=0.3)) as where:
        peer = Peer(where)
        assert peer.hand_over() == ["451 4.3.0 Not kept, an error here; try again later"] * 2
        assert peer.in_step()
        assert store.futures[0].cancelled()
        peer.close()


def test_F53_a_recipient_that_is_not_ours_is_refused_at_once_and_the_others_are_served(connect, store):
    peer = connect()
    replies = peer.begin(to=(TO[0], "nobody@elsewhere.example", TO[1]))
    assert [reply[:9] for reply in replies] == ["250 2.1.5", "550 5.1.1", "250 2.1.5"]
    peer.send(MAIL + b".\r\n")
    assert [peer.reply()[:3] for _ in TO] == ["250", "250"]
    assert peer.in_step()
    assert store.kept == [(Envelope("jo@poole.example", TO), MAIL)]


def test_F58_a_stop_answers_what_is_under_way_and_turns_others_away(store):
    store.waits = True
    stopping, stopped = threading.Event(), threading.Event()
    where: list[str] = []
    ready = threading.Event()

    def serve() -> None:
        with a_listener(store) as place:
            where.append(place)
            ready.set()
            stopping.wait(20)
        stopped.set()

    service = threading.Thread(target=serve)
    service.start()
    assert ready.wait(20)
    busy, half, idle = (Peer(where[0]) for _ in range(3))
    busy.begin()
    busy.send(MAIL + b".\r\n")
    assert store.finished.wait(20)
    half.begin(to=TO[:1])
    half.send(MAIL)
    stopping.set()
    assert idle.reply().startswith("421 4.3.2")
    assert Peer(where[0]).greeting.startswith("421 4.3.2")
    store.finished.clear()
    half.send(b"more\r\n.\r\n")
    assert store.finished.wait(20)
    assert not stopped.is_set()
    for number, future in enumerate(store.futures):
        future.set_result(number)
    assert [busy.reply()[:3] for _ in range(4)] == ["250", "250", "421", ""]
    assert [half.reply()[:3] for _ in range(3)] == ["250", "421", ""]
    assert stopped.wait(20)
    service.join()


def test_F58_a_message_that_does_not_end_is_cut_off_and_nothing_of_it_is_kept(store):
    receiver = Receiver("desk.harbour.example", lambda _: True, lambda: True, store.open)
    with lmtp.serving("127.0.0.1:0", receiver, LIMITS, drain_seconds=0.1) as where:
        peer = Peer(where)
        peer.begin()
        peer.send(MAIL)
    assert peer.reply() == ""
    assert store.discarded.is_set()
    assert store.kept == []


# Places


def test_a_socket_file_is_for_owner_and_group_and_goes_when_the_service_ends(tmp_path, store):
    path = tmp_path / "lmtp"
    with a_listener(store, f"unix:{path}") as where:
        assert where == f"unix:{path}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        assert Peer(where).hand_over() == ["250 2.0.0 Kept as 1"] * 2
        assert lmtp.check(where).level == "ok"
        with pytest.raises(IntakeError, match="something listens there already"), a_listener(store, where):
            pass
    assert not path.exists()


def test_the_socket_file_of_a_service_that_died_is_replaced(tmp_path, store):
    path = tmp_path / "lmtp"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with a_listener(store, f"unix:{path}") as where:
        assert Peer(where).greeting.startswith("220")


def test_a_place_where_nobody_can_listen_is_told_with_its_cure(tmp_path, store):
    (tmp_path / "file").write_text("words")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        places = {
            f"127.0.0.1:{taken.getsockname()[1]}": "another `mailproc run`",
            "192.0.2.1:8024": "this machine has no such address",
            f"unix:{tmp_path}/none/lmtp": "its folder is missing; create it",
            f"unix:{tmp_path}/file": "a file that is no socket",
            f"unix:{tmp_path}/{'x' * 200}": "check the place",
            "no-such-host.invalid:8024": "check the place",
        }
        for place, words in places.items():
            with pytest.raises(IntakeError) as told, a_listener(store, place):
                pass
            assert words in str(told.value)
            assert "\n" not in str(told.value)
            if not place.startswith("127"):
                assert lmtp.check(place) == Finding("trouble", str(told.value))
    assert (tmp_path / "file").read_text() == "words"


def test_a_place_that_is_free_is_fine_and_stays_free(tmp_path):
    assert lmtp.check(f"unix:{tmp_path}/lmtp") == Finding(
        "ok",
        f"LMTP at unix:{tmp_path}/lmtp: free, `mailproc run` will listen there",
    )
    assert list(Path(tmp_path).iterdir()) == []
