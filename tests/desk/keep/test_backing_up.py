"""A backup made while the desk runs is the desk at one moment, whole; a restore gives that back or nothing."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from build import (
    ANA,
    JO,
    START,
    Clock,
    a_desk,
    a_mail,
    add_member,
    digest_now,
    give,
    later,
    letters,
    received,
    run_here,
    run_process,
    say,
)
from lived import TEXT, a_lived_in_desk, in_order, told

from mailproc.config import load
from mailproc.desk.erase import forget
from mailproc.desk.ground.books import fresh_id
from mailproc.desk.ground.receive import Incoming, receive
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.keep import backup as keeping
from mailproc.desk.keep.verify import verify
from mailproc.desk.serve.process import adopt_all, process, work
from mailproc.errors import StoreError, UsageError
from mailproc.store.octets import archive

NOW = START + timedelta(hours=2)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backing") / "desk"
    with a_desk(folder) as desk:
        refs = a_lived_in_desk(desk)
        say(desk, f"decide {ANA} 'approve {refs['article']}'")
        later(desk, hours=1)
    return folder


@pytest.fixture
def lived(prepared: Path, tmp_path: Path) -> Iterator[Desk]:
    folder = shutil.copytree(prepared, tmp_path / "desk")
    with open_desk(load(Path(folder) / "config.toml"), Clock(NOW)) as desk:
        yield desk


@pytest.mark.parametrize("name", ["desk.tar", "desk.tar.gz"])
def test_F28_a_restored_desk_says_what_the_desk_said(lived: Desk, tmp_path: Path, name: str):
    manifest = keeping.backup(lived, tmp_path / name)
    before = told(lived)
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    keeping.restore(tmp_path / name, tmp_path / "back")
    with open_desk(load(tmp_path / "back/config.toml"), Clock(NOW)) as desk:
        adopt_all(desk)
        work(desk)
        after = told(desk)
        for each, was in zip(after["outbox"], before["outbox"], strict=True):
            if was["state"] in {"queued", "deferred", "ambiguous"}:
                assert each["state"] == "unconfirmed"
                each["state"] = was["state"]
        assert after == before
        assert verify(desk).findings == []
        assert desk.key == lived.key
    assert "secrets" not in " ".join(manifest["files"])


def test_F28_a_backup_under_load_is_one_moment(lived: Desk, tmp_path: Path):
    """Mail comes in and has its turn all the time; the backup knows of a message either everything or nothing."""
    stop = threading.Event()
    came: list[int] = []

    def load_it() -> None:
        with open_desk(lived.config, Clock(NOW)) as other:
            while not stop.is_set():
                came.append(give(other, a_mail(f"Number {len(came)}.\n", sender=f"Kim <kim{len(came)}@reyes.example>")))

    thread = threading.Thread(target=load_it)
    thread.start()
    try:
        while not came:
            pass
        for n in range(3):
            keeping.backup(lived, tmp_path / f"{n}.tar")
    finally:
        stop.set()
        thread.join()
    for n in range(3):
        keeping.restore(tmp_path / f"{n}.tar", tmp_path / f"back{n}")
        with open_desk(load(tmp_path / f"back{n}/config.toml"), Clock(NOW)) as desk:
            adopt_all(desk)
            work(desk)
            (tmp_path / f"aside{n}").mkdir()
            assert verify(desk).findings == []
            in_order(desk, tmp_path / f"order{n}")


def test_F28_a_file_that_an_erasure_takes_away_meanwhile_stops_the_backup(lived: Desk, tmp_path: Path, monkeypatch):
    real = keeping._members

    def late(desk: Desk, copy: Path) -> list[keeping.Member]:
        found = list(real(desk, copy))
        archive.message_path(desk.archive, 3).unlink()
        return found

    monkeypatch.setattr(keeping, "_members", late)
    with pytest.raises(StoreError, match="make the backup again"):
        keeping.backup(lived, tmp_path / "desk.tar")
    assert [path.name for path in tmp_path.iterdir()] == ["desk"]


def test_F28_a_backup_that_dies_leaves_no_file_under_its_name(lived: Desk, tmp_path: Path):
    target = tmp_path / "desk.tar"
    died = run_process("backup", target, config=lived.config.path, MAILPROC_FAILPOINT="backup.written:kill9")
    assert died.status == -9, died
    assert not target.exists()
    assert run_process("backup", target, config=lived.config.path).status == 0


def test_a_letter_that_had_not_left_never_leaves_a_restored_desk_by_itself(desk: Desk, tmp_path: Path):
    add_member(desk, ANA)
    give(desk, a_mail(TEXT, authentic=True))
    digest_now(desk, ANA)
    assert {letter.state for letter in letters(desk)} == {"queued"}
    keeping.backup(desk, tmp_path / "desk.tar")
    ran = run_here("restore", tmp_path / "desk.tar", "--to", tmp_path / "back", config=tmp_path / "none.toml")
    assert ran.status == 0, ran
    assert "letters had not left then and may have left since" in ran.out
    assert "doctor" in ran.out
    with open_desk(load(tmp_path / "back/config.toml"), Clock(NOW)) as restored:
        assert {letter.state for letter in letters(restored)} == {"unconfirmed"}


def test_a_message_that_waited_is_decided_on_after_a_restore(desk: Desk, tmp_path: Path):
    number = receive(desk, [Incoming(f"lmtp:{fresh_id()}", [a_mail(TEXT, authentic=True)])])[0]
    keeping.backup(desk, tmp_path / "desk.tar")
    process(desk, number)
    keeping.restore(tmp_path / "desk.tar", tmp_path / "back")
    with open_desk(load(tmp_path / "back/config.toml"), Clock(NOW)) as restored:
        assert received(restored, number).state == "received"
        work(restored)
        assert received(restored, number).state == "processed"


@pytest.mark.parametrize("harm", ["flip", "cut", "drop", "add", "above", "absolute", "link", "no manifest"])
def test_a_backup_that_is_not_as_it_was_written_restores_nothing(lived: Desk, tmp_path: Path, harm: str):
    keeping.backup(lived, tmp_path / "desk.tar")
    spoilt = tmp_path / "spoilt.tar"
    _spoil(tmp_path / "desk.tar", spoilt, harm)
    target = tmp_path / "back"
    with pytest.raises(StoreError, match="nothing was restored"):
        keeping.restore(spoilt, target)
    assert not target.exists() or list(target.iterdir()) == []
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("said", ["above", "elsewhere", "nothing", "no object"])
def test_a_manifest_that_lies_reaches_no_file_outside(lived: Desk, tmp_path: Path, said: str):
    keeping.backup(lived, tmp_path / "desk.tar")
    other = tmp_path / "other.db"  # somebody else's, which restoring must not open
    with tarfile.open(tmp_path / "desk.tar") as source, tarfile.open(tmp_path / "lie.tar", "w") as target:
        for info in source:
            octets = source.extractfile(info).read()  # type: ignore[union-attr]
            if info.name == keeping.MANIFEST:
                manifest = json.loads(octets)
                manifest["database"] = {"above": "../../other.db", "elsewhere": str(other)}.get(said)
                octets = json.dumps([] if said == "no object" else manifest).encode()
                info.size = len(octets)
            target.addfile(info, io.BytesIO(octets))
    with pytest.raises(StoreError, match="nothing was restored"):
        keeping.restore(tmp_path / "lie.tar", tmp_path / "back")
    assert not other.exists()
    assert list((tmp_path / "back").iterdir()) == []


def _spoil(good: Path, bad: Path, harm: str) -> None:
    if harm == "cut":
        bad.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
        return
    with tarfile.open(good) as source, tarfile.open(bad, "w") as target:
        for info in source:
            octets = source.extractfile(info).read()  # type: ignore[union-attr]
            if harm == "drop" and info.name.endswith("000003.eml"):
                continue
            if harm == "flip" and info.name.endswith("000003.eml"):
                octets = bytes([octets[0] ^ 1]) + octets[1:]
            if harm == "no manifest" and info.name == keeping.MANIFEST:
                continue
            target.addfile(info, io.BytesIO(octets))
        names = {"add": "more.txt", "above": "../evil", "absolute": str(bad.parent / "evil"), "link": "evil"}
        if harm in names:
            odd = tarfile.TarInfo(names[harm])
            if harm == "link":
                odd.type, odd.linkname = tarfile.SYMTYPE, str(bad.parent)
            target.addfile(odd)


def test_neither_writes_over_what_is_there(lived: Desk, tmp_path: Path):
    there = tmp_path / "there.tar"
    there.write_bytes(b"mine")
    with pytest.raises(UsageError, match="never written over"):
        keeping.backup(lived, there)
    assert there.read_bytes() == b"mine"
    with pytest.raises(UsageError, match=r"\.tar"):
        keeping.backup(lived, tmp_path / "desk.zip")
    keeping.backup(lived, tmp_path / "desk.tar")
    with pytest.raises(UsageError, match="not empty"):
        keeping.restore(tmp_path / "desk.tar", lived.config.folder)


def test_a_restore_goes_into_the_configurations_folder_while_that_is_empty(lived: Desk, tmp_path: Path):
    keeping.backup(lived, tmp_path / "desk.tar")
    (tmp_path / "new").mkdir()
    ran = run_here("restore", tmp_path / "desk.tar", "--json", config=tmp_path / "new/config.toml")
    assert ran.status == 0, ran
    assert ran.json["files"] == len(json.loads(_manifest(tmp_path / "desk.tar"))["files"])
    assert (tmp_path / "new/config.toml").is_file()
    assert run_here("list", "--json", config=tmp_path / "new/config.toml").json


def test_what_lies_elsewhere_comes_back_inside_and_that_is_said(open_desks, tmp_path: Path):
    desk = open_desks("desk", **{"storage.archive": str(tmp_path / "far/archive")})
    number = give(desk, a_mail(TEXT, authentic=True))
    keeping.backup(desk, tmp_path / "desk.tar")
    ran = run_here("restore", tmp_path / "desk.tar", "--to", tmp_path / "back", config=desk.config.path)
    assert ran.status == 0, ran
    assert "config.toml has archive =" in ran.out
    assert archive.message_path(tmp_path / "back/data/archive", number).is_file()


def test_I12_forget_names_the_backups_that_it_cannot_reach(lived: Desk, tmp_path: Path):
    keeping.backup(lived, tmp_path / "desk.tar")
    report = forget.report(lived, JO, "keep")
    assert any(str(tmp_path / "desk.tar") in line for line in report.stays)


def _manifest(path: Path) -> bytes:
    with tarfile.open(path) as tar:
        file = tar.extractfile(keeping.MANIFEST)
        assert file is not None
        return file.read()
