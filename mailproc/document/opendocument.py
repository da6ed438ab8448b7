"""The words of an .odt (OpenDocument 1.3 part 3): what its reader sees on the page, in the order of the page.

Kept: tables, lists with their depth, text boxes, what fields show, readings above words, and footnotes and endnotes
after the text. Not kept: comments, what was deleted, hidden words and sections, descriptions of pictures, running
headers and footers, list numbers that the program counts. Raises Stopped.
"""

from __future__ import annotations

import re
from itertools import islice

from mailproc.document.flow import Flow
from mailproc.document.limits import ENCRYPTED, Budget, Stopped
from mailproc.document.markup import Attributes, Walk
from mailproc.document.package import Package

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TEXT, _TABLE = f"{_NS}office:1.0", f"{_NS}text:1.0", f"{_NS}table:1.0"
_DRAW, _STYLE, _SVG = f"{_NS}drawing:1.0", f"{_NS}style:1.0", f"{_NS}svg-compatible:1.0"

_SKIPPED = tuple(
    f"{space} {name}"
    for space, names in (
        (_OFFICE, "annotation forms binary-data scripts meta styles master-styles event-listeners"),
        (_TEXT, "tracked-changes number note-citation"),
        (_TEXT, "table-of-content-source illustration-index-source table-index-source object-index-source"),
        (_TEXT, "user-index-source alphabetical-index-source bibliography-source"),
        (_DRAW, "object"),
        (_SVG, "title desc"),
    )
    for name in names.split()
)
_SPACES = re.compile("[ \t\r\n]+")
_MOST_SPACES = 100  # that one text:s stands for
_MAX_LEVEL = 8
_MANIFEST_CHUNKS = 16  # of 64 KiB
_SECRET = (b"encryption-data", b"encrypted-package")  # part 2 §4.4, §3.4.2


def read(package: Package, flow: Flow, budget: Budget) -> None:
    """The text into `flow`, and its notes."""
    if "META-INF/manifest.xml" in package:
        manifest = b"".join(islice(package.chunks("META-INF/manifest.xml"), _MANIFEST_CHUNKS))
        if any(sign in manifest for sign in _SECRET):
            raise Stopped(ENCRYPTED)
    body = _Text(budget, flow)
    try:
        body.through(package.chunks("content.xml"))
    finally:  # what was read of a broken text has its notes too
        flow.notes += [f"[{mark}] {note}" for mark, note in sorted(body.notes.items())]


