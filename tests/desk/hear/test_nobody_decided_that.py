"""Words that look like a decision and are none: courtesy to a transcript, prose round a yes, a text broken off.

Each was once taken for a decision. What is unclear changes nothing, and comes back with what would have worked.
"""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    a_desk,
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
    received,
    text_of,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk
from mailproc.review.member import Member
from mailproc.store.database import reading
from mailproc.store.people import members

NEW = "cleo@elsewhere.example"


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """Ana, Ben and Cleo decide; Jo's articles A-4 and A-5 wait."""
    with a_desk(tmp_path / "desk") as opened:
        for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
            add_member(opened, email, name)
        give(opened, a_mail(authentic=True))
        give(opened, a_mail("The fog is back.\n", subject="Fog", authentic=True))
        yield opened
        assert_same(opened)


def answer(desk: Desk, letter: bytes, text: str, sender: str = ANA, **options: bool) -> int:
    return give(desk, a_reply(letter, text, f"Somebody <{sender}>", at=desk.now(), **options))


def last(desk: Desk, template: str, to: str = ANA) -> bytes:
    return octets_of(desk, letters(desk, template, to)[-1])


def told(desk: Desk) -> str:
    return " ".join(text_of(last(desk, "member/transcript")).split())


def votes(desk: Desk, ref: str) -> list[tuple[str, str]]:
    return [(vote.member, vote.verdict) for vote in item(desk, ref).votes if not vote.undone]


def the(desk: Desk, email: str) -> Member | None:
    with reading(desk.engine) as conn:
        return members.get(conn, email)


@pytest.mark.parametrize("words", ["ok", "Ok, thanks!", "yes", "Approved"])
def test_S17_a_word_of_courtesy_to_a_transcript_is_no_vote(desk, words):
    answer(desk, digest_now(desk, ANA), "A-4 reject: Too long.")
    answer(desk, last(desk, "member/transcript"), words)
    assert votes(desk, "A-4") == [(ANA, "reject")]
    answer(desk, last(desk, "member/transcript"), "undo A-4")
    assert votes(desk, "A-4") == []


@pytest.mark.parametrize("words", ["ok", "yes", "approve", "discard", "note Good luck."])
def test_whoever_leaves_stays_by_the_words_back_and_undo_only(desk, words):
    answer(desk, digest_now(desk, ANA), "resign")
    answer(desk, last(desk, "member/transcript"), words)
    assert the(desk, ANA).leaves_at is not None
    assert "to stay, write “back”" in told(desk)


PROSE_ROUND_A_YES = (
    "No, that was not me.\nOK",
    "No.\n\nOK, thanks",
    "OK.\nI never sent this.",
    "Ok\n\nWhat is this? That was not me.",
    "Yes.\n\nI could not reach her by telephone.",
    "I have no idea.\n\nOk, bye",
)


@pytest.mark.parametrize("words", PROSE_ROUND_A_YES)
def test_S01_a_yes_beside_other_words_confirms_no_decision_that_a_forger_asked_for(desk, words):
    answer(desk, digest_now(desk, ANA), "A-4 approve", authentic=False)
    number = answer(desk, last(desk, "member/step-up"), words, authentic=False)
    assert votes(desk, "A-4") == []
    assert entry_of(desk, number).reason == "no-yes"
    answer(desk, last(desk, "member/step-up"), "yes", authentic=False)
    assert votes(desk, "A-4") == [(ANA, "approve")], "a plain one still counts"


def test_whoever_says_more_than_a_yes_is_told_so(desk):
    answer(desk, digest_now(desk, ANA), "A-4 approve", authentic=False)
    answer(desk, last(desk, "member/step-up"), "Yes\nMy provider is at fault.", authentic=False)
    assert "more in your answer than a plain yes" in told(desk)


@pytest.mark.parametrize("words", PROSE_ROUND_A_YES)
def test_S14_a_yes_beside_other_words_hands_nobodys_letters_to_another_address(desk, words):
    answer(desk, digest_now(desk, CLEO), "new address", NEW)
    for email in (ANA, BEN):
        answer(desk, last(desk, "member/vouch", email), words, email)
    assert the(desk, NEW) is None
    answer(desk, last(desk, "member/address", CLEO), "Yes\nWho asks that?", CLEO)
    assert the(desk, NEW) is None


