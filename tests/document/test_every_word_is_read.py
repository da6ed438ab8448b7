"""Documents by pandoc and LibreOffice in five scripts: every word that was written is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_documents import READERS, lost, made, written

from mailproc.document.lines import count
from mailproc.document.read import read

READ_HERE = [each for each in made() if each[2] != "doc"]


@pytest.mark.parametrize(("path", "script", "suffix"), READ_HERE, ids=lambda value: getattr(value, "name", value))
def test_no_word_is_lost(path: Path, script: str, suffix: str):
    with path.open("rb") as file:
        words = read(READERS[suffix], file)
    assert words.failure == ""
    assert lost(script, words.text, suffix) == []


def test_the_corpus_is_whole():
    assert len(READ_HERE) == 5 * 7
    assert all(len(written(script)) > 35 for script in ("latin", "cyrillic", "greek", "hebrew", "cjk"))


def text_of(name: str) -> str:
    path = next(path for path, _, _ in made() if path.name == name)
    with path.open("rb") as file:
        return read(READERS[path.suffix[1:]], file).text


@pytest.mark.parametrize("name", ["latin-pandoc.docx", "latin-libreoffice.docx", "latin-libreoffice.odt"])
def test_what_is_read_has_the_order_and_the_shape_of_the_page(name):
    text = text_of(name)
    assert text.startswith("Přístav a jeho loďky\n")
    assert "unavená[1]. Zoë" in text
    assert "- Ryby\n  - Śledź a makrela\n    - Śnięty węgorz\n  - Žralok\n- Lana\n" in text
    assert "Loď\tDélka\tKapitán\nČajka\t12 m\tJón Þórðarson\n" in text
    assert text.rstrip().endswith("[2] Druhá poznámka; șase țărani, İstanbul\u2019a.")
    assert "od\u00addě\u00adle\u00adná" in text
    assert "dvacet\u2011jedna" in text


def test_words_are_counted_without_marks():
    assert count("- The quay\t—\n[1] * 12 m\n") == 5
