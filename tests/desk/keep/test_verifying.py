"""What `verify` finds, each thing broken by hand, each with its cure; and that it finds nothing where all is well."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from build import ANA, START, Clock, a_desk, a_mail, add_member, give, keep, later, letters, run_here, say
from sqlalchemy import delete, update

from mailproc.config import load
from mailproc.desk.carry.deliver import deliver
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.keep import verify_messages
from mailproc.desk.keep.copies import NOWHERE
from mailproc.desk.keep.verify import verify
from mailproc.desk.page.whole import publish_all
from mailproc.desk.serve.process import work
from mailproc.desk.turn.publishing import published_refs, work_of
from mailproc.store.database import writing
from mailproc.store.octets import archive, derived
from mailproc.store.schema import attempts, outgoing, received

PHOTO = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk with an article and material that are up, letters that left, an enquiry that waits."""
    with a_desk(tmp_path_factory.mktemp("verify") / "desk") as desk:
        _fill(desk)
        return desk.config.folder


@pytest.fixture
def full(prepared: Path, tmp_path: Path) -> Iterator[Desk]:
    """A copy of it, open."""
    shutil.copytree(prepared, tmp_path / "desk")
    with open_desk(load(tmp_path / "desk" / "config.toml"), Clock(START + timedelta(hours=1))) as desk:
        yield desk


def _fill(desk: Desk) -> None:
    add_member(desk, ANA, "Ana")
    give(desk, a_mail(authentic=True, attachments=(("stop.png", "image/png", PHOTO),)))
    give(desk, a_mail("A photo for the North Pier Society file.\n", to="files@harbour.example", authentic=True))
    give(desk, a_mail("Eleven?\n", sender="ezra@ferryside.example", to="contact@harbour.example", authentic=True))
    say(desk, f"decide {ANA} 'A-2 approve'")
    say(desk, f"decide {ANA} 'F-3 approve'")
    later(desk, minutes=20)
    deliver(desk)
    assert len(published_refs(desk)) == 2


def findings(desk: Desk) -> list[str]:
    return [found.slug for found in verify(desk).findings]


def the_finding(desk: Desk, slug: str) -> tuple[str, str]:
    """Its place and cure; nothing else is found."""
    found = verify(desk).findings
    assert [each.slug for each in found] == [slug], found
    return found[0].where, found[0].cure


def article(desk: Desk) -> Path:
    return desk.config.storage.published / work_of(desk, "A-2").place


def flip(path: Path, at: int = -3) -> None:
    """One bit of one octet."""
    octets = bytearray(path.read_bytes())
    octets[at] ^= 1
    path.write_bytes(octets)


def test_nothing_is_found_where_all_is_well(full):
    report = verify(full)
    assert report.findings == []
    assert (report.messages, report.works, report.attachments, report.leftovers) == (10, 2, 1, 0)
    assert report.letters == len(letters(full))
    assert findings(full) == []


def test_F27_a_flipped_bit_in_a_mail_is_found(full):
    path = archive.message_path(full.archive, 2)
    flip(path)
    where, cure = the_finding(full, "mail-changed")
    assert where == str(path)
    assert "backup" in cure


def test_a_flipped_bit_in_a_trace_field_is_found(full):
    path = archive.message_path(full.archive, 2)
    octets = path.read_bytes()
    path.write_bytes(octets.replace(b"X-Mailproc-Source: lmtp:", b"X-Mailproc-Source: lmtq:"))
    assert findings(full) == ["mail-changed"]


def test_F27_a_deleted_mail_is_found(full):
    archive.message_path(full.archive, 3).unlink()
    where, cure = the_finding(full, "mail-missing")
    assert where.endswith("000/000003.eml")
    assert "backup" in cure


def test_a_file_without_a_row_is_found_and_adopted_by_its_cure(full):
    number = keep(full, a_mail(subject="Lost"))
    with writing(full.engine) as conn:
        conn.execute(delete(received).where(received.c.number == number))
    where, cure = the_finding(full, "message-without-row")
    assert where.endswith(f"{number:06}.eml")
    assert "mailproc work" in cure
    assert run_here("work", config=full.config.folder / "config.toml").status == 0
    assert findings(full) == []


