"""What somebody typed right before the line that introduces a quotation, without a line end between.

Roundcube, told to answer below the quotation, sets the caret into its introduction: "YesOn 2026-11-22 09:00, The
Harbour Review wrote:". Such a line is set apart where words and introduction touch: at a capital behind a small letter
or a full stop, a digit behind a letter, another script. An introduction is known by what it says of our letter, so its
language does not matter. Marks stay before both. It never fails, and looks at the top of a reply only.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from mailproc.message.model import Sight
from mailproc.message.words.attribution import introduces
from mailproc.message.words.postmark import Postmark

_LONGEST = 300  # characters of such a line
_ABOVE = 400  # lines at the top of a reply among which the introduction is looked for
_MOST = 8  # places in a line that are tried, from its end
_MARKS = re.compile(r"(?:> ?)*")
_ENDS = ".!?)\u2026"
_MAY_TOUCH = re.compile(r"[^\W\d_][A-Z\d]|[^\W\d_][^\x00-\x7f]|[^\x00-\x7f][^\W\d_]|[.!?)\u2026][^\W_]")  # quick
_DATED = re.compile(r"(?:\S{1,12}\s){0,3}\W?\d")  # "On Sun, Nov 22", "Ar an 2026-11-22"


def apart(text: str, sight: Sight, letter: Postmark) -> tuple[str, Sight]:
    """The text with a line end before each such introduction, and the numbers of its lines as they are then."""
    if not letter:
        return text, sight
    found: list[str] = []
    where: list[tuple[int, ...]] = []  # old line number -> the new ones
    for n, line in enumerate(text.split("\n")):
        parts = _parts(line, letter) if n < _ABOVE else (line,)
        where.append(tuple(range(len(found), len(found) + len(parts))))
        found += parts
    if len(found) == len(where):
        return text, sight

    def moved(numbers: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(new for old in numbers if old < len(where) for new in where[old])

    return "\n".join(found), replace(
        sight,
        contained=moved(sight.contained),
        doubtful=moved(sight.doubtful),
        unseen=moved(sight.unseen),
        signed=moved(sight.signed),
        beside=moved(sight.beside),
    )


def _parts(line: str, letter: Postmark) -> tuple[str, ...]:
    if len(line) > _LONGEST or not _MAY_TOUCH.search(line) or "day" not in (borne := letter.bears(line)):
        return (line,)
    marks = (_MARKS.match(line) or [""])[0]
    body = line[len(marks) :]
    places = [n for n in range(1, len(body)) if _touch(body[max(0, n - 2) : n], body[n])][-_MOST:]
    for at in reversed(places):
        head, tail = body[:at], body[at:]
        if _opens(tail, letter) and letter.bears(tail) >= borne and introduces([tail], letter) == "ours":
            return (f"{marks}{head}", f"{marks}{tail}")
    return (line,)


def _opens(tail: str, letter: Postmark) -> bool:
    """Whether the date or the sender stands at its beginning, and not behind the other half of "MacIntyre"."""
    first = " ".join(tail.split()[: len(letter.name.split()) + 1])
    return bool(_DATED.match(tail)) or not letter.bears(first).isdisjoint({"name", "address"})


def _touch(left: str, right: str) -> bool:
    """Whether a word or a sentence ends with `left` and something begins with `right`, though there is no blank."""
    last, sentence = left[-1], left[-1] in _ENDS and left[0].isalpha()
    if right.isupper():
        return last.islower() or last in _ENDS
    if right.isdigit():
        return last.isalpha() or sentence
    if last.isalpha():
        return right.isalpha() and _is_latin(last) != _is_latin(right)
    return sentence and right.isalpha() and not right.islower()


def _is_latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")
