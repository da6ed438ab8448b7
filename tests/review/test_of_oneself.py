"""What members say of themselves, on a line of its own; the same words in chat do nothing. And subjects."""

from __future__ import annotations

import pytest
from worded import hint_of

from mailproc.message.words.quotation import Sent
from mailproc.review.reply import file, habit
from mailproc.review.reply.command import Listed, Listing, Reading, read_reply, read_subject, with_subject

LISTING = Listing((Listed("A-12", 12, "article", "The tram"), Listed("A-13", 13, "article", "Bread")), single=False)
ONE = Listing(LISTING.items[:1], single=True)


def said(text: str, listing: Listing = LISTING) -> Reading:
    return read_reply(text, None, None, Sent(""), (), listing, "member")


def acts(reading: Reading) -> list[tuple[str, ...]]:
    return [tuple(p for p in (c.verb, *c.refs, c.words) if p) for c in reading.commands]


ACTS = {
    "away": ("away",),
    "Away until Friday": ("away", "until Friday"),
    "away until Friday, thanks!": ("away", "until Friday"),
    "away until 5 December, stand-in Sam": ("away", "until 5 December, stand-in Sam"),
    "away, stand-in sam@home.example": ("away", "stand-in sam@home.example"),
    "away for 2 weeks": ("away", "for 2 weeks"),
    "away until 2026-12-05": ("away", "until 2026-12-05"),
    "away through 5 December 2031": ("away", "through 5 December 2031"),
    "away until 29 February": ("away", "until 29 February"),
    "abwesend bis 5.12.": ("away", "bis 5.12"),
    "ausente hasta el viernes": ("away", "hasta el viernes"),
    "back": ("back",),
    "I'm back!": ("back",),
    "at once": ("at once",),
    "daily": ("daily",),
    "daily 18:00": ("daily", "18:00"),
    "daily at 8, please": ("daily", "at 8"),
    "quiet 22:00-07:00": ("quiet", "22:00-07:00"),
    "quiet hours from 22 to 7": ("quiet", "from 22 to 7"),
    "quiet never": ("quiet", "never"),
    "time zone: Europe/Lisbon": ("time zone", "Europe/Lisbon"),
    "stand-in Sam Hill": ("stand-in", "Sam Hill"),
    "stand-in nobody": ("stand-in", "nobody"),
    "silent": ("silent",),
    "transcripts": ("transcripts",),
    "resign": ("resign",),
    "Resign. Thanks.": ("resign",),
    "new address": ("new address",),
}


@pytest.mark.parametrize("text", ACTS)
@pytest.mark.parametrize("listing", [LISTING, ONE], ids=["digest", "one item"])
def test_a_whole_line_acts(text: str, listing: Listing):
    reading = said(text, listing)
    assert (acts(reading), reading.unclear) == ([ACTS[text]], ())


CHAT = (
    "back to you tomorrow",
    "back\nto you tomorrow about all of it",
    "I was ill.\nBack",
    "away for lunch",
    "away Friday",
    "away tomorrow",
    "away until 5/12",
    "away until next Friday",
    "away in 3 days",
    "I am away until Friday, please approve everything",
    "away until Friday, please approve everything",
    "away until Friday\nbut do look at A-12 and tell me",
    "daily bread is what it is about",
    "daily?",
    "daily 18:00?",
    "Daily Mail",
    "quiet",
    "quiet please",
    "quiet around here",
    "time zone",
    "time zone? I do not know",
    "stand-in for the editor who left us in May is what he was",
    "silent night",
    "resign from commenting",
    "resign?",
    "resign\nfrom what he called a circus",
    "I resign, unless this stops",
    "at once would be best",
    "A-12 away",
    "A-12 daily 18:00",
    "new address of the harbour office",
    "See you when the tram is\nback",
    "-- \nAna\nBack",
    "> away until Friday",
)


@pytest.mark.parametrize("text", CHAT)
@pytest.mark.parametrize("listing", [LISTING, ONE], ids=["digest", "one item"])
def test_chat_sets_and_decides_nothing(text: str, listing: Listing):
    assert said(text, listing).commands == ()


def test_what_is_not_clear_is_asked_back_with_an_example():
    (unclear,) = said("away until 5/12").unclear
    assert (unclear.reason, hint_of(unclear)) == (
        "unclear-words",
        'write only "away until Friday" on the line, or a date as in "away until 2026-12-05"',
    )


@pytest.mark.parametrize(
    "text",
    [
        "away until Friday\n\nback",
        "daily\n\nat once",
        "silent\n\ntranscripts",
        "away until Friday\n\naway until Monday",
    ],
)
def test_wishes_that_undo_each_other_act_on_neither(text: str):
    reading = said(text)
    assert reading.commands == ()
    assert {unclear.reason for unclear in reading.unclear} == {"contradiction"}


def test_decisions_and_a_wish_in_one_mail_both_act():
    assert acts(said("A-12 approve\nA-13 hold\n\naway until Friday\n\nBest,\nAna")) == [
        ("approve", "A-12"),
        ("hold", "A-13"),
        ("away", "until Friday"),
    ]


