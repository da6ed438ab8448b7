"""HTML to the text that people would read: blocks to lines, quotations marked "> ", nothing hidden shown.

What is hidden is `sight`'s to say, what the tags are `tokens`', which are open `nesting`'s. Linear in time and flat in
depth for any input. It reads at most 1 MB, writes at most 256 KiB (catalogue
S61c), never raises, loads nothing and does not make HTML safe to show.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from html import unescape

from mailproc.message.html import container, tokens
from mailproc.message.html.css import BIG, FAR, Verdict
from mailproc.message.html.nesting import FORMATTING, SPECIAL, Nesting, Open
from mailproc.message.html.sheet import Named, Sheet
from mailproc.message.html.sight import Look, Looks, changes_nothing
from mailproc.message.model import Sight

CAP = 1_000_000  # characters of HTML that are read
OUTPUT_CAP = 256 * 1024  # characters of text that are written
WHOLE_CAP = 6 << 20  # characters of an answer's HTML, whose text is written whole
_MAX_QUOTE_DEPTH = 20

_DATA_URI = re.compile(r'"data:[^"]{256,}+"')
_HUGE_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{9,}+;?")  # `unescape` raises on 5,000 digits
_STRUCK = "~~"  # what was struck out keeps its words, marked as in plain text
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")

_VOID = frozenset(
    ("br", "hr", "img", "input", "meta", "link", "col", "area", "base", "embed", "source", "track", "wbr")
)
_HIDDEN = "head template object audio video canvas select datalist svg math button progress meter title textarea "
_HIDDEN += "iframe noscript noembed noframes rp applet"
_HIDDEN_TAGS = frozenset(_HIDDEN.split())
_KEEPS_LINES = re.compile(r"(?i)white-space\s*:\s*(?:pre|break-spaces)")  # CSS Text 3 §3: pre, pre-wrap, pre-line
_BREAKS = re.compile(r"(?<=\S)[ \t\r]*\n\s*(?=\S)")  # between words: those around elements are the source's layout
_MARKS = {"details": "shut", "pre": "pre"}
_TOPMOST = ("html", "body")
_LOOKS = frozenset(("mark", "small", "sub", "sup", "big", "dialog", "bdo", "marquee", "table", "s", "strike", "del"))
_LINES = frozenset(("div", "li", "tr", "dt", "dd", "section", "article", "header", "footer", "main", "nav", "aside"))
_LINES |= {"address", "figure", "figcaption", "form", "fieldset", "center", "details", "summary", "dialog", "caption"}
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "dl", "table", "pre", "hr"))
_IN_AN_ENTRY = frozenset(
    ("p", "div", "section", "article", "h1", "h2", "h3", "h4", "h5", "h6")
)  # on the line of its sign
_CLOSED_BY_BLOCK = {"p": _LINES | _PARAGRAPHS, "li": {"li"}, "td": {"td", "th", "tr"}, "th": {"td", "th", "tr"}}
_SIGNATURE = "signature"  # stands in the class, id or name of the elements in which most programs keep one
_SIGNATURES = frozenset(("_rc_sig", "_mailautosig", "zm-_id_-sgn", "__sig_pre__", "__sig_post__"))  # and in these
_SIGNING = ("signature", "pre:signature")  # marks
_SIGNED = ("data-signatureblock", "data-signature", "data-signature-widget")  # attributes


def to_text(html: str, links: bool = False, *, signatures: bool = False, whole: bool = False) -> str:  # noqa: FBT001, FBT002 (the contract of this room's other callers)
    """The text of an HTML mail, lines ending LF, at most one blank line in a row, no blank at either end.

    With `links` the target stands after the words of a link, `words <https://...>`, as some mail programs
    convert; quotations are marked with `> ` where a container bounds them. With `signatures` the mark `--` stands
    above what a mail program's signature container holds. `whole`: up to WHOLE_CAP.
    """
    return _page(html, links=links, signatures=signatures, whole=whole).text()


def shown(html: str, *, whole: bool = False) -> tuple[str, Sight]:
    """The same text, and which of its lines the HTML alone does not settle."""
    page = _page(html, whole=whole)
    return page.text(), page.sight()


def without_pictures(html: str) -> str:
    """The HTML without what is written into it as data."""
    return _DATA_URI.sub('""', html)


def _page(html: str, *, links: bool = False, signatures: bool = False, whole: bool = False) -> _Page:
    cap, output_cap = (WHOLE_CAP, WHOLE_CAP) if whole else (CAP, OUTPUT_CAP)
    html = without_pictures(html)[:cap]
    page = _Page(_sheet(html), links=links, signatures=signatures)
    for kind, data, attributes in tokens.tokens(html):
        if kind == tokens.TEXT:
            page.words(data)
        elif kind == tokens.START:
            page.open(data, attributes)
        elif kind == tokens.END:
            page.close(data)
        elif kind == tokens.ODD:
            page.odd = True
        if page.written > output_cap:
            break
    page.end()
    return page


def _sheet(html: str) -> Sheet | None:
    """The rules of the style elements; they hold for what stands above them too."""
    if "<style" not in html and "<style" not in html.lower():
        return None
    found = [(data, attributes) for kind, data, attributes in tokens.tokens(html) if kind == tokens.CSS]
    sheet = Sheet([(css, tokens.values_of(attributes).get("media", "")) for css, attributes in found])
    return sheet if sheet or sheet.clever else None


_NOBODY = Named("", "", frozenset())


def _named(name: str, values: Mapping[str, str]) -> Named:
    return Named(name, values.get("id", "").lower(), frozenset(values.get("class", "").lower().split()))


def _is_signature(values: Mapping[str, str]) -> bool:
    """Whether a mail program keeps a signature in an element of these attributes."""
    given = (*values.get("class", "").split(), *(values.get(name, "") for name in ("id", "name", "data-marker")))
    names = [container.bare(name).lower() for name in given if name]
    told = any(_SIGNATURE in name or name in _SIGNATURES or name.startswith("bloop_sign") for name in names)
    return told or any(key in values for key in _SIGNED)


class _Page:
    """The lines written so far, and the open elements that say how the next words are written."""

    def __init__(self, sheet: Sheet | None, *, links: bool, signatures: bool) -> None:
        self._links = links
        self._signatures = signatures
        self._looks = Looks(sheet)
        self._nesting = Nesting()
        self._look = self._looks.page  # of the next words
        self._lines: list[str] = []
        self._line: list[str] = []
        self._contained: set[int] = set()  # lines that nothing but a container marks
        self._beside: set[int] = set()  # lines that nothing but our own line marks
        self._signed: set[int] = set()  # lines of signatures
        self._signed_from: int | None = None  # first line of the signature in hand
        self._verdicts: dict[int, Verdict] = {}  # of lines, where they are not surely seen
        self._verdict = Verdict.SEEN  # of the line in hand
        self._unjudged: int | None = None  # first line of the outermost container, whose introduction is still to come
        self._introduction = 0  # first line of what holds an introduction
        self._elements: dict[
            tuple[Look, str, str], Open
        ] = {}  # that were opened before, by the look around and the tag
        self._marks: Counter[str] = Counter()
        self._wordy = False  # whether the line in hand holds more than blanks
        self._bullet = False  # it holds the sign of a list's entry and no more
        self._gap = False
        self._first = True  # the line in hand is the first of its block
        self._depth = 0  # of the quotation that the last line stood in
        self.odd = False  # a browser may read this HTML otherwise
        self.written = 0
        self._hides = sheet is not None and sheet.speaks  # words were passed over

    def words(self, text: str) -> None:
        if self._marks["hidden"] or self._marks["shut"] + self._marks["opened"] > self._marks["summary"]:
            self._hides = self._hides or not text.isspace()
            return
        if self._nesting.again and not text.isspace():
            self._open_again()
        if self._look.words != Verdict.SEEN or self._look.indent <= -FAR or self._look.indent >= BIG:
            verdict = self._judged()
            if verdict == Verdict.HIDDEN:
                self._hides = self._hides or not text.isspace()
                return
            if not text.isspace():
                self._verdict = max(self._verdict, verdict)
        text = unescape(_HUGE_REFERENCE.sub("", text))
        if self._marks["pre"]:
            first, *others = text.replace("\r\n", "\n").replace("\xa0", " ").split("\n")
            self._add(first)
            for line in others:
                self._break()
                self._add(line)
            return
        if self._marks["lines"]:
            *above, text = _BREAKS.split(text)
            for line in above:
                self._collapsed(line)
                self._break()
        self._collapsed(text)

    def _collapsed(self, text: str) -> None:
        """Add words whose blanks and line ends are one blank each."""
        text = _SPACES.sub(" ", text)
        if text.startswith(" ") and (not self._line or self._line[-1].endswith(" ")):
            text = text[1:]
        self._add(text)

    def _judged(self) -> Verdict:
        """Whether the next words are seen; an indent moves the first line of a block only."""
        if abs(self._look.indent) < FAR:
            return self._look.words
        moved = Verdict.HIDDEN if self._first and self._look.indent < 0 else Verdict.DOUBTFUL
        return max(self._look.words, moved)

    def _add(self, text: str) -> None:
        if text:
            self._bullet = False
            if self._marks["struck"] and (words := text.strip()):
                text = text.replace(words, f"{_STRUCK}{words}{_STRUCK}", 1)
            self._line.append(text)
            self._wordy = self._wordy or not text.isspace()
            self.written += len(text)

    def open(self, name: str, attributes: str) -> None:
        top = self._nesting.open[-1].tag if self._nesting.open else ""
        if name in _CLOSED_BY_BLOCK.get(top, ()):
            self.close(top)
        if self._nesting.again and name not in SPECIAL:
            self._open_again()
        if (name in _LINES or name in _PARAGRAPHS) and not (self._bullet and name in _IN_AN_ENTRY):
            self._block(paragraph=name in _PARAGRAPHS)
        shown = not self._marks["hidden"] and self._look.words != Verdict.HIDDEN
        if name == "br" and not self._marks["hidden"]:
            self._break()
            self._first = False
        elif name == "li" and shown:
            self._add("- ")
            self._bullet = True
        elif name in ("td", "th") and self._wordy:
            self._add("  ")
        elif name == "img" and not self._hides:
            self._hides = any(map(str.isalpha, tokens.values_of(attributes).get("alt", "")))
        if name not in _VOID:
            self._push(name, attributes)

    def _push(self, name: str, attributes: str) -> None:
        element = self._element(name, attributes)
        mark, look = element.mark, element.look
        if attributes.endswith("/") and mark != "hidden" and look.words == self._look.words:
            return  # `<o:p/>`: a browser leaves it open, which shows nowhere
        if name == "summary" and self._nesting.open and self._nesting.open[-1].mark == "shut":
            self._change_mark(len(self._nesting.open) - 1, "opened")  # only its first summary is shown
            element, mark = element._replace(mark="summary"), "summary"
        if not self._nesting.push(element):
            return
        if mark in container.BOUNDS or mark in _SIGNING:
            self._block(paragraph=False)
        if mark in _SIGNING:
            self._sign()
        if mark in container.TYPED_ABOVE and not self._quoting():
            self._unjudged = len(self._lines)
        elif mark in (container.QUOTE, container.ATTRIBUTION):
            self._give_back(introduced=True)
        elif mark == container.INTRODUCTION:
            self._introduction = len(self._lines)
        self._look = look
        self._marks[mark.partition(":")[0]] += 1

    def _element(self, name: str, attributes: str) -> Open:
        """What a start tag opens here; where the mail has no rules, the same each time within the same look."""
        key = (self._look, name, attributes)
        found = self._elements.get(key)
        if found is None:
            found = self._new_element(name, attributes)
            if not self._looks.has_rules and name not in _TOPMOST:
                self._elements[key] = found
        return found

    def _new_element(self, name: str, attributes: str) -> Open:
        values = tokens.values_of(attributes) if attributes else {}
        if name in _TOPMOST and values and (self._lines or self._wordy or self._nesting.has(name)):
            late = self._looks.look(self._looks.root, name, values, (), _named(name, values))
            self.odd = self.odd or not changes_nothing(late)  # what it says of itself holds for all that came before
        named, look = _NOBODY, self._look
        around = self._looks.root if name in _TOPMOST and not self._nesting.open else look
        if values or name in _LOOKS or self._looks.has_rules:
            named = _named(name, values) if self._looks.has_rules else _NOBODY
            look = self._looks.look(around, name, values, self._nesting.open, named)
        return Open(name, self._mark(name, values, look), look, named, attributes)

    def _mark(self, name: str, values: Mapping[str, str], look: Look) -> str:
        if name in _HIDDEN_TAGS or look.box == Verdict.HIDDEN:
            return "hidden"
        fixed = "" if name == "details" and "open" in values else _MARKS.get(name, "")
        if fixed and not (fixed == "pre" and values):
            return fixed
        if kind := container.kind_of(name, values, barred=look.barred and look is not self._look):
            return kind
        if _is_signature(values):
            return _SIGNING[1] if fixed else _SIGNING[0]
        if name == "a" and self._links:
            return "link:" + values.get("href", "")[:2000]
        kept = "lines" if "white-space" in (style := values.get("style", "")) and _KEEPS_LINES.search(style) else ""
        return fixed or kept or ("struck" if look.struck and look is not self._look else "")

    def _open_again(self) -> None:
        waiting, self._nesting.again = self._nesting.again, []
        for name, attributes in waiting:
            self._push(name, attributes)

    def _sign(self) -> None:
        """Begin a signature: with the mark, or with a note of where it begins, if nothing is quoted there."""
        if self._signatures:
            self._add("--")
            self._break()
        elif self._signed_from is None and not self._quoting():
            self._signed_from = len(self._lines)

    def close(self, name: str) -> None:
        """End the innermost such element and whatever is open inside it; an end tag without a start is nothing."""
        if name == "br":  # </br> is read as <br> (WHATWG HTML §13.2.6.4.7)
            self._break()
        if name in ("html", "body"):  # what follows is the body's all the same (§13.2.6.4.19)
            return
        place = self._nesting.reaches(name)
        if place is None:
            return
        if name in FORMATTING and self._nesting.holds_a_block(place):
            element = self._nesting.end_alone(place)
            self._end(element.tag, element.mark)
            return
        while len(self._nesting.open) > place:
            element = self._nesting.pop(by=name)
            self._end(element.tag, element.mark)
            self._look = self._nesting.open[-1].look if self._nesting.open else self._looks.page

    def _end(self, tag: str, mark: str) -> None:
        if mark.startswith("link:") and not self._marks["hidden"]:
            self._target(mark.removeprefix("link:").strip())
        if tag in _LINES or tag in _PARAGRAPHS or mark in container.BOUNDS or mark in _SIGNING:
            self._block(paragraph=tag in _PARAGRAPHS)
        self._marks[mark.partition(":")[0]] -= 1
        if mark in _SIGNING and self._signed_from is not None:  # one within another ends both
            self._signed.update(range(self._signed_from, len(self._lines)))
            self._signed_from = None
        if mark == container.QUOTE:
            self._lift()
        elif mark == container.INTRODUCTION and not self._quoting():
            self._mark_attribution()
        elif mark in container.TYPED_ABOVE and not self._quoting():
            self._give_back(introduced=False)
        if mark == container.HEAD:
            self._quote_the_rest()

    def _quote_the_rest(self) -> None:
        """What follows the fields of a header, to the end of what holds them, is the mail that they are of."""
        place = len(self._nesting.open) - 1
        if place < 0:
            self._marks[container.CONTAINER] += 1
        elif not self._nesting.open[place].mark:
            self._change_mark(place, container.CONTAINER)

    def _quoting(self) -> int:
        """How many quotations the next words stand in."""
        return sum(self._marks[mark] for mark in container.QUOTING)

    def _change_mark(self, place: int, mark: str) -> None:
        element = self._nesting.open[place]
        self._nesting.open[place] = element._replace(mark=mark)
        self._marks[element.mark] -= 1
        self._marks[mark] += 1

    def _lift(self) -> None:
        """After a blockquote its container quotes no more."""
        opened = self._nesting.open
        for place in range(len(opened) - 1, max(-1, len(opened) - 8), -1):
            mark = opened[place].mark
            if mark == container.QUOTE:
                return
            if mark in container.QUOTING:
                self._change_mark(place, "")
                return

    def _give_back(self, *, introduced: bool) -> None:
        """Take the marks from what was typed at the top of the outermost container, once its introduction came."""
        begin, self._unjudged = self._unjudged, None
        if begin is None:
            return
        lines = [container.unmarked(line) for line in self._lines[begin:]]
        typed = container.typed_above(lines, introduced=introduced)
        self._lines[begin : begin + typed] = lines[:typed]
        self._contained.difference_update(range(begin, begin + typed))

    def _mark_attribution(self) -> None:
        """Mark the last line of an introduction where it is an attribution: above it stands what was typed."""
        last = next((n for n in range(len(self._lines) - 1, self._introduction - 1, -1) if self._lines[n]), None)
        if last is not None and container.attributes(self._lines[last]):
            self._lines[last] = f"> {self._lines[last]}"
            self._contained.add(last)  # Roundcube's caret may stand before it, on its line
            self._depth = 1

    def _target(self, target: str) -> None:
        shown = self._line[-1].strip() if self._line else ""
        bare = target.removeprefix("mailto:")
        if bare and not bare.startswith("#") and not shown.endswith(bare):
            self._add(f" <{_SPACES.sub('', target)}>" if shown else f"<{_SPACES.sub('', target)}>")

    def _block(self, *, paragraph: bool) -> None:
        if self._marks["hidden"]:
            return
        if self._wordy:
            self._break()
        self._line.clear()
        self._first = True
        self._gap = self._gap or paragraph

    def _break(self) -> None:
        if self._marks["hidden"]:
            return
        line = "".join(self._line).rstrip(" \t") if self._wordy else ""
        depth = min(self._quoting(), _MAX_QUOTE_DEPTH)
        begin = len(self._lines)
        if self._wordy and self._gap:
            self._write("> " * min(depth, self._depth))
        if depth and not (self._marks[container.QUOTE] or self._marks[container.OURS]):
            self._contained.add(len(self._lines))
        if depth and depth == self._marks[container.OURS]:
            self._beside.update(range(begin, len(self._lines) + 1))
        if self._verdict != Verdict.SEEN:
            self._verdicts[len(self._lines)] = self._verdict
            self._verdict = Verdict.SEEN
        self._write("> " * depth + line)
        self._gap = self._gap and not self._wordy
        self._depth = depth
        self._line.clear()
        self._wordy = self._bullet = False

    def _write(self, line: str) -> None:
        line = line.rstrip(" ")
        if line.strip("> ") or not (self._lines and not self._lines[-1].strip("> ")):
            self._lines.append(line)
            self.written += len(line) + 1

    def end(self) -> None:
        """End the last line, and whatever is open."""
        self._marks["hidden"] = 0
        self._block(paragraph=False)
        self.odd = self.odd or self._nesting.odd or self._looks.clever
        while self._nesting.open:
            element = self._nesting.pop(by="html")
            self._end(element.tag, element.mark)

    def text(self) -> str:
        """All that was written."""
        return "\n".join(self._lines).strip("\n")

    def sight(self) -> Sight:
        """What is not settled of its lines."""
        above = next((n for n, line in enumerate(self._lines) if line), 0)
        written = range(above, len(self._lines))
        verdicts = dict.fromkeys(written, Verdict.DOUBTFUL) | self._verdicts if self.odd else self._verdicts
        return Sight(
            contained=tuple(n - above for n in sorted(self._contained) if n in written),
            beside=tuple(n - above for n in sorted(self._beside) if n in written),
            signed=tuple(n - above for n in sorted(self._signed) if n in written and self._lines[n]),
            doubtful=tuple(n - above for n, verdict in sorted(verdicts.items()) if verdict == Verdict.DOUBTFUL),
            hides=self._hides and not any(self._lines),
            unseen=tuple(n - above for n, verdict in sorted(verdicts.items()) if verdict == Verdict.UNSEEN),
        )
