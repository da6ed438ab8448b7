"""The house format: what contributors write stays words, whatever they write, and what the desk edits stays fit."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path

import made_pieces as made
import pytest
from build import make_desk, run_here
from hiding import HIDDEN
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mailproc.dossier.layout import lay_out
from mailproc.errors import ConfigError
from mailproc.publish.check import check, faults_of, sample
from mailproc.publish.house import House
from mailproc.publish.page import front_matter
from mailproc.workflow.group import Piece

TEMPLATES = Path(__file__).parents[2] / "templates"
HOUSE = House(TEMPLATES)
COMMONMARK = MarkdownIt("commonmark")


class Shape(HTMLParser):
    """The elements of a page, with the names of their attributes; and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data):
        self.words += data


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><script src=//evil.example/x.js></script>",
    "</p></article></main><iframe src=https://evil.example>",
    "</style><style>@import url(//evil.example)</style>",
    "<!-- -->",
    "<![CDATA[ x ]]>",
    "&lt;script&gt; &#60;script&#62; &amp; &copy",
    "{{ 7 * 7 }} {% include '/etc/passwd' %} {# x #} ${7*7} <%= 7 %>",
    "[x](javascript:alert(1)) ![x](https://evil.example/x.png) <https://evil.example>",
    "# not a heading",
    "1. no list",
    "- no list",
    "> no quotation",
    "    no code",
    "```\nno code\n```",
    "*no* _emphasis_ **at** ~~all~~ `code`",
    "| a | b |\n|---|---|\n| no | table |",
    "---\ntitle: no front matter\n---",
    "=====",
    "[^1]: no footnote",
    "www.evil.example and https://evil.example",
    "javascript:alert(1)",
    "\\<script\\> \\\\",
    "a\u202eb\u2066c\u200bd",
    "x" * 5000,
    *list(HIDDEN.values())[:6],
]


def a_file(words: str, url: str = "https://northpier.example/"):
    """A file in which somebody writes the same words wherever words can be written."""
    said = {"caption": words, "credit": words, "rights": words, "source": words}
    pieces = (
        made.a_text("F-1", f"{words}\n\nplain", heading=words, by=words, language="de"),
        made.a_text("F-1", f"plain\n{words}", need="", heading="The fire", by=words),
        made.a_text("F-2", words, name=words, by=words),
        made.a_picture("F-3", words, **said, by=words),
        made.a_picture("F-4", words, media_type=words, need="", by=words),
        made.a_document("F-5", words, **said, by=words),
        made.a_link("F-6", url, words, **said),
        made.a_link("F-7", words, words, **said),
        made.a_text("F-8", words, by=words, reply=True),
    )
    return lay_out(words, made.NEEDS, pieces, aliases=(words,))


def names_for(page) -> dict[tuple[str, str], str]:
    return {block.key: f"pieces/{block.ref}" for block in page.blocks if block.form in {"picture", "document"}}


def rendered(words: str, publication: str = "The Harbour Review") -> dict[str, str]:
    page = a_file(words)
    return {name: text.decode() for name, text in HOUSE.render(page, names_for(page), publication).items()}


@pytest.mark.parametrize("words", HOSTILE)
def test_what_a_hostile_contributor_writes_stays_words_in_html(words):
    page, plain = Shape(rendered(words, words)["index.html"]), Shape(rendered("Words", "Words")["index.html"])
    one = {"p", "br"}  # of these a text has as many as it has paragraphs and lines
    others = [each for each in page.elements if each[0] not in one]
    assert sorted(others) == sorted(each for each in plain.elements if each[0] not in one)
    assert {each for each in page.elements if each[0] in one} <= {*plain.elements, ("br", ())}
    assert set(page.links) == set(plain.links)
    assert faults_of(rendered(words)["index.html"]) == ()
    shown = "".join(page.words.split())
    for line in words.translate(dict.fromkeys((0x202E, 0x2066))).split("\n"):
        assert "".join(line.split()) in shown


@pytest.mark.parametrize("words", HOSTILE)
def test_what_a_hostile_contributor_writes_stays_words_in_markdown(words):
    page, plain = (Shape(COMMONMARK.render(rendered(w, w)["index.md"].split("---\n", 2)[2])) for w in (words, "Words"))
    one = {"p", "br"}
    others = [each for each in page.elements if each[0] not in one]
    assert sorted(others) == sorted(each for each in plain.elements if each[0] not in one)
    assert set(page.links) == set(plain.links)
    shown = "".join(page.words.split())
    for line in words.translate(dict.fromkeys((0x202E, 0x2066))).split("\n"):
        assert "".join(line.split()) in shown


