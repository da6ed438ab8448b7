"""From octets to characters: labels, the ladder for those that are missing or wrong, and what a guess may not do."""

# ruff: noqa: RUF001 (letters that look alike are what is tried)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.characters import articles, outcome
from mailproc.message.charset.labels import codec_of, name_of
from mailproc.message.charset.likely import SAMPLE_BYTES, oddities, sample
from mailproc.message.charset.reading import read, read_raw

CALLED = ("utf-8", "utf-7", "utf-16", "hz", "iso-2022-jp", "cp50221", "euc-jp", "big5", "gbk", "cp1252", "x", None)

PEOPLES = (
    "Grüße",
    "Zoë",
    "МХАТ",
    "Ελλάδα",
    "iPhone",
    "l’été",
    "STRAßE",
    "µm",
    "10³",
    "北京PDF",
    "日本のPDFを",
    "שלום",
    "người",
)


@pytest.mark.parametrize(
    "charset", ["zlib_codec", "idna", "punycode", "unicode_escape", "rot13", "x" * 500, "a\0b", "", None]
)
def test_S65_what_is_no_charset_of_mail_has_no_codec(charset):
    assert codec_of(charset) is None


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("windows-31j", "cp932"),
        ("x-sjis", "cp932"),
        ("x-euc-jp", "euc_jp"),
        ("cp936", "gb18030"),
        ("GB2312", "gb18030"),
        ("cp50220", "iso-2022-jp-ms"),
        ("CP50221", "iso-2022-jp-ms"),
        ("iso-2022-jp-ms", "iso-2022-jp-ms"),
        ("windows1251", "cp1251"),
        ("x-cp1251", "cp1251"),
        ("ISO_8859-2", "iso8859-2"),
        ("iso-8859-1", "cp1252"),  # WHATWG Encoding §4.2
        ('"utf-8"', "utf-8"),
        ("utf-8*en", "utf-8"),  # RFC 2231 §5
        ("koi8-ru", "koi8-u"),
        ("ks_c_5601-1987", "cp949"),
        ("x-mac-roman", "mac-roman"),
        ("kz1048", "kz1048"),
    ],
)
def test_a_label_means_one_codec_however_it_is_spelled(label, codec):
    assert codec_of(label) == codec


@pytest.mark.parametrize(
    ("codec", "name"),
    [("cp1251", "Windows-1251"), ("iso8859-2", "ISO-8859-2"), ("koi8-r", "KOI8-R"), ("cp932", "Shift_JIS")],
)
def test_a_codec_has_a_name_for_people(codec, name):
    assert name_of(codec) == name


@pytest.mark.parametrize(
    ("octets", "label", "text", "guessed"),
    [
        ("Grüße".encode(), "utf-8", "Grüße", False),
        (b"Gr\xfc\xdfe", "iso-8859-1", "Grüße", False),
        (b"\x93so\x94", "iso-8859-1", "\u201cso\u201d", False),  # Latin-1 means windows-1252
        (b"Gr\xfc\xdfe", "utf-8", "Grüße", True),
        ("Grüße".encode(), "us-ascii", "Grüße", True),
        (b"plain", None, "plain", False),
        (b"plain", "zlib_codec", "plain", True),
        ("灯台".encode("iso2022_jp"), "ISO-2022-JP", "灯台", False),
        ("灯台".encode("iso2022_jp"), None, "灯台", True),
        ("灯台".encode("cp932"), "shift_jis", "灯台", False),
        ("灯台".encode("cp932"), "iso-2022-jp", "灯台", True),
        ("你好".encode("gb18030"), "gb2312", "你好", False),
        ("こんにちは".encode("utf-16"), "utf-16", "こんにちは", False),
        ("the pier".encode("utf-16"), None, "the pier", True),
        (b"the pier", "utf-16", "the pier", True),  # a web page says so of itself, and was sent in another charset
        (b"+2AA-", "utf-7", "\ufffd", False),
    ],
)
def test_octets_are_read_by_what_they_say_then_by_their_label_then_by_guess(octets, label, text, guessed):
    reading = read(octets, label)
    assert (reading.text.removeprefix("\ufeff"), reading.guessed) == (text, guessed)


def test_a_guess_at_nothing_but_ascii_is_none_to_speak_of():
    assert read(b"plain", "no-such-charset").guess == ""


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=80), st.sampled_from(CALLED), st.sampled_from(CALLED))
def test_S66_no_octets_yield_a_nul_or_a_lone_surrogate(octets, label, hint):
    text = read(octets, label, hint).text
    text.encode("utf-8")
    assert "\0" not in text


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_what_is_written_in_unicode_is_read_as_it_was_written(text):
    assert read(text.encode(), "utf-8").text == text


