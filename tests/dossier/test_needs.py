"""What a file needs, as slugs or in free words; as what a piece counts; what is there, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mailproc.config.folder import load_needs
from mailproc.dossier.needs import Need, Standing, counted, distinct, meets, named, needs_of, standing
from mailproc.workflow.group import Group, Piece

RULES = Path(__file__).resolve().parents[2] / "rules" / "groups.toml"
KNOWN = load_needs(RULES, RULES)
OLD = Group("North Pier", needs=("a photograph of the office", "leaflets or scans of them", "personal experience"))
NEW = Group("North Pier", needs=("history", "links", "photographs", "illustrations", "experience"))


def piece(form: str, name: str = "x", **facts: str) -> Piece:
    return replace(Piece("F-1", 1, form, "", name, f"{form}/{name}"), **facts)  # type: ignore[arg-type]


def slugs(group: Group) -> list[str]:
    return [need.slug for need in needs_of(group, KNOWN)]


def test_needs_are_slugs_of_the_table_or_words_of_ones_own():
    assert slugs(NEW) == ["history", "links", "photographs", "illustrations", "experience"]
    assert slugs(OLD) == ["a-photograph-of-the-office", "leaflets-or-scans-of-them", "experience"]
    photo, leaflets, _ = needs_of(OLD, KNOWN)
    assert (photo.called, photo.forms) == ("a photograph of the office", ("picture",))
    assert leaflets.forms == ("document", "picture")


def test_words_that_bear_no_sign_are_a_need_that_only_its_own_words_meet():
    [need] = needs_of(Group("x", needs=("its balance sheet",)), KNOWN)
    assert need.forms == ()
    assert meets(piece("document", "balance.pdf"), [need]) == "its-balance-sheet"
    assert meets(piece("document", "other.pdf"), [need]) == ""


COUNTS = [
    (piece("link", "anything"), "links"),
    (piece("picture", "IMG_0001.jpg", media_type="image/jpeg"), "photographs"),
    (piece("picture", "0001.png", media_type="image/png"), "illustrations"),
    (piece("picture", "photo.png", media_type="image/png"), "photographs"),
    (piece("picture", "x.jpg", caption="A drawing of the pier", media_type="image/jpeg"), "illustrations"),
    (piece("picture", "x.jpg", caption="Zeichnung der Mole", media_type="image/jpeg"), "illustrations"),
    (piece("picture", "x.png", caption="Фото офиса", media_type="image/png"), "photographs"),
    (piece("text", "How it was founded"), "history"),
    (piece("text", "Ihre Geschichte"), "history"),
    (piece("text", "Mi experiencia"), "experience"),
    (piece("document", "chronicle.pdf"), "history"),
    (piece("other", "speech.mp3"), ""),
]


@pytest.mark.parametrize(("given", "slug"), COUNTS)
def test_a_piece_counts_by_its_form_and_by_what_is_said_of_it(given, slug):
    assert meets(given, needs_of(NEW, KNOWN), known=KNOWN) == slug


def test_what_is_plainly_something_else_meets_nothing():
    only = needs_of(Group("x", needs=("photographs",)), KNOWN)
    assert meets(piece("picture", "drawing.jpg"), only, known=KNOWN) == ""
    assert meets(piece("picture", "x.jpg"), only, known=KNOWN) == "photographs"


def test_of_two_needs_of_one_form_the_words_tell():
    two = needs_of(Group("x", needs=("a photograph of the office", "a photograph of the pier")), KNOWN)
    assert meets(piece("picture", "x.jpg", caption="The pier"), two, known=KNOWN) == "a-photograph-of-the-pier"
    assert meets(piece("picture", "x.jpg"), two, known=KNOWN) == "a-photograph-of-the-office"


def test_standing_says_what_is_there_and_what_is_missing():
    stands = standing(OLD, KNOWN, [piece("picture", "a.jpg", need="a-photograph-of-the-office"), piece("link", "b")])
    assert [need.slug for need in stands.has] == ["a-photograph-of-the-office"]
    assert [need.called for need in stands.missing] == ["leaflets or scans of them", "personal experience"]
    assert (stands.more, stands.complete) == (1, False)


def test_a_file_that_needs_nothing_is_not_complete_by_itself():
    assert not standing(Group("x"), KNOWN, [piece("text")]).complete
    assert standing(Group("x"), KNOWN, []) == Standing()


def test_the_same_twice_counts_once_and_what_was_taken_out_not_at_all():
    one = piece("link", "a", need="links")
    assert distinct([one, replace(one, ref="F-2"), replace(piece("link", "b"), out=True)]) == (one,)
    assert standing(NEW, KNOWN, [one, replace(one, ref="F-2")]).counts[1] == ("links", 1)
    assert distinct([replace(one, out=True), replace(one, ref="F-2")]) == (replace(one, ref="F-2"),)


def test_a_piece_whose_need_is_called_otherwise_now_counts_by_what_it_is():
    old = piece("picture", "a.jpg", need="a-photograph-of-the-office")
    assert counted(old, needs_of(NEW, KNOWN), KNOWN) == "photographs"
    assert counted(replace(old, need=""), needs_of(NEW, KNOWN), KNOWN) == "", "members said that it counts as nothing"


NAMED = [
    ("history", "history"),
    ("its history", "history"),
    ("Geschichte", "history"),
    ("photo", "photographs"),
    ("personal experience", "experience"),
    ("experience", "experience"),
    ("enlaces", "links"),
    ("a cow", ""),
    ("photographs and history", ""),
    ("", ""),
]


@pytest.mark.parametrize(("words", "slug"), NAMED)
def test_members_name_a_need_in_their_own_words(words, slug):
    assert named(words, needs_of(NEW, KNOWN)) == slug


def test_a_need_of_one_own_word_is_named_by_it():
    assert named("Leaflets", needs_of(OLD, KNOWN)) == "leaflets-or-scans-of-them"
    assert named("a photo", [Need("x", "photographs", ("picture",), ("photo",))]) == "x"
