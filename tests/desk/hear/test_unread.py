"""A mail that says nothing readable opens, changes and decides nothing; its author hears at once, and writes again.

And no item without a word, a document or a picture comes through any of the desk's doors.
"""

from __future__ import annotations

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    JO,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    authenticated,
    clock_of,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    received,
    ref_of,
    run_here,
    say,
    state,
    text_of,
)
from sqlalchemy import update

from mailproc.desk.decide.silence import _lacks
from mailproc.desk.turn import publishing
from mailproc.desk.turn.said import is_nothing
from mailproc.errors import StoreError
from mailproc.store.database import reading, writing
from mailproc.store.schema import items as item_rows

FOLDER = Path(__file__).resolve().parents[2] / "corpus" / "sealed"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
KINDS = sorted({name.partition("/")[0] for name in EXPECTED})
ENCRYPTED = (FOLDER / "locked" / "pgp-mime.eml").read_bytes()
GENEROUS = {"limits.letters_per_sender_per_day": 10_000}
BLANKS = ("", " \n\t\n", "\u200b\ufeff\n", "\xa0\n", "\u3164\n", "\x01\x0b\n")


@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_of_the_corpus_opens_what_it_says_or_is_answered(kind, tmp_path):
    """S69, at the whole desk: what can be read is an article with those words; the rest a letter, and no item."""
    with a_desk(tmp_path, **GENEROUS) as desk:
        for name in (each for each in EXPECTED if each.startswith(f"{kind}/")):
            expected, written = EXPECTED[name], len(letters(desk))
            number = give(desk, authenticated((FOLDER / f"{name}.eml").read_bytes()))
            entry = entry_of(desk, number)
            told = [letter.template for letter in letters(desk)[written:]]
            if expected["nothing"]:
                assert (entry.state, entry.reason, entry.events) == ("processed", expected["nothing"], ()), name
                assert told == ["author/unread"] or entry.unanswered == "told-already", name
                continue
            kind = expected.get("opens", "article")
            assert told == [f"author/receipt-{kind}"], name
            opened = item(desk, ref_of(desk, number))
            assert opened.item.kind == kind, name
            assert not is_nothing(opened.item.text, opened.attachments), name
            if expected["text"] and not expected.get("loose") and opened.item.text is not None:
                assert opened.item.text.strip() == expected["text"].strip(), name


def test_a_signed_article_is_published_as_it_was_written(desk):
    """Opaque: what goes up is what was written, and neither signature nor certificate is a download."""
    name = "opaque/outlook-alternative-with-a-picture"
    add_member(desk, ANA, "Ana")
    number = give(desk, authenticated((FOLDER / f"{name}.eml").read_bytes()))
    say(desk, f"decide {ANA} 'A-{number} approve'")
    later(desk, minutes=20)
    place = desk.config.storage.published / (item(desk, f"A-{number}").item.place or "")
    assert (place / "text.txt").read_text(encoding="utf-8") == EXPECTED[name]["text"]
    names = sorted(path.name for path in place.iterdir())
    assert names == ["SHA256SUMS", "index.html", "index.md", "quay.png", "text.txt"]


def test_a_signature_is_nothing_that_members_see(desk):
    add_member(desk, ANA, "Ana")
    for name in ("detached-smime", "detached-pgp"):
        give(desk, authenticated((FOLDER / "opaque" / f"{name}.eml").read_bytes()))
    text = text_of(digest_now(desk, ANA))
    assert "THE ROPES".lower() in text.lower()
    assert not {"smime.p7s", "signature.asc"} & set(text.replace(",", " ").split())


def test_who_encrypted_simply_answers_and_it_is_their_first_mail(desk):
    """The reply goes where the first mail went, under its subject, and our letter's words are not theirs."""
    first = give(desk, authenticated(ENCRYPTED))
    [letter] = letters(desk)
    assert (letter.template, letter.ref) == ("author/unread", None)
    again = give(desk, a_reply(octets_of(desk, letter), "The quay at night\n\nNobody tells you.", JO))
    opened = item(desk, f"A-{again}").item
    assert (opened.title, opened.text) == (
        "Article for you: the quay at night",
        "The quay at night\n\nNobody tells you.",
    )
    assert letters(desk)[-1].template == "author/receipt-article"
    assert received(desk, first).refs == ()


