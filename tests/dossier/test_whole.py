"""A whole file in one mail: told from other texts, cut by its headings, each part found again by its octets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproc.dossier.whole import cut, find

NEEDS = {"history": ("history", "geschichte", "began"), "links": ("links",), "experience": ("experience", "i saw")}


def counts(words: str) -> str:
    folded = words.casefold()
    return next((slug for slug, signs in NEEDS.items() if any(sign in folded for sign in signs)), "")


HISTORY = "The society was founded in 1904.\n\n  It met in the rain,\n  and liked it."
SAW = "I saw the pier burn. It was a Tuesday."
LINKS = "https://northpier.example/"

WHOLE = {
    "Markdown": f"# History\n\n{HISTORY}\n\n# Experience #\n{SAW}\n\n# Links\n\n{LINKS}\n",
    "Markdown below a title": f"# North Pier\n\n## History\n{HISTORY}\n\n## Experience\n\n{SAW}\n\n## Links\n{LINKS}\n",
    "underlined": f"History\n=======\n\n{HISTORY}\n\nExperience\n==========\n{SAW}\n\nLinks\n=====\n{LINKS}",
    "underlined with dashes": f"History\n-------\n{HISTORY}\n\nExperience\n----------\n{SAW}\n\nLinks\n-----\n{LINKS}",
    "bold": f"**History**\n\n{HISTORY}\n\n**Experience:**\n{SAW}\n\n*Links*\n{LINKS}\n",
    "wiki": f"== History ==\n{HISTORY}\n\n== Experience ==\n{SAW}\n\n== Links ==\n{LINKS}\n",
    "capitals": f"HISTORY\n\n{HISTORY}\n\nEXPERIENCE\n\n{SAW}\n\nLINKS\n\n{LINKS}\n",
    "numbered": f"1. History\n\n{HISTORY}\n\n2. Experience\n\n{SAW}\n\n3. Links\n\n{LINKS}\n",
    "Roman": f"I. History\n{HISTORY}\n\nII. Experience\n{SAW}\n\nIII. Links\n{LINKS}\n",
    "plain": f"History\n\n{HISTORY}\n\nExperience:\n\n{SAW}\n\nLinks\n{LINKS}\n",
    "lines of a typewriter": f"\n\nHistory:\n{HISTORY}\n\n\nExperience:\n{SAW}\n\n\nLinks:\n{LINKS}",
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_a_whole_file_is_cut_by_its_headings(text):
    parts = [part for part in cut(text, counts) if part.heading != "North Pier"]
    assert [(part.need, part.text) for part in parts] == [("history", HISTORY), ("experience", SAW), ("links", LINKS)]
    assert [part.heading.casefold() for part in parts] == ["history", "experience", "links"]
    for part in parts:
        assert find(text, part.heading, len(part.text.encode()), part.sha256) == part.text


NOT_WHOLE = {
    "no heading": HISTORY,
    "one part": f"# History\n\n{HISTORY}\n",
    "two parts of one need": f"# History\n{HISTORY}\n\n# How it began\n{SAW}\n",
    "headings that no file needs": f"# Monday\n{HISTORY}\n\n# Tuesday\n{SAW}\n",
    "words in sentences": f"History is long.\n\n{HISTORY}\n\nLinks, as they say, are short.\n\n{SAW}\n",
    "a list": "I send you:\n\n- history\n- links\n- experience\n",
    "headings without words": "History\n\n\n\n\n\nLinks\n",
    "the word inside a paragraph": f"We talked about\nhistory\nand about\nlinks\nand then {SAW}\n",
    "paragraphs that begin with such words": f"The history of it all is long and\nsad.\n\nThe links are\nfew.\n\n{SAW}",
    "nothing": "",
}


@pytest.mark.parametrize("text", NOT_WHOLE.values(), ids=NOT_WHOLE)
def test_what_is_no_whole_file_stays_one_text(text):
    assert cut(text, counts) == ()


def test_what_stands_above_the_first_heading_is_a_part_and_so_is_what_no_file_needs():
    parts = cut(f"Hello,\nhere is the file.\n\n{WHOLE['Markdown']}\n# The weather\n\nIt rained.", counts)
    assert [(part.heading, part.need) for part in parts] == [
        ("", ""),
        ("History", "history"),
        ("Experience", "experience"),
        ("Links", "links"),
        ("The weather", ""),
    ]
    assert parts[0].text == "Hello,\nhere is the file."


def test_lower_headings_stay_in_their_part():
    (history, links) = cut("# History\nOld.\n## Later\nNew.\n\n# Links\nNone.", counts)
    assert (history.text, links.text) == ("Old.\n## Later\nNew.", "None.")


def test_a_documents_own_styles_say_what_is_a_heading():
    text = "North Pier\nOur history and how it began\nOld.\nLinks and more of them\nNone.\n"
    parts = cut(text, counts, ((0, 1), (1, 2), (3, 2), (99, 2)))
    assert [(part.heading, part.need, part.text) for part in parts] == [
        ("Our history and how it began", "history", "Old."),
        ("Links and more of them", "links", "None."),
    ]
    assert cut(text, counts) == ()


LINES = st.lists(st.sampled_from(["# History", "# Links", "", "a", "---", "  b ", "HISTORY", "# x", "\t"]), max_size=14)


@given(LINES)
def test_parts_are_spans_of_the_text_and_nothing_but_headings_is_left_out(lines):
    text = "\n".join(lines)
    parts = cut(text, counts)
    for part in parts:
        assert part.text in text
        assert find(text, part.heading, len(part.text.encode()), part.sha256) == part.text
    if parts:
        left = [line for line in lines if line.strip() and not line.startswith("#") and line not in ("---", "HISTORY")]
        assert all(sum(part.text.count(line) for part in parts) >= left.count(line) for line in left)


@pytest.mark.parametrize(
    "line",
    [
        "=" * 50_000 + "x",
        "# a" + " " * 50_000 + "x",
        "**" + " " * 50_000 + "x",
        "=" * 120 + "x" + "=" * 120,
        "1. " + " " * 50_000 + "x",
        "-~_=" * 20_000,
    ],
)
def test_no_line_is_looked_at_for_long(line):
    """A pattern that goes back over such a line would look at it for years."""
    text = f"# History\n{line}\n\n# Links\n{line}\n{line}"
    assert [part.need for part in cut(text, counts)] == ["history", "links"]
    assert find(text, "History", 4, "0" * 64) is None


def test_a_part_that_is_not_in_the_text_is_not_found():
    assert find("# History\nOld.", "History", 4, "0" * 64) is None
    assert find("", "", 0, "0" * 64) is None
