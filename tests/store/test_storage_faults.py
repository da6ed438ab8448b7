"""The disk fails under the whole desk: full, read-only, out of files, an fsync that lies. Nothing half-written counts.

Small disks are tmpfs, which root may mount; without root these tests are skipped.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree

import pytest
from build import (
    ANA,
    START,
    a_desk,
    a_mail,
    add_member,
    clock_of,
    give,
    keep,
    later,
    letters,
    make_desk,
    octets_of,
    received,
    ref_of,
    run_here,
    run_process,
    say,
    state,
)
from sqlalchemy import event

from mailproc.config import load
from mailproc.desk.carry.mailbox import ledger
from mailproc.desk.ground.lease import held
from mailproc.desk.ground.room import room_for_mail
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.serve.process import adopt_all, work
from mailproc.errors import DiskFailed, IntakeError, StoreError
from mailproc.intake.source import Source
from mailproc.store.database import reading, writing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive, disk, room

MAY_MOUNT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not MAY_MOUNT, reason="only root may mount a small disk")
NO_RESERVE = {"storage.reserve": 0}


def mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)  # noqa: S603, S607 - our own words


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mounts disks of their own: `small_disk("1m")`; they are gone afterwards."""
    mounted: list[Path] = []

    def make(size: str, inodes: int = 1000) -> Path:
        folder = tmp_path / f"disk{len(mounted)}"
        folder.mkdir()
        mount("-t", "tmpfs", "-o", f"size={size},nr_inodes={inodes}", "tmpfs", str(folder))
        mounted.append(folder)
        return folder

    yield make
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)  # noqa: S603, S607 - our own words


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Every octet of the disk is taken until the block ends."""
    ballast = folder / "ballast"
    fd = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(fd, b"\0" * 4096)
    except OSError:
        os.close(fd)
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """The disk was remounted read-only, as a kernel does that met an error."""
    mount("-o", "remount,ro", str(folder))
    try:
        yield
    finally:
        mount("-o", "remount,rw", str(folder))


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def count(desk: Desk) -> int:
    with reading(desk.engine) as conn:
        return len(rows.every(conn))


# F20: no octet of a message fits


@needs_root
def test_F20_a_message_that_does_not_fit_leaves_nothing_and_is_taken_when_there_is_room(tmp_path, small_disk):
    where = small_disk("1m")
    with a_desk(tmp_path / "desk", **NO_RESERVE, **{"storage.archive": str(where / "archive")}) as desk:
        first = keep(desk, a_mail())
        mail = a_mail("x" * 70 + "\n", attachments=(("crane.jpg", "image/jpeg", os.urandom(1 << 20)),))
        with pytest.raises(StoreError, match="the disk is full; free some space, nothing half-written counts"):
            keep(desk, mail)
        assert files_in(where) == ["archive/000/000001.eml"]
        assert count(desk) == 1
        with full(where), pytest.raises(StoreError, match="the disk is full"):
            keep(desk, a_mail())
        assert keep(desk, octets := a_mail()) == first + 1
        kept = archive.message_path(desk.archive, first + 1).read_bytes()
        assert kept.endswith(octets)
        assert work(desk).processed == 2


@needs_root
@pytest.mark.parametrize("store", ["archive", "outbox", "attachments", "database"])
def test_F20_a_turn_that_does_not_fit_is_broken_off_whole_and_had_when_there_is_room(tmp_path, small_disk, store):
    where = small_disk("3m")
    place = f"sqlite:///{where}/desk.db" if store == "database" else str(where / store)
    with a_desk(tmp_path / "desk", **NO_RESERVE, **{f"storage.{store}": place}) as desk:
        number = keep(desk, a_mail(authentic=True, attachments=(("crane.jpg", "image/jpeg", os.urandom(300_000)),)))
        with full(where):
            for _ in range(4):  # oftener than a mail may fail by itself
                with pytest.raises(StoreError, match=r"disk is full|No space left on device"):
                    work(desk)
            assert received(desk, number).state == "received"
            assert not letters(desk)
        clock_of(desk).pass_(minutes=6)  # the lease that a full database could not take back
        assert work(desk).processed == 1
        assert received(desk, number).state == "processed"
        assert [letter.template for letter in letters(desk)] == ["author/receipt-article"]
        assert octets_of(desk, letters(desk)[0]).endswith(b"\n")


@needs_root
def test_F20_what_cannot_be_published_waits_and_goes_up_whole(tmp_path, small_disk):
    where = small_disk("1m")
    options = {"storage.published": str(where), "review.undo": "0s"}
    with a_desk(tmp_path / "desk", **NO_RESERVE, **options) as desk:
        add_member(desk, ANA, "Ana")
        photo = ("crane.jpg", "image/jpeg", os.urandom(100_000))
        ref = ref_of(desk, give(desk, a_mail(authentic=True, attachments=(photo,))))
        say(desk, f"decide {ANA} '{ref} approve'")
        with full(where):
            with pytest.raises(StoreError, match="No space left on device; free some space"):
                work(desk)
            assert state(desk, ref) == "approved"
            assert not [name for name in files_in(where) if name.startswith("articles/")]
        later(desk, minutes=1)
        assert state(desk, ref) == "published"
        (sums,) = where.glob("articles/*/*/SHA256SUMS")
        checked = subprocess.run(["sha256sum", "-c", sums], cwd=sums.parent, check=False, capture_output=True)  # noqa: S603, S607 - our own words
        assert checked.returncode == 0


@needs_root
def test_F24_a_disk_without_inodes_refuses_and_recovers(tmp_path, small_disk):
    where = small_disk("4m", inodes=50)
    with a_desk(tmp_path / "desk", **NO_RESERVE, **{"storage.archive": str(where / "archive")}) as desk:
        (where / "others").mkdir()
        while os.statvfs(where).f_ffree > 1:
            (where / "others" / str(os.statvfs(where).f_ffree)).touch()
        with pytest.raises(StoreError, match="the disk is full"):
            keep(desk, a_mail())
        assert count(desk) == 0
        assert not files_in(desk.archive)
        for other in (where / "others").iterdir():
            other.unlink()
        assert keep(desk, a_mail()) == 1


# F21: the reserve


@needs_root
def test_F21_intake_stops_while_what_is_here_can_still_be_worked_on(tmp_path, small_disk):
    where = small_disk("8m")
    copytree(make_desk(tmp_path / "desk", **{"limits.message": "1 MB"}).parent, where / "desk")
    path = where / "desk/config.toml"
    path.write_text(path.read_text().replace('reserve = "256 MiB"', 'reserve = "2 MiB"'))
    with open_desk(load(path)) as desk:
        assert room_for_mail(desk) == ""
        number = keep(desk, a_mail())
        (where / "others").write_bytes(b"\0" * (room.free(where) - (1 << 20)))
        assert "2 MiB must stay free" in room_for_mail(desk)
        source = Source("imap:main/INBOX/1/1", [a_mail()])
        with held(desk, "poll main/INBOX") as lease:
            assert lease
            with pytest.raises(IntakeError, match="new mail is put off until you free some space"):
                ledger(desk, lease).receive([source])
            assert count(desk) == 1
            work(desk)
            assert received(desk, number).state == "processed"
            (where / "others").unlink()
            ledger(desk, lease).receive([source])
        assert count(desk) == 2


# F22: a disk that turned read-only


@needs_root
@pytest.mark.parametrize("cleanly", [True, False])
def test_F22_on_a_read_only_disk_everything_can_be_read_and_a_write_says_the_cure(tmp_path, small_disk, cleanly):
    where = small_disk("16m")
    copytree(make_desk(tmp_path / "desk", **NO_RESERVE).parent, where / "desk")
    path = where / "desk/config.toml"
    with open_desk(load(path)) as desk:
        ref = ref_of(desk, give(desk, a_mail()))
    (tmp_path / "mail.eml").write_bytes(a_mail())
    (tmp_path / "later.eml").write_bytes(a_mail())
    if not cleanly:  # whoever had it open died: the write-ahead log is there
        run_process("receive", str(tmp_path / "mail.eml"), config=path, MAILPROC_FAILPOINT="receive.committed:kill9")
        assert (where / "desk/data/mailproc.db-wal").stat().st_size
    with read_only(where):
        for command in (
            ("list", "--json"),
            ("show", ref, "--json"),
            ("received", "list", "--json"),
            ("outbox", "list"),
        ):
            ran = run_here(*command, config=path)
            assert (ran.status, ran.err) == (0, ""), command
            assert command[0] == "outbox" or ref in ran.out
        health = run_here("health", config=path)
        assert health.status == 1
        assert "cannot be written" in health.out
        for command in (("work",), ("receive", str(tmp_path / "later.eml")), ("run",), ("pause", "letters")):
            ran = run_here(*command, config=path)
            assert ran.status == 1, command
            assert "read-only" in ran.err, command
            assert len(ran.err.splitlines()) == 1, command
    assert run_here("receive", str(tmp_path / "later.eml"), config=path).status == 0
    assert run_here("work", config=path).status == 0


# F24, F25


FILES = """
import resource, sys
from pathlib import Path
from mailproc.config import load
from mailproc.desk.serve.process import process, work
from mailproc.desk.ground.receive import Incoming, receive
from mailproc.desk.ground.wire import open_desk
from mailproc.errors import StoreError
from mailproc.message.model import Envelope
from mailproc.store.mail import received as rows
from mailproc.store.database import reading

