"""docs/servers-table.md is what the tests' markers and docs/servers.toml say, and each cell has a test or a reason.

`python docs/make_servers.py` writes the page anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import ROOT, made

PAGE = made("make_servers")
SAID, KNOWN = PAGE.table(), PAGE.proofs()
CELLS = [(server, column) for group in SAID["group"] for server in group["servers"] for column in group["columns"]]


def test_the_page_is_what_the_markers_say():
    written = (ROOT / "docs/servers-table.md").read_text(encoding="utf-8")
    assert PAGE.without_results(written) == PAGE.without_results(PAGE.page({})), "run python docs/make_servers.py"


@pytest.mark.parametrize(("server", "column"), CELLS)
def test_every_cell_has_a_test_or_a_reason(server: str, column: str):
    proved = any((test.server, test.column) == (server, column) for test in KNOWN)
    assert proved != (f"{server}.{column}" in SAID["reasons"])


def test_every_marker_names_a_cell_of_the_table():
    assert [test for test in KNOWN if (test.server, test.column) not in CELLS] == []


def test_what_differs_is_said_of_a_cell_that_a_test_proves():
    proved = {f"{test.server}.{test.column}" for test in KNOWN}
    assert set(SAID["differs"]) - proved == set()


REPORT = """<testsuites><testsuite>
<testcase classname="tests.intake.test_a" name="test_x[exim]"/>
<testcase classname="tests.intake.test_a" name="test_x[postfix]"><failure message="lost"/></testcase>
<testcase classname="tests.intake.test_a" name="test_x[postfix-rspamd]"/>
<testcase classname="tests.intake.test_a" name="test_y"><skipped message="no root"/></testcase>
</testsuite></testsuites>"""


@pytest.mark.parametrize(
    ("name", "server", "came"),
    [
        ("test_x", "exim", "green"),
        ("test_x", "postfix", "failed"),
        ("test_x", "postfix-rspamd", "green"),
        ("test_y", "opensmtpd", "skipped"),
        ("test_z", "exim", "not run"),
    ],
)
def test_a_cell_is_the_worst_that_came_of_its_tests_for_that_server(name: str, server: str, came: str, tmp_path: Path):
    (tmp_path / "report.xml").write_text(REPORT)
    report = PAGE.outcomes(tmp_path / "report.xml", SAID["servers"])
    assert PAGE.result([PAGE.Proof("intake/test_a.py", name, "ordinary", server)], report) == came
