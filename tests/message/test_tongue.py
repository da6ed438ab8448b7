"""In which language a mail is: beyond doubt or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message.parse import parse
from mailproc.message.tongue import tongue_of

SPOKEN = {
    "en": ("The pier", "Please tell me whether the pier is still closed."),
    "es": ("", "¿Sigue cerrado el muelle?"),
    "pt": ("Ajuda", "Olá, gostaria de ser membro e ajudar com o sítio."),
    "fr": ("Le tram", "Voici un article sur le tram qui n'est jamais venu."),
    "de": ("Mitglied", "Hallo, ich möchte Mitglied werden."),
    "it": ("", "Vi mando un articolo sul tram che non è mai arrivato."),
    "ru": ("", "Причал всё ещё закрыт?"),
    "nl": ("", "Is de steiger nog steeds gesloten?"),
    "ca": ("", "Hola, vull ser membre i ajudar amb el lloc."),
}
UNSURE = (
    ("hi", ""),
    ("A-12", "yes"),
    ("status", ""),
    ("Test", "ok"),
    ("", "https://diario.example/espana/2026/el-tranvia-que-nunca-llego"),
    ("IMG_2041.jpg", "tranvia-nuevo-de-la-ciudad.pdf"),
    ("", "jo@poole.example"),
    ("", "> ¿Sigue cerrado el muelle?\n> No lo sabemos todavía.\n\n"),
    ("", "ok\n-- \nAsociación de amigos del muelle\nCalle del puerto, sin número\n"),
    ("Re: A-12", "sí\n\nOn Sun, 22 Nov 2026 at 08:00, The Harbour Review wrote:\n\n> Gracias por su artículo.\n"),
    ("", ""),
    ("", "\x00\x01\ufffe \ud800 \u202e"),
    ("", "12 34 56 78 90"),
)


def spoken(octets: bytes) -> str:
    return parse(octets)[0].spoken


@pytest.mark.parametrize(("tag", "mail"), SPOKEN.items(), ids=SPOKEN)
def test_a_few_words_are_enough(tag: str, mail: tuple[str, str]):
    assert tongue_of(*mail) == tag


@pytest.mark.parametrize("mail", UNSURE)
def test_what_is_nobodys_words_tells_no_language(mail: tuple[str, str]):
    assert tongue_of(*mail) == ""


def test_a_foreign_address_or_quotation_does_not_make_a_mail_foreign():
    own = "Here is what I found about the tram, and where.\n\n"
    assert tongue_of("The tram", own + "https://diario.example/espana/el-tranvia-que-nunca-llego\n") == "en"
    quoted = "> El tranvía nunca llegó a la estación del puerto, y nadie sabe por qué.\n" * 5
    assert tongue_of("Re: el tranvía", own + quoted) == "en"


def test_a_mail_in_two_languages_is_in_neither():
    english = (
        "We waited for the tram until nine and walked home. It was cold and rainy, and nobody had said anything to us "
        "about the strike."
    )
    spanish = (
        "Esperamos el tranvía hasta las nueve y volvimos a pie. Hacía frío y llovía, y nadie nos había dicho nada de "
        "la huelga de esta mañana en la ciudad."
    )
    assert tongue_of("", f"{english}\n{spanish}\n") == ""


def test_what_the_words_say_counts_before_what_a_program_claims():
    spanish = b"From: a@b.example\r\nSubject: x\r\nContent-Language: %s\r\n\r\nHola, quiero ayudar con el sitio.\r\n"
    assert spoken(spanish % b"en-US") == "es"
    assert spoken(spanish % b"es-MX") == "es-mx"
    assert spoken(b"From: a@b.example\r\nContent-Language: de-CH\r\n\r\nok\r\n") == "de-ch"
    assert spoken(b"From: a@b.example\r\n\r\nok\r\n") == ""


@settings(max_examples=60)
@given(st.text(st.characters(), max_size=300), st.text(st.characters(), max_size=60))
def test_it_never_fails(text: str, subject: str):
    assert tongue_of(subject, text) == tongue_of(subject, text)