def keep(desk, n):
    envelope = Envelope("jo@poole.example", ("articles@harbour.example",))
    return receive(desk, [Incoming(f"lmtp:{n}", [mail % n], envelope)])

mail = b"From: Jo <jo@poole.example>\\r\\nTo: articles@harbour.example\\r\\nSubject: Tram\\r\\n\\r\\nLate %d.\\r\\n"
with open_desk(load(Path(sys.argv[2]))) as desk:
    keep(desk, 0)
    work(desk)
    refused = set()
    used, free = len(list(Path("/proc/self/fd").iterdir())), resource.getrlimit(resource.RLIMIT_NOFILE)
    for spare in range(12):
        resource.setrlimit(resource.RLIMIT_NOFILE, (used + spare - 6, free[1]))
        for step in (lambda: keep(desk, 1), lambda: work(desk)):
            try:
                step()
            except StoreError as error:
                refused.add(str(error).partition(": ")[2])
        desk.engine.dispose()
        resource.setrlimit(resource.RLIMIT_NOFILE, free)
    keep(desk, 2)
    work(desk)
    with reading(desk.engine) as conn:
        print([(row.source, row.state) for row in rows.every(conn) if row.source.startswith("lmtp")])
    print(refused)
"""


def test_F24_a_process_out_of_files_refuses_loses_nothing_and_recovers(tmp_path):
    path = make_desk(tmp_path / "desk", **NO_RESERVE)
    ran = run_process(config=path, program=FILES)
    assert ran.status == 0, ran.err
    done, refused = ran.out.splitlines()
    assert done == str([(f"lmtp:{n}", "processed") for n in range(3)])
    assert "too many open files" in refused or "cannot be opened" in refused


def test_F25_while_another_program_holds_the_database_mail_is_refused_and_taken_later(desk: Desk, monkeypatch):
    number = keep(desk, a_mail())
    with open_desk(desk.config, desk.now) as other, writing(other.engine):
        monkeypatch.setattr("mailproc.store.database._SETTINGS", ("busy_timeout=1", "foreign_keys=ON"))
        desk.engine.dispose()
        for step in (lambda: keep(desk, a_mail()), lambda: work(desk)):
            with pytest.raises(StoreError, match="another program has held it for 30 seconds; find it with `fuser`"):
                step()
    assert files_in(desk.archive) == ["000/000001.eml"]
    assert keep(desk, a_mail()) == number + 1
    assert work(desk).processed == 2
    assert received(desk, number).attempts == 1


# F16, F29: what fsync says


def test_F16_a_message_is_on_disk_under_its_number_before_its_row_is(desk: Desk, monkeypatch):
    done: list[str] = []
    for name in ("fsync", "link"):
        call = getattr(os, name)
        monkeypatch.setattr(
            disk.os, name, lambda *args, call=call, name=name: (done.append(_named(name, args)), call(*args))[1]
        )
    event.listen(desk.engine, "commit", lambda _: done.append("commit"))
    keep(desk, a_mail())
    kept = [step for step in done if step != f"fsync {desk.archive}"]  # the names of folders made on the way
    spooled, linked, named, committed = kept
    assert spooled.startswith(f"fsync {desk.archive}/spool/")
    assert linked == f"link {archive.message_path(desk.archive, 1)}"
    assert named == f"fsync {desk.archive}/000"
    assert committed == "commit"


def test_F16_letters_and_entry_are_on_disk_before_the_turn_is_committed(desk: Desk, monkeypatch):
    number = keep(desk, a_mail(authentic=True))
    done: list[str] = []
    call = os.fsync
    monkeypatch.setattr(disk.os, "fsync", lambda fd: (done.append(_named("fsync", (fd,))), call(fd))[1])
    event.listen(desk.engine, "commit", lambda _: done.append("commit"))
    work(desk)
    (letter,) = letters(desk)
    folder, entries = str((desk.outbox / letter.path).parent), str(archive.entry_path(desk.archive, number).parent)
    order = [done.index(f"fsync {folder}"), done.index(f"fsync {entries}")]
    assert order == sorted(order)
    assert "commit" in done[order[1] :]
    assert done[: order[0]].count("commit") == 1, "the claim, and nothing else, was committed before"


def _named(name: str, args: tuple[object, ...]) -> str:
    return f"{name} {args[1] if name == 'link' else Path(f'/proc/self/fd/{args[0]}').readlink()}"


def test_F29_an_fsync_that_failed_is_never_asked_again(tmp_path, monkeypatch):
    monkeypatch.setattr(disk, "failures", [])
    asked: list[int] = []

    def fails(fd: int) -> None:
        asked.append(fd)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(disk.os, "fsync", fails)
    with (
        pytest.raises(DiskFailed, match="the disk fails \\(I/O error\\); check it before anything else"),
        disk.fresh(tmp_path),
    ):
        pass
    assert len(asked) == 1
    assert not files_in(tmp_path)


FAILING = """
import os, sys
from mailproc.cli.main import main
from mailproc.store.octets import disk

