"""The second checker of the crash campaign can be seen to fail: a small day's evidence, damaged one thing at a time.

The day is lived by a real desk; its files, what its commands say, and what mailbox and sink saw are what the campaign
hands to `tests/crash/witness`.
"""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from build import (
    ANA,
    JO,
    ROOT,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    give,
    later,
    letters,
    octets_of,
    run_here,
)
from crash import witness

from mailproc.desk.carry.deliver import deliver
from mailproc.message.model import Envelope

UNKNOWN = Envelope(None, ("articles@harbour.example",))  # what IMAP tells of a mail without a Return-Path


@dataclass
class Day:
    """A case as the campaign leaves it."""

    folder: Path
    boxes: dict[str, list[str]]
    answers: list[list[dict[str, Any]]]

    @property
    def archive(self) -> Path:
        return self.folder / "desk/data/archive/000"

    def entry(self, number: int, change: Callable[[dict[str, Any]], object]) -> None:
        path = self.archive / f"{number:06}.json"
        told = json.loads(path.read_text())
        change(told)
        path.write_text(json.dumps(told))

    def ledger(self, **line: object) -> None:
        with (self.folder / "ledger.jsonl").open("a") as file:
            file.write(json.dumps({"kind": "article", "member": "", "decides": [], **line}) + "\n")

    def letter(self, template: str) -> dict[str, Any]:
        return next(row for row in self.answers[1] if row["template"] == template)

    def sank(self) -> list[Path]:
        return sorted((self.folder / "sink").glob("*.mail"))


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """A-2 came and is published by Ana's vote (6), A-3 is nobody's proven, 4 is a machine's; all letters left."""
    day = Day(tmp_path_factory.mktemp("witness"), {"INBOX": [], "Processed": []}, [])
    (day.folder / "sink").mkdir()
    with a_desk(day.folder / "desk", **{"review.undo": "0s"}) as desk:
        add_member(desk, ANA, "Ana")
        machine = a_mail("I am away.\n", subject="Away", Auto_Submitted="auto-replied")
        for n, (octets, kind) in enumerate(
            [(a_mail(authentic=True), "article"), (a_mail("No tram.\n"), "article"), (machine, "vacation")]
        ):
            give(desk, octets, UNKNOWN, source=f"imap:main/INBOX/1/{n}")
            day.boxes["Processed"].append(hashlib.sha256(octets).hexdigest())
            day.ledger(what="post", id=str(n), sha256=day.boxes["Processed"][-1], via="imap", kind=kind)
            day.ledger(what="accepted", id=str(n))
        reply = a_reply(digest_now(desk, ANA), "A-2 approve", ANA, at=desk.now())
        give(desk, reply, source="lmtp:one")
        sha256 = hashlib.sha256(reply).hexdigest()
        told = {"kind": "decision", "member": ANA, "decides": [("approve", "A-2")]}
        day.ledger(what="post", id="d", sha256=sha256, via="lmtp", **told)
        for what in ("try", "accepted"):
            day.ledger(what=what, id="d")
        later(desk, minutes=20)
        deliver(desk)
        for n, letter in enumerate(letters(desk)):
            head = json.dumps({"from": "", "to": letter.to}).encode()
            (day.folder / f"sink/{n:020}-{n:06}.mail").write_bytes(head + b"\n" + octets_of(desk, letter))
    for words in (["list"], ["outbox", "list"], ["received", "list"]):
        day.answers.append(run_here(*words, "--json", config=day.folder / "desk/config.toml").json)
    return day


@pytest.fixture
def day(lived: Day, tmp_path: Path) -> Day:
    shutil.copytree(lived.folder, tmp_path / "case")
    return Day(tmp_path / "case", json.loads(json.dumps(lived.boxes)), json.loads(json.dumps(lived.answers)))


def judged(day: Day) -> list[str]:
    return witness.judge(witness.look(day.folder, day.boxes, day.answers))


def flip(path: Path) -> None:
    octets = bytearray(path.read_bytes())
    octets[-2] ^= 1
    path.write_bytes(octets)


def a_second_receipt(day: Day) -> None:
    day.entry(2, lambda told: told["letters"].append({**told["letters"][0], "id": "second"}))
    row = day.letter("author/receipt-article")
    day.answers[1].append({**row, "id": "second", "message_id": "second@harbour.example", "state": "queued"})
    folder = (day.folder / "desk" / row["path"]).parent
    shutil.copy(folder / f"{row['id']}.eml", folder / "second.eml")


def comes_again(day: Day) -> None:
    shutil.copy(day.sank()[0], day.folder / f"sink/{99:020}-{99:06}.mail")


def is_kept_twice(day: Day) -> None:
    octets = (day.archive / "000002.eml").read_bytes()
    (day.archive / "000099.eml").write_bytes(octets.replace(b"INBOX/1/0", b"INBOX/1/99"))


