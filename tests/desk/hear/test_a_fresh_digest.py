"""A mail of one word, "digest", brings a fresh one to the member who lost theirs, and nothing to anybody else."""

from __future__ import annotations

from collections.abc import Iterator
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
    clock_of,
    digest_now,
    entry_of,
    give,
    letters,
    octets_of,
    ref_of,
    refs_in,
    reminded,
    say,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk
from mailproc.workflow.entry import Entry

DESK = "desk@harbour.example"
WORDS = ("digest", "Digest, please.", "resumen", "résumé", "neue Übersicht", "riepilogo", "resumo", "сводка")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "desk") as desk:
        add_member(desk, ANA, "Ana")
        add_member(desk, BEN, "Ben")
        give(desk, a_mail(subject="Bread"))
        yield desk


def write(desk: Desk, text: str, subject: str = "Hello", sender: str = f"Ana <{ANA}>", **fields: object) -> Entry:
    """A mail that answers nothing; what was decided about it."""
    clock_of(desk).pass_(minutes=1)
    fields = {"authentic": True, "to": DESK, "at": desk.now()} | fields
    return entry_of(desk, give(desk, a_mail(text, sender=sender, subject=subject, **fields)))


def digests(desk: Desk, to: str = ANA) -> list[bytes]:
    return [octets_of(desk, each) for each in letters(desk, "member/digest", to)]


@pytest.mark.parametrize("word", WORDS)
def test_one_word_brings_it_in_any_language(desk: Desk, word: str):
    entry = write(desk, f"{word}\n\n-- \nAna\n")
    (letter,) = digests(desk)
    assert (entry.kind, entry.reason, entry.events[-1].name) == ("review", "fresh-digest", "digest")
    clock_of(desk).pass_(minutes=1)
    ref = refs_in(letter)[0]
    give(desk, a_reply(letter, f"{ref} approve", ANA, at=desk.now()))
    assert state(desk, ref) == "approved"


@pytest.mark.parametrize(
    ("text", "subject", "html"),
    [
        ("\n", "digest", None),
        ("Thanks!\n\nAna\n", "Re: Digest", None),
        ("digest\n", "Hello", "<p>digest</p>"),
        ("Hi,\n\nDIGEST!\n\nThanks,\nAna\n", "Lost", None),
        ("digest\n\nSent from my iPhone\n", "Hello", None),
        ("digest\n\n-- \nAna, Harbour Office\nhttps://harbour.example\n", "", None),
        ("-- \nAna, Harbour Office\n", "new digest", None),
        ("Bitte.\n", "neue Übersicht", None),
    ],
)
def test_the_subject_will_do_above_an_empty_mail(desk: Desk, text: str, subject: str, html: str | None):
    write(desk, text, subject, html=html)
    assert len(digests(desk)) == 1


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("The digest was nice.\n", "Hello"),
        ("digest\n\nAnd here is my article. The tram never came, and we walked.\n", "The tram"),
        ("Is there a digest?\n", "A question"),
        ("The tram never came, and we walked along the quay.\n", "digest"),
        ("no digest\n", "Hello"),
        ("digest?\n\nOr was it a list that you called it? I do not know any more.\n", "Hello"),
        ("> digest\n", "Hello"),
        ("", "Harbour digest, December"),
    ],
)
def test_a_mail_that_says_more_is_no_such_wish(desk: Desk, text: str, subject: str):
    write(desk, text, subject)
    assert digests(desk) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk", "List_Id": "<news.harbour.example>"},
        {"Return_Path": "<>", "Auto_Submitted": "auto-generated"},
    ],
)
def test_a_machine_gets_none(desk: Desk, fields: dict[str, str]):
    assert write(desk, "digest\n", **fields).letters == ()


def test_who_is_away_has_one_to_come_back_with_and_who_is_suspended_has_none(desk: Desk):
    give(desk, a_reply(digest_now(desk, ANA), "away until 2027-01-02", ANA, at=desk.now()))
    write(desk, "digest\n")
    assert len(digests(desk)) == 2
    clock_of(desk).pass_(minutes=1)
    give(desk, a_reply(digests(desk)[-1], "back", ANA, at=desk.now()))
    say(desk, f"suspend {ANA}")
    assert write(desk, "digest\n\n", "Again").letters == ()


def test_from_any_address_of_theirs_it_goes_to_the_registered_one(desk: Desk):
    say(desk, f"change {ANA} address=ana@quay.example")
    write(desk, "digest\n", sender="Ana <ana@quay.example>")
    assert len(digests(desk)) == 1
    assert not letters(desk, to="ana@quay.example")


