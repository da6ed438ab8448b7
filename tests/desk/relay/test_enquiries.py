"""A reader's question: what it is about, who has it, what the reader gets, and what becomes of it."""

from __future__ import annotations

import html
import re
from email import message_from_bytes, policy

import pytest
from build import (
    ANA,
    BEN,
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
from mailproc.desk.serve.process import work

READER = "robin@reader.example"
QUESTION = "Dear all,\n\nwho built the pier, and when?\n\nRobin\n"
ANSWER = "Dear Robin,\n\nthe harbour office built it in 1962; see https://books.example/pier.\n\nKind regards\n"
TITLE = "The tram that never came"


@pytest.fixture
def team(desk: Desk) -> Desk:
    add_member(desk, ANA, "Ana")
    add_member(desk, BEN, "Ben")
    return desk


def asks(desk: Desk, text: str = QUESTION, subject: str = "Who built the pier?", *, authentic: bool = True) -> str:
    """A reader's mail, and the reference of its enquiry."""
    mail = a_mail(
        text,
        sender=f"Robin <{READER}>",
        subject=subject,
        to="contact@harbour.example",
        authentic=authentic,
        at=desk.now(),
    )
    number = give(desk, mail)
    work(desk)
    for member in (ANA, BEN):
        digest_now(desk, member)
    return ref_of(desk, number)


def says(desk: Desk, who: str, words: str) -> str:
    """A member's reply to their last letter, a digest of now where something waits; the transcript."""
    say(desk, f"digest {who}")
    letter = [each for each in letters(desk, to=who) if each.template.startswith("member/digest")][-1]
    give(desk, a_reply(octets_of(desk, letter), words, who, at=desk.now()))
    work(desk)
    return last(desk, "member/transcript", who)


def last(desk: Desk, template: str, to: str | None = None) -> str:
    return " ".join(text_of(octets_of(desk, letters(desk, template, to)[-1])).split())


def reader_writes(desk: Desk, words: str, template: str = "reader/answer") -> None:
    letter = octets_of(desk, letters(desk, template, READER)[-1])
    give(desk, a_reply(letter, words, READER, at=desk.now()))
    work(desk)


def a_published_article(desk: Desk) -> str:
    mail = a_mail("One.\n\nTwo.\n", subject=TITLE, to="articles@harbour.example", authentic=True, at=desk.now())
    ref = ref_of(desk, give(desk, mail))
    work(desk)
    says(desk, ANA, f"{ref} approve\n")
    later(desk, minutes=20)
    assert state(desk, ref) == "published"
    return ref


def answered(desk: Desk, words: str = ANSWER) -> str:
    """An enquiry that has its answer, which has left."""
    ref = asks(desk)
    says(desk, ANA, f"{ref} answer\n\n{words}")
    later(desk, minutes=20)
    assert state(desk, ref) == "answered"
    return ref


def test_an_answer_goes_to_the_reader_in_their_thread_when_it_has_settled(team: Desk):
    ref = asks(team)
    told = says(team, ANA, f"{ref} answer\n\n{ANSWER}")
    assert "goes to the reader" in told
    assert "the harbour office built it in 1962" in told  # what its reader will get
    assert not letters(team, "reader/answer")
    later(team, minutes=20)
    [letter] = letters(team, "reader/answer", READER)
    mail = message_from_bytes(octets_of(team, letter), policy=policy.default)
    opening = item(team, ref).message_ids[0]
    assert mail["In-Reply-To"] == f"<{opening}>"
    assert mail["Subject"] == f"Re: Who built the pier? ({ref})"
    assert "the harbour office built it in 1962" in text_of(octets_of(team, letter))
    assert_same(team)


@pytest.mark.parametrize(
    "signed",
    [
        "Ana\nana@harbour.example\n",
        "-- \nAna, The Harbour Review\nANA@harbour.example\n",
        "Write to me: Ana <ana@harbour.example>\n",
        "mailto:ana@harbour.example\n",
        "ana+desk@harbour.example and ana (at) harbour (dot) example\n",
        "https://forms.example/?to=ana%40harbour.example\n",
        "Ask Ben, ben@gangway.example, too.\n",
        "Ana: ana at harbour dot example\n",
        "_ana@harbour.example_\n",
        "ana -at- harbour.example\n",
        "an\u2063a@har\u034fbour.example\n",
        "ana&#x40;harbour&period;example\n",
        "ana (arroba) harbour punto example\n",
    ],
)
def test_no_letter_to_the_reader_holds_a_members_address(team: Desk, signed: str):
    ref = asks(team)
    says(team, ANA, f"{ref} answer\n\n{ANSWER}\n{signed}")
    later(team, minutes=20)
    for letter in letters(team, to=READER):
        octets = octets_of(team, letter).decode().replace("=\n", "").lower()
        seen = text_of(octets_of(team, letter)).lower()
        for shown in (octets, seen):
            assert not re.search(r"ana(\+desk)?\W*(@|%40|at|x40;|arroba)\W*harbour|ben@gangway|har\u034fbour", shown), (
                signed
            )
    assert "built it in 1962" in last(team, "reader/answer", READER)


def test_an_undo_keeps_an_answer_here(team: Desk):
    ref = asks(team)
    says(team, ANA, f"{ref} answer\n\n{ANSWER}")
    assert state(team, ref) == "answered"
    says(team, BEN, f"undo {ref}\n")
    assert state(team, ref) == "open"
    later(team, hours=1)
    assert not letters(team, "reader/answer")


def test_whoever_claims_it_has_it_for_a_time_and_nobody_else_answers(team: Desk):
    ref = asks(team)
    assert "yours to answer" in says(team, ANA, f"{ref} claim\n")
    assert state(team, ref) == "claimed"
    assert "Ana answers it" in says(team, BEN, f"{ref} answer\n\n{ANSWER}")
    assert state(team, ref) == "claimed"
    later(team, days=3, minutes=1)
    assert state(team, ref) == "open"
    assert "your time to answer it is over" in text_of(digest_now(team, ANA)).replace("\n", " ")
    says(team, BEN, f"{ref} answer\n\n{ANSWER}")
    assert state(team, ref) == "answered"


def test_a_claim_is_given_back(team: Desk):
    ref = asks(team)
    says(team, ANA, f"{ref} claim\n")
    assert "not put before you" in says(team, BEN, f"{ref} not me\n")
    says(team, ANA, f"{ref} not me\n")
    assert state(team, ref) == "open"
    says(team, BEN, f"{ref} claim\n")
    says(team, BEN, f"undo {ref}\n")
    assert state(team, ref) == "open"
    assert_same(team)


def test_a_claim_ends_when_its_member_goes_away(team: Desk):
    ref = asks(team)
    says(team, ANA, f"{ref} claim\n")
    says(team, ANA, "away until 1 January 2027\n")
    later(team, minutes=5)
    assert state(team, ref) == "open"
    assert_same(team)


def test_a_reader_who_writes_again_has_it_opened_once_more(team: Desk):
    ref = answered(team)
    reader_writes(team, "And who paid for it?\n")
    assert state(team, ref) == "open"
    digest = text_of(digest_now(team, ANA))
    assert "And who paid for it?" in digest
    assert "What Ana answered the reader" in digest.replace("\n", " ")
    says(team, ANA, f"{ref} answer\n\nThe town did.\n")
    later(team, minutes=20)
    assert "The town did." in last(team, "reader/answer", READER)
    second = message_from_bytes(octets_of(team, letters(team, "reader/answer", READER)[-1]), policy=policy.default)
    assert second["In-Reply-To"] == f"<{item(team, ref).message_ids[-1]}>"
    assert_same(team)


@pytest.mark.parametrize("thanks", ["Thank you!\n", "Thanks a lot,\nRobin\n", "Vielen Dank!\n", "Muchas gracias\n"])
def test_a_thank_you_opens_nothing_and_is_not_answered(team: Desk, thanks: str):
    ref = answered(team)
    before = len(letters(team, to=READER))
    reader_writes(team, thanks)
    assert state(team, ref) == "answered"
    assert len(letters(team, to=READER)) == before


def test_words_before_an_answer_has_left_keep_it_here(team: Desk):
    ref = asks(team)
    says(team, ANA, f"{ref} answer\n\n{ANSWER}")
    reader_writes(team, "I have found out myself, but who paid for it?\n", "reader/receipt-enquiry")
    assert state(team, ref) == "open"
    later(team, hours=1)
    assert not letters(team, "reader/answer")
    assert "wrote again before your answer had left" in text_of(digest_now(team, ANA)).replace("\n", " ")


@pytest.mark.parametrize("word", ["stop", "Stop.", "no more letters", "no más cartas", "keine Briefe mehr", "стоп"])
def test_a_reader_stops_the_thread(team: Desk, word: str):
    ref = answered(team)
    reader_writes(team, f"{word}\n")
    assert state(team, ref) == "stopped"
    assert "our last letter" in last(team, "reader/stopped", READER)
    assert "wants no more letters" in says(team, ANA, f"{ref} answer\n\nOne thing more.\n")
    assert len(letters(team, "reader/answer", READER)) == 1
    reader_writes(team, "I have thought about it: who paid for it?\n", "reader/stopped")
    assert state(team, ref) == "open"
    assert_same(team)


def test_a_member_closes_it_and_the_reader_hears_when_that_has_settled(team: Desk):
    ref = asks(team)
    says(team, ANA, f"{ref} close\n")
    assert state(team, ref) == "closed"
    assert not letters(team, "reader/closed")
    later(team, minutes=20)
    assert "closed" in last(team, "reader/closed", READER)
    says(team, BEN, f"undo {ref}\n")
    assert state(team, ref) == "open"


def test_a_reader_closes_it_and_whoever_has_it_reads_so(team: Desk):
    ref = asks(team)
    says(team, ANA, f"{ref} claim\n")
    reader_writes(team, "close\n", "reader/receipt-enquiry")
    assert state(team, ref) == "closed"
    assert "needs no answer any more" in text_of(digest_now(team, ANA)).replace("\n", " ")


@pytest.mark.parametrize(
    "words",
    [
        "I have read {ref} and wonder who drove it.\n",
        "On https://harbour.example/articles/2026/the-tram-that-never-came/ nobody drives. Who did?\n",
        "In your article “The tram that never came” nobody drives. Who did?\n",
        "Who drove in the tram that never came, please?\n",
    ],
)
def test_what_an_enquiry_is_about_is_found_in_it(team: Desk, words: str):
    article = a_published_article(team)
    ref = asks(team, words.format(ref=article))
    assert item(team, ref).item.about == article
    assert f"It is about {article.replace('-', '.')}" in text_of(digest_now(team, ANA)).replace("\n", " ")


def test_a_member_says_what_it_is_about(team: Desk):
    article = a_published_article(team)
    ref = asks(team)
    assert item(team, ref).item.about == ""
    assert "nothing that is up" in says(team, ANA, f"{ref} concerns: A-999\n")
    assert TITLE in says(team, ANA, f"{ref} concerns {article}\n")
    assert item(team, ref).item.about == article
    assert_same(team)


def test_an_answer_is_put_on_the_page_by_ballot(team: Desk):
    article = a_published_article(team)
    ref = answered(team)
    assert "nobody has said what it is about" in says(team, ANA, f"{ref} append\n")
    says(team, ANA, f"{ref} concerns {article}\n")
    says(team, ANA, f"{ref} append\n")
    assert item(team, article).item.motion == "append"
    later(team, minutes=20)
    work(team)
    [note] = item(team, article).item.notes
    assert (note.sort, note.of) == ("answer", ref)
    page = (team.config.storage.published / (item(team, article).item.place or "") / "index.md").read_text()
    assert "1962" in page
    assert "books.example" in html.unescape(page.partition("Source")[2])
    assert "an answer stands on its page" in str(letters(team, "author/appended", JO)[-1].subject)
    assert "stands on the page" in says(team, ANA, f"{ref} append\n")
    assert_same(team)


def test_an_unproven_readers_letters_hold_no_word_of_theirs(team: Desk):
    ref = asks(team, authentic=False)
    says(team, ANA, f"{ref} answer\n\nIt was built in 1962.\n")
    later(team, minutes=20)
    told = octets_of(team, letters(team, "reader/answer", READER)[-1]).decode()
    assert "Robin" not in told.replace(READER, "")
    assert "pier?" not in told
    assert entry_of(team, item(team, ref).item.number).identity == ""


@pytest.mark.parametrize(
    "body",
    [
        "{ref} answer: It was built in 1962.\n",
        "It was built in 1962.\n{ref} answer: \n",
        "{ref} answer: \n\nDear Robin,\n\nIt was built in 1962.\n\nKind regards\nAna\n",
        "It was built in 1962.{ref} answer: ",
    ],
)
def test_a_tapped_answer_holds_what_was_typed_wherever_the_caret_stood(team: Desk, body: str):
    ref = asks(team)
    digest = message_from_bytes(octets_of(team, letters(team, "member/digest", ANA)[-1]), policy=policy.default)
    text, to = body.format(ref=ref), str(digest["Reply-To"])
    give(team, a_mail(text, sender=ANA, to=to, subject=f"{ref} answer", authentic=True, at=team.now()))
    later(team, minutes=20)
    assert state(team, ref) == "answered"
    assert "It was built in 1962." in last(team, "reader/answer", READER)
    assert "answer:" not in last(team, "reader/answer", READER)


@pytest.mark.parametrize(
    "words", ["{ref} answer", "{ref} answer\n\nana@harbour.example\n", "{ref} answer\n\n-- \nAna\n", "answer"]
)
def test_an_answer_without_words_goes_nowhere(team: Desk, words: str):
    ref = asks(team)
    says(team, ANA, words.format(ref=ref))
    assert state(team, ref) == "open"


@pytest.mark.parametrize(
    "words",
    [
        "{ref} antworten\n\nEs war das Hafenamt.\n",
        "{ref} responder\n\nFue la oficina del puerto.\n",
        "{ref} répondre\n\nC'était le bureau du port.\n",
        "{ref} rispondere\n\nÈ stato l'ufficio del porto.\n",
        "{ref} responder\n\nFoi a capitania do porto.\n",
        "{ref} ответить\n\nЭто был порт.\n",  # noqa: RUF001 - Russian
        "answer {ref}\n\nIt was the harbour office.\n",
        "{ref}: answer\n\nIt was the harbour office.\n",
    ],
)
def test_an_answer_is_read_in_seven_languages(team: Desk, words: str):
    ref = asks(team)
    says(team, ANA, words.format(ref=ref))
    assert state(team, ref) == "answered"
    later(team, minutes=20)
    assert words.split("\n\n")[1].strip() in last(team, "reader/answer", READER)
