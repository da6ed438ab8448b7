"""A group file laid out: order and headings change, words never."""

from __future__ import annotations

from datetime import date

import made_pieces as made
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproc.dossier.layout import lay_out, misread, outline

NEEDS = made.NEEDS
WORDS = {
    "picture": "Pictures",
    "document": "Documents",
    "link": "Links",
    "text": "More",
    "other": "Other",
    "reply": "Reply",
}
PIECES = (
    made.a_text("F-124", "It began with umbrellas.", heading="How it began"),
    made.a_text("F-124", "Then it burnt.", need="", heading="The fire"),
    made.a_picture("F-124", "office.jpg", caption="The office"),
    made.a_text("F-126", "I was there in 1953.", need="experience", name="The sea"),
    made.a_picture("F-127", "leaflet.jpg", need=""),
    made.a_link("F-128", "https://northpier.example/", "Minutes"),
)


def laid(*lines: str, pieces=PIECES):
    return lay_out("North Pier Society", NEEDS, pieces, lines)


def shape(page) -> list[tuple[str, list[str]]]:
    return [(section.heading or section.slug, [block.label for block in section.blocks]) for section in page.sections]


HOUSE = [
    ("History", ["F-124/1"]),
    ("Personal experience", ["F-126"]),
    ("Photographs", ["F-124/3"]),
    ("Links", ["F-128"]),
    ("The fire", ["F-124/2"]),
    ("picture", ["F-127"]),
]


def test_the_house_orders_by_what_a_file_needs_and_then_by_what_contributors_called_it():
    assert shape(laid()) == HOUSE


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        (["Links"], [("Links", ["F-128"])]),
        (["links:"], [("Links", ["F-128"])]),
        (["Photographs", "History"], [("Photographs", ["F-124/3"]), ("History", ["F-124/1"])]),
        (["Photos: F-127, office.jpg"], [("Photos", ["F-127", "F-124/3"])]),
        (["The early years: F-124/2 and F-126"], [("The early years", ["F-124/2", "F-126"])]),
        (["1904: the beginning: F-124"], [("1904: the beginning", ["F-124/1", "F-124/2", "F-124/3"])]),
        (["How it all began", "F-124/1", "F-126"], [("How it all began", ["F-124/1", "F-126"])]),
        (["- F-126", "- F-128"], [("Personal experience", ["F-126"]), ("Links", ["F-128"])]),
        (["1. History: 126"], [("History", ["F-126", "F-124/1"])]),
        (["Links", "How it began"], [("Links", ["F-128"]), ("How it began", ["F-124/1"])]),
        (["How they were: F-126", "Photograph"], [("How they were", ["F-126"]), ("Photograph", ["F-124/3"])]),
        (["The fire"], [("The fire", ["F-124/2"])]),
        (["What the sea did: The sea; f-124.2"], [("What the sea did", ["F-126", "F-124/2"])]),
    ],
)
def test_lines_order_a_file_and_may_bring_headings_of_their_own(lines, first):
    page = laid(*lines)
    assert shape(page)[: len(first)] == first
    assert misread(NEEDS, PIECES, lines) == ()
    assert sorted(block.label for block in page.blocks) == sorted(block.label for block in laid().blocks)


@pytest.mark.parametrize("line", ["History: F-999", "F-124/9", "The weather", "---", "History: F-124, F-999", ":"])
def test_a_line_that_names_what_is_not_there_is_told_and_changes_nothing(line):
    assert misread(NEEDS, PIECES, [line]) == (line,)
    assert shape(laid(line)) == HOUSE


@pytest.mark.parametrize("lines", [(), ("The early years: F-124/2, F-126", "Links")])
def test_the_outline_is_lines_that_ask_for_the_same_order(lines):
    page = laid(*lines)
    again = outline(page, WORDS)
    assert misread(NEEDS, PIECES, again) == ()
    assert [labels for _, labels in shape(laid(*again))] == [labels for _, labels in shape(page)]


@given(st.lists(st.text("abFf-124/6,:; \nHistory", max_size=30), max_size=8))
def test_whatever_lines_say_each_piece_stands_once_with_its_words(lines):
    page = lay_out("North Pier Society", NEEDS, PIECES, lines)
    assert sorted(b.label for b in page.blocks) == ["F-124/1", "F-124/2", "F-124/3", "F-126", "F-127", "F-128"]
    assert {b.text for b in page.blocks if b.text} == {piece.text for piece in PIECES if piece.text}


