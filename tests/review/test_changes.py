"""What changed between two texts, in words: nothing is shown that neither of them says."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproc.review import changes
from mailproc.review.changes import Change, Changes, between

TRAM = "The tram to the old pier was due at eight.\n\nAt nine we were still there.\nIt was printed in 1994.\n"
WORDS = st.lists(st.sampled_from(("the", "tram", "never", "came", "1994", "\u00fcber", "\U0001f68b")), max_size=30)


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (
            TRAM.replace("at eight", "at half past eight"),
            Changes(2, 0, (Change(("old", "pier", "was", "due", "at"), (), ("half", "past")),)),
        ),
        (
            TRAM.replace(" still", ""),
            Changes(0, 1, (Change(("eight.", "At", "nine", "we", "were"), ("still",), ()),)),
        ),
        (
            TRAM.replace("1994", "1974"),
            Changes(1, 1, (Change(("It", "was", "printed", "in"), ("1994.",), ("1974.",)),)),
        ),
        (
            TRAM.replace("The tram", "A bus"),
            Changes(2, 2, (Change((), ("The", "tram"), ("A", "bus")),)),
        ),
        (TRAM.replace("\n", " "), Changes(lines=True)),
        ("Fog, a love letter\n", Changes(4, 21, another=True)),
        ("", Changes(0, 21, another=True)),
    ],
)
def test_what_came_and_went_is_found_in_its_place(after: str, found: Changes):
    told = between(TRAM, after)
    assert told is not None
    cut = tuple(Change(each.after[-5:], each.out, each.into) for each in told.changes)
    expected = tuple(Change(each.after[-5:], each.out, each.into) for each in found.changes)
    assert (told.added, told.removed, told.another, told.lines) == (
        found.added,
        found.removed,
        found.another,
        found.lines,
    )
    assert [(each.out, each.into) for each in cut] == [(each.out, each.into) for each in expected]
    assert all(" ".join(each.after) in " ".join(TRAM.split()) for each in cut)


def test_the_same_text_has_no_changes():
    assert between(TRAM, TRAM) is None


def test_a_text_too_long_is_not_compared():
    assert between("a " * changes.MOST_CHARACTERS, "b") is None


@given(WORDS, WORDS)
def test_every_word_shown_is_a_word_of_the_texts(before: list[str], after: list[str]):
    told = between(" ".join(before), " ".join(after))
    if told is None:
        assert before == after
        return
    assert len(before) - told.removed == len(after) - told.added
    for each in told.changes:
        assert set(each.out) <= set(before)
        assert set(each.into) <= set(after)
        assert set(each.after) <= set(before) & set(after)
        assert each.out != each.into


def test_more_words_than_there_are_characters_below_the_surrogates():
    before = [f"w{n}" for n in range(60_000)]
    after = [*before[:59_990], "new", *before[59_991:]]
    told = between(" ".join(before), " ".join(after))
    assert told is not None
    assert [(each.out, each.into) for each in told.changes] == [(("w59990",), ("new",))]


def test_two_long_texts_that_share_little_are_another_text():
    words = [f"w{n}" for n in range(5_000)]
    mixed = sorted(words, key=lambda word: sha256(word.encode()).digest())
    told = between(" ".join(words), " ".join(mixed))
    assert told is not None
    assert told.another or told.changes
