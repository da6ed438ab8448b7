"""What is wanted at one time, from files and from members' own lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mailproc.dossier.wanted import fitting, standing
from mailproc.workflow.group import Group, Wanted

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PIER = Group("North Pier Society", needs=("a photograph",), state="gathering")
FERRY = Group("Ferry League", state="complete")
LATER, PAST = NOW + timedelta(days=1), NOW - timedelta(seconds=1)


def names(*lines: Wanted, now: datetime = NOW) -> list[str]:
    return [each.group.name for each in standing((PIER, FERRY), lines, now).files]


def test_files_that_take_material_are_wanted_by_themselves():
    assert names() == ["North Pier Society"]
    assert standing((PIER,), (), NOW, {"North Pier Society": ["minutes"]}).files[0].needs == ("minutes",)


def test_members_have_the_last_word_on_a_file():
    off, on = Wanted(file="north pier society", wanted=False, until=LATER), Wanted(file="Ferry League")
    assert names(off, on) == ["Ferry League"]
    assert names(off, now=LATER) == ["North Pier Society"]
    assert names(Wanted(file="Ferry League", words="tickets")) == ["North Pier Society", "Ferry League"]
    assert names(off, Wanted(file="North Pier Society", words="a photo")) == []


def test_a_line_whose_time_is_over_is_none():
    lines = (Wanted(words="a cartoonist", until=LATER), Wanted(words="a poet", until=PAST), Wanted(section="humour"))
    assert [line.words or line.section for line in standing((), lines, NOW).asked] == ["humour", "a cartoonist"]
    assert standing((), lines, LATER).asked == (Wanted(section="humour"),)


def test_whoever_sent_something_hears_what_goes_with_it():
    of_pier, of_ferry = Wanted(file=PIER.name, words="minutes"), Wanted(file=FERRY.name, words="tickets")
    now = standing((PIER, FERRY), (of_pier, of_ferry, Wanted(section="humour"), Wanted(words="a poet")), NOW)
    assert fitting(now, "humour", None) == (Wanted(words="a poet"),)
    assert fitting(now, None, PIER.name) == (of_pier, Wanted(section="humour"), Wanted(words="a poet"))
