"""`mend` puts back what was damaged from a copy that is proved to be the right one, and takes nothing else.

The cures that `verify` names are followed one by one in tests/test_damage_page.py; here is what that desk lacks.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from build import JO, Ran, a_mail, give, keep, make_desk, received, run_here
from dovecot import PASSWORD, Dovecot

from mailproc.config import load
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.keep.mend import mend
from mailproc.desk.keep.rebuild import rebuild
from mailproc.desk.keep.verify import verify
from mailproc.desk.serve.process import work
from mailproc.store.database import open_database
from mailproc.store.octets import archive


def path_of(desk: Desk, number: int) -> Path:
    return archive.message_path(desk.archive, number)


def test_F116_a_mail_that_was_cut_comes_back_from_the_mailbox_that_it_was_moved_to(dovecot: Dovecot, tmp_path: Path):
    user = re.sub(r"\W", "", tmp_path.name)[-12:]
    config = make_desk(tmp_path / "desk")
    (tmp_path / "desk/password").write_text(PASSWORD + "\n")
    with config.open("a", encoding="utf-8") as file:
        file.write(f'\n[[intake.imap]]\nname = "main"\nhost = "127.0.0.1"\nport = {dovecot.imap_port}\ntls = "none"\n')
        file.write(f'user = "{user}"\npassword_file = "password"\n')
    for subject in ("One", "Two", "Three"):
        dovecot.append(user, a_mail(subject=subject))
    assert run_here("poll", config=config).status == 0
    place = tmp_path / "desk/data/archive/000/000002.eml"
    whole = place.read_bytes()
    for left in (len(whole) // 2, 10, 0):
        place.write_bytes(whole[:left])
        told = run_here("verify", config=config).out
        assert "`mailproc mend` fetches it from the mailbox again" in told
        ran = run_here("mend", config=config)
        assert said(ran) == (0, "put back from the mailbox Processed of main"), ran
        assert mail_in(place) == mail_in_octets(whole)
    assert run_here("verify", config=config).status == 0


def said(ran: Ran) -> tuple[int, str]:
    """Status and the words for where the one file came from."""
    return ran.status, ran.out.splitlines()[0].rpartition(": ")[2]


def mail_in(path: Path) -> bytes:
    return mail_in_octets(path.read_bytes())


def mail_in_octets(octets: bytes) -> bytes:
    """Without our trace fields."""
    return octets.partition(b"X-Mailproc-Source: ")[2].partition(b"\r\n")[2]


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_F116_a_mail_comes_back_from_the_file_that_somebody_has_of_it(desk: Desk, tmp_path: Path, line_end: bytes):
    octets, other = a_mail("The tram was late.\n"), a_mail("The tram was early.\n")
    number = give(desk, octets)
    path = path_of(desk, number)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    (tmp_path / "saved.eml").write_bytes(octets.replace(b"\r\n", line_end))
    (tmp_path / "other.eml").write_bytes(other)
    assert mend(desk, [tmp_path / "other.eml"]).back == []
    assert path.read_bytes() == whole[:-20], "nothing but the right mail takes its place"
    assert [where for _, where in mend(desk, [tmp_path / "saved.eml"]).back] == [str(tmp_path / "saved.eml")]
    assert path.read_bytes() == whole


def test_F116_a_mail_is_not_decided_on_unless_it_is_what_was_received(desk: Desk, tmp_path: Path):
    damaged, whole = keep(desk, octets := a_mail("Withdraw nothing.\n")), keep(desk, a_mail())
    path_of(desk, damaged).write_bytes(path_of(desk, damaged).read_bytes()[:-15])
    work(desk)
    assert (received(desk, damaged).state, received(desk, whole).state) == ("stuck", "processed")
    assert f"`mailproc mend` brings it back, then `mailproc received retry {damaged}`" in received(desk, damaged).error
    (tmp_path / "saved.eml").write_bytes(octets)
    came = mend(desk, [tmp_path / "saved.eml"])
    assert came.then == [f"mailproc received retry {damaged}"]


def test_F116_a_mail_that_a_rebuild_found_damaged_comes_back_afterwards(desk: Desk, tmp_path: Path):
    number = give(desk, octets := a_mail())
    path = path_of(desk, number)
    whole = path.read_bytes()
    path.write_bytes(whole[:30])
    (tmp_path / "saved.eml").write_bytes(octets)
    config = desk.config.path
    desk.engine.dispose()
    (config.parent / "data/mailproc.db").rename(tmp_path / "away.db")
    assert run_here("rebuild", config=config).status == 0
    assert run_here("mend", tmp_path / "saved.eml", config=config).status == 0
    assert run_here("verify", config=config).status == 0
    assert mail_in(path) == mail_in_octets(whole)


def test_F117_with_database_and_entry_gone_the_archive_is_made_whole_first(desk: Desk, tmp_path: Path):
    first, second = give(desk, a_mail()), give(desk, a_mail(sender="Ezra <ezra@ferryside.example>"))
    assert run_here("backup", tmp_path / "b.tar", config=desk.config.path).status == 0
    entries = {number: archive.entry_path(desk.archive, number).read_bytes() for number in (first, second)}
    archive.entry_path(desk.archive, first).write_bytes(b"{")
    archive.entry_path(desk.archive, second).unlink()
    desk.engine.dispose()
    config = desk.config.path
    (config.parent / "data/mailproc.db").unlink()
    assert "`mailproc mend` brings it back" in run_here("rebuild", config=config).err
    assert "`mailproc mend FILE`" in run_here("mend", config=config).err
    assert run_here("mend", tmp_path / "b.tar", config=config).status == 0
    assert {number: archive.entry_path(desk.archive, number).read_bytes() for number in entries} == entries
    assert run_here("rebuild", config=config).status == 0
    assert run_here("verify", config=config).status == 0


def test_mend_brings_back_no_octets_that_were_erased(desk: Desk, tmp_path: Path):
    give(desk, a_mail())
    config = desk.config.path
    assert run_here("backup", tmp_path / "b.tar", config=config).status == 0
    assert run_here("forget", JO, "--yes", config=config).status == 0
    before = {path: path.read_bytes() for path in desk.archive.rglob("*") if path.is_file()}
    with open_desk(load(config)) as again:
        assert mend(again, [tmp_path / "b.tar"]).back == []
        assert verify(again).findings == []
    assert {path: path.read_bytes() for path in desk.archive.rglob("*") if path.is_file()} == before


def test_mend_says_what_it_cannot_use(desk: Desk, tmp_path: Path):
    give(desk, a_mail())
    ran = run_here("mend", tmp_path / "nothing.tar", config=desk.config.path)
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)
    (tmp_path / "garbage.tar").write_bytes(b"\xa5" * 2000)
    ran = run_here("mend", tmp_path / "garbage.tar", config=desk.config.path)
    assert (ran.status, len(ran.err.splitlines())) == (1, 1)
    assert "not a whole backup" in ran.err


def test_rebuild_takes_what_an_entry_knows_where_the_mail_cannot_be_read(desk: Desk, tmp_path: Path):
    number = give(desk, a_mail())
    path_of(desk, number).write_bytes(b"")
    engine = open_database(f"sqlite:///{tmp_path}/again.db", tmp_path)
    try:
        assert rebuild(desk.config, engine).messages == 1
    finally:
        engine.dispose()