class _Text(Walk):
    def __init__(self, budget: Budget, flow: Flow) -> None:
        super().__init__(budget)
        self.flow = flow
        self.notes: dict[int, str] = {}  # number -> text
        self._marks = 0
        self._open: list[int] = []  # numbers of the notes that are open
        self._paragraphs: list[bool] = []  # those that are open: does it end in a space; so no more follow
        self._around: list[list[bool]] = []  # the same, of what stands around an open note
        self._level = 0
        self._begins_item = False
        self._reading = ""
        self._style = ""
        self._hidden: set[str] = set()  # names of styles
        for name in _SKIPPED:
            self.starts[name] = self.skip
        self._of_words()
        self._of_places()

    def _of_words(self) -> None:
        starts, ends = self.starts, self.ends
        for name in ("p", "h"):
            starts[f"{_TEXT} {name}"], ends[f"{_TEXT} {name}"] = self._begin_paragraph, self._end_paragraph
        starts[f"{_TEXT} h"] = self._begin_heading
        starts[f"{_TEXT} span"] = self._span
        starts[f"{_TEXT} s"] = self._blanks
        starts[f"{_TEXT} tab"] = lambda _: self._say("\t")
        starts[f"{_TEXT} line-break"] = lambda _: self._say("\n")
        starts[f"{_TEXT} hidden-text"] = self._hidden_field
        starts[f"{_TEXT} ruby-text"], ends[f"{_TEXT} ruby-text"] = self._begin_reading, self._end_reading
        ends[f"{_TEXT} ruby"] = self._end_ruby
        starts[f"{_TEXT} note"], ends[f"{_TEXT} note"] = self._begin_note, self._end_note

    def _of_places(self) -> None:
        starts, ends = self.starts, self.ends
        starts[f"{_STYLE} style"] = self._begin_style
        starts[f"{_STYLE} text-properties"] = self._style_of_words
        starts[f"{_TEXT} section"] = self._section
        starts[f"{_TEXT} list"], ends[f"{_TEXT} list"] = self._begin_list, self._end_list
        starts[f"{_TEXT} list-item"] = self._begin_item
        ends[f"{_TABLE} table-cell"] = self.flow.end_cell
        ends[f"{_TABLE} table-row"] = self.flow.end_row

    # Words

    def words(self, text: str) -> None:
        """Of paragraphs alone; white space counts once (part 3 §6.1.2)."""
        if not self._paragraphs:
            return
        text = _SPACES.sub(" ", text)
        if self._paragraphs[-1]:
            text = text.removeprefix(" ")
        if text:
            self._paragraphs[-1] = text.endswith(" ")
            self.flow.say(text)

    def _say(self, text: str) -> None:
        if self._paragraphs:
            self._paragraphs[-1] = False
            self.flow.say(text)

    def _blanks(self, found: Attributes) -> None:
        count = found.get(f"{_TEXT} c", "1")
        some = int(count) if count.isascii() and count.isdigit() and len(count) < len(str(_MOST_SPACES)) else 1
        self._say(" " * some)

    def _span(self, found: Attributes) -> None:
        if found.get(f"{_TEXT} style-name", "") in self._hidden:
            self.skip(found)

    def _hidden_field(self, found: Attributes) -> None:
        if found.get(f"{_TEXT} is-hidden") == "true":
            self.skip(found)

    def _begin_paragraph(self, found: Attributes) -> None:
        if found.get(f"{_TEXT} style-name", "") in self._hidden:
            self.skip(found)
            return
        if self._paragraphs:  # of a text box, in the middle of another paragraph
            self.flow.aside()
        self._paragraphs.append(True)
        if self._begins_item:
            self._begins_item = False
            self.flow.say(f"{'  ' * min(self._level - 1, _MAX_LEVEL)}- ")

    def _begin_heading(self, found: Attributes) -> None:
        """Part 3 §5.1.2: a paragraph that says its level; of a text box it is none of the text's."""
        outer = not self._paragraphs and not self._open
        self._begin_paragraph(found)
        level = found.get(f"{_TEXT} outline-level", "1")
        if outer and self._paragraphs and level.isascii() and level.isdigit():
            self.flow.head(int(level[:2]))

    def _end_paragraph(self) -> None:
        self._paragraphs.pop()
        if self._paragraphs:
            self.flow.beside()
        else:
            self.flow.end_line()

    def _begin_note(self, found: Attributes) -> None:
        del found
        self._marks += 1
        self._say(f"[{self._marks}]")
        self._open.append(self._marks)
        self._around.append(self._paragraphs)
        self._paragraphs = []
        self.flow.aside()

    def _end_note(self) -> None:
        self.notes[self._open.pop()] = self.flow.taken().strip()
        self._paragraphs = self._around.pop()

    def _begin_reading(self, found: Attributes) -> None:
        del found
        self.flow.aside()

    def _end_reading(self) -> None:
        self._reading += self.flow.taken()

    def _end_ruby(self) -> None:
        reading, self._reading = self._reading, ""
        if reading:
            self._say(f"({reading})")

    # Places

    def _begin_style(self, found: Attributes) -> None:
        self._style = found.get(f"{_STYLE} name", "")

    def _style_of_words(self, found: Attributes) -> None:
        if found.get(f"{_TEXT} display") == "none" and self._style:
            self._hidden.add(self._style)

    def _section(self, found: Attributes) -> None:
        if found.get(f"{_TEXT} display") == "none":
            self.skip(found)

    def _begin_list(self, found: Attributes) -> None:
        del found
        self._level += 1

    def _end_list(self) -> None:
        self._level -= 1

    def _begin_item(self, found: Attributes) -> None:
        del found
        self._begins_item = True
