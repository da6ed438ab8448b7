"""What a style declares that bears on whether words are seen: CSS declarations as plain values.

The syntax is read by tinycss2 (comments, escapes, `!important`, what is broken), the colours too. Each property of the
tables below becomes a keyword, a length, a colour, a number or a judgement; a value that is not understood there is
DOUBTFUL, any other property is nothing. What comes of the values is `sight`'s to say. Linear; it never fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

import tinycss2
from tinycss2 import color4

from mailproc.message.html import beside

LONGEST = 4000  # characters of one `style` attribute that are read
FAR = 500.0  # px beyond the edge at which nobody looks
BIG = 2000.0  # px from the edge at which somebody would have to scroll
ROOT = 16.0  # px, the size of letters where nobody says another


class Verdict(IntEnum):
    """How sure it is that somebody sees words."""

    SEEN = 0
    DOUBTFUL = 1  # nobody can tell from the HTML alone
    UNSEEN = 2  # but by readers whose program is unlike most: its page is dark, or it draws no tiny letters
    HIDDEN = 3


class Length(NamedTuple):
    """A length."""

    value: float
    unit: str  # px, em (of the letters' size), % or auto


class Colour(NamedTuple):
    """Red, green and blue, 0 to 255, and how much of it there is, 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float


AUTO = Length(0, "auto")
INHERIT = Colour(-1, -1, -1, -1)  # the parent's, whatever it is
BLACK, WHITE, CLEAR = Colour(0, 0, 0, 1), Colour(255, 255, 255, 1), Colour(0, 0, 0, 0)


@dataclass(slots=True)
class Style:
    """What some declarations say, by property; a later one stands in place of an earlier."""

    words: dict[str, str] = field(default_factory=dict)
    lengths: dict[str, Length] = field(default_factory=dict)
    colours: dict[str, Colour] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)  # of a value that was not understood, DOUBTFUL

    def add(self, other: Style) -> None:
        """Declare on top what the other declares."""
        for mine, theirs in self._tables(other):
            for name in theirs:
                self.verdicts.pop(name, None)
            mine.update(theirs)
        self.verdicts.update(other.verdicts)

    def _tables(self, other: Style) -> Iterable[tuple[dict[str, Any], dict[str, Any]]]:
        yield self.words, other.words
        yield self.lengths, other.lengths
        yield self.colours, other.colours
        yield self.numbers, other.numbers

    def __bool__(self) -> bool:
        """Whether anything is declared."""
        return bool(self.words or self.lengths or self.colours or self.numbers or self.verdicts)


class Declared(NamedTuple):
    """The declarations of one `style` attribute or of one rule."""

    plain: Style
    important: Style


Tokens = Sequence[Any]  # of tinycss2, which has no types


@lru_cache(maxsize=1024)
def declared(text: str) -> Declared:
    """What a `style` attribute declares; nothing but a doubt where it is longer than LONGEST."""
    found = of_declarations(tinycss2.parse_blocks_contents(text[:LONGEST], skip_comments=True, skip_whitespace=True))
    if len(text) > LONGEST:
        found.important.verdicts["all"] = Verdict.DOUBTFUL
    return found


def of_declarations(nodes: Iterable[Any]) -> Declared:
    """What parsed declarations say; a rule within them is a doubt."""
    found = Declared(Style(), Style())
    for node in nodes:
        if node.type == "declaration":
            _declare(found.important if node.important else found.plain, node.lower_name, _bare(node.value))
        elif node.type in ("qualified-rule", "at-rule"):
            found.important.verdicts["all"] = Verdict.DOUBTFUL
    return found


def _bare(tokens: Tokens) -> list[Any]:
    return [token for token in tokens if token.type not in ("whitespace", "comment")]


def _declare(style: Style, name: str, tokens: Tokens) -> None:
    name = _ALIASES.get(name, name)
    if name in _SHORTHANDS:
        _SHORTHANDS[name](style, tokens)
    elif name in _READERS:
        table, read = _READERS[name]
        value = read(tokens)
        if value is None:
            style.verdicts[name] = Verdict.DOUBTFUL
        else:
            style.verdicts.pop(name, None)
            getattr(style, table)[name] = value


# Values


def word(tokens: Tokens) -> str | None:
    """A lone keyword, in lower case."""
    return tokens[0].lower_value if len(tokens) == 1 and tokens[0].type == "ident" else None