def test_a_new_subject_of_theirs_stays(desk):
    give(desk, authenticated(ENCRYPTED))
    octets = a_reply(octets_of(desk, letters(desk)[0]), "Nobody tells you.", JO, quoting=False)
    mail = message_from_bytes(octets, policy=policy.SMTP)
    mail.replace_header("Subject", "The ropes")
    assert item(desk, f"A-{give(desk, mail.as_bytes())}").item.title == "The ropes"


def test_somebody_else_s_answer_to_that_letter_is_an_ordinary_mail(desk):
    give(desk, authenticated(ENCRYPTED))
    number = give(desk, a_reply(octets_of(desk, letters(desk)[0]), "Hm, said the sea.", BEN))
    assert not received(desk, number).refs[0].startswith("A-")


def test_an_unproven_author_is_told_and_then_gets_the_receipt_on_the_same_day(desk):
    give(desk, ENCRYPTED)
    give(desk, a_reply(octets_of(desk, letters(desk)[0]), "The quay.", JO, authentic=False))
    assert [letter.template for letter in letters(desk)] == ["author/unread", "author/receipt-article"]


def test_pieces_of_one_mail_are_answered_once(desk):
    for name in ("partial-1-of-3", "partial-2-of-3", "partial-3-of-3"):
        number = give(desk, authenticated((FOLDER / "elsewhere" / f"{name}.eml").read_bytes()))
    assert [letter.template for letter in letters(desk)] == ["author/unread"]
    assert entry_of(desk, number).unanswered == "told-already"


def test_lists_trace_and_digest_tell_of_them(desk):
    add_member(desk, ANA, "Ana")
    number = give(desk, authenticated(ENCRYPTED))
    give(desk, a_mail(" \n", sender=f"Ben <{BEN}>", authentic=True))
    give(desk, a_mail(authentic=True))
    config = desk.config.storage.archive.parents[1] / "config.toml"
    [row, *_] = [r for r in run_here("received", "list", "--json", config=config).json if r["number"] == number]
    assert (row["state"], row["reason"], row["refs"]) == ("processed", "encrypted", [])
    assert "encrypted" in run_here("trace", str(number), config=config).out
    assert "Not shown: 2 unread." in text_of(digest_now(desk, ANA))


def test_a_question_may_stand_in_the_subject(desk):
    number = give(desk, a_mail("\n", to="contact@harbour.example", subject="Is the pier open on Sunday?"))
    assert received(desk, number).refs == (f"Q-{number}",)
    number = give(desk, a_mail("\n", to="join@harbour.example", subject="May I join?", sender=f"Ben <{BEN}>"))
    assert (received(desk, number).refs, received(desk, number).reason) == ((), "empty")


SAID = ("Can somebody call me back on 0123 555?", "The pier light is broken", "Ist der Pier am Sonntag offen?")
SAID += ("Пожалуйста, перезвоните мне завтра", "明日は開いていますか", "¿Abren el domingo?", "Rappelez-moi lundi matin")
UNSAID = ("", "Hello", "test", "This is a test", "Hi all", "Bonjour à tous", "Hm", "???", "Re:", "Тест почты сегодня")


@pytest.mark.parametrize("subject", SAID)
def test_a_subject_that_says_something_reaches_the_members_of_a_general_address(desk, subject):
    number = give(desk, a_mail("\n", to="desk@harbour.example", subject=subject))
    assert [ref[0] in "UQ" for ref in received(desk, number).refs] == [True]


@pytest.mark.parametrize("subject", UNSAID)
def test_a_greeting_or_a_trial_without_a_word_below_says_nothing(desk, subject):
    number = give(desk, a_mail("\n", to="desk@harbour.example", subject=subject))
    assert (received(desk, number).refs, received(desk, number).reason) == ((), "empty")


# What comes later


@pytest.fixture
def waiting(desk):
    """A desk with Ana and Ben, and an article of Jo's."""
    add_member(desk, ANA, "Ana")
    add_member(desk, BEN, "Ben")
    give(desk, a_mail(authentic=True))
    return desk