def test_a_raw_subject_is_read_as_the_text_beside_it_where_that_looks_like_words():
    raw = "Да".encode("koi8-r").decode("ascii", "surrogateescape")
    assert read_raw(raw, "KOI8-R").text == "Да"
    assert read_raw("Да".encode().decode("ascii", "surrogateescape"), "KOI8-R").guessed is False  # RFC 6532 §3.2


@pytest.mark.parametrize("text", PEOPLES)
def test_what_people_write_has_nothing_odd(text):
    assert oddities(text) == 0


@pytest.mark.parametrize(
    ("text", "written", "read_as"),
    [
        ("Привет", "koi8-r", "cp1251"),
        ("Привет", "cp1251", "cp1252"),
        ("ja\u017a\u0144", "iso8859-2", "cp1252"),
        ("שלום", "cp1255", "cp1252"),
        ("été à", "cp1252", "cp1251"),
        ("Grüße".encode().decode("latin-1"), "utf-8", "utf-8"),
    ],
)
def test_what_wrong_charsets_make_is_odd(text, written, read_as):
    assert oddities(text.encode(written).decode(read_as)) > 0


def test_only_the_lines_that_tell_something_are_shown_to_the_detector():
    octets = b"plain\n" * 5000 + "Grüße\n".encode("latin-1") * 5000
    assert sample(octets).startswith("Grüße\n".encode("latin-1"))
    assert len(sample(octets)) <= SAMPLE_BYTES


def test_two_hundred_articles_come_out_as_written_or_it_is_said():
    """Each with its label right, missing and wrong; the bench `characters` sends each in three encodings."""
    came_out = [(sent, outcome(sent)) for sent in articles(20261130) if sent.encoding == "base64"]
    assert len(came_out) == 600
    assert [sent for sent, what in came_out if what == "wrong without a word"] == []
    assert [sent for sent, what in came_out if sent.label == "right" and what != "as written"] == []
    wrong = [sent for sent, what in came_out if what == "wrong, and said so"]
    assert len(wrong) <= 6, wrong


BESIDE_ENGLISH = "The ferry was late again.\n\nNobody knew why, said {}, and we went home by the old road.\n"


@pytest.mark.parametrize(
    ("word", "charset"),
    [
        ("карту", "koi8-r"),
        ("утро", "iso-8859-5"),
        ("Ніхто", "koi8-u"),
        ("каждое утро", "windows-1251"),
        ("dimineaţă şcoala", "iso-8859-2"),
        ("nő nő hozzá", "iso-8859-2"),
        ("lângă şcoala", "windows-1250"),
        ("καράβι", "iso-8859-7"),
        ("יום", "windows-1255"),
        ("图书", "gb2312"),
        ("已经", "gb18030"),
        ("図書", "shift_jis"),
        ("毎朝", "euc-jp"),
        ("圖書", "big5"),
        ("매일", "euc-kr"),
        ("Ça très", "iso-8859-15"),
        ("kurumadı", "iso-8859-9"),
        ("5½ °C, 10³ m and §4", "windows-1252"),
    ],
)
def test_a_right_label_is_believed_over_a_foreign_word_or_two(word, charset):
    text = BESIDE_ENGLISH.format(word)
    reading = read(text.encode(charset), charset)
    assert (reading.text, reading.guess) == (text, "")


@pytest.mark.parametrize(
    ("word", "charset", "label"),
    [
        ("Über über", "windows-1252", "windows-1251"),
        ("dessiné", "iso-8859-15", "koi8-r"),
        ("pastatė", "iso-8859-13", "windows-1251"),
        ("Straße", "windows-1252", "koi8-r"),
        ("große", "iso-8859-1", "windows-1251"),
        ("ännu från", "windows-1252", "gb2312"),
        ("erklären Bäcker", "iso-8859-15", "gb2312"),
        ("圖書", "big5", "iso-8859-1"),
        ("过了", "hz", None),
        ("Žáci", "windows-1250", "iso-8859-2"),
    ],
)
def test_a_word_that_nobody_writes_so_belies_its_label(word, charset, label):
    assert read(BESIDE_ENGLISH.format(word).encode(charset), label).guess


def test_turkish_in_a_web_page_is_told_by_its_words_and_not_by_its_markup():
    page = "<html><body><p>{}<br>From here on:<br>From there:</p></body></html>"
    page = page.format("Gemi limana girdiğinde yağmur dinmiş, gökyüzü açılmıştı.")
    reading = read(page.encode("iso-8859-9"), "iso-8859-1")
    assert (reading.text, reading.guess) == (page, "Windows-1254")


@pytest.mark.parametrize("code", ['(format t "~{ab~}")', "~{x~}", "~{item ~}", "awk '{print ~{a1~}}'"])
def test_a_programmers_tildes_are_no_chinese(code):
    assert read(code.encode(), None).text == code
