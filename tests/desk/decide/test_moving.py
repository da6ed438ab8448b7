"""A member makes an item one of another kind: one word is enough, its author hears what it is now and why, once."""

from __future__ import annotations

import pytest

from tests.build import (
    ANA,
    JO,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
    run_here,
    state,
    text_of,
)
from tests.same import all_of, rebuilt

SORTED = "author/sorted"
LINK = "As I said: https://archive.example/2011 has it.\n"


@pytest.fixture
def desk(tmp_path):
    with a_desk(tmp_path / "desk") as made:
        add_member(made, ANA, "Ana")
        yield made


def unsorted(desk, text="As we said on the phone, here it is.\n", **more: object):
    return ref_of(desk, give(desk, a_mail(text, to="desk@harbour.example", subject="Thursday", authentic=True, **more)))


def ana_says(desk, words):
    give(desk, a_reply(digest_now(desk, ANA), words, f"Ana <{ANA}>"))


def told(desk):
    return [letter for letter in letters(desk, SORTED, JO) if letter.state != "cancelled"]


def kind(desk, ref):
    return item(desk, ref).item.kind


def test_the_guess_and_what_else_it_may_be_are_one_word_each(desk):
    ref = unsorted(desk, f"{LINK}Is that of use? When do you print?\n")
    assert (item(desk, ref).item.guess, item(desk, ref).item.next_guess) == ("material", "enquiry")
    letter = text_of(digest_now(desk, ANA))
    assert 'The word "yes" takes it.' in letter
    assert 'the word "enquiry" takes that' in " ".join(letter.split())
    ana_says(desk, f"{ref} enquiry")
    assert kind(desk, ref) == "enquiry"


@pytest.mark.parametrize("word", ["article", "Artikel", "artículo", "articolo", "artigo", "статья"])
def test_one_word_in_any_language_sorts(desk, word):
    ref = unsorted(desk)
    ana_says(desk, f"{ref} {word}")
    assert kind(desk, ref) == "article"


def test_the_author_hears_what_it_is_now_and_why_when_the_time_to_undo_is_over(desk):
    ref = unsorted(desk)
    ana_says(desk, f"{ref} sort article: it has a beginning and an end")
    [letter] = told(desk)
    assert letter.next_try > letter.created_at
    said = text_of(octets_of(desk, letter))
    assert "One of our members has read “Thursday” and takes it for an article." in " ".join(said.split())
    assert "it has a beginning and an end" in said
    assert "A-2" in letter.subject


def test_members_who_sort_once_more_have_told_nothing(desk):
    ref = unsorted(desk)
    ana_says(desk, f"{ref} sort article")
    ana_says(desk, f"{ref} sort enquiry")
    [letter] = told(desk)
    assert letter.subject.startswith("Q-")
    with rebuilt(desk) as (again, _):
        assert all_of(again) == all_of(desk)


def test_a_decision_that_follows_takes_the_letters_place(desk):
    ref = unsorted(desk)
    ana_says(desk, f"{ref} sort article")
    ana_says(desk, f"A-{ref[2:]} approve")
    later(desk, minutes=20)
    assert state(desk, ref) == "published"
    assert [letter.template for letter in letters(desk, to=JO)] == [
        "author/receipt-unsorted",
        SORTED,
        "author/published",
    ]
    assert told(desk) == []


def test_material_behind_a_colon_is_a_group_where_there_is_one(desk):
    first, second = unsorted(desk), unsorted(desk, "As we said.\n")
    ana_says(
        desk, f"{first} sort material: NPS\n{second} sort material: it is about a house that nobody keeps a file on"
    )
    assert item(desk, first).item.group == "North Pier Society"
    assert item(desk, second).item.group is None
    reasons = {letter.ref: "nobody keeps a file" in text_of(octets_of(desk, letter)) for letter in told(desk)}
    assert reasons == {f"F-{first[2:]}": False, f"F-{second[2:]}": True}


def test_another_section_is_no_news(desk):
    ref = ref_of(desk, give(desk, a_mail(authentic=True)))
    ana_says(desk, f"{ref} sort article humour")
    assert item(desk, ref).item.section == "humour"
    assert told(desk) == []


def test_a_request_to_join_has_its_receipt_which_asks_and_no_second_letter(desk):
    ref = unsorted(desk)
    ana_says(desk, f"{ref} sort membership")
    assert told(desk) == []
    assert letters(desk, "applicant/receipt-membership", JO)


def test_show_remembers_what_it_was(desk):
    ref = unsorted(desk)
    ana_says(desk, f"{ref} sort article: it is one")
    config = desk.config.folder / "config.toml"
    [moved] = run_here("show", ref, "--json", config=config).json["moves"]
    assert (moved["from"], moved["to"], moved["words"]) == ("unsorted", "article", "it is one")
    assert ANA in moved["by"]
    assert "it was unsorted before it is one" in run_here("show", ref, config=config).out
