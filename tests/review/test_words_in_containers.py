"""What members type inside the containers of mail programs decides; what others wrote in there never does.

Each container as its program makes it, with words typed at its top, between and below, as text with HTML and as HTML
alone. The last table holds other people's words in the same containers.
"""

from __future__ import annotations

import html

import pytest
from worded import hint_of

from bench.letter import the_digest
from bench.replies import decided
from bench.shapes.pieces import html_of, lines_of
from mailproc.message.html.text import shown
from mailproc.review.reply.command import Reading, read_reply

LETTER = the_digest()
RICH = html_of(LETTER.octets)
PLAIN = lines_of(LETTER.octets)
HEAD = "1. A-12"
NEXT = RICH.index("<h2", RICH.index(HEAD))
WHO = "The Harbour Review &lt;desk@harbour.example&gt;"
WROTE = f"On Sun, 22 Nov 2026 at 08:00, {WHO} wrote:"
FIELDS = f"<b>From:</b> {WHO}<br><b>Sent:</b> Sunday, 22 November 2026 08:00<br><b>To:</b> ana@home.example<br>"
FIELDS += "<b>Subject:</b> The Harbour Review: 6 items wait for you"
# the program, what it makes around the letter: {} is where somebody types at the top, {letter} what is quoted
AT_THE_TOP = {
    "Thunderbird": f'<div class="moz-cite-prefix">{{}}{WROTE}<br></div><blockquote type="cite">{{letter}}</blockquote>',
    "Thunderbird in German": '<div class="moz-cite-prefix">{}Am 22.11.2026 um 08:00 schrieb The Harbour Review:<br>'
    '</div><blockquote type="cite">{letter}</blockquote>',
    "Thunderbird shown by Outlook": f'<div class="x_moz-cite-prefix">{{}}{WROTE}</div><blockquote>{{letter}}'
    "</blockquote>",
    "Roundcube": f'<p id="reply-intro">{{}}{WROTE}</p><blockquote type="cite">{{letter}}</blockquote>',
    "Roundcube in Korean": '<p id="reply-intro">{}2026-11-22 08:00\uc5d0 The Harbour Review\uc774(\uac00) \uc4f4 \uae00'
    ':</p><blockquote type="cite">{letter}</blockquote>',
    "Gmail": f'<div class="gmail_quote gmail_quote_container">{{}}<div dir="ltr" class="gmail_attr">{WROTE}<br></div>'
    '<blockquote class="gmail_quote">{letter}</blockquote></div>',
    "Gmail of old": f'<div class="gmail_extra"><br><div class="gmail_quote">{{}}{WROTE}<br><blockquote '
    'class="gmail_quote">{letter}</blockquote></div></div>',
    "Yahoo": f'<div class="yahoo_quoted"><div>{{}}<div>{WROTE}</div><div>{{letter}}</div></div></div>',
    "Outlook on the web": f'<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{{}}<font>{FIELDS}</font>'
    "<div>&nbsp;</div></div><div>{letter}</div>",
    "Outlook on the web, further up": f'<div id="appendonsend">{{}}</div><hr><div id="divRplyFwdMsg"><font>{FIELDS}'
    "</font></div><div>{letter}</div>",
    "Outlook 2011": f'<span id="OLK_SRC_BODY_SECTION">{{}}<div>{FIELDS}</div><div>{{letter}}</div></span>',
    "Outlook for iOS": f'<div class="ms-outlook-mobile-reference-message">{{}}<hr>{FIELDS}<br><br>{{letter}}</div>',
    "Outlook for Android": f'<div id="mail-editor-reference-message-container">{{}}<div>{FIELDS}</div>{{letter}}</div>',
    "Exchange": f'<div class="OutlookMessageHeader">{{}}{FIELDS}</div><div>{{letter}}</div>',
    "Proton Mail": f'<div class="protonmail_quote">{{}}{WROTE}<br><blockquote class="protonmail_quote">{{letter}}'
    "</blockquote></div>",
    "Tuta": f'<div>{{}}</div><div>{WROTE}</div><blockquote class="tutanota_quote">{{letter}}</blockquote>',
    "Zoho": f'<div class="zmail_extra">{{}}<div>---- On Sun, 22 Nov 2026 08:00:00 +0000 {WHO} wrote ----</div>'
    "<blockquote>{letter}</blockquote></div>",
    "Android": f'<div class="mail_android_quote">{{}}{WROTE}<blockquote>{{letter}}</blockquote></div>',
    "Mail.ru": f'<div>{{}}</div><blockquote><div class="mailru-blockquote"><div>{WROTE}</div>{{letter}}</div>'
    "</blockquote>",
    "AOL": f'<div>{{}}</div><div>-----Original Message-----<br>{FIELDS}</div><div class="aolReplacedBody">{{letter}}'
    "</div>",
}
TYPED = {
    "A-12 approve": {("approve", "A-12", "")},
    "Dear all,\nA-12 approve\nA-13 hold": {("approve", "A-12", ""), ("hold", "A-13", "")},
    "A-12 reject: we ran this in spring": {("reject", "A-12", "we ran this in spring")},
}