def test_a_message_that_was_decided_on_and_has_no_row_needs_a_rebuild(full):
    number = give(full, a_mail(subject="Newsletter", Precedence="bulk"))
    with writing(full.engine) as conn:
        conn.execute(delete(received).where(received.c.number == number))
    _, cure = the_finding(full, "message-without-row")
    assert "rebuild" in cure


def test_a_row_without_a_file_is_found(full):
    number = keep(full, a_mail(subject="Gone"))
    archive.message_path(full.archive, number).unlink()
    assert findings(full) == ["mail-missing"]


def test_an_entry_without_a_commit_is_found_and_applied_by_its_cure(full):
    """What a death between entry and commit leaves: the row waits, its attempt counted."""
    number = give(full, a_mail(subject="Newsletter", Precedence="bulk"))
    waiting = {"state": "received", "sequence": None, "time": None, "kind": "", "attempts": 1}
    with writing(full.engine) as conn:
        conn.execute(update(received).where(received.c.number == number).values(waiting))
    _, cure = the_finding(full, "entry-without-commit")
    assert "mailproc work" in cure
    work(full)
    assert findings(full) == []


def test_an_entry_that_is_gone_or_cannot_be_read_is_found(full):
    path = archive.entry_path(full.archive, 2)
    octets = path.read_bytes()
    path.write_bytes(octets[:-10])
    assert findings(full) == ["entry-unreadable", "sequence-missing"]
    path.unlink()
    assert findings(full) == ["entry-missing", "sequence-missing"]


def test_two_entries_of_one_sequence_are_found(full):
    decided = archive.read_entry(full.archive, 10)
    archive.write_entry(full.archive, replace(decided, sequence=9))
    assert findings(full) == ["row-differs", "sequence-twice"]


def test_a_row_that_says_another_thing_than_its_entry_is_found(full):
    with writing(full.engine) as conn:
        conn.execute(update(received).where(received.c.number == 2).values(kind="spam"))
    where, cure = the_finding(full, "row-differs")
    assert where.endswith(": kind")
    assert "rebuild" in cure


def test_a_copy_under_another_number_and_a_stray_file_are_found(full):
    first = archive.message_path(full.archive, 2)
    shutil.copy(first, archive.message_path(full.archive, 500))
    shutil.copy(first, first.parent / "1000002.eml")  # the number of another folder
    assert findings(full) == ["not-of-the-archive", "copy-of-a-mail"]


def test_an_attachment_changed_or_gone_is_found_and_a_leftover_is_counted(full):
    root = full.config.storage.attachments
    (path,) = (each for each in root.glob("[0-9a-f][0-9a-f]/*") if each.is_file())
    leftover = path.with_name(f"{path.name[:-1]}{'0' if path.name[-1] != '0' else '1'}")
    leftover.write_bytes(b"nobody's")
    report = verify(full)
    assert (report.findings, report.leftovers) == ([], 1)
    flip(path)
    assert findings(full) == ["attachment-changed"]
    path.unlink()
    assert findings(full) == ["attachment-missing", "bundle-unknown"]


def test_the_words_of_a_document_that_is_nobodys_are_a_leftover(full):
    derived.write(full.config.storage.attachments, "ab" * 32, "txt", b"words")
    report = verify(full)
    assert (report.findings, report.leftovers) == ([], 1)


def test_a_letter_changed_or_gone_is_found(full):
    letter = letters(full)[0]
    path = full.outbox / letter.path
    flip(path)
    assert findings(full) == ["letter-changed"]
    path.unlink()
    assert findings(full) == ["letter-missing"]


def test_a_letter_that_left_without_its_record_and_the_reverse_are_found(full):
    sent, waiting = letters(full)[0], say(full, "invite dora@sluice.example Dora invited").letters[0]
    record = (full.outbox / sent.path).with_name(f"{sent.id}.sent.json")
    other = (full.outbox / waiting.path).with_name(f"{waiting.id}.sent.json")
    octets = record.read_bytes()
    record.unlink()
    assert findings(full) == ["record-missing"]
    record.write_bytes(b"{")
    assert findings(full) == ["record-missing"]
    record.write_bytes(octets)
    other.write_bytes(octets)
    assert findings(full) == ["record-without-sent"]


