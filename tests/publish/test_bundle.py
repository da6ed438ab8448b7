"""Published works: the author's octets, a page that runs nothing of theirs, sums that hold, places that last."""

from __future__ import annotations

import base64
import hashlib
import quopri
import random
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mailproc.errors import StoreError
from mailproc.message.parse import parse
from mailproc.publish.bundle import (
    Bundle,
    Enclosure,
    publish_article,
    publish_material,
    retract,
    slug,
    take_away,
)
from mailproc.publish.page import disarmed_text

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
A12 = Bundle(
    ref="A-12",
    title="The tram that never came",
    author_name="Jo Poole",
    received_at=AT,
    published_at=AT + timedelta(minutes=15),
    section="articles",
    text="I waited.\n\nNothing came.\n",
)
F124 = replace(A12, ref="F-124", title="The office in winter", section=None, group="North Pier Society")
HOSTILE = """\
<script>alert(1)</script> <img src=x onerror=alert(1)> <!-- hidden --> &lt;b&gt; &#60; &copy;
# A heading? *no* **no** _no_ `no` ~~no~~ ==no== ^no^ ~no~ :smile: (c) -- ... "quoted" 'too'
---
title: another front matter
---
===
[link](javascript:alert(1)) ![image](http://evil.example/x.png) <http://evil.example>
http://evil.example www.evil.example ana@evil.example ,, .. +- (tm)
[ref]: http://evil.example "x"
[^1]: a note[^1]
{{ site.secret }} {% include x %} {{< shortcode >}} {: .class} $x^2$ \\(x\\) \\[y\\] @ana #tag
> a quotation
>> twice
1. one
2) two
   10. ten
a. letter
- dash
+ plus
* star
    four blanks and a <b>
\ttab
| a | b |
|---|---|
| 1 | 2 |
```
code
~~~
!!! note
??? note
: definition
*[HTML]: x
a\\
backslash at the end\\
two blanks at the end\x20\x20
* * *
_ _ _
<div>

after a blank line


after two
\u00a0
"""


