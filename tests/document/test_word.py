"""What a .docx shows and what it hides."""

from __future__ import annotations

import io

import pytest
from hostile_documents import MC, W, docx, zipped

from mailproc.document.lines import Words
from mailproc.document.read import read

STRICT = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'


def words(octets: bytes) -> Words:
    return read("docx", io.BytesIO(octets))


def run(inner: str) -> str:
    return f"<w:r>{inner}</w:r>"


def said(text: str) -> str:
    return run(f'<w:t xml:space="preserve">{text}</w:t>')


def line(*inner: str) -> str:
    return f"<w:p>{''.join(inner)}</w:p>"


BOX = "<w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent>"

SHOWN = [
    (
        "a tab, line ends and hyphens",
        run(
            "<w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:cr/><w:t>d</w:t>"
            "<w:noBreakHyphen/><w:t>e</w:t><w:softHyphen/><w:t>f</w:t>"
        ),
        "a\tb\nc\nd\u2011e\u00adf\n",
    ),
    ("tab stops are no tabs", "<w:pPr><w:tabs><w:tab w:val='left'/></w:tabs></w:pPr>" + said("a"), "a\n"),
    (
        "a deletion",
        said("kept ") + f"<w:del>{run('<w:delText>gone</w:delText><w:t>gone</w:t>')}</w:del>" + said("too"),
        "kept too\n",
    ),
    ("an insertion", f"<w:ins>{said('new')}</w:ins>", "new\n"),
    ("moved", f"<w:moveFrom>{said('away')}</w:moveFrom><w:moveTo>{said('here')}</w:moveTo>", "here\n"),
    ("hidden", run("<w:rPr><w:vanish/></w:rPr><w:t>secret</w:t><w:tab/>") + said("open"), "open\n"),
    ("hidden no more", run("<w:rPr><w:vanish w:val='0'/></w:rPr><w:t>open</w:t>"), "open\n"),
    ("a hidden paragraph mark", "<w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>" + said("open"), "open\n"),
    (
        "hidden before a change",
        run("<w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>open</w:t>"),
        "open\n",
    ),
    (
        "a field",
        run('<w:fldChar w:fldCharType="begin"/>')
        + run("<w:instrText>DATE</w:instrText>")
        + run('<w:fldChar w:fldCharType="separate"/>')
        + said("May 3")
        + run('<w:fldChar w:fldCharType="end"/>'),
        "May 3\n",
    ),
    (
        "a field in a field's code",
        run('<w:fldChar w:fldCharType="begin"/>')
        + said("inner")
        + run('<w:fldChar w:fldCharType="separate"/>')
        + said("outer")
        + run('<w:fldChar w:fldCharType="end"/>')
        + said(" after"),
        "outer after\n",
    ),
    ("a simple field", f'<w:fldSimple w:instr="TITLE">{said("The quay")}</w:fldSimple>', "The quay\n"),
    ("a link", f'<w:hyperlink r="x">{said("there")}</w:hyperlink>', "there\n"),
    ("a comment's mark", said("a") + "<w:commentReference w:id='1'/>", "a\n"),
    (
        "a box in the middle of a word",
        said("har") + run(f"<w:drawing>{BOX}</w:drawing>") + said("bour"),
        "harbour\nin a box\n",
    ),
    (
        "a choice",
        run(
            f"<mc:AlternateContent><mc:Choice>{BOX}</mc:Choice><mc:Choice><w:t>second</w:t></mc:Choice>"
            f"<mc:Fallback>{BOX}</mc:Fallback></mc:AlternateContent><w:t>a</w:t>"
        ),
        "a\nin a box\n",
    ),
    (
        "a choice of nothing but old",
        run("<mc:AlternateContent><mc:Fallback><w:t>a</w:t></mc:Fallback></mc:AlternateContent>"),
        "a\n",
    ),
    (
        "a reading above words",
        run(
            "<w:ruby><w:rubyPr/><w:rt><w:r><w:t>みなと</w:t></w:r></w:rt>"
            "<w:rubyBase><w:r><w:t>港</w:t></w:r></w:rubyBase></w:ruby>"
        )
        + said("へ"),
        "港(みなと)へ\n",
    ),
    ("a symbol", run('<w:sym w:font="X" w:char="03B1"/><w:sym w:char="F0A7"/><w:sym w:char="zz"/>'), "\u03b1\ufffd\n"),
    ("a control and a turn", said("a&#x202E;b&#x9;c&#x85;d"), "ab\tc\nd\n"),
    (
        "content that is chosen",
        f"<w:sdt><w:sdtPr><w:alias/><w:t>no</w:t></w:sdtPr><w:sdtContent>{said('yes')}</w:sdtContent></w:sdt>",
        "yes\n",
    ),
]


