"""A mail server that stalls, drips, never stops talking, lies or hangs up at each step: a script on a plain socket."""

from __future__ import annotations

import os
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.delivery import connection, smtp
from mailproc.delivery.smtp import Server

LETTER = b"From: desk@harbour.example\r\nSubject: A-12\r\n\r\nDear Jo,\r\n.\r\n..and so on\r\n"
FROM, TO = "desk+b-abc@harbour.example", "jo@poole.example"
STEPS = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot")
REPLIES = {"greeting": b"220 hi\r\n", "EHLO": b"250-hi\r\n250 SIZE 99999999\r\n", "DATA": b"354 go\r\n"}
Deed = Callable[[socket.socket], None]


def silent(peer: socket.socket) -> None:
    """Says nothing more and waits until the other hangs up."""
    while peer.recv(4096):
        pass


def dripping(peer: socket.socket) -> None:
    """One octet at a time, a reply that never ends."""
    never = threading.Event()
    while not never.wait(0.02):
        peer.sendall(b"2")


def endless(peer: socket.socket) -> None:
    """A reply of lines without end."""
    while True:
        peer.sendall(b"250-more\r\n" * 1000)


def one_line(peer: socket.socket) -> None:
    """A line without end."""
    while True:
        peer.sendall(b"2" * 10_000)


def resetting(peer: socket.socket) -> None:
    """The connection is gone at once."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(peer.detach())  # `close` would wait for the file that reads from it


class Script:
    """A server of one connection after the other: `deed` happens at step `at`, the usual reply everywhere else."""

    def __init__(self, at: str = "", deed: Deed = silent, replies: dict[str, bytes] | None = None) -> None:
        self.at, self.deed = at, deed
        self.replies = {**REPLIES, **(replies or {})}
        self.letters: list[bytes] = []
        self.commands: list[bytes] = []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def server(self, tls: str = "none") -> Server:
        port = self.listening.getsockname()[1]
        return Server("127.0.0.1", port, tls, hello="desk.harbour.example", silence_seconds=0.3)

    def close(self) -> None:
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self.listening.accept()
            except OSError:
                return
            with suppress(OSError, ValueError), peer:
                self._talk(peer)

    def _talk(self, peer: socket.socket) -> None:
        lines = peer.makefile("rb")
        self._say(peer, "greeting")
        for line in lines:
            self.commands.append(line)
            verb = line[:4].decode().upper().strip()
            self._say(peer, verb)
            if verb == "DATA":
                letter = self._letter(lines)
                if letter is None:
                    return
                self.letters.append(letter)
                self._say(peer, "dot")

    def _letter(self, lines: Iterator[bytes]) -> bytes | None:
        """What came up to the final dot; None where that never came."""
        letter = []
        for line in lines:
            if line == b".\r\n":
                return b"".join(letter)
            letter.append(line)
        return None

    def _say(self, peer: socket.socket, step: str) -> None:
        if step == self.at:
            self.deed(peer)
        peer.sendall(self.replies.get(step, b"250 fine\r\n"))


@pytest.fixture
def play() -> Iterator[Callable[..., Script]]:
    started: list[Script] = []

    def start(*words: object, **more: object) -> Script:
        started.append(Script(*words, **more))
        return started[-1]

    yield start
    for script in started:
        script.close()


@pytest.fixture(autouse=True)
def _hurried(monkeypatch) -> None:
    """Minutes are tenths of seconds here."""
    for name in ("COMMAND_SECONDS", "BLOCK_SECONDS", "CONNECT_SECONDS"):
        monkeypatch.setattr(connection, name, 0.6)
    for name in ("COMMAND_SECONDS", "DOT_SECONDS", "LETTER_SECONDS", "CONNECT_SECONDS"):
        monkeypatch.setattr(smtp, name, 0.6)


def send(script: Script, tls: str = "none") -> tuple[str, str]:
    with smtp.Session(script.server(tls)) as session:
        receipt = session.send(FROM, TO, LETTER)
    return receipt.outcome, receipt.reply


def test_the_script_itself_takes_a_letter(play):
    script = play()
    assert send(script) == ("sent", "250 fine")
    assert script.letters == [LETTER.replace(b"\r\n.", b"\r\n..")]


@pytest.mark.parametrize("deed", [silent, dripping, endless, one_line, resetting])
@pytest.mark.parametrize("step", STEPS)
def test_F64_F66_a_server_that_will_not_end_its_reply_is_left_and_only_after_the_dot_is_it_ambiguous(play, step, deed):
    outcome, reply = send(play(step, deed))
    assert outcome == ("ambiguous" if step == "dot" else "transient")
    assert reply.isprintable()
    assert len(reply) <= smtp.MAX_REPLY


def test_F66_a_reply_of_many_lines_is_cut_at_64_kib(play):
    outcome, reply = send(play("MAIL", endless))
    assert outcome == "transient"
    assert "a reply of more than 65536 octets" in reply


def test_F66_what_a_server_says_is_kept_short_and_without_anything_that_a_terminal_obeys(play):
    rude = b"550-5.7.1 \xff\xfe\x1b[2J\x00\r\n550 " + "Grüße \u202e".encode() + b"x" * 4000 + b"\r\n"
    outcome, reply = send(play(replies={"RCPT": rude}))
    assert outcome == "permanent"
    assert reply.startswith("550 5.7.1 \\xff\\xfe\\x1b[2J")
    assert (reply.isprintable(), len(reply)) == (True, smtp.MAX_REPLY)


def test_F65_a_connection_that_breaks_after_the_yes_does_not_unsend_the_letter(play):
    def yes_and_gone(peer: socket.socket) -> None:
        peer.sendall(b"250 2.0.0 kept as 7\r\n")
        resetting(peer)

    assert send(play("dot", yes_and_gone)) == ("sent", "250 2.0.0 kept as 7")


def test_F64_a_server_that_reads_slower_than_time_allows_gets_no_final_dot(play, monkeypatch):
    monkeypatch.setattr(connection, "BLOCK_OCTETS", 1 << 20)

    def deaf(peer: socket.socket) -> None:
        peer.sendall(b"354 go\r\n")
        threading.Event().wait(2)
        resetting(peer)

    script = play("DATA", deaf)
    with smtp.Session(script.server()) as session:
        receipt = session.send(FROM, TO, LETTER + (b"x" * 70 + b"\r\n") * 300_000)
    assert (receipt.outcome, script.letters) == ("transient", [])


@pytest.mark.parametrize("offer", [b"250 hi\r\n", b"250-hi\r\n250 SIZE 9\r\n"])
def test_F67_without_starttls_nothing_but_a_greeting_is_said(play, offer):
    script = play(replies={"EHLO": offer})
    outcome, reply = send(script, "starttls")
    assert outcome == "transient"
    assert "STARTTLS extension not supported" in reply
    assert {command[:4] for command in script.commands} <= {b"ehlo", b"QUIT", b"quit"}


@pytest.mark.parametrize("answer", [b"454 not now\r\n", b"501 no\r\n", b"250 fine\r\n"])
def test_F67_a_refused_starttls_ends_it(play, answer):
    script = play(replies={"EHLO": b"250-hi\r\n250 STARTTLS\r\n", "STAR": answer})
    assert send(script, "starttls")[0] == "transient"
    assert not any(command[:4] == b"MAIL" for command in script.commands)


def test_F67_replies_slipped_in_before_tls_are_never_read_as_the_servers(play, monkeypatch, certificate):
    """What stands behind "220 go ahead" in the clear is a stranger's; after TLS we greet anew (RFC 3207 §4.2, §6)."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setattr(connection, "COMMAND_SECONDS", 5)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    inside: list[bytes] = []

    def upgraded(peer: socket.socket) -> None:
        peer.sendall(b"220 go ahead\r\n250-injected\r\n250 AUTH PLAIN\r\n235 you are in\r\n250 MAIL\r\n")
        with context.wrap_socket(peer, server_side=True) as tls:
            for line in tls.makefile("rb"):
                inside.append(line)
                tls.sendall(b"550 5.7.1 no\r\n" if line.startswith(b"MAIL") else b"250 within\r\n")

    script = play("STAR", upgraded, replies={"EHLO": b"250-hi\r\n250 STARTTLS\r\n"})
    server = Server("localhost", script.server().port, "starttls", hello="desk.harbour.example", silence_seconds=5)
    with smtp.Session(server) as session:
        receipt = session.send(FROM, TO, LETTER)
    assert receipt.outcome in {"permanent", "transient"}, "never the injected yes"
    assert script.letters == []
    if inside:
        assert inside[0].startswith(b"ehlo")
        assert receipt.reply == "550 5.7.1 no"


