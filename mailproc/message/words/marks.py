"""The two lines with which somebody limits a text, `--- begin` and `--- end`: one grammar, for all who look for them.

A mark is a line of dashes and one of the words, and nothing else: two hyphens or more, or one longer dash, whatever
the keyboard made of them; then perhaps dashes again, a colon or a full stop. Blanks, capitals and what nobody sees do
not count. One dash and a full stop is somebody who speaks ("— Begin."), and no mark; nor is a line with a quote mark,
in quotation marks or with another word. What stands between the marks is for others to take (`extent`,
`review/reply/written`). Linear in the text; it never fails.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Sequence

from mailproc.kinds.reference import DASHES
from mailproc.message.words.page import INVISIBLE

_LONGEST = 200  # characters of a line that may be a mark
_HYPHENS = frozenset("-\u2010\u2043\u2212")  # as NFKC leaves them: it takes two, for "- begin" is a line of a list
_NO_DASH = frozenset(["", ">", *string.ascii_letters])  # what no mark begins with
_DASH = re.escape(DASHES)
_MARK = re.compile(rf"(?P<dashes>[{_DASH}\s]++)(?P<word>begin|end)[{_DASH}\s]*+[.:]?", re.IGNORECASE)
_LIKE_ONE = re.compile(r"\W*(?:begin|end)\W*", re.IGNORECASE)


def mark(line: str) -> str:
    """`begin` or `end` where the line is one of the marks, else an empty string."""
    text = line.strip()
    if len(text) > _LONGEST:
        return ""
    if not text.isascii():
        text = INVISIBLE.sub("", text).strip()
    if not text or text[0] not in DASHES:
        return ""
    found = _MARK.fullmatch(unicodedata.normalize("NFKC", text))
    if found is None:
        return ""
    dashes = "".join(found["dashes"].split())
    if dashes in _HYPHENS or (len(dashes) == 1 and text.endswith(".")):  # an item of a list; speech
        return ""
    return "end" if len(found["word"]) == len("end") else "begin"


def resembles(line: str) -> bool:
    """One of the words among signs, as in "== begin ==": no mark, but somebody may have meant one, and no program."""
    return _LIKE_ONE.fullmatch(line) is not None


def limits(lines: Sequence[str], is_own: Callable[[int], bool] = lambda _: True) -> tuple[int, int | None] | None:
    """(line of the first begin mark, line of the mark that closes it or None); None where there is no begin mark.

    The next end mark closes it; where there is none, the next begin mark does, which was probably meant to. An end
    mark alone limits nothing. `is_own` says whether a line is the writer's.
    """
    near = (n for n, line in enumerate(lines) if line.lstrip()[:1] not in _NO_DASH)  # most lines are quoted ones
    found = [(n, word) for n in near if (word := mark(lines[n])) and is_own(n)]
    begin = next((n for n, word in found if word == "begin"), None)
    if begin is None:
        return None
    after = [(n, word) for n, word in found if n > begin]
    return begin, next((n for n, word in after if word == "end"), after[0][0] if after else None)
