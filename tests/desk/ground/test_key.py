"""The key of all secrets: what a desk does when it is gone, damaged, another's, or open to others; and a new one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    START,
    Clock,
    a_mail,
    add_member,
    digest_now,
    give,
    letters,
    make_desk,
    octets_of,
    run_here,
    say,
    text_of,
)

from mailproc.config import load
from mailproc.desk.ground import key
from mailproc.desk.ground.books import open_books
from mailproc.desk.ground.wire import open_desk
from mailproc.desk.keep.backup import backup
from mailproc.desk.watch import alarm, health
from mailproc.errors import StoreError
from mailproc.store.database import reading, writing
from mailproc.store.service import keys

RENEW = "`mailproc work --new-key` makes another"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk that has written letters, with a backup beside it."""
    folder = tmp_path_factory.mktemp("lived")
    with open_desk(load(make_desk(folder / "desk")), Clock(START)) as desk:
        add_member(desk, ANA, "Ana")
        add_member(desk, BEN, "Ben")
        give(desk, a_mail(authentic=True))
        digest_now(desk, ANA)
        backup(desk, folder / "BACKUP.tar")
    return folder


@pytest.fixture
def folder(lived: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    shutil.copytree(lived / "desk", tmp_path / "desk")
    return tmp_path / "desk"


def config_of(folder: Path) -> Path:
    return folder / "config.toml"


def gone(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def garbage(path: Path) -> None:
    path.write_bytes(b"\x00\xff\xfe" * 30)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20])


def cut_behind_what_may_be_a_key(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:50])


def anothers(path: Path) -> None:
    path.write_text("ab" * 32 + "\n")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_link_to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


