"""The page of letters before and after is current, and they are as short as it says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("make_letters", ROOT / "docs/make_letters.py")
assert SPEC is not None
assert SPEC.loader is not None
make_letters = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(make_letters)

MOST = 0.60  # of the words that a letter had
OF_OURS = {"author-rejected": 0.75, "member-digest": 0.8, "member-transcript": 1.0}  # mostly others' words, and facts


def test_the_page_is_current():
    """`python docs/make_letters.py` writes it anew."""
    assert make_letters.PAGE.read_text(encoding="utf-8") == make_letters.page()


@pytest.mark.parametrize("name", make_letters.NAMES)
def test_a_letter_has_grown_no_longer_again(name: str):
    old, new = make_letters.before(name), make_letters.after(name)
    ours = name in OF_OURS
    was, now = (make_letters.words_of(one, ours=ours) for one in (old, new))
    assert now <= was * OF_OURS.get(name, MOST)


def test_words_of_others_are_not_ours():
    letter = "Subject: Hm\n\nHello Jo,\n\n| not ours\n\nThe tram that never came is up.\n"
    assert make_letters.words_of(letter) == 11
    assert make_letters.words_of(letter, ours=True) == 4
