"""Everything the desk keeps of a person, in one file, and nothing of anybody else."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from build import ANA, BEN, JO, Clock, a_desk, letters, octets_of, received, run_here
from lived import NOTES, PHOTO, SECOND, SECRET, a_lived_in_desk, plain

from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.store.octets import archive

Lived = tuple[Desk, dict[str, str]]


@pytest.fixture
def lived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lived]:
    with a_desk(tmp_path / "desk") as desk:
        at = Clock(desk.now())
        monkeypatch.setattr("mailproc.cli.desk.open_desk", lambda config, **how: open_desk(config, at, **how))
        yield desk, a_lived_in_desk(desk)


def test_an_export_holds_every_mail_letter_item_and_attachment_as_it_is(lived: Lived, tmp_path: Path):
    desk, refs = lived
    target = tmp_path / "jo.zip"
    ran = run_here("export", JO, "--to", target, "--json", config=desk.config.path)
    assert ran.status == 0, ran
    assert target.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(target) as exported:
        assert exported.testzip() is None
        index = json.loads(exported.read("index.json"))
        assert index == ran.json
        for message in index["messages"]:
            row = received(desk, message["number"])
            octets = exported.read(message["file"])
            assert hashlib.sha256(octets).hexdigest() == row.sha256
            assert octets == archive.message_path(desk.archive, row.number).read_bytes()[row.offset :]
            assert json.loads(exported.read(f"entries/{row.number:06}.json"))["number"] == row.number
        assert {each["id"] for each in index["letters"]} == {letter.id for letter in letters(desk, to=JO)}
        first = letters(desk, to=JO)[0]
        assert exported.read(f"letters/{first.id}.eml") == octets_of(desk, first)
        assert {each["ref"] for each in index["items"]} == {refs["article"], refs["question"]}
        assert {exported.read(each["file"]) for each in index["attachments"]} == {PHOTO, NOTES}
        words = exported.read("index.txt").decode()
    assert refs["article"] in words
    assert "notes.txt" in words


def test_an_export_says_nothing_of_other_people(lived: Lived, tmp_path: Path):
    desk, _ = lived
    assert run_here("export", JO, "--to", tmp_path / "jo.zip", config=desk.config.path).status == 0
    with zipfile.ZipFile(tmp_path / "jo.zip") as exported:
        ours = [name for name in exported.namelist() if not name.startswith(("letters/", "mails/"))]
        said = plain("\n".join(exported.read(name).decode("utf-8", "replace") for name in ours))
    assert plain(SECRET) in said
    assert plain(SECOND) in said
    for stranger in (ANA, BEN, "cleo@sluice.example", "too wet", "the weather."):
        assert stranger not in said


def test_an_export_never_writes_over_a_file_and_knows_whom_it_does_not_know(lived: Lived, tmp_path: Path):
    desk, _ = lived
    there = tmp_path / "there.zip"
    there.write_bytes(b"mine")
    assert run_here("export", JO, "--to", there, config=desk.config.path).status == 2
    assert there.read_bytes() == b"mine"
    nobody = run_here("export", "nobody@poole.example", "--to", tmp_path / "no.zip", config=desk.config.path)
    assert nobody.status == 1
    assert "nothing is kept of this address" in nobody.err
    assert not (tmp_path / "no.zip").exists()


def test_a_member_gets_their_votes_and_membership(lived: Lived, tmp_path: Path):
    desk, refs = lived
    told = run_here("export", ANA, "--to", tmp_path / "ana.zip", "--json", config=desk.config.path).json
    assert told["member"]["state"] == "active"
    assert (refs["ben"], "reject", "too wet") in {(v["ref"], v["verdict"], v["words"]) for v in told["votes"]}
    assert told["items"] == []
