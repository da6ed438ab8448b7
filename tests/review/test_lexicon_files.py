"""A language's file that does not fit is refused with its name and the key, and nothing runs with half of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mailproc.errors import ConfigError
from mailproc.review.language.lexicon import LEXICONS
from mailproc.review.language.lexicon.read import FOLDER, LANGUAGES, lexicons


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for language in LANGUAGES:
        shutil.copy(FOLDER / f"{language}.toml", tmp_path)
    return tmp_path


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_files_are_what_runs(folder: Path):
    assert lexicons(folder) == LEXICONS
    assert {path.stem for path in FOLDER.glob("*.toml")} == {*LANGUAGES, "shared"}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('no = "', 'nope = "', "unknown field `nope`"),
        ('joining = "und', '# "', "missing required field `joining`"),
        ('yes = "', 'yes = 3 # "', "`$.yes`"),
        ('"Montag", ', "", "`$.calendar.weekdays`"),
        ('within = "in"', 'inside = "in"', "unknown field `inside` - at `$.calendar`"),
        ("\nundo = ", "\nundone = ", '[forms]: unknown key "undone"; did you mean "undo"?'),
        ('unsorted = "', '# "', '[kinds]: "unsorted" is missing'),
    ],
)
def test_what_does_not_fit_is_named(folder: Path, old: str, new: str, key: str):
    change(folder / "de.toml", old, new)
    with pytest.raises(ConfigError) as told:
        lexicons(folder)
    assert "de.toml" in str(told.value)
    assert key in str(told.value)


def test_a_file_that_is_not_toml_is_named(folder: Path):
    change(folder / "ru.toml", 'yes = "', "yes = ")
    with pytest.raises(ConfigError, match=r"ru\.toml.*line 3"):
        lexicons(folder)


def test_a_missing_language_is_named(folder: Path):
    (folder / "pt.toml").unlink()
    with pytest.raises(ConfigError, match=r"pt\.toml"):
        lexicons(folder)
