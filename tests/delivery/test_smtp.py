"""Letters to a real SMTP server on loopback (aiosmtpd), whose replies each test writes."""
# ruff: noqa: ARG002  # aiosmtpd finds its hooks by name and gives each the same arguments

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mailproc.delivery import smtp
from mailproc.delivery.smtp import Server, check
from mailproc.finding import Finding

LETTER = b"From: desk@harbour.example\r\nSubject: A-12\r\n\r\nDear Jo,\r\n.\r\n..and so on\r\n"
FROM, TO = "desk+b-abc@harbour.example", "jo@poole.example"
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # on loopback it may

Sent = tuple[str | None, list[str], bytes | None]


class Desk:
    """What the server says at each step ("" yes, "drop" hangs up), and what it was sent."""

    def __init__(self, **says: list[str]) -> None:
        self.says = says
        self.sent: list[Sent] = []
        self.connections = 0
        self.options: list[list[str]] = []

    def reply(self, step: str, server: SMTP, otherwise: str) -> str:
        words = self.says.get(step, [])
        said = words.pop(0) if words else ""
        if said == "drop":
            assert server.transport is not None
            server.transport.abort()
            return "421 dropped"
        return said or otherwise

    async def handle_EHLO(
        self, server: SMTP, session: Session, _envelope: Envelope, name: str, replies: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = name
        return replies

    async def handle_MAIL(
        self, server: SMTP, _session: Session, envelope: Envelope, path: str, options: list[str]
    ) -> str:
        said = self.reply("mail", server, "250 fine")
        if said.startswith("250"):
            envelope.mail_from = path
            self.options.append(options)
        return said

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, path: str, _options: list[str]
    ) -> str:
        said = self.reply("rcpt", server, "250 fine")
        if said.startswith("250"):
            envelope.rcpt_tos.append(path)
        return said

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.sent.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
        return self.reply("dot", server, "250 2.0.0 kept as 7")


class Sink(SMTP):
    """An SMTP server that may also refuse the DATA command itself."""

    async def smtp_DATA(self, arg: str) -> None:
        said = self.event_handler.reply("data", self, "")
        if said:
            await self.push(said)
            self._set_post_data_state()
        else:
            await super().smtp_DATA(arg)


class Listening(Controller):
    """A Sink on a port of 127.0.0.1 that was free a moment ago."""

    def factory(self) -> SMTP:
        return Sink(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        """Say hello once; its own way of doing so refuses a server's TLS context."""
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection((self.hostname, self.port), timeout=5) as plain:
            (client.wrap_socket(plain) if self.ssl_context else plain).recv(1024)


@pytest.fixture
def listen() -> Iterator[Callable[..., Server]]:
    """Start a server with the given replies; gives the Server to send to."""
    running: list[Controller] = []

    def start(desk: Desk, *, tls: str = "none", host: str = "127.0.0.1", **kwargs: object) -> Server:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        controller = Listening(desk, hostname="127.0.0.1", port=port, **kwargs)
        controller.start()
        running.append(controller)
        return Server(host, port, tls, hello="desk.harbour.example")

    yield start
    for controller in running:
        controller.stop()


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def send(server: Server, octets: bytes = LETTER, reverse_path: str = FROM, forward_path: str = TO) -> tuple[str, str]:
    with smtp.Session(server) as session:
        receipt = session.send(reverse_path, forward_path, octets)
    return receipt.outcome, receipt.reply


def test_a_letter_arrives_octet_for_octet_dots_and_all(listen):
    desk = Desk()
    assert send(listen(desk)) == ("sent", "250 2.0.0 kept as 7")
    assert desk.sent == [(FROM, [TO], LETTER)]


def test_the_null_reverse_path_is_sent_as_such(listen):
    desk = Desk()
    assert send(listen(desk), reverse_path="")[0] == "sent"
    assert desk.sent[0][0] in ("", "<>", None)


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "dot"])
@pytest.mark.parametrize(("code", "outcome"), [("451 4.7.1 try later", "transient"), ("550 5.1.1 nobody", "permanent")])
def test_f61_f62_a_refusal_at_any_step_says_whether_to_try_again(listen, step: str, code: str, outcome: str):
    assert send(listen(Desk(**{step: [code]}))) == (outcome, code)


