"""All four forms of files, octet for octet; and nothing at all where one of them cannot be read."""

from __future__ import annotations

import io
import mailbox
import os
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailproc.errors import IntakeError, UsageError
from mailproc.intake.files import opened

NASTY = b"Subject: a\r\n\r\nFrom here on\r\n\r\nFrom there\n>From quoted\r\n\xff\x00bare \r and\n\n"
PLAIN = b"Subject: b\n\nshort\n"


def read(*names: Path | str, stdin: bytes = b"") -> list[tuple[str, bytes]]:
    with opened([str(name) for name in names], io.BytesIO(stdin)) as sources:
        return [(source.source_key, b"".join(source.chunks)) for source in sources]


def keyed(*messages: bytes) -> list[tuple[str, bytes]]:
    return [(f"file:{sha256(octets).hexdigest()}", octets) for octets in messages]


def mbox_of(*messages: bytes) -> bytes:
    """As mboxrd writes it: one more > before each quoted or unquoted "From ", a blank line after each message."""
    date = b"From jo@poole.example Sun Nov 22 15:04:05 2026\n"
    quoted = [b"".join(_quoted(line) for line in octets.splitlines(keepends=True)) for octets in messages]
    return b"".join(date + octets + b"\n" for octets in quoted)


def _quoted(line: bytes) -> bytes:
    return b">" + line if line.lstrip(b">").startswith(b"From ") else line


def test_an_eml_comes_as_it_lies_even_if_it_begins_like_an_mbox(tmp_path: Path):
    path = tmp_path / "a.eml"
    octets = mbox_of(PLAIN, PLAIN)
    path.write_bytes(octets)
    assert read(path) == keyed(octets)


def test_an_eml_of_several_megabytes_comes_in_pieces(tmp_path: Path):
    octets = os.urandom(3_000_000)
    (tmp_path / "a.eml").write_bytes(octets)
    with opened([str(tmp_path / "a.eml")], io.BytesIO()) as (source,):
        pieces = list(source.chunks)
    assert b"".join(pieces) == octets
    assert max(map(len, pieces)) <= 1 << 20


def test_files_come_in_the_order_given_and_twice_the_same_is_the_same_key(tmp_path: Path):
    for name, octets in (("b.eml", NASTY), ("a.eml", PLAIN)):
        (tmp_path / name).write_bytes(octets)
    assert read(tmp_path / "b.eml", tmp_path / "a.eml", tmp_path / "b.eml") == keyed(NASTY, PLAIN, NASTY)


def test_standard_input_is_one_message_or_an_mbox():
    assert read("-", stdin=NASTY) == keyed(NASTY)
    assert read("-", stdin=mbox_of(PLAIN, NASTY)) == keyed(PLAIN, NASTY)


def test_an_mbox_of_the_standard_library_gives_its_messages_back(tmp_path: Path):
    messages = [PLAIN, b"Subject: c\n\nFrom here on\n\nFrom there\n", b"Subject: d\n\n\n\n", b"Subject: e\n\n"]
    box = mailbox.mbox(tmp_path / "box")
    for octets in messages:
        box.add(octets)
    box.close()
    assert read(tmp_path / "box") == keyed(*messages)


def test_an_mbox_with_crlf_and_without_a_last_blank_line(tmp_path: Path):
    first, second = b"Subject: a\r\n\r\nx\r\n", b"Subject: b\r\n\r\ny\r\n"
    line = b"From - Sun Nov  1 05:04:05 2026\r\n"
    (tmp_path / "box").write_bytes(line + first + b"\r\n" + line + second)
    assert read(tmp_path / "box") == keyed(first, second)


def test_a_from_line_splits_only_after_a_blank_line_and_with_a_date(tmp_path: Path):
    octets = b"Subject: a\n\nFrom jo I heard nothing\nx\nFrom jo@x.example Sun Nov 22 15:04:05 2026\ny\n"
    (tmp_path / "box").write_bytes(b"From jo@x.example Sun Nov 22 15:04:05 2026\n" + octets + b"\n")
    assert read(tmp_path / "box") == keyed(octets)


@pytest.mark.parametrize("tail", [b">From the middle", b"\nFrom jo@x.example Sun Nov 22 15:04:05 2026"])
def test_a_line_longer_than_what_is_read_at_once_neither_splits_nor_loses_a_mark(tail: bytes):
    octets = b"Subject: a\n\n" + b"x" * (1 << 19) + tail + b"\n"
    head = b"From jo@x.example Sun Nov 22 15:04:05 2026\n"
    assert read("-", stdin=head + octets + b"\n") == keyed(octets)


def test_a_line_without_end_in_an_mbox_is_kept_whole(tmp_path: Path):
    octets = b"Subject: a\n\n" + b"x" * 2_000_000 + b"\n>>From the end\n"
    (tmp_path / "box").write_bytes(mbox_of(octets, PLAIN))
    assert read(tmp_path / "box") == keyed(octets, PLAIN)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(
            st.sampled_from([b"From jo@x.example Sun Nov 22 15:04:05 2026", b">From ", b"", b"text", b"\xff", b"a\r"])
        ).map(lambda lines: b"Subject: a\n\n" + b"".join(line + b"\n" for line in lines)),
        min_size=1,
    )
)
def test_whatever_stands_in_messages_an_mboxrd_gives_them_back(messages: list[bytes]):
    assert read("-", stdin=mbox_of(*messages)) == keyed(*messages)


def test_a_maildir_comes_by_name_from_new_and_cur(tmp_path: Path):
    for folder in ("new", "cur", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "cur" / "1000.a:2,S").write_bytes(NASTY)
    (tmp_path / "new" / "1001.b").write_bytes(PLAIN)
    (tmp_path / "cur" / "1002.c:2,").write_bytes(mbox_of(PLAIN))
    (tmp_path / "tmp" / "1003.d").write_bytes(b"unfinished")
    (tmp_path / "new" / ".hidden").write_bytes(b"no mail")
    assert read(tmp_path) == keyed(NASTY, PLAIN, mbox_of(PLAIN))


def test_one_unreadable_file_and_nothing_of_the_call_is_given(tmp_path: Path):
    (tmp_path / "a.eml").write_bytes(PLAIN)
    with pytest.raises(
        UsageError, match=r"missing\.eml: cannot be read: No such file or directory; nothing was received"
    ):
        read(tmp_path / "a.eml", tmp_path / "missing.eml")


def test_a_folder_that_is_no_maildir_is_named(tmp_path: Path):
    with pytest.raises(UsageError, match="no Maildir"):
        read(tmp_path)


def test_a_file_that_changes_between_hash_and_reading_is_not_kept_under_the_old_hash(tmp_path: Path):
    path = tmp_path / "a.eml"
    path.write_bytes(PLAIN)
    with opened([str(path)], io.BytesIO()) as (source,):
        path.write_bytes(PLAIN.replace(b"short", b"shirt"))
        with pytest.raises(IntakeError, match="changed while it was read"):
            list(source.chunks)


def test_an_empty_file_is_a_mail_too(tmp_path: Path):
    (tmp_path / "a.eml").touch()
    assert read(tmp_path / "a.eml") == keyed(b"")
