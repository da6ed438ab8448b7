"""Subjects that decide: only in a mail to a reply address with its secret, that answers nothing (a tapped link)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from build import (
    ANA,
    BEN,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    entry_of,
    give,
    item,
    letters,
    octets_of,
    text_of,
)

from mailproc.desk.ground.wire import Desk
from mailproc.store.octets import archive


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """Ana and Ben decide; Jo's article A-3 waits."""
    with a_desk(tmp_path / "desk") as opened:
        add_member(opened, ANA, "Ana")
        add_member(opened, BEN, "Ben")
        give(opened, a_mail(authentic=True))
        yield opened


def tap(desk: Desk, subject: str, body: str, *, sender: str = ANA, to: str = "", **fields: str) -> None:
    digest_now(desk, ANA)
    to = to or desk.reply_address(letters(desk, "member/digest", ANA)[-1].id)
    give(desk, a_mail(body, sender=sender, to=to, subject=subject, authentic=True, **fields))


def votes(desk: Desk) -> list[tuple[str, str]]:
    return [(vote.verdict, vote.words) for vote in item(desk, "A-3").votes if not vote.undone]


@pytest.mark.parametrize("body", ["", "\n", "A-3 approve\n", "\n-- \nAna\n", "Sent from my phone\n"])
def test_a_tapped_link_decides_whatever_is_left_of_its_body(desk, body):
    tap(desk, "A-3 approve", body)
    assert votes(desk) == [("approve", "")]


def test_a_body_alone_decides_where_the_subject_was_dropped(desk):
    tap(desk, "", "A-3 approve\n")
    assert votes(desk) == [("approve", "")]


def test_the_reason_in_the_body_belongs_to_the_word_in_the_subject(desk):
    tap(desk, "A-3 reject", "A-3 reject: we ran this in spring\n")
    assert votes(desk) == [("reject", "we ran this in spring")]


def test_where_they_differ_neither_acts_and_the_member_hears(desk):
    tap(desk, "A-3 approve", "A-3 reject\n")
    assert votes(desk) == []
    assert "Not done" in text_of(octets_of(desk, letters(desk, "member/transcript")[-1]))


@pytest.mark.parametrize("subject", ["A-3 approve?", "Re: A-3 approve", "A-3 approve but cut the end", "approve"])
def test_a_subject_that_is_not_wholly_a_command_decides_nothing(desk, subject):
    give(desk, a_mail("Fog.\n", subject="Fog", authentic=True))
    tap(desk, subject, "\n")
    assert votes(desk) == []


def test_in_an_answer_the_subject_says_nothing(desk):
    letter = digest_now(desk, ANA)
    mail = a_reply(letter, "Thank you.", ANA, at=desk.now()).replace(
        b"Subject: Re: ", b"Subject: A-3 approve\r\nX-Old: "
    )
    give(desk, mail)
    tap(desk, "A-3 approve", "\n", In_Reply_To="<somebody.elses@client.example>")
    assert votes(desk) == []


def test_without_the_secret_a_subject_decides_nothing(desk):
    tap(desk, "A-3 approve", "\n", to="desk@harbour.example")
    tap(desk, "A-3 approve", "\n", sender=BEN)
    assert votes(desk) == []


# What else is quoted


def test_a_colleagues_answer_that_is_quoted_decides_nothing(desk):
    """Ben answered and copied Ana in; her program puts his words below our letter, without a mark."""
    letter = digest_now(desk, ANA)
    bens = a_reply(digest_now(desk, BEN), "I looked at it with Cleo and I think that we should all say: A-3 hold", BEN)
    give(desk, bens)
    bens_id = re.search(rb"(?m)^Message-ID: <([^>]+)>", bens)
    assert bens_id is not None
    ours = "\n".join(f"> {line}" for line in text_of(letter).splitlines())
    words = f"Thank you, Ben.\n\n{ours}\n\nI looked at it with Cleo and I think that we\nshould all say: A-3 hold\n"
    mine = letters(desk, "member/digest", ANA)[-1]
    for references in (f"<{bens_id[1].decode()}> <{mine.message_id}>", f"<{mine.message_id}>"):
        mail = a_mail(words, sender=ANA, to=desk.reply_address(mine.id), authentic=True, References=references)
        unclear = " ".join(entry_of(desk, give(desk, mail)).unclear)
        assert ("hold" in unclear) is (bens_id[1].decode() not in references)
    assert votes(desk) == []


def test_a_mail_of_the_thread_that_is_gone_is_passed_over(desk):
    bens = a_reply(digest_now(desk, BEN), "Thank you.", BEN)
    number = give(desk, bens)
    path = archive.message_path(desk.archive, number)
    path.unlink()
    bens_id = re.search(rb"(?m)^Message-ID: <([^>]+)>", bens)
    assert bens_id is not None
    mine = a_reply(digest_now(desk, ANA), "A-3 approve", ANA, at=desk.now())
    give(desk, mine.replace(b"References: ", b"References: <" + bens_id[1] + b"> "))
    assert votes(desk) == [("approve", "")]
