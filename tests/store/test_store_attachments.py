"""Octets under their hash, once; descriptions in the mail's order."""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import replace

import pytest

from mailproc.errors import StoreError
from mailproc.message.model import Attachment
from mailproc.store.octets import disk
from mailproc.store.work import attachments
from mailproc.workflow.item import Extract, KeptAttachment

PHOTO = b"\x89PNG" * 1000
SHA256 = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def spooled(tmp_path):
    path = tmp_path / "spooled"
    path.write_bytes(PHOTO)
    return path


def test_octets_are_kept_once_under_their_hash(tmp_path, spooled):
    root = tmp_path / "attachments"
    place = attachments.keep(root, spooled, SHA256, apart=False)
    assert place == root / SHA256[:2] / SHA256
    assert place.read_bytes() == PHOTO
    inode = place.stat().st_ino
    assert attachments.keep(root, spooled, SHA256, apart=False).stat().st_ino == inode
    assert attachments.path_of(root, SHA256) == place
    assert spooled.exists()
    assert list((root / "spool").iterdir()) == []


def test_refused_octets_lie_apart_and_are_found(tmp_path, spooled):
    place = attachments.keep(tmp_path, spooled, SHA256, apart=True)
    assert place == tmp_path / "refused" / SHA256[:2] / SHA256
    assert attachments.path_of(tmp_path, SHA256) == place


def test_octets_of_another_hash_are_never_kept_under_it(tmp_path, spooled):
    other = hashlib.sha256(b"other").hexdigest()
    with pytest.raises(StoreError, match="it was not kept"):
        attachments.keep(tmp_path / "a", spooled, other, apart=False)
    assert attachments.path_of(tmp_path / "a", other) is None
    assert list((tmp_path / "a/spool").iterdir()) == []


def test_f20_a_truncated_file_under_the_hash_is_made_whole(tmp_path, spooled):
    place = attachments.keep(tmp_path, spooled, SHA256, apart=False)
    place.write_bytes(PHOTO[:10])
    assert attachments.keep(tmp_path, spooled, SHA256, apart=False).read_bytes() == PHOTO


def test_f20_short_writes_are_looped_and_a_full_disk_keeps_nothing(tmp_path, spooled, monkeypatch):
    write = os.write
    monkeypatch.setattr(disk.os, "write", lambda fd, octets: write(fd, bytes(octets[:1000])))
    assert attachments.keep(tmp_path / "a", spooled, SHA256, apart=False).read_bytes() == PHOTO

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(disk.os, "write", full)
    with pytest.raises(StoreError, match="the disk is full"):
        attachments.keep(tmp_path / "b", spooled, SHA256, apart=False)
    assert attachments.path_of(tmp_path / "b", SHA256) is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "", SHA256.upper(), SHA256 + "\n"])
def test_i9_nothing_but_a_hash_becomes_a_path(tmp_path, spooled, name):
    assert attachments.path_of(tmp_path, name) is None
    with pytest.raises(StoreError, match="no SHA-256"):
        attachments.keep(tmp_path, spooled, name, apart=False)


def _kept(number: int, part: str, **changes: str) -> KeptAttachment:
    described = Attachment(part, f"{part}.jpg", "image/jpeg", "image/x", 5, "ab", **changes)
    return KeptAttachment(described, "refused", "too-large", number)


def test_descriptions_come_back_in_the_order_of_mails_and_parts(conn):
    second = [_kept(2, "2", within="old.eml", disposition="inline", content_id="a@b"), _kept(2, "10"), _kept(2, "2")]
    attachments.put(conn, 2, second)
    attachments.put(conn, 1, [_kept(1, "1")])
    attachments.put(conn, 3, [])
    assert attachments.of_messages(conn, [3, 2, 1, 2]) == [_kept(1, "1"), *second]
    attachments.put(conn, 2, second[:1])
    assert attachments.of_messages(conn, [2]) == second[:1]
    assert attachments.of_messages(conn, []) == []


def test_what_was_read_of_a_document_comes_back_with_it(conn):
    read = replace(_kept(1, "1"), extract=Extract("The harbour\n\ta quay", 412))
    failed = replace(_kept(1, "2"), extract=Extract("", 0, "encrypted"))
    attachments.put(conn, 1, [read, failed, _kept(1, "3")])
    assert attachments.of_messages(conn, [1]) == [read, failed, _kept(1, "3")]