def receipt(desk):
    return octets_of(desk, letters(desk, "author/receipt-article")[0])


@pytest.mark.parametrize("text", ["", "\u200b", "-- \nJo Poole"])
def test_a_blank_answer_to_a_receipt_adds_nothing(waiting, text):
    [before] = letters(waiting, "author/receipt-article")
    number = give(waiting, a_reply(receipt(waiting), text, JO))
    entry = entry_of(waiting, number)
    assert (entry.reason, entry.events) == ("empty", ())
    assert letters(waiting)[-1].template == "author/unread"
    assert letters(waiting)[-1].ref == before.ref


def test_a_picture_without_a_word_is_an_addition(waiting):
    reply = message_from_bytes(a_reply(receipt(waiting), "", JO), policy=policy.SMTP)
    reply.add_attachment(b"\x89PNG\r\n\x1a\n" + b"\7" * 900, maintype="image", subtype="png", filename="pier.png")
    assert [event.name for event in entry_of(waiting, give(waiting, reply.as_bytes())).events] == ["addition", "attach"]


def test_an_author_s_encrypted_answer_changes_nothing_and_their_next_is_an_addition(waiting):
    answer = _locked(a_reply(receipt(waiting), "x", JO))
    number = give(waiting, answer)
    assert (entry_of(waiting, number).reason, entry_of(waiting, number).events) == ("encrypted", ())
    letter = letters(waiting)[-1]
    assert letter.template == "author/unread"
    number = give(waiting, a_reply(octets_of(waiting, letter), "It was the seven o'clock tram.", JO))
    assert entry_of(waiting, number).events[0].words == "It was the seven o'clock tram."


@pytest.mark.parametrize("text", BLANKS[1:])
def test_a_version_without_a_word_replaces_nothing(waiting, text):
    ref = letters(waiting, "author/receipt-article")[0].ref
    before = item(waiting, ref).item.text
    give(waiting, a_reply(receipt(waiting), f"version\n--- begin\n{text}\n--- end", JO))
    assert item(waiting, ref).item.text == before


def test_a_member_s_encrypted_reply_decides_nothing_and_is_answered(waiting):
    ref = letters(waiting, "author/receipt-article")[0].ref
    digest = digest_now(waiting, ANA)
    for octets in (a_reply(digest, f"{ref} approve", ANA), _subject(a_reply(digest, "x", ANA), f"{ref} approve")):
        number = give(waiting, _locked(octets))
        entry = entry_of(waiting, number)
        assert (entry.reason, entry.events) == ("encrypted", ())
        assert state(waiting, ref) == "pending"
        assert "Your reply is encrypted" in text_of(octets_of(waiting, letters(waiting, "member/transcript")[-1]))
    give(waiting, a_reply(digest, f"{ref} approve", ANA))
    assert state(waiting, ref) == "approved"


def test_a_robot_that_encrypts_is_not_answered_for_ever(waiting):
    digest = digest_now(waiting, ANA)
    for _ in range(25):
        give(waiting, _locked(a_reply(digest, "x", ANA)))
    assert len(letters(waiting, "member/transcript")) == 20


def test_a_member_s_signed_reply_decides(waiting):
    """Clear-signed: neither armour nor signature is a line of the reply."""
    ref = letters(waiting, "author/receipt-article")[0].ref
    armoured = f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{ref} approve\n\n-- \nAna\n"
    armoured = armoured.replace("\n-- \n", "\n- -- \n")
    signature = "-----BEGIN PGP SIGNATURE-----\n\niQGzBAEBCgAdFiEEhZSgAQP+qX313XMR\n=Mo47\n-----END PGP SIGNATURE-----"
    give(waiting, a_reply(digest_now(waiting, ANA), armoured + signature, ANA))
    assert state(waiting, ref) == "approved"
    assert "did nothing" not in text_of(octets_of(waiting, letters(waiting, "member/transcript")[-1]))


# Items of an earlier release, without a word


