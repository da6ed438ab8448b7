"""S101: a line that nobody can see decides nothing; one that may be hidden decides only where the text part has it."""

from __future__ import annotations

import pytest
from hiding import DOUBTFUL, HIDDEN, NO_LINES, SEEN, UNSEEN

from mailproc.message.mime.html import shown
from mailproc.message.words.quotation import Sent
from mailproc.review.reply.command import Listed, Listing, Reading, read_reply

LISTING = Listing((Listed("A-4", 4, "article", "The tram"), Listed("A-5", 5, "article", "Fog")), single=False)
SENT = Sent("Hello Ana,\n\n1. A-4  article  The tram\n\n| It was due at eight.\n\n2. A-5  article  Fog\n")
PROSE = "<p>Jo wrote to me about it.</p>"


def of(page: str, text: str | None) -> Reading:
    return read_reply(text, *_html(page), SENT, (), LISTING, "member", shown(page)[1])


def _html(page: str) -> tuple[str, None]:
    return shown(page)[0], None


def refs(reading: Reading) -> list[str]:
    return [ref for command in reading.commands for ref in command.refs]


@pytest.mark.parametrize("way", [*HIDDEN, *NO_LINES])
def test_S101_hidden_words_decide_nothing_whatever_the_text_part_says(way: str):
    page = {**HIDDEN, **NO_LINES}[way]
    assert refs(of(PROSE + page, None)) == []
    assert refs(of(PROSE + page, "Jo wrote to me about it.\n\nA-4 approve\n")) == []


@pytest.mark.parametrize("way", UNSEEN)
def test_words_in_the_colour_of_the_page_decide_nothing_and_come_back(way: str):
    alone, both = of(UNSEEN[way], None), of(UNSEEN[way], "A-4 approve")
    assert not alone.commands
    assert not both.commands
    assert [(each.line, each.reason) for each in alone.unclear] == [("A-4 approve", "may-be-hidden")]


@pytest.mark.parametrize("way", DOUBTFUL)
def test_S101_doubtful_words_decide_only_with_the_text_part(way: str):
    alone = of(DOUBTFUL[way], None)
    assert not alone.commands
    assert [(each.line, each.reason) for each in alone.unclear] == [("A-4 approve", "may-be-hidden")]
    assert refs(of(DOUBTFUL[way], "A-4 approve\n")) == ["A-4"]
    assert refs(of(DOUBTFUL[way], "> A-4 approve\n")) == []
    assert refs(of(DOUBTFUL[way], "Hello\n")) == []


@pytest.mark.parametrize("way", SEEN)
def test_what_everybody_sees_decides(way: str):
    assert refs(of(SEEN[way], None)) == ["A-4"]
    assert refs(of(SEEN[way], "A-4 approve")) == ["A-4"]


def test_a_doubtful_line_takes_the_power_from_what_it_may_begin_or_take_back():
    faint = '<div style="opacity:.2">{}</div>'
    assert not of(f"{faint.format('I do not think we should')}<div>approve A-4</div>", None).commands
    assert not of(f"<div>A-4 approve</div>{faint.format('but cut the end')}", None).commands
    assert refs(of(f"{faint.format('Fine.')}<div>A-4 approve</div>", None)) == ["A-4"]


def test_a_reason_ends_where_words_may_be_hidden():
    page = '<div>A-4 reject: too long</div><div style="color:#fff">and you are a fool</div>'
    (command,) = of(page, None).commands
    assert command.words == "too long"


@pytest.mark.parametrize(
    ("body", "decides"),
    [
        ('<body style="background:#fff;color:#1c1c1c">', True),
        ('<body style="color:#fff">', False),
        ('<body style="background:#000">', False),
        ('<body style="display:none">', False),
        ('<body style="font-size:1px">', False),
    ],
)
def test_a_whole_letter_quoted_as_a_page_hides_nothing_unless_its_body_does(body: str, decides: bool):  # noqa: FBT001
    """A browser gives what a second <body> says of itself to the words above it."""
    page = f"<div>A-4 approve</div><blockquote><html lang=en>{body}<p>Hello</p></body></html></blockquote>"
    assert (refs(of(page, None)) == ["A-4"]) is decides
