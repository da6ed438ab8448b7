"""Who may decide by mail: the authority of design §6 as a table, the step-up, and the invitation's answer."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

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
    clock_of,
    digest_now,
    entry_of,
    envelope_for,
    give,
    item,
    later,
    letters,
    octets_of,
    received,
    say,
    state,
    text_of,
    worded,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk
from mailproc.message.model import Envelope
from mailproc.store.database import reading
from mailproc.store.people import digests, members

ALIAS = "ana.b@elsewhere.example"


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """Ana (with a second address) and Ben decide; Jo's article A-4 waits."""
    with a_desk(tmp_path / "desk") as opened:
        add_member(opened, ANA, "Ana")
        add_member(opened, BEN, "Ben")
        say(opened, f"change {ANA} address={ALIAS}")
        assert give(opened, a_mail(authentic=True)) == 4
        yield opened


def votes(desk: Desk) -> list[str]:
    return [vote.member for vote in item(desk, "A-4").votes if not vote.undone]


def notices(desk: Desk, email: str) -> list[str]:
    with reading(desk.engine) as conn:
        return [worded(desk, notice.said) for notice in digests.unseen_notices(conn, email)]


def answer(desk: Desk, letter: bytes, text: str, sender: str = ANA, **options: bool) -> int:
    return give(desk, a_reply(letter, text, f"Somebody <{sender}>", at=desk.now(), **options))


# The table


@pytest.mark.parametrize("sender", [ANA, ALIAS, "ana@HARBOUR.example"])
def test_any_address_of_the_member_decides_if_it_is_authenticated(desk, sender):
    number = answer(desk, digest_now(desk, ANA), "A-4 approve", sender)
    assert received(desk, number).state == "processed"
    assert votes(desk) == [ANA]
    assert letters(desk, "member/transcript")[-1].to == ANA


def test_without_a_secret_nothing_happens_and_the_member_hears_of_it(desk):
    number = give(desk, a_mail("A-4 approve\n", sender=f"Ana <{ANA}>", to="desk@harbour.example", authentic=True))
    row = received(desk, number)
    assert (row.kind, row.state, row.reason) == ("review", "unauthorised", "no-secret")
    assert votes(desk) == []
    assert len(notices(desk, ANA)) == 1
    assert "tried to decide for you" in text_of(digest_now(desk, ANA))
    assert notices(desk, ANA) == [], "told once"
    assert not letters(desk, "member/transcript")


@pytest.mark.parametrize("sender", [BEN, JO, "mallory@evil.example"])
def test_a_forwarded_digest_gives_no_power(desk, sender):
    number = answer(desk, digest_now(desk, ANA), "A-4 approve", sender)
    row = received(desk, number)
    assert (row.state, row.reason) == ("unauthorised", "from-mismatch")
    assert votes(desk) == []
    assert len(notices(desk, ANA)) == 1
    assert notices(desk, BEN) == []


@pytest.mark.parametrize("deed", ["suspend", "remove"])
def test_leaving_ends_all_at_once(desk, deed):
    letter = digest_now(desk, ANA)
    say(desk, f"{deed} {ANA}")
    number = answer(desk, letter, "A-4 approve")
    row = received(desk, number)
    assert (row.state, row.reason) == ("unauthorised", "not-a-member")
    assert votes(desk) == []
    assert not letters(desk, "member/transcript")


@pytest.mark.parametrize(("minutes", "after"), [(5, "pending"), (20, "published")])
def test_what_a_member_decided_stands_if_it_had_settled_when_they_left(desk, minutes, after):
    answer(desk, digest_now(desk, ANA), "A-4 approve")
    later(desk, minutes=minutes)
    say(desk, f"remove {ANA}")
    assert votes(desk) == [ANA]
    assert state(desk, "A-4") == after


