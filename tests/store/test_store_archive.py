"""Files: what is under a number is whole, durable and never overwritten."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_binary_file
from pathlib import Path

import pytest
from events import an_event
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.errors import StoreError
from mailproc.message.model import Address, Attachment, Envelope
from mailproc.store.database import open_database, reading, writing
from mailproc.store.mail import received
from mailproc.store.octets import archive, disk
from mailproc.workflow.entry import Entry, LetterRecord
from mailproc.workflow.item import KeptAttachment

AT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
MAIL = b"From: ana@harbour.example\nSubject: bare line ends\rand\x00more\r\n\r\n.\r\nX-Mailproc-Source: forged\r\n\xff"


def _trace(source: str = "file:1", envelope: Envelope | None = None) -> bytes:
    return archive.trace_fields(source, AT, "0b5c", "desk.harbour.example", envelope)


def _on_disk(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_the_octets_lie_on_disk_exactly_as_they_came_behind_our_trace(tmp_path):
    spooled = archive.spool(tmp_path, _trace(), [MAIL[:7], b"", MAIL[7:]])
    octets = spooled.path.read_bytes()
    assert octets[spooled.offset :] == MAIL
    assert octets[: spooled.offset] == _trace()
    assert (spooled.size, spooled.sha256) == (len(MAIL), hashlib.sha256(MAIL).hexdigest())
    assert archive.read_trace(spooled.path) == ("file:1", spooled.offset)


def test_our_trace_is_header_fields_that_every_reader_reads(tmp_path):
    trace = _trace("imap:desk/INBOX/7/12", Envelope("", ("articles@harbour.example",)))
    assert trace == (
        b"Return-Path: <>\r\nDelivered-To: articles@harbour.example\r\n"
        b"Received: by desk.harbour.example with mailproc id 0b5c;\r\n Sun, 22 Nov 2026 15:00:00 +0000\r\n"
        b"X-Mailproc-Source: imap:desk/INBOX/7/12\r\n"
    )
    with archive.spool(tmp_path, trace, [b"Subject: The crane\r\n\r\nWords\r\n"]).path.open("rb") as file:
        assert message_from_binary_file(file)["Subject"] == "The crane"


@settings(deadline=None, max_examples=60)
@given(
    source=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60),
    reverse_path=st.none() | st.from_regex(r"([a-zé.+]{1,20}@harbour\.example)?", fullmatch=True),
    forward_paths=st.lists(st.emails(), max_size=3),
    mail=st.lists(st.binary(max_size=40), max_size=4),
)
def test_the_file_alone_tells_the_whole_row(source, reverse_path, forward_paths, mail):
    envelope = Envelope(reverse_path, tuple(forward_paths))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        spooled = archive.spool(root, _trace(source, envelope), mail)
        archive.link(root, spooled.path, 1234567)
        found = archive.describe(root, 1234567)
    assert (found.source, found.received_at, found.envelope, found.number) == (source, AT, envelope, 1234567)
    assert (found.offset, found.size, found.sha256) == (spooled.offset, spooled.size, spooled.sha256)


@settings(deadline=None, max_examples=60)
@given(hostile=st.text(st.characters(codec="utf-8"), max_size=30))
def test_s39_no_address_or_source_ends_a_line_of_ours(hostile):
    trace = _trace(hostile, Envelope(hostile, (hostile,)))
    assert trace.count(b"\r") == trace.count(b"\n") == trace.count(b"\r\n") == 5
    assert b"\x00" not in trace


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"Subject: x\r\n",
        b"Received: by a;\r\n b\r\nFrom: x\r\nX-Mailproc-Source: y\r\n",
        b"X-Mailproc-Source: y\n",
    ],
)
def test_a_file_that_we_did_not_write_is_told_with_its_path(tmp_path, head):
    path = tmp_path / "000001.eml"
    path.write_bytes(head)
    with pytest.raises(StoreError, match=r"000001\.eml: not a mail .* leave it there"):
        archive.read_trace(path)


def test_f20_short_writes_are_looped_until_every_octet_is_down(tmp_path, monkeypatch):
    write = os.write
    monkeypatch.setattr(disk.os, "write", lambda fd, octets: write(fd, bytes(octets[:7])))
    spooled = archive.spool(tmp_path, _trace(), [MAIL])
    assert spooled.path.read_bytes() == _trace() + MAIL


@pytest.mark.parametrize("full", ["raises", "writes nothing", "lies"])
def test_f20_a_full_disk_leaves_nothing_on_the_spool(tmp_path, monkeypatch, full):
    def write(_fd: int, octets: bytes) -> int:
        if full == "raises":
            raise OSError(errno.ENOSPC, "No space left on device")
        return len(octets) if full == "lies" else 0

    monkeypatch.setattr(disk.os, "write", write)
    with pytest.raises(StoreError, match="disk") as told:
        archive.spool(tmp_path, _trace(), [MAIL])
    assert "\n" not in str(told.value)
    assert _on_disk(tmp_path) == []


def test_f29_an_fsync_that_fails_is_final(tmp_path, monkeypatch):
    def fails(_fd: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    archive.spool(tmp_path, _trace(), [MAIL]).path.unlink()
    monkeypatch.setattr(disk.os, "fsync", fails)
    with pytest.raises(StoreError, match="the disk fails"):
        archive.spool(tmp_path, _trace(), [MAIL])
    assert _on_disk(tmp_path) == []


def test_what_the_source_of_octets_raises_passes_and_nothing_stays(tmp_path):
    def breaks() -> Iterator[bytes]:
        yield MAIL
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        archive.spool(tmp_path, _trace(), breaks())
    assert _on_disk(tmp_path) == []


def test_a_number_is_given_once_and_the_second_mail_stays_on_the_spool(tmp_path):
    first, second = (archive.spool(tmp_path, _trace(), [body]) for body in (b"first", b"second"))
    assert archive.link(tmp_path, first.path, 123) == tmp_path / "000/000123.eml"
    with pytest.raises(FileExistsError):
        archive.link(tmp_path, second.path, 123)
    assert archive.message_path(tmp_path, 123).read_bytes().endswith(b"first")
    assert not first.path.exists()
    assert second.path.exists()


def test_numbers_are_found_in_order_past_a_million(tmp_path):
    assert archive.highest(tmp_path / "none") == 0
    assert list(archive.numbers(tmp_path / "none")) == []
    for number in (1000000, 7, 999999, 1000, 999):
        archive.link(tmp_path, archive.spool(tmp_path, _trace(), []).path, number)
    (tmp_path / "000/notes.eml").touch()
    (tmp_path / "2000").mkdir()
    assert list(archive.numbers(tmp_path)) == [7, 999, 1000, 999999, 1000000]
    assert archive.highest(tmp_path) == 1000000
    assert archive.message_path(tmp_path, 1000000) == tmp_path / "1000/1000000.eml"


def test_an_entry_without_its_message_still_holds_its_number(tmp_path, an_entry):
    archive.write_entry(tmp_path, an_entry(9))
    assert archive.highest(tmp_path) == 9
    assert list(archive.numbers(tmp_path)) == []


KILLED_BETWEEN_LINK_AND_COMMIT = """
import os, signal, sys
from pathlib import Path
from mailproc.store.octets import archive
from mailproc.store.mail import received
from mailproc.store.database import open_database, writing
root, archived = Path(sys.argv[1]), Path(sys.argv[1]) / "archive"
spooled = archive.spool(archived, bytes.fromhex(sys.argv[2]), [b"octets"])
with writing(open_database("sqlite:///m.db", root)) as conn:
    number = received.next_number(conn, archive.highest(archived))
    archive.link(archived, spooled.path, number)
    received.add(conn, archive.describe(archived, number))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_f03_killed_between_link_and_commit_the_number_is_taken_and_the_file_is_adopted(tmp_path):
    command = [sys.executable, "-c", KILLED_BETWEEN_LINK_AND_COMMIT, str(tmp_path), _trace("imap:desk/INBOX/7/1").hex()]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL  # noqa: S603 - our own words
    archived, engine = tmp_path / "archive", open_database("sqlite:///m.db", tmp_path)
    with writing(engine) as conn:
        assert received.every(conn) == []
        assert received.next_number(conn, archive.highest(archived)) == 2
        adopted = archive.describe(archived, 1)
        assert adopted.source == "imap:desk/INBOX/7/1"
        received.add(conn, adopted)
    with reading(engine) as conn:
        assert received.by_source(conn, "imap:desk/INBOX/7/1") == 1
        assert received.get(conn, 1) == adopted


