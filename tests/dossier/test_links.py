"""Links are found in the words of a mail, are one or two by the stated rule, and keep the spelling of their writer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.dossier.link import key_of, links_in

ONE = "https://pier.example/rules"
SAME = [
    "http://pier.example/rules",
    "https://www.pier.example/rules",
    "HTTPS://Pier.EXAMPLE/rules",
    "https://pier.example./rules",
    "https://pier.example:443/rules",
    "http://pier.example:80/rules",
    "https://jo:secret@pier.example/rules",
    "https://pier.example/rules/",
    "https://pier.example/rules?",
    "https://pier.example/rules#top",
    "https://pier.example/old/../rules",
    "https://pier.example/./rules",
    "https://pier.example/%72ules",
    "https://pier.example/rules?utm_source=mail&utm_medium=x",
    "https://pier.example/rules?fbclid=abc&gclid=1",
]
OTHER = [
    "https://pier.example/Rules",
    "https://pier.example/rules2",
    "https://pier.example:8443/rules",
    "https://pier.example/rules?page=2",
    "https://pier.example/rules#!/2",
    "https://files.pier.example/rules",
    "https://pier.example/rules%2Fx",
    "ftp://pier.example/rules",
]


@pytest.mark.parametrize("url", SAME)
def test_spellings_of_one_page_are_one_link(url):
    assert key_of(url) == key_of(ONE) == ONE
    assert [link.url for link in links_in(f"{ONE} and {url}")] == [ONE]


@pytest.mark.parametrize("url", OTHER)
def test_other_pages_are_other_links(url):
    assert key_of(url) != key_of(ONE)


def test_what_the_query_asks_for_stays_in_its_order():
    assert key_of("https://a.example/x?b=2&utm_id=7&a=1") == "https://a.example/x?b=2&a=1"
    assert key_of("https://a.example/x?a=1&b=2") != key_of("https://a.example/x?b=2&a=1")


def test_escapes_are_read_and_written_in_one_way():
    assert key_of("https://a.example/a%2fb/%7Ejo/é") == key_of("https://a.example/a%2Fb/~jo/%C3%A9")


def test_a_host_in_letters_of_its_own_is_its_ascii_name():
    assert key_of("https://Кафе.example/") == key_of("https://xn--80akn5b.example")


FOUND = [
    ("See https://a.example/x.", "https://a.example/x", "See"),
    ("(https://a.example/x)", "https://a.example/x", ""),
    ("https://a.example/x_(pier)", "https://a.example/x_(pier)", ""),
    ("- Their programme: https://a.example/x", "https://a.example/x", "Their programme"),
    ("Their programme:\nhttps://a.example/x", "https://a.example/x", "Their programme"),
    ("Their programme\nhttps://a.example/x", "https://a.example/x", "Their programme"),
    ("Their programme\n\nhttps://a.example/x", "https://a.example/x", ""),
    ("https://a.example/x - their programme", "https://a.example/x", "their programme"),
    ("their programme <https://a.example/x>", "https://a.example/x", "their programme"),
    ("www.a.example/x", "https://www.a.example/x", ""),
    ("<https://a.example/one/\n  two>", "https://a.example/one/two", ""),
    ("“https://a.example/x”", "https://a.example/x", ""),
    ("**https://a.example/x**", "https://a.example/x", ""),
    ("Siehe https://a.example/x?b=1&c=2, danke!", "https://a.example/x?b=1&c=2", "Siehe"),
]


@pytest.mark.parametrize(("text", "url", "words"), FOUND)
def test_a_link_is_found_with_the_words_beside_it(text, url, words):
    assert [(link.url, link.words) for link in links_in(text)] == [(url, words)]


@pytest.mark.parametrize("text", ["jo@www.example", "http://", "https://…", "http:/a.example", "awww.b", "no link"])
def test_what_is_no_link_is_none(text):
    assert links_in(text) == ()


def test_of_two_links_on_a_line_each_has_its_own_words():
    found = links_in("programme https://a.example/1, rules https://a.example/2")
    assert [(link.url, link.words) for link in found] == [
        ("https://a.example/1", "programme"),
        ("https://a.example/2", "rules"),
    ]


ODD = ["https://0::#", "https://www.www.a.example", "https://a.example:80:443/", "https://a.example/?utm%5Fsource=1"]


@pytest.mark.parametrize("url", ODD)
def test_a_key_is_its_own_key(url):
    assert key_of(key_of(url)) == key_of(url)


@settings(max_examples=500)
@given(st.text(alphabet="htps:/w.a%20?#&=[]@é<>\n ", max_size=80))
def test_no_words_break_the_search_and_a_key_is_its_own_key(text):
    for link in links_in(f"https://{text} www.{text} {text}"):
        assert key_of(key_of(link.url)) == key_of(link.url)