def test_f61_a_greylisted_letter_arrives_the_second_time(listen):
    desk = Desk(rcpt=["451 4.7.1 greylisted"])
    server = listen(desk)
    assert send(server)[0] == "transient"
    assert send(server)[0] == "sent"
    assert len(desk.sent) == 1


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_a_connection_lost_before_the_final_dot_is_transient(listen, step: str):
    desk = Desk(**{step: ["drop"]})
    assert send(listen(desk))[0] == "transient"
    assert desk.sent == []


def test_f11_a_connection_lost_after_the_final_dot_is_ambiguous(listen):
    desk = Desk(dot=["drop"])
    outcome, reply = send(listen(desk))
    assert outcome == "ambiguous"
    assert reply.startswith("no reply to the final dot")
    assert len(desk.sent) == 1


def test_a_reply_to_the_dot_that_is_no_smtp_is_ambiguous(listen):
    assert send(listen(Desk(dot=["hello there"])))[0] == "ambiguous"


def test_many_letters_share_one_connection_and_a_refused_one_does_not_spoil_it(listen):
    desk = Desk(rcpt=["", "550 5.1.1 nobody", ""])
    with smtp.Session(listen(desk)) as session:
        outcomes = [session.send(FROM, TO, LETTER).outcome for _ in range(4)]
    assert outcomes == ["sent", "permanent", "sent", "sent"]
    assert desk.connections == 1


def test_a_connection_that_broke_is_made_again_for_the_next_letter(listen):
    desk = Desk(dot=["", "drop", ""])
    with smtp.Session(listen(desk)) as session:
        outcomes = [session.send(FROM, TO, LETTER).outcome for _ in range(3)]
    assert outcomes == ["sent", "ambiguous", "sent"]
    assert desk.connections == 2


@pytest.mark.parametrize("word", ["drop", "421 4.4.2 idle too long"])
def test_an_idle_connection_that_the_server_closed_costs_the_letter_nothing(listen, word: str):
    desk = Desk(mail=["", word, ""])
    with smtp.Session(listen(desk)) as session:
        outcomes = [session.send(FROM, TO, LETTER).outcome for _ in range(2)]
    assert outcomes == ["sent", "sent"]
    assert desk.connections == 2


def test_f60_a_refused_connection_leaves_every_letter_transient_with_the_cure():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with smtp.Session(Server("127.0.0.1", port, "none")) as session:
        receipts = [session.send(FROM, TO, LETTER) for _ in range(2)]
    line = "no connection: Connection refused; check delivery.host and delivery.port, and that the server runs"
    assert [(receipt.outcome, receipt.reply) for receipt in receipts] == [
        ("transient", f"SMTP server 127.0.0.1:{port}: {line}")
    ] * 2
    assert check(Server("127.0.0.1", port, "none"))[0].level == "trouble"


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_letters_travel_under_a_trusted_certificate(listen, certificate: Path, monkeypatch, tls: str):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = server_context(certificate)
    desk = Desk()
    kwargs = {"ssl_context": context} if tls == "implicit" else {"tls_context": context, "require_starttls": True}
    server = listen(desk, tls=tls, host="localhost", **kwargs)
    assert send(server)[0] == "sent"
    assert check(server) == (Finding("ok", f"{server}: answers"),)


def test_an_untrusted_certificate_is_transient_and_nothing_leaves(listen, certificate: Path):
    desk = Desk()
    server = listen(desk, tls="starttls", host="localhost", tls_context=server_context(certificate))
    outcome, reply = send(server)
    assert outcome == "transient"
    assert "certificate not trusted: self-signed certificate; use the name that stands in its certificate" in reply
    assert desk.sent == []


def test_f67_a_server_without_starttls_gets_no_letter_in_the_clear(listen):
    desk = Desk()
    outcome, reply = send(listen(desk, tls="starttls"))
    assert outcome == "transient"
    assert "check delivery.tls" in reply
    assert desk.sent == []


def test_a_password_never_travels_in_the_clear():
    asked: list[str] = []
    server = Server("smtp.harbour.example", 25, "none", "desk", lambda: asked.append("") or "secret")
    outcome, reply = send(server)
    assert outcome == "transient"
    assert "in the clear" in reply
    assert asked == []


