"""A kind is its module, a line in the registry, a rule and its letters; a half-added one is told by its name.

Each test takes a copy of the program, of its rules and its templates, and adds the kind "correction" to that; the
copy is run in processes of its own. What such a process sees is `correction/story.py`.
"""

from __future__ import annotations

import filecmp
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mailproc.kinds import every
from mailproc.kinds.event import EventName as E
from mailproc.kinds.every import EVERY, KINDS, registered
from mailproc.kinds.kind import Kind, Letter, Up
from mailproc.kinds.step import Step, Tell
from mailproc.letters.catalogue import of_kinds

HOUSE = Path(__file__).resolve().parents[2]
PARTS = Path(__file__).parent / "correction"
MODULES = "from mailproc.kinds import article, "
LINE = "    article.KIND,\n"
WORDS = {  # file -> what is put in, behind what
    "templates/en/parts/words.txt": (
        ('"unsorted": "mail"', ', "correction": "correction"'),
        ('"gathered": "is in its file",', ' "corrected": "is put right",'),
    ),
    "templates/en/member/single.txt": (
        ('"unsorted": "A mail that nobody has sorted"', ', "correction": "A correction"'),
    ),
}
ADDED = {  # a part of the kind -> where it goes
    "correction.py": "mailproc/kinds",
    "45-correction.toml": "rules",
    "receipt-correction.txt": "templates/en/author",
    "corrected.txt": "templates/en/author",
}


