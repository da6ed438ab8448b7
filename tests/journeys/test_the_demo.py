"""The demo as a newcomer runs it: in a process of its own, twice in a folder, and never over what is not its own."""

from __future__ import annotations

import email
import os
import re
import signal
import subprocess
import sys
import tomllib
from email import policy
from pathlib import Path

import pytest

pytest.importorskip("pymap", reason="the demo's mail server is an extra: pip install mailproc[demo]")

MAIN = "import sys; from mailproc.cli.main import main; sys.exit(main())"
AT_WORK = b"2. An applicant agrees"


def started(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """`mailproc demo` in a process group of its own, its output piped."""
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "80"}
    command = [sys.executable, "-c", MAIN, "demo", *words]
    return subprocess.Popen(  # noqa: S603 - our own interpreter
        command, cwd=folder, env=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0
    )


def ran(folder: Path, *words: str) -> tuple[int, str, str]:
    """Exit status, output and errors of `mailproc demo`, run to its end."""
    process = started(folder, *words)
    out, err = process.communicate(timeout=120)
    return process.returncode, out.decode(), err.decode()


def letters(demo: Path) -> dict[str, list[str]]:
    """The subjects of the letters in the outbox, by the address they went to."""
    found: dict[str, list[str]] = {}
    for path in sorted((demo / "outbox").rglob("*.eml")):
        letter = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        found.setdefault(letter["To"].addresses[0].addr_spec, []).append(str(letter["Subject"]))
        waits = "goes on as" in str(letter["Subject"])  # it leaves once nobody can take back what it says
        assert waits or path.with_suffix(".sent.json").is_file(), f"{path} was not delivered"
    return found


def children_of(parent: int) -> list[Path]:
    """The living processes that this one started, as their folders in /proc."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            ppid = stat.read_text().rpartition(")")[2].split()[1]
        except OSError:  # it has ended in this moment
            continue
        if int(ppid) == parent:
            found.append(stat.parent)
    return found


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[int, str, str]]]:
    """A folder in which the demo ran twice, and what both runs said."""
    folder = tmp_path_factory.mktemp("a-newcomer")
    return folder / "demo", [ran(folder), ran(folder)]


def test_it_reaches_every_end_twice_in_a_row(twice: tuple[Path, list[tuple[int, str, str]]]):
    for status, out, err in twice[1]:
        assert (status, err) == (0, ""), out
        assert "MISSED" not in out
        assert out.count("reached  ") > 20


def test_what_it_says_is_plain_where_nobody_watches(twice: tuple[Path, list[tuple[int, str, str]]]):
    out = twice[1][1][1]
    assert "\033" not in out
    paths = out.partition("Where to look")[2]
    assert all(len(line) <= 80 for line in out.removesuffix(paths).splitlines())


def test_the_places_it_names_are_there(twice: tuple[Path, list[tuple[int, str, str]]]):
    demo, runs = twice
    named = re.findall(r"^ {3}(demo/\S+)$", runs[1][1], re.MULTILINE)
    assert len(named) == 4
    assert all((demo.parent / place).exists() for place in named)


def test_the_article_is_published_word_for_word(twice: tuple[Path, list[tuple[int, str, str]]]):
    text = next((twice[0] / "published" / "articles").glob("*/the-lighthouse-clock-*/text.txt")).read_text()
    assert text.startswith("The lighthouse clock has been nine minutes slow since the storm in March,\n")
    assert text.endswith("thought\nof it, and that he had then thought of the last passenger.\n\nJo Poole\n")


def test_everybody_heard_what_became_of_their_mail(twice: tuple[Path, list[tuple[int, str, str]]]):
    found = letters(twice[0])
    assert len(found["jo@tidewater.example"]) == 2
    assert len(found["nora@eastquay.example"]) == 3
    assert any("not this one" in subject for subject in found["tom@lockkeeper.example"])
    assert not {"paul@northlock.example", "mailer-daemon@sluice.example", "news@dredging.example"} & found.keys()


def test_the_desk_it_leaves_sends_nothing_and_can_be_used(twice: tuple[Path, list[tuple[int, str, str]]]):
    demo = twice[0]
    config = tomllib.loads((demo / "config.toml").read_text())
    assert config["delivery"]["transport"] == "folder"
    assert "imap" not in config.get("intake", {})
    command = [sys.executable, "-c", MAIN, "--config", str(demo / "config.toml"), "run", "--once"]
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run(command, env=here, check=False, capture_output=True).returncode == 0  # noqa: S603 - the same


def test_ctrl_c_ends_it_and_leaves_nothing_behind(tmp_path: Path):
    process = started(tmp_path)
    assert process.stdout is not None
    while AT_WORK not in process.stdout.readline():
        assert process.poll() is None, "it ended before its second scene"
    children = children_of(process.pid)
    assert children, "its parse child should be at work"
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err.decode()
    assert not [child for child in children if child.exists()]
    assert "imap" not in tomllib.loads((tmp_path / "demo" / "config.toml").read_text()).get("intake", {})


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "thesis.txt").write_text("years of work")
    status, out, err = ran(tmp_path)
    assert (status, out) == (2, "")
    assert err.startswith("mailproc: demo: holds something that no demo made")
    assert [path.name for path in (tmp_path / "demo").iterdir()] == ["thesis.txt"]