def of(rich: str, plain: str | None) -> Reading:
    text, sight = shown(f"<html><body>{rich}</body></html>")
    return read_reply(plain, text, None, LETTER.sent, (), LETTER.listing, "member", sight)


def lines(words: str) -> str:
    return "".join(f"{html.escape(line)}<br>" for line in words.split("\n"))


@pytest.mark.parametrize("program", AT_THE_TOP)
@pytest.mark.parametrize("words", TYPED)
def test_words_typed_at_the_top_of_a_container_decide_in_html_alone(program: str, words: str):
    rich = AT_THE_TOP[program].replace("{}", lines(words)).replace("{letter}", RICH)
    reading = of(rich, None)
    assert decided(reading) == TYPED[words], reading.unclear
    assert not reading.unclear


@pytest.mark.parametrize("mark", ["> ", ""])
@pytest.mark.parametrize("program", AT_THE_TOP)
@pytest.mark.parametrize("words", TYPED)
def test_words_typed_at_the_top_of_a_container_decide_beside_a_text_part(program: str, words: str, mark: str):
    rich = AT_THE_TOP[program].replace("{}", lines(words)).replace("{letter}", RICH)
    quoted = "\n".join(f"{mark}{line}" for line in PLAIN)
    reading = of(rich, f"{words}\n\n{html.unescape(WROTE)}\n{quoted}\n")
    assert decided(reading) == TYPED[words], reading.unclear
    assert not reading.unclear


# the program, what it makes of a colleague's mail: {} is where the colleague's words stand
OF_OTHERS = {
    "Gmail, forwarded": '<div>FYI, I have not read it.</div><div class="gmail_quote gmail_quote_container"><div class='
    '"gmail_attr">---------- Forwarded message ---------<br>From: Ben &lt;ben@gangway.example&gt;<br>Date: Sun, 22 Nov '
    "2026 at 09:00<br>Subject: Re: x<br></div><br><div>{}</div></div>",
    "Gmail, answered": '<div>FYI</div><div class="gmail_quote"><div class="gmail_attr">On Sun, 22 Nov 2026 at 09:00, '
    'Ben wrote:</div><blockquote class="gmail_quote">{}</blockquote></div>',
    "Yahoo": '<div>FYI</div><div class="yahoo_quoted"><div>On Sunday, 22 November 2026 at 09:00, Ben wrote:</div>'
    "<div>{}</div></div>",
    "Yahoo, twice": '<div>FYI</div><div class="yahoo_quoted"><div>On Sunday, 22 November 2026 at 09:00, Ben wrote:'
    f'</div><div>{{}}</div><div class="yahoo_quoted"><div>{WROTE}</div><div>{{letter}}</div></div></div>',
    "Yahoo in a language unknown": '<div>FYI</div><div class="yahoo_quoted"><div>Ben 22 d\u012bna 2026, 09:00</div>'
    f"<div>{{}}</div><div>{WROTE}</div><div>{{letter}}</div></div>",
    "Yahoo without a date": f'<div>FYI</div><div class="yahoo_quoted"><div>Ben mondta:</div><div>{{}}</div><div>{WROTE}'
    "</div><div>{letter}</div></div>",
    "Proton Mail": '<div>FYI</div><div class="protonmail_quote">On Sunday, November 22nd, 2026 at 9:00 AM, Ben '
    "&lt;ben@gangway.example&gt; wrote:<br><br>{}<br></div>",
    "Outlook for iOS": '<div>FYI</div><div class="ms-outlook-mobile-reference-message"><hr><b>From:</b> Ben<br><b>Sent:'
    "</b> Sunday<br><b>To:</b> Ana<br><br>{}</div>",
    "Outlook 2011": '<div>FYI</div><span id="OLK_SRC_BODY_SECTION"><div><b>From: </b>Ben<br><b>Date: </b>Sunday<br>'
    "</div><div>{}</div></span>",
    "AOL": '<div>FYI</div><div class="aolReplacedBody">{}</div>',
    "Mail.ru": '<div>FYI</div><div class="mailru-blockquote">{}</div>',
    "Thunderbird, forwarded": '<div>FYI</div><div class="moz-forward-container"><br>-------- Forwarded Message --------'
    "<table><tr><th>Subject: </th><td>Re: x</td></tr><tr><th>From: </th><td>Ben</td></tr></table><br>{}</div>",
    "Thunderbird, answered": '<div class="moz-cite-prefix">FYI<br>On 22/11/2026 09:00, Ben wrote:<br></div><blockquote '
    'type="cite">{}</blockquote>',
}


