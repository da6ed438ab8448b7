"""The desk's letters leave through Postfix, Exim, OpenSMTPD and Sendmail, and what those say of them comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email import message_from_bytes

import pytest
from build import entry_of, letters, octets_of, say
from every_mta import EVERY, Server, Sink, a_sink
from mta import a_free_port
from postfix import comes

from mailproc.desk.carry.deliver import deliver
from mailproc.desk.carry.listen import listening
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work
from mailproc.message.parse import parse
from mailproc.message.report import is_bounce
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.workflow.outgoing import Outgoing

FOUR = ("postfix", "exim", "opensmtpd", "sendmail")
ANA, BEN = "ana@poole.example", "ben@poole.example"


@dataclass(frozen=True)
class Both:
    """A desk that takes mail from a server and sends through it, and the next hop behind it."""

    desk: Desk
    server: Server
    sink: Sink

    def write(self, *to: str) -> list[Outgoing]:
        """Letters to somebody each, tried once; as they stand then."""
        for email in to:
            say(self.desk, f"invite {email} Somebody invited")
        deliver(self.desk)
        return [letters(self.desk, to=email)[-1] for email in to]

    def letter(self, email: str) -> Outgoing:
        return letters(self.desk, to=email)[-1]

    def bounces(self) -> list[int]:
        """Numbers of the mails that came back; each has had its turn."""
        work(self.desk)
        with reading(self.desk.engine) as conn:
            return [row.number for row in rows.every(conn) if row.source.startswith("lmtp:")]


@contextmanager
def between(desk: Desk, name: str, *says: str, **options: str) -> Iterator[Both]:
    """The server before and behind the desk; `says` is what the next hop answers at RCPT, then yes."""
    ours = a_free_port()
    with a_sink(*says) as sink, EVERY[name](ours, {"poole.example": sink.port}, **options) as server:
        lmtp = replace(desk.config.lmtp, listen=f"127.0.0.1:{ours}")
        delivery = replace(desk.config.delivery, transport="smtp", host="127.0.0.1", port=server.port, tls="none")
        there = replace(desk, config=replace(desk.config, lmtp=lmtp, delivery=delivery))
        with listening(there):
            yield Both(there, server, sink)


def fields_of(octets: bytes) -> Mapping[str, str]:
    return {name.lower(): value for name, value in message_from_bytes(octets).items()}


@pytest.mark.cell("sent", *FOUR)
@pytest.mark.parametrize("name", FOUR)
def test_F103_a_letter_leaves_once_as_it_was_written(desk: Desk, name: str):
    """Its reverse-path is the desk's bounce address for it; fields and text arrive as they left."""
    with between(desk, name) as both:
        [letter] = both.write(ANA)
        assert letter.state == "sent"
        comes(lambda: both.sink.mails, "the letter")
        comes(both.server.is_empty, "an empty queue")
        assert deliver(both.desk) == {}
    [(reverse_path, to, octets)] = both.sink.mails
    assert (reverse_path, to) == (desk.bounce_address(letter.id), (ANA,))
    left = octets_of(desk, letter)
    assert octets.partition(b"\r\n\r\n")[2].rstrip() == left.partition(b"\r\n\r\n")[2].rstrip()
    came = fields_of(octets)
    assert {name: came.get(name) for name in fields_of(left)} == fields_of(left)


@pytest.mark.cell("4xx", *FOUR)
@pytest.mark.parametrize("name", FOUR)
def test_F103_a_next_hop_that_puts_off_is_the_servers_to_ask_again(desk: Desk, name: str):
    """The letter is sent for the desk, waits at the server, and arrives once."""
    with between(desk, name, "451 4.7.1 Greylisted") as both:
        [letter] = both.write(ANA)
        assert letter.state == "sent"
        comes(lambda: not both.sink.says, "the refusal")
        assert both.sink.mails == []
        assert deliver(both.desk) == {}
        comes(lambda: both.server.try_again() or both.sink.mails, "the letter")
        comes(both.server.is_empty, "an empty queue")
        assert len(both.sink.mails) == 1
        assert both.bounces() == []


@pytest.mark.cell("4xx", *FOUR)
@pytest.mark.cell("5xx", *FOUR)
@pytest.mark.cell("partial", *FOUR)
@pytest.mark.parametrize("name", FOUR)
def test_F103_what_the_server_itself_says_is_of_that_letter_alone(desk: Desk, name: str):
    """Put off: tried again later. Refused: failed, with its words. The letters before, between and after them leave."""
    to = (ANA, "cy@busy.example", BEN, "di@closed.example", "eve@poole.example")
    with between(desk, name) as both:
        came = dict(zip(to, both.write(*to), strict=True))
        comes(lambda: len(both.sink.mails) == 3, "the others")
    assert [letter.state for letter in came.values()] == ["sent", "deferred", "sent", "failed", "sent"]
    assert came["cy@busy.example"].reason.startswith("45")
    assert "ome later" in came["cy@busy.example"].reason
    assert came["di@closed.example"].reason.startswith("55")


@pytest.mark.cell("dsn", *FOUR)
@pytest.mark.parametrize("name", FOUR)
def test_F103_a_bounce_of_the_server_finds_its_letter(desk: Desk, name: str):
    """The next hop refuses, the server tells the desk by LMTP, and the letter has failed with the next hop's words."""
    with between(desk, name, "550 5.1.1 No such person") as both:
        assert both.write(ANA)[0].state == "sent"
        comes(both.bounces, "the bounce")
        [number] = both.bounces()
        comes(both.server.is_empty, "an empty queue")
        letter, entry = both.letter(ANA), entry_of(both.desk, number)
    assert letter.state == "failed"
    assert "5.1.1" in letter.reason
    assert "No such person" in letter.reason
    assert entry.reason == "letter-bounced"
    octets = (desk.archive / "000/000000.eml").with_name(f"{number:06}.eml").read_bytes()
    assert is_bounce(parse(octets)[0]) is not None
    assert parse(octets)[0].statuses[0].status == "5.1.1"


@pytest.mark.cell("dsn", "opensmtpd")
def test_F103_a_letter_that_opensmtpd_gives_up_has_failed(desk: Desk):
    """Its own report calls that "delayed", and says that nobody need send again; its text says "Envelope expired"."""
    with between(desk, "opensmtpd", *["451 4.7.1 Come later"] * 1000, lifetime="1s") as both:
        assert both.write(ANA)[0].state == "sent"
        comes(lambda: both.server.try_again() or both.bounces(), "the bounce, when its time is over")
        letter = both.letter(ANA)
    assert (letter.state, letter.reason) == ("failed", "bounced: 4.4.7 Envelope expired")
