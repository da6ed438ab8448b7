"""Moments and hours as members write them, in seven languages; what can be read in two ways is not read at all."""

# ruff: noqa: RUF001 - letters of several scripts, and meant

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.review.language import when
from mailproc.review.language.lexicon import LEXICONS

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)  # a Sunday
LISBON = ZoneInfo("Europe/Lisbon")  # on UTC in winter
KOLKATA = ZoneInfo("Asia/Kolkata")

DAYS = {
    "until Friday": "2026-11-27",
    "till fri": "2026-11-27",
    "until Sunday": "2026-11-29",
    "until Friday.": "2026-11-27",
    "through Friday": "2026-11-28",
    "until Friday inclusive": "2026-11-28",
    "hasta el viernes": "2026-11-27",
    "hasta el viernes inclusive": "2026-11-28",
    "jusqu'à vendredi": "2026-11-27",
    "jusqu’à vendredi inclus": "2026-11-28",
    "bis Freitag": "2026-11-27",
    "bis einschließlich Freitag": "2026-11-28",
    "fino a venerdì": "2026-11-27",
    "até sexta-feira": "2026-11-27",
    "до пятницы": "2026-11-27",
    "по пятницу": "2026-11-28",
    "until tomorrow": "2026-11-23",
    "hasta mañana": "2026-11-23",
    "bis übermorgen": "2026-11-24",
    "bis uebermorgen": "2026-11-24",
    "до завтра": "2026-11-23",
    "until next week": "2026-11-23",
    "bis nächste Woche": "2026-11-23",
    "until next month": "2026-12-01",
    "in 3 days": "2026-11-25",
    "for 2 weeks": "2026-12-06",
    "for a week": "2026-11-29",
    "2 weeks": "2026-12-06",
    "für 2 Wochen": "2026-12-06",
    "durante 3 días": "2026-11-25",
    "pendant une semaine": "2026-11-29",
    "на 2 недели": "2026-12-06",
    "until 2026-12-05": "2026-12-05",
    "until 5 December": "2026-12-05",
    "until Dec 5": "2026-12-05",
    "until December 5th, 2026": "2026-12-05",
    "until the 5th of December": "2026-12-05",
    "until Saturday, 5 December": "2026-12-05",
    "bis 5.12.": "2026-12-05",
    "bis zum 5. Dezember": "2026-12-05",
    "bis 5.12.26": "2026-12-05",
    "hasta el 5 de diciembre de 2026": "2026-12-05",
    "jusqu'au 1er décembre": "2026-12-01",
    "fino al 5 dicembre": "2026-12-05",
    "até 1º de dezembro": "2026-12-01",
    "до 5 декабря": "2026-12-05",
    "until 25/12": "2026-12-25",
    "until 12/25": "2026-12-25",
    "until 5 January": "2027-01-05",
    "until 22 November 2027": "2027-11-22",
    "until 18 March": "2027-03-18",
}


@pytest.mark.parametrize("words", DAYS)
def test_the_moment_is_the_beginning_of_that_day(words: str):
    assert when.until(words, NOW, LISBON) == datetime.fromisoformat(DAYS[words]).replace(tzinfo=UTC)


NO_DAY = (
    "",
    "until",
    "until 05/12",
    "until 5-12",
    "until next Friday",
    "until Friday 5 December",
    "until 31 November",
    "until 2026-11-22",
    "until 2020-01-01",
    "until 2099-01-01",
    "until further notice",
    "for lunch",
    "until Friday or Saturday",
    "until mar",
    "until 5",
    "for 9999 days",
    "until 5 May December",
    "until Friday, please approve everything",
    "5.12.26.11",
    "until 99999999999999999999",
)


@pytest.mark.parametrize("words", NO_DAY)
def test_what_names_no_day_or_two_is_not_guessed(words: str):
    assert when.until(words, NOW, LISBON) is None


def test_days_begin_where_the_writer_lives():
    late = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # Monday already in Kolkata
    assert when.until("until tomorrow", late, KOLKATA) == datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    assert when.until("until Monday", late, KOLKATA) == datetime(2026, 11, 29, 18, 30, tzinfo=UTC)
    assert when.until("until 1 April", NOW, LISBON) == datetime(2027, 3, 31, 23, 0, tzinfo=UTC)  # summer time by then


def test_an_end_begins_as_an_end():
    for words in ("until Friday", "for 2 weeks", "2 weeks", "bis Freitag", "hasta el viernes", "до пятницы"):
        assert when.names_an_end(words)
    for words in ("Friday", "tomorrow", "in the train", "", "5 December"):
        assert not when.names_an_end(words)


@pytest.mark.parametrize("words", ["until 22 November", "until 20 November", "bis 20.11.", "hasta el 1 de octubre"])
def test_a_day_that_may_be_past_is_asked_back(words: str):
    assert when.until(words, NOW, UTC) is None
    assert when.readable(words)


