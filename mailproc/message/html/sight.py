"""Does a reader of the mail see these words? Each element's look, worked out from its styles as a browser does.

A look is inherited: letters of no size are seen again where a child gives them one, `display:none` is never undone,
opacity multiplies, a colour is laid over the background that it stands on. What nobody can judge without a screen
is DOUBTFUL. Looks are kept by what they were made of, so a letter of a thousand like items costs a few. It never fails.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mailproc.message.html import css
from mailproc.message.html.css import AUTO, BIG, FAR, INHERIT, Colour, Length, Style, Verdict
from mailproc.message.html.sheet import HasName, Named, Rule, Sheet

_TINY, _SMALL = 3.0, 5.0  # px: letters below cannot be seen, letters below can hardly be
_FAINT, _PALE = 0.1, 0.3  # opacity, the same
_SAME, _NEAR = 24.0, 56.0  # how far two colours are apart that nobody tells from each other, or hardly
_FLAT, _LOW = 4.0, 9.0  # px of a box in which nothing can be seen, or hardly
_ENOUGH = {"height": 2000.0, "width": 60.0}  # px of a box beyond whose edges nothing is shown: more may be cut off
_STRAY = 100.0  # px that a box may be moved without a doubt
_MOST_UNSURE = 8  # rules of one element that may hold or not
_MOST_STYLES = 65_536  # characters of different `style` attributes that are read

_BLOCK = "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure "
_BLOCK += (
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section summary ul"
)
_BLOCKS = frozenset(_BLOCK.split())
_CELLS = frozenset(("table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "col", "colgroup"))
_INLINE = frozenset(("inline", "contents", "ruby", "inherit", "initial", "unset", "revert"))
_FLEX = frozenset(("flex", "inline-flex", "grid", "inline-grid", "-webkit-flex", "-webkit-box", "-ms-flexbox"))
_ONLY_BOXES = frozenset(
    ("transform", "scale", "rotate", "translate", "content-visibility", "flex-direction", "contain")
)
_LAID_OVER = frozenset(("absolute", "fixed"))
_FONT_SIZES = (10.0, 10.0, 13.0, 16.0, 18.0, 24.0, 32.0, 48.0)  # of <font size>, px
_SMALLER = {"small": 5 / 6, "sub": 5 / 6, "sup": 5 / 6, "big": 1.2}
_LINK = Colour(0, 0, 238, 1)
_MARKER = Colour(255, 255, 0, 1)
_HEX = re.compile(r"#?[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How the words right inside an element look."""

    size: float = css.ROOT
    shrunk: bool = False  # that size is a part of another: some browsers draw no such letters below 6 px
    colour: Colour = css.BLACK
    fill: Colour | None = None  # of the letters, in the place of their colour
    ground: Colour = css.WHITE  # what they stand on
    assumed: bool = True  # nobody said what they stand on
    opacity: float = 1.0
    visible: bool = True
    indent: float = 0.0  # px, of a first line
    line: Length = AUTO  # its height
    murky: bool = False  # something else than a colour is painted behind them
    shadow: bool = False
    flex: bool = False  # the boxes right inside stand side by side
    box: Verdict = Verdict.SEEN  # of the whole element and all in it
    struck: bool = False  # the element strikes out its words
    barred: bool = False  # it has a line on its left, as quotations have
    words: Verdict = Verdict.SEEN  # of the words right inside, all told


_ROOT = Look()
_KNOWN: dict[object, Look] = {}  # of mails without rules, by what they were made of
_MOST_KNOWN = 10_000


