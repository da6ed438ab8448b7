"""What people's mail programs make of a reply in the demo: Thunderbird, Gmail, a telephone.

Each gives octets that answer a letter of the desk: to its Reply-To, with In-Reply-To and References (RFC 5322 §3.6.4),
the letter quoted as that program quotes. Values in, values out; what the answers should come to is the story's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape

from mailproc.cli.demo.mails import Person, Posted, posted, written
from mailproc.kinds.reference import head


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the desk as it lies in somebody's mailbox."""

    message_id: str  # with angle brackets
    reply_to: str
    subject: str
    text: str
    html: str


def opened(octets: bytes) -> Letter:
    """What a mail program shows of a letter."""
    mail = message_from_bytes(octets, policy=policy.default)
    parts = {subtype: mail.get_body((subtype,)) for subtype in ("plain", "html")}
    text, html = (part.get_content() if part else "" for part in parts.values())
    return Letter(
        message_id=str(mail["Message-ID"]),
        reply_to=mail["Reply-To"].addresses[0].addr_spec,
        subject=str(mail["Subject"]),
        text=text.replace("\r\n", "\n"),
        html=html,
    )


def _answer(key: str, sender: Person, letter: Letter, text: str, now: datetime) -> EmailMessage:
    mail = written(key, sender, letter.reply_to, f"Re: {letter.subject}", text, now)
    mail["In-Reply-To"] = letter.message_id
    mail["References"] = letter.message_id
    return mail


def between_the_lines(sender: Person, letter: Letter, words: Mapping[str, str], now: datetime) -> Posted:
    """Thunderbird, plain text: everything quoted, each answer under the head of its item; `words` by reference."""
    lines = [f"On {now:%d/%m/%Y %H:%M}, The Harbour Review wrote:"]
    for line in letter.text.rstrip("\n").split("\n"):
        lines.append(f"> {line}".rstrip())
        ref = head(line)
        if ref in words:
            lines += ["", words[ref], ""]
    text = "\n".join([*lines, "", "-- ", f"{sender.name}, on the early ferry"]) + "\n"
    mail = _answer("between", sender, letter, text, now)
    mail["User-Agent"] = "Mozilla Thunderbird"
    return posted("between", sender, letter.reply_to, mail, "review")


def on_top(sender: Person, letter: Letter, lines: Sequence[str], now: datetime) -> Posted:
    """Gmail: the answers on top, the letter below in a blockquote; HTML, and a plain text made of it."""
    when = f"On {now:%a, %b %d, %Y at %I:%M %p} The Harbour Review &lt;{letter.reply_to}&gt; wrote:"
    own = "".join(f"<div>{escape(line) or '<br>'}</div>" for line in lines)
    html = (
        f'<div dir="ltr">{own}</div><br><div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">{when}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px '
        f'0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{_body(letter.html)}</blockquote></div>\n'
    )
    quoted = "\n".join(f"> {line}".rstrip() for line in letter.text.rstrip("\n").split("\n"))
    plain = when.replace("&lt;", "<").replace("&gt;", ">")
    mail = _answer("on-top", sender, letter, "\n".join([*lines, "", plain, "", quoted]) + "\n", now)
    mail.add_alternative(html, subtype="html")
    return posted("on-top", sender, letter.reply_to, mail, "review")


def _body(html: str) -> str:
    """What stands between the body tags."""
    inside = re.search(r"<body[^>]*>(.*)</body>", html, re.DOTALL | re.IGNORECASE)
    return inside[1] if inside else html


def by_telephone(key: str, sender: Person, letter: Letter, words: str, now: datetime) -> Posted:
    """A telephone: a few words on top, its own signature, the letter below."""
    quoted = "\n".join(f"> {line}".rstrip() for line in letter.text.rstrip("\n").split("\n"))
    attribution = f"On {now:%d %b %Y, at %H:%M}, The Harbour Review <{letter.reply_to}> wrote:"
    text = f"{words}\n\nSent from my telephone\n\n> {attribution}\n> \n{quoted}\n"
    return posted(key, sender, letter.reply_to, _answer(key, sender, letter, text, now), "followup")