@pytest.mark.parametrize(("inner", "text"), [each[1:] for each in SHOWN], ids=[each[0] for each in SHOWN])
def test_what_a_paragraph_shows(inner, text):
    assert words(docx(line(inner))) == Words(text)


def test_the_strict_namespace_is_read_the_same():
    body = f"<w:document {STRICT}><w:body>{line(said('strict'))}</w:body></w:document>"
    assert words(zipped({"word/document.xml": body})) == Words("strict\n")


def test_tables_keep_their_cells_apart_and_tables_in_them():
    inner = f"<w:tbl><w:tr><w:tc>{line(said('c'))}</w:tc><w:tc>{line(said('d'))}</w:tc></w:tr></w:tbl>"
    table = f"<w:tbl><w:tr><w:tc>{line(said('a'))}</w:tc><w:tc>{line(said('b'))}{inner}{line()}</w:tc></w:tr></w:tbl>"
    assert words(docx(table + line(said("after")))).text == "a\tb\nc\td\nafter\n"


NOTES = (
    f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0">{line(said("line"))}</w:footnote>'
    f'<w:footnote w:id="2">{line(run("<w:footnoteRef/>"), said(" second"))}</w:footnote>'
    f'<w:footnote w:id="1">{line(said("first"))}</w:footnote>'
    f'<w:footnote w:id="3">{line(said("never called"))}</w:footnote></w:footnotes>'
)
ENDS = f'<w:endnotes {W}><w:endnote w:id="1">{line(said("at the end"))}</w:endnote></w:endnotes>'


def test_notes_follow_the_text_in_the_order_of_their_marks():
    marks = run('<w:footnoteReference w:id="1"/>'), run('<w:endnoteReference w:id="1"/>')
    body = line(said("a"), *marks, said(" b"), run('<w:footnoteReference w:id="2"/>'))
    found = words(docx(body, footnotes=NOTES, endnotes=ENDS))
    assert found == Words("a[1][2] b[3]\n\n[1] first\n[3] second\n[2] at the end\n")


def test_the_main_part_is_where_the_package_says():
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="/story/a.xml"/>'
        "</Relationships>"
    )
    body = f"<w:document {W}><w:body>{line(said('elsewhere'))}</w:body></w:document>"
    assert words(zipped({"_rels/.rels": relations, "Story\\A.xml": body})) == Words("elsewhere\n")


def test_a_part_in_another_format_is_said():
    assert words(docx(line(said("mine")) + "<w:altChunk/>")) == Words("mine\n", "partly")


def test_a_document_that_breaks_off_has_its_words_until_there():
    broken = [
        f"<w:document {W} {MC}><w:body>",
        line(said("whole"), run('<w:footnoteReference w:id="1"/>')),
        "<w:p><w:r><w:t>hal",
    ]
    assert words(docx(broken, footnotes=NOTES)) == Words("whole[1]\nhal\n[1] first\n", "damaged")


def test_no_words_at_all_is_a_reason():
    assert words(docx(line())) == Words("", "no-words")


STYLES = """
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="Heading 2"/><w:outlineLvl w:val="1"/></w:style>
<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="berschrift2"/></w:style>
<w:style w:type="paragraph" w:styleId="Plain"><w:name w:val="Plain"/><w:outlineLvl w:val="9"/></w:style>
<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style>
<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>
"""


def styled(style: str, text: str, more: str = "") -> str:
    return line(f"<w:pPr><w:pStyle w:val='{style}'/>{more}</w:pPr>", said(text))


def test_headings_are_told_by_the_documents_own_styles():
    body = (
        styled("berschrift1", "The quay")
        + line(said("a"))
        + styled("Mine", "The tide")
        + styled("Plain", "b")
        + styled("A", "c")
        + styled("Plain", "Its end", "<w:outlineLvl w:val='0'/>")
        + styled("berschrift1", "d", "<w:outlineLvl w:val='9'/>")
        + styled("berschrift2", "")
    )
    octets = docx(body, styles=f"<w:styles {W}>{STYLES}</w:styles>")
    assert words(octets) == Words("The quay\na\nThe tide\nb\nc\nIts end\nd\n", "", ((0, 1), (2, 2), (5, 1)))


@pytest.mark.parametrize("styles", [f"<w:styles {W}><w:style", "no markup", f"<w:styles {W}>" + "<w:style/>" * 600_000])
def test_styles_that_cannot_be_read_make_no_heading_and_lose_no_word(styles):
    assert words(docx(styled("Heading1", "The quay"), styles=styles)) == Words("The quay\n")
