"""docs/damage.md is what the commands say of each damage, and each cure that they name cures, with nothing lost.

Every damage is done again, the words are compared with the page, and the cure is followed to its end: a part of them
in each run of the tests, all of them by `make damage`, which writes the page anew.
"""

from __future__ import annotations

import os
import re

from pages import ROOT, made

PAGE = made("make_damage")
TEXT = (ROOT / "docs/damage.md").read_text(encoding="utf-8")
EVERY = [damage for section in PAGE.DAMAGES.values() for damage in section]
MAY_MOUNT = os.geteuid() == 0


def on_the_page(name: str) -> str:
    """What stands there of a damage, less its heading."""
    found = re.search(rf"(?ms)^### {re.escape(name)}\n(.*?)(?=^##|\Z)", TEXT)
    return found[1].strip() if found else ""


def test_every_damage_stands_on_the_page_and_no_other():
    assert re.findall(r"(?m)^### (.+)$", TEXT) == [damage.name for damage in EVERY], "run make damage"
    assert [row.split(" | ")[0][2:] for row in TEXT.splitlines() if row.startswith("| ")][1:] == [
        damage.name for damage in EVERY
    ]


def test_F115_F118_F119_F120_what_is_said_of_a_damage_is_what_the_page_says_and_its_cure_cures(tmp_path, monkeypatch):
    monkeypatch.setenv("MAILPROC_CONFIG", "")  # put back afterwards
    chosen = [damage for damage in EVERY if damage.quick and (MAY_MOUNT or not damage.view)]
    for told in PAGE.examine_all(chosen, tmp_path):
        assert (told.astray, told.lost) == ([], []), told.name
        assert PAGE.block(told).partition("\n### " + told.name)[2].strip() == on_the_page(told.name), "run make damage"
