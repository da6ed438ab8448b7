"""A desk between a real Postfix and a real Dovecot: every word that anybody says is a mail.

`a_harbour` opens it; whoever writes has a mailbox at crew.example. At its end a rebuild must give the same.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email import message_from_bytes, policy

from build import a_mail, a_reply, clock_of, later, text_of
from dovecot import Dovecot
from postfix import Postfix, a_postfix, comes
from same import assert_same

from mailproc.desk.carry.deliver import deliver
from mailproc.desk.carry.listen import listening
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work
from mailproc.store.database import reading
from mailproc.store.mail import received as rows

Attachments = tuple[tuple[str, str, bytes], ...]  # (name, media type, octets)


@dataclass(frozen=True)
class Harbour:
    """The desk between Postfix and Dovecot, and its people."""

    desk: Desk
    postfix: Postfix
    dovecot: Dovecot
    crew: str  # before the names of its mailboxes, so that no other test uses them

    def address(self, who: str) -> str:
        return f"{self.crew}-{who.lower()}@crew.example"

    def mail(self, octets: bytes) -> None:
        """Somebody's mail, through Postfix into the desk, and its turn."""
        mail = message_from_bytes(octets, policy=policy.default)
        before = self._kept()
        self.postfix.send(octets, mail["From"].addresses[0].addr_spec, mail["To"].addresses[0].addr_spec)
        comes(lambda: self._kept() > before, "the mail")
        work(self.desk)
        self.wait(minutes=1)  # letters of one moment have no order

    def _kept(self) -> int:
        with reading(self.desk.engine) as conn:
            return len(rows.every(conn))

    def carry(self) -> None:
        """What is queued leaves by Postfix, for the mailboxes in Dovecot."""
        out = {"transport": "smtp", "host": "127.0.0.1", "port": self.postfix.port, "tls": "none"}
        delivery = replace(self.desk.config.delivery, **out)
        deliver(replace(self.desk, config=replace(self.desk.config, delivery=delivery)))
        comes(self.postfix.is_empty, "an empty queue")

    def wait(self, **span: float) -> None:
        later(self.desk, **span)
        self.carry()

    def inbox(self, who: str) -> list[bytes]:
        return self.dovecot.mailbox(f"{self.crew}-{who.lower()}")

    def last(self, who: str, subject: str) -> bytes:
        """The letter that came last with these words in its subject."""
        found = [octets for octets in self.inbox(who) if re.search(subject, _subject(octets))]
        assert found, (who, subject, [_subject(octets) for octets in self.inbox(who)])
        return max(found, key=lambda octets: message_from_bytes(octets, policy=policy.default)["Date"].datetime)

    def write(self, who: str, to: str, subject: str, text: str, files: Attachments = ()) -> None:
        """A mail of their own, which the desk's mail server vouches for."""
        sender, at = f"{who} <{self.address(who)}>", clock_of(self.desk)()
        mail = a_mail(text, sender=sender, to=to, subject=subject, authentic=True, at=at, attachments=files)
        self.mail(mail)

    def answer(self, who: str, subject: str, words: str) -> None:
        self.reply(who, self.last(who, subject), words)

    def reply(self, who: str, letter: bytes, words: str) -> None:
        """Words on top of a letter that they quote."""
        sender = f"{who} <{self.address(who)}>"
        self.mail(a_reply(letter, words, sender, at=clock_of(self.desk)()))

    def reads(self, who: str, subject: str) -> str:
        return " ".join(text_of(self.last(who, subject)).split())


def _subject(octets: bytes) -> str:
    return str(message_from_bytes(octets, policy=policy.default)["Subject"])


@contextmanager
def a_harbour(open_desks: Callable[..., Desk], dovecot: Dovecot, crew: str, **options: object) -> Iterator[Harbour]:
    """The desk with these options ("review.undo" for `review.undo`, by name), its servers up until the block ends."""
    desk = open_desks(**{"review.received_by": ["inner.harbour.example"], "review.digest": "daily 23:59"} | options)
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    routes = {"harbour.example": f"lmtp:inet:{place}", "crew.example": f"lmtp:inet:127.0.0.1:{dovecot.lmtp_port}"}
    with a_postfix(routes, "myhostname = inner.harbour.example") as postfix, _taking_mail(desk, place):
        yield Harbour(desk, postfix, dovecot, crew)
    assert_same(desk)


@contextmanager
def _taking_mail(desk: Desk, place: str) -> Iterator[None]:
    config = replace(desk.config, lmtp=replace(desk.config.lmtp, listen=place))
    with listening(replace(desk, config=config)):
        yield
