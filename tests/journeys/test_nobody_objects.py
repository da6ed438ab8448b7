"""The objection window: what stood in the lists of two days and was announced is approved unless somebody objects.

Told in mails over the days on which clocks change, in Europe and in the Pacific. What is said in between stops it, and
whatever makes it doubtful that members could have objected does too. A rebuild gives the same desk at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from build import (
    ANA,
    BEN,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    authenticated,
    clock_of,
    give,
    item,
    keep,
    letters,
    octets_of,
    ref_of,
    reminded,
    say,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.carry.deliver import deliver
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work

WHO = {ANA: f"Ana <{ANA}>", BEN: f"Ben <{BEN}>"}
LISBON, PACIFIC = "Europe/Lisbon", "America/Los_Angeles"
QUARTER = timedelta(minutes=15)
LOOK = timedelta(hours=6)
START = datetime(2026, 11, 16, 12, tzinfo=UTC)  # a Monday at noon
SILENCE = {"review.article.silence": "3d"}


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """A desk with Ana and Ben where silence of three days approves; a rebuild gives the same at the end."""
    with ExitStack() as stack:
        opened: list[Desk] = []

        def open_at(at: datetime = START, zone: str = "UTC", **options: object) -> Desk:
            chosen = {**SILENCE, "desk.timezone": zone, **options}
            desk = stack.enter_context(a_desk(tmp_path / "desk", at, **chosen))
            for email in (ANA, BEN):
                add_member(desk, email, WHO[email].split()[0])
            opened.append(desk)
            return desk

        yield open_at
        for desk in opened:
            work(desk)
            assert_same(desk)


def an_article(desk: Desk, *, authentic: bool = True, **changes: object) -> str:
    return ref_of(desk, give(desk, a_mail("It is late.\n", authentic=authentic, at=desk.now(), **changes)))


def until(desk: Desk, at: datetime) -> None:
    """The service at work, looking a few times a day: digests, effects, letters that leave."""
    while desk.now() < at:
        clock_of(desk).set(min(at, desk.now() + LOOK))
        reminded(desk)
        work(desk)
        deliver(desk)


def announced(desk: Desk, ref: str) -> datetime:
    """The service works until the item is announced; when it is to be approved."""
    for _ in range(40):
        until(desk, desk.now() + LOOK)
        at = item(desk, ref).item.consent_at
        if at is not None:
            return at
    raise AssertionError([(line.event, line.at, line.reason) for line in item(desk, ref).journal])


def lines(desk: Desk, ref: str, name: str) -> list[tuple[datetime, str, str]]:
    return [(line.at, str(line.actor), line.reason) for line in item(desk, ref).journal if line.event == name]


def tells(desk: Desk, email: str, letter: bytes, text: str, *, authentic: bool = True) -> None:
    give(desk, a_reply(letter, text, WHO[email], authentic=authentic, at=desk.now()))


def announcement(desk: Desk, email: str) -> bytes:
    return octets_of(desk, letters(desk, "member/announcement", email)[-1])


def test_what_nobody_objects_to_is_approved_at_the_announced_hour_and_settles(told):
    desk = told()
    ref = an_article(desk)
    came = desk.now()
    at = announced(desk, ref)
    assert {letter.to for letter in letters(desk, "member/announcement")} == {ANA, BEN}
    words = " ".join(text_of(announcement(desk, BEN)).split())
    assert "approved by itself on 20 November 2026 at 08:00 UTC" in words
    until(desk, at - QUARTER)
    assert state(desk, ref) == "pending"
    until(desk, at)
    assert lines(desk, ref, "approve") == [(at, "clock", "silence")]
    assert at - came >= timedelta(days=3), "never sooner than the policy says"
    until(desk, at + timedelta(minutes=10))
    assert item(desk, ref).item.place is None
    until(desk, at + QUARTER)
    assert state(desk, ref) == "published"


def test_it_is_off_unless_the_policy_names_a_time(told):
    desk = told(**{"review.article.silence": ""})
    ref = an_article(desk)
    until(desk, desk.now() + timedelta(days=6))
    assert not letters(desk, "member/announcement")
    assert state(desk, ref) == "pending"


CHANGES = [
    (LISBON, datetime(2026, 10, 21, 12, tzinfo=UTC), timedelta(hours=1)),  # clocks go back on Sunday 25 October
    (LISBON, datetime(2027, 3, 24, 12, tzinfo=UTC), timedelta(hours=-1)),  # and forward on 28 March
    (PACIFIC, datetime(2026, 10, 28, 18, tzinfo=UTC), timedelta(hours=1)),  # 1 November
    (PACIFIC, datetime(2027, 3, 10, 18, tzinfo=UTC), timedelta(hours=-1)),  # 14 March
]


@pytest.mark.parametrize(("zone", "start", "change"), CHANGES)
def test_over_a_change_of_the_clocks_the_announced_hour_is_that_hour_and_never_sooner(told, zone, start, change):
    desk = told(start, zone)
    ref = an_article(desk)
    at = announced(desk, ref)
    said = letters(desk, "member/announcement")[-1].created_at
    there = at.astimezone(ZoneInfo(zone))
    assert (there.hour, there.minute) == (8, 0)
    assert f"{there.day} {there:%B %Y} at 08:00 {there:%Z}" in " ".join(text_of(announcement(desk, ANA)).split())
    assert at.utcoffset() == timedelta(0)
    assert there.utcoffset() - start.astimezone(ZoneInfo(zone)).utcoffset() == -change, "the clocks change in between"
    assert at - start >= timedelta(days=3)
    assert at - said >= timedelta(days=1)
    until(desk, at - timedelta(minutes=1))
    assert state(desk, ref) == "pending"
    until(desk, at)
    assert state(desk, ref) == "approved"


@pytest.mark.parametrize(
    ("hour", "start", "there"),
    [
        ("daily 01:30", datetime(2026, 10, 21, 12, tzinfo=UTC), "25 01:30 WET"),  # twice that night: the later one
        ("daily 01:30", datetime(2027, 3, 24, 12, tzinfo=UTC), "28 02:30 WEST"),  # not at all that night: the next
    ],
)
def test_an_hour_that_the_clocks_repeat_or_skip_is_never_the_sooner_one(told, hour, start, there):
    desk = told(start, LISBON, **{"review.digest": hour})
    ref = an_article(desk)
    at = announced(desk, ref)
    assert f"{at.astimezone(ZoneInfo(LISBON)):%d %H:%M %Z}" == there
    until(desk, at)
    assert state(desk, ref) == "approved"


@pytest.mark.parametrize("word", ["reject: Too long.", "hold", "ask Which tram?", "note I am not sure of it."])
def test_any_word_of_a_member_in_between_stops_it(told, word):
    desk = told(**{"review.article.rejections": 2})
    ref = an_article(desk)
    at = announced(desk, ref)
    until(desk, at - timedelta(hours=1))
    tells(desk, BEN, announcement(desk, BEN), f"{ref} {word}")
    assert item(desk, ref).item.consent_at is None
    until(desk, at + QUARTER)
    assert lines(desk, ref, "approve") == []


@pytest.mark.parametrize("words", ["Please do not publish this, it is libel.", "This one is awful", "reject?", "stop"])
@pytest.mark.parametrize("authentic", [True, False])
def test_a_word_of_a_member_that_nobody_understood_may_be_an_objection(told, words, authentic):
    desk = told()
    ref = an_article(desk)
    at = announced(desk, ref)
    tells(desk, BEN, announcement(desk, BEN), words, authentic=authentic)
    assert item(desk, ref).item.consent_at is None
    assert [reason for _, _, reason in lines(desk, ref, "unannounce")] == ["unclear-words"]
    until(desk, at + timedelta(days=2))
    assert lines(desk, ref, "approve") == []
    assert item(desk, ref).item.consent_at is None, "it waits for people now"


def test_what_its_author_adds_in_between_stops_it_and_it_is_put_before_members_anew(told):
    desk = told()
    ref = an_article(desk)
    at = announced(desk, ref)
    letter = octets_of(desk, letters(desk, "author/receipt-article")[-1])
    give(desk, a_reply(letter, "It was the number 4.", "Jo Poole <jo@poole.example>", at=desk.now()))
    assert item(desk, ref).item.consent_at is None
    until(desk, at + timedelta(days=1))
    assert lines(desk, ref, "approve") == []
    again = announced(desk, ref)
    assert again - at >= timedelta(days=2)


def test_mail_that_was_not_authenticated_is_never_approved_by_silence(told):
    desk = told()
    ref = an_article(desk, authentic=False)
    until(desk, desk.now() + timedelta(days=6))
    assert lines(desk, ref, "announce") == []


def test_a_part_that_was_refused_needs_somebodys_eyes(told):
    desk = told()
    ref = an_article(desk, attachments=(("tool.exe", "application/octet-stream", b"MZ" + bytes(200)),))
    assert item(desk, ref).attachments[0].state == "refused"
    until(desk, desk.now() + timedelta(days=6))
    assert lines(desk, ref, "announce") == []


def test_lists_that_did_not_leave_put_nothing_before_anybody(told):
    desk = told()
    say(desk, "desk pause letters")
    ref = an_article(desk)
    until(desk, desk.now() + timedelta(days=6))
    assert lines(desk, ref, "announce") == []


def test_an_announcement_that_did_not_leave_a_day_before_approves_nothing(told):
    desk = told()
    ref = an_article(desk)
    at = announced(desk, ref)
    say(desk, "invite cleo@sluice.example Cleo active")
    until(desk, at)
    assert lines(desk, ref, "unannounce") == [(at, "clock", "not-told")]
    assert state(desk, ref) == "pending"
    until(desk, announced(desk, ref))
    assert state(desk, ref) == "approved", "once Cleo was told too"


def test_a_desk_that_slept_through_the_hour_has_heard_no_objection_and_asks_again(told):
    desk = told()
    ref = an_article(desk)
    at = announced(desk, ref)
    clock_of(desk).set(at + timedelta(hours=5))
    work(desk)
    assert lines(desk, ref, "unannounce") == [(at, "clock", "too-late")]
    assert state(desk, ref) == "pending"


def test_a_mail_that_nobody_has_read_yet_may_be_an_objection(told):
    desk = told()
    ref = an_article(desk)
    at = announced(desk, ref)
    until(desk, at - QUARTER)
    waiting = keep(desk, a_reply(announcement(desk, BEN), f"{ref} reject", WHO[BEN], at=desk.now()))
    clock_of(desk).set(at + timedelta(minutes=1))
    give(desk, a_mail("Another.\n", subject="Two", authentic=True, at=desk.now()))
    assert lines(desk, ref, "approve") == []
    work(desk)
    assert state(desk, ref) == "rejected"
    assert waiting


def test_an_objection_that_waits_for_a_yes_stops_it_too(told):
    desk = told()
    ref = an_article(desk)
    at = announced(desk, ref)
    tells(desk, BEN, announcement(desk, BEN), f"{ref} reject: Too long.", authentic=False)
    assert letters(desk, "member/step-up", BEN)
    until(desk, at)
    assert lines(desk, ref, "unannounce") == [(at, "clock", "unproven-words")]


def test_not_more_than_three_a_day(told):
    desk = told()
    refs = [an_article(desk, subject=f"Tram {n}") for n in range(5)]
    announced(desk, refs[-1])
    days = [each.date() for ref in refs if (each := item(desk, ref).item.consent_at)]
    assert sorted(days.count(day) for day in set(days)) == [2, 3]


def test_what_silence_approved_is_taken_back_by_anybody_and_waits_for_people_then(told):
    desk = told()
    ref = an_article(desk)
    at = announced(desk, ref)
    until(desk, at)
    tells(desk, ANA, announcement(desk, ANA), f"undo {ref}")
    assert state(desk, ref) == "pending"
    until(desk, at + timedelta(days=5))
    assert len(lines(desk, ref, "announce")) == 1


def test_one_more_approval_does_not_undo_what_silence_approved_and_a_veto_stops_it(told):
    desk = told(**{"review.article.approvals": 2})
    ref = an_article(desk)
    at = announced(desk, ref)
    until(desk, at)
    tells(desk, ANA, announcement(desk, ANA), f"{ref} approve")
    assert state(desk, ref) == "approved"
    tells(desk, BEN, announcement(desk, BEN), f"{ref} reject: Too long.")
    assert state(desk, ref) == "rejected"


def test_a_members_own_item_goes_by_the_others_silence_and_never_by_their_own(told):
    desk = told()
    say(desk, f"suspend {BEN}")
    ref = ref_of(desk, give(desk, authenticated(a_mail("Mine.\n", sender=WHO[ANA], at=desk.now()))))
    until(desk, desk.now() + timedelta(days=6))
    assert lines(desk, ref, "announce") == [], "nobody is left who could object"
