"""What is made of an attachment lies beside it, and goes with it."""

from __future__ import annotations

from mailproc.store.octets import derived

SHA256, OTHER = "ab" * 32, "ab" + "cd" * 31


def test_what_was_made_is_read_again(tmp_path):
    derived.write(tmp_path, SHA256, "small.jpg", b"\xff\xd8")
    assert derived.read(tmp_path, SHA256, "small.jpg") == b"\xff\xd8"
    assert derived.path_of(tmp_path, SHA256, "small.jpg") == tmp_path / "derived/ab" / f"{SHA256}.small.jpg"
    assert list((tmp_path / "spool").iterdir()) == []


def test_what_was_never_made_is_told_from_what_cannot_be_made(tmp_path):
    assert derived.read(tmp_path, SHA256, "small.jpg") is None
    derived.write(tmp_path, SHA256, "small.jpg", b"")
    assert derived.read(tmp_path, SHA256, "small.jpg") == b""


def test_all_that_was_made_of_an_attachment_goes_and_nothing_else(tmp_path):
    for sha256, what in ((SHA256, "small.jpg"), (SHA256, "words.txt"), (OTHER, "small.jpg")):
        derived.write(tmp_path, sha256, what, b"made")
    derived.remove(tmp_path, SHA256)
    derived.remove(tmp_path, SHA256)
    assert [path.name for path in tmp_path.rglob("*.*")] == [f"{OTHER}.small.jpg"]