def test_a_letter_without_a_row_needs_a_rebuild(full):
    letter = letters(full)[0]
    with writing(full.engine) as conn:
        conn.execute(delete(attempts).where(attempts.c.outgoing == letter.id))
        conn.execute(delete(outgoing).where(outgoing.c.id == letter.id))
    report = verify(full)
    assert [found.slug for found in report.findings] == ["letter-without-row"]
    assert "rebuild" in report.findings[0].cure
    assert report.leftovers == 1


def test_a_changed_bundle_is_found_and_put_up_again_by_its_cure(full):
    folder = article(full)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    flip(folder / "text.txt")
    where, cure = the_finding(full, "bundle-changed")
    assert where == f"{folder}: text.txt"
    assert "publish --all" in cure
    came = publish_all(full, full.config.storage.published)
    assert (came.written, came.unchanged) == (["A-2"], 1)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert findings(full) == []


def test_a_bundle_changed_together_with_its_sums_is_found(full):
    folder = article(full)
    (folder / "text.txt").write_text("Other words.\n")
    (folder / "SHA256SUMS").write_text("nothing\n")
    where, _ = the_finding(full, "bundle-changed")
    assert where.endswith(": SHA256SUMS, text.txt")


def test_a_bundle_that_is_gone_one_too_many_and_a_file_too_many_are_found(full):
    folder = article(full)
    shutil.copytree(folder, folder.with_name("another"))
    assert findings(full) == ["bundle-without-item"]
    shutil.rmtree(folder.with_name("another"))
    (folder / "comment.txt").write_text("mine")
    assert findings(full) == ["bundle-has-more"]
    shutil.rmtree(folder)
    assert findings(full) == ["bundle-missing"]


def test_folders_that_are_not_ours_are_passed_over(full):
    stranger = full.config.storage.published / "articles" / "2026" / "by-hand"
    stranger.mkdir()
    (stranger / "index.md").write_text("# Mine\n")
    assert findings(full) == []


def test_the_lists_and_group_pages_are_looked_at(full):
    root = full.config.storage.published
    (root / "wanted.md").write_text("nothing")
    (page,) = root.glob("files/*/index.md")
    page.unlink()
    assert sorted(findings(full)) == ["list-changed", "list-missing"]
    publish_all(full, root)
    assert findings(full) == []


def test_a_damaged_database_is_said_and_nothing_else(full):
    with writing(full.engine) as conn:
        conn.exec_driver_sql("PRAGMA writable_schema=ON")
        conn.exec_driver_sql("ALTER TABLE switches RENAME COLUMN paused TO paused_then")
    where, cure = the_finding(full, "database-damaged")
    assert "switches has no paused" in where
    assert "rebuild" in cure


def test_a_new_database_beside_an_old_archive_is_one_finding(full):
    full.engine.dispose()
    for path in (full.config.folder / "data").glob("mailproc.db*"):
        path.unlink()
    ran = run_here("verify", "--json", config=full.config.folder / "config.toml")
    assert ran.status == 1
    assert [found["finding"] for found in ran.json] == ["database-empty"]
    assert "rebuild" in ran.json[0]["cure"]


def test_a_desk_in_the_middle_of_a_turn_is_well(full, monkeypatch):
    """The rows were read before a turn ended, the files after it: the second look sees both."""
    number = keep(full, a_mail(subject="Meanwhile"))
    first_look = verify_messages._mail

    def meanwhile(desk: Desk, path: Path, at: int, row: object) -> object:
        if at == number:
            monkeypatch.setattr(verify_messages, "_mail", first_look)
            work(desk)
        return first_look(desk, path, at, row)

    monkeypatch.setattr(verify_messages, "_mail", meanwhile)
    assert findings(full) == []


def test_verify_on_the_command_line(full):
    config = full.config.folder / "config.toml"
    well = run_here("verify", config=config)
    assert well.status == 0
    assert "0 findings" in well.out
    flip(archive.message_path(full.archive, 2))
    found = run_here("verify", "--json", config=config)
    assert found.status == 1
    assert found.json == [
        {
            "finding": "mail-changed",
            "where": str(archive.message_path(full.archive, 2)),
            "cure": NOWHERE,
            "number": 2,
        }
    ]
    told = run_here("verify", config=config)
    assert told.out.startswith("mail-changed: ")
