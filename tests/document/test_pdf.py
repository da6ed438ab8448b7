"""What a .pdf says, page by page, and what becomes of one that cannot be read."""

from __future__ import annotations

import io

import pytest
from hostile_documents import HOSTILE, pages, stream

from mailproc.document.limits import MAX_PAGES
from mailproc.document.lines import Words
from mailproc.document.read import read


def words(octets: bytes) -> Words:
    return read("pdf", io.BytesIO(octets))


def of_lines(*lines: bytes) -> bytes:
    shown = b" ".join(b"(%s) Tj 0 -20 Td" % line for line in lines)
    return pages(1, stream(b"BT /F1 12 Tf 72 720 Td %s ET" % shown))


def test_pages_follow_each_other():
    assert words(pages(2)) == Words("A page of the harbour\nA page of the harbour\n")


def test_the_hyphen_at_the_end_of_a_line_is_a_hyphen():
    """pdfium writes it as a control, and what follows into the same line."""
    assert words(of_lines(b"a break-", b"water", b"calm")) == Words("a break-water\ncalm\n")


def test_a_page_of_pictures_has_no_words():
    assert words(pages(1, stream(b"0 0 10 10 re f"))) == Words("", "no-words")


def test_what_stands_on_too_many_pages_is_read_in_part():
    found = words(pages(MAX_PAGES + 1))
    assert found.failure == "partly"
    assert found.text.count("\n") == MAX_PAGES


def test_reading_ends_when_it_is_enough():
    looks = iter([False, False, True])
    found = read("pdf", io.BytesIO(pages(9)), lambda: next(looks))
    assert found == Words("A page of the harbour\nA page of the harbour\n", "partly")


@pytest.mark.parametrize("name", ["pdf, with a password", "pdf, broken off", "pdf, a head alone"])
def test_what_cannot_be_read_is_said(name):
    _, make, failures = HOSTILE[name]
    found = words(make())
    assert found.text == ""
    assert found.failure in failures.split()
