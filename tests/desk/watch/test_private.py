"""Whatever the umask, people's mail is its owner's alone, and what is published is for others; an open desk is told."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from build import ANA, a_desk, a_mail, add_member, give, later, run_here, say

from mailproc.config import load
from mailproc.desk.carry.deliver import deliver
from mailproc.desk.ground.wire import open_desk
from mailproc.desk.keep.backup import backup, restore
from mailproc.desk.watch import private

PUBLIC = ("published", "rules", "templates")


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def everything(folder: Path) -> dict[str, int]:
    """Each file and folder below, by its path there, with its mode."""
    found = {path.relative_to(folder).as_posix(): path.stat().st_mode & 0o777 for path in folder.rglob("*")}
    assert found
    return found


def is_public(place: str) -> bool:
    return place.split("/", maxsplit=1)[0] in PUBLIC


@pytest.fixture(scope="module", params=[0o000, 0o022, 0o077], ids=lambda mask: f"umask {mask:03o}")
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk that did all that writes files, under a umask, and what it wrote elsewhere."""
    base = tmp_path_factory.mktemp("lived")
    with umask(request.param), a_desk(base / "desk", **{"review.undo": "0s"}) as desk:
        add_member(desk, ANA, "Ana")
        give(desk, a_mail(authentic=True, attachments=(("tram.txt", "text/plain", b"late\n"),)))
        say(desk, f"decide {ANA} 'A-2 approve'")
        later(desk, seconds=1)
        give(desk, a_mail("Three times.\n", subject="Broken"))
        deliver(desk)
        backup(desk, base / "desk.tar")
        restore(base / "desk.tar", base / "restored")
    return base


@pytest.mark.parametrize("name", ["desk", "restored"])
def test_F114_what_holds_peoples_words_is_its_owners_alone_whatever_the_umask(lived, name):
    modes = everything(lived / name)
    ours = {place: mode for place, mode in modes.items() if not is_public(place)}
    assert {place for place, mode in ours.items() if mode & 0o077} == set()
    assert {place.rpartition(".")[2] for place in ours} >= {"toml", "db", "eml", "json"}
    assert any(place.endswith(".sent.json") for place in ours)
    assert {"config.toml", "data", "data/key", "data/archive", "outbox"} <= ours.keys()
    assert (lived / "desk.tar").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["desk", "restored"])
def test_F114_what_is_published_can_be_read_by_a_web_server_whatever_the_umask(lived, name):
    modes = everything(lived / name)
    published = {place: mode for place, mode in modes.items() if place.startswith("published")}
    entrance = {place: published.pop(place) for place in list(published) if place.startswith("published/access")}
    assert not any(mode & 0o007 for mode in entrance.values()), "who may come in is for the server's group at most"
    assert any(place.endswith("index.md") for place in published)
    assert {mode for place, mode in published.items() if (lived / name / place).is_file()} == {0o644}
    assert {mode for place, mode in published.items() if (lived / name / place).is_dir()} == {0o755}


def test_F114_init_writes_a_configuration_for_its_owner_alone(tmp_path):
    with umask(0):
        assert run_here("init", tmp_path / "desk", "--yes").status == 0
    assert (tmp_path / "desk/config.toml").stat().st_mode & 0o777 == 0o600
    (tmp_path / "there").mkdir()
    with umask(0):
        assert run_here("init", tmp_path / "there", "--yes").status == 0
    assert (tmp_path / "there/config.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("opened", "said"),
    [
        (["config.toml", 0o644], ["config.toml"]),
        (["data", 0o755, "data/mailproc.db", 0o640], ["data"]),
        (["data", 0o755, "data/archive", 0o755], ["data"]),
        (["outbox", 0o711, "config.toml", 0o604], ["config.toml", "outbox"]),
        (["data", 0o775], ["data"]),
        (["data", 0o755], []),  # names of files are no secret
        (["data/mailproc.db", 0o644, "data/archive", 0o755], []),  # data/ is closed
    ],
)
def test_F114_a_desk_that_is_open_to_others_is_told_with_what_closes_it_and_not_changed(tmp_path, opened, said):
    with a_desk(tmp_path / "desk"):
        pass
    folder = tmp_path / "desk"
    folder.chmod(0o755)
    for place, mode in zip(opened[::2], opened[1::2], strict=True):
        (folder / place).chmod(mode)
    before, config = everything(folder), load(folder / "config.toml")
    with open_desk(config):
        assert before.items() <= everything(folder).items(), "it may be meant so"
    found = list(private.look(config))
    listed = ", ".join(f"{folder}/{each}" for each in said)
    assert [each.words.partition(":")[0] for each in found] == [listed] * bool(said)
    for each in found:
        command = each.words.split("`")[1]
        assert subprocess.run(shlex.split(command), check=False).returncode == 0  # noqa: S603 - what the operator types
    assert list(private.look(config)) == []


def test_F114_a_password_that_others_can_read_is_told(tmp_path):
    secret = tmp_path / "secrets/smtp"
    secret.parent.mkdir(mode=0o755)
    secret.write_text("a password\n")
    secret.chmod(0o644)
    with a_desk(tmp_path / "desk", **{"delivery.password_file": str(secret)}) as desk:
        config = desk.config
    assert [secret.name in each.words for each in private.look(config)] == [True] * _reachable(tmp_path)
    secret.chmod(0o600)
    assert list(private.look(config)) == []


def _reachable(folder: Path) -> bool:
    """Whether others come so far; pytest closes its folders."""
    return all(each.stat().st_mode & 0o001 for each in (folder, *folder.parents))


def test_F114_a_desk_below_a_closed_folder_is_closed(tmp_path):
    with a_desk(tmp_path / "desk"):
        pass
    (tmp_path / "desk/config.toml").chmod(0o644)
    (tmp_path / "desk").chmod(0o700)
    assert list(private.look(load(tmp_path / "desk/config.toml"))) == []
