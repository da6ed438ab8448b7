"""Which elements are open? What an end tag closes, what stays open, what a browser opens again.

Only as much of the tree builder (WHATWG HTML §13.2.6) as bears on what is hidden: an end tag reaches no further than
the cell or object that it stands in, one of a mere run of words no further than the block; a font that its block's end
closed goes on below.
Each step costs what it closes. It never fails.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import NamedTuple

from mailproc.message.html.css import Verdict
from mailproc.message.html.sheet import Named
from mailproc.message.html.sight import Look

MAX_DEPTH = 512  # elements within elements; those further in are as if they were not there, their words are
_MOST_AGAIN = 16
_FORMATTING = "a b big code em font i nobr s small strike strong tt u"
_BOUND = "applet caption table td th marquee object template"
_TABLE = "table tbody thead tfoot tr td th caption colgroup"
_BLOCK = "address article aside blockquote button center dd details dialog dir div dl dt fieldset figcaption figure "
_BLOCK += "footer form h1 h2 h3 h4 h5 h6 head header hgroup iframe li listing main menu nav noembed noframes noscript "
_BLOCK += "ol p pre script search section select style summary textarea title ul xmp"
FORMATTING, TABLE = frozenset(_FORMATTING.split()), frozenset(_TABLE.split())
_BOUNDS = frozenset(_BOUND.split())
SPECIAL = frozenset(_BLOCK.split()) | _BOUNDS | TABLE


class Open(NamedTuple):
    """An open element."""

    tag: str  # "" of a run of words that was ended while a block within it stays open
    mark: str  # what it is to the text: a quotation, a container, hidden, pre, link:URL ...
    look: Look
    named: Named
    attributes: str


class Nesting:
    """The open elements, outermost first."""

    def __init__(self) -> None:
        """Nothing is open."""
        self.open: list[Open] = []
        self.again: list[tuple[str, str]] = []  # (tag, attributes) of what goes on with the next words
        self.odd = False  # a browser's tree may be another
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        self._specials: list[int] = []
        self._bounds: list[int] = []
        self._too_deep: Counter[str] = Counter()  # elements that were not opened, by tag

    def push(self, element: Open) -> bool:
        """Open an element; False where that would be too deep."""
        if len(self.open) >= MAX_DEPTH:
            self._too_deep[element.tag] += 1
            self.odd = self.odd or bool(element.attributes)
            return False
        place, tag = len(self.open), element.tag
        if tag in SPECIAL:
            self._specials.append(place)
            if tag in _BOUNDS:
                self._bounds.append(place)
        self._places[tag].append(place)
        self.open.append(element)
        return True

    def has(self, name: str) -> bool:
        """Whether such an element is open."""
        return bool(self._places[name])

    def reaches(self, name: str) -> int | None:
        """The place of the innermost open element that an end tag of this name closes; None if it closes none."""
        if self._too_deep[name]:
            self._too_deep[name] -= 1
            return None
        places = self._places[name]
        if not places:
            if name in FORMATTING:
                self._forget(name)
            return None
        if name in TABLE:
            limits = self._places["table"]
        else:
            limits = self._bounds if name in SPECIAL or name in FORMATTING else self._specials
        return places[-1] if not limits or limits[-1] <= places[-1] else None

    def _forget(self, name: str) -> None:
        """A run of words that waits to be opened again has ended."""
        for n in range(len(self.again) - 1, -1, -1):
            if self.again[n][0] == name:
                del self.again[n]
                return

    def holds_a_block(self, place: int) -> bool:
        """Whether a block is open within the element at this place."""
        return bool(self._specials) and self._specials[-1] > place

    def end_alone(self, place: int) -> Open:
        """End a run of words, not the blocks within it, which keep their look."""
        element = self.open[place]
        self._places[element.tag].pop()
        self.open[place] = element._replace(tag="", mark="")
        self.odd = self.odd or element.look.words != Verdict.SEEN
        return element

    def pop(self, *, by: str) -> Open:
        """End the innermost element, for the end of the element `by`."""
        element, place = self.open.pop(), len(self.open)
        if element.tag:
            self._places[element.tag].pop()
        if self._specials and self._specials[-1] == place:
            self._specials.pop()
            if self._bounds and self._bounds[-1] == place:
                self._bounds.pop()
        if element.tag in FORMATTING and element.tag != by and by not in TABLE:
            self._go_on(element)
        return element

    def _go_on(self, element: Open) -> None:
        """Keep a run of words that its block ended, if what it says of its words matters."""
        if element.look.words != (self.open[-1].look.words if self.open else Verdict.SEEN):
            self.again.append((element.tag, element.attributes))
            if len(self.again) > _MOST_AGAIN:
                self.odd, self.again = True, []
