"""Which breaks of a text were a program's: prose flows in HTML, verse and columns stay, and no word changes."""

# ruff: noqa: RUF001 - letters of several scripts, and meant

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproc.letters.digest import barred
from mailproc.letters.page import as_html, wrapped
from mailproc.letters.prose import flowed, paragraphs, whole
from mailproc.message.html.text import to_text

PROSE = """\
For eleven years the council has promised a tram to the harbour, and for eleven years we have waited at a stop where
no rails lie. In the ninth year they painted the stop, and in the tenth somebody sat down on it.

Whoever reads this far may ask why the timetable was printed in 1994, and by whom; the printer does not know, and the
harbour office has lent the only copy to a museum that is closed on the days when it is open.
"""
GERMAN = """\
Seit elf Jahren verspricht der Rat eine Bahn zum Hafen, und seit elf Jahren warten wir an einer Haltestelle, an der es
keine Gleise gibt. Im neunten Jahr wurde sie gestrichen, im zehnten setzte sich jemand darauf, und nun wird sie wieder
gestrichen, sagt man, aber nicht vor dem Winter.
"""
RUSSIAN = """\
Одиннадцать лет совет обещает нам трамвай до гавани, и одиннадцать лет мы стоим на остановке, где нет рельсов. На
девятый год остановку покрасили, а на десятый кто-то на неё сел, и теперь её красят снова.
"""
KEPT = {
    "verse": """\
I met a ferry from a narrow sea
Who said: two vast and funnel-less decks of steel
Stand on the quay. Near them, in the lee,
Half sunk, a timetable lies, whose wheel
And wrinkled lip, and sneer of cold command""",
    "a couplet": """\
The gulls have read the notice on the pier and do not care
The tide has read it too, and left it there.""",
    "short lines": "the tram\nthat never came\ncame\nafter all",
    "an address": "Jo Poole\n3 Cable Street, above the chandler's, second bell from the left\nNorth Pier",
    "columns": """\
Monday      08:00   the ferry leaves, as far as anybody knows
Tuesday     09:00   the ferry leaves again, or it is not back
Sunday      never   nobody has asked the ferry""",
    "a list": """\
- the lamp on the pier has been out since the storm in March
- the clock on the quay goes when it is pushed by somebody
- the bench is wet""",
    "a talk": """\
\u2014 Is this the stop for the tram that goes out to the harbour?
\u2014 It is the stop. I would not say more than that of it.
\u2014 and the tram?""",
}


def whole_paragraphs(text: str) -> list[str]:
    """Each paragraph as one line."""
    return [" ".join(each.split()) for each in text.split("\n\n")]


@pytest.mark.parametrize("text", [PROSE, RUSSIAN, GERMAN], ids=["en", "ru", "de"])
@pytest.mark.parametrize("width", [56, 65, 72, 78])
def test_prose_that_a_program_wrapped_flows_again(text, width):
    meant = whole_paragraphs(text)
    came = "\n\n".join(textwrap.fill(each, width) for each in meant)
    assert list(paragraphs(came.split("\n"))) == [[each] for each in meant]
    assert flowed(came) == "\n\n".join(meant)


@pytest.mark.parametrize("kind", KEPT)
def test_what_is_no_paragraph_keeps_its_breaks(kind):
    assert list(paragraphs(KEPT[kind].split("\n"))) == [KEPT[kind].split("\n")]


def test_a_heading_and_a_list_within_prose_stand_alone():
    first, _ = whole_paragraphs(PROSE)
    came = f"A tram\n{textwrap.fill(first, 72)}\n- one: the stop\n- two"
    assert list(paragraphs(came.split("\n"))) == [["A tram", first, "- one: the stop", "- two"]]


def test_what_hangs_under_an_entry_flows_with_it():
    came = """\
1. Chips. They are now sold with a lid. The committee regards the lid as
   a challenge, and has asked for a larger one, which came on Tuesday and
   was open.
2. Any other business. There was a sandwich."""
    first, second = came.rsplit("\n", 1)
    assert list(paragraphs(came.split("\n"))) == [[" ".join(first.split()), second]]


def test_what_we_fold_ourselves_is_whole_in_html_and_folded_in_the_text():
    long = f"{whole_paragraphs(PROSE)[0]} {'灯' * 100} and so on, as far as the rails go"
    lines, _ = barred(f"{KEPT['short lines']}\n{long}")
    source = "\n".join(lines)
    assert whole([line[2:] for line in lines])[-1] == long
    assert max(map(len, wrapped(source).split("\n"))) <= 78
    assert not any(line.endswith((" ", "\ue001")) for line in wrapped(source).split("\n"))
    assert f"> {long}" in to_text(f'<div style="border-left: 1px solid">{as_html(source)}</div>').split("\n")


def test_blanks_at_the_head_of_a_line_and_in_columns_are_kept():
    html = str(as_html("| the tram\n|    that never   came"))
    assert ">\u00a0\u00a0\u00a0that never\u00a0\u00a0 came<" in html


@given(st.lists(st.text("ab .-—1)АбY灯", max_size=90), max_size=12))
def test_no_word_changes(lines):
    assert "".join("".join(map("".join, paragraphs(lines))).split()) == "".join("".join(lines).split())
    barred_lines, _ = barred("\n".join(lines))
    shown = to_text(str(as_html("\n".join(barred_lines))))
    assert "".join(shown.split()) == "".join("".join(line[2:].strip("\ue001") for line in barred_lines).split())
