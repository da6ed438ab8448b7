"""Words as they are gathered: lines, cells and rows; what floats beside a paragraph, and notes, wait for its end.

A text box stands in the markup in the middle of the word that it is anchored to, a footnote in the middle of its
sentence. Such text is gathered aside: a box follows its paragraph, notes follow the whole text. Raises Stopped when
there are more characters than anybody reads; the words until then stay.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mailproc.document.limits import MAX_CHARACTERS, PARTLY, Stopped

HEADING, LEVELS = 0xFDD0, 9  # what marks a heading of level n is no character (Unicode §23.7), so no text has it


@dataclass(slots=True)
class _Sheet:
    pieces: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)  # waits for the end of the paragraph


class Flow:
    """The words of one document."""

    def __init__(self, most: int = MAX_CHARACTERS) -> None:
        """`most` is how many characters it takes."""
        self.notes: list[str] = []  # in the order of their marks
        self._left = most
        self._sheets = [_Sheet()]

    def say(self, text: str) -> None:
        """More words in the same line."""
        self._left -= len(text)
        if self._left < 0:
            self._sheets[-1].pieces.append(text[: self._left])
            raise Stopped(PARTLY)
        self._sheets[-1].pieces.append(text)

    def head(self, level: int) -> None:
        """The line that begins now is a heading, by a style of the document's own: 1 is the highest."""
        self._sheets[-1].pieces.append(chr(HEADING + min(max(level, 1), LEVELS)))

    def end_line(self) -> None:
        """The paragraph is over; what floats beside it follows."""
        self.say("\n")
        sheet = self._sheets[-1]
        beside, sheet.beside = sheet.beside, []
        for text in beside:
            sheet.pieces += [text, "\n"]

    def end_cell(self) -> None:
        """The cell is over; the next one stands in the same line."""
        pieces = self._sheets[-1].pieces
        while pieces and pieces[-1] == "\n":
            pieces.pop()
        self.say("\t")

    def end_row(self) -> None:
        """The row is over."""
        pieces = self._sheets[-1].pieces
        if pieces and pieces[-1] == "\t":
            pieces.pop()
        self.say("\n")

    def aside(self) -> None:
        """What follows is gathered elsewhere, until `taken` or `beside`."""
        self._sheets.append(_Sheet())

    def taken(self) -> str:
        """What was gathered since the last `aside`."""
        return _whole(self._sheets.pop()).strip("\n") if len(self._sheets) > 1 else ""

    def beside(self) -> None:
        """What was gathered since the last `aside` follows the paragraph that it stands in."""
        text = self.taken()
        if text:
            self._sheets[-1].beside.append(text)

    def text(self) -> str:
        """All of it, what was broken off too, and the notes after it."""
        body = "".join(map(_whole, self._sheets))
        return "\n".join((body, *self.notes))


def _whole(sheet: _Sheet) -> str:
    beside = [piece for text in sheet.beside for piece in ("\n", text)]
    return "".join([*sheet.pieces, *beside])
