"""A letter's file is there whole, or as it was."""

from __future__ import annotations

import errno

import pytest

from mailproc.errors import StoreError
from mailproc.store.octets import disk, outbox


def test_a_letter_is_written_whole_in_a_folder_made_for_it_and_written_again_under_its_name(tmp_path):
    path = tmp_path / "2026/11/22/a.eml"
    for octets in (b"first", b"again, longer"):
        outbox.write(path, octets)
        assert path.read_bytes() == octets
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_disk_that_refuses_leaves_the_letter_as_it_was(tmp_path, monkeypatch, call):
    path = tmp_path / "a.eml"
    outbox.write(path, b"first")

    def refuses(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(disk.os, call, refuses)
    with pytest.raises(StoreError, match="the disk is full"):
        outbox.write(path, b"again")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]