@given(st.text(max_size=300))
def test_words_stay_octet_for_octet(words):
    (block,) = lay_out("X", NEEDS, [made.a_text("F-1", words)]).blocks
    assert block.text == words
    shown = "".join(word for lines in block.paragraphs for line in lines for word in line.split())
    unseen = {c for c in words if not c.isprintable() or 0xD800 <= ord(c) < 0xE000}
    assert [c for c in shown if c not in unseen] == [c for c in words if c not in unseen and not c.isspace()]


def test_much_is_laid_out_at_once():
    """Twenty thousand lines in one paragraph, and a line of a layout that is all blanks and commas."""
    words = "\n".join(["The harbour board wanted to pull the pier down, and nobody let it."] * 20_000)
    page = laid(" " * 100_000 + "x", "," * 100_000, pieces=[made.a_text("F-1", words)])
    assert page.blocks[0].text == words
    assert len(page.blocks[0].paragraphs) == 1


def test_a_line_that_only_the_margin_broke_goes_on_and_a_verse_stays():
    prose = "The North Pier Society was founded in the autumn of 1904 when\nthe harbour board wanted to pull it down.\n"
    verse = "The pier is long, the pier is low,\nAnd nobody knows how far we go;\n"
    page = lay_out("X", NEEDS, [made.a_text("F-1", f"{prose}\n{verse}")])
    (block,) = page.blocks
    assert block.paragraphs == (
        ("The North Pier Society was founded in the autumn of 1904 when the harbour board wanted to pull it down.",),
        ("The pier is long, the pier is low,", "And nobody knows how far we go;"),
    )


def test_what_stands_before_the_first_heading_of_a_whole_file_stands_first():
    whole = (made.a_text("F-1", "About it all.", need=""), made.a_text("F-1", "It began.", heading="History"))
    assert shape(laid(pieces=whole)) == [("lead", ["F-1/1"]), ("History", ["F-1/2"])]


def test_the_reply_of_the_organisation_is_last_whoever_orders():
    reply = made.a_text("F-130", "It was postponed.", need="history", reply=True)
    assert shape(laid(pieces=(reply, *PIECES)))[-1] == ("reply", ["F-130"])
    assert shape(laid("Links", pieces=(reply, *PIECES)))[-1] == ("reply", ["F-130"])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Jo Fields", "Jo Fields"),
        ("Jo Fields <jo@fields.example>", "Jo Fields"),
        ("jo@fields.example", ""),
        ("Jo (jo@fields.example) Fields", "Jo Fields"),
        ('"jo@fields.example"', ""),
        ("Jo\u202eFields", "JoFields"),
        ("Jo (at) fields.example Fields", "Fields"),
        ("x" * 100_000, "x" * 100_000),
    ],
)
def test_contributors_are_named_as_they_may_be_shown_and_never_with_an_address(name, shown):
    pieces = (made.a_text("F-1", "Words.", by=name), made.a_picture("F-2", "a.jpg", credit=name))
    page = lay_out("X", NEEDS, pieces)
    assert page.contributors == tuple(dict.fromkeys(filter(None, (shown, "Jo Fields"))))
    assert [(b.by, b.credit) for b in page.blocks] == [(shown, ""), ("Jo Fields", shown)]


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://northpier.example/a?b=1", "https://northpier.example/a?b=1"),
        ("HTTP://northpier.example", "HTTP://northpier.example"),
        ("javascript:alert(1)", ""),
        ("https:alert(1)", ""),
        ("data:text/html,x", ""),
        ("mailto:jo@fields.example", ""),
        ("https://bank.example@evil.example/", ""),
        ("https://northpier.example/\u202egpj", ""),
        ("https://northpier.example/ x", ""),
        ("https://[bad", ""),
        ("https://", ""),
        ("//northpier.example", ""),
    ],
)
def test_only_an_address_of_the_web_that_hides_nothing_can_be_followed(url, href):
    pieces = (made.a_link("F-1", url), made.a_picture("F-2", "a.jpg", source=url))
    page = lay_out("X", NEEDS, pieces)
    assert [b.href or b.source_href for b in sorted(page.blocks, key=lambda b: b.ref)] == [href, href]


def test_a_picture_has_words_for_those_who_do_not_see_it():
    pieces = (made.a_picture("F-1", "the_old-office.jpg"), made.a_picture("F-2", "b.jpg", caption="The kettle"))
    assert [block.alt for block in lay_out("X", NEEDS, pieces).blocks] == ["the old office", "The kettle"]


def test_the_page_is_of_the_day_of_its_latest_piece():
    later = made.a_text("F-2", "More.", on=date(2026, 11, 20))
    assert lay_out("X", NEEDS, (later, *PIECES)).on == date(2026, 11, 20)
    assert lay_out("X", NEEDS, ()).on is None
