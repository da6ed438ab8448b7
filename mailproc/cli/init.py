"""`mailproc init`: a new desk in a folder: config.toml, rules/ and templates/, complete and ready to run.

Without questions it is The Harbour Review, whose letters stay in a folder. Refuses a folder that holds anything;
everything is written aside first, and config.toml comes last, so that nothing half-written looks like a desk.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console
from rich.prompt import Prompt

from mailproc.config import kind
from mailproc.config.carried import carried
from mailproc.config.kind import Kind
from mailproc.config.write import HARBOUR, config_text
from mailproc.errors import MailprocError, UsageError

CARRIED = ("rules", "templates")


def command(options: argparse.Namespace) -> int:
    """Write a desk, and say what is next."""
    init(options.directory, ask=not options.yes and sys.stdin.isatty())
    config = options.directory / "config.toml"
    print(f"A desk is in {options.directory}. Look at {config}, then: mailproc --config {config} doctor")
    return 0


def init(directory: Path, ask: bool) -> None:  # noqa: FBT001 - the command line's own switch
    """Write a new desk into this folder. Raises UsageError if it holds anything, MailprocError if it cannot."""
    directory = directory.absolute()
    _refuse_what_is_there(directory)
    answers = questions(Prompt.ask) if ask else HARBOUR
    try:
        _write(directory, answers)
    except OSError as error:
        raise MailprocError(f"{directory}: {error.strerror or error}; name a folder that you may write to") from error


def _refuse_what_is_there(directory: Path) -> None:
    if directory.is_dir():
        if any(directory.iterdir()):
            raise UsageError(f"{directory}: not empty; init writes only into a new or empty folder")
    elif directory.exists():
        raise UsageError(f"{directory}: is a file; name a new or empty folder")


def _write(directory: Path, answers: Mapping[str, object]) -> None:
    """Everything aside, then into place: a new folder by one rename, an empty one piece by piece, config.toml last."""
    is_there = directory.is_dir()
    if not is_there:
        directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=".mailproc-init-", dir=directory if is_there else directory.parent
    ) as aside:
        desk = Path(aside) / "desk"
        desk.mkdir()
        for name in CARRIED:
            shutil.copytree(carried() / name, desk / name)
        (desk / "config.toml").touch(mode=0o600)  # it names people, machines and commands
        (desk / "config.toml").write_text(config_text(answers), encoding="utf-8")
        if is_there:
            for name in (*CARRIED, "config.toml"):
                (desk / name).rename(directory / name)
        else:
            desk.rename(directory)


def questions(ask: Callable[..., str]) -> dict[str, object]:
    """What has no default, asked for. `ask` takes a question and `default`; a wrong answer is asked again."""
    name = _answer(ask, "Name of the publication", kind.TEXT, HARBOUR["desk.name"])
    address = _answer(ask, "Its address for all mail", kind.ADDRESS, HARBOUR["desk.address"])
    timezone = _answer(ask, "Time zone", kind.ZONE, "UTC")
    operator = _answer(ask, "Whom the desk tells when it needs a person", kind.ADDRESS, HARBOUR["desk.operator"])
    while operator == address:
        Console(stderr=True).print("That is the desk's own address; name one that a person reads.")
        operator = _answer(ask, "Whom the desk tells when it needs a person", kind.ADDRESS, HARBOUR["desk.operator"])
    return {"desk.name": name, "desk.address": address, "desk.timezone": timezone, "desk.operator": operator}


def _answer(ask: Callable[..., str], question: str, wanted: Kind, default: object) -> str:
    while True:
        answer = ask(question, default=str(default))
        try:
            return str(wanted.read(answer))
        except ValueError:
            Console(stderr=True).print(f"That is not {wanted.expected}.")
