"""A day behind a yes, behind `schedule` and behind `hold until`, in seven languages; and what is none."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailproc.message.words.quotation import Sent
from mailproc.review.language import when
from mailproc.review.reply.command import Listed, Listing, Reading, read_reply

LISTING = Listing(
    (
        Listed("A-12", 12, "article", "The tram"),
        Listed("F-13", 13, "material", "Photos"),
        Listed("M-15", 15, "membership", "Jo Poole"),
        Listed("U-16", 16, "unsorted", "Hello", "article"),
    ),
    single=False,
)
ONE = Listing(LISTING.items[:1], single=True)
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)  # a Sunday
LISBON = ZoneInfo("Europe/Lisbon")  # an hour before UTC in summer


def said(text: str, listing: Listing = LISTING) -> Reading:
    return read_reply(text, None, None, Sent(""), (), listing, "member")


def acts(text: str, listing: Listing = LISTING) -> list[tuple[str, str, str]]:
    return [(c.verb, ref, c.argument) for c in said(text, listing).commands for ref in c.refs]


@pytest.mark.parametrize(
    ("line", "verb", "day"),
    [
        ("A-12 yes on 1 May 08:00", "approve", "on 1 May 08:00"),
        ("A-12 yes, Friday, thanks", "approve", "Friday"),
        ("approve A-12 on Friday at 8, please", "approve", "on Friday at 8"),
        ("publish A-12 on 1 May", "approve", "on 1 May"),
        ("A-12 publish on 1 May", "schedule", "1 May"),
        ("schedule A-12 1 May 08:00", "schedule", "1 May 08:00"),
        ("schedule A-12 for 2026-12-05", "schedule", "for 2026-12-05"),
        ("A-12 schedule now", "schedule", "now"),
        ("A-12 publish at once", "schedule", "once"),
        ("A-12 hold until Friday", "hold", "until Friday"),
        ("hold A-12 until 1 May, thanks", "hold", "until 1 May"),
        ("A-12 hold for 2 weeks", "hold", "for 2 weeks"),
        ("A-12 ja, am 1. Mai um 8 Uhr", "approve", "am 1. Mai um 8 Uhr"),
        ("A-12 sí, el 1 de mayo a las 8", "approve", "el 1 de mayo a las 8"),
        ("A-12 oui, le 1er mai à 8h", "approve", "le 1er mai à 8h"),
        ("A-12 sì, il 1 maggio alle 8", "approve", "il 1 maggio alle 8"),
        ("A-12 sim, no dia 1 de maio às 8h", "approve", "no dia 1 de maio às 8h"),
        ("A-12 да, 1 мая в 8:00", "approve", "1 мая в 8:00"),
        ("A-12 retener hasta el viernes", "hold", "hasta el viernes"),
    ],
)
def test_a_day_may_stand_behind_the_word(line: str, verb: str, day: str):
    assert acts(line) == [(verb, "A-12", day)]


@pytest.mark.parametrize("line", ["yes on 1 May 08:00", "approve 1 May 08:00", "schedule 1.5. 08:00", "hold 2 weeks"])
def test_the_number_of_a_day_is_no_item(line: str):
    ((verb, ref, day),) = acts(line, ONE)
    assert (ref, bool(day)) == ("A-12", True), verb


@pytest.mark.parametrize(
    "line",
    [
        "A-12 yes on Friday or Monday",
        "A-12 yes on Friday?",
        "A-12 approve, 1 May was lovely",
        "A-12 approve until Friday",
        "A-12 approve on Friday if Jo agrees",
        "A-12 hold until we hear from Jo",
        "A-12 don't publish on 1 May",
        "A-12 schedule",
        "A-12 schedule it well",
        "A-12 yes, 12:30",  # perhaps the time of a mail
        "M-15 yes on 1 May",  # nobody joins on a day
        "U-16 yes on 1 May",
        "all yes on 1 May",  # among them who wants to join
        "A-12 yes on 1 May\nA-12 yes on 2 May",
        "A-12 reject\nA-12 publish on 1 May",
    ],
)
def test_what_is_not_just_a_day_comes_back(line: str):
    reading = said(line)
    assert reading.commands == ()
    assert reading.unclear


def test_ranges_stay_ranges():
    assert [ref for _, ref, _ in acts("approve 12 to 13")] == ["A-12", "F-13"]
    assert [ref for _, ref, _ in acts("approve 12-13")] == ["A-12", "F-13"]


def test_a_yes_and_its_day_may_stand_on_two_lines():
    assert acts("A-12 approve\nA-12 publish on 1 May") == [("approve", "A-12", ""), ("schedule", "A-12", "1 May")]


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("on 1 May 08:00", "2027-05-01T07:00"),
        ("1 May at 8 am", "2027-05-01T07:00"),
        ("08:00 on 1 May", "2027-05-01T07:00"),
        ("Friday", "2026-11-27T00:00"),
        ("tomorrow at 8", "2026-11-23T08:00"),
        ("today 18:00", "2026-11-22T18:00"),
        ("at 18:00", "2026-11-22T18:00"),
        ("in 3 days", "2026-11-25T00:00"),
        ("1.5. 8:00", "2027-05-01T07:00"),
        ("am Freitag um 8", "2026-11-27T08:00"),
        ("el 1 de mayo a las 8", "2027-05-01T07:00"),
        ("vendredi à 8h30", "2026-11-27T08:30"),
        ("il 1 maggio alle 8", "2027-05-01T07:00"),
        ("na sexta às 8h", "2026-11-27T08:00"),
        ("1 мая в 8", "2027-05-01T07:00"),
        ("today", None),  # an hour is missing
        ("at 9:00", None),  # past
        ("1 May 2026", None),
        ("05/12", None),  # in two ways
        ("Friday 8", None),  # a day, or an hour
        ("1 May 8", None),
        ("18:00", None),  # perhaps the time of a mail
        ("for 3 days", None),  # a length
        ("1 May 2040", None),
    ],
)
def test_a_moment_to_come_is_read_in_one_way_or_not_at_all(words: str, at: str | None):
    found = when.moment(words, NOW, LISBON)
    assert (found and f"{found:%Y-%m-%dT%H:%M}") == at


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("until Friday", "2026-11-27T00:00"),
        ("until Friday 18:00", "2026-11-27T18:00"),
        ("through Friday", "2026-11-28T00:00"),
        ("for 2 weeks", "2026-12-06T00:00"),
        ("bis 1. Mai", "2027-04-30T23:00"),
        ("hasta el 1 de mayo a las 8", "2027-05-01T07:00"),
        ("until we hear", None),
        ("until 05/12", None),
    ],
)
def test_an_end_may_have_its_hour(words: str, at: str | None):
    found = when.end(words, NOW, LISBON)
    assert (found and f"{found:%Y-%m-%dT%H:%M}") == at
