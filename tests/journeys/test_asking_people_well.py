"""Members are asked when and how they wish, others in their place while they are away, and no item waits for nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    START,
    a_mail,
    a_reply,
    add_member,
    clock_of,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
    refs_in,
    reminded,
    say,
    state,
    text_of,
)

from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.rebuild import rebuild
from mailproc.desk.serve.process import work
from mailproc.review.member import Member
from mailproc.store.database import open_database, reading
from mailproc.store.mail.received import every as every_message
from mailproc.store.people import asked, digests, members

OPERATOR = "operator@harbour.example"


def three(desk: Desk) -> Desk:
    for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
        add_member(desk, email, name)
    return desk


def tells(desk: Desk, email: str, *lines: str) -> str:
    """What a member's words to the operator came to, as their transcript says it."""
    entry = say(desk, f"decide {email} " + " ".join(f"'{line}'" for line in lines))
    work(desk)
    [transcript] = [letter for letter in entry.letters if letter.template == "member/transcript"]
    return words_of((desk.outbox / transcript.path).read_bytes())


def words_of(letter: bytes) -> str:
    return " ".join(text_of(letter).split()).lower()


def the_member(desk: Desk, email: str) -> Member:
    with reading(desk.engine) as conn:
        found = members.get(conn, email)
    assert found is not None
    return found


def before(desk: Desk, ref: str) -> list[tuple[str, str, bool]]:
    with reading(desk.engine) as conn:
        return [(each.member, each.in_place_of, each.declined) for each in asked.of(conn, ref)]


def an_item(desk: Desk, title: str = "The tram") -> str:
    mail = a_mail(f"{title} was late again.\n", subject=title, authentic=True, at=desk.now())
    ref = ref_of(desk, give(desk, mail))
    work(desk)
    return ref


def hour_by_hour(desk: Desk, hours: int) -> None:
    for _ in range(hours):
        later(desk, hours=1)
        reminded(desk)


def notices(desk: Desk) -> list[str]:
    return [letter.subject for letter in letters(desk, "operator/notice")]


def written(desk: Desk, template: str, email: str) -> list[datetime]:
    return [letter.created_at for letter in letters(desk, template, email)]


def rebuilt_is_equal(desk: Desk, folder: Path) -> bool:
    """Members, whom each item was put before, and notices are the same after a rebuild."""
    folder.mkdir()
    anew = open_database("sqlite:///again.db", folder)
    rebuild(desk.config, anew)
    views = []
    for engine in (desk.engine, anew):
        with reading(engine) as conn:
            refs = [ref for row in every_message(conn) for ref in row.refs]
            unseen = [digests.unseen_notices(conn, each.email) for each in members.every(conn)]
            views.append((members.every(conn), asked.of_many(conn, refs), asked.load(conn, {"pending"}), unseen))
    anew.dispose()
    return views[0] == views[1]


# Everybody away


def test_everybody_is_away_and_the_operator_hears_at_once_and_everybody_at_the_end(desk: Desk, tmp_path: Path):
    for email, name in ((ANA, "Ana"), (BEN, "Ben")):
        add_member(desk, email, name)
    tells(desk, ANA, "away until 2027-06-01")
    tells(desk, BEN, "away until 15 January")
    ref = an_item(desk)
    assert notices(desk) == [f"The Harbour Review: nobody can decide on {ref}"]
    for _ in range(31):
        later(desk, days=1)
        reminded(desk)
    assert state(desk, ref) == "lapsed"
    assert [letter.template for letter in letters(desk) if letter.template == "author/lapsed"]
    assert f"{ref} ended without a decision" in notices(desk)[-1]
    assert not letters(desk, "member/digest")
    assert not letters(desk, "member/reminder")
    later(desk, days=25)
    reminded(desk)
    assert the_member(desk, BEN).state == "active", "the clock brought him back"
    digest = text_of(octets_of(desk, letters(desk, "member/digest", BEN)[-1]))
    assert ref in digest
    assert "nobody decided in 30 days" in " ".join(digest.split())
    assert not letters(desk, "member/digest", ANA)
    assert rebuilt_is_equal(desk, tmp_path / "again")


