"""A second copy of a message has no second effect, however it travelled, unless the first had none."""

from __future__ import annotations

from build import (
    ANA,
    JO,
    a_mail,
    a_reply,
    add_member,
    authenticated,
    digest_now,
    give,
    item,
    letters,
    octets_of,
    received,
    ref_of,
    state,
)

from mailproc.desk.ground.wire import Desk
from mailproc.message.model import Envelope

AUTHOR = f"Jo Poole <{JO}>"


def test_one_mail_through_one_source_is_one_message(desk: Desk):
    mail = a_mail()
    assert give(desk, mail, source="imap:main/INBOX/1/7") == give(desk, mail, source="imap:main/INBOX/1/7")
    assert len(letters(desk)) == 1


def test_one_mail_through_two_sources_is_one_item_and_one_receipt(desk: Desk):
    mail = a_mail(to="articles@harbour.example, desk@harbour.example")
    first = give(desk, mail, Envelope(JO, ("articles@harbour.example",)), source="imap:articles/INBOX/1/7")
    copy = b"Received: from relay.example.net by mx2.harbour.example; Sun, 22 Nov 2026 09:00:05 +0000\r\n" + mail
    second = give(desk, copy, Envelope(JO, ("desk@harbour.example",)), source="imap:desk/INBOX/1/3")
    assert (received(desk, second).state, received(desk, second).duplicate_of) == ("duplicate", first)
    assert received(desk, second).refs == ()
    assert len(letters(desk)) == 1


def test_a_reply_that_came_twice_votes_once_and_gets_one_transcript(desk: Desk):
    add_member(desk, ANA, "Ana")
    ref = ref_of(desk, give(desk, a_mail(authentic=True)))
    reply = a_reply(digest_now(desk, ANA), f"{ref} approve", f"Ana <{ANA}>")
    give(desk, reply)
    give(desk, reply)
    assert [line.event for line in item(desk, ref).journal] == ["open", "vote", "approve"]
    assert len(letters(desk, "member/transcript")) == 1


def test_the_same_message_id_with_other_words_is_a_new_message(desk: Desk):
    first = give(desk, a_mail("One.\n", Message_ID="<same@client.example>", authentic=True))
    second = give(desk, a_mail("Two.\n", Message_ID="<same@client.example>", authentic=True))
    assert ref_of(desk, first) != ref_of(desk, second)


def test_a_proven_copy_acts_where_the_first_was_only_asked_back(desk: Desk):
    add_member(desk, ANA, "Ana")
    ref = ref_of(desk, give(desk, a_mail(authentic=True)))
    reply = a_reply(digest_now(desk, ANA), f"{ref} approve", f"Ana <{ANA}>", authentic=False)
    give(desk, reply)
    assert state(desk, ref) == "pending"
    give(desk, authenticated(reply))
    assert state(desk, ref) == "approved"


def test_a_forged_copy_first_does_not_silence_the_true_one(desk: Desk):
    """A stranger who knows a mail sends it before its author's own copy arrives, without power."""
    add_member(desk, ANA, "Ana")
    ref = ref_of(desk, give(desk, a_mail(authentic=True)))
    digest = digest_now(desk, ANA)
    reply = a_reply(digest, f"{ref} approve", f"Ana <{ANA}>", authentic=False)
    stripped = b"\r\n".join(
        line for line in reply.split(b"\r\n") if not line.startswith((b"In-Reply-To:", b"References:", b"To: desk+"))
    )
    give(desk, stripped, Envelope(ANA, ("desk@harbour.example",)))
    assert state(desk, ref) == "pending"
    give(desk, authenticated(reply))
    assert state(desk, ref) == "approved"


def test_a_resent_article_of_an_author_whose_receipt_was_lost_changes_nothing(desk: Desk):
    mail = a_mail(sender=AUTHOR, authentic=True)
    ref = ref_of(desk, give(desk, mail))
    before = octets_of(desk, letters(desk)[0])
    give(desk, mail)
    assert octets_of(desk, letters(desk)[0]) == before
    assert len(letters(desk)) == 1
    assert state(desk, ref) == "pending"
