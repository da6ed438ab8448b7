"""A member names the day on which a work goes up, moves it, or takes it back; and until when something is on hold.

Each story ends with a rebuild that gives the same desk, and with `verify` finding all that is public as it should be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    JO,
    START,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    clock_of,
    digest_now,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.verify import verify
from mailproc.desk.serve.process import work

WHO = {ANA: f"Ana <{ANA}>", BEN: f"Ben <{BEN}>", JO: f"Jo Poole <{JO}>"}
FRIDAY = datetime(2026, 11, 27, 8, tzinfo=UTC)


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """A desk with Ana and Ben, by options; at its end a rebuild gives the same, and what is up is as it should be."""
    opened = []
    desks: list[Desk] = []

    def open_desk_of(**options: object) -> Desk:
        opened.append(a_desk(tmp_path / "desk", **options))
        desks.append(opened[-1].__enter__())
        for email in (ANA, BEN):
            add_member(desks[-1], email, WHO[email].split()[0])
        return desks[-1]

    yield open_desk_of
    for desk in desks:
        work(desk)
        assert_same(desk)
        assert verify(desk).findings == []
    for each in opened:
        each.__exit__(None, None, None)


def an_article(desk: Desk) -> str:
    ref = ref_of(desk, give(desk, a_mail("The tram was late.\n", authentic=True, at=desk.now())))
    for member in (ANA, BEN):
        digest_now(desk, member)
    return ref


def tells(desk: Desk, email: str, text: str) -> str:
    """The member answers the digest that they got first; their transcript, on one line."""
    letter = octets_of(desk, letters(desk, "member/digest", email)[0])
    give(desk, a_reply(letter, text, WHO[email], at=desk.now()))
    return flat(octets_of(desk, letters(desk, "member/transcript", email)[-1]))


def flat(octets: bytes) -> str:
    return " ".join(text_of(octets).split())


def until(desk: Desk, at: datetime) -> None:
    clock_of(desk).set(at)
    work(desk)


def up(desk: Desk, ref: str) -> datetime | None:
    return item(desk, ref).item.published_at


def test_a_yes_with_a_day_puts_it_up_then_and_not_before(told: Callable[..., Desk]):
    desk = told()
    ref = an_article(desk)
    assert "approved; it goes up on 27 November 2026 at 08:00" in tells(desk, ANA, f"{ref} yes on Friday at 08:00")
    until(desk, FRIDAY - timedelta(minutes=1))
    assert (state(desk, ref), up(desk, ref)) == ("approved", None)
    until(desk, FRIDAY + timedelta(hours=2))  # however late it is noticed
    assert (state(desk, ref), up(desk, ref)) == ("published", FRIDAY)
    assert item(desk, ref).item.publish_at is None


def test_a_day_is_moved_and_ended_by_any_member_and_who_approved_hears(told: Callable[..., Desk]):
    desk = told()
    ref = an_article(desk)
    tells(desk, ANA, f"{ref} publish on Friday")
    later(desk, hours=5)  # long after the time in which a decision may be undone
    assert "it goes up on 1 December 2026 at 18:30" in tells(desk, BEN, f"{ref} schedule 1 December 18:30")
    until(desk, FRIDAY + timedelta(hours=1))
    assert state(desk, ref) == "approved"
    assert "A.3 The tram: Ben moved the day on which it goes up" in flat(digest_now(desk, ANA))
    assert "no day is waited for" in tells(desk, BEN, f"{ref} publish at once")
    later(desk, minutes=20)
    assert state(desk, ref) == "published"


def test_a_day_named_before_the_last_approval_is_kept(told: Callable[..., Desk]):
    desk = told(**{"review.article.approvals": 2})
    ref = an_article(desk)
    assert "once it is approved, it goes up on 27 November" in tells(desk, ANA, f"{ref} yes, on 27 November at 8 am")
    assert "approved; it goes up on 27 November" in tells(desk, BEN, f"{ref} approve")
    later(desk, hours=4)
    assert state(desk, ref) == "approved"
    until(desk, FRIDAY)
    assert up(desk, ref) == FRIDAY


def test_an_undo_takes_the_day_back_with_the_approval(told: Callable[..., Desk]):
    desk = told()
    ref = an_article(desk)
    tells(desk, ANA, f"{ref} yes on Friday at 08:00")
    later(desk, days=1)
    tells(desk, ANA, f"undo {ref}")
    assert (state(desk, ref), item(desk, ref).item.publish_at) == ("pending", None)
    until(desk, FRIDAY + timedelta(hours=1))
    assert state(desk, ref) == "pending"
    tells(desk, ANA, f"{ref} yes")
    later(desk, minutes=20)
    assert state(desk, ref) == "published"


def test_a_day_that_is_past_or_may_be_two_changes_nothing(told: Callable[..., Desk]):
    desk = told()
    ref = an_article(desk)
    assert "names no one moment to come" in tells(desk, ANA, f"{ref} yes on 1 November 2026")
    tells(desk, ANA, f"{ref} yes on 05/12")
    tells(desk, ANA, f"{ref} yes on Friday or on Monday")
    assert (state(desk, ref), item(desk, ref).item.publish_at) == ("pending", None)


def test_its_author_may_take_it_back_until_then(told: Callable[..., Desk]):
    desk = told()
    ref = an_article(desk)
    tells(desk, ANA, f"{ref} yes on Friday at 08:00")
    later(desk, days=1)
    receipt = octets_of(desk, letters(desk, "author/receipt-article", JO)[-1])
    give(desk, a_reply(receipt, "Please withdraw it.", WHO[JO], at=desk.now()))
    until(desk, FRIDAY + timedelta(hours=1))
    assert (state(desk, ref), up(desk, ref)) == ("withdrawn", None)


def test_a_hold_until_a_day_lasts_until_then_and_a_thanks_of_its_author_does_not_wake_it(told: Callable[..., Desk]):
    desk = told(**{"review.article.hold": "3d"})
    ref = an_article(desk)
    assert "held; it comes back by itself on 10 December 2026 at 09:00" in tells(
        desk, ANA, f"{ref} hold until 10 December 09:00"
    )
    receipt = octets_of(desk, letters(desk, "author/receipt-article", JO)[-1])
    give(desk, a_reply(receipt, "Thanks!", WHO[JO], at=desk.now()))
    later(desk, days=5)
    assert state(desk, ref) == "held"
    assert "comes back by itself on 12 December" in tells(desk, BEN, f"{ref} hold until 12 December")
    until(desk, datetime(2026, 12, 11, tzinfo=UTC))
    assert state(desk, ref) == "held"
    until(desk, datetime(2026, 12, 12, tzinfo=UTC))
    assert (state(desk, ref), item(desk, ref).item.held_until) == ("pending", None)


def test_a_hold_may_be_shorter_than_the_policy_says(told: Callable[..., Desk]):
    desk = told(**{"review.article.hold": "30d"})
    ref = an_article(desk)
    tells(desk, ANA, f"{ref} hold until tomorrow")
    until(desk, START + timedelta(days=1, hours=12))
    assert state(desk, ref) == "pending"
    tells(desk, ANA, f"{ref} hold until we hear from Jo")
    assert state(desk, ref) == "pending"


def test_the_other_members_read_of_it_once_and_not_each_day_until_then(told: Callable[..., Desk]):
    desk = told()
    ref = an_article(desk)
    tells(desk, ANA, f"{ref} yes on Friday at 08:00")
    later(desk, hours=3)
    assert "It takes effect on 27 November 2026 at 08:00" in flat(digest_now(desk, BEN))
    later(desk, days=1)
    digest = digest_now(desk, BEN)
    assert digest == octets_of(desk, letters(desk, "member/digest", BEN)[1])  # nothing waits, so none was written


def test_what_waits_says_the_day_that_was_named_for_it(told: Callable[..., Desk]):
    desk = told(**{"review.article.approvals": 2})
    ref = an_article(desk)
    tells(desk, ANA, f"{ref} yes on Friday at 08:00")
    assert "Once it is approved, it goes up on 27 November 2026 at 08:00" in flat(digest_now(desk, BEN))
