"""What happens by itself: at its due time, in order, once, and in the journal at the time it was due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from build import (
    ANA,
    BEN,
    JO,
    START,
    a_desk,
    a_mail,
    add_member,
    clock_of,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    received,
    reminded,
    say,
    state,
    text_of,
)

from mailproc.desk.clock import clockwork
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import process, work
from mailproc.review.rota import digest_moment
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.people import members
from mailproc.store.work import groups


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    with a_desk(tmp_path / "desk") as opened:
        add_member(opened, ANA, "Ana")
        yield opened


def an_article(desk: Desk, subject: str = "The tram") -> str:
    return f"A-{give(desk, a_mail(authentic=True, subject=subject))}"


def decide(desk: Desk, words: str, email: str = ANA) -> None:
    say(desk, f'decide {email} "{words}"')


def clock_rows(desk: Desk, deed: str) -> list[str]:
    with reading(desk.engine) as conn:
        return [row.source for row in rows.every(conn) if row.source.startswith("clock:") and f"/{deed}/" in row.source]


def lines(desk: Desk, ref: str) -> list[tuple[str, timedelta]]:
    """(event, time since the start) of the journal."""
    return [(line.event, line.at - START) for line in item(desk, ref).journal]


def test_a_decision_settles_at_its_due_time_however_late_that_is_noticed(desk):
    ref = an_article(desk)
    decide(desk, f"{ref} reject: no")
    later(desk, minutes=14)
    assert item(desk, ref).item.settles_at is not None
    later(desk, hours=40)
    assert lines(desk, ref)[-1] == ("settle", timedelta(minutes=15))
    [letter] = letters(desk, "author/rejected")
    assert letter.created_at == START + timedelta(minutes=15)


def test_what_was_due_before_a_mail_happens_before_it(desk):
    """A vote that comes after the settling is too late, though nobody had looked at the clock."""
    ref = an_article(desk)
    decide(desk, f"{ref} discard")
    clock_of(desk).pass_(minutes=16)
    decide(desk, f"{ref} approve")
    assert state(desk, ref) == "discarded"
    said = text_of(octets_of(desk, letters(desk, "member/transcript")[-1]))
    assert "already discarded by the operator, for Ana" in " ".join(said.split())


def test_effects_come_in_the_order_in_which_they_were_due(desk):
    first, second = an_article(desk, "One"), an_article(desk, "Two")
    decide(desk, f"{second} reject")
    clock_of(desk).pass_(minutes=1)
    decide(desk, f"{first} reject")
    later(desk, days=2)
    assert [letter.ref for letter in letters(desk, "author/rejected")] == [second, first]


def test_an_effect_noticed_twice_happens_once(desk):
    ref = an_article(desk)
    decide(desk, f"{ref} discard")
    clock_of(desk).pass_(minutes=20)
    with reading(desk.engine) as conn:
        [(at, name, _)] = clockwork.effects(conn, desk, desk.now())
    source = clockwork.source_of(at, f"{name} {ref}")
    assert clockwork.tick(desk, lambda number: process(desk, number))
    assert not clockwork.tick(desk, lambda number: process(desk, number))
    assert len([each for each in clock_rows(desk, "settle") if each.startswith(source)]) == 1


def test_an_item_that_moved_on_meanwhile_is_left_alone(desk):
    """Two processes notice one due time; the one that comes second finds that it is no longer due."""
    ref = an_article(desk)
    decide(desk, f"{ref} discard")
    clock_of(desk).pass_(minutes=20)
    late = clockwork._enter
    clockwork.tick(desk, lambda number: process(desk, number))
    before = item(desk, ref)
    late(desk, f"settle {ref}", START + timedelta(minutes=15), lambda number: process(desk, number), 999)
    assert item(desk, ref) == before
    [number] = [n for n in range(1, 20) if _source(desk, n).endswith("/999")]
    assert entry_of(desk, number).reason == "no-longer-due"


def _source(desk: Desk, number: int) -> str:
    with reading(desk.engine) as conn:
        row = rows.get(conn, number)
    return row.source if row else ""


def test_what_is_on_hold_comes_back_after_two_weeks_and_what_waits_lapses_with_a_word(desk):
    ref = an_article(desk)
    decide(desk, f"{ref} hold")
    later(desk, days=14, minutes=-1)
    assert state(desk, ref) == "held"
    later(desk, minutes=1)
    assert state(desk, ref) == "pending"
    later(desk, days=31)
    assert state(desk, ref) == "lapsed"
    assert lines(desk, ref)[-2:] == [("wake", timedelta(days=14)), ("lapse", timedelta(days=44))]
    assert [letter.to for letter in letters(desk, "author/lapsed")] == [JO]


def test_a_long_sleep_lets_one_effect_lead_to_the_next(desk):
    """On hold for two weeks, then thirty days of waiting: both are due when the desk wakes after two months."""
    ref = an_article(desk)
    decide(desk, f"{ref} hold")
    later(desk, days=60)
    assert lines(desk, ref)[-2:] == [("wake", timedelta(days=14)), ("lapse", timedelta(days=44))]


@pytest.mark.parametrize(
    ("to", "ref", "wanted"),
    [
        ("contact@harbour.example", "Q", ("closed", "reader/closed")),
        ("join@harbour.example", "M", ("lapsed", "applicant/lapsed")),
        ("files@harbour.example", "F", ("lapsed", "author/lapsed")),
    ],
)
def test_every_kind_that_waits_too_long_ends_with_a_word(desk, to, ref, wanted):
    number = give(desk, a_mail("Here is what you asked for.", to=to, authentic=True))
    later(desk, days=31)
    assert (state(desk, f"{ref}-{number}"), [x.template for x in letters(desk, to=JO)][-1]) == wanted


def test_an_approved_article_is_published_once_and_dated_when_it_settled(desk):
    ref = an_article(desk)
    decide(desk, f"{ref} approve")
    later(desk, hours=5)
    found = item(desk, ref).item
    assert found.published_at == START + timedelta(minutes=15)
    assert [event for event, _ in lines(desk, ref)].count("published") == 1
    assert found.place is not None
    assert (desk.config.storage.published / found.place / "text.txt").read_text() == "The tram was late again.\n"
    work(desk)
    assert len(letters(desk, "author/published")) == 1


def test_what_was_taken_down_leaves_one_line_in_its_place(desk):
    ref = an_article(desk)
    decide(desk, f"{ref} approve")
    later(desk, hours=1)
    place = desk.config.storage.published / str(item(desk, ref).item.place)
    decide(desk, f"undo {ref}")
    later(desk, minutes=1)
    assert (state(desk, ref), item(desk, ref).item.place) == ("pending", None)
    assert not (place / "text.txt").exists()
    [left] = [path for path in place.iterdir() if path.suffix == ".md"]
    assert ref in left.read_text()
    assert "tram was late" not in left.read_text()


def test_the_first_material_makes_a_wanted_file_a_gathering_one(desk):
    mail = a_mail("Leaflets of the North Pier Society.", to="files@harbour.example", subject="North Pier Society")
    number = give(desk, mail)
    decide(desk, f"F-{number} approve")
    wanted = (desk.config.storage.published / "wanted.json").read_text() if later(desk, minutes=1) is None else ""
    assert '"state": "wanted"' in wanted
    later(desk, hours=1)
    assert state(desk, f"F-{number}") == "gathered"
    with reading(desk.engine) as conn:
        known = {group.name: group for group in desk.groups(groups.every(conn))}
    assert known["North Pier Society"].state == "gathering"
    assert known["North Pier Society"].needs, "what it still needs is not forgotten"
    assert '"state": "gathering"' in (desk.config.storage.published / "wanted.json").read_text()


def test_one_lost_attachment_does_not_keep_the_next_article_from_its_readers(desk):
    broken = give(desk, a_mail(authentic=True, attachments=(("pier.png", "image/png", b"\x89PNG\r\n\x1a\n..."),)))
    whole = an_article(desk, "Whole")
    for ref in (f"A-{broken}", whole):
        decide(desk, f"{ref} approve")
    for path in desk.config.storage.attachments.rglob("*"):
        if path.is_file():
            path.unlink()
    with pytest.raises(Exception, match=r"pier\.png.*`mailproc mend`"):
        later(desk, hours=1)
    assert state(desk, whole) == "published"
    assert state(desk, f"A-{broken}") == "approved"


# Reminders and digests


def test_members_are_reminded_every_three_days_in_one_letter_for_all_that_waits(desk):
    first, second = an_article(desk, "One"), an_article(desk, "Two")
    clock_of(desk).pass_(days=2, hours=23)
    assert [x for x in [reminded(desk)] if letters(desk, "member/reminder")] == []
    clock_of(desk).pass_(hours=1)
    reminded(desk)
    [letter] = letters(desk, "member/reminder")
    assert letter.listed == (first, second)
    reminded(desk)
    assert len(letters(desk, "member/reminder")) == 1
    clock_of(desk).pass_(days=3)
    reminded(desk)
    assert len(letters(desk, "member/reminder")) == 2


def test_a_long_sleep_owes_one_reminder_not_one_for_each_that_was_missed(desk):
    an_article(desk)
    clock_of(desk).pass_(days=20)
    reminded(desk)
    reminded(desk)
    [letter] = letters(desk, "member/reminder")
    assert letter.created_at == START + timedelta(days=18)
    clock_of(desk).pass_(days=1)
    reminded(desk)
    assert len(letters(desk, "member/reminder")) == 2


def test_nobody_who_may_decide_and_the_operator_hears_of_it(tmp_path):
    with a_desk(tmp_path / "desk") as desk:
        ref = an_article(desk)
        clock_of(desk).pass_(days=3)
        reminded(desk)
        [letter] = letters(desk, "operator/notice")
        assert letter.to == "operator@harbour.example"
        assert ref in text_of(octets_of(desk, letter))


def test_the_daily_digest_comes_once_for_each_day_and_only_if_something_waits(desk):
    clock_of(desk).pass_(hours=23)  # 08:00 of the next day
    reminded(desk)
    assert not letters(desk, "member/digest")
    an_article(desk)
    clock_of(desk).pass_(days=1)
    reminded(desk)
    reminded(desk)
    clock_of(desk).pass_(hours=3)
    reminded(desk)
    [letter] = letters(desk, "member/digest")
    assert letter.created_at == START + timedelta(days=1, hours=23)


def test_a_week_of_sleep_owes_one_digest_not_seven(desk):
    an_article(desk)
    clock_of(desk).pass_(days=7)
    reminded(desk)
    reminded(desk)
    assert len(letters(desk, "member/digest")) == 1


def test_a_member_is_owed_digests_only_for_hours_after_they_joined(desk):
    an_article(desk)
    clock_of(desk).set(START + timedelta(days=1))
    add_member(desk, BEN, "Ben")
    reminded(desk)
    assert [letter.to for letter in letters(desk, "member/digest")] == [ANA]
    clock_of(desk).pass_(days=1)
    reminded(desk)
    assert sorted(letter.to for letter in letters(desk, "member/digest")) == [ANA, ANA, BEN]


def test_ones_own_article_alone_makes_no_digest(desk):
    give(desk, a_mail(sender=f"Ana <{ANA}>", authentic=True))
    clock_of(desk).pass_(days=1)
    reminded(desk)
    assert not letters(desk, "member/digest")


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-22T07:59:00+00:00", "2026-11-21T08:00:00+00:00"),
        ("2026-11-22T08:00:00+00:00", "2026-11-22T08:00:00+00:00"),
    ],
)
def test_the_digest_hour_is_the_last_one_that_struck(desk, now, due):
    moment = type(START).fromisoformat
    with reading(desk.engine) as conn:
        hours = desk.hours(members.get(conn, ANA))
    assert digest_moment(hours, moment(now)) == moment(due)


def test_a_digest_hour_that_the_clocks_repeat_counts_once(tmp_path):
    """Lisbon, 25 October 2026: 01:30 comes twice, at 00:30 and at 01:30 UTC."""
    moment = type(START).fromisoformat
    options = {"desk.timezone": "Europe/Lisbon", "review.digest": "daily 01:30"}
    with a_desk(tmp_path / "desk", at=moment("2026-10-24T12:00:00+00:00"), **options) as desk:
        add_member(desk, ANA, "Ana")
        an_article(desk)
        for hour in range(24):
            clock_of(desk).set(moment("2026-10-24T23:15:00+00:00") + timedelta(hours=hour))
            reminded(desk)
        assert len(letters(desk, "member/digest")) == 1


def test_a_digest_asked_for_comes_at_once_and_again_when_asked_again(desk):
    an_article(desk)
    digest_now(desk, ANA)
    digest_now(desk, ANA)
    assert len(letters(desk, "member/digest")) == 2


def test_a_message_of_the_clock_has_its_kind_and_its_deed_in_the_row(desk):
    ref = an_article(desk)
    decide(desk, f"{ref} discard")
    later(desk, minutes=20)
    with reading(desk.engine) as conn:
        [row] = [row for row in rows.every(conn) if row.source.startswith("clock:")]
    assert (row.kind, row.rule, row.state) == ("clock", "settle", "processed")
    assert row.received_at == START + timedelta(minutes=15)
    assert received(desk, row.number) == row
