"""The pictures in the README, made anew by `make pictures`: letters of a real desk as Chromium shows them.

A desk in a temporary folder, its clock and key fixed, receives a few invented mails and writes its letters; Ana
answers the digest between its items, and the desk must do what she says; Ben, who wants each item at once, gets one
alone, and hears that Ana was faster. So a second run draws the same letters.
Says what is missing and leaves with 1 if there is no Chromium, or if the desk did something else. Sends nothing.
"""  # noqa: INP001 - a program that stands alone, in no package

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from pathlib import Path

from mailproc.cli.init import init
from mailproc.config import load
from mailproc.config.write import HARBOUR, config_text
from mailproc.desk.ground.receive import Incoming, receive
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.serve.process import enter, process, work
from mailproc.errors import MailprocError
from mailproc.message.model import Envelope
from mailproc.store.database import reading
from mailproc.store.mail import outgoing

PICTURES = Path(__file__).resolve().parent / "pictures"
START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
AUTHSERV = "mx.harbour.example"  # whose word on authentication the desk takes
ANA, BEN = "Ana <ana@harbour.example>", "Ben <ben@gangway.example>"
TALLEST = 1600  # pixels of a picture; a letter that is longer is cut there
CHROMIUM = (
    "--headless",
    "--no-sandbox",  # containers run as root
    "--disable-gpu",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--proxy-server=127.0.0.1:9",  # the letters ask for nothing, and what Chromium asks for itself goes nowhere
)

CLOCK = """\
The lighthouse clock has been nine minutes slow since the storm in March,
and nobody has been late since.

The school sets its hours by the harbour office, and the harbour office by
the church. Only the ferry looks at the lighthouse.
"""
GULLS = """\
Minutes of the gulls' committee, on the roof of the fish market.

1. Chips. They are now sold with a lid. The committee regards the lid as
   a challenge.
2. Any other business. There was a sandwich. The meeting was adjourned.
"""
OFFICE = "For your file on the North Pier Society: their office on Cable Street,\nin May and again today.\n"
SIGN = """\
NORTH PIER SOCIETY
Founded 1911. Members ring twice.

The pier is closed until further notice.
"""
JOINING = "I would like to become a member. I have evenings, and I can spell.\n"
THURSDAY = "As we said on the telephone: it will be Thursday, if it is dry.\n"

QUEUE = """\
The ferry has a new timetable. It is the old timetable, with the word
"about" in front of each hour.

The queue has been told, and has moved up a little.
"""

TYPES = {"png": ("image", "png"), "txt": ("text", "plain")}
PROGRAM = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + bytes(2048)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that somebody wrote to the desk."""

    days: int  # before START
    sender: str
    local: str  # local-part of the address that it goes to
    subject: str
    text: str
    attached: tuple[tuple[str, bytes], ...] = ()  # file name, octets
    vouched: bool = True  # the desk's mail server found its author authentic


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


MAILS = (
    Mail(
        3,
        "Jo Poole <jo@poole.example>",
        "articles",
        "The lighthouse clock is nine minutes slow",
        CLOCK,
        (("the clock in March.png", picture(640, 480)), ("clock-hands.scr", PROGRAM)),
    ),
    Mail(2, "Tom Reed <tom@reed.example>", "articles", "Humour: the gulls hold a meeting", GULLS, vouched=False),
    Mail(
        2,
        "Ida Marsh <ida@marsh.example>",
        "files",
        "Two photographs of an office",
        OFFICE,
        (
            ("office, May.png", picture(480, 320)),
            ("office, November.png", picture(2400, 1600)),
            ("what the sign says.txt", SIGN.encode()),
        ),
    ),
    Mail(1, "Nora Quist <nora@quist.example>", "join", "I would like to help", JOINING),
    Mail(0, "Kim Vale <kim@vale.example>", "desk", "Thursday", THURSDAY, vouched=False),
    Mail(0, "Liv Strand <liv@strand.example>", "help", "How can I help?", "What do you need?\n"),
)
ANSWERS = {
    "A-1": "approve",
    "A-2": "reject It is funny, and very like the last one. Please send the next!",
    "F-3": "approve, thank you",
    "M-4": "ask Which evenings could you take?",
    "U-5": "sort enquiry",
}


class Clock:
    """The desk's clock, set by hand."""

    def __init__(self, at: datetime) -> None:
        """Stand at `at`."""
        self.at = at

    def __call__(self) -> datetime:
        """The time."""
        return self.at


