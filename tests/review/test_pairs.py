"""What authors want changed in a proof: OLD and NEW in seven languages, applied as asked or not at all."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproc.review.pairs import Pair, changed, pairs

TEXT = "The tram was late again.\nThe gulls knew.\n\nIt came at nine, at last.\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("OLD", "NEW"),
        ("Old", "New"),
        ("ALT", "NEU"),
        ("ANTES", "AHORA"),
        ("ANTES", "DESPUÉS"),
        ("ANCIEN", "NOUVEAU"),
        ("VECCHIO", "NUOVO"),
        ("ANTES", "DEPOIS"),
        ("БЫЛО", "СТАЛО"),
        ("*OLD*", "*NEW*"),
    ],
)
def test_a_pair_is_read_in_each_language(old: str, new: str):
    assert pairs(f"Hi,\n\n{old}: nine\n{new}: ten\n\nJo") == (Pair("nine", "ten"),)


@pytest.mark.parametrize(
    "mail",
    [
        "> OLD: nine\n> NEW: ten",  # somebody else's, or ours
        "-- \nOLD: nine\nNEW: ten",
        "The old: nine\nA new: ten",
        "yes",
        "",
    ],
)
def test_what_is_quoted_signed_or_within_a_sentence_is_no_pair(mail: str):
    assert pairs(mail) == ()


def test_words_go_on_up_to_a_blank_line_or_the_next_label():
    mail = "OLD: The tram was\nlate again.\nNEW: The tram was\nearly.\n\nOLD: nine\n\nNEW: ten\n> quoted\nLove, Jo"
    assert pairs(mail) == (Pair("The tram was\nlate again.", "The tram was\nearly."), Pair("nine", "ten"))


def test_every_pair_is_applied_and_breaks_between_lines_may_differ():
    asked = (Pair("at nine,\nat last", "at ten"), Pair("The tram was\nlate", "The tram\nwas early"))
    assert changed(TEXT, asked) == (TEXT.replace("at nine, at last", "at ten").replace("was late", "was early"), ())


def test_words_over_two_lines_keep_the_lines_that_they_are_given():
    text, failed = changed(TEXT, (Pair("late again.\nThe gulls knew.", "late.\nThe gulls did not care."),))
    assert (text.split("\n")[:2], failed) == (["The tram was late.", "The gulls did not care."], ())


@pytest.mark.parametrize(
    "wrong",
    [
        Pair("at noon", "at ten"),  # it stands nowhere
        Pair("The", "A"),  # it stands twice
        Pair("tra", "bu"),  # within a word
        Pair("", "A new end."),  # nowhere said
        Pair("nine", "nine"),  # nothing to change
        Pair("It came at", "Came at"),  # crosses the other pair
    ],
)
def test_where_one_pair_fails_none_is_applied(wrong: Pair):
    good = Pair("came at nine", "came at ten")
    assert changed(TEXT, (good, wrong)) == (TEXT, (wrong,)) or changed(TEXT, (good, wrong)) == (TEXT, (good,))


@given(st.text(), st.text(), st.text())
def test_a_text_changes_only_where_its_old_words_stood(text: str, old: str, new: str):
    after, failed = changed(text, (Pair(old, new),))
    assert (after == text) or not failed


@given(st.text())
def test_no_mail_breaks_it(mail: str):
    for pair in pairs(mail):
        changed(mail, (pair,))


def test_words_that_nearly_stand_everywhere_take_no_time():
    text = "a b " * 250_000
    begin = time.process_time()
    assert changed(text, pairs(f"OLD: {'a b ' * 20_000}c\nNEW: x"))[0] == text
    assert changed(f"a{text}", pairs("OLD: b\nNEW: x"))[1]
    assert time.process_time() - begin < 3
