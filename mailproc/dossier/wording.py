"""Words of contributors made ready to be shown, and not one of them changed: names, paragraphs, addresses of the web.

It never fails on any text.
"""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import urlsplit

_NARROWEST = 50  # characters: a text whose longest line is shorter was not broken by a program
_AT = re.compile(r" ?[(\[{] ?(?:at|@) ?[)\]}] ?", re.IGNORECASE)  # as people hide it from machines
_EDGES = " <>()[]\"',;:"
_ENTRY = re.compile(r"\s*(?:[-*+•·\u2013\u2014>|]|\d{1,3}[.)]|#{1,6})\s|\s{2,}|\t")
_TURNING = re.compile('[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff<>"\\\\^`{|}]')
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_LINE_END = re.compile(r"\r\n?|\n")
_STEM = re.compile(r"[\W_]+")


def shown_name(name: str) -> str:
    """A name as it may be shown: nothing in it that looks like an address."""
    words = _AT.sub("@", line(name)).split()
    return " ".join(word for word in words if "@" not in word).strip(_EDGES)


def line(text: str) -> str:
    """Words in one line, without what nobody sees."""
    return " ".join(_UNSEEN.sub("", text).split())


def paragraphs(text: str) -> tuple[tuple[str, ...], ...]:
    """The words of a text, by paragraphs, each the lines that must stay lines.

    A line that its program broke because the next word had no room goes on; a verse, an entry of a list stay.
    """
    found: list[list[str]] = [[]]
    for written in _LINE_END.split(text):
        shown = _UNSEEN.sub("", written).rstrip()
        if shown.strip():
            found[-1].append(shown)
        elif found[-1]:
            found.append([])
    return tuple(_joined(lines) for lines in found if lines)


def _joined(lines: list[str]) -> tuple[str, ...]:
    width = max(map(len, lines))
    joined = [[lines[0]]]
    for above, below in pairwise(lines):
        if _goes_on(above, below, width):
            joined[-1].append(below)
        else:
            joined.append([below])
    return tuple(map(" ".join, joined))


def _goes_on(above: str, below: str, width: int) -> bool:
    """Whether only the margin broke the line: the first word below had no room above."""
    if width < _NARROWEST or _ENTRY.match(below):
        return False
    return len(above) + 1 + len(below.split(None, 1)[0]) > width


def href(address: str) -> str:
    """An address of the web that may be followed; "" for every other scheme, and for one that hides where it leads."""
    written = address.strip()
    if not re.match(r"https?://", written, re.IGNORECASE) or _TURNING.search(written):
        return ""
    try:
        parts = urlsplit(written)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    return written if host and "@" not in parts.netloc else ""


def readable(name: str) -> str:
    """A file's name as words: `office front` of `office-front.jpg`."""
    stem = name.rpartition(".")[0] or name
    return " ".join(_STEM.sub(" ", _UNSEEN.sub("", stem)).split())