def is_let_go_of(day: Day) -> None:
    day.ledger(what="post", id="x", sha256="c" * 64, via="imap")
    day.ledger(what="accepted", id="x")
    day.boxes["Processed"].append("c" * 64)


def place(day: Day) -> Path:
    return day.folder / "desk/published" / day.answers[0][0]["place"]


DAMAGED: dict[str, tuple[str, Callable[[Day], object]]] = {  # what was done: what the witness says
    "a mail is gone": ("kept: imap: not kept", lambda day: (day.archive / "000003.eml").unlink()),
    "an octet of a mail": ("kept: imap: not kept", lambda day: flip(day.archive / "000002.eml")),
    "a mail of a 250 is gone": ("kept: lmtp: not kept", lambda day: (day.archive / "000006.eml").unlink()),
    "a mail under two numbers": ("kept: imap: kept more often", is_kept_twice),
    "a mail let go of and not kept": ("kept: imap: not kept", is_let_go_of),
    "one that stays in the mailbox": ("kept: the mailbox", lambda day: day.boxes["Processed"].pop()),
    "no entry": ("in order: 3 has no entry", lambda day: (day.archive / "000003.json").unlink()),
    "a sequence twice": ("in order: the sequence", lambda day: day.entry(3, lambda told: told.update(sequence=2))),
    "time goes back": ("in order: after", lambda day: day.entry(3, lambda told: told.update(time="2025-01-01"))),
    "another state in the list": ("in order: 3 is stuck", lambda day: day.answers[2][2].update(state="stuck")),
    "an octet of a letter": (
        "letters as told",
        lambda day: flip(day.folder / "desk" / day.letter("author/receipt-article")["path"]),
    ),
    "no proof": (
        "letters as told",
        lambda day: next((day.folder / "desk/outbox").rglob("*.sent.json")).unlink(),
    ),
    "a letter of no entry": ("letters as told", lambda day: day.entry(2, lambda told: told.update(letters=[]))),
    "a letter came twice": ("on the wire", comes_again),
    "a letter never came": ("on the wire", lambda day: day.sank()[0].unlink()),
    "it came with other octets": ("on the wire", lambda day: flip(day.sank()[0])),
    "too many at once": ("on the wire: 1 letters", lambda day: (day.folder / "sink/crowded").write_text(f"{JO}\n")),
    "an item in another state": (
        "as listed: A-3 is listed as approved",
        lambda day: day.answers[0][1].update(state="approved", settles_at="2026-11-22T09:00:00Z"),
    ),
    "an event is gone": ("as listed: A-2", lambda day: day.entry(8, lambda told: told.update(events=[]))),
    "an item opened twice": (
        "as listed: A-2 was opened 2",
        lambda day: day.entry(2, lambda told: told.update(events=told["events"] * 2)),
    ),
    "an item is not listed": ("as listed: A-3 was opened", lambda day: day.answers[0].pop(1)),
    "two receipts": ("answered", a_second_receipt),
    "a machine is answered": (
        "answered: vacation",
        lambda day: day.entry(4, lambda told: told["letters"].append({"id": "x", "to": JO, "sha256": ""})),
    ),
    "a vote twice": (
        "done once: ana@harbour.example: approve A-2 happened 2",
        lambda day: day.entry(6, lambda told: told["events"].insert(0, told["events"][0])),
    ),
    "a decision without a word": ("done once", lambda day: day.entry(6, lambda told: told.update(letters=[]))),
    "a decision that nobody wrote": (
        "done once",
        lambda day: day.entry(6, lambda told: told["events"].append({**told["events"][0], "ref": "A-3"})),
    ),
    "published words changed": ("up: A-2", lambda day: flip(place(day) / "text.txt")),
    "published and not there": ("up: A-2", lambda day: shutil.rmtree(place(day))),
    "up, and nobody's": ("up: articles/x", lambda day: shutil.copytree(place(day), place(day).parents[1] / "x")),
    "settled and not up": (
        "up: A-3 is approved and settled",
        lambda day: day.answers[0][1].update(state="approved", settles_at=None),
    ),
}


def test_a_whole_day_satisfies_the_witness(day: Day):
    assert judged(day) == []


@pytest.mark.parametrize("what", DAMAGED)
def test_the_witness_sees_the_damage(what: str, day: Day):
    expected, damage = DAMAGED[what]
    damage(day)
    assert any(words.startswith(f"witness, {expected}") for words in judged(day)), judged(day)


def test_a_letter_may_come_twice_where_its_sender_died_between(day: Day):
    comes_again(day)
    (day.folder / witness.DEEDS).write_text(json.dumps({"what": "broken", "from": 50, "to": 50}) + "\n")
    assert judged(day) == []


def test_the_witness_knows_nothing_of_the_program_nor_of_the_first_checker():
    tree = ast.parse((ROOT / "tests/crash/witness.py").read_text())
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name.partition(".")[0] for name in named} & {"mailproc", "crash", "build", "sqlite3"}