def test_whoever_comes_back_reads_what_was_settled_meanwhile_and_has_one_digest_that_day(desk: Desk):
    three(desk)
    ref = an_item(desk)
    said = tells(desk, ANA, "daily 07:30", "away until Friday")
    assert "you are away until friday 27 november" in said
    assert "back" in said
    tells(desk, BEN, f"{ref} approve")
    hour_by_hour(desk, 24 * 4)
    assert written(desk, "member/digest", ANA) == []
    hour_by_hour(desk, 24 * 2)
    [came] = written(desk, "member/digest", ANA)
    assert came == datetime(2026, 11, 27, 7, 30, tzinfo=UTC), "at her hour, on the day she is back"
    assert ref in refs_in(octets_of(desk, letters(desk, "member/digest", ANA)[0]))


def test_somebody_away_is_not_written_to_and_back_ends_it(desk: Desk):
    three(desk)
    tells(desk, ANA, "away until 2027-06-01")
    ref = an_item(desk)
    hour_by_hour(desk, 24 * 4)
    assert not letters(desk, "member/digest", ANA)
    assert not letters(desk, "member/reminder", ANA)
    assert letters(desk, "member/reminder", BEN)
    assert "asked again from now on" in tells(desk, ANA, "back")
    hour_by_hour(desk, 24)
    assert ref in refs_in(octets_of(desk, letters(desk, "member/digest", ANA)[-1]))


# Each item at once


