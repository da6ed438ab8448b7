"""The published folder and the database are gone; the archive brings both back, octet for octet."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from build import (
    ANA,
    START,
    Clock,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    give,
    item,
    keep,
    later,
    letters,
    octets_of,
    ref_of,
    run_here,
    run_process,
    say,
)
from same import all_of, assert_same

from mailproc.config import load
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.keep.verify import verify
from mailproc.desk.serve.process import work

PHOTO = ("stop.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(64)))
NOON = START + timedelta(days=2)
AT_NOON = """
import os, sys
from datetime import datetime
from mailproc.cli import desk
from mailproc.desk.ground.wire import open_desk

desk.open_desk = lambda config, **how: open_desk(config, lambda: datetime.fromisoformat(os.environ["NOW"]), **how)
from mailproc.cli.main import main
sys.exit(main())
"""
ARTICLE = {"to": "articles@harbour.example", "authentic": True}
MATERIAL = {"to": "files@harbour.example", "authentic": True}


def approved(desk: Desk, octets: bytes) -> str:
    """A mail that is approved, settles and goes up; its reference."""
    ref = ref_of(desk, give(desk, octets))
    say(desk, f"decide {ANA} '{ref} approve'")
    later(desk, minutes=20)
    return ref


def fill(desk: Desk) -> None:
    """A site with all that can stand in one."""
    add_member(desk, ANA, "Ana")
    first = approved(
        desk, a_mail("Le tram est arrêté.\n\n-- \nJo\n", subject="Le tram", attachments=(PHOTO,), **ARTICLE)
    )
    approved(desk, a_mail("Again.\n", subject="Le tram", **ARTICLE))
    for subject in ("A photo", "Another photo"):
        text = f"{subject} for the North Pier Society file.\n"
        approved(desk, a_mail(text, subject=subject, attachments=(PHOTO,), **MATERIAL))
    gone = approved(desk, a_mail("To be taken down.\n", subject="Gone", **ARTICLE))
    gathered = approved(desk, a_mail("A map for the North Pier Society file.\n", subject="A map", **MATERIAL))
    for ref, word, after in ((gone, "undo", "pending"), (gathered, "retract", "retracted")):
        say(desk, f"decide {ANA} '{word} {ref}'")
        later(desk, minutes=20)
        assert item(desk, ref).item.state == after
    receipt = next(each for each in letters(desk) if each.ref == first and each.template.startswith("author/receipt"))
    more = ("later.png", "image/png", b"\x89PNG\r\n\x1a\nlater")
    reply = a_reply(octets_of(desk, receipt), "One more photo.", "jo@poole.example", at=desk.now())
    give(desk, reply.replace(b"Subject:", b"X-Photo: none\r\nSubject:", 1))
    give(
        desk,
        a_mail(
            "One more.\n",
            subject=f"Re: {first}",
            In_Reply_To=f"<{receipt.message_id}>",
            attachments=(more,),
            authentic=True,
        ),
    )
    assert len(item(desk, first).attachments) == 2, "an addition came after the article went up"
    work(desk)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk with a full site."""
    with a_desk(tmp_path_factory.mktemp("site") / "desk") as desk:
        fill(desk)
        return desk.config.folder


@pytest.fixture
def desk(site: Path, tmp_path: Path) -> Iterator[Desk]:
    """A copy of it, open."""
    shutil.copytree(site, tmp_path / "desk")
    with open_desk(load(tmp_path / "desk" / "config.toml"), Clock(START + timedelta(days=1))) as desk:
        yield desk