_PX = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6, "rem": ROOT}
_EM = {"em": 1.0, "ex": 0.5, "ch": 0.5, "ic": 1.0, "lh": 1.2, "cap": 0.7}
_NO_LENGTH = frozenset(("auto", "none", "normal", "inherit", "initial", "unset", "revert", "fit-content", "stretch"))
_NO_LENGTH |= {"min-content", "max-content", "-webkit-fill-available", "-moz-available", "-moz-fit-content"}
_SIZES = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": ROOT, "large": 18.0, "x-large": 24.0}
_SIZES |= {"xx-large": 32.0, "xxx-large": 48.0, "initial": ROOT}
_RELATIVE = {"smaller": 5 / 6, "larger": 1.2, "inherit": 1.0, "unset": 1.0, "revert": 1.0}


def length(tokens: Tokens) -> Length | None:
    """A lone length, or a keyword that stands for none."""
    if len(tokens) != 1:
        return None
    return _length(tokens[0])


def _length(token: Any) -> Length | None:  # noqa: ANN401 (tinycss2 has no types)
    if token.type == "number" and (token.value == 0 or token.value is None):
        return Length(0, "px")
    if token.type == "number":  # programs that are older than standards take it for px (CSS Quirks §3.2)
        return Length(token.value, "px")
    if token.type == "percentage":
        return Length(token.value / 100, "%")
    if token.type == "dimension" and token.lower_unit in _PX:
        return Length(token.value * _PX[token.lower_unit], "px")
    if token.type == "dimension" and token.lower_unit in _EM:
        return Length(token.value * _EM[token.lower_unit], "em")
    return AUTO if token.type == "ident" and token.lower_value in _NO_LENGTH else None


def _size(tokens: Tokens) -> Length | None:
    """A size of letters."""
    named = word(tokens)
    if named in _SIZES:
        return Length(_SIZES[named], "px")
    if named in _RELATIVE:
        return Length(_RELATIVE[named], "em")
    found = length(tokens)
    return None if found is None or found.unit == "auto" else found


def _line(tokens: Tokens) -> Length | None:
    """A height of lines; a bare number is of the letters' size."""
    if len(tokens) == 1 and tokens[0].type == "number":
        return Length(tokens[0].value, "em")
    return length(tokens)


_SYSTEM = dict.fromkeys(("windowtext", "canvastext", "buttontext", "fieldtext", "infotext", "menutext"), BLACK)
_SYSTEM |= dict.fromkeys(("window", "canvas", "field", "menu", "infobackground"), WHITE)
_INHERITED = frozenset(("inherit", "unset", "currentcolor", "revert"))


def colour(tokens: Tokens) -> Colour | None:
    """A lone colour."""
    return _colour(tokens[0]) if len(tokens) == 1 else None


def _colour(token: Any) -> Colour | None:  # noqa: ANN401 (tinycss2 has no types)
    if token.type == "ident" and token.lower_value in _INHERITED:
        return INHERIT
    if token.type == "ident" and token.lower_value == "initial":
        return BLACK
    if token.type == "ident" and token.lower_value in _SYSTEM:
        return _SYSTEM[token.lower_value]
    found = color4.parse_color(token)
    if found is None or isinstance(found, str) or found.space not in ("srgb", "hsl", "hwb"):
        return None
    return _of_parts(*found.to("srgb"))


def _of_parts(red: float, green: float, blue: float, alpha: float) -> Colour:
    """A colour of parts from 0 to 1; what is out of range is the nearest in it."""
    red, green, blue = (max(0.0, min(255.0, part * 255)) for part in (red, green, blue))
    return Colour(red, green, blue, alpha)


def colour_named(text: str) -> Colour | None:
    """The colour that a text names, `white` or `#fff`."""
    found = color4.parse_color(text)
    if found is None or isinstance(found, str) or found.space != "srgb":
        return None
    return _of_parts(*found)


def _ground(tokens: Tokens) -> Colour | None:
    """A colour of the background, which is not inherited."""
    return CLEAR if word(tokens) in ("initial", "unset", "revert", "none") else colour(tokens)