@pytest.mark.parametrize("lexicon", LEXICONS, ids=lambda lexicon: lexicon.language)
def test_every_weekday_and_month_of_every_language(lexicon):
    for n, names in enumerate(lexicon.calendar.weekdays):
        for name in names:
            for until in lexicon.calendar.until:
                found = when.until(f"{until} {name}", NOW, UTC)
                assert found is not None, (until, name)
                assert found.weekday() == n
                assert 0 < (found - NOW.replace(hour=0, minute=0)).days <= 7
    for n, names in enumerate(lexicon.calendar.months, 1):
        for name in names:
            in_spring = NOW.replace(month=4, day=2) if n > 3 else NOW
            found = when.until(f"{lexicon.calendar.until[0]} 3 {name}", in_spring, UTC)
            assert found is not None, name
            assert (found.month, found.day) == (n, 3)


HOURS = {
    "18:00": time(18),
    "8": time(8),
    "8 am": time(8),
    "8 p.m.": time(20),
    "12 am": time(0),
    "12 pm": time(12),
    "8h30": time(8, 30),
    "18 Uhr": time(18),
    "18 Uhr 30": time(18, 30),
    "um 18.30 Uhr": time(18, 30),
    "a las 18": time(18),
    "à 8h": time(8),
    "alle 18": time(18),
    "às 18h": time(18),
    "в 18 часов": time(18),
    "at 08:05": time(8, 5),
    "0:00": time(0),
}


@pytest.mark.parametrize("words", HOURS)
def test_an_hour(words: str):
    assert when.hour(words) == HOURS[words]


@pytest.mark.parametrize(
    "words", ["", "24:00", "8:61", "13 pm", "0 am", "bread", "18:00 or 19:00", "8 9", "-3", "half past eight", "188"]
)
def test_what_is_no_hour(words: str):
    assert when.hour(words) is None


SPANS = {
    "22:00-07:00": (time(22), time(7)),
    "22-7": (time(22), time(7)),
    "22:00 \u2013 07:00": (time(22), time(7)),
    "from 22 to 7": (time(22), time(7)),
    "10 pm - 7 am": (time(22), time(7)),
    "between 22:30 and 6:15": (time(22, 30), time(6, 15)),
    "von 22 bis 7 Uhr": (time(22), time(7)),
    "de 22 a 7": (time(22), time(7)),
    "de 22h à 7h": (time(22), time(7)),
    "dalle 22 alle 7": (time(22), time(7)),
    "das 22h às 7h": (time(22), time(7)),
    "с 22 до 7": (time(22), time(7)),
}


@pytest.mark.parametrize("words", SPANS)
def test_a_span_of_hours(words: str):
    assert when.span(words) == SPANS[words]


@pytest.mark.parametrize("words", ["", "22", "22-22", "10 pm - 7", "10-11 am", "22 7", "22-7-9", "night", "25-7"])
def test_what_is_no_span(words: str):
    assert when.span(words) is None


def test_never_is_said_in_every_language():
    for lexicon in LEXICONS:
        assert all(when.never(word) for word in lexicon.calendar.never)
    assert not when.never("22-7")


MONTHS = {
    "until March": "2027-03-01",
    "through March": "2027-04-01",
    "March inclusive": None,
    "until March inclusive": "2027-04-01",
    "before the March of 2028": "2028-03-01",
    "bis März": "2027-03-01",
    "bis einschließlich März": "2027-04-01",
    "jusqu'en mars": "2027-03-01",
    "hasta marzo": "2027-03-01",
    "fino a marzo": "2027-03-01",
    "até março": "2027-03-01",
    "до марта": "2027-03-01",
    "по март": "2027-04-01",
    "through November": "2026-12-01",
    "until November": None,  # it is November, and a year is far off
    "until October": None,
    "in March": None,
    "March": None,
    "until March 12345": None,
}


@pytest.mark.parametrize("words", MONTHS)
def test_a_month_ends_where_it_begins_unless_all_of_it_is_meant(words: str):
    found = when.until(words, NOW, UTC)
    assert (f"{found:%Y-%m-%d}" if found else None) == MONTHS[words]


PARTED = {
    "a cartoonist until March": ("a cartoonist", "until March"),
    "photographs for North Pier until Friday.": ("photographs for North Pier", "until Friday"),
    "a cartoonist (until 5 December)": ("a cartoonist", "until 5 December"),
    "Humor bis 5.12.": ("Humor", "bis 5.12"),
    "un dessinateur jusqu'au 5 décembre": ("un dessinateur", "jusqu'au 5 décembre"),
    "волонтёры до 5 декабря": ("волонтёры", "до 5 декабря"),
    "somebody who draws for 2 weeks": ("somebody who draws", "for 2 weeks"),
    "until Friday: a cartoonist": ("a cartoonist", "until Friday"),
    "photos until 05/12": ("photos", "until 05/12"),  # no day, and it is asked back
    "photos until 1984": ("photos until 1984", ""),
    "letters until the end": ("letters until the end", ""),
    "photographs for North Pier": ("photographs for North Pier", ""),
    "anything": ("anything", ""),
    "": ("", ""),
}


@pytest.mark.parametrize("words", PARTED)
def test_what_is_said_is_parted_from_its_end(words: str):
    assert when.parted(words) == PARTED[words]


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - made aware below
def test_it_never_fails_and_never_names_the_past(words: str, now: datetime):
    aware = now.replace(tzinfo=UTC)
    found = when.until(words, aware, KOLKATA)
    assert found is None or found > aware
    when.hour(words)
    when.span(words)
    when.never(words)
    when.names_an_end(words)
    when.parted(words)