def test_two_secrets_that_disagree_are_none(desk):
    mine, theirs = digest_now(desk, ANA), digest_now(desk, BEN)
    reply = a_reply(mine, "A-4 approve", f"Ana <{ANA}>", at=desk.now())
    other = letters(desk, "member/digest", BEN)[-1]
    assert octets_of(desk, other) == theirs
    envelope = Envelope(ANA, (desk.reply_address(other.id),))
    row = received(desk, give(desk, reply, envelope))
    assert votes(desk) == []
    assert row.reason != "processed"


def test_the_reply_address_alone_carries_the_secret(desk):
    """A mail program that drops In-Reply-To and References."""
    digest_now(desk, ANA)
    letter = letters(desk, "member/digest", ANA)[-1]
    mail = a_mail("A-4 approve\n", sender=f"Ana <{ANA}>", to=desk.reply_address(letter.id), authentic=True)
    give(desk, mail)
    assert votes(desk) == [ANA]


def test_a_bounce_address_gives_no_power(desk):
    digest_now(desk, ANA)
    letter = letters(desk, "member/digest", ANA)[-1]
    mail = a_mail("A-4 approve\n", sender=f"Ana <{ANA}>", to=desk.bounce_address(letter.id), authentic=True)
    give(desk, mail)
    assert votes(desk) == []


def test_an_automatic_answer_never_votes(desk):
    reply = a_reply(digest_now(desk, ANA), "A-4 approve", f"Ana <{ANA}>", at=desk.now())
    row = received(desk, give(desk, b"Auto-Submitted: auto-replied\r\n" + reply))
    assert row.kind == "automatic"
    assert votes(desk) == []


def test_the_same_reply_twice_counts_once(desk):
    reply = a_reply(digest_now(desk, ANA), "A-4 approve", f"Ana <{ANA}>", at=desk.now())
    first, second = give(desk, reply), give(desk, reply)
    row = received(desk, second)
    assert (row.state, row.duplicate_of) == ("duplicate", first)
    assert len(letters(desk, "member/transcript")) == 1


def test_under_trust_token_the_secret_is_enough(tmp_path):
    with a_desk(tmp_path / "desk", **{"review.trust": "token"}) as desk:
        add_member(desk, ANA, "Ana")
        number = give(desk, a_mail(authentic=True))
        answer(desk, digest_now(desk, ANA), f"A-{number} approve", authentic=False)
        assert state(desk, f"A-{number}") == "approved"


def test_under_trust_step_up_authentication_is_not_enough(tmp_path):
    with a_desk(tmp_path / "desk", **{"review.trust": "step-up"}) as desk:
        add_member(desk, ANA, "Ana")
        number = give(desk, a_mail(authentic=True))
        answer(desk, digest_now(desk, ANA), f"A-{number} approve")
        assert state(desk, f"A-{number}") == "pending"
        assert len(letters(desk, "member/step-up")) == 1


# The step-up


def step_up(desk: Desk, text: str = "A-4 approve", sender: str = ANA) -> bytes:
    """The letter that asks back."""
    answer(desk, digest_now(desk, ANA), text, sender, authentic=False)
    return octets_of(desk, letters(desk, "member/step-up")[-1])


@pytest.mark.parametrize("sender", [ANA, ALIAS])
def test_what_is_not_authenticated_is_asked_back_at_the_registered_address(desk, sender):
    asked = step_up(desk, "A-4 reject: no sources", sender)
    assert votes(desk) == []
    letter = letters(desk, "member/step-up")[-1]
    assert letter.to == ANA
    said = " ".join(text_of(asked).split())
    assert "reject A-4 (The tram)" in said
    assert "The words that would be sent: | no sources" in said
    assert not letters(desk, "member/transcript")


def test_a_yes_does_what_was_listed_once(desk):
    asked = step_up(desk)
    answer(desk, asked, "yes", authentic=False)
    assert state(desk, "A-4") == "approved"
    assert len(letters(desk, "member/transcript")) == 1
    answer(desk, digest_now(desk, ANA), "undo A-4")
    number = answer(desk, asked, "Yes!", authentic=False)
    assert received(desk, number).state == "unauthorised"
    assert state(desk, "A-4") == "pending"