@pytest.fixture
def wordless(waiting):
    """The same, and the article has lost its words, as one that an earlier release opened never had any."""
    ref = letters(waiting, "author/receipt-article")[0].ref
    with writing(waiting.engine) as conn:
        conn.execute(update(item_rows).values(text="\u200b\n"))
    return waiting, ref


def test_an_article_without_a_word_cannot_be_approved(wordless):
    desk, ref = wordless
    entry = say(desk, f"decide {ANA} '{ref} approve'")
    assert (entry.reason, entry.events) == ("not-all-done", ())
    assert "not a word in it" in text_of(octets_of(desk, letters(desk, "member/transcript")[-1]))
    say(desk, f"decide {ANA} '{ref} discard'")
    assert state(desk, ref) == "discarded"


def test_silence_approves_nothing_without_a_word(wordless):
    desk, ref = wordless
    with reading(desk.engine) as conn:
        assert _lacks(conn, item(desk, ref).item) == "no-words"


def test_what_has_no_word_cannot_be_sorted_into_an_article(desk):
    add_member(desk, ANA, "Ana")
    number = give(desk, a_mail("The sea was loud.\n", to="desk@harbour.example", subject="Hm", authentic=True))
    with writing(desk.engine) as conn:
        conn.execute(update(item_rows).values(text=" \n"))
    for kind in ("article", "material"):
        assert say(desk, f"decide {ANA} 'sort U-{number} {kind}'").events == ()
    give(desk, a_reply(octets_of(desk, letters(desk, "author/receipt-unsorted")[0]), "It is an article.", JO))
    assert state(desk, f"U-{number}") == "pending"


def test_a_mail_without_a_word_is_no_article_whoever_says_so(desk):
    add_member(desk, ANA, "Ana")
    numbers = [give(desk, a_mail("\n", authentic=True)), give(desk, authenticated(ENCRYPTED))]
    for number in numbers:
        assert say(desk, f"decide {ANA} 'sort {number} article'").events == ()
        assert received(desk, number).refs == ()


def test_what_has_no_word_is_not_published(waiting):
    """Approved before a release that looks; the operator hears what to do, and others go up."""
    ref = letters(waiting, "author/receipt-article")[0].ref
    say(waiting, f"decide {ANA} '{ref} approve'")
    with writing(waiting.engine) as conn:
        conn.execute(update(item_rows).values(text="\n"))
    clock_of(waiting).pass_(minutes=20)
    with pytest.raises(StoreError, match=f"{ref}: it has no word.*undo {ref}"):
        later(waiting)
    assert not list((waiting.config.storage.published / "articles").glob("*/*"))
    with reading(waiting.engine):
        assert publishing.published_refs(waiting) == []


def test_a_new_text_without_a_word_takes_no_work_s_place(waiting):
    ref = letters(waiting, "author/receipt-article")[0].ref
    say(waiting, f"decide {ANA} '{ref} approve'")
    later(waiting, minutes=20)
    give(
        waiting,
        a_reply(digest_or_list(waiting), f"replace {ref}:\n--- begin\n...\n--- end", ANA, at=clock_of(waiting)()),
    )
    assert item(waiting, ref).item.motion == ""
    assert "no text is proposed" in text_of(octets_of(waiting, letters(waiting, "member/transcript")[-1]))


def digest_or_list(desk):
    """A letter of Ana's that says nothing of the item."""
    give(desk, a_mail("Another tram.\n", subject="Another", authentic=True))
    return digest_now(desk, ANA)


def _locked(reply: bytes) -> bytes:
    """The same answer, its body encrypted."""
    head = reply.split(b"\r\n\r\n", 1)[0]
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-", b"mime-"))]
    mail = message_from_bytes(ENCRYPTED)
    fields = f"MIME-Version: 1.0\r\nContent-Type: {mail['Content-Type']}\r\n\r\n".encode()
    return b"\r\n".join(kept) + b"\r\n" + fields + ENCRYPTED.split(b"\r\n\r\n", 1)[1]


def _subject(reply: bytes, subject: str) -> bytes:
    """The same answer as a tapped link writes it."""
    mail = message_from_bytes(reply, policy=policy.SMTP)
    mail.replace_header("Subject", subject)
    del mail["In-Reply-To"]
    del mail["References"]
    return mail.as_bytes()
