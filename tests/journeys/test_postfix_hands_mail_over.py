"""A real Postfix before and behind the desk: it hands mail over, keeps it while we are down, sends our letters."""

from __future__ import annotations

import grp
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from itertools import count
from pathlib import Path

import pytest
from build import a_mail, letters
from dovecot import Dovecot
from postfix import a_postfix, comes

from mailproc.desk.carry.deliver import deliver
from mailproc.desk.carry.listen import listening
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.workflow.received import Received

_users = count(1)


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the desk listens: a port, or a socket in a folder whose group is Postfix's."""
    if request.param == "port":
        with socket.create_server(("127.0.0.1", 0)) as free:
            where = f"127.0.0.1:{free.getsockname()[1]}"
        yield where
        return
    with tempfile.TemporaryDirectory(prefix="lmtp-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        inside = folder / "private"
        inside.mkdir()
        try:
            group = grp.getgrnam("postfix").gr_gid
        except KeyError:
            pytest.skip("there is no group postfix")
        os.chown(inside, -1, group)
        inside.chmod(0o2750)  # set-group-ID: the socket, mode 0660, is the group's
        yield f"unix:{inside}/lmtp"


both_places = pytest.mark.parametrize("place", ["port", "socket"], indirect=True)


def nexthop(place: str) -> str:
    return f"lmtp:{place}" if place.startswith("unix:") else f"lmtp:inet:{place}"


@contextmanager
def taking_mail(desk: Desk, place: str) -> Iterator[None]:
    config = replace(desk.config, lmtp=replace(desk.config.lmtp, listen=place))
    with listening(replace(desk, config=config)):
        yield


def everything(desk: Desk) -> list[Received]:
    with reading(desk.engine) as conn:
        return rows.every(conn)


def somebody() -> str:
    """An address whose mailbox nobody used before."""
    return f"jo{next(_users)}@poole.example"


def inbox(dovecot: Dovecot, email: str) -> list[Message]:
    return [message_from_bytes(octets) for octets in dovecot.mailbox(email.partition("@")[0])]


@both_places
def test_F53_S41_several_recipients_one_of_them_unknown(desk: Desk, dovecot: Dovecot, place: str):
    """The known ones get the mail once, the sender a bounce of Postfix's with our words."""
    jo = somebody()
    mail = a_mail(sender=f"Jo Poole <{jo}>", to="articles@harbour.example, nobody@harbour.example")
    routes = {"harbour.example": nexthop(place), "poole.example": f"lmtp:inet:127.0.0.1:{dovecot.lmtp_port}"}
    with a_postfix(routes) as postfix, taking_mail(desk, place):
        to = ("articles@harbour.example", "nobody@harbour.example", "desk+x@harbour.example")
        postfix.send(mail, jo, *to)
        comes(lambda: inbox(dovecot, jo), "the bounce")
        comes(postfix.is_empty, "an empty queue")
        log = postfix.log()
    [row] = everything(desk)
    assert (row.envelope.reverse_path, set(row.envelope.forward_paths)) == (jo, {to[0], to[2]})
    assert log.count("status=sent (250 2.0.0 Kept as 1)") == 2
    [bounce] = inbox(dovecot, jo)
    assert bounce.get_content_type() == "multipart/report"
    assert "550 5.1.1 No such address here" in bounce.as_string()
    assert "nobody@harbour.example" in bounce.as_string()


@both_places
def test_mail_that_comes_while_we_are_down_waits_at_postfix_and_arrives_once(desk: Desk, place: str):
    mails = [a_mail(subject=f"While you were out {n}") for n in range(5)]
    with a_postfix({"harbour.example": nexthop(place)}) as postfix:
        for mail in mails:
            postfix.send(mail, "jo@poole.example", "articles@harbour.example")
        comes(lambda: postfix.log().count("status=deferred") >= len(mails), "five deferrals")
        assert postfix.queue().count("articles@harbour.example") == len(mails)
        assert everything(desk) == []
        with taking_mail(desk, place):
            postfix.try_again()
            comes(postfix.is_empty, "an empty queue")
    assert len(everything(desk)) == len(mails)
    subjects = sorted(work_and_read(desk))
    assert subjects == [f"While you were out {n}" for n in range(5)]


def work_and_read(desk: Desk) -> list[str]:
    work(desk)
    return [row.subject for row in everything(desk)]


@pytest.mark.parametrize("place", ["port"], indirect=True)
def test_the_outbox_goes_through_postfix_into_dovecot_once(desk: Desk, dovecot: Dovecot, place: str):
    """The whole way round: mail in by LMTP, the receipt out by SMTP, into the author's own mailbox."""
    jo = somebody()
    routes = {"harbour.example": nexthop(place), "poole.example": f"lmtp:inet:127.0.0.1:{dovecot.lmtp_port}"}
    with a_postfix(routes) as postfix, taking_mail(desk, place):
        postfix.send(a_mail(sender=jo, authentic=True), jo, "articles@harbour.example")
        comes(lambda: everything(desk), "the mail")
        work(desk)
        delivery = replace(desk.config.delivery, transport="smtp", host="127.0.0.1", port=postfix.port, tls="none")
        sending = replace(desk, config=replace(desk.config, delivery=delivery))
        assert deliver(sending) == {"sent": 1}
        comes(postfix.is_empty, "an empty queue")
        assert deliver(sending) == {}
    [receipt] = inbox(dovecot, jo)
    [letter] = letters(desk)
    assert receipt["Message-ID"] == f"<{letter.message_id}>"
    assert letter.state == "sent"
