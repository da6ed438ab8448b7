"""Every golden letter through axe-core: on a telephone, a tablet and a desk, in light and in dark.

Each is looked at once here, in one of the six ways in turn; the long form (`pytest -m long`) looks at each in all six.
"""

from __future__ import annotations

from email import message_from_bytes, policy
from itertools import product
from pathlib import Path

import pytest
from axe import violations

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
WAYS = tuple(product((360, 768, 1024), ("light", "dark")))
BAD = '<!DOCTYPE html><html lang="en"><title>x</title><main><h1>x</h1><p style="color:#aaa">faint</p></main>'


def html_of(path: Path) -> str:
    """The letter's HTML part."""
    body = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("html",))
    assert body is not None
    return str(body.get_content())


PAGES = {path.stem: html_of(path) for path in sorted(GOLDEN.glob("*.eml"))}


def in_turn(way: int) -> dict[str, str]:
    """Those that are looked at in this way: a letter to a stranger is the same letter with fewer words."""
    whole = [name for name in PAGES if not name.endswith("-unauthenticated")]
    return {name: PAGES[name] for name in whole[way :: len(WAYS)]}


@pytest.mark.parametrize("way", range(len(WAYS)), ids=lambda n: f"{WAYS[n][0]}-{WAYS[n][1]}")
def test_nobody_is_kept_from_reading_a_letter(way):
    assert violations(in_turn(way), *WAYS[way]) == {}


def test_what_is_too_faint_is_found():
    assert [each.partition(":")[0] for each in violations({"bad": BAD}, 360, "light")["bad"]] == ["color-contrast"]


@pytest.mark.long
@pytest.mark.parametrize(("width", "scheme"), WAYS)
def test_nobody_is_kept_from_reading_any_letter_in_any_way(width, scheme):
    assert violations(PAGES, width, scheme) == {}
