"""What the pages say is what runs: drawings, links, names of functions. UPDATE_DOCS=1 writes the drawings anew."""

from __future__ import annotations

import importlib
import os
import re
from pathlib import Path

import pytest

from mailproc.kinds.every import KINDS
from mailproc.workflow import life, machine

ROOT = Path(__file__).resolve().parents[1]
TOUR = ROOT / "docs" / "tour.md"
HEADING = "## What can follow what\n"


def drawings() -> str:
    """The last section of the tour, made from the tables."""
    every = {kind: machine.drawing(kind) for kind in KINDS}
    every |= {"a group file": life.drawing(life.FILE, "wanted")}
    every |= {"a member": life.drawing(life.MEMBER, ""), "a letter of ours": life.drawing(life.LETTER, "queued")}
    drawn = (f"### {what}\n\n```mermaid\n{drawing}\n```\n" for what, drawing in every.items())
    words = "Drawn from the tables that run (`kinds/`, `workflow/life`); a test holds them current."
    return f"{HEADING}\n{words}\n\n" + "\n".join(drawn)


def test_the_drawings_of_the_tour_are_those_of_the_tables():
    text = TOUR.read_text(encoding="utf-8")
    current = text[: text.index(HEADING)] + drawings()
    if os.environ.get("UPDATE_DOCS"):
        text = current
        TOUR.write_text(text, encoding="utf-8")
    assert text == current, "run UPDATE_DOCS=1 pytest tests/test_docs.py and look at the difference"


NAMED = sorted(set(re.findall(r"`([a-z_]+(?:/[a-z_]+)+)\.([A-Za-z_.]+)`", TOUR.read_text(encoding="utf-8"))))


@pytest.mark.parametrize(("room", "name"), NAMED, ids=[f"{room}.{name}" for room, name in NAMED])
def test_every_function_that_the_tour_names_is_there(room, name):
    if name == "py":
        assert (ROOT / "mailproc" / f"{room}.py").is_file()
        return
    thing = importlib.import_module(f"mailproc.{room.replace('/', '.')}")
    for part in name.split("."):
        thing = getattr(thing, part)


def test_each_question_of_the_tour_is_answered_in_two_files_at_most():
    table = TOUR.read_text(encoding="utf-8").partition("## Five questions\n")[2].partition("\n\n## ")[0]
    files = [re.findall(r"`([a-z_/]+\.py)`", row) for row in table.split("\n") if row.startswith("| ")][1:]
    assert [1 <= len(set(named)) <= 2 for named in files] == [True] * 5


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))])
def test_every_link_and_picture_of_a_page_is_there(page):
    path = ROOT / page
    for target in re.findall(r"\]\(((?!https?:)[^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{page} points to {target}"