@given(st.text(min_size=1, max_size=60))
def test_whatever_is_written_the_pages_keep_their_shape(words):
    page, plain = Shape(rendered(f"a{words}z")["index.html"]), Shape(rendered("Words")["index.html"])
    assert {each for each in page.elements if each[0] != "br"} == {each for each in plain.elements if each[0] != "br"}
    assert set(page.links) == set(plain.links)


@pytest.mark.parametrize(
    "url",
    [
        'https://northpier.example/"onclick="alert(1)',
        "https://northpier.example/<script>",
        "https://northpier.example/)](javascript:alert(1))",
        "https://northpier.example/a(b)c'd&copy;=1&amp;x={{ 7 }}",
        "https://n\u00f6rd.example/\u00fc?\u20ac",
    ],
)
def test_no_address_gets_out_of_its_link(url):
    page = lay_out("X", made.NEEDS, [made.a_link("F-6", url, "Words")])
    made_pages = HOUSE.render(page, {}, "The Harbour Review")
    links = Shape(made_pages["index.html"].decode())
    marked = Shape(COMMONMARK.render(made_pages["index.md"].decode().split("---\n", 2)[2]))
    assert {name for _, names in links.elements for name in names}.isdisjoint({"onclick"})
    assert links.links == [each for each in links.links if each.startswith("https://n")]
    assert links.links == marked.links
    assert all(re.fullmatch(r"[\x21-\x7e]+", each) for each in links.links)
    assert not set("\"<>(){}'\\") & set("".join(links.links))


def test_no_page_names_an_address_of_a_contributor():
    page = lay_out("X", made.NEEDS, [made.a_text("F-1", "Words.", by="Jo Fields <jo@fields.example>")])
    for text in HOUSE.render(page, {}, "The Harbour Review").values():
        assert b"Jo Fields" in text
        assert b"@fields" not in text
        assert b"fields.example" not in text


def test_the_page_of_markdown_says_whose_file_it_is_however_it_was_edited(tmp_path):
    (tmp_path / "house").mkdir()
    (tmp_path / "house/file.md").write_text("{{ page.title }}\n")
    written = House(tmp_path, TEMPLATES).render(sample(), {}, "The Harbour Review")["index.md"]
    (tmp_path / "index.md").write_bytes(written)
    assert front_matter(tmp_path)["group"] == "North Pier Society"


GOLDEN = Path(__file__).parents[1] / "golden"
IN_FULL = {("F-2", "2" * 64): "pieces/F-2-office.jpg", ("F-3", "3" * 64): "pieces/F-3-rules.pdf"}


@pytest.mark.parametrize("name", ["index.md", "index.html"])
def test_a_file_looks_as_it_looked(name):
    """`UPDATE_GOLDEN=1 pytest tests/publish/test_house.py` writes the pages anew; read the diff before you commit."""
    made_now = HOUSE.render(sample(), IN_FULL, "The Harbour Review")[name]
    path = GOLDEN / f"house-file.{name.rpartition('.')[2]}"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_bytes(made_now)
    assert path.read_bytes() == made_now


# Templates that the desk edits


def test_doctor_tells_what_an_edited_page_does(tmp_path):
    config = make_desk(tmp_path)
    said = run_here("doctor", config=config)
    assert "and a file laid out" in said.out
    house = tmp_path / "templates/house"
    assert {each.name for each in house.iterdir()} == {
        "file.md",
        "file.html",
        "page.html",
        "style.css",
        "words.es.toml",
        "words.toml",
    }, "init writes them"
    (house / "file.html").write_text("<script src=https://counter.example/x.js></script>")
    said = run_here("doctor", config=config)
    assert said.status == 1
    assert "holds <script>" in " ".join(said.out.split())


def edited(folder: Path, name: str, old: str, new: str) -> Path:
    shutil.copytree(TEMPLATES / "house", folder / "house")
    file = folder / "house" / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return folder


