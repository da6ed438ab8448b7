"""What tests of the whole desk are made of: a desk with a clock that is set by hand, mails, replies, letters.

A desk is made as a newcomer makes it (`init --yes`, then `load` and `open_desk`); mail comes in through the one
door (`receive`) and has its turn at once. Nothing here asserts; nothing reaches into a room.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, getaddresses, parseaddr
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

from mailproc.cli.init import init
from mailproc.cli.main import main
from mailproc.config import load
from mailproc.config.write import HARBOUR, config_text
from mailproc.desk.clock.reminding import remind
from mailproc.desk.ground.books import fresh_id
from mailproc.desk.ground.receive import Incoming, receive
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.serve.process import enter, process, work
from mailproc.desk.tell import look
from mailproc.desk.tell.look import WholeItem
from mailproc.kinds.every import CAPITALS
from mailproc.message.model import Envelope
from mailproc.phrase import Said
from mailproc.store.database import reading
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.workflow.entry import Entry
from mailproc.workflow.outgoing import Outgoing
from mailproc.workflow.received import Received

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
AUTHSERV = "mx.harbour.example"  # the name under which `authentic` speaks; desks of `a_desk` believe it
ANA, BEN, CLEO, JO = "ana@harbour.example", "ben@gangway.example", "cleo@sluice.example", "jo@poole.example"
ROOT = Path(__file__).resolve().parents[1]
PROGRAM = "import sys; from mailproc.cli.main import main; sys.exit(main())"
_numbers = count(1)


class Clock:
    """A desk's clock, set by hand: `desk.now()` as everywhere, `desk.now.pass_(minutes=20)`, `desk.now.set(at)`."""

    def __init__(self, at: datetime = START) -> None:
        self._at = at

    def __call__(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def pass_(self, **span: float) -> None:
        self._at += timedelta(**span)


def make_desk(folder: Path, **options: object) -> Path:
    """What `init --yes` writes, with these options by dotted key (`**{"review.undo": "0s"}`); its config.toml.

    A desk believes the Authentication-Results of AUTHSERV unless the options say otherwise.
    """
    init(folder, ask=False)
    groups = folder / "rules" / "groups.toml"  # its operator has made the examples their own
    groups.write_text(groups.read_text(encoding="utf-8").replace("example = true\n", ""), encoding="utf-8")
    believing = {"review.authserv_id": [AUTHSERV]}
    path = folder / "config.toml"
    path.write_text(config_text({**HARBOUR, **believing, **options}), encoding="utf-8")
    return path


@contextmanager
def a_desk(folder: Path, at: datetime = START, **options: object) -> Iterator[Desk]:
    """A new desk in `folder`, open, its clock (`clock_of(desk)`) standing at `at`."""
    with open_desk(load(make_desk(folder, **options)), Clock(at)) as desk:
        yield desk


def clock_of(desk: Desk) -> Clock:
    """The clock to set."""
    assert isinstance(desk.now, Clock)
    return desk.now


def later(desk: Desk, **span: float) -> None:
    """Let time pass (`minutes=20`), then serve the queue and whatever is due."""
    clock_of(desk).pass_(**span)
    work(desk)


def reminded(desk: Desk) -> int:
    """Compose what the timetable owes now; how many periods had their turn."""
    return remind(desk, lambda number: process(desk, number))


# Mail


def a_mail(  # noqa: PLR0913 - a mail has that many fields
    text: str = "The tram was late again.\n",
    *,
    sender: str = f"Jo Poole <{JO}>",
    to: str = "articles@harbour.example",
    subject: str = "The tram",
    authentic: bool = False,
    at: datetime = START,
    attachments: tuple[tuple[str, str, bytes], ...] = (),
    html: str | None = None,
    **fields: str,
) -> bytes:
    """A mail as octets; `attachments` are (name, media type, octets), `fields` more header fields (`In_Reply_To`).

    `authentic`: with the passing Authentication-Results that AUTHSERV puts on top.
    """
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = sender, to, subject, format_datetime(at)
    mail["Message-ID"] = f"<{next(_numbers)}.{fresh_id()[:8]}@client.example>"
    for name, value in fields.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html is not None:
        mail.add_alternative(html, subtype="html")
    for name, media_type, octets in attachments:
        maintype, _, subtype = media_type.partition("/")
        mail.add_attachment(octets, maintype=maintype, subtype=subtype, filename=name)
    octets = mail.as_bytes()
    return authenticated(octets) if authentic else octets


def authenticated(octets: bytes, result: str = "pass") -> bytes:
    """The mail with what the desk's own mail server says of its author (RFC 8601 §2)."""
    domain = parseaddr(_header(octets, "From"))[1].rpartition("@")[2].lower()
    said = f"dkim={result} header.d={domain}; dmarc={result} header.from={domain}"
    return f"Authentication-Results: {AUTHSERV}; {said}\r\n".encode() + octets


def a_reply(
    letter: bytes, text: str, sender: str, *, quoting: bool = True, authentic: bool = True, at: datetime = START
) -> bytes:
    """An answer to a letter of ours: `text` on top, the letter quoted below, threaded as mail programs thread."""
    said = message_from_bytes(letter, policy=policy.default)
    body = said.get_body(("plain",))
    lines = body.get_content().replace("\r\n", "\n").rstrip("\n").split("\n") if body else []
    quoted = "\n".join(f"> {line}".rstrip() for line in lines)
    return a_mail(
        f"{text}\n\nOn Sun, 22 Nov 2026 at 08:00, The Harbour Review wrote:\n\n{quoted}\n" if quoting else f"{text}\n",
        sender=sender,
        to=str(said["Reply-To"] or said["From"]),
        subject=f"Re: {said['Subject']}",
        authentic=authentic,
        at=at,
        In_Reply_To=str(said["Message-ID"]),
        References=f"{said['References'] or ''} {said['Message-ID']}".strip(),
    )


def _header(octets: bytes, name: str) -> str:
    return str(message_from_bytes(octets, policy=policy.compat32).get(name, ""))


def envelope_for(octets: bytes) -> Envelope:
    """The envelope of an honest mail: from its author, to those it names."""
    to = tuple(email for _, email in getaddresses([_header(octets, "To")]))
    return Envelope(parseaddr(_header(octets, "From"))[1], to)


# At the desk


def keep(desk: Desk, octets: bytes, envelope: Envelope | None = None, source: str | None = None) -> int:
    """Receive a mail and no more; its number. The envelope is an honest one if none is given."""
    incoming = Incoming(source or f"lmtp:{fresh_id()}", [octets], envelope or envelope_for(octets))
    return receive(desk, [incoming])[0]


def give(desk: Desk, octets: bytes, envelope: Envelope | None = None, source: str | None = None) -> int:
    """Receive a mail and give it its turn; its number."""
    number = keep(desk, octets, envelope, source)
    process(desk, number)
    return number


def say(desk: Desk, line: str) -> Entry:
    """The operator's command (`invite ana@harbour.example Ana active`), received and processed."""
    return entry_of(desk, enter(desk, f"operator:{fresh_id()}", line))


def add_member(desk: Desk, email: str, name: str = "") -> None:
    """A member who decides from now on."""
    say(desk, f"invite {email} '{name}' active")


def entry_of(desk: Desk, number: int) -> Entry:
    """What was decided about a message."""
    entry = archive.read_entry(desk.archive, number)
    assert entry is not None, received(desk, number)
    return entry


def received(desk: Desk, number: int) -> Received:
    """A message's row."""
    with reading(desk.engine) as conn:
        row = rows.get(conn, number)
    assert row is not None
    return row


def item(desk: Desk, ref: str) -> WholeItem:
    """An item with votes, journal and attachments."""
    return look.item(desk, ref)


def state(desk: Desk, ref: str) -> str:
    """An item's state."""
    return look.item(desk, ref).item.state


def worded(desk: Desk, said: Said) -> str:
    """What a letter of the desk says where it is given this."""
    house = desk.config.desk
    return desk.letters.phrases.words(said, house.language, house)


def ref_of(desk: Desk, number: int) -> str:
    """The reference that a mail opened or belongs to first."""
    return received(desk, number).refs[0]


def letters(desk: Desk, template: str | None = None, to: str | None = None) -> list[Outgoing]:
    """Every letter ever written, or those of a template or to an address, oldest first."""
    with reading(desk.engine) as conn:
        found = outgoing.every(conn)
    return [each for each in found if template in {None, each.template} and to in {None, each.to}]


def octets_of(desk: Desk, letter: Outgoing) -> bytes:
    """A letter as it leaves."""
    return (desk.outbox / letter.path).read_bytes()


def text_of(octets: bytes) -> str:
    """The plain text of a letter, line ends LF."""
    body = message_from_bytes(octets, policy=policy.default).get_body(("plain",))
    return body.get_content().replace("\r\n", "\n") if body else ""


def digest_now(desk: Desk, to: str) -> bytes:
    """`digest --now` for one member: the letter. There must be something waiting."""
    say(desk, f"digest {to}")
    return octets_of(desk, letters(desk, "member/digest", to)[-1])


def refs_in(octets: bytes) -> list[str]:
    """References in a letter's text, in the order of their first mention."""
    return list(dict.fromkeys(re.findall(rf"\b[{CAPITALS}]-\d+\b", text_of(octets))))


def address(email: str, name: str) -> str:
    """`Jo Poole <jo@poole.example>`."""
    return formataddr((name, email))


# The command line


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """Standard output, which must be JSON and nothing else."""
        return json.loads(self.out)


def run_here(*arguments: str | Path, config: Path | None = None) -> Ran:
    """The command line in this process: `run_here("list", "--json", config=path)`."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = main([*(["--config", str(config)] if config else []), *map(str, arguments)])
        except SystemExit as left:  # argparse leaves by itself
            status = left.code if isinstance(left.code, int) else 1
    return Ran(status, out.getvalue(), err.getvalue())


def run_process(*arguments: str | Path, config: Path, program: str = PROGRAM, **environment: str) -> Ran:
    """The command line in a process of its own; `program` is a test's own Python text in its place."""
    command = [sys.executable, "-c", program, "--config", str(config), *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(command, capture_output=True, env=env, timeout=120, check=False)  # noqa: S603 - our own words
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
