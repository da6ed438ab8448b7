"""Postfix, Exim, OpenSMTPD and Sendmail, each by its recipe of docs/servers.md, hand mail to the desk by LMTP."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes

import pytest
from build import JO, a_mail, letters
from every_mta import EVERY, Sink, a_sink, everything, taking_mail
from mta import a_free_port
from postfix import comes

from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work
from mailproc.store.octets import archive
from mailproc.workflow.received import Received

FOUR = ("postfix", "exim", "opensmtpd", "sendmail")
THREE = ("postfix", "exim", "sendmail")
ARTICLES, DESK, NOBODY = "articles@harbour.example", "desk+x@harbour.example", "nobody@harbour.example"
IN_VAIN = ("refused", "mail.lmtp: connect")  # how they say that nobody listens


def octets_of(desk: Desk, row: Received) -> bytes:
    return archive.message_path(desk.archive, row.number).read_bytes()


def body_of(desk: Desk, row: Received) -> bytes:
    return octets_of(desk, row).partition(b"\r\n\r\n")[2]


def dsns(sink: Sink) -> list[str]:
    """The bounces that Jo got."""
    return [octets.decode("utf-8", "replace") for octets in sink.of(JO)]


@pytest.mark.cell("ordinary", *FOUR)
@pytest.mark.parametrize("name", FOUR)
def test_F103_an_ordinary_mail_comes_with_its_envelope(desk: Desk, name: str):
    """From whom it came, for which subaddress, and its text as it was written."""
    ours = a_free_port()
    with a_sink() as sink, taking_mail(desk, ours), EVERY[name](ours, {"poole.example": sink.port}) as server:
        server.send(a_mail("From dusk\n.on\n\nThe tram.\n", to=DESK), JO, DESK)
        comes(lambda: everything(desk), "the mail")
        comes(server.is_empty, "an empty queue")
    [row] = everything(desk)
    assert (row.envelope.reverse_path, row.envelope.forward_paths) == (JO, (DESK,))
    mail = message_from_bytes(octets_of(desk, row))
    assert mail["Return-Path"] == f"<{JO}>"
    assert mail.get_payload() == "From dusk\r\n.on\r\n\r\nThe tram.\r\n"
    assert sink.mails == []


@pytest.mark.cell("unknown-recipient", *THREE)
@pytest.mark.parametrize("name", THREE)
def test_F103_one_unknown_recipient_costs_the_others_nothing(desk: Desk, name: str):
    """They are kept once, and the sender gets the server's bounce with our code."""
    ours = a_free_port()
    with a_sink() as sink, taking_mail(desk, ours), EVERY[name](ours, {"poole.example": sink.port}) as server:
        server.send(a_mail(), JO, ARTICLES, NOBODY, DESK)
        comes(lambda: dsns(sink), "the bounce")
        comes(server.is_empty, "an empty queue")
    [row] = everything(desk)
    assert set(row.envelope.forward_paths) == {ARTICLES, DESK}
    [dsn] = dsns(sink)
    assert "Status: 5.1.1" in dsn or "Status: 5.0.0" in dsn
    assert "550 5.1.1 No such address here" in dsn
    assert NOBODY in dsn


GIVEN_UP = {
    "old@harbour.example: Envelope expired",
    "Action: delayed",
    "Status: 4.4.7",
}  # its last word, and so it reads


@pytest.mark.cell("unknown-recipient", "opensmtpd")
def test_F103_opensmtpd_tries_a_refused_recipient_until_its_time_is_over(desk: Desk):
    """Its `lmtp` action knows no permanent refusal; whoever is not in its table it refuses at its own door."""
    ours, also = a_free_port(), ("old@harbour.example",)  # its table names an address that the desk no longer has
    with a_sink() as sink, taking_mail(desk, ours):
        with EVERY["opensmtpd"](ours, {"poole.example": sink.port}, also=also) as server:
            assert server.send(a_mail(), JO, ARTICLES, NOBODY, *also, DESK)[NOBODY][0] == 524
            comes(lambda: len(everything(desk)) == 2, "the others")
            comes(lambda: "550 5.1.1 No such address here" in server.log(), "the refusal")
            server.try_again()
            comes(lambda: server.log().count("550 5.1.1 No such address here") > 1, "another try")
            assert not server.is_empty()
            assert not dsns(sink)
        with EVERY["opensmtpd"](ours, {"poole.example": sink.port}, lifetime="1s", also=also) as server:
            server.send(a_mail(), JO, *also)
            comes(lambda: server.try_again() or dsns(sink), "the bounce, when its time is over")
    assert [row.envelope.forward_paths for row in everything(desk)] in ([(ARTICLES,), (DESK,)], [(DESK,), (ARTICLES,)])
    assert set(dsns(sink)[0].splitlines()) >= GIVEN_UP