@pytest.mark.parametrize("words", ["no", "What is this?", "yes, but not today", ""])
def test_anything_but_a_yes_does_nothing(desk, words):
    number = answer(desk, step_up(desk), words, authentic=False)
    assert votes(desk) == []
    assert entry_of(desk, number).reason == "no-yes"


def test_a_yes_from_another_address_does_nothing(desk):
    number = answer(desk, step_up(desk), "yes", BEN)
    assert received(desk, number).reason == "from-mismatch"
    assert votes(desk) == []


def test_a_yes_after_three_days_is_too_late(desk):
    asked = step_up(desk)
    clock_of(desk).pass_(days=3, seconds=1)
    row = received(desk, answer(desk, asked, "yes", authentic=False))
    assert (row.state, row.reason) == ("unauthorised", "step-up-expired")
    assert votes(desk) == []


def test_a_yes_on_the_last_second_counts(desk):
    asked = step_up(desk)
    clock_of(desk).pass_(days=3)
    answer(desk, asked, "yes", authentic=False)
    assert votes(desk) == [ANA]


def test_a_member_who_left_cannot_say_yes(desk):
    asked = step_up(desk)
    say(desk, f"suspend {ANA}")
    answer(desk, asked, "yes", authentic=False)
    assert votes(desk) == []


def unproven(desk: Desk, text: str, **options: bool) -> int:
    clock_of(desk).pass_(minutes=1)
    return answer(desk, digest_now(desk, ANA), text, **{"authentic": False, **options})


def test_three_are_answered_in_a_day_and_no_more_is_asked(desk):
    for text in ("A-4 hold", "A-4 approve", "undo A-4"):
        unproven(desk, text)
        answer(desk, octets_of(desk, letters(desk, "member/step-up")[-1]), "yes", authentic=False)
    row = received(desk, unproven(desk, "A-4 reject: no"))
    assert (row.state, row.reason) == ("unauthorised", "too-many-step-ups")
    assert len(letters(desk, "member/step-up")) == 3
    assert "wanted something decided on A.4 and did nothing" in " ".join(text_of(digest_now(desk, ANA)).split())
    clock_of(desk).pass_(days=1)
    unproven(desk, "A-4 reject: no")
    assert len(letters(desk, "member/step-up")) == 4
    assert_same(desk)


def test_S98_nobody_uses_up_what_a_day_allows_and_one_request_is_open(desk):
    """Somebody has a letter of Ana's and answers it in her name; her own answer is asked about all the same."""
    for n in range(5):
        unproven(desk, f"A-4 reject: words of nobody's, number {n}")
    unproven(desk, "A-4 approve")
    asked = letters(desk, "member/step-up")
    assert len(asked) == 6
    for earlier in asked[:5]:
        answer(desk, octets_of(desk, earlier), "yes", authentic=False)
        assert votes(desk) == []
    told = " ".join(text_of(octets_of(desk, letters(desk, "member/transcript", ANA)[0])).split())
    assert "took its place, so nothing of it has happened; what we ask about now: approve A-4 (The tram)" in told
    answer(desk, octets_of(desk, asked[5]), "yes", authentic=False)
    assert votes(desk) == [ANA]
    number = answer(desk, octets_of(desk, asked[5]), "yes", authentic=False)
    assert received(desk, number).reason == "step-up-used"
    assert_same(desk)


def test_S98_a_mailbox_is_not_filled_and_what_was_not_asked_is_told(desk):
    digest = digest_now(desk, ANA)
    for n in range(13):
        number = give(desk, a_reply(digest, "A-4 approve", f"Ana {n} <{ANA}>", at=desk.now(), authentic=False))
    assert len(letters(desk, "member/step-up")) == 10
    assert received(desk, number).reason == "too-many-step-ups"
    told = " ".join(text_of(digest_now(desk, ANA)).split())
    assert told.count("wanted something decided on A.4 and did nothing") == 1
    answer(desk, digest, "A-4 approve")
    assert votes(desk) == [ANA], "whose mail is proven is not asked at all"
    assert_same(desk)