def test_an_absence_has_an_end_and_a_stand_in():
    assert habit.absence("until Friday, stand-in Sam Hill") == ("until Friday", "Sam Hill")
    assert habit.absence("bis Freitag, Vertretung: Sam") == ("bis Freitag", "Sam")
    assert habit.absence("stand-in Sam") == ("", "Sam")
    assert habit.absence("until Friday") == ("until Friday", "")


# Subjects


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("A-12 approve", [("approve", "A-12")]),
        ("Approve A-12", [("approve", "A-12")]),
        ("A-12 reject: too long", [("reject", "A-12", "too long")]),
        ("A-12 aprobado", [("approve", "A-12")]),
        ("help", [("help",)]),
        ("Re: A-12 approve", []),
        ("A-12 approve?", []),
        ("A-12 approve but cut the end", []),
        ("do not approve A-12", []),
        ("Decision on A-12", []),
        ("The Harbour Review: 2 items wait for you, 22 November 2026", []),
        ("A-99 approve", []),
        ("approve", []),
        ("> A-12 approve", []),
        ("", []),
        ("A-12 approve\nA-13 approve", []),
        ("A-12 approve " * 100, []),
    ],
)
def test_only_a_whole_subject_is_a_command(subject: str, expected: list[tuple[str, ...]]):
    reading = read_subject(subject, LISTING, "member")
    assert (acts(reading), reading.unclear) == (expected, ())


@pytest.mark.parametrize(
    ("subject", "body", "expected", "reasons"),
    [
        ("A-12 approve", "", [("approve", "A-12")], []),
        ("A-12 approve", "Thanks,\nAna", [("approve", "A-12")], []),
        ("A-12 approve", "A-12 approve", [("approve", "A-12")], []),
        ("A-12 reject", "A-12 reject: too long", [("reject", "A-12", "too long")], []),
        ("A-12 approve", "A-12 hold", [], ["subject-differs", "subject-differs"]),
        ("A-12 approve", "A-12 approve\nA-13 hold", [], ["subject-differs"] * 2),
        ("A-12 approve", "do not approve it", [], ["subject-differs", "negated"]),
        ("A-12 approve", "A-12 aprove", [], ["subject-differs", "near-miss"]),
        ("Re: your letter", "A-12 hold", [("hold", "A-12")], []),
        ("Re: your letter", "hm", [], ["no-verb"]),
    ],
)
def test_subject_and_body_are_one_word(subject: str, body: str, expected: list[tuple[str, ...]], reasons: list[str]):
    reading = with_subject(read_subject(subject, LISTING, "member"), said(body))
    assert acts(reading) == expected
    assert [unclear.reason for unclear in reading.unclear] == reasons


FILES = (("North Pier Society", "North Pier Society"), ("NPS", "North Pier Society"))
OF_WISHES = Listing(LISTING.items, single=False, files=FILES, sections=("humour", "articles"))
WANTED = {
    "wanted: a cartoonist until March": ("wanted", "a cartoonist until March"),
    "wanted humour": ("wanted", "humour"),
    "wanted section humour": ("wanted", "section humour"),
    "gesucht: Rubrik Satire": ("wanted", "Rubrik Satire"),
    "wanted photographs for North Pier": ("wanted", "photographs for North Pier"),
    "on cherche: un dessinateur": ("wanted", "un dessinateur"),
    "ищем: художник": ("wanted", "художник"),
    "unwanted: a cartoonist": ("unwanted", "a cartoonist"),
    "unwanted NPS until Friday": ("unwanted", "NPS until Friday"),
    "ya no se busca: humor": ("unwanted", "humor"),
}


@pytest.mark.parametrize("text", WANTED)
def test_what_is_wanted_is_said_in_a_line(text: str):
    reading = said(text, OF_WISHES)
    assert (acts(reading), reading.unclear) == ([WANTED[text]], ())


def test_several_lines_of_what_is_wanted_stand_for_themselves_and_two_of_the_same_do_not():
    reading = said("wanted: a poet\nwanted: a cartoonist\nunwanted humour", OF_WISHES)
    assert acts(reading) == [("wanted", "a poet"), ("wanted", "a cartoonist"), ("unwanted", "humour")]
    torn = said("wanted: a poet until Friday\nunwanted: a poet", OF_WISHES)
    assert (acts(torn), [each.reason for each in torn.unclear]) == ([], ["contradiction", "contradiction"])


SOUGHT = {
    "photographs for North Pier": file.Sought(file="North Pier Society", line="photographs"),
    "Fotos für die North Pier Society bis März": file.Sought(file="North Pier Society", line="Fotos", until="bis März"),
    "fotos para el archivo de North Pier": file.Sought(file="North Pier Society", line="fotos"),
    "des photos pour le dossier NPS": file.Sought(file="North Pier Society", line="des photos"),
    "фотографии для NPS": file.Sought(file="North Pier Society", line="фотографии"),
    "for North Pier: photographs": file.Sought(file="North Pier Society", line="photographs"),
    "North Pier": file.Sought(file="North Pier Society"),
    "Humour": file.Sought(section="humour"),
    "rubrique «satire»": file.Sought(section="satire"),
    "a cartoonist": file.Sought(line="a cartoonist"),
}


@pytest.mark.parametrize("text", SOUGHT)
def test_what_a_line_looks_for(text: str):
    assert file.sought(text, FILES, OF_WISHES.sections) == SOUGHT[text]
