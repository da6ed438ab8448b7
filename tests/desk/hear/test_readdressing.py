"""A member writes from another address: nothing changes without a yes of the old one, or of two other members."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    clock_of,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    received,
    say,
    text_of,
    worded,
)
from same import all_of, assert_same

from mailproc.desk.erase.forget import command_of
from mailproc.desk.ground.books import fresh_id
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import enter
from mailproc.review.member import Member
from mailproc.store.database import reading
from mailproc.store.people import digests, members
from mailproc.store.work import journal
from mailproc.workflow.facts import NewAddress

NEW = "ana@elsewhere.example"


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """Ana, Ben and Cleo decide; Jo's article A-4 waits."""
    with a_desk(tmp_path / "desk") as opened:
        for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
            add_member(opened, email, name)
        assert give(opened, a_mail(authentic=True)) == 4
        yield opened


def answer(desk: Desk, letter: bytes, text: str, sender: str, **options: bool) -> int:
    return give(desk, a_reply(letter, text, f"Somebody <{sender}>", at=desk.now(), **options))


def the(desk: Desk, email: str) -> Member | None:
    with reading(desk.engine) as conn:
        return members.get(conn, email)


def letter(desk: Desk, template: str, to: str) -> bytes:
    return octets_of(desk, letters(desk, template, to)[-1])


def asked(desk: Desk, sender: str = NEW) -> int:
    """Ana answers her digest from elsewhere."""
    return answer(desk, digest_now(desk, ANA), "new address", sender)


def test_nothing_changes_and_nothing_is_written_to_the_new_address_until_somebody_says_yes(desk):
    number = asked(desk)
    assert received(desk, number).reason == "address-asked"
    assert [each.to for each in letters(desk, "member/address")] == [ANA]
    assert sorted(each.to for each in letters(desk, "member/vouch")) == [BEN, CLEO]
    assert not letters(desk, to=NEW)
    assert the(desk, NEW) is None
    assert NEW in text_of(letter(desk, "member/address", ANA))


def test_what_else_that_mail_says_does_nothing(desk):
    answer(desk, digest_now(desk, ANA), "A-4 approve\nnew address", NEW)
    assert item(desk, "A-4").votes == ()
    assert len(letters(desk, "member/address")) == 1


def test_a_yes_of_the_old_address_makes_the_new_one_the_registered_one_and_keeps_the_old(desk):
    asked(desk)
    answer(desk, letter(desk, "member/address", ANA), "yes", ANA, authentic=False)
    now = the(desk, NEW)
    assert now is not None
    assert (now.email, now.addresses, now.name) == (NEW, (NEW, ANA), "Ana")
    assert NEW in text_of(letter(desk, "member/transcript", ANA))
    assert ANA in text_of(letter(desk, "member/readdressed", NEW))
    answer(desk, digest_now(desk, NEW), "A-4 approve", ANA)
    assert [vote.member for vote in item(desk, "A-4").votes] == [NEW]
    assert_same(desk)


def test_votes_follow_their_member(desk):
    answer(desk, digest_now(desk, ANA), "A-4 approve", ANA)
    asked(desk)
    answer(desk, letter(desk, "member/address", ANA), "yes", ANA)
    assert [(vote.member, vote.undone) for vote in item(desk, "A-4").votes] == [(NEW, False)]
    clock_of(desk).pass_(minutes=1)
    answer(desk, letter(desk, "member/readdressed", NEW), "undo A-4", NEW)
    assert item(desk, "A-4").item.state == "pending"
    assert_same(desk)


def test_two_members_do_it_where_the_old_mailbox_is_lost_and_the_old_address_goes(desk):
    old = digest_now(desk, ANA)
    asked(desk)
    answer(desk, letter(desk, "member/vouch", BEN), "yes", BEN)
    assert the(desk, NEW) is None
    answer(desk, letter(desk, "member/vouch", BEN), "Yes!", BEN)
    assert the(desk, NEW) is None, "the same member twice is one"
    answer(desk, letter(desk, "member/vouch", CLEO), "yes", CLEO)
    now = the(desk, NEW)
    assert now is not None
    assert now.addresses == (NEW,)
    assert the(desk, ANA) is None
    assert received(desk, answer(desk, old, "A-4 approve", ANA)).state == "unauthorised"
    assert item(desk, "A-4").votes == ()
    assert_same(desk)


def test_the_journal_tells_it(desk):
    number = asked(desk)
    answer(desk, letter(desk, "member/vouch", BEN), "yes", BEN)
    answer(desk, letter(desk, "member/vouch", CLEO), "yes", CLEO)
    with reading(desk.engine) as conn:
        lines = [(line.event, str(line.actor), line.reason) for line in journal.of(conn, f"member:{ANA}")]
    assert lines[1:] == [
        ("ask address", "desk", ""),
        ("vouch", BEN, ""),
        ("vouch", CLEO, ""),
        ("readdress", CLEO, "vouched"),
    ]
    assert entry_of(desk, number).events[0].facts == NewAddress(address=NEW)


