"""Members, groups, digests and confirmations."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mailproc.phrase import say
from mailproc.review.member import Member
from mailproc.store.database import AlreadyKept
from mailproc.store.mail import outgoing
from mailproc.store.people import confirmations, digests, members
from mailproc.store.people.confirmations import Confirmation
from mailproc.store.work import groups
from mailproc.workflow.group import Group

ANA = "ana@harbour.example"


@pytest.fixture
def ana(now):
    return Member("Ana@harbour.example", "Ana", "active", now, ("Ana@harbour.example", "ana@sea.example"), now)


def test_a_member_is_found_by_any_address_in_any_case(conn, ana):
    members.put(conn, ana)
    assert members.get(conn, ANA) == members.get(conn, "ANA@sea.example") == ana
    assert members.get(conn, "ben@harbour.example") is None


def test_a_member_is_changed_in_place_even_to_another_registered_address(conn, ana):
    members.put(conn, ana)
    moved = replace(ana, email="ana@sea.example", addresses=("ana@sea.example",), state="away", away_until=None)
    members.put(conn, moved)
    assert members.every(conn) == [moved]
    assert members.get(conn, ANA) is None


def test_the_registered_address_is_always_among_theirs(conn, now):
    members.put(conn, Member("jo@harbour.example", "Jo Poole", "invited", now))
    assert members.get(conn, "jo@harbour.example").addresses == ("jo@harbour.example",)


def test_an_address_belongs_to_one_member(conn, ana, now):
    members.put(conn, ana)
    members.put(conn, Member("ben@harbour.example", "Ben", "active", now))
    with pytest.raises(AlreadyKept):
        members.put(conn, replace(ana, addresses=(ana.email, "BEN@harbour.example")))
    assert [member.name for member in members.every(conn)] == ["Ana", "Ben"]


def test_a_group_is_found_by_name_before_alias(conn):
    quay = Group("Quay Ltd", ("Quay", "Harbour Board"), ("a photo",), "gathering")
    board = Group("Harbour Board")
    for group in (quay, board):
        groups.put(conn, group)
    assert groups.every(conn) == [board, quay]
    assert groups.get(conn, "harbour board ") == board
    assert groups.get(conn, "QUAY") == quay
    assert groups.get(conn, "nobody") is None
    groups.put(conn, replace(quay, name="QUAY LTD", state="up"))
    assert [group.state for group in groups.every(conn)] == ["wanted", "up"]


def test_f83_a_period_has_one_digest_even_if_the_clock_fires_twice(conn, a_letter, now):
    outgoing.add(conn, a_letter("d1"))
    outgoing.add(conn, a_letter("d2", cause=2))
    assert digests.due_period(conn, ANA, "2026-10-25")
    digests.record(conn, ANA, "2026-10-25", "d1", now)
    assert not digests.due_period(conn, ANA, "2026-10-25")
    assert digests.due_period(conn, "ben@harbour.example", "2026-10-25")
    with pytest.raises(AlreadyKept):
        digests.record(conn, ANA, "2026-10-25", "d2", now)


def test_the_last_digest_is_the_last_that_made_a_letter(conn, a_letter, now):
    assert digests.last(conn, ANA) is None
    for n, letter in enumerate(("d1", "d2", None)):
        if letter:
            outgoing.add(conn, a_letter(letter, cause=n + 1))
        digests.record(conn, ANA, f"day {n}", letter, now + timedelta(days=n))
    assert digests.last(conn, ANA) == digests.Digest(ANA, "day 1", "d2", now + timedelta(days=1))


def test_a_notice_is_shown_in_one_digest(conn, a_letter, now):
    outgoing.add(conn, a_letter("d1"))
    digests.add_notice(conn, ANA, now, "unauthorised", 4)
    late = say("notice/left", who="Cleo")
    digests.add_notice(conn, ANA, now, late, 4)
    digests.add_notice(conn, "ben@harbour.example", now, late, 4)
    with pytest.raises(AlreadyKept):
        digests.add_notice(conn, ANA, now, late, 4)
    first, second = digests.unseen_notices(conn, ANA)
    assert (first.said, first.number, first.at, second.said) == ("unauthorised", 4, now, late)
    digests.mark_shown(conn, [first.id], "d1")
    assert digests.unseen_notices(conn, ANA) == [second]
    assert len(digests.unseen_notices(conn, "ben@harbour.example")) == 1


def test_a_confirmation_is_used_once_and_before_it_expires(conn, now):
    asked = Confirmation("token", ANA, 4, ("approve A-1", "reject A-2"), now, now + timedelta(days=3))
    confirmations.put(conn, asked)
    confirmations.put(conn, replace(asked, id="old", created_at=now - timedelta(days=3), expires_at=now))
    assert confirmations.get(conn, "token") == asked
    assert not confirmations.use(conn, "old", now)
    assert not confirmations.use(conn, "nothing", now)
    assert confirmations.use(conn, "token", now)
    assert not confirmations.use(conn, "token", now)
    assert confirmations.get(conn, "token").used_at == now
    assert confirmations.count_since(conn, ANA, now, proven=False) == (1, 1)
    assert confirmations.get(conn, "nothing") is None
    with pytest.raises(AlreadyKept):
        confirmations.put(conn, asked)


def test_a_confirmation_that_a_later_one_replaces_is_over_and_does_not_count(conn, now):
    first = Confirmation("first", ANA, 4, ("approve A-1",), now, now + timedelta(days=3))
    confirmations.put(conn, first)
    confirmations.replace(conn, "first", now + timedelta(hours=1))
    assert confirmations.get(conn, "first").replaced
    assert not confirmations.use(conn, "first", now + timedelta(hours=2))
    confirmations.put(conn, replace(first, id="second"))
    assert confirmations.use(conn, "second", now)
    assert not confirmations.get(conn, "second").replaced
    confirmations.replace(conn, "second", now)
    assert not confirmations.get(conn, "second").replaced, "a yes stands"
    assert confirmations.count_since(conn, ANA, now, proven=False) == (2, 1)