def _full_entry(an_entry: Callable[..., Entry]) -> Entry:
    attachment = Attachment("2", "crane.jpg", "image/jpeg", "image/jpeg", 5, "ab", "attachment", "cid", "old.eml")
    event = an_event(
        "A-9", "vote", "operator for ana@harbour.example", "words é", due=AT, reason="silence", verdict="approve"
    )
    letter = LetterRecord("id1", "author/help", "ana@harbour.example", "id1@harbour.example", listed=("A-9",))
    return an_entry(
        9,
        author=Address("Ana", "ana@harbour.example"),
        envelope=Envelope("", ("desk@harbour.example",)),
        text="Zeile\n  ",
        attachments=(KeptAttachment(attachment, "kept", "", 9),),
        events=(event,),
        letters=(letter,),
        duplicate_of=3,
    )


def test_an_entry_reads_back_as_it_was_written_and_is_legible(tmp_path, an_entry):
    entry = _full_entry(an_entry)
    archive.write_entry(tmp_path, entry)
    assert archive.read_entry(tmp_path, 9) == entry
    written = archive.entry_path(tmp_path, 9).read_text("utf-8")
    assert '\n  "time": "2026-11-22T15:00:00Z",\n' in written
    assert "words é" in written
    archive.write_entry(tmp_path, entry)
    assert archive.entry_path(tmp_path, 9).read_text("utf-8") == written
    assert _on_disk(tmp_path) == ["000/000009.json"]
    assert archive.read_entry(tmp_path, 10) is None


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_an_entry_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch, an_entry, call):
    archive.write_entry(tmp_path, an_entry(9, title="old"))

    def fails(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(disk.os, call, fails)
    with pytest.raises(StoreError, match="the disk is full"):
        archive.write_entry(tmp_path, an_entry(9, title="new"))
    assert archive.read_entry(tmp_path, 9).title == "old"
    assert _on_disk(tmp_path) == ["000/000009.json"]


KILLED_BEFORE_RENAME = """
import os, signal, sys
from pathlib import Path
from mailproc.store.octets import archive
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
archive.write_entry(Path(sys.argv[1]), archive.read_entry(Path(sys.argv[1]), 9))
"""


def test_what_goes_away_while_the_spool_is_swept_troubles_nobody(tmp_path):
    """Another process takes its file off the spool between our two looks; a link to nothing is just as gone."""
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "of-another-process").symlink_to("gone")
    assert archive.sweep_spool(tmp_path, AT) == 0