def test_S98_the_letter_shows_all_the_words_that_a_yes_would_send(desk):
    asked = step_up(desk, "A-4 reject: It is <b>too long</b>,\nand \u202eundated. Yes.")
    said = text_of(asked)
    assert "| It is <b>too long</b>,\n| and undated. Yes.\n" in said
    assert b"<b>" not in asked.partition(b"<html")[2]
    answer(desk, asked, "yes", authentic=False)
    assert votes(desk) == [ANA]
    [told] = letters(desk, "member/transcript", ANA)
    assert "| It is <b>too long</b>," in text_of(octets_of(desk, told))


def test_S98_a_step_up_of_a_whole_text_says_how_much_of_it_is_not_shown(desk):
    step_up(desk, "A-4 reject: " + "word " * 5_000)
    assert "Further words, not shown here: 1000." in text_of(octets_of(desk, letters(desk, "member/step-up")[-1]))


def test_what_only_asks_is_answered_without_a_step_up(desk):
    answer(desk, digest_now(desk, ANA), "show A-4\nlist\nhelp", authentic=False)
    assert not letters(desk, "member/step-up")
    assert {letter.template for letter in letters(desk, to=ANA)} >= {"member/item", "member/list", "member/help"}
    assert {letter.to for letter in letters(desk, "member/item")} == {ANA}


def test_an_unproven_reply_whose_better_copy_follows_acts_on_the_copy(desk):
    letter = digest_now(desk, ANA)
    plain = a_reply(letter, "A-4 approve", f"Ana <{ANA}>", at=desk.now(), authentic=False)
    give(desk, plain)
    assert votes(desk) == []
    give(
        desk,
        b"Authentication-Results: mx.harbour.example; dkim=pass header.d=harbour.example; "
        b"dmarc=pass header.from=harbour.example\r\n" + plain,
    )
    assert votes(desk) == [ANA]


# Invitations


@pytest.fixture
def invited(desk) -> bytes:
    say(desk, f"invite {CLEO} Cleo invited")
    return octets_of(desk, letters(desk, "member/invitation")[-1])


def state_of(desk: Desk, email: str) -> str:
    with reading(desk.engine) as conn:
        found = members.get(conn, email)
    return found.state if found else ""


def test_an_invitation_is_accepted_by_a_yes_from_the_invited_address(desk, invited):
    answer(desk, invited, "yes", CLEO, authentic=False)
    assert state_of(desk, CLEO) == "active"
    assert [letter.to for letter in letters(desk, "member/welcome")] == [CLEO]


def test_nobody_else_accepts_it(desk, invited):
    answer(desk, invited, "yes", "mallory@evil.example")
    answer(desk, invited, "yes", ANA)
    assert state_of(desk, CLEO) == "invited"
    assert not letters(desk, "member/welcome")


@pytest.mark.parametrize("words", ["Who are you?", "I would rather not, yes it sounds good though."])
def test_an_unclear_answer_accepts_nothing_and_the_operator_reads_it(desk, invited, words):
    number = answer(desk, invited, words, CLEO)
    assert state_of(desk, CLEO) == "invited"
    assert entry_of(desk, number).reason == "no-yes"
    [notice] = letters(desk, "operator/notice")
    assert words in text_of(octets_of(desk, notice))


def test_a_second_yes_changes_nothing_more(desk, invited):
    answer(desk, invited, "yes", CLEO)
    answer(desk, invited, "Yes, please.", CLEO)
    assert len(letters(desk, "member/welcome")) == 1


@pytest.mark.usefixtures("invited")
def test_an_invited_member_reads_no_digest_and_decides_nothing(desk):
    say(desk, "digest")
    assert not letters(desk, "member/digest", CLEO)
    assert say(desk, f'decide {CLEO} "A-4 approve"').reason == "not-all-done"
    assert votes(desk) == []


def test_the_invited_cannot_use_the_invitation_to_decide(desk, invited):
    answer(desk, invited, "A-4 approve", CLEO)
    assert votes(desk) == []
    assert envelope_for(invited).forward_paths == (CLEO,)


# Words beside the answer