def test_whoever_wants_it_has_each_item_at_once_and_never_in_quiet_hours(desk: Desk):
    three(desk)
    tells(desk, ANA, "at once", "quiet 22:00-07:00", "time zone Europe/Lisbon")
    first = an_item(desk)
    assert written(desk, "member/single", ANA) == [START]
    clock_of(desk).set(datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    second = an_item(desk, "The ferry")
    reminded(desk)
    hour_by_hour(desk, 7)
    assert len(letters(desk, "member/single", ANA)) == 1
    hour_by_hour(desk, 12)
    singles = letters(desk, "member/single", ANA)
    assert [letter.ref for letter in singles] == [first, second]
    assert singles[1].created_at == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert not letters(desk, "member/digest", ANA), "a list would repeat what she has"
    assert letters(desk, "member/digest", BEN)


def test_a_yes_to_a_single_item_letter_is_a_vote(desk: Desk):
    three(desk)
    tells(desk, ANA, "at once")
    ref = an_item(desk)
    give(desk, a_reply(octets_of(desk, letters(desk, "member/single", ANA)[0]), "yes", f"Ana <{ANA}>"))
    assert state(desk, ref) == "approved"


# Hours


def test_each_member_has_one_digest_a_day_at_their_own_hour_and_zone_where_clocks_change(open_desks):
    """New York's clocks go back on 1 November 2026, and 01:30 comes twice there; Berlin's went back a week before."""
    begin = datetime(2026, 10, 23, 12, tzinfo=UTC)
    desk = three(open_desks(at=begin))
    tells(desk, ANA, "time zone America/New_York", "daily 01:30")
    tells(desk, BEN, "time zone Europe/Berlin", "daily 02:30")
    give(desk, a_mail(at=begin))
    while desk.now() < begin + timedelta(days=11):
        clock_of(desk).pass_(minutes=30)
        reminded(desk)
    for email in (ANA, BEN, CLEO):
        zone = desk.zone(the_member(desk, email))
        days = [at.astimezone(zone).date() for at in written(desk, "member/digest", email)]
        assert days == [days[0] + timedelta(days=n) for n in range(11)]


def test_a_digest_whose_hour_is_quiet_comes_when_it_is_not(desk: Desk):
    three(desk)
    tells(desk, ANA, "daily 06:00", "quiet 22:00-07:30")
    an_item(desk)
    clock_of(desk).set(datetime(2026, 11, 23, 5, 50, tzinfo=UTC))
    for _ in range(24):
        clock_of(desk).pass_(minutes=10)
        reminded(desk)
    assert written(desk, "member/digest", ANA) == [datetime(2026, 11, 23, 7, 30, tzinfo=UTC)]


def test_a_day_whose_digest_went_has_no_other_though_the_hour_be_changed(desk: Desk):
    three(desk)
    an_item(desk)
    hour_by_hour(desk, 24)
    tells(desk, ANA, "daily 18:00")
    hour_by_hour(desk, 12)
    assert len(letters(desk, "member/digest", ANA)) == 1
    hour_by_hour(desk, 24)
    assert [at.hour for at in written(desk, "member/digest", ANA)] == [8, 18]


def test_a_reminder_due_in_quiet_hours_is_written_at_their_end(open_desks: Callable[..., Desk]):
    desk = three(open_desks(at=datetime(2026, 11, 22, 23, tzinfo=UTC)))
    tells(desk, ANA, "quiet 22:00-07:00")
    an_item(desk)
    hour_by_hour(desk, 24 * 3 + 12)
    assert written(desk, "member/reminder", BEN) == [datetime(2026, 11, 25, 23, tzinfo=UTC)]
    assert written(desk, "member/reminder", ANA) == [datetime(2026, 11, 26, 7, tzinfo=UTC)]


def test_the_desks_quiet_hours_hold_for_whoever_names_none(open_desks: Callable[..., Desk]):
    desk = three(open_desks(at=datetime(2026, 11, 22, 20, tzinfo=UTC), **{"review.quiet": "19:00-09:00"}))
    tells(desk, ANA, "quiet never")
    an_item(desk)
    hour_by_hour(desk, 14)
    assert [at.hour for email in (ANA, BEN) for at in written(desk, "member/digest", email)] == [8, 9]


# Whom


def asking_one(open_desks: Callable[..., Desk], **options: object) -> Desk:
    return three(open_desks(**{"review.ask": 1, **options}))


def test_each_item_is_put_before_whoever_was_asked_least_recently(open_desks, tmp_path):
    desk = asking_one(open_desks)
    refs = []
    for n in range(4):
        refs.append(an_item(desk, f"Tram {n}"))
        later(desk, minutes=10)
    assert [before(desk, ref) for ref in refs] == [[(email, "", False)] for email in (ANA, BEN, CLEO, ANA)]
    assert refs_in(digest_now(desk, BEN)) == [refs[1]]
    assert rebuilt_is_equal(desk, tmp_path / "again")


def test_a_stand_in_is_asked_in_the_place_of_whoever_is_away(open_desks, tmp_path):
    desk = asking_one(open_desks)
    ref = an_item(desk)
    assert "while you are away cleo is asked in your place" in tells(desk, ANA, "stand-in Cleo")
    assert "cleo is asked in your place" in tells(desk, ANA, "away until 2027-06-01")
    assert before(desk, ref) == [(ANA, "", False), (CLEO, ANA, False)]
    assert refs_in(digest_now(desk, CLEO)) == [ref]
    assert rebuilt_is_equal(desk, tmp_path / "again")


def test_not_me_puts_an_item_before_the_next_and_the_last_one_leaves_it_to_the_operator(open_desks):
    desk = asking_one(open_desks)
    ref = an_item(desk)
    assert "ben is asked" in tells(desk, ANA, f"{ref} not me")
    assert before(desk, ref) == [(ANA, "", True), (BEN, "", False)]
    tells(desk, BEN, f"{ref} not me")
    said = tells(desk, CLEO, f"{ref} not me")
    assert "the operator hears of it" in said
    assert notices(desk) == [f"The Harbour Review: nobody can decide on {ref}"]
    tells(desk, ANA, f"{ref} approve")
    assert state(desk, ref) == "approved", "whoever gave it on may still decide"


def test_not_me_works_where_everybody_is_asked_and_the_item_leaves_one_list_only(desk: Desk):
    three(desk)
    ref = an_item(desk)
    tells(desk, ANA, f"{ref} not me")
    an_item(desk, "The ferry")
    assert ref not in refs_in(digest_now(desk, ANA))
    assert ref in refs_in(digest_now(desk, BEN))


def test_reminders_rise_to_more_then_everybody_then_the_fallback(open_desks: Callable[..., Desk]):
    desk = asking_one(open_desks, **{"review.fallback": CLEO})
    ref = an_item(desk)
    hour_by_hour(desk, 24 * 13)
    days = {email: [(at - START).days for at in written(desk, "member/reminder", email)] for email in (ANA, BEN, CLEO)}
    assert days == {ANA: [3, 6, 9, 12], BEN: [6, 9, 12], CLEO: [9, 12]}
    assert not notices(desk), "the fallback is a member"
    assert [line.reason for line in item(desk, ref).journal if line.event == "put before"] == [
        "in-turn",
        "reminder",
        "reminder",
    ]


def test_without_a_fallback_the_operator_hears_when_nobody_answers(desk: Desk):
    three(desk)
    an_item(desk)
    hour_by_hour(desk, 24 * 13)
    assert notices(desk) == ["The Harbour Review: items wait and nobody decides"]


def test_a_reminder_does_not_list_its_readers_own_item(desk: Desk):
    three(desk)
    mine = ref_of(desk, give(desk, a_mail(sender=f"Ana <{ANA}>", authentic=True)))
    theirs = an_item(desk, "The ferry")
    hour_by_hour(desk, 24 * 3)
    [to_ana], [to_ben] = letters(desk, "member/reminder", ANA), letters(desk, "member/reminder", BEN)
    assert (to_ana.listed, set(to_ben.listed)) == ((theirs,), {mine, theirs})


# Habits by reply


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("daily 18:00", "one letter a day, at 18:00"),
        ("quiet 22:00-07:00", "from 22:00 to 07:00"),
        ("quiet never", "at any hour"),
        ("time zone europe/lisbon", "those of Europe/Lisbon"),
        ("stand-in Ben", "Ben is asked in your place"),
        ("stand-in nobody", "nobody in particular"),
        ("at once", "a letter of its own"),
        ("silent", "only where something of yours was not done"),
        ("away until 2026-12-24", "away until Thursday 24 December"),
        ("away for 2 weeks", "away until Sunday 6 December"),
    ],
)
def test_a_habit_is_said_by_reply_and_the_letter_says_what_was_understood(desk: Desk, line, understood):
    three(desk)
    an_item(desk)
    number = give(desk, a_reply(digest_now(desk, ANA), line, f"Ana <{ANA}>"))
    [letter] = [each for each in entry_of(desk, number).letters if each.template == "member/transcript"]
    assert understood.lower() in words_of((desk.outbox / letter.path).read_bytes())


