"""Decisions travel: who has an item in a letter of its own hears in that thread what became of it, and can stop it.

Ana and Ben want each item at once, Cleo has her list in the morning. The clock is set by hand; `undo` is a quarter of
an hour.
"""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    JO,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
    say,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk
from mailproc.workflow.outgoing import Outgoing

WHO = {ANA: f"Ana <{ANA}>", BEN: f"Ben <{BEN}>", CLEO: f"Cleo <{CLEO}>"}


@pytest.fixture
def members(desk: Desk) -> Desk:
    """Ana and Ben have said "at once" in answer to a list; nothing waits any more."""
    for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
        add_member(desk, email, name)
    first = ref_of(desk, give(desk, a_mail(subject="The first", authentic=True)))
    for email in (ANA, BEN):
        give(desk, a_reply(digest_now(desk, email), "at once", WHO[email]))
    say(desk, f"decide {CLEO} '{first} discard'")
    later(desk, hours=1)
    return desk


def an_article(desk: Desk, **changes: str) -> str:
    ref = ref_of(desk, give(desk, a_mail(authentic=True, at=desk.now(), **changes)))
    later(desk, minutes=1)
    return ref


def last(desk: Desk, template: str, email: str, ref: str | None = None) -> Outgoing:
    return [each for each in letters(desk, template, email) if ref in {None, each.ref}][-1]


