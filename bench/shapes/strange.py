"""Shapes that programs and gateways damage or decorate: characters, encodings, line ends, banners, footers, subjects.

The words are those of the member in every one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bench.shapes.pieces import (
    Said,
    at_once,
    between,
    envelope_fields,
    html_of,
    line_of,
    lines_of,
    marked,
    reply,
    rows,
    told,
    wrapped,
)

TAPS = {"approve", "reject", "hold", "discard", "yes"}  # what the letter's links say
ON = "On Sun, 22 Nov 2026 at 08:00, {who} wrote:"
BANNER = (
    "[EXTERNAL] CAUTION: This email originated from outside of the organisation. Do not click links or open\n"
    "attachments unless you recognise the sender and know the content is safe."
)
DISCLAIMER = (
    "_" * 60 + "\nThis e-mail and any attachments are confidential and intended solely for the addressee. If you are\n"
    "not the intended recipient, please notify the sender and delete it; you may not approve, discard, hold or\n"
    "copy any part of it.\nDiese E-Mail enthält vertrauliche Informationen. Ce message est confidentiel et destiné\n"
    "à son seul destinataire prévu."
)


def gateway_text(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """A company's banner above and its disclaimer below."""
    body = [BANNER, "", at_once(answers), "", told(letter, ON), "", *marked(lines_of(letter)), "", DISCLAIMER]
    return reply(letter, sender, now, "\n".join(body), agent="Gateway 1")


def gateway_unmarked(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """The same around an office program's reply, the disclaimer above the quotation."""
    block = told(letter, "From: {who}\nSent: 22 November 2026 08:00\nTo: {to}\nSubject: {subject}")
    body = [BANNER, "", at_once(answers), "", "Ana", "", DISCLAIMER, "", block, "", *lines_of(letter)]
    return reply(letter, sender, now, "\n".join(body), agent="Gateway 2", prefix="RE: ")


def gateway_html(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """The same in HTML only, the banner in a coloured table."""
    rich = (
        f'<html><body><table bgcolor="#ffeb9c"><tr><td>{rows(BANNER, "span")}</td></tr></table><br>'
        f"{rows(at_once(answers), 'p')}<hr>{html_of(letter)}<p>{rows(DISCLAIMER, 'span')}</p></body></html>"
    )
    return reply(letter, sender, now, None, rich, agent="Gateway 3")


def bars_lost(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """A program that takes the bars before the authors' texts for decoration."""
    lines = [line.removeprefix("| ").removeprefix("|") for line in lines_of(letter)]
    body = [at_once(answers), "", told(letter, ON), "", *marked(lines)]
    return reply(letter, sender, now, "\n".join(body), agent="Cleaner")


def all_marks_lost(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """No bar, no mark, no header block: the letter's bare words below the answer."""
    lines = [line.removeprefix("| ").removeprefix("|") for line in lines_of(letter)]
    return reply(letter, sender, now, "\n".join([at_once(answers), "", "", *lines]), agent="Converter")


def windows_1252(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """base64 and windows-1252; what that charset lacks is a question mark, in the quotation only."""
    return _in_charset("windows-1252", letter, answers, sender, now)


def koi8_r(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """The same in the Russian charset."""
    return _in_charset("koi8-r", letter, answers, sender, now)


def _in_charset(charset: str, letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    own = at_once(answers)
    if own.encode(charset, "replace").decode(charset) != own:
        charset = "utf-8"  # as programs do whose user writes what the charset lacks
    body = "\n".join([own, "", told(letter, ON), *marked(lines_of(letter))])
    shown = body.encode(charset, "replace").decode(charset)
    return reply(letter, sender, now, shown, agent=f"Mailer {charset}", charset=charset, encoding="base64")


def flowed(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """format=flowed (RFC 3676 §4): soft ends at 66 columns, also in the member's own words, blanks stuffed."""
    own = [f"{part} " for line in at_once(answers).split("\n") for part in wrapped([line], 66)]
    own = [line.rstrip() if n + 1 == len(own) or len(line) < 40 else line for n, line in enumerate(own)]  # noqa: PLR2004
    message = envelope_fields(letter, sender, now, "Flowed", "Re: ")
    message.set_content("\n".join([*own, "", told(letter, ON), *marked(lines_of(letter), ">"), ""]))
    message.set_param("format", "flowed")
    return message.as_bytes()


def delsp(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Apple Mail's: format=flowed with DelSp, quoted-printable, the quotation flowed as well."""
    body = [*at_once(answers).split("\n"), "", told(letter, ON), *marked(lines_of(letter))]
    message = envelope_fields(letter, sender, now, "Apple", "Re: ")
    message.set_content("".join(f"{line}\n" for line in _soft(body, 60)), cte="quoted-printable")
    message.set_param("format", "flowed")
    message.set_param("delsp", "yes")
    return message.as_bytes()


def _soft(lines: Sequence[str], width: int) -> list[str]:
    """Each line in pieces that end in the blank between two words and a second one."""
    sent = []
    for line in lines:
        marks = "> " if line.startswith(">") else ""
        pieces = wrapped([line.removeprefix(marks).rstrip()], width)
        sent += [f"{marks}{piece}  " for piece in pieces[:-1]] + [f"{marks}{pieces[-1]}"]
    return sent


def soft_breaks(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """quoted-printable, paragraphs joined to lines of any length."""
    lines = (
        " ".join(line or "\n" for line in lines_of(letter)).replace(" \n ", "\n\n").replace(" | ", "\n| ").split("\n")
    )
    body = "\n".join([at_once(answers), "", told(letter, ON), *marked(lines)])
    return reply(letter, sender, now, body, agent="Soft", encoding="quoted-printable")


def no_break_blanks(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """A BOM in front, no-break blanks for blanks, direction marks around what was typed."""
    own = "\n".join(f"\u200e{line}\u200f".replace(" ", "\xa0") for line in at_once(answers).split("\n"))
    quoted = [f"> \u2068{line}\u2069".replace("  ", "\xa0 ") for line in lines_of(letter)]
    return reply(letter, sender, now, "\ufeff" + "\n".join([own, "", told(letter, ON), *quoted]), agent="Bidi")


def doubled(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """A blank line after every line, the member's own lines too, answers between."""
    body = told(letter, ON) + "\n" + between(marked(lines_of(letter)), answers, gap=False)
    return reply(letter, sender, now, body.replace("\n", "\n\n"), agent="Doubling")


def tapped(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """A tapped link in a program that drops the body: the letter's own word in the subject; others are sent as mail."""
    message = envelope_fields(letter, sender, now, "Tap", "Re: ")
    one = answers[0] if len(answers) == 1 and answers[0].ref and answers[0].text in TAPS else None
    if one is not None:
        message.replace_header("Subject", line_of(one))
        del message["In-Reply-To"], message["References"]
    message.set_content("\n" if one is not None else at_once(answers) + "\n")
    return message.as_bytes()
