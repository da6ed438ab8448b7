"""What does the text part of a mail say too? It settles the lines of the HTML part that the HTML alone does not.

A line that only a mail program's container marks is the writer's where the text part has it as one of theirs; one
that only our letter's own line marks is so without it, where it stands below that text. A line
that may be hidden acts only where the text part has it too; in the colour of the page it acts never. Values in, values
out; linear; it never fails.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from mailproc.message.model import Sight
from mailproc.message.words.page import Row, depth_of, page_of
from mailproc.message.words.quotation import Line

_MARKS = re.compile(r"(?:> ?)+")
_HEAD = 3  # words by which a line is looked up
_MOST_ALIKE = 8  # lines of the text part that begin with the same words and are tried
_MOST_WRAPPED = 40  # lines of the text part that one line of the HTML part was wrapped to


class Spoken:
    """The writer's own unmarked lines of a mail's text part."""

    def __init__(self, lines: Sequence[Line]) -> None:
        """`lines` are those of the text part; none where the mail has none."""
        own = (line.text if line.own and not line.marked else "" for line in lines)
        self._rows = page_of("\n".join(own)).rows
        self._at: dict[Row, list[int]] = {}
        for n, row in enumerate(self._rows):
            if row:
                self._at.setdefault(row[:_HEAD], []).append(n)

    def says(self, line: str) -> bool:
        """Whether the words of this line stand there, as a line or as the lines into which a program broke them."""
        row = page_of(line).words
        starts = [n for size in range(1, _HEAD + 1) for n in self._at.get(row[:size], ())[:_MOST_ALIKE]]
        return any(self._from(n, row) for n in starts)

    def says_more_than(self, row: Row, times: int) -> bool:
        """Whether these words stand there once more than so many times; without a text part nothing says no."""
        if not self._at:
            return True
        starts = {n for size in range(1, _HEAD + 1) for n in self._at.get(row[:size], ())[: times + _MOST_ALIKE]}
        return sum(self._from(n, row) for n in starts) > times

    def _from(self, n: int, row: Row) -> bool:
        done = 0
        for line in self._rows[n : n + _MOST_WRAPPED]:
            if not line or row[done : done + len(line)] != line:
                return False
            done += len(line)
            if done == len(row):
                return True
        return False


def vouched(html_text: str, sight: Sight, spoken: Spoken) -> str:
    """The HTML part's text, without marks before lines that only a container marks and the text part does not."""
    if not sight.contained:
        return html_text
    lines = html_text.split("\n")
    for n in sight.contained:
        if n < len(lines) and depth_of(bare := _MARKS.sub("", lines[n], count=1)) == 0 and spoken.says(bare):
            lines[n] = bare
    return "\n".join(lines)


def typed_beside(lines: Sequence[Line], sight: Sight, spoken: Spoken) -> Sequence[Line]:
    """The lines of the HTML part; what was typed beside the line of our letter, below its words, bears no mark.

    A caret behind the author's last word stands in the element that draws the line. A text of which the first line, or
    the one above it, is none that we sent may be of another letter: there all stay marked. Where the mail has a text
    part, too, that must say the line once more than the HTML part does without it: an author's line may say the same.
    """
    found = list(lines)
    unmarked = Counter(page_of(line.text).words for line in lines if line.own and not line.marked)
    last, ours = -1, False  # whether this text is of our letter
    above = -1  # the last line with words
    for n in (n for n in sight.beside if n < len(lines)):
        if not lines[n].text.strip("> "):
            continue
        if any(lines[m].text.strip("> ") for m in range(last + 1, n)) or last < 0:
            above = next((m for m in range(n - 1, last, -1) if lines[m].text.strip("> ")), -1)
            ours = lines[n].sent and above >= 0 and lines[above].sent
        last = n
        bare = _MARKS.sub("", lines[n].text, count=1)
        row = page_of(bare).words
        if ours and lines[n].own and not lines[n].sent and spoken.says_more_than(row, unmarked[row]):
            found[n] = lines[n]._replace(text=bare, marked=False, amid=False)
            unmarked[row] += 1
    return found


def without_doubtful(lines: Sequence[Line], sight: Sight, spoken: Spoken) -> Sequence[Line]:
    """The lines of the HTML part; those that may be hidden, and that nothing vouches for, are marked and `unsure`."""
    unsure = [n for n in sight.doubtful if n < len(lines) and lines[n].own and not spoken.says(lines[n].text)]
    unsure += [n for n in sight.unseen if n < len(lines) and lines[n].own]
    if not unsure:
        return lines
    found = list(lines)
    for n in unsure:
        found[n] = lines[n]._replace(marked=True, unsure=bool(lines[n].text.strip()))
    return found
