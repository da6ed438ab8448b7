"""What telephones, mail programs and scanners write below somebody's words, in any language, and what looks so."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from mailproc.message.html.text import to_text
from mailproc.message.words.attribution import from_programs
from mailproc.message.words.footer import is_footer
from mailproc.message.words.quotation import Sent
from mailproc.review.language import verbs
from mailproc.review.reply.command import Listed, Listing, read_reply

HERE = Path(__file__).resolve().parent / "programs"
FOOTERS = (HERE / "footers.txt").read_text("utf-8").splitlines()
OTHERS = (HERE / "not_footers.txt").read_text("utf-8").splitlines()
LETTER = Sent(
    "1. A-12  article  The tram\nFrom Jo Poole\n\n| It was due at eight.\n\n2. A-13  article  Fog\nFrom Ben Lund\n"
)
TWO = Listing((Listed("A-12", 12, "article", "The tram"), Listed("A-13", 13, "article", "Fog")), single=False)
ONE = Listing(TWO.items[:1], single=True)


def rich(words: str, footer: str) -> str:
    return f"<div>{words}</div><br><div>{html.escape(footer)}</div>"


@pytest.mark.parametrize("footer", FOOTERS)
def test_a_footer_is_nobody_s_word_and_is_not_asked_back(footer: str):
    assert from_programs(["A-12 hold", "", footer], [False] * 3) == {2}
    for words, listing in (("A-12 hold", TWO), ("hold", ONE)):
        for html_text in (None, to_text(rich(words, footer))):
            reading = read_reply(f"{words}\n\n{footer}\n", html_text, None, LETTER, (), listing, "member")
            assert [(c.verb, c.refs) for c in reading.commands] == [("hold", ("A-12",))]
            assert reading.unclear == ()


@pytest.mark.parametrize("line", OTHERS)
def test_what_a_member_writes_is_no_footer(line: str):
    assert not is_footer(line)
    assert from_programs(["A-12 hold", "", line], [False] * 3) == set()


@pytest.mark.parametrize(
    "footer",
    [
        "Get Outlook for iOS\n<https://aka.ms/x1abcd>",
        "Sent from Yahoo Mail on Android\n<https://go.onelink.me/107872968?pid=InProduct>",
        "Sent from my BlackBerry 10 smartphone on the\nVerizon network.",
        "Sent with Proton Mail\n<https://proton.me/mail/home>\nsecure email.",
        "Gesendet mit der Telekom Mail\nApp",
        "Envoyé à partir de Courrier pour\nWindows 10",
        "Sent from my Android device with K-9 Mail. Please\nexcuse my brevity.",
        "Diese Nachricht wurde von meinem Android-Mobiltelefon\nmit GMX Mail gesendet.",
        "Отправлено из Почты\n<https://go.microsoft.com/fwlink/?LinkId=550986> для Windows",
        "Inviato da Posta\n<https://go.microsoft.com/fwlink/?LinkId=550986>\nper Windows",
        "This email has been checked for viruses by Avast antivirus\nsoftware.\nwww.avast.com",
    ],
)
def test_a_footer_may_be_broken_into_lines(footer: str):
    lines = ["A-12 hold", "", *footer.split("\n")]
    assert from_programs(lines, [False] * len(lines)) == set(range(2, len(lines)))


def test_hostile_lines_are_looked_at_in_no_time():
    for line in ("sent from " * 200, "[" * 1999, "(http://" * 240, "a. " * 600, "Galaxy A1 " * 190, "-" * 1999):
        assert not is_footer(line)


def test_no_word_that_decides_is_a_word_of_footers():
    """A line "approve Sent from my iPhone" would else be lost."""
    for form, _ in verbs.written("member"):
        for line in (f"{form} Sent from my iPhone", f"Sent from my iPhone {form}", f"{form} Outlook<https://aka.ms/x>"):
            assert not is_footer(line), line
