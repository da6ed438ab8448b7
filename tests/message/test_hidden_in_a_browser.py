"""By hand, half a minute: what we call seen, a browser shows, and what we call hidden it does not.

Each way of writing words is drawn twice in frames of one page, once without the words; where the two pictures differ,
somebody sees them. One start of Chromium.
"""

from __future__ import annotations

import html
import os
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from hiding import DOUBTFUL, HIDDEN, SEEN, UNSEEN, WORDS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars")
OPTIONS += ("--force-color-profile=srgb", "--force-device-scale-factor=1", "--proxy-server=127.0.0.1:9")
WIDTH, HEIGHT = 150, 44  # px of a frame
PAIRS = 5  # in a row
PLAIN = 40  # how much one colour of a pixel differs where words are seen
DOTS = 60  # pixels that differ where letters of 2 px leave a trace that nobody reads; those of 9 px leave 200
WAYS = {f"{table} {way}": page for table, pages in (
    ("hidden", HIDDEN), ("unseen", UNSEEN), ("doubtful", DOUBTFUL), ("seen", SEEN)
) for way, page in pages.items()}  # fmt: skip

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or "MAILPROC_BROWSER" not in os.environ, reason="by hand: MAILPROC_BROWSER=1, and Chromium"
)


def frame(page: str) -> str:
    style = f"width:{WIDTH}px;height:{HEIGHT}px;border:0;float:left"
    return f'<iframe style="{style}" srcdoc="{html.escape(page)}"></iframe>'


def rows_of(png: bytes) -> list[bytes]:
    """The rows of a picture of 8 bits a colour, not interlaced (PNG §9)."""
    at, data, size, kind = 8, b"", 0, 0
    width = 0
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        chunk = png[at + 8 : at + 8 + length]
        if name == b"IHDR":
            width, _, _, kind = struct.unpack(">IIBB", chunk[:10])
        data += chunk if name == b"IDAT" else b""
        at += length + 12
    size = {2: 3, 6: 4}[kind]
    raw, rows, above = zlib.decompress(data), [], bytes(width * size)
    for n in range(0, len(raw), width * size + 1):
        above = unfiltered(raw[n], raw[n + 1 : n + 1 + width * size], above, size)
        rows.append(b"".join(above[m : m + 3] for m in range(0, len(above), size)) if size == 4 else above)
    return rows


def unfiltered(how: int, row: bytes, above: bytes, size: int) -> bytes:
    if how == 0:
        return row
    out = bytearray(row)
    for n in range(len(out)):
        left = out[n - size] if n >= size else 0
        up, corner = above[n], above[n - size] if n >= size else 0
        if how == 1:
            near = left
        elif how == 2:
            near = up
        elif how == 3:
            near = (left + up) // 2
        else:
            near = min((left, up, corner), key=lambda value: abs(left + up - corner - value))
        out[n] = (out[n] + near) & 255
    return bytes(out)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """Of each way, whether a browser shows the words."""
    folder = tmp_path_factory.mktemp("browser")
    pairs = "".join(frame(page) + frame(page.replace(WORDS, "\u00a0")) for page in WAYS.values())
    page = folder / "page.html"
    page.write_text(f"<!doctype html><meta charset=utf-8><body style=margin:0>{pairs}", encoding="utf-8")
    height = -(-len(WAYS) // PAIRS) * HEIGHT
    picture = folder / "page.png"
    size = f"--window-size={2 * PAIRS * WIDTH},{height}"
    command = [
        str(CHROMIUM),
        *OPTIONS,
        size,
        f"--user-data-dir={folder}/profile",
        f"--screenshot={picture}",
        page.as_uri(),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603 - our own words
    rows = rows_of(Path(picture).read_bytes())
    return {way: differs(rows, n) for n, way in enumerate(WAYS)}


def differs(rows: list[bytes], n: int) -> bool:
    top, left, wide = n // PAIRS * HEIGHT, n % PAIRS * 2 * WIDTH * 3, WIDTH * 3
    found = 0
    for row in rows[top : top + HEIGHT]:
        one, other = row[left : left + wide], row[left + wide : left + 2 * wide]
        if one != other:
            found += len({n // 3 for n in range(wide) if abs(one[n] - other[n]) > PLAIN})
    return found > DOTS


def test_what_is_seen_is_shown_and_what_is_hidden_is_not(shown: dict[str, bool]):
    assert len(shown) > 250
    wrong = [way for way, is_shown in shown.items() if way.startswith("seen ") and not is_shown]
    wrong += [way for way, is_shown in shown.items() if way.startswith(("hidden ", "unseen color")) and is_shown]
    assert wrong == []
