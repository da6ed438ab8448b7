"""What axe-core finds in pages that Chromium shows, at a width and in a scheme of colours.

One start of Chromium for all pages, each in its turn in one frame. A frame takes its scheme from the page that it is
in. Nothing is loaded from outside. Where there is no Chromium the tests skip with a word, in CI they fail.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from html import unescape
from importlib.resources import files
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = (
    "--headless",
    "--no-sandbox",  # containers run as root
    "--disable-gpu",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--proxy-server=127.0.0.1:9",
    "--window-size=1200,1000",
    "--virtual-time-budget=10000000",  # the page is dumped when all of it is done
    "--dump-dom",
)
AXE = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="{scheme}">
<iframe title="page" style="border:0;width:{width}px;height:900px"></iframe>
<script id="axe" type="text/plain">{axe}</script><script id="pages" type="application/json">{pages}</script>
<script>
onload = async () => {{
  const of = (id) => document.getElementById(id).textContent;
  const frame = document.querySelector("iframe").contentWindow, root = frame.document.documentElement, found = {{}};
  frame.eval(of("axe"));
  for (const [name, html] of Object.entries(JSON.parse(of("pages")))) {{
    const given = new DOMParser().parseFromString(html, "text/html").documentElement;
    for (const each of [...root.attributes]) root.removeAttribute(each.name);
    for (const each of given.attributes) root.setAttribute(each.name, each.value);
    root.innerHTML = given.innerHTML;
    const {{ violations, passes }} = await frame.axe.run(frame.document, {{ resultTypes: ["violations"] }});
    found[name] = {{
      dark: frame.matchMedia("(prefers-color-scheme: dark)").matches,
      width: root.clientWidth,
      passed: passes.length,
      violations: violations.map(({{ id, nodes }}) => `${{id}}: ${{nodes.map((one) => one.html).join(" ")}}`),
    }};
  }}
  document.body.innerHTML = '<pre id="found"></pre>';
  document.getElementById("found").textContent = JSON.stringify(found);
}};
</script>"""


def violations(pages: Mapping[str, str], width: int, scheme: str) -> dict[str, list[str]]:
    """Name -> what axe-core finds wrong, of {name: HTML}; `scheme` is light or dark."""
    if CHROMIUM is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("there is no chromium to look with")
    given = json.dumps(dict(pages)).replace("</", r"<\/")
    html = PAGE.format(scheme=scheme, width=width, axe=AXE.replace("</script", r"<\/script"), pages=given)
    with tempfile.TemporaryDirectory(prefix="mailproc-axe-", ignore_cleanup_errors=True) as aside:
        page = Path(aside) / "page.html"
        page.write_text(html, encoding="utf-8")
        command = [str(CHROMIUM), *OPTIONS, f"--user-data-dir={aside}/profile", page.as_uri()]
        done = subprocess.run(command, capture_output=True, timeout=600, check=True)  # noqa: S603 - our own words
    told = re.search(r'<pre id="found">(.*?)</pre>', done.stdout.decode(), re.DOTALL)
    assert told, "axe-core did not come to an end"
    found = json.loads(unescape(told[1]))
    assert found.keys() == pages.keys()
    assert {(each["width"], each["dark"]) for each in found.values()} == {(width, scheme == "dark")}
    assert all(each["passed"] for each in found.values()), "it looked at nothing"
    return {name: each["violations"] for name, each in found.items() if each["violations"]}
