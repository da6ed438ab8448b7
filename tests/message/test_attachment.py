"""What an attachment is by its octets, what is refused, and what can be the article."""

import io
import zipfile
from dataclasses import replace

import pytest

from mailproc.message.mime.attachment import is_text_document, judge, media_type_of
from mailproc.message.model import Attachment

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
PLAIN = Attachment("2", "notes.txt", "text/plain", "text/plain", 100, "0" * 64, "attachment")


def a_zip(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "declared", "media_type"),
    [
        (a_zip(("[Content_Types].xml", b"x"), ("word/document.xml", b"x")), "application/octet-stream", DOCX),
        (
            a_zip(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"x")),
            "application/zip",
            ODT,
        ),
        (a_zip(("a.txt", b"x")), "application/octet-stream", "application/zip"),
        (b"\xff\xd8\xff\xe0rest", "application/octet-stream", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/jpeg", "image/png"),
        (b"%PDF-1.7", "text/plain", "application/pdf"),
        (b"{\\rtf1 words}", "application/msword", "application/rtf"),
        (b"MZ\x90\0rest", "image/png", "application/vnd.microsoft.portable-executable"),
        (b"MZ is where the ferry lands", "text/plain", "text/plain"),
        (b"BM is the motor car of the harbour", "text/plain", "text/plain"),
        (b"From the harbour, a letter", "text/plain", "text/plain"),
        (b"ID3 is a bus line", "text/plain", "text/plain"),
        (b"", "Image/HEIC", "image/heic"),
    ],
)
def test_the_type_comes_from_the_content_where_it_tells(content, declared, media_type):
    assert media_type_of(content, declared, "x") == media_type


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("tides.exe", b"MZ\0\1"),
        ("tides.png", b"MZ\0\1"),
        ("tides", b"\x7fELF\2\1\1"),
        ("tides", b"\xcf\xfa\xed\xfe\7"),
        ("tides.txt", b"#!/bin/sh\nrm -rf x"),
        ("tides.bat", b"words"),
        ("tides.pdf.SCR", b"words"),
        ("tides.js", b"words"),
        ("tides.jar", b"PK\3\4"),
        ("tides.lnk", b"words"),
        ("tides.msi", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("tides.com", b"words"),
    ],
)
def test_what_a_click_would_run_is_refused_by_content_or_by_name(name, head):
    found = replace(PLAIN, name=name, media_type="application/octet-stream", declared_type="application/octet-stream")
    assert judge(found, head, 1000) == ("refused", "executable")


def test_too_large_is_refused_and_the_limit_itself_is_kept():
    assert judge(PLAIN, b"words", 99) == ("refused", "too-large")
    assert judge(PLAIN, b"words", 100) == ("kept", "")


@pytest.mark.parametrize(
    ("name", "media_type", "disposition", "within", "expected"),
    [
        ("notes.txt", "text/plain", None, None, True),
        ("notes.md", "application/octet-stream", "attachment", None, True),
        ("notes.docx", DOCX, "inline", None, True),
        ("part-2.docx", DOCX, None, None, True),
        ("notes.odt", ODT, "attachment", None, True),
        ("notes.rtf", "application/rtf", "attachment", None, True),
        ("notes.pdf", "application/pdf", "attachment", None, True),
        ("notes.pdf", "image/jpeg", "attachment", None, False),
        ("photos.zip", "application/zip", "attachment", None, False),
        ("part-2.txt", "text/plain", None, None, False),  # a list's footer
        ("part-2.txt", "text/plain", "attachment", None, True),
        ("notes.docx", DOCX, "attachment", "the pier.eml", False),
        ("page.html", "text/html", "attachment", None, False),
    ],
)
def test_a_text_document_can_be_the_article(name, media_type, disposition, within, expected):
    found = replace(PLAIN, name=name, media_type=media_type, disposition=disposition, within=within)
    assert is_text_document(found) is expected
