"""In which language somebody's letter is: as they wish, else as their item or mail is, else the desk's."""

from __future__ import annotations

from pathlib import Path

import pytest
from build import (
    a_desk,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
    say,
    text_of,
)

from mailproc.desk.ground.wire import Desk
from mailproc.store.database import writing
from mailproc.store.people import writers
from mailproc.workflow.writer import Writer

ENGLISH = "We waited for the tram until nine, and then we walked home.\nNobody has seen it since.\n"
TOY = "{% block subject %}TOKI {{ item.ref }}{% endblock %}{% block body %}toki{% endblock %}"
GERMAN = "Wir haben bis neun auf die Straßenbahn gewartet und sind dann zu Fuß gegangen.\n"


def speaks(folder: Path, language: str, *templates: str) -> None:
    """The desk's folder has these letters in another language."""
    for template in templates:
        file = folder / "templates" / language / f"{template}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(TOY, encoding="utf-8")


def wishes(desk: Desk, email: str, language: str) -> None:
    with writing(desk.engine) as conn:
        writers.put(conn, Writer(email, desk.now(), language))


def article(desk: Desk, text: str, **fields: str) -> int:
    return give(desk, a_mail(to="articles@harbour.example", subject="Tram", text=text, **fields))


@pytest.fixture
def desk(tmp_path: Path):
    with a_desk(tmp_path / "desk") as made:
        for language in ("de", "es"):
            speaks(tmp_path / "desk", language, "author/receipt-article", "author/rejected", "member/digest")
        yield made


def test_a_receipt_is_in_the_language_of_its_mail(desk: Desk):
    number = article(desk, GERMAN)
    assert item(desk, ref_of(desk, number)).item.language == "de"
    assert entry_of(desk, number).language == "de"
    assert letters(desk)[-1].subject.startswith("TOKI ")


def test_a_language_that_has_no_folder_and_one_that_is_in_doubt_are_answered_in_the_desks(desk: Desk):
    article(desk, "Nous avons attendu le tram jusqu'à neuf heures.\n", sender="Al <al@quay.example>")
    article(desk, "Tram tram tram.\n", sender="Bo <bo@quay.example>")
    assert not [letter for letter in letters(desk) if letter.subject.startswith("TOKI")]


def test_a_wish_of_the_reader_comes_before_the_language_of_the_item(desk: Desk):
    wishes(desk, "Jo@Poole.example", "es")
    article(desk, ENGLISH)
    assert letters(desk)[-1].subject.startswith("TOKI ")
    wishes(desk, "al@quay.example", "en")
    article(desk, GERMAN, sender="Al <al@quay.example>")
    assert letters(desk)[-1].subject.startswith("Thank you")


def test_a_letter_on_an_item_is_in_its_language_though_a_members_mail_causes_it(desk: Desk):
    add_member(desk, "ana@harbour.example", "Ana")
    ref = ref_of(desk, article(desk, GERMAN))
    give(desk, a_mail(f"{ref} reject: too long\n", sender="ana@harbour.example", to="desk@harbour.example"))
    assert not letters(desk, "author/rejected"), "nobody asked Ana"
    with_secret(desk, f"{ref} reject: too long")
    assert letters(desk, "author/rejected")[-1].subject == f"TOKI {ref}"


def with_secret(desk: Desk, words: str) -> None:
    give(desk, a_reply(digest_now(desk, "ana@harbour.example"), words, "ana@harbour.example", at=desk.now()))
    later(desk, minutes=20)


def test_a_digest_is_in_the_language_of_its_member_whatever_waits(desk: Desk):
    for name in ("ana", "ben"):
        add_member(desk, f"{name}@harbour.example", name.title())
    speaks(desk.config.folder, "de", "member/digest")
    (desk.config.folder / "templates/de/member/digest.txt").write_text(
        "{% block subject %}TOKI{% endblock %}{% block body %}{{ now | day }}{% endblock %}"
    )
    wishes(desk, "ben@harbour.example", "de")
    article(desk, ENGLISH)
    assert b"Subject: TOKI" in digest_now(desk, "ben@harbour.example")
    assert b"1. A-" in digest_now(desk, "ana@harbour.example")


def test_who_asked_to_join_in_spanish_gets_the_letters_of_a_member_in_it(tmp_path: Path):
    joins = "Hola:\n\nquisiera ser miembro de la revista. Vivo en el puerto desde hace diez años.\n"
    luz = "luz@mar.example"
    with a_desk(tmp_path / "desk", **{"review.membership.approvals": 1}) as desk:
        add_member(desk, "ana@harbour.example", "Ana")
        mail = a_mail(joins, sender=f"Luz <{luz}>", to="join@harbour.example", subject="Quiero", authentic=True)
        ref = ref_of(desk, give(desk, mail))
        give(desk, a_reply(octets_of(desk, letters(desk)[-1]), "acepto", f"Luz <{luz}>", at=desk.now()))
        say(desk, f"decide ana@harbour.example '{ref} approve'")
        later(desk, minutes=20)
        article(desk, ENGLISH)
        assert text_of(digest_now(desk, luz)).startswith("Hola, Luz:")
        assert text_of(digest_now(desk, "ana@harbour.example")).startswith("Hello Ana,")
        digest = octets_of(desk, letters(desk, "member/digest", luz)[-1])
        give(desk, a_reply(digest, "language English", luz, at=desk.now()))
        assert text_of(digest_now(desk, luz)).startswith("Hello Luz,")
