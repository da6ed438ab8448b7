"""Several HTML parts of one mail as people read them: one below the other, each for itself.

An element that one part leaves open, or a style that it sets, does not reach into the next, and lines keep what is
known of each (`message/html/sight`). Limits are those of one part, for all of them together. It never raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mailproc.message.html.text import CAP, OUTPUT_CAP, shown, to_text, without_pictures
from mailproc.message.mime.armour import freed, freed_lines
from mailproc.message.model import SETTLED, Sight
from mailproc.message.words.trimming import trimmed_html

_MAX_STYLE = 128 * 1024  # characters of styles in several parts; what has more is read as one page
_OUTPUT_MAY_BE_CUT = OUTPUT_CAP * 9 // 10


@dataclass(frozen=True, slots=True)
class Page:
    """One HTML part, and what its readers see."""

    html: str
    text: str
    sight: Sight
    cut: bool  # it is longer than what is read, or its text than what is written


def pages_of(parts: Sequence[str], *, whole: bool = False) -> tuple[Page, ...]:
    """Each HTML part as people read it; where their styles are too long to be read apart, all as one and empty ones."""
    if len(parts) > 1 and sum(map(_styled, parts)) > _MAX_STYLE:
        first = _page(without_pictures("\n".join(parts)), CAP, whole=whole)
        return (first, *(Page("", "", SETTLED, first.cut) for _ in parts[1:]))
    found: list[Page] = []
    left = CAP
    for html in map(without_pictures, parts):
        found.append(_page(html, left, whole=whole))
        left = max(0, left - len(html))
    return tuple(found)


def joined(texts: Iterable[str]) -> str:
    """Texts of parts that stand one below the other, at least a blank line between two; else as they are."""
    together = ""
    for text in texts:
        if together and text:
            ends = len(together) - len(together.rstrip("\n"))
            begins = len(text) - len(text.lstrip("\n"))
            together += "\n" * max(0, 2 - ends - begins)
        together += text
    return together


def sight_of(pages: Iterable[Page]) -> Sight:
    """What is known of the lines of their joined texts."""
    before = ""
    sights: list[Sight] = []
    for page in pages:
        together = joined((before, page.text))
        sights.append(_moved(page.sight, together.count("\n") - page.text.count("\n")))
        before = together
    return sights[0] if len(sights) == 1 else _summed(sights)


def linked(pages: Iterable[Page], *, whole: bool = False) -> str:
    """Their text with the targets of links written out."""
    return joined(freed(to_text(page.html, links=True, whole=whole)) for page in pages)


def own(pages: Iterable[Page]) -> str:
    """What of it is the author's own by shape."""
    return joined(trimmed_html(page.html) for page in pages)


def _page(html: str, cap: int, *, whole: bool) -> Page:
    text, sight = shown(html if whole else html[:cap], whole=whole)
    cut = not whole and (len(html) > cap or (len(text) > _OUTPUT_MAY_BE_CUT and shown(html, whole=True)[0] != text))
    return Page(html, *without_armour(text, sight), cut)


def without_armour(html_text: str, sight: Sight) -> tuple[str, Sight]:
    """The text of an HTML part without the armour of a clear signature; its lines are counted anew."""
    found = freed_lines(html_text.split("\n"))
    if len(found) == html_text.count("\n") + 1:
        return html_text, sight
    now = {before: n for n, (before, _) in enumerate(found)}
    contained, doubtful, unseen, signed = (
        tuple(now[n] for n in numbers if n in now)
        for numbers in (sight.contained, sight.doubtful, sight.unseen, sight.signed)
    )
    sight = replace(sight, contained=contained, doubtful=doubtful, unseen=unseen, signed=signed)
    return "\n".join(line for _, line in found), sight


def _moved(sight: Sight, lines: int) -> Sight:
    if not lines:
        return sight
    contained, doubtful, unseen, signed = (
        tuple(line + lines for line in each) for each in (sight.contained, sight.doubtful, sight.unseen, sight.signed)
    )
    return Sight(contained, doubtful, unseen, sight.hides, signed)


def _summed(sights: Sequence[Sight]) -> Sight:
    return Sight(
        tuple(line for sight in sights for line in sight.contained),
        tuple(line for sight in sights for line in sight.doubtful),
        tuple(line for sight in sights for line in sight.unseen),
        any(sight.hides for sight in sights),
        tuple(line for sight in sights for line in sight.signed),
    )


def _styled(html: str) -> int:
    """Characters of its styles, at most: in elements and in attributes."""
    low = html.lower()
    if "style" not in low:
        return 0
    elements = sum(len(each.partition("</style")[0]) for each in low.split("<style")[1:])
    return elements + sum(_attribute(each) for each in low.split("style=")[1:])


def _attribute(rest: str) -> int:
    quote = rest[:1]
    return max(rest.find(quote, 1), 0) if quote in ("'", '"') else len(rest.partition(" ")[0])