@pytest.mark.cell("desk-down", *FOUR)
@pytest.mark.parametrize("name", FOUR)
def test_F103_mail_waits_while_the_desk_is_down(desk: Desk, name: str):
    """In the server's queue; it comes once, when the desk is there again, and nobody was told anything."""
    ours = a_free_port()
    with a_sink() as sink, EVERY[name](ours, {"poole.example": sink.port}) as server:
        server.send(a_mail(), JO, ARTICLES)
        comes(lambda: any(words in server.log() + server.queue() for words in IN_VAIN), "a try in vain")
        assert not server.is_empty()
        with taking_mail(desk, ours):
            comes(lambda: server.try_again() or server.is_empty(), "an empty queue")
    assert len(everything(desk)) == 1
    assert sink.mails == []


@dataclass
class Tap:
    """A line between the server and the desk; what was held back behind the final dot tells who closes its half."""

    port: int
    closed_half: bool = False
    messages: int = 0  # final dots that came by


@contextmanager
def a_tap(desk_port: int) -> Iterator[Tap]:
    with socket.create_server(("127.0.0.1", 0)) as listening_socket:
        tap = Tap(listening_socket.getsockname()[1])
        threading.Thread(target=_taps, args=(listening_socket, desk_port, tap), daemon=True).start()
        yield tap


def _taps(listening_socket: socket.socket, desk_port: int, tap: Tap) -> None:
    with suppress(OSError):
        while True:
            server, _ = listening_socket.accept()
            threading.Thread(target=_carry, args=(server, desk_port, tap), daemon=True).start()


def _carry(server: socket.socket, desk_port: int, tap: Tap) -> None:
    with server, socket.create_connection(("127.0.0.1", desk_port)) as ours, suppress(OSError):
        back = threading.Thread(target=_pump, args=(ours, server), daemon=True)
        back.start()
        tail = b""
        while octets := server.recv(65536):
            tail = (tail + octets)[-7:]
            if b"\r\n.\r\n" in tail + octets:
                octets += _behind_the_dot(server, tap)
            ours.sendall(octets)
        ours.shutdown(socket.SHUT_WR)
        back.join()


def _behind_the_dot(server: socket.socket, tap: Tap) -> bytes:
    """What the server says without having heard a reply, and whether it then closes its half."""
    more = b""
    tap.messages += 1
    server.settimeout(0.5)
    with suppress(TimeoutError):
        while octets := server.recv(65536):
            more += octets
        tap.closed_half = True
    server.settimeout(None)
    return more


def _pump(source: socket.socket, to: socket.socket) -> None:
    with suppress(OSError):
        while octets := source.recv(65536):
            to.sendall(octets)
        to.shutdown(socket.SHUT_WR)


@pytest.mark.cell("half-close", *FOUR)
@pytest.mark.parametrize("name", FOUR)
def test_F99_F103_a_server_that_closes_its_half_has_its_replies(desk: Desk, name: str):
    """Exim does, behind the dot and QUIT, where a recipient was refused: the mail is kept once and not tried again."""
    ours = a_free_port()
    with a_sink() as sink, taking_mail(desk, ours), a_tap(ours) as tap, ExitStack() as stack:
        server = stack.enter_context(EVERY[name](tap.port, {"poole.example": sink.port}))
        server.send(a_mail(), JO, ARTICLES, NOBODY)
        comes(lambda: everything(desk), "the mail")
        comes(server.is_empty, "an empty queue")
    assert (tap.closed_half, tap.messages) == (name == "exim", 1)
    assert len(everything(desk)) == 1


@pytest.mark.cell("too-large", *THREE)
@pytest.mark.parametrize("name", THREE)
def test_F103_a_mail_over_the_limit_comes_back_to_its_sender(open_desks, name: str):
    """With the desk's code, and nothing of it is kept."""
    desk, ours = open_desks(**{"limits.message": "100 kB"}), a_free_port()
    with a_sink() as sink, taking_mail(desk, ours), EVERY[name](ours, {"poole.example": sink.port}) as server:
        server.send(a_mail("Words.\n" * 40_000), JO, ARTICLES)
        comes(lambda: dsns(sink), "the bounce")
        comes(server.is_empty, "an empty queue")
    assert everything(desk) == []
    assert "Status: 5.3.4" in dsns(sink)[0] or "552 5.3.4 Message too large" in dsns(sink)[0]


@pytest.mark.cell("too-large", "opensmtpd")
def test_F103_opensmtpd_tries_a_mail_over_the_limit_until_its_time_is_over(open_desks):
    desk, ours = open_desks(**{"limits.message": "100 kB"}), a_free_port()
    with a_sink() as sink, taking_mail(desk, ours):
        with EVERY["opensmtpd"](ours, {"poole.example": sink.port}) as server:
            server.send(a_mail("Words.\n" * 40_000), JO, ARTICLES)
            comes(lambda: "552 5.3.4 Message too large" in server.log(), "the refusal")
            assert not server.is_empty()
        with EVERY["opensmtpd"](ours, {"poole.example": sink.port}, lifetime="1s") as server:
            server.send(a_mail("Words.\n" * 40_000), JO, ARTICLES)
            comes(lambda: server.try_again() or dsns(sink), "the bounce, when its time is over")
    assert everything(desk) == []
    assert set(dsns(sink)[0].replace(ARTICLES, "old@harbour.example").splitlines()) >= GIVEN_UP


