"""The wanted list, as a page and as data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from mailproc.dossier.wanted import standing
from mailproc.errors import StoreError
from mailproc.publish import site
from mailproc.workflow.group import Group, Wanted

PIER = Group("North Pier Society", ("NPS", "The Pier"), ("a photo of the office", "their statutes"), "wanted")
FERRY = Group("Ferry Passengers League", state="complete")
LANTERN = Group("Lantern Street Union", state="gathering")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def write_wanted(root: Path, groups: Sequence[Group], lines: Sequence[str]) -> None:
    site.write_wanted(root, standing(groups, [Wanted(words=line) for line in lines], NOW))


def test_groups_that_still_take_material_and_free_lines_are_listed(tmp_path):
    write_wanted(tmp_path, [PIER, FERRY, LANTERN], ["a cartoonist", "news from the <b>docks</b>"])
    assert json.loads((tmp_path / "wanted.json").read_text()) == {
        "groups": [
            {
                "name": "North Pier Society",
                "aliases": ["NPS", "The Pier"],
                "needs": ["a photo of the office", "their statutes"],
                "state": "wanted",
                "asked": [],
            },
            {"name": "Lantern Street Union", "aliases": [], "needs": [], "state": "gathering", "asked": []},
        ],
        "wanted": ["a cartoonist", "news from the <b>docks</b>"],
        "asked": [
            {"section": None, "words": "a cartoonist", "until": None},
            {"section": None, "words": "news from the <b>docks</b>", "until": None},
        ],
    }
    assert MarkdownIt("commonmark").render((tmp_path / "wanted.md").read_text()) == (
        "<h1>Wanted</h1>\n<ul>\n"
        "<li>North Pier Society (NPS, The Pier): a photo of the office; their statutes</li>\n"
        "<li>Lantern Street Union</li>\n"
        "<li>a cartoonist</li>\n"
        "<li>news from the &lt;b&gt;docks&lt;/b&gt;</li>\n</ul>\n"
    )


def test_lines_of_files_and_days_stand_beside_the_needs(tmp_path):
    lines = [Wanted(file=PIER.name, words="tickets"), Wanted(section="humour", until=NOW + timedelta(days=9))]
    site.write_wanted(tmp_path, standing([PIER], lines, NOW))
    assert (tmp_path / "wanted.md").read_text() == (
        "# Wanted\n\n"
        "* North Pier Society (NPS, The Pier): a photo of the office; their statutes; tickets\n"
        "* humour (until 2026-12-01)\n"
    )
    data = json.loads((tmp_path / "wanted.json").read_text())
    assert data["groups"][0]["asked"] == [{"section": None, "words": "tickets", "until": None}]
    assert (data["wanted"], data["asked"][0]["until"]) == (["humour"], "2026-12-01")


def test_nothing_wanted_is_said(tmp_path):
    write_wanted(tmp_path, [FERRY], [])
    assert (tmp_path / "wanted.md").read_text() == "# Wanted\n\nNothing just now.\n"
    assert json.loads((tmp_path / "wanted.json").read_text()) == {"groups": [], "wanted": [], "asked": []}


def test_the_same_list_again_writes_nothing_and_another_replaces_it(tmp_path):
    write_wanted(tmp_path, [PIER], [])
    before = (tmp_path / "wanted.md").stat()
    write_wanted(tmp_path, [PIER], [])
    assert (tmp_path / "wanted.md").stat().st_ino == before.st_ino
    write_wanted(tmp_path, [], ["x"])
    assert "North Pier" not in (tmp_path / "wanted.md").read_text()
    assert {path.name for path in tmp_path.iterdir()} == {"wanted.md", "wanted.json"}


def test_a_folder_that_cannot_be_is_said_in_one_line(tmp_path):
    (tmp_path / "published").write_text("a file")
    with pytest.raises(StoreError, match=r"published.*: [^\n]+\Z"):
        write_wanted(tmp_path / "published", [PIER], [])
