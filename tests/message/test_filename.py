"""Names of attachments made safe (catalogue S85)."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message.field.filename import MAX_NAME_BYTES, safe_name


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("lighthouse.docx", "lighthouse.docx"),
        ("that photo of the pier.eml", "that photo of the pier.eml"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\x.txt", "x.txt"),
        ("/abs", "abs"),
        ("C:\\x", "x"),
        ("C:x", "C_x"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("LPT¹.pdf", "_LPT¹.pdf"),
        ("console.txt", "console.txt"),
        ("a\0b.txt", "ab.txt"),
        (".", "part-2.bin"),
        ("..", "part-2.bin"),
        ("", "part-2.bin"),
        (None, "part-2.bin"),
        ("   ", "part-2.bin"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("-rf", "rf"),
        ("~/.ssh", "ssh"),
        (".htaccess", "htaccess"),
        ("=?utf-8?q?..=2F..=2Fx.txt?=", "x.txt"),
        ("=?utf-8?b?Q2Fmw6kucGRm?=", "Café.pdf"),
        ("utf-8''%2e%2e%2fx.txt", "x.txt"),
        ("a\u200bb\ufeff.txt", "ab.txt"),
        ("trailing. . ", "trailing"),
        ("Cafe\u0301.txt", "Café.txt"),
        ('a<b>:"c|?*.txt', "a_b___c___.txt"),
        ("two\r\nlines.txt", "two lines.txt"),
    ],
)
def test_S85_a_name_is_one_harmless_path_component(raw, name):
    assert safe_name(raw, "2", "application/octet-stream") == name


def test_S85_a_long_name_keeps_its_extension():
    name = safe_name("é" * 5000 + ".pdf", "2", "application/pdf")
    assert name.endswith("é.pdf")
    assert len(name.encode()) <= MAX_NAME_BYTES
    assert len(safe_name("x." + "y" * 5000, "2", "text/plain").encode()) == MAX_NAME_BYTES


def test_S85_a_name_is_made_from_type_and_place_where_none_is_given():
    assert safe_name(None, "2.1", "image/jpeg") == "part-2.1.jpg"
    assert safe_name(None, "3", "message/rfc822") == "part-3.eml"


@settings(max_examples=400, deadline=None)
@given(st.text(st.characters(codec=None), max_size=400) | st.text(alphabet="./\\:~- \0%'\"=?utf-8q_2e", max_size=60))
def test_S85_no_name_holds_a_separator_a_control_or_a_leading_dot(raw):
    name = safe_name(raw, "1", "text/plain")
    assert 0 < len(name.encode()) <= MAX_NAME_BYTES
    assert not set(name) & set('/\\<>:"|?*')
    assert name[0] not in ".-~ "
    assert name[-1] not in ". "
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in name)
    assert unicodedata.normalize("NFC", name) == name