# S31


@pytest.fixture(scope="module")
def taker() -> Iterator[Script]:
    script = Script()
    yield script
    script.close()


ENDS = st.sampled_from(
    [b"\r\n", b"\n", b"\r", b"\r\n.\r\n", b"\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\n", b"\0", b".", b""]
)
WORDS = st.sampled_from([b"MAIL FROM:<x@y.example>", b"DATA", b"hello", b".", b"..", b"\xff", b"QUIT", b"x" * 999])


@given(st.lists(st.tuples(WORDS, ENDS), max_size=8))
@settings(deadline=None, max_examples=60)
def test_S31_whatever_a_letter_holds_the_server_reads_one_letter_with_its_octets_or_none(taker, pieces):
    body = b"".join(word + end for word, end in pieces)
    octets = b"Subject: A-12\r\n\r\n" + body
    before = len(taker.letters)
    replies = {"EHLO": b"250-hi\r\n250 8BITMIME\r\n"}
    taker.replies.update(replies)
    with smtp.Session(taker.server()) as session:
        receipt = session.send(FROM, TO, octets)
    arrived = [
        b"".join(line.removeprefix(b".") for line in each.splitlines(keepends=True)) for each in taker.letters[before:]
    ]
    if receipt.outcome == "sent":
        end = b"" if octets.endswith(b"\r\n") else b"\r\n"
        assert arrived == [octets + end]
    else:
        assert (receipt.outcome, arrived) == ("permanent", [])
