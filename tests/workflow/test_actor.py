"""Who acted: a value with an identity, whatever its words look like."""

from __future__ import annotations

import pytest

from mailproc.workflow.actor import CLOCK, DESK, OPERATOR, actor_of, operator_for, person

ANA = "ana@harbour.example"
EVERYBODY = [
    person(ANA),
    person(f"jo{ANA}"),
    person(""),
    operator_for(ANA),
    operator_for(f"jo{ANA}"),
    OPERATOR,
    CLOCK,
    DESK,
]


@pytest.mark.parametrize("actor", EVERYBODY, ids=str)
def test_an_actor_reads_back_from_the_words_of_the_archive(actor):
    assert actor_of(str(actor)) == actor


def test_nobody_is_taken_for_somebody_whose_address_ends_alike():
    theirs = [actor for actor in EVERYBODY if actor.bears((ANA,))]
    assert theirs == [person(ANA), operator_for(ANA)]
    assert [actor for actor in EVERYBODY if actor.bears((f"jo{ANA}",))] == [
        person(f"jo{ANA}"),
        operator_for(f"jo{ANA}"),
    ]


def test_an_address_is_the_same_in_any_case_and_nobody_is_nobody():
    assert person("Ana@Harbour.Example").bears((ANA,))
    assert not person("").bears(("",))


def test_a_digest_that_the_operator_asked_for_was_written_as_of_a_command_once():
    assert actor_of("command") == OPERATOR
