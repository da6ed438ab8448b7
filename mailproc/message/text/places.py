"""The parts of a mail that may be its text, and how they belong together: one below the other, or instead of another.

RFC 2046 §5.1.3 and §5.1.4: parts of a mixed structure are all said, of alternatives one. Where alternatives wrap
structures of their own, as Apple Mail's do, each of them is arranged for itself. It chooses by words, not by types: a
blank part says nothing. It never raises.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from mailproc.message.mime.parts import Leaf
from mailproc.message.text.said import AllSaid

_TEXTS = ("text/plain", "text/html", "text/markdown", "text/x-markdown")
_NAMELESS = re.compile(r"ATT\d{4,8}\.(?:txt|html?)", re.IGNORECASE)  # what Exchange calls a part without a name


@dataclass(frozen=True, slots=True)
class Place:
    """What stands in one place of the mail."""

    texts: tuple[Leaf, ...]  # what it says, in order
    pages: tuple[Leaf, ...] = ()  # the HTML that says it, to be read beside
    others: tuple[Leaf, ...] = ()  # further ways to say it, not chosen


def texts_in(found: Sequence[Leaf]) -> list[Leaf]:
    """The parts that may be the text, in order; one that has a name in its type only where there is no other."""
    own = [leaf for place, leaf in enumerate(found) if _may_be_text(leaf, place)]
    return [leaf for place, leaf in enumerate(own) if not place or leaf.branches or _is_nameless(leaf)]


def arranged(own: Sequence[Leaf], said: AllSaid, depth: int = 0) -> list[Place]:
    """The same as places, in order; `depth`: within so many alternatives."""
    places: list[Place] = []
    for alternative, run in groupby(own, lambda leaf: leaf.branches[depth][0] if len(leaf.branches) > depth else None):
        if alternative is None:
            places += [Place((leaf,), (leaf,) if leaf.is_html else ()) for leaf in run]
        else:
            branches = [list(branch) for _, branch in groupby(run, lambda leaf: leaf.branches[depth][1])]
            places += _one_of([arranged(branch, said, depth + 1) for branch in branches], said)
    return places


def _may_be_text(leaf: Leaf, place: int) -> bool:
    if leaf.within is not None or (leaf.disposition == "attachment" and not (leaf.file_name and _is_nameless(leaf))):
        return False
    if place == 0:
        return leaf.is_text or (leaf.part == "1" and leaf.declared_type.startswith("text/"))
    if leaf.is_resource and leaf.content_id:
        return False
    return leaf.declared_type in _TEXTS and (not leaf.named_by_disposition or _is_nameless(leaf))


def _is_nameless(leaf: Leaf) -> bool:
    return leaf.file_name is None or _NAMELESS.fullmatch(leaf.file_name) is not None


def _one_of(branches: Sequence[Sequence[Place]], said: AllSaid) -> list[Place]:
    """Of alternatives the first that has words in plain text, else the last that has words."""
    plain = next((branch for branch in branches if _words(branch, said, html=False)), None)
    worded = [branch for branch in branches if _words(branch, said, html=True)]
    chosen = plain or (worded or branches)[-1]
    rest = [leaf for branch in branches if branch is not chosen for place in branch for leaf in _all_of(place)]
    pages = [leaf for leaf in rest if leaf.is_html]
    if plain is None:  # HTML twice: what says the same is not read twice
        says = [said[leaf.part].text for place in chosen for leaf in place.texts]
        pages = [leaf for leaf in pages if said[leaf.part].text not in says]
        others = rest
    else:
        others = [leaf for leaf in rest if not leaf.is_html]
    first, *more = chosen
    return [Place(first.texts, first.pages + tuple(pages), first.others + tuple(others)), *more]


def _words(branch: Sequence[Place], said: AllSaid, *, html: bool) -> bool:
    """Whether a branch has words in a part of this kind."""
    return any(leaf.is_html == html and not said[leaf.part].is_blank for place in branch for leaf in place.texts)


def _all_of(place: Place) -> list[Leaf]:
    return list({leaf.part: leaf for leaf in (*place.texts, *place.pages, *place.others)}.values())
