"""A quoted digest comes back with its pictures, in whatever form a mail program leaves them, and is read as before.

Every shape of the bench quotes a digest with pictures and documents; in its place each picture is what some program
makes of it: the words for it bare or in brackets, its Content-ID, a name of the program's own, nothing at all. The
names of the files and the documents' words are full of verbs and references.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape

import pytest

from bench.answers import CASES, LANGUAGES, MEMBER, words_of
from bench.letter import MESSAGE_ID, Posted, the_digest
from bench.readers import heard, may_decide, ours
from bench.replies import Trial, judged, mail_of
from bench.shapes.table import all_shapes
from mailproc.letters.sample import REPLY_TO
from mailproc.message.parse import parse
from mailproc.review.reply.command import Reading

LETTER = the_digest(files=True)
SHAPES = all_shapes()
WORDS = {language: words_of(language) for language in LANGUAGES}
IMAGE = re.compile(r'<img (?=[^>]*src="cid:([^"]*)")[^>]*?alt="([^"]*)"[^>]*>')

LEFT: dict[str, Callable[[str, str], str]] = {  # (Content-ID, words for it) -> what a converter to text writes
    "nothing": lambda _cid, _alt: "",
    "Gmail": lambda _cid, alt: f"[image: {alt}]",
    "Outlook": lambda cid, _alt: f"[cid:{cid}]",
    "Outlook's own name": lambda _cid, _alt: "[cid:image001.jpg@01DC5B2A.7F3E9D10]",
    "Outlook on the web": lambda _cid, alt: f"[{alt}]",
    "Apple Mail": lambda cid, _alt: f"<{cid.partition('@')[0]}.jpeg>",
    "Thunderbird": lambda _cid, alt: alt,
    "K-9": lambda _cid, _alt: "\ufffc",
    "Markdown": lambda cid, alt: f"![{alt}](cid:{cid})",
    "Yahoo": lambda _cid, _alt: "[Inline image]",
    "German Gmail": lambda _cid, alt: f"[Bild: {alt}]",
}
HTML: dict[str, str] = {  # what a program makes of the element in the HTML that it quotes
    "as it was": r"\g<0>",
    "hosted elsewhere": r'<img src="https://mail.example/u/0?ui=2&amp;attid=0.1" alt="\2" width="150">',
    "under a new name": r'<img src="cid:image002.jpg@01DC5B2A" alt="\2" id="x_Picture 1">',
    "as words": r"<span>[cid:\1]</span>",
    "as its words": r"<span>\2</span>",
    "named by the program": r'<img src="cid:ii_19a" alt="image.png">',
}


def rewritten(octets: bytes, left: Callable[[str, str], str], element: str) -> bytes:
    """The digest as a program holds it before it quotes it: pictures in its text, and its HTML's own pictures."""
    mail = message_from_bytes(octets, policy=policy.SMTP.clone(max_line_length=998))
    assert isinstance(mail, EmailMessage)
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert text is not None
    shown = [(unescape(cid), unescape(alt)) for cid, alt in IMAGE.findall(html.get_content())]
    assert len(shown) == 12
    stands = iter(shown)
    lines: list[str] = []
    above = ""
    for block in re.split(r"(?m)^(?=\d+ words:)", text.get_content().replace("\r\n", "\n")):
        if lines:
            count = len(re.findall(r"^Attachment \d: .*picture, ", above, re.MULTILINE))
            lines.append("".join(f"{left(*next(stands))}\n" for _ in range(min(count, 3))) + "\n" + block)
        else:
            lines.append(block)
        above = block
    text.set_content("".join(lines))
    html.set_content(IMAGE.sub(element, html.get_content()), subtype="html", cte="quoted-printable")
    return mail.as_bytes()


def reading_of(octets: bytes) -> Reading:
    message, _ = parse(octets)
    return heard(ours, message, octets, LETTER) if may_decide(message) else Reading((), ())


def part_of(octets: bytes, subtype: str) -> str:
    mail = message_from_bytes(octets, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body((subtype,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_each_picture_is_put_where_it_stood():
    text = part_of(rewritten(LETTER.octets, LEFT["Gmail"], HTML["as it was"]), "plain")
    assert text.count("[image: Attachment ") == 12
    assert re.search(
        r"Attachment 4: approve\.txt.*\n(?:.*\n)?\[image: Attachment 1: A.13 approve\.jpg, JPEG picture, 1\.0 kB\]\n",
        text,
    )


@pytest.mark.parametrize("left", LEFT)
def test_a_reply_is_read_as_if_there_were_no_picture(left):
    """Each shape once in each form. A program that breaks lines anew may cost a line in the transcript, no decision."""
    octets = [rewritten(LETTER.octets, LEFT[left], element) for element in HTML.values()]
    wrong = []
    for n, (name, shape) in enumerate(SHAPES.items(), list(LEFT).index(left)):
        language, case = LANGUAGES[n % len(LANGUAGES)], CASES[11 * n % len(CASES)]
        quoted = Posted(octets[n % len(octets)], LETTER.sent, LETTER.listing, LETTER.earlier)
        mail = mail_of(Trial(name, language, case), shape, WORDS[language], quoted)
        found = judged(case, WORDS[language], reading_of(mail))
        broken = "wrap" in name and found["right"] == found["decisions"] and not found["invented"]
        if found["invented"] or found["right"] < found["decisions"] or found["not asked"] or found["needless"] > broken:
            wrong.append((name, language, case.name, list(HTML)[n % len(octets)], dict(found)))
    assert wrong == []


def test_the_words_of_all_pictures_alone_decide_nothing():
    """A program that leaves nothing of a letter but the words of its pictures, unmarked."""
    for _, alt in IMAGE.findall(part_of(LETTER.octets, "html")):
        mail = f"From: {MEMBER}\r\nTo: {REPLY_TO}\r\nIn-Reply-To: <{MESSAGE_ID}>\r\n\r\n{unescape(alt)}\r\n"
        assert reading_of(mail.encode()).commands == ()