class Looks:
    """The looks of one mail's elements."""

    def __init__(self, sheet: Sheet | None) -> None:
        """`sheet` holds the rules of the mail, where it has any."""
        self.clever = sheet is not None and sheet.clever  # nothing in this mail can be judged
        self._sheet = None if self.clever else sheet
        self._known: dict[object, Look] = {} if self._sheet else _KNOWN
        self._styles: set[str] = set()
        self._read = 0
        self.root = self.page = _ROOT  # around the mail; and where neither <html> nor <body> is written
        if self._sheet is not None:
            self.page = self.look(self.root, "html", {}, (), Named("html", "", frozenset()))
            self.page = self.look(self.page, "body", {}, (), Named("body", "", frozenset()))
        if len(_KNOWN) > _MOST_KNOWN:
            _KNOWN.clear()

    @property
    def has_rules(self) -> bool:
        """Whether the mail has rules, so that every element's name matters."""
        return self._sheet is not None and not self.clever

    def look(self, parent: Look, tag: str, values: Mapping[str, str], above: Sequence[HasName], named: Named) -> Look:
        """The look of an element with these attributes; `above` are its ancestors where the mail has rules."""
        rules: list[Rule] = []
        if self._sheet is not None and not self.clever:
            rules = self._sheet.rules_of(named, above)
            self.clever = self._sheet.clever
        given = tuple(values.get(name) for name in _GIVEN)
        key = (parent, tag, given, tuple(rule.order for rule in rules))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._made(parent, tag, values, rules)
        return found

    def _made(self, parent: Look, tag: str, values: Mapping[str, str], rules: Sequence[Rule]) -> Look:
        written = self._declared(values.get("style", ""))
        sure = [rule.style for rule in rules if rule.sure]
        style = _cascade(tag, values, sure, written)
        look = made(parent, tag, style)
        unsure = [rule for rule in rules if not rule.sure]
        for rule in unsure[:_MOST_UNSURE]:
            other = _cascade(tag, values, [each.style for each in rules if each.sure or each is rule], written)
            then = made(parent, tag, other)
            if (then.box, then.words) != (look.box, look.words):
                look = _doubted(look)
        return _doubted(look) if len(unsure) > _MOST_UNSURE else look

    def _declared(self, text: str) -> css.Declared:
        if text and text not in self._styles:
            self._read += min(len(text), css.LONGEST)
            if self._read > _MOST_STYLES:
                self.clever = True
                text = ""
            self._styles.add(text)
        return css.declared(text)


_GIVEN = ("style", "hidden", "popover", "bgcolor", "color", "text", "size", "background", "open", "href")


def _doubted(look: Look) -> Look:
    return replace(look, box=max(look.box, Verdict.DOUBTFUL), words=max(look.words, Verdict.DOUBTFUL))


def _cascade(tag: str, values: Mapping[str, str], rules: Sequence[css.Declared], written: css.Declared) -> Style:
    """All that is declared of an element, what weighs most on top (CSS Cascade 4 §6)."""
    style = _by_itself(tag, values)
    for each in rules:
        style.add(each.plain)
    style.add(written.plain)
    for each in rules:
        style.add(each.important)
    style.add(written.important)
    return style


def _by_itself(tag: str, values: Mapping[str, str]) -> Style:
    """What browsers and old attributes say of an element (WHATWG HTML §15)."""
    style = Style()
    if "hidden" in values or "popover" in values or (tag == "dialog" and "open" not in values):
        style.words["display"] = "none"
    if tag in _SMALLER:
        style.lengths["font-size"] = Length(_SMALLER[tag], "em")
    elif tag == "a" and "href" in values:
        style.colours["color"] = _LINK
    elif tag == "mark":
        style.colours |= {"background-color": _MARKER, "color": css.BLACK}
    elif tag in ("bdo", "marquee"):
        style.verdicts["unicode-bidi"] = Verdict.DOUBTFUL
    elif tag in ("s", "strike", "del"):
        style.words["text-decoration"] = "line-through"
    elif tag == "font":
        _font(style, values)
    elif tag in _CELLS or tag == "body":
        _painted(style, values)
    return style


def _painted(style: Style, values: Mapping[str, str]) -> None:
    """The colours of a page or a table by their old attributes."""
    for name, attribute in (("background-color", "bgcolor"), ("color", "text")):
        if attribute in values:
            _old_colour(style, name, values[attribute])
    if values.get("background"):
        style.verdicts["background"] = Verdict.DOUBTFUL


def _font(style: Style, values: Mapping[str, str]) -> None:
    if "color" in values:
        _old_colour(style, "color", values["color"])
    size = values.get("size", "").strip()
    if size:
        step = 3 + int(size) if size[:1] in "+-" and size[1:].isdecimal() else int(size) if size.isdecimal() else 3
        style.lengths["font-size"] = Length(_FONT_SIZES[max(1, min(7, step))], "px")


def _old_colour(style: Style, name: str, value: str) -> None:
    """A colour of an old attribute (WHATWG HTML §2.3.6); what is neither a name nor a number of one is doubted."""
    value = value.strip()[:60]
    found = css.colour_named(f"#{value.removeprefix('#')}" if _HEX.fullmatch(value) and not _named(value) else value)
    if found is None or value.lower() == "transparent":
        style.verdicts[name] = Verdict.DOUBTFUL
    else:
        style.colours[name] = found


