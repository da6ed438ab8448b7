"""What mail programs set around a member's words: their quotation of our letter, their containers, nothing else.

A frame takes (letter, text, HTML) of the words and gives both parts of the reply. The shapes of `bench.shapes` carry
words too; these here are what they lack, each in text, in HTML, or in both.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from bench.shapes.pieces import html_of, lines_of, marked, told

Parts = tuple[str | None, str | None]
Frame = Callable[[bytes, str, str], Parts]

ON = "On Sun, 22 Nov 2026 at 08:00, {who} wrote:"
BLOCK = "From: {who}\nSent: Sunday, November 22, 2026 8:00 AM\nTo: {to}\nSubject: {subject}"
CITE = '<blockquote type="cite">'


def _head(letter: bytes, how: str) -> str:
    return html.escape(told(letter, how)).replace("\n", "<br>")


def _labels(letter: bytes) -> str:
    rows = (line.partition(": ") for line in told(letter, BLOCK).split("\n"))
    return "<br>".join(f"<b>{label}:</b> {html.escape(value)}" for label, _, value in rows)


def bare(_: bytes, text: str, __: str) -> Parts:
    """Nothing but the words, in text."""
    return text, None


def bare_html(_: bytes, __: str, rich: str) -> Parts:
    """Nothing but the words, in HTML."""
    return None, f"<html><body>{rich}</body></html>"


def bare_both(_: bytes, text: str, rich: str) -> Parts:
    """Nothing but the words, in both."""
    return text, f"<html><body>{rich}</body></html>"


def top(letter: bytes, text: str, _: str) -> Parts:
    """The words above a marked quotation."""
    return "\n".join([text, "", told(letter, ON), "", *marked(lines_of(letter))]), None


def bottom(letter: bytes, text: str, _: str) -> Parts:
    """The words below it."""
    return "\n".join([told(letter, ON), *marked(lines_of(letter)), "", text]), None


def unmarked(letter: bytes, text: str, _: str) -> Parts:
    """The words above a header block, and the letter without marks."""
    return "\n".join([text, "", told(letter, BLOCK), "", *lines_of(letter)]), None


def original(letter: bytes, text: str, _: str) -> Parts:
    """The same below a rule of words."""
    return "\n".join([text, "", "-----Original Message-----", told(letter, BLOCK), "", *lines_of(letter)]), None


def gmail(letter: bytes, text: str, rich: str) -> Parts:
    """Gmail, text and HTML."""
    quote = '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;padding-left:1ex">'
    return top(letter, text, rich)[0], (
        f'<div dir="ltr">{rich}</div><br><div class="gmail_quote gmail_quote_container">'
        f"<div class='gmail_attr'>{_head(letter, ON)}<br></div>{quote}{html_of(letter)}</blockquote></div>"
    )


def apple(letter: bytes, text: str, rich: str) -> Parts:
    """Apple Mail, text and HTML."""
    how = "On 22 Nov 2026, at 08:00, {name} <{address}> wrote:"
    plain = "\n".join([text, "", *marked([told(letter, how), "", *lines_of(letter)])])
    return plain, (
        f'<html><body style="overflow-wrap: break-word;">{rich}<br><div>{CITE}<div>{_head(letter, how)}</div>'
        f'</blockquote><br class="Apple-interchange-newline">{CITE}{html_of(letter)}</blockquote></div></body></html>'
    )


def outlook(letter: bytes, text: str, rich: str) -> Parts:
    """Outlook, text and HTML, neither with marks."""
    return unmarked(letter, text, rich)[0], (
        f'<html><body lang="EN-GB"><div class="WordSection1">{rich}<p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
        f'<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">'
        f"{_labels(letter)}</p></div>{html_of(letter)}</div></body></html>"
    )


def outlook_web(letter: bytes, _: str, rich: str) -> Parts:
    """Outlook on the web, HTML only."""
    return None, (
        f'<html><body dir="ltr"><div class="elementToProof">{rich}</div><div id="appendonsend"></div><hr tabindex="-1" '
        f'style="width:98%"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">{_labels(letter)}'
        f"</font><div>&nbsp;</div></div><div>{html_of(letter)}</div></body></html>"
    )


def thunderbird_top(letter: bytes, text: str, rich: str) -> Parts:
    """Thunderbird, the words above its attribution."""
    how = "On 11/22/26 8:00 AM, {name} wrote:"
    plain = "\n".join([text, "", told(letter, how), *marked(lines_of(letter))])
    return plain, (
        f'<html><head></head><body>{rich}<div class="moz-cite-prefix">{_head(letter, how)}<br></div>'
        f'<blockquote type="cite" cite="mid:1@harbour.example">{html_of(letter)}</blockquote><br></body></html>'
    )


def thunderbird_in_prefix(letter: bytes, text: str, rich: str) -> Parts:
    """Thunderbird, the words typed where the caret stood: within the attribution's own container."""
    how = "On 11/22/26 8:00 AM, {name} wrote:"
    plain = "\n".join([text, "", told(letter, how), *marked(lines_of(letter))])
    return plain, (
        f'<html><head></head><body><div class="moz-cite-prefix">{rich}<br>{_head(letter, how)}<br></div>'
        f'<blockquote type="cite" cite="mid:1@harbour.example">{html_of(letter)}</blockquote><br></body></html>'
    )


def thunderbird_bottom(letter: bytes, text: str, rich: str) -> Parts:
    """Thunderbird, the words below, as it comes."""
    how = "On 11/22/26 8:00 AM, {name} wrote:"
    plain = "\n".join([told(letter, how), *marked(lines_of(letter)), text])
    return plain, (
        f'<html><head></head><body><div class="moz-cite-prefix">{_head(letter, how)}<br></div>'
        f'<blockquote type="cite" cite="mid:1@harbour.example">{html_of(letter)}</blockquote>{rich}</body></html>'
    )


