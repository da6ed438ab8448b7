"""What hostile mails cost: the parse child stays within its limits, and the parent hardly notices.

Address space is the kernel's high-water mark (VmPeak): exact, nothing is sampled. A mail is mapped into memory as
a whole, so the child may grow by its size and little more.
"""

from __future__ import annotations

import base64
import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from mailproc.errors import ParseFailed
from mailproc.inspect.worker import Parsed, Worker

MIB = 1 << 20
HEAD = b"From: Jo <jo@poole.example>\r\nSubject: The tram\r\nMIME-Version: 1.0\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=bb\r\n\r\n"
SMALL = MIXED + b"--bb\r\n\r\nwords\r\n--bb\r\nContent-Type: image/png\r\n\r\nxx\r\n--bb--\r\n"


@pytest.fixture
def worker() -> Iterator[Worker]:
    """A child as the desk starts it, already warm."""
    with Worker() as started:
        yield started


def proc(pid: int, name: str) -> int:
    """A line of /proc/PID/status, in octets."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def write(path: Path, pieces: Iterable[bytes]) -> int:
    with path.open("wb") as file:
        file.writelines(pieces)
    return path.stat().st_size


def grown(worker: Worker, folder: Path, mail: Iterable[bytes]) -> tuple[Parsed, int]:
    """What was read, and by how much more than the mail's own size the child's address space grew."""
    spool = folder / "spool"
    spool.mkdir()
    write(folder / "small.eml", [SMALL])
    worker.parse(folder / "small.eml", 0, spool)
    assert worker.pid is not None
    before, child = proc(worker.pid, "VmPeak"), worker.pid
    size = write(folder / "mail.eml", mail)
    parsed = worker.parse(folder / "mail.eml", 0, spool)
    assert worker.pid == child, "the mail cost the child its life"
    return parsed, proc(child, "VmPeak") - before - size


def in_base64(size: int) -> tuple[str, list[bytes]]:
    """SHA-256 of `size` octets, and the octets as base64 lines."""
    block = random.Random(1).randbytes(57 * 1024)  # noqa: S311 any octets
    lines = base64.encodebytes(block[: 57 * 1024])
    blocks = size // len(block)
    digest = hashlib.sha256()
    for _ in range(blocks):
        digest.update(block)
    return digest.hexdigest(), [lines] * blocks


ATTACHED = b"--bb\r\n\r\nwords\r\n--bb\r\nContent-Disposition: attachment; filename=film.bin\r\n"


@pytest.mark.parametrize("megabytes", [73])
def test_S60_a_base64_attachment_streams_to_the_spool_whatever_it_weighs(worker, tmp_path, megabytes):
    sha256, lines = in_base64(megabytes * MIB)
    mail = [MIXED, ATTACHED, b"Content-Transfer-Encoding: base64\r\n\r\n", *lines, b"\r\n--bb--\r\n"]
    parsed, more = grown(worker, tmp_path, mail)
    assert [found.sha256 for found in parsed.message.attachments] == [sha256]
    assert parsed.message.text.strip() == "words"
    assert hashlib.sha256(parsed.spooled["2"].read_bytes()).hexdigest() == sha256
    assert more < 8 * MIB


def test_S61_twenty_megabytes_of_uuencode_stay_as_they_are_written(worker, tmp_path):
    garbage = b"M" + b"#$%'" * 15 + b"\r\n"
    count = 20 * MIB // len(garbage)
    mail = [MIXED, ATTACHED, b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 x\r\n", *[garbage] * count]
    parsed, more = grown(worker, tmp_path, [*mail, b"--bb--\r\n"])
    assert parsed.message.attachments[0].size == len(b"begin 644 x\r\n") + count * len(garbage) - 2
    assert more < 8 * MIB


def test_S61_a_small_uuencoded_file_is_decoded(worker, tmp_path):
    mail = [MIXED, ATTACHED, b"Content-Transfer-Encoding: x-uuencode\r\n\r\n", b"begin 644 x\r\n#86)C\r\n`\r\nend\r\n"]
    parsed, _ = grown(worker, tmp_path, [*mail, b"--bb--\r\n"])
    assert parsed.spooled["2"].read_bytes() == b"abc"


def test_S61b_quoted_printable_without_line_ends_streams(worker, tmp_path):
    mail = [MIXED, ATTACHED, b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", b"=41" * (10 * MIB)]
    parsed, more = grown(worker, tmp_path, [*mail, b"\r\n--bb--\r\n"])
    assert parsed.message.attachments[0].size == 10 * MIB
    assert parsed.message.attachments[0].sha256 == hashlib.sha256(b"A" * (10 * MIB)).hexdigest()
    assert more < 8 * MIB


@pytest.mark.parametrize("where", [HEAD, MIXED + ATTACHED])
def test_S61b_six_million_soft_line_breaks_are_nothing(worker, tmp_path, where):
    mail = [where, b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", b"=\r\n" * (19 * MIB // 3), b"end"]
    parsed, more = grown(worker, tmp_path, mail)
    found = parsed.message
    assert found.text.strip() == ("end" if where is HEAD else "words")
    assert [each.size for each in found.attachments] == ([] if where is HEAD else [3])
    assert more < 8 * MIB


def test_S61c_five_megabytes_of_nested_elements_are_words(worker, tmp_path):
    page = b"<div>" * (5 * MIB // 10) + b"words" + b"</div>" * (5 * MIB // 10)
    parsed, more = grown(worker, tmp_path, [HEAD, b"Content-Type: text/html\r\n\r\n<p>First.</p>", page])
    assert parsed.message.text.startswith("First.")
    assert len(parsed.message.text) <= 256 * 1024
    assert more < 64 * MIB


def nested(levels: int, kind: str) -> list[bytes]:
    if kind == "message":
        return [HEAD, b"Content-Type: message/rfc822\r\n\r\n" * levels, b"x"]
    part = b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n'
    continued = b"Content-Type: multipart/mixed; boundary*0=b; boundary*1=%d\r\n\r\n--b%d\r\n"
    return [HEAD, *((part if kind == "multipart" else continued) % (n, n) for n in range(levels))]


@pytest.mark.parametrize("levels", [101, 5000])
@pytest.mark.parametrize("kind", ["multipart", "continued", "message"])
def test_S50_S51_mails_within_mails_beyond_a_hundred_are_too_deep(worker, tmp_path, levels, kind):
    parsed, more = grown(worker, tmp_path, nested(levels, kind))
    if levels > 101 or kind != "continued":  # which only the standard library's own depth ends
        assert "too-deep" in parsed.message.defects
    assert parsed.message.subject == "The tram"
    assert more < 32 * MIB


@pytest.mark.parametrize("boundary", [b"boundary=bb", b"boundary*0=b; boundary*1=b"])
@pytest.mark.parametrize("count", [1_000_000])
def test_S52_a_million_parts_are_looked_at_until_the_thousandth(worker, tmp_path, boundary, count):
    mail = [HEAD, b"Content-Type: multipart/mixed; ", boundary, b"\r\n\r\n", b"--bb\r\n\r\n" * count]
    parsed, more = grown(worker, tmp_path, mail)
    assert "too-many-parts" in parsed.message.defects
    assert len(parsed.spooled) <= 1000
    assert more < 256 * MIB


@pytest.mark.parametrize(
    ("mail", "slug"),
    [
        ([HEAD, b"X-A: y\r\n", b" zzzz\r\n" * 1_500_000, b"\r\nbody"], "header-too-long"),
        ([MIXED, b"--bb\r\n", b"X: y\r\n" * 1_700_000, b"\r\nwords\r\n--bb--\r\n"], "header-too-long"),
        ([HEAD, b"X: y\r\n" * 100_000, b"\r\nbody"], "too-many-header-fields"),
    ],
)
def test_S53_S54_ten_megabytes_of_header_are_cut(worker, tmp_path, mail, slug):
    parsed, more = grown(worker, tmp_path, mail)
    assert slug in parsed.message.defects
    assert parsed.message.subject == "The tram"
    assert more < 192 * MIB


MEASURE = """
import os, sys
from pathlib import Path
from mailproc.inspect.worker import Worker

