"""What a style sets beside an element's words: words that nobody typed, and the line that marks a quotation.

Generated words are in no text. They may turn the sense of those that they stand at ("Not so: A-4 approve"), so those
are in doubt; bullets and numbers turn nothing. It never fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_BULLETS = frozenset("\u2022\xb7\u2219\u2023\u25e6\u2043\u2013\u2014-.):,;|/\\* \t\n\xa0\u200b\u200e\u200f")
_SHAPES = ("\u25a0", "\u25ff")  # squares, circles and triangles
_LINES = frozenset(("solid", "dotted", "dashed", "double"))


def speaks(tokens: Sequence[Any]) -> bool:
    """Whether `content`, a style of lists or of quotation marks holds more than a bullet or a number."""
    return any(
        (token.type == "string" and not all(map(_is_bullet, token.value)))
        or (token.type == "function" and token.lower_name == "attr")
        for token in tokens
    )


def _is_bullet(char: str) -> bool:
    return char in _BULLETS or char.isdigit() or _SHAPES[0] <= char <= _SHAPES[1]


def line(tokens: Sequence[Any]) -> str:
    """A border as a keyword: "line" where one is drawn, as of a quotation, "none" where none is."""
    return "line" if any(token.type == "ident" and token.lower_value in _LINES for token in tokens) else "none"