LONG = ("é" * 2000 + " and " + "word " * 1000).encode() + b"\r\n.\r\nFrom here on\r\n" + "Grüße\r\n".encode()


@pytest.mark.cell("long-lines", *FOUR)
@pytest.mark.parametrize("name", FOUR)
def test_F104_long_lines_and_eight_bits_come_as_they_were_written(desk: Desk, name: str):
    """Octet for octet: a server that folds a line, or leaves 8-bit text out, breaks a signature and a word."""
    head = f"From: {JO}\r\nTo: {ARTICLES}\r\nSubject: Long\r\nMIME-Version: 1.0\r\n"
    kind = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    ours = a_free_port()
    with a_sink() as sink, taking_mail(desk, ours), EVERY[name](ours, {"poole.example": sink.port}) as server:
        server.send((head + kind).encode() + LONG, JO, ARTICLES, options=("BODY=8BITMIME",))
        comes(lambda: everything(desk) or sink.mails, "the mail")
    assert sink.mails == []
    [row] = everything(desk)
    assert body_of(desk, row) == LONG


FIELDS = (
    'From: "Poole, Jo" <jo@poole.example>',
    'To: The  Articles Desk <articles@harbour.example>,\r\n "Ana B." <ana@harbour.example>, ben@gangway.example (Ben)',
    "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=  two  blanks\r\n\t and a fold",
    "Date: Sun, 22 Nov 2026 09:00:00 +0000",
    "Message-ID: <odd.1@client.example>",
    "References: <a@client.example>\r\n\t<b@client.example>  <c@client.example>",
    "X-Long:" + " word" * 300,
    "MIME-Version: 1.0",
)


@pytest.mark.cell("fields", *FOUR)
@pytest.mark.parametrize("name", FOUR)
def test_F104_header_fields_come_as_they_were_written(desk: Desk, name: str):
    """Folds and blanks too, which a signature may cover; Sendmail folds a list of recipients anew."""
    ours, written = a_free_port(), "\r\n".join(FIELDS)
    with a_sink() as sink, taking_mail(desk, ours), EVERY[name](ours, {"poole.example": sink.port}) as server:
        server.send(f"{written}\r\n\r\nWords.\r\n".encode(), JO, ARTICLES)
        comes(lambda: everything(desk), "the mail")
    head = octets_of(desk, everything(desk)[0]).partition(b"\r\n\r\n")[0].decode()
    assert (written in head) == (name != "sendmail")
    assert head.endswith(written.replace('\r\n "Ana', '\r\n        "Ana') if name == "sendmail" else written)


ZOE = "zoë@poole.example"


@pytest.mark.cell("smtputf8", *FOUR)
@pytest.mark.parametrize("name", FOUR)
def test_F104_an_address_in_utf8_comes_as_its_server_has_it(desk: Desk, name: str):
    """Postfix alone offers SMTPUTF8, as Debian ships them. From a client that uses it all the same OpenSMTPD takes
    nothing, and the others hand the address on as it is."""
    ours, mail = a_free_port(), a_mail(sender=JO).replace(f"From: {JO}".encode(), f"From: Zoë <{ZOE}>".encode())
    with a_sink() as sink, taking_mail(desk, ours), EVERY[name](ours, {"poole.example": sink.port}) as server:
        with smtplib.SMTP("127.0.0.1", server.port) as smtp:
            smtp.ehlo()
            assert smtp.has_extn("smtputf8") == (name == "postfix")
            smtp.command_encoding = "utf-8"
            options = ("SMTPUTF8", "BODY=8BITMIME") if name == "postfix" else ("BODY=8BITMIME",)
            with suppress(smtplib.SMTPSenderRefused):
                smtp.sendmail(ZOE, [ARTICLES], mail, options)
        comes(lambda: bool(everything(desk)) == (name != "opensmtpd"), "the mail, if it was taken")
        comes(server.is_empty, "an empty queue")
    assert [row.envelope.reverse_path for row in everything(desk)] == [ZOE] * (name != "opensmtpd")


@pytest.mark.cell("ordinary", "opensmtpd")
def test_F103_a_mail_that_comes_once_for_each_recipient_has_one_effect(desk: Desk):
    """OpenSMTPD hands a mail to two addresses of the desk over twice."""
    ours = a_free_port()
    with a_sink() as sink, taking_mail(desk, ours), EVERY["opensmtpd"](ours, {"poole.example": sink.port}) as server:
        server.send(a_mail(), JO, ARTICLES, "desk@harbour.example")
        comes(lambda: len(everything(desk)) == 2, "both")
        comes(server.is_empty, "an empty queue")
    work(desk)
    assert len({ref for row in everything(desk) for ref in row.refs}) == 1
    assert len(letters(desk)) == 1
