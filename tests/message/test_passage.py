"""Somebody's words found again in other texts, and nobody else's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproc.message.words.passage import STRUCK, passages, said_first

TEXT = "The harbour master has sold the eastern quay\nto a company unknown, and nobody was asked."


@pytest.mark.parametrize(
    "said",
    [
        "> The harbour master has sold the eastern quay\n> to a company unknown, and nobody was asked.",
        "the HARBOUR master has\nsold the eastern quay to\na company: unknown",
        f"I read this:\n{TEXT}\nIs it true?",
    ],
)
def test_quoted_wrapped_anew_and_in_other_case_they_are_found(said):
    assert passages([TEXT]).stand_in(said)


def test_a_few_words_are_theirs_as_a_whole_line_only():
    known = passages(["Thank you very much", TEXT])
    assert known.stand_in("> Thank you very much!")
    assert known.stand_in("Subject: Re: thank you very much")
    assert not known.stand_in("Dear Ana, thank you very much for the article.")
    assert not passages(["I am looking forward to hearing from you"]).stand_in(
        "So I am looking forward to hearing from you, Ana."
    )


def test_struck_leaves_every_other_line():
    assert passages([TEXT]).struck(f"Hello Ana,\n{TEXT}\nYours, Ben") == f"Hello Ana,\n{STRUCK}\n{STRUCK}\nYours, Ben"


def test_what_we_say_to_everybody_is_nobodys():
    assert not passages([TEXT], common=[f"Our letters say: {TEXT}"])


def test_who_repeats_words_does_not_come_to_own_them():
    known = passages([TEXT])
    assert not said_first(known, [(7, TEXT)], [(3, TEXT)])
    assert said_first(known, [(3, TEXT)], [(7, TEXT)]) == known


@given(st.lists(st.text("ab \n>,", max_size=60), max_size=4), st.text("ab \n>,", max_size=200))
def test_what_is_struck_holds_none_of_them(theirs, said):
    known = passages(theirs)
    struck = known.struck(said)
    assert not known.stand_in(struck)
    assert (struck == said) == (not known.stand_in(said))