@pytest.mark.parametrize("program", OF_OTHERS)
@pytest.mark.parametrize("words", ["A-12 approve", "A-12: freigeben", "all approve", "A-13 aprobar<br>A-12 rejeter"])
def test_other_people_s_words_in_a_container_decide_nothing(program: str, words: str):
    reading = of(OF_OTHERS[program].replace("{}", words).replace("{letter}", RICH), None)
    assert not reading.commands


@pytest.mark.parametrize("mark", ["", "> "])
@pytest.mark.parametrize("program", ["Yahoo", "Outlook 2011", "AOL", "Outlook for iOS"])
def test_what_only_the_text_part_does_not_mark_decides_where_nobody_else_is_introduced(program: str, mark: str):
    """Between the letter's blocks: the text part shows the words without a mark, so they are the writer's."""
    around = AT_THE_TOP[program].replace("{}", "")
    rich = around.replace("{letter}", f"{RICH[:NEXT]}<div>hold</div>{RICH[NEXT:]}")
    n = next(n for n, line in enumerate(PLAIN) if line.startswith("2. A-13"))
    plain = [f"{mark}{line}" for line in PLAIN]
    plain[n:n] = ["hold", ""]
    reading = of(rich, "\n".join([html.unescape(WROTE), *plain]))
    assert decided(reading) == {("hold", "A-12", "")}, reading.unclear


@pytest.mark.parametrize(
    "program", ["Yahoo", "Outlook for iOS", "blockquote", "Roundcube", "Thunderbird", "Proton Mail"]
)
@pytest.mark.parametrize("form", ["html", "text", "both"])
def test_words_typed_within_a_quotation_come_back_with_the_item_s_name(program: str, form: str):
    around = AT_THE_TOP.get(program, "<blockquote>{letter}</blockquote>").replace("{}", "")
    rich = around.replace("{letter}", f"{RICH[:NEXT]}<div>hold</div>{RICH[NEXT:]}")
    n = next(n for n, line in enumerate(PLAIN) if line.startswith("2. A-13"))
    plain = "\n".join([html.unescape(WROTE), *(f"> {line}" for line in [*PLAIN[:n], "hold", "", *PLAIN[n:]])])
    reading = of("" if form == "text" else rich, None if form == "html" else plain)
    assert not reading.commands
    assert [(each.line, each.reason) for each in reading.unclear] == [("hold", "quoted-or-said")]
    assert "A-12 hold" in hint_of(reading.unclear[0])


@pytest.mark.parametrize("place", ["top", "bottom"])
@pytest.mark.parametrize("form", ["html", "text", "both"])
@pytest.mark.parametrize("words", ["A-13 approve", "A-13: aprobar", "approve A-13", "A-13 freigeben", "A-13 да"])
def test_words_at_either_end_of_a_quotation_come_back_too(place: str, form: str, words: str):
    rich = f"<div>{words}</div>{RICH}" if place == "top" else f"{RICH}<div>{words}</div>"
    plain = [words, *PLAIN] if place == "top" else [*PLAIN, words]
    quoted = "\n".join([html.unescape(WROTE), *(f"> {line}" for line in plain)])
    around = f"<p>{WROTE}</p><blockquote>{rich}</blockquote>"
    reading = of("" if form == "text" else around, None if form == "html" else quoted)
    assert not reading.commands
    assert [(each.line, each.reason) for each in reading.unclear] == [(words, "quoted-or-said")]
    assert "A-13" in hint_of(reading.unclear[0])
