"""A death at the worst moments (SIGKILL), the command run again: the same desk as if nothing had happened.

Every story begins with a copy of one prepared desk (so that its secrets are the same) and is told by the command
line at a clock that stands still. Only the step that dies runs in a process of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from build import ANA, START, Clock, a_mail, make_desk, run_here, run_process

from mailproc.cli import desk as commands
from mailproc.desk.wire import open_desk

DIES = """
import importlib, os, sys
from datetime import datetime
from mailproc.cli import act, desk, doctor, read, service
from mailproc.desk.wire import open_desk

desk.open_desk = lambda config: open_desk(config, lambda: datetime.fromisoformat(os.environ["NOW"]))
module, name, when, nth = os.environ["DIES"].split()
place, left = importlib.import_module(module), [int(nth)]
real = getattr(place, name)

def dying(*arguments, **more):
    left[0] -= 1
    if left[0] == 0 and when == "before":
        os.kill(os.getpid(), 9)
    came = real(*arguments, **more)
    if left[0] == 0:
        os.kill(os.getpid(), 9)
    return came

setattr(place, name, dying)
from mailproc.cli.main import main
sys.exit(main())
"""

STEPS = ("receive", "work", "digest", "decide", "settle")
DEATHS = {  # what dies: step, function, before or after it, at which call
    "the file has its number, the row is not committed": ("receive", "mailproc.store.archive link after 2"),
    "the row is written, the file has no number": ("receive", "mailproc.store.archive link before 3"),
    "the octets are on the spool": ("receive", "mailproc.store.archive spool after 2"),
    "a message was claimed and read": ("work", "mailproc.desk.mail take before 2"),
    "letters are on disk, the entry is not": ("work", "mailproc.store.archive write_entry before 2"),
    "the entry is written, the commit missing": ("work", "mailproc.store.archive write_entry after 2"),
    "the rows are written, the commit missing": ("work", "mailproc.desk.apply finish after 3"),
    "a digest's entry is written": ("digest", "mailproc.store.archive write_entry after 1"),
    "the settling's entry is written": ("settle", "mailproc.store.archive write_entry after 1"),
    "the bundle is up, nothing says so": ("settle", "mailproc.desk.publishing publish_article after 1"),
    "the bundle is up, its event is not committed": ("settle", "mailproc.store.archive write_entry after 2"),
}


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with a member, and mails beside it."""
    folder = tmp_path_factory.mktemp("power")
    config = make_desk(folder / "desk")
    with standing_still(START):
        assert run_here("members", "add", ANA, "--confirmed", config=config).status == 0
    for name, octets in MAILS.items():
        (folder / f"{name}.eml").write_bytes(octets)
    return folder


MAILS = {
    "1": a_mail("The tram was late.\n", to="articles@harbour.example", authentic=True, attachments=(
        ("stop.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(64)),)),
    "2": a_mail("May I become a member?\n", sender="Kim <kim@reyes.example>", to="join@harbour.example"),
    "3": a_mail("Eleven?\n", sender="Ezra <ezra@ferryside.example>", to="contact@harbour.example", authentic=True),
}  # fmt: skip


@contextmanager
def standing_still(at: Any) -> Iterator[None]:  # noqa: ANN401 - a datetime
    """Commands in this process see this time."""
    before = commands.open_desk
    commands.open_desk = partial(open_desk, now=Clock(at))  # type: ignore[assignment]
    try:
        yield
    finally:
        commands.open_desk = before


def words_of(step: str, folder: Path) -> list[str | Path]:
    if step == "receive":
        return ["receive", *(folder / f"{name}.eml" for name in MAILS), "--from", "jo@poole.example"]
    decide: list[str | Path] = ["decide", "A-2 approve", "--as", ANA]
    return {"digest": ["remind"], "decide": decide}.get(step, ["work"])


def story(prepared: Path, folder: Path, death: tuple[str, str] | None = None) -> dict[str, Any]:
    """What the commands say at the end; with a death, the step that died was run again."""
    shutil.copytree(prepared, folder)
    config = folder / "desk/config.toml"
    for step in STEPS:
        now = START + timedelta(minutes=16 if step == "settle" else 0, days=int(step not in {"receive", "work"}))
        words = words_of(step, folder)
        if death and death[0] == step:
            died = run_process(*words, config=config, program=DIES, DIES=death[1], NOW=now.isoformat())
            assert died.status == -9, died
        with standing_still(now):
            ran = run_here(*words, config=config)
            assert ran.status == 0, ran
        if step in {"work", "digest"}:  # a claim of the dead is held until its lease runs out
            with standing_still(now + timedelta(minutes=6)):
                assert run_here("work", config=config).status == 0, step
    with standing_still(START + timedelta(days=1, minutes=30)):
        items = run_here("list", "--json", config=config).json
        return {
            "items": [run_here("show", item["ref"], "--json", config=config).json for item in items],
            "received": [attempted(row) for row in run_here("received", "list", "--json", config=config).json],
            "letters": run_here("outbox", "list", "--json", config=config).json,
            "published": contents(folder / "desk/published"),
            "outbox": contents(folder / "desk/outbox"),
        }


def attempted(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what a death may change: how often it was tried, and the random name of an operator's message."""
    source = row["source"].partition(":")[0] if row["source"].startswith("operator:") else row["source"]
    return {**row, "source": source, "attempts": 0, "error": None}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="session")
def undisturbed(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    told = story(prepared, tmp_path_factory.mktemp("undisturbed") / "town")
    assert [item["state"] for item in told["items"]] == ["published", "awaiting_agreement", "open"]
    return told


@pytest.mark.parametrize("moment", DEATHS)
def test_the_desk_is_as_if_nothing_had_happened(
    moment: str, prepared: Path, undisturbed: dict[str, Any], tmp_path: Path
):
    told = story(prepared, tmp_path / "town", DEATHS[moment])
    for what, expected in undisturbed.items():
        assert told[what] == expected, what
