"""The parse child: real processes, mails that kill or stall them, and the next mail served all the same."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import dkim
import pytest

from mailproc.errors import ParseFailed, StoreError
from mailproc.inspect.worker import Worker
from mailproc.message.parse import parse

KEYS = Path(__file__).resolve().parents[1] / "keys"
TRACE = b"Received: by harbour.example with mailproc id 1; Sun, 22 Nov 2026 10:00:00 +0000\r\n"
MAIL = (
    b"From: Ana <ana@example.org>\r\nTo: desk@harbour.example\r\nSubject: Photos\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nTwo photos.\r\n"
    b"--b\r\nContent-Type: application/octet-stream; name=one.bin\r\nContent-Transfer-Encoding: base64\r\n"
    b"Content-Disposition: attachment\r\n\r\nAAEC\r\n"
    b"--b\r\nContent-Type: application/octet-stream; name=same.bin\r\nContent-Transfer-Encoding: base64\r\n"
    b"Content-Disposition: attachment\r\n\r\nAAEC\r\n--b--\r\n"
)
ONE = hashlib.sha256(b"\x00\x01\x02").hexdigest()


@pytest.fixture
def worker():
    with Worker() as started:
        yield started


@pytest.fixture
def spool(tmp_path):
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


def kept(folder: Path, octets: bytes = MAIL) -> tuple[Path, int]:
    """An archive file: our trace, then the mail; and where the mail begins."""
    path = folder / "000001.eml"
    path.write_bytes(TRACE + octets)
    return path, len(TRACE)


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_mail_comes_back_as_the_parser_reads_it(worker, tmp_path, spool):
    parsed = worker.parse(*kept(tmp_path), spool)
    assert parsed.message == parse(MAIL)[0]
    assert parsed.message.author is not None
    assert parsed.queries == ()


def test_each_part_is_a_file_named_by_its_hash(worker, tmp_path, spool):
    parsed = worker.parse(*kept(tmp_path), spool)
    assert {attachment.part for attachment in parsed.message.attachments} == set(parsed.spooled)
    assert {path.name for path in parsed.spooled.values()} == {ONE} == {path.name for path in spool.iterdir()}
    assert (spool / ONE).read_bytes() == b"\x00\x01\x02"


def test_what_a_dead_child_left_half_written_is_replaced(worker, tmp_path, spool):
    (spool / ONE).write_bytes(b"\x00")
    worker.parse(*kept(tmp_path), spool)
    assert (spool / ONE).read_bytes() == b"\x00\x01\x02"


def test_one_child_serves_many_mails(worker, tmp_path, spool):
    assert worker.pid is None
    pids = set()
    for _ in range(5):
        worker.parse(*kept(tmp_path), spool)
        pids.add(worker.pid)
    assert len(pids) == 1


def test_closing_ends_the_child_and_a_later_mail_starts_another(tmp_path, spool):
    with Worker() as worker:
        worker.parse(*kept(tmp_path), spool)
        first = worker.pid
    assert not is_alive(first)
    worker.parse(*kept(tmp_path), spool)
    assert worker.pid != first
    worker.close()


def test_a_child_killed_between_two_mails_is_replaced_without_a_word(worker, tmp_path, spool):
    worker.parse(*kept(tmp_path), spool)
    os.kill(worker.pid, signal.SIGKILL)
    os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)
    assert worker.parse(*kept(tmp_path), spool).message.subject == "Photos"


def test_s70_a_child_killed_in_the_middle_of_a_mail_fails_that_mail_and_serves_the_next(worker, tmp_path, spool):
    worker.parse(*kept(tmp_path), spool)
    first, octets = worker.pid, bytes(200_000)  # more than a pipe holds: the child stands while it spools them
    large = MAIL.replace(b"AAEC", base64.encodebytes(octets))
    pipe = spool / f"{hashlib.sha256(octets).hexdigest()}.{first}"
    os.mkfifo(pipe)
    failures: list[ParseFailed] = []

    def ask() -> None:
        with pytest.raises(ParseFailed) as caught:
            worker.parse(*kept(tmp_path, large), spool)
        failures.append(caught.value)

    asking = threading.Thread(target=ask)
    asking.start()
    with pipe.open("rb"):  # opens when the child has opened its end
        os.kill(first, signal.SIGKILL)
        asking.join()
    assert "000001.eml" in str(failures[0])
    assert "signal 9" in str(failures[0])
    assert "\n" not in str(failures[0])
    assert worker.parse(*kept(tmp_path), spool).message.subject == "Photos"
    assert worker.pid != first


def test_s70_a_mail_that_stalls_the_child_is_given_up_and_the_child_killed(tmp_path, spool):
    os.mkfifo(tmp_path / "pipe")  # never written to
    with Worker(timeout_seconds=0.5) as worker:
        with pytest.raises(ParseFailed, match=r"pipe: .*not read within 0\.5 s"):
            worker.parse(tmp_path / "pipe", 0, spool)
        assert worker.pid is None
    with Worker() as worker:
        assert worker.parse(*kept(tmp_path), spool).message.subject == "Photos"


def test_s70_a_mail_that_needs_more_memory_than_allowed_fails_and_the_next_is_served(tmp_path, spool):
    small, offset = kept(tmp_path)
    huge = tmp_path / "huge.eml"
    huge.write_bytes(MAIL.replace(b"Two photos.", b"x" * 76 + b"\r\n" * 10 + b"Two photos." * 3_000_000))
    with Worker(max_memory_bytes=50 << 20) as worker:
        with pytest.raises(ParseFailed, match=r"huge\.eml"):
            worker.parse(huge, 0, spool)
        assert worker.parse(small, offset, spool).message.subject == "Photos"


def test_an_archive_file_that_is_gone_is_the_disks_fault_not_the_mails(worker, tmp_path, spool):
    with pytest.raises(StoreError, match=r"gone\.eml: No such file"):
        worker.parse(tmp_path / "gone.eml", 0, spool)
    assert worker.parse(*kept(tmp_path), spool).message.subject == "Photos"


def test_a_spool_folder_that_is_gone_is_the_disks_fault(worker, tmp_path):
    with pytest.raises(StoreError, match="No such file"):
        worker.parse(*kept(tmp_path), tmp_path / "gone")


def test_words_no_pipe_may_break_on_come_through(worker, tmp_path, spool):
    words = "one\u2028two\x85three \U0001f6a2 \\n\\ud800 \x1b[0m"
    raw = b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + words.encode() + b"\r\n"
    parsed = worker.parse(*kept(tmp_path, raw), spool)
    assert parsed.message == parse(raw)[0]
    assert "\U0001f6a2" in parsed.message.text


@pytest.mark.parametrize("octets", [b"", b"\0" * 100, b"\xff" * 1000, b"\r\n" * 50, b": " * 400, MAIL[:150]])
def test_octets_that_are_hardly_a_mail_come_back_as_one(worker, tmp_path, spool, octets):
    parsed = worker.parse(*kept(tmp_path, octets), spool)
    assert parsed.message.sha256 == hashlib.sha256(octets).hexdigest()


def test_a_signature_is_verified_in_the_child_with_the_keys_it_asked_for(worker, tmp_path, spool):
    key, record = (KEYS / "rsa1024.pem").read_bytes(), (KEYS / "rsa1024.record").read_bytes().strip()
    now = int(datetime.now(UTC).timestamp())  # noqa: TID251 dkimpy signs by the real clock
    path, offset = kept(tmp_path, dkim.sign(MAIL, b"sel", b"example.org", key) + MAIL)
    queries = worker.parse(path, offset, spool).queries
    assert queries == ("sel._domainkey.example.org",)
    assert [r.status for r in worker.verify(path, offset, dict.fromkeys(queries, record), now)] == ["pass"]
    assert [r.status for r in worker.verify(path, 0, dict.fromkeys(queries, record), now)] == ["pass"]
    assert [r.reason for r in worker.verify(path, offset, dict.fromkeys(queries), now)] == ["dkim-no-key"]


def test_threads_take_turns_and_each_gets_its_own_mail(worker, tmp_path, spool):
    paths = [tmp_path / f"{n}.eml" for n in range(8)]
    for path in paths:
        path.write_bytes(MAIL.replace(b"Photos", path.name.encode()))
    together = threading.Barrier(len(paths))
    subjects: dict[str, set[str]] = {path.name: set() for path in paths}

    def ask(path: Path) -> None:
        together.wait()
        for _ in range(20):
            subjects[path.name].add(worker.parse(path, 0, spool).message.subject)

    threads = [threading.Thread(target=ask, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert subjects == {path.name: {path.name} for path in paths}


PARENT = """
import os, sys
from pathlib import Path
from mailproc.inspect.worker import Worker
worker = Worker()
worker.parse(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
os.kill(os.getpid(), 9)
"""


def test_the_child_ends_with_its_parent(tmp_path, spool):
    path, offset = kept(tmp_path)
    command = [sys.executable, "-c", PARENT, str(path), str(offset), str(spool)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)  # noqa: S603 ours
    assert parent.returncode == -signal.SIGKILL  # and `run` came back: the child holds stderr until it ends


def test_what_a_library_prints_is_no_answer(tmp_path, spool):
    path, offset = kept(tmp_path)
    noisy = tmp_path / "sitecustomize.py"
    noisy.write_text(
        "import sys\nsys.addaudithook(lambda event, args: event == 'open' and str(args[0]).endswith('.eml')\n"
        "    and print('a library speaks', flush=True))\n"
    )
    code = (
        "import sys; from pathlib import Path; from mailproc.inspect.worker import Worker\n"
        "with Worker() as w: print(w.parse(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])).message.subject)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    command = [sys.executable, "-c", code, str(path), str(offset), str(spool)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)  # noqa: S603 ours
    assert run.stdout == "Photos\n"
    assert "a library speaks" in run.stderr
