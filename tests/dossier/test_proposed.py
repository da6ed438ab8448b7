"""On which organisation a mail proposes a file, and what looks like a person's name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.dossier.proposed import Proposed, of_a_person, read

NAMES = {
    "Please open a file on the Tidal Mill Trust. It owns half the quay.": "Tidal Mill Trust",
    "You should have a file on “Tidal Mill Trust”, I think.": "Tidal Mill Trust",
    "a file on\nthe Tidal Mill\nTrust, please": "Tidal Mill Trust",
    "a file on what is called the Tidal Mill Trust": "Tidal Mill Trust",
    "a file on the Friends of the Tidal Mill?": "Friends of the Tidal Mill",
    "a new file on ACME Ltd. They sell.": "ACME Ltd",
    "a file on the 1st Harbour Scouts": "1st Harbour Scouts",
    "Könnten Sie eine Akte über den Gezeitenmühlenverein anlegen?": "Gezeitenmühlenverein",
    "Bitte legen Sie eine Akte zur Stiftung Alte Werft e.V. an.": "Stiftung Alte Werft e.V.",
    "Ouvrez un dossier sur la Société du Moulin à Marée, qui possède le quai.": "Société du Moulin à Marée",
    "Propongo abrir un expediente sobre la Fundación Molino de Mareas.": "Fundación Molino de Mareas",
    "Propongo di aprire un fascicolo sulla Fondazione Mulino delle Maree.": "Fondazione Mulino delle Maree",
    "Proponho abrir um dossiê sobre a Fundação Moinho de Maré.": "Fundação Moinho de Maré",
    "Предлагаю завести досье на Фонд «Приливная мельница».": "Фонд «Приливная мельница»",
    "Предлагаю завести досье на «Приливную мельницу».": "«Приливную мельницу»",
    "please open a file on my neighbour": "",
    "We have no file at all.": "",
    "": "",
}


@pytest.mark.parametrize("text", NAMES)
def test_the_name_is_read_as_it_is_written(text: str):
    assert read("", text).name.strip("«»") == NAMES[text].strip("«»")


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("New file: Tidal Mill Trust", "Tidal Mill Trust"),
        ("Vorschlag: Verein der Hafenfreunde", "Verein der Hafenfreunde"),
        ("Proposal: a new file", ""),
        ("A file on the Tidal Mill Trust", "Tidal Mill Trust"),
    ],
)
def test_a_subject_says_it_too(subject: str, name: str):
    assert read(subject, "Nobody writes about it.").name == name


PEOPLE = (
    "John Smith",
    "J. R. Hill",
    "Ludwig van Beethoven",
    "Anna-Maria Hill",
    "Dr. Jo Poole",
    "Maria da Silva",
    "Mr Brown",
)
ORGANISATIONS = (
    "Tidal Mill Trust",
    "Verein der Hafenfreunde",
    "Gezeitenmühlenverein",
    "ACME Ltd",
    "Greenpeace",
    "The Quay",
    "Фонд Приливная мельница",
    "Fundação Moinho de Maré",
    "",
)


def test_a_name_of_a_person_is_told_from_one_of_an_organisation():
    assert [name for name in PEOPLE if not of_a_person(name)] == []
    assert [name for name in ORGANISATIONS if of_a_person(name)] == []
    assert read("", "Please open a file on my neighbour John Smith.") == Proposed("John Smith", person=True)
    assert read("", "eine Akte über meinen Nachbarn").person


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=80), st.text(max_size=200))
def test_it_never_fails(subject: str, text: str):
    found = read(subject, f"a file on {text}")
    assert "\n" not in found.name
