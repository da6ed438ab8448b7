"""The lines that limit a text: what is one of them, what only resembles one, and what they limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproc.kinds.reference import BLANKS, DASHES
from mailproc.message.words.extent import between
from mailproc.message.words.marks import limits, mark, resembles
from mailproc.message.words.quotation import Line
from mailproc.review.reply.written import between_marks, seen

LONG = "\u2012\u2013\u2014\u2015"
several = st.text(st.sampled_from(DASHES.replace("\u00ad", "")), min_size=2, max_size=6)
dashes = several | st.sampled_from(LONG)
blanks = st.text(st.sampled_from(f"{BLANKS}\t"), max_size=3)
tails = st.sampled_from(["", " ---", "---", " \u2014", ":", " :", "\u00a0"])
stops = st.sampled_from([".", " ---."])  # behind a single dash it is speech
STORY = "THE TRAM\n\nIt never came.\n"


def limited_in_a_reply(text: str) -> str | None:
    """What a reply's reader takes between marks, every line being its writer's."""
    lines = [Line(line, own=True, marked=False, after=None) for line in text.split("\n")]
    return between_marks(lines, lambda n: seen(lines[n].text).strip(), lambda _: True)[2]


@given(blanks, dashes, blanks, st.sampled_from(["begin", "Begin", "BEGIN", "BEG\u0130N"]), tails)
def test_dashes_and_the_word_are_a_mark_however_they_are_typed(b: str, d: str, c: str, word: str, tail: str):
    assert mark(f"{b}{d}{c}{word}{tail}") == "begin"
    assert resembles(f"{b}{d}{c}begin{tail}")


@given(blanks, several, blanks, stops)
def test_a_full_stop_may_end_a_mark_of_several_dashes(b: str, d: str, c: str, stop: str):
    assert mark(f"{b}{d}{c}begin{stop}") == "begin"


@given(blanks, dashes, blanks, tails, st.text("abc\n -", max_size=30))
def test_article_and_reply_take_the_same_words(b: str, d: str, c: str, tail: str, words: str):
    text = f"Hello\n{b}{d}{c}begin{tail}\n{words}\n{b}{d}{c}end{tail}\nBye"
    assert between(text) == (words + "\n", 3)
    assert limited_in_a_reply(text) == words + "\n"


@pytest.mark.parametrize(
    "line",
    [
        "begin",
        "begin ---",
        "--",
        "-- ",
        "-----",
        "- begin",  # a line of a list
        "\u2014 Begin.",  # somebody speaks
        "\u2014End.",
        "\u2013 begin .",
        "\u2010 begin",
        "--- begin here the story",
        "--- beginning",
        "--- begins",
        "--- the end",
        "--- end of story",
        "> --- begin",
        "| --- begin",
        '"--- begin"',
        "\u201c--- begin\u201d",
        "* * * begin",
        "=== begin",
        "___ begin",
        "--- begin!",
        "--- begin ... ",
        "Put --- begin above it",
        "--- b e g i n",
        "--- begin end",
        "--- begin" + " -" * 200 + " x",
        "",
    ],
)
def test_what_only_resembles_a_mark_limits_nothing(line: str):
    assert mark(line) == ""
    text = f"Hello\n{line}\nmore\n"
    assert between(text) is None
    assert limited_in_a_reply(text) is None


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        (f"Hi\n--- begin\n{STORY}--- end\nBye", STORY),
        (f"Hi\n--- begin\n{STORY}", STORY),  # to the end of the text
        (f"{STORY}--- end\nBye", None),  # an end alone limits nothing
        (f"--- begin\n{STORY}--- begin\nBye", STORY),  # begin in the place of end
        (f"--- begin\n{STORY}--- end\n--- begin\nB\n--- end", STORY),  # the first pair
        (f"--- begin\nA\n--- begin\n{STORY}--- end", f"A\n--- begin\n{STORY}"),
        (f"--- end\n--- begin\n{STORY}--- end", STORY),
        ("--- begin\n--- end\n", ""),
        ("--- begin", ""),
    ],
)
def test_marks_that_are_missing_or_too_many(text: str, taken: str | None):
    found = between(text)
    assert (found[0] if found else None) == taken


def test_a_mark_that_is_not_the_writer_s_limits_nothing_and_closes_nothing():
    lines = ["--- begin", "a", "--- end", "b", "--- end"]
    assert limits(lines, lambda n: n != 0) is None
    assert limits(lines, lambda n: n != 2) == (0, 4)


@given(st.text())
def test_text_without_marks_is_taken_whole_and_nothing_fails(text: str):
    assert (between(text) is None) == (not any(mark(line) == "begin" for line in text.split("\n")))
    resembles(text)


@pytest.mark.parametrize("unit", ["-", "- ", "\u2014", "--- begin\n", "--- begin -", "-\u0301\u0323", " ", "\u200b"])
def test_hostile_text_is_read_to_its_end(unit: str):
    """What is not linear does not come back."""
    text = unit * (1_000_000 // len(unit))
    between(text)
    mark(text)
    resembles(text)