def test_a_document_called_so_is_a_contribution(desk: Desk):
    write(desk, "\n", "Résumé", attachments=(("resume.txt", "text/plain", b"The tram never came. We walked.\n"),))
    assert digests(desk) == []


def test_it_goes_to_the_registered_address_and_repeats_what_the_lost_one_said(desk: Desk):
    ref = ref_of(desk, give(desk, a_mail("Fog again.\n", subject="Fog")))
    first = digest_now(desk, ANA)
    give(desk, a_reply(digest_now(desk, BEN), f"{ref} discard", BEN, at=desk.now()))
    clock_of(desk).pass_(minutes=20)
    second = digest_now(desk, ANA)
    assert ref in refs_in(first)
    assert f"({ref}): discarded by Ben" in " ".join(text_of(second).split())
    write(desk, "digest\n")
    write(desk, "digest\n\n", "Again")
    for fresh in digests(desk)[2:]:
        assert f"({ref}): discarded by Ben" in " ".join(text_of(fresh).split())
    assert len(digests(desk)) == 4
    assert_same(desk)


def test_the_daily_one_is_owed_no_less(desk: Desk):
    write(desk, "digest\n")
    clock_of(desk).pass_(days=1)
    reminded(desk)
    assert len(digests(desk)) == 2


def test_where_nothing_waits_it_says_so(desk: Desk):
    give(desk, a_reply(digest_now(desk, ANA), f"{refs_in(digest_now(desk, ANA))[0]} discard", ANA, at=desk.now()))
    clock_of(desk).pass_(minutes=30)
    write(desk, "digest\n")
    assert "Nothing waits for a decision." in text_of(digests(desk)[-1])


def test_S125_somebody_else_asks_in_a_members_name(desk: Desk):
    """catalogue S125: nothing is sent to anybody, and the member reads one line of it, however often it is tried."""
    for n in range(5):
        entry = write(desk, "digest\n", f"Hello {n}", authentic=False)
        assert (entry.state, entry.reason, entry.letters) == ("unauthorised", "unproven-digest", ())
    forged = write(desk, "digest\n", authentic=False, Reply_To="eve@else.example", sender=f"Ana <{ANA}>")
    assert forged.letters == ()
    assert not letters(desk, to="eve@else.example")
    text = " ".join(text_of(digest_now(desk, ANA)).split())
    assert text.count("asked for a fresh list, and none was sent") == 1


@pytest.mark.parametrize("sender", [f"Jo Poole <{JO}>", "Eve <eve@else.example>"])
def test_S125_a_stranger_gets_none(desk: Desk, sender: str):
    """catalogue S125: the word is a member's; a stranger's mail is sorted as any."""
    entry = write(desk, "digest\n", sender=sender)
    assert entry.kind != "review"
    assert not letters(desk, "member/digest")


def test_S126_a_few_a_day(desk: Desk):
    """catalogue S126: a flood of them, signed by the member, fills nobody's mailbox."""
    most = desk.config.limits.letters_per_sender_per_day
    for n in range(most + 3):
        write(desk, "digest\n", f"Hello {n}")
    assert len(digests(desk)) == most


def test_S127_one_to_somebody_else_is_not_passed_on(desk: Desk):
    """catalogue S127: a signed mail of one word that was written to another is no wish of theirs to us."""
    number = give(
        desk,
        a_mail("digest\n", sender=f"Ana <{ANA}>", to="cleo@sluice.example", authentic=True, at=desk.now()),
        envelope=None,
    )
    assert entry_of(desk, number).letters == ()
    assert not digests(desk)


@pytest.mark.parametrize("said", ["digest", "A-3 approve\n\ndigest", "сводка"])
def test_a_line_of_a_reply_does_the_same(desk: Desk, said: str):
    letter = digest_now(desk, ANA)
    clock_of(desk).pass_(minutes=1)
    give(desk, a_reply(letter, said, ANA, at=desk.now()))
    assert len(digests(desk)) == 2


def test_after_a_lost_key_or_a_fresh_one_the_next_day_brings_one_as_ever(desk: Desk):
    """A period that is no date puts off no other: before, a digest in the place of a lost one was the last for ever."""
    write(desk, "digest\n")
    for day in range(2):
        clock_of(desk).pass_(days=1)
        reminded(desk)
        assert len(digests(desk)) == day + 2