fsync, passes = os.fsync, [int(os.environ["GOOD_FSYNCS"])]

def fails(fd):
    passes[0] -= 1
    if passes[0] < 0:
        raise OSError(5, "Input/output error")
    return fsync(fd)

disk.os.fsync = fails
sys.exit(main())
"""


@pytest.mark.parametrize("good", [0, 1])
def test_F29_a_command_whose_disk_fails_says_so_and_has_kept_nothing(tmp_path, good):
    path = make_desk(tmp_path / "desk", **NO_RESERVE)
    (tmp_path / "mail.eml").write_bytes(a_mail())
    run_here("work", config=path)  # the folders and the key are there
    ran = run_process("receive", tmp_path / "mail.eml", config=path, program=FAILING, GOOD_FSYNCS=str(good))
    assert (ran.status, ran.out) == (1, "")
    assert "the disk fails (I/O error); check it before anything else, then start again" in ran.err
    assert run_here("received", "list", "--json", config=path).json == []


def test_F29_a_service_whose_disk_fails_ends_by_itself(tmp_path):
    path = make_desk(tmp_path / "desk", **NO_RESERVE)
    with open_desk(load(path)) as desk:
        number = keep(desk, a_mail())
    ran = run_process("run", config=path, program=FAILING, GOOD_FSYNCS="2")
    assert ran.status == 1
    assert "the disk fails (I/O error)" in ran.err
    with open_desk(load(path)) as desk:
        adopt_all(desk)
        work(desk)
        assert received(desk, number).state == "processed"
        assert len(letters(desk)) == 1


NO_LOG = """
import os, sqlite3, sys, threading, time
from mailproc.cli.main import main

def end_when_done():
    database = sqlite3.connect(os.environ["DATABASE"])
    while database.execute("SELECT 1 FROM received WHERE state = 'received'").fetchone():
        time.sleep(0.05)
    os.kill(os.getpid(), 15)

threading.Thread(target=end_when_done).start()
os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
os.dup2(1, 2)
sys.exit(main())
"""


def test_F23_a_log_that_cannot_be_written_stops_no_work(tmp_path):
    path = make_desk(tmp_path / "desk", **NO_RESERVE)
    path.write_text(
        path.read_text() + '\n[[intake.imap]]\nname = "main"\nhost = "127.0.0.1"\nport = 9\nuser = "desk"\n'
    )
    with open_desk(load(path)) as desk:
        numbers = [keep(desk, a_mail(at=START)) for _ in range(3)]
    ran = run_process("run", config=path, program=NO_LOG, DATABASE=str(path.parent / "data/mailproc.db"))
    assert ran.status == 0
    with open_desk(load(path)) as desk:
        assert {received(desk, number).state for number in numbers} == {"processed"}
