"""A death at the worst moments (SIGKILL), the command run again: the same desk as if nothing had happened.

Every story begins with a copy of one prepared desk (so that its secrets are the same) and is told by the command
line at a clock that stands still; mail comes from files, or from a mailbox of Dovecot. Only the step that dies runs in
a process of its own, with MAILPROC_FAILPOINT set. `tests/crash` does the same at random, a thousand times.
"""

from __future__ import annotations

import os
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from build import ANA, ROOT, START, Clock, a_mail, make_desk, run_here, run_process
from dovecot import PASSWORD, Dovecot

from mailproc.cli import desk as commands
from mailproc.desk.ground.wire import open_desk

STANDS_STILL = """
import os, sys
from datetime import datetime
from mailproc.cli import desk
from mailproc.cli.main import main
from mailproc.desk.ground.wire import open_desk

desk.open_desk = lambda config, **how: open_desk(config, lambda: datetime.fromisoformat(os.environ["NOW"]), **how)
sys.exit(main())
"""

STEPS = ("receive", "work", "digest", "decide", "settle")
LISTENS_WITHIN = 30.0
Json = dict[str, Any]


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
def standing_still(at: datetime) -> Iterator[None]:
    """Commands in this process see this time."""
    before = commands.open_desk
    commands.open_desk = partial(open_desk, now=Clock(at))  # type: ignore[assignment]
    try:
        yield
    finally:
        commands.open_desk = before


# The story


def words_of(step: str, folder: Path, *, polled: bool) -> list[str | Path]:
    if step == "receive":
        return (
            ["poll"]
            if polled
            else ["receive", *(folder / f"{name}.eml" for name in MAILS), "--from", "jo@poole.example"]
        )
    decide: list[str | Path] = ["decide", "A-2 approve", "--as", ANA]
    return {"digest": ["remind"], "decide": decide}.get(step, ["work"])


def story(prepared: Path, folder: Path, death: tuple[str, str] | None = None, *, polled: bool = False) -> Json:
    """What the commands say at the end; with a death, the step that died was run again."""
    if not folder.exists():
        shutil.copytree(prepared, folder)
    config = folder / "desk/config.toml"
    for step in STEPS:
        now = START + timedelta(minutes=16 if step == "settle" else 0, days=int(step not in {"receive", "work"}))
        words = words_of(step, folder, polled=polled)
        if death and death[0] == step:
            die(words, config, now, death[1])
        with standing_still(now):
            ran = run_here(*words, config=config)
            assert ran.status == 0, ran
            if step == "digest":  # the clock's message is known, and has its turn when the queue is served
                assert run_here("work", config=config).status == 0
    with standing_still(START + timedelta(days=1, minutes=30)):
        return told(config, folder)


def die(words: list[str | Path], config: Path, now: datetime, point: str) -> None:
    died = run_process(*words, config=config, program=STANDS_STILL, MAILPROC_FAILPOINT=point, NOW=now.isoformat())
    assert died.status == -signal.SIGKILL, died


def told(config: Path, folder: Path) -> Json:
    items = run_here("list", "--json", config=config).json
    return {
        "items": [run_here("show", item["ref"], "--json", config=config).json for item in items],
        "received": [attempted(row) for row in run_here("received", "list", "--json", config=config).json],
        "letters": run_here("outbox", "list", "--json", config=config).json,
        "published": contents(folder / "desk/published"),
        "outbox": contents(folder / "desk/outbox"),
    }


def attempted(row: Json) -> Json:
    """A row without what a death may change: how often it was tried, and names that differ from desk to desk."""
    protocol = row["source"].partition(":")[0]
    source = protocol if protocol in {"operator", "imap"} else row["source"]
    return {**row, "source": source, "attempts": 0, "error": None}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def archived(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "desk/data/archive").rglob("*.eml") if path.parent.name != "spool")


def alike(one: Json, other: Json) -> None:
    for what, expected in other.items():
        assert one[what] == expected, what