# The desk and its letters


@contextmanager
def a_desk(folder: Path, clock: Clock) -> Iterator[Desk]:
    """A desk as `mailproc init` writes it, with a key that is the same each time."""
    init(folder, ask=False)
    answers = {**HARBOUR, "review.authserv_id": [AUTHSERV]}
    (folder / "config.toml").write_text(config_text(answers), encoding="utf-8")
    config = load(folder / "config.toml")
    config.storage.key.parent.mkdir(parents=True)
    config.storage.key.write_text("5eed" * 16 + "\n", encoding="ascii")
    with open_desk(config, clock) as desk:
        yield desk


def letters_of_a_day(folder: Path) -> dict[str, bytes]:
    """The letters worth a picture, and Ana's reply, by name; octets as they leave."""
    clock = Clock(START)
    with a_desk(folder, clock) as desk:
        for place, mail in enumerate(MAILS):
            clock.at = START - timedelta(days=mail.days, hours=1) + timedelta(minutes=place)
            _take(desk, f"lmtp:{place}", _written(mail, clock.at))
        clock.at = START - timedelta(hours=2)
        _take(desk, "lmtp:agreed", _agreed(_letter(desk, "applicant/receipt-membership"), clock.at))
        clock.at = START
        enter(desk, "operator:member", "invite ana@harbour.example Ana active")
        enter(desk, "operator:digest", "digest")
        digest = _letter(desk, "member/digest")
        clock.at += timedelta(minutes=2)
        _take(desk, "lmtp:show", _answering(digest, ANA, "F-3 show\n", clock.at))
        clock.at += timedelta(minutes=5)
        reply = _reply(digest, clock.at)
        _take(desk, "lmtp:reply", reply)
        transcript = _all_done(_letter(desk, "member/transcript"))
        single, outcome = _while_ben_reads(desk, clock)
        return {
            "digest": digest,
            "show": _letter(desk, "member/item"),
            "receipt": _letter(desk, "author/receipt-article", "jo@poole.example"),
            "receipt-to-a-stranger": _letter(desk, "author/receipt-article", "tom@reed.example"),
            "receipt-material": _letter(desk, "author/receipt-material"),
            "responsibilities": _letter(desk, "applicant/receipt-membership"),
            "guide": _letter(desk, "reader/help"),
            "reply": reply,
            "transcript": transcript,
            "single": single,
            "outcome": outcome,
        }


def _while_ben_reads(desk: Desk, clock: Clock) -> tuple[bytes, bytes]:
    """A letter on one item alone, for Ben, and the one that tells him that Ana has decided."""
    clock.at += timedelta(hours=1)
    enter(desk, "operator:another", "invite ben@gangway.example Ben active")
    enter(desk, "operator:first", "digest ben@gangway.example")
    _take(
        desk, "lmtp:wish", _answering(_letter(desk, "member/digest", "ben@gangway.example"), BEN, "at once\n", clock.at)
    )
    clock.at += timedelta(minutes=20)
    article = Mail(0, "Jo Poole <jo@poole.example>", "articles", "A new timetable for the ferry", QUEUE)
    _take(desk, "lmtp:queue", _written(article, clock.at))
    work(desk)
    single = _letter(desk, "member/single", "ben@gangway.example")
    enter(desk, "operator:second", "digest ana@harbour.example")
    clock.at += timedelta(minutes=6)
    ref = re.search(r"^1\. (A-\d+) ", _text(single), re.MULTILINE)
    said = f"{ref[1] if ref else ''} approve\n"
    _take(desk, "lmtp:faster", _answering(_letter(desk, "member/digest", "ana@harbour.example"), ANA, said, clock.at))
    return single, _letter(desk, "member/outcome", "ben@gangway.example")


def _written(given: Mail, at: datetime) -> bytes:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = given.sender, f"{given.local}@harbour.example", given.subject
    mail["Date"], mail["Message-ID"] = format_datetime(at), f"<{at:%d%H%M}@client.example>"
    mail.set_content(given.text)
    for name, octets in given.attached:
        maintype, subtype = TYPES.get(name.rpartition(".")[2], ("application", "octet-stream"))
        mail.add_attachment(octets, maintype=maintype, subtype=subtype, filename=name)
    return _authenticated(mail) if given.vouched else mail.as_bytes()


