"""Every machine's mail of the corpus comes to one desk, and every person's who sounds like one.

Machines open nothing, add nothing and get no letter; nothing of a person's is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from build import (
    ANA,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    entry_of,
    give,
    item,
    keep,
    later,
    letters,
    octets_of,
    received,
    text_of,
)

from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work
from mailproc.message.model import Envelope
from mailproc.message.parse import parse
from mailproc.message.report import value_of

WRITERS = "writers"
CORPUS = Path(__file__).resolve().parents[1] / "corpus"
TO = {"not_auto": "articles@harbour.example", WRITERS: "articles@harbour.example"}
TO |= {"auto": "desk@harbour.example", "dsn": "desk@harbour.example"}
MANY = {"limits.letters_to_strangers_per_day": 10_000, "limits.letters_per_sender_per_day": 10_000}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "desk", **MANY) as one:
        add_member(one, ANA, "Ana")
        yield one


def sent(desk: Desk, folder: str) -> dict[str, int]:
    """Every mail of a folder, received and worked; its number by the file's name."""
    numbers = {}
    for path in sorted((CORPUS / folder).glob("*.eml")):
        raw = path.read_bytes()
        raw += f"\n{path.stem}\n".encode() if folder == WRITERS else b""  # they all say the same
        returns = value_of(parse(raw)[0], "return-path")
        envelope = Envelope(returns.strip("<>") if returns else None, (TO[folder],))
        numbers[path.stem] = keep(desk, raw, envelope)
    work(desk)
    return numbers


@pytest.mark.parametrize("folder", ["auto", "dsn"])
def test_no_machine_opens_anything_or_gets_a_letter(desk, folder):
    numbers = sent(desk, folder)
    rows = {name: received(desk, number) for name, number in numbers.items()}
    assert len(rows) > 50
    assert {name: row.kind for name, row in rows.items() if row.kind not in {"automatic", "bounce"}} == {}
    assert {name: row.refs for name, row in rows.items() if row.refs} == {}
    assert [letter.to for letter in letters(desk) if letter.cause in numbers.values()] == []


def test_nothing_that_a_person_wrote_is_dropped(desk):
    """Each opens an item, which a member sees in the digest."""
    numbers = sent(desk, "not_auto")
    rows = {name: received(desk, number) for name, number in numbers.items()}
    assert {name: row.kind for name, row in rows.items() if not row.refs} == {}
    shown = text_of(digest_now(desk, ANA))
    assert [name for name, row in rows.items() if row.refs[0] not in shown] == []


def test_who_writes_a_malformed_field_hears_from_us_and_is_named(desk):
    """Where it means one mailbox; where it does not, the mail opens its item all the same, and nobody gets a letter."""
    expected = json.loads((CORPUS / WRITERS / "expected.json").read_text(encoding="utf-8"))
    numbers = sent(desk, WRITERS)
    authors = {name: item(desk, f"A-{number}").item.author.email for name, number in numbers.items()}
    assert authors == {name: each["email"] if each else "" for name, each in expected.items()}
    answered = {name: entry_of(desk, number).unanswered for name, number in numbers.items()}
    meant_alike = {"one-receipt-a-day"}  # they all come from one mailbox, and none is proven
    assert {answered[name] for name, each in expected.items() if each} <= {"", *meant_alike}
    assert all(answered[name] not in {"", *meant_alike} for name, each in expected.items() if not each)
    written = {letter.to for letter in letters(desk) if letter.cause in numbers.values()}
    assert written == {each["email"] for each in expected.values() if each}
    assert not any(item(desk, f"A-{number}").item.authenticated for number in numbers.values())


@pytest.mark.parametrize(
    "subject",
    ["Read: the lamplighter", "Auto: a road story", "Lu : une chronique", "Gelesen: drei Bücher", "RE: Absence"],
)
def test_an_article_whose_title_sounds_like_a_machine_is_an_article(desk, subject):
    text = "The lamplighter walked the quay each night until the gas was turned off.\n\n" * 5
    number = give(desk, a_mail(text, subject=subject))
    assert item(desk, f"A-{number}").item.state == "pending"
    assert entry_of(desk, number).unanswered == ""


def test_who_answers_from_a_second_address_is_seen_by_the_members(desk):
    """Only the receipt is withheld: a machine that answers from a new address looks the same."""
    give(desk, a_mail(authentic=True))
    receipt = octets_of(desk, letters(desk)[-1])
    number = give(desk, a_reply(receipt, "Please leave out the last paragraph.", "Jo <jo@work.example>"))
    [ref] = received(desk, number).refs
    assert entry_of(desk, number).unanswered == "answers-anothers-letter"
    assert ref in text_of(digest_now(desk, ANA))


def test_a_forged_in_reply_to_costs_its_author_nothing(desk):
    """It names a letter that we never wrote, so it answers nobody's."""
    number = give(desk, a_mail("The ferry was late.\n", In_Reply_To=f"<{'a' * 26}@harbour.example>"))
    assert item(desk, f"A-{number}").item.state == "pending"
    assert [letter.cause for letter in letters(desk)] == [number]


def test_a_machine_that_answers_each_letter_alike_is_answered_once(desk):
    """It holds the letter's secret and has no header field: the second time its words are kept, and that is all."""
    number = give(desk, a_mail(authentic=True))
    for _ in range(3):
        give(
            desk,
            a_reply(octets_of(desk, letters(desk)[-1]), "Your mail is case 7, we are on it.", "Jo <jo@poole.example>"),
        )
    assert len(letters(desk)) == 2
    said = [line.words for line in item(desk, f"A-{number}").journal if line.event == "addition"]
    assert len(said) == 3


def test_who_asks_the_same_again_after_a_week_is_answered_again(desk):
    give(desk, a_mail(authentic=True))
    told = octets_of(desk, letters(desk)[-1])
    for _ in range(2):
        give(desk, a_reply(told, "Any news of the article?", "Jo <jo@poole.example>", at=desk.now()))
        later(desk, days=8)
    assert len(letters(desk, "author/receipt-addition")) == 2


def test_the_same_command_is_answered_each_time(desk):
    number = give(desk, a_mail(authentic=True))
    for _ in range(2):
        give(desk, a_reply(octets_of(desk, letters(desk)[0]), "withdraw", "Jo <jo@poole.example>", authentic=True))
    assert item(desk, f"A-{number}").item.state == "withdrawn"
    assert len(letters(desk)) == 3
