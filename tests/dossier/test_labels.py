"""Caption, credit, rights and source of files, as contributors write them beside them, in every language we know."""

# ruff: noqa: RUF001 - Russian is written in its own letters

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproc.dossier.label import LABELS, OF_A_FILE, File, Said, read

PIER, OFFICE, RULES = File("pier.jpg", picture=True), File("office.png", picture=True), File("rules.pdf", picture=False)
EVERY = "The office in 1962"


def of(text: str, *files: File) -> list[tuple[str, str, str, str]]:
    """What is said of each file: caption, credit, rights, source."""
    found = read(text, files)
    said = [found.of(place, picture=each.picture) for place, each in enumerate(files)]
    return [(each.caption, each.credit, each.rights, each.source) for each in said]


LANGUAGES = {
    "en": "Photo: pier.jpg\nCaption: {}\nCredit: Jo Poole\nRights: CC BY 4.0\nSource: the town archive\n",
    "de": "Bild: pier.jpg\nBildunterschrift: {}\nFotograf: Jo Poole\nRechte: CC BY 4.0\nQuelle: the town archive\n",
    "es": "Imagen: pier.jpg\nPie de foto: {}\nAutora: Jo Poole\nDerechos: CC BY 4.0\nFuente: the town archive\n",
    "fr": "Image : pier.jpg\nLégende : {}\nCrédit photo : Jo Poole\nDroits : CC BY 4.0\nSource : the town archive\n",
    "it": "Immagine: pier.jpg\nDidascalia: {}\nAutrice: Jo Poole\nDiritti: CC BY 4.0\nFonte: the town archive\n",
    "pt": "Imagem: pier.jpg\nLegenda: {}\nFotógrafa: Jo Poole\nDireitos: CC BY 4.0\nFonte: the town archive\n",
    "ru": "Фото: pier.jpg\nПодпись: {}\nАвтор снимка: Jo Poole\nПрава: CC BY 4.0\nИсточник: the town archive\n",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("change", [str, str.upper, lambda text: "* " + text.replace("\n", "\n* ")])
def test_labels_are_read_in_every_language(language, change):
    text = change(LANGUAGES[language]).format(EVERY).replace("PIER.JPG", "pier.jpg")
    [said] = of(text.replace("{}", EVERY), PIER)
    assert tuple(each.casefold() for each in said) == (
        EVERY.casefold(),
        "jo poole",
        "cc by 4.0",
        "the town archive",
    )


WAYS = [  # words, what is said of pier.jpg, of office.png
    ("pier.jpg: the pier\noffice.png - the office", ("the pier", "", "", ""), ("the office", "", "", "")),
    ("Photo 1: the pier\nPhoto 2 \u2013 the office", ("the pier", "", "", ""), ("the office", "", "", "")),
    ("Bild Nr. 2: das Büro", ("", "", "", ""), ("das Büro", "", "", "")),
    ("Photos 1 and 2: by the sea\n", ("by the sea", "", "", ""), ("by the sea", "", "", "")),
    ("Fotos 1 bis 2: am Meer", ("am Meer", "", "", ""), ("am Meer", "", "", "")),
    ("pier.jpg, office.png: by the sea", ("by the sea", "", "", ""), ("by the sea", "", "", "")),
    ("Photos: pier.jpg and office.png\nCredit: Ana Ruiz", ("", "Ana Ruiz", "", ""), ("", "Ana Ruiz", "", "")),
    ("Photos: Ana Ruiz", ("", "Ana Ruiz", "", ""), ("", "Ana Ruiz", "", "")),
    ("All photos by Ana Ruiz: none", ("", "", "", ""), ("", "", "", "")),
    ("pier.jpg\n--------\nThe pier\nphoto by Jo Poole", ("The pier", "Jo Poole", "", ""), ("", "", "", "")),
    ("pier.jpg\n\nThe pier is old.", ("", "", "", ""), ("", "", "", "")),
    ("1) pier.jpg - the pier\n2. office.png: us", ("the pier", "", "", ""), ("us", "", "", "")),
    ("pier.jpg zeigt die Mole", ("die Mole", "", "", ""), ("", "", "", "")),
    ("Foto di Luca Neri", ("", "Luca Neri", "", ""), ("", "Luca Neri", "", "")),
    ("All photos by me (Jo Poole), take them.", ("", "Jo Poole", "", ""), ("", "Jo Poole", "", "")),
    ("photo de la jetée", ("", "", "", ""), ("", "", "", "")),
    ("pier.jpg: The pier. Credit: Jo; Rights: free", ("The pier.", "Jo", "free", ""), ("", "", "", "")),
    ("pier.jpg: The pier, photo by Jo Poole.", ("The pier", "Jo Poole", "", ""), ("", "", "", "")),
    ("pier.jpg: Das Büro, Foto von Jo Poole", ("Das Büro", "Jo Poole", "", ""), ("", "", "", "")),
    ("pier.jpg: photo de la jetée", ("photo de la jetée", "", "", ""), ("", "", "", "")),
    ("pier.jpg: The pier (© 1962 Jo Poole)", ("The pier", "Jo Poole", "© 1962 Jo Poole", ""), ("", "", "", "")),
    ("PIER.JPG = the pier", ("the pier", "", "", ""), ("", "", "", "")),
    ("Photo: pier\nCaption:\nThe pier", ("The pier", "", "", ""), ("", "", "", "")),
    ("Rights: free for any use", ("", "", "free for any use", ""), ("", "", "free for any use", "")),
    (
        "pier.jpg\nRights: mine\n\nRights: free for any use",
        ("", "", "mine", ""),
        ("", "", "free for any use", ""),
    ),
    ("pier.jpg\n\nCaption: the pier\n", ("the pier", "", "", ""), ("", "", "", "")),
    ("Source: https://a.example/x", ("", "", "", "https://a.example/x"), ("", "", "", "https://a.example/x")),
]


@pytest.mark.parametrize(("text", "pier", "office"), WAYS)
def test_what_is_said_of_which_file(text, pier, office):
    assert of(text, PIER, OFFICE) == [pier, office]


def test_a_caption_of_nobody_is_that_of_the_only_picture():
    assert of("Photo: the pier in 1962", PIER, RULES) == [("the pier in 1962", "", "", ""), ("", "", "", "")]
    assert of("Caption: the pier in 1962", PIER, OFFICE) == [("", "", "", "")] * 2


def test_behind_photo_a_name_is_a_credit_and_anything_else_a_caption():
    assert of("Foto: Jo van der Poole", PIER) == [("", "Jo van der Poole", "", "")]
    assert of("Foto: Das Büro", PIER) == [("Das Büro", "", "", "")]


def test_a_wrapped_caption_goes_on_and_a_short_line_does_not():
    long = "pier.jpg: The pier as it stood in the summer of 1962, a year before\nthe great storm."
    assert of(long, PIER)[0][0].endswith("a year before the great storm.")
    assert of("pier.jpg: The pier\nI hope this helps.", PIER)[0][0] == "The pier"


def test_a_file_is_known_by_its_name_with_blanks_or_dashes():
    assert of("See the north-pier 2.jpg, please", File("the_north_pier_2.jpg", picture=True))[0][0] == ""
    assert of("The North Pier 2.jpg: the pier", File("the_north_pier_2.jpg", picture=True))[0][0] == "the pier"


def test_attachments_are_counted_as_the_receipt_counts_them():
    assert of("Attachment 2: their rules", PIER, RULES)[1][0] == "their rules"


PROSE = [
    "The picture: a scandal.",
    "I saw the file: it was empty.",
    "We have the rights to march.",
    "Sources say: nobody came.",
    "By the way: thanks.",
    "Please use: whatever you need",
]


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_no_label(text):
    found = read(text, [RULES])
    assert found.files == {}
    assert found.every == Said()
    assert found.words == []


def test_a_later_mail_speaks_of_earlier_files_by_name_or_of_all_where_it_brings_none():
    assert read("pier.jpg: the pier\n\nRights: free", [OFFICE, PIER], 1).of(1, picture=True).caption == "the pier"
    assert read("Photo 1: the pier", [PIER, OFFICE]).of(0, picture=True).caption == "the pier"


def test_every_field_of_a_file_has_words_in_seven_languages():
    for name in ("picture", "file", *OF_A_FILE, "by", "unowned", "joins", "numbers", "link", "nothing"):
        assert set(getattr(LABELS, name)) == set(LANGUAGES), name


@given(st.text(alphabet="pier.jgPhoto1: \n©()-,;Credt", max_size=120))
def test_no_words_break_the_reading(text):
    said = read(text, [PIER, OFFICE, RULES], 2)
    assert all(len(each) <= 500 for found in said.files.values() for each in (found.caption, found.credit))
