"""HTML to text: what people would read, quotations marked, in linear time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message.html.text import OUTPUT_CAP, to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("  many \n\t blanks&nbsp;here ", "many blanks here"),
        ("<b>bold</b>ly <i>go</i>", "boldly go"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c<td>d</table>", "a  b\nc  d"),
        ("<pre>x\n  y</pre>", "x\n  y"),
        ("F&auml;hre &lt;b&gt; &#x2013; &amp;c", "Fähre <b> \u2013 &c"),
        ("<style>p{}</style><script>if (a<b) {}</script><title>t</title>shown", "shown"),
        ("<head><meta charset=x><title>t</title></head><body>shown</body>", "shown"),
        ("<div style='display: none'>hidden<p>too</p></div>shown", "shown"),
        ("<span hidden>hidden</span>shown", "shown"),
        ("<p style=display:none>hidden<p>shown", "shown"),
        ("<!-- hidden <b> -->shown<![if !mso]> too<![endif]>", "shown too"),
        ("if a <b and c < 3", "if a <b and c < 3"),
        ("<p title='a>b'>shown</p>", "shown"),
        ("<p title=don't>shown</p>", "shown"),
        ("</div></p>shown</b>", "shown"),
        ("<title>never closed", ""),
        ("shown <a href=", "shown <a href="),
        ("&#" + "9" * 6000 + ";shown", "shown"),
        ("", ""),
    ],
)
def test_blocks_become_lines_and_nothing_hidden_is_shown(html, text):
    assert to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("own<blockquote>theirs<blockquote>older</blockquote></blockquote>own", "own\n\n> theirs\n>\n> > older\n\nown"),
        ("<p>own</p><div class='moz-cite-prefix'>On Sunday Ana wrote:</div><blockquote type=cite>theirs</blockquote>",
         "own\n\n> On Sunday Ana wrote:\n>\n> theirs"),
        ("<div>own</div><div class='yahoo_quoted'><div>On Sunday Ana wrote:</div><div>theirs</div></div>",
         "own\n> On Sunday Ana wrote:\n> theirs"),
        ("own<div id=divRplyFwdMsg>From: Ana</div>theirs", "own\n> From: Ana\n> theirs"),
        ("<div><hr><div id=x_divRplyFwdMsg>From: Ana</div>theirs</div>own", "> From: Ana\n> theirs\nown"),
        ("own<details open><summary>Ana wrote:</summary>theirs</details>", "own\n> Ana wrote:\n> theirs"),
        ("own<div style='padding:4px;border-left:2px solid blue'>theirs</div>own", "own\n> theirs\nown"),
        ("own<div id=ydp1a2b_x class=ydp1a2byahoo_quoted>theirs</div>", "own\n> theirs"),
        ("own<div id=isReplyContent>theirs</div>", "own\n> theirs"),
        ("own<div name=quote>theirs</div>", "own\n> theirs"),
    ],
)  # fmt: skip
def test_what_a_container_quotes_is_marked(html, text):
    assert to_text(html) == text


def test_words_between_two_quotations_are_own_though_gmail_keeps_them_in_its_container():
    html = (
        '<div>top</div><div class="gmail_quote gmail_quote_container">'
        '<div class="gmail_attr">On Sunday Ana wrote:</div>'
        "<blockquote>A-12 The tram</blockquote><div>approve</div><blockquote>A-13 The pier</blockquote></div>"
    )
    lines = to_text(html).split("\n")
    assert [line for line in lines if line and not line.startswith(">")] == ["top", "approve"]
    assert "> On Sunday Ana wrote:" in lines


def test_a_forwarded_gmail_without_blockquote_is_marked_as_a_whole():
    assert to_text('own<div class="gmail_quote"><div>Forwarded message</div><p>theirs</p></div>') == (
        "own\n> Forwarded message\n>\n> theirs"
    )


def test_link_targets_stand_after_the_words_when_asked_for():
    html = (
        '<a href="https://pier.example/?a&amp;b">the pier</a>, '
        '<a href="mailto:jo@poole.example">jo@poole.example</a>, <a href="#x">x</a>'
    )
    assert to_text(html, links=True) == "the pier <https://pier.example/?a&b>, jo@poole.example, x"
    assert to_text(html) == "the pier, jo@poole.example, x"


SHAPES = ["<!--", "</", "<a ", "<a x='", '<a x="', "&", "<a x x ", '<a x="" ', "<div>", "<blockquote>x", "<p hidden>"]
SHAPES += ["<td>x", "<td>", "<b><i></b>", "<div><blockquote></blockquote>", "&#1111111111", "<a href=x>y", "<ul><li>"]
SHAPES += ["<script>", "<", "<a='"]
PIECES = [
    "<p>",
    "</p>",
    "<div class=gmail_quote>",
    "</div>",
    "<blockquote>",
    "</blockquote>",
    "<pre>",
    "</pre>",
    "word",
]
PIECES += [" ", "\n", "<br>", "<li>", "<td>", "<a href='u'>", "</a>", "<span hidden>", "</span>"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("end", ["", ">"])
def test_every_shape_of_a_hundred_kilobytes_is_read_to_its_end(shape, end):
    text = to_text(shape * (100_000 // len(shape)) + end, links=True)  # a quadratic reader does not come back
    assert len(text) < 2 * OUTPUT_CAP


def test_text_has_a_cap():
    assert len(to_text("<p>words</p>" * 1_000_000)) < 2 * OUTPUT_CAP


def test_an_inlined_picture_does_not_push_the_words_out():
    assert to_text('<img src="data:image/png;base64,' + "A" * 2_000_000 + '"><p>words</p>') == "words"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES)))
def test_any_nesting_of_elements_is_read_and_leaves_no_trailing_blank(pieces):
    text = to_text("".join(pieces), links=True)
    assert "<p>" not in text
    assert "\n\n\n" not in text
    assert all(line == line.rstrip() for line in text.split("\n"))


@pytest.mark.parametrize("space", ["pre", "pre-wrap", "pre-line", "break-spaces"])
def test_a_line_end_between_words_is_one_where_the_style_keeps_it(space: str):
    """Thunderbird's Shift+Enter within a line of our letter."""
    assert to_text(f'<div style="color:red; white-space: {space}">hold.\nyes\n  no</div>').strip() == "hold.\nyes\nno"


def test_line_ends_around_elements_are_the_layout_of_the_source():
    html = '<div style="white-space:pre-wrap">\n  <div>one\n  </div>\n\n  <div>two <b>\n three</b></div>\n</div>'
    assert [line for line in to_text(html).split("\n") if line] == ["one", "two three"]
    assert to_text('<div style="white-space:nowrap">one\ntwo</div>').strip() == "one two"
