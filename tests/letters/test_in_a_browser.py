"""Every letter as a browser shows it, on a telephone and on a desk: nothing sticks out, nothing is loaded, all is read.

One start of Chromium per width, all letters in frames of one page, and behind it a proxy that lets nobody through
and writes down who knocked. A frame of the test's own asks for a picture from outside, so a silent proxy is a fault.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from mailproc.letters.catalogue import LETTERS
from mailproc.letters.digest import Digest, DigestItem
from mailproc.letters.render import Letters
from mailproc.letters.sample import by_document, digest, item, motion, picture, sample, settling

SHARED = Letters(Path(__file__).resolve().parents[2] / "templates")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = (
    "--headless",
    "--no-sandbox",  # containers run as root
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--dump-dom",
    "--window-size=1100,900",
)
ITS_OWN = re.compile(rb"[/. ](google|googleapis|gstatic|gvt1)\.com[:/]")  # whom Chromium asks for itself, flags or not
WIDTHS = (360, 1024)
CONTROL = "control.example"
ENDLESS = "https://www.example.org/" + "x" * 270  # no place to break it

ALLOWED = {  # a letter is made of these and nothing else; what could load, run or lead away is not among them
    "html": {"lang"},
    "head": set[str](),
    "meta": {"charset", "name", "content"},
    "title": set[str](),
    "style": set[str](),
    "body": {"style"},
    "div": {"style", "class", "role"},
    "h1": {"style", "class"},
    "h2": {"style", "class"},
    "p": {"style", "class", "dir", "aria-hidden"},
    "span": {"style", "class"},
    "br": set[str](),
    "ul": {"style"},
    "li": {"style"},
    "a": {"style", "class", "href"},
    "img": {"style", "class", "src", "width", "height", "alt"},
}
VOID = {"meta", "br", "img"}
MEASURE = """<pre id="found"></pre><script>
onload = () => {
  const found = {};
  for (const frame of document.querySelectorAll("iframe[title]")) {
    const page = frame.contentDocument, root = page.documentElement;
    const boxes = [...page.querySelectorAll("body *")].map((one) => [one, one.getBoundingClientRect()]);
    found[frame.title] = {
      width: root.clientWidth,
      scroll: Math.max(root.scrollWidth, page.body.scrollWidth),
      out: boxes.filter(([, box]) => box.left < 0 || box.right > root.clientWidth + 0.5).map(([one]) => one.outerHTML),
      links: boxes.filter(([one]) => one.localName === "a").map(([, box]) => [box.x, box.y, box.width, box.height]),
      pictures: boxes.filter(([one]) => one.localName === "img").map(([, box]) => [box.x, box.y]),
      small: boxes.filter(([one]) => one.ariaHidden !== "true" && parseFloat(getComputedStyle(one).fontSize) < 15)
        .map(([one]) => one.outerHTML),
      asked: frame.contentWindow.performance.getEntriesByType("resource").map((one) => one.name),
    };
  }
  document.getElementById("found").textContent = JSON.stringify(found);
};
</script>"""


def letters() -> Iterator[tuple[str, str]]:
    """(name, HTML) of every letter, to strangers too, and of a digest in which nothing can be broken."""
    for template, letter in LETTERS.items():
        yield template, SHARED.render(template, "en", sample(template)).html
        if "authenticated" in letter.needs:
            yield (
                f"{template} to a stranger",
                SHARED.render(template, "en", sample(template) | {"authenticated": False}).html,
            )
    endless = item(12, title=ENDLESS, text=f"{ENDLESS}\n{'灯' * 200}\n{'-' * 90}", section=ENDLESS)
    whole = Digest(digest().member, (DigestItem(endless, "none yet", 3), *digest().items[1:]), notices=(ENDLESS,))
    more = replace(digest(), items=(*digest().items, settling(), motion(), late(motion("replace"))))
    yield (
        "what settles, and motions",
        SHARED.render("member/digest", "en", sample("member/digest") | {"digest": more}).html,
    )
    for entry in (late(motion("replace")), *digest().items[1:5]):
        yield (
            f"{entry.item.kind} alone",
            SHARED.render("member/single", "en", sample("member/single") | {"entry": entry}).html,
        )
    crowded = replace(by_document(), pictures=tuple(map(picture, (1, 2, 3, 4, 5))))
    files = replace(digest(), items=(crowded, *digest().items))
    yield "files in a digest", SHARED.render("member/digest", "en", sample("member/digest") | {"digest": files}).html
    yield "a document alone", SHARED.render("member/item", "en", sample("member/item") | {"entry": crowded}).html
    yield "endless words", SHARED.render("member/digest", "en", sample("member/digest") | {"digest": whole}).html


def late(entry: DigestItem) -> DigestItem:
    """The same under another reference."""
    return replace(entry, item=replace(entry.item, number=8))


PAGES = dict(letters())


# In Chromium


@contextmanager
def a_proxy_that_lets_nobody_through() -> Iterator[tuple[int, list[bytes]]]:
    """(port, the first line of each connection)."""
    knocked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:  # closed: the test is over
                    return
                with connection:
                    connection.settimeout(10)
                    knocked.append(connection.recv(4096).partition(b"\r\n")[0])

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield listening.getsockname()[1], knocked
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


@dataclass(frozen=True)
class Seen:
    """What Chromium made of all letters at one width."""

    pages: dict[str, Any]
    knocked: list[bytes]


@pytest.fixture(scope="module", params=WIDTHS)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI must look at the letters: install chromium", pytrace=False)
        pytest.skip("there is no chromium to look at the letters with")
    folder = tmp_path_factory.mktemp("browser")
    frame = f'<iframe title="{{}}" style="border:0;width:{request.param}px;height:700px" srcdoc="{{}}"></iframe>\n'
    control = {CONTROL: f'<img src="http://{CONTROL}/picture.png">'}
    shown = "".join(frame.format(name, escape(html)) for name, html in (PAGES | control).items())
    page = folder / "letters.html"
    page.write_text(f'<!DOCTYPE html><meta charset="utf-8">{MEASURE}{shown}', encoding="utf-8")
    with a_proxy_that_lets_nobody_through() as (port, knocked):
        proxy = (f"--proxy-server=127.0.0.1:{port}", "--proxy-bypass-list=<-loopback>")
        command = [CHROMIUM, *OPTIONS, *proxy, f"--user-data-dir={folder / 'profile'}", page.as_uri()]
        done = subprocess.run(command, capture_output=True, timeout=60, check=True)  # noqa: S603 - our own words
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout.decode(), re.DOTALL)
    assert found
    return Seen(json.loads(unescape(found[1])), knocked)


def test_a_browser_shows_every_letter(seen: Seen):
    assert set(seen.pages) == {*PAGES, CONTROL}
    assert {page["width"] for page in seen.pages.values()} <= set(WIDTHS)


def test_nothing_sticks_out_to_the_side(seen: Seen):
    assert {name: page["scroll"] for name, page in seen.pages.items() if page["scroll"] > page["width"]} == {}
    assert {name: page["out"] for name, page in seen.pages.items() if page["out"]} == {}


def test_nothing_is_asked_for_from_outside(seen: Seen):
    pictures = [f"http://{CONTROL}/picture.png"]
    assert {name: page["asked"] for name, page in seen.pages.items() if page["asked"]} == {CONTROL: pictures}
    knocked = [knock for knock in seen.knocked if not ITS_OWN.search(knock)]
    assert set(knocked) == {f"GET {pictures[0]} HTTP/1.1".encode()}, "the test's own frame, and no other"


def test_a_finger_finds_each_link_and_no_other(seen: Seen):
    for name, page in seen.pages.items():
        boxes = page["links"]
        assert all(width >= 44 and height >= 44 for _, _, width, height in boxes), name
        for n, (x, y, width, height) in enumerate(boxes):
            for left, top, _, _ in boxes[n + 1 :]:
                assert top >= y + height + 6 or left >= x + width + 6, name


def test_pictures_stand_side_by_side_where_there_is_room(seen: Seen):
    """Two of 150 pixels fit on a telephone, four on a desk."""
    for name in ("files in a digest", "a document alone"):
        page = seen.pages[name]
        rows = Counter(round(top) for _, top in page["pictures"])
        assert max(rows.values()) == (2 if page["width"] == WIDTHS[0] else 4), name


def test_no_letter_is_small(seen: Seen):
    assert {name: page["small"] for name, page in seen.pages.items() if page["small"]} == {}


# Read without one


@dataclass
class Open:
    """An open element, with the colours that its words have."""

    tag: str
    color: str
    background: str
    words: str = ""


@dataclass
class Read(HTMLParser):
    """A letter's elements and the colours of its words."""

    html: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    worded: list[Open] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.open = [Open("", "#000000", "#ffffff")]
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if tag in VOID:
            return
        inside = replace(self.open[-1], tag=tag, words="")
        for name, value in declared(given.get("style", "")):
            if name == "color":
                inside.color = value
            elif name in {"background", "background-color"}:
                inside.background = value
        self.open.append(inside)

    def handle_endtag(self, tag: str) -> None:
        closed = self.open.pop()
        assert closed.tag == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open[-1].tag not in {"title", "style"}:
            self.worded.append(replace(self.open[-1], words=data.strip()))


