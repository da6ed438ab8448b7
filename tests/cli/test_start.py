"""A command loads what it uses, and no more; every row of the table of commands leads to a function."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from inspect import signature

import pytest
from build import Ran, a_mail, give

from mailproc.cli.arguments import PUBLISHED, parser
from mailproc.cli.main import COMMANDS, EXTRAS, command_of, main
from mailproc.desk.erase.forget import ERASE, KEEP
from mailproc.desk.ground.wire import Desk
from mailproc.errors import UsageError

HEAVY = {
    *("sqlalchemy", "rich", "alembic", "jinja2", "imapclient", "aiosmtpd", "apscheduler"),
    *("dkim", "dns", "re2", "publicsuffixlist", "yaml"),
}
LOADED = (
    "import sys\n"
    "from mailproc.cli.main import main\n"
    "try:\n"
    "    status = main()\n"
    "except SystemExit as left:\n"
    "    status = left.code\n"
    "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    "sys.exit(status)\n"
)


def test_every_command_of_the_parser_has_its_row():
    offered = next(action for action in parser()._actions if isinstance(action, argparse._SubParsersAction))
    assert {row.partition(" ")[0] for row in COMMANDS} == offered.choices.keys()
    assert offered.choices.keys() <= COMMANDS.keys()
    assert EXTRAS.keys() <= COMMANDS.keys()


def test_a_row_of_two_words_is_a_command_and_one_of_its_choices():
    offered = next(action for action in parser()._actions if isinstance(action, argparse._SubParsersAction))
    for row in COMMANDS:
        name, _, word = row.partition(" ")
        what = [action.choices for action in offered.choices[name]._actions if action.dest == "what"]
        assert not word or word in what[0], row


@pytest.mark.parametrize("name", COMMANDS)
def test_every_row_leads_to_a_function_of_the_options(name: str):
    assert list(signature(command_of(*name.split())).parameters) == ["options"]


def test_the_demo_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setitem(sys.modules, "pymap", None)
    with pytest.raises(UsageError, match="pip install"):
        command_of("demo")
    assert main(["demo"]) == 2
    assert "make demo" in capsys.readouterr().err


def test_the_words_that_argparse_allows_are_the_desks():
    assert PUBLISHED == (KEEP, ERASE)


def test_a_help_text_loads_no_library(process: Callable[..., Ran], tmp_path):
    ran = process("--help", config=tmp_path / "none.toml", program=LOADED)
    assert ran.status == 0
    assert HEAVY & set(ran.err.split()) == set()


@pytest.mark.parametrize("words", [("list",), ("list", "--json"), ("show", "A-1", "--json"), ("health",)])
def test_what_only_looks_loads_the_database_and_no_more(
    process: Callable[..., Ran], desk: Desk, words: tuple[str, ...]
):
    give(desk, a_mail())
    ran = process(*words, config=desk.config.path, program=LOADED)
    assert ran.out, ran.err  # `health` leaves with 1: by the clock of this machine the queue was not served
    assert HEAVY & set(ran.err.split()) == {"sqlalchemy", "rich"}
