"""What an .rtf shows and what it hides."""

from __future__ import annotations

import io

import pytest

from mailproc.document.lines import Words
from mailproc.document.read import read


def words(body: bytes) -> Words:
    return read("rtf", io.BytesIO(b"{\\rtf1\\ansi\\ansicpg1252 " + body + b"}"))


FONTS = (
    b"{\\fonttbl{\\f0\\fcharset0 Times;}{\\f1\\fcharset204 Times;}{\\f2\\fcharset128 Mincho;}{\\f3\\fcharset238 X;}}"
)

SHOWN = [
    ("lines", b"a\\par b\\line c\\\nd\\tab e", "a\nb\nc\nd\te\n"),
    ("line ends of the file are none", b"har\r\nbour", "harbour\n"),
    ("letters by number", b"\\u1043?\\u1072?\\u-3913?", "\u0413\u0430\uf0b7\n"),
    ("a pair of surrogates", b"\\u-10179?\\u-8694?a", "\U0001f60aa\n"),
    ("half a pair", b"\\u-10179?a", "\ufffda\n"),
    ("a letter beyond the first plane", b"\\u128522?a", "\U0001f60aa\n"),
    ("two octets stand for it", b"\\uc2\\u28207\\'8d\\'60\\u12408\\'82\\'d6!", "港へ!\n"),
    ("nothing stands for it", b"{\\uc0\\u1043\\u1072}b", "\u0413\u0430b\n"),
    ("octets of the document", b"caf\\'e9", "café\n"),
    ("octets of a font", FONTS + b"\\f1 \\'c3\\'e0\\f0 \\'e9 \\f3\\'f8 \\f2\\'8d\\'60", "Гаé ř 港\n"),
    ("a font of the group alone", FONTS + b"{\\f1\\'c3}\\'e9", "Гé\n"),
    (
        "signs",
        b"\\{\\}\\\\ \\lquote a\\rquote \\emdash b\\~c\\_d\\-e",
        "{}\\ \u2018a\u2019\u2014b\u00a0c\u2011d\u00ade\n",
    ),
    ("hidden", b"a{\\v secret\\par }b\\v c\\v0 d", "abd\n"),
    ("deleted", b"a{\\deleted gone}b\\deleted c\\deleted0 d", "abd\n"),
    ("plain shows again what was hidden, and not what was deleted", b"\\v a\\plain b{\\deleted\\plain c}", "b\n"),
    ("a comment", b"a{\\*\\atnid J}{\\*\\annotation{\\*\\atnref 1}why?}b", "ab\n"),
    ("header and footer", b"{\\header page}{\\footerr page}a", "a\n"),
    ("a picture", b"a{\\pict\\pngblip 89504e47}b{\\*\\shppict{\\pict 00}}", "ab\n"),
    ("octets that are no text", b"a{\\pict\\bin4 }{\\\\}b", "ab\n"),
    ("a field", b'{\\field{\\*\\fldinst HYPERLINK "x"}{\\fldrslt there}}', "there\n"),
    (
        "a note",
        b"a{\\super\\chftn}{\\*\\footnote\\chftn first}b{\\footnote second\\par}",
        "a[1]b[2]\n[1] first\n[2] second\n",
    ),
    ("a table", b"\\trowd a\\cell b\\cell\\row\\trowd c\\cell\\row d", "a\tb\nc\nd\n"),
    ("a list", b"{\\listtext\\'95\\tab}a\\par", "•\ta\n"),
    (
        "a box",
        b"har{\\shp{\\*\\shpinst{\\sp{\\sn a}{\\sv b}}{\\shptxt in a box\\par}}{\\shprslt in a box}}bour\\par",
        "harbour\nin a box\n",
    ),
    ("both encodings of a thing", b"{\\upr{a}{\\*\\ud{\\u1043?}}}", "Г\n"),
    ("a thing from tomorrow", b"a{\\*\\tomorrow b}c{\\tomorrow d}", "acd\n"),
    ("what follows the document", b"a}{b", "a\n"),
]


@pytest.mark.parametrize(("body", "text"), [each[1:] for each in SHOWN], ids=[each[0] for each in SHOWN])
def test_what_a_text_shows(body, text):
    assert words(body) == Words(text)


def test_a_document_that_breaks_off_has_its_words_until_there():
    assert read("rtf", io.BytesIO(b"{\\rtf1 a{\\footnote b")) == Words("a[1]\n[1] b\n", "damaged")
