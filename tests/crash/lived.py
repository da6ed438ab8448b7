"""What every process that is forked from this one finds already made: modules, templates and queries, by one small day.

Only the driver loads this: a program in a new interpreter (`program`) begins with nothing.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from build import JO, a_mail, make_desk, run_here
from warm import made_once

from mailproc.cli.main import COMMANDS


def preload(folder: Path) -> None:
    """Live that day in a new folder."""
    for place in COMMANDS.values():
        importlib.import_module(place.partition(":")[0])
    made_once(pytest.MonkeyPatch())
    config = make_desk(folder)
    (folder / "mail.eml").write_bytes(a_mail())
    for words in (["receive", folder / "mail.eml", "--from", JO], ["run", "--once"], ["list", "--json"]):
        if (ran := run_here(*words, config=config)).status != 0:
            raise AssertionError(ran)
