"""A reader reports something on the site: whoever is on duty has it, it is seen to, and the reader hears."""

from __future__ import annotations

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    JO,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
    run_here,
    say,
    state,
    text_of,
)

from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work
from mailproc.desk.tell import duties
from mailproc.store.database import reading

REPORT = "The second link on your page about the ferry is dead.\nThe timetable has moved.\n"
NAMES = {"Ana": ANA, "Ben": BEN, "Cleo": CLEO}


@pytest.fixture
def team(desk: Desk) -> Desk:
    for name, email in NAMES.items():
        add_member(desk, email, name)
    return desk


def reports(desk: Desk, *, authentic: bool = True, text: str = REPORT, **fields: str) -> str:
    """A reader's mail and the reference of its task."""
    known = {"subject": "Dead link", "to": "contact@harbour.example", **fields}
    number = give(desk, a_mail(text, authentic=authentic, at=desk.now(), **known))
    work(desk)
    return ref_of(desk, number)


def bearer(desk: Desk, ref: str) -> str:
    with reading(desk.engine) as conn:
        has = duties.with_whom(conn, item(desk, ref).item)
    return has.email if has else ""


def last(desk: Desk, template: str) -> str:
    return " ".join(text_of(octets_of(desk, letters(desk, template)[-1])).split())


def test_from_the_report_to_the_reader_s_letter(team):
    ref = reports(team)
    assert (ref[:2], state(team, ref)) == ("T-", "open")
    receipt = last(team, "reader/receipt-task")
    assert f"Your report is here, as {ref}" in receipt
    assert "with whoever looks after the site this week" in receipt

    has = bearer(team, ref)
    later(team, hours=1)
    digest = digest_now(team, has)
    shown = " ".join(text_of(digest).split())
    assert "| The second link on your page about the ferry is dead." in shown
    assert "To do: look at what was reported about the site, and put it right." in shown
    for other in set(NAMES.values()) - {has}:
        say(team, f"digest {other}")
        assert letters(team, "member/digest", other) == []

    words = f"{ref} done: the ferry people had moved their page, please nobody tell Jo how old ours is"
    give(team, a_reply(digest, words, has, at=team.now()))
    assert state(team, ref) == "done"
    transcript = last(team, "member/transcript")
    assert "whoever told us of it hears that it was seen to" in transcript
    told = last(team, "reader/task-done")
    assert f"You told us about something on the site ({ref}). It has been seen to. Thank you!" in told
    assert "ferry people" not in told, "words behind done are inside only"
    assert item(team, ref).journal[-1].words.startswith("the ferry people")


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        ("It is still dead.", "open"),
        ("Thank you!", "done"),
        ("Danke schön!", "done"),
        ("Non, il est toujours mort.", "open"),
    ],
)
def test_the_reader_answers_that_it_is_still_so_or_says_thanks(team, answer, after):
    ref = reports(team)
    give(team, a_reply(digest_now(team, bearer(team, ref)), f"{ref} done", bearer(team, ref), at=team.now()))
    later(team, hours=1)
    give(team, a_reply(octets_of(team, letters(team, "reader/task-done")[-1]), answer, JO, at=team.now()))
    work(team)
    assert state(team, ref) == after
    assert bool(bearer(team, ref)) is (after == "open")


def test_who_reported_it_unproven_gets_no_word_of_theirs_back(team):
    ref = reports(team, authentic=False)
    receipt = last(team, "reader/receipt-task")
    assert ref in receipt
    assert "ferry" not in receipt
    assert "Jo" not in receipt


def test_a_report_that_names_a_group_is_not_put_before_who_has_a_part_in_it(team):
    ref = reports(team, text="A link on your page about the North Pier Society is dead.\n")
    assert item(team, ref).item.group == "North Pier Society"


def test_a_member_reports_something_and_another_is_asked(team):
    ref = reports(team, sender=f"Ana <{ANA}>", to="contact@harbour.example")
    assert bearer(team, ref) not in {ANA, ""}


def test_what_is_challenged_is_a_question_still(team):
    text = "You say that the ferry lost money every year. That is not true.\n"
    number = give(team, a_mail(text, subject="Your piece on the ferry", to="contact@harbour.example", authentic=True))
    assert ref_of(team, number).startswith("Q-")


def test_the_rules_say_why(team):
    number = give(team, a_mail(REPORT, subject="Dead link", to="contact@harbour.example", authentic=True))
    entry = entry_of(team, number)
    assert (entry.kind, entry.rule, entry.section) == ("task", "something on the site is out of order", "page")
    assert run_here("rules", "check", config=team.config.path).status == 0
