"""`python -m bench.memory`: by how much large mails make the receiving process grow, in MiB of peak resident memory.

Each case has a process of its own, the real one: LMTP is `mailproc.desk.carry.listen.listening`,
IMAP is `mailproc poll` against a Dovecot that is started here. What it grows by is counted from the peak (VmHWM) of the
same process after a small mail, for IMAP of one that polls an empty mailbox. Needs Dovecot; leaves nothing behind;
exits 1 above 16 MiB.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mailproc.cli.init import init

ROOT = Path(__file__).resolve().parents[1]
MIB = 1 << 20
ALLOWED_MIB = 16
SMALL = b"Subject: small\r\n\r\nWords.\r\n"
HEAD = b"From: jo@poole.example\r\nTo: articles@harbour.example\r\nSubject: large\r\n\r\n"
LINE = b"The ferry leaves at nine, and the gulls know it better than the timetable.\r\n"

LISTENER = """
import sys
from pathlib import Path
from mailproc.config import load
from mailproc.desk.carry.listen import listening
from mailproc.desk.ground.wire import open_desk
with open_desk(load(Path(sys.argv[1]))) as desk, listening(desk) as where:
    print(where, flush=True)
    sys.stdin.read()
"""
POLL = """
import sys
from pathlib import Path
from mailproc.cli.main import main
status = main(["--config", sys.argv[1], "poll"])
print(Path("/proc/self/status").read_text())
sys.exit(status)
"""


@dataclass(frozen=True)
class Case:
    """One large mail, as it goes over the wire."""

    name: str
    pieces: tuple[bytes, int]  # what is sent how often
    reply: bytes  # what the listener must say to it


CASES = (
    Case("LMTP: DATA of 50 MB", (LINE, 50_000_000 // len(LINE)), b"250 2.0.0"),
    Case("LMTP: 31 MB of empty lines", (b"\r\n" * 1000, 15_500), b"250 2.0.0"),
    Case("LMTP: a line of 300 MB", (b"x" * 100_000, 3000), b"552 5.3.4"),
)


def main() -> int:
    """Measure, print, judge."""
    table = Table("case", "peak before", "peak after", "grows by", title="resident memory, MiB")
    worst = 0.0
    for name, before, after in (*map(listened, CASES), polled()):
        worst = max(worst, after - before)
        table.add_row(name, f"{before:.1f}", f"{after:.1f}", f"{after - before:.1f}")
    Console().print(table)
    return 1 if worst > ALLOWED_MIB else 0


def peak(status: str) -> float:
    """VmHWM of a /proc/PID/status, in MiB."""
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def a_desk(folder: Path, intake: str) -> Path:
    """A desk as `init --yes` makes it, with an intake; its config.toml."""
    init(folder, ask=False)
    path = folder / "config.toml"
    path.write_text(path.read_text(encoding="utf-8") + intake, encoding="utf-8")
    return path


def listened(case: Case) -> tuple[str, float, float]:
    """(name, peak before, peak after) of a listener that takes one large mail."""
    with tempfile.TemporaryDirectory() as name:
        config = a_desk(Path(name) / "desk", '\n[intake.lmtp]\nlisten = "127.0.0.1:0"\n')
        command = [sys.executable, "-c", LISTENER, str(config)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:  # noqa: S603 - ours
            asked, told = process.stdin, process.stdout
            if asked is None or told is None:
                raise RuntimeError("the listener has no pipes")
            port = int(told.readline().rpartition(":")[2])
            status = Path(f"/proc/{process.pid}/status")
            hand_over(port, (SMALL, 1), b"250 2.0.0")
            before = peak(status.read_text())
            hand_over(port, case.pieces, case.reply)
            after = peak(status.read_text())
            asked.close()
    return case.name, before, after


def hand_over(port: int, pieces: tuple[bytes, int], expected: bytes) -> None:
    """One mail by LMTP."""
    with socket.create_connection(("127.0.0.1", port), timeout=120) as peer, peer.makefile("rb") as replies:
        peer.sendall(b"LHLO bench.example\r\nMAIL FROM:<>\r\nRCPT TO:<desk@harbour.example>\r\nDATA\r\n")
        while not (line := replies.readline()).startswith(b"354"):
            _is(line, b"2")
        peer.sendall(HEAD)
        for piece in _grouped(*pieces):
            peer.sendall(piece)
        peer.sendall(b"\r\n.\r\n")
        _is(replies.readline(), expected)


def _is(line: bytes, expected: bytes) -> None:
    """A figure without the right answer would be worth nothing."""
    if not line.startswith(expected):
        raise RuntimeError(f"expected {expected!r}, heard {line!r}")


def _grouped(piece: bytes, times: int) -> Iterator[bytes]:
    """The same octets in pieces of about 1 MiB."""
    together = max(1, MIB // len(piece))
    for _ in range(times // together):
        yield piece * together
    yield piece * (times % together)


def polled() -> tuple[str, float, float]:
    """(name, peak of a poll of an empty mailbox, peak of one that fetches 50 MB)."""
    sys.path.insert(0, str(ROOT / "tests"))
    from dovecot import PASSWORD, start_dovecot  # noqa: PLC0415 - a server of the tests, from their folder

    dovecot = start_dovecot()
    try:
        dovecot.append("large", HEAD + LINE * (50_000_000 // len(LINE)))
        peaks = [_poll(dovecot.imap_port, user, PASSWORD) for user in ("empty", "large")]
        if dovecot.mailbox("large"):
            raise RuntimeError("the large mail was not fetched")
    finally:
        dovecot.stop()
    return "IMAP: a mail of 50 MB", *peaks  # type: ignore[return-value] # two peaks


def _poll(port: int, user: str, password: str) -> float:
    """The peak of `mailproc poll`."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "secret").write_text(password)
        lines = (
            *("", "[[intake.imap]]", 'name = "bench"', 'host = "127.0.0.1"', f"port = {port}", f'user = "{user}"'),
            *('tls = "none"', f'password_file = "{name}/secret"', ""),
        )
        config = a_desk(Path(name) / "desk", "\n".join(lines))
        command = [sys.executable, "-c", POLL, str(config)]
        ran = subprocess.run(command, capture_output=True, cwd=ROOT, text=True, timeout=300, check=True)  # noqa: S603 - ours
    return peak(ran.stdout)


if __name__ == "__main__":
    sys.exit(main())