@pytest.mark.parametrize("who", [ANA, BEN])
def test_a_no_ends_it_and_the_operator_hears(desk, who):
    asked(desk)
    answer(desk, letter(desk, "member/address" if who == ANA else "member/vouch", who), "no", who)
    [notice] = letters(desk, "operator/notice")
    assert f"{who} said no" in text_of(octets_of(desk, notice))
    for other in (CLEO, BEN):
        number = answer(desk, letter(desk, "member/vouch", other), "yes", other)
        assert received(desk, number).reason == "address-change-over"
        assert "said no" in text_of(letter(desk, "member/transcript", other))
    assert the(desk, NEW) is None
    assert_same(desk)


@pytest.mark.parametrize(("days", "counts"), [(7, True), (7.001, False)])
def test_the_old_address_may_answer_for_seven_days(desk, days, counts):
    asked(desk)
    clock_of(desk).pass_(days=days)
    answer(desk, letter(desk, "member/address", ANA), "yes", ANA)
    assert (the(desk, NEW) is not None) is counts


@pytest.mark.parametrize(("days", "counts"), [(13.9, True), (14.001, False)])
def test_members_may_for_fourteen_and_then_it_ends_with_a_word(desk, days, counts):
    asked(desk)
    clock_of(desk).pass_(days=days)
    for email in (BEN, CLEO):
        answer(desk, letter(desk, "member/vouch", email), "yes", email)
    assert (the(desk, NEW) is not None) is counts
    later(desk, days=1)
    with reading(desk.engine) as conn:
        waiting = [worded(desk, each.said) for each in digests.unseen_notices(conn, ANA)]
    assert any("Nobody confirmed" in words for words in waiting) is not counts
    assert_same(desk)


def test_words_that_are_no_yes_change_nothing(desk):
    asked(desk)
    for words in ("yes, but wait", "perhaps", "who?", ""):
        answer(desk, letter(desk, "member/address", ANA), words, ANA)
    answer(desk, letter(desk, "member/address", ANA), "yes", "mallory@evil.example")
    answer(desk, letter(desk, "member/vouch", BEN), "yes", NEW)
    assert the(desk, NEW) is None


def test_it_is_good_once(desk):
    asked(desk)
    answer(desk, letter(desk, "member/address", ANA), "yes", ANA)
    number = answer(desk, letter(desk, "member/address", ANA), "Yes!", ANA)
    assert received(desk, number).state == "unauthorised"
    assert len(letters(desk, "member/readdressed")) == 1


def test_from_a_further_address_of_their_own_it_is_asked_too(desk):
    say(desk, f"change {ANA} address={NEW}")
    answer(desk, digest_now(desk, ANA), "new address", NEW)
    assert the(desk, NEW).email == ANA
    answer(desk, letter(desk, "member/address", ANA), "yes", ANA)
    assert the(desk, ANA).addresses == (NEW, ANA)
    assert_same(desk)


def test_from_the_registered_address_it_says_what_to_do(desk):
    answer(desk, digest_now(desk, ANA), "new address", ANA)
    assert not letters(desk, "member/address")
    assert "already" in text_of(letter(desk, "member/transcript", ANA))


@pytest.mark.parametrize("deed", ["suspend", "remove"])
def test_leaving_ends_the_request(desk, deed):
    asked(desk)
    say(desk, f"{deed} {ANA}")
    for email in (BEN, CLEO):
        answer(desk, letter(desk, "member/vouch", email), "yes", email)
    assert the(desk, NEW) is None
    clock_of(desk).pass_(days=1)
    say(desk, f"resume {ANA}")
    assert received(desk, answer(desk, letter(desk, "member/address", ANA), "yes", ANA)).reason == "old-letter"


def test_without_proof_or_secret_or_of_one_who_left_nobody_is_asked(desk):
    letter_in_hand = digest_now(desk, ANA)
    answer(desk, letter_in_hand, "new address", NEW, authentic=False)
    give(desk, a_mail("new address\n", sender=f"Ana <{NEW}>", to="desk@harbour.example", authentic=True))
    say(desk, f"suspend {ANA}")
    answer(desk, letter_in_hand, "new address", NEW)
    assert not letters(desk, "member/address")
    assert not letters(desk, "member/vouch")


def test_an_address_of_somebody_else_here_is_not_asked_about(desk):
    assert received(desk, asked(desk, BEN)).reason == "address-taken"
    assert not letters(desk, "member/address")
    assert the(desk, BEN).email == BEN


def test_one_request_at_a_time_and_three_a_month(desk):
    asked(desk)
    assert received(desk, asked(desk, "other@evil.example")).reason == "address-change-open"
    for _ in range(2):
        clock_of(desk).pass_(hours=1)
        answer(desk, letter(desk, "member/address", ANA), "no", ANA)
        asked(desk)
    clock_of(desk).pass_(hours=1)
    answer(desk, letter(desk, "member/address", ANA), "no", ANA)
    assert received(desk, asked(desk)).reason == "too-many-address-changes"
    assert len(letters(desk, "member/address")) == 3


def test_a_forgotten_person_leaves_neither_address_behind(desk):
    asked(desk)
    answer(desk, letter(desk, "member/vouch", BEN), "yes", BEN)
    for address in (ANA, NEW):
        enter(desk, f"operator:{fresh_id()}", command_of(desk, address, "keep"))
        assert address not in repr(all_of(desk))
    assert_same(desk)
