"""Upkeep: what opens a task, with whom it is, how it moves on, and what ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
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
    reminded,
    run_here,
    say,
    state,
    text_of,
)
from same import all_of, rebuilt

from mailproc.desk.clock.tasks import open_task
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import process, work
from mailproc.desk.tell import roll
from mailproc.letters.digest import Charge
from mailproc.store.database import reading
from mailproc.store.people import asked, digests
from mailproc.workflow.facts import Tasked

PIER, UNION = "North Pier Society", "Lantern Street Union"
OPERATOR = "operator@harbour.example"


@pytest.fixture
def team(desk: Desk) -> Desk:
    for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
        add_member(desk, email, name)
    return desk


def goes(desk: Desk, state_: str, group: str = PIER) -> None:
    """The file of a group comes into a state."""
    say(desk, f"group '{group}' state={state_}")
    work(desk)


def a_task(desk: Desk, title: str = "The clock on the front page", section: str = "page", again: str = "") -> str:
    """Something to do; its reference."""
    assert open_task(desk, lambda n: process(desk, n), Tasked(task=section, title=title), desk.now(), again)
    work(desk)
    return todo(desk)[-1].ref


def todo(desk: Desk) -> tuple[Charge, ...]:
    with reading(desk.engine) as conn:
        return roll.charges(conn, desk)


def who(desk: Desk, ref: str) -> str:
    return next(each.who for each in todo(desk) if each.ref == ref)


def was_before(desk: Desk, ref: str) -> list[str]:
    with reading(desk.engine) as conn:
        return [each.member for each in asked.of(conn, ref)]


def tells(desk: Desk, email: str, *lines: str) -> str:
    """What a member's words came to, as their transcript says it, in one line."""
    entry = say(desk, f"decide {email} " + " ".join(f"'{line}'" for line in lines))
    work(desk)
    [transcript] = [letter for letter in entry.letters if letter.template == "member/transcript"]
    return " ".join(text_of((desk.outbox / transcript.path).read_bytes()).split())


def to_know(desk: Desk, email: str) -> list[dict[str, str]]:
    """The lines on tasks that wait for a member's next digest."""
    with reading(desk.engine) as conn:
        found = [dict(each.said.facts) | {"slug": each.said.slug} for each in digests.unseen_notices(conn, email)]
    return [line for line in found if line["slug"].startswith("notice/task-")]


def days(desk: Desk, number: int) -> None:
    for _ in range(number * 4):
        later(desk, hours=6)
        reminded(desk)


EMAIL = {"Ana": ANA, "Ben": BEN, "Cleo": CLEO}


# What opens a task


@pytest.mark.parametrize(("file", "section"), [("offline", "restore"), ("complete", "put-up")])
def test_a_file_that_asks_for_it_opens_a_task_once(team, file, section):
    goes(team, file)
    work(team)
    [charge] = todo(team)
    assert (charge.item.section, charge.item.group, charge.item.title) == (section, PIER, PIER)
    assert charge.who in EMAIL
    assert received(team, charge.item.number).source.startswith(f"clock:2026-11-22T09:00:00Z/task/{section}/")


def test_a_plain_desk_opens_nothing(team):
    give(team, a_mail(authentic=True))
    days(team, 3)
    assert todo(team) == ()


def test_a_task_ends_when_its_file_has_moved_on_and_is_nobodys_in_the_roll(team):
    goes(team, "offline")
    [charge] = todo(team)
    goes(team, "up")
    assert state(team, charge.ref) == "done"
    with reading(team.engine) as conn:
        assert roll.done_between(conn, team.now() - timedelta(days=1), team.now() + timedelta(days=1)) == ()


def test_a_file_that_goes_offline_again_is_a_new_task(team):
    for _ in range(2):
        goes(team, "offline")
        later(team, hours=1)
        goes(team, "up")
        later(team, hours=1)
    goes(team, "offline")
    assert len(run_here("list", "--kind", "task", "--json", config=team.config.path).json) == 3
    assert len(todo(team)) == 1


def test_the_same_matter_is_opened_once_while_it_is_open_and_once_for_each_moment(team):
    ref, task = a_task(team), Tasked(task="page", title="The clock on the front page")
    assert not open_task(team, lambda n: process(team, n), task, team.now() + timedelta(hours=1))
    tells(team, ANA, f"{ref} done")
    assert not open_task(team, lambda n: process(team, n), task, team.now())
    later(team, hours=1)
    assert open_task(team, lambda n: process(team, n), task, team.now())


