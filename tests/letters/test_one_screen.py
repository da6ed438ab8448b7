"""The receipt of an ordinary article is one screen of a telephone: 360 by 800 pixels, as most have them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from html import escape
from pathlib import Path

import pytest

from mailproc.letters.render import Letters
from mailproc.letters.sample import sample

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--dump-dom", "--proxy-server=127.0.0.1:9")
WIDTH, HEIGHT = 360, 800
PAGE = """<!DOCTYPE html><meta charset="utf-8"><iframe style="border:0;width:{width}px;height:{height}px"
srcdoc="{letter}"></iframe><pre id="tall"></pre><script>onload = () => {{ document.getElementById("tall").textContent =
document.querySelector("iframe").contentDocument.body.scrollHeight }}</script>"""


def tall(html: str, folder: Path) -> int:
    """Pixels from a letter's first line to its last, on the narrow screen."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI must look at the letters: install chromium", pytrace=False)
        pytest.skip("there is no chromium to look at the letters with")
    page = folder / "letter.html"
    page.write_text(PAGE.format(width=WIDTH, height=HEIGHT, letter=escape(html)), encoding="utf-8")
    command = [CHROMIUM, *OPTIONS, f"--user-data-dir={folder / 'profile'}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)  # noqa: S603 - our own words
    found = re.search(r'<pre id="tall">([0-9]+)</pre>', done.stdout.decode())
    assert found
    return int(found[1])


def test_a_poet_s_receipt_is_one_screen(tmp_path: Path):
    letters, plain = Letters(TEMPLATES), {"attachments": (), "wanted": ()}
    words = letters.render("author/receipt-article", "en", sample("author/receipt-article") | plain)
    assert tall(words.html, tmp_path) <= HEIGHT
    full = letters.render("author/receipt-article", "en", sample("author/receipt-article"))
    assert tall(full.html, tmp_path) > HEIGHT, "with files and wishes it is longer, so the measure measures"