def test_a_mail_program_s_note_sets_nobody_away_and_is_not_answered_though_no_field_says_what_it_is(desk: Desk):
    three(desk)
    an_item(desk)
    digest, was = digest_now(desk, ANA), the_member(desk, ANA)
    notes = (
        "You have reached my mailbox.\n\nI am on holiday.\n\nAna",
        "I am out of office until 12 December.",
        "Thank you for your message. I am away until Friday.",
        "Ich bin bis 12. Dezember im Urlaub.\n\nAna",
        "Je suis en vacances. Merci de contacter Ben.",
    )
    for note in notes:
        number = give(desk, a_reply(digest, note, f"Ana <{ANA}>", quoting=False))
        entry = entry_of(desk, number)
        assert (entry.reason, entry.letters, entry.events) == ("absence-note", (), ())
    assert the_member(desk, ANA) == was
    give(desk, a_reply(digest, "I am away until Friday", f"Ana <{ANA}>", quoting=False))
    assert the_member(desk, ANA).state == "away"


def test_away_without_an_end_asks_until_when_and_changes_nothing(desk: Desk):
    three(desk)
    an_item(desk)
    for line in ("away", "I am away.", "away, stand-in Ben", "absente"):
        assert "until when? write “away until friday”" in tells(desk, ANA, line)
    assert the_member(desk, ANA).state == "active"
    assert "you are away until" in tells(desk, ANA, "away until Friday")


@pytest.mark.parametrize(
    "line",
    ["daily soon", "quiet sometimes", "time zone Atlantis", "stand-in Zoe", "away until never", "away", "back"],
)
def test_what_cannot_be_told_changes_nothing_and_says_so(desk: Desk, line):
    three(desk)
    was = the_member(desk, ANA)
    entry = say(desk, f"decide {ANA} '{line}'")
    assert entry.reason == "not-all-done"
    assert the_member(desk, ANA) == was
