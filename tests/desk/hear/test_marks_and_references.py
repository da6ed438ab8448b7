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
    received,
    say,
    state,
    text_of,
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


STORY = "THE TRAM\n\nIt never came.\n"
TYPED = (  # what a telephone, a word processor and a hand make of "--- begin"
    "--- {}",
    "\u2014 {}",
    "\u2013- {}",
    "\u2014-{}",
    "\u00a0-- {}\u00a0",
    "--- {} ---",
    "\u2013\u2013\u2013 {}:",
    "   -----{}.",
)


def limited(form: str, text: str) -> str:
    return f"{form.format('Begin')}\n{text}{form.format('END')}\nDo not print this; my number is 555 0199. Jo\n"


@pytest.fixture
def alone(tmp_path) -> Iterator[Desk]:
    """A desk on which nothing has happened: Ana decides."""
    with a_desk(tmp_path / "desk") as opened:
        add_member(opened, ANA, "Ana")
        yield opened


@pytest.mark.parametrize("form", TYPED)
def test_an_article_is_what_stands_between_its_marks_and_the_receipt_says_so(alone: Desk, form: str):
    ref = an_article(alone, f"Dear all, here it is.\n{limited(form, STORY)}")
    found = item(alone, ref).item
    assert (found.text, found.extent) == (STORY, "marked")
    receipt = " ".join(text_of(octets_of(alone, letters(alone, "author/receipt-article", JO)[-1])).split())
    assert "“THE TRAM It never came.”, 5 words" in receipt
    assert "555" not in receipt


@pytest.mark.parametrize("form", TYPED[:4])
def test_what_is_published_is_exactly_what_stands_between_the_marks(alone: Desk, form: str):
    ref = an_article(alone, f"Dear all, here it is.\n{limited(form, STORY)}")
    say(alone, f"decide {ANA} '{ref} approve'")
    later(alone, minutes=20)
    place = alone.config.storage.published / item(alone, ref).item.place
    assert (place / "text.txt").read_text(encoding="utf-8") == STORY


@pytest.mark.parametrize("form", TYPED)
def test_an_author_s_version_and_a_member_s_replacement_are_limited_alike(alone: Desk, form: str):
    ref = an_article(alone, "Old words.\n")
    receipt = octets_of(alone, letters(alone, "author/receipt-article", JO)[-1])
    give(alone, a_reply(receipt, f"version\n{limited(form, STORY)}", f"Jo Poole <{JO}>", at=alone.now()))
    assert (item(alone, ref).item.text, item(alone, ref).item.extent) == (STORY, "marked")
    say(alone, f"decide {ANA} '{ref} approve'")
    later(alone, minutes=20)
    an_article(alone, "Something that waits.\n")
    digest = digest_now(alone, ANA)
    give(alone, a_reply(digest, f"show {ref}", f"Ana <{ANA}>", at=alone.now()))
    shown = octets_of(alone, letters(alone, "member/item", ANA)[-1])
    give(
        alone,
        a_reply(shown, f"{ref} replace\n{limited(form, 'Another text.' + chr(10))}", f"Ana <{ANA}>", at=alone.now()),
    )
    assert item(alone, ref).item.new_text == "Another text.\n"
