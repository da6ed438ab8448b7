"""Who comes to decide: an applicant who agrees to the duties and whom two members admit, and one who is invited."""

from __future__ import annotations

import pytest
from build import (
    ANA,
    BEN,
    a_mail,
    a_reply,
    add_member,
    digest_now,
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

from mailproc.desk.ground.wire import Desk
from mailproc.store.database import reading
from mailproc.store.people import members as member_rows

KIM = "kim@reyes.example"


@pytest.fixture
def members(desk: Desk) -> Desk:
    add_member(desk, ANA, "Ana")
    add_member(desk, BEN, "Ben")
    return desk


def asks_to_join(desk: Desk, *, authentic: bool = True) -> str:
    mail = a_mail(
        "I would like to become a member. I have evenings, and I can spell.\n",
        sender=f"Kim Reyes <{KIM}>",
        to="join@harbour.example",
        subject="May I join?",
        authentic=authentic,
    )
    return ref_of(desk, give(desk, mail))


def agrees(desk: Desk, *, authentic: bool = True, text: str = "I agree") -> None:
    receipt = octets_of(desk, letters(desk, "applicant/receipt-membership", KIM)[-1])
    give(desk, a_reply(receipt, text, f"Kim Reyes <{KIM}>", authentic=authentic))


def standing(desk: Desk, email: str) -> str:
    with reading(desk.engine) as conn:
        found = member_rows.get(conn, email)
    return found.state if found else "nobody"


def test_two_members_admit_who_has_agreed_to_the_duties(members: Desk):
    ref = asks_to_join(members)
    assert state(members, ref) == "awaiting_agreement"
    assert "agree" in text_of(octets_of(members, letters(members, "applicant/receipt-membership")[0]))
    agrees(members)
    assert state(members, ref) == "pending"
    say(members, "digest")
    for email, name in ((ANA, "Ana"), (BEN, "Ben")):
        assert standing(members, KIM) == "nobody"
        digest = octets_of(members, letters(members, "member/digest", email)[-1])
        give(members, a_reply(digest, f"{ref} approve", f"{name} <{email}>"))
    assert state(members, ref) == "approved"
    later(members, minutes=16)
    assert state(members, ref) == "member"
    assert standing(members, KIM) == "active"
    assert [letter.template for letter in letters(members, to=KIM)][-1] == "applicant/welcome"


def test_one_approval_of_two_admits_nobody(members: Desk):
    ref = asks_to_join(members)
    agrees(members)
    give(members, a_reply(digest_now(members, ANA), f"{ref} approve", f"Ana <{ANA}>"))
    later(members, days=2)
    assert state(members, ref) == "pending"
    assert standing(members, KIM) == "nobody"


def test_who_has_not_agreed_cannot_be_approved(members: Desk):
    ref = asks_to_join(members)
    say(members, f"decide {ANA} '{ref} approve'")
    assert state(members, ref) == "awaiting_agreement"
    assert not item(members, ref).votes


def test_the_applicant_agrees_by_the_secret_of_the_letter_that_they_were_sent(members: Desk):
    ref = asks_to_join(members, authentic=False)
    agrees(members, authentic=False, text="agree")
    assert state(members, ref) == "pending"


def test_a_request_without_agreement_lapses_with_a_word_and_can_be_taken_up(members: Desk):
    ref = asks_to_join(members)
    later(members, days=31)
    assert state(members, ref) == "lapsed"
    assert letters(members, "applicant/lapsed", KIM)
    agrees(members)
    assert state(members, ref) == "pending"


def test_an_invited_member_gets_digests_only_after_their_answer(desk: Desk):
    say(desk, f"invite {BEN} Ben invited")
    give(desk, a_mail(authentic=True))
    say(desk, "digest")
    assert [letter.template for letter in letters(desk, to=BEN)] == ["member/invitation"]
    invitation = octets_of(desk, letters(desk, "member/invitation")[0])
    give(desk, a_reply(invitation, "yes", "Somebody <somebody@elsewhere.example>"))
    assert standing(desk, BEN) == "invited"
    give(desk, a_reply(invitation, "yes, gladly", f"Ben <{BEN}>", authentic=False))
    assert standing(desk, BEN) == "active"
    say(desk, "digest")
    assert [letter.template for letter in letters(desk, to=BEN)][-1] == "member/digest"


def test_who_is_invited_twice_gets_one_letter(desk: Desk):
    say(desk, f"invite {BEN} Ben invited")
    say(desk, f"invite {BEN} Ben invited")
    assert len(letters(desk, to=BEN)) == 1


def test_a_vacation_notice_accepts_no_invitation(desk: Desk):
    say(desk, f"invite {BEN} Ben invited")
    invitation = octets_of(desk, letters(desk, "member/invitation")[0])
    give(desk, b"Auto-Submitted: auto-replied\r\n" + a_reply(invitation, "I am away.", f"Ben <{BEN}>"))
    assert standing(desk, BEN) == "invited"
