"""The sheets of docs/letters.md, made anew by `make sheets`: letters before and after they learned to speak.

Each sheet shows one golden letter as Chromium does: on a telephone (360 pixels) before and after, in the dark, and on a
desk (1024 pixels, at half their size). What was before is read from git, at the commit BEFORE; a clone that lacks it
says so and leaves with 1. Names are arguments (`make sheets ARGS=member-digest`); without any, all are made.
"""  # noqa: INP001 - a program that stands alone, in no package

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import make_pictures
from make_letters import NAMES
from make_pictures import draw, with_pictures
from PIL import Image, ImageDraw, ImageFont

from mailproc.errors import MailprocError

ROOT = Path(__file__).resolve().parents[1]
SHEETS, GOLDEN = ROOT / "docs/letters", "tests/golden"
BEFORE = "71c926f1"  # of 30 November 2026
GAP, TOP, COLOURS = 24, 34, 48
GROUND, INK = "#d9dde1", "#1c1c1c"
VIEWS = {  # what stands side by side: (before or after, pixels of the window, scale, caption)
    "before-360": ("before", 360, 1.0, "before, 360 px"),
    "after-360": ("after", 360, 1.0, "after, 360 px"),
    "dark-360": ("after", 360, 1.0, "after, dark"),
    "before-1024": ("before", 1024, 0.5, "before, 1024 px"),
    "after-1024": ("after", 1024, 0.5, "after, 1024 px"),
}


def before(name: str) -> bytes:
    """A golden letter as it was."""
    place = f"{BEFORE}:{GOLDEN}/{name}.eml"
    done = subprocess.run(["git", "show", place], cwd=ROOT, capture_output=True, check=False)  # noqa: S603, S607 - git of whoever makes pages
    if done.returncode:
        raise MailprocError(f"git show {place}: {done.stderr.decode().strip()}; fetch the whole history, then again")
    return done.stdout


def pages_of(name: str) -> dict[str, tuple[str, int]]:
    """The views of a letter, {view: (HTML, width)}."""
    letters = {
        "before": with_pictures(before(name)),
        "after": with_pictures((ROOT / GOLDEN / f"{name}.eml").read_bytes()),
    }
    pages = {view: (letters[when], width) for view, (when, width, _, _) in VIEWS.items()}
    html, width = pages["dark-360"]
    return pages | {"dark-360": (html.replace("(prefers-color-scheme: dark)", "screen"), width)}


def sheet(views: Mapping[str, Image.Image]) -> Image.Image:
    """The views side by side, each below its caption."""
    shown = {}
    for view, picture in views.items():
        scale = VIEWS[view][2]
        size = (round(picture.width * scale), round(picture.height * scale))
        shown[view] = picture.resize(size, Image.Resampling.LANCZOS) if scale < 1 else picture
    width = sum(each.width + GAP for each in shown.values()) + GAP
    whole = Image.new("RGB", (width, max(each.height for each in shown.values()) + TOP + GAP), GROUND)
    pen, at = ImageDraw.Draw(whole), GAP
    for view, picture in shown.items():
        pen.text((at, 8), VIEWS[view][3], fill=INK, font=ImageFont.load_default(17))
        whole.paste(picture, (at, TOP))
        at += picture.width + GAP
    return whole.quantize(COLOURS, dither=Image.Dither.NONE)


def main(names: Sequence[str]) -> int:
    """Make the sheets; 0 when they lie in docs/letters."""
    make_pictures.TALLEST = 2000
    try:
        SHEETS.mkdir(exist_ok=True)
        pages = {f"{name}.{view}": page for name in names for view, page in pages_of(name).items()}
        with tempfile.TemporaryDirectory(prefix="mailproc-letters-") as aside:
            draw(pages, Path(aside))
            for name in names:
                views = {view: Image.open(Path(aside) / f"{name}.{view}.png").convert("RGB") for view in VIEWS}
                sheet(views).save(SHEETS / f"{name}.png", optimize=True)
    except (MailprocError, subprocess.SubprocessError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{SHEETS / name}.png\n" for name in names)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or NAMES))
