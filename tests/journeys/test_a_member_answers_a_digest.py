"""What members decide by replying: settling, changing one's mind, undoing, and who may not decide at all.

The clock is set by hand; `undo` is the quarter of an hour of a desk as `init` makes it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    JO,
    START,
    a_mail,
    a_reply,
    add_member,
    authenticated,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    received,
    ref_of,
    say,
    state,
    text_of,
)

from mailproc.desk.ground.wire import Desk

WHO = {ANA: f"Ana <{ANA}>", BEN: f"Ben <{BEN}>", CLEO: f"Cleo <{CLEO}>"}


@pytest.fixture
def members(desk: Desk) -> Desk:
    """The desk with two members, Ana and Ben."""
    add_member(desk, ANA, "Ana")
    add_member(desk, BEN, "Ben")
    return desk


def an_article(desk: Desk, **changes: str) -> str:
    return ref_of(desk, give(desk, a_mail(authentic=True, **changes)))


def tells(desk: Desk, email: str, text: str, **how: bool) -> int:
    """The member answers the last digest they were sent, or one that is sent now to all."""
    if not letters(desk, "member/digest", email):
        say(desk, "digest")
    sent = letters(desk, "member/digest", email)[-1]
    return give(desk, a_reply(octets_of(desk, sent), text, WHO[email], at=desk.now(), **how))


def transcript(desk: Desk, email: str) -> str:
    return text_of(octets_of(desk, letters(desk, "member/transcript", email)[-1]))


def what_the_author_heard(desk: Desk) -> list[str]:
    return [letter.template for letter in letters(desk, to=JO)]


def folder_of(desk: Desk, ref: str) -> Path:
    place = item(desk, ref).item.place
    assert place is not None
    return desk.config.storage.published / place


def test_an_approval_settles_and_publishes_word_for_word(members: Desk):
    ref = an_article(members, text="The tram was late.\n\n  approve\n")
    tells(members, ANA, f"{ref} approve")
    assert state(members, ref) == "approved"
    assert item(members, ref).item.place is None
    later(members, minutes=14)
    assert item(members, ref).item.place is None
    later(members, minutes=1)
    assert state(members, ref) == "published"
    assert (folder_of(members, ref) / "text.txt").read_text() == "The tram was late.\n\n  approve\n"
    assert what_the_author_heard(members) == ["author/receipt-article", "author/published"]


def test_a_veto_while_it_settles_decides_anew(members: Desk):
    ref = an_article(members)
    tells(members, ANA, f"{ref} approve")
    later(members, minutes=10)
    tells(members, BEN, f"{ref} reject: We ran this in spring.")
    assert state(members, ref) == "rejected"
    later(members, minutes=14)
    assert what_the_author_heard(members) == ["author/receipt-article"]
    later(members, minutes=1)
    assert what_the_author_heard(members) == ["author/receipt-article", "author/rejected"]
    assert "We ran this in spring." in text_of(octets_of(members, letters(members, "author/rejected")[0]))


def test_a_changed_mind_replaces_the_earlier_vote(members: Desk):
    ref = an_article(members)
    tells(members, ANA, f"{ref} reject")
    tells(members, ANA, f"{ref} approve")
    later(members, minutes=16)
    assert state(members, ref) == "published"
    assert "author/rejected" not in what_the_author_heard(members)


def test_an_undo_while_it_settles_leaves_no_trace_with_the_author(members: Desk):
    ref = an_article(members)
    tells(members, ANA, f"{ref} approve")
    later(members, minutes=5)
    tells(members, ANA, f"undo {ref}")
    assert state(members, ref) == "pending"
    later(members, minutes=30)
    assert state(members, ref) == "pending"
    assert what_the_author_heard(members) == ["author/receipt-article"]


def test_any_member_may_undo_what_one_alone_decided(members: Desk):
    ref = an_article(members)
    tells(members, ANA, f"{ref} discard")
    assert state(members, ref) == "discarded"
    tells(members, BEN, f"undo {ref}")
    assert state(members, ref) == "pending"


def test_an_undo_after_publication_takes_it_down_and_the_author_hears(members: Desk):
    ref = an_article(members, text="A very late tram.\n")
    tells(members, ANA, f"{ref} approve")
    later(members, minutes=16)
    folder = folder_of(members, ref)
    later(members, days=1)
    tells(members, ANA, f"undo {ref}")
    later(members, seconds=1)
    assert state(members, ref) == "pending"
    assert what_the_author_heard(members) == ["author/receipt-article", "author/published", "author/recalled"]
    left = [path for path in folder.rglob("*") if path.is_file()]
    assert all(b"A very late tram" not in path.read_bytes() for path in left)
    assert ref in (folder / "index.md").read_text()


def test_an_undo_after_a_settled_rejection_reopens_with_history(members: Desk):
    ref = an_article(members)
    tells(members, ANA, f"{ref} reject: too long")
    later(members, minutes=20)
    tells(members, ANA, f"undo {ref}")
    assert state(members, ref) == "pending"
    assert what_the_author_heard(members) == ["author/receipt-article", "author/rejected", "author/reopened"]
    assert [line.event for line in item(members, ref).journal].count("reject") == 1


def test_a_late_answer_learns_who_decided(members: Desk):
    ref = an_article(members)
    digest_now(members, BEN)
    tells(members, ANA, f"{ref} approve")
    later(members, minutes=20)
    tells(members, BEN, f"{ref} reject")
    assert state(members, ref) == "published"
    assert "published" in transcript(members, BEN)
    assert f"{ref}" in transcript(members, BEN)


def test_nobody_decides_on_their_own_item(members: Desk):
    an_article(members)
    own = an_article(members, sender=WHO[ANA], subject="Mine")
    digest_now(members, ANA)
    tells(members, ANA, f"{own} approve")
    assert state(members, own) == "pending"
    assert not item(members, own).votes
    assert "your own" in transcript(members, ANA)


def test_a_hold_comes_back_by_itself(members: Desk):
    ref = an_article(members)
    tells(members, ANA, f"{ref} hold")
    assert state(members, ref) == "held"
    later(members, days=13)
    assert state(members, ref) == "held"
    later(members, days=2)
    assert state(members, ref) == "pending"


def test_an_unclear_line_changes_nothing_and_comes_back(members: Desk):
    ref = an_article(members)
    other = an_article(members, subject="Another", sender="Ida <ida@pierhead.example>")
    number = tells(members, ANA, f"{ref} approve\n{other} approve but shorten it")
    assert state(members, ref) == "approved"
    assert state(members, other) == "pending"
    assert entry_of(members, number).unclear == (f"{other} approve but shorten it",)
    assert "shorten it" in transcript(members, ANA)


def test_many_lines_that_did_nothing_are_counted_truly(members: Desk):
    ref = an_article(members)
    tells(members, ANA, "\n\n".join(f"{ref} aprove number {n}" for n in range(42)))
    said = " ".join(transcript(members, ANA).split())
    assert said.count("did nothing.") == 30
    assert "12 more lines of yours did nothing either." in said
    assert letters(members, "member/transcript", ANA)[-1].subject.endswith("nothing done, 42 not done")


def test_a_contradiction_acts_on_neither_side(members: Desk):
    ref = an_article(members)
    tells(members, ANA, f"{ref} approve\n\n{ref} reject")
    assert state(members, ref) == "pending"


def test_two_votes_are_counted_where_the_policy_asks_for_two(open_desks: Callable[..., Desk]):
    desk = open_desks("two", **{"review.article.approvals": 2})
    for email in (ANA, BEN, CLEO):
        add_member(desk, email)
    ref = an_article(desk)
    tells(desk, ANA, f"{ref} approve")
    tells(desk, ANA, f"{ref} approve")
    assert state(desk, ref) == "pending"
    assert "1 of 2" in transcript(desk, ANA)
    tells(desk, BEN, f"{ref} approve")
    assert state(desk, ref) == "approved"


# Who may not


def test_an_automatic_answer_to_a_digest_never_votes(members: Desk):
    ref = an_article(members)
    digest = digest_now(members, ANA)
    away = b"Auto-Submitted: auto-replied\r\n" + a_reply(digest, f"{ref} approve", WHO[ANA])
    number = give(members, authenticated(away))
    assert received(members, number).kind == "automatic"
    assert state(members, ref) == "pending"
    assert not letters(members, "member/transcript")


def test_a_forwarded_digest_gives_no_power_and_the_member_reads_of_it(members: Desk):
    ref = an_article(members)
    stranger = "Mallory <mallory@elsewhere.example>"
    number = give(members, a_reply(digest_now(members, ANA), f"{ref} approve", stranger))
    assert (received(members, number).state, received(members, number).reason) == ("unauthorised", "from-mismatch")
    assert state(members, ref) == "pending"
    assert not letters(members, to="mallory@elsewhere.example")
    told = text_of(digest_now(members, ANA))
    assert "A mail from mallory@elsewhere.example tried to decide for you" in told, "a proven address is named"
    assert "Mallory <" not in told, "in our words, not a stranger's"


def test_of_a_forger_s_mail_not_even_the_address_is_repeated(members: Desk):
    an_article(members)
    digest = digest_now(members, ANA)
    give(members, a_reply(digest, "approve", "Buy Now <buy@now.example>", authentic=False))
    told = text_of(digest_now(members, ANA))
    assert "A mail tried to decide for you" in told
    assert "now.example" not in told


def test_a_member_who_left_decides_nothing(members: Desk):
    ref = an_article(members)
    digest = digest_now(members, ANA)
    say(members, f"remove {ANA}")
    give(members, a_reply(digest, f"{ref} approve", WHO[ANA]))
    assert state(members, ref) == "pending"


def test_an_unproven_reply_is_asked_back_and_one_yes_decides_once(members: Desk):
    ref = an_article(members)
    number = tells(members, ANA, f"{ref} approve", authentic=False)
    assert state(members, ref) == "pending"
    assert received(members, number).reason == "step-up"
    assert not letters(members, "member/transcript")
    (asked,) = letters(members, "member/step-up")
    assert asked.to == ANA
    assert ref in text_of(octets_of(members, asked))
    yes = a_reply(octets_of(members, asked), "yes", WHO[ANA], authentic=False)
    give(members, yes)
    assert state(members, ref) == "approved"
    tells(members, BEN, f"undo {ref}")
    again = a_reply(octets_of(members, asked), "yes", WHO[ANA], authentic=False)
    give(members, again)
    assert state(members, ref) == "pending"
    assert len(letters(members, "member/step-up")) == 1


def test_a_no_to_the_step_up_decides_nothing(members: Desk):
    ref = an_article(members)
    tells(members, ANA, f"{ref} approve", authentic=False)
    (asked,) = letters(members, "member/step-up")
    give(members, a_reply(octets_of(members, asked), "no", WHO[ANA], authentic=False))
    assert state(members, ref) == "pending"
    assert not item(members, ref).votes


def test_a_step_up_expires_in_three_days(members: Desk):
    ref = an_article(members)
    tells(members, ANA, f"{ref} approve", authentic=False)
    (asked,) = letters(members, "member/step-up")
    later(members, days=3, minutes=1)
    give(members, a_reply(octets_of(members, asked), "yes", WHO[ANA], at=members.now()))
    assert state(members, ref) == "pending"


def test_of_many_step_ups_one_is_open(members: Desk):
    ref = an_article(members)
    for _ in range(5):
        tells(members, ANA, f"{ref} approve", authentic=False)
    first, *_, last = letters(members, "member/step-up")
    tells_of = [a_reply(octets_of(members, each), "yes", WHO[ANA], at=members.now()) for each in (first, last)]
    give(members, tells_of[0])
    assert state(members, ref) == "pending"
    give(members, tells_of[1])
    assert state(members, ref) == "approved"


def test_the_mail_servers_fail_is_no_proof(members: Desk):
    ref = an_article(members)
    reply = a_reply(digest_now(members, ANA), f"{ref} approve", WHO[ANA], authentic=False)
    give(members, authenticated(reply, "fail"))
    assert state(members, ref) == "pending"


def test_times_are_those_of_messages_and_dues_not_of_processing(members: Desk):
    ref = an_article(members)
    tells(members, ANA, f"{ref} approve")
    later(members, days=2)
    lines = item(members, ref).journal
    assert [(line.event, (line.at - START).total_seconds() / 60) for line in lines] == [
        ("open", 0),
        ("vote", 0),
        ("approve", 0),
        ("settle", 15),
        ("published", 15),
    ]
