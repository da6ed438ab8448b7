"""What a person cannot see cannot act: words hidden by HTML are not in its text, doubtful ones are told by line."""

from __future__ import annotations

import pytest
from hiding import DOUBTFUL, HIDDEN, NO_LINES, SEEN, UNSEEN, WORDS

from mailproc.message.html.text import shown


@pytest.mark.parametrize("way", [*HIDDEN, *NO_LINES])
def test_hidden_words_are_not_there(way: str):
    text, _ = shown({**HIDDEN, **NO_LINES}[way])
    assert WORDS not in text


@pytest.mark.parametrize("way", UNSEEN)
def test_words_in_the_colour_of_a_page_that_has_none_are_kept_and_told(way: str):
    text, sight = shown(UNSEEN[way])
    assert (text, sight.unseen) == (WORDS, (0,))


@pytest.mark.parametrize("way", DOUBTFUL)
def test_doubtful_words_are_kept_and_told(way: str):
    text, sight = shown(DOUBTFUL[way])
    assert WORDS in text
    assert sight.doubtful[:1] == (0,)


@pytest.mark.parametrize("way", SEEN)
def test_words_that_everybody_sees_are_no_doubt(way: str):
    text, sight = shown(SEEN[way])
    assert WORDS in text
    assert not sight.doubtful
    assert not sight.unseen