def declared(style: str) -> list[tuple[str, str]]:
    """The declarations of a style attribute."""
    return [(name.strip(), value.strip()) for name, _, value in (one.partition(":") for one in style.split(";") if one)]


def luminance(color: str) -> float:
    """WCAG 2.2, relative luminance of `#rrggbb`."""
    assert re.fullmatch(r"#[0-9a-f]{6}", color), color
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_contrast_is_reckoned_as_the_standard_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", PAGES)
def test_a_letter_is_made_of_nothing_that_loads_runs_or_leads_away(name):
    for tag, given in Read(PAGES[name]).elements:
        assert set(given) <= ALLOWED[tag], tag
        assert given.get("href", "mailto:").startswith("mailto:")
        assert given.get("src", "cid:").startswith("cid:"), "a picture that does not come with the letter"
        assert not re.search(r"url|@|\\|expression|/\*", given.get("style", ""))
        assert given.get("name", "viewport") in {"viewport", "color-scheme", "supported-color-schemes"}
    assert not re.search(
        r"url|@(?!media )|\\|expression|/\*", "".join(re.findall("<style>.*?</style>", PAGES[name], re.DOTALL))
    )


@pytest.mark.parametrize("name", PAGES)
def test_all_words_stand_out_from_their_ground(name):
    worded = Read(PAGES[name]).worded
    assert worded
    assert [one for one in worded if contrast(one.color, one.background) < 4.5] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_letter_can_be_listened_to(name):
    elements = Read(PAGES[name]).elements
    headings = [tag for tag, _ in elements if re.fullmatch(r"h\d", tag)]
    assert headings == ["h1"] + ["h2"] * (len(headings) - 1), "one first heading, none left out below it"
    assert ("html", {"lang": "en"}) in elements
    assert [given["role"] for _, given in elements if given.get("role", "blockquote") != "blockquote"] == ["main"]
    hidden = re.findall(r'aria-hidden="true">([^<]*)<', PAGES[name])
    assert {words.strip("=") for words in hidden} <= {""}, "words that are hidden from those who listen"
    links = re.findall(r"<a [^>]*>([^<]*)</a>", PAGES[name])
    assert len(set(links)) == len(links), "two links that sound the same"
