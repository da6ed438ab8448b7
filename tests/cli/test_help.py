"""`--help` reads well, knows every command of the contract, and docs/commands.md says the same."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from manual import commands, page

from mailproc.cli.arguments import parser

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
CONTRACT = [
    "init",
    "demo",
    "doctor",
    "run",
    "poll",
    "work",
    "remind",
    "deliver",
    "reasons",
    "receive",
    "list",
    "show",
    "trace",
    "decide",
    "digest",
    "sort",
    "rules",
    "members",
    "groups",
    "outbox",
    "received",
    *(
        "rebuild",
        "verify",
        "reconcile",
        "publish",
        "backup",
        "mend",
        "restore",
        "forget",
        "export",
        "health",
        "clock",
        "pause",
        "resume",
    ),
]
READING = {
    "list",
    "show",
    "trace",
    "sort",
    "rules",
    "received",
    "outbox",
    "members",
    "groups",
    "doctor",
    "clock",
    "verify",
    "reconcile",
    "rebuild",
    "export",
    "health",
}
FOUND = dict(commands(parser()))


def test_the_page_of_commands_is_current():
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(page(parser()), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(parser()), "UPDATE_DOCS=1 pytest tests/cli/test_help.py writes it"


def test_the_commands_are_those_of_the_contract():
    assert set(FOUND) == set(CONTRACT)


@pytest.mark.parametrize("name", CONTRACT)
def test_every_command_explains_itself_and_every_argument(cli, name):
    ran = cli(name, "--help")
    assert (ran.status, ran.err) == (0, "")
    sub = FOUND[name]
    assert sub.description is not None
    assert re.fullmatch(r"[A-Z].*\.", sub.description)
    for action in sub._actions:
        assert action.help, (name, action.dest)
        assert not action.help.endswith("."), (name, action.help)
    assert sub.description in " ".join(ran.out.split())


@pytest.mark.parametrize("name", sorted(READING))
def test_every_reading_command_speaks_json(name):
    assert "--json" in FOUND[name].format_help()


def test_the_first_page_shows_every_command_on_one_line(cli, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    ran = cli("--help")
    assert (ran.status, ran.err) == (0, "")
    for name in CONTRACT:
        assert re.search(rf"^    {name} +\S.*$", ran.out, re.MULTILINE), name
    assert len(ran.out.splitlines()) < 50, "it fits a screen"
    assert "mailproc init mydesk" in ran.out


def test_the_version_is_told(cli):
    ran = cli("--version")
    assert ran.status == 0
    assert re.fullmatch(r"mailproc \d+\.\d+\S*\n", ran.out)
