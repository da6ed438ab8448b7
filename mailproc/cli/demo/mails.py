"""The mails that strangers, machines and a forger send to the desk in the demo, all invented.

Each is a `Posted`: octets as a mail program would write them, with the envelope and the host that hands them in.
`expected` is the kind that the desk must find; the story says what must become of each. Nothing is sent here.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_string
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

DESK = "harbour.example"


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


ANA = Person("Ana", "ana@breakwater.example")
BEN = Person("Ben", "ben@gangway.example")
JO = Person("Jo Poole", "jo@tidewater.example")
MARIT = Person("Marit Lund", "marit@saltmarsh.example")
TOM = Person("Tom Reed", "tom@lockkeeper.example")
IDA = Person("Ida Marsh", "ida@pierhead.example")
NORA = Person("Nora Quist", "nora@eastquay.example")
EZRA = Person("Ezra Bell", "ezra@ferryside.example")
LIV = Person("Liv Strand", "liv@sandbar.example")
SAM = Person("Sam Oda", "sam@oldquay.example")
KIM = Person("Kim Vale", "kim@weir.example")
LEO = Person("Leo Grant", "leo@tidegauge.example")
PAUL = Person("Paul Finch", "paul@northlock.example")
MAILER = Person("Mail Delivery System", "mailer-daemon@sluice.example")
DREDGING = Person("Dredging News", "news@dredging.example")


def posted(key: str, sender: Person, to: str, mail: EmailMessage, expected: str, *, null: bool = False) -> Posted:
    """A mail with its envelope; `null` gives it the null reverse-path (RFC 5321 §4.5.5)."""
    message_id = str(mail["Message-ID"]).strip("<>")
    octets = mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))
    return Posted(key, sender, to, message_id, octets, expected, "" if null else sender.email, sender.host)


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


def arrivals(now: datetime) -> list[Posted]:
    """All but the forged one, in the order in which they are sent."""
    return [make(now) for make in ARRIVALS]


def _plain(
    key: str, sender: Person, local: str, subject: str, text: str, expected: str
) -> Callable[[datetime], Posted]:
    to = f"{local}@{DESK}"
    return lambda now: posted(key, sender, to, written(key, sender, to, subject, text, now), expected)


def _with_document(now: datetime) -> Posted:
    to = f"desk@{DESK}"
    text = "Dear editors,\n\nplease find my article attached. It is ready to print.\n\nMarit Lund\n"
    mail = written("document", MARIT, to, "Article for you: the pilot's logbook", text, now)
    mail.add_attachment(LOGBOOK.encode("ascii"), maintype="application", subtype="rtf", filename="the-logbook.rtf")
    return posted("document", MARIT, to, mail, "article")


def _with_picture(now: datetime) -> Posted:
    to = f"files@{DESK}"
    text = "Hello,\n\nfor your file on the North Pier Society: their office on Cable Street, taken today.\n\nIda\n"
    mail = written("picture", IDA, to, "A photograph for the North Pier Society file", text, now)
    mail.add_attachment(picture(96, 64), maintype="image", subtype="png", filename="office, Cable Street.png")
    return posted("picture", IDA, to, mail, "material")


def _with_program(now: datetime) -> Posted:
    to = f"articles@{DESK}"
    mail = written("program", LEO, to, "Neap tides for beginners", TIDES, now)
    program = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + bytes(2048)
    mail.add_attachment(program, maintype="application", subtype="octet-stream", filename="tide-tables.exe")
    return posted("program", LEO, to, mail, "article")


def _vacation(now: datetime) -> Posted:
    to = f"desk@{DESK}"
    mail = written("vacation", PAUL, to, "Out of office: The Harbour Review", "I am at sea until Monday.\n", now)
    mail["Auto-Submitted"] = "auto-replied"  # RFC 3834 §5
    return posted("vacation", PAUL, to, mail, "automatic", null=True)


def _bounce(now: datetime) -> Posted:
    """A delivery status notification (RFC 3464 §2): the address of somebody whom the desk wrote to is gone."""
    to = f"desk@{DESK}"
    why = "<gone@sluice.example>: host mail.sluice.example said: 550 5.1.1 no such mailbox\n"
    mail = written("bounce", MAILER, to, "Undelivered Mail Returned to Sender", why, now)
    mail["Auto-Submitted"] = "auto-replied"
    status: EmailMessage = message_from_string(STATUS, EmailMessage)
    mail.make_mixed()
    mail.replace_header("Content-Type", "multipart/report; report-type=delivery-status")
    mail.attach(status)
    return posted("bounce", MAILER, to, mail, "bounce", null=True)


def _newsletter(now: datetime) -> Posted:
    to = f"desk@{DESK}"
    text = "Dredging of the inner basin continues until the end of the month.\n"
    mail = written("newsletter", DREDGING, to, "Dredging News, number 48", text, now)
    mail["List-Id"] = "<news.dredging.example>"  # RFC 2919 §3
    mail["List-Unsubscribe"] = "<mailto:leave@dredging.example>"
    mail["Precedence"] = "bulk"
    return posted("newsletter", DREDGING, to, mail, "bulk")


def forged(ref: str, now: datetime) -> Posted:
    """A mail in Ana's name that hopes to decide; the host that hands it in is not one of her domain."""
    to = f"desk@{DESK}"
    mail = written("forged", ANA, to, "my decision", f"{ref} approve\n\nAna\n", now)
    del mail["Received"]
    sent = posted("forged", ANA, to, mail, "review")
    return Posted(**{name: getattr(sent, name) for name in Posted.__slots__} | {"host": "dialup.elsewhere.example"})