DAMAGES = {  # what happened to the file: what the desk says of it, and the finding of `verify`
    gone: ("the key is gone", "key-missing"),
    empty: ("the key is damaged (empty)", "key-damaged"),
    garbage: ("the key is damaged (90 octets that are no key)", "key-damaged"),
    cut: ("the key is damaged (20 octets that are no key)", "key-damaged"),
    cut_behind_what_may_be_a_key: ("not the key that this desk's letters were written with", "key-differs"),
    anothers: ("not the key that this desk's letters were written with", "key-differs"),
    a_folder: ("a folder, where the key should be", "key-damaged"),
    a_link_to_nowhere: ("a link to nowhere, and nothing is there", "key-missing"),
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_F97_a_key_that_is_gone_damaged_or_another_is_told_with_its_cure_and_never_replaced(folder, lived, damage):
    damage(folder / "data/key")
    said, slug = DAMAGES[damage]
    lies = sorted(folder.rglob("*"))
    with open_books(load(config_of(folder))) as books:
        looked, held = key.look(books), key.hold(books)
    assert (held, held.flaw, held.where) == (looked, slug, f"{folder}/data/key: {said}")
    assert f"put it back from the backup: `tar -xf {backup_of(lived)} -C {folder} data/key`" in held.cure
    assert RENEW in held.cure
    watched = run_here("health", "--json", config=config_of(folder))
    [trouble] = [found for found in watched.json["findings"] if found["part"] == "key"]
    assert trouble == {"part": "key", "level": "trouble", "finding": held.trouble}
    assert (watched.status, watched.json["status"]) == (1, "red")
    with pytest.raises(StoreError, match="the next digests list all again"), open_desk(load(config_of(folder))):
        pass
    assert sorted(folder.rglob("*")) == lies, "nothing was put in its place"


def test_F97_who_writes_letters_or_reads_replies_refuses_and_who_only_looks_goes_on(folder):
    gone(folder / "data/key")
    said, config = f"{folder}/data/key: the key is gone; ", config_of(folder)
    for command in (["work"], ["deliver"], ["remind"], ["poll"], ["digest", "--dry-run"], ["run", "--once"]):
        ran = run_here(*command, config=config)
        assert (ran.status, ran.out) == (1, ""), command
        assert ran.err.startswith(f"mailproc: {said}put it back from the backup: `tar -xf "), command
    for command in (["list"], ["show", "A-3"], ["members", "list"], ["outbox", "list"], ["trace", "3"]):
        ran = run_here(*command, config=config)
        assert ran.status == 0, command
        assert ran.out
        assert ran.err.startswith(f"mailproc: warning: {said}until it is back no letter is written"), command


def test_F97_doctor_verify_and_rebuild_say_so(folder):
    anothers(folder / "data/key")
    where = f"{folder}/data/key: not the key that this desk's letters were written with"
    config = config_of(folder)
    doctor, verify = run_here("doctor", config=config), run_here("verify", "--json", config=config)
    assert (doctor.status, verify.status) == (1, 1)
    assert f"TROUBLE {where}; put it back" in doctor.out
    [found] = verify.json
    assert (found["finding"], found["where"]) == ("key-differs", where)
    assert RENEW in found["cure"]
    drop_database(folder)
    rebuilt = run_here("rebuild", "--json", config=config)
    assert rebuilt.status == 1
    assert rebuilt.json["applied"] == 4, "the database comes back without a key"
    assert rebuilt.json["key"].startswith(f"{where}; ")
    assert where in rebuilt.err
    assert run_here("list", config=config).status == 0
    assert run_here("work", config=config).status == 1, "and still nobody takes another key for it"


def backup_of(lived: Path) -> Path:
    return lived / "BACKUP.tar"


def drop_database(folder: Path) -> None:
    for path in (folder / "data").glob("mailproc.db*"):
        path.unlink()


@pytest.mark.parametrize("damage", [gone, anothers])
def test_F97_the_backups_key_cures_it_by_the_very_command_that_was_named(folder, lived, damage):
    damage(folder / "data/key")
    config = config_of(folder)
    command = run_here("work", config=config).err.partition("`")[2].partition("`")[0].split()
    assert command[:2] == ["tar", "-xf"]
    assert os.spawnvp(os.P_WAIT, "tar", command) == 0  # noqa: S606 - what the operator types
    assert (folder / "data/key").read_bytes() == (lived / "desk/data/key").read_bytes()
    assert (folder / "data/key").stat().st_mode & 0o777 == 0o600
    for again in ("work", "verify"):
        ran = run_here(again, config=config)
        assert (ran.status, "key" in ran.err) == (0, False), ran  # that its desk is of another year it may say


def test_F97_a_service_that_runs_while_the_key_goes_away_tells_its_operator(folder):
    with open_desk(load(config_of(folder)), Clock(START)) as desk:
        gone(folder / "data/key")
        assert {found.part for found in health.findings(health.look(desk)) if found.level == "trouble"} >= {"key"}
        give(desk, a_mail("It still has it in memory.\n", authentic=True))
        assert letters(desk)[-1].template == "author/receipt-article"
        alarm.watch(desk, set())
        alarm.watch(desk, set())
        [notice] = letters(desk, "operator/notice")
        assert "put it back from the backup" in " ".join(text_of(octets_of(desk, notice)).split())


def test_F97_a_new_desk_makes_its_key_and_one_without_letters_may_have_another(tmp_path):
    path = make_desk(tmp_path / "desk")
    file = tmp_path / "desk/data/key"
    with open_desk(load(path)) as desk:
        first = desk.key
    file.unlink()
    with open_desk(load(path)) as desk:
        assert desk.key != first
    anothers(file)
    with open_desk(load(path)) as desk, reading(desk.engine) as conn:
        assert keys.current(conn) == keys.Known(desk.held.fingerprint, keys.current(conn).since)
    empty(file)
    with pytest.raises(StoreError, match=r"empty.*no letter needs it yet: take that away"), open_desk(load(path)):
        pass
    file.unlink()
    with open_desk(load(path)) as desk:
        add_member(desk, ANA)
        give(desk, a_mail(authentic=True))
    file.unlink()
    with pytest.raises(StoreError, match="the key is gone"), open_desk(load(path)):
        pass


def test_the_fingerprint_is_no_part_of_the_key(folder):
    with open_desk(load(config_of(folder))) as desk, reading(desk.engine) as conn:
        known, octets = keys.current(conn), desk.key
    assert known is not None
    assert len(known.fingerprint) == 64
    assert known.fingerprint not in octets.decode()
    assert known.fingerprint != key.Key(Path("key"), b"ab" * 32).fingerprint


def test_F110_letters_tell_which_key_wrote_them_where_no_fingerprint_does(folder):
    config, file = load(config_of(folder)), folder / "data/key"
    right = file.read_bytes()
    with open_books(config) as books:
        for content, flaw in ((b"ab" * 32, "key-differs"), (right, "")):  # a database of an older release
            with writing(books.engine) as conn:
                conn.exec_driver_sql("DELETE FROM keys")
            file.write_bytes(content)
            assert key.hold(books).flaw == flaw
            with reading(books.engine) as conn:
                assert bool(keys.current(conn)) == (not flaw), "what letters speak for is noted"
    drop_database(folder)
    gone(file)
    with open_books(config) as books:
        assert key.hold(books).flaw == "key-missing", "a lost database is no new desk"
    file.write_bytes(right)
    with open_books(config) as books:
        assert not key.hold(books).flaw
        with reading(books.engine) as conn:
            assert keys.current(conn) is None, "nothing speaks for it yet"
    assert run_here("rebuild", config=config.path).status == 0
    with open_books(config) as books, reading(books.engine) as conn:
        known = keys.current(conn)
        assert known is not None
        assert known.fingerprint == key.look(books).fingerprint


@pytest.mark.parametrize("mode", [0o640, 0o602])
def test_F111_a_key_that_others_may_read_is_a_warning_with_its_cure_and_no_refusal(folder, mode):
    config, file = config_of(folder), folder / "data/key"
    file.chmod(mode)
    watched = run_here("health", config=config)
    assert f"warning {file}: others on this machine can read it and answer in any member's name" in watched.out
    assert f"`chmod 600 {file}`" in watched.out
    with open_desk(load(config)) as desk:
        assert [found.level for found in health.of_key(desk.held)] == ["warning"]
        file.chmod(0o600)
        assert [found.level for found in health.of_key(desk.held)] == ["ok"]


def test_F111_a_key_behind_a_link_is_a_key(folder):
    file = folder / "data/key"
    file.rename(folder / "elsewhere")
    file.symlink_to(folder / "elsewhere")
    with open_books(load(config_of(folder))) as books:
        assert not key.look(books).flaw
        (folder / "elsewhere").chmod(0o644)
        assert "chmod 600" in next(health.of_key(key.look(books))).words


def test_F111_a_key_that_may_not_be_read_names_whose_it_must_be(folder, monkeypatch):
    refused = PermissionError(13, "Permission denied")

    def refuse(path: Path, *given: object, **named: object) -> object:
        if path.name == "key":
            raise refused
        return opened(path, *given, **named)

    opened: Callable[..., object] = Path.open
    monkeypatch.setattr(Path, "open", refuse)  # tests may run as root, whom nothing is refused
    ran = run_here("work", config=config_of(folder))
    assert ran.status == 1
    assert "the key cannot be read (Permission denied); let it belong to the user who runs mailproc" in ran.err
    assert "--new-key" not in ran.err
    assert run_here("work", "--new-key", config=config_of(folder)).status == 1, "a key that is there is not replaced"


@pytest.mark.parametrize("damage", [gone, a_folder])
def test_F112_a_new_key_says_what_follows_and_a_rebuild_knows_it(folder, damage):
    damage(folder / "data/key")
    config, file = config_of(folder), folder / "data/key"
    was_there = os.path.lexists(file)
    ran = run_here("work", "--new-key", "--json", config=config)
    assert (ran.status, ran.json) == (0, {"processed": 0, "stuck": []})
    said = (f"{file}: a new key", "Replies to letters sent until now do nothing", "`mailproc digest --now`", "backup")
    for words in said:
        assert words in ran.err
    aside = list(file.parent.glob("key.*.set-aside"))
    assert len(aside) == was_there
    assert file.stat().st_mode & 0o777 == 0o600
    before = told(config)
    [number] = [row["number"] for row in before["received list"] if row["rule"] == "key"]
    assert run_here("verify", config=config).status == 0
    with open_books(load(config)) as books, reading(books.engine) as conn:
        known = keys.current(conn)
    drop_database(folder)
    assert run_here("rebuild", config=config).status == 0
    assert told(config) == before
    with open_books(load(config)) as books, reading(books.engine) as conn:
        assert keys.current(conn) == known
        assert known is not None
        assert known.number == number


def told(config: Path) -> dict[str, list[dict[str, object]]]:
    """What a rebuild gives again."""
    names = ("list", "received list", "members list")
    rows = {name: run_here(*name.split(), "--json", config=config).json for name in names}
    left = {"attempts", "error"}
    return {name: [{k: v for k, v in row.items() if k not in left} for row in found] for name, found in rows.items()}


def test_F112_a_key_that_is_right_is_not_replaced(folder):
    before = (folder / "data/key").read_bytes()
    ran = run_here("work", "--new-key", config=config_of(folder))
    assert (ran.status, ran.out) == (2, "")
    assert "it is this desk's key and whole" in ran.err
    assert (folder / "data/key").read_bytes() == before


@pytest.mark.parametrize("place", ["receive.committed", "process.entered"])
def test_F112_whoever_dies_while_the_key_is_made_anew_says_it_again(folder, process, place):
    gone(folder / "data/key")
    config = config_of(folder)
    died = process("work", "--new-key", config=config, MAILPROC_FAILPOINT=f"{place}:kill9")
    assert died.status == -9, died
    again = run_here("work", "--new-key", config=config)
    assert again.status == 0, again
    assert run_here("work", config=config).status == 0
    assert run_here("verify", config=config).status == 0
    with open_desk(load(config)) as desk, reading(desk.engine) as conn:
        known = keys.current(conn)
        assert known is not None
        assert known.fingerprint == desk.held.fingerprint


def test_F112_a_process_that_has_the_old_key_writes_no_more_letters_with_it(folder):
    with open_desk(load(config_of(folder))) as service:
        gone(folder / "data/key")
        assert run_here("work", "--new-key", config=config_of(folder)).status == 0
        with pytest.raises(StoreError, match=r"made anew.*start `mailproc run` again"):
            say(service, "digest")


def test_F97_a_backup_without_its_key_says_so_and_still_comes_back(folder, tmp_path):
    gone(folder / "data/key")
    ran = run_here("backup", tmp_path / "late.tar", config=config_of(folder))
    assert ran.status == 1
    assert "Everybody's mail is in it, and no key" in ran.out
    assert "the key is gone; put it back" in ran.err
    restored = run_here("restore", tmp_path / "late.tar", "--to", tmp_path / "new")
    assert restored.status == 0
    refused = run_here("work", config=tmp_path / "new/config.toml")
    assert refused.status == 1
    assert f" -C {tmp_path / 'new'} data/key`" in refused.err