def _authenticated(mail: EmailMessage) -> bytes:
    """With what the desk's own mail server says of its author (RFC 8601 §2)."""
    domain = mail["From"].addresses[0].domain
    return (
        f"Authentication-Results: {AUTHSERV}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}\r\n".encode()
        + mail.as_bytes()
    )


def _take(desk: Desk, source: str, octets: bytes) -> None:
    mail = message_from_bytes(octets, policy=policy.default)
    envelope = Envelope(mail["From"].addresses[0].addr_spec, (mail["To"].addresses[0].addr_spec,))
    process(desk, receive(desk, [Incoming(source, [octets], envelope)])[0])


def _letter(desk: Desk, template: str, to: str = "") -> bytes:
    with reading(desk.engine) as conn:
        found = [each for each in outgoing.every(conn) if each.template == template and to in {"", each.to}]
    if not found:
        raise MailprocError(f"the desk wrote no {template} {to}; its mails or rules have changed, see MAILS")
    return (desk.outbox / found[-1].path).read_bytes()


def _agreed(receipt: bytes, at: datetime) -> bytes:
    """Nora takes on the duties, so that the members may decide."""
    return _answering(receipt, "Nora Quist <nora@quist.example>", "agree\n", at)


def _reply(digest: bytes, at: datetime) -> bytes:
    """Ana's answer, each word below the item it is for; what stands above and below them she has cut away."""
    lines = [f"On {START:%d %B %Y at %H:%M}, The Harbour Review wrote:"]
    ref = ""
    items = re.search(r"^1\. .*?(?=\n+====)", _text(digest), re.MULTILINE | re.DOTALL)
    for line in items[0].split("\n") if items else ():
        head = re.match(r"\d+\. ([A-Z]-\d+) ", line)
        if head:
            lines += _answer(ref)
            ref = head[1]
        lines.append(f"> {line}".rstrip())
    return _answering(digest, ANA, "\n".join([*lines, *_answer(ref)]).rstrip() + "\n", at)


def _answering(octets: bytes, sender: str, text: str, at: datetime) -> bytes:
    """A reply as mail programs thread it (RFC 5322 §3.6.4)."""
    letter = message_from_bytes(octets, policy=policy.default)
    reply = EmailMessage(policy=policy.SMTP)
    reply["From"], reply["To"], reply["Subject"] = sender, str(letter["Reply-To"]), f"Re: {letter['Subject']}"
    reply["Date"], reply["Message-ID"] = format_datetime(at), f"<{at:%d%H%M}@client.example>"
    reply["In-Reply-To"] = reply["References"] = str(letter["Message-ID"])
    reply.set_content(text)
    return _authenticated(reply)


def _answer(ref: str) -> list[str]:
    return ["", *ANSWERS[ref].split("\n"), ""] if ref else []


def _all_done(transcript: bytes) -> bytes:
    """The transcript, if the desk did all that Ana said."""
    subject = str(message_from_bytes(transcript, policy=policy.default)["Subject"])
    if subject != f"What your reply did: {len(ANSWERS)} done":
        raise MailprocError(f"the desk answered Ana {subject!r}; her reply or its reading has changed, see ANSWERS")
    return transcript


def _text(octets: bytes, subtype: str = "plain") -> str:
    body = message_from_bytes(octets, policy=policy.default).get_body((subtype,))
    return body.get_content().replace("\r\n", "\n") if body else ""


def with_pictures(octets: bytes) -> str:
    """A letter's HTML with the pictures that came with it."""
    html = _text(octets, "html")
    for part in message_from_bytes(octets, policy=policy.default).walk():
        if part["Content-ID"]:
            shown = b64encode(part.get_content()).decode()
            html = html.replace(
                f"cid:{part['Content-ID'].strip('<>')}", f"data:{part.get_content_type()};base64,{shown}"
            )
    return html


# A plain mail as a mail program shows it

