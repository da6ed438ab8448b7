"""The mails that strangers, machines and a forger send to the desk in the demo, all invented: `mail/*.eml`.

Each becomes a `Posted`: its octets with the envelope and the host that hands them in. A file has neither Received nor
Date; the host that takes a mail from its author writes them (RFC 6409 §8.2). Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path

from mailproc.cli.demo.script import SCRIPT, Mail

FOLDER = Path(__file__).with_name("mail")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a mailbox."""

    name: str
    email: str

    @property
    def host(self) -> str:
        """The host that sends their mail."""
        return f"mail.{self.email.rpartition('@')[2]}"

    def __str__(self) -> str:
        """As it stands in From."""
        return formataddr((self.name, self.email))


ANA = Person(**SCRIPT.people["ana"])
BEN = Person(**SCRIPT.people["ben"])


@dataclass(frozen=True, slots=True)
class Posted:
    """One mail on its way."""

    key: str  # what the story calls it
    sender: Person
    to: str  # forward-path
    message_id: str  # without angle brackets
    octets: bytes
    expected: str  # the kind that the desk must find
    reverse_path: str
    host: str  # that hands it in


def arrivals(now: datetime) -> list[Posted]:
    """All but the forged one, in the order in which they are sent."""
    return [_taken(mail, {}, now) for mail in SCRIPT.mails]


def forged(refs: Mapping[str, str], now: datetime) -> Posted:
    """A mail in Ana's name that hopes to decide on one of these items."""
    return _taken(SCRIPT.forged, refs, now)


def content(key: str) -> bytes:
    """What a mail of the script brings: its file, or else its text."""
    mail = message_from_bytes((FOLDER / f"{key}.eml").read_bytes(), policy=policy.default)
    part = next(mail.iter_attachments(), None)
    found = (part or mail).get_content()
    return found.replace("\r\n", "\n").encode() if isinstance(found, str) else bytes(found)


def _taken(mail: Mail, refs: Mapping[str, str], now: datetime) -> Posted:
    """A file as the host of its author sends it on."""
    octets = (FOLDER / f"{mail.key}.eml").read_bytes()
    for key, ref in refs.items():
        octets = octets.replace(b"{%s}" % key.encode(), ref.encode())
    head = message_from_bytes(octets, policy=policy.default)
    author = head["From"].addresses[0]
    sender = Person(author.display_name, author.addr_spec)
    stamp = f"Date: {format_datetime(now)}\r\n"
    if not mail.host:
        stamp = f"Received: from [192.0.2.7] by {sender.host} with ESMTPSA; {format_datetime(now)}\r\n{stamp}"
    return Posted(
        key=mail.key,
        sender=sender,
        to=head["To"].addresses[0].addr_spec,
        message_id=str(head["Message-ID"]).strip("<>"),
        octets=stamp.encode() + octets,
        expected=mail.expected,
        reverse_path="" if mail.null else sender.email,
        host=mail.host or sender.host,
    )


def written(key: str, sender: Person, to: str, subject: str, text: str, now: datetime) -> EmailMessage:
    """A plain mail as a mail program writes it."""
    mail = EmailMessage()
    mail["Received"] = f"from [192.0.2.7] by {sender.host} with ESMTPSA; {format_datetime(now)}"
    mail["From"] = str(sender)
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{key}.{now:%H%M%S}@{sender.host}>"
    mail.set_content(text)
    return mail


def posted(key: str, sender: Person, to: str, mail: EmailMessage, expected: str) -> Posted:
    """A mail with its envelope."""
    message_id = str(mail["Message-ID"]).strip("<>")
    octets = mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))
    return Posted(key, sender, to, message_id, octets, expected, sender.email, sender.host)