def number(tokens: Tokens) -> float | None:
    """A lone number from 0 to 1, or that many hundredths."""
    if len(tokens) != 1 or tokens[0].type not in ("number", "percentage"):
        return 1.0 if word(tokens) in ("initial", "unset", "revert") else None
    value = tokens[0].value / (100 if tokens[0].type == "percentage" else 1)
    return float(max(0.0, min(1.0, value)))


def _one_of(*known: str) -> Callable[[Tokens], str | None]:
    """A reader of keywords that takes those, and the ones that every property takes."""
    all_known = frozenset((*known, "inherit", "initial", "unset", "revert"))

    def read(tokens: Tokens) -> str | None:
        found = word(tokens)
        return found if found in all_known else None

    return read


_DISPLAYS = "none block inline inline-block flex inline-flex grid inline-grid flow-root contents list-item table "
_DISPLAYS += "inline-table table-row table-cell table-row-group table-header-group table-footer-group table-column "
_DISPLAYS += "table-column-group table-caption -webkit-box -webkit-inline-box -moz-box -ms-flexbox -ms-inline-flexbox "
_DISPLAYS += "-webkit-flex -webkit-inline-flex run-in ruby ruby-text"
_OVERFLOWS = ("visible", "hidden", "clip", "scroll", "auto", "overlay")


# Properties that are judged at once


def _alone(*harmless: str) -> Callable[[Tokens], Verdict]:
    """A judge that doubts all but these keywords."""
    known = frozenset((*harmless, "none", "initial", "unset", "revert", "auto", "normal"))

    def judge(tokens: Tokens) -> Verdict:
        return Verdict.SEEN if all(t.type == "ident" and t.lower_value in known for t in tokens) else Verdict.DOUBTFUL

    return judge


def _numbers(tokens: Tokens) -> list[float]:
    """The numbers of a function's arguments; lengths in px, hundredths as parts of 1."""
    found = []
    for token in tokens:
        if token.type == "percentage":
            found.append(token.value / 100)
        elif token.type in ("number", "dimension"):
            found.append(token.value * _PX.get(getattr(token, "lower_unit", ""), 1.0))
    return found


def _transforms(tokens: Tokens) -> Verdict:
    """`scale(0)` and its like hide, moves far away too; small ones and turns are doubted."""
    if word(tokens) in ("none", "initial", "unset", "revert"):
        return Verdict.SEEN
    for token in tokens:
        if token.type != "function":
            return Verdict.DOUBTFUL
        values, name = _numbers(token.arguments), token.lower_name
        if name.startswith("scale") and any(abs(value) < 0.1 for value in values):  # noqa: PLR2004 - a tenth
            return Verdict.HIDDEN
        if name == "matrix" and len(values) >= 4 and abs(values[0] * values[3] - values[1] * values[2]) < 0.01:  # noqa: PLR2004
            return Verdict.HIDDEN
        if name.startswith("translate") and any(value <= -FAR for value in values):
            return Verdict.HIDDEN
    return Verdict.DOUBTFUL


def _scales(tokens: Tokens) -> Verdict:
    values = _numbers(tokens)
    if not values:
        return _alone()(tokens)
    if any(abs(value) < 0.1 for value in values):  # noqa: PLR2004 - a tenth
        return Verdict.HIDDEN
    return Verdict.SEEN if min(values) >= 0.5 else Verdict.DOUBTFUL  # noqa: PLR2004 - half


def _moves(tokens: Tokens) -> Verdict:
    values = _numbers(tokens)
    if not values:
        return _alone()(tokens)
    return Verdict.HIDDEN if any(value <= -FAR for value in values) else Verdict.DOUBTFUL


def _cuts(tokens: Tokens) -> Verdict:
    """`clip-path`: what leaves nothing hides."""
    if word(tokens) in ("none", "initial", "unset", "revert"):
        return Verdict.SEEN
    if len(tokens) == 1 and tokens[0].type == "function":
        values, name = _numbers(tokens[0].arguments), tokens[0].lower_name
        opposite = [*values, *values, *values, *values][:3] if len(values) < 3 else values  # noqa: PLR2004 - a box has 4 sides
        if name == "inset" and values and opposite[0] + opposite[2] >= 1 and tokens[0].arguments:
            return Verdict.HIDDEN if all(a.type != "dimension" for a in tokens[0].arguments) else Verdict.DOUBTFUL
        if name in ("circle", "ellipse") and values and min(values[:2]) == 0:
            return Verdict.HIDDEN
        if name == "polygon" and values and len(set(values)) == 1:
            return Verdict.HIDDEN
    return Verdict.DOUBTFUL


