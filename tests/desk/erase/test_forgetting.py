"""An erasure that dies is done again and comes to the same; what others sent and named is never taken away."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from build import JO, START, Clock, a_desk, a_mail, clock_of, entry_of, give, item, keep, received, run_process
from lived import PHOTO, SECOND, SECRET, TITLE, a_lived_in_desk, in_order, traces

from mailproc import failpoint
from mailproc.config import load
from mailproc.desk.erase import forget
from mailproc.desk.ground.books import fresh_id
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.serve.process import enter, work
from mailproc.errors import StoreError, UnknownReference
from mailproc.failpoint import Reached
from mailproc.store.database import reading, writing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive, derived
from mailproc.store.work import attachments
from mailproc.workflow.erasing import pattern_of, pseudonym

AT = """
import os, sys
from datetime import datetime
from mailproc.cli import desk
from mailproc.desk.ground.wire import open_desk

desk.open_desk = lambda config, **how: open_desk(config, lambda: datetime.fromisoformat(os.environ["NOW"]), **how)
from mailproc.cli.main import main
sys.exit(main())
"""
KILLED = -9
NOW = START + timedelta(hours=1)
DEATHS = (  # failpoint and which pass
    "erase.entry:kill9:1",  # nothing but an entry of somebody else's mail
    "erase.entry:kill9:9",
    "erase.file:kill9:2",
    "erase.file:kill9:7",
    "erase.committed:kill9:1",
    "process.entered:kill9:1",  # the operator's own entry stands, its commit is missing
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("forgetting") / "desk"
    with a_desk(folder) as desk:
        a_lived_in_desk(desk)
    return folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "desk"))


@pytest.fixture
def lived(folder: Path) -> Iterator[Desk]:
    with open_desk(load(folder / "config.toml"), Clock(NOW)) as desk:
        yield desk


def forget_it(desk: Desk, email: str = JO, published: str = "keep") -> int:
    return enter(desk, f"operator:{fresh_id()}", forget.command_of(desk, email, published))


@pytest.mark.parametrize("death", DEATHS)
def test_F14_an_erasure_killed_anywhere_is_finished_by_saying_it_again(folder: Path, tmp_path: Path, death: str):
    config = folder / "config.toml"
    died = run_process("forget", JO, "--yes", config=config, program=AT, NOW=NOW.isoformat(), MAILPROC_FAILPOINT=death)
    assert died.status == KILLED, died
    with open_desk(load(config), Clock(NOW)) as desk:
        try:
            forget_it(desk)
        except UnknownReference:  # the rows were erased already
            assert death.startswith(("erase.committed", "process"))
        clock_of(desk).pass_(hours=1)  # the lease of the one that died is over
        work(desk)
        left = traces(folder, JO, SECRET, SECOND, TITLE)
        assert not left, "\n".join(left)
        assert not [row for row in _rows(desk) if row.state == "received"]
        in_order(desk, tmp_path / "after")


def test_F14_the_next_work_finishes_what_a_death_left(folder: Path, tmp_path: Path):
    config = folder / "config.toml"
    died = run_process(
        "forget", JO, "--yes", config=config, program=AT, NOW=NOW.isoformat(), MAILPROC_FAILPOINT="erase.file:kill9:4"
    )
    assert died.status == KILLED, died
    with open_desk(load(config), Clock(NOW + timedelta(hours=1))) as desk:
        work(desk)
        assert traces(folder, JO, SECRET, SECOND, TITLE) == []
        in_order(desk, tmp_path / "after")


def test_F14_a_full_disk_stops_it_and_the_next_try_finishes(
    lived: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    real, left = archive.write_entry, [5]

    def full(root: Path, entry: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise StoreError("the disk is full")
        real(root, entry)  # type: ignore[arg-type]

    monkeypatch.setattr(archive, "write_entry", full)
    with pytest.raises(StoreError):
        forget_it(lived)
    work(lived)
    assert traces(lived.config.folder, JO, SECRET, SECOND, TITLE) == []
    in_order(lived, tmp_path / "after")


def test_F14_what_somebody_else_sent_too_is_never_deleted(lived: Desk):
    notes = attachments.path_of(lived.config.storage.attachments, _sha256_of(lived, "notes.txt"))
    photo = attachments.path_of(lived.config.storage.attachments, _sha256_of(lived, "quay.png"))
    assert notes is not None
    assert photo is not None
    forget_it(lived)
    assert not notes.exists()
    assert photo.read_bytes() == PHOTO


def test_F14_what_was_made_of_an_attachment_goes_with_it_and_not_before(lived: Desk):
    root, notes, photo = (
        lived.config.storage.attachments,
        _sha256_of(lived, "notes.txt"),
        _sha256_of(lived, "quay.png"),
    )
    derived.write(root, notes, "words.txt", b"the secret of the quay")
    derived.write(root, photo, "small.jpg", b"\xff\xd8")
    forget_it(lived)
    assert derived.read(root, notes, "words.txt") is None
    assert derived.read(root, photo, "small.jpg") == b"\xff\xd8"


def test_F14_an_attachment_that_another_message_is_just_bringing_waits(lived: Desk, monkeypatch: pytest.MonkeyPatch):
    """Its octets may be kept already, and no row names them yet: erasing waits, and then gives up for now."""
    monkeypatch.setattr("mailproc.desk.erase.erasing.PATIENCE_SECONDS", 0.2)
    photo = ("quay.png", "image/png", PHOTO)
    number = keep(lived, a_mail("Mine.\n", sender="Kim <kim@reyes.example>", attachments=(photo,)))
    with writing(lived.engine) as conn:
        assert rows.claim(conn, lived.now(), 300, number=number)
    forget_it_in_vain = pytest.raises(StoreError, match="being read")
    with forget_it_in_vain:
        forget_it(lived)
    clock_of(lived).pass_(hours=1)
    work(lived)
    assert traces(lived.config.folder, JO, SECRET, SECOND, TITLE) == []
    kept = item(lived, f"U-{number}" if received(lived, number).kind == "unsorted" else received(lived, number).refs[0])
    path = attachments.path_of(lived.config.storage.attachments, kept.attachments[0].attachment.sha256)
    assert path is not None


def test_a_stuck_mail_of_theirs_is_erased_and_is_no_longer_stuck(lived: Desk, tmp_path: Path):
    number = keep(lived, a_mail("I hang.\n", subject="Hangs"))
    archive.mark_stuck(lived.archive, number)
    with writing(lived.engine) as conn:
        rows.claim(conn, lived.now(), 300, number=number)
        rows.stuck(conn, number, f"it hangs on {JO}")
    forget_it(lived)
    assert received(lived, number).state == "erased"
    assert entry_of(lived, number).state == "erased"
    assert traces(lived.config.folder, JO) == []
    in_order(lived, tmp_path / "after")


def test_an_erased_entry_keeps_sequence_number_kind_and_times(lived: Desk):
    before = {row.number: entry_of(lived, row.number) for row in _rows(lived)}
    forget_it(lived)
    erased = [row for row in _rows(lived) if row.state == "erased"]
    assert len(erased) >= 4
    for row in erased:
        was, is_ = before[row.number], entry_of(lived, row.number)
        assert (is_.sequence, is_.kind, is_.time, is_.source) == (was.sequence, was.kind, was.time, was.source)
        assert [event.name for event in is_.events] == [event.name for event in was.events]
        assert [letter.id for letter in is_.letters] == [letter.id for letter in was.letters]
        assert (is_.title, is_.text, is_.subject, is_.message_id) == ("", None, "", None)
        assert is_.author is None or is_.author.email.endswith("@erased.invalid")


def test_an_error_that_nobody_foresaw_is_tried_again(lived: Desk, monkeypatch: pytest.MonkeyPatch):
    """`raise` at a failpoint: back into the queue, and the second try finishes."""
    armed = failpoint.read("erase.file:raise:3")
    monkeypatch.setattr(failpoint, "_set", lambda: armed)
    assert isinstance(Reached("x"), RuntimeError)
    forget_it(lived)
    work(lived)
    assert traces(lived.config.folder, JO, SECRET, SECOND, TITLE) == []


def test_a_person_with_another_address_that_ends_alike_is_another_person(lived: Desk):
    other = f"mary-{JO}"
    number = give(lived, a_mail("Mine.\n", sender=f"Mary <{other}>", subject="Another"))
    forget_it(lived)
    assert received(lived, number).author == other
    assert received(lived, number).state == "processed"
    assert other in archive.message_path(lived.archive, number).read_bytes().decode()


def test_who_repeats_words_of_somebody_else_does_not_take_them_along(lived: Desk, tmp_path: Path):
    words = "The harbour master has sold the eastern quay to a company unknown."
    first = give(lived, a_mail(words, sender="Kim <kim@reyes.example>", subject="The eastern quay is sold"))
    again = give(
        lived, a_mail(f"I say:\n\n{words}", sender="Eve <eve@tidy.example>", subject="The eastern quay is sold")
    )
    forget_it(lived, "eve@tidy.example")
    assert received(lived, again).state == "erased"
    assert words in archive.message_path(lived.archive, first).read_bytes().decode()
    assert words in (entry_of(lived, first).text or "")
    assert item(lived, received(lived, first).refs[0]).item.title == "The eastern quay is sold"
    in_order(lived, tmp_path / "after")


def test_what_was_left_published_can_still_be_taken_down_under_the_pseudonym(lived: Desk):
    forget_it(lived)
    with pytest.raises(UnknownReference, match="--published erase") as told:
        forget.command_of(lived, JO, "erase")
    name = re.search(r"person-\w+@erased\.invalid", str(told.value))
    assert name
    assert name[0] == pseudonym(lived.key, JO)
    work(lived)
    forget_it(lived, name[0], "erase")
    work(lived)
    report = forget.report(lived, pseudonym(lived.key, name[0]), "keep")
    assert [place for _, place, _ in report.published if place] == []


def test_a_person_whose_name_ends_like_theirs_is_another_person():
    pattern = pattern_of(["brien@uni.example"])
    assert pattern is not None
    others = ("o'brien@uni.example", "O'Brien <O'BRIEN@uni.example>", "mary.brien@uni.example", "brien@uni.example.org")
    assert not [text for text in others if pattern.search(text)]
    theirs = ("'brien@uni.example'", "to=brien@uni.example", "d'brien@uni.example", "<BRIEN@uni.example>")
    assert all(pattern.search(text) for text in theirs)


@pytest.mark.parametrize("sender", [f"Jo Poole <{JO}>", "Eve <eve@tidy.example>"])
def test_I12_a_mail_that_says_it_is_erased_is_erased_all_the_same(lived: Desk, tmp_path: Path, sender: str):
    """Anybody can write that field: neither Jo's own mail nor one that tells of Jo is passed over for it."""
    octets = a_mail(f"{SECRET}\n\n{JO}\n", sender=sender, subject="Keep me")
    number = give(lived, b"X-Mailproc-Erased: Sun, 22 Nov 2026 10:00:00 +0000\r\n" + octets)
    assert traces(lived.config.folder, "Keep me")
    forget_it(lived)
    assert b"Keep me" not in archive.message_path(lived.archive, number).read_bytes()
    assert traces(lived.config.folder, JO, SECRET) == []
    in_order(lived, tmp_path / "after")


def _rows(desk: Desk) -> list[rows.Received]:
    with reading(desk.engine) as conn:
        return rows.every(conn)


def _sha256_of(desk: Desk, name: str) -> str:
    with reading(desk.engine) as conn:
        kept = attachments.of_messages(conn, [row.number for row in rows.every(conn)])
    return next(each.attachment.sha256 for each in kept if each.attachment.name == name)