def roundcube_top(letter: bytes, text: str, rich: str) -> Parts:
    """Roundcube, the words within its intro."""
    how = "On 2026-11-22 08:00, {name} wrote:"
    plain = "\n".join([text, "", told(letter, how), "", *marked(lines_of(letter))])
    return plain, (
        f'<html><body style="font-size: 10pt"><div id="reply-intro">{rich}<br>{_head(letter, how)}</div>'
        f'<blockquote type="cite" style="padding: 0 0.4em">{html_of(letter)}</blockquote></body></html>'
    )


def yahoo(letter: bytes, text: str, rich: str) -> Parts:
    """Yahoo on the web."""
    how = "On Sunday, November 22, 2026 at 08:00:00 AM GMT, {name} <{address}> wrote:"
    plain = "\n".join([text, "", f"    {told(letter, how)}  ", " ", *(f" {line}" for line in lines_of(letter))])
    return plain, (
        f'<html><head></head><body><div class="ydp1yahoo-style-wrap" style="font-size:13px"><div></div><div dir="ltr">'
        f'{rich}</div><div><br></div></div><div id="ydp2yahoo_quoted" class="ydp2yahoo_quoted"><div style="margin:0">'
        f"<div>{_head(letter, how)}</div><div><br></div><div>{html_of(letter)}</div></div></div></body></html>"
    )


def proton(letter: bytes, text: str, rich: str) -> Parts:
    """Proton Mail without its advertisement."""
    how = "On Sunday, November 22nd, 2026 at 8:00 AM, {name} <{address}> wrote:"
    plain = "\n".join([text, "", told(letter, how), "", *marked(lines_of(letter))])
    return plain, (
        f'<div style="font-family: Arial">{rich}</div><div class="protonmail_quote">{_head(letter, how)}<br>'
        f'<blockquote class="protonmail_quote" type="cite">{html_of(letter)}</blockquote><br></div>'
    )


def samsung(letter: bytes, _: str, rich: str) -> Parts:
    """Samsung Email: HTML only, no marks."""
    labels = _labels(letter).replace("Sent:", "Date:").replace("<br>", "</div><div>")
    return None, (
        f'<html><body dir="auto"><div dir="auto">{rich}</div><div><br></div><div align="left" dir="auto"><div>-------- '
        f"Original message --------</div><div>{labels}</div><div><br></div></div>{html_of(letter)}</body></html>"
    )


# What stands around the whole reply


def _message(octets: bytes) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(octets, policy=policy.SMTP))


def with_picture(octets: bytes) -> bytes:
    """A signature's logo, attached."""
    message = _message(octets)
    message.add_attachment(b"\x89PNG\r\n\x1a\n" + bytes(64), "image", "png", filename="logo.png")
    return message.as_bytes()


def with_card(octets: bytes) -> bytes:
    """A visiting card, attached as text."""
    message = _message(octets)
    card = "BEGIN:VCARD\r\nFN:Ana Lund\r\nNOTE:approve\r\nEND:VCARD\r\n"
    message.add_attachment(card, subtype="vcard", filename="ana.vcf")
    return message.as_bytes()


def with_footer(octets: bytes) -> bytes:
    """A list server's footer, a text part of its own behind the mail."""
    message = _message(octets)
    footer = "_" * 47 + "\nharbour mailing list\nharbour@lists.example\nhttps://lists.example/harbour\n"
    message.add_attachment(footer, disposition="inline")
    return message.as_bytes()


def signed(octets: bytes) -> bytes:
    """A PGP signature (RFC 3156 §5)."""
    message = _message(octets)
    message.make_mixed()
    message.replace_header("Content-Type", "multipart/signed")
    message.set_param("micalg", "pgp-sha256")
    message.set_param("protocol", "application/pgp-signature")
    message.add_attachment(b"-----BEGIN PGP SIGNATURE-----\n", "application", "pgp-signature", filename="signature.asc")
    return message.as_bytes()


def with_mail(octets: bytes, words: str) -> bytes:
    """Ben's mail, attached whole."""
    message, ben = _message(octets), EmailMessage(policy=policy.SMTP)
    ben["From"], ben["To"], ben["Subject"] = "Ben Marsh <ben@gangway.example>", "ana@harbour.example", "Re: items"
    ben.set_content(words + "\n")
    message.add_attachment(ben)
    return message.as_bytes()


def with_file(octets: bytes, words: str) -> bytes:
    """A file of text, attached."""
    message = _message(octets)
    message.add_attachment(words + "\n", filename="votes.txt")
    return message.as_bytes()


@dataclass(frozen=True, slots=True)
class Place:
    """A frame with what may be put into it."""

    name: str
    set_around: Frame
    text: bool  # it has a text part
    rich: bool


PLACES: dict[str, Place] = {
    frame.__name__: Place(frame.__name__, frame, text, rich)
    for frame, text, rich in (
        (bare, True, False),
        (bare_html, False, True),
        (bare_both, True, True),
        (top, True, False),
        (bottom, True, False),
        (unmarked, True, False),
        (original, True, False),
        (gmail, True, True),
        (apple, True, True),
        (outlook, True, True),
        (outlook_web, False, True),
        (thunderbird_top, True, True),
        (thunderbird_in_prefix, True, True),
        (thunderbird_bottom, True, True),
        (roundcube_top, True, True),
        (yahoo, True, True),
        (proton, True, True),
        (samsung, False, True),
    )
}