def test_the_list_of_the_command_line_shows_tasks(team):
    ref = a_task(team)
    [row] = run_here("list", "--kind", "task", "--json", config=team.config.path).json
    assert (row["ref"], row["kind"], row["state"], row["section"]) == (ref, "task", "open", "page")
    assert row["author"] == {"name": "", "email": ""}
    assert ref in run_here("list", config=team.config.path).out


def test_a_wish_whose_day_is_over_becomes_a_task_once(team):
    tells(team, ANA, "wanted: a cartoonist until 2026-11-30")
    later(team, days=4)
    assert todo(team) == ()
    later(team, days=10)
    [charge] = todo(team)
    assert (charge.item.section, charge.item.title) == ("stale", "a cartoonist")
    tells(team, ANA, f"{charge.ref} done")
    later(team, days=200)
    assert todo(team) == ()


def test_a_wish_that_brought_nothing_for_long_becomes_a_task_and_again_after_as_long(team):
    tells(team, ANA, "wanted: a cartoonist")
    later(team, days=89)
    assert todo(team) == ()
    later(team, days=2)
    [first] = todo(team)
    tells(team, ANA, f"{first.ref} done: still wanted")
    later(team, days=60)
    assert todo(team) == ()
    later(team, days=31)
    [second] = todo(team)
    assert second.ref != first.ref
    tells(team, BEN, "unwanted: a cartoonist", f"{second.ref} done")
    later(team, days=100)
    assert todo(team) == ()


def test_a_wish_for_a_section_in_which_something_came_is_not_old(team):
    tells(team, ANA, "wanted section humour")
    later(team, days=60)
    mail = a_mail(
        to="articles+humour@harbour.example", subject="Satire: the mayor's hat", authentic=True, at=team.now()
    )
    give(team, mail)
    later(team, days=60)
    assert todo(team) == ()
    later(team, days=31)
    assert [charge.item.title for charge in todo(team)] == ["humour"]


# With whom it is


def test_it_stands_in_the_digest_of_its_bearer_alone(team):
    ref = a_task(team)
    has = EMAIL[who(team, ref)]
    days(team, 1)
    assert {letter.to for letter in letters(team, "member/digest")} == {has}
    [first] = letters(team, "member/digest")
    assert f"1. {ref} task The clock on the front page" in " ".join(text_of(octets_of(team, first)).split())


def test_a_stranger_to_a_task_may_claim_it_and_its_bearer_reads_so(team):
    ref = a_task(team)
    had = who(team, ref)
    other = next(name for name in EMAIL if name != had)
    assert "yours now, until 29 November 2026" in tells(team, EMAIL[other], f"{ref} claim")
    assert (state(team, ref), who(team, ref)) == ("claimed", other)
    assert [said["slug"] for said in to_know(team, EMAIL[had])] == ["notice/task-went"]
    assert "has taken it on" in tells(team, EMAIL[had], f"claim {ref}")


def test_a_claimed_task_stands_in_the_digest_of_its_claimer_with_both_days_and_makes_none(team):
    ref = a_task(team)
    tells(team, ANA, f"{ref} claim")
    days(team, 2)
    assert letters(team, "member/digest", ANA) == []
    give(team, a_mail(authentic=True, at=team.now()))
    words = " ".join(text_of(digest_now(team, ANA)).split())
    assert "You took this on 22 November 2026 at 09:00 UTC. Please see to it by 29 November 2026 at 09:00 UTC." in words


def test_done_ends_it_whoever_had_it_and_its_words_are_for_the_members(team):
    ref = a_task(team)
    had = who(team, ref)
    other = next(name for name in EMAIL if name != had)
    assert "done, thank you" in tells(team, EMAIL[other], f"{ref} done: it was an hour slow")
    assert state(team, ref) == "done"
    assert item(team, ref).journal[-1].words == "it was an hour slow"
    assert [said["slug"] for said in to_know(team, EMAIL[had])] == ["notice/task-done"]
    assert "already done by" in tells(team, EMAIL[had], f"{ref} done")


@pytest.mark.parametrize(
    ("says", "back", "after"),
    [("claim", "is still with you", "open"), ("done", "to be done again", "open"), ("hold", "open again", "open")],
)
def test_a_word_on_a_task_is_taken_back(team, says, back, after):
    ref = a_task(team)
    tells(team, ANA, f"{ref} {says}")
    assert back in tells(team, ANA, f"undo {ref}")
    assert state(team, ref) == after
    assert who(team, ref) in EMAIL


