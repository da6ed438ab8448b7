"""A desk that the program of commit a5f3cdd wrote is opened by this one, says the same, rebuilds equal and goes on.

The desk and what that program printed of it lie in tests/old_desks, with the script that made them. What is compared
is what an operator sees (`--json`); nothing may differ but what LATER names, each with its reason.

Its `rules/` and `templates/` are those of then, as an operator has them who does not write them anew with each release.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    JO,
    ROOT,
    Clock,
    a_reply,
    clock_of,
    give,
    item,
    later,
    letters,
    octets_of,
    received,
    reminded,
    run_here,
    state,
)
from same import all_of, assert_same

from mailproc.cli.shape import shown
from mailproc.config import load
from mailproc.desk.carry.deliver import deliver
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.keep.verify import verify
from mailproc.desk.serve.process import work

OLD = ROOT / "tests/old_desks"
TOLD = json.loads((OLD / "a5f3cdd.json").read_text(encoding="utf-8"))
AT, OPEN, LETTERS, OCCURS = datetime.fromisoformat(TOLD["at"]), TOLD["open"], TOLD["letters"], TOLD["occurs"]
MO, HAL = "mo@ferry.example", "hal@elsewhere.example"
LISTINGS = {  # as make_a5f3cdd.py asked
    "list": ("list",),
    "members": ("members", "list"),
    "groups": ("groups", "list"),
    "received": ("received", "list"),
    "outbox": ("outbox", "list"),
}
LATER: dict[str, frozenset[str]] = {}  # listing -> fields that a later release gives otherwise, and why
ATTEMPTS = {
    "received": {"attempts", "error"},
    "outbox": {"attempts", "ambiguous_attempts", "next_try", "reason", "state"},
}
UNKNOWN = {"queued", "deferred", "ambiguous", "unconfirmed"}  # only a row knows whether such a letter was tried


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with `desk` and `printed`, to be copied."""
    folder = tmp_path_factory.mktemp("earlier")
    with tarfile.open(OLD / "a5f3cdd.tar.xz") as tar:
        tar.extractall(folder, filter="data")
    data = folder / "desk/data"
    with closing(sqlite3.connect(data / "mailproc.db")) as conn:  # it is kept as words, for they pack better
        conn.executescript((data / "mailproc.sql").read_text(encoding="utf-8"))
    (data / "mailproc.sql").unlink()
    return folder


@pytest.fixture
def folder(unpacked: Path, tmp_path: Path) -> Path:
    """A copy of the desk's folder."""
    shutil.copytree(unpacked / "desk", tmp_path / "desk")
    return tmp_path / "desk"


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    """The same, open, a minute after the program of then had left it."""
    with open_desk(load(folder / "config.toml"), Clock(AT + timedelta(minutes=1))) as opened:
        yield opened


def said(folder: Path) -> dict[str, Any]:
    """What this program says of a desk, by the names under which the other one's words were kept."""
    config, found = folder / "config.toml", {}
    for name, words in LISTINGS.items():
        ran = run_here(*words, "--json", config=config)
        assert ran.status == 0, ran.err
        found[name] = ran.json
    with open_desk(load(config)) as desk:
        found |= {f"show/{each['ref']}": shown(item(desk, each["ref"])) for each in found["list"]}
    return found


def printed(unpacked: Path) -> dict[str, Any]:
    """What the program of then said."""
    root = unpacked / "printed"
    return {str(path.relative_to(root).with_suffix("")): json.loads(path.read_text()) for path in root.rglob("*.json")}


def less(listing: Any, fields: frozenset[str] | set[str]) -> Any:  # noqa: ANN401 - JSON
    """A listing without these fields."""
    if isinstance(listing, dict):
        return {name: value for name, value in listing.items() if name not in fields}
    return [less(each, fields) for each in listing]


def then(found: Any, was: Any) -> Any:  # noqa: ANN401 - JSON
    """What is said now, less the keys that did not exist then: keys are only ever added (design §9)."""
    if isinstance(found, dict) and isinstance(was, dict):
        return {name: then(value, was[name]) for name, value in found.items() if name in was}
    if isinstance(found, list) and isinstance(was, list) and len(found) == len(was):
        return [then(one, other) for one, other in zip(found, was, strict=True)]
    return found


def assert_as_printed(found: dict[str, Any], unpacked: Path, aside: dict[str, set[str]] | None = None) -> None:
    """Everything is said as it was, but for LATER and the fields put aside."""
    expected = printed(unpacked)
    assert sorted(found) == sorted(expected)
    for name, value in expected.items():
        sort = name.partition("/")[0]
        fields = LATER.get(sort, frozenset()) | (aside or {}).get(sort, set())
        assert then(less(found[name], fields), less(value, fields)) == less(value, fields), name


def test_it_opens_and_says_what_it_said(folder: Path, unpacked: Path):
    assert_as_printed(said(folder), unpacked)


def test_a_database_made_anew_says_the_same(folder: Path, unpacked: Path):
    with open_desk(load(folder / "config.toml")) as desk:
        rows = all_of(desk)
    for path in (folder / "data").glob("mailproc.db*"):
        path.unlink()
    ran = run_here("rebuild", config=folder / "config.toml")
    assert ran.status == 0, ran.err
    with open_desk(load(folder / "config.toml")) as desk:
        again = all_of(desk)
    for what, value in rows.items():
        assert again[what] == value, what
    found = said(folder)
    assert_as_printed(found, unpacked, ATTEMPTS)
    before = {each["id"]: each for each in printed(unpacked)["outbox"]}
    for each in found["outbox"]:
        was = before[each["id"]]
        assert each["state"] == was["state"] or {each["state"], was["state"]} <= UNKNOWN, each


