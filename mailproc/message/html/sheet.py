"""Which rules of a mail's `<style>` elements an element falls under, and how sure that is.

Selectors of elements, classes and ids are read, in lists, as descendants and children. A rule that needs more
(attributes, brothers, most pseudo-classes, a query of the medium, `@supports`) is matched by what is read of it, and is
not sure. Time is bounded: what stands beyond CAP characters, RULES rules or STEPS comparisons makes the whole mail
doubtful (`clever`). It never fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import tinycss2

from mailproc.message.html import beside
from mailproc.message.html.css import Declared, Style, Verdict, of_declarations

CAP = 65_536  # characters of style elements that are read
RULES = 3000
STEPS = 50_000
_MOST_COMPOUNDS = 8
_MOST_OF_ONE = 64  # rules that one element falls under
_IGNORED_AT = frozenset(("font-face", "page", "list", "namespace", "charset", "keyframes", "counter-style", "property"))
_IGNORED_AT |= {"-webkit-keyframes", "-moz-keyframes", "-ms-viewport", "viewport", "font-feature-values"}
_BESIDE = frozenset(("before", "after", "marker"))  # boxes at an element, in which a browser may write words
_OTHER_BOXES = frozenset(("selection", "placeholder", "backdrop", "file-selector-button"))
_PASSING = frozenset(("hover", "active", "focus", "visited", "focus-within", "focus-visible", "target"))
_SEEN_ON = frozenset(("", "all", "screen", "only screen"))
_NOT_SEEN_ON = frozenset(("print", "only print", "speech", "aural", "braille", "embossed", "tty", "handheld"))


class Named(NamedTuple):
    """What a selector may ask of an element; names in lower case, as mails without a doctype are read."""

    tag: str
    name: str  # its id
    classes: frozenset[str]


class HasName(Protocol):
    """An open element."""

    @property
    def named(self) -> Named:
        """What a selector may ask of it."""


class Compound(NamedTuple):
    """What a selector asks of one element."""

    tag: str  # "" for any
    names: frozenset[str]  # ids
    classes: frozenset[str]
    child: bool  # the element on its left is its parent, not any ancestor

    def fits(self, element: Named) -> bool:
        """Whether the element is one of these."""
        if self.tag and self.tag != element.tag:
            return False
        return self.classes <= element.classes and (not self.names or self.names == {element.name})


class Selector(NamedTuple):
    """One selector of a rule."""

    compounds: tuple[Compound, ...]  # the element itself stands last
    weight: tuple[int, int, int]  # specificity (Selectors 4 §17): ids, classes, elements
    sure: bool
    beside: bool  # what it declares is of a box at the element


@dataclass(frozen=True, slots=True)
class Rule:
    """A selector with what it declares."""

    selector: Selector
    order: int
    style: Declared

    @property
    def sure(self) -> bool:
        """Whether it holds for everything that it fits."""
        return self.selector.sure


class Sheet:
    """The rules of a mail."""

    def __init__(self, css: Sequence[tuple[str, str]]) -> None:
        """`css` holds text and `media` attribute of each style element."""
        self.clever = sum(len(text) for text, _ in css) > CAP  # nothing is judged then, so nothing is read
        self._rules: dict[str, list[Rule]] = {}
        self._size = 0
        self._left = STEPS
        self.speaks = False  # words of its own are shown
        for text, media in () if self.clever else css:
            seen_on = _seen_on(media)
            if seen_on is not None:
                nodes = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
                self._read(nodes, sure=seen_on)

    def _read(self, nodes: Sequence[Any], *, sure: bool) -> None:
        waiting = [(nodes, sure)]
        while waiting:
            nodes, sure = waiting.pop()
            for node in nodes:
                if node.type == "qualified-rule":
                    self._add(node, sure=sure)
                elif node.type == "at-rule" and (inner := self._within(node, sure=sure)):
                    waiting.append(inner)
                elif node.type == "error":
                    self.clever = True

    def _within(self, node: Any, *, sure: bool) -> tuple[Sequence[Any], bool] | None:  # noqa: ANN401 (tinycss2 has no types)
        name = node.lower_at_keyword
        if name in _IGNORED_AT:
            return None
        if name == "import":
            self.clever = self.clever or "data:" in tinycss2.serialize(node.prelude[:4]).lower()
            return None
        if node.content is None:
            self.clever = self.clever or name != "layer"
            return None
        if name == "media":
            seen_on = _seen_on(tinycss2.serialize(node.prelude[:200]))
            if seen_on is None:
                return None
            sure = sure and seen_on
        else:
            sure = False
        return tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True), sure

    def _add(self, node: Any, *, sure: bool) -> None:  # noqa: ANN401 (tinycss2 has no types)
        nodes = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
        style, said = of_declarations(nodes), _said(nodes)
        if not style.plain and not style.important:
            return
        for selector in _selectors(node.prelude):
            if selector.beside and not said:
                continue
            self.speaks = self.speaks or selector.beside
            if self._size >= RULES or len(selector.compounds) > _MOST_COMPOUNDS:
                self.clever = True
                return
            self._size += 1
            rule = Rule(selector._replace(sure=selector.sure and sure), self._size, _SAID if selector.beside else style)
            last = selector.compounds[-1]
            key = f"#{min(last.names)}" if last.names else f".{min(last.classes)}" if last.classes else last.tag
            self._rules.setdefault(key, []).append(rule)

    def __bool__(self) -> bool:
        """Whether any rule bears on what is seen."""
        return bool(self._rules)

    def rules_of(self, element: Named, above: Sequence[HasName]) -> list[Rule]:
        """The rules that the element falls under, those that weigh more last; `above` are its ancestors, root first."""
        found = [rule for rule in self._candidates(element) if self._falls(rule.selector.compounds, element, above)]
        if len(found) > _MOST_OF_ONE:
            self.clever = True
            return []
        return sorted(found, key=lambda rule: (rule.selector.weight, rule.order))

    def _candidates(self, element: Named) -> Iterator[Rule]:
        for key in ("", element.tag, f"#{element.name}", *(f".{name}" for name in element.classes)):
            for rule in self._rules.get(key, ()):
                self._left -= 1
                if self._left < 0:
                    self.clever = True
                    return
                yield rule

    def _falls(self, compounds: tuple[Compound, ...], element: Named, above: Sequence[HasName]) -> bool:
        """Whether the element is the last of the compounds, and its ancestors are the others, in their order."""
        if not compounds[-1].fits(element):
            return False
        at, close = len(above), compounds[-1].child
        for compound in reversed(compounds[:-1]):
            at -= 1
            while at >= 0 and not compound.fits(above[at].named) and not close:
                self._left -= 1
                at -= 1
            if at < 0 or not compound.fits(above[at].named):
                return False
            close = compound.child
        return True


_SAID = Declared(Style(), Style(verdicts={"content": Verdict.DOUBTFUL}))


def _said(nodes: Sequence[Any]) -> bool:
    """Whether these declarations have a browser write words."""
    return any(
        node.type == "declaration" and node.lower_name == "content" and beside.speaks(node.value) for node in nodes
    )


def _seen_on(media: str) -> bool | None:
    """Whether a list of media is a screen's: True surely, False perhaps, None not."""
    asked = [" ".join(each.lower().split()) for each in media.split(",")]
    if any(each in _SEEN_ON for each in asked):
        return True
    return None if all(each.split(" and ")[0] in _NOT_SEEN_ON for each in asked) else False


