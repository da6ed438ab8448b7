"""Shapes in HTML, alone or beside a text part: the containers of the big programs, and answers between their blocks."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime

from bench.shapes.pieces import (
    Said,
    at_once,
    between,
    html_of,
    html_pieces,
    lines_of,
    made_of_html,
    marked,
    reply,
    rows,
    told,
    typed_in_texts,
    wrapped,
)

CITE = '<blockquote type="cite" style="padding-left:5px;border-left:#1010ff 2px solid;margin-left:5px">'


def _head(letter: bytes, how: str) -> str:
    return html.escape(told(letter, how))


def _labels(letter: bytes, break_: str = "<br>") -> str:
    """A block of header fields as HTML."""
    block = told(letter, "From: {who}\nSent: Sunday, November 22, 2026 8:00 AM\nTo: {to}\nSubject: {subject}")
    return break_.join(
        f"<b>{label}:</b> {html.escape(value)}"
        for label, _, value in (line.partition(": ") for line in block.split("\n"))
    )


def proton_mail(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Proton Mail: text and HTML, its advertisement above the quotation."""
    how = "On Sunday, November 22nd, 2026 at 8:00 AM, {name} <{address}> wrote:"
    foot = "Sent with [Proton Mail](https://proton.example/) secure email."
    plain = [at_once(answers), "", foot, "", told(letter, how), "", *marked(lines_of(letter))]
    rich = (
        f'<div style="font-family: Arial; font-size: 14px;">{rows(at_once(answers))}</div><div><br></div>'
        f'<div class="protonmail_signature_block">Sent with <a href="https://proton.example/">Proton Mail</a> secure '
        f'email.</div><div class="protonmail_quote">{_head(letter, how)}<br>'
        f'<blockquote class="protonmail_quote" type="cite">{html_of(letter)}</blockquote><br></div>'
    )
    return reply(letter, sender, now, "\n".join(plain), rich, agent="Proton Mail")


