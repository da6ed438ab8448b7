"""What does the text part of a mail say too? It settles the lines of the HTML part that the HTML alone does not.

A line that only a mail program's container marks is the writer's where the text part shows it without a mark. A line
that may be hidden acts only where the text part has it as a line of the writer's own. Values in, values out; linear;
it never fails.
"""

from __future__ import annotations

import re

from mailproc.message.model import Sight
from mailproc.message.words.page import Row, depth_of, page_of

_MARKS = re.compile(r"(?:> ?)+")
_HEAD = 3  # words by which a line is looked up
_MOST_ALIKE = 8  # lines of the text part that begin with the same words and are tried
_MOST_WRAPPED = 40  # lines of the text part that one line of the HTML part was wrapped to


class Spoken:
    """The unmarked lines of a mail's text part."""

    def __init__(self, text: str) -> None:
        """`text` is "" where the mail has no text part."""
        page = page_of(text)
        self._rows = [page.rows[n] if not page.depths[n] else () for n in page.worded]
        self._at: dict[Row, list[int]] = {}
        for n, row in enumerate(self._rows):
            if row:
                self._at.setdefault(row[:_HEAD], []).append(n)

    def says(self, row: Row) -> bool:
        """Whether it has these words as a line, or as lines into which a program broke them."""
        starts = [n for size in range(1, _HEAD + 1) for n in self._at.get(row[:size], ())[:_MOST_ALIKE]]
        return any(self._from(n, row) for n in starts)

    def _from(self, n: int, row: Row) -> bool:
        done = 0
        for line in self._rows[n : n + _MOST_WRAPPED]:
            if not line or row[done : done + len(line)] != line:
                return False
            done += len(line)
            if done == len(row):
                return True
        return False


def vouched(html_text: str, sight: Sight, text: str | None) -> str:
    """The HTML part's text, without marks before lines that only a container marks and the text part does not."""
    if not sight.contained or not text:
        return html_text
    spoken, lines = Spoken(text), html_text.split("\n")
    for n in sight.contained:
        if n < len(lines) and depth_of(bare := _MARKS.sub("", lines[n], count=1)) == 0 and spoken.says(_row(bare)):
            lines[n] = bare
    return "\n".join(lines)


def _row(line: str) -> Row:
    return page_of(line).words
