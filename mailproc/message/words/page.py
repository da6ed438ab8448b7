"""A text as lines and words, ready to be compared: without case, punctuation, quote marks and what nobody sees.

Composed and decomposed letters are one (NFC: macOS sends NFD), of scripts without blanks each character is a
word. Linear in the text. It never fails. What is laid beside what is `alignment`'s.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate, chain

from mailproc.kinds import reference

INVISIBLE = re.compile(f"[{reference.INVISIBLE}]")  # BOM, soft hyphen, zero-width blanks, bidi marks

_ONE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"  # scripts without blanks: each character is a word
_WORD = re.compile(rf"[{_ONE}]|[^\W_{_ONE}]+")
_LEAD = ">|:" + "".join(filter(str.isspace, map(chr, range(0x3001))))
_INITIALS = re.compile(r"[A-Z]{1,3}(?=>)")  # "AP> "
_MOST_INITIALS = 40  # at the head of one line; each is cut off by itself, and a line may be as long as a mail
_SHORT = 200  # characters of a line in which its marks are looked for

Row = tuple[str, ...]
Seen = dict[str, Row]  # lines that were taken apart before, by what stands behind their marks


@dataclass(frozen=True, slots=True)
class Page:
    """A text as lines and words; a word is in the form in which it is compared."""

    lines: list[str]  # as written
    rows: list[Row]  # the words of each line
    words: Row  # all of them
    starts: list[int]  # of each line among the words; one more at the end
    depths: list[int]  # quote marks at the head of each line
    worded: list[int] = field(default_factory=list)  # the lines that have words

    def next_line(self, line: int, step: int = 1) -> int | None:
        """The next line that has words, in this direction."""
        line += step
        while 0 <= line < len(self.rows) and not self.rows[line]:
            line += step
        return line if 0 <= line < len(self.rows) else None


def visible(text: str) -> str:
    """The text as people see it: composed letters (NFC), no invisible characters."""
    return text if text.isascii() else unicodedata.normalize("NFC", INVISIBLE.sub("", text))


def page_of(text: str, seen: Seen | None = None) -> Page:
    """The lines and words of a text; lines end LF or CRLF. `seen` makes pages that are much alike quicker to have."""
    text = text.replace("\r\n", "\n")
    known = {} if seen is None else seen
    rows: list[Row] = []
    depths: list[int] = []
    counted: dict[str, int] = {"": 0}  # quote marks of what stands before the words: the same few all along a mail
    for line in visible(text).split("\n"):
        words = line.lstrip(_LEAD)
        if ">" in words[1:4]:
            words = _unmarked(words)
        row = known.get(words)
        if row is None:
            row = known[words] = tuple(_WORD.findall(words.casefold()))
        rows.append(row)
        before = line[: len(line) - len(words)]
        depth = counted.get(before)
        if depth is None:
            depth = counted[before] = _marks(line, words)
        depths.append(depth)
    return _page(text.split("\n"), rows, depths)


def cut(page: Page, around: Iterable[int], seam: str, reach: int = 2) -> tuple[Page, list[int]]:
    """Some lines of a page, with up to `reach` neighbours that have words on either side; and which lines those were.

    Where lines with words are left out stands the one word `seam`.
    """
    order = {line: n for n, line in enumerate(page.worded)}
    near = sorted({m for line in around for m in range(order[line] - reach, order[line] + reach + 1)})
    lines: list[str] = []
    were: list[int] = []
    rows: list[Row] = []
    depths: list[int] = []
    last = -1
    for m in near:
        if not 0 <= m < len(page.worded):
            continue
        n = page.worded[m]
        if m != last + 1:
            lines.append("")
            rows.append((seam,))
            depths.append(0)
            were.append(n)
        lines.append(page.lines[n])
        rows.append(page.rows[n])
        depths.append(page.depths[n])
        were.append(n)
        last = m
    return _page(lines, rows, depths), were


def _page(lines: list[str], rows: list[Row], depths: list[int]) -> Page:
    starts = list(accumulate(map(len, rows), initial=0))
    return Page(lines, rows, tuple(chain.from_iterable(rows)), starts, depths, [n for n, row in enumerate(rows) if row])


def depth_of(line: str) -> int:
    """How many quote marks a line begins with: any run of `>`, `|`, `:` and blanks, and initials before `>`."""
    shown = visible(line[:_SHORT])
    return _marks(shown, _unmarked(shown))


def _unmarked(line: str) -> str:
    """The line behind its marks and blanks."""
    words = line.lstrip(_LEAD)
    for _ in range(_MOST_INITIALS):
        initials = _INITIALS.match(words) if ">" in words[1:4] else None
        if initials is None:
            break
        words = words[initials.end() :].lstrip(_LEAD)
    return words


def _marks(line: str, words: str) -> int:
    """How many quote marks stand before the words of the line."""
    size = len(line) - len(words)
    return line.count(">", 0, size) + line.count("|", 0, size) + line.count(":", 0, size) if size else 0