def a_copy(folder: Path) -> Path:
    """The program with its rules and templates, free to be changed."""
    for name in ("mailproc", "rules", "templates"):
        shutil.copytree(HOUSE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def put_in(copy: Path, file: str, behind: str, words: str) -> None:
    text = (copy / file).read_text(encoding="utf-8")
    assert text.count(behind) == 1, (file, behind)
    (copy / file).write_text(text.replace(behind, behind + words), encoding="utf-8")


def add(copy: Path, *, less: str = "") -> Path:
    """Add the kind, less one of its parts."""
    for part, place in ADDED.items():
        if part != less:
            shutil.copy(PARTS / part, copy / place)
    if less != "line":
        put_in(copy, "mailproc/kinds/every.py", MODULES, "correction, ")
        put_in(copy, "mailproc/kinds/every.py", LINE, "    correction.KIND,\n")
    for file, words in WORDS.items():
        for behind, put in words if file != less else ():
            put_in(copy, file, behind, put)
    return copy


def take_out(copy: Path) -> None:
    for part, place in ADDED.items():
        (copy / place / part).unlink()
    for file in ("mailproc/kinds/every.py", *WORDS):
        shutil.copy(HOUSE / file, copy / file)


def run(copy: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """A Python program of ours, by the copy's package."""
    path = os.pathsep.join(map(str, (copy, HOUSE / "tests")))
    env = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *map(str, words)]
    return subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603


def story(copy: Path) -> dict[str, Any]:
    ran = run(copy, PARTS / "story.py", copy / "desk")
    assert ran.returncode == 0, ran.stderr[-3000:]
    return dict(json.loads(ran.stdout))


def mailproc(copy: Path, *words: str | Path) -> str:
    """What the copy's command line says, well or ill."""
    program = "import sys; from mailproc.cli.main import main; sys.exit(main())"
    ran = run(copy, "-c", program, *words)
    return ran.stdout + ran.stderr


def test_a_kind_added_by_its_module_a_line_a_rule_and_its_letters_has_a_whole_life(tmp_path):
    seen = story(add(a_copy(tmp_path)))
    ref = seen["refs"][0]
    assert seen["program"].startswith(str(tmp_path)), "the copy is what ran"
    assert seen["problems"] == []
    assert (seen["kind"], ref[:2]) == ("correction", "C-")
    assert len(seen["receipt"]) == 1
    assert ref in seen["receipt"][0]
    assert f"1. {ref}  correction  " in seen["digest"]
    assert seen["commands"] == [f"{ref} approve"]
    assert seen["approved"] == "approved"
    assert seen["settled"] == "corrected"
    assert seen["by a letter that looks like it"] == "corrected"
    assert len(seen["told"]) == 1
    assert any(place.startswith("corrections/") for place in seen["published"])
    assert ref in seen["list"]
    assert "corrected" in seen["show"]
    assert (seen["rules"], seen["verify"], seen["sorted"]) == (0, 0, 0)
    assert seen["same"], "a rebuild gives the same desk"


def test_taken_out_again_nothing_of_it_remains(tmp_path):
    copy = add(a_copy(tmp_path))
    take_out(copy)
    for name in ("mailproc", "rules", "templates"):
        assert differences(filecmp.dircmp(HOUSE / name, copy / name, ignore=["__pycache__"])) == []
    mailproc(copy, "init", "--yes", copy / "desk")
    mail = copy / "a.eml"
    mail.write_bytes(b"From: jo@poole.example\r\nTo: desk@harbour.example\r\nSubject: Correction: it\r\n\r\nNo.\r\n")
    config = ("--config", copy / "desk/config.toml")
    mailproc(copy, *config, "receive", mail)
    mailproc(copy, *config, "work")
    listed = mailproc(copy, *config, "list")
    assert "Correction: it" in listed, "what no longer is a kind of its own is something else, and not lost"
    assert "C-1" not in listed


def test_a_program_without_the_kind_says_so_of_a_desk_that_has_some(tmp_path):
    copy = add(a_copy(tmp_path))
    story(copy)
    take_out(copy)
    mailproc(copy, "init", "--yes", copy / "other")
    shutil.copy(copy / "other/config.toml", copy / "desk")  # the old one names the kind in its sections
    said = mailproc(copy, "--config", copy / "desk/config.toml", "list")
    assert 'this version knows no kind "correction"' in said
    assert "Traceback" not in said


def differences(found: filecmp.dircmp[str]) -> list[str]:
    return [
        *found.left_only,
        *found.right_only,
        *found.diff_files,
        *(name for below in found.subdirs.values() for name in differences(below)),
    ]


@pytest.mark.parametrize(
    ("less", "said"),
    [
        ("line", 'unknown kind "correction"'),
        ("receipt-correction.txt", "receipt-correction.txt"),
        ("corrected.txt", "corrected.txt"),
        ("templates/en/parts/words.txt", 'kind "correction"'),
        ("templates/en/member/single.txt", 'member/single has no words for kind "correction"'),
    ],
)
def test_a_kind_that_lacks_a_part_is_told_by_name_before_any_mail_comes(tmp_path, less, said):
    copy = add(a_copy(tmp_path), less=less)
    mailproc(copy, "init", "--yes", copy / "desk")
    assert said in mailproc(copy, "--config", copy / "desk/config.toml", "doctor")


WHOLE = KINDS["article"]


@pytest.mark.parametrize(
    ("half", "said"),
    [
        (replace(WHOLE, name="correction"), 'its letter A is that of "article"'),
        (replace(WHOLE, letter="C"), "it stands there twice"),
        (replace(WHOLE, name="correction", letter="c"), 'its letter "c" is not one capital'),
        (replace(WHOLE, name="correction", letter="C", initial="new"), 'no row for "new"'),
        (replace(WHOLE, name="correction", letter="C", done="corrected"), "no row of its table leads to corrected"),
        (replace(WHOLE, name="correction", letter="C", called=""), "not said what it is called"),
        (replace(WHOLE, name="correction", letter="C", called_done=""), "give done and called_done"),
        (replace(WHOLE, name="correction", letter="C", verbs=frozenset()), "its verbs need approve"),
        (replace(WHOLE, name="correction", letter="C", up=Up(E.GATHERED, "corrections")), 'leads to "published"'),
        (replace(WHOLE, name="correction", letter="C", no_ballot="nobody asks"), "its verbs hold approve"),
        (replace(WHOLE, name="correction", letter="C", audience="readers"), 'audience "readers" is none of'),
        (replace(WHOLE, name="correction", letter="C", ends=frozenset()), "give ends"),
        (replace(WHOLE, name="correction", letter="C", ends=frozenset({"gone"})), "leads to gone"),
    ],
)
def test_a_kind_that_is_not_whole_stops_the_program_by_name(half: Kind, said: str):
    with pytest.raises(ValueError, match=f'kind "{half.name}": .*{said}'):
        registered([*EVERY, half])


def test_a_table_that_tells_what_no_letter_says_stops_the_program_by_name():
    table = WHOLE.table | {("approved", E.SETTLE): Step("approved", (Tell("corrected"),))}
    with pytest.raises(ValueError, match='kind "correction": its table tells "corrected"'):
        list(of_kinds([replace(WHOLE, name="correction", letter="C", table=table)]))
    told = replace(WHOLE, table=table, letters=(*WHOLE.letters, Letter("corrected", "the correction is up")))
    assert "author/corrected" in {letter.template for letter in of_kinds([told])}


def test_every_module_of_a_kind_is_registered():
    found = {path.stem for path in Path(every.__file__).parent.glob("*.py") if "\nKIND = " in path.read_text()}
    assert found == set(KINDS), "a kind of this name has a module and no line in kinds/every.py, or the reverse"