class Words(HTMLParser):
    """The words of an HTML page, and its tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.tags, self.links = "", set(), set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links |= {value for name, value in attrs if name in ("href", "src")}
        self.words += "\n" if tag in ("br", "p", "li") else ""

    def handle_data(self, data: str) -> None:
        self.words += data


def everything() -> MarkdownIt:
    return MarkdownIt("gfm-like", {"linkify": False, "html": True, "typographer": True}).enable(
        ["replacements", "smartquotes", "table", "strikethrough"]
    )


RENDERERS = {"commonmark": MarkdownIt("commonmark"), "everything": everything()}


def body_of(folder: Path) -> str:
    head, front, body = (folder / "index.md").read_text().split("---\n", 2)
    assert (head, bool(front)) == ("", True)
    return body


def front_of(folder: Path) -> dict[str, object]:
    return yaml.safe_load((folder / "index.md").read_text().split("---\n", 2)[1])


def an_enclosure(folder: Path, name: str, octets: bytes = b"octets", media_type: str = "image/jpeg") -> Enclosure:
    sha256 = hashlib.sha256(octets).hexdigest()
    path = folder / sha256
    path.write_bytes(octets)
    return Enclosure(name, path, media_type, sha256)


def sums_hold(folder: Path) -> bool:
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"],  # noqa: S607 coreutils, wherever it is
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    listed = len((folder / "SHA256SUMS").read_text().splitlines())
    return checked.returncode == 0 and listed == len(list(folder.iterdir())) - 1


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# What goes up


def test_an_article_is_its_words_a_page_and_their_sums(tmp_path):
    place = publish_article(tmp_path, A12)
    assert place == "articles/2026/the-tram-that-never-came"
    assert names_in(tmp_path / place) == {"text.txt", "index.md", "SHA256SUMS"}
    assert (tmp_path / place / "text.txt").read_bytes() == b"I waited.\n\nNothing came.\n"
    assert sums_hold(tmp_path / place)


def test_the_front_matter_says_what_it_is(tmp_path):
    front = front_of(tmp_path / publish_article(tmp_path, A12))
    assert front == {
        "title": "The tram that never came",
        "author": "Jo Poole",
        "reference": "A-12",
        "date": "2026-11-22T10:15:00Z",
        "received": "2026-11-22T10:00:00Z",
        "section": "articles",
        "language": "en",
        "file": "text.txt",
        "sha256": hashlib.sha256(b"I waited.\n\nNothing came.\n").hexdigest(),
    }


@pytest.mark.parametrize(
    "title",
    [
        "a: b\n---\nreference: A-99",
        "'\"{}[]&*!|>%@`#",
        "- item",
        "yes",
        "2026-11-22",
        "!!python/object:os.system",
        "\x07bell \x85 next",
        "\u65e5\u672c",
    ],
)
def test_no_title_or_name_changes_the_front_matter(tmp_path, title):
    front = front_of(tmp_path / publish_article(tmp_path, replace(A12, title=title, author_name=title)))
    assert front["reference"] == "A-12"
    assert str(front["title"]).split() == title.split()
    assert (tmp_path / "articles").resolve() in next((tmp_path / "articles").rglob("index.md")).resolve().parents


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("jo@poole.example", None),
        ("Jo Poole <jo@poole.example>", "Jo Poole"),
        ('"jo@poole.example" Jo', "Jo"),
        ("Jo (jo@poole.example)", "Jo"),
        ("", None),
    ],
)
def test_an_address_is_never_published(tmp_path, name, shown):
    folder = tmp_path / publish_article(tmp_path, replace(A12, author_name=name))
    assert front_of(folder).get("author") == shown
    assert "poole.example" not in (folder / "index.md").read_text()


def test_the_year_is_that_of_the_receipt_in_utc(tmp_path):
    new_year = datetime(2027, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert publish_article(tmp_path, replace(A12, received_at=new_year)).startswith("articles/2026/")


def test_a_document_goes_up_as_it_was_sent(tmp_path):
    document = an_enclosure(tmp_path, "light house.docx", b"PK\x03\x04", "application/x")
    attachments = (replace(document, media_type="other/x"), an_enclosure(tmp_path, "hives.jpg"))
    folder = tmp_path / publish_article(tmp_path, replace(A12, text=None, document=document, attachments=attachments))
    assert names_in(folder) == {"light house.docx", "hives.jpg", "index.md", "SHA256SUMS"}
    assert (folder / "light house.docx").read_bytes() == b"PK\x03\x04"
    assert front_of(folder)["file"] == "light house.docx"
    assert [listed["name"] for listed in front_of(folder)["attachments"]] == ["hives.jpg"]
    assert Words(RENDERERS["commonmark"].render(body_of(folder))).links == {"light%20house.docx", "hives.jpg"}
    assert sums_hold(folder)


def test_a_document_is_not_taken_for_one_of_our_files(tmp_path):
    document = an_enclosure(tmp_path, "Index.md", b"# theirs", "text/markdown")
    folder = tmp_path / publish_article(tmp_path, replace(A12, text=None, document=document))
    assert (folder / "attached-Index.md").read_bytes() == b"# theirs"
    assert front_of(folder)["reference"] == "A-12"


NAMES = [
    "photo.jpg",
    "photo.jpg",
    "Photo.JPG",
    "photo-2.jpg",
    "text.txt",
    "SHA256SUMS",
    "sha256sums",
    "../../etc/passwd",
    "/etc/passwd",
    "a\nb.txt",
    "a\\b.txt",
    "*star.txt",
    "-c",
    "  lead.txt",
    "\u00e9.txt",
    "e\u0301.txt",
    "\u65e5\u672c.png",
    "",
    ".",
    "..",
    ".htaccess",
    "con.txt",
    "x" * 400 + ".jpg",
    "\u202etxt.exe",
    "a b  c'd\"e;f&g.txt",
    "index.md",
]


def test_s85_any_names_become_files_of_this_folder_and_the_sums_hold(tmp_path):
    octets = tmp_path / "octets"
    octets.mkdir()
    attachments = tuple(an_enclosure(octets, name, b"%d" % n) for n, name in enumerate(NAMES))
    folder = tmp_path / publish_article(tmp_path, replace(A12, attachments=attachments))
    files = [path for path in folder.iterdir() if path.name not in ("index.md", "text.txt", "SHA256SUMS")]
    assert sorted(path.read_bytes() for path in files) == sorted(b"%d" % n for n in range(len(NAMES)))
    assert len({path.name.casefold() for path in folder.iterdir()}) == len(NAMES) + 3
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    assert {"photo.jpg", "photo-2.jpg"} <= names_in(folder)
    assert sums_hold(folder)


def test_octets_that_are_not_those_that_came_are_not_published(tmp_path):
    photo = an_enclosure(tmp_path, "photo.jpg")
    photo.path.write_bytes(b"others")
    with pytest.raises(StoreError, match="not the octets that came with A-12"):
        publish_article(tmp_path, replace(A12, attachments=(photo,)))
    assert names_in(tmp_path / "articles/2026") == set()


def test_an_attachment_that_is_gone_is_said_in_one_line_and_leaves_the_old_work(tmp_path):
    place = publish_article(tmp_path, A12)
    gone = Enclosure("photo.jpg", tmp_path / "gone", "image/jpeg", "0" * 64)
    with pytest.raises(StoreError, match=r"gone: No such file or directory; `mailproc mend` brings it back[^\n]*\Z"):
        publish_article(tmp_path, replace(A12, text="new", attachments=(gone,)))
    assert (tmp_path / place / "text.txt").read_text() == A12.text
    assert names_in(tmp_path / "articles/2026") == {"the-tram-that-never-came"}


# Verbatim

ALPHABETS = {
    "us-ascii": "abcdefghij KLMNO pqrst.,;!? <>&*_#`[]{}()-=+|~^$@\"'\\/%",
    "iso-8859-1": "abc \u00e9\u00e8\u00fc\u00f1\u00df\u00e7 <b>&",
    "windows-1252": "abc \u201cx\u201d \u2014 \u20ac \u2026",
    "iso-8859-2": "abc \u0142\u00f3\u0161\u010d",
    "koi8-r": "\u043f\u0440\u0438\u0432\u0435\u0442 abc",
    "shift_jis": "\u65e5\u672c\u8a9e\u30c6 abc",
    "gb18030": "\u4e2d\u6587 abc",
    "utf-8": "abc \u00e9 \u65e5 \U0001f6a2 \u0435\u0301 \u00a0 \u202e",
}
ENCODINGS = {
    "8bit": lambda octets: octets,
    "base64": base64.encodebytes,
    "quoted-printable": lambda octets: b"\n".join(quopri.encodestring(line) for line in octets.split(b"\n")),
}
ARTICLES = [
    (n, list(ALPHABETS)[n % len(ALPHABETS)], list(ENCODINGS)[n % len(ENCODINGS)], ("\r\n", "\n")[n // 24 % 2])
    for n in range(100)
]


def an_article(seed: int, alphabet: str) -> str:
    chance = random.Random(seed)  # noqa: S311 an article, not a secret
    lines = ["".join(chance.choices(alphabet, k=chance.randrange(70))) for _ in range(chance.randrange(1, 25))]
    return "\n".join(lines) + "\n" * chance.randrange(1, 3)


@pytest.mark.parametrize(("seed", "charset", "encoding", "line_end"), ARTICLES)
def test_what_was_written_is_what_is_published(tmp_path, seed, charset, encoding, line_end):
    written = an_article(seed, ALPHABETS[charset])
    head = (
        f"From: Jo Poole <jo@poole.example>\nSubject: Article {seed}\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    )
    octets = written.replace("\n", line_end).encode(charset)
    if encoding != "base64":
        octets = written.encode(charset)
    wire = head.encode() + ENCODINGS[encoding](octets)
    if encoding != "base64":
        wire = wire.replace(b"\n", line_end.encode())
    message, _ = parse(wire)
    folder = tmp_path / publish_article(tmp_path, replace(A12, title=message.subject, text=message.text))
    assert (folder / "text.txt").read_bytes() == written.encode()
    assert front_of(folder)["sha256"] == hashlib.sha256(written.encode()).hexdigest()
    assert Words(RENDERERS["everything"].render(body_of(folder))).words.split() == written.split()
    assert sums_hold(folder)


@pytest.mark.parametrize("renderer", RENDERERS)
def test_a_text_full_of_html_and_markdown_renders_as_itself(tmp_path, renderer):
    folder = tmp_path / publish_article(tmp_path, replace(A12, text=HOSTILE))
    assert (folder / "text.txt").read_bytes() == HOSTILE.encode()
    shown = Words(RENDERERS[renderer].render(body_of(folder)))
    assert shown.words.split() == HOSTILE.split()
    assert shown.tags == {"p", "br"}
    assert shown.links == set()


def test_no_mark_of_theirs_is_left_for_a_template_engine(tmp_path):
    body = body_of(tmp_path / publish_article(tmp_path, replace(A12, text=HOSTILE)))
    assert not set(body) & set("<>{}[]`*_~|$@:\"'=^")
    assert "://" not in body
    assert "www." not in body


@pytest.mark.parametrize("renderer", RENDERERS)
def test_lines_stay_lines_and_verses_keep_their_indent(renderer):
    text = "Roses\n  are red\n\n\nviolets\tblue\n"
    shown = Words(RENDERERS[renderer].render(disarmed_text(text))).words.replace("\u00a0", " ")
    assert [line for line in shown.split("\n") if line] == ["Roses", "  are red", " ", "violets    blue"]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.sampled_from("ab1 \n\n\t#*_`[]()<>!&;:-=+.|~\\\"'{}$%^@/?,\u00e9"), max_size=120))
def test_any_words_render_as_themselves(text):
    for renderer in RENDERERS.values():
        shown = Words(renderer.render(disarmed_text(text)))
        assert shown.words.split() == text.split()
        assert shown.tags <= {"p", "br"}


# Places


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The tram that never came", "the-tram-that-never-came"),
        ("  Caf\u00e9 \u0141\u00f3d\u017a: \u00bd price! ", "cafe-lodz-1-2-price"),
        ("Stra\u00dfe & \u00d8re", "strasse-ore"),
        ("Don't panic", "dont-panic"),
        ("../../etc/passwd", "etc-passwd"),
        ("\u65e5\u672c", ""),
        ("x" * 100, "x" * 60),
        ("word " * 30, "-".join(["word"] * 12)),
    ],
)
def test_a_slug_is_the_title_in_plain_letters(title, expected):
    assert slug(title) == expected


@pytest.mark.parametrize(
    ("title", "place"),
    [("\u65e5\u672c", "a-12"), ("Con", "con-a-12"), ("index", "index-a-12"), ("..", "a-12"), ("", "a-12")],
)
def test_a_title_that_makes_no_folder_name_gets_the_reference(tmp_path, title, place):
    assert publish_article(tmp_path, replace(A12, title=title)) == f"articles/2026/{place}"


def test_another_article_with_the_same_title_stands_beside_the_first(tmp_path):
    first = publish_article(tmp_path, A12)
    second = publish_article(tmp_path, replace(A12, ref="A-123", text="another"))
    assert (first, second) == (
        "articles/2026/the-tram-that-never-came",
        "articles/2026/the-tram-that-never-came-a-123",
    )
    assert publish_article(tmp_path, replace(A12, text="new words")) == first
    assert publish_article(tmp_path, replace(A12, ref="A-123", text="another")) == second
    assert (tmp_path / first / "text.txt").read_text() == "new words"


def test_a_title_that_looks_like_anothers_place_takes_none(tmp_path):
    publish_article(tmp_path, A12)
    thief = publish_article(tmp_path, replace(A12, ref="A-9", title="The tram that never came A-123"))
    second = publish_article(tmp_path, replace(A12, ref="A-123"))
    assert second == f"{thief}-2"


def test_a_work_keeps_its_place_under_a_new_title(tmp_path):
    place = publish_article(tmp_path, A12)
    assert publish_article(tmp_path, replace(A12, title="The bus", place=place)) == place
    assert front_of(tmp_path / place)["title"] == "The bus"


def test_in_an_empty_folder_a_work_takes_its_known_place(tmp_path):
    assert publish_article(tmp_path, replace(A12, place="articles/2025/old-words")) == "articles/2025/old-words"


def test_what_was_material_before_stands_among_the_articles(tmp_path):
    assert publish_article(tmp_path, replace(A12, place="files/a/F-12")) == "articles/2026/the-tram-that-never-came"


@pytest.mark.parametrize("place", ["../x/y", "/etc/x/y", "articles/../x", "articles/2026", "x/2026/y"])
def test_a_place_outside_is_refused(tmp_path, place):
    with pytest.raises(StoreError, match="is no place of a published work"):
        publish_article(tmp_path, replace(A12, place=place))
    with pytest.raises(StoreError, match="is no place of a published work"):
        retract(tmp_path, place, "A-12", date(2026, 11, 23))


def test_a_folder_of_unknown_hands_is_left_alone(tmp_path):
    strange = tmp_path / "articles/2026/the-tram-that-never-came"
    strange.mkdir(parents=True)
    (strange / "index.md").write_text("---\n: [\n---\nmine")
    assert publish_article(tmp_path, A12) == "articles/2026/the-tram-that-never-came-a-12"
    assert names_in(strange) == {"index.md"}


def test_publishing_again_leaves_nothing_of_the_old_work(tmp_path):
    place = publish_article(tmp_path, replace(A12, attachments=(an_enclosure(tmp_path, "photo.jpg"),)))
    publish_article(tmp_path, A12)
    assert names_in(tmp_path / place) == {"text.txt", "index.md", "SHA256SUMS"}
    assert names_in(tmp_path / "articles/2026") == {"the-tram-that-never-came"}


@pytest.mark.parametrize("died_at", ["filling", "old one aside", "new one in place"])
def test_a_crash_in_between_heals_at_the_next_call(tmp_path, died_at):
    place = publish_article(tmp_path, A12)
    year = tmp_path / "articles/2026"
    aside, fresh = year / ".the-tram-that-never-came.old", year / ".the-tram-that-never-came.new"
    if died_at == "old one aside":
        (tmp_path / place).rename(aside)
    if died_at == "new one in place":
        aside.mkdir()
        (aside / "text.txt").write_text("old")
    if died_at != "new one in place":
        fresh.mkdir()
        (fresh / "text.txt").write_text("half")
    beside = publish_article(tmp_path, replace(A12, ref="A-13"))
    assert beside.endswith("-a-13")  # the place is not free although nothing may stand there
    assert publish_article(tmp_path, replace(A12, text="new")) == place
    assert (tmp_path / place / "text.txt").read_text() == "new"
    assert names_in(year) == {Path(place).name, Path(beside).name}


# Group files


def test_material_goes_up_in_its_group_by_reference_and_is_listed(tmp_path):
    assert publish_material(tmp_path, "North Pier Society", F124) == "files/north-pier-society/F-124"
    publish_material(tmp_path, "North Pier Society", replace(F124, ref="F-9", title="*A* <b>leaflet</b>", text=None))
    folder = tmp_path / "files/north-pier-society"
    assert names_in(folder) == {"F-9", "F-124", "index.md"}
    assert front_of(folder) == {"group": "North Pier Society"}
    shown = Words(RENDERERS["commonmark"].render(body_of(folder)))
    assert [line for line in shown.words.split("\n") if line] == [
        "F-9: *A* <b>leaflet</b>, Jo Poole (2026-11-22)",
        "F-124: The office in winter, Jo Poole (2026-11-22)",
    ]
    assert shown.links == {"F-9/", "F-124/"}
    assert sums_hold(folder / "F-9")


def test_material_again_is_the_same_place_once(tmp_path):
    photos = (an_enclosure(tmp_path, "office.jpg"),)
    places = {publish_material(tmp_path, F124.group, replace(F124, attachments=a)) for a in ((), photos, photos)}
    assert places == {"files/north-pier-society/F-124"}
    assert (tmp_path / "files/north-pier-society/F-124/office.jpg").is_file()
    assert body_of(tmp_path / "files/north-pier-society").count("* [") == 1


def test_the_source_of_material_is_named(tmp_path):
    folder = tmp_path / publish_material(tmp_path, F124.group, replace(F124, source=("Photo: L. Hart <l@h>", "1987")))
    assert front_of(folder)["source"] == ["Photo: L. Hart <l@h>", "1987"]
    assert "Photo: L. Hart <l@h>" in Words(RENDERERS["commonmark"].render(body_of(folder))).words


def test_two_groups_whose_names_fold_alike_have_two_folders(tmp_path):
    places = [
        publish_material(tmp_path, group, replace(F124, group=group))
        for group in ("L\u00f3d\u017a Union", "Lodz Union", "l\u00f3d\u017a union", "\u65e5\u672c", "\u4e2d\u6587")
    ]
    assert places[0] == places[2] == "files/lodz-union/F-124"
    assert places[1] == "files/lodz-union-2/F-124"
    assert len(set(places)) == 4


# Taking down


def test_a_retracted_article_leaves_one_line(tmp_path):
    place = publish_article(tmp_path, replace(A12, attachments=(an_enclosure(tmp_path, "photo.jpg"),)))
    for _ in range(2):
        retract(tmp_path, place, "A-12", date(2026, 11, 23))
        assert names_in(tmp_path / place) == {"index.md"}
        assert body_of(tmp_path / place).strip() == "A-12 was taken down on 2026-11-23."
    assert "tram" not in (tmp_path / place / "index.md").read_text()
    assert names_in(tmp_path / "articles/2026") == {"the-tram-that-never-came"}


def test_a_retracted_place_stays_its_works_own(tmp_path):
    place = publish_article(tmp_path, A12)
    retract(tmp_path, place, "A-12", date(2026, 11, 23))
    assert publish_article(tmp_path, replace(A12, ref="A-13")) != place
    assert publish_article(tmp_path, A12) == place
    assert (tmp_path / place / "text.txt").read_text() == A12.text


def test_nobody_elses_work_is_taken_down(tmp_path):
    place = publish_article(tmp_path, A12)
    with pytest.raises(StoreError, match="holds A-12, not A-13"):
        retract(tmp_path, place, "A-13", date(2026, 11, 23))
    assert (tmp_path / place / "text.txt").is_file()


def test_retracted_material_is_listed_without_its_title(tmp_path):
    place = publish_material(tmp_path, F124.group, F124)
    retract(tmp_path, place, "F-124", date(2026, 11, 23))
    page = (tmp_path / "files/north-pier-society/index.md").read_text()
    assert "office" not in page
    assert Words(RENDERERS["commonmark"].render(page)).words.count("F-124, taken down on 2026-11-23") == 1


def test_a_replaced_text_keeps_its_place_and_the_page_says_whose_it_is_since_when_and_what_it_replaced(tmp_path):
    place = publish_article(tmp_path, A12)
    first = hashlib.sha256((A12.text or "").encode()).hexdigest()
    at = AT + timedelta(days=9)
    anew = replace(A12, text="It came.\n", place=place, replaced_at=at, replaced_by="members", earlier=(first,))
    assert publish_article(tmp_path, anew) == publish_article(tmp_path, anew) == place
    folder = tmp_path / place
    assert (folder / "text.txt").read_bytes() == b"It came.\n"
    page = (folder / "index.md").read_text()
    facts = yaml.safe_load(page.split("---\n")[1])
    assert (facts["replaced"], facts["replaced_by"]) == ("2026-12-01T10:00:00Z", "members")
    assert facts["earlier_sha256"] == [first]
    assert facts["date"] == "2026-11-22T10:15:00Z", "it was first published then"
    assert "A text of the members has stood here since 2026" in page
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in sums} == sums


def test_what_was_stopped_while_it_went_up_is_gone_and_nobody_elses_folder_is_touched(tmp_path):
    place, other = publish_article(tmp_path, A12), publish_article(tmp_path, replace(A12, ref="A-13", title="Fog"))
    take_away(tmp_path, place, "A-12")
    take_away(tmp_path, place, "A-12")
    assert not (tmp_path / place).exists()
    with pytest.raises(StoreError, match="holds A-13, not A-12"):
        take_away(tmp_path, other, "A-12")
    material = publish_material(tmp_path, "North Pier Society", F124)
    take_away(tmp_path, material, "F-124")
    assert "F-124" not in (tmp_path / material).parent.joinpath("index.md").read_text()