def _named(value: str) -> bool:
    return not value.startswith("#") and css.colour_named(value) is not None


def changes_nothing(late: Look) -> bool:
    """Whether words above a second <body> are seen as before, though a browser gives them its look too."""
    seen = late.box == late.words == Verdict.SEEN
    plain = late.ground == _ROOT.ground and not late.murky and late.opacity >= _ROOT.opacity and not late.indent
    return seen and plain and late.size >= _ROOT.size


def made(parent: Look, tag: str, style: Style) -> Look:
    """The look of an element inside the parent, of what is declared."""
    size, doubt = _size(parent, tag, style)
    colour = style.colours.get("color")
    colour = parent.colour if colour is None or colour == INHERIT else colour
    fill = style.colours.get("-webkit-text-fill-color", parent.fill)
    ground, assumed, murky = _ground(parent, style)
    visibility = style.words.get("visibility", "inherit")
    line = style.lengths.get("line-height", parent.line)
    line = Length(line.value * size, "px") if line.unit == "%" else line
    indent = _px(style.lengths["text-indent"], size) if "text-indent" in style.lengths else parent.indent
    boxed = _boxed(parent, tag, style)
    box = max(parent.box, doubt, _box(tag, style, size, line, boxed=boxed), _doubts(style, boxed=boxed))
    look = Look(
        size=size,
        shrunk=_shrunk(parent, style),
        colour=colour,
        fill=None if fill == INHERIT else fill,
        ground=ground,
        assumed=assumed,
        opacity=parent.opacity * style.numbers.get("opacity", 1.0),
        visible=visibility in ("visible", "initial") if visibility not in ("inherit", "unset") else parent.visible,
        indent=indent,
        line=line,
        murky=murky,
        shadow=bool(style.verdicts.get("text-shadow", parent.shadow)),
        flex=style.words.get("display") in _FLEX,
        box=box,
        struck=style.words.get("text-decoration") == "line-through",
        barred=style.words.get("border-left") == "line",
    )
    return replace(look, words=_words(look))


def _shrunk(parent: Look, style: Style) -> bool:
    declared = style.lengths.get("font-size")
    return parent.shrunk if declared is None else declared.unit != "px" and declared.value > 0


def _size(parent: Look, tag: str, style: Style) -> tuple[float, Verdict]:
    """The size of letters, and the doubt that a table casts: in old mode it takes none from what it stands in."""
    declared = style.lengths.get("font-size")
    if declared is not None:
        return declared.value * (1.0 if declared.unit == "px" else parent.size), Verdict.SEEN
    if tag == "table" and parent.size < _SMALL:
        return css.ROOT, Verdict.DOUBTFUL
    return parent.size, Verdict.SEEN


def _ground(parent: Look, style: Style) -> tuple[Colour, bool, bool]:
    """What words stand on, whether nobody said so, and whether something is painted there."""
    over = style.colours.get("background-color", css.CLEAR)
    if over == INHERIT:
        return parent.ground, parent.assumed, True
    murky = style.verdicts.get("background", Verdict.SEEN) > Verdict.SEEN
    if over.alpha == 0:
        return parent.ground, parent.assumed, murky or parent.murky
    return _over(over, parent.ground), False, murky or (parent.murky and over.alpha < 1)


def _over(colour: Colour, ground: Colour) -> Colour:
    """A colour laid over another."""
    a = colour.alpha
    red, green, blue = (c * a + g * (1 - a) for c, g in zip(colour[:3], ground[:3], strict=True))
    return Colour(red, green, blue, 1)


def _boxed(parent: Look, tag: str, style: Style) -> bool:
    """Whether the element is a box of its own, which can be cut and moved, and no run of words in a line."""
    if (
        style.words.get("position") in _LAID_OVER
        or style.words.get("float", "none") in ("left", "right")
        or parent.flex
    ):
        return True
    display = style.words.get("display")
    return tag in _BLOCKS or tag in _CELLS if display is None else display not in _INLINE


def _px(length: Length, size: float) -> float:
    return length.value * (1 if length.unit == "px" else size)


def _box(tag: str, style: Style, size: float, line: Length, *, boxed: bool) -> Verdict:
    """Whether the element's box is there at all, open, and on the page."""
    if style.words.get("display") == "none":
        return Verdict.HIDDEN
    found = _placed(style, size)
    if boxed and found < Verdict.HIDDEN and _clips(style):
        return max(found, _closed(tag, style, size, line))
    return found


