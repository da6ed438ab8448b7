"""The pages of a site as Chromium shows them: at three widths, light and dark, axe-core has nothing to say against any.

Each page stands in a frame of one page, with the policy that lets nothing run taken out for axe's sake alone; that it
is there, and that nothing sticks out or is asked for, is looked at as well. Without Chromium it skips; in CI it fails.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from html import escape, unescape
from pathlib import Path

import axe_core_python
import pytest

from mailproc.publish.check import sample, sample_pages
from mailproc.publish.house import House
from mailproc.publish.web import Entry, Inside, Site

TEMPLATES = Path(__file__).parents[2] / "templates"
HOUSE = House(TEMPLATES)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
POLICY = re.compile(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>")
WIDTHS = (360, 768, 1024)
ENDLESS = "x" * 300
RUN = """<pre id="found"></pre><script>
onload = async () => {
  const found = {};
  for (const frame of document.querySelectorAll("iframe[title]")) {
    const inside = frame.contentWindow, root = inside.document.documentElement;
    const told = await inside.axe.run(inside.document, {resultTypes: ["violations"]});
    const boxes = [...inside.document.querySelectorAll("body *")].map((one) => [one, one.getBoundingClientRect()]);
    found[frame.title] = {
      faults: told.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`),
      passed: told.passes.length,
      dark: inside.matchMedia("(prefers-color-scheme: dark)").matches,
      out: boxes.filter(([, box]) => box.right > root.clientWidth + 0.5).map(([one]) => one.outerHTML),
      asked: inside.performance.getEntriesByType("resource").map((one) => one.name),
    };
  }
  document.getElementById("found").textContent = JSON.stringify(found);
};
</script>"""


def pages() -> dict[str, str]:
    """Every form of a page, one with endless words among them, and a laid-out file."""
    site = Site(HOUSE, None, "The Harbour Review", "es", "https://harbour.example")
    at = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    long = Entry("A-12", ENDLESS, ENDLESS, "articles/2026/x", at, section=ENDLESS)
    pdf = (f"{ENDLESS}.pdf", "application/pdf")
    found = {f"page {n}": page for n, page in enumerate(sample_pages(HOUSE))}
    found["endless words"] = site.work(long, Inside(f"{ENDLESS}\n\n{ENDLESS}\n", "", (pdf,))).decode()
    found["endless lists"] = site.lists((long, replace(long, ref="A-13", title="x")), (), "")["index.html"].decode()
    found["file"] = HOUSE.render(sample(), {}, "The Harbour Review")["index.html"].decode()
    return found


@pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="no Chromium here")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_for_everybody_and_nothing_sticks_out(tmp_path, scheme):
    assert CHROMIUM, "in CI there is a Chromium"
    shown = pages()
    found = seen(tmp_path, shown, scheme)
    assert found.keys() == {f"{name}, {width}" for name in shown for width in WIDTHS}
    for name, told in found.items():
        assert told["passed"] > 5, name
        assert told["dark"] is (scheme == "dark")
        assert (told["faults"], told["out"], told["asked"]) == ([], [], []), name


@pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="no Chromium here")
def test_what_is_wrong_with_a_page_is_found(tmp_path):
    assert CHROMIUM
    page = pages()["page 0"].replace('lang="en"', "").replace("alt=", "data-alt=")
    found = seen(tmp_path, {"bad": page.replace("--soft: #4d5358", "--soft: #ccc")}, "light")
    faults = " ".join(found["bad, 360"]["faults"])
    assert all(rule in faults for rule in ("html-has-lang", "image-alt", "color-contrast"))


def seen(folder: Path, shown: dict[str, str], scheme: str) -> dict[str, dict[str, object]]:
    """What Chromium makes of the pages, by their names."""
    frames = []
    for name, page in shown.items():
        text, policies = POLICY.subn("", page)
        assert policies == 1, f"{name}: nothing of it may run"
        with_axe = escape(text.replace("</body>", f"<script>{AXE}</script></body>"))
        frames += [
            f'<iframe title="{name}, {width}" style="width:{width}px;height:700px" srcdoc="{with_axe}"></iframe>'
            for width in WIDTHS
        ]
    whole = f"<!DOCTYPE html><html><body>{''.join(frames)}{RUN}</body></html>"
    (folder / "all.html").write_text(whole, encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "--hide-scrollbars", "--no-first-run"]
    options += ["--disable-background-networking", "--virtual-time-budget=60000", f"--user-data-dir={folder / 'own'}"]
    options += [f"--blink-settings=preferredColorScheme={int(scheme == 'light')}", "--window-size=1100,900"]
    ran = subprocess.run(  # noqa: S603 - a fixed program
        [CHROMIUM or "", *options, (folder / "all.html").as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = re.search(r'<pre id="found">(.*?)</pre>', ran.stdout, re.DOTALL)
    assert told, ran.stderr[-2000:]
    found: dict[str, dict[str, object]] = json.loads(unescape(told[1]) or "{}")
    return found
