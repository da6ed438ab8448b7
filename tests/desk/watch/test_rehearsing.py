"""`rules rehearse`: what a change of the rules would move among mails that came, and how it fits what people moved."""

from __future__ import annotations

import pytest

from tests.build import a_desk as new_desk
from tests.build import a_mail, add_member, clock_of, give, item, make_desk, run_here, say

A_RULE = """
[[rule]]
name = "trams"
kind = "enquiry"
because = "it is about trams"
when.words = ["tram"]
hits = [{ subject = "A tram", body = "It came." }]
misses = [{ subject = "A bus", body = "It came." }]
"""


@pytest.fixture
def desk(tmp_path):
    with new_desk(tmp_path / "desk") as made:
        add_member(made, "ana@harbour.example", "Ana")
        yield made


def config_of(desk):
    return desk.config.folder / "config.toml"


def rehearsed(desk, *words: object):
    return run_here("rules", "rehearse", "--json", *map(str, words), config=config_of(desk)).json


def add_rule(desk, text=A_RULE):
    (desk.config.storage.rules / "17-trams.toml").write_text(text, encoding="utf-8")


def three_mails(desk):
    """An article, a mail about a tram that nobody can sort, and one that stays so."""
    give(desk, a_mail("The ferry was late.\n", subject="The ferry", authentic=True))
    number = give(desk, a_mail("As we said.\n", to="desk@harbour.example", subject="The tram", authentic=True))
    give(desk, a_mail("As we said on Monday.\n", to="desk@harbour.example", subject="Thursday", authentic=True))
    return number


def test_what_a_rule_would_move_is_told_from_where_to_where_and_why(desk):
    number = three_mails(desk)
    assert rehearsed(desk)["otherwise"] == []
    add_rule(desk)
    [moves] = (found := rehearsed(desk))["otherwise"]
    assert found["mails"] == 3
    assert (moves["number"], moves["subject"], moves["moved"]) == (number, "The tram", None)
    assert moves["from"]["kind"] == "unsorted"
    assert moves["to"] == {
        "kind": "enquiry",
        "section": None,
        "group": None,
        "rule": "trams",
        "reason": "it is about trams",
        "field": "subject",
        "words": "tram",
    }
    told = run_here("rules", "rehearse", config=config_of(desk))
    assert told.status == 0
    assert "Of the last 3 mails, this one would move." in told.out
    assert 'to   enquiry: it is about trams (rule "trams", by "tram" (subject))' in told.out
    assert item(desk, f"U-{number}").item.kind == "unsorted"  # nothing was kept


def test_moves_by_hand_are_remembered_and_the_rules_are_held_to_them(desk):
    number = three_mails(desk)
    say(desk, f"decide ana@harbour.example 'U-{number} sort enquiry'")
    say(desk, f"decide ana@harbour.example 'U-{number + 1} sort article'")
    before = rehearsed(desk)
    assert (len(before["by_hand"]), before["by_hand_right"]) == (2, 0)
    add_rule(desk)
    after = rehearsed(desk)
    assert (len(after["by_hand"]), after["by_hand_right"]) == (2, 1)
    assert after["otherwise"][0]["moved"]["kind"] == "enquiry"
    assert after["otherwise"][0]["moved"]["by"]
    told = run_here("rules", "rehearse", config=config_of(desk)).out
    assert "People sorted 2 of these mails by hand; the rules put 1 where they belong now." in told
    assert f"{number + 1}  Thursday: unsorted, and was made article" in told


def test_so_many_of_the_latest_since_a_day_by_the_rules_of_a_folder(desk, tmp_path):
    number = three_mails(desk)
    add_rule(desk)
    assert [each["number"] for each in rehearsed(desk, "--last", "2")["otherwise"]] == [number]
    assert rehearsed(desk, "--last", "1") == {"mails": 1, "otherwise": [], "by_hand": [], "by_hand_right": 0}
    clock_of(desk).pass_(days=2)
    give(desk, a_mail("A tram.\n", to="desk@harbour.example", subject="Another tram", authentic=True))
    assert rehearsed(desk, "--since", "2026-11-24")["mails"] == 1
    assert rehearsed(desk, "--since", "2026-11-22")["mails"] == 4
    other = make_desk(tmp_path / "other").parent / "rules"
    assert rehearsed(desk, "--rules", other)["otherwise"] == []


@pytest.mark.parametrize(
    ("words", "cure"),
    [(("--since", "monday"), "write a day as 2026-11-22"), (("--last", "none"), "write for example --last 500")],
)
def test_a_wrong_word_is_told_with_its_cure(desk, words, cure):
    done = run_here("rules", "rehearse", *words, config=config_of(desk))
    assert done.status == 2
    assert cure in done.err


def test_words_of_a_stranger_are_no_orders_to_a_terminal(desk):
    """catalogue S39."""
    give(desk, a_mail("x\n", to="desk@harbour.example", subject="The tram \x1b[31m", authentic=True))
    add_rule(desk)
    told = run_here("rules", "rehearse", config=config_of(desk)).out
    assert "would move" in told
    assert "\x1b" not in told
