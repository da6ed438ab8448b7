"""The groups that come with mailproc: rules know them, and nobody is asked for them before somebody works on them."""

from __future__ import annotations

import re

import pytest

from mailproc.cli.init import init
from mailproc.config import load
from mailproc.desk.ground.wire import open_desk
from tests.build import (
    Clock,
    a_mail,
    add_member,
    clock_of,
    give,
    item,
    later,
    letters,
    octets_of,
    received,
    ref_of,
    run_here,
    say,
    state,
    text_of,
)

EXAMPLES = ("North Pier Society", "Lantern Street Union", "Ferry Passengers League")
PHOTOS = "Two photographs of its office, for your file.\n"


@pytest.fixture
def new(tmp_path):
    """A desk as `init --yes` wrote it, with a member and nothing else."""
    init(tmp_path / "new", ask=False)
    with open_desk(load(tmp_path / "new" / "config.toml"), Clock()) as desk:
        add_member(desk, "ana@harbour.example", "Ana")
        yield desk


def config_of(desk):
    return desk.config.folder / "config.toml"


def told(desk, template):
    return text_of(octets_of(desk, letters(desk, template)[-1]))


def sends_photos(desk):
    return give(desk, a_mail(PHOTOS, to="files@harbour.example", subject="North Pier Society", authentic=True))


def named(words):
    return [name for name in EXAMPLES if name in words]


def test_a_new_desk_asks_nobody_for_the_examples(new):
    give(new, a_mail("How can I help?\n", to="help@harbour.example", subject="How can I help?"))
    give(new, a_mail(sender="Mo <mo@poole.example>", authentic=True))
    assert named(told(new, "reader/help") + told(new, "author/receipt-article")) == []
    later(new, minutes=20)
    assert not named((new.config.storage.published / "wanted.md").read_text(encoding="utf-8"))


def test_rules_know_an_example_and_its_material_makes_it_a_file_of_the_desk(new):
    number = sends_photos(new)
    ref = ref_of(new, number)
    assert (received(new, number).kind, item(new, ref).item.group) == ("material", "North Pier Society")
    assert "still lacks" not in told(new, "author/receipt-material")
    say(new, f"decide ana@harbour.example '{ref} approve'")
    later(new, minutes=20)
    assert state(new, ref) == "gathered"
    assert named((new.config.storage.published / "wanted.md").read_text(encoding="utf-8")) == ["North Pier Society"]
    give(new, a_mail("How can I help?\n", sender="Mo <mo@poole.example>", to="help@harbour.example"))
    assert named(told(new, "reader/help")) == ["North Pier Society"]


def test_the_operator_takes_one_up_by_a_command_or_by_the_line_in_the_file(new):
    done = run_here("groups", "change", "LSU", "--need", "its statutes", config=config_of(new))
    assert done.status == 0
    listed = run_here("groups", "list", "--json", config=config_of(new)).json
    assert [each["name"] for each in listed if not each["example"]] == ["Lantern Street Union"]
    path = new.config.storage.rules / "groups.toml"
    path.write_text(re.sub(r"example = true\n", "", path.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    with open_desk(new.config, clock_of(new)) as again:
        give(again, a_mail("How can I help?\n", to="help@harbour.example", subject="How can I help?"))
        assert named(told(again, "reader/help")) == ["North Pier Society", "Lantern Street Union"]


def test_members_who_look_for_something_for_an_example_have_taken_it_up(new):
    say(new, "decide ana@harbour.example 'wanted photographs for Lantern Street Union'")
    give(new, a_mail("How can I help?\n", to="help@harbour.example", subject="How can I help?"))
    assert named(told(new, "reader/help")) == ["Lantern Street Union"]


def test_doctor_names_the_examples_without_a_warning(new):
    findings = run_here("doctor", "--json", config=config_of(new)).json
    [said] = [each for each in findings if "examples" in each["finding"] and "groups.toml" in each["finding"]]
    assert said["level"] == "ok"
    assert named(said["finding"]) == list(EXAMPLES)
    assert 'take the line "example = true" out' in said["finding"]


def test_rules_go_on_to_do_what_their_examples_say_where_the_groups_are_deleted(new):
    path = new.config.storage.rules / "groups.toml"
    path.write_text('[[group]]\nname = "Tidal Mill Trust"\n', encoding="utf-8")
    assert run_here("rules", "check", config=config_of(new)).status == 0