WINDOW = """\
<!DOCTYPE html><html lang="en"><meta charset="utf-8"><body style="margin:0;background:#fff;color:#1c1c1c">
<dl style="margin:0;padding:14px 20px;background:#eef1f4;border-bottom:1px solid #b6c0c9;font:15px/1.6 sans-serif">
{head}</dl>
<div style="padding:14px 20px 20px;font:14px/1.25 'DejaVu Sans Mono',monospace;white-space:pre-wrap">{body}</div>
"""


def shown(octets: bytes) -> str:
    """The page: its header on top, quoted lines behind a bar, the writer's own in bold."""
    mail = message_from_bytes(octets, policy=policy.default)
    head = "".join(
        f'<div><dt style="display:inline-block;width:5em;color:#4a5560">{name}</dt>'
        f'<dd style="display:inline;margin:0">{escape(str(mail[name]))}</dd></div>\n'
        for name in ("From", "To", "Subject")
    )
    return WINDOW.format(head=head, body="".join(map(_line, _text(octets).rstrip("\n").split("\n"))))


def _line(line: str) -> str:
    if line.startswith(">"):
        style = "padding-left:12px;border-left:3px solid #6b8fb3;color:#3d5a78"
        return f'<div style="{style}">{escape(line[2:]) or "&nbsp;"}</div>'
    weight = "normal" if line.endswith("wrote:") else "bold"
    return f'<div style="font-weight:{weight}">{escape(line) or "&nbsp;"}</div>'


# Chromium


def draw(pages: Mapping[str, tuple[str, int]], folder: Path) -> None:
    """Each page, {name: (HTML, width)}, as `folder`/name.png, as high as it is and at most TALLEST."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise MailprocError(
            "chromium: not found; install it (Debian: apt install chromium) and make the pictures again"
        )
    with tempfile.TemporaryDirectory(prefix="mailproc-chromium-") as aside:
        page = Path(aside) / "page.html"

        def browse(html: str, *options: str) -> str:
            page.write_text(html, encoding="utf-8")
            command = [chromium, *CHROMIUM, f"--user-data-dir={aside}/profile", *options, page.as_uri()]
            return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout  # noqa: S603 - our own words

        heights = _heights(pages, browse)
        for name, (html, width) in pages.items():
            height = min(heights[name], TALLEST)
            picture_of = f"--screenshot={folder / name}.png"
            browse(BARE + _frame(name, html, width, height), f"--window-size={width},{height}", picture_of)


BARE = '<!DOCTYPE html><meta charset="utf-8"><body style="margin:0">'
MEASURE = """<script>onload = () => { for (const frame of document.querySelectorAll("iframe"))
document.body.append(`${frame.title}=${frame.contentDocument.documentElement.scrollHeight};`) }</script>"""


def _heights(pages: Mapping[str, tuple[str, int]], browse: Callable[..., str]) -> dict[str, int]:
    frames = "".join(_frame(name, html, width, 1) for name, (html, width) in pages.items())
    dom = browse(BARE + frames + MEASURE, "--dump-dom")
    return {name: int(re.findall(rf"{re.escape(name)}=(\d+);", dom)[-1]) for name in pages}


def _frame(name: str, html: str, width: int, height: int) -> str:
    """A frame, for no window of Chromium is narrower than 500 pixels."""
    style = f"display:block;border:0;width:{width}px;height:{height}px"
    return f'<iframe title="{name}" style="{style}" srcdoc="{escape(html)}"></iframe>'


def pages_of(letters: Mapping[str, bytes]) -> dict[str, tuple[str, int]]:
    """What the README shows."""
    pages = {
        f"{name}-{width}": (with_pictures(letters[name]), width)
        for name in ("digest", "show", "single", "transcript", "outcome", "receipt")
        for width in (360, 1024)
    }
    return pages | {"reply": (shown(letters["reply"]), 720)}


def main() -> int:
    """Make all of them; 0 when they lie in docs/pictures."""
    try:
        with tempfile.TemporaryDirectory(prefix="mailproc-pictures-") as aside:
            PICTURES.mkdir(exist_ok=True)
            draw(pages_of(letters_of_a_day(Path(aside) / "desk")), PICTURES)
    except (MailprocError, subprocess.SubprocessError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{path}\n" for path in sorted(PICTURES.glob("*.png")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