def test_killed_before_the_rename_the_old_entry_stands_and_the_sweep_takes_the_rest(tmp_path, an_entry):
    archive.write_entry(tmp_path, an_entry(9))
    octets = archive.entry_path(tmp_path, 9).read_bytes()
    subprocess.run([sys.executable, "-c", KILLED_BEFORE_RENAME, str(tmp_path)], check=False)  # noqa: S603 - our own words
    assert len(_on_disk(tmp_path)) == 2
    assert archive.entry_path(tmp_path, 9).read_bytes() == octets
    left = next((tmp_path / "spool").iterdir())
    hours_36_ago = AT - timedelta(hours=36)
    os.utime(left, (AT.timestamp(), AT.timestamp()))
    assert archive.sweep_spool(tmp_path, hours_36_ago) == 0
    os.utime(left, (hours_36_ago.timestamp() - 1, hours_36_ago.timestamp() - 1))
    assert archive.sweep_spool(tmp_path, hours_36_ago) == 1
    assert _on_disk(tmp_path) == ["000/000009.json"]


def test_an_entry_that_is_damaged_is_told_with_its_path_and_cure(tmp_path, an_entry):
    archive.write_entry(tmp_path, an_entry(9))
    archive.entry_path(tmp_path, 9).write_text('{"sequence": "no"}')
    with pytest.raises(StoreError, match=r"000009\.json: not an entry .*; `mailproc mend` brings it back"):
        archive.read_entry(tmp_path, 9)


@pytest.mark.parametrize(
    ("id", "path"),
    [("a", "../../data/key"), ("a", "/etc/passwd"), ("a", "2026/../../key"), ("../../key", "2026/11/22/a.eml")],
)
def test_an_entry_whose_letter_lies_outside_the_outbox_is_no_entry(tmp_path, an_entry, id, path):  # noqa: A002 - the field's own word
    letter = LetterRecord(id, "reader/help", "jo@poole.example", f"{id}@desk.harbour.example", path=path)
    archive.write_entry(tmp_path, replace(an_entry(9), letters=(letter,)))
    with pytest.raises(StoreError, match=r"000009\.json: not an entry .* not in the outbox.*`mailproc mend`"):
        archive.read_entry(tmp_path, 9)


def test_f16_every_new_name_is_synced_with_its_folder(tmp_path, monkeypatch, an_entry):
    synced = []
    monkeypatch.setattr(disk.os, "fsync", lambda fd: synced.append(str(Path(f"/proc/self/fd/{fd}").readlink())))
    root = tmp_path / "data/archive"
    spooled = archive.spool(root, _trace(), [MAIL])
    assert synced[-1] == str(spooled.path)
    synced.clear()
    archive.link(root, spooled.path, 1000)
    archive.sync(root, [1000, 1001])
    assert synced == [str(root), str(root / "001")]
    synced.clear()
    archive.write_entry(root, an_entry(1000))
    assert [Path(path).parent.name for path in synced] == ["spool", "archive"]
    assert synced[-1] == str(root / "001")