def test_S14_a_forwarded_question_about_a_colleague_hands_nobodys_letters_over(desk):
    answer(desk, digest_now(desk, CLEO), "new address", NEW)
    for email in (ANA, BEN):  # each asked "Cleo, is it you?" and sent the letter along
        number = answer(desk, last(desk, "member/vouch", email), "yes", email, authentic=False)
        assert (received(desk, number).state, received(desk, number).reason) == ("unauthorised", "unproven")
    assert the(desk, NEW) is None
    assert "needs that; tell the operator" in told(desk)
    answer(desk, last(desk, "member/vouch", BEN), "no", BEN, authentic=False)
    assert "said no" in text_of(octets_of(desk, letters(desk, "operator/notice")[-1])), "a no needs no proof"


def test_a_no_beside_other_words_is_a_no(desk):
    answer(desk, digest_now(desk, CLEO), "new address", NEW)
    answer(desk, last(desk, "member/vouch", BEN), "No\n\nI have just talked to her.", BEN)
    assert letters(desk, "operator/notice")
    assert received(desk, answer(desk, last(desk, "member/vouch"), "yes")).reason == "address-change-over"


@pytest.mark.parametrize("verb", ["sort {} article", "undo {}", "{} retract", "{} sort article"])
@pytest.mark.parametrize("digits", [10, 19, 30, 900])
def test_a_number_longer_than_any_of_ours_stops_no_mail(desk, verb, digits):
    number = answer(desk, digest_now(desk, ANA), f"{verb.format('9' * digits)}\n\nA-4 approve")
    assert received(desk, number).state == "processed"
    assert votes(desk, "A-4") == [(ANA, "approve")]


STRUCK_OUT = (
    "<p><s>A-4 approve</s></p>",
    "<div><del>Hello<br>A-4 approve<br></del></div>",
    '<div><span style="text-decoration: line-through">A-4 approve</span></div>',
    "<ul><li><strike>A-4 approve</strike></li></ul>",
    "<p>A-4 <s>approve</s></p>",
)


@pytest.mark.parametrize("html", STRUCK_OUT)
@pytest.mark.parametrize("text", ["", "A-4 approve\n"])
def test_S18_what_is_struck_out_decides_nothing_and_is_asked_back(desk, html, text):
    message_id = message_from_bytes(digest_now(desk, ANA))["Message-ID"]
    sender = f"Ana <{ANA}>"
    mail = a_mail(text, sender=sender, to="desk@harbour.example", html=html, authentic=True, In_Reply_To=message_id)
    number = give(desk, mail)
    assert votes(desk, "A-4") == []
    assert entry_of(desk, number).unclear


NEW_TEXT = "Our report, corrected.\n\n{}\n\nA-5 approve\n\nThe end."


def published(desk: Desk) -> bytes:
    """A-4 is up, and a letter on it lies before Ana that lists A-5 too."""
    answer(desk, digest_now(desk, ANA), "A-4 approve")
    later(desk, minutes=20)
    return last(desk, "member/digest")


@pytest.mark.parametrize("divider", ["***", "* * *\n\n***", "----------", "_____"])
def test_S17_a_new_text_that_a_divider_breaks_off_goes_up_whole_or_not_at_all(desk, divider):
    letter = published(desk)
    answer(desk, letter, f"replace A-4\n{NEW_TEXT.format(divider)}")
    assert item(desk, "A-4").item.motion == ""
    assert votes(desk, "A-5") == [], "what stands in a text is no command"
    assert "broken off" in told(desk)
    answer(desk, letter, f"replace A-4\n--- begin\n{NEW_TEXT.format(divider)}\n--- end")
    assert item(desk, "A-4").item.new_text == NEW_TEXT.format(divider) + "\n"
    assert votes(desk, "A-5") == []


def test_S17_a_new_text_that_says_again_what_our_letter_says_is_not_cut_there(desk):
    said = "The tram was late again, and nobody on the quay knew why it was.\n"
    give(desk, a_mail(said, subject="The quay", authentic=True))
    ref = max((letter.ref for letter in letters(desk, "author/receipt-article")), key=lambda ref: int(ref[2:]))
    answer(desk, digest_now(desk, ANA), f"{ref} approve")
    later(desk, minutes=20)
    answer(desk, last(desk, "member/digest"), f"show {ref}")
    answer(desk, last(desk, "member/item"), f"replace {ref}\nA correction.\n\n{said}\nWe regret the error.")
    motion = item(desk, ref).item
    assert motion.motion == "" or (motion.new_text or "").startswith(f"A correction.\n\n{said}\nWe regret")
