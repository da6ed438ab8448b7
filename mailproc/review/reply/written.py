"""Lines as their writer wrote them: what is seen of a line, the writer's own words, the text between two marks.

Helps `pages`, which knows which lines are whose. It never fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mailproc.kinds.reference import TOKEN
from mailproc.message.words.marks import limits, mark
from mailproc.message.words.page import INVISIBLE
from mailproc.message.words.quotation import Line
from mailproc.review.language import manners, verbs
from mailproc.review.language.grammar import sentence
from mailproc.review.language.words import clean

_PIECE = re.compile(rf"{TOKEN}|\b\d|:\s*\S")  # what a line of an order names, behind a blank line
_NEAR = 5  # lines below a list's entry in which the next one stands
SIGNATURE = re.compile(r"--\s*")  # RFC 3676 §4.3, its blank lost on the way or not


def seen(text: str) -> str:
    """A line without the characters that nobody sees."""
    return text if text.isascii() else INVISIBLE.sub("", text)


def begins_command(who: str) -> Callable[[str], bool]:
    """Tells whether a line begins with a word of theirs that decides, whatever follows it, or is a bare yes or no."""
    forms = verbs.forms(who)

    def begins(line: str) -> bool:
        said = sentence(clean(seen(line)).strip(), forms)
        bare = said.verb in verbs.SAME and manners.courteous(said.rest)
        return bare or (said.verb in verbs.VERBS and verbs.VERBS[said.verb].decides)

    return begins


def own_words(lines: Sequence[Line], text: Callable[[int], str]) -> str:
    """What the writer typed, as people see it: all own lines but signatures. `text` gives a line as it is read.

    What stands below a quotation of our letter is kept, though somebody else's mail is introduced above: it decides
    nothing, and is shown to people.
    """
    kept = []
    signature = False
    for n, line in enumerate(lines):
        if not (line.own or (line.others and line.after is not None)) or line.marked:
            signature = False
        elif SIGNATURE.fullmatch(text(n)):
            signature = True
        elif not signature:
            kept.append(line.text)
    return "\n".join(kept).strip()


def between_marks(
    lines: Sequence[Line], text: Callable[[int], str], is_own: Callable[[int], bool]
) -> tuple[int, int, str | None]:
    """(first line, line after the last, the text between) of the writer's begin and end lines; (0, 0, None) if none."""
    found = limits([line.text for line in lines], is_own)
    if found is None:
        return 0, 0, None
    begin, end = found
    if end is None:
        end = next((n for n in range(begin + 1, len(lines)) if not is_body(lines[n], text(n))), len(lines))
    body = "".join(line.text + "\n" for line in lines[begin + 1 : end])
    return begin, min(end + 1, len(lines)), body


def goes_on_at(lines: Sequence[Line], text: Callable[[int], str], at: int) -> int:
    """Where to read on, if a text that ends at line `at` may go on behind lines that are not the writer's; else 0.

    Behind "* * *", or a paragraph that our letter has too, there are more words, and no quote mark in between.
    """
    goes_on = False
    for n in range(at, len(lines)):
        if lines[n].marked or SIGNATURE.fullmatch(text(n)) or mark(lines[n].text) == "begin":
            return n if goes_on else 0
        goes_on = goes_on or (lines[n].own and bool(text(n)))
    return len(lines) if goes_on else 0


def is_entry(lines: Sequence[Line], text: Callable[[int], str], n: int) -> bool:
    """Whether a line is an entry of a list, and no name below a dash: "- Ben wants / - A-4 approve"."""
    below = next((m for m in range(n + 1, min(n + _NEAR, len(lines))) if text(m)), None)
    return text(n)[:1] == "-" and below is not None and lines[below].own and text(below)[:1] == "-"


def is_body(line: Line, text: str) -> bool:
    """Whether a line can be part of a text that somebody sends in: their own, no signature and no `--- begin`."""
    return line.own and not line.marked and not SIGNATURE.fullmatch(text) and mark(line.text) != "begin"


def below(
    lines: Sequence[Line], text: Callable[[int], str], at: int, acts: Callable[[int], bool] | None = None
) -> tuple[str, int]:
    """The text that somebody sends in below a command, and the line to go on with; `acts`: an order, no text."""
    if acts is not None:
        return _order_below(lines, text, at, acts)
    end = next((n for n in range(at, len(lines)) if not is_body(lines[n], text(n))), len(lines))
    return "\n".join(line.text for line in lines[at:end]), end


def _order_below(
    lines: Sequence[Line], text: Callable[[int], str], at: int, acts: Callable[[int], bool]
) -> tuple[str, int]:
    """The lines that order a file, below the one that names it; and the line to go on with.

    Lines that our letter has too count, for an order is made of those that it shows. Behind a blank line only lines go
    on that name pieces: what else stands there may be a greeting or a name.
    """
    order: list[str] = []
    end = at
    for n in range(at, len(lines)):
        line, said = lines[n], text(n)
        if not said:
            continue
        close = n == end
        typed = line.own or line.loose or (close and line.sent)
        if not typed or line.marked or line.others or line.unsure or SIGNATURE.fullmatch(said) or acts(n):
            break
        if order and not close and not _PIECE.search(said):
            break
        order.append(seen(line.text).strip())
        end = n + 1
    return "\n".join(order), end


def only_quoted(line: Line) -> bool:
    """Whether a line below a quotation only goes on with it."""
    if line.loose or line.amid or line.others:
        return False
    return line.sent or (line.marked and not line.text.strip(" >|:"))
