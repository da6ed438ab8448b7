"""References and marks as keyboards and autocorrection leave them, through the front door.

A reference that is not read makes a new item of a withdrawal, and the old one goes up all the same; a mark that is
not read puts words into print that their author cut out.
"""

from __future__ import annotations

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
    give,
    item,
    received,
    state,
)

from mailproc.desk.ground.wire import Desk

WRITTEN = (  # A-2, with {} for the number
    "A\u2013{}",  # what a word processor makes of a hyphen
    "A\u2014{}",
    "A \u2013 {}",
    "A - {}",
    "a\u2212{}",
    "A\u2011{}",
    "A\u00a0-\u00a0{}",
    "A--{}",
    "A\u00ad{}",  # a soft hyphen, which is seen where a line ends
    "A\u200b-{}",
    "\u0410-{}",  # Cyrillic
    "\u0430 \u2013 {}",
    "\uff21\uff0d{}",  # full width
    "_A-{}",
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Iterator[Desk]:
    """Ana and Ben decide; each test opens an article of its own."""
    with a_desk(tmp_path_factory.mktemp("desk") / "desk") as opened:
        add_member(opened, ANA, "Ana")
        add_member(opened, BEN, "Ben")
        yield opened


def an_article(desk: Desk, text: str = "The tram was late.\n") -> str:
    return received(desk, give(desk, a_mail(text, authentic=True))).refs[0]


def written(form: str, ref: str) -> str:
    return form.format(ref.removeprefix("A-"))


@pytest.mark.parametrize("form", WRITTEN)
def test_an_author_s_withdrawal_withdraws_and_opens_nothing(desk: Desk, form: str):
    ref = an_article(desk)
    number = give(desk, a_mail(f"{written(form, ref)} withdraw\n", authentic=True))
    assert received(desk, number).refs == ()
    assert state(desk, ref) == "withdrawn"


def test_a_withdrawal_in_the_subject_is_read_the_same_way(desk: Desk):
    ref = an_article(desk)
    give(desk, a_mail("Thanks!\n", subject=f"{written(WRITTEN[0], ref)} withdraw", authentic=True))
    assert state(desk, ref) == "withdrawn"


@pytest.mark.parametrize("form", WRITTEN)
def test_a_member_s_reply_decides_on_the_item_that_it_names(desk: Desk, form: str):
    ref = an_article(desk)
    give(desk, a_reply(digest_now(desk, ANA), f"{written(form, ref)} approve", f"Ana <{ANA}>", at=desk.now()))
    assert [(vote.member, vote.verdict) for vote in item(desk, ref).votes] == [(ANA, "approve")]


@pytest.mark.parametrize("form", WRITTEN[:4])
def test_a_member_s_mail_that_answers_nothing_is_a_review_and_opens_nothing(desk: Desk, form: str):
    ref = an_article(desk)
    line = f"{written(form, ref)} approve\n"
    number = give(desk, a_mail(line, sender=f"Ben <{BEN}>", to="desk@harbour.example", subject="Tram", authentic=True))
    assert (received(desk, number).kind, received(desk, number).refs) == ("review", ())
    assert not item(desk, ref).votes, "it has no secret of a letter"


@pytest.mark.parametrize(
    "line", ["A.{} withdraw", "AA-{} withdraw", "A-{}th withdraw", "A / {} withdraw", "A_{} withdraw"]
)
def test_what_only_resembles_a_reference_withdraws_nothing(desk: Desk, line: str):
    ref = an_article(desk)
    give(desk, a_mail(f"{written(line, ref)}\n", authentic=True))
    assert state(desk, ref) == "pending"
