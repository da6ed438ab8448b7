"""Letters in several languages: what a language writes by itself, and that adding one is adding a folder."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailproc.errors import ConfigError
from mailproc.letters.language.speech import FILE, languages, speech_of
from mailproc.letters.render import Letters
from mailproc.letters.sample import sample
from mailproc.phrase import say

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
AT = datetime(2026, 11, 27, 10, 2, tzinfo=UTC)
THERE = ZoneInfo("Europe/Lisbon")


def own(folder: Path, tag: str, files: dict[str, str]) -> Path:
    """A folder of templates in which a language has these files."""
    for name, text in files.items():
        file = folder / tag / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


# Days, numbers, names


@pytest.mark.parametrize(
    ("language", "day", "own_day", "next_year", "month"),
    [
        ("en", "27 November 2026", "Friday 27 November at 10:02", "Friday 27 November 2026 at 10:02", "November 2026"),
        (
            "es",
            "27 de noviembre de 2026",
            "viernes, 27 de noviembre, 10:02",
            "viernes, 27 de noviembre de 2026, 10:02",
            "noviembre de 2026",
        ),
        (
            "de",
            "27. November 2026",
            "Freitag, 27. November, 10:02",
            "Freitag, 27. November 2026, 10:02",
            "November 2026",
        ),
        ("fr", "27 novembre 2026", "vendredi 27 novembre, 10:02", "vendredi 27 novembre 2026, 10:02", "novembre 2026"),
        ("x-toy", "2026-11-27", "2026-11-27, 10:02", "2026-11-27, 10:02", "2026-11"),
    ],
)
def test_a_day_is_written_as_its_language_does(language: str, day: str, own_day: str, next_year: str, month: str):
    speech = speech_of(language, TEMPLATES if language == "en" else Path("none"))
    assert speech.day(AT, THERE) == day
    assert speech.own_day(AT, AT) == own_day
    assert speech.own_day(AT, AT.replace(year=2025)) == next_year
    assert speech.month(AT) == month


def test_an_hour_is_of_the_zone_that_is_meant():
    assert speech_of("en", TEMPLATES).moment(AT, ZoneInfo("Europe/Madrid")) == "27 November 2026 at 11:02 CET"
    assert speech_of("en", TEMPLATES).clock(time(18)) == "18:00"


def test_a_number_takes_the_form_that_its_language_has_for_it():
    russian = speech_of("ru").plural
    forms = {"one": "# письмо", "few": "# письма", "other": "# писем"}
    assert [russian(n, **forms) for n in (1, 2, 5, 21)] == ["1 письмо", "2 письма", "5 писем", "21 письмо"]
    english = speech_of("en", TEMPLATES).plural
    assert [english(n, zero="none", one="one", other="# in all") for n in (0, 1, 1200)] == [
        "none",
        "one",
        "1,200 in all",
    ]


def test_names_in_a_row_and_sizes_are_joined_as_the_language_does(tmp_path: Path):
    names = ("Ana", "Ben", "Inés")
    assert speech_of("en", TEMPLATES).row(names) == "Ana, Ben and Inés"
    assert speech_of("de").either(names) == "Ana, Ben oder Inés"
    own(tmp_path, "es", {FILE: "sounds = [[' y (?=I)', ' e ']]"})
    assert speech_of("es", tmp_path).row(names) == "Ana, Ben e Inés"
    assert [speech_of("es").size(n) for n in (1, 946, 8200, 25_000_000)] == ["1 byte", "946 bytes", "8,2 kB", "25 MB"]


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("locale = 'xx_YY'", '"xx_YY" is none that Babel knows'),
        ("lokale = 'es'", "lokale"),
        ("sounds = [['(', '']]", "language.toml: "),
        ("name", "language.toml: "),
    ],
)
def test_a_table_that_is_wrong_is_an_error_with_its_file_and_cure(tmp_path: Path, table: str, what: str):
    own(tmp_path, "es", {FILE: table})
    with pytest.raises(ConfigError) as error:
        speech_of("es", tmp_path)
    assert what in str(error.value)
    assert "mailproc init" in str(error.value)


# A language is a folder

TOY = {
    FILE: 'name = "Toki"\nlocale = "eo"\n[kinds]\narticle = "lipu"\n[verbs]\nundo = "weka"\n',
    "author/rejected.txt": "{% block subject %}{{ item.ref }} ala{% endblock %}\n{% block body %}\n{{ words }} "
    "{{ item.received_at | day }} {{ item.kind | kind }} {% include 'parts/foot.txt' %}\n{% endblock %}\n",
    "parts/foot.txt": "mi tawa. {{ desk.name }}\n",
    "phrases/done.toml": 'noted = "sitelen"\n',
}


def test_adding_a_language_is_adding_a_folder(tmp_path: Path):
    folder = own(tmp_path / "templates", "tok", TOY)
    letters = Letters(folder, TEMPLATES)
    assert languages(folder) == ("tok",)
    assert letters.languages == ("en", "tok")
    told = letters.render("author/rejected", letters.choose("tok-x"), sample("author/rejected"))
    assert told.language == "tok"
    assert told.subject.endswith(" ala")
    assert "19 Novembro 2026 lipu mi tawa." in told.text
    assert '<html lang="tok">' in told.html
    assert letters.phrases.words(say("done/noted"), "tok", sample("author/rejected")["desk"]) == "sitelen"


def test_what_a_language_lacks_is_in_the_desks_and_what_that_lacks_in_english(tmp_path: Path):
    folder = own(tmp_path / "templates", "tok", TOY)
    shutil.copytree(TEMPLATES / "en", folder / "de")
    welcome = folder / "de/author/published.txt"
    welcome.write_text(welcome.read_text().replace("{% block body %}", "{% block body %}\nMoin."))
    letters = Letters(folder, TEMPLATES, home="de")
    published = letters.render("author/published", "tok", sample("author/published"))
    assert (published.language, published.text.startswith("Moin.")) == ("de", True)
    assert '<html lang="de">' in published.html, "the whole letter is in the language that has it"
    (folder / "de/reader/help.txt").unlink()
    assert letters.render("reader/help", "tok", sample("reader/help")).language == "en"
    assert letters.phrases.words(say("done/held", at=AT), "tok", sample("author/rejected")["desk"]).startswith("held")


def test_a_letter_that_is_broken_in_another_language_goes_in_the_desks(tmp_path: Path):
    folder = own(tmp_path / "templates", "tok", TOY | {"parts/foot.txt": "{{ nobody }}"})
    assert Letters(folder, TEMPLATES).render("author/rejected", "tok", sample("author/rejected")).language == "en"
    with pytest.raises(ConfigError, match="'nobody' is undefined"):
        Letters(folder, TEMPLATES).render_in("author/rejected", "tok", sample("author/rejected"))


@pytest.mark.parametrize(
    ("wished", "chosen"),
    [
        (("es",), "es"),
        (("es-MX",), "es"),
        (("fr", "pt-br"), "pt-BR"),
        ((None, "", "ES"), "es"),
        (("fr",), "en"),
        ((), "en"),
    ],
)
def test_only_a_language_that_has_a_folder_is_chosen(tmp_path: Path, wished: tuple[str | None, ...], chosen: str):
    for language in ("es", "pt-BR"):
        own(tmp_path, language, {"author/rejected.txt": "x"})
    own(tmp_path, "house", {"page/file.txt": "x"})
    assert Letters(tmp_path, TEMPLATES).choose(*wished) == chosen


def test_a_link_says_and_writes_the_word_of_the_letters_language(tmp_path: Path):
    table = 'link = "{verb} {ref} por correo"\n[verbs]\napprove = "aprobar"\n'
    folder = own(tmp_path / "templates", "es", {FILE: table})
    shutil.copytree(TEMPLATES / "en/member", folder / "es/member")
    shutil.copytree(TEMPLATES / "en/parts", folder / "es/parts")
    html = Letters(folder, TEMPLATES).render("member/single", "es", sample("member/single")).html
    assert "aprobar A-12 por correo" in html
    assert "subject=A-12%20aprobar&amp;body=A-12%20aprobar" in html