def _clips(style: Style) -> bool:
    return any(style.words.get(name, "visible") not in ("visible", "initial", "unset") for name in _OVERFLOWS)


def _scrolls(style: Style) -> bool:
    return all(style.words.get(name, "auto") in ("auto", "scroll", "overlay") for name in _OVERFLOWS)


_OVERFLOWS = ("overflow-x", "overflow-y")


def _closed(tag: str, style: Style, size: float, line: Length) -> Verdict:
    """Whether a box that shows nothing beyond its edges has no room within them."""
    found = Verdict.SEEN
    for side in ("height", "width"):
        least = style.lengths.get(f"min-{side}", AUTO)
        least_px = _px(least, size) if least.unit in ("px", "em") else 0.0
        enough = _LOW if _scrolls(style) else _ENOUGH[side]
        for name in (side, f"max-{side}"):
            room = style.lengths.get(name, AUTO)
            if name in style.verdicts or (room.unit == "%" and side == "height" and room.value < 0.1):  # noqa: PLR2004
                found = max(found, Verdict.DOUBTFUL)
            elif room.unit != "auto" and (px := max(least_px, _px(room, size if room.unit != "%" else BIG))) < enough:
                found = max(found, Verdict.HIDDEN if px < _FLAT and tag not in _CELLS else Verdict.DOUBTFUL)
    if line.unit in ("px", "em") and _px(line, size) < _FLAT and "height" not in style.lengths:
        found = max(found, Verdict.HIDDEN if tag not in _CELLS else Verdict.DOUBTFUL)
    indent = style.lengths.get("text-indent", AUTO)
    return max(found, Verdict.DOUBTFUL if indent.unit == "%" and indent.value >= 1 else Verdict.SEEN)


def _placed(style: Style, size: float) -> Verdict:
    """Whether the box stands on the page: not far beyond its edges, nor laid over something else."""
    found = Verdict.SEEN
    position = style.words.get("position", "static")
    if position in _LAID_OVER:
        found = max(Verdict.DOUBTFUL, style.verdicts.get("clip", Verdict.SEEN))
    if position not in ("static", "initial", "unset", "inherit"):
        for side in css.SIDES:
            found = max(found, _strays(_px(style.lengths.get(side, AUTO), size)))
    for side in css.SIDES:
        found = max(found, _strays(_px(style.lengths.get(f"margin-{side}", AUTO), size)))
    return found


def _strays(px: float) -> Verdict:
    if px <= -FAR:
        return Verdict.HIDDEN
    return Verdict.DOUBTFUL if px <= -_STRAY or px >= BIG else Verdict.SEEN


_IN_THEIR_PLACE = frozenset(("background", "text-shadow", "clip", *css.BOX))


def _doubts(style: Style, *, boxed: bool) -> Verdict:
    """The judgements that stand by themselves; some hold for boxes only."""
    return max(
        (
            verdict
            for name, verdict in style.verdicts.items()
            if name not in _IN_THEIR_PLACE and (boxed or name not in _ONLY_BOXES)
        ),
        default=Verdict.SEEN,
    )


def _words(look: Look) -> Verdict:
    """Whether words of this look are seen."""
    if look.box == Verdict.HIDDEN or not look.visible or look.opacity < _FAINT:
        return Verdict.HIDDEN
    if look.size < _TINY:
        return Verdict.UNSEEN if look.shrunk and look.size > 0 else Verdict.HIDDEN
    found = look.box
    colour = look.colour if look.fill is None else look.fill
    drawn = _over(colour, look.ground)
    apart = sum((a - b) ** 2 for a, b in zip(drawn[:3], look.ground[:3], strict=True)) ** 0.5 * look.opacity
    if look.murky or look.shadow:
        found = max(found, Verdict.DOUBTFUL if look.murky or apart <= _NEAR else Verdict.SEEN)
    elif apart <= _SAME:
        return Verdict.UNSEEN if look.assumed and colour.alpha > _PALE and look.opacity > _PALE else Verdict.HIDDEN
    small = look.size < _SMALL or look.opacity < _PALE or apart <= _NEAR
    squeezed = look.line.unit in ("px", "em") and _px(look.line, look.size) < _FLAT
    return max(found, Verdict.DOUBTFUL if small or squeezed else Verdict.SEEN)