def header(desk: Desk, letter: Outgoing) -> EmailMessage:
    parsed = message_from_bytes(octets_of(desk, letter), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def said(desk: Desk, letter: Outgoing) -> str:
    return " ".join(text_of(octets_of(desk, letter)).split())


def answers(desk: Desk, letter: Outgoing, text: str, email: str, **how: bool) -> int:
    return give(desk, a_reply(octets_of(desk, letter), text, WHO[email], at=desk.now(), **how))


def outcomes(desk: Desk, ref: str, email: str | None = None) -> list[Outgoing]:
    return [each for each in letters(desk, "member/outcome", email) if each.ref == ref]


def test_yes_to_a_letter_on_one_item_approves_it(members: Desk):
    ref = an_article(members)
    single = last(members, "member/single", BEN, ref)
    assert single.subject == f"An article waits for you: The tram ({ref})"
    assert 'one word answers it: the word "yes" approves it' in said(members, single)
    answers(members, single, "yes", BEN)
    assert state(members, ref) == "approved"


def test_the_outcome_arrives_in_the_same_thread_and_says_who_and_until_when(members: Desk):
    ref = an_article(members)
    single = last(members, "member/single", BEN, ref)
    answers(members, last(members, "member/single", ANA, ref), "yes", ANA)
    (outcome,) = outcomes(members, ref)
    assert outcome.to == BEN, "Ana did it, and Cleo has no letter on it"
    fields = header(members, outcome)
    assert fields["In-Reply-To"] == fields["References"] == f"<{single.message_id}>"
    assert fields["Subject"] == f"Re: {single.subject}"
    words = said(members, outcome)
    assert f"Ana approved the article “The tram” ({ref}) on 22 November 2026 at" in words
    assert "It takes effect on 22 November 2026 at" in words
    assert 'To stop it, reply with its reference and the word "reject".' in words


def test_a_colleague_stops_it_from_there(members: Desk):
    ref = an_article(members)
    answers(members, last(members, "member/single", ANA, ref), "yes", ANA)
    later(members, minutes=10)
    answers(members, outcomes(members, ref, BEN)[0], f"{ref} reject: we ran this in spring", BEN)
    assert state(members, ref) == "rejected"
    (told,) = outcomes(members, ref, ANA)
    assert f"Ben rejected the article “The tram” ({ref})" in said(members, told)
    assert "we ran this in spring" in said(members, told)


@pytest.mark.parametrize("word", ["yes", "ok", "no", "approve", "reject"])
def test_a_bare_word_to_an_outcome_is_asked_back(members: Desk, word):
    """A "yes" there may well say "I agree that it was rejected"."""
    ref = an_article(members)
    answers(members, last(members, "member/single", ANA, ref), "reject", ANA)
    number = answers(members, outcomes(members, ref, BEN)[0], word, BEN)
    assert entry_of(members, number).commands == ()
    assert [vote.member for vote in item(members, ref).votes] == [ANA]
    assert "Not done" in said(members, last(members, "member/transcript", BEN))


def test_a_late_yes_learns_who_was_faster(members: Desk):
    ref = an_article(members)
    answers(members, last(members, "member/single", ANA, ref), "yes", ANA)
    later(members, minutes=20)
    answers(members, last(members, "member/single", BEN, ref), "yes", BEN)
    assert "already approved by Ana on 22 November 2026 at" in said(members, last(members, "member/transcript", BEN))
    assert len(outcomes(members, ref, BEN)) == 1, "that it went up follows from what was told"


def test_who_takes_it_back_is_told_too(members: Desk):
    ref = an_article(members)
    answers(members, last(members, "member/single", ANA, ref), "yes", ANA)
    later(members, minutes=5)
    answers(members, last(members, "member/single", ANA, ref), "undo", ANA)
    first, second = outcomes(members, ref, BEN)
    assert "Ana took back what was decided" in said(members, second)
    assert outcomes(members, ref, ANA) == []
    assert header(members, first)["In-Reply-To"] == header(members, second)["In-Reply-To"]


def test_what_one_mail_does_and_undoes_is_not_told(members: Desk):
    ref = an_article(members)
    say(members, f"decide {CLEO} '{ref} hold' 'undo {ref}'")
    assert state(members, ref) == "pending"
    assert outcomes(members, ref) == []


def test_a_vote_that_decides_nothing_yet_is_not_told(open_desks):
    desk = open_desks(**{"review.article.approvals": 2})
    add_member(desk, ANA, "Ana")
    add_member(desk, BEN, "Ben")
    give(desk, a_mail(authentic=True))
    give(desk, a_reply(digest_now(desk, BEN), "at once", WHO[BEN]))
    ref = an_article(desk)
    say(desk, f"decide {ANA} '{ref} approve'")
    assert outcomes(desk, ref) == []
    answers(desk, last(desk, "member/single", BEN, ref), "yes", BEN)
    assert state(desk, ref) == "approved"
    assert outcomes(desk, ref) == [], "Ben did it himself"


def test_the_operator_for_ana_is_told_as_that(members: Desk):
    ref = an_article(members)
    say(members, f"decide {ANA} '{ref} reject too long'")
    assert {each.to for each in outcomes(members, ref)} == {BEN}
    assert "The operator, for Ana, rejected the article" in said(members, outcomes(members, ref)[0])
    assert last(members, "member/transcript", ANA).subject == "The operator decided for you: 1 done"


def test_the_author_takes_it_back_and_it_is_over(members: Desk):
    ref = an_article(members)
    receipt = last(members, "author/receipt-article", JO, ref)
    give(members, a_reply(octets_of(members, receipt), "withdraw", f"Jo Poole <{JO}>", at=members.now()))
    assert state(members, ref) == "withdrawn"
    assert {each.to for each in outcomes(members, ref)} == {ANA, BEN}
    assert "The author took back the article" in said(members, outcomes(members, ref)[0])


def test_what_lapses_is_told(members: Desk):
    ref = an_article(members)
    later(members, days=31)
    assert state(members, ref) == "lapsed"
    assert {each.to for each in outcomes(members, ref)} == {ANA, BEN}
    assert "Nobody decided in time" in said(members, outcomes(members, ref)[0])


def test_an_outcome_waits_for_the_end_of_quiet_hours(members: Desk):
    first = an_article(members)
    answers(members, last(members, "member/single", BEN, first), "quiet 09:00-13:00", BEN)
    answers(members, last(members, "member/single", ANA, first), "yes", ANA)
    (outcome,) = outcomes(members, first, BEN)
    assert outcome.next_try is not None
    assert f"{outcome.next_try:%H:%M}" == "13:00"
    assert outcome.created_at == entry_of(members, outcome.cause).time, "worded when it happened"


def test_who_is_away_is_not_written_to(members: Desk):
    ref = an_article(members)
    answers(members, last(members, "member/single", BEN, ref), "away until 2027-01-10", BEN)
    answers(members, last(members, "member/single", ANA, ref), "yes", ANA)
    assert outcomes(members, ref) == []


def test_a_digest_shows_what_has_just_been_decided_and_a_word_there_stops_it(members: Desk):
    ref = an_article(members)
    answers(members, last(members, "member/single", ANA, ref), "yes", ANA)
    digest = digest_now(members, CLEO)
    words = " ".join(text_of(digest).split())
    assert "This was approved by Ana on 22 November 2026 at" in words
    assert "; your word counts until then." in words
    give(members, a_reply(digest, f"{ref} reject: not twice", WHO[CLEO], at=members.now()))
    assert state(members, ref) == "rejected"


def test_a_digest_tells_what_was_settled_and_how_what_was_discarded_comes_back(members: Desk):
    up, gone = an_article(members), an_article(members, subject="Cheap watches")
    digest_now(members, CLEO)
    answers(members, last(members, "member/single", ANA, up), "yes", ANA)
    answers(members, last(members, "member/single", BEN, gone), "discard", BEN)
    later(members, hours=1)
    an_article(members, subject="Another")
    words = " ".join(text_of(digest_now(members, CLEO)).split())
    assert f"“The tram” ({up}): approved by Ana on 22 November 2026 at" in words
    assert ", and published." in words
    assert f"“Cheap watches” ({gone}): discarded by Ben on 22 November 2026 at" in words
    assert words.count(f'To bring it back, reply "undo {gone}".') == 1


def test_a_silent_member_hears_only_of_what_was_not_done(members: Desk):
    ref = an_article(members)
    answers(members, last(members, "member/single", ANA, ref), "silent", ANA)
    before = len(letters(members, "member/transcript", ANA))
    answers(members, last(members, "member/single", ANA, ref), "hold", ANA)
    assert state(members, ref) == "held"
    assert len(letters(members, "member/transcript", ANA)) == before
    answers(members, last(members, "member/single", ANA, ref), "aprove", ANA)
    assert len(letters(members, "member/transcript", ANA)) == before + 1
    answers(members, last(members, "member/single", ANA, ref), "status", ANA)
    assert len(letters(members, "member/transcript", ANA)) == before + 2, "who asks is answered"


def test_a_transcript_shows_word_for_word_what_goes_to_the_author(members: Desk):
    ref = an_article(members)
    reason = "Thank you for this. We ran\nA-7 in spring, | and no two\n" + "words " * 120
    answers(members, last(members, "member/single", ANA, ref), f"reject {reason}", ANA, quoting=False)
    transcript = last(members, "member/transcript", ANA)
    shown = text_of(octets_of(members, transcript))
    bars = "\n".join(line[2:] for line in shown.split("\n") if line.startswith("| "))
    assert bars == reason.strip()
    assert header(members, transcript)["In-Reply-To"] == entry_of(members, transcript.cause).message_id.join("<>")
    later(members, minutes=16)
    (vote,) = item(members, ref).votes
    assert bars == vote.words


def test_a_rebuild_gives_the_same_letters_and_rows(members: Desk):
    ref = an_article(members)
    answers(members, last(members, "member/single", ANA, ref), "yes", ANA)
    answers(members, outcomes(members, ref, BEN)[0], f"{ref} hold", BEN)
    later(members, minutes=20)
    assert_same(members)
