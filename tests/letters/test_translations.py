"""Each language beside English: the same letters, phrases, blocks, names and tables, in its own words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mailproc.letters.language.compare import compare
from mailproc.letters.language.speech import languages, speech_of
from mailproc.review.language import verbs
from mailproc.review.language.grammar import clean, sentence

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
OTHERS = [language for language in languages(TEMPLATES) if language != "en"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """English, and what is called Spanish: the same words."""
    made = tmp_path / "templates"
    for name in ("parts/foot.txt", "parts/rejected.txt", "author/rejected.txt", "phrases/done.toml", "language.toml"):
        for language in ("en", "es"):
            (made / language / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TEMPLATES / "en" / name, made / language / name)
    return made


def say(folder: Path, name: str, model: str, own: str) -> list[str]:
    """What is found where the model's text is this, and the language's that."""
    for language, text in (("en", model), ("es", own)):
        (folder / language / name).write_text(text, encoding="utf-8")
    return [line.partition(f"{name}")[2].lstrip(", :") for line in compare(folder, "es") if f"es/{name}" in line]


def test_what_a_language_lacks_is_named(folder: Path):
    (folder / "es/author/rejected.txt").unlink()
    (folder / "es/parts/other.txt").write_text("x")
    (folder / "es/language.toml").write_text('name = "español"\n[verbs]\napprove = "aprobar"\n')
    done = folder / "es/phrases/done.toml"
    done.write_text(done.read_text().replace("noted =", "notde ="))
    found = "\n".join(compare(folder, "es"))
    assert "es/author/rejected.txt: is missing; it is said in another language" in found
    assert "es/parts/other.txt: en has no such file" in found
    assert 'es/phrases/done.toml, phrase "noted": is missing' in found
    assert 'es/phrases/done.toml, phrase "notde": no such phrase is ever said' in found
    assert '[verbs]: "reject" is missing' in found


LETTER = "author/rejected.txt"


@pytest.mark.parametrize(
    ("model", "own", "what"),
    [
        ("{% block subject %}Ja{% endblock %}", "{% block suject %}Ja{% endblock %}", "the block subject is missing"),
        ("{{ item.title }}", "{{ item.titel }}", "the name item.title is missing"),
        ("{{ item.title }}", "{{ item.title }} {{ mood }}", "the name mood is none that en has there"),
        ("{% macro a(b) %}{{ b }}{% endmacro %}", "{% macro a() %}{{ b }}{% endmacro %}", "the macro a(b) is missing"),
        ('{{ {"a": "uno", "b": "dos"}[x] }}', '{{ {"a": "uno", "c": "dos"}[x] }}', "a table lacks b"),
        ('{{ {"a": "uno", "b": "dos"}[x] }}', "{{ x }}", "the table of ['a', 'b'] is missing"),
        ("Thank you very much.", "Thank you very much.", "still in en: Thank you very much."),
        ('{{ "we hear you" if x else "" }}', '{{ "we hear you" if x else "" }}', "still in en: we hear you"),
        ("Gracias.", "Hola.\nYour mail is here with us.", "line 2: still in en: Your mail is here with us."),
        ("{{ x }}", "{{ x }", "line 1: unexpected"),
    ],
)
def test_a_difference_is_named_with_its_place(folder: Path, model: str, own: str, what: str):
    assert any(what in line for line in say(folder, LETTER, model, own)), say(folder, LETTER, model, own)


@pytest.mark.parametrize(
    ("model", "own"),
    [
        ('{{ n ~ " item" ~ ("" if n == 1 else "s") }}', '{{ n | plural(one="un elemento", other="# elementos") }}'),
        ('{{ "The wait is over" if x == "it is over now" }}', '{{ "Se acabó" if x == "it is over now" }}'),
        ("{{ desk.name }}: {{ item.ref }}", "{{ desk.name }}: {{ item.ref }}"),
        ('Write "publish on Friday morning".', 'Escriba "publish on Friday morning".'),
        ("{% for x in y %}{{ loop.last }}{% endfor %}", "{% for x in y %}{{ x }}{% endfor %}{{ x }}"),
        ("{% set a = item.title %}{{ a }} is here now", "{% set b = item.title %}{{ b }} ya está aquí"),
    ],
)
def test_what_only_another_language_writes_is_no_difference(folder: Path, model: str, own: str):
    assert [line for line in say(folder, LETTER, model, own) if "name x is none" not in line] == []


BEGUN: set[str] = set()  # languages that are not complete yet: what they lack is said in English


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_says_all_that_english_says_in_its_own_words(language: str):
    found = compare(TEMPLATES, language)
    lacks = ("is missing", ": a table lacks")
    assert [line for line in found if language not in BEGUN or not any(words in line for words in lacks)] == []


@pytest.mark.parametrize("language", ["en", *OTHERS])
def test_the_desk_understands_each_word_that_a_link_writes(language: str):
    table = speech_of(language, TEMPLATES).table
    readers = ("member", "author", "applicant")
    read = {
        verb: {sentence(clean(word), verbs.forms(who)).verb for who in readers} for verb, word in table.verbs.items()
    }
    assert {verb: found for verb, found in read.items() if verb not in found} == {}
    assert set(verbs.VERBS) <= set(table.verbs)
    kinds = {sentence(clean(f"sort A-12 {word}"), verbs.forms("member")).verb for word in table.kinds.values()}
    assert kinds == {"sort"}