def samsung(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Samsung Email on Android: HTML, no container and no marks."""
    labels = _labels(letter, "</div><div>").replace("Sent:", "Date:")
    rich = (
        f'<html><head></head><body dir="auto"><div dir="auto">{rows(at_once(answers))}</div>'
        '<div id="composer_signature" dir="auto"><div style="font-size:12px">Sent from my Galaxy</div></div>'
        '<div><br></div><div dir="auto"><!-- originalMessage --><div>-------- Original message --------</div>'
        f"<div>{labels}</div><div><br></div></div>{html_of(letter)}</body></html>"
    )
    return reply(letter, sender, now, None, rich, agent="Samsung Email 6.1")


def gmail_between(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Gmail, answers typed within the quotation: it divides the blockquote inside its container. Text and HTML."""
    quote = '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204)">'
    top = rows("\n".join(answer.text for answer in answers if answer.ref is None))
    parts = "".join(
        f"{quote}{piece}</blockquote>" + (f"<div><br></div>{rows(words)}<div><br></div>" if words else "")
        for piece, words in html_pieces(html_of(letter), answers)
    )
    how = _head(letter, "On Sun, 22 Nov 2026 at 08:00, {who} wrote:")
    rich = (
        f'<div dir="ltr">{top}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class='
        f'"gmail_attr">{how}<br></div>{parts}</div>'
    )
    free = [answer for answer in answers if answer.ref is None]
    lines = between(marked(lines_of(letter)), [answer for answer in answers if answer.ref is not None])
    plain = [at_once(free), "", told(letter, "On Sun, 22 Nov 2026 at 08:00, {who} wrote:"), "", lines]
    return reply(letter, sender, now, "\n".join(plain), rich, agent="Gmail")


def apple_between(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Apple Mail, answers between divided `type="cite"` quotations, at the end of each item. HTML only."""
    free = "\n".join(answer.text for answer in answers if answer.ref is None)
    parts = "".join(
        f'<blockquote type="cite"><div>{piece}</div></blockquote>' + (f"<div><br></div>{rows(words)}" if words else "")
        for piece, words in html_pieces(html_of(letter), answers, at_end=True)
    )
    how = _head(letter, "On 22 Nov 2026, at 08:00, {name} <{address}> wrote:")
    rich = (
        f'<html><body style="overflow-wrap: break-word;">{rows(free)}<br><div><blockquote type="cite"><div>{how}</div>'
        f"</blockquote><br>{parts}</div></body></html>"
    )
    return reply(letter, sender, now, None, rich, agent="Apple Mail (2.3826)")


def outlook_blue(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Outlook, answers in blue between the blocks: HTML only, no container, nothing but the colour."""
    blue = '<span style="color:#4472C4">{}<o:p></o:p></span>'
    free = "\n".join(answer.text for answer in answers if answer.ref is None)
    parts = "".join(
        piece + rows(words, 'p class="MsoNormal"', blue)
        for piece, words in html_pieces(html_of(letter), answers, at_end=True)
    )
    rich = (
        f'<html><body lang="EN-GB"><div class="WordSection1">{rows(free, "p class=MsoNormal", blue)}'
        f'<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal">{_labels(letter)}</p></div>'
        f"{parts}</div></body></html>"
    )
    return reply(letter, sender, now, None, rich, agent="Microsoft Outlook 16.0", prefix="RE: ")


def outlook_web(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Outlook on the web: a rule and `divRplyFwdMsg`, text beside HTML, the text without marks."""
    block = told(letter, "From: {who}\nSent: Sunday, November 22, 2026 8:00 AM\nTo: {to}\nSubject: {subject}")
    plain = [at_once(answers), "_" * 32, block, "", *lines_of(letter)]
    rich = (
        f'<html><body dir="ltr">{rows(at_once(answers), "div class=elementToProof")}<div id="appendonsend"></div>'
        f'<hr tabindex="-1" style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font face='
        f'"Calibri">{_labels(letter)}</font><div>&nbsp;</div></div><div>{html_of(letter)}</div></body></html>'
    )
    return reply(letter, sender, now, "\n".join(plain), rich, agent="Outlook on the web", prefix="RE: ")


def zimbra_html(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Zimbra: a rule with a marker, headers in bold, a quotation in a blockquote."""
    rich = (
        f'<html><body><div style="font-family: arial">{rows(at_once(answers))}<div><br></div>'
        f'<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">{_labels(letter)}</div>'
        f'<div data-marker="__QUOTED_TEXT__">{CITE}{html_of(letter)}</blockquote></div></div></body></html>'
    )
    return reply(letter, sender, now, None, rich, agent="Zimbra 9.0")


def roundcube_bottom(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Roundcube: HTML and text, the answer below the quotation."""
    how = "On 2026-11-22 08:00, {name} wrote:"
    plain = [told(letter, how), *marked(lines_of(letter)), "", at_once(answers)]
    rich = (
        f'<html><body style="font-size: 10pt"><p id="reply-intro">{_head(letter, how)}</p>'
        f"{CITE}{html_of(letter)}</blockquote>{rows(at_once(answers), 'p')}<p><br></p></body></html>"
    )
    return reply(letter, sender, now, "\n".join(plain), rich, agent="Roundcube Webmail/1.6")


def yahoo_mobile(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Yahoo Mail on Android: its signature as a link, the attribution in two lines, a bare blockquote."""
    rich = (
        f'<html><body>{rows(at_once(answers))}<br><div id="ymail_android_signature"><a href="https://y.example/">Sent '
        'from Yahoo Mail on Android</a></div><br><blockquote style="margin: 0 0 20px 0;"><div style='
        f'"font-family:Roboto"><div>{_head(letter, "On Sun, 22 Nov 2026 at 8:00, {name}")}</div>'
        f"<div>{_head(letter, '<{address}> wrote:')}</div></div><div>{html_of(letter)}</div></blockquote></body></html>"
    )
    return reply(letter, sender, now, None, rich, agent="Yahoo Mail Android")


def sogo(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """SOGo: words and breaks in no element, a blockquote with its source."""
    own = "<br />".join(html.escape(line) for line in at_once(answers).split("\n"))
    how = _head(letter, "Am Sonntag, November 22, 2026 09:00 CET, schrieb {who}:")
    rich = (
        f'<html>{own}<br /><br />{how}<br />&nbsp;<blockquote type="cite" cite="mid:1@harbour.example">'
        f"{html_of(letter)}</blockquote><br /><br />&nbsp;</html>"
    )
    return reply(letter, sender, now, None, rich, agent="SOGoMail 5.8")


def preformatted(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """A list server that made HTML of the text: everything in one `pre`, marks and all. HTML only."""
    lines = [told(letter, "{name} wrote:"), between(marked(lines_of(letter)), answers)]
    return reply(
        letter,
        sender,
        now,
        None,
        f"<html><body><pre>{html.escape(chr(10).join(lines))}</pre></body></html>",
        agent="Pre",
    )


def outlook_beside_the_line(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """Outlook, each answer typed behind the author's last word: it clones the paragraph, line on the left and all."""
    free = "\n".join(answer.text for answer in answers if answer.ref is None)
    rich = (
        f'<html><body lang="EN-GB"><div class="WordSection1">{rows(free, "p class=MsoNormal")}'
        f'<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal">{_labels(letter)}</p></div>'
        f"{typed_in_texts(html_of(letter), answers)}</div></body></html>"
    )
    return reply(letter, sender, now, None, rich, agent="Microsoft Outlook 16.0 (beside)", prefix="RE: ")


def made_into_text(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """A program that makes text of the HTML, without what the HTML draws, and marks it; answers between. Text only."""
    how = told(letter, "On Sun, 22 Nov 2026 at 08:00, {name} <{address}> wrote:")
    lines = marked(wrapped(made_of_html(letter).split("\n"), 74))
    return reply(letter, sender, now, "\n".join([how, "", between(lines, answers)]), agent="Maker of text 1")


def made_into_text_unmarked(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """The same below a header block, without marks, each paragraph a line; the answer on top. Text only."""
    block = told(letter, "From: {who}\nSent: Sunday, November 22, 2026 8:00 AM\nTo: {to}\nSubject: {subject}")
    body = [at_once(answers), "", "_" * 32, block, "", made_of_html(letter)]
    return reply(letter, sender, now, "\n".join(body), agent="Maker of text 2", prefix="RE: ")


def made_into_both(letter: bytes, answers: Sequence[Said], sender: str, now: datetime) -> bytes:
    """HTML and the text that the program made of it: the quotation marked in both, the answers between."""
    how = told(letter, "On 22/11/2026 08:00, {name} wrote:")
    parts = "".join(
        f"{CITE}{piece}</blockquote>" + (rows(words) if words else "")
        for piece, words in html_pieces(html_of(letter), answers)
    )
    free = "\n".join(answer.text for answer in answers if answer.ref is None)
    rich = f'<html><body>{rows(free)}<div class="moz-cite-prefix">{html.escape(how)}<br></div>{parts}</body></html>'
    lines = marked(wrapped(made_of_html(letter).split("\n"), 72))
    plain = [free, "", how, between(lines, [answer for answer in answers if answer.ref is not None])]
    return reply(letter, sender, now, "\n".join(plain), rich, agent="Maker of text 3")
