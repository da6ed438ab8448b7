"""The words of a .docx (ISO/IEC 29500-1 §17): what its reader sees on the page, in the order of the page.

Kept: tables, lists with their depth, text boxes, what fields show, non-breaking and soft hyphens, readings above words,
formulas' letters, and footnotes and endnotes after the text. Not kept: comments, what was deleted or moved away, hidden
words, the second picture of a thing for old programs (mc:Fallback), running headers and footers, list numbers that Word
counts. A part that stands in another format (w:altChunk) is not read, and that is said. Raises Stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import islice
from posixpath import join, normpath

from mailproc.document.flow import Flow
from mailproc.document.limits import PARTLY, Budget, Stopped
from mailproc.document.markup import Act, Attributes, Walk
from mailproc.document.package import Package

_MAIN = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # "strict"
)
_MATH = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
_DRAWING = ("http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main")
_CHOICES = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_VML = "urn:schemas-microsoft-com:vml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"

# What holds no word of the page: properties, their changes, deletions, what was moved away.
_SKIPPED: tuple[str, ...] = (
    "sdtPr",
    "rubyPr",
    "sectPr",
    "tblPr",
    "tblGrid",
    "trPr",
    "tcPr",
    "tabs",
    "pPrChange",
    "rPrChange",
)
_SKIPPED += ("del", "moveFrom", "fldData")
_SAID = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_OFF = ("0", "false", "off")
_NOTES = ("footnote", "endnote")
_MAX_LEVEL = 8  # of a list
_BODY_LEVEL = 9  # of words that are no heading
_DIGITS = 4
_STYLE_CHUNKS = 32  # of 64 KiB: what is longer is no table of styles
End = Callable[[], None]
_PRIVATE_USE = range(0xE000, 0xF900)  # places in a font of pictures


def read(package: Package, flow: Flow, budget: Budget) -> None:
    """The text into `flow`, and its notes."""
    main = next(_targets(package, "", "officeDocument", budget), "word/document.xml")
    body = _Text(budget, flow, {}, _levels(package, main, budget))
    try:
        body.through(package.chunks(main))
    finally:  # what was read of a broken text has its notes too
        for kind in _NOTES:
            _read_notes(package, main, body, kind, budget)
    if body.partly:
        raise Stopped(PARTLY)


def _read_notes(package: Package, main: str, body: _Text, kind: str, budget: Budget) -> None:
    marks = {ref: mark for (of, ref), mark in body.marks.items() if of == kind}
    part = next(_targets(package, main, f"{kind}s", budget), f"word/{kind}s.xml")
    if not marks or part not in package:
        return
    notes = _Notes(budget, body.flow, body.marks, kind)
    notes.through(package.chunks(part))
    body.flow.notes += [f"[{mark}] {notes.found[ref]}" for ref, mark in marks.items() if ref in notes.found]


def _targets(package: Package, part: str, kind: str, budget: Budget) -> Iterator[str]:
    """The parts to which `part` relates as `kind` (ISO/IEC 29500-2 §9.3)."""
    folder, _, name = part.rpartition("/")
    relations = join(folder, "_rels", f"{name}.rels")
    if relations not in package:
        return
    walk = _Relations(budget)
    walk.through(package.chunks(relations))
    for type_, target in walk.found:
        if type_.rpartition("/")[2] == kind:
            yield target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))


def _levels(package: Package, main: str, budget: Budget) -> dict[str, int]:
    """The level of each style that makes a heading (§17.7.4, §17.3.1.20); what cannot be read makes none."""
    styles = _Styles(Budget(budget.enough))
    with suppress(Stopped):
        part = next(_targets(package, main, "styles", budget), "word/styles.xml")
        if part in package:
            styles.through(islice(package.chunks(part), _STYLE_CHUNKS))
    return styles.levels()


class _Styles(Walk):
    """What the styles of paragraphs say of headings."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self._own: dict[str, int] = {}
        self._based: dict[str, str] = {}
        self._style = ""
        for space in _MAIN:
            self.starts[f"{space} style"] = self._begin
            self.starts[f"{space} name"] = self._name
            self.starts[f"{space} outlineLvl"] = self._outline
            self.starts[f"{space} basedOn"] = self._on

    def _begin(self, found: Attributes) -> None:
        self._style = _value(found, "styleId")

    def _name(self, found: Attributes) -> None:
        """Of built-in styles in English in every language of Word: "heading 1", "Title"."""
        called, _, number = _value(found).lower().rpartition(" ")
        if called == "heading" and number.isascii() and number.isdigit():
            self._own.setdefault(self._style, int(number[:2]))

    def _outline(self, found: Attributes) -> None:
        if (level := _outline_level(found)) is not None:
            self._own[self._style] = level

    def _on(self, found: Attributes) -> None:
        self._based[self._style] = _value(found)

    def levels(self) -> dict[str, int]:
        """Style -> level, its own or of the style that it is based on."""
        found = dict(self._own)
        for style in self._based:
            base, steps = style, 0
            while base not in self._own and base in self._based and steps < _MAX_LEVEL:
                base, steps = self._based[base], steps + 1
            if base in self._own:
                found[style] = self._own[base]
        return {style: level for style, level in found.items() if level}