def test_nobody_takes_anothers_claim_back(team):
    ref = a_task(team)
    tells(team, ANA, f"{ref} claim")
    assert "it is not put before you" in tells(team, BEN, f"undo {ref}")
    assert "it is not put before you" in tells(team, BEN, f"{ref} not me")
    assert (state(team, ref), who(team, ref)) == ("claimed", "Ana")


def test_by_reply_to_the_digest_a_bare_word_under_the_task_acts(team):
    ref = a_task(team)
    has = EMAIL[who(team, ref)]
    give(team, a_reply(digest_now(team, has), f"{ref} claim", has))
    assert state(team, ref) == "claimed"
    assert EMAIL[who(team, ref)] == has


# It moves on


def test_F126_not_me_gives_it_to_the_next_who_reads_from_whom(team):
    ref = a_task(team)
    first = who(team, ref)
    assert "is asked" in tells(team, EMAIL[first], f"{ref} not me")
    second = who(team, ref)
    assert second not in {first, ""}
    [line] = to_know(team, EMAIL[second])
    assert (line["slug"], line["who"], line["end"]) == ("notice/task-came", first, "declined")


def test_not_me_ask_cleo_gives_it_to_cleo(team):
    ref = a_task(team)
    tells(team, ANA, f"{ref} claim")
    tells(team, ANA, f"{ref} not me, ask Cleo")
    assert (state(team, ref), who(team, ref)) == ("open", "Cleo")


def test_who_gave_it_on_may_take_it_on_after_all(team):
    ref = a_task(team)
    first = EMAIL[who(team, ref)]
    tells(team, first, f"{ref} not me")
    tells(team, first, f"{ref} claim")
    assert EMAIL[who(team, ref)] == first


@pytest.mark.parametrize("claimed", [False, True])
@pytest.mark.parametrize(("gone", "end"), [("away until 2026-12-20", "away"), ("leave", "left")])
def test_F126_who_goes_away_or_leaves_gives_it_to_the_next(team, claimed, gone, end):
    ref = a_task(team)
    first = who(team, ref)
    if claimed:
        tells(team, EMAIL[first], f"{ref} claim")
    if end == "left":
        say(team, f"remove {EMAIL[first]}")
    else:
        tells(team, EMAIL[first], gone)
    work(team)
    second = who(team, ref)
    assert (state(team, ref), second in {first, ""}) == ("open", False)
    assert [(line["slug"], line["end"]) for line in to_know(team, EMAIL[second])] == [("notice/task-came", end)]


def test_the_stand_in_of_whoever_is_away_has_it(team):
    ref = a_task(team)
    first = who(team, ref)
    other = sorted(set(EMAIL) - {first})[1]
    tells(team, EMAIL[first], f"stand-in {other}", "away until 2026-12-20")
    assert who(team, ref) == other


def test_F126_who_is_silent_past_the_reminder_is_asked_no_more_and_the_operator_hears_at_the_last(team):
    ref = a_task(team)
    first = who(team, ref)
    days(team, 2)
    assert [letter.to for letter in letters(team, "member/reminder")] == [EMAIL[first]]
    days(team, 2)
    second = who(team, ref)
    assert second != first
    assert [letter.to for letter in letters(team, "member/reminder")] == [EMAIL[first], EMAIL[second]]
    assert [letter.subject for letter in letters(team, "operator/notice")] == []
    days(team, 4)
    third = who(team, ref)
    assert {first, second, third} == set(EMAIL)
    [notice] = letters(team, "operator/notice")
    assert (notice.to, notice.subject) == (
        OPERATOR,
        "The Harbour Review: something is to be done and waits for a member",
    )
    days(team, 4)
    assert who(team, ref) == first, "it begins anew when all were asked"


def test_F126_a_claim_that_runs_out_goes_to_the_next_and_both_read_so(team):
    ref = a_task(team)
    tells(team, ANA, f"{ref} claim")
    later(team, days=7)
    second = who(team, ref)
    assert (state(team, ref), second != "Ana") == ("open", True)
    assert [(line["slug"], line["end"]) for line in to_know(team, EMAIL[second])] == [("notice/task-came", "overdue")]
    assert [(line["slug"], line["who"]) for line in to_know(team, ANA)] == [("notice/task-went", second)]


