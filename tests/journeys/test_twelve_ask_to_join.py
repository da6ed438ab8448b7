"""Twelve people ask to become members, and each of their requests ends another way; whoever asked always has a letter.

Four members decide, two are needed. Each end is quoted from the letter that tells it. Access to the site is
`test_access`'s; here the welcome is where it begins.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
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
    state,
    text_of,
)
from same import all_of, rebuilt

from mailproc.desk.ground.wire import Desk
from mailproc.store.database import reading
from mailproc.store.people import members as member_rows

CLEO, DEE = "cleo@harbour.example", "dee@harbour.example"
FOUR = {ANA: "Ana", BEN: "Ben", CLEO: "Cleo", DEE: "Dee"}


@pytest.fixture
def house(desk: Desk) -> Desk:
    for email, name in FOUR.items():
        add_member(desk, email, name)
    return desk


class Applicant:
    """Somebody who asks to join, and what they get."""

    def __init__(self, desk: Desk, name: str) -> None:
        self.desk, self.name = desk, name
        self.email = f"{name.lower()}@shore.example"
        self.ref = ""

    def asks(self, words: str = "I have evenings, and I can spell.", *, authentic: bool = True) -> int:
        mail = a_mail(
            f"I would like to become a member. {words}\n",
            sender=f"{self.name} Shore <{self.email}>",
            to="join@harbour.example",
            subject=f"May {self.name} join?",
            authentic=authentic,
            at=clock_of(self.desk)(),
        )
        number = give(self.desk, mail)
        self.ref = next(iter(received(self.desk, number).refs), self.ref)
        return number

    def answers(self, text: str, template: str) -> int:
        letter = octets_of(self.desk, letters(self.desk, template, self.email)[-1])
        return give(self.desk, a_reply(letter, text, f"{self.name} Shore <{self.email}>", at=clock_of(self.desk)()))

    def agrees(self) -> None:
        self.answers("I agree", "applicant/receipt-membership")

    def joins(self, *words: str) -> Applicant:
        self.asks(*words)
        self.agrees()
        return self

    @property
    def last(self) -> str:
        """The last letter to them, as text, its lines joined."""
        return " ".join(text_of(octets_of(self.desk, letters(self.desk, to=self.email)[-1])).split())

    @property
    def state(self) -> str:
        return state(self.desk, self.ref)


def votes(desk: Desk, line: str, *emails: str) -> str:
    """These members answer their digests; what the last of them reads."""
    for email in emails:
        digest = digest_now(desk, email)
        give(desk, a_reply(digest, line, f"{FOUR[email]} <{email}>", at=clock_of(desk)()))
    return told(desk, emails[-1])


def told(desk: Desk, email: str) -> str:
    return " ".join(text_of(octets_of(desk, letters(desk, "member/transcript", email)[-1])).split())


def read(desk: Desk, email: str) -> str:
    return " ".join(text_of(digest_now(desk, email)).split())


def standing(desk: Desk, email: str) -> str:
    with reading(desk.engine) as conn:
        found = member_rows.get(conn, email)
    return found.state if found else "nobody"


def test_admitted_silent_withdrawn_and_put_off_until_a_day(house: Desk):
    """The first four: Ada joins, Bo never agrees, Cy goes away again, and Di is asked to wait until March."""
    ada, bo, cy, di = (Applicant(house, name) for name in ("Ada", "Bo", "Cy", "Di"))
    ada.joins()
    assert "and no other waits before it. You hear from us by" in ada.last
    bo.asks()
    assert "One request waits before yours." in bo.last
    cy.joins()
    assert "2 requests wait before it. You hear from us by" in cy.last
    cy.answers("withdraw", "applicant/agreed")
    assert "As you asked, we have taken back your request" in cy.last
    di.joins()
    votes(house, f"{ada.ref} approve\n{di.ref} reject later until March: we are few", ANA)
    votes(house, f"{ada.ref} approve\n{di.ref} reject off topic", BEN)
    later(house, minutes=16)
    assert (ada.state, standing(house, ada.email)) == ("member", "active")
    assert "Our members have said yes to your request" in ada.last  # and access begins here
    named = "This is not the time for it; later it may be. It is not on what The Harbour Review is about."
    assert f"{named} They say: we are few" in di.last
    assert "You may ask again from 1 March 2027 on" in di.last
    later(house, days=31)
    assert (bo.state, "nothing came of it in time. So it is closed now" in bo.last) == ("lapsed", True)
    bo.answers("I agree", "applicant/lapsed")
    assert bo.state == "pending"

    number = di.asks("Is it March yet?")
    assert entry_of(house, number).reason == "not-now-early"
    assert "the day from which you may ask anew: 1 March 2027" in di.last
    later(house, days=100)
    before = di.ref
    di.joins("Now it is March.")
    assert di.ref != before
    seen = read(house, CLEO)
    assert f"Before: asked to join on 22 November 2026 (M.{before[2:]}): rejected by Ana and Ben" in seen
    ada.asks()
    assert "You ask to become a member, and you are one already." in ada.last
    with rebuilt(house) as (again, _):
        assert all_of(again) == all_of(house)


def test_an_appeal_is_heard_once_in_time_by_members_who_did_not_decide(house: Desk):
    """Three more: Ed is admitted on appeal, Fay is rejected twice, Gil is too late."""
    ed, fay, gil = (Applicant(house, name).joins() for name in ("Ed", "Fay", "Gil"))
    votes(house, f"{ed.ref} reject\n{fay.ref} reject unknown\n{gil.ref} reject", ANA, BEN)
    later(house, minutes=16)
    assert "We know too little of who is writing to us." in fay.last
    assert 'the word "appeal" on a line of its own' in fay.last
    ed.answers("appeal\n\nYou took me for somebody else.", "applicant/rejected")
    assert "Members who had no part in the decision look at it." in ed.last
    assert "whoever asked has appealed. You had a part in the decision" in read(house, ANA)
    assert "had a part in the decision that its author appealed" in decides(house, ANA, f"{ed.ref} reject")
    assert "You took me for somebody else." in read(house, CLEO)
    votes(house, f"{ed.ref} approve", CLEO, DEE)
    fay.answers("I hereby appeal.", "applicant/rejected")
    votes(house, f"{fay.ref} reject", CLEO, DEE)
    later(house, minutes=16)
    assert (ed.state, fay.state) == ("member", "rejected")
    assert "This is the answer to your appeal of" in fay.last
    fay.answers("appeal", "applicant/rejected")
    assert "You have appealed once already" in fay.last
    later(house, days=15)
    gil.answers("appeal", "applicant/rejected")
    assert "The time to appeal was over on" in gil.last
    assert (fay.state, gil.state) == ("rejected", "rejected")
    with rebuilt(house) as (again, _):
        assert all_of(again) == all_of(house)


def test_set_aside_unanswered_undecided_doubled_and_ended(house: Desk):
    """The last five: Hal, whom a member discards, Ira, Joy, Kit, who asks twice, and Lou, whom the operator removes."""
    hal, ira, joy, kit, lou = (Applicant(house, name).joins() for name in ("Hal", "Ira", "Joy", "Kit", "Lou"))
    votes(house, f"{hal.ref} discard\n{ira.ref} ask: how many evenings?\n{lou.ref} approve", CLEO)
    number = kit.asks("It is me again, and I can cook.")
    assert entry_of(house, number).reason == "not-now-waits"
    assert f"Your earlier request, {kit.ref}, waits already" in kit.last
    assert "I can cook" in read(house, ANA)
    votes(house, f"{kit.ref} approve", ANA, BEN)
    votes(house, f"{lou.ref} approve", DEE)
    later(house, minutes=16)
    assert "for one that could be decided on, and has closed it" in hal.last
    assert "how many evenings?" in ira.last
    assert standing(house, kit.email) == standing(house, lou.email) == "active"

    say(house, f"suspend {lou.email} 'You have not been heard of since May.'")
    assert "You have not been heard of since May. If you do not know why" in lou.last
    assert f"Lou Shore ({lou.email}) is suspended for now" in read(house, ANA)
    say(house, f"resume {lou.email}")
    assert "your word counts from now on" in lou.last
    say(house, f"remove {lou.email}")
    assert "Your access to the site, your votes on what is open and what you had claimed have ended too" in lou.last
    later(house, days=31)
    assert (ira.state, joy.state) == ("lapsed", "lapsed")
    for each in (ira, joy):
        assert "nothing came of it in time. So it is closed now" in each.last
    first = lou.ref
    lou.joins("I am sorry about May.")
    assert lou.ref != first
    seen = read(house, ANA)
    assert "and a member now" in seen
    assert "Before: was suspended on 22 November 2026." in seen
    assert "Before: was removed on 22 November 2026." in seen
    with rebuilt(house) as (again, _):
        assert all_of(again) == all_of(house)


def decides(desk: Desk, email: str, line: str) -> str:
    say(desk, f"decide {email} '{line}'")
    return told(desk, email)


def test_where_everybody_had_a_part_in_it_the_same_members_look_again(house: Desk):
    fay = Applicant(house, "Fay").joins()
    votes(house, f"{fay.ref} reject", ANA, BEN)
    for email in (CLEO, DEE):
        say(house, f"remove {email}")
    later(house, minutes=16)
    fay.answers("appeal", "applicant/rejected")
    assert "so the same members look at it again" in fay.last
    votes(house, f"{fay.ref} approve", ANA, BEN)
    later(house, minutes=16)
    assert fay.state == "member"


def test_a_request_beyond_the_limit_opens_nothing_and_is_answered(tmp_path: Path):
    with a_desk(tmp_path / "desk", **{"membership.waiting": 1}) as desk:
        add_member(desk, ANA, "Ana")
        first, second = Applicant(desk, "Ada"), Applicant(desk, "Bo")
        first.asks()
        number = second.asks()
        assert entry_of(desk, number).reason == "not-now-full"
        assert "More people ask just now than our members can answer well" in second.last
        assert [each.ref for each in (item(desk, first.ref).item,)] == [first.ref]


@pytest.mark.parametrize(
    ("line", "because", "words"),
    [
        ("reject off topic", "offtopic", ""),
        ("ablehnen nicht unser Thema: gern ein anderes", "offtopic", "gern ein anderes"),
        ("rejeter doublon", "duplicate", ""),
        ("reject unsourced. Who says so?", "unsourced", "Who says so?"),
        ("reject unsourced claims about the mayor", "", "unsourced claims about the mayor"),
    ],
)
def test_a_reason_is_named_in_any_language_and_free_words_follow(house: Desk, line, because, words):
    ref = received(house, give(house, a_mail(authentic=True))).refs[0]
    verb, _, rest = line.partition(" ")
    votes(house, f"{ref} {verb} {rest}", ANA)
    vote = item(house, ref).votes[0]
    assert (vote.because, vote.words) == (because, words)
