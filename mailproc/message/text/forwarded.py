"""Whether a text holds the header of another mail, with somebody's address: "From: … / Sent: … / To: … / Subject: …".

Programs copy it into what they pass on, in every language, and nobody may want it published. Told by the names of the
fields (`words/wording`), at least three of them in lines that stand together, and an address where somebody is named;
where no name is known, by shape: four labels, an address, a day and a time. It cuts nothing. Linear; it never raises.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from mailproc.message.words.attribution import has_address, is_header, is_labelled
from mailproc.message.words.introduction import is_original
from mailproc.message.words.page import visible
from mailproc.message.words.wording import FIELDS

_LONG = 600  # characters of a line that are looked at
_MOST_LINES = 12  # of one header, with words
_MOST_LOOKS = 500  # lines that may begin one
_MIN_FIELDS = 3
_MIN_BELOW_A_TITLE = 2  # "---------- Forwarded message ----------"
_MARKS = ">|* \t\xa0"
_FIELD = re.compile(rf"(?:^|(?<=\s))[*_]{{0,2}}(?:{FIELDS})\s?[*_]{{0,2}}[:\uff1a]", re.IGNORECASE)
_LABEL = re.compile(r"(?:^|\s)[*_]{0,2}[^\W\d_][^\W\d_. -]{0,14}(?: [^\W\d_]{1,12})?\s?[*_]{0,2}[:\uff1a](?=\s|$)")
_NAMED = ("from", "to")  # fields that name people


def forwards(text: str) -> bool:
    """Whether a text holds the header of another mail, with an address in it."""
    if "@" not in text:
        return False
    lines = [visible(line[:_LONG]).strip(_MARKS) for line in text.split("\n")]
    known = islice((n for n, line in enumerate(lines) if _FIELD.match(line)), _MOST_LOOKS)
    first = (n for n, line in enumerate(lines) if is_labelled(line) and not (n and is_labelled(lines[n - 1])))
    return any(_is_header(lines, n) for n in known) or any(_is_unknown(lines, n) for n in islice(first, _MOST_LOOKS))


def _is_header(lines: Sequence[str], first: int) -> bool:
    """Whether the lines from here on are the header of a mail, one field a line or all in one."""
    block = _together(lines, first)
    if not has_address(" ".join(block)):
        return False
    text = "\n".join(block)
    fields = list(_FIELD.finditer(text))
    kinds = {field.lastgroup for field in fields}
    titled = any(is_original(line) for line in lines[max(0, first - 2) : first])
    if len(kinds) < (_MIN_BELOW_A_TITLE if titled else _MIN_FIELDS):
        return False
    return any(field.lastgroup in _NAMED and has_address(_value(text, field.end())) for field in fields)


def _value(text: str, start: int) -> str:
    """What stands behind a field's name, up to the next name of any sort."""
    following = _LABEL.search(text, start)
    return text[start : following.start() if following else len(text)]


def _together(lines: Sequence[str], first: int) -> list[str]:
    """The lines of a header: each begins with a label, or goes on with what the one above says; a blank may stand."""
    block: list[str] = []
    for n in range(first, min(first + 2 * _MOST_LINES, len(lines))):
        line = lines[n]
        labelled = is_labelled(line) or _FIELD.match(line)
        if not line and n + 1 < len(lines) and (is_labelled(lines[n + 1]) or _is_bare(block[-1])):
            continue
        if not line or not (labelled or not block or _is_bare(block[-1]) or _goes_on(block[-1], line)):
            break
        block.append(line)
    return block[:_MOST_LINES]


def _is_bare(line: str) -> bool:
    """Whether a label stands alone, and its value below."""
    return line.rstrip("*_ ").endswith((":", "\uff1a")) and _FIELD.match(line) is not None


def _goes_on(above: str, line: str) -> bool:
    """Whether people's names and addresses were broken there."""
    return above.endswith((",", ";")) or line.startswith("<")


def _is_unknown(lines: Sequence[str], first: int) -> bool:
    """Whether labelled lines are a header in a language that no table knows."""
    block: list[str] = []
    for line in lines[first : first + _MOST_LINES]:
        if not is_labelled(line):
            break
        block.append(line)
    return len(block) > _MIN_FIELDS and is_header(block) and has_address(block[0])
