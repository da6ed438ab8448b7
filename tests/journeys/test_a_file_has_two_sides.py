"""Files are on organisations, not on persons, and both sides are heard: each letter of it is quoted here.

An organisation writes about its own file, a file is proposed on an organisation and on a private person, and a member
tries to have the desk write to somebody who never wrote to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    JO,
    a_desk,
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
    refs_in,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk

PRESS = "press@nps.example"
DEE = "dee@press.example"


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """Ana and Ben decide; at its end a rebuild gives the same desk."""
    with a_desk(tmp_path / "desk") as opened:
        add_member(opened, ANA, "Ana")
        add_member(opened, BEN, "Ben")
        yield opened
        assert_same(opened)


def words(desk: Desk, template: str, to: str | None = None) -> str:
    """The last letter of this template, its text on one line."""
    return " ".join(text_of(octets_of(desk, letters(desk, template, to)[-1])).split())


def block(desk: Desk, ref: str, reader: str = ANA) -> str:
    """What the digest shows a member of one item, without its text."""
    text = text_of(digest_now(desk, reader))
    assert ref in refs_in(text.encode()) or ref in text
    return " ".join(text[text.index(f"{ref} ") :].split("====")[0].split())


def says(desk: Desk, text: str, sender: str = ANA, **options: str) -> str:
    give(desk, a_reply(digest_now(desk, sender), text, f"Somebody <{sender}>", at=desk.now(), **options))
    later(desk, minutes=20)
    return words(desk, "member/transcript")


def test_an_organisation_writes_about_its_own_file_and_its_reply_stands_there(desk: Desk):
    mail = a_mail(
        "You say that we lost the money of the pier. The accounts are public.\n",
        sender=f"Press office <{PRESS}>",
        to="desk@harbour.example",
        subject="Your file on the North Pier Society",
        authentic=True,
    )
    question = ref_of(desk, give(desk, mail))
    assert question.startswith("Q-")
    assert item(desk, question).item.group == "North Pier Society"
    receipt = words(desk, "reader/receipt-reply", PRESS)
    assert "Thank you for writing about our file on North Pier Society." in receipt
    assert "You may have a reply of your own in the file. It stands there word for word" in receipt
    assert 'write "version" on a line of its own, and your whole reply below it' in receipt
    shown = block(desk, question)
    assert "File: North Pier Society." in shown
    assert "It comes from the organisation itself (nps.example). It is about our file on North Pier Society" in shown
    assert "that organisation has a right of reply" in shown
    reply = "version\n\nThe money is where it was.\n\nSee our accounts of 2025, page 3.\n"
    letter = octets_of(desk, letters(desk, "reader/receipt-reply")[-1])
    give(desk, a_reply(letter, reply, f"Press office <{PRESS}>", at=desk.now()))
    own = question.replace("Q-", "F-")
    assert (item(desk, own).item.section, item(desk, own).item.group) == ("reply", "North Pier Society")
    assert item(desk, own).item.text == "The money is where it was.\n\nSee our accounts of 2025, page 3."
    assert "We took it for your reply to our file." in words(desk, "author/receipt-material", PRESS)
    assert "It is the organisation's own reply to our file on North Pier Society." in block(desk, own)
    says(desk, f"{own} approve")
    assert state(desk, own) == "gathered"
    place = desk.config.storage.published / (item(desk, own).item.place or "")
    assert (place / "text.txt").read_text() == "The money is where it was.\n\nSee our accounts of 2025, page 3."
    assert "section: reply" in (place / "index.md").read_text()


def test_a_member_too_may_have_its_mail_put_in_as_its_reply(desk: Desk):
    sent = a_mail("Our reply.", sender=PRESS, to="contact@harbour.example", subject="NPS", authentic=True)
    question = ref_of(desk, give(desk, sent))
    assert "it is material" in says(desk, f"sort {question} material")
    assert item(desk, question).item.section == "reply"


def test_what_only_says_that_it_is_the_organisation_is_marked_and_heard_all_the_same(desk: Desk):
    mail = a_mail("Take it down.", sender=f"Press <{PRESS}>", to="desk@harbour.example", subject="Your file on us")
    spam = mail.replace(b"Subject:", b"X-Spam-Flag: YES\nSubject:", 1)
    question = ref_of(desk, give(desk, spam))
    assert "says that it comes from the organisation itself (nps.example), and nothing proves that" in block(
        desk, question
    )
    receipt = words(desk, "reader/receipt-reply", PRESS)
    assert "our file on your organisation" in receipt
    assert "North Pier" not in receipt


def test_a_file_is_proposed_accepted_and_wanted(desk: Desk):
    mail = a_mail(
        "Please open a file on the Tidal Mill Trust. It owns half of the quay.\n",
        to="desk@harbour.example",
        subject="A suggestion",
        authentic=True,
    )
    ref = ref_of(desk, give(desk, mail))
    assert (ref[0], item(desk, ref).item.group) == ("P", "Tidal Mill Trust")
    assert "Thank you for proposing a file on Tidal Mill Trust." in words(desk, "author/receipt-proposal")
    assert "looks like" not in block(desk, ref)
    assert "it is a proposal of a file" in says(desk, f"sort {ref} proposal Tidal Mill Trust Ltd", BEN)
    says(desk, f"approve {ref}")
    assert state(desk, ref) == "accepted"
    assert "we gather what people know about Tidal Mill Trust Ltd" in words(desk, "author/accepted")
    data = json.loads((desk.config.storage.published / "wanted.json").read_text())
    assert {"Tidal Mill Trust Ltd"} <= {each["name"] for each in data["groups"]}
    again = a_mail("Please open a file on the North Pier Society.", to="desk@harbour.example", subject="An idea")
    assert "There is a file on North Pier Society already" in block(desk, ref_of(desk, give(desk, again)))


def test_a_file_on_a_private_person_is_shown_as_that_and_refused_with_a_reason(desk: Desk):
    mail = a_mail(
        "Please open a file on my neighbour John Smith.\n",
        to="desk@harbour.example",
        subject="My neighbour",
        authentic=True,
    )
    ref = ref_of(desk, give(desk, mail))
    assert "“John Smith” looks like the name of a private person." in block(desk, ref)
    assert "Files are on organisations with a public face, never on private persons." in block(desk, ref)
    says(desk, f"reject {ref}: we keep no files on people")
    letter = words(desk, "author/rejected")
    assert "we keep no files on people" in letter
    assert "So we keep no file on it." in letter
    nameless = a_mail(
        "please open a file on my neighbour", to="desk@harbour.example", subject="hm", sender="K <k@x.example>"
    )
    other = ref_of(desk, give(desk, nameless))
    assert "No organisation was read in it. Before it can be approved, say which: “sort proposal”" in block(desk, other)
    assert "no organisation is named yet" in says(desk, f"approve {other}")


@pytest.mark.parametrize(
    "line",
    [
        f"send this to {DEE}",
        f"A-3 approve, cc {DEE}",
        f"A-3 ask {DEE}: is it true?",
        f"answer {DEE}",
        f"Bitte an {DEE} weiterleiten",
        f"merci d'envoyer ceci à {DEE}",
        f"перешлите это на {DEE}",
    ],
)
def test_no_word_of_a_member_sends_a_letter_to_a_third_party(desk: Desk, line: str):
    give(desk, a_mail(authentic=True))
    told = says(desk, line)
    assert f"Nothing was sent to {DEE}: this desk writes only to those who wrote to it" in told
    assert DEE not in {letter.to for letter in letters(desk)}


def test_a_copy_to_somebody_makes_nobody_a_reader_of_ours(desk: Desk):
    ref = ref_of(desk, give(desk, a_mail(authentic=True)))
    octets = a_reply(digest_now(desk, ANA), f"{ref} approve", f"Ana <{ANA}>", at=desk.now())
    give(desk, octets.replace(b"To:", b"Cc: " + DEE.encode() + b"\nTo:", 1))
    later(desk, minutes=20)
    assert DEE not in {letter.to for letter in letters(desk)}


def test_a_rejected_applicant_appeals_to_members_who_did_not_decide(desk: Desk):
    add_member(desk, CLEO, "Cleo")
    mail = a_mail(
        "I would like to become a member and can watch the site on Sundays.\n",
        to="membership@harbour.example",
        subject="Membership",
        authentic=True,
    )
    ref = ref_of(desk, give(desk, mail))
    asked = octets_of(desk, letters(desk, "applicant/receipt-membership")[-1])
    give(desk, a_reply(asked, "I agree\n", f"Jo Poole <{JO}>", at=desk.now()))
    for sender in (ANA, BEN):
        says(desk, f"reject {ref}: we do not know you yet", sender)
    told = words(desk, "applicant/rejected", JO)
    assert "we do not know you yet" in told
    assert '"appeal"' in told
    refused = octets_of(desk, letters(desk, "applicant/rejected")[-1])
    give(desk, a_reply(refused, "appeal\n\nCleo has known me for years.\n", f"Jo Poole <{JO}>", at=desk.now()))
    heard = words(desk, "applicant/appealed", JO)
    assert "Members who had no part in the decision look at it." in heard
    assert state(desk, ref) == "pending"
    assert "Cleo has known me for years." in block(desk, ref, CLEO)
    assert refs_in(digest_now(desk, ANA)) == []
    says(desk, f"approve {ref}", CLEO)
    assert state(desk, ref) == "member"