@pytest.fixture(scope="session")
def undisturbed(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Json:
    came = story(prepared, tmp_path_factory.mktemp("undisturbed") / "town")
    assert [item["state"] for item in came["items"]] == ["published", "awaiting_agreement", "open"]
    return came


# Mail from a file


@pytest.mark.parametrize("point", ["receive.spooling:kill9:2", "receive.spooled:kill9:2"])
def test_F02_what_is_only_on_the_spool_is_no_message_and_is_taken_again(
    point: str, prepared: Path, undisturbed: Json, tmp_path: Path
):
    died = tmp_path / "died"
    shutil.copytree(prepared, died)
    die(words_of("receive", died, polled=False), died / "desk/config.toml", START, point)
    assert archived(died) == ["000001.eml"], "only the operator's own message of the preparation has a number"
    assert [*(died / "desk/data/archive/spool").iterdir()], "what was half done lies on the spool, to be swept"
    alike(story(prepared, died), undisturbed)


@pytest.mark.parametrize("point", ["receive.numbered:kill9:2", "receive.linked:kill9:2"])
def test_F03_a_file_with_its_number_is_received_and_the_number_never_given_again(
    point: str, prepared: Path, undisturbed: Json, tmp_path: Path
):
    alike(story(prepared, tmp_path / "town", ("receive", point)), undisturbed)


def test_F03_a_linked_file_is_adopted_before_anything_else(prepared: Path, tmp_path: Path):
    shutil.copytree(prepared, tmp_path / "town")
    config = tmp_path / "town/desk/config.toml"
    die(words_of("receive", tmp_path / "town", polled=False), config, START, "receive.linked:kill9:2")
    files = archived(tmp_path / "town")
    assert len(files) > 1
    with standing_still(START):
        assert run_here("work", config=config).status == 0
        rows = run_here("received", "list", "--json", config=config).json
    assert [f"{row['number']:06}.eml" for row in rows if not row["source"].startswith("clock:")] == files
    assert {row["state"] for row in rows} == {"processed"}


def test_F04_a_file_received_but_never_told_of_is_not_received_again(prepared: Path, undisturbed: Json, tmp_path: Path):
    alike(story(prepared, tmp_path / "town", ("receive", "receive.committed:kill9")), undisturbed)


TURNS = {  # where a turn dies: step, failpoint
    "claimed": ("work", "process.claimed:kill9:2"),
    "read and judged": ("work", "process.examined:kill9:2"),
    "its letter on disk": ("work", "process.lettered:kill9:2"),
    "its entry on disk": ("work", "process.entered:kill9:2"),
    "its rows written": ("work", "process.applied:kill9:3"),
    "a digest's letter on disk": ("digest", "process.lettered:kill9"),
    "a digest's entry on disk": ("digest", "process.entered:kill9"),
    "the settling's entry on disk": ("settle", "process.entered:kill9"),
    "the bundle under no name": ("settle", "publish.bundled:kill9"),
    "the bundle up": ("settle", "publish.renamed:kill9"),
    "the bundle's entry on disk": ("settle", "process.entered:kill9:2"),
}


@pytest.mark.parametrize("moment", TURNS)
def test_F07_a_turn_is_done_whole_or_not_at_all(moment: str, prepared: Path, undisturbed: Json, tmp_path: Path):
    alike(story(prepared, tmp_path / "town", TURNS[moment]), undisturbed)


@pytest.mark.parametrize("name", ["process.lettered", "process.entered", "process.applied", "process.committed"])
def test_F08_an_effect_and_its_letter_are_committed_together(name: str, prepared: Path, tmp_path: Path):
    shutil.copytree(prepared, tmp_path / "town")
    config = tmp_path / "town/desk/config.toml"
    with standing_still(START):
        assert run_here(*words_of("receive", tmp_path / "town", polled=False), config=config).status == 0
    die(["work"], config, START, f"{name}:kill9")
    with standing_still(START):  # reading commands change nothing: this is how it lies there
        items = run_here("list", "--json", config=config).json
        letters = run_here("outbox", "list", "--json", config=config).json
    assert [item["ref"] for item in items] == [letter["ref"] for letter in letters]
    assert bool(items) == (name == "process.committed")


# Mail from a mailbox


def with_a_mailbox(prepared: Path, dovecot: Dovecot, folder: Path, user: str) -> Path:
    """A copy of the desk whose mails lie in this user's mailbox."""
    shutil.copytree(prepared, folder)
    (folder / "desk/password").write_text(PASSWORD + "\n")
    with (folder / "desk/config.toml").open("a") as file:
        file.write(f'\n[[intake.imap]]\nname = "main"\nhost = "127.0.0.1"\nport = {dovecot.imap_port}\ntls = "none"\n')
        file.write(f'user = "{user}"\npassword_file = "password"\n')
    for octets in MAILS.values():
        dovecot.append(user, octets)
    return folder


@pytest.fixture(scope="session")
def undisturbed_polls(prepared: Path, dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Json:
    folder = tmp_path_factory.mktemp("undisturbed") / "polls"
    return story(prepared, with_a_mailbox(prepared, dovecot, folder, "power-undisturbed"), polled=True)


@pytest.mark.parametrize(
    ("point", "kept", "released"),
    [
        ("imap.fetched:kill9:2", 0, 0),
        ("receive.committed:kill9", len(MAILS), 0),
        ("imap.moved:kill9", len(MAILS), len(MAILS)),
    ],
    ids=["F01", "F04", "F06"],
)
def test_F01_F04_F06_a_mailbox_lets_go_only_of_what_is_kept_and_nothing_is_taken_twice(
    point: str, kept: int, released: int, prepared: Path, undisturbed_polls: Json, dovecot: Dovecot, tmp_path: Path
):
    user = f"power-{point.partition(':')[0].replace('.', '-')}"
    died = with_a_mailbox(prepared, dovecot, tmp_path / "died", user)
    die(["poll"], died / "desk/config.toml", START, point)
    assert len(archived(died)) == 1 + kept, "one is the operator's own message of the preparation"
    assert [len(dovecot.mailbox(user, name)) for name in ("INBOX", "Processed")] == [len(MAILS) - released, released]
    alike(story(prepared, died, polled=True), undisturbed_polls)
    assert [len(dovecot.mailbox(user, name)) for name in ("INBOX", "Processed")] == [0, len(MAILS)]


# Mail from a mail server


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def service(config: Path, point: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """`mailproc run`, listening."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "MAILPROC_FAILPOINT": point, "NOW": START.isoformat()}
    command = [sys.executable, "-c", STANDS_STILL, "--config", str(config), "run"]
    with subprocess.Popen(command, env=env) as process:  # noqa: S603 - our own words
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def hand_over(process: subprocess.Popen[bytes], port: int, octets: bytes) -> bool:
    """What a mail server does: whether it saw a 250."""
    deadline = time.monotonic() + LISTENS_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(ConnectionRefusedError):
            try:
                with smtplib.LMTP("127.0.0.1", port, timeout=20) as lmtp:
                    return lmtp.sendmail("jo@poole.example", ["articles@harbour.example"], octets) == {}
            except (smtplib.SMTPServerDisconnected, ConnectionResetError, BrokenPipeError):
                return False
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    raise AssertionError("the service does not listen")


@pytest.mark.parametrize("point", ["receive.committed", "lmtp.replied"])
def test_F05_a_mail_server_that_saw_no_250_sends_again_and_nothing_happens_twice(
    point: str, prepared: Path, tmp_path: Path
):
    shutil.copytree(prepared, tmp_path / "town")
    config, port = tmp_path / "town/desk/config.toml", free_port()
    with config.open("a") as file:
        file.write(f'\n[intake.lmtp]\nlisten = "127.0.0.1:{port}"\n')
    with service(config, f"{point}:kill9") as dies:
        hand_over(dies, port, MAILS["1"])
        assert dies.wait(30) == -signal.SIGKILL
    with service(config) as lives:
        assert hand_over(lives, port, MAILS["1"])
    with standing_still(START + timedelta(minutes=6)):
        assert run_here("work", config=config).status == 0
        came = told(config, tmp_path / "town")
    states = [row["state"] for row in came["received"] if row["source"].startswith("lmtp:")]
    assert sorted(states) == ["duplicate", "processed"]  # the one that was never tried goes first
    assert len(came["items"]) == len(came["letters"]) == 1