def _filters(tokens: Tokens) -> Verdict:
    if word(tokens) in ("none", "initial", "unset", "revert"):
        return Verdict.SEEN
    for token in tokens:
        if token.type == "function" and token.lower_name == "opacity":
            values = _numbers(token.arguments)
            if values and values[0] < 0.1:  # noqa: PLR2004 - a tenth
                return Verdict.HIDDEN
    return Verdict.DOUBTFUL


def _content(tokens: Tokens) -> Verdict:
    return Verdict.HIDDEN if word(tokens) == "hidden" else _alone("visible")(tokens)


def _mso(tokens: Tokens) -> Verdict:
    return Verdict.HIDDEN if word(tokens) in ("all", "screen") else Verdict.SEEN


def _order(tokens: Tokens) -> Verdict:
    below = len(tokens) == 1 and tokens[0].type == "number" and tokens[0].value >= 0
    return Verdict.SEEN if below else _alone()(tokens)


def _spacing(tokens: Tokens) -> Verdict:
    found = length(tokens)
    if found is None:
        return Verdict.DOUBTFUL
    limits = {"px": -3.0, "em": -0.2, "%": -0.2, "auto": 0.0}
    return Verdict.SEEN if found.value >= limits[found.unit] else Verdict.DOUBTFUL


def _clip(tokens: Tokens) -> Verdict:
    """`clip`, which counts where the position is absolute: `rect(0,0,0,0)` leaves nothing."""
    if word(tokens) is not None:
        return _alone()(tokens)
    if len(tokens) == 1 and tokens[0].type == "function" and tokens[0].lower_name == "rect":
        values = _numbers(tokens[0].arguments)
        if len(values) == 4 and (values[2] - values[0] <= 2 or values[1] - values[3] <= 2):  # noqa: PLR2004 - sides
            return Verdict.HIDDEN
    return Verdict.DOUBTFUL


def _indent(tokens: Tokens) -> Length | None:
    return length([token for token in tokens if token.type != "ident" or token.lower_value in _NO_LENGTH])


_Reader = Callable[[Tokens], Any]
_JUDGES: dict[str, _Reader] = {
    "transform": _transforms,
    "scale": _scales,
    "zoom": _scales,
    "translate": _moves,
    "rotate": _alone(),
    "clip": _clip,
    "clip-path": _cuts,
    "filter": _filters,
    "content-visibility": _content,
    "mso-hide": _mso,
    **dict.fromkeys(("animation", "animation-name"), _alone()),
    "mask": _alone(),
    "mask-image": _alone(),
    "mask-border": _alone(),
    "mix-blend-mode": _alone(),
    "background-clip": _alone("border-box", "padding-box", "content-box"),
    "text-security": _alone(),
    "text-shadow": _alone(),
    "line-clamp": _alone(),
    "unicode-bidi": _alone("embed", "isolate", "plaintext"),
    "flex-direction": _alone("row", "column"),
    "order": _order,
    "z-index": _order,
    "letter-spacing": _spacing,
    "all": lambda _: Verdict.DOUBTFUL,
    "background": _alone(),
    "contain": _alone("layout", "style", "inline-size"),
    "content": _alone(),
    **dict.fromkeys(("quotes", "list-style"), lambda tokens: Verdict(beside.speaks(tokens))),
}
_ALIASES = {f"-webkit-{name}": name for name in _JUDGES} | {f"-moz-{name}": name for name in _JUDGES}
_ALIASES |= {"-ms-transform": "transform", "-o-transform": "transform", "background-image": "background"}
_ALIASES |= {"block-size": "height", "max-block-size": "max-height", "min-block-size": "min-height"}
_ALIASES |= {"inline-size": "width", "max-inline-size": "max-width", "min-inline-size": "min-width"}
_ALIASES |= {"inset-inline-start": "left", "inset-inline-end": "right", "inset-block-start": "top"}
_ALIASES |= {"inset-block-end": "bottom", "margin-inline-start": "margin-left", "margin-block-start": "margin-top"}
_ALIASES |= {"list-style-type": "list-style", "border-inline-start": "border-left", "border-left-style": "border-left"}
_ALIASES |= {"text-decoration-line": "text-decoration", "overflow-block": "overflow-y", "overflow-inline": "overflow-x"}
_READERS: dict[str, tuple[str, _Reader]] = {
    "display": ("words", _one_of(*_DISPLAYS.split())),
    "visibility": ("words", _one_of("visible", "hidden", "collapse")),
    "position": ("words", _one_of("static", "relative", "absolute", "fixed", "sticky", "-webkit-sticky")),
    "float": ("words", _one_of("none", "left", "right", "inline-start", "inline-end")),
    "overflow-x": ("words", _one_of(*_OVERFLOWS)),
    "overflow-y": ("words", _one_of(*_OVERFLOWS)),
    "font-size": ("lengths", _size),
    "line-height": ("lengths", _line),
    "text-indent": ("lengths", _indent),
    "border-left": ("words", beside.line),
    "color": ("colours", colour),
    "-webkit-text-fill-color": ("colours", colour),
    "background-color": ("colours", _ground),
    "opacity": ("numbers", number),
}
_READERS |= {name: ("verdicts", judge) for name, judge in _JUDGES.items()}
SIDES = ("top", "right", "bottom", "left")
BOX = ("height", "max-height", "min-height", "width", "max-width", "min-width")
_READERS |= dict.fromkeys((*SIDES, *BOX, *(f"margin-{side}" for side in SIDES)), ("lengths", length))


