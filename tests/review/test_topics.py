"""Topics: how they are said, what fits them, and that they put a member first without putting all on them."""

# ruff: noqa: RUF001 - letters of several scripts, and meant

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.review import ballot, rota
from mailproc.review.member import Member
from mailproc.review.rota import Load, Matter, Place
from mailproc.review.topics import fits, topics_of, words_in

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ANA, BEN, CLEO, JO = "ana@harbour.example", "ben@gangway.example", "cleo@sluice.example", "jo@poole.example"


def a_member(email: str, **fields: object) -> Member:
    return Member(email, "", "active", NOW - timedelta(days=400), (email,), **fields)


@pytest.mark.parametrize(
    ("said", "topics"),
    [
        ("history", ("history",)),
        ("History, boats and trams", ("history", "boats", "trams")),
        ("the North Pier; humour", ("the north pier", "humour")),
        ("Geschichte und Boote", ("geschichte", "boote")),
        ("l'histoire et les bateaux", ("l'histoire", "les bateaux")),
        ("истории и корабли", ("истории", "корабли")),
        ("nothing", ()),
        ("Nothing.", ()),
        ("nada", ()),
        ("rien", ()),
        ("nichts", ()),
        ("niente", ()),
        ("ничего", ()),
        ("nothing but history", ("nothing but history",)),
        ("!!", ()),
    ],
)
def test_topics_are_named_with_commas_or_and(said: str, topics: tuple[str, ...]):
    assert topics_of(said) == topics


@pytest.mark.parametrize(
    ("topic", "text", "fit"),
    [
        ("history", "A history of the pier", True),
        ("history", "Historic photographs", True),
        ("photographs", "One photograph", True),
        ("boat", "All the boats", True),
        ("North Pier", "The North Pier Society", True),
        ("North Pier", "The pier in the south", False),
        ("история", "Об истории порта", True),
        ("humour", "HUMOUR", True),
        ("art", "An article", False),
        ("art", "Art and trams", True),
        ("tram", "Trampoline", False),
        ("history", "", False),
    ],
)
def test_a_topic_fits_its_words_in_other_forms(topic: str, text: str, fit: bool):  # noqa: FBT001 - a column
    assert fits((topic,), words_in((text, None))) == fit


def test_who_fits_is_asked_first_and_waits_for_their_turn_where_they_have_more_than_others():
    people = [a_member(ANA), a_member(BEN), a_member(CLEO, topics=("history",))]
    about, other = words_in(("A history of trams",)), words_in(("Bread",))
    assert rota.choose(Matter(JO, first=1, words=about), people, {}, ()) == (Place(CLEO),)
    assert rota.choose(Matter(JO, first=1, words=other), people, {}, ()) == (Place(ANA),)
    assert rota.choose(Matter(JO, first=2, words=about), people, {}, ()) == (Place(CLEO), Place(ANA))
    one_more, two_more = {CLEO: Load(NOW, open=1)}, {CLEO: Load(NOW, open=2)}
    assert rota.choose(Matter(JO, first=1, words=about), people, one_more, ()) == (Place(CLEO),)
    assert rota.choose(Matter(JO, first=1, words=about), people, two_more, ()) == (Place(ANA),)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 6), st.integers(1, 3), st.lists(st.booleans(), min_size=1, max_size=60))
def test_nobody_carries_two_more_than_they_would(count: int, first: int, fitting: list[bool]):
    """However many items fit one member, they never have more than two open above whoever has the fewest."""
    people = [a_member(f"m{n}@harbour.example", topics=("history",) if n == 0 else ()) for n in range(count)]
    opened = dict.fromkeys((member.email for member in people), 0)
    last: dict[str, datetime] = {}
    for n, fit in enumerate(fitting):
        load = {
            email: Load(last.get(email, rota.LONG_AGO), open=opened[email], times=opened[email]) for email in opened
        }
        words = words_in(("history",)) if fit else frozenset()
        for place in rota.choose(Matter(JO, first=first, words=words), people, load, ()):
            opened[place.member] += 1
            last[place.member] = NOW + timedelta(hours=n)
        assert max(opened.values()) - min(opened.values()) <= rota.AHEAD + 2


def test_whoever_has_a_part_in_the_group_is_no_voter_of_it():
    people = [a_member(ANA), a_member(BEN, not_for=("North Pier Society",))]
    assert [each.email for each in ballot.entitled(people, JO, "north pier society")] == [ANA]
    assert rota.choose(Matter(JO, first=2, group="North Pier Society"), people, {}, ()) == (Place(ANA),)
    assert [each.email for each in ballot.entitled(people, JO, "Harbour Trust")] == [ANA, BEN]
    assert ballot.may(people[1], "approve", JO, "North Pier Society") == "has-part"
    assert ballot.may(people[1], "note", JO, "North Pier Society") == ""


def test_nobody_stands_in_for_a_member_who_would_not_be_asked():
    people = [
        Member(BEN, "", "away", NOW, (BEN,), stand_in=CLEO, not_for=("North Pier Society",)),
        a_member(ANA),
        a_member(CLEO),
    ]
    assert rota.choose(Matter(JO, first=2, group="North Pier Society"), people, {}, ()) == (Place(ANA), Place(CLEO))