def picture(width: int, height: int) -> bytes:
    """A small PNG: a grey office under a blue sky."""
    sky, wall, door = b"\x9c\xc4\xe4", b"\x8a\x8f\x94", b"\x5a\x3d\x2b"
    middle = range(width * 2 // 5, width * 3 // 5)
    rows = [
        b"\0" + b"".join(sky if y < height // 2 else door if x in middle else wall for x in range(width))
        for y in range(height)
    ]
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


STATUS = """\
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.sluice.example

Final-Recipient: rfc822; gone@sluice.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such mailbox
"""
CLOCK = """\
The lighthouse clock has been nine minutes slow since the storm in March,
and nobody has been late since.

The harbour office sets its hours by the church. The school sets its hours
by the harbour office. Only the ferry looks at the lighthouse, and the
ferry leaves when the last passenger has come down the steps.

I asked the keeper whether he would put it right. He said he had thought
of it, and that he had then thought of the last passenger.

Jo Poole
"""
GULLS = """\
Minutes of the forty-first meeting of the gulls' committee, on the roof
of the fish market.

Present: everybody. Apologies: none, ever.

1. Chips. The committee notes that chips are now sold with a lid. It
   regards the lid as a challenge.
2. Any other business. There was a sandwich. The meeting was adjourned.
"""
TIDES = """\
Twice a month the sea does less than it could, and nobody writes it a
letter. This is a short guide to those days.

The attached program draws the tables that I speak of.

Leo Grant
"""
LOGBOOK = (
    r"{\rtf1\ansi\deff0{\fonttbl{\f0 Georgia;}}\f0\fs24 "
    r"{\b The pilot's logbook}\par\par "
    r"My grandfather wrote down every ship that he brought in, and what the captain said.\par "
    r"Most of them said thank you. One said \ldblquote nice weather\rdblquote , in the great storm.\par}"
)

ARRIVALS: tuple[Callable[[datetime], Posted], ...] = (
    _plain("clock", JO, "articles", "The lighthouse clock is nine minutes slow", CLOCK, "article"),
    _with_document,
    _plain("gulls", TOM, "articles", "Humour piece: the gulls hold a meeting", GULLS, "article"),
    _with_picture,
    _plain(
        "joining",
        NORA,
        "join",
        "I would like to help look after the site",
        "Hello,\n\nI would like to become a member. I have evenings, and I can spell.\n\nNora Quist\n",
        "membership",
    ),
    _plain(
        "question",
        EZRA,
        "contact",
        "Where does the number of ferries come from?",
        "You write that eleven ferries ran in 1974. I was their bookkeeper and count nine.\nCan you back this up?\n",
        "enquiry",
    ),
    _plain("help", LIV, "help", "How can I help?", "I have a camera and Sundays. What do you need?\n\nLiv\n", "help"),
    _plain(
        "two",
        SAM,
        "desk",
        "An article, and may I join?",
        "Two things. First, an article for you, below. Second, I would like to become a\n"
        "member: I can take the weekend watch.\n\nTHE QUAY AT NIGHT\n\nNobody tells you how loud the ropes are.\n",
        "article",
    ),
    _plain(
        "thursday",
        KIM,
        "desk",
        "Thursday",
        "As we said on the phone, here it is: the harbour band plays on Thursday, if it is dry,\n"
        "and on Friday, if it is not. Bring a chair.\n\nKim Vale\n",
        "unsorted",
    ),
    _with_program,
    _vacation,
    _bounce,
    _newsletter,
)
