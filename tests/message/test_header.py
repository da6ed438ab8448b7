"""Header values for people: words decoded, nothing hidden, marks removed (catalogue S57, S80, S81)."""


# ruff: noqa: RUF001 (the signs that look alike are what is tried)

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message.field.header import RAW_LIMIT, clean, decode_words, title_of


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("plain words", "plain words"),
        ("=?utf-8?q?Caf=C3=A9_au_port?=", "Café au port"),
        ("=?UTF-8?B?Q2Fmw6k=?= au port", "Café au port"),
        ("=?utf-8?q?one?= =?utf-8?q?two?=", "onetwo"),
        ("=?utf-8?q?one?= and =?utf-8?q?two?=", "one and two"),
        ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),  # cut inside a character
        ("=?utf-8?b?Y2Fmww==?=\t=?utf-8?b?qQ==?=", "café"),
        ("=?utf-8?b?Y2Fmw6?= x", "caf\ufffd x"),  # cut short inside a character
        ("=?iso-8859-1?q?Sm=F8rrebr=F8d?=", "Smørrebrød"),
        ("=?iso-2022-jp?b?GyRCRXRCZiRONS07dhsoQg==?=", "灯台の記事"),
        ("=?gb2312?b?xOO6ww==?=", "你好"),
        ("=?utf-8*en?q?harbour?=", "harbour"),  # RFC 2231 §5
        ("=?utf-8?q?two words?=", "two words"),  # a blank inside, as many programs write
        ("=?utf-8?q?Why??=", "Why?"),
        ("=?utf-8?b?Q2Fmw6k?=", "Café"),  # padding lost
        ("=?no-such?q?caf=E9?=", "café"),
        ("=?utf-8?q?unclosed", "=?utf-8?q?unclosed"),
        ("=?utf-8?x?what?=", "=?utf-8?x?what?="),
        ("a\x00b", "ab"),
    ],
)
def test_encoded_words_are_decoded_and_broken_ones_survive(written, read):
    assert decode_words(written) == read


def test_S57_at_most_four_kibibytes_are_decoded():  # a subject of 100,000 words
    assert len(decode_words("=?utf-8?q?a?= " * 100_000)) < RAW_LIMIT


@pytest.mark.parametrize(
    "subject",
    [
        "ok\r\nBcc: v@x.example",
        "=?utf-8?q?ok=0D=0ABcc:_v@x.example?=",
        "=?utf-8?b?b2sNCkJjYzogdkB4LmV4YW1wbGU=?=",
        "ok\x85Bcc: v@x.example",
        "ok\u2028Bcc: v@x.example",
        "ok\u2029Bcc: v@x.example",
        "ok\x0b\x0cBcc: v@x.example",
    ],
)
def test_S80_no_encoded_or_raw_line_end_is_left_in_a_header_value(subject):
    assert clean(decode_words(subject)) == "ok Bcc: v@x.example"


def test_S81_nul_bidi_zero_width_and_lone_surrogates_go():
    assert clean("a\0b \u202eevil\u2066\u200b\u200f\ufeff\udc80 c") == "a b evil c"


def test_a_cleaned_value_is_composed_and_cut():
    assert clean("Cafe\u0301  au\tport ") == "Café au port"
    assert clean("x" * 500) == "x" * 200
    assert clean("abc def", 4) == "abc"


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec=None), max_size=300), st.integers(1, 250))
def test_clean_never_yields_a_control_and_changes_nothing_twice(text, limit):
    value = clean(text, limit)
    assert len(value) <= limit
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in value)
    assert clean(value, limit) == value


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Re: The tram", "The tram"),
        ("Fwd: AW: RE[2]: The tram", "The tram"),
        ("SV: VB: Antw: The tram", "The tram"),
        ("re : Re(3): The tram", "The tram"),
        ("RES: ENC: TR: RV: The tram", "The tram"),
        ("回复：The tram", "The tram"),
        ("=?utf-8?q?Re=3A_Caf=C3=A9?=", "Café"),
        ("Reply to the mayor", "Reply to the mayor"),
        ("Regarding: the pier", "Regarding: the pier"),
        ("Re-opened: the pier", "Re-opened: the pier"),
        ("Re:", "First words"),
        ("", "First words"),
    ],
)
def test_a_title_is_the_subject_without_marks_else_the_first_words(subject, title):
    assert title_of(subject, "\n  \nFirst words \nsecond") == title


def test_a_mail_that_says_nothing_has_no_title():
    assert title_of("Fwd:", " \n\n") == ""


def test_a_title_has_at_most_two_hundred_characters():
    assert len(title_of("", "w" * 300)) == 200