@pytest.mark.parametrize(("password", "outcome"), [("sécret", "sent"), ("wrong", "transient")])
def test_the_login_takes_any_password_and_a_wrong_one_keeps_the_letter(listen, password: str, outcome: str):
    def judge(
        _server: object, _session: object, _envelope: object, _mechanism: object, data: LoginPassword
    ) -> AuthResult:
        return AuthResult(handled=False, success=data.password == "sécret".encode())

    desk = Desk()
    base = listen(desk, authenticator=judge, auth_required=True, auth_require_tls=False)
    server = Server(base.host, base.port, "none", "desk", partial(str, password), base.hello)
    found, reply = send(server)
    assert found == outcome
    assert len(desk.sent) == (outcome == "sent")
    assert outcome == "sent" or "check delivery.user and its password" in reply
    assert "wrong" not in reply
    assert "wrong" not in repr(server)


def test_f60_a_refused_login_is_not_tried_again_for_each_letter(listen):
    asked: list[str] = []
    base = listen(
        Desk(),
        authenticator=lambda *_: AuthResult(handled=False, success=False),
        auth_required=True,
        auth_require_tls=False,
    )
    with smtp.Session(
        Server(base.host, base.port, "none", "desk", lambda: asked.append("") or "x", base.hello)
    ) as session:
        outcomes = [session.send(FROM, TO, LETTER).outcome for _ in range(3)]
    assert outcomes == ["transient"] * 3
    assert len(asked) == 1


def test_a_server_that_wants_a_login_we_do_not_have_keeps_the_letter(listen):
    base = listen(
        Desk(), authenticator=lambda *_: AuthResult(success=False), auth_required=True, auth_require_tls=False
    )
    outcome, reply = send(base)
    assert outcome == "transient"
    assert "set delivery.user" in reply


@pytest.mark.parametrize("bad", [b"a\r.\r\n", b"a\n", b"a\r\n.\n", b"\0\r\n", b"x" * 999 + b"\r\n"])
def test_s31_octets_that_another_server_could_read_as_two_letters_do_not_leave(listen, bad: bytes):
    desk = Desk()
    assert send(listen(desk), LETTER + bad)[0] == "permanent"
    assert desk.connections == 0


def test_a_line_of_998_octets_leaves(listen):
    desk = Desk()
    assert send(listen(desk), LETTER + b"x" * 998 + b"\r\n")[0] == "sent"


@pytest.mark.parametrize("path", ["", "jo", "jo@poole.example>\r\nRCPT TO:<v@x.example", "a b@poole.example"])
def test_s31_an_address_that_is_none_never_reaches_the_server(listen, path: str):
    desk = Desk()
    assert send(listen(desk), forward_path=path)[0] == "permanent"
    assert desk.connections == 0


def test_8bitmime_and_smtputf8_are_declared_only_when_used(listen):
    desk = Desk()
    server = listen(desk, enable_SMTPUTF8=True)
    send(server)
    send(server, LETTER + "Grüße\r\n".encode())
    send(server, forward_path="jö@poole.example")
    declared = [[option for option in options if not option.startswith("SIZE")] for options in desk.options]
    assert declared == [[], ["BODY=8BITMIME"], ["SMTPUTF8"]]
    assert desk.sent[2][1] == ["jö@poole.example"]


def test_a_server_without_smtputf8_refuses_such_an_address_with_a_reason(listen):
    outcome, reply = send(listen(Desk(), enable_SMTPUTF8=False), forward_path="jö@poole.example")
    assert outcome == "permanent"
    assert "SMTPUTF8" in reply


def test_whether_a_server_takes_such_an_address_is_asked_without_a_letter(listen):
    assert smtp.lacks_smtputf8(listen(Desk(), enable_SMTPUTF8=True)) == ""
    assert "offers no SMTPUTF8" in smtp.lacks_smtputf8(listen(Desk(), enable_SMTPUTF8=False))


def test_f66_a_long_reply_with_control_characters_is_cut_and_escaped(listen):
    outcome, reply = send(listen(Desk(rcpt=["550 no\x1b[31m\u202e" + "x" * 600])))
    assert outcome == "permanent"
    assert len(reply) == 500
    assert reply.isprintable()
    assert "\\x1b" in reply
