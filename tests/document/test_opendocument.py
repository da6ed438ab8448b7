"""What an .odt shows and what it hides."""

from __future__ import annotations

import io

import pytest
from hostile_documents import O, odt

from mailproc.document.lines import Words
from mailproc.document.read import read

D = 'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
S = 'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'


def words(body: str) -> Words:
    return read("odt", io.BytesIO(odt(body)))


def note(text: str, kind: str = "footnote") -> str:
    body = f"<text:note-body><text:p>{text}</text:p></text:note-body>"
    return f'<text:note text:note-class="{kind}"><text:note-citation>*</text:note-citation>{body}</text:note>'


SHOWN = [
    ("white space counts once", "<text:p>  a \n\t b<text:s/> <text:s text:c='2'/>c</text:p>", "a b    c\n"),
    ("tab and line end", "<text:p>a<text:tab/>b<text:line-break/>c</text:p>", "a\tb\nc\n"),
    ("heading", "<text:h>The <text:span>quay</text:span></text:h><text:p>a</text:p>", "The quay\na\n"),
    ("a comment", "<text:p>a<office:annotation><text:p>why?</text:p></office:annotation>b</text:p>", "ab\n"),
    ("what was deleted", "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:p>a</text:p>", "a\n"),
    ("a field", "<text:p><text:date>May 3</text:date> <text:page-number>4</text:page-number></text:p>", "May 3 4\n"),
    ("a hidden field", "<text:p>a<text:hidden-text text:is-hidden='true'>b</text:hidden-text></text:p>", "a\n"),
    (
        "a hidden section",
        "<text:section text:display='none'><text:p>b</text:p></text:section><text:p>a</text:p>",
        "a\n",
    ),
    (
        "notes",
        f"<text:p>a{note('first <text:span>note</text:span>')} b{note('second', 'endnote')}</text:p>",
        "a[1] b[2]\n\n[1] first note\n[2] second\n",
    ),
    (
        "a note of two lines",
        f"<text:p>a{note('one</text:p><text:p>two')}</text:p><text:p>b</text:p>",
        "a[1]\nb\n\n[1] one\ntwo\n",
    ),
    (
        "a box in a word",
        (
            f"<text:p>har<draw:frame {D}><draw:text-box><text:p>in a</text:p><text:p>box</text:p></draw:text-box>"
            "</draw:frame>bour</text:p>"
        ),
        "harbour\nin a\nbox\n",
    ),
    ("a picture's description", f"<text:p>a<svg:desc {S}>gulls</svg:desc></text:p>", "a\n"),
    (
        "a reading",
        "<text:p><text:ruby><text:ruby-base>港</text:ruby-base><text:ruby-text>みなと</text:ruby-text></text:ruby>へ</text:p>",
        "港(みなと)へ\n",
    ),
    (
        "lists",
        (
            "<text:list><text:list-item><text:p>a</text:p><text:p>more</text:p><text:list><text:list-item><text:p>b</text:p>"
            "</text:list-item></text:list></text:list-item></text:list><text:p>c</text:p>"
        ),
        "- a\nmore\n  - b\nc\n",
    ),
    (
        "a table",
        (
            "<table:table><table:table-row><table:table-cell><text:p>a</text:p><text:p>b</text:p></table:table-cell>"
            "<table:table-cell><text:p>c</text:p></table:table-cell></table:table-row></table:table><text:p>d</text:p>"
        ),
        "a\nb\tc\nd\n",
    ),
    (
        "a list of contents",
        (
            "<text:table-of-content><text:table-of-content-source><text:index-title-template>Contents"
            "</text:index-title-template></text:table-of-content-source>"
            "<text:index-body><text:p>Chapter 1</text:p></text:index-body>"
            "</text:table-of-content>"
        ),
        "Chapter 1\n",
    ),
]


@pytest.mark.parametrize(("body", "text"), [each[1:] for each in SHOWN], ids=[each[0] for each in SHOWN])
def test_what_a_text_shows(body, text):
    found = words(body)
    assert (found.text, found.failure) == (text, "")


def test_words_in_a_hidden_style_are_not_shown():
    style = 'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    body = (
        f"<office:document-content {O} {style}><office:automatic-styles><style:style style:name='T1'>"
        "<style:text-properties text:display='none'/></style:style></office:automatic-styles><office:body>"
        "<text:p>a<text:span text:style-name='T1'>secret</text:span>b</text:p>"
        "<text:p text:style-name='T1'>secret</text:p></office:body></office:document-content>"
    )
    assert read("odt", io.BytesIO(odt([body]))) == Words("ab\n")


def test_headings_are_told_by_their_lines_and_levels():
    body = (
        "<text:p/><text:h text:outline-level='1'>The quay</text:h><text:p>The quay</text:p><text:p/><text:p/><text:p/>"
        "<text:h text:outline-level='2'/><text:h text:outline-level='2'>a  tide</text:h><text:p>b</text:p>"
        "<text:h>c</text:h><text:h text:outline-level='x'>d</text:h>"
    )
    assert words(body) == Words("The quay\nThe quay\n\na tide\nb\nc\nd\n", "", ((0, 1), (3, 2), (5, 1)))
