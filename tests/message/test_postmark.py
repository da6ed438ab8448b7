"""Whose words a line introduces: ours, told by sender and date in any language; another's; nobody's."""
# ruff: noqa: RUF001 - these languages are written so

from __future__ import annotations

import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailproc.message.html.text import to_text
from mailproc.message.words.attribution import introduces
from mailproc.message.words.postmark import Postmark
from mailproc.message.words.quotation import Sent, known, own_lines, subtract
from mailproc.review.reply.written import begins_command

OURS = Postmark(
    "The Harbour Review",
    ("desk@harbour.example", "desk+k3v9m2p5@harbour.example"),
    datetime(2026, 11, 22, 8, 0, tzinfo=UTC),
)
BY_US = [
    "On Sun, 22 Nov 2026 at 08:00, The Harbour Review <desk@harbour.example> wrote:",
    "Am 22.11.26 um 09:00 schrieb The Harbour Review:",
    "Le 22/11/2026 à 09:00, The Harbour Review a écrit :",
    "2026년 11월 22일 (일) 오후 5:00, The Harbour Review <desk+k3v9m2p5@harbour.example>님이 작성:",
    "The Harbour Review 於 2026-11-22 08:00 寫到：",
    "ថ្ងៃ 2026-11-22 08:00, The Harbour Review បានសរសេរ៖",
    "2026-11-22 08:00(e)an, The Harbour Review igorleak hau idatzi zuen:",
    "เมื่อ 22 พ.ย. 2569 เวลา 15:00 The Harbour Review เขียนว่า:",
    "On 22 Nov 2026 at 08:00, Harbour people wrote:",
    "2026-11-22 09:00-ին, The Harbour Review-ը գրեց.",
    "The Harbour Review님이 2026-11-22 17:00에 작성:",
    "۲۲ نوامبر ۲۰۲۶، ۱۱:۳۰، The Harbour Review نوشت:",
    "From: The Harbour Review <desk@harbour.example>\nSent: Sunday, 22 November 2026\nTo: Ana\nSubject: Items",
    "Von: The Harbour Review\nGesendet: Sonntag, 22. November 2026 09:00\nAn: Ana\nBetreff: Items",
]
BY_OTHERS = [
    "On Sun, 22 Nov 2026 at 09:10, Ben Lund <ben@home.example> wrote:",
    "On Sun, 22 Nov 2026 at 08:00, Ben Lund <ben@home.example> wrote to The Harbour Review:",
    "Am 22.11.2026 um 10:04 schrieb Ben Lund:",
    "Ben wrote:",
    "Ben a écrit :",
    "From: Ben <ben@home.example>\nSent: 22 November 2026\nTo: The Harbour Review <desk@harbour.example>\nCc: Jo",
    "差出人: Ben <ben@home.example>\n送信日時: 2026年11月22日 8:00\n宛先: desk@harbour.example\n件名: Re: Items",
]
BY_NOBODY = ["A-12 approve", "approve", "Sent from my iPhone", "----", "", "Here is what I think:", "No.", "hold"]


@pytest.mark.parametrize("line", BY_US)
def test_an_attribution_with_our_name_address_or_minute_introduces_our_words(line: str):
    assert introduces(line.split("\n"), OURS) == "ours"


@pytest.mark.parametrize("line", BY_OTHERS)
def test_an_attribution_of_somebody_else_introduces_others_words(line: str):
    assert introduces(line.split("\n"), OURS) == "others"


@pytest.mark.parametrize("line", BY_NOBODY)
def test_what_a_member_writes_introduces_nothing(line: str):
    assert introduces(line.split("\n"), OURS) == "no"


# Around a quotation of the letter

ATTRIBUTIONS = (Path(__file__).resolve().parent / "programs/attributions.txt").read_text("utf-8").splitlines()
LETTER = (
    "1. A-12  article  The tram that never came to the harbour\nFrom Jo Poole\n\n| It was due at eight in the morning."
)
SENT = Sent(LETTER, (), OURS)
MARKED = "\n".join(f"> {line}" for line in LETTER.split("\n"))


def own(reply: str, sent: Sent = SENT) -> list[str]:
    return [line.text for line in own_lines(reply, sent) if line.own and not line.marked and line.text.strip()]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_what_holds_our_name_and_date_is_nobody_s_word_in_any_language(attribution: str):
    for reply in (
        f"hold\n\n{attribution}\n{MARKED}",
        f"hold\n{attribution}\n\n{LETTER}",
        f"{attribution}\n{MARKED}\nhold",
    ):
        assert own(reply) == ["hold"]
    rich = f"<p>hold</p><div>{attribution.replace('<', '&lt;')}</div><blockquote>{LETTER}</blockquote>"
    assert own(to_text(rich)) == ["hold"]


@pytest.mark.parametrize("width", [40, 60, 76])
@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attribution_may_be_wrapped_anywhere(attribution: str, width: int):
    wrapped = "\n".join(textwrap.wrap(attribution, width, break_long_words=False, break_on_hyphens=False))
    assert own(f"hold\n{wrapped}\n{MARKED}") == ["hold"]


@pytest.mark.parametrize("attribution", [text for text in ATTRIBUTIONS if " " in text])
def test_what_is_typed_right_below_an_attribution_is_the_writer_s(attribution: str):
    for typed in ("approuver a-12", "alle Artikel annehmen", "all but the tram can go up", "yes please"):
        lines = subtract(f"{attribution}\n{typed}\n{MARKED}", known(SENT), begins_command("member"))
        assert [line.text for line in lines if line.own and not line.marked and line.text.strip()] == [typed]


@pytest.mark.parametrize(
    "line",
    [
        "A-12 reject, The Harbour Review said so on 22 November 2026 at 08:00:",
        "reject: it repeats what we wrote on 22 November 2026 in our own pages",
        "hold until 22 November 2026 at 08:00",
        "Please ask The Harbour Review",
        "The Harbour Review is right",
        "approve",
        "hold: The Harbour Review will print it on Sunday",
    ],
)
def test_a_member_s_line_right_above_a_quotation_is_theirs(line: str):
    assert own(f"{line}\n{MARKED}") == [line]


def test_lines_above_an_attribution_in_its_paragraph_are_the_member_s():
    for words in ("hold", "hold it for me", "Two cars, I think.", "no"):
        assert own(f"{words}\nOn Sun, 22 Nov 2026 at 08:00,\nThe Harbour Review wrote:\n{MARKED}") == [words]


def test_without_a_postmark_shape_alone_tells():
    assert own(f"hold\n\nOn Sun, 22 Nov 2026 at 08:00, The Harbour Review wrote:\n{MARKED}", Sent(LETTER)) == ["hold"]
