"""Several articles in one mail, and one in several mails: what was taken is said, and nothing is put together."""

from __future__ import annotations

import pytest
from build import ANA, JO, a_mail, add_member, digest_now, give, item, letters, octets_of, ref_of, text_of

from mailproc.desk.ground.wire import Desk
from mailproc.dossier.part import Part, part_in

TWO = "--- begin\nThe tram was late.\n--- end\n\n--- begin\nFog, a love letter.\n--- end\n"


def told(desk: Desk) -> str:
    return " ".join(text_of(octets_of(desk, letters(desk, to=JO)[-1])).split())


@pytest.mark.parametrize(
    ("title", "part"),
    [
        ("The tram, part 2 of 3", Part("the tram", 2)),
        ("The tram (2/3)", Part("the tram", 2)),
        ("Part II: The tram", Part("the tram", 2)),
        ("Die Tram, Teil 2 von 3", Part("die tram", 2)),
        ("El tranvía (parte 2)", Part("el tranvía", 2)),
        ("Le tram \u2013 partie 2", Part("le tram", 2)),
        ("Трамвай, часть 2", Part("трамвай", 2)),
        ("Part 2", Part("", 2)),
        ("The tram", None),
        ("Apart from 2 trams", None),
        ("On part of 1994", None),
    ],
)
def test_parts_are_known_by_their_titles(title: str, part: Part | None):
    assert part_in(title) == part


def test_of_two_marked_texts_the_first_is_taken_and_its_author_reads_so(desk: Desk):
    ref = ref_of(desk, give(desk, a_mail(TWO, authentic=True)))
    assert item(desk, ref).item.text == "The tram was late.\n"
    assert "Your mail marks 2 texts. We took the first." in told(desk)


def test_of_two_documents_the_first_is_the_article_and_its_author_reads_so(desk: Desk):
    files = tuple((name, "text/plain", f"{name} was late.\n".encode()) for name in ("tram.txt", "fog.txt"))
    ref = ref_of(desk, give(desk, a_mail("Two of mine.\n", attachments=files, authentic=True)))
    assert item(desk, ref).item.text_source == "attachment tram.txt"
    assert "The first document is the article" in told(desk)


def test_one_text_says_nothing_of_others(desk: Desk):
    give(desk, a_mail("The tram was late.\n", authentic=True))
    assert "the first" not in told(desk).casefold()


def test_parts_are_items_of_their_own_and_everybody_reads_that_they_belong_together(desk: Desk):
    add_member(desk, ANA, "Ana")
    first = ref_of(desk, give(desk, a_mail("It was due at eight.\n", subject="The tram, part 1", authentic=True)))
    assert "part of something" not in told(desk)
    second = ref_of(desk, give(desk, a_mail("At nine it came.\n", subject="The tram, part 2", authentic=True)))
    assert first != second
    assert f"something that you sent before ({first})" in told(desk)
    assert "It is one of several parts" in " ".join(text_of(digest_now(desk, ANA)).split())


def test_somebody_elses_part_is_none_of_theirs(desk: Desk):
    give(desk, a_mail("It was due at eight.\n", subject="The tram, part 1", authentic=True))
    give(desk, a_mail("Ten.\n", subject="The tram, part 2", sender="Kim <kim@quay.example>", authentic=True))
    letter = letters(desk, to="kim@quay.example")[-1]
    assert "part of something" not in text_of(octets_of(desk, letter))
