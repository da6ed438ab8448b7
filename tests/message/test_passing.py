"""Which files of strangers are sent on to members, and under which names."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproc.message.mime.passing import OCTETS, passing

PNG, PDF, OLE = b"\x89PNG\r\n\x1a\n" + bytes(40), b"%PDF-1.7\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
PROGRAM = b"MZ\x90\0" + bytes(400)
PAGE = b"<!DOCTYPE html><script>alert(1)</script>"
TYPES, WORDS = "[Content_Types].xml", "word/document.xml"


def packed(*names: str, locked: bool = False) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    octets = out.getvalue()
    if locked:  # the bit in the directory alone is what every program goes by
        at = octets.index(b"PK\x01\x02")
        octets = octets[: at + 8] + b"\1" + octets[at + 9 :]
    return octets


@pytest.mark.parametrize(
    ("name", "octets", "goes"),
    [
        ("tram.png", PNG, ("tram.png", "image/png", "whole")),
        ("TRAM.JPG", b"\xff\xd8\xff\xe0", ("TRAM.JPG", "image/jpeg", "whole")),
        ("photo", PNG, ("photo.png", "image/png", "whole")),
        ("minutes.pdf", PDF, ("minutes.pdf", "application/pdf", "whole")),
        ("minutes.doc", OLE, ("minutes.doc", "application/msword", "whole")),
        ("minutes.doc", b"{\\rtf1 The tram}", ("minutes.doc", "application/msword", "whole")),
        ("song.mp3", b"ID3\3", ("song.mp3", "audio/mpeg", "whole")),
        ("sources.txt", b"One\n", ("sources.txt", OCTETS, "whole")),
        ("sources.txt", PAGE, ("sources.txt", OCTETS, "whole")),
        ("tides.html", PAGE, ("tides-html.txt", OCTETS, "text")),
        ("tides.SVG", b"<svg onload='x()'/>", ("tides-SVG.txt", OCTETS, "text")),
        ("tides.csv", b"=cmd|' /c x'!A1", ("tides-csv.txt", OCTETS, "text")),
        ("when.ics", b"BEGIN:VCALENDAR\r\n", ("when-ics.txt", OCTETS, "text")),
        ("README", b"Read me\n", ("README.txt", OCTETS, "text")),
        ("tides.html", b"GIF89a=0;/*" + PAGE, ("tides.html.gif", "image/gif", "whole")),
        ("photos.zip", packed("a/", "a/tram.jpg", "b.pdf"), ("photos.zip", OCTETS, "whole")),
        ("minutes.docx", packed(TYPES, WORDS), ("minutes.docx", None, "whole")),
    ],
)
def test_what_goes_and_under_which_name(name, octets, goes):
    found = passing(name, octets)
    assert found.why == ""
    assert (found.name, found.how) == (goes[0], goes[2])
    assert goes[1] in {None, found.media_type}
    assert not found.media_type.startswith(("text/", "message/"))


@pytest.mark.parametrize(
    ("name", "octets", "why"),
    [
        ("tides.exe", b"harmless", "executable"),
        ("tides.pdf", PROGRAM, "executable"),
        ("tides.txt", b"#!/bin/sh\nrm -r /\n", "executable"),
        ("tides.pdf", PAGE, "belied"),
        ("tides.doc", PAGE, "belied"),
        ("tides.docx", PAGE, "belied"),
        ("tides.docm", packed(TYPES, WORDS, "word/vbaProject.bin"), "macros"),
        ("tides.docx", packed(TYPES, WORDS, "word/vbaProject.bin"), "macros"),
        ("tides.docx", packed(TYPES, WORDS, "word/embeddings/oleObject1.bin"), "macros"),
        ("tides.odt", packed("mimetype", "Basic/Standard/script-lb.xml"), "macros"),
        ("tides.xls", OLE + "_VBA_PROJECT".encode("utf-16-le"), "macros"),
        ("tides.rtf", b"{\\rtf1 {\\object\\objemb {\\*\\objdata 0105}}}", "macros"),
        ("tides.zip", packed("tram.jpg", "a/tides.scr"), "holds-program"),
        ("tides.zip", packed("tram.jpg", "index.html"), "holds-unknown"),
        ("tides.zip", packed("inner.zip"), "holds-unknown"),
        ("tides.zip", packed("tram.jpg", locked=True), "unreadable"),
        ("tides.zip", b"PK\x03\x04" + bytes(50), "unreadable"),
        ("tides.7z", b"7z\xbc\xaf\x27\x1c", "archive"),
        ("tides.tar.gz", b"\x1f\x8b\x08", "archive"),
        ("tides.eml", b"From: jo@poole.example\n\nHello\n", "mail"),
        ("tides.dat", b"\x78\x9f\x3e\x22" + bytes(9), "unknown"),
        ("tides.html", "<script>".encode("utf-16"), "unknown"),
        ("tides.bin", bytes(9), "unknown"),
    ],
)
def test_S103_what_never_goes_and_why(name, octets, why):
    assert passing(name, octets).why == why


def test_S103_a_program_that_only_the_file_itself_names_does_not_go():
    """Some programs unpack by the names before the files, others by the directory at the end."""
    octets = packed("tram.jpg").replace(b"tram.jpg", b"tram.scr", 1)
    assert passing("tides.zip", octets).why == "holds-program"


def test_a_directory_of_a_million_names_is_not_gone_through():
    octets = b"PK\x03\x04" + b"PK\x05\x06" + bytes(4) + b"\xff\xff\xff\xff" + bytes(10)
    assert passing("tides.zip", octets).why == "unreadable"


@given(
    st.text(max_size=20),
    st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02", PNG, PDF, OLE]),
    st.binary(max_size=200),
)
def test_it_never_raises(name, mark, octets):
    found = passing(name, mark + octets + mark)
    assert found.why or not found.name.lower().endswith((".html", ".svg", ".exe", ".js"))