def _selectors(prelude: Sequence[Any]) -> Iterator[Selector]:
    """The selectors of a list; none for what asks for a box that is no element, or for a moment's state."""
    one: list[Any] = []
    for piece in [*prelude, None]:
        if piece is None or piece == ",":
            found = _selector(one)
            if found is not None:
                yield found
            one = []
        elif piece.type != "comment":
            one.append(piece)


class _Reader:
    """One selector, piece by piece."""

    def __init__(self) -> None:
        self.compounds: list[Compound] = []
        self.sure = True
        self.dropped = self.beside = False
        self._tag, self._names, self._classes = "", set[str](), set[str]()
        self._any = self._child = self._gap = False

    def end(self) -> None:
        """End the compound in hand."""
        if self._any:
            self.compounds.append(Compound(self._tag, frozenset(self._names), frozenset(self._classes), self._child))
        self._tag, self._names, self._classes = "", set(), set()
        self._any = self._child = False

    def read(self, pieces: list[Any]) -> None:
        """Read all pieces."""
        at = 0
        while at < len(pieces):
            at += self._token(pieces[at], pieces[at + 1] if at + 1 < len(pieces) else None, at, pieces)
        self.end()

    def _token(self, piece: Any, after: Any, at: int, pieces: list[Any]) -> int:  # noqa: ANN401 (tinycss2 has no types)
        if piece.type == "whitespace":
            if self._any:
                self._gap = True
            return 1
        if piece == ">":
            self.end()
            self._child, self._gap = True, False
            return 1
        if piece in ("+", "~"):  # the brother on the left is not looked for
            self._any, self._gap = False, False
            self.end()
            self.sure = False
            return 1
        if self._gap:
            self.end()
            self._gap = False
        self._any = True
        return self._simple(piece, after, at, pieces)

    def _simple(self, piece: Any, after: Any, at: int, pieces: list[Any]) -> int:  # noqa: ANN401 (tinycss2 has no types)
        if piece.type == "ident":
            self._tag = piece.lower_value
        elif piece.type == "hash":
            self._names.add(piece.value.lower())
        elif piece == "." and after is not None and after.type == "ident":
            self._classes.add(after.lower_value)
            return 2
        elif piece == ":":
            double = after is not None and after == ":"
            at += 2 if double else 1
            self._pseudo(pieces[at] if at < len(pieces) else None)
            return 3 if double else 2
        elif piece != "*":
            self.sure = False
        return 1

    def _pseudo(self, piece: Any) -> None:  # noqa: ANN401 (tinycss2 has no types)
        name = piece.lower_value if piece is not None and piece.type == "ident" else ""
        if name in _OTHER_BOXES or name in _PASSING or name.startswith("-webkit-scrollbar"):
            self.dropped = True
        elif name in _BESIDE:
            self.beside = True
        elif name == "root":
            self._tag = "html"
        elif name not in ("link", "any-link"):
            self.sure = False


def _selector(pieces: list[Any]) -> Selector | None:
    reader = _Reader()
    reader.read(pieces)
    if reader.dropped:
        return None
    compounds = tuple(reader.compounds) or (Compound("", frozenset(), frozenset(), child=False),)
    ties = {each.child for each in compounds[1:]}
    if len(ties) > 1:  # parents among ancestors would have to be looked for again and again
        compounds = tuple(each._replace(child=False) for each in compounds)
    weight = (
        sum(len(each.names) for each in compounds),
        sum(len(each.classes) for each in compounds),
        sum(bool(each.tag) for each in compounds),
    )
    sure = reader.sure and bool(reader.compounds) and len(ties) < 2  # noqa: PLR2004 - both sorts
    return Selector(compounds, weight, sure, reader.beside)