def test_the_house_format_as_it_comes_is_fit_for_readers():
    assert check(TEMPLATES) == ()


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("file.html", "</main>", "<script>1</script></main>", "<script>"),
        ("file.html", "</main>", '<img src="https://counter.example/x.png" alt="x"></main>', "loads from elsewhere"),
        ("file.html", "</main>", '<img src="//counter.example/x.png" alt="x"></main>', "loads from elsewhere"),
        ("file.html", "<title>", '<link rel="stylesheet" href="https://fonts.example/x.css"><title>', "<link>"),
        ("style.css", "* {", "@import 'https://fonts.example/x.css'; * {", "<style> loads"),
        ("page.html", "</main>", "<script>1</script></main>", "<script>"),
        ("page.html", "</main>", '<link rel="stylesheet" href="/x.css"></main>', "<link>"),
        ("page.html", "{{ lines | join", "{{ lines[:0] | join", "Eleven umbrellas stood"),
        ("page.html", "{% for note in page.corrections %}", "{% for note in [] %}", "twelve"),
        ("page.html", ' alt="{{ picture.alt or words.picture }}"', "", "no words (alt)"),
        ("page.html", "words.gone_before }} {{ dated(page.on) }}", "words.gone_before }}", "23 November 2026"),
        ("page.html", "{{ page.root }}{{ entry.href }}", "{{ entry.hreff }}", "hreff"),
        ("page.html", "<h2 id", "<h3 id", "leaves out a level"),
        ("file.html", "<main>", "<main onclick='x()'>", "runs"),
        ("file.html", "<main>", "<form action='/x'></form><main>", "<form>"),
        ("file.html", ' alt="{{ block.alt or words.picture }}"', "", "no words (alt)"),
        ("file.html", '<html lang="{{ page.language }}">', "<html>", "language"),
        ("file.html", "<h1 ", "<h2 ", "<h1>"),
        ("file.html", "<h3 ", "<h4 ", "leaves out a level"),
        ("file.html", "{{ paragraph | join", "{{ paragraph[:0] | join", "Eleven umbrellas stood"),
        ("file.md", "{{ paragraph | join", "{{ paragraph[:0] | join", "Eleven umbrellas stood"),
        ("file.md", "{{ block.rights }}", "", "may be shown"),
        ("file.md", "{{ page.title }}", "{{ page.titel }}", "titel"),
        ("file.md", "{% endfor %}", "", "unknown tag"),
        ("file.html", "{{ words.contents }}", "{{ words.inhalt }}", "inhalt"),
        ("words.toml", 'by = "By"', "by = 7", "no text in quotes"),
        ("words.toml", 'by = "By"', 'by = "By', "words.toml"),
    ],
)
def test_an_edited_template_that_is_not_fit_is_told_with_its_file(tmp_path, name, old, new, told):
    found = check(edited(tmp_path, name, old, new), TEMPLATES)
    assert found
    assert any(told in line and str(tmp_path / "house") in line for line in found), found


def test_words_in_another_language_are_an_edit_of_one_file(tmp_path):
    folder = edited(tmp_path, "words.toml", 'contents = "Contents"', 'contents = "Inhalt <b>"')
    assert check(folder, TEMPLATES) == ()
    text = House(folder, TEMPLATES).render(sample(), {}, "The Harbour Review")["index.html"].decode()
    assert "Inhalt &lt;b&gt;" in text


@pytest.mark.parametrize("missing", ["file.md", "file.html", "page.html", "style.css", "words.toml", ""])
def test_what_the_desk_lacks_is_as_it_came_with_the_program(tmp_path, missing):
    shutil.copytree(TEMPLATES / "house", tmp_path / "house")
    if missing:
        (tmp_path / "house" / missing).unlink()
    else:
        shutil.rmtree(tmp_path / "house")
    assert check(tmp_path, TEMPLATES) == ()
    page = sample()
    assert House(tmp_path, TEMPLATES).render(page, {}, "X") == HOUSE.render(page, {}, "X")


def test_a_template_that_nobody_has_is_told(tmp_path):
    with pytest.raises(ConfigError, match="init"):
        House(tmp_path).render(sample(), {}, "X")


def test_a_page_without_pieces_is_a_page():
    text = HOUSE.render(lay_out("X", made.NEEDS, ()), {}, "The Harbour Review")["index.html"].decode()
    assert faults_of(text) == ()


def test_every_field_of_a_piece_that_people_wrote_is_looked_at_above():
    written = {"name", "caption", "credit", "rights", "source", "heading", "url", "media_type"}
    assert written == {f.name for f in fields(Piece)} - {"ref", "number", "form", "need", "sha256", "size", "out"}


def test_every_language_of_the_house_has_all_its_words():
    own = HOUSE.words()
    for file in (TEMPLATES / "house").glob("words.*.toml"):
        assert tomllib.loads(file.read_text()).keys() == own.keys(), file.name