def high():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

folder = Path(sys.argv[1])
with Worker() as worker:
    worker.parse(folder / "small.eml", 0, folder)
    before = high()
    worker.parse(folder / "mail.eml", 0, folder)
    print(high() - before)
"""


@pytest.mark.parametrize("kind", ["attachment", "text", "page"])
def test_S60_the_parent_grows_by_less_than_eight_megabytes(tmp_path, kind):
    write(tmp_path / "small.eml", [SMALL])
    mails = {
        "attachment": [MIXED, ATTACHED, b"Content-Transfer-Encoding: base64\r\n\r\n", *in_base64(60 * MIB)[1]],
        "text": [HEAD, b"\r\n", b"words and words, line after line\r\n" * (30 * MIB // 34)],
        "page": [HEAD, b"Content-Type: text/html\r\n\r\n", b"<p>words and words</p>\r\n" * (30 * MIB // 24)],
    }
    write(tmp_path / "mail.eml", mails[kind])
    command = [sys.executable, "-c", MEASURE, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)  # noqa: S603 ours
    assert int(ran.stdout) < 8 * 1024


def test_S70_a_mail_that_needs_more_processor_time_than_a_mail_may_have_ends_the_child(tmp_path):
    spool = tmp_path / "spool"
    spool.mkdir()
    lines = (b"--x%d\r\n" % n for n in range(1_900_000))  # each a possible delimiter: nothing can be taken out
    write(tmp_path / "mail.eml", [HEAD, b"Content-Type: multipart/mixed; boundary*0=x\r\n\r\n", *lines])
    write(tmp_path / "small.eml", [SMALL])
    with Worker(cpu_seconds=1) as worker:
        with pytest.raises(ParseFailed, match="more processor time than a mail may have"):
            worker.parse(tmp_path / "mail.eml", 0, spool)
        assert worker.parse(tmp_path / "small.eml", 0, spool).message.text.strip() == "words"


def test_S70_a_mail_larger_than_the_memory_allowed_is_its_own_fault_not_the_disks(tmp_path):
    spool = tmp_path / "spool"
    spool.mkdir()
    path = tmp_path / "mail.eml"
    write(path, [HEAD, b"\r\n"])
    os.truncate(path, 700 * MIB)  # a hole in the file: it takes no room on the disk
    with Worker() as worker, pytest.raises(ParseFailed, match="needs more memory than the parse child may use"):
        worker.parse(path, 0, spool)
