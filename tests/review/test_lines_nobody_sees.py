"""S101: a line that nobody can see decides nothing; one that may be hidden decides only where the text part has it."""

from __future__ import annotations

import pytest
from hiding import DOUBTFUL, HIDDEN, NO_LINES, SEEN, UNSEEN

from mailproc.message.html.text import shown
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
    assert [(each.line[-11:], each.reason) for each in alone.unclear] == [("A-4 approve", "may-be-hidden")]
    assert refs(of(DOUBTFUL[way], "A-4 approve\n")) == ["A-4"]
    assert refs(of(DOUBTFUL[way], "> A-4 approve\n")) == []
    assert refs(of(DOUBTFUL[way], "Hello\n")) == []


@pytest.mark.parametrize("way", SEEN)
def test_what_everybody_sees_decides(way: str):
    assert refs(of(SEEN[way], None)) == ["A-4"]
    assert refs(of(SEEN[way], "A-4 approve")) == ["A-4"]


NOBODY_TYPED = (  # nothing stands in the text of these
    '<img alt="A-4 approve">',
    '<p><img src="cid:x" alt="A-4 approve" width=1></p>',
    '<a href="https://pier.example"><img src=x.png alt="A-4 approve"></a>',
    '<picture><source srcset=x.webp><img src=x.png alt="A-4 approve"></picture>',
    '<IMG ALT="A-4 approve" TITLE=x>',
    '<table><tr><td><img src=a.png alt="A-4"></td><td><img src=b.png alt="approve"></td></tr></table>',
    '<p><img alt="A-4 annehmen"></p>',
    '<p><img alt="A-4 одобрить"></p>',
    '<figure><img alt="A-4 accepter"><figcaption></figcaption></figure>',
    '<img alt="">' * 3 + '<img alt="A-4 aprobar">',
    '<style>p::before{content:"A-4 approve"}</style><p></p>',
    '<style>.x::after{content:"A-4 approve"}</style><div class=x></div>',
    '<style>#x:before{content:"A-4" " approve"}</style><span id=x></span>',
    '<style>p::after{content:attr(title)}</style><p title="A-4 approve"></p>',
    '<style>@media screen{p:after{content:"A-4 approve"}}</style><p></p>',
    '<style>body::after{content:"A-4 approve"}</style><p></p>',
    '<style>li::marker{content:"A-4 annehmen"}</style><ul><li></li></ul>',
    '<style>p::before{content:"A-4 приемлемо"}</style><p></p>',
    '<style>div>p::before{content:"A-4 accepter"}</style><div><p></p></div>',
    '<style>p::before{content:"A-4 aprobar"!important}</style><p></p>',
)


@pytest.mark.parametrize("page", NOBODY_TYPED)
def test_S101_what_a_picture_says_or_a_style_writes_is_nobodys_word(page: str):
    assert not of(page, None).commands
    assert not of(page, "A-4 approve").commands, "the text part repeats what its program made of the page"
    assert not of(PROSE + page, "Jo wrote to me about it.\n\nA-4 approve").commands
    assert refs(of(f"<p>A-4 approve</p>{page}", "A-4 approve")) == ["A-4"], "what is typed beside it counts"


LOOKS_QUOTED = (
    "<p class=MsoQuote>A-4 approve</p>",
    '<p class="MsoIntenseQuote">A-4 approve</p>',
    '<p class="MsoNormal MsoBlockText">A-4 approve</p>',
    '<p class="x_MsoQuote"><span>A-4 approve</span></p>',
    '<div class="quote">A-4 approve</div>',
    '<div class="blockquote"><p>A-4 approve</p></div>',
    '<div class="quoted">A-4 approve</div>',
    '<span class="quoted-text">A-4 approve</span>',
    "<style>.b{border-left:2px solid #ccc}</style><div class=b>A-4 approve</div>",
    "<style>div{border-left-style:dashed;border-left-width:2px}</style><div>A-4 approve</div>",
    "<style>#b{border-inline-start:3px double red}</style><div id=b><p>A-4 approve</p></div>",
    "<style>div>p.b{padding:1ex;border-left:dotted}</style><div><p class=b>A-4 approve</p></div>",
)


@pytest.mark.parametrize("page", LOOKS_QUOTED)
def test_what_looks_like_a_quotation_is_one_unless_the_text_part_has_it_as_typed(page: str):
    assert not of(page, None).commands
    assert not of(PROSE + page, None).commands
    assert not of(page, "> A-4 approve").commands
    assert refs(of(page, "A-4 approve")) == ["A-4"]
    assert refs(of(f"<p>A-5 hold</p>{page}", None)) == ["A-5"], "what stands above it counts"


def test_what_has_a_line_elsewhere_is_no_quotation():
    for css in ("border:1px solid", "border-left:none", "border-left:0", "border-top:1px solid", "border-right:solid"):
        assert refs(of(f"<style>.b{{{css}}}</style><div class=b>A-4 approve</div>", None)) == ["A-4"], css


LISTED = "<ul><li><p>{}</p></li><li><p>{}</p></li></ul>"


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("Ben wants to", "approve A-4"),
        ("Cleo would not like us to", "A-4 approve"),
        ("It would be wrong to", "A-4 approve"),
        ("Nobody says", "A-4 approve"),
        ("Ben möchte", "A-4 annehmen"),
        ("Es wäre falsch, wenn wir", "A-4 annehmen"),
        ("Ben veut", "accepter A-4"),
        ("Ben quiere", "aprobar A-4"),
        ("Ben vuole", "approvare A-4"),
        ("Бен хочет", "одобрить A-4"),
    ],
)
def test_the_entries_of_a_list_go_on_as_its_lines_do(above: str, line: str):
    """Whether each has a paragraph of its own, stands deeper than the one above, or stands beside it."""
    bare = LISTED.replace("<p>", "").replace("</p>", "")
    within = "<ul><li><p>{}</p><ul><li><p>{}</p></li></ul></li></ul>"
    for shape in (
        LISTED,
        bare,
        within,
        "<ol><li>{}<ol><li>{}</li></ol></li></ol>",
        "<ul><li>{}</li><ul><li>{}</li></ul></ul>",
    ):
        assert not of(shape.format(above, line), None).commands, shape
    assert refs(of(LISTED.format("A-5 hold", "A-4 approve"), None)) == ["A-5", "A-4"]


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
