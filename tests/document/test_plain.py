"""Texts without markup, in whatever charset; and which attachments are documents at all."""

from __future__ import annotations

import io

import pytest

from mailproc.document.kind import reader_of
from mailproc.document.lines import Words, beginning
from mailproc.document.read import read
from mailproc.message.mime.attachment import media_type_of
from mailproc.message.model import Attachment

SAID = "Příliš žluťoučký kůň úpěl ďábelské ódy. Žaneta přinesla čerstvé šproty.\n"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "cp1250"])
def test_the_charset_is_found(charset):
    assert read("plain", io.BytesIO(SAID.encode(charset))) == Words(SAID)


def test_line_ends_are_one_kind_and_controls_go():
    assert read("plain", io.BytesIO(b"a \r\nb\rc\x0cd\x07\x1b[31m\n\n\n\n\ne")) == Words("a\nb\nc\nd[31m\n\ne\n")


@pytest.mark.parametrize(
    ("octets", "failure"), [(b"a\0b", "damaged"), (b"x" * (9 << 20), "too-large"), (b" \n", "no-words")]
)
def test_what_is_no_text_is_said(octets, failure):
    assert read("plain", io.BytesIO(octets)) == Words("", failure)


@pytest.mark.parametrize(
    ("text", "most", "begins"),
    [
        ("The quay", 8, "The quay"),
        ("The quay at night", 12, "The quay at"),
        ("x" * 20, 8, "x" * 8),
        ("a\nbcdefg", 4, "a\nbc"),
    ],
)
def test_a_beginning_ends_between_words_where_it_can(text, most, begins):
    assert beginning(text, most) == begins


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("name", "declared", "octets", "reader"),
    [
        ("a.docx", "application/octet-stream", b"PK\x03\x04..[Content_Types].xml..word/document.xml", "docx"),
        ("a.doc", "application/msword", b"PK\x03\x04..[Content_Types].xml..word/document.xml", "docx"),
        ("a.docx", DOCX, b"PK\x03\x04", "docx"),
        ("a.zip", "application/zip", b"PK\x03\x04", ""),
        ("a.xlsx", "application/octet-stream", b"PK\x03\x04..[Content_Types].xml..xl/workbook.xml", ""),
        ("a.odt", "x/y", b"PK\x03\x04..mimetypeapplication/vnd.oasis.opendocument.text", "odt"),
        ("a.ods", "x/y", b"PK\x03\x04..mimetypeapplication/vnd.oasis.opendocument.spreadsheet", ""),
        ("a.doc", "application/octet-stream", OLE, "doc"),
        ("a.docx", DOCX, OLE, "sealed"),
        ("a.xls", "application/octet-stream", OLE, ""),
        ("a.doc", "application/msword", b"{\\rtf1 a}", "rtf"),
        ("a.txt", "application/octet-stream", b"%PDF-1.4", "pdf"),
        ("a.md", "application/octet-stream", b"# The quay", "plain"),
        ("a.txt", "text/plain", b"The quay", "plain"),
        ("part-2.txt", "text/plain", b"-- \nThe list", ""),
        ("a.html", "text/html", b"<p>The quay", ""),
        ("a.jpg", "image/jpeg", b"\xff\xd8\xff", ""),
    ],
)
def test_what_an_attachment_is_is_told_by_its_content_first(name, declared, octets, reader):
    found = Attachment("2", name, media_type_of(octets, declared, name), declared, len(octets), "ab")
    assert reader_of(found) == reader