def tree(folder: Path) -> dict[str, bytes]:
    """Everything below a folder but who may come in, which is a view of the rows and no published work."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith("access/")}


def sums_hold(folder: Path) -> int:
    """`sha256sum -c` in every bundle; how many there are."""
    sums = sorted(folder.rglob("SHA256SUMS"))
    for each in sums:
        command = ["sha256sum", "--check", "--strict", "--quiet", each.name]
        subprocess.run(command, cwd=each.parent, check=True)  # noqa: S603 - our own words
    return len(sums)


def test_the_published_folder_and_the_database_are_lost_and_come_back(desk):
    """Issue 3, show 6."""
    config, published = desk.config.folder / "config.toml", desk.config.storage.published
    before, view = tree(published), all_of(desk)
    assert (len(before), sums_hold(published)) == (30, 4)
    desk.engine.dispose()
    shutil.rmtree(published)
    for path in (desk.config.folder / "data").glob("mailproc.db*"):
        path.unlink()
    assert run_here("rebuild", config=config).status == 0
    assert run_here("publish", "--all", config=config).status == 0
    assert tree(published) == before
    assert sums_hold(published) == 4
    assert all_of(desk) == view
    assert run_here("verify", config=config).status == 0


def test_the_site_is_written_elsewhere_octet_for_octet(desk, tmp_path):
    config, published = desk.config.folder / "config.toml", desk.config.storage.published
    ran = run_here("publish", "--all", "--to", tmp_path / "copy", "--json", config=config)
    assert (ran.status, len(ran.json["written"])) == (0, 6)
    assert subprocess.run(["diff", "-r", "-x", "access", published, tmp_path / "copy"], check=False).returncode == 0  # noqa: S603, S607 - our own


def test_what_stands_right_is_left_alone_and_what_is_not_ours_stays(desk):
    published = desk.config.storage.published
    (published / "index.html").write_text("the theme's own")
    folder = next(path for path in sorted(published.glob("articles/*/*")) if (path / "text.txt").exists())
    (folder / "comments.html").write_text("a plugin's own")
    (folder / "text.txt").write_text("broken")
    before = {path: path.stat().st_mtime_ns for path in published.rglob("*") if path.is_file()}
    ran = run_here("publish", "--all", "--json", config=desk.config.folder / "config.toml")
    assert (len(ran.json["written"]), ran.json["unchanged"], ran.json["refused"]) == (1, 5, [])
    after = {path: path.stat().st_mtime_ns for path in published.rglob("*") if path.is_file()}
    assert {path.name for path in after if after[path] != before[path]} == {"index.html", "text.txt"}
    assert sums_hold(published) == 4


def test_a_work_whose_octets_are_gone_is_told_and_the_others_go_up(desk):
    published = desk.config.storage.published
    shutil.rmtree(published)
    for path in desk.config.storage.attachments.glob("[0-9a-f][0-9a-f]/*"):
        path.unlink()
    ran = run_here("publish", "--all", config=desk.config.folder / "config.toml")
    assert ran.status == 1
    assert ran.err.count("stop.png") == 3
    assert "`mailproc mend`" in ran.err
    assert len(list(published.glob("articles/2026/*"))) == 2


def test_publish_needs_all(desk):
    assert run_here("publish", config=desk.config.folder / "config.toml").status == 2


def test_a_work_is_as_old_as_its_decision_though_a_later_mail_had_its_turn_first(open_desks):
    """It settled at 09:15; a mail of 10:00 was served before anybody noticed."""
    desk = open_desks("north")
    add_member(desk, ANA, "Ana")
    ref = ref_of(desk, give(desk, a_mail(**ARTICLE)))
    say(desk, f"decide {ANA} '{ref} approve'")
    desk.now.pass_(minutes=60)
    keep(desk, a_mail("Eleven?\n", to="contact@harbour.example", authentic=True))
    work(desk)
    up = item(desk, ref)
    assert up.item.published_at == START + timedelta(minutes=15)
    assert [line.at for line in up.journal if line.event == "published"] == [START + timedelta(minutes=15)]
    page = next(desk.config.storage.published.glob("articles/*/*/index.md")).read_text()
    assert "date: '2026-11-22T09:15:00Z'" in page
    assert_same(desk)
    assert verify(desk).findings == []


def test_while_publishing_is_paused_nothing_goes_up_and_nothing_is_lost(open_desks):
    desk = open_desks("north")
    add_member(desk, ANA, "Ana")
    ref = ref_of(desk, give(desk, a_mail(**ARTICLE)))
    say(desk, f"decide {ANA} '{ref} approve'")
    say(desk, "desk pause publishing")
    later(desk, minutes=60)
    assert item(desk, ref).item.state == "approved"
    assert tree(desk.config.storage.published) == {}
    assert_same(desk)
    say(desk, "desk resume publishing")
    later(desk, minutes=1)
    assert item(desk, ref).item.published_at == START + timedelta(minutes=15)


@pytest.mark.parametrize("place", ["process.entered", "process.applied", "process.lettered"])
def test_F07_a_death_between_entry_and_commit_decides_the_same(desk, tmp_path, place):
    """What the entry says stands: the desk after the death is the one that never died, and so is its rebuild."""
    mail = tmp_path / "mail.eml"
    mail.write_bytes(a_mail("One more tram.\n", **ARTICLE))
    shutil.copytree(desk.config.folder, tmp_path / "lucky")
    views = []
    for folder, failpoint in ((desk.config.folder, f"{place}:kill9"), (tmp_path / "lucky", "")):
        run = partial(run_process, config=folder / "config.toml", program=AT_NOON)
        assert run("receive", mail, NOW=NOON.isoformat()).status == 0
        died = run("work", NOW=NOON.isoformat(), MAILPROC_FAILPOINT=failpoint)
        assert died.status == (-9 if failpoint else 0)
        later_on = NOON + timedelta(minutes=10)  # nobody holds the message any more
        assert run("work", NOW=later_on.isoformat()).status == 0
        with open_desk(load(folder / "config.toml"), Clock(NOON)) as there:
            assert_same(there)
            assert verify(there).findings == []
            views.append(all_of(there))
    assert views[0] == views[1]
