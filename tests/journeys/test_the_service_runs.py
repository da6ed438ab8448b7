"""`mailproc run` as a process: silent servers delay nobody, SIGTERM drains, two processes side by side do all once."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from build import (
    ANA,
    BEN,
    PROGRAM,
    a_desk,
    a_mail,
    add_member,
    entry_of,
    keep,
    letters,
    make_desk,
    received,
    run_here,
    run_process,
)

from mailproc.cli import service as command_line
from mailproc.config import load
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.serve.process import work
from mailproc.store.database import reading
from mailproc.store.mail import received as rows

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 90  # how long a test waits before it calls something broken; none takes as long
READY = """
import sys
from mailproc import schedule
from mailproc.cli.main import main

{changes}
heed = schedule.heed_signals

def ready(stop):
    heed(stop)
    print("ready", flush=True)

schedule.heed_signals = ready
sys.exit(main())
"""


@contextmanager
def service(config: Path, changes: str = "", **environment: str) -> Iterator[subprocess.Popen[str]]:
    """The service in a process of its own, once it heeds signals; killed if it is still there at the end."""
    command = [sys.executable, "-c", READY.format(changes=changes), "--config", str(config), "run"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=env) as process:  # noqa: S603 - our own words
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str], sign: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
    """Ask it to end; its status and what it said."""
    process.send_signal(sign)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, err


def until(see: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not see():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken: list[socket.socket] = []

        def accept() -> None:
            try:
                while True:
                    taken.append(listener.accept()[0])
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for each in taken:
                each.close()


def mailbox(name: str, port: int) -> str:
    return (
        f'\n[[intake.imap]]\nname = "{name}"\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\nuser = "desk"\n'
        f'password_command = ["echo", "x"]\n'
    )


def is_done(config: Path, number: int) -> Callable[[], bool]:
    """Whether the message has had its turn, as another process sees it."""

    def look() -> bool:
        with sqlite3.connect(config.parent / "data/mailproc.db") as raw:
            return raw.execute("SELECT state FROM received WHERE number = ?", (number,)).fetchone() == ("processed",)

    return look


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_F86_the_service_ends_well_when_it_is_asked_to(tmp_path: Path, sign: signal.Signals):
    with service(make_desk(tmp_path / "desk", **{"storage.reserve": 0})) as process:
        assert ended(process, sign) == (0, "")


def test_silent_servers_delay_no_work_and_do_not_keep_the_service_from_ending(tmp_path: Path):
    """Two mailboxes and the way out say nothing at all; a message has its turn, and its receipt waits."""
    with silent_server() as port:
        options = {"delivery.transport": "smtp", "delivery.host": "127.0.0.1", "delivery.tls": "none"}
        path = make_desk(tmp_path / "desk", **{"storage.reserve": 0, **options, "delivery.port": port})
        path.write_text(path.read_text() + mailbox("one", port) + mailbox("two", port))
        with open_desk(load(path)) as desk:
            number = keep(desk, a_mail(authentic=True))
        with service(path, "schedule.DRAIN_SECONDS = 1.0") as process:
            until(is_done(path, number))
            with open_desk(load(path)) as desk:
                later = keep(desk, a_mail("Another.\n", authentic=True))
            until(is_done(path, later))
            status, err = ended(process)
    assert status == 0
    assert "stopped in the middle of" in err
    with open_desk(load(path)) as desk:
        assert {letter.template for letter in letters(desk)} == {"author/receipt-article"}
        assert "sent" not in {letter.state for letter in letters(desk)}


def test_F15_what_is_not_done_in_time_is_given_back_and_done_at_the_next_start(tmp_path: Path):
    path = make_desk(tmp_path / "desk", **{"storage.reserve": 0})
    with open_desk(load(path)) as desk:
        number = keep(desk, a_mail(authentic=True))
    claimed = "SELECT 1 FROM received WHERE leased_until IS NOT NULL"
    with service(path, "schedule.DRAIN_SECONDS = 0.5", MAILPROC_FAILPOINT="process.examined:sleep") as process:
        with sqlite3.connect(path.parent / "data/mailproc.db") as raw:
            until(lambda: raw.execute(claimed).fetchone() is not None)
        status, err = ended(process)
    assert status == 0
    assert "stopped in the middle of work; it is taken up at the next start" in err
    with open_desk(load(path)) as desk:
        assert received(desk, number).attempts == 0
        with reading(desk.engine) as conn:
            assert conn.exec_driver_sql(claimed).fetchone() is None
        assert work(desk).processed == 1
        assert len(letters(desk)) == 1


def test_F94_a_broken_configuration_changes_nothing_while_the_service_runs(tmp_path: Path):
    path = make_desk(tmp_path / "desk", **{"storage.reserve": 0})
    good = path.read_text()
    with service(path) as process:
        path.write_text("[desk\n")
        process.send_signal(signal.SIGHUP)
        with open_desk(_from(good, tmp_path)) as desk:
            number = keep(desk, a_mail())
        until(is_done(path, number))
        status, err = ended(process)
    assert status == 0
    assert err == (
        "mailproc: config.toml is read at start only; check it with `mailproc doctor`, then restart the service\n"
    )
    refused = run_process("run", config=path)
    assert (refused.status, len(refused.err.splitlines())) == (2, 1)


def _from(text: str, folder: Path):  # noqa: ANN202 - a Config
    copy = folder / "desk/copy.toml"
    copy.write_text(text)
    return load(copy)


# Side by side


def assert_each_once(desk: Desk, numbers: list[int]) -> None:
    with reading(desk.engine) as conn:
        every = rows.every(conn)
    assert {row.state for row in every} == {"processed"}
    sequences = [row.sequence for row in every]
    assert len(set(sequences)) == len(sequences)
    assert sorted(path.stem for path in desk.archive.glob("[0-9]*/*.json")) == [f"{row.number:06}" for row in every]
    for number in numbers:
        entry = entry_of(desk, number)
        assert [event.name for event in entry.events].count("open") == 1
        assert len(entry.letters) == 1
    assert len({letter.id for letter in letters(desk)}) == len(letters(desk)) == len(numbers)


def test_F84_processes_that_work_at_once_give_each_message_one_turn(tmp_path: Path):
    path = make_desk(tmp_path / "desk", **{"storage.reserve": 0})
    with open_desk(load(path)) as desk:
        numbers = [
            keep(desk, a_mail(f"Text {n}.\n", sender=f"Jo <jo{n}@poole.example>", authentic=True)) for n in range(12)
        ]
    command = [sys.executable, "-c", PROGRAM, "--config", str(path), "work", "--json"]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(3)]  # noqa: S603 - our own words
    done = [process.communicate(timeout=PATIENCE_SECONDS)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert sum(int(re.findall(r'"processed": (\d+)', out)[0]) for out in done) == len(numbers)
    with open_desk(load(path)) as desk:
        assert_each_once(desk, numbers)


def test_F84_two_services_and_a_command_line_side_by_side_do_everything_once(tmp_path: Path):
    """Both tick by the same second; what settles, what is published and what the digest says happens once."""
    path = make_desk(tmp_path / "desk", **{"storage.reserve": 0, "review.undo": "0s"})
    with open_desk(load(path)) as desk:
        add_member(desk, ANA, "Ana")
        add_member(desk, BEN, "Ben")
    with service(path) as one, service(path) as two:
        (tmp_path / "mail.eml").write_bytes(a_mail())
        number = int(run_here("receive", tmp_path / "mail.eml", config=path).out)
        until(is_done(path, number))
        assert run_here("decide", f"A-{number} approve", "--as", ANA, config=path).status == 0
        until(lambda: run_here("show", f"A-{number}", "--json", config=path).json["state"] == "published")
        assert ended(one) == (0, "")
        assert ended(two) == (0, "")
    shown = run_here("show", f"A-{number}", "--json", config=path).json
    assert [line["event"] for line in shown["journal"]].count("published") == 1
    sources = [row["source"] for row in run_here("received", "list", "--json", config=path).json]
    assert len(set(sources)) == len(sources)
    templates = [row["template"] for row in run_here("outbox", "list", "--json", config=path).json]
    assert templates.count("author/published") == 1
    assert templates.count("member/transcript") == 1
    bundles = [place for place in (path.parent / "published/articles").glob("*/*") if place.is_dir()]
    assert len(bundles) == 1


def test_mail_that_comes_by_lmtp_has_its_turn_at_once(tmp_path: Path):
    """The timetable looks again in an hour only; what wakes the queue is the mail."""
    path = make_desk(tmp_path / "desk", **{"storage.reserve": 0})
    text = re.sub(r"(?m)^#\[intake\.lmtp\]$", "[intake.lmtp]", path.read_text())
    path.write_text(re.sub(r"(?m)^#listen = .*$", 'listen = "unix:lmtp"', text))
    slow = (
        "from dataclasses import replace\nfrom datetime import timedelta\nfrom mailproc.cli import service\n"
        "service.TIMETABLE = tuple(replace(t, every=timedelta(hours=1)) for t in service.TIMETABLE)"
    )
    with service(path, slow) as process:
        until((path.parent / "lmtp").exists)
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(path.parent / "lmtp"))
            talk = line.makefile("rwb", buffering=0)
            talk.readline()
            for words in (
                b"LHLO x.example",
                b"MAIL FROM:<jo@poole.example>",
                b"RCPT TO:<articles@harbour.example>",
                b"DATA",
            ):
                talk.write(words + b"\r\n")
                while talk.readline()[3:4] == b"-":
                    pass
            talk.write(a_mail() + b"\r\n.\r\n")
            assert talk.readline().startswith(b"250 ")
        until(is_done(path, 1))
        assert ended(process) == (0, "")


def test_F125_letters_leave_while_a_long_queue_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(command_line, "LETTERS_SECONDS", -1.0)
    woken: list[str] = []
    with a_desk(tmp_path / "desk") as desk:
        for n in range(3):
            keep(desk, a_mail(subject=f"S{n}", authentic=True))
        command_line._turns(desk, SimpleNamespace(wake=woken.append, stop=threading.Event()))
    assert woken == ["deliver"] * 4, "behind each turn, and behind the last"