def _outline_level(found: Attributes) -> int | None:
    """1 to 9; 0 of what is no heading (§17.3.1.20); None where it says nothing."""
    said = _value(found)
    return (int(said) + 1) % (_BODY_LEVEL + 1) if said.isascii() and said.isdigit() and len(said) == 1 else None


class _Relations(Walk):
    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.found: list[tuple[str, str]] = []
        self.starts[f"{_RELATIONS} Relationship"] = self._relation

    def _relation(self, attributes: Attributes) -> None:
        self.found.append((attributes.get("Type", ""), attributes.get("Target", "")))


class _Text(Walk):
    """A part with paragraphs."""

    def __init__(
        self, budget: Budget, flow: Flow, marks: dict[tuple[str, str], int], levels: Mapping[str, int] | None = None
    ) -> None:
        super().__init__(budget)
        self.flow = flow
        self.marks = marks  # (kind, id) of a note -> its number
        self._levels = levels or {}  # style -> level of a heading
        self._heading = 0  # level of the paragraph, 0 none
        self.partly = False
        self._saying = False  # between w:t and its end
        self._hidden: list[bool] = []  # of the runs that are open: one may hold a text box with others
        self._codes: list[bool] = []  # of the fields that are open: is this what the field is computed from
        self._chosen: list[bool] = []  # of the alternatives that are open: was one taken
        self._in_properties = False
        self._level: int | None = None  # of the list that the paragraph stands in
        self._reading = ""
        self._of_runs()
        self._of_paragraphs()

    def _on(self, name: str, start: Act | None = None, end: End | None = None, spaces: Iterable[str] = _MAIN) -> None:
        for space in spaces:
            if start is not None:
                self.starts[f"{space} {name}"] = start
            if end is not None:
                self.ends[f"{space} {name}"] = end

    def _of_runs(self) -> None:
        for space in (_MAIN, _MATH, _DRAWING):
            self._on("t", self._begin_words, self._end_words, space)
        for name, text in _SAID.items():
            self._on(name, partial(self._say_always, text))
        self._on("r", lambda _: self._hidden.append(False), self._end_run)
        self._on("rPr", self._run_properties)
        self._on("vanish", self._hide)
        self._on("fldChar", self._field)
        self._on("sym", self._symbol)
        self._on("rt", self._aside, self._end_reading)
        self._on("ruby", None, self._end_ruby)
        for kind in _NOTES:
            self._on(f"{kind}Reference", partial(self._mark, kind))
        self._on("textpath", lambda found: self._say(found.get("string", "")), spaces=[_VML])  # drawn along a line

    def _of_paragraphs(self) -> None:
        for name in _SKIPPED:
            self._on(name, self.skip)
        self._on("p", self._begin_paragraph, self._end_paragraph)
        self._on("pPr", self._begin_properties, self._end_properties)
        self._on("pStyle", self._styled)
        self._on("outlineLvl", self._outlined)
        self._on("ilvl", self._list_level)
        self._on("numId", self._list_member)
        self._on("tc", None, self.flow.end_cell)
        self._on("tr", None, self.flow.end_row)
        self._on("txbxContent", self._aside, self.flow.beside)
        self._on("p", self._aside, self.flow.beside, _DRAWING)
        for name in ("altChunk", "subDoc"):
            self._on(name, self._elsewhere)
        self._on("AlternateContent", lambda _: self._chosen.append(False), self._end_choices, [_CHOICES])
        self._on("Choice", self._choose, spaces=[_CHOICES])
        self._on("Fallback", self._choose, spaces=[_CHOICES])

    # Runs

    def words(self, text: str) -> None:
        """Of w:t alone: what stands between elements is layout of the file."""
        if self._saying:
            self._say(text)

    def _say(self, text: str) -> None:
        if not any(self._hidden) and not any(self._codes):
            self.flow.say(text)

    def _say_always(self, text: str, found: Attributes) -> None:
        del found
        self._say(text)

    def _begin_words(self, found: Attributes) -> None:
        del found
        self._saying = True

    def _end_words(self) -> None:
        self._saying = False

    def _end_run(self) -> None:
        if self._hidden:
            self._hidden.pop()

    def _run_properties(self, found: Attributes) -> None:
        if self._in_properties:  # those of the paragraph's mark
            self.skip(found)

    def _hide(self, found: Attributes) -> None:
        if self._hidden and _value(found) not in _OFF:
            self._hidden[-1] = True

    def _field(self, found: Attributes) -> None:
        """Words between "begin" and "separate" are those that the field is computed from."""
        kind = _value(found, "fldCharType")
        if kind == "begin":
            self._codes.append(True)
        elif kind == "separate" and self._codes:
            self._codes[-1] = False
        elif kind == "end" and self._codes:
            self._codes.pop()

    def _symbol(self, found: Attributes) -> None:
        try:
            place = int(_value(found, "char"), 16)
            self._say("\ufffd" if place in _PRIVATE_USE else chr(place))
        except (ValueError, OverflowError):
            return

    def _mark(self, kind: str, found: Attributes) -> None:
        number = self.marks.setdefault((kind, _value(found, "id")), len(self.marks) + 1)
        self._say(f"[{number}]")

    def _aside(self, found: Attributes) -> None:
        del found
        self.flow.aside()

    def _end_reading(self) -> None:
        self._reading += self.flow.taken()

    def _end_ruby(self) -> None:
        reading, self._reading = self._reading, ""
        if reading:
            self._say(f"({reading})")

    # Paragraphs

    def _begin_paragraph(self, found: Attributes) -> None:
        del found
        self._level = None
        self._heading = 0

    def _styled(self, found: Attributes) -> None:
        self._heading = self._levels.get(_value(found), 0)

    def _outlined(self, found: Attributes) -> None:
        level = _outline_level(found)
        self._heading = self._heading if level is None else level

    def _end_paragraph(self) -> None:
        self._codes = [False] * len(self._codes)  # a field that is never separated must not hide the rest
        self.flow.end_line()

    def _begin_properties(self, found: Attributes) -> None:
        del found
        self._in_properties = True

    def _end_properties(self) -> None:
        self._in_properties = False
        if self._heading:
            self.flow.head(self._heading)
        if self._level is not None:
            self.flow.say(f"{'  ' * self._level}- ")

    def _list_level(self, found: Attributes) -> None:
        level = _value(found)
        self._level = min(int(level), _MAX_LEVEL) if level.isascii() and level.isdigit() and len(level) < _DIGITS else 0

    def _list_member(self, found: Attributes) -> None:
        self._level = None if _value(found) == "0" else self._level or 0

    def _elsewhere(self, found: Attributes) -> None:
        del found
        self.partly = True

    def _choose(self, found: Attributes) -> None:
        if self._chosen and self._chosen[-1]:
            self.skip(found)
        elif self._chosen:
            self._chosen[-1] = True

    def _end_choices(self) -> None:
        if self._chosen:
            self._chosen.pop()


class _Notes(_Text):
    """The part that holds the footnotes, or the endnotes."""

    def __init__(self, budget: Budget, flow: Flow, marks: dict[tuple[str, str], int], kind: str) -> None:
        super().__init__(budget, flow, marks)
        self.found: dict[str, str] = {}  # id -> text
        self._id = ""
        self._on(kind, self._begin_note, self._end_note)

    def _begin_note(self, found: Attributes) -> None:
        if _value(found, "type") not in ("", "normal"):  # the line above the notes
            self.skip(found)
            return
        self._id = _value(found, "id")
        self.flow.aside()

    def _end_note(self) -> None:
        self.found[self._id] = self.flow.taken().strip()


def _value(found: Attributes, name: str = "val") -> str:
    return next((found[key] for space in _MAIN if (key := f"{space} {name}") in found), "")
