"""`layout North Pier` and the lines below it that order the file: where they begin, go on and end."""

from __future__ import annotations

import pytest

from mailproc.message.words.quotation import Sent
from mailproc.review.reply.command import Listed, Listing, read_lines, read_reply

FILES = (
    ("North Pier Society", "North Pier Society"),
    ("NPS", "North Pier Society"),
    ("Lantern Union", "Lantern Union"),
)
ITEMS = (Listed("A-12", 12, "article", "The tram"), Listed("T-130", 130, "task", "North Pier"))
LISTING = Listing(ITEMS, single=False, files=FILES)
ORDER = "History: F-124, F-126\nPhotographs"


def said(text: str) -> list[tuple[str, str, str]]:
    read = read_lines(text, LISTING, "member")
    return [(command.verb, command.argument, command.words) for command in read.commands]


LAYOUT = ("layout", "North Pier Society", ORDER)
ALONE = {
    "as it is": f"layout North Pier:\n{ORDER}",
    "without a colon": f"layout North Pier\n{ORDER}",
    "an alias": f"Layout for NPS:\n{ORDER}\n",
    "a blank line first": f"layout North Pier:\n\n{ORDER}\n",
    "thanks behind": f"layout North Pier:\n{ORDER}\n\nThanks,\nAna",
    "a name behind": f"layout North Pier:\n{ORDER}\n\nAna",
    "a signature behind": f"layout North Pier:\n{ORDER}\n-- \nAna Reed\nHarbour: 12",
    "a greeting above": f"Hello,\n\nlayout North Pier:\n{ORDER}",
    "the first on the same line": "layout North Pier: History: F-124, F-126\nPhotographs",
    "German": f"Gliederung North Pier:\n{ORDER}\n\nViele Grüße\nAna",
    "French": f"Mise en page North Pier :\n{ORDER}\n\nCordialement,\nAna",
    "Russian": f"вёрстка North Pier:\n{ORDER}\n\nС уважением,\nЮлия",  # noqa: RUF001 - Cyrillic
}


@pytest.mark.parametrize("text", ALONE.values(), ids=ALONE)
def test_the_lines_below_are_the_order(text):
    assert said(text) == [LAYOUT]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("layout North Pier\n", ""),
        (
            "layout North Pier:\n1. History: F-124/1\n\n2. Photographs: F-127\n",
            "1. History: F-124/1\n2. Photographs: F-127",
        ),
        ("layout North Pier:\nHow it all began\nF-124\n- F-126", "How it all began\nF-124\n- F-126"),
        ("layout North Pier:\nThe claim of 1904: F-124", "The claim of 1904: F-124"),
        ("layout North Pier:\n> History: F-126\nLinks", ""),
    ],
)
def test_where_the_order_begins_and_ends(text, words):
    assert said(text)[0] == ("layout", "North Pier Society", words)


def test_a_command_below_is_no_line_of_the_order():
    order = said(f"layout North Pier:\n{ORDER}\nA-12 approve\n")
    assert order == [LAYOUT, ("approve", "", "")]
    order = said(f"layout North Pier:\n{ORDER}\n\nlayout Lantern Union:\nLinks\nup North Pier https://x.example/a")
    assert order == [LAYOUT, ("layout", "Lantern Union", "Links"), ("up", "North Pier Society", "https://x.example/a")]
    assert said(f"layout North Pier:\n{ORDER}\nclaim T-130") == [LAYOUT, ("claim", "", "")]


def test_two_orders_of_one_file_contradict_each_other_and_none_acts():
    read = read_lines(f"layout North Pier:\n{ORDER}\n\nlayout NPS:\nLinks", LISTING, "member")
    assert read.commands == ()
    assert {unclear.reason for unclear in read.unclear} == {"contradiction"}


@pytest.mark.parametrize(
    "text",
    [
        f"layout Sea View:\n{ORDER}",
        f"layout North Pier?\n{ORDER}",
        f"layout North Pier but not yet:\n{ORDER}",
        f"> layout North Pier:\n{ORDER}",
        f"-- \nAna\nlayout North Pier:\n{ORDER}",
    ],
)
def test_a_doubtful_line_orders_nothing(text):
    assert said(text) == []


LETTER = """\
The layout of North Pier Society

History: F-124/1, F-126
Photographs: F-124/2
Links: F-128

Answer "layout North Pier Society:" and the lines in another order.
========
"""


@pytest.mark.parametrize(
    "order",
    [
        "Links: F-128\nHistory: F-124/1, F-126\nPhotographs: F-124/2",
        "Photographs: F-124/2\nLinks: F-128\nHistory: F-124/1, F-126",
        "History: F-124/1, F-126\nPhotographs: F-124/2\nLinks: F-128",
    ],
)
@pytest.mark.parametrize("below", ["", "\n\nOn Monday the desk wrote:\n" + LETTER.replace("\n", "\n> ")])
def test_lines_of_our_letter_in_another_order_are_the_members_own(order, below):
    reply = f"layout North Pier Society:\n{order}\n{below}"
    read = read_reply(reply, None, None, Sent(LETTER), (), LISTING, "member")
    assert [(command.verb, command.words) for command in read.commands] == [("layout", order)]
