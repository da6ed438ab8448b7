"""Words typed right before an introduction of our letter are set apart from it, in any language; no other line is cut.

The introductions are Roundcube's.
"""
# ruff: noqa: RUF001 - letters of many scripts

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailproc.message.model import SETTLED, Sight
from mailproc.message.words.postmark import Postmark
from mailproc.message.words.typed import apart

OURS = Postmark("The Harbour Review", ("desk@harbour.example",), datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
INTRODUCTIONS = (
    "On 2026-11-22 09:00, The Harbour Review wrote:",
    "Am 2026-11-22 09:00, schrieb The Harbour Review:",
    "El 2026-11-22 09:00, The Harbour Review escribió:",
    "Le 2026-11-22 09:00, The Harbour Review a écrit :",
    "Em 2026-11-22 09:00, The Harbour Review escreveu:",
    "Il 2026-11-22 09:00 The Harbour Review ha scritto:",
    "Þann 2026-11-22 09:00, skrifaði The Harbour Review:",
    "Dňa 2026-11-22 09:00 The Harbour Review napísal(a):",
    "Στις 2026-11-22 09:00, The Harbour Review έγραψε:",
    "На 2026-11-22 09:00, The Harbour Review написа:",
    "The Harbour Review писал(а) 2026-11-22 09:00:",
    "The Harbour Review skrev den 2026-11-22 09:00:",
    "The Harbour Review 於 2026-11-22 09:00 寫到:",
    "在 2026-11-22 09:00，The Harbour Review 写道：",
    "2026-11-22 09:00에 The Harbour Review이(가) 쓴 내용:",
    "2026-11-22 09:00 に The Harbour Review さんは書きました:",
    "در 2026-11-22 09:00، The Harbour Review نوشته است:",
    "كتب The Harbour Review في 2026-11-22 09:00:",
    "កាលពីថ្ងៃ 2026-11-22 09:00, The Harbour Review បានសរសេរ៖",
    "2026-11-22 09:00 egunean, The Harbour Review-(e)k idatzi du:",
)


@pytest.mark.parametrize("mark", ["", "> "])
@pytest.mark.parametrize("words", ["yes", "Yes.", "A-12 approve", "no!", "A-12 reject: too long", "Freigegeben"])
@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_words_and_introduction_are_two_lines(introduction: str, words: str, mark: str):
    found, _ = apart(f"above\n{mark}{words}{introduction}\n> quoted", SETTLED, OURS)
    assert found.split("\n") == ["above", f"{mark}{words}", f"{mark}{introduction}", "> quoted"]


@pytest.mark.parametrize(
    "line",
    [
        *INTRODUCTIONS,
        *(f"> {line}" for line in INTRODUCTIONS),
        "yesOn 2026-11-21 07:13, Ben wrote:",
        "On 11.11.2026 09:00 MacIntyre wrote to The Harbour Review:",
        "approve, said MacIntyre of The Harbour Review on 2026-11-22:",
        "yes",
        "",
    ],
)
def test_no_other_line_is_cut(line: str):
    assert apart(line, SETTLED, OURS) == (line, SETTLED)


def test_where_nothing_is_known_of_the_letter_nothing_is_cut():
    line = f"yes{INTRODUCTIONS[0]}"
    assert apart(line, SETTLED, Postmark()) == (line, SETTLED)


def test_the_numbers_of_lines_go_along():
    text = f"one\nyes{INTRODUCTIONS[0]}\nthree"
    _, sight = apart(text, Sight(contained=(1,), doubtful=(2,), unseen=(0,), hides=True, signed=(1, 2)), OURS)
    assert sight == Sight(contained=(1, 2), doubtful=(3,), unseen=(0,), hides=True, signed=(1, 2, 3))
