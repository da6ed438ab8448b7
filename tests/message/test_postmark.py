"""Whose words a line introduces: ours, told by sender and date in any language; another's; nobody's."""
# ruff: noqa: RUF001 - these languages are written so

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailproc.message.words.attribution import introduces
from mailproc.message.words.postmark import Postmark

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
