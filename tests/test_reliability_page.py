"""docs/reliability.md is what the catalogue and the tests' names say, and every row of it is proved or has its reason.

`python docs/make_reliability.py` writes the page anew.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pages import ROOT, made

PAGE = made("make_reliability")
ROWS = [row for rows in PAGE.catalogue().values() for row in rows]


def test_the_page_is_what_the_catalogue_and_the_tests_say():
    written = PAGE.without_results((ROOT / "docs/reliability.md").read_text(encoding="utf-8"))
    assert written == PAGE.without_results(PAGE.page({})), "run python docs/make_reliability.py"


def test_the_page_shows_no_row_that_failed_or_did_not_run():
    told = PAGE.results((ROOT / "docs/reliability.md").read_text(encoding="utf-8"))
    assert told.keys() == {row.id for row in ROWS}
    assert {id_: words for id_, words in told.items() if words in {"failed", "not run"}} == {}


def test_results_stay_until_there_are_new_ones_and_those_of_a_red_run_are_not_written(tmp_path, monkeypatch):
    shown = tmp_path / "page.md"
    shown.write_text(PAGE.page({}, dict.fromkeys((row.id for row in ROWS), "green")))
    monkeypatch.setattr(PAGE, "PAGE", shown)
    before = shown.read_text()
    (tmp_path / "report.xml").write_text(REPORT)
    for words in (["made"], ["made", "--junit", str(tmp_path / "report.xml")]):
        monkeypatch.setattr(sys, "argv", words)
        assert PAGE.main() == len(words) // 2
        assert shown.read_text() == before


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_every_row_has_a_test_or_a_reason(row):
    reasons = PAGE.reasons()
    why = {row.id} & (reasons["not_applicable"].keys() | reasons["later"].keys())
    assert bool(PAGE.proofs().get(row.id)) != bool(why), row


def test_every_reason_is_of_a_row_of_the_catalogue():
    known = {row.id for row in ROWS}
    assert [name for why in PAGE.reasons().values() for name in why if name not in known] == []


def test_every_test_that_bears_an_id_bears_one_of_the_catalogue():
    known = {row.id for row in ROWS}
    assert len(known) == len(ROWS), "an id stands twice"
    unknown = {id_: [proof.file for proof in found] for id_, found in PAGE.proofs().items() if id_ not in known}
    assert not unknown


def test_the_catalogue_holds_every_row_once_given():
    numbered = [*(f"F{n:02}" for n in (*range(1, 17), *range(20, 30), *range(30, 46), *range(50, 59), *range(60, 71)))]
    numbered += [f"F{n}" for n in (*range(80, 88), *range(90, 96))]
    numbered += ["F103", "F104"]
    numbered += [f"F{n}" for n in range(110, 115)]  # the key, and who may look in
    numbered += [f"S{n}" for n in (*range(30, 46), *range(50, 62), 70)] + ["S61b", "S61c", "S63b"]
    numbered += [f"S{n:02}" for n in (*range(1, 29), *range(62, 70), *range(80, 105))] + [
        f"F{n}" for n in range(96, 103)
    ]
    numbered += [f"F{n}" for n in (*range(105, 110), *range(115, 123))]
    numbered += ["S105", "S106", "S107", "S108", "S109", "S110", "S111", "S112", "S113"]
    numbered += [*(f"S{n}" for n in range(120, 125)), *(f"F{n}" for n in range(130, 135))]  # the way into the site
    numbered += ["F125", "F126", *(f"S{n}" for n in range(125, 130))]
    assert set(numbered) == {row.id for row in ROWS}


REPORT = """<testsuites><testsuite>
<testcase classname="tests.desk.test_a" name="test_F01_one[x]"/>
<testcase classname="tests.desk.test_a" name="test_F01_one[y]"/>
<testcase classname="tests.desk.test_a" name="test_F02_two"><failure message="lost"/></testcase>
<testcase classname="tests.desk.test_a" name="test_F03_three[x]"/>
<testcase classname="tests.desk.test_a" name="test_F03_three[y]"><skipped message="no Dovecot"/></testcase>
</testsuite></testsuites>"""


@pytest.mark.parametrize(
    ("name", "came"), [("F01_one", "green"), ("F02_two", "failed"), ("F03_three", "skipped"), ("F04_four", "not run")]
)
def test_the_last_column_is_the_worst_that_came_of_a_rows_tests(name: str, came: str, tmp_path: Path):
    (tmp_path / "report.xml").write_text(REPORT)
    proof = PAGE.Proof("desk/test_a.py", f"test_{name}", "words")
    assert PAGE.result([proof], PAGE.outcomes(tmp_path / "report.xml")) == came
    assert PAGE.result([proof], {}) == "test exists"


def test_a_test_may_bear_several_ids(tmp_path: Path):
    (tmp_path / "test_x.py").write_text("def test_F01_F04_it_holds(desk):\n    def test_helper():\n        pass\n")
    found = PAGE.proofs(tmp_path)
    assert {id_: [proof.words for proof in proofs] for id_, proofs in found.items()} == {
        "F01": ["it holds"],
        "F04": ["it holds"],
    }
