"""Which lines of a text are one paragraph: where its author's program broke a line, and where its author did.

Mails come wrapped at some width, and a telephone has another: prose flows again, verse and columns stay as they are.
A break was a program's where the next word had no room in the line, as wide as the text's lines are, and where most of
the text's breaks are such; and some line goes on with a small letter, for a poem's seldom does. Whatever is doubtful
stays broken. Values in, values out; it changes no word, and never fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

GOES_ON, CUT = " ", "\ue001"  # at the end of a line that we broke ourselves: between two words, within one (never sent)
_WIDTHS = range(50, 90)  # columns of text that a program wrapped
_MOST = 0.6  # of the breaks within paragraphs
_BEGINS = re.compile("\\s|[-\u2013\u2014*+\u2022|>:#=]|\\(?\\w{1,3}[.)]\\s")  # an entry, or somebody speaks
_ENTRY = re.compile("\\s{0,4}(?:[-*+\u2022]|\\(?\\w{1,3}[.)])\\s")
_HANGS = re.compile(r" {2,6}\S")
_COLUMNS = re.compile(r"\S {3,}\S")


def folded(line: str, width: int, longest_word: int) -> Iterator[str]:
    """The line in pieces of that many columns, each marked as one that goes on; addresses of the web stay whole."""
    if len(line) <= width:
        yield line
        return
    piece = ""
    for word, cut in _pieces(line, width, longest_word):
        if piece.strip() and len(piece) + 1 + len(word) > width:
            yield piece + (CUT if cut else GOES_ON)
            piece = word
        else:
            piece = f"{piece} {word}" if piece else word
    yield piece


def _pieces(line: str, width: int, longest_word: int) -> Iterator[tuple[str, bool]]:
    """The words of a line, too long ones in parts, and whether each goes on what stands before it."""
    for word in line.split(" "):
        size = longest_word if "://" in word else width
        yield from ((word[at : at + size], at > 0) for at in range(0, max(len(word), 1), size))


def unmarked(line: str) -> str:
    """A folded line as it is sent."""
    return line.rstrip(GOES_ON + CUT)


def whole(lines: Sequence[str]) -> list[str]:
    """The lines as they were before they were folded."""
    found, held = [], ""
    for line in lines:
        held += line.removesuffix(CUT)
        if not line.endswith((GOES_ON, CUT)) or not line.strip():
            found.append(held.rstrip())
            held = ""
    return [*found, held.rstrip()] if held else found


def paragraphs(lines: Sequence[str]) -> Iterator[list[str]]:
    """The paragraphs of a text, each as the lines that its author meant, without blank ones between."""
    texts = list(_between_blanks(lines))
    wide = max((len(line) for text in texts for line in text if len(line) < _WIDTHS.stop and " " in line), default=0)
    pairs = [(text[n - 1], line) for text in texts for n, line in _may_go_on(text)]
    soft = [pair for pair in pairs if _is_soft(*pair, wide)]
    flows = wide in _WIDTHS and len(soft) >= _MOST * len(pairs) and any(_goes_on(after) for _, after in soft)
    for text in texts:
        yield _joined(text, wide) if flows else text


def flowed(text: str) -> str:
    """A text whose paragraphs are as few lines as its author meant, blank lines between them."""
    return "\n\n".join("\n".join(paragraph) for paragraph in paragraphs(text.split("\n")))


def _between_blanks(lines: Sequence[str]) -> Iterator[list[str]]:
    text: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            text.append(line)
        elif text:
            yield text
            text = []


def _may_go_on(text: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Which lines may go on the line before them: all but entries; below an entry those that hang under its words."""
    in_entry = _ENTRY.match(text[0]) is not None
    for n, line in enumerate(text[1:], 1):
        if not _BEGINS.match(line) or (in_entry and _HANGS.match(line)):
            yield n, line.strip()
        else:
            in_entry = _ENTRY.match(line) is not None


def _joined(text: Sequence[str], wide: int) -> list[str]:
    found = [text[0]]
    going_on = dict(_may_go_on(text))
    for n in range(1, len(text)):
        if n in going_on and _is_soft(text[n - 1], going_on[n], wide):
            found[-1] += f" {going_on[n]}"
        else:
            found.append(text[n])
    return found


def _is_soft(before: str, after: str, wide: int) -> bool:
    """Whether the first word of the second line had no room in the first."""
    full = len(before) + 1 + len(after.split(maxsplit=1)[0]) > wide
    return full and not _COLUMNS.search(before) and not _COLUMNS.search(after)


def _goes_on(line: str) -> bool:
    """Whether a line begins within a sentence, as far as its first letter tells."""
    first = next((letter for letter in line if letter.isalpha()), "")
    return first.islower()