def beside(reply: bytes, part: EmailMessage, kind: str = "mixed") -> bytes:
    """The reply as one part of a structure, and this part below it."""
    mail = message_from_bytes(reply, policy=policy.SMTP)
    first = EmailMessage(policy=policy.SMTP)
    first.set_content(mail.get_content())
    mail.set_content("")
    mail.set_type(f"multipart/{kind}")
    del mail["Content-Transfer-Encoding"]
    mail.set_payload([first, part])
    return mail.as_bytes()


def a_part(
    text: str, disposition: str | None = "inline", name: str = "note.txt", subtype: str = "plain"
) -> EmailMessage:
    part = EmailMessage(policy=policy.SMTP)
    part.set_content(text, subtype=subtype)
    part.set_param("name", name)
    if disposition:
        part.add_header("Content-Disposition", disposition, filename=name)
    return part


@pytest.mark.parametrize(
    "part",
    [
        a_part("but not before Friday\n"),
        a_part("but not before Friday\n", None),
        a_part("<p>but not before Friday</p>", name="note.html", subtype="html"),
        a_part("aber nicht vor Freitag\n", name="notiz.txt"),
        a_part("mais pas avant vendredi\n", None, "suite.txt"),
        a_part("только не раньше пятницы\n", name="ответ.txt"),
        a_part("ただし金曜日以降に\n", name="返事.txt"),
        a_part("A-4 hold\n"),
    ],
)
def test_words_in_a_named_part_beside_a_decision_are_asked_back(desk, part):
    number = give(desk, beside(a_reply(digest_now(desk, ANA), "A-4 approve", f"Ana <{ANA}>", at=desk.now()), part))
    assert votes(desk) == []
    assert entry_of(desk, number).unclear == ("A-4 approve",)
    told = " ".join(text_of(octets_of(desk, letters(desk, "member/transcript")[-1])).split())
    assert f"The words in the attached {part.get_filename()} were not read as part of your answer" in told


def test_words_beside_a_tapped_subject_are_asked_back(desk):
    reply = a_reply(digest_now(desk, ANA), "", f"Ana <{ANA}>", at=desk.now(), quoting=False)
    mail = message_from_bytes(reply, policy=policy.SMTP)
    for name in ("Subject", "In-Reply-To", "References"):
        del mail[name]
    mail["Subject"] = "A-4 approve"
    give(desk, beside(mail.as_bytes(), a_part("but not before Friday\n")))
    assert votes(desk) == []


def test_the_letter_again_in_a_named_part_is_no_reason_to_ask(desk):
    letter = digest_now(desk, ANA)
    again = a_part(text_of(letter), name="letter.txt")
    give(desk, beside(a_reply(letter, "A-4 approve", f"Ana <{ANA}>", at=desk.now()), again))
    assert votes(desk) == [ANA]


@pytest.mark.parametrize(
    "part",
    [
        a_part("but not before Friday\n", "attachment"),
        a_part("-- \nAna\nThe Harbour Review\n", name="signature.txt"),
        a_part("BEGIN:VCARD\nFN:Ana\nEND:VCARD\n", name="ana.vcf"),
        a_part("BEGIN:VCALENDAR\nEND:VCALENDAR\n", name="day.ics", subtype="calendar"),
        a_part("_______\nQuay mailing list\nquay@lists.example\n", name="footer.txt"),
        a_part("CAUTION: This email originated from outside of the organization.\n", name="banner.txt"),
        a_part("Sent from my iPhone\n", name="text.txt"),
        a_part(" \n", name="empty.txt"),
    ],
)
def test_a_file_and_what_programs_add_are_no_reason_to_ask(desk, part):
    give(desk, beside(a_reply(digest_now(desk, ANA), "A-4 approve", f"Ana <{ANA}>", at=desk.now()), part))
    assert votes(desk) == [ANA]


def test_what_only_asks_is_answered_whatever_stands_beside(desk):
    give(desk, beside(a_reply(digest_now(desk, ANA), "help", f"Ana <{ANA}>", at=desk.now()), a_part("please\n")))
    assert letters(desk, "member/help")