def test_with_one_member_alone_it_stays_with_them(desk):
    add_member(desk, ANA, "Ana")
    ref = a_task(desk)
    tells(desk, ANA, f"{ref} claim")
    days(desk, 8)
    assert (state(desk, ref), who(desk, ref)) == ("open", "Ana")


def test_F126_when_nobody_is_left_the_operator_hears_at_once_and_a_new_member_gets_it(desk):
    add_member(desk, ANA, "Ana")
    ref = a_task(desk)
    tells(desk, ANA, f"{ref} not me")
    assert who(desk, ref) == ""
    [notice] = letters(desk, "operator/notice")
    assert ref in notice.subject
    later(desk, hours=1)
    add_member(desk, BEN, "Ben")
    work(desk)
    assert who(desk, ref) == "Ben"


def test_a_member_who_wants_each_at_once_has_it_in_a_letter_of_its_own_when_it_comes_to_them(team):
    for email in EMAIL.values():
        tells(team, email, "at once")
    ref = a_task(team)
    first = who(team, ref)
    assert [letter.to for letter in letters(team, "member/single")] == [EMAIL[first]]
    later(team, minutes=5)
    tells(team, EMAIL[first], f"{ref} not me")
    second = who(team, ref)
    assert [letter.to for letter in letters(team, "member/single")] == [EMAIL[first], EMAIL[second]]
    single = octets_of(team, letters(team, "member/single")[-1])
    give(team, a_reply(single, "Done, thanks!", EMAIL[second], at=team.now()))
    assert state(team, ref) == "done"


def test_the_fallback_is_not_loaded_with_what_nobody_did(open_desks):
    desk = open_desks(**{"review.fallback": CLEO})
    for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
        add_member(desk, email, name)
    ref = a_task(desk)
    days(desk, 8)
    assert len(was_before(desk, ref)) == len(set(was_before(desk, ref))) == 3
    assert [letter.to for letter in letters(desk, "operator/notice")] == [OPERATOR]


# The roll


def test_the_roll_says_whose_week_it_is_and_who_has_what_and_is_answered(team):
    one, two = a_task(team), a_task(team, "A dead link", again="b")
    tells(team, BEN, f"{two} claim")
    asks = EMAIL[who(team, one)]
    give(team, a_reply(digest_now(team, asks), "roll", asks))
    letter = octets_of(team, letters(team, "member/roll")[-1])
    words = " ".join(text_of(letter).split())
    with reading(team.engine) as conn:
        this, following = roll.weeks(conn, team, team.now())
    assert this != following
    assert f"This week {this} is on duty. Next week it is {following}" in words
    assert f"1. {one} task The clock on the front page" in words
    assert "Ben sees to it, until 29 November 2026 at 09:00 UTC" in words
    give(team, a_reply(letter, f"{one} done", asks))
    assert state(team, one) == "done"


def test_what_a_week_brought_does_not_move_its_turn(team):
    with reading(team.engine) as conn:
        before = roll.weeks(conn, team, team.now())
    for n in range(4):
        ref = a_task(team, f"Page {n}")
        tells(team, EMAIL[who(team, ref)], f"{ref} done")
        later(team, hours=1)
    with reading(team.engine) as conn:
        assert roll.weeks(conn, team, team.now())[0] == before[0]


# By the name of a file


def test_a_task_is_named_by_its_file(team):
    goes(team, "offline", UNION)
    [charge] = todo(team)
    give_to = next(name for name in EMAIL if name != charge.who)
    tells(team, EMAIL[give_to], "note " + charge.ref + " the server is back")
    words = tells(team, EMAIL[give_to], "claim Lantern Street")
    assert charge.ref in words
    assert "Not done" in tells(team, ANA, "done North Pier")


# The whole


def test_all_of_it_is_the_same_after_a_rebuild(team):
    one, two = a_task(team), a_task(team, "A dead link", again="b")
    goes(team, "offline")
    tells(team, ANA, f"{one} claim", f"{two} not me")
    tells(team, BEN, "away until 2026-12-20")
    days(team, 9)
    tells(team, CLEO, f"{two} done", f"undo {two}", f"{one} claim")
    goes(team, "up")
    with rebuilt(team) as (again, _), reading(team.engine) as here, reading(again.engine) as there:
        assert all_of(team) == all_of(again)
        refs = [one, two, *(charge.ref for charge in todo(team))]
        assert asked.of_many(here, refs) == asked.of_many(there, refs)