def _font(style: Style, tokens: Tokens) -> None:
    """`font`: its size stands before a slash or the family; system fonts are of a usual size."""
    for n, token in enumerate(tokens):
        size = _size([token]) if token.type != "ident" or token.lower_value in (*_SIZES, *_RELATIVE) else None
        if token.type == "number" and token.value:  # a weight
            continue
        if size is not None and word([token]) not in ("initial", "inherit", "unset", "revert"):
            style.lengths["font-size"] = size
            style.verdicts.pop("font-size", None)
            if n + 2 < len(tokens) and tokens[n + 1] == "/":
                _declare(style, "line-height", tokens[n + 2 : n + 3])
            return
    if any(token.type in {"function", "dimension"} for token in tokens):
        style.verdicts["font-size"] = Verdict.DOUBTFUL
    elif len(tokens) == 1:
        style.lengths["font-size"] = Length(1.0, "em") if word(tokens) in _RELATIVE else Length(13.0, "px")


def _background(style: Style, tokens: Tokens) -> None:
    """`background`: its colour, and whether anything else is painted."""
    nothing = word(tokens) in ("none", "initial", "unset", "revert")
    colours = [found for token in tokens if not nothing and (found := _colour(token)) is not None]
    painted = any(token.type in ("url", "error") for token in tokens)
    painted = painted or any(token.type == "function" and _colour(token) is None for token in tokens)
    style.colours["background-color"] = colours[-1] if colours else CLEAR
    style.verdicts.pop("background-color", None)
    style.verdicts["background"] = Verdict.DOUBTFUL if painted else Verdict.SEEN


def _overflow(style: Style, tokens: Tokens) -> None:
    _declare(style, "overflow-x", tokens[:1])
    _declare(style, "overflow-y", tokens[-1:])


def _four(*names: str) -> Callable[[Style, Tokens], None]:
    """A shorthand of four sides (CSS Box 3 §4.2)."""
    place = {1: (0, 0, 0, 0), 2: (0, 1, 0, 1), 3: (0, 1, 2, 1), 4: (0, 1, 2, 3)}

    def declare(style: Style, tokens: Tokens) -> None:
        if len(tokens) not in place:
            style.verdicts[names[0]] = Verdict.DOUBTFUL
            return
        for name, n in zip(names, place[len(tokens)], strict=True):
            _declare(style, name, tokens[n : n + 1])

    return declare


def _decoration(style: Style, tokens: Tokens) -> None:
    struck = any(token.type == "ident" and token.lower_value == "line-through" for token in tokens)
    style.words["text-decoration"] = "line-through" if struck else ""


_SHORTHANDS: dict[str, Callable[[Style, Tokens], None]] = {
    "font": _font,
    "background": _background,
    "overflow": _overflow,
    "margin": _four(*(f"margin-{side}" for side in SIDES)),
    "inset": _four(*SIDES),
    "text-decoration": _decoration,
}
