"""The first poll of a large mailbox on a real Dovecot: rate, memory, and a kill half-way that costs nothing.

`python -m bench.mailbox --messages 100000`, from the repository's folder, where Dovecot is installed. The mails are
written into the maildir directly; `mailproc poll` then runs as a process of its own, is killed (SIGKILL) when half of
them have rows, and started again. At the end rows, files and mailbox are counted: every message once, or exit 1.
"""

from __future__ import annotations

import argparse
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from mailproc.cli.init import init
from tests.dovecot import PASSWORD, Dovecot, start_dovecot

USER = "desk"
PROGRAM = "import sys; from mailproc.cli.main import main; sys.exit(main())"
LOOK_SECONDS = 0.2
FEW = 20  # numbers that are named in a finding
SECTION = """
[[intake.imap]]
name = "main"
host = "127.0.0.1"
port = {port}
tls = "none"
user = "{user}"
password_file = "password"
"""


def fill(dovecot: Dovecot, count: int) -> None:
    """Small mails, each with its number in the subject, into the user's INBOX; as the mail user's own files."""
    inbox = dovecot.mail_dir / USER / "Maildir"
    for folder in ("cur", "new", "tmp"):
        (inbox / folder).mkdir(parents=True, exist_ok=True)
    owner = dovecot.mail_dir.stat()
    for n in range(1, count + 1):
        octets = (
            f"Return-Path: <author{n}@poole.example>\r\nFrom: Author {n} <author{n}@poole.example>\r\n"
            f"To: articles@harbour.example\r\nSubject: The quay at night {n}\r\n"
            f"Date: Sat, 21 Nov 2026 09:12:44 +0000\r\nMessage-ID: <mailbox{n}@poole.example>\r\n\r\n"
            f"It was the night number {n}, and the ferry was late.\r\n"
        ).encode()
        path = inbox / "cur" / f"{1_700_000_000 + n}.M{n}.bench,S={len(octets)},W={len(octets)}:2,"
        path.write_bytes(octets)
        os.chown(path, owner.st_uid, owner.st_gid)
    for folder in (inbox.parent, inbox, *inbox.iterdir()):
        os.chown(folder, owner.st_uid, owner.st_gid)


def desk(folder: Path, dovecot: Dovecot) -> Path:
    """A desk as `init` makes it, with the mailbox; its config.toml."""
    init(folder, ask=False)
    (folder / "password").write_text(PASSWORD)
    config = folder / "config.toml"
    config.write_text(config.read_text() + SECTION.format(port=dovecot.imap_port, user=USER))
    return config


def poll(config: Path, *, until: Callable[[], bool]) -> tuple[int, float, float]:
    """`mailproc poll`, killed when `until` says so: its exit status, its peak RSS in MiB, seconds."""
    begin, peak = time.monotonic(), 0.0
    command = [sys.executable, "-c", PROGRAM, "--config", str(config), "poll"]
    with subprocess.Popen(command) as process:  # noqa: S603 - our own words
        while process.poll() is None:
            peak = max(peak, peak_of(process.pid))
            if until():
                process.kill()
            time.sleep(LOOK_SECONDS)
    return process.returncode, peak, time.monotonic() - begin


def peak_of(pid: int) -> float:
    """The highest RSS that a process ever had, in MiB (VmHWM)."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:  # it has just ended
        found = None
    return int(found[1]) / 1024 if found else 0.0


def rows(config: Path) -> int:
    """How many messages have a row."""
    try:
        with sqlite3.connect(f"file:{config.parent}/data/mailproc.db?mode=ro", uri=True) as conn:
            return int(conn.execute("SELECT count(*) FROM received").fetchone()[0])
    except sqlite3.OperationalError:  # not there yet
        return 0


def findings(config: Path, dovecot: Dovecot, count: int) -> Iterator[str]:
    """What is wrong at the end; nothing, if every message was received exactly once and let go."""
    seen: dict[int, int] = {}
    for path in (config.parent / "data/archive").glob("[0-9]*/*.eml"):
        found = re.search(rb"Subject: The quay at night (\d+)\r\n", path.read_bytes())
        seen[int(found[1]) if found else 0] = seen.get(int(found[1]) if found else 0, 0) + 1
    if missing := sorted(set(range(1, count + 1)) - seen.keys()):
        yield f"{len(missing)} messages were not received: {missing[:FEW]}"
    if doubled := sorted(n for n, times in seen.items() if times > 1):
        yield f"{len(doubled)} messages were received twice: {doubled[:FEW]}"
    if rows(config) != count:
        yield f"{rows(config)} rows for {count} messages"
    maildir = dovecot.mail_dir / USER / "Maildir"
    left, done = (sum(1 for each in (maildir / sub).glob("[cn]*/*")) for sub in ("", ".Processed"))
    if (left, done) != (0, count):
        yield f"{left} messages left in INBOX, {done} in Processed"


def say(line: str) -> None:
    """One line, at once, though it go into a file."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m bench.mailbox", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=100_000, metavar="N", help="how many (default 100000)")
    count: int = parser.parse_args().messages
    dovecot = start_dovecot()
    try:
        with tempfile.TemporaryDirectory(prefix="mailbox-") as folder:
            begin = time.monotonic()
            fill(dovecot, count)
            say(f"{count} mails in a maildir, {time.monotonic() - begin:.0f} s")
            return measure(desk(Path(folder) / "desk", dovecot), dovecot, count)
    finally:
        dovecot.stop()


def measure(config: Path, dovecot: Dovecot, count: int) -> int:
    """The two polls, and what came of them."""
    _, peak, seconds = poll(config, until=lambda: rows(config) >= count // 2)
    half = rows(config)
    say(f"killed with {half} received after {seconds:.0f} s, {half / seconds:.0f}/s, peak RSS {peak:.0f} MiB")
    status, again, more = poll(config, until=lambda: False)
    rest = count - half
    say(f"resumed: exit {status}, {rest} in {more:.0f} s, {rest / more:.0f}/s, peak RSS {again:.0f} MiB")
    wrong = list(findings(config, dovecot, count))
    say("\n".join(wrong) or f"{count} messages, every one received exactly once and moved")
    return 1 if wrong or status else 0


if __name__ == "__main__":
    sys.exit(main())