def test_all_is_in_order(folder: Path):
    run_here("work", config=folder / "config.toml")  # writes the lists as this release has them
    ran = run_here("verify", config=folder / "config.toml")
    assert ran.status == 0, (ran.out, ran.err)


def answers(desk: Desk, letter: str, text: str, sender: str, **how: bool) -> int:
    """Somebody answers a letter of before, by its id."""
    [sent] = [each for each in letters(desk) if each.id == letter]
    return give(desk, a_reply(octets_of(desk, sent), text, sender, at=desk.now(), **how))


def test_it_goes_on(desk: Desk, folder: Path):
    """What waited when the program was exchanged comes to its end, by letters of before and by the clock."""
    unread = max(each["number"] for each in run_here("received", "list", "--json", config=folder / "config.toml").json)
    work(desk)
    assert received(desk, unread).state == "processed", "a mail that waited for its turn"
    # A member answers a digest of before: it is decided, settles, and goes up.
    answers(desk, LETTERS[f"digest {BEN}"], f"{OPEN['decide']} approve", BEN)
    assert [line.event for line in item(desk, OPEN["decide"]).journal][-2:] == ["vote", "approve"]
    answers(desk, LETTERS[f"digest {CLEO}"], f"{OPEN['half']} reject: It is half a text.", CLEO)
    answers(desk, LETTERS[f"digest {BEN}"], f"{OPEN['motion']} retract", BEN)
    later(desk, minutes=16)
    up = item(desk, OPEN["decide"])
    assert up.item.state == "published"
    assert up.item.place
    assert (desk.config.storage.published / up.item.place / "index.md").is_file()
    assert state(desk, OPEN["settling"]) == "published", "decided before, settled after"
    assert state(desk, OPEN["motion"]) == "retracted", "one vote of before, one of after"
    assert {each.template for each in letters(desk, to=JO)} >= {"author/published", "author/retracted"}
    # Authors answer letters of before.
    answers(desk, LETTERS["withdraw"], "withdraw", JO)
    assert state(desk, OPEN["withdraw"]) == "withdrawn"
    answers(desk, LETTERS["asked"], "The red one.", MO)
    assert state(desk, OPEN["asked"]) == "pending"
    # A yes to a question of before.
    answers(desk, LETTERS["step-up"], "yes", ANA, authentic=False)
    assert member_of(desk, folder, ANA)["state"] == "away"
    # Who had resigned has left.
    assert member_of(desk, folder, HAL)["state"] == "resigned"
    # The clock: what nobody objects to, reminders, what was held, what ends.
    consent_at = item(desk, OPEN["announced"]).item.consent_at
    assert consent_at, "announced before"
    deliver(desk)
    clock_of(desk).set(consent_at + timedelta(minutes=1))
    work(desk)
    later(desk, minutes=20)
    assert state(desk, OPEN["announced"]) == "published"
    count = len(letters(desk, "member/reminder"))
    for days in (4, 10, 16):
        later(desk, days=days)
        reminded(desk)
    assert len(letters(desk, "member/reminder")) > count
    assert "wake" in [line.event for line in item(desk, OPEN["held"]).journal]
    assert state(desk, OPEN["lapses"]) == "lapsed"
    work(desk)
    assert_same(desk)
    assert verify(desk).findings == []


def member_of(desk: Desk, folder: Path, email: str) -> dict[str, Any]:
    """A member as `members list` tells."""
    del desk  # its rows are read through the command line
    listed = run_here("members", "list", "--json", config=folder / "config.toml").json
    return next(each for each in listed if each["email"] == email)


# What it holds


def entries(unpacked: Path) -> list[dict[str, Any]]:
    """Every entry, as it lies there."""
    return [json.loads(path.read_bytes()) for path in sorted((unpacked / "desk/data/archive").rglob("*.json"))]


KINDS = {"A": "article", "F": "material", "M": "membership", "Q": "enquiry", "U": "unsorted"}


def subject(ref: str) -> str:
    return KINDS.get(ref.partition("-")[0]) or ref.partition(":")[0]


SORTS: dict[str, Callable[[dict[str, Any]], set[str]]] = {
    "events": lambda entry: {f"{subject(event['ref'])} {event['name']}" for event in entry.get("events", ())},
    "reasons of events": lambda entry: {event.get("reason", "") for event in entry.get("events", ())},
    "reasons of entries": lambda entry: {entry["reason"]},
    "actors": lambda entry: {
        who for event in entry.get("events", ()) for who in (event["by"], event.get("data", {}).get("for", ""))
    },
    "letters": lambda entry: {letter["template"] for letter in entry.get("letters", ())},
}


@pytest.mark.parametrize("sort", SORTS)
def test_nothing_that_happened_at_it_is_lost_from_the_test_file(unpacked: Path, sort: str):
    """A desk with fewer events proves less; whoever makes it smaller changes a5f3cdd.json and is seen."""
    found = set().union(*(SORTS[sort](entry) for entry in entries(unpacked))) - {""}
    assert sorted(found) == OCCURS[sort]
