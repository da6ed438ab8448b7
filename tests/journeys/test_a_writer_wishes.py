"""What somebody who writes may choose by mail: the language, no receipts, one letter a day. Nothing is lost by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from build import a_desk, a_mail, a_reply, add_member, digest_now, give, later, letters, octets_of, ref_of, text_of
from same import all_of, rebuilt

from mailproc.desk.ground.wire import Desk
from mailproc.store.database import reading
from mailproc.store.people import writers
from mailproc.workflow.writer import Writer

JO = "jo@poole.example"
TOKI = (
    "{% block subject %}TOKI{% endblock %}{% block body %}{{ items | map(attribute='ref') | join(' ') }}{% endblock %}"
)


@pytest.fixture
def desk(tmp_path: Path):
    with a_desk(tmp_path / "desk") as made:
        add_member(made, "ana@harbour.example", "Ana")
        yield made


def article(desk: Desk, title: str) -> str:
    text = f"{title}, and what came of it: we waited until nine.\n"
    return ref_of(desk, give(desk, a_mail(text, subject=title, authentic=True, at=desk.now())))


def says(desk: Desk, words: str, template: str = "author/receipt-article") -> None:
    """Jo answers the last letter of this sort."""
    letter = octets_of(desk, letters(desk, template, JO)[-1])
    give(desk, a_reply(letter, words, f"Jo Poole <{JO}>", at=desk.now()))


def wishes_of(desk: Desk, email: str = JO) -> Writer | None:
    with reading(desk.engine) as conn:
        return writers.get(conn, email)


def told(desk: Desk) -> list[str]:
    """The templates of the letters to Jo, oldest first."""
    return [letter.template for letter in letters(desk, to=JO)]


@pytest.mark.parametrize("words", ["no receipts", "sin acuses de recibo", "No receipts, please."])
def test_who_wants_no_receipts_hears_only_what_matters(desk: Desk, words: str):
    article(desk, "The tram")
    says(desk, words)
    assert "You get no more receipts" in text_of(octets_of(desk, letters(desk, "author/preferences", JO)[-1]))
    ref = article(desk, "The ferry")
    assert told(desk) == ["author/receipt-article", "author/preferences"]
    give(desk, a_reply(digest_now(desk, "ana@harbour.example"), f"{ref} reject: too long", "ana@harbour.example"))
    later(desk, minutes=20)
    assert told(desk)[-1] == "author/rejected", "what members decide is told"
    says(desk, "receipts", "author/preferences")
    article(desk, "The quay")
    assert told(desk)[-1] == "author/receipt-article"


def test_one_letter_a_day_tells_of_all_that_came(desk: Desk):
    article(desk, "The tram")
    says(desk, "one letter a day")
    refs = [article(desk, title) for title in ("The ferry", "The quay", "The pier")]
    assert told(desk) == ["author/receipt-article", "author/preferences"]
    later(desk, hours=24)
    assert told(desk).count("author/day") == 1
    day = letters(desk, "author/day", JO)[-1]
    assert list(day.listed) == refs
    text = text_of(octets_of(desk, day))
    assert all(ref in text for ref in refs)
    later(desk, hours=48)
    assert told(desk).count("author/day") == 1, "nothing new, no letter"
    ref = article(desk, "The mole")
    later(desk, hours=24)
    assert letters(desk, "author/day", JO)[-1].listed == (ref,)
    says(desk, "each letter", "author/day")
    article(desk, "The buoy")
    assert told(desk)[-1] == "author/receipt-article"


def test_a_question_never_waits_for_the_day(desk: Desk):
    article(desk, "The tram")
    says(desk, "one letter a day")
    ref = article(desk, "The ferry")
    give(desk, a_reply(digest_now(desk, "ana@harbour.example"), f"{ref} ask: when was it?", "ana@harbour.example"))
    later(desk, minutes=20)
    assert told(desk)[-1] == "author/question"


def test_a_language_is_kept_told_back_and_obeyed(desk: Desk):
    folder = desk.config.folder / "templates/eo/author"
    folder.mkdir(parents=True)
    (folder / "status.txt").write_text(TOKI)
    article(desk, "The tram")
    says(desk, "language: Klingon")
    refused = text_of(octets_of(desk, letters(desk, "author/preferences", JO)[-1]))
    assert "“Klingon”" in refused
    assert "esperanto" in refused.lower()
    says(desk, "language: Esperanto", "author/preferences")
    assert wishes_of(desk).language == "eo"
    says(desk, "status")
    assert letters(desk, "author/status", JO)[-1].subject == "TOKI"


def test_a_member_chooses_in_an_answer_to_the_digest(desk: Desk):
    (desk.config.folder / "templates/eo").mkdir()
    (desk.config.folder / "templates/eo/language.toml").write_text('name = "esperanto"\n')
    article(desk, "The tram")
    give(desk, a_reply(digest_now(desk, "ana@harbour.example"), "language esperanto", "ana@harbour.example"))
    assert wishes_of(desk, "ana@harbour.example").language == "eo"
    assert "esperanto" in text_of(octets_of(desk, letters(desk, "member/transcript")[-1]))


def test_what_was_wished_is_there_after_a_rebuild(desk: Desk):
    article(desk, "The tram")
    says(desk, "one letter a day\nno receipts")
    says(desk, "receipts", "author/preferences")
    article(desk, "The ferry")
    assert wishes_of(desk).waiting
    assert wishes_of(desk).gathers
    with rebuilt(desk) as (again, _):
        assert all_of(again) == all_of(desk)
